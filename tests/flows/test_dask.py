"""The Dask runner: documents of a batch are read by the workers of a cluster, and one of them may be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import campaigns
from benchmarks import reports
from flows import consistency, settings, workplace
from tests import processes, servers

FILES = 8
PATIENCE = 240.0  # seconds, on a busy machine


class Cluster:
    """A scheduler and two workers of Dask, which share a database and blobs with the process of the batch."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "var"
        port = servers.free_port()
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "BAOCAO_"))}
        self.environment = clean | {
            "BAOCAO_DATA_DIR": str(self.data),
            "BAOCAO_RUNNER": "dask",
            "BAOCAO_DASK_SCHEDULER": f"tcp://127.0.0.1:{port}",
        }
        self.scheduler = self.start("scheduler", "-m", "distributed.cli.dask_scheduler", "--host", f"127.0.0.1:{port}")
        one_thread = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)]
        self.workers = [
            self.start(f"worker{n}", "-m", "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", *one_thread)
            for n in (1, 2)
        ]

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-P", *arguments],
                env=self.environment,
                stdout=subprocess.PIPE if name == "ingest" else log,
                stderr=log,
                cwd=self.folder,
            )

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    try:
        yield running
    finally:
        running.stop()
        for pid in processes.of(running.data):
            processes.kill(pid, 9)


@pytest.mark.slow
def test_a_cluster_reads_a_batch_and_outlives_a_worker(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "hộp đến"
    inbox.mkdir()
    campaign = campaigns.load("2542-SGDDT-GDTrH")
    reports.write_docx(inbox / "00.docx", campaign, campaign.units[0], 0)  # long enough to be met at work
    for n in range(1, FILES):
        text = f"TRƯỜNG THPT LÊ QUÝ ĐÔN\nBáo cáo số {n}: đã triển khai đầy đủ các nội dung.\n"
        (inbox / f"{n:02}.txt").write_text(text, encoding="utf-8")
    ingest = cluster.start("ingest", "-m", "flows", "ingest", str(inbox), "--json")

    def held() -> bool:
        assert ingest.poll() is None, (tmp_path / "ingest.log").read_text()
        return _reads(cluster.workers[0].pid)

    assert processes.wait_until(held, PATIENCE, 0.02), (tmp_path / "worker1.log").read_text()
    cluster.workers[0].kill()
    output, _ = ingest.communicate(timeout=PATIENCE)
    assert ingest.returncode == 0, (tmp_path / "ingest.log").read_text()
    assert json.loads(output)["counts"]["rejected"] == 0
    engine = sa.create_engine(f"sqlite:///{cluster.data / 'baocao.db'}")
    with engine.connect() as connection:
        readers = set(connection.scalars(sa.text("SELECT worker FROM jobs WHERE state = 'processed'")))
    engine.dispose()
    pids = {int(reader.rpartition(":")[2]) for reader in readers}
    assert ingest.pid not in pids and len(pids) in (1, 2), pids  # the cluster read, not the process of the batch
    cluster.stop()
    assert processes.left(cluster.data) == {}
    for name, value in (("BAOCAO_DATA_DIR", str(cluster.data)), ("BAOCAO_INBOX", str(inbox))):
        monkeypatch.setenv(name, value)
    found = consistency.check(workplace.at(settings.load()))
    assert [one for one in found.findings if one.code != "temporary"] == [] and found.checked["originals"] == FILES


def _reads(worker: int) -> bool:
    """Whether a sandboxed child of this worker is at work: a child of a child of its process."""
    return any(_children(server) for child in [worker, *_children(worker)] for server in _children(child))


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found
