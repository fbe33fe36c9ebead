"""What a command and all processes under it spend: processor time and resident memory by kind of process, over time."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

T = TypeVar("T", int, float)

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Sample(NamedTuple):
    """At ``at`` seconds: resident bytes (of the largest process of a kind) and processor seconds (of all) by kind."""

    at: float
    resident: dict[str, int]
    cpu: dict[str, float]


class Spent(NamedTuple):
    """Seconds of wall clock, and of processor time of the whole tree; the samples taken meanwhile; its output."""

    wall: float
    cpu: float
    samples: list[Sample]
    output: bytes

    def peaks(self) -> dict[str, int]:
        """Peak resident bytes by kind of process."""
        return _most([sample.resident for sample in self.samples])

    def seconds(self) -> dict[str, float]:
        """Processor seconds by kind of process; what is spent after a kind's last sample is missing."""
        return _most([sample.cpu for sample in self.samples])


def watched(
    command: list[str], environment: dict[str, str], every: float = 0.1, errors: IO[bytes] | None = None
) -> Spent:
    """Run ``command`` to its end; ``errors`` takes what it writes to stderr. Raises CalledProcessError unless it ends
    with 0 or 1."""
    samples: list[Sample] = []
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors or subprocess.DEVNULL)
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, samples, done, every))
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(seconds, cpu, samples, output)


def _watch(root: int, samples: list[Sample], done: threading.Event, every: float) -> None:
    start = time.perf_counter()
    while not done.wait(every):
        resident: dict[str, int] = {}
        cpu: dict[str, float] = {}
        for pid in _tree(root):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                continue
            # The command waits for no children of its own: what they spent is counted where they are, or were.
            own = sum(map(int, fields[11:13] if pid == root else fields[11:15])) / _TICK
            kind = "command" if pid == root else _kind(command)
            resident[kind] = max(resident.get(kind, 0), pages * _PAGE)
            cpu[kind] = cpu.get(kind, 0.0) + own
        samples.append(Sample(time.perf_counter() - start, resident, cpu))


def _kind(command: list[bytes]) -> str:
    words = b" ".join(command)
    if b"uvicorn" in words or b"prefect" in words:
        return "Prefect server"
    return "sandbox" if b"python" in words else command[0].decode(errors="replace").rpartition("/")[2]


def _tree(root: int) -> Iterator[int]:
    yield root
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{root}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from _tree(child)


def _most(found: list[dict[str, T]]) -> dict[str, T]:
    most: dict[str, T] = {}
    for one in found:
        for kind, value in one.items():
            most[kind] = max(most.get(kind, value), value)
    return most
