"""Reading what is stored. Iterators hold one connection until they are exhausted or closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from extractors.report import Letterhead, Report
from storage.database import reading
from storage.records import (
    Arrival,
    Batch,
    ReportRecord,
    StoredAnswer,
    StoredFact,
    StoredRepair,
    UnitReports,
)
from storage.review_schema import review_states
from storage.schema import answers, arrivals, batches, facts, letterhead_decisions, repairs, reports
from storage.versions import latest_readings, unit_reports
from storage.writing import in_force

Record = TypeVar("Record", bound=msgspec.Struct)
_PAGE = 500  # rows fetched at a time by iterators
LETTERHEAD_FIELDS = tuple(name for name in Letterhead.__struct_fields__ if name != "provenance")


class Queries:
    """The reading half of `storage.repository.Repository`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> sa.Engine:
        return self._engine

    def batches(self, campaign_id: str) -> list[Batch]:
        """Oldest first."""
        query = batches.select().where(batches.c.campaign_id == campaign_id).order_by(batches.c.started_at)
        return self._all(query, Batch)

    def arrivals(self, campaign_id: str) -> Iterator[Arrival]:
        """Every file that ever came in, in order of arrival."""
        query = sa.select(*columns_of(Arrival, arrivals)).where(arrivals.c.campaign_id == campaign_id)
        return self._iterate(query.order_by(arrivals.c.received_at, arrivals.c.id), Arrival)

    def received_at(self, campaign_id: str, path: str) -> Arrival | None:
        """What was received last under this path, None when nothing was kept of it."""
        same = (arrivals.c.campaign_id == campaign_id) & (arrivals.c.path == path) & arrivals.c.sha256.is_not(None)
        query = sa.select(*columns_of(Arrival, arrivals)).where(same).order_by(arrivals.c.id.desc()).limit(1)
        return next(iter(self._all(query, Arrival)), None)

    def find_report(self, sha256: str, campaign_id: str, pipeline_version: str) -> ReportRecord | None:
        """The stored reading of this content by this version of the pipeline, rejected ones included."""
        query = _select_reports().where(same_reading(sha256, campaign_id, pipeline_version))
        return next(iter(self._all(query, ReportRecord)), None)

    def report(self, report_id: int) -> ReportRecord:
        """Raises LookupError when there is no such report."""
        found = self._all(_select_reports().where(reports.c.id == report_id), ReportRecord)
        if not found:
            raise LookupError(f"no report {report_id}")
        return found[0]

    def report_body(self, report_id: int) -> Report | None:
        """The whole report as it was read (without corrections); None for a rejected one. Raises LookupError."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(reports.c.body).where(reports.c.id == report_id)).one_or_none()
        if row is None:
            raise LookupError(f"no report {report_id}")
        body: Report | None = row.body
        return body

    def reports(self, campaign_id: str) -> list[ReportRecord]:
        """The latest reading of every file of the campaign, in the order they were first read."""
        return latest_readings(self._all(_select_reports().where(reports.c.campaign_id == campaign_id), ReportRecord))

    def unit_reports(self, campaign_id: str) -> dict[str, UnitReports]:
        """By unit id, what each unit sent and which of it counts; reports of no known unit are not in it, nor those
        that reviewers dismissed."""
        return self.by_unit(self.reports(campaign_id), self.dismissed(campaign_id))

    @staticmethod
    def by_unit(found: Iterable[ReportRecord], dismissed: Collection[int]) -> dict[str, UnitReports]:
        """`unit_reports` of the latest readings ``found``."""
        by_unit: dict[str, list[ReportRecord]] = {}
        for report in found:
            if report.unit_id is not None and report.state != "rejected" and report.id not in dismissed:
                by_unit.setdefault(report.unit_id, []).append(report)
        return {unit_id: unit_reports(unit_id, by_unit[unit_id]) for unit_id in sorted(by_unit)}

    def dismissed(self, campaign_id: str) -> frozenset[int]:
        """Reports that were read but that reviewers said are not to be used."""
        here = sa.select(reports.c.id).where(reports.c.campaign_id == campaign_id)
        last = sa.select(sa.func.max(review_states.c.id)).where(review_states.c.report_id.in_(here))
        standing = review_states.c.id.in_(last.group_by(review_states.c.report_id))
        query = sa.select(review_states.c.report_id).where(standing & (review_states.c.state == "rejected"))
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(query))

    def current_reports(self, campaign_id: str) -> list[ReportRecord]:
        """The reports in force: of each unit the newest (and an older one that alone has a part), ordered by unit."""
        return [report for unit in self.unit_reports(campaign_id).values() for report in unit.current]

    def answers(self, report_id: int, *, current: bool = True, withdrawn: bool = False) -> Iterator[StoredAnswer]:
        """Answers of a report in the order they were stored, those that reviewers took out only if ``withdrawn``;
        all versions of all of them unless ``current``."""
        query = answers.select().where(answers.c.report_id == report_id).order_by(answers.c.id)
        if current:
            query = query.where(in_force(answers))
            if not withdrawn:
                query = query.where(~answers.c.withdrawn)
        return self._iterate(query, StoredAnswer)

    def answer(self, answer_id: int) -> StoredAnswer:
        """One row, whether or not it is in force. Raises LookupError."""
        found = self._all(answers.select().where(answers.c.id == answer_id), StoredAnswer)
        if not found:
            raise LookupError(f"no answer {answer_id}")
        return found[0]

    def letterhead(self, report_id: int) -> Letterhead | None:
        """As it was read and then corrected; None for a rejected report. Raises LookupError."""
        body = self.report_body(report_id)
        if body is None:
            return None
        table = letterhead_decisions
        query = sa.select(table.c.field, table.c.value).where(table.c.report_id == report_id).order_by(table.c.id)
        with reading(self._engine) as connection:
            decided = {row.field: row.value for row in connection.execute(query)}
        return msgspec.structs.replace(body.letterhead, **decided)

    def facts(self, report_id: int) -> Iterator[StoredFact]:
        return self._iterate(facts.select().where(facts.c.report_id == report_id).order_by(facts.c.id), StoredFact)

    def repairs(self, report_id: int) -> Iterator[StoredRepair]:
        query = repairs.select().where(repairs.c.report_id == report_id).order_by(repairs.c.id)
        return self._iterate(query, StoredRepair)

    def queue_sizes(self, campaign_id: str) -> dict[str, int]:
        """How much waits: reports by state, those of no known unit, duplicates, and files not yet through.

        A refused archive, or a file refused inside one, is no reading of a report but counts with the rejected.
        """
        sizes = {"processed": 0, "partial": 0, "rejected": 0, "unit_unknown": 0, "duplicate": 0, "pending": 0}
        for report in self.reports(campaign_id):
            sizes[report.state] += 1
            sizes["unit_unknown"] += report.unit_id is None and report.state != "rejected"
        here = arrivals.c.campaign_id == campaign_id
        query = sa.select(arrivals.c.state, sa.func.count().label("n")).where(here).group_by(arrivals.c.state)
        unread = here & (arrivals.c.state == "rejected") & arrivals.c.report_id.is_(None)
        kept = arrivals.c.sha256.is_not(None) | arrivals.c.parent_sha256.is_not(None)
        with reading(self._engine) as connection:
            files = {row.state: row.n for row in connection.execute(query)}
            sizes["rejected"] += connection.scalar(sa.select(sa.func.count()).where(unread & kept)) or 0
        return {**sizes, "duplicate": files.get("duplicate", 0), "pending": files.get(None, 0)}

    def _all(self, query: sa.Select[Any], kind: type[Record]) -> list[Record]:
        return list(self._iterate(query, kind))

    def _iterate(self, query: sa.Select[Any], kind: type[Record]) -> Iterator[Record]:
        with reading(self._engine) as connection:
            found = connection.execution_options(yield_per=_PAGE).execute(query)
            names = tuple(found.keys())
            for row in found:
                yield kind(**dict(zip(names, row, strict=True)))


def columns_of(kind: type[msgspec.Struct], table: sa.Table) -> list[sa.Column[Any]]:
    return [table.c[name] for name in kind.__struct_fields__]


def _select_reports() -> sa.Select[Any]:
    return sa.select(*columns_of(ReportRecord, reports)).order_by(reports.c.id)


def same_reading(sha256: str, campaign_id: str, pipeline_version: str) -> sa.ColumnElement[bool]:
    return (
        (reports.c.sha256 == sha256)
        & (reports.c.campaign_id == campaign_id)
        & (reports.c.pipeline_version == pipeline_version)
    )


def to_record(row: sa.Row[Any], kind: type[Record]) -> Record:
    return kind(**row._mapping)
