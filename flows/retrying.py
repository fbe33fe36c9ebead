"""Try again what may be over in a moment: a network share, the database of another machine, a full disk."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa

log = logging.getLogger(__name__)

R = TypeVar("R")

DELAYS = (1.0, 3.0, 10.0)
"""Seconds between tries."""
_DATABASE_DELAYS = (1.0, 3.0, 10.0, 30.0, 60.0)
"""A database server that is restarted is back within a minute or two."""
_DATABASE_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError)


def retried(
    what: str,
    function: Callable[[], R],
    on: type[Exception] | tuple[type[Exception], ...] = Exception,
    delays: Sequence[float] = DELAYS,
) -> R:
    """The result of ``function``; its last error when every try ended in an ``on``. ``what`` is told in the log."""
    for delay in delays:
        try:
            return function()
        except on as error:
            told = str(error).partition("\n")[0]  # an error of SQL goes on with the values, which are somebody's text
            log.warning("%s failed, next try in %.0f s: %s: %s", what, delay, type(error).__name__, told)
            time.sleep(delay)
    return function()


def patient(store: R) -> R:
    """``store``, whose every method is one transaction, with methods that wait for a database that is away.

    A transaction whose end was not heard of is repeated: where the first one did happen, a queue may hold a document
    twice, which is then its own duplicate, and constraints keep the rest from being stored twice.
    """
    return cast(R, _Patient(store))


class _Patient:
    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not callable(found):
            return found

        @functools.wraps(found)
        def method(*args: Any, **named: Any) -> Any:
            return retried(name, lambda: found(*args, **named), on=_DATABASE_AWAY, delays=_DATABASE_DELAYS)

        return method
