"""What reviewers decide about a whole document: its unit, its letterhead, how far the review is, who holds it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response

from review.access import Reviewer
from review.document_changes import Short, changed
from review.document_page import document_of, queue_query, wanted_of
from review.pages import page
from review.place import Here
from review.waiting import neighbours
from storage import Conflict
from storage.phrases import PhraseError, Phrases
from storage.reviewing import Held, Reviewing

router = APIRouter()


@router.post("/{report_id}/unit")
def assign_unit(
    request: Request, place: Here, user: Reviewer, report_id: int, unit: Short = "", seen: Short = ""
) -> Response:
    """Which unit sent the document; ``unit`` is an id or a name of the registry."""
    document_of(place, report_id)
    named = unit.strip()
    found = next((one for one in place.campaign.units if named and named in (one.id, one.name)), None)
    if named and found is None:
        raise HTTPException(422, "Không có đơn vị này trong danh sách.")
    decided = (found.id, found.group) if found else (None, None)
    try:
        place.repository.assign_unit(report_id, *decided, author_name=user.name, seen=seen or None)
    except Conflict:
        raise HTTPException(409, "Người khác vừa xác định đơn vị khác cho tài liệu này.") from None
    return changed(request, place, user, report_id, None)


@router.post("/{report_id}/letterhead/{field}")
def correct_letterhead(
    request: Request, place: Here, user: Reviewer, report_id: int, field: str, value: Short = "", seen: Short = ""
) -> Response:
    """A value of the letterhead, such as number and date."""
    document_of(place, report_id)
    if field == "date":
        value = _iso(value)
    try:
        place.repository.correct_letterhead(report_id, field, value, author_name=user.name, seen=seen or None)
    except LookupError:
        raise HTTPException(404) from None
    except ValueError:
        raise HTTPException(422, "Ngày không đúng; hãy ghi ngày/tháng/năm, ví dụ 02/05/2024.") from None
    except Conflict:
        raise HTTPException(409, "Người khác vừa sửa mục này; hãy xem lại giá trị mới.") from None
    return changed(request, place, user, report_id, None)


@router.post("/{report_id}/state")
def decide(
    place: Here,
    user: Reviewer,
    report_id: int,
    state: Annotated[Literal["to_review", "postponed", "confirmed", "rejected"], Form()],
    note: Short = "",
    seen: Short = "",
    queue: Short = "",
) -> Response:
    """Confirm, postpone or dismiss the document and go on to the next in the ``queue``; or open it again."""
    document_of(place, report_id)
    try:
        Reviewing(place.engine).decide(
            report_id, state, user, note=note.strip(), seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None
        )
    except Held as held:
        raise HTTPException(409, f"{held.lease.holder} đang duyệt tài liệu này.") from None
    except Conflict:
        raise HTTPException(409, "Người khác vừa đổi tình trạng của tài liệu này; hãy tải lại trang.") from None
    if state == "to_review":
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    query = queue_query(queue.removeprefix("?"))
    before, after = neighbours(place, report_id, wanted_of(query))
    going_on = after or before  # whoever began in the middle comes to what was passed over
    address = f"/documents/{going_on}{query}" if going_on else f"/{query}"
    return Response(status_code=204, headers={"HX-Redirect": address})


@router.post("/{report_id}/lease")
def hold(
    request: Request, place: Here, user: Reviewer, report_id: int, take_over: Annotated[bool, Form()] = False
) -> Response:
    """Say that this reviewer is at work here; the open page does so every minute."""
    document_of(place, report_id)
    try:
        Reviewing(place.engine).take(report_id, user, take_over=take_over)
    except Held as held:
        return page(request, "document_held.html", report_id=report_id, lease=held.lease)
    return Response("")


@router.post("/{report_id}/leave", status_code=204)
def leave(place: Here, user: Reviewer, report_id: int) -> None:
    document_of(place, report_id)
    Reviewing(place.engine).release(report_id, user)


@router.post("/{report_id}/phrases")
def remember(
    request: Request, place: Here, user: Reviewer, report_id: int, phrase: Short = "", value: Short = ""
) -> Response:
    """Raise the probability of ``phrase`` (or of a letterhead field's ``value``) in documents read from now on."""
    document_of(place, report_id)
    try:
        learned = Phrases(place.engine).learn(place.campaign.id, phrase or value, actor=user.name, report_id=report_id)
    except PhraseError as refused:
        raise HTTPException(422, str(refused)) from None
    return page(request, "document_remembered.html", phrase=learned)


def _iso(value: str) -> str:
    """``2/5/2024`` as ISO; anything else as it is."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*", value)
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else value
