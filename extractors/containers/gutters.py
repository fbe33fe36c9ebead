"""Tables set without ruling lines: columns by the white gutters that rows leave free, rows by space, keys or rules.

A wrong table in prose does more harm than a table read row by row, so a table is called one only when three columns or
more keep their gutters and their alignment over several rows, and when it is plain where one row ends and the next
begins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from extractors.containers.layout import Row, Word
from extractors.containers.ruling import Grid, GridCell, Ruling

_GAP = 0.9  # of the letter size: white space in one row that may part columns
_GUTTER = 0.4  # of the letter size: white space that all rows must leave; spaces between words have .25
_STEP = 3.2  # of the letter size: baselines farther apart belong to different things
_LEAST_FULL = 3  # rows with text in three columns or more
_ALIGNED = 0.6  # share of a column's lines that begin, end or are centred alike
_KEY = re.compile(r"(?:\d{1,3}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Za-zĐđ])[.)]?$")
_LEADER = re.compile(r"[.…_·]{4,}$")

_FAR = 1e6

Gap = tuple[float, float]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of text that make a table, its column lines, and how many of the rows each table row has."""

    rows: tuple[Row, ...]
    xs: tuple[float, ...]
    heights: tuple[int, ...]


def find(rows: Sequence[Row], rulings: Sequence[Ruling] = (), columns: Sequence[float] = ()) -> list[Grid]:
    """Grids of the tables among ``rows`` (top to bottom), with cells merged where text runs over a gutter.

    ``rulings``: lines on the page, of which long level ones part table rows. ``columns``: column lines of a table of
    this kind at the end of the page before; rows at the top that keep to them go on with it.
    """
    found: list[Grid] = []
    start = 0
    while start < len(rows):
        table = _continued(rows, columns, rulings) if start == 0 and columns else None
        table = table or _table(rows, start, rulings)
        if table is None:
            start += 1
        else:
            found.append(_grid(table))
            start = rows.index(table.rows[-1]) + 1
    return found


# --- columns ------------------------------------------------------------------------------------------------------


def _table(rows: Sequence[Row], start: int, rulings: Sequence[Ruling]) -> Table | None:
    """The table whose first row with three parts is ``rows[start]``; header rows above it may be added."""
    if len(_parts(rows[start])) < 3:
        return None
    end, spaces = _grown(rows, start)
    body = list(rows[start:end])
    gutters = [space.gap for space in spaces]
    while len(body) > 1 and len(_filled(body[-1], gutters)) < 2 and _is_apart(body):
        body.pop()
    kept = _aligned_only(body, spaces)
    if kept is None:
        return None
    whole = [*_headers(rows, start, body), *body]
    edges = (min(row.x0 for row in whole), max(row.x1 for row in whole))
    xs = (edges[0], *((left + right) / 2 for left, right in kept), edges[1])
    heights = _heights(whole, xs, rulings)
    return Table(rows=tuple(whole), xs=xs, heights=heights) if heights else None


class _Space(msgspec.Struct, frozen=True):
    """White space that all rows so far leave; ``origin``: which wide gap of the first row it is left of, -1 for none"""

    gap: Gap
    origin: int = -1


def _parts(row: Row) -> list[Gap]:
    """Stretches of a row that wide white space parts; a line of dots parts nothing."""
    parts: list[list[float]] = []
    for word in row.words:
        if parts and (word.x0 - parts[-1][1] < _GAP * row.size or _LEADER.search(word.text)):
            parts[-1][1] = max(parts[-1][1], word.x1)
        else:
            parts.append([word.x0, word.x1])
    return [(start, end) for start, end in parts]


def _free(gutters: Sequence[Gap], row: Row) -> list[Gap]:
    """What the words of a row leave of the gutters."""
    left = list(gutters)
    for word in row.words:
        left = [
            piece
            for a, b in left
            for piece in (((a, b),) if word.x1 <= a or word.x0 >= b else ((a, word.x0), (word.x1, b)))
            if piece[1] > piece[0]
        ]
    return left


def _grown(rows: Sequence[Row], start: int) -> tuple[int, list[_Space]]:
    """How far down the gaps of ``rows[start]`` reach (exclusive end), and what white space is left of them there.

    A row may narrow a gap and put text into it, so that two spaces are left; one that closes it ends the table.
    """
    first = rows[start]
    least = _GUTTER * first.size
    parts = _parts(first)
    spaces = [_Space((a[1], b[0]), origin) for origin, (a, b) in enumerate(pairwise(parts))]
    spaces += [_Space((-_FAR, first.x0)), _Space((first.x1, _FAR))]
    origins = set(range(len(parts) - 1))
    end, crossing = start + 1, False
    for index in range(start + 1, len(rows)):
        row = rows[index]
        if row.base - rows[index - 1].base > _STEP * max(row.size, first.size) or abs(row.size - first.size) > 3:
            break
        left = _left_by(spaces, row, least)
        if origins <= {space.origin for space in left}:
            spaces, end, crossing = left, index + 1, False
        elif crossing or row.x1 - row.x0 > 0.75 * (max(r.x1 for r in rows[start:end]) - first.x0):
            break
        else:
            crossing = True  # a title over several columns; it counts if the table goes on below it
    edges = (min(row.x0 for row in rows[start:end]), max(row.x1 for row in rows[start:end]))
    inner = [space for space in spaces if space.gap[0] >= edges[0] and space.gap[1] <= edges[1]]
    return end, sorted(inner, key=lambda space: space.gap)


def _left_by(spaces: Sequence[_Space], row: Row, least: float) -> list[_Space]:
    """What the words of a row leave of white space, at least ``least`` wide."""
    left = list(spaces)
    for word in row.words:
        pieces: list[_Space] = []
        for space in left:
            a, b = space.gap
            if word.x1 <= a or word.x0 >= b:
                pieces.append(space)
            else:
                pieces += [
                    _Space(gap, space.origin) for gap in ((a, word.x0), (word.x1, b)) if gap[1] - gap[0] >= least
                ]
        left = pieces
    return left


def _columns_of(word: Word, gutters: Sequence[Gap]) -> tuple[int, int]:
    """First and last column that a word stands in."""
    first = sum(word.x0 >= (a + b) / 2 for a, b in gutters)
    last = sum(word.x1 > (a + b) / 2 for a, b in gutters)
    return first, max(first, last)


def _filled(row: Row, gutters: Sequence[Gap]) -> set[int]:
    return {column for word in row.words for column in range(*_span(_columns_of(word, gutters)))}


def _span(both: tuple[int, int]) -> tuple[int, int]:
    return both[0], both[1] + 1


def _is_apart(rows: Sequence[Row]) -> bool:
    """Whether the last row stands farther from the one above than rows do here."""
    steps = sorted(b.base - a.base for a, b in pairwise(rows))
    return len(steps) < 2 or rows[-1].base - rows[-2].base > 1.1 * steps[len(steps) // 2]


def _aligned_only(rows: Sequence[Row], spaces: Sequence[_Space]) -> list[Gap] | None:
    """The gutters between columns that are set as columns, or None when these are no table.

    White space that fell into being within a column parts it from nothing that is aligned: it is given up.
    """
    spaces = list(spaces)
    while len(spaces) >= 2:
        gutters = [space.gap for space in spaces]
        wrong = [column for column in range(len(spaces) + 1) if not _is_column(rows, column, gutters)]
        if not wrong:
            full = sum(len(_filled(row, gutters)) >= 3 for row in rows)
            return gutters if full >= _LEAST_FULL else None
        origins = Counter(space.origin for space in spaces)
        weak = [
            at
            for at in (wrong[0] - 1, wrong[0])
            if 0 <= at < len(spaces) and (spaces[at].origin < 0 or origins[spaces[at].origin] > 1)
        ]
        if not weak:
            return None
        del spaces[min(weak, key=lambda at: spaces[at].gap[1] - spaces[at].gap[0])]
    return None


def _is_column(rows: Sequence[Row], column: int, gutters: Sequence[Gap]) -> bool:
    lines = [
        (words[0].x0, words[-1].x1)
        for row in rows
        if (words := [word for word in row.words if _columns_of(word, gutters) == (column, column)])
    ]
    return len(lines) >= 2 and _is_aligned(lines, rows[0].size)


def _is_aligned(lines: Sequence[tuple[float, float]], size: float) -> bool:
    """Whether most lines of a column begin, end or are centred at one place."""
    for places in ([a for a, _ in lines], [b for _, b in lines], [(a + b) / 2 for a, b in lines]):
        near = max(sum(abs(other - place) < 0.35 * size for other in places) for place in places)
        if near >= max(2, _ALIGNED * len(lines)):
            return True
    return False


def _headers(rows: Sequence[Row], start: int, body: Sequence[Row]) -> list[Row]:
    """Rows right above in bold, as the first row is: parts that each stand over one column or over several."""
    found: list[Row] = []
    left, right = min(row.x0 for row in body), max(row.x1 for row in body)
    below = rows[start]
    for row in reversed(rows[:start]):
        near = below.base - row.base < 2.0 * below.size
        within = row.x0 > left - 2 * row.size and row.x1 < right + 2 * row.size
        if not (near and within and row.bold and rows[start].bold and len(_parts(row)) > 1):
            break
        found.insert(0, row)
        below = row
    return found


def _continued(rows: Sequence[Row], columns: Sequence[float], rulings: Sequence[Ruling]) -> Table | None:
    """The rows at the top of a page that go on with the table of the page before."""
    gutters = [(x, x) for x in columns[1:-1]]
    size = rows[0].size
    taken: list[Row] = []
    for row in rows:
        crossed = any(word.x0 < x - 1 and word.x1 > x + 1 for word in row.words for x, _ in gutters)
        inside = row.x0 > columns[0] - size and row.x1 < columns[-1] + size
        if crossed or not inside or (taken and row.base - taken[-1].base > _STEP * size):
            break
        taken.append(row)
    while taken and len(_filled(taken[-1], gutters)) < 2:
        taken.pop()
    if sum(len(_filled(row, gutters)) >= 3 for row in taken) < 1:
        return None
    heights = _heights(taken, tuple(columns), rulings)
    return Table(rows=tuple(taken), xs=tuple(columns), heights=heights) if heights else None


# --- rows ---------------------------------------------------------------------------------------------------------


def _heights(rows: Sequence[Row], xs: Sequence[float], rulings: Sequence[Ruling]) -> tuple[int, ...] | None:
    """How many text rows each table row has; None when that cannot be told."""
    gutters = [(x, x) for x in xs[1:-1]]
    for begins in (
        _by_rules(rows, xs, rulings),
        _by_space(rows),
        _by_keys(rows, gutters),
        _one_by_one(rows, gutters),
    ):
        if begins is not None and _is_plausible(rows, begins, gutters):
            ends = [*begins[1:], len(rows)]
            return tuple(end - begin for begin, end in zip(begins, ends, strict=True))
    return None


def _by_rules(rows: Sequence[Row], xs: Sequence[float], rulings: Sequence[Ruling]) -> list[int] | None:
    """Where long level lines stand between rows."""
    lines = [
        (y0 + y1) / 2
        for x0, y0, x1, y1 in rulings
        if y1 - y0 < 3 and min(x1, xs[-1]) - max(x0, xs[0]) > 0.6 * (xs[-1] - xs[0])
    ]
    begins = [
        index
        for index, (above, row) in enumerate(pairwise(rows), 1)
        if any(above.base - 0.2 * above.size < line < row.base - 0.5 * row.size for line in lines)
    ]
    return [0, *begins] if len(begins) > 2 else None


def _by_space(rows: Sequence[Row]) -> list[int] | None:
    """Where the white space between rows is clearly wider than within them."""
    spaces = [below.top - max(row.bottom for row in rows[:index]) for index, below in enumerate(rows) if index]
    ordered = sorted(spaces)
    size = sorted(row.size for row in rows)[len(rows) // 2]
    jumps = [(b - a, (a + b) / 2) for a, b in pairwise(ordered)]
    wide = [jump for jump in jumps if jump[0] > 0.25 * size and jump[1] > 0]
    if not wide:
        return None
    border = wide[0][1]  # the first clear jump: what lies above it are distances between rows, wide and wider
    begins = [index for index, space in enumerate(spaces, 1) if space > border]
    return [0, *begins] if len(begins) >= 2 else None


def _by_keys(rows: Sequence[Row], gutters: Sequence[Gap]) -> list[int] | None:
    """Where the first column has a number or letter; what stands above the first of them is the head."""
    keyed = [index for index, row in enumerate(rows) if _key(row, gutters)]
    firsts = [index for index, row in enumerate(rows) if 0 in _filled(row, gutters)]
    heads = [index for index in firsts if keyed and index < keyed[0]]
    if len(keyed) < 2 or len(keyed) < len(firsts) - len(heads):
        return None
    # Keys in the middle of their rows would tell nothing: all columns have to begin where the key stands.
    groups = [rows[begin:end] for begin, end in zip(keyed, [*keyed[1:], len(rows)], strict=True)]
    filled = [[_filled(row, gutters) for row in group] for group in groups]
    begun = sum(group[0] >= set().union(*group) for group in filled)
    if begun < 0.8 * len(groups):
        return None
    return keyed if keyed[0] == 0 else [0, *keyed]


def _key(row: Row, gutters: Sequence[Gap]) -> str | None:
    words = [word for word in row.words if _columns_of(word, gutters) == (0, 0)]
    return words[0].text if len(words) == 1 and _KEY.match(words[0].text) else None


def _one_by_one(rows: Sequence[Row], gutters: Sequence[Gap]) -> list[int] | None:
    """Every row of text for itself, where nearly all are filled in nearly all columns."""
    columns = len(gutters) + 1
    full = sum(len(_filled(row, gutters)) >= max(3, 0.75 * columns) for row in rows)
    return list(range(len(rows))) if full >= 0.8 * len(rows) else None


def _is_plausible(rows: Sequence[Row], begins: Sequence[int], gutters: Sequence[Gap]) -> bool:
    """Most table rows have three columns filled; where rows are numbered, most have one number and none has two."""
    groups = [rows[begin:end] for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True)]
    full = sum(len(set().union(*(_filled(row, gutters) for row in group))) >= 3 for group in groups)
    keys = [sum(_key(row, gutters) is not None for row in group) for group in groups]
    if len(groups) < _LEAST_FULL or full < 0.6 * len(groups) or max(keys) > 1:
        return False
    return sum(keys) < 2 or sum(keys) >= 0.7 * (len(groups) - 1)


# --- the grid -----------------------------------------------------------------------------------------------------


def _grid(table: Table) -> Grid:
    groups: list[Sequence[Row]] = []
    at = 0
    for height in table.heights:
        groups += _unmixed(table.rows[at : at + height], table.xs)
        at += height
    edges = [(max(row.bottom for row in a) + min(row.top for row in b)) / 2 for a, b in pairwise(groups)]
    ys = (min(row.top for row in groups[0]), *edges, max(row.bottom for row in groups[-1]))
    cells: list[GridCell] = []
    for number, group in enumerate(groups):
        joined = frozenset().union(*(_run_over(row, table.xs) for row in group))
        start = 0
        for column in range(len(table.xs) - 1):
            if column + 1 not in joined:
                box = (table.xs[start], ys[number], table.xs[column + 1], ys[number + 1])
                cells.append(GridCell(row=number, column=start, row_span=1, column_span=column - start + 1, box=box))
                start = column + 1
    return Grid(xs=table.xs, ys=ys, cells=tuple(cells))


def _unmixed(group: Sequence[Row], xs: Sequence[float]) -> list[Sequence[Row]]:
    """A table row cut where a title over several columns meets text that keeps to them: a head over two rows."""
    cut: list[Sequence[Row]] = []
    start = 0
    for index, (above, below) in enumerate(pairwise(group), 1):
        if _run_over(above, xs) != _run_over(below, xs):
            cut.append(group[start:index])
            start = index
    return [*cut, group[start:]]


def _run_over(row: Row, xs: Sequence[float]) -> frozenset[int]:
    """Numbers of the inner column lines that text runs over: within a word, or with no more than a space."""
    crossed = set()
    for number, x in enumerate(xs[1:-1], 1):
        if any(word.x0 < x - 1 and word.x1 > x + 1 for word in row.words):
            crossed.add(number)
            continue
        before = max((word.x1 for word in row.words if word.x1 <= x + 1), default=-_FAR)
        after = min((word.x0 for word in row.words if word.x0 >= x - 1), default=_FAR)
        if after - before < _GUTTER * row.size:
            crossed.add(number)
    return frozenset(crossed)
