"""Functions that go wrong in every way a parser of foreign bytes may; each is run in a sandboxed child."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from extractors import page_helpers
from extractors.errors import Rejected
from extractors.sandbox import heartbeat


def echo(data: bytes) -> bytes:
    return data


def steps(total: int, seconds: float) -> bytes:
    for done in range(1, total + 1):
        time.sleep(seconds)
        heartbeat(done, total)
    return b"done"


def hang() -> bytes:
    while True:
        time.sleep(1)


def burn() -> bytes:
    while True:
        pass


def promise_and_hang() -> bytes:
    """Claims that there is much to do, goes on sending heartbeats and never comes to an end."""
    while True:
        heartbeat(1, 10**15)
        time.sleep(0.02)


def segfault() -> bytes:
    ctypes.string_at(0)
    return b""


def allocate(size: int) -> bytes:
    return b"%d" % len(bytearray(size))


def kill_itself() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def kill_its_server() -> bytes:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return b""


def fail() -> bytes:
    raise ZeroDivisionError("parser bug")


def refuse() -> bytes:
    raise Rejected("encrypted", "tệp thử")


def refuse_with_unknown_code() -> bytes:
    raise Rejected("no_such_code", "x" * 100_000)


def recurse() -> bytes:
    return recurse()


def exit_quietly() -> bytes:
    sys.exit(0)


def exit_hard() -> bytes:
    os._exit(3)


def text_instead_of_bytes() -> bytes:
    return "chữ"  # type: ignore[return-value]


def leave_temp_files() -> bytes:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"left behind")
    (Path(tempfile.mkdtemp()) / "deep").mkdir()
    return str(Path(file.name).parent).encode()


def fill_disk(size: int) -> bytes:
    with Path("big").open("wb") as file:
        while file.tell() < size:
            file.write(b"\0" * (1 << 20))
    return b"filled"


def leave_grandchildren(note: str, escape: bool) -> bytes:
    """Starts a process that outlives its parent, in a session of its own if ``escape``; pids go to ``note``."""
    started = subprocess.Popen(["/bin/sleep", "300"], start_new_session=escape)
    pids = [started.pid]
    forked = os.fork()
    if forked == 0:
        if escape:
            os.setsid()
        time.sleep(300)
        os._exit(0)
    pids.append(forked)
    Path(note).write_text(" ".join(map(str, pids)), encoding="ascii")
    return b"left"


def leave_grandchildren_and_hang(note: str) -> bytes:
    leave_grandchildren(note, escape=True)
    return hang()


def talk() -> bytes:
    print("to standard output", flush=True)
    os.write(1, b"straight to descriptor 1")
    return sys.stdin.read().encode() + b"|"


def descriptors() -> dict[int, str]:
    """Open descriptors of this process and what each is (socket, pipe, a path)."""
    found = {}
    for entry in list(Path("/proc/self/fd").iterdir()):
        with contextlib.suppress(FileNotFoundError):  # the one that was used to list them
            found[int(entry.name)] = str(entry.readlink()).split(":")[0]
    return found


def speak_nonsense() -> bytes:
    for number, kind in descriptors().items():
        if kind == "socket":
            os.write(number, b"\xff" * 4096)
    time.sleep(60)
    return b""


def confinement() -> bytes:
    """What the child sees: descriptors besides 0..2, session leadership, limits, whether __main__ came along."""
    return repr(
        {
            "descriptors": sorted(kind for number, kind in descriptors().items() if number > 2),
            "leader": os.getsid(0) == os.getpid() == os.getpgrp(),
            "core": resource.getrlimit(resource.RLIMIT_CORE),
            "main": getattr(sys.modules["__main__"], "__file__", None),
            "cwd": str(Path.cwd()) == os.environ["TMPDIR"] == tempfile.gettempdir(),
        }
    ).encode()


# What a call may leave to those after it in the same child.

_left: list[object] = []


def who() -> bytes:
    return b"%d" % os.getpid()


def refuse_if_not_first() -> bytes:
    """A parser that its own past confuses."""
    if _left:
        raise Rejected("damaged")
    _left.append(None)
    return who()


def crash_if_not_first() -> bytes:
    return segfault() if _left else refuse_if_not_first()


def leave_thread() -> bytes:
    threading.Thread(target=time.sleep, args=(300,), daemon=True).start()
    return who()


def leave_descriptor() -> bytes:
    _left.append(os.open("/dev/null", os.O_RDONLY))
    return who()


def leave_process() -> bytes:
    subprocess.Popen(["/bin/sleep", "300"])
    return who()


def leave_memory() -> bytes:
    _left.append(bytearray(200 << 20))
    return who()


def leave_file_in_cycle() -> bytes:
    """Open until somebody collects the garbage."""
    held: dict[str, object] = {"file": Path("/dev/null").open("rb")}  # noqa: SIM115
    held["self"] = held
    return who()


def change_surroundings() -> bytes:
    os.environ["BAOCAO_LEFT"] = "x"
    os.environ.pop("PATH", None)
    sys.setrecursionlimit(200)
    sys.path.insert(0, "/left")
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    os.chdir("/")
    return who()


def surroundings() -> bytes:
    seen = (os.environ.get("BAOCAO_LEFT"), "PATH" in os.environ, sys.getrecursionlimit() > 900, "/left" in sys.path)
    time.sleep(0.4)  # an alarm that was set would have come
    return repr(seen).encode()


def fail_with_text(text: str) -> bytes:
    """A parser whose error says what it read."""
    raise ValueError(f"not a number: {text!r}")


def crash_with_text(text: str) -> bytes:
    print(f"warning: odd character in {text}", file=sys.stderr, flush=True)
    return segfault()


def _page(index: int, alive: Callable[[], None]) -> bytes:
    """Reads page ``index``; of ten pages some go wrong, each in its way."""
    alive()
    if index == 2:
        ctypes.string_at(0)
    if index == 4:
        time.sleep(600)
    if index == 6:
        raise Rejected("damaged")
    if index == 8:
        os._exit(3)
    return f"page {index} by {os.getpid()}".encode() * (200_000 if index == 1 else 1)


def pages() -> bytes:
    """What became of ten pages read by helpers, and how often they were said to be alive."""
    page_helpers.PAGE_SECONDS = 2.0
    page_helpers.LOOK_SECONDS = 0.2
    beats: list[int] = []
    found = dict(page_helpers.read(range(10), _page, lambda: beats.append(1)))
    lost = [index for index, data in found.items() if data is None]
    makers = {data.split()[-1] for data in found.values() if data}
    whole = len(found[1] or b"") > 1_000_000
    told = (len(found), sorted(lost), whole, str(os.getpid()).encode() in makers, len(beats) > 5)
    return " ".join(map(str, told)).encode()


def work_on_one_processor(core: int, seconds: float) -> bytes:
    """Use so much processor time, on ``core`` alone, without a heartbeat."""
    os.sched_setaffinity(0, {core})
    while time.process_time() < seconds:
        pass
    return b"done"


def shares(each: int, count: int) -> bytes:
    """How many helpers read ``count`` pages when none may read more than ``each``, and how many pages were read."""
    page_helpers.PAGES_EACH = each
    found = dict(page_helpers.read(range(count), lambda page, alive: str(os.getpid()).encode(), lambda: None))
    return f"{len(set(found.values()))} {len(found)}".encode()
