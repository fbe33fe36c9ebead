"""Tables for people on stdout; file names and reasons come from outside, so no markup is interpreted."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 160  # columns, where stdout is no terminal


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    title: str | None = None,
    *,
    right: Collection[int] = (),
    colours: tuple[int, Sequence[str]] | None = None,
) -> None:
    """``right``: columns of numbers; ``colours``: a column and the colour of each of its cells."""
    made = Table(title=title)
    for column, heading in enumerate(headings):
        made.add_column(heading, overflow="fold", justify="right" if column in right else "left")
    for n, row in enumerate(rows):
        cells = [Text(value) for value in row]
        if colours is not None:
            cells[colours[0]].stylize(colours[1][n])
        made.add_row(*cells)
    _console().print(made)


def line(text: str) -> None:
    _console().print(text, markup=False, highlight=False)


def counts(values: Mapping[str, int], label: str = "") -> None:
    """One line: ``label: name n, name n``."""
    text = ", ".join(f"{name} {count}" for name, count in values.items())
    line(f"{label}: {text}" if label else text)


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=PIPE_WIDTH)
