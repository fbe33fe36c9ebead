"""The fork server behind `extractors.sandbox`: it hands calls to children, and sees to it that they end.

The server is a small single-threaded process: it loads the parsers once, then forks children for the calls that come
over its control socket, each with two descriptors, the call's ``channel`` and the job's ``status`` socket. A child
that answered and left nothing behind (`extractors.sandbox_child`) serves further calls: forking costs a document tens
of milliseconds, most of them for pages that are copied and caches that are cold. In every other case a child is
killed when its call is over, with its whole process tree, and the next call gets a new one.

The server ends, and ends its children, when the control socket closes, that is when the process that started it is
gone. It is the subreaper of its tree: whatever a child leaves behind becomes the server's own child and is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import selectors
import shutil
import signal
import socket
import struct
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import msgspec

from extractors import sandbox_child
from extractors.sandbox_child import EXIT_OUT_OF_MEMORY, FREE, MAX_CALLS, JobRequest

STATUS = struct.Struct("<ii")  # kind, value
STARTED, ENDED, RESUMED = 0, 1, 2
"""Values: process id; exit code, or minus the signal; process id of a child that has served other calls."""
ANSWERED = b"A"
"""What the parent says on the status socket when it has its answer. It closes its side when the call is to be ended."""

_PATIENCE = 1.0  # seconds that a child which has answered may take to offer itself for the next call
_IDLE_SECONDS = 60.0  # after which a child that has nothing to do is ended
_GROWTH = 128 << 20  # bytes by which a child may grow over its calls
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


class _Job(msgspec.Struct, kw_only=True):
    """A call under way. ``answered``: when the parent said that it has its answer; ``lost``: it closed its side first,
    and may be dead."""

    status: socket.socket
    directory: str
    answered: float | None = None
    lost: bool = False


class _Child(msgspec.Struct, kw_only=True):
    """A process and its call. ``size``: bytes at its birth; ``free``: it offered itself for the next call; ``until``:
    when it goes if there is none; ``doomed``: it was killed, or found dead."""

    pid: int
    link: socket.socket
    limits: tuple[int, int, int]
    size: int
    calls: int = 0
    job: _Job | None = None
    free: bool = False
    until: float = 0.0
    doomed: bool = False


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
        self.children: dict[int, _Child] = {}  # by process id
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
            for key, _ in self.selector.select(self.timeout()):
                if key.fileobj is self.control:
                    message, descriptors, _flags, _from = socket.recv_fds(self.control, 1 << 16, 2)
                    if not message:
                        return
                    self.begin(msgspec.msgpack.decode(message, type=JobRequest), *map(_socket_of, descriptors))
                elif key.fileobj is self.wakeup:
                    with contextlib.suppress(BlockingIOError):
                        self.wakeup.recv(4096)
                    self.reap()
                elif (child := self.children.get(key.data)) is not None:
                    if key.fileobj is child.link:
                        self.hear_child(child)
                    elif child.job is not None and key.fileobj is child.job.status:
                        self.hear_parent(child, child.job)
            self.look_at_clock()

    # -- calls

    def begin(self, request: JobRequest, channel: socket.socket, status: socket.socket) -> None:
        """Hand a call to a child. A parent whose status socket closes without a word takes the call for lost."""
        with channel:
            child = None if request.fresh else self.idle(request.limits)
            if child is None or not _give(child, request, channel):
                child = self.fork(request.limits, channel, status)
                if child is None or not _give(child, request, channel):
                    status.close()
                    return
        child.job = _Job(status=status, directory=request.directory)
        child.calls += 1
        child.free = False
        self.selector.register(status, selectors.EVENT_READ, child.pid)
        _tell(status, STARTED if child.calls == 1 else RESUMED, child.pid)

    def idle(self, limits: tuple[int, int, int]) -> _Child | None:
        fitting = (child for child in self.children.values() if child.job is None and not child.doomed)
        return next((child for child in fitting if child.limits == limits), None)

    def fork(self, limits: tuple[int, int, int], *others: socket.socket) -> _Child | None:
        """A new child, None when the machine has no room; it is to inherit none of the ``others``."""
        server = os.getpid()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                pid = os.fork()
            except OSError:
                ours.close()
                return None
            if pid == 0:
                self._become_child(theirs, server, (ours, *others))
        child = _Child(pid=pid, link=ours, limits=limits, size=_size(pid))
        self.children[pid] = child
        self.selector.register(ours, selectors.EVENT_READ, pid)
        return child

    def hear_parent(self, child: _Child, job: _Job) -> None:
        """Either it has its answer, or it closed its side: the call is over, so is the child."""
        try:
            said = job.status.recv(len(ANSWERED))
        except OSError:
            said = b""
        if said == ANSWERED and job.answered is None:
            job.answered = time.monotonic()
            if child.free:
                self.release(child, job)
        else:
            job.lost = True
            self.selector.unregister(job.status)
            self.kill(child)

    def hear_child(self, child: _Child) -> None:
        """It is free for another call. Anything else it may say, or its end, is the end of it."""
        try:
            said = child.link.recv(len(FREE) + 1)
        except OSError:
            said = b""
        if said == FREE and child.job is not None and not child.free and not child.doomed:
            child.free = True
            if child.job.answered is not None:
                self.release(child, child.job)
        else:
            self.selector.unregister(child.link)
            self.kill(child)

    def release(self, child: _Child, job: _Job) -> None:
        """The call is over on both sides: the child waits for the next one, unless it left something behind."""
        if child.calls >= MAX_CALLS or _descendants(child.pid) or _size(child.pid) > child.size + _GROWTH:
            self.kill(child)
            return
        child.job = None
        child.until = time.monotonic() + _IDLE_SECONDS
        self.close(job, 0)

    def close(self, job: _Job, code: int) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self.selector.unregister(job.status)
        _tell(job.status, ENDED, code)
        job.status.close()

    # -- ends

    def timeout(self) -> float | None:
        """Seconds to the next thing that `look_at_clock` has to do."""
        if not self.children:
            return None
        waiting = any(child.job is not None and child.job.answered is not None for child in self.children.values())
        return _PATIENCE / 4 if waiting else _IDLE_SECONDS / 4

    def look_at_clock(self) -> None:
        now = time.monotonic()
        for child in self.children.values():
            if child.job is None:
                over = now > child.until
            else:
                over = child.job.answered is not None and now > child.job.answered + _PATIENCE
            if over and not child.doomed:
                self.kill(child)

    def kill(self, child: _Child) -> None:
        """`reap` does the rest."""
        child.doomed = True
        _kill_tree(child.pid)

    def reap(self) -> None:
        """Bury children that ended, kill what they left running, and tell each job's parent."""
        ended: list[tuple[_Child, int]] = []
        for child in list(self.children.values()):
            # WNOWAIT keeps the zombie, and with it the group's number, until the group has been killed.
            if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                _kill_tree(child.pid)
                _, status, used = os.wait4(child.pid, 0)
                del self.children[child.pid]
                with contextlib.suppress(KeyError, ValueError):
                    self.selector.unregister(child.link)
                child.link.close()
                ended.append((child, _exit_code(status, used.ru_maxrss << 10, child.limits[0])))
        self.kill_orphans()
        for child, code in ended:
            if child.job is not None:
                if child.job.lost:  # a parent that died leaves its directory to us
                    shutil.rmtree(child.job.directory, ignore_errors=True)
                self.close(child.job, code)

    def kill_orphans(self) -> None:
        """Kill processes that a dead child left to us, and theirs, wherever they hid (other group, other session)."""
        deadline = time.monotonic() + 2.0
        while orphans := [pid for pid in _children_of(os.getpid()) if pid not in self.children]:
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            if time.monotonic() > deadline:  # stuck in the kernel: its SIGCHLD will bring us back
                return
            time.sleep(0.001)

    def end_all(self) -> None:
        for pid in self.children:
            _kill_tree(pid)
        directories = [child.job.directory for child in self.children.values() if child.job is not None]
        for pid in self.children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self.children.clear()
        self.kill_orphans()
        for directory in directories:  # nobody is left to write there
            shutil.rmtree(directory, ignore_errors=True)

    def _become_child(self, link: socket.socket, server: int, others: tuple[socket.socket, ...]) -> None:
        """Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            jobs = [child.job.status for child in self.children.values() if child.job is not None]
            links = [child.link for child in self.children.values()]
            for held in (self.control, self.wakeup, self.alarm, *jobs, *links, *others):
                held.close()
            self.selector.close()
            os.setsid()
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
            if os.getppid() == server:
                code = sandbox_child.serve(link)
        except MemoryError:
            code = EXIT_OUT_OF_MEMORY
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)


def _give(child: _Child, request: JobRequest, channel: socket.socket) -> bool:
    try:
        socket.send_fds(child.link, [msgspec.msgpack.encode(request)], [channel.fileno()])
    except OSError:  # it died while it was idle; `reap` will find it
        child.doomed = True
        return False
    return True


def _exit_code(status: int, resident: int, limit: int) -> int:
    """As `os.waitstatus_to_exitcode`; a native library that dies when it gets no more memory ran out of memory."""
    code = os.waitstatus_to_exitcode(status)
    dies_so = code in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV, -signal.SIGBUS)
    return EXIT_OUT_OF_MEMORY if dies_so and resident > limit // 2 else code


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


def _children_of(pid: int) -> Iterator[int]:
    """Process ids of the children of all threads of a process, zombies included."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            yield from map(int, task.read_text(encoding="ascii").split())


def _descendants(pid: int) -> bool:
    """Whether a child left processes; being a subreaper it has those that hid from it too."""
    return any(True for _ in _children_of(pid))


def _size(pid: int) -> int:
    """Bytes of address space, which is what its limit counts."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0]) * _PAGE
    except OSError:
        return 0
