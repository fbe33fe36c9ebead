"""Tables set in another shape than they are read in, brought to that shape."""

from __future__ import annotations

from dataclasses import replace

from extractors.understanding.ground.folding import letters
from extractors.understanding.ground.lines import Grid
from extractors.understanding.tables.column_heads import CellTexts

LEAST, MOST = 2, 3  # times that a header may stand side by side
NARROW = 2  # columns of one of them


def one_below_the_other(grid: Grid, text: CellTexts) -> Grid:
    """``grid`` with parts that stand side by side under the same header, to save paper, set one below the other."""
    heads = [letters(text(cell)) for cell in grid.matrix()[0]] if grid.rows else []
    for count in range(LEAST, MOST + 1):
        width, rest = divmod(grid.columns, count)
        if (
            rest
            or width < NARROW
            or heads != heads[:width] * count
            or not any(heads)
            or len(set(heads[:width])) < width
        ):
            continue
        if any(cell.column // width != (cell.column + cell.column_span - 1) // width for cell in grid.cells):
            continue
        cells = tuple(
            replace(cell, row=cell.row + grid.rows * (cell.column // width), column=cell.column % width)
            for cell in sorted(grid.cells, key=lambda cell: (cell.column // width, cell.row, cell.column))
        )
        return replace(grid, rows=grid.rows * count, columns=width, cells=cells)
    return grid
