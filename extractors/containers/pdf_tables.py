"""Tables of a digital PDF page: which drawn lines count, and grids filled with characters and paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from extractors.containers import pdf_text
from extractors.containers.boxes import rounded, turned
from extractors.containers.layout import Place, Row, paragraphs
from extractors.containers.pdf_content import Content, Glyph
from extractors.containers.ruling import Grid, Ruling, cell_at, grids
from extractors.document import Cell, Provenance, Table

Held = list[list[Glyph]]

_THIN = 3.0  # points; a thicker filled rectangle is shading, whose sides would make ghost columns
_PADDING = 4.0


def rulings(content: Content, turn: int = 0) -> list[Ruling]:
    """Straight lines drawn on a page: strokes, thin filled rectangles, sides of stroked ones.

    In points from the visible corner of the page turned ``turn`` degrees clockwise.
    """
    found: list[Ruling] = []
    for shape in content.shapes:
        x0, y0, x1, y1 = shape.box
        if shape.kind == "image":
            continue
        if x1 - x0 < _THIN or y1 - y0 < _THIN:
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            found.append((x0, y, x1, y) if x1 - x0 >= y1 - y0 else (x, y0, x, y1))
        elif shape.stroked and shape.kind == "rectangle":
            found += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    return [turned(line, content.size, turn) for line in found]


def find(lines: Sequence[Ruling], glyphs: Sequence[Glyph], columns: Sequence[float]) -> list[tuple[Grid, Held]]:
    """Grids that hold text, each with the characters of its cells (in the order of ``grid.cells``).

    ``columns``: column lines of the table at the end of the previous page, see `ruling.grids`.
    """
    found = []
    for grid in grids(lines, columns=columns):
        inside = held(grid, glyphs)
        if any(not glyph.text.isspace() for cell_glyphs in inside for glyph in cell_glyphs):
            found.append((grid, inside))
    return found


def held(grid: Grid, glyphs: Sequence[Glyph]) -> Held:
    """The characters in each cell, in the order of ``grid.cells``."""
    index = {(cell.row, cell.column): at for at, cell in enumerate(grid.cells)}
    inside: Held = [[] for _ in grid.cells]
    for glyph in glyphs:
        cell = cell_at(grid, *glyph.middle)
        if cell is not None:
            inside[index[cell.row, cell.column]].append(glyph)
    return inside


def table(grid: Grid, inside: Held, place: Place) -> Table:
    """The grid with its text as a `Table`; ``place.prefix`` is the table's own block path."""
    return filled(grid, [pdf_text.rows(glyphs) for glyphs in inside], place)


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
