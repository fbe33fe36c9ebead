"""A table taken apart: each answer with every label that stands over, before or above it, whatever the layout.

An *axis* is one place where labels may stand: a row on top, a column, the bands across the table, the line above it,
the sheet it is on. Which axis names items and which asks columns is found elsewhere (`axes.py`); here nothing is
understood.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.understanding.form import counted_items, leading_number
from extractors.understanding.ground.folding import fold, letters
from extractors.understanding.ground.lines import Flow, Grid, GridCell, Line
from extractors.understanding.tables.column_heads import CellTexts, Matrix
from extractors.understanding.tables.table_header import COLUMN_NUMBER, NUMBER_HEAD, OF_TITLES

LABEL_LENGTH = 120  # letters of a text that may be a label
TITLE_LENGTH = 260  # of one that stands alone, which may be the letter's own words for what it asks
NUMBER_LENGTH, HIGHEST = 20, 60  # letters of the number of a row, and its most
TOP = 3  # rows on top that may be labels
SIDE = 3  # columns on the left that may all be labels
TOP_ALL = "top"  # axis: the labels on top read as one, "Kinh phí" over "Ngân sách"
PLACE = "place"  # axis: the column of the table, whatever stands over it
INLINE, FIRST = "inline", "first"  # axes inside cells: "Kinh phí: ...", the line before such labels
BAND, CAPTION = "band", "caption"
NUMBER = "number"  # no axis: the number of the row, in a column of its own
ABOVE = "above"  # axis: the head over a cell in a row of heads that comes again
AROUND = (CAPTION, BAND)
"""Axes of which one label may hold for a whole table."""
PARTING = (";", ".", "-", "–", "+", "•", "|", "/")
"""Marks that part an answer from the label behind it."""
_WORDS = re.compile(r"[^\W\d_]{4,}|%")
_LEGEND = re.compile(r"^\W*(?:[^\W\d]{2,9}\s)?(\d{1,2}|[IVX]{1,4}|[A-Z])\s*[.):=–-]+\s*([^\W\d].{2,90})$")
LEGEND, LEGEND_LINES = 3, 16  # entries of a legend at least, lines around a table where it may stand
_HALVES = re.compile(r"^([^–|/:]{3,70}?)\s*(?:\s[-–|/]\s|:\s)\s*([^–|/:]{2,60})$")
_LABEL = re.compile(r"^\W*(?P<label>[^:?]{2,130})(?::(?!//)|\?)")


@dataclass(frozen=True, slots=True)
class Label:
    """What stands at one place of an axis, with the keys of its lines; ``parts``: from the top, where it was joined."""

    text: str
    keys: tuple[int, ...]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One cell that may answer, and the labels that speak for it, by axis."""

    keys: tuple[int, ...]
    text: str
    labels: dict[str, Label]


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to take tables apart: how many rows on top, which columns are labels, and what makes a band.

    ``lone``: a cell alone in its row is a band though it does not reach across; ``inside``: labels stand in the cells.
    """

    top: int
    side: tuple[int, ...]
    lone: bool
    inside: bool


def ways(grid: Grid, text: CellTexts, inside: bool) -> Iterator[Cut]:
    """The ways in which a table may be meant; ``inside``: whether any of its cells holds labels."""
    matrix = grid.matrix()
    short = {c for c in range(grid.columns) if _like_labels([text(row[c]) for row in matrix])}
    sides: list[tuple[int, ...]] = [tuple(range(width)) for width in range(min(SIDE, grid.columns - 1) + 1)]
    sides += [(c,) for c in range(1, grid.columns)]
    sides += [(0, c) for c in range(2, grid.columns)]
    sides = [side for side in dict.fromkeys(sides) if short.issuperset(side)]
    alone = any(len({cell for cell in row if cell is not None and text(cell)}) == 1 for row in matrix)
    for top in range(min(TOP, grid.rows - 1) + 1):
        for side in sides:
            for lone in (False, True) if alone else (False,):
                if _head(matrix, text, Cut(top, side, lone, False)):
                    yield from (Cut(top, side, lone, within) for within in ((False, True) if inside else (False,)))


def _like_labels(texts: Sequence[str]) -> bool:
    """Whether the cells of a column are short enough to be labels."""
    filled = [one for one in texts if one]
    return bool(filled) and sum(map(len, filled)) <= LABEL_LENGTH * len(filled)


def _head(matrix: Matrix, text: CellTexts, cut: Cut) -> bool:
    """Whether the rows on top may be a header: all that names label columns is on top, and nothing that they name."""
    rows = _bands(matrix, text, cut)[0]
    if len(rows) <= cut.top:
        return False
    under = [text(matrix[rows[cut.top]][c]) for c in cut.side]
    if any(NUMBER_HEAD.match(fold(one)) or OF_TITLES.match(fold(one)) for one in under):
        return False
    return not any(
        (cell := matrix[r][c]) is not None
        and cell.row == r
        and text(cell)
        and not COLUMN_NUMBER.match(fold(text(cell)))
        for r in rows[1 : cut.top]
        for c in cut.side
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a table: labels that hold for all of it, by axis; what numbers and letters alone stand for."""

    labels: dict[str, Label]
    legend: dict[str, str]


def apart(grid: Grid, cut: Cut, text: CellTexts, flow: Flow, around: Around) -> list[Record]:
    """The records of ``grid`` taken apart by ``cut``."""
    matrix = grid.matrix()
    rows, bands = _bands(matrix, text, cut)
    counting = [c for c in range(min(2, grid.columns - 1)) if _numbers([text(row[c]) for row in matrix])]
    head = rows[: cut.top]
    said = [[letters(text(cell)) for cell in matrix[r]] for r in head]
    again = _again(matrix, rows, text)
    found: list[Record] = []
    before: dict[int, GridCell] = {}  # label column → the label that goes on below
    seen: set[tuple[GridCell, int, tuple[str, ...]]] = set()
    whole_table = _whole(around.labels, around.legend)
    heads = [r for r in head if not _counts(matrix[r], text)]
    over = {c: _whole(_over(matrix, heads, c, text), around.legend) for c in range(grid.columns)}
    for r in rows[cut.top :]:
        cells = matrix[r]
        whole = [letters(text(cell)) for cell in cells]
        if whole in said or r in again or _counts(cells, text):
            continue  # the header again, or the numbers of its columns
        # a page that cuts a label begins with the header, and the label's blank rest may be drawn as one with that
        named = tuple(c for c in cut.side if whole[c] not in {one[c] for one in said if one[c]})
        side = _side(cells, cut.side, named, before, text)
        beside = {f"side {c}": Label(text(label), label.keys) for c, label in side.items()}
        if r in bands:
            beside[BAND] = bands[r]
        beside = whole_table | _whole(beside, around.legend)
        numbers = [text(cells[n]) for n in counting if text(cells[n])]
        for c, cell in enumerate(cells):
            if c in cut.side or c in counting or cell is None or cell in side.values() or not text(cell):
                continue
            if cell.row in head:
                continue  # reaches down from the header
            labels = beside | over[c]
            if (near := _nearest(matrix, again, r, c, text)) is not None:
                labels |= _whole({ABOVE: Label(text(near), near.keys)}, around.legend)
            if numbers:
                labels[NUMBER] = Label(numbers[0], ())
            labels[PLACE] = Label(f"{c}", ())
            mark = (cell, r if cell.row_span == 1 else -1, tuple(sorted(one.text for one in labels.values())))
            if mark not in seen:
                seen.add(mark)
                record = Record(cell.keys, text(cell), labels)
                found += parted(record, flow) if cut.inside else [record]
    return found


def side_heads(grid: Grid, cut: Cut, text: CellTexts) -> dict[str, str]:
    """Axis of each label column → what stands over it in the first row on top."""
    matrix = grid.matrix()
    rows = _bands(matrix, text, cut)[0] if cut.top else []
    return {f"side {c}": text(matrix[rows[0]][c]) for c in cut.side if rows and text(matrix[rows[0]][c])}


def _whole(labels: Mapping[str, Label], legend: Mapping[str, str]) -> dict[str, Label]:
    """``labels`` with their halves, and in the words that a legend has for them."""
    return {axis: _spelled(label, legend) for axis, label in {**labels, **_halves(labels)}.items()}


def parted(record: Record, flow: Flow) -> list[Record]:
    """A record by the labels inside its cell; the whole where there is none.

    A short line before the first label names what the cell is about.
    """
    pieces: list[tuple[Label | None, list[Line], str]] = []
    begins = True
    for line in flow.pick(record.keys):
        match = _LABEL.match(line.full) if line.first or begins else None
        begins = line.blank or line.full.rstrip().endswith(PARTING)
        if match:
            pieces.append((Label(match["label"].strip(), ()), [line], line.full[match.end() :]))
        elif pieces and not line.blank:
            pieces[-1] = (pieces[-1][0], [*pieces[-1][1], line], f"{pieces[-1][2]} {line.full}".strip())
        elif not line.blank:
            pieces.append((None, [line], line.full))
    if not any(label for label, _, _ in pieces):
        return [record]
    labels = dict(record.labels)
    label, lines, said = pieces[0]
    # "7. Phòng máy đã có chưa?" over labels is no label itself
    names = len(pieces) > 1 and len(lines) == 1 and (label is None or not said.strip())
    if names and len(lines[0].full) <= TITLE_LENGTH:
        labels[FIRST] = Label(lines[0].full, (lines[0].key,))
        del pieces[0]
    return [
        Record(tuple(line.key for line in lines), said.strip(), labels | ({INLINE: label} if label else {}))
        for label, lines, said in pieces
        if said.strip()
    ]


def _names(text: str) -> bool:
    """Whether a text is no label: "7. Phòng máy đã có chưa?" names, "Kinh phí:" with nothing behind asks."""
    match = _LABEL.match(text)
    return match is None or (match[0].endswith("?") and not text[match.end() :].strip())


def _bands(matrix: Matrix, text: CellTexts, cut: Cut) -> tuple[list[int], dict[int, Label]]:
    """Rows that are no bands, and for each of them the band above it."""
    rows: list[int] = []
    bands: dict[int, Label] = {}
    band: Label | None = None
    for r, cells in enumerate(matrix):
        filled = [cell for cell in dict.fromkeys(cells) if cell is not None and text(cell)]
        whole = len(cells) == 1 and cut.inside and bool(filled) and _names(text(filled[0]))
        across = whole or (
            len(filled) == 1 and (filled[0].column_span > max(1, len(cells) // 2) or (cut.lone and len(cells) > 1))
        )
        if across and len(text(filled[0])) <= (LABEL_LENGTH if whole else TITLE_LENGTH):
            band = Label(text(filled[0]), filled[0].keys)
        elif filled:
            rows.append(r)
            if band is not None:
                bands[r] = band
    return rows, bands


def _counts(cells: Sequence[GridCell | None], text: CellTexts) -> bool:
    filled = [fold(text(cell)) for cell in cells if text(cell)]
    return len(filled) >= 3 and all(COLUMN_NUMBER.match(one) for one in filled)


def _numbers(texts: Sequence[str]) -> bool:
    """Whether a column on the left holds but the numbers of its rows, under a heading or not."""
    filled = [one for one in texts[1:] if one and one != texts[0]]
    values = [leading_number(one) or next(iter(counted_items(one)), None) for one in dict.fromkeys(filled)]
    return (
        len(values) >= 2
        and len(values) == len(filled)
        and all(value is not None and value <= HIGHEST for value in values)
        and not any(_WORDS.search(one) or len(one) > NUMBER_LENGTH for one in filled)
    )


def _side(
    cells: Sequence[GridCell | None],
    side: tuple[int, ...],
    named: tuple[int, ...],
    before: dict[int, GridCell],
    text: CellTexts,
) -> dict[int, GridCell]:
    """Label column → the label of this row; what was named once goes on while nothing new is ``named``."""
    for place, c in enumerate(side):
        cell = cells[c]
        if c in named and cell is not None and text(cell):
            if before.get(c) is not cell:
                for inner in side[place + 1 :]:
                    before.pop(inner, None)
            before[c] = cell
    return {c: before[c] for c in side if c in before}


def _again(matrix: Matrix, rows: Sequence[int], text: CellTexts) -> set[int]:
    """Rows of several texts that come again in the table, and only all together, as heads over answers do."""
    said = {r: tuple(letters(text(cell)) for cell in matrix[r]) for r in rows}
    often = Counter(said.values())
    holding = Counter(one for texts in said.values() for one in set(texts))
    return {
        r
        for r, texts in said.items()
        if often[texts] > 1
        and len({one for one in texts if one}) > 1
        and all(holding[one] == often[texts] for one in texts if one)
    }


def _nearest(matrix: Matrix, again: set[int], r: int, c: int, text: CellTexts) -> GridCell | None:
    """The head over a cell in the nearest row above that comes again."""
    above = max((one for one in again if one < r), default=None)
    cell = matrix[above][c] if above is not None else None
    return cell if cell is not None and text(cell) else None


def legend_of(flow: Flow, grid: Grid) -> dict[str, str]:
    """What numbers and letters alone stand for in a table, as lines near it tell: "3: Thư viện; A – Kết quả"."""
    end = max(grid.all_keys(), default=grid.start)
    found: dict[str, str] = {}
    for line in flow.lines[max(0, grid.start - LEGEND_LINES) : end + LEGEND_LINES]:
        if line.table is None:
            for piece in re.split(r";\s+", line.full):
                if match := _LEGEND.match(piece):
                    found.setdefault(match[1].casefold(), match[2].strip(" ."))
    return found if len(found) >= LEGEND else {}


def _spelled(label: Label, legend: Mapping[str, str]) -> Label:
    meant = legend.get(label.text.strip(" .()").casefold())
    return replace(label, text=meant, parts=()) if meant else label


def _halves(labels: Mapping[str, Label]) -> dict[str, Label]:
    """Labels of two halves, "Thư viện – khó khăn", as labels of two axes."""
    found: dict[str, Label] = {}
    for axis, label in labels.items():
        match = _HALVES.match(label.text) if axis != PLACE else None
        if match:
            found[f"{axis} a"], found[f"{axis} b"] = Label(match[1], label.keys), Label(match[2], label.keys)
    return found


def _over(matrix: Matrix, head: Sequence[int], c: int, text: CellTexts) -> dict[str, Label]:
    """The labels on top of a column, each an axis, and all of them as one.

    One that was left blank beside its first place goes on to the right.
    """
    found: list[GridCell] = []
    for at, r in enumerate(head):
        one = matrix[r][c]
        if (one is None or not text(one)) and at + 1 < len(head):
            one = next((left for left in reversed(matrix[r][:c]) if left is not None and text(left)), None)
        if one is not None and text(one) and one not in found:
            found.append(one)
    labels = {f"top {i}": Label(text(one), one.keys) for i, one in enumerate(found)}
    if len(head) > 1 and found:
        parts = tuple(map(text, found))
        labels[TOP_ALL] = Label(" ".join(parts), tuple(key for one in found for key in one.keys), parts)
    return labels
