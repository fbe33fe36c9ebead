"""Search across all answers."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Query, Request, Response

from review.access import Anyone
from review.document_words import Labels
from review.pages import page
from review.place import Here
from review.waiting import rows
from storage.search import COUNTED, Hit, marked, search

router = APIRouter()

_HITS = 30
_BEFORE, _LENGTH = 120, 400  # letters of an answer that are shown


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A hit as it is shown: its text in pieces, each with whether it is a word that was asked for.

    ``state``: how far the review of its document is.
    """

    hit: Hit
    label: str
    unit: str
    state: str
    pieces: list[tuple[str, bool]]


@router.get("/search")
def show(
    request: Request,
    place: Here,
    _: Anyone,
    q: Annotated[str, Query(max_length=300)] = "",
    page_number: Annotated[int, Query(alias="page", ge=1, le=COUNTED)] = 1,
) -> Response:
    found = search(place.engine, place.campaign.id, q, limit=_HITS, offset=(page_number - 1) * _HITS)
    labels, units = Labels(place.campaign), {unit.id: unit.name for unit in place.campaign.units}
    states = {row.report.id: row.state for row in rows(place)} if found.hits else {}
    hits = [
        Shown(
            hit=hit,
            label=labels.of(hit.answer.place),
            unit=units.get(hit.unit_id or "", hit.unit_id or ""),
            state=states.get(hit.answer.report_id, ""),
            pieces=excerpt(list(marked(hit.answer.text, q))),
        )
        for hit in found.hits
    ]
    return page(
        request,
        "search.html",
        q=q.strip(),
        hits=hits,
        total=found.total,
        many=found.total >= COUNTED,
        number=page_number,
        pages=max(1, -(-found.total // _HITS)),
        address=lambda number: "/search?" + urlencode({"q": q.strip(), "page": number}),
    )


def excerpt(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The pieces around the first word that was asked for, about `_LENGTH` letters in all."""
    if sum(len(text) for text, _ in pieces) <= _LENGTH:
        return pieces
    first = next((n for n, (_, asked) in enumerate(pieces) if asked), 0)
    before = "".join(text for text, _ in pieces[:first])
    start = max(0, len(before) - _BEFORE)
    if start:
        start = before.find(" ", start) + 1 or start
    shown, left = [("…" + before[start:], False)] if start else [(before, False)], _LENGTH
    for text, asked in pieces[first:]:
        if len(text) >= left:
            return [*shown, (text[:left].rsplit(" ", 1)[0] + "…", asked)]
        shown.append((text, asked))
        left -= len(text)
    return shown
