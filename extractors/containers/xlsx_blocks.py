"""Used cells of a sheet parted into tables and lines.

Rows that follow one another without a gap form a band. Inside a band, rows with drawn borders form a table of their
own; the rows around them, and bands without borders, are read as lines where a row holds one cell, and as a table
where rows hold several. A column without any cell parts what stands left and right of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from extractors.document import Block, Cell, Paragraph, Provenance, Table


class Area(NamedTuple):
    """Rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Used(NamedTuple):
    """A cell that shows something: text as paragraphs, or only a border (``framed``)."""

    area: Area
    paragraphs: tuple[Paragraph, ...]
    framed: bool
    where: Provenance


def blocks_of(cells: Sequence[Used]) -> tuple[Block, ...]:
    """Tables and paragraphs of a sheet, from the top down and from left to right."""
    blocks: list[Block] = []
    for band in _bands(cells):
        if not any(cell.paragraphs for cell in band):
            continue
        for framed, rows in groupby(_rows(band), key=_is_framed):
            together = [cell for row in rows for cell in row]
            for part in _columns(together):
                blocks += _framed_table(part) if framed else _plain(part)
    return tuple(blocks)


def _bands(cells: Sequence[Used]) -> Iterator[list[Used]]:
    """Cells in groups with no blank row inside; merged cells bridge the rows they cover."""
    band: list[Used] = []
    bottom = 0
    for cell in sorted(cells, key=lambda c: (c.area.top, c.area.left)):
        if band and cell.area.top > bottom + 1:
            yield band
            band = []
        band.append(cell)
        bottom = max(bottom, _text_bottom(cell)) if len(band) > 1 else _text_bottom(cell)
    if band:
        yield band


def _text_bottom(cell: Used) -> int:
    # a cell merged down over thousands of rows must not glue the sheet together
    return min(cell.area.bottom, cell.area.top + 200)


def _rows(band: Sequence[Used]) -> list[list[Used]]:
    """Cells by their top row; rows that a framed merged cell reaches into stay with it."""
    return [list(group) for _, group in groupby(band, key=lambda cell: cell.area.top)]


def _is_framed(row: Sequence[Used]) -> bool:
    return sum(cell.framed for cell in row) >= 2 or (any(c.framed for c in row) and len(row) <= 2)


def _columns(cells: Sequence[Used]) -> Iterator[list[Used]]:
    """Cells in groups parted by columns in which nothing stands."""
    group: list[Used] = []
    right = 0
    for cell in sorted(cells, key=lambda c: c.area.left):
        if group and cell.area.left > right + 1:
            yield sorted(group, key=lambda c: (c.area.top, c.area.left))
            group = []
        group.append(cell)
        right = max(right, cell.area.right) if len(group) > 1 else cell.area.right
    if group:
        yield sorted(group, key=lambda c: (c.area.top, c.area.left))


def _framed_table(cells: Sequence[Used]) -> list[Block]:
    if not any(cell.paragraphs for cell in cells):
        return []
    if len(cells) == 1:
        return list(cells[0].paragraphs)
    return [_table(cells)]


def _plain(cells: Sequence[Used]) -> list[Block]:
    """Cells without borders: lone cells at the top and bottom are lines, what is between them a table."""
    rows = _rows([cell for cell in cells if cell.paragraphs])
    several = [i for i, row in enumerate(rows) if len(row) > 1]
    if not several:
        return [paragraph for row in rows for cell in row for paragraph in cell.paragraphs]
    first, last = several[0], several[-1]
    above = [p for row in rows[:first] for cell in row for p in cell.paragraphs]
    below = [p for row in rows[last + 1 :] for cell in row for p in cell.paragraphs]
    return [*above, _table([cell for row in rows[first : last + 1] for cell in row]), *below]


def _table(cells: Sequence[Used]) -> Table:
    """A table over the rows and columns that the cells take; rows and columns nothing begins in are left out."""
    rows = sorted({cell.area.top for cell in cells})
    columns = sorted({cell.area.left for cell in cells})
    built = [
        Cell(
            row=bisect_left(rows, cell.area.top),
            column=bisect_left(columns, cell.area.left),
            blocks=cell.paragraphs,
            where=cell.where,
            row_span=bisect_right(rows, cell.area.bottom) - bisect_left(rows, cell.area.top),
            column_span=bisect_right(columns, cell.area.right) - bisect_left(columns, cell.area.left),
        )
        for cell in cells
    ]
    return Table(rows=len(rows), columns=len(columns), cells=tuple(built), where=cells[0].where)
