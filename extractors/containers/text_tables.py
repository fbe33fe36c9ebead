"""Tables that lost their form when a document was saved as text.

Three shapes are known:

- *cell dump*: every cell starts on a new line with a tab, cells may hold several lines, rows follow one another without
  a mark. The running numbers of the first column tell how many cells make a row.
- *tabbed rows*: one row a line, cells parted by tabs (a spreadsheet copied or saved as text).
- *drawn rows*: one row a line, cells parted by ``|`` or box-drawing characters.

What fits no shape stays a paragraph per line, in order.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from extractors.document import Block, Cell, Paragraph, Provenance, Span, Table


class Line(NamedTuple):
    """A line of the file: its number (from 1) and its text without the line end."""

    number: int
    text: str


class DumpedCell(NamedTuple):
    """A cell of a cell dump: its lines, the first without its tab; ``at`` is the index of the first line."""

    at: int
    lines: tuple[Line, ...]

    @property
    def label(self) -> int | None:
        """The running number, where the cell holds nothing else."""
        words = [line.text.strip() for line in self.lines if line.text.strip()]
        match = re.fullmatch(r"\(?0*(\d{1,3})[.)]?", words[0]) if len(words) == 1 else None
        return int(match.group(1)) if match else None

    @property
    def filled(self) -> int:
        """How many lines hold text."""
        return sum(1 for line in self.lines if line.text.strip())


Rows = list[list[tuple[Line, ...]]]

_MAX_COLUMNS = 40
_MAX_ROWS = 5000
_MAX_QUOTED_LINES = 50
_LEAST_ROWS = 3
_RULE = re.compile(r"[\s|+:=_\-─━═┄┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╒╕╘╛╞╡╤╧╪]+")
_UPRIGHT = str.maketrans("│┃║¦", "||||")
_SHORT_HEADER = re.compile(r"[^\d]{1,16}")
_GROUP_LABEL = re.compile(r"\(?([IVXL]{1,6}|[A-Za-zĐđ]|\d{1,3}(\.\d{1,3}){0,3})[.)]?")


def tabulate(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Paragraphs and tables of a text in order; blank lines outside tables are left out."""
    blocks: list[Block] = []
    tables = 0
    at = 0
    dumps = {dump.start: dump for dump in _dumps(lines)}
    starts = sorted(dumps, reverse=True)
    while at < len(lines):
        dump = dumps.get(at)
        if dump is not None:
            tables += 1
            blocks.append(_table(dump.rows, dump.columns, tables))
            at = dump.end
            continue
        while starts and starts[-1] <= at:
            starts.pop()
        limit = starts[-1] if starts else len(lines)
        rows, end = _drawn_rows(lines, at, limit)
        segments = [(rows, end)] if rows else _tabbed_segments(lines, at, limit)
        for rows, end in segments:
            if rows:
                tables += 1
                blocks.append(_table(rows, max(map(len, rows)), tables))
            else:
                blocks += [_paragraph(line) for line in lines[at:end] if line.text.strip()]
            at = end
    return tuple(blocks)


class Dump(NamedTuple):
    """A rebuilt cell dump: lines ``start``..``end`` (indexes) as ``rows`` of cells, each a tuple of lines."""

    start: int
    end: int
    columns: int
    rows: Rows


def _dumps(lines: Sequence[Line]) -> list[Dump]:
    """Every cell dump in the text, found by its running numbers."""
    found: list[Dump] = []
    cells = _dumped_cells(lines)
    places: dict[int, list[int]] = {}
    for i, cell in enumerate(cells):
        if (label := cell.label) is not None:
            places.setdefault(label, []).append(i)
    at = 0
    while True:
        chain = _first_chain(places, at)
        if chain is None:
            return found
        dump, at = _rebuild(lines, cells, chain, at)
        found.append(dump)


def _dumped_cells(lines: Sequence[Line]) -> list[DumpedCell]:
    """Cells that start with a tab, each up to the next; lines with inner tabs are rows, not cells."""
    starts = [i for i, line in enumerate(lines) if line.text.startswith("\t") and "\t" not in line.text[1:].rstrip()]
    cells: list[DumpedCell] = []
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else len(lines)
        first = Line(lines[start].number, lines[start].text[1:])
        cells.append(DumpedCell(start, (first, *lines[start + 1 : end])))
    return cells


class Chain(NamedTuple):
    """Running numbers at ``anchors`` (indexes of cells), mostly ``columns`` cells apart."""

    columns: int
    anchors: list[int]


def _first_chain(places: dict[int, list[int]], begin: int) -> Chain | None:
    """The first run of numbers 1, 2, 3 ... at a regular distance that no longer run overlaps.

    ``places``: number → indexes of the cells that hold it, in order.
    """
    best: Chain | None = None
    ones = places.get(1, [])
    twos = set(places.get(2, []))
    for start in ones[bisect_left(ones, begin) :]:
        if best is not None and start > best.anchors[-1]:
            break
        for columns in range(2, _MAX_COLUMNS + 1):
            if start + columns not in twos:
                continue
            chain = Chain(columns, _follow(places, start, columns))
            regular = sum(b - a == columns for a, b in zip(chain.anchors, chain.anchors[1:], strict=False))
            if len(chain.anchors) < _LEAST_ROWS or regular < len(chain.anchors) // 2:
                continue
            if best is None or len(chain.anchors) > len(best.anchors):
                best = chain
    return best


def _follow(places: dict[int, list[int]], start: int, columns: int) -> list[int]:
    """Go on from ``start`` to the next number, first where it is due.

    A number at another distance (a cell too many or too few) counts only where the number after it is due again:
    figures inside cells are no row starts.
    """
    anchors = [start]
    while True:
        here, wanted = anchors[-1], len(anchors) + 1
        following, after = places.get(wanted, []), places.get(wanted + 1, [])
        due = here + columns
        found: int | None = due
        if not _holds(following, due):
            low, high = bisect_left(following, here + 2), bisect_right(following, here + 3 * columns)
            near = sorted(following[low:high], key=lambda at: ((at - here) % columns > 0, abs(at - due)))
            found = next((at for at in near if (at - here) % columns == 0 or _holds(after, at + columns)), None)
        if found is None:
            return anchors
        anchors.append(found)


def _holds(ordered: Sequence[int], wanted: int) -> bool:
    at = bisect_left(ordered, wanted)
    return at < len(ordered) and ordered[at] == wanted


def _rebuild(lines: Sequence[Line], cells: Sequence[DumpedCell], chain: Chain, begin: int) -> tuple[Dump, int]:
    """The table around a chain of numbers, and the index of the first cell after it."""
    columns = chain.columns
    first = chain.anchors[0]
    header = 0
    while header < 2 and first - (header + 1) * columns >= begin:
        corner = cells[first - (header + 1) * columns]
        if corner.filled != 1 or not _SHORT_HEADER.fullmatch(corner.lines[0].text.strip()):
            break
        header += 1
    start = first - header * columns
    bounds = [*range(start, first, columns), *chain.anchors]
    end = bounds[-1] + columns
    # rows of totals, groups and unnumbered rows go on at the same distance
    while end + columns <= len(cells) and _starts_row(cells[end]):
        bounds.append(end)
        end += columns
    end = min(end, len(cells))
    rows: Rows = []
    for left, right in zip(bounds, [*bounds[1:], end], strict=True):
        rows += _rows_between(cells[left:right], columns)
    stop = cells[end].at if end < len(cells) else len(lines)
    stop -= _release(rows, columns)
    return Dump(cells[start].at, stop, columns, rows), end


def _starts_row(cell: DumpedCell) -> bool:
    text = cell.lines[0].text.strip()
    return cell.filled <= 1 and (
        not text or bool(_GROUP_LABEL.fullmatch(text)) or text.casefold().startswith(("tổng", "cộng"))
    )


def _rows_between(cells: Sequence[DumpedCell], columns: int) -> Rows:
    """The cells from one running number to the next as rows: one row, or several where the count is a multiple."""
    contents = [cell.lines for cell in cells]
    if len(contents) > columns and len(contents) % columns == 0:
        return [contents[i : i + columns] for i in range(0, len(contents), columns)]
    if len(contents) > columns:
        # a cell whose own lines begin with tabs: what is too much belongs to the longest stretch, kept in the last cell
        tail = tuple(line for content in contents[columns - 1 :] for line in content)
        return [[*contents[: columns - 1], tail]]
    return [contents]


def _release(rows: Rows, columns: int) -> int:
    """Give back the lines after the table that cling to its last cell; returns how many lines.

    A complete last row ends at the blank line that ends every row; where rows end without one, and in a row that
    breaks off, the cell keeps as many lines as the same column holds at most in the other rows.
    """
    last = rows[-1]
    column = len(last) - 1
    content = last[column]
    others = [row[column] for row in rows[:-1] if len(row) > column]
    complete = len(last) == columns
    marked = complete and sum(1 for other in others if not other[-1].text.strip() and len(other) > 1) >= len(others) / 2
    keep = len(content)
    if marked:
        keep = next((i for i, line in enumerate(content) if i > 0 and not line.text.strip()), len(content))
    else:
        most = max((sum(1 for line in other if line.text.strip()) for other in others), default=1)
        seen = 0
        for i, line in enumerate(content):
            seen += bool(line.text.strip())
            if seen > max(most, 1):
                keep = i
                break
    last[column] = content[:keep]
    return len(content) - keep


def _tabbed_segments(lines: Sequence[Line], at: int, limit: int) -> list[tuple[Rows, int]]:
    """The lines with tabs from line ``at`` on as (rows, index after them); no rows where the lines are no table."""
    rows: Rows = []
    ends: list[int] = []
    here = at
    while here < limit and "\t" in lines[here].text.strip():
        fields, here = _fields(lines, here, limit)
        rows.append(fields)
        ends.append(here)
    if not rows:
        return [([], at + 1)]
    if _is_regular(rows):
        return [(_without_empty_columns(rows), here)]
    segments: list[tuple[Rows, int]] = []
    begin = 0
    for _, alike in groupby(rows, key=len):
        group = list(alike)
        begin += len(group)
        segments.append((_without_empty_columns(group) if _is_regular(group) else [], ends[begin - 1]))
    return segments


def _is_regular(rows: Rows) -> bool:
    """Rows that agree on their width; two columns need a third row, or a letterhead would become a table."""
    (width, agreeing), widest = Counter(map(len, rows)).most_common(1)[0], max(map(len, rows))
    used = len(_used_columns(rows))
    if agreeing < 0.6 * len(rows) or widest > _MAX_COLUMNS or width < 2:
        return False
    return len(rows) >= (2 if used >= 3 else _LEAST_ROWS) and used >= 2


def _used_columns(rows: Rows) -> list[int]:
    return sorted({c for row in rows for c, content in enumerate(row) if any(line.text.strip() for line in content)})


def _without_empty_columns(rows: Rows) -> Rows:
    """Several tabs in a row align text by eye; a column that is empty throughout is such a gap."""
    used = _used_columns(rows)
    return [[row[c] for c in used if c < len(row)] for row in rows]


def _fields(lines: Sequence[Line], at: int, limit: int) -> tuple[list[tuple[Line, ...]], int]:
    """The cells of one tabbed row; a cell in double quotes may run over several lines."""
    number, text = lines[at]
    end = at + 1
    if re.search(r'(^|\t)"', text):
        quoted, stop = text, end
        while quoted.count('"') % 2 and stop < min(limit, end + _MAX_QUOTED_LINES):
            quoted += "\n" + lines[stop].text
            stop += 1
        if quoted.count('"') % 2 == 0:
            text, end = quoted, stop
    fields: list[tuple[Line, ...]] = []
    for found in re.finditer(r'(?:^|\t)(?:"((?:[^"]|"")*)"(?=\t|$)|([^\t]*))', text):
        value = found.group(1).replace('""', '"') if found.group(1) is not None else found.group(2)
        fields.append(tuple(Line(number, part) for part in value.split("\n")))
    return fields, end


def _drawn_rows(lines: Sequence[Line], at: int, limit: int) -> tuple[Rows, int]:
    """Rows of cells parted by upright bars from line ``at`` on; empty where the lines there are no such table."""
    limit = min(limit, at + _MAX_ROWS)
    here = at
    drawn: list[tuple[Line, list[str] | None]] = []
    while here < limit:
        text = lines[here].text.translate(_UPRIGHT).strip()
        is_rule = bool(text) and bool(_RULE.fullmatch(text)) and len(text) > 2
        if not is_rule and text.count("|") < 2 and not (drawn and "|" in text):
            break
        inner = text.removeprefix("|").removesuffix("|")
        drawn.append((lines[here], None if is_rule else [cell.strip() for cell in inner.split("|")]))
        here += 1
    widths = Counter(len(cells) for _, cells in drawn if cells is not None)
    if not widths or sum(widths.values()) < 2:
        return [], at
    width, agreeing = widths.most_common(1)[0]
    if width < 2 or width > _MAX_COLUMNS or agreeing < 0.6 * sum(widths.values()):
        return [], at
    rules = sum(1 for _, cells in drawn if cells is None)
    # rules between all rows: what stands between two rules is one row of several lines
    boxed = rules >= 4
    rows: Rows = []
    fresh = True
    for line, cells in drawn:
        if cells is None:
            fresh = True
            continue
        content = [tuple([Line(line.number, cell)] if cell else []) for cell in cells]
        if boxed and not fresh and rows and len(rows[-1]) == len(content):
            rows[-1] = [above + below for above, below in zip(rows[-1], content, strict=True)]
        else:
            rows.append(content)
        fresh = False
    return rows, here


def _table(rows: Sequence[Sequence[tuple[Line, ...]]], columns: int, number: int) -> Table:
    first = next((content[0].number for row in rows for content in row if content), 0)
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        for c in range(columns):
            content = row[c] if c < len(row) else ()
            at = content[0].number if content else next((x[0].number for x in row if x), first)
            cells.append(
                Cell(
                    row=r,
                    column=c,
                    blocks=tuple(_paragraph(line) for line in content if line.text.strip()),
                    where=Provenance(block=f"table[{number}]/row[{r + 1}]/cell[{c + 1}]/line[{at}]"),
                )
            )
    return Table(rows=len(rows), columns=columns, cells=tuple(cells), where=Provenance(block=f"line[{first}]"))


def _paragraph(line: Line) -> Paragraph:
    return Paragraph(spans=(Span(text=line.text),), where=Provenance(block=f"line[{line.number}]"))
