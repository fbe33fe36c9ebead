"""Tables set in another shape than they are read in, brought to that shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.understanding.ground.folding import letters
from extractors.understanding.ground.lines import Grid
from extractors.understanding.tables.column_heads import CellTexts

LEAST, MOST = 2, 3  # times that a header may stand side by side
NARROW = 2  # columns of one of them
LABELS, MOSTLY = 3, 0.6  # labels that parts have in common: least, and of their rows


def one_below_the_other(grid: Grid, text: CellTexts) -> Grid:
    """``grid`` with parts that stand side by side to save paper, under the same header or beside the same labels, set
    one below the other.
    """
    said = [[letters(text(cell)) for cell in cells] for cells in grid.matrix()]
    for count in range(LEAST, MOST + 1):
        width, rest = divmod(grid.columns, count)
        if rest or width < NARROW or not (_same_heads(said, width, count) or _same_labels(said, width, count)):
            continue
        if any(cell.column // width != (cell.column + cell.column_span - 1) // width for cell in grid.cells):
            continue
        cells = tuple(
            replace(cell, row=cell.row + grid.rows * (cell.column // width), column=cell.column % width)
            for cell in sorted(grid.cells, key=lambda cell: (cell.column // width, cell.row, cell.column))
        )
        return replace(grid, rows=grid.rows * count, columns=width, cells=cells)
    return grid


def _same_heads(said: Sequence[Sequence[str]], width: int, count: int) -> bool:
    """Whether the first row says the same over each part, every column of a part something of its own."""
    heads = list(said[0]) if said else []
    return any(heads) and heads == heads[:width] * count and len(set(heads[:width])) == width


def _same_labels(said: Sequence[Sequence[str]], width: int, count: int) -> bool:
    """Whether the first column of each part holds the same labels, below what each part is about."""
    sides = [[row[width * part] for row in said] for part in range(count)]
    alike = {row[0] for row in zip(*sides, strict=True) if row[0] and len(set(row)) == 1}
    return len(alike) >= LABELS and len(alike) >= MOSTLY * len(said)
