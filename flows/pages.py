"""How far the reading of one document is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

SELDOM_S = 10.0
"""How often pages are told of where every telling is a line."""


class Seldom:
    """Whether it is time to tell of something again; never at once, so that what is short is not told of at all."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def __call__(self, what: str) -> bool:
        now = time.monotonic()
        if now - self._told.setdefault(what, now) < SELDOM_S:
            return False
        self._told[what] = now
        return True


@contextmanager
def shown(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how far the document ``name`` is: call what is given with the pages done and their number."""
    if not sys.stderr.isatty():
        due = Seldom()
        yield lambda done, total: print(line(name, done, total), file=sys.stderr, flush=True) if due(name) else None
        return
    from rich.console import Console  # noqa: PLC0415 - for a person who waits; a program does not
    from rich.markup import escape  # noqa: PLC0415

    with bar(Console(stderr=True), transient=True) as shown_bar:
        task = shown_bar.add_task(escape(name), total=None)
        yield lambda done, total: shown_bar.update(task, completed=done, total=total)


def line(name: str, done: int, total: int) -> str:
    return f"{name}: trang {done}/{total}"


def bar(console: Console, *, transient: bool = False) -> Progress:
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=transient)
