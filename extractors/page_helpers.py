"""Pages of one file spread over the cores, each read in a process of its own making.

Inside the sandboxed child, pages that take long (OCR) are read by helpers that it forks: as many as there are cores
that no other reader on this machine uses. A helper that crashes or hangs costs the page it was at. Helpers belong to
the child's process group and inherit its limits; when the child ends, however it ends, they are killed with it.
Outside the sandbox, pages are read one after the other in the calling process, which may have threads and be no good
to fork.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import struct
import time
import traceback
from collections.abc import Callable, Iterator, Sequence

from extractors.errors import Rejected
from extractors.sandbox_child import in_child

Work = Callable[[int, Callable[[], None]], bytes]
"""Reads page ``index`` and returns what it found as bytes; calls its second argument now and then."""

PAGE_SECONDS = 120.0
"""A helper that is silent for so long is killed."""
PAGES_EACH = 200
"""Pages that one helper reads before another takes its place: the limit on processor time counts for each process."""
LOOK_SECONDS = 10.0
"""How often, in a long silence, it is said that the reading goes on."""
_FRAME = struct.Struct("<cIQ")  # kind, page, length of the body
_BEGUN, _ALIVE, _DONE, _FAILED = b"B", b"A", b"D", b"F"
_PAGE = struct.Struct("<I")


def read(pages: Sequence[int], work: Work, alive: Callable[[], None]) -> Iterator[tuple[int, bytes | None]]:
    """(page, what ``work`` found) as each is ready; None where reading failed. ``alive`` is called while it goes on."""
    if not pages:
        return
    if in_child():
        yield from _Helpers(pages, work, alive).results()
    else:
        for page in pages:
            yield page, _attempt(page, work, alive)


def _attempt(page: int, work: Work, alive: Callable[[], None]) -> bytes | None:
    try:
        return work(page, alive)
    except (Rejected, OSError, ValueError, RuntimeError):
        traceback.print_exc()
        return None


class _Helper:
    """One forked process as its maker sees it; ``page`` is the one it is at."""

    def __init__(self, pid: int, pipe: int, core: socket.socket | None) -> None:
        self.pid, self.pipe, self.core = pid, pipe, core
        self.page: int | None = None
        self.heard = time.monotonic()
        self.received = bytearray()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self.pipe)
        if self.core is not None:
            self.core.close()


class _Helpers:
    def __init__(self, pages: Sequence[int], work: Work, alive: Callable[[], None]) -> None:
        self.work, self.alive = work, alive
        self.left = len(pages)
        self.running: list[_Helper] = []
        self.queue, self.feed = os.pipe()  # helpers take page numbers from it, four bytes at a time
        self.waiting = list(pages)
        os.set_blocking(self.feed, False)

    def results(self) -> Iterator[tuple[int, bytes | None]]:
        try:
            while self.left:
                self._fill()
                self._recruit()
                yield from self._listen()
        finally:
            for helper in self.running:
                helper.end()
            os.close(self.queue)
            if self.feed >= 0:
                os.close(self.feed)

    def _fill(self) -> None:
        """Put page numbers into the pipe, as many as it takes; close it after the last."""
        with contextlib.suppress(BlockingIOError):
            while self.waiting:
                os.write(self.feed, _PAGE.pack(self.waiting[0]))
                self.waiting.pop(0)
        if not self.waiting and self.feed >= 0:
            os.close(self.feed)
            self.feed = -1

    def _recruit(self) -> None:
        """One helper in any case, others on cores that are free."""
        idle = self.left - len(self.running)
        while idle > 0 and (core := free_core()):
            self._fork(core)
            idle -= 1
        if not self.running:
            self._fork(None)

    def _fork(self, core: socket.socket | None) -> None:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                gc.freeze()  # what exists is shared with our maker as long as nobody writes to it
                os.close(ours)
                if self.feed >= 0:
                    os.close(self.feed)
                _serve(self.queue, theirs, self.work)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(theirs)
        self.running.append(_Helper(pid, ours, core))

    def _listen(self) -> Iterator[tuple[int, bytes | None]]:
        by_pipe = {helper.pipe: helper for helper in self.running}
        ready, _, _ = select.select(list(by_pipe), [], [], LOOK_SECONDS)
        for pipe in ready:
            helper = by_pipe[pipe]
            chunk = os.read(pipe, 1 << 20)
            helper.heard = time.monotonic()
            helper.received += chunk
            yield from self._frames(helper)
            if not chunk:
                yield from self._dismiss(helper)
        self.alive()
        for helper in [helper for helper in self.running if time.monotonic() - helper.heard > PAGE_SECONDS]:
            yield from self._dismiss(helper)

    def _frames(self, helper: _Helper) -> Iterator[tuple[int, bytes | None]]:
        while len(helper.received) >= _FRAME.size:
            kind, page, length = _FRAME.unpack_from(helper.received)
            end = _FRAME.size + length
            if len(helper.received) < end:
                return
            body = bytes(memoryview(helper.received)[_FRAME.size : end])
            del helper.received[:end]
            if kind == _BEGUN:
                helper.page = page
            elif kind in (_DONE, _FAILED):
                helper.page = None
                self.left -= 1
                yield page, body if kind == _DONE else None

    def _dismiss(self, helper: _Helper) -> Iterator[tuple[int, bytes | None]]:
        """A helper is at its end: with no page left, or in the middle of one, which is lost."""
        self.running.remove(helper)
        helper.end()
        if helper.page is not None:
            self.left -= 1
            yield helper.page, None


def _serve(queue: int, answers: int, work: Work) -> None:
    """What a helper does: read pages until there are none, or it has read its share."""

    def say(kind: bytes, page: int, body: bytes = b"") -> None:
        with os.fdopen(os.dup(answers), "wb") as stream:
            stream.write(_FRAME.pack(kind, page, len(body)) + body)

    for _ in range(PAGES_EACH):
        if not (number := os.read(queue, _PAGE.size)):
            return
        (page,) = _PAGE.unpack(number)
        say(_BEGUN, page)
        found = _attempt(page, work, lambda page=page: say(_ALIVE, page))  # type: ignore[misc]
        say(_FAILED if found is None else _DONE, page, found or b"")


def free_core() -> socket.socket | None:
    """A core of this machine that no other reader holds: a name that only one process can have, freed with it."""
    for number in range(len(os.sched_getaffinity(0))):
        core = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            core.bind(f"\0baocao-core-{os.getuid()}-{number}")
        except OSError:
            core.close()
        else:
            return core
    return None
