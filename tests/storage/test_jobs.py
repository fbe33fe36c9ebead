"""The queue that readers share, and the locks that keep two from reading one document."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import Jobs, Locks, Repository, locks_beside

CAMPAIGN = "dot-1"
HOLDER = """
import sys
from storage import locks_beside, open_database
locks = locks_beside(open_database(sys.argv[1]))
print(locks.acquire("a"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def jobs(engine: sa.Engine) -> Jobs:
    return Jobs(engine)


def add(jobs: Jobs, repository: Repository, batch: str, name: str, content: str) -> int:
    sha256 = content * 64
    arrival = repository.record_arrival(campaign_id=CAMPAIGN, name=name, path=name, sha256=sha256, batch_id=batch)
    return jobs.add(campaign_id=CAMPAIGN, batch_id=batch, arrival_id=arrival.id, sha256=sha256)


def test_jobs_go_round_once(jobs: Jobs, repository: Repository) -> None:
    batch = repository.start_batch(CAMPAIGN)
    first, same, other = (
        add(jobs, repository, batch, name, content) for name, content in (("1", "a"), ("2", "a"), ("3", "b"))
    )
    assert [job.id for job in jobs.on_offer(CAMPAIGN, 9)] == [first, other]  # its content is being read
    assert jobs.begin(first, "w1")
    assert [job.id for job in jobs.on_offer(CAMPAIGN, 9)] == [other, first]  # the untouched before the begun
    begun = jobs.on_offer(CAMPAIGN, 9)[1]
    assert (begun.attempts, begun.name) == (1, "1")
    jobs.end(begun, "rejected", code="damaged", message="hỏng", worker="w2")
    assert not jobs.begin(first, "w2")
    assert [job.id for job in jobs.on_offer(CAMPAIGN, 9)] == [same, other]
    assert jobs.on_offer("dot-2", 9) == []
    (ended,) = jobs.ended([first, same, other])
    assert (ended.id, ended.state, ended.code, ended.worker) == (first, "rejected", "damaged", "w2")
    assert jobs.counts(batch) == {"w2": 1}
    (arrival,) = [one for one in repository.arrivals(CAMPAIGN) if one.name == "1"]
    assert (arrival.state, arrival.message) == ("rejected", "hỏng")


@pytest.fixture
def locks(engine: sa.Engine) -> Iterator[Locks]:
    opened = locks_beside(engine)
    yield opened
    for name in "ab":
        opened.release(name)


def test_a_lock_ends_with_its_holder(url: str, engine: sa.Engine, locks: Locks) -> None:
    assert locks.acquire("a") and not locks.acquire("a") and not locks_beside(engine).acquire("a")
    locks.release("a")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not locks.acquire("a") and locks.acquire("b")
        holder.kill()
        holder.wait()
    deadline = time.monotonic() + 10
    while not locks.acquire("a"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_locks_survive_a_restart_of_the_server(engine: sa.Engine, locks: Locks) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("a file has no server")
    assert locks.acquire("a")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
    assert locks.acquire("b") and not locks.acquire("a")
    locks.release("a")
    assert locks.acquire("a")


def test_a_lock_file_stays_empty(tmp_path: Path, engine: sa.Engine, locks: Locks) -> None:
    assert locks.acquire("a")
    assert [path.stat().st_size for path in tmp_path.rglob("*.locks")] in ([0], [])
