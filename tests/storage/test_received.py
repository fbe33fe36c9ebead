"""Lists of files and of what runs, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from extractors.report import Report
from storage import Jobs, Repository
from storage.received import one_file, received, running_batches
from tests.storage.test_corrections import CAMPAIGN

NOW = dt.datetime(2024, 5, 2, 5, tzinfo=dt.UTC)


@pytest.fixture
def arrived(repository: Repository, make_report: Callable[..., Report]) -> dict[str, int]:
    """One file of each outcome; the id of each arrival."""
    ids = {}
    for n, (name, state) in enumerate(
        [("Báo cáo 1.docx", "processed"), ("100%.pdf", "partial"), ("b_c.txt", "rejected"), ("chờ.docx", None)]
    ):
        report = make_report(name)
        moment = NOW + dt.timedelta(minutes=n)
        arrival = repository.record_arrival(
            campaign_id=CAMPAIGN, name=name, path=name, sha256=report.source.sha256, received_at=moment
        )
        ids[name] = arrival.id
        if state == "rejected":
            stored = repository.store_rejection(
                sha256=report.source.sha256, name=name, campaign_id=CAMPAIGN, pipeline_version="1", code="damaged",
                message="Hỏng.",
            )  # fmt: skip
            repository.finish_arrival(arrival.id, "rejected", code="damaged", message="Hỏng.", report_id=stored.id)
        elif state:
            stored = repository.store_report(report, campaign_id=CAMPAIGN, pipeline_version="1", state=state)  # type: ignore[arg-type]
            repository.finish_arrival(arrival.id, state, report_id=stored.id)  # type: ignore[arg-type]
    return ids


def test_files_by_outcome_and_words(engine: sa.Engine, arrived: dict[str, int]) -> None:
    every = received(engine, CAMPAIGN, limit=10)
    assert [file.name for file in every.files] == ["chờ.docx", "b_c.txt", "100%.pdf", "Báo cáo 1.docx"]
    assert every.counts == {"rejected": 1, "partial": 1, "pending": 1, "processed": 1, "duplicate": 0}
    assert every.total == 4 and every.files[3].unit_id == "THPT-A" and every.files[1].message == "Hỏng."
    for outcome, name in (("rejected", "b_c.txt"), ("pending", "chờ.docx"), ("partial", "100%.pdf")):
        some = received(engine, CAMPAIGN, outcome=outcome, limit=10)  # type: ignore[arg-type]
        assert [file.name for file in some.files] == [name] and some.total == 1 and sum(some.counts.values()) == 4
    for query, names in (("bao CAO", ["Báo cáo 1.docx"]), ("100%", ["100%.pdf"]), ("b_c", ["b_c.txt"]), ("%", []),
                         ("cho", ["chờ.docx"])):  # fmt: skip
        assert [file.name for file in received(engine, CAMPAIGN, query=query, limit=10).files] == names
    assert [file.name for file in received(engine, CAMPAIGN, limit=1, offset=1).files] == ["b_c.txt"]
    assert received(engine, "khac", limit=10).files == []
    assert one_file(engine, arrived["b_c.txt"]).name == "b_c.txt"
    with pytest.raises(LookupError):
        one_file(engine, 999)


def test_a_file_that_was_read_at_a_later_try(
    engine: sa.Engine, repository: Repository, arrived: dict[str, int], make_report: Callable[..., Report]
) -> None:
    repository.store_report(make_report("b_c.txt"), campaign_id=CAMPAIGN, pipeline_version="1", state="partial")
    found = received(engine, CAMPAIGN, outcome="partial", limit=10)
    assert {file.name for file in found.files} == {"b_c.txt", "100%.pdf"} and found.total == 2
    assert found.counts["rejected"] == 0


def test_batches_that_run(engine: sa.Engine, repository: Repository, arrived: dict[str, int]) -> None:
    jobs = Jobs(engine)
    batch = repository.start_batch(CAMPAIGN, NOW)
    added = [
        jobs.add(
            campaign_id=CAMPAIGN, batch_id=batch, arrival_id=arrival, sha256=one_file(engine, arrival).sha256 or ""
        )
        for arrival in arrived.values()
    ]
    jobs.begin(added[0], "máy 1", NOW + dt.timedelta(minutes=5))
    first = jobs.on_offer(CAMPAIGN, 9)[-1]
    jobs.end(first, "processed", now=NOW + dt.timedelta(minutes=9))
    (running,) = running_batches(engine, CAMPAIGN, moved_after=NOW + dt.timedelta(minutes=6))
    assert (running.id, running.total, running.ended) == (batch, 4, 1)
    assert (running.started_at, running.moved_at) == (NOW, NOW + dt.timedelta(minutes=9))
    assert running_batches(engine, CAMPAIGN, moved_after=NOW + dt.timedelta(minutes=10)) == []  # interrupted
    repository.finish_batch(batch, {})
    assert running_batches(engine, CAMPAIGN, moved_after=NOW) == []
