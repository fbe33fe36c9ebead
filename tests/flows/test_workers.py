"""Several machines, as processes that share nothing but servers: PostgreSQL, an S3 store, Prefect's server."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

import campaigns
from benchmarks import reports
from flows import consistency, settings, workplace
from tests import servers

PATIENCE = 150.0  # seconds, on a busy machine
FILES = 36
T = TypeVar("T")
COMMAND = [sys.executable, "-P", "-m", "flows"]


class Cluster:
    """Servers, and processes that use them; each process has a data directory, that is a machine, of its own."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder, self.variables = folder, variables
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, name: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "BAOCAO_"))}
        return clean | self.variables | {"BAOCAO_DATA_DIR": str(self.folder / name)}

    def start(self, name: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = subprocess.Popen(
                [*COMMAND, *arguments],
                env=self.environment(name) | variables,
                stdout=subprocess.PIPE if name == "ingest" else log,
                stderr=log,
                cwd=self.folder,
            )
        return self.processes[name]

    def running(self, name: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """The same, unless it runs since an earlier test."""
        process = self.processes.get(name)
        return process if process and process.poll() is None else self.start(name, *arguments, **variables)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-3000:]

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()


def eventually(what: str, look: Callable[[], T | None], every: float = 0.5) -> T:
    deadline = time.monotonic() + PATIENCE
    while (found := look()) is None:
        assert time.monotonic() < deadline, what
        time.sleep(every)
    return found


@contextmanager
def in_environment(variables: dict[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports, every fourth sent twice under another name."""
    folder = tmp_path_factory.mktemp("hộp đến")
    campaign = campaigns.load("2542-SGDDT-GDTrH")
    for n in range(FILES):
        seed = n - 1 if n % 4 == 3 else n
        reports.write_docx(folder / f"{n:02}.docx", campaign, campaign.units[seed], seed)
        if seed != n:
            (folder / f"{n:02}.docx").write_bytes((folder / f"{seed:02}.docx").read_bytes())
    return folder


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    address = f"127.0.0.1:{servers.free_port()}"
    with servers.postgresql_server() as database, servers.s3() as (blobs, keys):
        for name in ("baocao", "prefect"):
            database.create(name)
        shared = {
            "BAOCAO_DATABASE_URL": database.network_url("baocao"),
            "BAOCAO_BLOBS_URL": blobs,
            "BAOCAO_PREFECT_DATABASE_URL": database.network_url("prefect"),
            "BAOCAO_PREFECT_ADDRESS": address,
            "BAOCAO_PREFECT_API_URL": f"http://{address}/api",
            "BAOCAO_WORK_POOL": "baocao",
            "BAOCAO_WORKERS": "1",
        }
        running = Cluster(folder, keys | shared)
        try:
            yield running
        finally:
            running.stop()


@pytest.mark.slow
def test_workers_share_a_batch_and_outlive_one_of_them(cluster: Cluster, inbox: Path) -> None:
    cluster.start("serve", "serve")
    names = [f"w{n}" for n in (1, 2, 3)]
    for name in names:
        cluster.start(name, "worker")
    engine = eventually("database", lambda: _engine(cluster))
    with engine.connect() as connection:
        _wait_for(cluster, names)
        ingest = cluster.start("ingest", "ingest", str(inbox), "--json")
        victim = cluster.processes["w1"]
        lost = eventually("a document in the hands of w1", lambda: _held_by(victim.pid, connection), 0.02)
        victim.kill()
        victim.wait()
        output, _ = ingest.communicate(timeout=PATIENCE)
        assert ingest.returncode == 0, cluster.log("ingest")
        summary = json.loads(output)
        rows = connection.execute(sa.text("SELECT * FROM jobs ORDER BY id")).all()
    engine.dispose()
    assert summary["counts"] == {"processed": FILES * 3 // 4, "partial": 0, "duplicate": FILES // 4, "rejected": 0}
    by_id = {row.id: row for row in rows}
    for job in lost:
        assert by_id[job].attempts == 2 and not by_id[job].worker.endswith(f":{victim.pid}")
        assert by_id[job].state in ("processed", "duplicate")  # a copy is begun, too, before it is found to be one
    # Nothing was read twice: one job a content was processed, and only what was lost was begun again.
    read = [row.sha256 for row in rows if row.state == "processed"]
    assert len(read) == len(set(read)) == FILES * 3 // 4
    assert {row.id for row in rows if row.attempts != 1} == lost
    shares = {row.worker for row in rows if row.state == "processed"}
    # Those that live have shared the work; ``serve``, which helps too, may have been asked when all was done.
    assert {int(worker.rpartition(":")[2]) for worker in shares} >= {cluster.processes[n].pid for n in ("w2", "w3")}
    _is_consistent(cluster, inbox)


SHORT = """TRƯỜNG THPT LÊ QUÝ ĐÔN
BÁO CÁO
Thực hiện Công văn số 2542/SGDĐT-GDTrH
1. Hệ thống quản lý giáo dục, dạy học thông minh
Trường có {n} máy tính nối mạng, kinh phí {n} triệu đồng từ ngân sách.
"""
STAGES = {"reports": "", "answers": "", "facts": "", "tells": "ended_at", "begins": "began_at"}
"""Where a worker is killed: as it stores what was read, says that it has, and says that it begins the next; what its
statement holds besides the name of the table."""


@pytest.mark.slow
def test_workers_are_killed_at_every_stage(cluster: Cluster, tmp_path: Path) -> None:
    """Each waits for a lock, which makes it known where it is; the last is told to end, with a document in hand."""
    many = 40 * len(STAGES)  # each stage lets every reader end what it has in hand
    for n in range(many):
        (tmp_path / f"{n}.txt").write_text(SHORT.format(n=n), encoding="utf-8")
    cluster.running("serve", "serve")
    engine = eventually("database", lambda: _engine(cluster))
    before = len(_jobs(engine))
    url = cluster.variables["BAOCAO_DATABASE_URL"]
    victims = [f"v{n}" for n in range(len(STAGES) + 1)]
    for name in victims:
        cluster.start(name, "worker", BAOCAO_DATABASE_URL=f"{url}?application_name={name}")
    _wait_for(cluster, victims)
    with engine.connect() as one, engine.connect() as other, engine.connect() as looking:
        holder, free, held = one, other, "reports"
        _lock(holder, held)  # nobody gets past it, so that all victims take part
        ingest = cluster.start("ingest", "ingest", str(tmp_path), "--json")
        eventually("all at work", lambda: _waiting(looking, "reports", victims) == set(victims) or None, 0.1)
        for stage in STAGES:
            table = "jobs" if stage in ("tells", "begins") else stage
            if table == held and stage != "reports":
                _unlock(holder)
                _lock(holder, table)
            elif table != held:  # the next before the last is let go, so that nobody slips through
                _lock(free, table)
                _unlock(holder)
                holder, free, held = free, holder, table
            found = eventually(f"a worker at {stage}", lambda: _waiting(looking, stage, victims) or None, 0.05)  # noqa: B023
            name = min(found)
            cluster.processes[name].kill()
            cluster.processes[name].wait()
            victims.remove(name)
        _unlock(holder)
    (last,) = victims
    with engine.connect() as connection:
        eventually(
            "a document in the last hands", lambda: _reads(cluster.processes[last].pid, connection) or None, 0.02
        )
    cluster.processes[last].terminate()
    assert cluster.processes[last].wait(30) == 0, cluster.log(last)
    output, _ = ingest.communicate(timeout=PATIENCE)
    assert ingest.returncode == 0, cluster.log("ingest")
    counts = json.loads(output)["counts"]
    assert counts == {"processed": many, "partial": 0, "duplicate": 0, "rejected": 0}
    jobs = _jobs(engine)[before:]
    engine.dispose()
    read = [job.sha256 for job in jobs if job.state == "processed"]
    assert len(read) == len(set(read)) == many
    # What they had said they began, one in hand and one in line each, was begun once more by others; nothing else was.
    again = sum(job.attempts - 1 for job in jobs)
    assert len(STAGES) - 1 <= again <= 2 * (len(STAGES) + 1)
    _is_consistent(cluster, tmp_path)


def _lock(connection: sa.Connection, table: str) -> None:
    """Nobody writes into ``table`` until `_unlock`."""
    connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def _unlock(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ROLLBACK")


def _waiting(connection: sa.Connection, stage: str, names: list[str]) -> set[str]:
    """Which of the workers ``names`` wait for a lock at ``stage``."""
    query = sa.text(
        "SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'"
        " AND query ~ :statement AND application_name = ANY(:names)"
    )
    table = "jobs" if stage in ("tells", "begins") else stage
    statement = rf"(INSERT INTO|UPDATE) {table}\M.*{STAGES[stage]}"
    return set(connection.scalars(query, {"statement": statement, "names": names}))


def _jobs(engine: sa.Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT * FROM jobs ORDER BY id")))


def _reads(pid: int, connection: sa.Connection) -> bool:
    query = sa.text("SELECT 1 FROM jobs WHERE worker LIKE :who AND state IS NULL")
    return connection.scalar(query, {"who": f"%:{pid}"}) is not None


def _engine(cluster: Cluster) -> sa.Engine | None:
    """A connection to our database once somebody has made its tables."""
    url = cluster.variables["BAOCAO_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1 FROM jobs"))
    except sa.exc.DBAPIError:
        engine.dispose()
        return None
    return engine


def _wait_for(cluster: Cluster, names: list[str]) -> None:
    """Until the workers ``names`` ask for work."""
    pids = {str(cluster.processes[name].pid) for name in names}

    def online() -> bool | None:
        for name in names:
            assert cluster.processes[name].poll() is None, cluster.log(name)
        return pids <= {worker.rpartition(":")[2] for worker in _online(cluster)} or None

    eventually("workers", online)


def _online(cluster: Cluster) -> set[str]:
    """Names of the workers that Prefect's server has heard of lately."""
    url = cluster.variables["BAOCAO_PREFECT_API_URL"]
    request = urllib.request.Request(
        f"{url}/work_pools/baocao/workers/filter", b"{}", {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            workers: list[dict[str, Any]] = json.load(answer)
    except (urllib.error.URLError, OSError):
        return set()
    return {worker["name"] for worker in workers if worker["status"] == "ONLINE"}


def _held_by(pid: int, connection: sa.Connection) -> set[int] | None:
    """The jobs that the process has begun and not ended; it is then stopped, so that they stay so."""
    query = sa.text("SELECT id FROM jobs WHERE worker LIKE :who AND state IS NULL")
    if not _reads(pid, connection):
        return None
    os.kill(pid, signal.SIGSTOP)
    time.sleep(0.2)  # its last statement arrives
    held = connection.scalars(query, {"who": f"%:{pid}"}).all()
    if not held:
        os.kill(pid, signal.SIGCONT)
        return None
    return set(held)


def _is_consistent(cluster: Cluster, inbox: Path) -> None:
    with in_environment(cluster.environment("w2") | {"BAOCAO_INBOX": str(inbox)}):
        place = workplace.at(settings.load())
        found = consistency.check(place)
        originals = {hashlib.sha256(file.read_bytes()).hexdigest() for file in inbox.iterdir()}
        assert found.findings == [] and originals <= set(place.originals)
