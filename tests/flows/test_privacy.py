"""What a report says stays in the report: no log, on any way to stderr or into Prefect's database, repeats it."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import msgspec
import pytest

from extractors.errors import Rejected
from extractors.sandbox import Sandbox
from flows import health, pruning, settings
from flows.settings import Settings
from tests.extractors import misbehaving

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
REPORT = "BC_GDTM_THPT_Bui_Thi_Xuan.docx"
MARKERS = ("Lương Thế Bí Mật", "0903 777 123", "quỹ đen")
ELSEWHERE = "Trần Khuất Lấp 0903 888 456"
"""In a report of nobody knows which unit."""


def run(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BAOCAO_", "PREFECT_"))}
    environment |= {"BAOCAO_DATA_DIR": str(data), **more}
    command = [sys.executable, "-P", "-m", "flows", *arguments]
    return subprocess.run(command, env=environment, cwd=data.parent, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A marked report, two broken ones with markers inside and one of no unit, ingested with the log for programs."""
    folder = tmp_path_factory.mktemp("private")
    inbox = folder / "inbox"
    inbox.mkdir()
    document = docx.Document(str(INBOX / REPORT))
    for marker in MARKERS:
        document.add_paragraph(f"Người lập biểu: {marker}. Kinh phí {marker} 12 triệu đồng.")
    document.tables[-1].rows[-1].cells[-1].text = " ".join(MARKERS)
    document.save(str(inbox / "a.docx"))
    broken = (inbox / "a.docx").read_bytes()
    (inbox / "b.docx").write_bytes(broken[: len(broken) // 2])
    with zipfile.ZipFile(inbox / "c.docx", "w") as parts:
        parts.writestr("word/document.xml", f"<w:document>{MARKERS[0]}")
    (inbox / "d.txt").write_text(f"Người lập biểu: {ELSEWHERE}\n" * 3)
    done = run(folder / "var", "ingest", str(inbox), "--json", BAOCAO_LOG_FORMAT="json", PREFECT_LOGGING_LEVEL="INFO")
    return folder / "var", done


@pytest.mark.slow
def test_log_lines_are_json_and_name_the_document_by_its_hash(
    ingested: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = ingested
    files = {file["name"]: file for file in json.loads(done.stdout)["files"]}
    assert files["a.docx"]["state"] in ("processed", "partial"), done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    ended = {line["document"]: line for line in lines if line["message"] == "document ended"}
    assert {file["sha256"][:12] for file in files.values()} == set(ended)
    assert ended[files["b.docx"]["sha256"][:12]]["code"] == files["b.docx"]["code"]
    read = [line for line in lines if line["message"] == "document read"]
    assert {line["document"] for line in read} == set(ended) and all(line["seconds"] > 0 for line in read)
    assert not any(name in done.stderr for name in files)


@pytest.mark.slow
def test_no_log_repeats_what_a_report_says(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    data, done = ingested
    stored = sqlite3.connect(data / "baocao.db")
    assert stored.execute("SELECT count(*) FROM answers WHERE text LIKE ?", (f"%{MARKERS[0]}%",)).fetchone()[0] > 0
    markers = (*MARKERS, ELSEWHERE)
    for marker in markers:
        assert marker not in done.stderr
    prefect = sqlite3.connect(data / "prefect" / "prefect.db")
    tables = [row[0] for row in prefect.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert {"log", "artifact", "task_run", "flow_run"} <= set(tables)
    assert prefect.execute("SELECT count(*) FROM artifact").fetchone()[0] >= 2  # outcomes and repairs
    for table in tables:
        told = repr(prefect.execute(f'SELECT * FROM "{table}"').fetchall())
        for marker in markers:
            assert marker not in told and json.dumps(marker)[1:-1] not in told, table
    others = [path for path in data.rglob("*") if path.is_file() and "blobs" not in path.parts]
    for path in others:
        if not path.name.startswith("baocao.db"):
            assert MARKERS[0].encode() not in path.read_bytes(), path


@pytest.mark.slow
def test_the_data_directory_is_for_its_owner_alone(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    data, _ = ingested
    assert data.stat().st_mode & 0o777 == 0o700
    chosen = settings.load({"data_dir": data}, folder=data.parent)
    assert [check.ok for check in health._data_directory(chosen)] == [True, True]
    data.chmod(0o755)
    try:
        private, _ = health._data_directory(chosen)
        assert not private.ok and f"chmod 700 {data}" in private.advice
    finally:
        data.chmod(0o700)


@pytest.mark.slow
def test_a_unit_is_exported_and_deleted_by_command(
    ingested: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    data = tmp_path / "var"
    shutil.copytree(ingested[0], data)
    unit, out = "THPT-BUI-THI-XUAN", tmp_path / "ra" / "don-vi.zip"
    unknown = run(data, "unit", "export", "KHONG-CO", "--out", str(out))
    assert unknown.returncode == 2 and "KHONG-CO" in unknown.stderr and not out.exists()
    done = run(data, "unit", "export", unit, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert out.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(out) as made:
        names = made.namelist()
        told = json.loads(made.read("du-lieu.json"))
        (original,) = [name for name in names if name.startswith("ban-goc/")]
        assert made.read(original) == (ingested[0].parent / "inbox" / "a.docx").read_bytes()
        assert MARKERS[0] in made.read("cau-tra-loi.csv").decode("utf-8-sig")
    assert (told["schema"], told["unit"]) == ("baocao.unit/1", unit)
    assert len(told["tables"]["reports"]) == 1 and told["tables"]["answers"] and told["tables"]["arrivals"]

    tried = run(data, "unit", "delete", unit)
    assert tried.returncode == 0 and "chạy thử" in tried.stdout, tried.stderr
    again = tmp_path / "again.zip"
    assert run(data, "unit", "export", unit, "--out", str(again)).returncode == 0
    erased = run(data, "unit", "delete", unit, "--yes", BAOCAO_INBOX=str(ingested[0].parent / "inbox"))
    assert erased.returncode == 0 and "Đã xóa" in erased.stdout, erased.stderr
    assert "a.docx" in erased.stderr  # it still lies in the inbox
    assert run(data, "unit", "export", unit, "--out", str(again)).returncode == 2
    left = b"".join(path.read_bytes() for path in data.glob("baocao.db*"))
    assert ELSEWHERE.encode() in left and not any(marker.encode() in left for marker in MARKERS)
    assert run(data, "doctor", "--data").returncode == 0


def test_what_a_parser_says_when_it_fails_is_for_debugging_only(caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox(preload=()) as box, caplog.at_level(logging.DEBUG):
        for function in (misbehaving.fail_with_text, misbehaving.crash_with_text):
            with pytest.raises(Rejected) as caught:
                box.run(function, MARKERS[0])
            assert MARKERS[0] not in caught.value.message
    told = {record.levelno for record in caplog.records if MARKERS[0] in record.getMessage()}
    assert told == {logging.DEBUG}
    errors = "\n".join(record.getMessage() for record in caplog.records if record.levelno == logging.ERROR)
    assert "fail_with_text" in errors and "ValueError" in errors and "Segmentation fault" in errors


def test_errors_of_the_database_do_not_tell_values(tmp_path: Path, make_settings: Settings) -> None:
    from flows import workplace

    repository = workplace.at(make_settings).repository
    with pytest.raises(Exception, match="NOT NULL") as caught, repository.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO originals (sha256, size, first_name) VALUES (?, ?, ?)", ("x", 1, MARKERS[0])
        )
    assert MARKERS[0] not in str(caught.value)


def test_records_of_work_are_kept_for_a_time(make_settings: Settings) -> None:
    data, day = make_settings.data_dir, 24 * 3600
    old, young = time.time() - 100 * day, time.time() - 80 * day
    for name, when in (("jobs/a", old), ("jobs/b", young), ("page-cache/ab/abc", old), ("page-cache/ab/abd", young)):
        (data / name).mkdir(parents=True)
        (data / name / "file").touch()
        os.utime(data / name / "file", (when, when))
    (data / "blobs").mkdir()
    (data / "blobs" / "original").touch()
    os.utime(data / "blobs" / "original", (old, old))
    assert pruning.prune(msgspec.structs.replace(make_settings, keep_days=0)) == {"jobs": 0, "page-cache": 0}
    with (data / "jobs" / "a" / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.utime(lock.name, (old, old))
        assert pruning.prune(make_settings) == {"jobs": 0, "page-cache": 1}  # its process lives
    assert pruning.prune(make_settings) == {"jobs": 1, "page-cache": 0}
    left = sorted(str(path.relative_to(data)) for path in data.rglob("*") if path.is_file())
    assert left == ["blobs/original", "jobs/b/file", "page-cache/ab/abd/file"]


@pytest.fixture
def make_settings(tmp_path: Path) -> Settings:
    return settings.load({"data_dir": tmp_path / "var"}, folder=tmp_path)
