"""Tables for people on stdout; file names and reasons come from outside, so no markup is interpreted."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 160  # columns, where stdout is no terminal


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    made = Table(title=title)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for row in rows:
        made.add_row(*map(Text, row))
    _console().print(made)


def counts(values: Mapping[str, int], label: str = "") -> None:
    """One line: ``label: name n, name n``."""
    line = ", ".join(f"{name} {count}" for name, count in values.items())
    _console().print(f"{label}: {line}" if label else line, markup=False, highlight=False)


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=PIPE_WIDTH)
