"""Tables that give each item a table of its own, or stack "column heading | answer" rows under each item."""

from __future__ import annotations

import re

from extractors.understanding.answer_places import Part, Places
from extractors.understanding.folding import fold
from extractors.understanding.form import leading_number, without_number
from extractors.understanding.layout import TOLD_LENGTH, Layouts, named
from extractors.understanding.lines import Grid

MOST_COLUMNS = 3  # of such a table: label, answer, and one to spare


class Stacked:
    """Reads such tables of one case into ``places``."""

    def __init__(self, layouts: Layouts, places: Places) -> None:
        self.layouts, self.places = layouts, places
        self.form, self.flow, self.ledger = layouts.form, layouts.case.flow, layouts.case.ledger
        self.text = layouts.text

    def item_above(self, grid: Grid) -> tuple[int, float] | None:
        """The item that the lines just above a table, or its own first row, name."""
        seen = 0
        inside = [self.text(cell) for cell in dict.fromkeys(grid.matrix()[0]) if cell is not None]
        for text in inside:
            found = self.item_named(text)
            if found:
                return found
        for line in reversed(self.flow.lines[max(0, grid.start - 12) : grid.start]):
            if line.blank or not self.ledger.free(line):
                if line.table is not None and not line.blank:
                    break
                continue
            found = self.item_named(line.full)
            if found:
                self.ledger.claim([line], "form")
                return found
            seen += 1
            if seen >= 3:
                break
        return None

    def item_named(self, text: str) -> tuple[int, float] | None:
        if len(text) > 300:
            return None
        match = self.form.items.best(without_number(text), least=0.5, margin=0.06)
        if match is not None and isinstance(match.key, int):
            return match.key, 0.45 + 0.5 * match.score
        number = leading_number(text)
        if number in {item.id for item in self.form.campaign.items} and re.match(
            r"\s*(?:noi dung|muc|nhiem vu)", fold(text)
        ):
            return number, 0.6
        return None

    def _row_labels(self, grid: Grid) -> tuple[int, dict[int, tuple[str, float]]]:
        """The grid column that holds column headings down the rows, and row → (column, score)."""
        labels: dict[int, dict[int, tuple[str, float]]] = {}
        for r, cells in enumerate(grid.matrix()):
            for c, cell in enumerate(cells[:3]):
                text = self.text(cell)
                if (
                    cell is not None
                    and cell.row == r
                    and 3 < len(text) < 300
                    and c + 1 < grid.columns
                    and cells[c + 1] is not cell
                ):
                    best = named(self.form.column_scores(without_number(text)), 0.6)
                    if best:
                        labels.setdefault(c, {})[r] = best[0]
        if not labels:
            return 0, {}
        at = max(labels, key=lambda c: len(labels[c]))
        return at, labels[at]

    def _told(self, grid: Grid, at: int, named_rows: dict[int, tuple[str, float]]) -> dict[int, tuple[str, float]]:
        """Labels in other words, between rows whose labels are known."""
        found: dict[int, tuple[str, float]] = {}
        for r, cells in enumerate(grid.matrix()):
            cell = cells[at]
            if r in named_rows or cell is None or cell.row != r or cells[at + 1] is cell:
                continue
            text = self.text(cell)
            if 2 < len(text) <= TOLD_LENGTH and self.item_named(text) is None:
                told = self.form.column_told(without_number(text))
                if told is not None:
                    found[r] = told
        return found

    def repeats(self, grid: Grid) -> bool:
        """Whether column headings come again and again down the rows, once for each item."""
        _, labels = self._row_labels(grid)
        return len(labels) >= 4 and len(labels) >= 1.6 * len({column for column, _ in labels.values()})

    def read(self, grid: Grid) -> bool:
        """A table of rows "column heading | answer" under item rows; False when it is not one."""
        at, by_row = self._row_labels(grid)
        if len({column for column, _ in by_row.values()}) < 2:
            return False
        if grid.columns - at <= MOST_COLUMNS:
            by_row = by_row | self._told(grid, at, by_row)
        item = self.item_above(grid)
        answered = False
        last: tuple[str, float] | None = None
        for r, cells in enumerate(grid.matrix()):
            for c, cell in enumerate(cells):
                if cell is None or cell.row != r or cell.column != c or (r in by_row and c >= at):
                    continue
                found = self.item_named(self.text(cell))
                if found:
                    item, last = found, None
                    self.ledger.claim(cell.keys, "form")
            last = by_row.get(r, last)
            if item is None or last is None:
                continue
            label = cells[at]
            if r in by_row:
                self.ledger.claim(
                    (key for cell in cells[: at + 1] if cell is not None and cell.row == r for key in cell.keys), "form"
                )
            keys = tuple(
                key
                for cell in dict.fromkeys(cells[at + 1 :])
                if cell is not None and cell.row == r
                for key in cell.keys
                if self.ledger.free(key)
            )
            sure = min(item[1], 0.45 + 0.55 * last[1])
            self.places.offer(item[0], last[0], Part(keys, "", self.text(label), sure))
            self.ledger.claim(keys, "appendix")
            answered = True
        if answered:
            self.places.tables.append(grid.index)
        return answered
