"""Numbers for monitoring, on both databases."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import sqlalchemy as sa

from extractors.report import Report
from storage import Jobs, Repository, gauges
from storage.gauges import Gauges, RepairKind

START = dt.datetime(2024, 5, 3, 18, 0, tzinfo=dt.UTC)


def read(engine: sa.Engine) -> Gauges:
    return gauges.of_campaign(engine, "c")


def test_nothing_yet(engine: sa.Engine) -> None:
    found = read(engine)
    assert found.files == {"processed": 0, "partial": 0, "rejected": 0, "duplicate": 0, "pending": 0}
    assert (found.queued, found.oldest_queued, found.last_batch, found.last_started) == (0, None, None, None)
    assert math.isnan(found.quantile(0.5))


def test_a_night(engine: sa.Engine, make_report: Callable[..., Report]) -> None:
    repository, jobs = Repository(engine), Jobs(engine)
    batch = repository.start_batch("c", now=START)
    ids = {}
    for number, state in enumerate(("processed", "partial", "rejected", None)):
        report = make_report(f"{number}.docx")
        arrival = repository.record_arrival(
            campaign_id="c", name=report.source.name, path=f"{number}", sha256=report.source.sha256, batch_id=batch
        )
        job = jobs.add(campaign_id="c", batch_id=batch, arrival_id=arrival.id, sha256=report.source.sha256)
        if state is None:
            continue
        jobs.begin(job, "w", now=START + dt.timedelta(seconds=10))
        if state != "rejected":
            ids[state] = repository.store_report(report, campaign_id="c", pipeline_version="1", state=state).id
        given = next(one for one in jobs.on_offer("c", 10) if one.id == job)
        until = START + dt.timedelta(seconds=11 + number)
        jobs.end(given, state, report_id=ids.get(state), now=until)  # type: ignore[arg-type]
    found = read(engine)
    assert found.files == {"processed": 1, "partial": 1, "rejected": 1, "duplicate": 0, "pending": 1}
    assert (found.queued, found.oldest_queued, found.last_started) == (1, START, START)
    assert found.seconds == (1.0, 2.0, 3.0) and found.quantile(0.5) == 2.0 and found.quantile(0.99) == 3.0
    assert (found.readings, found.reviewed, found.last_batch) == (2, 0, None)

    end = START + dt.timedelta(hours=1)
    repository.finish_batch(batch, {"processed": 1, "partial": 1, "rejected": 2, "duplicate": 0}, now=end)
    repository.start_batch("c", now=end + dt.timedelta(hours=1))
    last = read(engine).last_batch
    assert last is not None
    assert (last.finished_at, last.seconds, last.rejected_share) == (end, 3600.0, 0.5)
    assert read(engine).last_started == end + dt.timedelta(hours=1)
    assert gauges.of_campaign(engine, "other").queued == 0
    assert gauges.repairs_of_batch(engine, batch) == [RepairKind(kind="lost_letter", repairs=2, documents=2, unsure=0)]
    assert gauges.repairs_of_batch(engine, "none") == []
