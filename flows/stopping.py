"""How processes of ours end: on a signal as on Ctrl-C, and never later than the process that they work for."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import NoReturn

from extractors import sandbox
from flows import scratch

_PR_SET_PDEATHSIG = 1


def by_exception() -> None:
    """SIGTERM and Ctrl-C raise KeyboardInterrupt in the main thread, so that what is open is closed.

    Started in the background by a script, we would otherwise inherit an ignored Ctrl-C.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def with_runner() -> None:
    """End this process, where Prefect's runner started it for one run, when the runner is gone, however that ended."""
    if "PREFECT__FLOW_RUN_ID" not in os.environ:
        return
    runner = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != runner:
        os._exit(1)  # it went between the two lines


def at_once(status: int = 0) -> NoReturn:
    """End this process without waiting for its threads; nothing it keeps depends on them."""
    sandbox.close()
    scratch.leave()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
