"""Try again what may be over in a moment: a network share, the database of another machine, a full disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

R = TypeVar("R")

DELAYS = (1.0, 3.0, 10.0)
"""Seconds between tries."""


def retried(what: str, function: Callable[[], R], on: type[Exception] = Exception) -> R:
    """The result of ``function``; its last error when every try ended in an ``on``. ``what`` is told in the log."""
    for delay in DELAYS:
        try:
            return function()
        except on as error:
            log.warning("%s failed, next try in %.0f s: %s: %s", what, delay, type(error).__name__, error)
            time.sleep(delay)
    return function()
