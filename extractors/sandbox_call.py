"""One sandboxed call as its parent sees it: feed the child, listen to it and to the fork server, know when to stop."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from extractors import starvation
from extractors.errors import REASONS, Rejected
from extractors.sandbox_child import EXIT_OUT_OF_MEMORY, FAILURE, FRAME, PROGRESS, REJECTED, RESULT, STDERR_NAME
from extractors.sandbox_server import ANSWERED, ENDED, STARTED, STATUS

log = logging.getLogger(__name__)

_SERVER_START_SECONDS = 120.0
_KILL_SECONDS = 10.0
_MESSAGE_LIMIT = 1 << 20  # progress, rejection and traceback frames; a child that sends more is broken


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one call may use; sizes in bytes, times in seconds.

    The call is stopped after ``idle_seconds`` without a heartbeat, and in any case after ``wall_seconds``; to both is
    added a share for each step the child said there are (pages), since repair and understanding take all pages at once.
    ``wall_seconds_most`` is the end of all.
    Time that the child stood ready and got no processor does not count (`starvation.MOST` bounds it).
    """

    memory: int = 2 << 30
    cpu_seconds: int = 1800
    idle_seconds: float = 50.0
    idle_seconds_per_step: float = 0.25
    wall_seconds: float = 120.0
    wall_seconds_per_step: float = 20.0
    wall_seconds_most: float = 7200.0
    output: int = 256 << 20
    temp_file: int = 1 << 30

    def idle(self, steps: int) -> float:
        return self.idle_seconds + self.idle_seconds_per_step * max(steps, 0)

    def wall(self, steps: int) -> float:
        return min(self.wall_seconds + self.wall_seconds_per_step * max(steps, 0), self.wall_seconds_most)


class ServerLost(Exception):
    """The fork server went away before the child's end was known; the file may not be to blame."""


class Call:
    """The parent's side of one call: what the child says (``channel``) and what the server says of it (``status``).

    ``fresh``: the child is known to have served no other call; ``overdue``: it was stopped because its time was up.
    """

    def __init__(  # noqa: PLR0913 - each is another thing
        self,
        channel: socket.socket,
        status: socket.socket,
        directory: Path,
        limits: Limits,
        on_progress: Callable[[int, int], None] | None,
        *,
        fresh: bool,
    ) -> None:
        self.channel = channel
        self.status = status
        self.directory = directory
        self.limits = limits
        self.on_progress = on_progress
        self.received = bytearray()
        self.steps = 0
        self.started = False
        self.overdue = False
        self.answered = False
        self.fresh = fresh
        self.channel_open = True
        self.pid = 0
        self.began = self.heard = 0.0
        self.starved_at_start = self.starved_when_heard = 0.0
        self.returncode: int | None = None
        self.outgoing = memoryview(b"")

    def wait(self, payload: bytes) -> bytes:
        """The child's answer. Raises `Rejected`, or `ServerLost` when its end cannot be known."""
        self.channel.setblocking(False)
        self.outgoing = memoryview(FRAME.pack(b"J", len(payload)) + payload)
        poll = select.poll()
        poll.register(self.status, select.POLLIN)
        self.began = self.heard = time.monotonic()
        while True:
            if self.channel_open:
                poll.register(self.channel, select.POLLIN | (select.POLLOUT if self.outgoing else 0))
            else:
                with contextlib.suppress(KeyError):
                    poll.unregister(self.channel)
            ready = dict(poll.poll(max(1.0, self._time_left() * 1000)))
            if self.status.fileno() in ready:
                kind = self._hear()
                if kind == ENDED:
                    return self._after_end()
                self.started = True
                self.fresh = kind == STARTED
                self._listen()
                self.began, self.starved_at_start = self.heard, self.starved_when_heard
            if (events := ready.get(self.channel.fileno(), 0)) and (answer := self._serve(events)) is not None:
                return answer

    def _time_left(self) -> float:
        """Seconds until the call has to be stopped; raises when they are over."""
        now = time.monotonic()
        if self.started:
            idle, wall = self.limits.idle(self.steps), self.limits.wall(self.steps)
            deadline = min(self.heard + idle, self.began + wall)
            if now >= deadline:
                lost = starvation.starved(self.pid)
                deadline = min(
                    self.heard + idle + starvation.grace(idle, lost - self.starved_when_heard),
                    self.began + wall + starvation.grace(wall, lost - self.starved_at_start),
                )
        else:
            deadline = self.began + _SERVER_START_SECONDS
        if now < deadline:
            return deadline - now
        if self.started:
            self.overdue = True
            raise Rejected("timeout", f"đã chờ {now - self.began:.0f} giây")
        raise ServerLost

    def _listen(self) -> None:
        """The child gave a sign of life."""
        self.heard, self.starved_when_heard = time.monotonic(), starvation.starved(self.pid)

    def _serve(self, events: int) -> bytes | None:
        self._listen()
        if events & select.POLLOUT:
            self._feed()
        if events & (select.POLLIN | select.POLLHUP | select.POLLERR):
            self.channel_open = not self._drain()
            return self._frames()
        return None

    def stop(self) -> None:
        """Wait until the server says that nothing of the call is left. Unless it was answered, the child is killed."""
        with contextlib.suppress(OSError):
            if self.answered:
                self.status.send(ANSWERED)
            else:
                self.status.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + _KILL_SECONDS
        poll = select.poll()
        poll.register(self.status, select.POLLIN)
        with contextlib.suppress(ServerLost):
            while self.returncode is None and (left := deadline - time.monotonic()) > 0:
                if poll.poll(left * 1000):
                    self._hear()

    def _feed(self) -> None:
        try:
            self.outgoing = self.outgoing[self.channel.send(self.outgoing) :]
        except BlockingIOError:
            pass
        except OSError:  # the child is gone; its end will be reported on the status socket
            self.outgoing = memoryview(b"")

    def _drain(self) -> bool:
        """Read what the child sent; True at the end of the stream."""
        try:
            chunk = self.channel.recv(1 << 20)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self.received += chunk
        return not chunk

    def _hear(self) -> int:
        try:
            message = self.status.recv(STATUS.size)
        except OSError:
            message = b""
        if len(message) != STATUS.size:
            raise ServerLost
        kind, value = STATUS.unpack(message)
        if kind == ENDED:
            self.returncode = value
        else:
            self.pid = value
        return int(kind)

    def _after_end(self) -> bytes:
        """The child is gone: its last words may still lie in the socket."""
        while not self._drain():
            if (answer := self._frames()) is not None:
                return answer
        if (answer := self._frames()) is not None:
            return answer
        code = self.returncode or 0
        said = self._stderr()
        log.error("child ended with %s\n%s", code, "\n".join(filter(_of_faulthandler, said.splitlines())))
        log.debug("it said: %s", said)
        if code == EXIT_OUT_OF_MEMORY:
            raise Rejected("out_of_memory")
        if code == -signal.SIGXCPU:
            raise Rejected("timeout", f"quá {self.limits.cpu_seconds} giây CPU")
        raise Rejected("crashed", f"tín hiệu {-code}" if code < 0 else f"mã thoát {code}")

    def _frames(self) -> bytes | None:
        """Handle the complete frames received; the result once it is there. Raises what the child reported."""
        while len(self.received) >= FRAME.size:
            kind, length = FRAME.unpack_from(self.received)
            if kind == RESULT and length > self.limits.output:
                raise Rejected("too_large", f"nội dung đọc được vượt {self.limits.output >> 20} MB")
            if kind != RESULT and length > _MESSAGE_LIMIT:
                raise Rejected("crashed", "trả lời sai giao thức")
            end = FRAME.size + length
            if len(self.received) < end:
                return None
            body = bytes(memoryview(self.received)[FRAME.size : end])
            del self.received[:end]
            if kind == RESULT:
                self.answered = True
                return body
            self._heed(kind, body)
        return None

    def _heed(self, kind: bytes, body: bytes) -> None:
        try:
            if kind == PROGRESS:
                done, total = msgspec.msgpack.decode(body, type=tuple[int, int])
            elif kind == REJECTED:
                code, detail = msgspec.msgpack.decode(body, type=tuple[str, str])
            elif kind == FAILURE:
                frames, said = msgspec.msgpack.decode(body, type=tuple[str, str])
                log.error("child failed\n%s", frames)
                log.debug("it said: %s", said)
                code, detail = "internal", ""
            else:
                code, detail = "crashed", "trả lời sai giao thức"
        except msgspec.DecodeError:
            kind, code, detail = REJECTED, "crashed", "trả lời sai giao thức"
        if kind != PROGRESS:
            raise Rejected(code if code in REASONS else "internal", detail[:500])
        self.steps = max(self.steps, total)
        if self.on_progress is not None:
            self.on_progress(done, total)

    def _stderr(self) -> str:
        with contextlib.suppress(OSError), (self.directory / STDERR_NAME).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 4000))
            return file.read().decode("utf-8", "replace")
        return ""


def _of_faulthandler(line: str) -> bool:
    """What a library writes may be text of the document; where a crash happened is not."""
    return line.startswith(("Fatal Python error: ", "Current thread ", "Thread ", "  File "))
