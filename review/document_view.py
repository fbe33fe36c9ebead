"""One document beside its answers: the page, the pictures of the original, and the forms that open in it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from extractors.document import Source
from extractors.errors import Rejected
from extractors.rendering import MEDIA_TYPE, PAGED
from extractors.report import Report
from review import document_changes, document_decisions, document_page
from review.access import Anyone, Reviewer
from review.answer_panel import Panel, card_of
from review.document_page import document_of, images_of
from review.page_images import WIDTHS
from review.pages import page
from review.place import Here
from review.reasons import reasons_of
from review.source_text import shown
from review.waiting import neighbours
from storage.local_blobs import LocalBlobStore
from storage.records import Place as Where
from storage.users import Users

router = APIRouter(prefix="/documents")
router.include_router(document_changes.router)
router.include_router(document_decisions.router)

_KEEP = "private, max-age=604800, immutable"


@router.get("/{report_id}")
def show(request: Request, place: Here, user: Anyone, report_id: int) -> Response:
    """The whole page."""
    record = document_of(place, report_id)
    body = place.repository.report_body(report_id)
    values = document_page.values(place, user, report_id)
    source = _source(request, body, values["panel"]) if body else {"kind": "none", "problem": record.message}
    query = document_page.queue_query(request.url.query)
    return page(request, "document.html", source=source, query=query, **values)


@router.get("/{report_id}/turn")
def show_turn(request: Request, place: Here, _: Anyone, report_id: int) -> Response:
    """The ways to the documents before and after this one in the queue, as the visitor had chosen and ordered it, and
    why this one needs a person.

    Fetched by the page once it stands, as the whole queue must be looked through.
    """
    document_of(place, report_id)
    why = reasons_of(place.repository, place.campaign, report_id)
    query = document_page.queue_query(request.url.query)
    before, after = neighbours(place, report_id, document_page.wanted_of(query))
    return page(request, "document_turn.html", before=before, after=after, query=query, why=why)


@router.get("/{report_id}/panel")
def show_panel(request: Request, place: Here, user: Anyone, report_id: int) -> Response:
    """The answers alone, anew."""
    document_of(place, report_id)
    return page(request, "document_panel.html", **document_page.values(place, user, report_id))


@router.get("/{report_id}/pages/{number}")
def show_picture(
    request: Request, place: Here, _: Anyone, report_id: int, number: int, w: Annotated[int, Query()] = WIDTHS[1]
) -> Response:
    """A page of the original as a picture."""
    document_of(place, report_id)
    body = place.repository.report_body(report_id)
    if body is None or body.source.media_type not in PAGED or w not in WIDTHS or number < 1:
        raise HTTPException(404)
    try:
        path = images_of(request).picture(body.source.sha256, body.source.media_type, number, w)
    except (Rejected, FileNotFoundError) as error:
        raise HTTPException(404) from error
    return FileResponse(path, media_type=MEDIA_TYPE, headers={"Cache-Control": _KEEP})


@router.get("/{report_id}/original")
def download(place: Here, _: Anyone, report_id: int) -> Response:
    """The file as it was received, to be saved and never opened by the browser itself."""
    record = document_of(place, report_id)
    name = record.name.rpartition("/")[2] or "van-ban"
    kind = "application/octet-stream"
    if isinstance(place.originals, LocalBlobStore) and record.sha256 in place.originals:
        return FileResponse(place.originals.path(record.sha256), media_type=kind, filename=name)
    try:
        stream = place.originals.open(record.sha256)
    except FileNotFoundError as error:
        raise HTTPException(404) from error
    answer = StreamingResponse(stream, media_type=kind)
    answer.headers["Content-Disposition"] = FileResponse("", filename=name).headers["Content-Disposition"]
    return answer


@router.get("/{report_id}/answers/{answer_id}/form")
def show_form(
    request: Request, place: Here, _: Reviewer, report_id: int, answer_id: int, mode: str = "edit"
) -> Response:
    """The form that edits, moves or splits an answer."""
    answer = document_changes.answer_of(place, report_id, answer_id)
    if mode not in ("edit", "move", "split"):
        raise HTTPException(404)
    values: dict[str, Any] = {"report_id": report_id, "answer": answer, "mode": mode}
    if mode == "split":
        values["halves"] = document_changes.halves(answer.text)
    values["card"] = card_of(place.repository, place.campaign, answer)
    return page(request, "document_form.html", **values)


@router.get("/{report_id}/new")
def show_new(
    request: Request,
    place: Here,
    _: Reviewer,
    report_id: int,
    item: int | None = None,
    column: str | None = None,
    point: str | None = None,
    loose: int | None = None,
) -> Response:
    """The form that adds an answer: at a place, or of a text without one."""
    document_of(place, report_id)
    body = place.repository.report_body(report_id)
    if body is None or (loose is not None and not 0 <= loose < len(body.unmapped)):
        raise HTTPException(404)
    text = body.unmapped[loose].text if loose is not None else ""
    where = Where(item=item, column=column, point=point)
    return page(request, "document_new.html", report_id=report_id, where=where, loose=loose, text=text)


@router.get("/{report_id}/history")
def show_history(request: Request, place: Here, _: Anyone, report_id: int) -> Response:
    """Who changed what on this document."""
    document_of(place, report_id)
    names = {user.name: user.full_name for user in Users(place.engine).all()}
    return page(request, "document_history.html", events=document_page.history_of(place, report_id), names=names)


def _source(request: Request, body: Report, panel: Panel) -> dict[str, Any]:
    """What the left side shows: ``kind`` pictures, words or none (``problem`` says why)."""
    images = images_of(request)
    try:
        if body.source.media_type in PAGED:
            return {"kind": "pictures", "sizes": images.sizes(body.source.sha256, body.source.media_type)}
        source = Source(name=body.source.name, sha256=body.source.sha256, media_type=body.source.media_type, size=0)
        return {"kind": "words", "text": shown(images.words(source), [one for one, _ in panel.repairs])}
    except Rejected as rejection:
        return {"kind": "none", "problem": rejection.message}
    except FileNotFoundError:
        return {"kind": "none", "problem": "Không tìm thấy tệp gốc trong kho lưu."}
