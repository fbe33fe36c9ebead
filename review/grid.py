"""Coverage: items × columns across units, down to the cell and its source; one item across all units."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response

from consolidation import words as marks
from consolidation.collecting import SURE
from consolidation.coverage import cell_states
from consolidation.places import short
from consolidation.submissions import judge
from review import coverage
from review.access import Anyone
from review.document_words import Labels
from review.pages import page
from review.place import Here, Place

router = APIRouter(prefix="/grid")
Group = Annotated[str, Query(max_length=100)]
Number = Annotated[int, Query(alias="page", ge=1, le=100_000)]

_UNITS = 40
_LEVELS = (0.25, 0.5, 0.75, 1.0)


@router.get("")
def show(request: Request, place: Here, _: Anyone, group: Group = "") -> Response:
    """How many units have answered at each of the places."""
    rows = coverage.matrix(place, coverage.units(place, group))
    sent = sum(row.reports is not None for row in rows)
    found = coverage.totals(rows)
    cells = {
        cell: {
            "answered": answered,
            "level": sum(answered >= limit * sent for limit in _LEVELS) if answered else -1,
            "states": [(state, count[state]) for state in marks.CELLS if count[state]],
        }
        for cell, count in found.items()
        for answered in [sum(count[state] for state in coverage.ANSWERED)]
    }
    return page(request, "grid.html", cells=cells, units=len(rows), sent=sent, **_shared(place, group))


@router.get("/units")
def show_units(request: Request, place: Here, _: Anyone, group: Group = "", number: Number = 1) -> Response:
    """Unit by unit, every place by its state."""
    every = coverage.units(place, group)
    chosen, paging = _paged(every, number)
    rows = coverage.matrix(place, chosen)
    return page(request, "grid_units.html", rows=rows, total=len(every), **paging, **_shared(place, group))


@router.get("/units/{unit_id}")
def show_unit(request: Request, place: Here, _: Anyone, unit_id: str) -> Response:
    """What one unit answers, with its sources."""
    try:
        sent = coverage.of_one(place, unit_id)
    except LookupError as error:
        raise HTTPException(404) from error
    assert sent.unit is not None
    by_place: dict[tuple[int | None, str | None], list[Any]] = {}
    for answer in sent.appendix:
        by_place.setdefault((answer.item, answer.column), []).append(answer)
    return page(
        request,
        "grid_unit.html",
        sent=sent,
        unit=sent.unit,
        submission=judge(place.campaign, sent, dt.datetime.now(dt.UTC)),
        states=cell_states(place.campaign, sent),
        by_place=by_place,
        labels=Labels(place.campaign),
        pages_of=marks.pages,
        submission_words=marks.submission_words,
        **_shared(place, ""),
    )


@router.get("/items/{item_id}")
def show_item(
    request: Request,
    place: Here,
    _: Anyone,
    item_id: int,
    column: Annotated[str, Query(max_length=100)] = "",
    group: Group = "",
    only: Literal["", "answered", "blank"] = "",
    number: Number = 1,
) -> Response:
    """One item across all units; ``only`` those that answer it (in ``column``), or do not."""
    item = next((one for one in place.campaign.items if one.id == item_id), None)
    columns = [one for one in place.campaign.columns if column in ("", one.id)]
    if item is None or not columns:
        raise HTTPException(404)
    rows = coverage.of_item(place, coverage.units(place, group), item.id)
    if only:
        rows = [
            row
            for row in rows
            if any(row.states[item.id, one.id] in coverage.ANSWERED for one in columns) == (only == "answered")
        ]
    total = len(rows)
    rows, paging = _paged(rows, number)
    return page(
        request,
        "grid_item.html",
        item=item,
        shown_columns=columns,
        column=column,
        only=only,
        rows=rows,
        total=total,
        **paging,
        **_shared(place, group),
    )


def _paged(every: list[Any], number: int) -> tuple[list[Any], dict[str, Any]]:
    pages = max(1, -(-len(every) // _UNITS))
    number = min(number, pages)
    return every[(number - 1) * _UNITS : number * _UNITS], {"number": number, "pages": pages}


def _shared(place: Place, group: str) -> dict[str, Any]:
    return {"sure": SURE, "marks": marks.CELLS, "short": short, "group": group, "href": _href, "titles": _titles(place)}


def _titles(place: Place) -> dict[str, str]:
    return {group_id: group.title for group_id, group in place.campaign.groups.items()}


def _href(path: str, **values: Any) -> str:
    """An address of the grid; empty values and the first page are left out."""
    query = urlencode({name: value for name, value in values.items() if value and (name, value) != ("page", 1)})
    return f"/grid{path}?{query}" if query else f"/grid{path}"
