"""Which processes belong to a data directory, however they were started."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path


def of(data_dir: Path) -> dict[int, str]:
    """Process id and command line of every living process that was told to use ``data_dir``."""
    told = f"BAOCAO_DATA_DIR={data_dir}".encode()
    found = {}
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda folder: int(folder.name)):
        with contextlib.suppress(OSError, IndexError):
            if told in (folder / "environ").read_bytes().split(b"\0") and state(int(folder.name)) != "Z":
                found[int(folder.name)] = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
    return found


def named(data_dir: Path, *words: str) -> list[int]:
    """Those whose command line holds all ``words``."""
    return [pid for pid, command in of(data_dir).items() if all(word in command for word in words)]


def listening(port: int) -> list[int]:
    """Those that were told to serve at ``port``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"--port" in words and str(port).encode() in words:
                found.append(int(folder.name))
    return found


def state(pid: int) -> str:
    """One letter, see proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def left(data_dir: Path, patience: float = 30.0) -> dict[int, str]:
    """What still runs after ``patience`` seconds: killed parents need a moment to take their children along."""
    wait_until(lambda: not of(data_dir), patience)
    return of(data_dir)


def wait_until(true: Callable[[], bool], patience: float, every: float = 0.1) -> bool:
    deadline = time.monotonic() + patience
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(every)
    return found


def kill(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
