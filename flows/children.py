"""Programs that run beside a process for as long as it lives: Prefect's server, the review page.

A child that ends by itself is started again. Children end with us, also when we are killed (``--pdeathsig``).
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

log = logging.getLogger(__name__)

START_TIMEOUT = 120.0  # seconds; Prefect's server needs 9-16 s on two idle cores
_PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds before a child that ended is started again; the last one stays
_STEADY = 300.0  # seconds; a child that ran so long is started again as if for the first time
_PATIENCE = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))  # what a child is told to end by, and seconds to do it


class NotStarted(RuntimeError):
    """A child did not come up."""


class Child:
    """``python ARGUMENTS`` in a session of its own, with ``variables`` in its environment; a context manager."""

    def __init__(self, name: str, arguments: Sequence[str], variables: Mapping[str, str]) -> None:
        self.name = name
        self._command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-P", *arguments]
        self._environment = os.environ | dict(variables)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        # The kernel takes the thread that starts a child for its parent: one that lives as long as we do.
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {name}", daemon=True)

    def __enter__(self) -> Child:
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._keeper.join()

    def wait(self, healthy: Callable[[], bool]) -> None:
        """Wait until it is ``healthy``. Raises `NotStarted` when it ends before that."""
        deadline = time.monotonic() + START_TIMEOUT
        while not healthy():
            if (self._process is not None and self._process.poll() is not None) or time.monotonic() > deadline:
                raise NotStarted(self.name)
            time.sleep(0.2)

    def _keep(self) -> None:
        quick_ends = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run()
            if self._stopping.is_set():
                return
            quick_ends = 0 if time.monotonic() - began > _STEADY else quick_ends
            pause = _PAUSES[min(quick_ends, len(_PAUSES) - 1)]
            quick_ends += 1
            log.error("%s ended with %s; started again in %.0f s", self.name, code, pause)
            self._stopping.wait(pause)

    def _run(self) -> int:
        """Run it until it ends or we stop it; its exit status."""
        process = self._process = subprocess.Popen(  # noqa: S603
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at the terminal is for us, who then stop it
        )
        while process.poll() is None and not self._stopping.wait(0.2):
            pass
        for number, seconds in _PATIENCE:
            if process.poll() is not None:
                break
            os.killpg(process.pid, number)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        return process.wait()


def is_free(address: str) -> bool:
    """Whether a server may listen at ``host:port``."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_server((host.strip("[]") or "127.0.0.1", int(port))).close()
    except OSError:
        return False
    return True


def answers(address: str) -> bool:
    """Whether somebody listens at ``host:port``."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), timeout=1).close()
    except OSError:
        return False
    return True
