"""Numbers about the whole of a campaign, for monitoring: no names, no text. Cheap enough to be asked every minute."""

from __future__ import annotations

import datetime as dt

import msgspec
import sqlalchemy as sa

from storage.database import reading
from storage.jobs import jobs
from storage.review_schema import review_states
from storage.schema import ARRIVAL_STATES, arrivals, batches, repairs, reports

RECENT = 1000
"""Documents over which times are told."""


class LastBatch(msgspec.Struct, frozen=True, kw_only=True):
    """The last batch that was finished; ``seconds``: how long it took."""

    finished_at: dt.datetime
    seconds: float
    counts: dict[str, int]

    @property
    def rejected_share(self) -> float:
        """Of its files, 0 when there were none."""
        files = sum(self.counts.values())
        return self.counts.get("rejected", 0) / files if files else 0.0


class Gauges(msgspec.Struct, frozen=True, kw_only=True):
    """``files``: arrivals by outcome, ``pending`` those without; ``queued``: documents that wait or are being read;
    ``oldest_queued``: since when the first of these waits; ``seconds``: what reading took, of the last `RECENT`
    documents, in ascending order; ``readings``: reports that were read; ``reviewed``: those whose review has ended."""

    files: dict[str, int]
    queued: int
    oldest_queued: dt.datetime | None
    seconds: tuple[float, ...]
    last_batch: LastBatch | None
    last_started: dt.datetime | None
    readings: int
    reviewed: int

    def quantile(self, share: float) -> float:
        """Seconds within which ``share`` of the recent documents were read; NaN when there are none."""
        if not self.seconds:
            return float("nan")
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


def of_campaign(engine: sa.Engine, campaign_id: str) -> Gauges:
    here = arrivals.c.campaign_id == campaign_id
    waiting = (jobs.c.campaign_id == campaign_id) & jobs.c.state.is_(None)
    times = sa.select(jobs.c.began_at, jobs.c.ended_at).where(
        (jobs.c.campaign_id == campaign_id) & jobs.c.ended_at.is_not(None) & jobs.c.began_at.is_not(None)
    )
    last = batches.c.campaign_id == campaign_id
    read = (reports.c.campaign_id == campaign_id) & (reports.c.state != "rejected")
    ended = review_states.c.state.in_(("confirmed", "rejected"))
    with reading(engine) as connection:
        found = connection.execute(sa.select(arrivals.c.state, sa.func.count()).where(here).group_by(arrivals.c.state))
        files = dict.fromkeys((*ARRIVAL_STATES, "pending"), 0) | {row[0] or "pending": row[1] for row in found}
        queue = sa.select(sa.func.count(), sa.func.min(batches.c.started_at)).select_from(
            jobs.join(batches, batches.c.id == jobs.c.batch_id)
        )
        queued = connection.execute(queue.where(waiting)).one()
        recent = connection.execute(times.order_by(jobs.c.id.desc()).limit(RECENT)).all()
        started = connection.scalar(sa.select(sa.func.max(batches.c.started_at)).where(last))
        done = batches.select().where(last & batches.c.finished_at.is_not(None))
        batch = connection.execute(done.order_by(batches.c.finished_at.desc()).limit(1)).one_or_none()
        readings = connection.scalar(sa.select(sa.func.count()).select_from(reports).where(read)) or 0
        newest = sa.select(sa.func.max(review_states.c.id)).group_by(review_states.c.report_id)
        decided = sa.select(sa.func.count()).select_from(review_states.join(reports))
        reviewed = connection.scalar(decided.where(read & ended & review_states.c.id.in_(newest))) or 0
    return Gauges(
        files=files,
        queued=queued[0],
        oldest_queued=queued[1],
        seconds=tuple(sorted((row.ended_at - row.began_at).total_seconds() for row in recent)),
        last_batch=None
        if batch is None
        else LastBatch(
            finished_at=batch.finished_at,
            seconds=(batch.finished_at - batch.started_at).total_seconds(),
            counts=batch.counts or {},
        ),
        last_started=started,
        readings=readings,
        reviewed=reviewed,
    )


class RepairKind(msgspec.Struct, frozen=True, kw_only=True):
    """Repairs of one kind in the documents of a batch; ``unsure``: below `UNSURE`."""

    kind: str
    repairs: int
    documents: int
    unsure: int


UNSURE = 0.85


def repairs_of_batch(engine: sa.Engine, batch_id: str) -> list[RepairKind]:
    """What was repaired in the documents that a batch read, most frequent kind first."""
    read = sa.select(jobs.c.report_id).where((jobs.c.batch_id == batch_id) & jobs.c.state.in_(("processed", "partial")))
    unsure = sa.func.sum(sa.case((repairs.c.confidence < UNSURE, 1), else_=0))
    documents = sa.func.count(repairs.c.report_id.distinct())
    query = sa.select(repairs.c.kind, sa.func.count(), documents, unsure).where(repairs.c.report_id.in_(read))
    with reading(engine) as connection:
        found = connection.execute(query.group_by(repairs.c.kind).order_by(sa.func.count().desc(), repairs.c.kind))
        return [RepairKind(kind=row[0], repairs=row[1], documents=row[2], unsure=row[3]) for row in found]
