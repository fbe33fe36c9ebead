"""The texts in which figures count, with what their column heading and caption say about money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from extractors.understanding.amounts import measure
from extractors.understanding.answer_places import Part, Places, lines_of, shared_keys
from extractors.understanding.facts import Passage
from extractors.understanding.folding import fold, squeeze
from extractors.understanding.form import Case
from extractors.understanding.funding import source_of
from extractors.understanding.lines import Flow, Grid, Line, joined
from extractors.understanding.stretches import Narrative

_OTHERWISE = re.compile(r"\b(?:khac|con lai|ngoai)\b")


def passages(case: Case, appendix: Places, narrative: Narrative) -> list[Passage]:
    """Every text in which figures count: cells, text under item titles, points, and what nobody claimed."""
    flow, ledger = case.flow, case.ledger
    scale = _measures(flow, appendix)
    found = _cells(case, appendix, scale)
    for (item, column), stretch in narrative.places.items():
        found.append(Passage(lines=tuple(stretch.lines), item=item, column=column))
    for stretch in narrative.points.values():
        found += _plain(flow, [*stretch.headings, *stretch.lines], scale)
    rest = [
        line for line in flow.lines if ledger.free(line) and not line.blank and line.role not in ("header", "footer")
    ]
    return found + _plain(flow, rest, scale)


def _cells(case: Case, appendix: Places, scale: dict[int, int | None]) -> list[Passage]:
    """The cells of appendix tables, each once; one that answers several places belongs to none of them alone."""
    flow, ledger = case.flow, case.ledger
    money_columns = case.form.money_columns
    found: list[Passage] = []
    heading = {part.keys: part for parts in appendix.parts.values() for part in parts}
    rest = _over_the_page(flow, appendix)
    goes_on = set(rest.values())
    for keys, used in shared_keys(appendix):
        if keys in goes_on:
            continue
        part = heading[keys]
        items, columns = {item for item, _ in used}, {column for _, column in used}
        lines = [line for line in _whole(flow, part, heading, rest) if ledger.owners.get(line.key) == "appendix"]
        if not lines:
            continue
        column = columns.pop() if len(columns) == 1 else None
        head = part.label or part.heading
        if _OTHERWISE.search(fold(head)) and source_of(head) is None:
            head = f"{head} {_contrast(appendix, used, part)}"
        own = measure(part.heading)
        funds = bool(column in money_columns or source_of(head))
        table = flow.rows.get(keys[0], (-1, 0))[0]
        found.append(
            Passage(
                lines=tuple(lines),
                item=items.pop() if len(items) == 1 else None,
                column=column,
                head=head,
                scale=own or (scale.get(table) if funds else None),
                money=funds or own is not None,
            )
        )
    return found


Keys = tuple[int, ...]


def _over_the_page(flow: Flow, appendix: Places) -> dict[Keys, Keys]:
    """Cell → the cell in which it goes on at the head of the next page's table, by their keys."""
    continued = {grid.index for grid in flow.tables if grid.continued}
    found: dict[Keys, Keys] = {}
    for parts in appendix.parts.values():
        for part, following in pairwise([part for part in parts if part.keys]):
            (table, _), (other, _) = (flow.rows.get(one.keys[0], (-1, 0)) for one in (part, following))
            if table != other and other in continued and following.heading == part.heading:
                found[part.keys] = following.keys
    return found


def _whole(flow: Flow, part: Part, heading: Mapping[Keys, Part], rest: Mapping[Keys, Keys]) -> Iterator[Line]:
    """The lines of a cell and of what it goes on with."""
    keys: Keys | None = part.keys
    while keys is not None:
        yield from lines_of(flow, heading[keys])
        keys = rest.get(keys)


def _contrast(appendix: Places, used: Sequence[tuple[int, str]], part: Part) -> str:
    """What "Khác" means beside a column of the budget: money from outside it; "" where no such column stands there."""
    beside = {source_of(other.label) for place in used for other in appendix.parts[place] if other is not part}
    return "xã hội hóa" if "budget" in beside else ""


def _heads(flow: Flow, grid: Grid) -> dict[int, str]:
    """The heading over each grid column; one that is merged over several goes on in the row under it."""
    found: dict[int, str] = {}
    merged = {
        cell.column + at
        for cell in grid.cells
        if cell.row == 0 and cell.column_span > 1
        for at in range(cell.column_span)
    }
    for cell in grid.cells:
        if cell.row == 0 or (cell.row == 1 and cell.column in merged):
            text = squeeze(joined(flow.pick(cell.keys)))
            for column in range(cell.column, cell.column + cell.column_span):
                found[column] = f"{found[column]} {text}" if column in found else text
    return found


def _plain(flow: Flow, lines: list[Line], scale: dict[int, int | None]) -> list[Passage]:
    """Running text as one passage; tables in it cell by cell with the heading above each cell."""
    rows, tables = flow.rows, {grid.index: grid for grid in flow.tables}
    found = []
    text = tuple(line for line in lines if line.key not in rows)
    if text:
        found.append(Passage(lines=text))
    inside = {line.key for line in lines if line.key in rows}
    for index in dict.fromkeys(rows[key][0] for key in sorted(inside)):
        grid = tables[index]
        heads = _heads(flow, grid)
        for cell in grid.cells:
            keys = [key for key in cell.keys if key in inside and not flow.lines[key].blank]
            if not keys:
                continue
            head = heads.get(cell.column, "") if cell.row else ""
            own = measure(head)
            funds = bool(
                source_of(head)
                or re.search(r"\b(?:kinh phi|so tien|thanh tien|nguon von|tong (?:cong|chi|von))\b", fold(head))
            )
            found.append(
                Passage(
                    lines=tuple(flow.pick(keys)),
                    head=head,
                    scale=own or (scale.get(index) if funds else None),
                    money=own is not None or (funds and grid.rows > 1),
                )
            )
    return found


def _measures(flow: Flow, appendix: Places) -> dict[int, int | None]:
    """Table → the unit of money stated for it; a table over several pages states it once."""
    scale: dict[int, int | None] = {}
    before: Grid | None = None
    for grid in flow.tables:
        scale[grid.index] = _table_measure(flow, grid)
        if scale[grid.index] is None and before is not None and before.columns == grid.columns:
            both = before.index in appendix.tables and grid.index in appendix.tables
            end = max(before.all_keys(), default=before.start)
            between = sum(len(line.full.strip()) for line in flow.lines[end + 1 : grid.start])
            if grid.continued or (both and between <= 12):
                scale[grid.index] = scale[before.index]
        if grid.depth == 0:
            before = grid
    return scale


def _table_measure(flow: Flow, grid: Grid) -> int | None:
    """The unit of money stated in a table's first rows or in the few lines above it."""
    above = [
        line for line in flow.lines[max(0, grid.start - 6) : grid.start] if not line.blank and line.table != grid.index
    ]
    inside = flow.pick(key for cell in grid.cells if cell.row <= 2 for key in cell.keys)
    for line in [*inside, *reversed(above)]:
        if len(line.full) <= 200 and re.search(r"\b(?:dvt|don vi tinh|don vi)\b", line.folded):
            found = measure(line.full)
            if found:
                return found
    # "Chi qua các năm (triệu đồng):" leads up to the table
    bracket = re.search(r"\([^()]*\)\s*:?\s*$", above[-1].full) if above else None
    return measure(bracket[0]) if bracket else None
