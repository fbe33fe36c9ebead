"""What the review page starts: ingests of uploaded files and consolidations, each in a process of its own.

A job is a folder under ``jobs/`` of the data directory: ``job.json`` says what was asked, ``files/`` holds the uploads
until their originals are kept, ``progress.jsonl`` grows while it runs, ``log.txt`` has what the process wrote. The
process holds a lock on ``lock`` for as long as it lives, so that a job that was killed is seen to have ended. Jobs of a
kind run one after another, whichever web process started them.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from consolidation.outputs import OUTPUTS
from flows import progress
from flows import settings as configuration
from flows.route import Outcome
from flows.settings import Settings
from review.place import Job, JobFile, JobKind

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_ABANDONED_S = 24 * 3600
_PATIENCE_S = 20
_KEPT = 200  # jobs; older ones are forgotten, their outcomes are in the database
FAILED = "Việc dừng giữa chừng vì lỗi của chương trình; xem nhật ký trong thư mục của việc, rồi thử lại."


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """``job.json``."""

    kind: JobKind
    started_by: str
    started_at: dt.datetime
    names: tuple[str, ...] = ()


class Operations:
    """`review.place.Operations` on the folders of the data directory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._jobs = settings.data_dir / "jobs"
        self._uploads = settings.data_dir / "uploads"
        self._started: list[subprocess.Popen[bytes]] = []

    def new_upload(self) -> str:
        for folder in self._uploads.glob("*"):
            if time.time() - folder.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)
        upload_id = f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        (self._uploads / upload_id).mkdir(mode=0o700, parents=True)
        return upload_id

    def upload_folder(self, upload_id: str) -> Path:
        folder = self._uploads / upload_id
        if not _ID.fullmatch(upload_id) or not folder.is_dir():
            raise LookupError(f"no upload {upload_id}")
        return folder

    def start_ingest(self, upload_id: str, started_by: str) -> str:
        uploads = self.upload_folder(upload_id)
        names = tuple(sorted(path.name for path in uploads.iterdir() if not path.name.startswith(".")))
        folder = self._ordered(upload_id, "ingest", started_by, names)
        uploads.replace(folder / "files")
        return self._launch(folder)

    def start_consolidate(self, started_by: str) -> str:
        name = f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        return self._launch(self._ordered(name, "consolidate", started_by))

    def resume(self) -> int:
        """Start again the ingests that were killed before all their files were kept; how many there were."""
        killed = [folder for folder in unfinished(self._settings) if not is_running(folder)]
        for folder in killed:
            (folder / "progress.jsonl").unlink(missing_ok=True)
            self._launch(folder)
        return len(killed)

    def stop(self) -> None:
        """End the jobs that this process started; `resume` takes them up."""
        for process in self._started:
            process.terminate()
        for process in self._started:
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def job(self, job_id: str) -> Job:
        folder = self._jobs / job_id
        if not _ID.fullmatch(job_id) or not (folder / "job.json").is_file():
            raise LookupError(f"no job {job_id}")
        return _read(folder)

    def jobs(self, limit: int = 20) -> Sequence[Job]:
        folders = sorted((path for path in self._jobs.glob("*/job.json")), reverse=True)
        return [_read(path.parent) for path in folders[:limit]]

    def outputs(self) -> Sequence[Path]:
        folder = outputs_folder(self._settings)
        return [folder / name for name in OUTPUTS if (folder / name).is_file()]

    def _ordered(self, name: str, kind: JobKind, started_by: str, names: tuple[str, ...] = ()) -> Path:
        """The folder of a new job. The order is written before files are moved in, so that none is forgotten."""
        for old in sorted(self._jobs.glob("*/job.json"))[:-_KEPT]:
            if not is_running(old.parent) and not (old.parent / "files").exists():
                shutil.rmtree(old.parent, ignore_errors=True)
        folder = self._jobs / name
        folder.mkdir(mode=0o700, parents=True)
        order = _Order(kind=kind, started_by=started_by, started_at=dt.datetime.now(dt.UTC), names=names)
        (folder / "job.json").write_bytes(msgspec.json.encode(order))
        return folder

    def _launch(self, folder: Path) -> str:
        # The lock is taken here and inherited, so that there is no moment in which the job looks dead.
        with (folder / "lock").open("wb") as lock, (folder / "log.txt").open("wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "flows.operations", str(folder), str(lock.fileno())],
                env=os.environ | configuration.environment(self._settings),
                pass_fds=(lock.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started = [one for one in self._started if one.poll() is None] + [process]
        return folder.name


def outputs_folder(settings: Settings) -> Path:
    return settings.data_dir / "tong-hop"


def unfinished(settings: Settings) -> list[Path]:
    """The folders of ingests whose files were not all kept when they ended, because they were killed; oldest first."""
    folders = [path.parent for path in sorted((settings.data_dir / "jobs").glob("*/job.json"))]
    return [
        folder
        for folder in folders
        if (folder / "files").is_dir() and not any(line.keys() & {"ended", "error"} for line in _told(folder))
    ]


# -- what the page sees ----------------------------------------------------------------------------------------------


def _read(folder: Path) -> Job:
    order = msgspec.json.decode((folder / "job.json").read_bytes(), type=_Order)
    running = is_running(folder)  # asked first: what was written before the end is then all there
    told = list(_told(folder))
    ended = [msgspec.convert(line["file"], JobFile, strict=False) for line in told if "file" in line]
    waiting = Counter(order.names) - Counter(file.name for file in ended)
    last: dict[str, Any] = {}
    for line in told:
        last |= line
    error = last.get("error") or (None if running or last.get("ended") else FAILED)
    return Job(
        id=folder.name,
        kind=order.kind,
        started_by=order.started_by,
        started_at=order.started_at,
        running=running,
        waiting=running and not told,
        error=error,
        done=len(ended),
        total=max(last.get("total", 0), len(order.names)),
        files=(*ended, *(JobFile(name=name) for name in waiting.elements())),
    )


def _told(folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / "progress.jsonl"
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            yield msgspec.json.decode(line)
        except msgspec.DecodeError:  # the last line, half written
            return


def is_running(folder: Path) -> bool:
    """Whether the process of a job lives."""
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


# -- the process of a job --------------------------------------------------------------------------------------------


class _Teller:
    """Writes what happens to ``progress.jsonl``; a `flows.progress.Listener`."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "progress.jsonl").open("ab", buffering=0)
        self._total = 0
        self._logged = progress.Logged()

    def say(self, **values: Any) -> None:
        self._file.write(msgspec.json.encode(values) + b"\n")

    def begin(self, total: int) -> None:
        self._total = total
        self.say(total=total)

    def more(self, count: int) -> None:
        self.begin(self._total + count)

    def pages(self, name: str, done: int, total: int) -> None:
        """The page lists files; how far one is stands in the process's log."""
        self._logged.pages(name, done, total)

    def done(self, outcome: Outcome) -> None:
        self.say(file=outcome)


def _work(folder: Path) -> None:
    settings = configuration.load()
    order = msgspec.json.decode((folder / "job.json").read_bytes(), type=_Order)
    with _in_turn(folder.parent / f"{order.kind}.lock"):
        teller = _Teller(folder)
        teller.say(started=True)
        try:
            if order.kind == "ingest":
                _ingest(settings, folder / "files", teller)
            else:
                from flows import consolidating  # noqa: PLC0415

                consolidating.run(settings, outputs_folder(settings))
        except Exception:
            teller.say(error=FAILED)
            raise
        teller.say(ended=True)


def _ingest(settings: Settings, files: Path, teller: _Teller) -> None:
    from flows import batch  # noqa: PLC0415 - Prefect loads here

    summary = batch.run(settings, [files], teller)
    if all(file["sha256"] or file["parent_sha256"] for file in summary["files"]):
        shutil.rmtree(files)  # every original is kept


@contextmanager
def _in_turn(path: Path) -> Iterator[None]:
    with path.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    os.set_inheritable(int(sys.argv[2]), False)  # the lock is ours alone, not that of the processes we start
    _work(Path(sys.argv[1]))
