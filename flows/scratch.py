"""The folder for temporary files of this process, in the data directory; what killed processes left is removed.

A process holds a lock on its folder. One that nobody holds belongs to nobody, and goes when the next process starts.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "tmp"
_own: set[Path] = set()


def enter(data_dir: Path) -> Path:
    """Make this process, and those that it starts, keep their temporary files in a folder of its own."""
    root = data_dir / FOLDER
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(root)
    with _locked(root):  # no sweep between the two lines
        own = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=root))
        held = os.open(own, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(held, fcntl.LOCK_EX)
    tempfile.tempdir = str(own)
    os.environ["TMPDIR"] = str(own)
    _own.add(own)
    atexit.register(leave)
    return own


def leave() -> None:
    """Remove this process's folder, as its end does."""
    while _own:
        shutil.rmtree(_own.pop(), ignore_errors=True)


def sweep(root: Path) -> int:
    """Remove the folders under ``root`` whose process is gone; how many there were."""
    removed = 0
    with _locked(root):
        for folder in leftovers(root):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def leftovers(root: Path) -> list[Path]:
    """What lies under ``root`` and belongs to no living process."""
    found = []
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found.append(folder)
            except BlockingIOError:
                pass
            finally:
                os.close(descriptor)
    return found


@contextlib.contextmanager
def _locked(root: Path):  # type: ignore[no-untyped-def]
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
