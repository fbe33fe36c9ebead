"""What the pages of one document share: the document itself, its pictures, and the values of its templates."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import HTTPException, Request

from review.access import may
from review.answer_panel import Labels, panel
from review.page_images import PageImages
from review.place import Place, place_of
from storage import history
from storage.history import Event
from storage.records import Place as Where
from storage.records import ReportRecord
from storage.reviewing import Reviewing
from storage.users import User, Users

CACHE = "page-cache"


def images_of(request: Request) -> PageImages:
    """The pictures of this application; made with the first use."""
    state = request.app.state
    if not hasattr(state, "page_images"):
        place = place_of(request)
        state.page_images = PageImages(place.data_dir / CACHE, place.originals)
    images: PageImages = state.page_images
    return images


def document_of(place: Place, report_id: int) -> ReportRecord:
    """Answers 404 for a report that is not there or belongs to another campaign."""
    try:
        record = place.repository.report(report_id)
    except LookupError as error:
        raise HTTPException(404) from error
    if record.campaign_id != place.campaign.id:
        raise HTTPException(404)
    return record


def values(place: Place, user: User, report_id: int) -> dict[str, Any]:
    """What `document.html` and `document_panel.html` show."""
    reviewing = Reviewing(place.engine)
    shown = panel(place.repository, place.campaign, report_id)
    names = {one.name: one.full_name for one in Users(place.engine).all()}
    return {
        "panel": shown,
        "record": shown.record,
        "report_id": report_id,
        "state": reviewing.state(report_id),
        "lease": reviewing.lease(report_id),
        "may_change": may(user, "reviewer"),
        "names": names,
        "undo_words": _told(shown.undoable, Labels(place.campaign)) if shown.undoable else "",
    }


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An event in words: what was done, the text before and after where there was one."""

    event: Event
    words: str
    before: str
    after: str


def told(place: Place, report_id: int, limit: int = 200) -> list[Told]:
    """What was done to a document, newest first."""
    labels = Labels(place.campaign)
    events = history.of_report(place.engine, report_id, limit=limit)
    return [
        Told(event=event, words=_told(event, labels), before=_text(event.before), after=_text(event.after))
        for event in events
    ]


_ACTIONS = {
    "correct": "Sửa câu trả lời",
    "move": "Chuyển câu trả lời",
    "confirm": "Chấp nhận câu trả lời",
    "add": "Thêm câu trả lời",
    "split": "Tách câu trả lời",
    "withdraw": "Rút bỏ câu trả lời",
    "unit": "Xác định đơn vị",
    "letterhead": "Sửa phần đầu văn bản",
    "state": "Đổi tình trạng duyệt",
    "take_over": "Nhận duyệt thay",
    "carry": "Giữ lại các sửa đổi khi đọc lại tệp",
    "undo": "Hoàn tác",
}


def _told(event: Event, labels: Labels) -> str:
    words = _ACTIONS.get(event.action, event.action)
    answers = event.after if isinstance(event.after, list) else event.before if isinstance(event.before, list) else []
    if len(answers) > 1 and event.action in ("confirm", "undo"):
        return f"{words} ({len(answers)})"
    if not answers:
        return words
    first = answers[0]
    where = Where(item=first.get("item"), column=first.get("column"), point=first.get("point"))
    return f"{words}: {labels.of(where)}"


def _text(side: Any) -> str:
    """The part of an event that people read."""
    if isinstance(side, list):
        return "\n".join(str(one.get("text", "")) for one in side) if len(side) <= 2 else ""
    if isinstance(side, dict):
        return ", ".join(str(value) for key, value in side.items() if value and key in ("unit_id", "state", "note"))
    return side if isinstance(side, str) else ""
