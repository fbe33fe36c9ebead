"""What the pages of one document share: the document itself, its pictures, and the values of its templates."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from fastapi import HTTPException, Request

from review.access import may
from review.answer_panel import panel
from review.document_words import TEMPLATE, Labels, told
from review.page_images import PageImages
from review.place import Place
from review.waiting import Wanted
from review.words import STATES
from storage import history
from storage.history import Event
from storage.records import ReportRecord
from storage.reviewing import Reviewing
from storage.users import User, Users

CACHE = "page-cache"


def images_of(request: Request) -> PageImages:
    """The pictures of this application."""
    images: PageImages = request.app.state.page_images
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
        "may_change": may(user, "reviewer") and shown.record.state != "rejected",  # nothing was read: nothing counts
        "names": names,
        "undo_words": told(shown.undoable, Labels(place.campaign)) if shown.undoable else "",
        **TEMPLATE,
    }


def queue_query(query: str) -> str:
    """What of an address's query says which queue the visitor came from, with its question mark; empty for none."""
    kept = [(name, value) for name, value in parse_qsl(query) if name in Wanted.__struct_fields__ and name != "page"]
    return f"?{urlencode(kept)}" if kept else ""


def wanted_of(query: str) -> Wanted:
    """The queue that an address's query tells; the usual one where it tells none."""
    try:
        return msgspec.convert(dict(parse_qsl(query.removeprefix("?"))), Wanted, strict=False)
    except msgspec.ValidationError:
        return Wanted()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An event in words: what was done, the text before and after where there was one."""

    event: Event
    words: str
    before: str
    after: str


def history_of(place: Place, report_id: int, limit: int = 500) -> list[Told]:
    """What was done to a document, newest first."""
    labels = Labels(place.campaign)
    events = history.of_report(place.engine, report_id, limit=limit)
    return [
        Told(event=event, words=told(event, labels), before=_text(event.before, place), after=_text(event.after, place))
        for event in events
    ]


def _text(side: Any, place: Place) -> str:
    """The part of an event that people read."""
    if isinstance(side, list):
        return "\n".join(str(one.get("text", "")) for one in side) if len(side) <= 2 else ""
    if isinstance(side, dict):
        unit = place.campaign.unit(side["unit_id"]) if side.get("unit_id") else None
        parts = (unit.name if unit else side.get("unit_id"), STATES.get(side.get("state", "")), side.get("note"))
        return ", ".join(part for part in (*parts, side.get("holder")) if part)
    return side if isinstance(side, str) else ""
