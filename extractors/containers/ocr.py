"""A picture of a page to blocks: clean up, find ruled tables, read with Tesseract, put words where they stand.

Cells of a ruled table are cut out and read one under the other in a single call, so that no line runs across columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from extractors.containers import ocr_numbers, ocr_words, pdf_tables, ruling_lines, scan, tesseract
from extractors.containers.boxes import moved
from extractors.containers.layout import Place, Row, Word, paragraphs, row_of
from extractors.containers.ruling import Grid, GridCell, grids
from extractors.document import Block, Table
from normalizers.syllables import is_vietnamese_syllable, syllable_rate

_INSET = 0.9  # points left out inside a cell's borders
_CELL_GAP = 24  # pixels between cells that are read one under the other in one picture
_SIDE_GAP = 60  # and side by side: wide enough to part words
_LABEL = 5  # letters of a list label, its dot among them
_SURE = 0.70  # mean word confidence (0..1) under which a page may lie on its side
_WELL = 0.88  # and under which a person should look at it: worn pages lie above .92, coarse black-and-white ones below
_FEW, _ENOUGH = 5, 60  # letters of a page that tell nothing; that tell whether they make syllables
_SYLLABLES = 0.6  # least share of syllables of a page
_FULL = 60  # words of a page of text
_LEGIBLE = 0.25  # share of syllables under which its letters are others
_PUNCTUATION = ".,;:!?()\"“”'"
_MOST_CELLS = 2000
_STAMPED = 6  # written cells in the frame of a stamp, at most
_TABLE_SURE = 0.7  # least mean confidence of a table no larger than that
_LEAN = 6.0  # points by which a line of a table drifts from its top to its foot, the page being straight as a whole
_SAME_LINE = 6.0  # points by which a column line may move from page to page
_COUNTED = 0.8  # confidence of a row number that its neighbours tell

FOREIGN = "không phải chữ Việt (chữ viết khác, hoặc ảnh quá kém); chữ nhận dạng được không dùng được, cần xem ảnh gốc."


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What OCR made of one page. ``first``, ``columns``: column lines of its first and last table; ``doubtful``: a
    person should look; ``lost``: hardly any of it is text as it was read; ``foreign``: what was read is no Vietnamese,
    nor any other text in its letters."""

    blocks: tuple[Block, ...]
    first: tuple[float, ...] = ()
    columns: tuple[float, ...] = ()
    doubtful: bool = False
    lost: bool = False
    foreign: bool = False


def read(
    picture: np.ndarray[Any, np.dtype[np.uint8]],
    dpi: float,
    *,
    page: int,
    alive: Callable[[], None] | None = None,
) -> Seen:
    """Read a page from its picture (height × width × 3 for RGB, height × width for grey).

    ``alive`` is called between the steps, each of which may take seconds. Boxes of the blocks are points on the page.
    Raises `Rejected` when Tesseract fails.
    """
    tick = alive or _nothing
    cleaned = scan.clean(picture, dpi)
    tick()
    if (fold := scan.fold(cleaned)) is not None and not scan.lies(cleaned):
        return _spread(picture, dpi, round(fold * picture.shape[1]), page, tick)
    return _read(cleaned, Place(page), tick)


def _spread(picture: scan.Picture, dpi: float, fold: int, page: int, tick: Callable[[], None]) -> Seen:
    """Two pages side by side, read one after the other."""
    halves: list[Seen] = []
    for number, part in enumerate((picture[:, :fold], picture[:, fold:]), 1):
        cleaned = scan.clean(np.ascontiguousarray(part), dpi)
        tick()
        halves.append(_read(cleaned, Place(page, f"half[{number}]/"), tick))
    shift = fold * 72 / dpi
    right = tuple(
        moved(block, lambda box: (box[0] + shift, box[1], box[2] + shift, box[3])) for block in halves[1].blocks
    )
    return Seen(
        blocks=(*halves[0].blocks, *right),
        first=halves[0].first,
        columns=halves[1].columns,
        doubtful=any(half.doubtful for half in halves),
        lost=any(half.lost for half in halves),
        foreign=all(half.foreign for half in halves),
    )


def _read(cleaned: scan.Cleaned, place: Place, tick: Callable[[], None]) -> Seen:
    """One page, turned upright where it is not."""
    if scan.lies(cleaned) and (turn := tesseract.orientation(cleaned.grey, cleaned.dpi)):
        tick()
        seen = _read_upright(scan.turned(cleaned, turn), place, tick)
        if not seen.lost:
            return seen
    seen = _read_upright(cleaned, place, tick)
    if seen.lost:
        turn = tesseract.orientation(cleaned.grey, cleaned.dpi)
        tick()
        if turn:
            again = _read_upright(scan.turned(cleaned, turn), place, tick)
            if not again.lost:
                return again
    return seen


def continued(seen: Seen, columns: tuple[float, ...]) -> tuple[Block, ...]:
    """The blocks of a page; its first table counts the ``columns`` of the table at the end of the page before, where
    every column line of its own is one of those."""
    if len(seen.first) >= len(columns):
        return seen.blocks
    matched = [min(range(len(columns)), key=lambda at: abs(columns[at] - x)) for x in seen.first]
    near = all(abs(columns[at] - x) <= _SAME_LINE for at, x in zip(matched, seen.first, strict=True))
    if not matched or not near or len(set(matched)) < len(matched) or matched[-1] - matched[0] < len(columns) - 1:
        return seen.blocks
    first = next(index for index, block in enumerate(seen.blocks) if isinstance(block, Table))
    table = seen.blocks[first]
    assert isinstance(table, Table)
    cells = tuple(
        msgspec.structs.replace(
            cell,
            column=matched[cell.column],
            column_span=matched[cell.column + cell.column_span] - matched[cell.column],
        )
        for cell in table.cells
    )
    recounted = msgspec.structs.replace(table, columns=len(columns) - 1, cells=cells)
    return (*seen.blocks[:first], recounted, *seen.blocks[first + 1 :])


def _nothing() -> None:
    pass


def _read_upright(cleaned: scan.Cleaned, place: Place, tick: Callable[[], None]) -> Seen:
    lines = ruling_lines.find(cleaned.grey, cleaned.dpi)
    found = [grid for grid in grids(lines.rulings, lean=_LEAN) if _is_table(grid)]
    grey = ruling_lines.erased(cleaned.grey, lines)  # lines left in cost more letters than they help
    scale = 72 / cleaned.dpi
    filled: list[tuple[Grid, list[list[Row]]]] = []
    for grid in found:
        held = _cell_rows(grey, grid, cleaned.dpi)
        tick()
        if any(held):
            filled.append((grid, held))
            x0, y0, x1, y1 = (round(value / scale) for value in grid.box)
            grey[max(y0, 0) : y1, max(x0, 0) : x1] = 255
    rows = _rows(ocr_words.writing(tesseract.words(grey, cleaned.dpi), grey), scale)
    tick()
    everything = [*rows, *(row for _, cells in filled for held in cells for row in held)]
    blocks: list[Block] = []
    count = 0
    parts: list[tuple[Grid, list[list[Row]]] | None] = [*filled, None]
    for order, part in enumerate(parts, 1):
        above = [row for row in rows if part is None or _is_above(row, part[0])]
        rows = [row for row in rows if row not in above]
        made = paragraphs(above, msgspec.structs.replace(place, first=count + 1))
        count += len(made)
        blocks += made
        if part is not None and is_stamp(part[1]):
            framed = sorted((row for cell in part[1] for row in cell), key=lambda row: row.base)
            made = paragraphs(framed, msgspec.structs.replace(place, first=count + 1))
            count += len(made)
            blocks += made
        elif part is not None:
            blocks.append(pdf_tables.filled(*part, Place(place.page, f"{place.prefix}table[{order}]")))
    tables = [grid for grid, held in filled if not is_stamp(held)]
    return Seen(
        blocks=tuple(moved(block, lambda box: scan.original(cleaned, box)) for block in blocks),
        first=tables[0].xs if tables else (),
        columns=tables[-1].xs if tables else (),
        doubtful=_is_doubtful(everything),
        lost=_is_lost(everything),
        foreign=is_foreign(everything),
    )


def is_stamp(held: list[list[Row]]) -> bool:
    """Whether the ``held`` cells are those of a stamp of arrival, whose frame looks like a small table: few and hardly
    legible. Its words are then lines like others."""
    written = [row for cell in held for row in cell]
    return sum(map(bool, held)) <= _STAMPED and _sureness(written) < _TABLE_SURE


def _is_above(row: Row, grid: Grid) -> bool:
    """Whether a row comes before a table; one beside a table does when it stands beside its upper half."""
    x0, y0, x1, y1 = grid.box
    beside = min(row.x1, x1) - max(row.x0, x0) < 0.25 * (row.x1 - row.x0)
    return (row.top + row.bottom) / 2 < ((y0 + y1) / 2 if beside else y1)


def _is_table(grid: Grid) -> bool:
    """Stray long strokes make grids too; a table has room for letters in most of its cells."""
    roomy = [cell for cell in grid.cells if cell.box[2] - cell.box[0] > 10 and cell.box[3] - cell.box[1] > 8]
    return len(grid.cells) <= _MOST_CELLS and len(roomy) >= 0.6 * len(grid.cells)


class _Cut(msgspec.Struct, frozen=True, kw_only=True):
    """The ink of one cell: its pixels, and where their top left corner lies on the page."""

    cell: GridCell
    ink: scan.Picture
    left: int
    top: int


def _cell_rows(grey: scan.Picture, grid: Grid, dpi: float) -> list[list[Row]]:
    """Rows of text in each cell: the cells put one under the other, read as one block, and put back.

    Row numbers and the like are put on lines of their own side by side: alone on a line a figure is easily misread.
    """
    cuts = [cut for cell in grid.cells if (cut := _cut(grey, cell, 72 / dpi)) is not None]
    if not cuts:
        return [[] for _ in grid.cells]
    small = [cut for cut in cuts if cut.ink.shape[1] < 0.2 * dpi and cut.ink.shape[0] < 0.25 * dpi]
    lines = [small[start : start + 8] for start in range(0, len(small), 8)] + [[c] for c in cuts if c not in small]
    widths = [sum(cut.ink.shape[1] + _SIDE_GAP for cut in line) for line in lines]
    heights = [max(cut.ink.shape[0] for cut in line) + _CELL_GAP for line in lines]
    stacked = np.full((sum(heights) + _CELL_GAP, max(widths) + _CELL_GAP), 255, np.uint8)
    placed: list[tuple[_Cut, int, int]] = []
    y = _CELL_GAP
    for line, height in zip(lines, heights, strict=True):
        x = _CELL_GAP
        for cut in line:
            foot = y + height - _CELL_GAP - cut.ink.shape[0]  # small ones stand on one baseline
            stacked[foot : foot + cut.ink.shape[0], x : x + cut.ink.shape[1]] = cut.ink
            placed.append((cut, x, foot))
            x += cut.ink.shape[1] + _SIDE_GAP
        y += height
    seen = ocr_words.writing(tesseract.words(stacked, dpi, segmentation=6), stacked)
    half = _CELL_GAP / 2
    rows: dict[tuple[int, int], list[Row]] = {}
    for cut, x, y in placed:
        height, width = cut.ink.shape
        held = [
            msgspec.structs.replace(
                word,
                x0=word.x0 - x + cut.left,
                x1=word.x1 - x + cut.left,
                y0=word.y0 - y + cut.top,
                y1=word.y1 - y + cut.top,
            )
            for word in seen
            if y - half <= (word.y0 + word.y1) / 2 < y + height + half
            and x - half <= (word.x0 + word.x1) / 2 < x + width + half
        ]
        rows[cut.cell.row, cut.cell.column] = _rows(held, 72 / dpi)
    _number(cuts, rows, 72 / dpi)
    return [rows.get((cell.row, cell.column), []) for cell in grid.cells]


def _number(cuts: list[_Cut], rows: dict[tuple[int, int], list[Row]], scale: float) -> None:
    """Put the row numbers of the first column right, where it has any."""
    first = [cut for cut in cuts if cut.cell.column == 0]
    texts = [" ".join(row.text for row in rows[cut.cell.row, 0]) for cut in first]
    for cut, seen, right in zip(first, texts, ocr_numbers.counted(texts), strict=True):
        if right is not None and right != seen:
            height, width = cut.ink.shape
            word = Word(
                text=right,
                x0=cut.left * scale,
                top=cut.top * scale,
                x1=(cut.left + width) * scale,
                bottom=(cut.top + height) * scale,
                size=round(1.3 * height * scale, 1),
                confidence=_COUNTED,
            )
            rows[cut.cell.row, 0] = [row_of([word])]


def _cut(grey: scan.Picture, cell: GridCell, scale: float) -> _Cut | None:
    """The ink of a cell; None when it is empty."""
    x0, y0 = (max(0, round((value + _INSET) / scale)) for value in cell.box[:2])
    x1, y1 = (round((value - _INSET) / scale) for value in cell.box[2:])
    inner = grey[y0:y1, x0:x1]
    ys, xs = np.nonzero(inner < 140)
    if len(ys) < 12:
        return None
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    if bottom - top < 6 or right - left < 3:
        return None
    return _Cut(cell=cell, ink=inner[top:bottom, left:right], left=int(x0 + left), top=int(y0 + top))


def _rows(seen: list[tesseract.Seen], scale: float) -> list[Row]:
    """Tesseract's lines as rows; sizes are evened out over the page, since word boxes vary with their letters."""
    lines: dict[int, list[tesseract.Seen]] = {}
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
                rivals=word.rivals,
            )
            for index, word in enumerate(line)
        ]
        bottoms = sorted(word.bottom for word in words)
        rows.append(row_of(words, bottoms[len(bottoms) * 2 // 5]))
    return _with_labels(sorted(rows, key=lambda row: row.base))


def _with_labels(rows: list[Row]) -> list[Row]:
    """``rows`` with list labels that hang before their line, which the engine takes for a column, put back into it."""
    joined: dict[int, Row] = {}
    taken: set[int] = set()
    for at, label in enumerate(rows):
        if len(label.words) > 1 or len(label.text) > _LABEL:
            continue
        for other in range(max(0, at - 2), min(len(rows), at + 3)):
            row = joined.get(other, rows[other])
            level = abs(row.base - label.base) < 0.4 * row.size
            if other != at and other not in taken and level and 0 < row.x0 - label.x1 < 2.5 * row.size:
                joined[other] = row_of([*label.words, *row.words], row.base)
                taken.add(at)
                break
    return [joined.get(at, row) for at, row in enumerate(rows) if at not in taken]


def _sureness(rows: list[Row]) -> float:
    """The engine's confidence in all words of a page, long ones counting more; 1 where there are hardly any."""
    words = [word for row in rows for word in row.words]
    letters = sum(len(word.text) for word in words)
    return sum((word.confidence or 0.0) * len(word.text) for word in words) / letters if letters >= _FEW else 1.0


def _is_doubtful(rows: list[Row]) -> bool:
    """Whether a person should look at a page."""
    full = sum(len(word.text) for row in rows for word in row.words) > _ENOUGH
    return _is_lost(rows) or (full and _sureness(rows) < _WELL)


def _is_lost(rows: list[Row]) -> bool:
    """Whether what was read is hardly text."""
    words = [word.text for row in rows for word in row.words]
    return _sureness(rows) < _SURE or (sum(map(len, words)) > _ENOUGH and syllable_rate(" ".join(words)) < _SYLLABLES)


def is_foreign(rows: list[Row]) -> bool:
    """Whether a page full of words of which the engine was not sure, and few are syllables, is in other letters."""
    words = [word for row in rows for word in row.words if len(word.text) > 1]
    if len(words) < _FULL or not _is_lost(rows):
        return False
    legible = [word for word in words if is_vietnamese_syllable(word.text.strip(_PUNCTUATION))]
    return len(legible) < _LEGIBLE * len(words)
