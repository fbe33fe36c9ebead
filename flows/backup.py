"""``./baocao backup DIR``: the database as it is at one moment, and every original, in a folder to be kept elsewhere.

Run again into the same folder, it copies only what is new. It may run while others work: the database is copied first,
so that every original that the copy speaks of is there when the second half begins.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import msgspec
import sqlalchemy as sa

from flows import workplace
from flows.settings import Settings
from storage.local_blobs import LocalBlobStore

DATABASE, DUMP, BLOBS, TEMPLATES = "baocao.db", "baocao.dump", "blobs", "templates"


class BackupError(RuntimeError):
    """Nothing was replaced; the message is for the operator, in Vietnamese."""


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """``originals``: how many there are in the backup; ``new``: how many of them were copied now."""

    database: Path
    originals: int
    new: int


def run(settings: Settings, out: Path) -> Copied:
    """Write the backup. Raises `BackupError`, OSError."""
    place = workplace.at(settings)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = LocalBlobStore(out / BLOBS)
    target.sweep()
    url = sa.make_url(settings.database_url)
    database = _sqlite(url, out) if url.get_backend_name() == "sqlite" else _postgresql(url, out)
    count = new = 0
    for sha256 in place.originals:
        count += 1
        if sha256 not in target:
            with place.originals.local(sha256) as original:
                if target.put(original).sha256 != sha256:
                    raise BackupError(f"Bản gốc {sha256} đã bị hỏng; chạy ./baocao doctor --data.")
            new += 1
    if (settings.data_dir / TEMPLATES).is_dir():
        shutil.copytree(settings.data_dir / TEMPLATES, out / TEMPLATES, dirs_exist_ok=True)
    return Copied(database=database, originals=count, new=new)


def _sqlite(url: sa.URL, out: Path) -> Path:
    copy, part = out / DATABASE, out / f"{DATABASE}.part"
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600))
    reading = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True, timeout=60)
    with closing(reading) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)  # in one step: what is written meanwhile is not seen
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        if (state := target.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise BackupError(f"Bản sao cơ sở dữ liệu không dùng được: {state}")
    _replace(part, copy)
    return copy


def _postgresql(url: sa.URL, out: Path) -> Path:
    """By PostgreSQL's own program, which has to be of the server's version or newer."""
    if shutil.which("pg_dump") is None:
        raise BackupError("Máy này không có pg_dump; hãy cài gói postgresql-client.")
    copy, part = out / DUMP, out / f"{DUMP}.part"
    part.unlink(missing_ok=True)
    # The password goes by the environment: a command line is seen by every user of the machine.
    address = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": url.password} if url.password else {}
    done = subprocess.run(  # noqa: S603
        ["pg_dump", "--format=custom", f"--file={part}", f"--dbname={address}"],  # noqa: S607
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"pg_dump không sao lưu được: {done.stderr.strip()}")
    part.chmod(0o600)
    _replace(part, copy)
    return copy


def _replace(part: Path, copy: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(copy)
