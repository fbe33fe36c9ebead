"""A picture of a page to blocks: clean up, find ruled tables, read with Tesseract, put words where they stand.

Cells of a ruled table are cut out and read one under the other in a single call, so that no line runs across columns.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from extractors.containers import pdf_tables, scan, tesseract
from extractors.containers.boxes import moved
from extractors.containers.layout import Place, Row, Word, paragraphs, row_of
from extractors.containers.ruling import Grid, GridCell, grids
from extractors.document import Block
from normalizers.syllables import syllable_rate

_INSET = 0.9  # points left out inside a cell's borders
_CELL_GAP = 24  # pixels between cells that are read in one picture
_SURE = 0.70  # mean word confidence (0..1) under which a page is called doubtful
_MOST_CELLS = 2000


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What OCR made of one page. ``columns``: column lines of its last table; ``doubtful``: a person should look."""

    blocks: tuple[Block, ...]
    columns: tuple[float, ...] = ()
    doubtful: bool = False


def read(
    picture: np.ndarray[Any, np.dtype[np.uint8]],
    dpi: float,
    *,
    page: int,
    columns: tuple[float, ...] = (),
) -> Seen:
    """Read a page from its picture (height × width × 3 for RGB, height × width for grey).

    Boxes of the blocks are points on the page. Raises `Rejected` when Tesseract fails.
    """
    cleaned = scan.clean(picture, dpi)
    seen = _read_upright(cleaned, page, columns)
    if seen.doubtful:
        turn = tesseract.orientation(cleaned.grey, cleaned.dpi)
        if turn:
            again = _read_upright(scan.turned(cleaned, turn), page, ())
            if not again.doubtful:
                return again
    return seen


def _read_upright(cleaned: scan.Cleaned, page: int, columns: tuple[float, ...]) -> Seen:
    horizontal, vertical = scan.ruling_masks(cleaned.grey, cleaned.dpi)
    found = [
        grid for grid in grids(scan.rulings(horizontal, vertical, cleaned.dpi), columns=columns) if _is_table(grid)
    ]
    grey = cleaned.grey.copy()
    grey[_grown(horizontal) | _grown(vertical.T).T] = 255  # lines left in cost more letters than they help
    scale = 72 / cleaned.dpi
    filled: list[tuple[Grid, list[list[Row]]]] = []
    for grid in found:
        held = _cell_rows(grey, grid, cleaned.dpi)
        if any(held):
            filled.append((grid, held))
            x0, y0, x1, y1 = (round(value / scale) for value in grid.box)
            grey[max(y0, 0) : y1, max(x0, 0) : x1] = 255
    rows = _rows(tesseract.words(grey, cleaned.dpi), scale)
    everything = [*rows, *(row for _, cells in filled for held in cells for row in held)]
    blocks: list[Block] = []
    count = 0
    parts: list[tuple[Grid, list[list[Row]]] | None] = [*filled, None]
    for order, part in enumerate(parts, 1):
        above = [row for row in rows if part is None or (row.top + row.bottom) / 2 < part[0].box[3]]
        rows = [row for row in rows if row not in above]
        made = paragraphs(above, Place(page, "", count + 1))
        count += len(made)
        blocks += made
        if part is not None:
            blocks.append(pdf_tables.filled(*part, Place(page, f"table[{order}]")))
    return Seen(
        blocks=tuple(moved(block, lambda box: scan.original(cleaned, box)) for block in blocks),
        columns=filled[-1][0].xs if filled else (),
        doubtful=_doubtful(everything),
    )


def _is_table(grid: Grid) -> bool:
    """Stray long strokes make grids too; a table has room for letters in most of its cells."""
    roomy = [cell for cell in grid.cells if cell.box[2] - cell.box[0] > 10 and cell.box[3] - cell.box[1] > 8]
    return len(grid.cells) <= _MOST_CELLS and len(roomy) >= 0.6 * len(grid.cells)


def _grown(mask: scan.Mask) -> scan.Mask:
    """The mask of horizontal lines with the grey edge above and below them."""
    grown = mask.copy()
    for shift in (1, 2):
        grown[shift:] |= mask[:-shift]
        grown[:-shift] |= mask[shift:]
    return grown


def _cell_rows(grey: scan.Picture, grid: Grid, dpi: float) -> list[list[Row]]:
    """Rows of text in each cell: the cells put one under the other, read as one block, and put back."""
    scale = 72 / dpi
    crops = [(cell, _crop(grey, cell, scale)) for cell in grid.cells]
    inked = [(cell, crop) for cell, crop in crops if crop is not None]
    rows: dict[tuple[int, int], list[Row]] = {}
    if inked:
        width = max(crop[0].shape[1] for _, crop in inked) + 2 * _CELL_GAP
        strips, starts, at = [], [], _CELL_GAP
        for _, (crop, _, _) in inked:
            strip = np.full((crop.shape[0] + _CELL_GAP, width), 255, np.uint8)
            strip[: crop.shape[0], _CELL_GAP : _CELL_GAP + crop.shape[1]] = crop
            strips.append(strip)
            starts.append(at)
            at += strip.shape[0]
        stacked = np.concatenate([np.full((_CELL_GAP, width), 255, np.uint8), *strips])
        seen = tesseract.words(stacked, dpi, segmentation=6)
        ends = [*starts[1:], at]
        for start, end, (cell, (_, left, top)) in zip(starts, ends, inked, strict=True):
            held = [word for word in seen if start <= (word.y0 + word.y1) / 2 < end]
            moved_back = [
                msgspec.structs.replace(
                    word,
                    x0=word.x0 - _CELL_GAP + left,
                    x1=word.x1 - _CELL_GAP + left,
                    y0=word.y0 - start + top,
                    y1=word.y1 - start + top,
                )
                for word in held
            ]
            rows[cell.row, cell.column] = _rows(moved_back, scale)
    return [rows.get((cell.row, cell.column), []) for cell in grid.cells]


def _crop(grey: scan.Picture, cell: GridCell, scale: float) -> tuple[scan.Picture, int, int] | None:
    """The ink of a cell and where its top left corner lies on the page (pixels); None when the cell is empty."""
    x0, y0 = (max(0, round((value + _INSET) / scale)) for value in cell.box[:2])
    x1, y1 = (round((value - _INSET) / scale) for value in cell.box[2:])
    inner = grey[y0:y1, x0:x1]
    ys, xs = np.nonzero(inner < 140)
    if len(ys) < 12:
        return None
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    if bottom - top < 6 or right - left < 3:
        return None
    return inner[top:bottom, left:right], int(x0 + left), int(y0 + top)


def _rows(seen: list[tesseract.Seen], scale: float) -> list[Row]:
    """Tesseract's lines as rows; sizes are evened out over the page, since word boxes vary with their letters."""
    lines: dict[tuple[int, int, int], list[tesseract.Seen]] = {}
    for word in seen:
        lines.setdefault(word.line, []).append(word)
    heights = sorted(max(w.y1 for w in line) - min(w.y0 for w in line) for line in lines.values() if len(line) > 2)
    usual = heights[len(heights) // 2] * scale if heights else 0.0
    rows = []
    for line in lines.values():
        height = (max(w.y1 for w in line) - min(w.y0 for w in line)) * scale
        size = usual if usual and 0.6 * usual < height < 1.5 * usual else height
        words = [
            Word(
                text=word.text,
                x0=word.x0 * scale,
                top=word.y0 * scale,
                x1=word.x1 * scale,
                bottom=word.y1 * scale,
                size=round(0.95 * size, 1),
                gap="\t" if index and (word.x0 - line[index - 1].x1) * scale > 2.5 * size else " ",
                confidence=round(word.confidence, 3),
            )
            for index, word in enumerate(line)
        ]
        bottoms = sorted(word.bottom for word in words)
        rows.append(row_of(words, bottoms[len(bottoms) * 2 // 5]))
    return sorted(rows, key=lambda row: row.base)


def _doubtful(rows: list[Row]) -> bool:
    words = [word for row in rows for word in row.words]
    letters = sum(len(word.text) for word in words)
    if letters < 5:
        return False
    sure = sum((word.confidence or 0.0) * len(word.text) for word in words) / letters
    return sure < _SURE or (letters > 60 and syllable_rate(" ".join(word.text for word in words)) < 0.6)
