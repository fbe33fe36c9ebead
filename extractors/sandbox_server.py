"""The fork server behind `extractors.sandbox`, and what happens inside each child.

The server is a small single-threaded process: it loads the parsers once, then forks a child for every request that
comes over its control socket together with two descriptors, the child's ``channel`` and the job's ``status`` socket.
It ends, and ends its children, when the control socket closes, that is when the process that started it is gone.
It is the subreaper of its tree: whatever a child leaves behind becomes the server's own child and is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import importlib
import os
import pickle
import resource
import selectors
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import msgspec

from extractors.errors import Rejected

FRAME = struct.Struct("<cQ")  # kind, length of the body that follows
RESULT, PROGRESS, REJECTED, FAILURE = b"R", b"P", b"X", b"E"
STATUS = struct.Struct("<ii")  # kind, value
STARTED, ENDED = 0, 1  # value: process id; exit code, or minus the signal
EXIT_OUT_OF_MEMORY = 77
STDERR_NAME = "stderr.log"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


class JobRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One fork asked of the server: the job's temp directory and its limits (bytes, seconds)."""

    directory: str
    memory: int
    cpu_seconds: int
    temp_file: int


class _Job(msgspec.Struct, frozen=True, kw_only=True):
    pid: int
    status: socket.socket
    directory: str


_channel: socket.socket | None = None


def heartbeat(done: int, total: int) -> None:
    """Tell the parent that step ``done`` of ``total`` is finished; outside a sandboxed child it does nothing."""
    if _channel is not None:
        _say(PROGRESS, msgspec.msgpack.encode((done, total)))


def _say(kind: bytes, body: bytes) -> None:
    assert _channel is not None
    _channel.sendall(FRAME.pack(kind, len(body)))
    _channel.sendall(body)


# --- the server ---------------------------------------------------------------------------------------------------


def main(control_descriptor: int, preload: list[str]) -> None:
    """Serve until the control socket closes."""
    control = socket.socket(fileno=control_descriptor)
    control.set_inheritable(False)
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # importing makes many objects and no garbage
    for name in preload:
        try:
            importlib.import_module(name)
        except Exception:  # a child that needs it will say so for its own file
            traceback.print_exc()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)  # a child is short-lived; searching it for garbage often costs more than it frees
    server = _Server(control)
    try:
        server.serve()
    finally:
        server.end_all()


class _Server:
    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.jobs: dict[int, _Job] = {}  # by process id
        self.selector = selectors.DefaultSelector()
        self.wakeup, self.alarm = socket.socketpair()
        self.wakeup.setblocking(False)
        self.alarm.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only its wake-up is wanted
        signal.set_wakeup_fd(self.alarm.fileno(), warn_on_full_buffer=False)
        self.selector.register(control, selectors.EVENT_READ)
        self.selector.register(self.wakeup, selectors.EVENT_READ)

    def serve(self) -> None:
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.control:
                    message, descriptors, _flags, _from = socket.recv_fds(self.control, 1 << 16, 2)
                    if not message:
                        return
                    self.begin(msgspec.msgpack.decode(message, type=JobRequest), *map(_socket_of, descriptors))
                elif key.fileobj is self.wakeup:
                    with contextlib.suppress(BlockingIOError):
                        self.wakeup.recv(4096)
                    self.reap()
                elif (job := self.jobs.get(key.data)) is not None:
                    # The parent only ever closes its side: the call is over, so is the child.
                    self.selector.unregister(job.status)
                    _kill_tree(job.pid)

    def begin(self, request: JobRequest, channel: socket.socket, status: socket.socket) -> None:
        server = os.getpid()
        with channel:
            try:
                pid = os.fork()
            except OSError:
                status.close()
                return
            if pid == 0:
                self._become_child(request, channel, status, server)
        self.jobs[pid] = _Job(pid=pid, status=status, directory=request.directory)
        self.selector.register(status, selectors.EVENT_READ, pid)
        _tell(status, STARTED, pid)

    def reap(self) -> None:
        """Bury children that ended, kill what they left running, and tell each job's parent."""
        ended: list[tuple[_Job, int]] = []
        for job in list(self.jobs.values()):
            # WNOWAIT keeps the zombie, and with it the group's number, until the group has been killed.
            if os.waitid(os.P_PID, job.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                _kill_tree(job.pid)
                _, status = os.waitpid(job.pid, 0)
                del self.jobs[job.pid]
                with contextlib.suppress(KeyError, ValueError):
                    self.selector.unregister(job.status)
                ended.append((job, os.waitstatus_to_exitcode(status)))
        self.kill_orphans()
        for job, code in ended:
            _tell(job.status, ENDED, code)
            job.status.close()

    def kill_orphans(self) -> None:
        """Kill processes that a dead child left to us, and theirs, wherever they hid (other group, other session)."""
        deadline = time.monotonic() + 2.0
        while orphans := [pid for pid in _children() if pid not in self.jobs]:
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            if time.monotonic() > deadline:  # stuck in the kernel: its SIGCHLD will bring us back
                return
            time.sleep(0.001)

    def end_all(self) -> None:
        for pid in self.jobs:
            _kill_tree(pid)
        for pid, job in self.jobs.items():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
            shutil.rmtree(job.directory, ignore_errors=True)
        self.jobs.clear()
        self.kill_orphans()

    def _become_child(self, request: JobRequest, channel: socket.socket, status: socket.socket, server: int) -> None:
        """Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for held in (self.control, self.wakeup, self.alarm, status, *(job.status for job in self.jobs.values())):
                held.close()
            self.selector.close()
            os.setsid()
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
            if os.getppid() == server:
                code = _work(request, channel)
        except MemoryError:
            code = EXIT_OUT_OF_MEMORY
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)


def _tell(status: socket.socket, kind: int, value: int) -> None:
    with contextlib.suppress(OSError):  # the parent gave the call up
        status.send(STATUS.pack(kind, value))


def _socket_of(descriptor: int) -> socket.socket:
    return socket.socket(fileno=descriptor)


def _kill_tree(pid: int) -> None:
    """Kill a child that has not been waited for, with its process group (it may not have made one yet)."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _children() -> Iterator[int]:
    """Process ids of this process's children, zombies included."""
    try:
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return
    yield from map(int, text.split())


# --- the child ----------------------------------------------------------------------------------------------------


def _work(request: JobRequest, channel: socket.socket) -> int:
    """Run the function that the parent names and send its answer; the exit code."""
    global _channel  # noqa: PLW0603 - a child has one channel for its whole life
    _channel = channel
    _confine(request)
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
    except BaseException:
        _say(FAILURE, traceback.format_exc()[-20_000:].encode("utf-8", "replace"))
    return 0


def _confine(request: JobRequest) -> None:
    os.chdir(request.directory)
    os.environ["TMPDIR"] = tempfile.tempdir = request.directory
    null = os.open(os.devnull, os.O_RDWR)
    errors = os.open(STDERR_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor, number in ((null, 0), (null, 1), (errors, 2)):
        os.dup2(descriptor, number)
    os.close(null)
    os.close(errors)
    faulthandler.enable(2)
    with contextlib.suppress(OSError):  # when the machine runs short, a child is to go before anything else
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for which, limit in (
        (resource.RLIMIT_AS, request.memory),
        (resource.RLIMIT_FSIZE, request.temp_file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (request.cpu_seconds, request.cpu_seconds + 5))
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115


def _receive(channel: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        chunk = channel.recv(min(length - len(received), 1 << 20))
        if not chunk:
            raise EOFError("the parent closed the channel")
        received += chunk
    return bytes(received)
