"""Ruled tables of a digital PDF page: which lines count, and cells filled with paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from extractors.containers import pdf_text
from extractors.containers.boxes import rounded
from extractors.containers.layout import Place, Row, paragraphs
from extractors.containers.pdf_text import Char
from extractors.containers.ruling import Grid, Ruling, cell_at, grids
from extractors.document import Box, Cell, Provenance, Table

_THIN = 3.0  # points; a thicker filled rectangle is shading, whose sides would make ghost columns
_PADDING = 4.0


def rulings(page: Any) -> list[Ruling]:
    """Straight lines drawn on a pdfplumber page: strokes, thin filled rectangles, sides of stroked ones."""
    found: list[Ruling] = []
    for line in page.lines:
        if line["x1"] - line["x0"] < _THIN or line["bottom"] - line["top"] < _THIN:
            found.append((line["x0"], line["top"], line["x1"], line["bottom"]))
    for shape in (*page.rects, *page.curves):
        x0, y0, x1, y1 = shape["x0"], shape["top"], shape["x1"], shape["bottom"]
        if x1 - x0 < _THIN or y1 - y0 < _THIN:
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            found.append((x0, y, x1, y) if x1 - x0 >= y1 - y0 else (x, y0, x, y1))
        elif shape["stroke"] and shape["object_type"] == "rect":
            found += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    width, height = float(page.width), float(page.height)
    return [line for line in found if line[2] >= 0 and line[3] >= 0 and line[0] <= width and line[1] <= height]


def find(page: Any, chars: Sequence[Char], columns: Sequence[float]) -> list[tuple[Grid, list[list[Char]]]]:
    """Grids of the page that hold text, each with the characters of its cells (in the order of ``grid.cells``).

    ``columns``: column lines of the table at the end of the previous page, see `ruling.grids`.
    """
    found = []
    for grid in grids(rulings(page), columns=columns):
        index = {(cell.row, cell.column): at for at, cell in enumerate(grid.cells)}
        held: list[list[Char]] = [[] for _ in grid.cells]
        for char in inside(chars, grid.box):
            cell = cell_at(grid, (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2)
            if cell is not None:
                held[index[cell.row, cell.column]].append(char)
        if any(not char["text"].isspace() for chars_held in held for char in chars_held):
            found.append((grid, held))
    return found


def inside(chars: Sequence[Char], box: Box) -> list[Char]:
    x0, top, x1, bottom = box
    return [
        char
        for char in chars
        if x0 <= (char["x0"] + char["x1"]) / 2 <= x1 and top <= (char["top"] + char["bottom"]) / 2 <= bottom
    ]


def table(grid: Grid, held: Sequence[Sequence[Char]], place: Place) -> Table:
    """The grid with its text as a `Table`; ``place.prefix`` is the table's own block path."""
    return filled(grid, [pdf_text.rows(chars) for chars in held], place)


def filled(grid: Grid, rows: Sequence[Sequence[Row]], place: Place) -> Table:
    """A `Table` from a grid and the rows of text in each of its cells."""
    cells = []
    for cell, cell_rows in zip(grid.cells, rows, strict=True):
        block = f"{place.prefix}/row[{cell.row + 1}]/cell[{cell.column + 1}]"
        where = Provenance(page=place.page, bbox=rounded(cell.box), block=block)
        # Narrow padding is not known: text may reach further than we think, never less far than it does.
        left = min([cell.box[0] + _PADDING, *(row.x0 for row in cell_rows)])
        right = max([cell.box[2] - _PADDING, *(row.x1 for row in cell_rows)])
        blocks = paragraphs(
            cell_rows, msgspec.structs.replace(place, prefix=block + "/"), (left, right), two_columns=False
        )
        cells.append(
            Cell(
                row=cell.row,
                column=cell.column,
                row_span=cell.row_span,
                column_span=cell.column_span,
                blocks=tuple(blocks),
                where=where,
            )
        )
    return Table(
        rows=len(grid.ys) - 1,
        columns=len(grid.xs) - 1,
        cells=tuple(cells),
        where=Provenance(page=place.page, bbox=rounded(grid.box), block=place.prefix),
    )
