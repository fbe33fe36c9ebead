"""The queue: which documents wait for a person, and why; decisions on several at once."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from review.access import Anyone, Reviewer, may
from review.document_page import document_of
from review.pages import page
from review.place import Here
from review.waiting import Sort, Wanted, listed
from storage import Conflict
from storage.reviewing import Decided, Held, Reviewing, Shown

router = APIRouter()
Text = Annotated[str, Query(max_length=200)]
Count = Annotated[int, Query(ge=0)]
_AT_ONCE = 200


@router.get("/")
def show(
    request: Request,
    place: Here,
    user: Anyone,
    state: Shown | Literal["all"] = "to_review",
    unit: Text = "",
    group: Text = "",
    reason: Text = "",
    late: Literal["", "yes", "no"] = "",
    q: Text = "",
    sort: Sort = "need",
    page_number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
    done: Count = 0,
    held: Count = 0,
    changed: Count = 0,
) -> Response:
    """The documents in one state. ``done``, ``held``, ``changed``: what became of a decision on several."""
    wanted = Wanted(
        state=state, unit=unit.strip(), group=group, reason=reason, late=late, q=q.strip(), sort=sort, page=page_number
    )
    return page(
        request,
        "queue.html",
        wanted=wanted,
        listed=listed(place, wanted),
        address=address,
        may_change=may(user, "reviewer"),
        outcome={"done": done, "held": held, "changed": changed},
    )


@router.post("/queue")
def decide(
    place: Here,
    user: Reviewer,
    state: Annotated[Decided, Form()],
    chosen: Annotated[list[str] | None, Form(max_length=_AT_ONCE)] = None,
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Decide on the ``chosen`` documents (``id:decision that was seen``) and go ``back`` to the same list.

    What somebody else holds or has decided on meanwhile is left as it is, and said.
    """
    reviewing, ended = Reviewing(place.engine), Counter[str]()
    for report_id, seen in [_chosen(one) for one in chosen or ()]:
        document_of(place, report_id)
        try:
            reviewing.decide(report_id, state, user, seen=seen)
            ended["done"] += 1
        except Held:
            ended["held"] += 1
        except Conflict:
            ended["changed"] += 1
    told = urlencode(ended)
    return RedirectResponse("/?" + "&".join(part for part in (_plain_query(back), told) if part), 303)


def address(wanted: Wanted, **changes: Any) -> str:
    """The address of the queue for ``wanted`` with ``changes``; another choice begins on its first page."""
    asked = msgspec.structs.replace(wanted, **({"page": 1} | changes))
    usual = Wanted()
    values = {name: getattr(asked, name) for name in Wanted.__struct_fields__}
    query = urlencode({name: value for name, value in values.items() if value != getattr(usual, name)})
    return f"/?{query}" if query else "/"


def _chosen(one: str) -> tuple[int, int | None]:
    report_id, _, seen = one.partition(":")
    if not (report_id.isdecimal() and report_id.isascii() and len(report_id) < 10):
        raise HTTPException(422)
    return int(report_id), int(seen) if seen.isdecimal() and seen.isascii() and len(seen) < 10 else None


def _plain_query(back: str) -> str:
    """The query of an address of the queue, so that a forged form leads nowhere else."""
    query = back.removeprefix("/").removeprefix("?")
    return query if query.isascii() and query.isprintable() and not any(c in query for c in "#\\ ") else ""
