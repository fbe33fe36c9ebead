"""Answers in tables: every place of the appendix, wherever and in whatever shape it stands.

Rows are paired with items all at once, by title and number. Tables that go on from one another, repeated headers, rows
cut by a page, merged places, tables turned on their side, one table an item, and stacked tables are read. What cannot
be placed is left for ``unmapped``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from extractors.understanding.form import Case, leading_number
from extractors.understanding.ground.folding import letters, squeeze
from extractors.understanding.ground.lines import Grid, GridCell
from extractors.understanding.tables.answer_places import Part, Places
from extractors.understanding.tables.banded import Banded
from extractors.understanding.tables.bare_layouts import bare
from extractors.understanding.tables.column_heads import WELL, named
from extractors.understanding.tables.labelled_cells import Labelled, labelled
from extractors.understanding.tables.layout import Layout, Layouts, same_heads
from extractors.understanding.tables.row_items import TITLE, Row, RowItems
from extractors.understanding.tables.stacked import Stacked
from extractors.understanding.tables.table_shapes import one_below_the_other

OVER_NAMES = 0.85  # how sure an item must be that stands over a table whose rows have names of their own
TOLD = 0.95  # confidence of a column that only the classifier names, of its score
DASHES = ("-", "–", "+", "*", "•")
_SUB_NUMBER = re.compile(r"^\s*(?:\d{1,2}\.\d|[a-hđ]\s*[.)]|[-+*•])")


class Reader:
    """Reads the tables of one case; lines already claimed count as absent."""

    def __init__(self, case: Case) -> None:
        self.case, self.flow, self.ledger, self.form = case, case.flow, case.ledger, case.form
        self.places = Places()
        self.layouts = Layouts(case)
        self.stacked = Stacked(self.layouts, self.places)
        self.banded = Banded(self.layouts, self.places, self.stacked)
        self.items = RowItems(case, self.layouts)
        self.text = self.layouts.text

    def read(self) -> Places:
        group: list[Layout] = []
        rows: list[Row] = []
        for folded in self.flow.tables:
            table = one_below_the_other(folded, self.text)
            if table.rows * table.columns < 2 or not any(map(self.ledger.free, table.all_keys())):
                continue
            if (self.stacked.repeats(table) and self.stacked.read(table)) or self.banded.read(table):
                continue
            grid = self._parted(group[0], table) if group else table
            layout = self.layouts.find(grid)
            if layout is None and group and (self._goes_on(group[-1], grid) or self._counts_on(group[-1], rows, grid)):
                last = group[-1]
                layout = replace(last, grid=grid, header=frozenset())
                group.append(layout)
                rows = self._rows(layout, rows, fresh=False)
                continue
            # labels down the side are surer than a header that only the classifier knows
            if (layout is None or layout.told) and self.stacked.read(grid):
                self._place(group, rows)
                group, rows = [], []
                continue
            # and so are labels in the cells, and the names of items beside text
            if layout is None or layout.told:
                if self._labelled(grid):
                    continue
                layout = layout if layout and layout.title is not None else bare(self.layouts, grid) or layout
            if layout is None:
                continue
            goes_on = (
                bool(group)
                and not self._captioned(layout)
                and same_heads(group[-1], layout)
                and (grid.continued or self._near(group[-1].grid, grid))
            )
            if not goes_on:
                self._place(group, rows)
                group, rows = [], []
            group.append(layout)
            rows = self._rows(layout, rows, fresh=not goes_on)
        self._place(group, rows)
        return self.places

    def _labelled(self, grid: Grid) -> bool:
        """A table whose heads say nothing: in each row an item, and a cell that answers several columns by labels."""
        read = False
        for cells in grid.matrix():
            row = list(dict.fromkeys(cell for cell in cells if cell is not None and self.text(cell)))
            items = [(at, item) for at, cell in enumerate(row[:2]) if (item := self.stacked.item_of(self.text(cell)))]
            for at, item in items[:1]:
                parts = [part for cell in row[at + 1 :] for part in self._parts(cell.keys, ())]
                for part in parts:
                    sure = min(item[1], 0.45 + 0.55 * part.score)
                    self.places.offer(item[0], part.column, Part(part.keys, "", self.text(row[at]), sure))
                    self.ledger.claim(part.keys, "appendix")
                if parts:
                    read = True
                    self.ledger.claim((key for cell in row[: at + 1] for key in cell.keys), "form")
                    self.places.tables.append(grid.index)
        return read

    def _parts(self, keys: Sequence[int], elsewhere: Collection[str]) -> list[Labelled]:
        return labelled(self.form, [line for line in self.flow.pick(keys) if not line.blank], elsewhere)

    def _parted(self, first: Layout, grid: Grid) -> Grid:
        """``grid`` with the end of a row cut by the page as a row of its own, where it shares cells with the header.

        A repeated header is told by the header that the table began with.
        """
        if grid.columns != first.grid.columns or not first.header:
            return grid
        last = max(first.header)
        top, whole = grid.matrix()[0], first.grid.matrix()[last]
        said = {cell: letters(self.text(cell)) for cell in whole if cell is not None}
        parts: dict[GridCell, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        for cell, known in zip(top, whole, strict=True):
            if cell is None or known is None or cell.row_span > 1 or cell.column != known.column:
                return grid
            at, text = 0, ""
            while at < len(cell.keys) and letters(text) != said[known]:
                text += self.flow.lines[cell.keys[at]].full
                at += 1
            if letters(text) != said[known]:
                return grid
            parts[cell] = (cell.keys[:at], cell.keys[at:])
        rest = [line for _, keys in parts.values() for line in self.flow.pick(keys) if not line.blank]
        if not rest or sum(map(bool, said.values())) < 2:
            return grid
        cells = [replace(cell, keys=parts[cell][0]) for cell in parts]
        cells += [replace(cell, row=1, keys=parts[cell][1]) for cell in parts]
        cells += [replace(cell, row=cell.row + 1) for cell in grid.cells if cell.row > 0]
        return replace(grid, rows=grid.rows + 1, cells=tuple(cells))

    def _goes_on(self, last: Layout, grid: Grid) -> bool:
        """Whether a table without header is the next part of ``last``."""
        if grid.columns != last.grid.columns or grid.depth != last.grid.depth:
            return False
        return grid.continued or self._near(last.grid, grid)

    def _counts_on(self, last: Layout, rows: list[Row], grid: Grid) -> bool:
        """Whether a table without header, behind some text, counts on from the last number of ``rows``."""
        if last.number is None or grid.columns != last.grid.columns or grid.depth != last.grid.depth:
            return False
        before = next((row.number for row in reversed(rows) if row.number is not None), None)
        first = grid.matrix()[0]
        number = leading_number(self.text(first[last.number]))
        named_here = last.title is not None and bool(named(self.form.item_scores(self.text(first[last.title])), TITLE))
        return before is not None and number == before + 1 and named_here

    def _captioned(self, layout: Layout) -> bool:
        """Whether the rows over a table's header name an item, as a caption does."""
        over = layout.grid.matrix()[: min(layout.header, default=0)]
        cells = dict.fromkeys(cell for row in over for cell in row if cell is not None)
        return any(self.stacked.item_named(self.text(cell)) for cell in cells)

    def _near(self, first: Grid, second: Grid) -> bool:
        """Whether nothing but page furniture and blank lines stands between two tables."""
        end = max(first.all_keys(), default=first.start)
        between = [line for line in self.flow.lines[end + 1 : second.start] if self.ledger.free(line)]
        return sum(len(line.full.strip()) for line in between) <= 12

    # -- rows --------------------------------------------------------------------------------------------------

    def _rows(self, layout: Layout, rows: list[Row], *, fresh: bool) -> list[Row]:
        """The logical rows of ``layout`` added to ``rows``."""
        matrix = layout.grid.matrix()
        head = [letters(self.text(cell)) for r in sorted(layout.header) for cell in matrix[r] if cell is not None]
        previous: GridCell | None = None
        section: Row | None = None
        for r, cells in enumerate(matrix):
            if r in layout.header or (layout.header and r < min(layout.header)):
                continue
            distinct = [cell for cell in dict.fromkeys(cells) if cell is not None]
            texts = [self.text(cell) for cell in distinct]
            if not any(texts) and not any(cell.row_span > 1 for cell in distinct):
                if distinct and rows and layout.title is None:
                    rows[-1].rows.append((layout, r))
                continue
            if self._repeats(texts, head) or self.layouts.headers.names_again(texts, cells):
                self.ledger.claim((key for cell in distinct for key in cell.keys), "form")
                continue
            filled = [(cell, text) for cell, text in zip(distinct, texts, strict=True) if text]
            if (
                len(filled) == 1
                and filled[0][0].column_span > max(2, layout.grid.columns // 2)
                and len(filled[0][1]) < 300
            ):
                scores = named(self.form.item_scores(filled[0][1]), TITLE)
                if scores or leading_number(filled[0][1]) is not None:
                    section = Row(leading_number(filled[0][1]), filled[0][1], [], list(filled[0][0].keys))
                    rows.append(section)
                continue
            number_cell = cells[layout.number] if layout.number is not None else None
            title_cell = cells[layout.title] if layout.title is not None else number_cell
            number_text, title = self.text(number_cell), self.text(title_cell)
            if title_cell is number_cell:
                number_text = ""
            if title_cell is not None and title_cell is previous and rows:
                rows[-1].rows.append((layout, r))
                continue
            previous = title_cell
            number = leading_number(number_text) if number_text else leading_number(title)
            titles = [
                *(number_cell.keys if number_cell else ()),
                *(title_cell.keys if title_cell and title_cell is not number_cell else ()),
            ]
            numbered = bool(_SUB_NUMBER.match(number_text or title)) or self._dotless(number_text, rows)
            # parts of what the whole table is about, not of each other
            alike = bool(rows) and title[:1] in DASHES and rows[-1].title[:1] == title[:1]
            numbered = numbered and not (alike and named(self.form.item_scores(title), TITLE))
            sub = numbered and not named(self.form.item_scores(title), 0.8)
            if rows and (r > 0 or not fresh) and self._continues(rows[-1], number_text, title, sub, section):
                rows[-1].rows.append((layout, r))
                if title and not sub:
                    rows[-1].title = squeeze(f"{rows[-1].title} {title}")
                    rows[-1].titles += titles
                continue
            rows.append(Row(number, title, [(layout, r)], titles, sub, number_text))
        return rows

    def _dotless(self, number: str, rows: list[Row]) -> bool:
        """Whether "51" under item 5 is 5.1 whose dot a scan lost."""
        figures = re.sub(r"\D", "", number)
        above = next((row.number for row in reversed(rows) if row.number is not None), None)
        known = {item.id for item in self.form.campaign.items}
        return len(figures) > 1 and int(figures) not in known and above is not None and figures.startswith(str(above))

    def _continues(self, last: Row, number: str, title: str, sub: bool, section: Row | None) -> bool:
        """Whether a row goes on with the item of the row before it."""
        if sub or (not number and not title):
            return True
        if section is last and not named(self.form.item_scores(title), 0.6):
            return True
        if number or not title:
            return False
        alone = max(self.form.item_scores(title).values(), default=0.0)
        before = self.form.item_scores(last.title)
        together = self.form.item_scores(f"{last.title} {title}")
        if not together:
            return False
        key = max(together, key=lambda item: together[item])
        return together[key] > max(alone, before.get(key, 0.0)) + 0.02

    def _repeats(self, texts: Iterable[str], head: list[str]) -> bool:
        found = [letters(text) for text in texts if text]
        return len(found) >= 2 and bool(head) and sum(text in head for text in found) >= 0.75 * len(found)

    # -- placing -----------------------------------------------------------------------------------------------

    def _place(self, group: list[Layout], rows: list[Row]) -> None:
        if not group:
            return
        placed = self.items.of(rows)
        if not placed:
            self._single(group, rows)
            return
        for layout in group:
            self._claim_header(layout)
            self.places.tables.append(layout.grid.index)
        for row, (item, confidence) in placed:
            self.ledger.claim(row.titles, "form")
            if row.number is not None:
                self.places.numbers.setdefault(row.number, item)
            for layout, r in row.rows:
                self._answer(layout, r, item, confidence)

    def _answer(self, layout: Layout, r: int, item: int, confidence: float) -> None:
        matrix_row = layout.grid.matrix()[r]
        split = {
            column
            for column in {name for head in layout.heads.values() for name in head.columns}
            if sum(column in head.columns for head in layout.heads.values()) > 1
        }
        for c, head in layout.heads.items():
            cell = matrix_row[c]
            keys = tuple(key for key in cell.keys if self.ledger.owners.get(key) in (None, "appendix")) if cell else ()
            sure = min(confidence, TOLD * head.score if head.told else 0.45 + 0.55 * min(head.score + 0.1, 1.0))
            elsewhere = {name for other, one in layout.heads.items() if other != c for name in one.columns}
            # under a heading that is named outright "Giải pháp: ..." is a part of what that asks
            parts = self._parts(keys, elsewhere) if head.score < WELL else []
            for part in parts:
                self.places.offer(
                    item, part.column, Part(part.keys, "", head.heading, min(sure, 0.45 + 0.55 * part.score))
                )
            for column in head.columns if not parts else ():
                label = head.label if column in split else ""
                self.places.offer(item, column, Part(keys, label, head.heading, sure))
            self.ledger.claim(keys, "appendix")

    def _claim_header(self, layout: Layout) -> None:
        matrix = layout.grid.matrix()
        for r in layout.header:
            self.ledger.claim((key for cell in matrix[r] if cell is not None for key in cell.keys), "form")

    def _single(self, group: list[Layout], rows: list[Row]) -> None:
        """A table that names columns but no item: the item is named above it."""
        layout = group[0]
        item = self.stacked.item_above(layout.grid, headed=layout.told)
        titles = {row.title for row in rows if row.title and not row.sub}
        apart = layout.title is not None and len(titles) > 1
        if item is None or (item[1] < OVER_NAMES and (apart or not self.case.answers_letter)):
            return
        for other in group:
            self._claim_header(other)
            self.places.tables.append(other.grid.index)
        for row in rows:
            for other, r in row.rows:
                self._answer(other, r, item[0], item[1])


def read_appendix(case: Case) -> Places:
    """Every place the appendix tables of a case offer; lines used are claimed."""
    return Reader(case).read()
