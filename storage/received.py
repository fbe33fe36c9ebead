"""The files that came in, as lists show them: what became of each, by now and in few queries."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec
import sqlalchemy as sa

from storage.columns import words_of
from storage.database import reading
from storage.jobs import jobs
from storage.queries import columns_of, to_record
from storage.records import Arrival, ReportState
from storage.schema import arrivals, batches, reports

Outcome = Literal["processed", "partial", "duplicate", "rejected", "pending"]
OUTCOMES: tuple[Outcome, ...] = ("rejected", "partial", "pending", "processed", "duplicate")


class ReceivedFile(Arrival, frozen=True, kw_only=True):
    """An arrival with the reading it led to. ``report_state``: of that reading by now; a file that was refused may have
    been read at a later try."""

    report_state: ReportState | None
    pipeline_version: str | None
    unit_id: str | None

    @property
    def outcome(self) -> Outcome:
        if self.state == "rejected" and self.report_state in ("processed", "partial"):
            return self.report_state
        return self.state or "pending"


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One page of files, newest first; ``counts`` by outcome under the same words."""

    files: list[ReceivedFile]
    total: int
    counts: dict[Outcome, int]


class RunningBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that nobody has closed yet. ``total`` and ``ended`` count documents that had to be read; ``moved_at``:
    when something last happened."""

    id: str
    started_at: dt.datetime
    total: int
    ended: int
    moved_at: dt.datetime


def received(  # noqa: PLR0913 - each by its name
    engine: sa.Engine, campaign_id: str, *, outcome: Outcome | None = None, query: str = "", limit: int, offset: int = 0
) -> Received:
    """Files whose name holds the words of ``query``, marks aside."""
    here = arrivals.c.campaign_id == campaign_id
    if asked := words_of(query):
        here &= sa.func.answer_words(arrivals.c.name).contains(asked, autoescape=True)
    elif query.strip():
        return Received(files=[], total=0, counts=dict.fromkeys(OUTCOMES, 0))
    joined = arrivals.outerjoin(reports, reports.c.id == arrivals.c.report_id)
    ended = _outcome()
    shown = sa.select(
        *columns_of(Arrival, arrivals),
        reports.c.state.label("report_state"),
        reports.c.pipeline_version,
        reports.c.unit_id,
    )
    wanted = here if outcome is None else here & (ended == outcome)
    page = shown.select_from(joined).where(wanted).order_by(arrivals.c.last_seen_at.desc(), arrivals.c.id.desc())
    counted = sa.select(ended.label("outcome"), sa.func.count().label("n")).select_from(joined).where(here)
    with reading(engine) as connection:
        counts = {row.outcome: row.n for row in connection.execute(counted.group_by(ended))}
        files = [to_record(row, ReceivedFile) for row in connection.execute(page.limit(limit).offset(offset))]
    total = sum(counts.values()) if outcome is None else counts.get(outcome, 0)
    return Received(files=files, total=total, counts={one: counts.get(one, 0) for one in OUTCOMES})


def one_file(engine: sa.Engine, arrival_id: int) -> Arrival:
    """Raises LookupError."""
    query = sa.select(*columns_of(Arrival, arrivals)).where(arrivals.c.id == arrival_id)
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise LookupError(f"no arrival {arrival_id}")
    return to_record(row, Arrival)


def running_batches(engine: sa.Engine, campaign_id: str, *, moved_after: dt.datetime) -> list[RunningBatch]:
    """Batches that are not closed and in which something has happened since; whoever runs them."""
    began, done = sa.func.max(jobs.c.began_at), sa.func.max(jobs.c.ended_at)
    query = (
        sa.select(
            batches.c.id,
            batches.c.started_at,
            sa.func.count(jobs.c.id).label("total"),
            sa.func.count(jobs.c.state).label("ended"),
            began.label("began_at"),
            done.label("ended_at"),
        )
        .outerjoin(jobs, jobs.c.batch_id == batches.c.id)
        .where((batches.c.campaign_id == campaign_id) & batches.c.finished_at.is_(None))
        .group_by(batches.c.id, batches.c.started_at)
        .order_by(batches.c.started_at)
    )
    found = []
    with reading(engine) as connection:
        for row in connection.execute(query):
            moved_at = max(moment for moment in (row.started_at, row.began_at, row.ended_at) if moment is not None)
            if moved_at >= moved_after:
                counts = {"total": row.total, "ended": row.ended, "moved_at": moved_at}
                found.append(RunningBatch(id=row.id, started_at=row.started_at, **counts))
    return found


def _outcome() -> sa.ColumnElement[str]:
    """`ReceivedFile.outcome` in the database."""
    read_after_all = (arrivals.c.state == "rejected") & reports.c.state.in_(("processed", "partial"))
    return sa.case((read_after_all, reports.c.state), else_=sa.func.coalesce(arrivals.c.state, "pending"))
