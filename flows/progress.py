"""Progress of a batch, told by the flow to whoever listens: a bar on a terminal, lines in a pipe, else the log."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import TaskID

from flows import logs, pages
from flows.route import STATES, Outcome, State

log = logging.getLogger(__name__)

_LONG = 10  # pages of a document that gets a bar of its own


class Listener(Protocol):
    def begin(self, total: int) -> None: ...
    def more(self, count: int) -> None: ...
    def pages(self, name: str, done: int, total: int) -> None:
        """How far the reading of one document is; called from the thread that reads it."""

    def done(self, outcome: Outcome) -> None: ...


class Logged:
    """One line of the log a document that has ended; without its name, see `flows.logs`."""

    def __init__(self) -> None:
        self._due = pages.Seldom()

    def begin(self, total: int) -> None:
        log.info("batch began", extra={"files": total})

    def more(self, count: int) -> None:
        log.info("container opened", extra={"files": count})

    def pages(self, name: str, done: int, total: int) -> None:
        if self._due(name):
            log.info("pages read", extra={"done": done, "pages": total})

    def done(self, outcome: Outcome) -> None:
        document = outcome.sha256[: logs.SHOWN] if outcome.sha256 else None
        told = {"document": document, "state": outcome.state, "code": outcome.code, "report": outcome.report_id}
        log.info("document ended", extra={key: value for key, value in told.items() if value is not None})


_listener: ContextVar[Listener] = ContextVar("listener", default=Logged())  # noqa: B039 - holds no state


def listener() -> Listener:
    return _listener.get()


@contextmanager
def told(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` of the batches that run inside this block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def shown() -> Iterator[None]:
    """Show the batches that run inside this block on stderr: a bar on a terminal, one line a file elsewhere."""
    console = Console(stderr=True)
    shower: Bar | Lines = Bar(console) if console.is_terminal else Lines(console)
    with told(shower), shower:
        yield


class Lines:
    """One line a file, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.total = self.count = 0
        self._due = pages.Seldom()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def begin(self, total: int) -> None:
        self.total = total

    def more(self, count: int) -> None:
        self.total += count

    def pages(self, name: str, done: int, total: int) -> None:
        if self._due(name):
            self.console.print(pages.line(name, done, total), markup=False, highlight=False, soft_wrap=True)

    def done(self, outcome: Outcome) -> None:
        self.count += 1
        reason = f": {outcome.message}" if outcome.message else ""
        line = f"[{self.count}/{self.total}] {STATES[outcome.state]} · {outcome.name}{reason}"
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


class Bar:
    """A progress bar with the counts so far; refused files get their own line, so that none is overlooked."""

    def __init__(self, console: Console) -> None:
        self.bar = pages.bar(console)
        self.counts: Counter[State] = Counter()
        self.total = 0
        self.task = self.bar.add_task("Khởi động", total=None)
        self.long: dict[str, TaskID] = {}

    def __enter__(self) -> Bar:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def begin(self, total: int) -> None:
        self.total = total
        self.bar.update(self.task, total=total, description="Đang đọc")

    def more(self, count: int) -> None:
        self.total += count
        self.bar.update(self.task, total=self.total)

    def pages(self, name: str, done: int, total: int) -> None:
        if total >= _LONG:
            if name not in self.long:
                self.long[name] = self.bar.add_task(escape(name), total=total)
            self.bar.update(self.long[name], completed=done)

    def done(self, outcome: Outcome) -> None:
        if (task := self.long.pop(outcome.name, None)) is not None:
            self.bar.remove_task(task)
        self.counts[outcome.state] += 1
        if outcome.state == "rejected":
            self.bar.console.print(f"✗ {outcome.name}: {outcome.message}", markup=False, highlight=False)
        shown_counts = ", ".join(f"{STATES[state].lower()} {n}" for state, n in self.counts.items())
        self.bar.update(self.task, advance=1, description=shown_counts)
