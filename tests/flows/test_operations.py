"""Uploads of the review page: what a kill interrupts is taken up when the page starts again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import settings
from flows.operations import Operations, unfinished
from flows.settings import Settings
from tests import processes

NAMES = {f"{n}.txt" for n in range(3)}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name in Settings.__struct_fields__:
        monkeypatch.delenv(f"BAOCAO_{name.upper()}", raising=False)
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BAOCAO_DATA_DIR", str(tmp_path))
    yield settings.load()
    for pid in processes.of(tmp_path):
        processes.kill(pid, signal.SIGKILL)


def upload(operations: Operations) -> str:
    upload_id = operations.new_upload()
    for name in NAMES:
        text = f"TRƯỜNG THPT LÊ QUÝ ĐÔN\nBáo cáo {name}: đã triển khai đầy đủ các nội dung.\n"
        (operations.upload_folder(upload_id) / name).write_text(text)
    return operations.start_ingest(upload_id, "Lan")


@pytest.mark.slow
def test_a_killed_upload_is_taken_up(place: Settings) -> None:
    first = Operations(place)
    job_id = upload(first)
    assert processes.wait_until(lambda: bool(processes.named(place.data_dir, "sandbox_server")), 120)
    for pid in processes.named(place.data_dir, "flows.operations"):
        os.kill(pid, signal.SIGKILL)
    assert processes.left(place.data_dir) == {}
    assert first.job(job_id).error and [folder.name for folder in unfinished(place)] == [job_id]
    again = Operations(place)
    assert again.resume() == 1 and again.resume() == 0
    assert processes.wait_until(lambda: not again.job(job_id).running, 120)
    ended = again.job(job_id)
    assert ended.error is None and {file.name for file in ended.files} == NAMES
    assert all(file.state in ("processed", "partial", "duplicate") for file in ended.files), ended.files
    assert unfinished(place) == [] and not (place.data_dir / "jobs" / job_id / "files").exists()


@pytest.mark.slow
def test_the_page_takes_its_jobs_along(place: Settings) -> None:
    operations = Operations(place)
    job_id = upload(operations)
    assert processes.wait_until(lambda: bool(processes.named(place.data_dir, "sandbox_server")), 120)
    operations.stop()
    assert processes.left(place.data_dir, 5) == {}
    assert not operations.job(job_id).running and [folder.name for folder in unfinished(place)] == [job_id]
    assert list((place.data_dir / "tmp").iterdir()) == []
