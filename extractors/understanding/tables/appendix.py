"""Answers in tables: every place of the appendix, wherever and in whatever shape it stands.

The form as it was sent, or nearly, is read here: rows are paired with items all at once, by title and number; tables
that go on from one another, repeated headers, rows cut by a page, merged places and tables turned on their side.
Every other table is left to `own_shapes.py`. What cannot be placed is left for ``unmapped``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from extractors.understanding.form import Case, leading_number
from extractors.understanding.ground.folding import letters, squeeze
from extractors.understanding.ground.lines import Grid, GridCell
from extractors.understanding.ground.topics import OTHER
from extractors.understanding.tables.answer_places import Part, Places
from extractors.understanding.tables.column_heads import WELL, named
from extractors.understanding.tables.layout import Layout, Layouts, same_heads
from extractors.understanding.tables.own_shapes import OwnShapes
from extractors.understanding.tables.row_items import TITLE, Row, RowItems
from extractors.understanding.tables.table_shapes import one_below_the_other

TOLD = 0.95  # confidence of a column that only the classifier names, of its score
SPLIT = 2  # columns, in the mean, that a column of the form may be split into
OUTRIGHT = 0.6  # least score of a heading of the form
DASHES = ("-", "–", "+", "*", "•")
_SUB_NUMBER = re.compile(r"^\s*(?:\d{1,2}\.\d|[a-hđ]\s*[.)]|[-+*•])")


class Reader:
    """Reads the tables of one case; lines already claimed count as absent."""

    def __init__(self, case: Case) -> None:
        self.case, self.flow, self.ledger, self.form = case, case.flow, case.ledger, case.form
        self.places = Places()
        self.layouts = Layouts(case)
        self.items = RowItems(case, self.layouts)
        self.text = self.layouts.text
        self.tables: dict[int, Grid] = {}
        self.left: list[Grid] = []
        """Tables that are not the form."""

    def read(self) -> Places:
        group: list[Layout] = []
        rows: list[Row] = []
        headless: list[Layout] = []
        for folded in self.flow.tables:
            table = one_below_the_other(folded, self.text)
            if table.rows * table.columns < 2 or not any(map(self.ledger.free, table.all_keys())):
                continue
            self.tables[table.index] = table
            grid = self._parted(group[0], table) if group else table
            layout = self.layouts.find(grid)
            if layout is not None and not layout.header:
                headless.append(layout)
            layout = layout if layout and self._plain(layout) else None
            if layout is None and group and (self._goes_on(group[-1], grid) or self._counts_on(group[-1], rows, grid)):
                layout = replace(group[-1], grid=grid, header=frozenset())
                group.append(layout)
                rows = self._rows(layout, rows, fresh=False)
                continue
            if layout is None:
                self.left.append(table)
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
        OwnShapes(self.layouts, self.places).read(
            [grid for grid in self.left if any(map(self.ledger.free, grid.all_keys()))]
        )
        for layout in headless:
            # by place alone, where nothing else tells
            if not any(self.ledger.owners.get(key) == "appendix" for key in layout.grid.all_keys()):
                self._place([layout], self._rows(layout, [], fresh=True))
        return self.places

    def _plain(self, layout: Layout) -> bool:
        """Whether a table is the form as it was sent, or nearly: columns named outright over rows that name items."""
        if layout.title is None:  # numbers alone name the items
            return (
                layout.number is not None
                and len(layout.heads) > 3
                and min(h.score for h in layout.heads.values()) >= WELL
            )
        matrix = layout.grid.matrix()
        if not layout.header:
            return False
        if any(named(self.form.item_scores(self.text(matrix[r][layout.title])), WELL) for r in layout.header):
            return False  # an item among the heads: cards side by side
        lead = {layout.number, layout.title}
        headed = {
            c
            for c in range(layout.grid.columns)
            if c not in lead and any(self.text(matrix[r][c]) for r in layout.header)
        }
        sure = {name for head in layout.heads.values() if head.score >= WELL for name in head.columns}
        strange = [c for c in headed - layout.heads.keys() if not self._aside(matrix, layout.header, c)]
        asked = {name for head in layout.heads.values() for name in head.columns}
        turned = len(layout.heads) > SPLIT * len(asked)  # a row for every answer
        if turned or len(sure) < 3 or strange or min(head.score for head in layout.heads.values()) < OUTRIGHT:
            return False
        over = {cell for r in layout.header for cell in matrix[r] if cell is not None and cell.column_span > 1}
        for cell in over:
            under = {
                layout.heads[c].columns for c in range(cell.column, cell.column + cell.column_span) if c in layout.heads
            }
            if len(under) > 1:
                return False  # a heading over several columns
        rows = [
            cells
            for r, cells in enumerate(matrix)
            if r not in layout.header and named(self.form.item_scores(self.text(cells[layout.title])), TITLE)
        ]
        beside = [cells for cells in rows if len({cell for cell in cells if cell is not None and self.text(cell)}) > 1]
        return len(rows) >= 2 and 2 * len(beside) >= len(rows)

    def _aside(self, matrix: list[list[GridCell | None]], header: Collection[int], c: int) -> bool:
        """Whether a heading asks what no form does: "Ghi chú"."""
        heading = " ".join(self.text(matrix[r][c]) for r in sorted(header))
        return self.form.heads.of(heading).get(OTHER, 0.0) >= 0.5

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
        return any(named(self.form.item_scores(self.text(cell)), TITLE) for cell in cells)

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
        if not placed:  # the form's heads over rows of no item that it knows
            self.left += [self.tables[layout.grid.index] for layout in group]
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
            for column in head.columns:
                label = head.label if column in split else ""
                self.places.offer(item, column, Part(keys, label, head.heading, sure))
            self.ledger.claim(keys, "appendix")

    def _claim_header(self, layout: Layout) -> None:
        matrix = layout.grid.matrix()
        for r in layout.header:
            self.ledger.claim((key for cell in matrix[r] if cell is not None for key in cell.keys), "form")


def read_appendix(case: Case) -> Places:
    """Every place the appendix tables of a case offer; lines used are claimed."""
    return Reader(case).read()
