"""What reviewers do to answers. Each change is answered with the answers anew; of two who change the same one, the
second gets 409 and both texts."""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response

from extractors.report import Status
from review import document_page
from review.access import Reviewer
from review.answer_panel import acceptable, panel
from review.document_page import document_of
from review.document_words import Labels
from review.marking import chosen, compared, repairs_at
from review.pages import page
from review.place import Here, Place
from storage import Conflict
from storage.records import Place as Where
from storage.records import StoredAnswer
from storage.users import User, Users

router = APIRouter()
Text = Annotated[str, Form(max_length=200_000)]
Short = Annotated[str, Form(max_length=2000)]


@router.post("/{report_id}/answers/{answer_id}")
def correct(
    request: Request,
    place: Here,
    user: Reviewer,
    report_id: int,
    answer_id: int,
    where: Short,
    text: Text = "",
    column: Short = "",
    status: Annotated[Status, Form()] = "answered",
) -> Response:
    """New text, status or place of an answer."""
    answer_of(place, report_id, answer_id)
    text = _plain(text)
    target = _where(place, where, column)
    try:
        new = place.repository.correct_answer(
            answer_id, status=_status(status, text), text=text, author_name=user.name, place=target
        )
    except Conflict as conflict:
        return _conflict(request, place, conflict, text, _status(status, text), target)
    return changed(request, place, user, report_id, new.id)


@router.post("/{report_id}/answers/{answer_id}/letters")
def choose_letters(
    request: Request,
    place: Here,
    user: Reviewer,
    report_id: int,
    answer_id: int,
    repair: Annotated[int, Form()],
    start: Annotated[int, Form()],
    choice: Annotated[int, Form(ge=0)],
) -> Response:
    """Another reading of repaired words, by its number in `marking.choices`."""
    answer = answer_of(place, report_id, answer_id)
    here = repairs_at(answer.provenance, place.repository.repairs(report_id))
    text = chosen(answer.text, here, repair, start, choice, edited=answer.author == "reviewer")
    if text is None:
        raise HTTPException(422, "Không còn thấy chỗ chữ này trong câu trả lời.")
    try:
        new = place.repository.correct_answer(answer_id, status=answer.status, text=text, author_name=user.name)
    except Conflict as conflict:
        return _conflict(request, place, conflict, text, answer.status)
    return changed(request, place, user, report_id, new.id)


@router.post("/{report_id}/answers/{answer_id}/split")
def split(
    request: Request,
    place: Here,
    user: Reviewer,
    report_id: int,
    answer_id: int,
    where: Short,
    kept: Text = "",
    text: Text = "",
    column: Short = "",
) -> Response:
    """One answer made two; the second may stand elsewhere."""
    answer_of(place, report_id, answer_id)
    kept, text = _plain(kept), _plain(text)
    if not kept or not text:
        raise HTTPException(422, "Cả hai phần đều phải có chữ.")
    target = _where(place, where, column)
    try:
        _, second = place.repository.split_answer(answer_id, kept=kept, text=text, author_name=user.name, place=target)
    except Conflict as conflict:
        return _conflict(request, place, conflict, f"{kept}\n{text}")
    return changed(request, place, user, report_id, second.id)


@router.post("/{report_id}/answers/{answer_id}/confirm")
def confirm(request: Request, place: Here, user: Reviewer, report_id: int, answer_id: int) -> Response:
    """The answer is right as it stands."""
    answer = answer_of(place, report_id, answer_id)
    try:
        (new,) = place.repository.confirm_answers([answer_id], author_name=user.name)
    except Conflict as conflict:
        return _conflict(request, place, conflict, answer.text)
    return changed(request, place, user, report_id, new.id)


@router.post("/{report_id}/answers/{answer_id}/withdraw")
def withdraw(request: Request, place: Here, user: Reviewer, report_id: int, answer_id: int) -> Response:
    """The answer is none."""
    answer = answer_of(place, report_id, answer_id)
    try:
        place.repository.withdraw_answer(answer_id, author_name=user.name)
    except Conflict as conflict:
        return _conflict(request, place, conflict, answer.text)
    return changed(request, place, user, report_id, None)


@router.post("/{report_id}/answers")
def add(
    request: Request,
    place: Here,
    user: Reviewer,
    report_id: int,
    where: Short,
    text: Text = "",
    column: Short = "",
    status: Annotated[Status, Form()] = "answered",
    loose: Annotated[int | None, Form()] = None,
) -> Response:
    """Words that the machine gave no place, or new ones. A blank place is filled; in a filled one they come below."""
    document_of(place, report_id)
    text = _plain(text)
    target = _where(place, where, column)
    status = _status(status, text)
    body = place.repository.report_body(report_id)
    taken = body.unmapped[loose].provenance if body and loose is not None and 0 <= loose < len(body.unmapped) else ()
    there = [one for one in place.repository.answers(report_id) if one.place == target]
    try:
        if there:
            old = there[0]
            joined = f"{old.text}\n{text}" if old.text.strip() and status == "answered" else text
            where_from = (*old.provenance, *(one for one in taken if one not in old.provenance))
            new = place.repository.correct_answer(
                old.id, status=status, text=joined, provenance=where_from, author_name=user.name
            )
        else:
            new = place.repository.add_answer(
                report_id, place=target, status=status, text=text, provenance=taken, author_name=user.name
            )
    except Conflict as conflict:
        return _conflict(request, place, conflict, text)
    return changed(request, place, user, report_id, new.id)


@router.post("/{report_id}/confirm-above")
def confirm_above(
    request: Request, place: Here, user: Reviewer, report_id: int, threshold: Annotated[float, Form(ge=0, le=1)]
) -> Response:
    """Take all answers of at least this certainty as they are."""
    document_of(place, report_id)
    by_limit = dict(acceptable(panel(place.repository, place.campaign, report_id).cards()))
    if threshold not in by_limit:
        raise HTTPException(422)
    try:
        place.repository.confirm_answers(by_limit[threshold], author_name=user.name)
    except Conflict as conflict:
        return _conflict(request, place, conflict, "")
    return changed(request, place, user, report_id, None)


@router.post("/{report_id}/undo")
def undo(request: Request, place: Here, user: Reviewer, report_id: int, event: Annotated[int, Form()]) -> Response:
    """Take the last change back."""
    document_of(place, report_id)
    try:
        restored = place.repository.undo(report_id, event, author_name=user.name)
    except LookupError:
        raise HTTPException(409, "Không còn gì để hoàn tác.") from None
    except Conflict:
        raise HTTPException(409, "Tài liệu vừa có thay đổi khác; hãy xem lại trước khi hoàn tác.") from None
    shown = next((one.id for one in restored if not one.withdrawn), None)
    return changed(request, place, user, report_id, shown)


def halves(text: str) -> tuple[str, str]:
    """Where a split is likely: after the first line, else after the first sentence."""
    for pattern in (r"\n+", r"(?<=[.;!?])\s+"):
        if found := re.search(pattern, text.strip()):
            return text.strip()[: found.start()], text.strip()[found.end() :]
    return text, ""


def changed(request: Request, place: Place, user: User, report_id: int, select: int | None) -> Response:
    answer = page(request, "document_panel.html", **document_page.values(place, user, report_id))
    answer.headers["HX-Trigger-After-Swap"] = json.dumps({"document:changed": {"select": select}})
    return answer


def _conflict(
    request: Request,
    place: Place,
    conflict: Conflict,
    mine: str,
    status: Status | None = None,
    target: Where | None = None,
) -> Response:
    """Both texts, side by side; nothing was stored. With ``status`` the reviewer may put ``mine`` over the other."""
    now = conflict.current
    if now is None:
        raise conflict
    target = target or now.place
    labels = Labels(place.campaign)
    their_letters, my_letters = compared(now.text, mine)
    names = {one.name: one.full_name for one in Users(place.engine).all()}
    answer = page(
        request, "document_conflict.html", 409, now=now, mine=mine, their_letters=their_letters, my_letters=my_letters,
        report_id=now.report_id, label=labels.of(now.place), names=names, my_status=status, target=target,
        target_label=labels.of(target),
    )  # fmt: skip
    answer.headers["HX-Retarget"] = "#conflict-body"
    answer.headers["HX-Reswap"] = "innerHTML"
    answer.headers["HX-Trigger-After-Swap"] = "document:conflict"
    return answer


def answer_of(place: Place, report_id: int, answer_id: int) -> StoredAnswer:
    document_of(place, report_id)
    try:
        answer = place.repository.answer(answer_id)
    except LookupError as error:
        raise HTTPException(404) from error
    if answer.report_id != report_id:
        raise HTTPException(404)
    return answer


def _where(place: Place, where: str, column: str) -> Where:
    """``item:3`` with a column, or ``point:school.2``."""
    kind, _, name = where.partition(":")
    if kind == "point":
        target = Where(point=name)
    else:
        target = Where(item=int(name) if name.isdecimal() and len(name) < 6 else None, column=column)
    if not Labels(place.campaign).knows(target):
        raise HTTPException(422, "Hãy chọn mục và cột của câu trả lời.")
    return target


def _status(status: Status, text: str) -> Status:
    """An answer without words answers nothing."""
    return "no_answer" if status == "answered" and not text else status


def _plain(text: str) -> str:
    """Text as it is stored: browsers send CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
