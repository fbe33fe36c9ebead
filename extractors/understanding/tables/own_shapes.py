"""Tables in a shape of the unit's own: what `axes.py` finds in them, put in its places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.understanding.form import without_unit
from extractors.understanding.ground.folding import fold, letters
from extractors.understanding.ground.lines import Grid
from extractors.understanding.tables.answer_places import Part, Places
from extractors.understanding.tables.axes import Axes, Meaning
from extractors.understanding.tables.cell_kinds import Kind, kind_of
from extractors.understanding.tables.column_heads import WELL, CellTexts
from extractors.understanding.tables.label_weights import Weights
from extractors.understanding.tables.layout import Layouts
from extractors.understanding.tables.records import (
    AROUND,
    CAPTION,
    INLINE,
    PLACE,
    TITLE_LENGTH,
    Around,
    Cut,
    Label,
    Record,
    apart,
    legend_of,
    parted,
    side_heads,
    ways,
)
from extractors.understanding.tables.row_items import Row, RowItems

ROWS = 150  # of a table that are weighed
NAMED, BELOW = 0.55, 2  # score of an item's title, and how many stand below the first where no header is
CAPTION_LINES = 3  # above a table that may name what it is about
FARTHER = 2.0  # weight by which a line must speak more than one nearer to the table
SPENT = 0.75  # mean probability of items in a table of sums alone
ALIKE = 0.6  # share of labels in common of tables of one make
FAR_FETCHED = 1.0  # lead of a reading that takes a cell alone in its row for a band
ASKS = 3.0  # weight of a head that asks a column
UNSURE = 0.55  # the most of an answer whose column no label names
SURE, MORE = 0.3, 0.5  # confidence of an answer: least, and what the probability of its labels adds

_KIND = re.compile(
    r"^\W*(?:bao cao|to trinh|ke hoach|phu luc|bieu mau)\W*$|\b(?:cong van|de an|v/v|ve viec|kinh gui)\b"
)
"""What names the document, and no table in it."""
_FRAME = re.compile(r"^\W*(?:noi nhan\s*:|cong hoa xa hoi chu nghia\b)")
"""What opens a cell of the letterhead or of the signature, which are drawn as tables."""


class OwnShapes:
    """Reads such tables of one case into ``places``."""

    def __init__(self, layouts: Layouts, places: Places) -> None:
        self.case, self.text, self.places = layouts.case, layouts.text, places
        self.flow, self.ledger, form = self.case.flow, self.case.ledger, self.case.form
        self.weights = Weights(self.case, layouts.heads)
        items = RowItems(self.case, layouts)
        self.axes = Axes(
            self.weights,
            lambda title, number: items.several(Row(None, title, [], number_text=number)),
            form.money_columns | form.result_columns,
        )

    def read(self, grids: Sequence[Grid]) -> None:
        """Read those of ``grids`` that can be; tables of one make are read as one."""
        read: list[tuple[list[Grid], list[Around], Meaning | None]] = []
        answering = [grid for grid in grids if not any(_FRAME.search(fold(self.text(cell))) for cell in grid.cells)]
        for family in self._families(_whole(answering, self.text)):
            around = [self._around(grid) for grid in family]
            meaning = self._meaning(family, around)
            joined = self._joined(read[-1], family, meaning) if read else None
            if joined is not None:
                read[-1] = joined
            else:
                read.append((family, around, meaning))
        for family, around, meaning in read:
            if meaning is None:
                continue
            for grid, beside in zip(family, around, strict=True):
                records = apart(grid, meaning.cut, self.text, self.flow, beside)
                self._offer(grid, meaning, records)

    def _joined(
        self, before: tuple[list[Grid], list[Around], Meaning | None], family: list[Grid], own: Meaning | None
    ) -> tuple[list[Grid], list[Around], Meaning | None] | None:
        """A table with the one before it, where both say more as one: its header stands over the first part alone."""
        grids, around, meaning = before
        if meaning is None or len(family) != 1 or grids[-1].columns != family[0].columns:
            return None
        whole = [*grids[:-1], _below(grids[-1], family[0])]
        found = self._meaning(whole, around)
        alone = meaning.weight + (own.weight if own else 0.0)
        return (whole, around, found) if found is not None and found.weight > alone else None

    def _families(self, grids: Sequence[Grid]) -> list[list[Grid]]:
        families: list[list[Grid]] = []
        for grid in grids:
            for family in families:
                if _alike(family[-1], grid, self.text):
                    family.append(grid)
                    break
            else:
                families.append([grid])
        return families

    def _around(self, grid: Grid) -> Around:
        """What stands around a table: above all the line over it that speaks most of an item or a column."""
        lines = []
        for line in reversed(self.flow.lines[max(0, grid.start - 12) : grid.start]):
            if line.table is not None and not line.blank:
                break
            if letters(without_unit(line.full)) and self.ledger.free(line):
                lines.append(line)
            if len(lines) >= CAPTION_LINES:
                break
        legend = legend_of(self.flow, grid)
        if not lines:
            return Around({}, legend)

        def speaks(at: int) -> float:
            text = lines[at].full
            if len(text) > TITLE_LENGTH or _KIND.search(fold(text)):
                return -FARTHER * CAPTION_LINES
            label = Label(text, ())
            by_item, by_column = self.weights.item_of_label(label)[0], self.weights.column_of_label(label, [])[0]
            return max(*by_item.values(), *by_column.values()) - FARTHER * at

        at = max(range(len(lines)), key=speaks)
        return Around({CAPTION: Label(lines[at].full, (lines[at].key,))}, legend)

    def _meaning(self, family: Sequence[Grid], around: Sequence[Around]) -> Meaning | None:
        inside = any(
            INLINE in record.labels
            for grid in family
            for cell in grid.cells
            for record in parted(Record(cell.keys, "", {}), self.flow)
        )
        if any(self._of_places(grid) for grid in family):
            return None
        tops = [_top(grid) for grid in family]
        best: Meaning | None = None
        for cut in ways(tops[0], self.text, inside):
            if self._heads_name_items(family[0], cut):
                continue
            never = self._answers_at_side(family[0], cut)
            records = [
                record
                for grid, beside in zip(tops, around, strict=True)
                for record in apart(grid, cut, self.text, self.flow, beside)
            ]
            over = (best.weight if best else 0.0) + (FAR_FETCHED if cut.lone else 0.0)
            best = (self.axes.best(cut, records, over, never) if records else None) or best
        if best is not None and self._breaks_money_down(family, best):
            return None
        return best

    def _breaks_money_down(self, family: Sequence[Grid], meaning: Meaning) -> bool:
        """Whether tables of sums alone belong to the text that leads up to them, or tell what else was bought."""
        asked = {column for columns, _ in meaning.columns.places.values() for column in columns}
        if not asked <= self.axes.weights.form.money_columns or meaning.columns.axis in AROUND:
            return False
        above = [line for line in self.flow.lines[max(0, family[0].start - 4) : family[0].start] if not line.blank]
        return meaning.items.share < SPENT or (bool(above) and above[-1].full.rstrip().endswith(":"))

    def _of_places(self, grid: Grid) -> bool:
        """Whether rows are named by schools or wards: what stands beside these is about them."""
        matrix = grid.matrix()
        columns = [[self.text(row[c]) for row in matrix[1:]] for c in range(min(2, grid.columns))]
        return any(kind_of(texts) is Kind.PLACES for texts in columns)

    def _heads_name_items(self, grid: Grid, cut: Cut) -> bool:
        """Whether the first row on top names an item in a label column, or over others: then it is no header."""
        matrix = grid.matrix()
        scores = self.axes.weights.form.item_scores

        def names(r: int, c: int, least: float) -> bool:
            return max(scores(self.text(matrix[r][c])).values(), default=0.0) >= least

        named = [c for c in range(grid.columns) if cut.top and names(0, c, WELL)]
        if any(c in cut.side for c in named):
            return True
        return len(named) == 1 and sum(names(r, named[0], NAMED) for r in range(1, min(grid.rows, ROWS))) >= BELOW

    def _answers_at_side(self, grid: Grid, cut: Cut) -> set[str]:
        """Axes of label columns under a head that asks what the letter asks: what stands there names no item."""
        found = set()
        for axis, head in side_heads(grid, cut, self.text).items():
            by_column, aside = self.axes.weights.column_of_label(Label(head, ()), [])
            if max(by_column.values()) - aside >= ASKS:
                found.add(axis)
        return found

    def _offer(self, grid: Grid, meaning: Meaning, records: Sequence[Record]) -> None:
        found = [
            (record, item, column)
            for record in records
            if (item := meaning.items.of(record)) and (column := meaning.columns.of(record))
        ]
        inline = meaning.columns.axis == INLINE
        heads: dict[tuple[int, str], dict[str, str]] = {}  # heads of one place, with the last part of each
        for record, (items, _), (columns, _) in found:
            # a cell may hold several answers of one column, a column of the table holds one throughout
            place = items[0] if inline else 0, columns[0]
            head = record.labels[meaning.columns.axis]
            heads.setdefault(place, {})[head.text] = (head.parts or (head.text,))[-1]
        for record, (items, item_share), (columns, column_share) in found:
            head = record.labels[meaning.columns.axis]
            keys = tuple(key for key in record.keys if self.ledger.owners.get(key) in (None, "appendix"))
            heading = "" if meaning.columns.axis == PLACE else head.text
            sure = SURE + MORE * min(item_share, column_share)
            sure = min(sure, UNSURE) if meaning.columns.axis == PLACE else sure
            beside = heads[items[0] if inline else 0, columns[0]]
            split = len(beside) > 1
            label = ""
            if split and not inline:
                # "2022 NSNN" beside "2023 NSNN" is told whole
                label = heading if len(set(beside.values())) < len(beside) else beside[head.text]
            asked = heading if inline and not split else ""
            for one in items:
                self.places.offer(one, columns[0], Part(keys, label, heading, sure, asked))
            self.ledger.claim(keys, "appendix")
        for record, _, _ in found:
            for axis in (meaning.items.axis, meaning.columns.axis):
                self.ledger.claim(record.labels[axis].keys, "form")
        if found:
            self.places.tables.append(grid.index)


def _alike(first: Grid, second: Grid, text: CellTexts) -> bool:
    """Whether two tables are of one make: as many columns, and the same labels on top or down the side."""
    if first.columns != second.columns:
        return False
    sides = ([row[0] for row in grid.matrix()] for grid in (first, second))
    for a, b in ((first.matrix()[0], second.matrix()[0]), tuple(sides)):
        one, other = ({letters(text(cell)) for cell in cells if text(cell)} for cells in (a, b))
        if len(one & other) >= max(2, ALIKE * min(len(one), len(other))):
            return True
    return False


def _top(grid: Grid) -> Grid:
    """The first rows of a table, by which its shape is found."""
    cells = tuple(cell for cell in grid.cells if cell.row < ROWS)
    return replace(grid, rows=min(grid.rows, ROWS), cells=cells)


def _below(first: Grid, second: Grid) -> Grid:
    """``second`` set below ``first``, as one table."""
    moved = tuple(replace(cell, row=cell.row + first.rows) for cell in second.cells)
    return replace(first, rows=first.rows + second.rows, cells=(*first.cells, *moved))


def _whole(grids: Sequence[Grid], text: CellTexts) -> list[Grid]:
    """``grids`` with those that the page cut as one, the row that it cut too."""
    found: list[Grid] = []
    for grid in grids:
        if grid.continued and found and found[-1].columns == grid.columns:
            found[-1] = _row_whole(_below(found[-1], grid), found[-1].rows, text)
        else:
            found.append(grid)
    return found


def _row_whole(grid: Grid, r: int, text: CellTexts) -> Grid:
    """``grid`` with row ``r`` added to the row above that it goes on with: in small letters, and not in each cell."""
    above, cells = grid.matrix()[r - 1 : r + 1]
    filled = [cell for cell in cells if cell is not None and text(cell)]
    goes_on = bool(filled) and len(filled) < grid.columns and all(text(cell)[:1].islower() for cell in filled)
    if not goes_on or any(cell is None or cell.row_span > 1 or cell.column_span > 1 for cell in (*above, *cells)):
        return grid
    whole = {a: replace(a, keys=(*a.keys, *b.keys)) for a, b in zip(above, cells, strict=True) if a and b}
    kept = [whole.get(cell, cell) for cell in grid.cells if cell not in cells]
    moved = [replace(cell, row=cell.row - 1) if cell.row > r else cell for cell in kept]
    return replace(grid, rows=grid.rows - 1, cells=tuple(moved))
