"""The texts in which figures count, with what their column heading and caption say about money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from extractors.report import FundingSource
from extractors.understanding.figures.amounts import ends_in_numeral, measure
from extractors.understanding.figures.facts import Passage
from extractors.understanding.figures.money_tables import OTHERWISE, MoneyTable, Told
from extractors.understanding.figures.payers import source_of, sources_in_order
from extractors.understanding.figures.pointing import of_table_above
from extractors.understanding.form import Case
from extractors.understanding.ground.folding import fold, squeeze
from extractors.understanding.ground.lines import Flow, Grid, Line
from extractors.understanding.narrative.stretches import Narrative
from extractors.understanding.tables.answer_places import Part, Places, lines_of, shared_keys

_STATES_UNIT = re.compile(r"^\W*(?:dvt|don vi tinh|don vi)\W")
CAPTION = 160  # letters of a line that leads to a table


def passages(case: Case, appendix: Places, narrative: Narrative) -> list[Passage]:
    """Every text in which figures count: cells, text under item titles, points, and what nobody claimed."""
    flow, ledger = case.flow, case.ledger
    tables = _money_tables(flow, appendix)
    found = _cells(case, appendix, tables)
    for (item, column), stretch in narrative.places.items():
        found += _plain(flow, stretch.lines, tables, item, column)
    for stretch in narrative.points.values():
        found += _plain(flow, [*stretch.headings, *stretch.lines], tables)
    rest = [
        line for line in flow.lines if ledger.free(line) and not line.blank and line.role not in ("header", "footer")
    ]
    return found + _plain(flow, rest, tables)


def _cells(case: Case, appendix: Places, tables: Mapping[int, MoneyTable]) -> list[Passage]:
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
        asked = source_of(head) or _contrast(appendix, used, part, head)
        own = measure(part.heading)
        funds = bool(column in money_columns or asked)
        table = tables.get(flow.rows.get(keys[0], (-1, 0))[0])
        beside = table.beside(keys) if table else Told(money=False)
        over = table.source_of_all if table and funds and not sources_in_order(head) else None
        found.append(
            Passage(
                lines=tuple(lines),
                item=items.pop() if len(items) == 1 else None,
                column=column,
                head=head,
                scale=own or beside.scale or (table.stated if table and funds else None),
                money=funds or own is not None or beside.money,
                source=asked or beside.source or over,
                order=() if asked else sources_in_order(head),
            )
        )
    return found


def _money_tables(flow: Flow, appendix: Places) -> dict[int, MoneyTable]:
    """Every table by its number; one that a page cut keeps the headings of its first part."""
    scale = _measures(flow, appendix)
    found: dict[int, MoneyTable] = {}
    before: MoneyTable | None = None
    for grid in flow.tables:
        both = before is not None and {before.grid.index, grid.index} <= set(appendix.tables)
        cut = before is not None and before.grid.columns == grid.columns and (grid.continued or both)
        made = MoneyTable(flow, grid, scale.get(grid.index), _caption(flow, grid), before if cut else None)
        made.behind = _told_behind(flow, grid)
        found[grid.index] = made
        if grid.depth == 0:
            before = made
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


def _contrast(appendix: Places, used: Sequence[tuple[int, str]], part: Part, head: str) -> FundingSource | None:
    """What "Khác" means beside a column of the budget: money from outside it."""
    if not OTHERWISE.search(fold(head)):
        return None
    beside = {source_of(other.label) for place in used for other in appendix.parts[place] if other is not part}
    return "socialised" if "budget" in beside else None


def _caption(flow: Flow, grid: Grid) -> str:
    """The line that leads to a table, "" where the line above it does not."""
    above = [line for line in flow.lines[max(0, grid.start - 4) : grid.start] if not line.blank]
    if not above or not _leads(above[-1]):
        return ""
    leads = [line for line in above[-2:] if _leads(line) and not _STATES_UNIT.match(line.folded)]
    return squeeze(leads[-1].full) if leads else ""


def _told_behind(flow: Flow, grid: Grid) -> FundingSource | None:
    """The source that the line under a table tells of all that stands in it, if it does."""
    end = max(grid.all_keys(), default=grid.start)
    under = next((line for line in flow.lines[end + 1 : end + 4] if not line.blank), None)
    return of_table_above(squeeze(under.full)) if under is not None and under.table is None else None


def _leads(line: Line) -> bool:
    """Whether a line may be the caption of what follows: no sentence that ended."""
    return line.table is None and len(line.full) <= CAPTION and not line.full.rstrip().endswith((".", ";"))


def _plain(
    flow: Flow, lines: list[Line], tables: Mapping[int, MoneyTable], item: int | None = None, column: str | None = None
) -> list[Passage]:
    """Running text as one passage; tables in it cell by cell with what the table tells of each."""
    rows = flow.rows
    found = []
    text = tuple(line for line in lines if line.key not in rows)
    if text:
        found.append(Passage(lines=text, item=item, column=column))
    inside = {line.key for line in lines if line.key in rows}
    for index in dict.fromkeys(rows[key][0] for key in sorted(inside)):
        for cell in tables[index].grid.cells:
            keys = [key for key in cell.keys if key in inside and not flow.lines[key].blank]
            if not keys:
                continue
            of = tables[index].tell(cell)
            found.append(
                Passage(
                    lines=tuple(flow.pick(keys)),
                    item=item,
                    column=column,
                    scale=of.scale,
                    money=of.money,
                    source=of.source,
                    order=of.order,
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
        if len(line.full) <= 200 and re.search(r"\b(?:dvt|don vi tinh|don vi|tinh bang|tinh theo)\b", line.folded):
            found = measure(line.full)
            if found:
                return found
    end = max(grid.all_keys(), default=grid.start)
    under = next((line for line in flow.lines[end + 1 : end + 4] if not line.blank), None)
    if under is not None and under.table is None and _STATES_UNIT.match(under.folded):
        return measure(under.full)
    # "Chi qua các năm (triệu đồng):" leads up to the table
    last = above[-1].full.rstrip(" .:") if above and len(above[-1].full) <= CAPTION else ""
    bracket = re.search(r"\([^()]*\)$|(?<=[^\W\d])[,;–-]?\s+(?:nghìn|ngàn|triệu|tỷ|tỉ) đồng$", last)
    parted = bracket is not None and (bracket[0][0] in "(,;–-" or not ends_in_numeral(last[: bracket.start()]))
    return measure(bracket[0]) if bracket and parted else None
