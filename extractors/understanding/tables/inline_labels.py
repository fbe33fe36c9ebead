"""Cells that answer several columns in a line, "Kết quả: ...; Kinh phí: ...": each answer is made a line of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from extractors.understanding.form import Form
from extractors.understanding.ground.folding import letters
from extractors.understanding.ground.lines import Flow, Grid, GridCell, Line, cut, one_line
from extractors.understanding.tables.column_heads import WELL, named

_LABEL = re.compile(r"(?:^|[;.?!]\s+|\s[-–+•|/]\s)\W*(?P<label>[^\W\d][^:;.?]{1,130})(?::|\?)\s")
NAMED = 0.6  # least score of a label by its words
SEVERAL = 2  # columns that make a cell one of answers to several
CELLS = 2  # of a column that must be so, unless it has no more


def labels_apart(flow: Flow, form: Form) -> Flow:
    """``flow`` with such lines cut before each label but the first, where no heading asks for the whole cell.

    A label is known by what it asks, or by standing in several cells of the table.
    """
    cuts: dict[int, list[tuple[int, int]]] = {}
    for grid in flow.tables:
        often = _often(flow, grid)
        for c in range(grid.columns):
            cells = [cell for cell in grid.cells if cell.column == c]
            found = {
                line.key: at for cell in cells for line in flow.pick(cell.keys) if (at := _labels(line, form, often))
            }
            if len(found) >= min(CELLS, grid.rows - 1) and found and not _asked(flow, form, grid, cells):
                for key, at in found.items():
                    ends = [*at[1:], len(flow.lines[key].text)]
                    cuts[key] = list(zip(at, ends, strict=True))[::2]
    return cut(flow, cuts)[0] if cuts else flow


def _often(flow: Flow, grid: Grid) -> set[str]:
    """Labels (their letters) that stand in several cells of a table."""
    seen = Counter(
        label
        for cell in grid.cells
        for label in {letters(match["label"]) for line in flow.pick(cell.keys) for match in _LABEL.finditer(line.text)}
    )
    return {label for label, times in seen.items() if times >= CELLS}


def _labels(line: Line, form: Form, often: Collection[str]) -> list[int]:
    """Where labels of ``line`` after its first begin, when they ask several things; empty when they do not."""
    named = [
        (match.start("label"), told[0] if (told := column_of(form, match["label"])) else letters(match["label"]))
        for match in _LABEL.finditer(line.text)
        if letters(match["label"]) in often or column_of(form, match["label"])
    ]
    several = len({asked for _, asked in named}) >= SEVERAL
    return [at for at, _ in named[1:]] if several else []


def _asked(flow: Flow, form: Form, grid: Grid, cells: list[GridCell]) -> bool:
    """Whether the heading over ``cells`` asks one column outright."""
    top = min(cells, key=lambda cell: cell.row)
    heading = one_line(flow.pick(top.keys))
    return (
        grid.rows > 1 and max(form.column_scores(heading).values(), default=0.0) >= WELL and not _LABEL.match(heading)
    )


def column_of(form: Form, label: str) -> tuple[str, float] | None:
    """The column that a label names, or speaks of in other words, with its score."""
    by_words = named(form.column_scores(label), NAMED)
    return by_words[0] if by_words else form.column_told(label)
