"""The route of one document as plain functions: receive, read, keep. Prefect's tasks call these and add nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

import msgspec

from extractors.errors import Rejected
from extractors.intake import LARGEST
from extractors.pipeline import PIPELINE_VERSION, extract_sandboxed, shortcoming
from extractors.report import Report
from flows.inbox import Item
from flows.retrying import patient
from flows.workplace import Workplace
from storage import BlobTooLarge, SourceChanged
from storage.phrases import Phrases
from storage.records import ReportRecord

log = logging.getLogger(__name__)
State = Literal["processed", "partial", "duplicate", "rejected"]
STATES: dict[State, str] = {
    "processed": "Đã xử lý",
    "partial": "Xử lý một phần",
    "duplicate": "Trùng",
    "rejected": "Bị từ chối",
}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Where one file ended; the line of ``ingest --json``. ``sha256`` is None when the file could not be kept;
    ``parent_sha256`` names the archive or letter that it came in."""

    name: str
    sha256: str | None
    state: State
    code: str | None = None
    message: str | None = None
    unit: str | None = None
    report_id: int | None = None
    parent_sha256: str | None = None


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A file whose original is kept: from here on it is known by its hash.

    ``place`` is where it was found, as text. ``depth`` counts the containers that it came in, ``parent_sha256`` names
    the innermost.
    """

    name: str
    place: str
    sha256: str
    arrival_id: int
    parent_sha256: str | None = None
    depth: int = 0


class Refused(msgspec.Struct, frozen=True):
    """Why a kept original could not be read: stable ``code``, Vietnamese ``message``."""

    code: str
    message: str


def receive(item: Item, batch: str, workplace: Workplace) -> Received | Rejected:
    """Keep the original and note its arrival; why not, when there is nothing to keep.

    Raises OSError for what may be over in a moment (a network share, a full disk).
    """
    if item.refusal is not None:
        return item.refusal
    try:
        blob = workplace.originals.put(item.file, max_bytes=LARGEST)
    except (FileNotFoundError, IsADirectoryError):
        return Rejected("not_found")
    except BlobTooLarge:
        return Rejected("too_large", f"tối đa {LARGEST >> 20} MB")
    except SourceChanged:
        return Rejected("vanished")
    arrival = workplace.repository.record_arrival(
        campaign_id=workplace.campaign.id,
        name=item.name,
        path=item.place,
        sha256=blob.sha256,
        size=blob.size,
        batch_id=batch,
    )
    return Received(name=item.name, place=item.place, sha256=blob.sha256, arrival_id=arrival.id)


def not_kept(item: Item, batch: str, rejection: Rejected, workplace: Workplace) -> Outcome:
    """The outcome of a file of which no copy could be made; it is noted under its place.

    One that has gone since it was listed, and was received from the same place before, was moved away by whoever
    received it: two ingests of one inbox do not complain of each other.
    """
    if rejection.code == "not_found" and (seen := workplace.repository.received_at(workplace.campaign.id, item.place)):
        message = "Tệp đã được một lượt nhận khác nhận và chuyển đi."
        return Outcome(name=item.name, sha256=seen.sha256, state="duplicate", code="duplicate", message=message)
    arrival = workplace.repository.record_arrival(
        campaign_id=workplace.campaign.id, name=item.name, path=item.place, sha256=None, batch_id=batch
    )
    made = Outcome(name=item.name, sha256=None, state="rejected", code=rejection.code, message=rejection.message)
    workplace.repository.finish_arrival(arrival.id, "rejected", code=made.code, message=made.message)
    return made


def known(sha256: str, name: str, workplace: Workplace) -> Outcome | None:
    """The outcome of a document whose content was read before by this version; a rejected one gets another try.

    A reading that was stored but whose reader was killed before it could say so is taken up here, as no duplicate. The
    caller holds the document's lock: nobody else is about to say so.
    """
    found = _read_before(sha256, workplace)
    if found is None or workplace.jobs.credited(found.id):
        return _duplicate(found, name) if found else None
    return _outcome_of(found, name)


def duplicate(sha256: str, name: str, workplace: Workplace) -> Outcome | None:
    """The outcome of a document whose content was read before, and told of; None for one that has to queue."""
    found = _read_before(sha256, workplace)
    return _duplicate(found, name) if found and workplace.jobs.credited(found.id) else None


def _read_before(sha256: str, workplace: Workplace) -> ReportRecord | None:
    found = workplace.repository.find_report(sha256, workplace.campaign.id, PIPELINE_VERSION)
    return None if found is None or found.state == "rejected" else found


def _duplicate(found: ReportRecord, name: str) -> Outcome:
    return Outcome(
        name=name,
        sha256=found.sha256,
        state="duplicate",
        code="duplicate",
        message=f"Nội dung trùng với tệp đã nhận: {found.name}",
        unit=found.unit_id,
        report_id=found.id,
    )


def read(
    sha256: str, name: str, workplace: Workplace, on_progress: Callable[[int, int], None] | None = None
) -> Report | Refused:
    """Read, repair and understand the kept original in the sandboxed child; a refusal is a result, not an error.

    ``on_progress(done, total)`` counts pages. What reviewers confirmed in other documents of the campaign is told to
    the repair.
    """
    learned = patient(Phrases(workplace.repository.engine)).in_force(workplace.campaign.id)
    try:
        with workplace.originals.local(sha256) as original:
            return extract_sandboxed(original, workplace.campaign, name, on_progress, learned)
    except Rejected as rejection:
        return Refused(rejection.code, rejection.message)


def keep(sha256: str, name: str, reading: Report | Refused, workplace: Workplace) -> Outcome:
    """Store what was read, or why it was not. Of two that race, one stores and the other is a duplicate."""
    campaign_id = workplace.campaign.id
    if isinstance(reading, Refused):
        stored = workplace.repository.store_rejection(
            sha256=sha256,
            name=name,
            code=reading.code,
            message=reading.message,
            campaign_id=campaign_id,
            pipeline_version=PIPELINE_VERSION,
        )
        return Outcome(
            name=name,
            sha256=sha256,
            state="rejected",
            code=reading.code,
            message=reading.message,
            report_id=stored.id,
        )
    lack = shortcoming(reading)
    stored = workplace.repository.store_report(
        reading,
        state="partial" if lack else "processed",
        code=lack.code if lack else None,
        message=lack.message if lack else None,
        campaign_id=campaign_id,
        pipeline_version=PIPELINE_VERSION,
    )
    if not stored.created and (ended := known(sha256, name, workplace)):
        return ended
    _note_reasons(stored.id, workplace)
    return _outcome_of(workplace.repository.report(stored.id), name)


def _note_reasons(report_id: int, workplace: Workplace) -> None:
    """Say in the queue of the review why the report needs a person; what fails here is made up for by the page."""
    from review import reasons  # noqa: PLC0415 - in the process that keeps, not in the children that read

    try:
        reasons.note(workplace.repository, workplace.campaign, report_id)
    except Exception:
        log.exception("no reasons for report %s", report_id)


def fail(sha256: str, name: str, workplace: Workplace) -> Outcome:
    """The outcome of a document that met an error of ours; a later round tries it again."""
    rejection = Rejected("internal")
    return keep(sha256, name, Refused(rejection.code, rejection.message), workplace)


def _outcome_of(report: ReportRecord, name: str) -> Outcome:
    return Outcome(
        name=name,
        sha256=report.sha256,
        state=report.state,
        code=report.code,
        message=report.message,
        unit=report.unit_id,
        report_id=report.id,
    )
