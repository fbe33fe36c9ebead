"""What the repository gives back: frozen rows, free of the database. Times are aware and in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from extractors.document import Provenance
from extractors.report import FactKind, FundingSource, Status
from normalizers.plan import Alternative

ReportState = Literal["processed", "partial", "rejected"]
FileState = Literal["processed", "partial", "duplicate", "rejected"]
Part = Literal["appendix", "narrative"]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One ingest run; ``finished_at`` None: still running, or interrupted."""

    id: str
    campaign_id: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    counts: dict[str, int] | None


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One content under one path. ``sha256`` None: the file could not be kept; ``state`` None: not yet through.

    ``parent_sha256``: the archive or letter that it came in.
    """

    id: int
    campaign_id: str
    sha256: str | None
    name: str
    path: str
    batch_id: str | None
    received_at: dt.datetime
    last_seen_at: dt.datetime
    state: FileState | None
    code: str | None
    message: str | None
    report_id: int | None
    parent_sha256: str | None = None


class StoredReport(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of storing: ``created`` False says that the same reading was stored before (by whoever)."""

    id: int
    created: bool
    state: ReportState


class ReportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A report without its content. ``letter_date`` is the date written on it, ``received_at`` when it reached us."""

    id: int
    sha256: str
    campaign_id: str
    pipeline_version: str
    state: ReportState
    code: str | None
    message: str | None
    name: str
    unit_id: str | None
    unit_group: str | None
    number: str | None
    letter_date: dt.date | None
    received_at: dt.datetime
    created_at: dt.datetime
    pages: int | None
    has_appendix: bool
    has_narrative: bool


class UnitReports(msgspec.Struct, frozen=True, kw_only=True):
    """Every version a unit sent, newest first, and which of them counts for each part of the answer."""

    unit_id: str
    versions: tuple[ReportRecord, ...]
    appendix: ReportRecord | None
    narrative: ReportRecord | None

    @property
    def current(self) -> tuple[ReportRecord, ...]:
        """The versions in force, newest first: the newest, and an older one that alone has a part."""
        used = {report.id for report in (self.appendix, self.narrative) if report} or {self.versions[0].id}
        return tuple(report for report in self.versions if report.id in used)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer stands: ``item`` and ``column`` of the appendix, or a narrative ``point``."""

    item: int | None = None
    column: str | None = None
    point: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As columns of the table of answers."""
        if self.point is not None:
            return {"kind": "point", "item": None, "column": None, "point": self.point}
        return {"kind": "appendix", "item": self.item, "column": self.column, "point": None}


class StoredAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of a report at item × column (``kind`` appendix) or at a narrative point.

    ``replaces``: the answer it corrects; ``carried_from``: the correction, made on an earlier reading of the same file,
    that it repeats; ``withdrawn``: a reviewer took it out; ``restores``: the answer whose content it brings back.
    """

    id: int
    report_id: int
    kind: Literal["appendix", "point"]
    item: int | None
    column: str | None
    point: str | None
    status: Status
    text: str
    confidence: float
    provenance: tuple[Provenance, ...]
    author: Literal["machine", "reviewer"]
    author_name: str | None
    replaces: int | None
    carried_from: int | None
    created_at: dt.datetime
    withdrawn: bool = False
    restores: int | None = None

    @property
    def place(self) -> Place:
        return Place(item=self.item, column=self.column, point=self.point)


class StoredFact(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    report_id: int
    kind: FactKind
    value: int | float | str
    value_to: int | float | None
    unit: str | None
    funding_source: FundingSource | None
    item: int | None
    column: str | None
    point: str | None
    sentence: str
    provenance: tuple[Provenance, ...]


class StoredRepair(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    report_id: int
    kind: str
    original: str
    replacement: str
    confidence: float
    alternatives: tuple[Alternative, ...]
    provenance: tuple[Provenance, ...]
