"""Tables in bands that each ask one column ("B. KINH PHÍ"), with a row for each item under them."""

from __future__ import annotations

from extractors.understanding.form import without_number
from extractors.understanding.ground.lines import Grid, GridCell
from extractors.understanding.tables.answer_places import Part, Places
from extractors.understanding.tables.column_heads import named
from extractors.understanding.tables.evidence import TOLD_LENGTH
from extractors.understanding.tables.layout import Layouts
from extractors.understanding.tables.stacked import Stacked

NAMED = 0.6  # least score of a band by its words
BANDS = 2  # columns asked by bands, for a table to be one of them
MOSTLY = 0.6  # share of the rows under bands that must name an item

Band = tuple[str, float]
"""The column a band asks, and how surely."""


class Banded:
    """Reads such tables of one case into ``places``."""

    def __init__(self, layouts: Layouts, places: Places, stacked: Stacked) -> None:
        self.layouts, self.places, self.stacked = layouts, places, stacked
        self.form, self.ledger, self.text = layouts.form, layouts.case.ledger, layouts.text

    def read(self, grid: Grid) -> bool:
        """False, and nothing claimed, when the table is not one of bands."""
        bands: list[tuple[GridCell, Band]] = []
        rows: list[tuple[GridCell, list[GridCell], tuple[int, float], Band]] = []
        under = 0
        for r, cells in enumerate(grid.matrix()):
            filled = [cell for cell in dict.fromkeys(cells) if cell is not None and cell.row == r and self.text(cell)]
            if len(filled) == 1 and (band := self._band(filled[0])):
                bands.append((filled[0], band))
            elif bands and len(filled) > 1:
                under += 1
                at = 1 if len(filled) > 2 and len(self.text(filled[0])) <= 4 else 0  # a number before the title
                item = self.stacked.item_of(self.text(filled[at]))
                if item is not None:
                    rows.append((filled[at], filled[at + 1 :], item, bands[-1][1]))
        if len({column for _, (column, _) in bands}) < BANDS or len(rows) < max(BANDS, MOSTLY * under):
            return False
        for cell, _ in bands:
            self.ledger.claim(cell.keys, "form")
        for title, answers, (named_item, sure), (column, score) in rows:
            keys = tuple(key for cell in answers for key in cell.keys if self.ledger.free(key))
            self.places.offer(named_item, column, Part(keys, "", self.text(title), min(sure, 0.45 + 0.55 * score)))
            self.ledger.claim(title.keys, "form")
            self.ledger.claim(keys, "appendix")
        self.places.tables.append(grid.index)
        return True

    def _band(self, cell: GridCell) -> Band | None:
        text = without_number(self.text(cell))
        if len(text) > TOLD_LENGTH or self.stacked.item_named(text):
            return None
        by_words = named(self.form.column_scores(text), NAMED)
        return by_words[0] if by_words else self.form.column_told(text)
