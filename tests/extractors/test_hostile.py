"""Every kind of hostile file: refused with its code or read, within bounds of time and memory, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import campaigns
from benchmarks.fuzz import cpu
from extractors import starvation
from extractors.errors import REASONS, Rejected
from extractors.pipeline import extract_bytes
from extractors.report import Report
from extractors.sandbox import Sandbox
from tests.extractors import hostile

MOST_SECONDS, MOST_MEMORY = 60.0, 2 << 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jobs")


@pytest.fixture(scope="module")
def sandbox(jobs: Path) -> Iterator[Sandbox]:
    with Sandbox(temp_root=jobs) as made:
        yield made


@pytest.fixture(scope="module")
def campaign() -> bytes:
    return msgspec.msgpack.encode(campaigns.load("2542-SGDDT-GDTrH"))


def given(folder: Path, name: str) -> Path:
    """The file ``name``, made once."""
    path = folder / name
    if not path.exists():
        path.write_bytes(hostile.MAKERS[name][0]())
    return path


@pytest.mark.parametrize("name", list(hostile.MAKERS))
def test_each_is_refused_or_read(folder: Path, jobs: Path, sandbox: Sandbox, campaign: bytes, name: str) -> None:
    path = given(folder, name)
    began, cpu_before = time.monotonic(), cpu(sandbox)
    try:
        answer = sandbox.run(extract_bytes, str(path), campaign, None)
    except Rejected as refusal:
        code = refusal.code
        assert code in REASONS and refusal.message.startswith(REASONS[code])
    else:
        report = msgspec.msgpack.decode(answer, type=Report)
        assert report.source.name.startswith(name)  # a letter's text stands under it
        code = hostile.READ
    assert cpu(sandbox) - cpu_before < MOST_SECONDS
    assert time.monotonic() - began < MOST_SECONDS * (1 + starvation.MOST)  # while others use the machine
    assert code in hostile.MAKERS[name][1], code
    assert list(jobs.iterdir()) == []  # no temp file
    assert not hostile.MACRO_TRACE.exists()


def test_a_really_encrypted_archive(folder: Path, tmp_path: Path, sandbox: Sandbox, campaign: bytes) -> None:
    made = hostile.really_locked_zip(tmp_path)
    if made is None:
        pytest.skip("bsdtar is not installed")
    with pytest.raises(Rejected) as caught:
        sandbox.run(extract_bytes, str(made), campaign, None)
    assert caught.value.code == "encrypted"


@pytest.mark.slow
def test_a_whole_run_over_them_goes_on(folder: Path, tmp_path: Path) -> None:
    """All of them and one good report in one inbox: every file has its end, and the machine is as before."""
    inbox, temporary = tmp_path / "inbox", tmp_path / "tmp"
    inbox.mkdir()
    temporary.mkdir()
    for name in hostile.MAKERS:
        (inbox / name).write_bytes(given(folder, name).read_bytes())
    good = Path(__file__).parents[2] / "samples" / "inbox" / "BC_THPT_TRAN_PHU.docx"
    (inbox / good.name).write_bytes(good.read_bytes())
    mark = f"BAOCAO_TEST_MARK={tmp_path}"
    environment = os.environ | {"TMPDIR": str(temporary), "BAOCAO_DATA_DIR": str(tmp_path / "data")}
    environment |= dict([mark.split("=", 1)])
    command = [sys.executable, "-P", "-m", "flows", "ingest", str(inbox), "--json"]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, env=environment, check=False, timeout=1500, cwd=tmp_path)
    assert done.returncode == 1, done.stderr[-2000:]  # some were rejected
    files = json.loads(done.stdout)["files"]
    ends: dict[str, Any] = {file["name"]: file for file in files}
    assert set(ends) >= {good.name, *hostile.MAKERS}
    assert ends[good.name]["state"] == "processed" and ends[good.name]["unit"] == "THPT-TRAN-PHU"
    for file in files:
        assert file["state"] in ("processed", "partial", "duplicate", "rejected"), file
        if file["state"] == "rejected":
            assert file["code"] in REASONS, file
            assert re.match(r"[A-ZĐ][a-zà-ỹ]", file["message"]), file
    assert time.monotonic() - began < MOST_SECONDS * len(ends) / 4
    assert [path.name for path in temporary.iterdir()] == []
    assert processes_with(mark) == []
    assert not Path("/tmp/baocao-ra-ngoai.txt").exists() and not hostile.MACRO_TRACE.exists()


def processes_with(mark: str) -> list[int]:
    """Processes that have inherited ``mark`` in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
        except (OSError, ValueError):
            continue
    return found
