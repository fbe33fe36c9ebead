"""The documents that wait to be read, and what became of each: the queue that all readers of a campaign share.

A batch adds a job for every document whose content is not known yet. Whoever is free takes the next one: the process
that runs the batch, and workers on other machines. Of several jobs with the same content only the first is on offer;
the others follow when it has ended, and find the content known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from storage.columns import CleanText, UtcTime
from storage.database import reading
from storage.records import FileState
from storage.schema import ARRIVAL_STATES, arrivals, metadata, reports

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign_id", sa.Text, nullable=False),
    sa.Column("batch_id", sa.ForeignKey("batches.id"), nullable=False, index=True),
    sa.Column("arrival_id", sa.ForeignKey("arrivals.id"), nullable=False, index=True),
    sa.Column("sha256", sa.ForeignKey("originals.sha256"), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("worker", CleanText),  # who reads it, or read it
    sa.Column("began_at", UtcTime),
    sa.Column("ended_at", UtcTime),
    sa.Column("state", sa.String(16)),  # NULL: waits, or is being read
    sa.Column("code", sa.Text),
    sa.Column("message", CleanText),
    sa.Column("report_id", sa.ForeignKey("reports.id")),
    sa.CheckConstraint(f"state IN ({', '.join(map(repr, ARRIVAL_STATES))})", name="state"),
)
_OPEN = jobs.c.state.is_(None)
sa.Index("ix_jobs_open", jobs.c.attempts, jobs.c.id, sqlite_where=_OPEN, postgresql_where=_OPEN)
sa.Index("ix_jobs_same", jobs.c.sha256, sqlite_where=_OPEN, postgresql_where=_OPEN)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One document to be read. ``attempts``: how often somebody has begun it."""

    id: int
    batch_id: str
    arrival_id: int
    sha256: str
    name: str
    attempts: int


class EndedJob(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a job; ``worker`` read it."""

    id: int
    state: FileState
    code: str | None
    message: str | None
    report_id: int | None
    unit_id: str | None
    worker: str | None


class Jobs:
    """The queue in the database opened by `storage.open_database`. Every method is one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, *, campaign_id: str, batch_id: str, arrival_id: int, sha256: str) -> int:
        values = {"campaign_id": campaign_id, "batch_id": batch_id, "arrival_id": arrival_id, "sha256": sha256}
        with self._engine.begin() as connection:
            return int(connection.execute(jobs.insert().values(**values).returning(jobs.c.id)).scalar_one())

    def on_offer(self, campaign_id: str, limit: int) -> list[Job]:
        """Jobs that may be begun, those never begun first, then in order; some may be in the hands of others."""
        earlier = jobs.alias()
        first = ~sa.exists().where(
            (earlier.c.sha256 == jobs.c.sha256)
            & (earlier.c.campaign_id == jobs.c.campaign_id)
            & earlier.c.state.is_(None)
            & (earlier.c.id < jobs.c.id)
        )
        query = (
            sa.select(*(jobs.c[name] for name in Job.__struct_fields__ if name != "name"), arrivals.c.name)
            .join(arrivals, arrivals.c.id == jobs.c.arrival_id)
            .where(_OPEN & (jobs.c.campaign_id == campaign_id) & first)
            .order_by(jobs.c.attempts, jobs.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [Job(**row._mapping) for row in connection.execute(query)]

    def begin(self, job_id: int, worker: str, now: dt.datetime | None = None) -> bool:
        """Note that ``worker`` reads it; False when it has ended meanwhile. The caller holds the document's lock."""
        values = {"worker": worker, "began_at": now or _now(), "attempts": jobs.c.attempts + 1}
        with self._engine.begin() as connection:
            return connection.execute(jobs.update().where((jobs.c.id == job_id) & _OPEN).values(**values)).rowcount == 1

    def end(  # noqa: PLR0913 - each by its name
        self,
        job: Job,
        state: FileState,
        *,
        code: str | None = None,
        message: str | None = None,
        report_id: int | None = None,
        worker: str | None = None,
        now: dt.datetime | None = None,
    ) -> None:
        """Note what became of a document, for the job and for the arrival it is about, and which ``worker`` says so."""
        outcome = {"state": state, "code": code, "message": message, "report_id": report_id}
        arrival = arrivals.update().where(arrivals.c.id == job.arrival_id)
        if state == "duplicate":  # what was read once stays told so
            arrival = arrival.where(arrivals.c.state.is_(None) | arrivals.c.state.in_(("duplicate", "rejected")))
        with self._engine.begin() as connection:
            connection.execute(arrival.values(**outcome))
            done = {**outcome, "worker": worker, "ended_at": now or _now()}
            connection.execute(jobs.update().where(jobs.c.id == job.id).values(**done))

    def ended(self, job_ids: Collection[int]) -> list[EndedJob]:
        """Those of ``job_ids`` (some hundreds at most) that have ended."""
        columns = (jobs.c[name] for name in EndedJob.__struct_fields__ if name != "unit_id")
        query = sa.select(*columns, reports.c.unit_id).outerjoin(reports, reports.c.id == jobs.c.report_id)
        with reading(self._engine) as connection:
            found = connection.execute(query.where(jobs.c.id.in_(job_ids) & ~_OPEN).order_by(jobs.c.id))
            return [EndedJob(**row._mapping) for row in found]

    def counts(self, batch_id: str) -> dict[str, int]:
        """How many jobs of a batch each worker has ended."""
        query = sa.select(jobs.c.worker, sa.func.count()).where((jobs.c.batch_id == batch_id) & ~_OPEN)
        with reading(self._engine) as connection:
            return {row[0] or "": row[1] for row in connection.execute(query.group_by(jobs.c.worker))}

    def credited(self, report_id: int) -> bool:
        """Whether some arrival is told to be the one that this report was read from."""
        # By its content, for which there is an index: a night asks this of every file that it knows.
        content = sa.select(reports.c.sha256).where(reports.c.id == report_id).scalar_subquery()
        told = (arrivals.c.sha256 == content) & (arrivals.c.report_id == report_id) & (arrivals.c.state != "duplicate")
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(arrivals.c.id).where(told).limit(1)) is not None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
