"""A backup is everything that is needed to go on elsewhere."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flows import backup, consistency, settings, workplace
from flows.settings import Settings
from tests import servers


def ingest() -> dict[str, Any]:
    from flows.ingest import ingest_inbox

    return ingest_inbox()


def write(place: Settings, *names: str) -> None:
    for name in names:
        text = f"Trường THPT Lê Quý Đôn báo cáo {name}: đã triển khai đủ các nội dung được giao."
        (place.inbox / f"{name}.txt").write_text(text)


@pytest.mark.slow
def test_a_backup_is_taken_at_work_and_restored(
    prefect: None, place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place, "một", "hai")
    ingest()
    out = tmp_path / "sao lưu"
    first = backup.run(place, out)
    assert (first.originals, first.new) == (2, 2)
    assert stat.S_IMODE(out.stat().st_mode) == 0o700 and stat.S_IMODE(first.database.stat().st_mode) == 0o600
    write(place, "ba")
    ingest()
    writer = sqlite3.connect(place.data_dir / "baocao.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE reports SET name = 'nửa chừng'")
    second = backup.run(place, out)  # somebody is in the midst of writing
    writer.execute("ROLLBACK")
    writer.close()
    assert (second.originals, second.new) == (3, 1)
    before = workplace.at(place).repository.reports(place.campaign)

    # The machine is lost; the commands of docs/van-hanh.md on another one.
    elsewhere = tmp_path / "máy khác"
    elsewhere.mkdir()
    shutil.copy(out / backup.DATABASE, elsewhere / "baocao.db")
    shutil.copytree(out / backup.BLOBS, elsewhere / "blobs")
    monkeypatch.setenv("BAOCAO_DATA_DIR", str(elsewhere))
    restored = workplace.at(settings.load())
    assert restored.repository.reports(place.campaign) == before
    assert consistency.check(restored).findings == []


@pytest.mark.slow
def test_a_backup_of_postgresql_is_restored(
    prefect: None, place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.postgresql_server() as server:
        server.create("baocao")
        server.create("restored")
        monkeypatch.setenv("BAOCAO_DATABASE_URL", server.network_url("baocao"))
        used = settings.load()
        write(place, "một")
        ingest()
        before = workplace.at(used).repository.reports(place.campaign)
        done = backup.run(used, tmp_path / "out")
        target = server.network_url("restored")
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={target}", str(done.database)], check=True)
        monkeypatch.setenv("BAOCAO_DATABASE_URL", target)
        monkeypatch.setenv("BAOCAO_BLOBS_URL", str(tmp_path / "out" / backup.BLOBS))
        restored = workplace.at(settings.load())
        assert restored.repository.reports(place.campaign) == before
        assert consistency.check(restored).findings == []
        for opened in (restored, workplace.at(used)):
            opened.repository.engine.dispose()


def test_what_cannot_be_backed_up_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(backup.BackupError, match="pg_dump"):
        backup._postgresql(sa.make_url("postgresql://a:b@localhost/c"), tmp_path)
