"""Run parsers of foreign bytes in a child process that may hang, crash or swell without costing more than one file.

`run` sends a module-level function and its arguments to a fork server (`extractors.sandbox_server`) that has the
parsers loaded; the server gives each call to a child that has no other. The child has its own session, limits on
memory, CPU and file size, no stdin or stdout, for each call a temp directory (``TMPDIR``), and answers over a pipe with
plain bytes: nothing that comes from a child is ever unpickled. When a call ends, its temp directory is removed. A child
that answered in good order serves further calls; when a call ends in any other way, the child's whole process tree is
killed. A refusal (a crash, memory that ran out, a file that cannot be read) counts only when it comes from a child that
served no call before: from any other the call is tried once more in a new one, so that no file suffers from those
before it. A call that took too long is not tried again: it has cost its minute. Children die with the server, the
server with the process that started it.

Not defended against: code execution inside a parser. A child runs as the same user with the same files and network.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import pickle
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from extractors.errors import Rejected
from extractors.sandbox_call import Call, Limits, ServerLost
from extractors.sandbox_child import JobRequest, heartbeat

__all__ = ["DEFAULT_PRELOAD", "Limits", "Sandbox", "close", "heartbeat", "run"]

log = logging.getLogger(__name__)

DEFAULT_PRELOAD = ("extractors.warm",)

_STOP_SECONDS = 10.0
_BOOTSTRAP = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from extractors import sandbox_server; sandbox_server.main(int(sys.argv[2]), json.loads(sys.argv[3]))"
)


DEFAULT_LIMITS = Limits()


class _UsedChild(Exception):
    """A refusal of which it is not known that it is about this call alone."""


class Sandbox:
    """A fork server and the calls made through it. Safe to use from several threads; one server serves them all."""

    def __init__(self, preload: Sequence[str] = DEFAULT_PRELOAD, *, temp_root: Path | None = None) -> None:
        self._preload = tuple(preload)
        self._temp_root = temp_root
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def server_pid(self) -> int | None:
        """Process id of the fork server, None while it is not running."""
        return self._server.pid if self._server is not None and self._server.poll() is None else None

    def start(self) -> None:
        """Start the fork server now, so that it loads the parsers while the caller does something else."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """Stop the server and every child that still runs."""
        with self._lock:
            self._stop()

    def run(
        self,
        function: Callable[..., bytes],
        /,
        *args: Any,
        limits: Limits = DEFAULT_LIMITS,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> bytes:
        """Return ``function(*args)``, computed in a child process.

        ``function`` must be importable by name and return bytes; its working directory is the temp directory, so
        paths in ``args`` must be absolute. It reports its steps by `heartbeat`, which calls ``on_progress(done,
        total)`` here. Raises `Rejected`: the function's own, or ``timeout``, ``crashed``, ``out_of_memory``,
        ``too_large`` (its answer), ``internal`` (it raised something else; the traceback is logged).
        """
        if function.__module__ == "__main__" or "<" in function.__qualname__:
            raise ValueError(f"{function.__qualname__} cannot be imported by name in a child process")
        payload = pickle.dumps((function, args))
        fresh = lost = False
        while True:
            try:
                return self._call(payload, limits, on_progress, fresh=fresh)
            except _UsedChild as refused:
                log.info("%s in a child that had served others; trying a new one", refused)
                fresh = True
            except ServerLost:
                if lost:
                    raise Rejected("crashed") from None
                log.warning("the fork server was lost; trying once more")
                lost = True
                self._settle()

    def _call(
        self, payload: bytes, limits: Limits, on_progress: Callable[[int, int], None] | None, *, fresh: bool
    ) -> bytes:
        directory = tempfile.mkdtemp(prefix="baocao-", dir=self._temp_root)
        try:
            with contextlib.ExitStack() as stack:
                channel, child_channel = socket.socketpair()
                stack.enter_context(channel)
                stack.enter_context(child_channel)
                status, server_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                stack.enter_context(status)
                stack.enter_context(server_status)
                request = JobRequest(
                    directory=directory,
                    memory=limits.memory,
                    cpu_seconds=limits.cpu_seconds,
                    temp_file=limits.temp_file,
                    fresh=fresh,
                )
                self._send(msgspec.msgpack.encode(request), [child_channel.fileno(), server_status.fileno()])
                child_channel.close()
                server_status.close()
                call = Call(channel, status, Path(directory), limits, on_progress, fresh=fresh)
                try:
                    return call.wait(payload)
                except Rejected as refusal:
                    if call.fresh or call.overdue:
                        raise
                    raise _UsedChild(refusal.code) from None
                finally:
                    call.stop()
        finally:
            _remove(directory)

    def _send(self, message: bytes, descriptors: list[int]) -> None:
        with self._lock:
            try:
                socket.send_fds(self._started(), [message], descriptors)
            except OSError as error:
                self._stop()
                raise ServerLost from error

    def _settle(self) -> None:
        """Forget a server that is going down (its sockets do not close all at once); keep one that could not fork."""
        with self._lock:
            if self._control is not None:
                poll = select.poll()
                poll.register(self._control, select.POLLHUP)
                if poll.poll(1000):
                    self._stop()

    def _started(self) -> socket.socket:
        if self._server is not None and self._control is not None and self._server.poll() is None:
            return self._control
        self._stop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # One thread a process: a fork server that has threads cannot be forked safely.
            environment = os.environ | dict.fromkeys(
                ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
            )
            path = json.dumps([entry or str(Path.cwd()) for entry in sys.path])
            command = [sys.executable, "-c", _BOOTSTRAP, path, str(theirs.fileno()), json.dumps(self._preload)]
            self._server = subprocess.Popen(  # noqa: S603 - our own interpreter
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=environment,
                start_new_session=True,  # Ctrl-C at the terminal is for the parent, which then closes us
            )
        self._control = ours
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._server is not None:
            try:
                self._server.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None


def _remove(directory: str) -> None:
    """Remove a temp directory whose users are dead; only a process that escaped the kill could still fill it."""
    for _ in range(5):
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.lexists(directory):
            return
        time.sleep(0.05)
    log.error("temp directory %s could not be removed", directory)


_default: tuple[int, Sandbox] | None = None
_default_lock = threading.Lock()


def _shared(preload: Sequence[str] = DEFAULT_PRELOAD) -> Sandbox:
    """The process's own sandbox; a forked copy of this process makes another. ``preload`` counts for a new one."""
    global _default  # noqa: PLW0603 - one server a process
    with _default_lock:
        if _default is None or _default[0] != os.getpid():
            _default = (os.getpid(), Sandbox(preload))
        return _default[1]


def run(
    function: Callable[..., bytes],
    /,
    *args: Any,
    limits: Limits = DEFAULT_LIMITS,
    on_progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """`Sandbox.run` on the sandbox that this process shares; its server starts with the first call."""
    return _shared().run(function, *args, limits=limits, on_progress=on_progress)


def start(preload: Sequence[str] = DEFAULT_PRELOAD) -> None:
    """Start the shared server ahead of the first `run`, so that it loads while the caller does something else.

    For one file, ``preload`` may name less than everything: what a file does not need is then never loaded.
    """
    _shared(preload).start()


def close() -> None:
    """Stop the shared server; a later `run` starts a new one."""
    global _default
    with _default_lock:
        current, _default = _default, None
    if current is not None and current[0] == os.getpid():
        current[1].close()


atexit.register(close)
