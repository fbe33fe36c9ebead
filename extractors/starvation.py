"""How long processes stood ready to run and got no processor, so that a busy machine is not taken for a slow file."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MOST = 3.0
"""A time limit grows by what was lost in waiting, at most by so many times itself."""
_LOOK_S = 1.0


def starved(pid: int) -> float:
    """Seconds that the process ``pid`` and all below it have waited in the queue of a processor since they began; 0
    where the system does not tell. A process that sleeps, or hangs, waits in no queue."""
    return sum(map(_queued, _tree(pid))) / 1e9


def grace(limit: float, lost: float) -> float:
    """What is added to ``limit`` when ``lost`` seconds of it were spent in the queue."""
    return min(max(lost, 0.0), MOST * limit)


def wait(process: subprocess.Popen[bytes], limit: float) -> int:
    """The exit code of ``process``. Raises `subprocess.TimeoutExpired` when it has had ``limit`` seconds."""
    began = time.monotonic()
    while True:
        left = began + limit - time.monotonic()
        try:
            return process.wait(max(0.05, min(_LOOK_S, left)))
        except subprocess.TimeoutExpired:
            if left < 0 and left + grace(limit, starved(process.pid)) < 0:
                raise subprocess.TimeoutExpired(process.args, limit) from None


def _tree(pid: int) -> Iterator[int]:
    pending = [pid]
    while pending:
        one = pending.pop()
        yield one
        try:
            for task in Path(f"/proc/{one}/task").glob("*/children"):
                pending += map(int, task.read_text(encoding="ascii").split())
        except (OSError, ValueError):
            continue


def _queued(pid: int) -> int:
    """Nanoseconds, of the main thread."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
