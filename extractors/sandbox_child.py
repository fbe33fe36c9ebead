"""What happens inside a sandboxed child: one call after another, each in a temp directory of its own.

A child serves calls until the fork server (`extractors.sandbox_server`) ends it. It offers itself for another call
only when the last one ended in an answer and left nothing behind that it could notice: no open descriptor, no thread.
Whether processes are left, and how large the child has grown, is for the server to see.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import math
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import tempfile
import threading
import traceback
from pathlib import Path

import msgspec

from extractors.errors import Rejected

FRAME = struct.Struct("<cQ")  # kind, length of the body that follows
RESULT, PROGRESS, REJECTED, FAILURE = b"R", b"P", b"X", b"E"
EXIT_OUT_OF_MEMORY = 77
STDERR_NAME = "stderr.log"
FREE = b"F"
"""What a child says to the server when it is free for another call."""
MAX_CALLS = 100
"""Calls that one child serves."""


class JobRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One call asked of the server: the job's temp directory and its limits (bytes, seconds). ``fresh``: in a child
    that has served no other."""

    directory: str
    memory: int
    cpu_seconds: int
    temp_file: int
    fresh: bool = False

    @property
    def limits(self) -> tuple[int, int, int]:
        """Calls of the same limits may share a child."""
        return self.memory, self.cpu_seconds, self.temp_file


_channel: socket.socket | None = None


def in_child() -> bool:
    """Whether this process is a sandboxed child, or was forked by one."""
    return _channel is not None


def heartbeat(done: int, total: int) -> None:
    """Tell the parent that step ``done`` of ``total`` is finished; outside a sandboxed child it does nothing."""
    if _channel is not None:
        _say(PROGRESS, msgspec.msgpack.encode((done, total)))


def _say(kind: bytes, body: bytes) -> None:
    assert _channel is not None
    _channel.sendall(FRAME.pack(kind, len(body)))
    _channel.sendall(body)


def serve(link: socket.socket) -> int:
    """Serve the calls that come over ``link``; the exit code."""
    message, descriptors, _flags, _from = socket.recv_fds(link, 1 << 16, 1)
    first = True
    while message:
        request = msgspec.msgpack.decode(message, type=JobRequest)
        if first:
            _confine(request)
            first = False
        with socket.socket(fileno=descriptors[0]) as channel:
            before = _Surroundings()
            _enter(request)
            if not _answer(channel):
                return 0
            _leave()
        if not before.restore():
            return 0
        link.send(FREE)
        message, descriptors, _flags, _from = socket.recv_fds(link, 1 << 16, 1)
    return 0


class _Surroundings:
    """What a call may change for those after it, as far as it can be put back."""

    def __init__(self) -> None:
        self._environment = dict(os.environ)
        self._recursion = sys.getrecursionlimit()
        self._path = list(sys.path)
        self._descriptors = _open_descriptors()

    def restore(self) -> bool:
        """Put back what can be; False when something is left that cannot."""
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        sys.setrecursionlimit(self._recursion)
        sys.path[:] = self._path
        signal.setitimer(signal.ITIMER_REAL, 0)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if threading.active_count() != 1:
            return False
        wanted = self._descriptors - 1  # the channel of the call was open then
        if _open_descriptors() != wanted:
            gc.collect()  # a file may be held by a cycle of objects that nobody knows any more
        return _open_descriptors() == wanted


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _answer(channel: socket.socket) -> bool:
    """Run the function that the parent names and send what it gives; whether that was an answer."""
    global _channel  # noqa: PLW0603 - there is one call at a time
    _channel = channel
    try:
        _, length = FRAME.unpack(_receive(channel, FRAME.size))
        # From the parent, which is trusted; the way back is never unpickled.
        function, args = pickle.loads(_receive(channel, length))  # noqa: S301
        result = function(*args)
        if not isinstance(result, bytes):
            raise TypeError(f"{function.__qualname__} returned {type(result).__name__}, not bytes")
        _say(RESULT, result)
    except Rejected as refusal:
        _say(REJECTED, msgspec.msgpack.encode((refusal.code, refusal.detail)))
    except MemoryError:
        _say(REJECTED, msgspec.msgpack.encode(("out_of_memory", "")))
    except RecursionError:
        _say(REJECTED, msgspec.msgpack.encode(("unsafe", "các lớp lồng nhau quá sâu")))
    except BaseException as error:
        # Apart from each other: what an error says may be text of the document.
        frames = "".join(traceback.format_tb(error.__traceback__))[-20_000:] + type(error).__qualname__
        _say(FAILURE, msgspec.msgpack.encode((frames, _encodable(str(error))[:20_000])))
    else:
        return True
    finally:
        _channel = None
    return False


def _confine(request: JobRequest) -> None:
    """Limits for the whole life of the child; `_enter` adds those of a call."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
    faulthandler.enable(2)
    with contextlib.suppress(OSError):  # when the machine runs short, a child is to go before anything else
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for which, limit in (
        (resource.RLIMIT_AS, request.memory),
        (resource.RLIMIT_FSIZE, request.temp_file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (limit, limit))
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115


def _enter(request: JobRequest) -> None:
    os.chdir(request.directory)
    os.environ["TMPDIR"] = tempfile.tempdir = request.directory
    errors = os.open(STDERR_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 2)
    os.close(errors)
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + request.cpu_seconds
    # The hard limit can only be lowered: it is set once, for all calls together.
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY:
        hard = until + 5 + (MAX_CALLS - 1) * request.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(until, hard), hard))


def _leave() -> None:
    """Let go of the temp directory, which the parent is about to remove."""
    os.chdir("/")
    tempfile.tempdir = None
    os.dup2(0, 2)


def _receive(channel: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        chunk = channel.recv(min(length - len(received), 1 << 20))
        if not chunk:
            raise EOFError("the parent closed the channel")
        received += chunk
    return bytes(received)
