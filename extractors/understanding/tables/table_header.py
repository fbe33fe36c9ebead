"""Which rows of a table are its header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.understanding.form import Case
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.lines import Grid, GridCell
from extractors.understanding.tables.column_heads import CellTexts, ColumnHeads, Matrix, named

NUMBER_HEAD = re.compile(r"^(?:stt|tt|so tt|so thu tu|st t|no|ma so|ma|so|nd|muc (?:so|pl|phu luc)|so muc)\W*$")
TITLE_HEAD = re.compile(
    r"^(?:cac )?(?:noi dung|nhiem vu|hang muc|tieu chi|ten noi dung|cong viec|linh vuc|muc)\b"
    r"(?!.*(?:kien nghi|de xuat|chi )).{0,40}$|"
    r"^(?:cac )?(?:(?:ten )?(?:goi|viec)|goi tat|mang(?: viec)?|nhom viec|dau viec|phan viec|lam viec gi)\W*$"
)
OF_TITLES = re.compile(
    r"^(?:cac |ten )?(?:noi dung|nhiem vu|hang muc|cong viec|linh vuc|muc|dau viec|mang|mang viec|viec|phan viec|"
    r"cau hoi|tieu chi|yeu cau)"
    r"(?: (?:giam sat|cong viec|thuc hien|bao cao|chinh|tra loi|duoc hoi|hoi|duoc giao|cua de an))?\W*$"
)
"""What stands over names of items and names none."""
COLUMN_NUMBER = re.compile(r"^\W*(?:[0-9]{1,2}|[a-i]|[ivx]{1,4})\W*(?:=.*)?$")


class Headers:
    """Finds the headers of the tables of one case."""

    def __init__(self, case: Case, text: CellTexts, heads: ColumnHeads) -> None:
        self.form, self.text, self.heads = case.form, text, heads

    def heading_value(self, cells: Sequence[GridCell | None]) -> float:
        """How much a row looks like the header: distinct columns named in it, number and title headings."""
        columns: dict[str, float] = {}
        value = 0.0
        distinct = list(dict.fromkeys(cell for cell in cells if cell is not None))
        if len(distinct) < 2:
            return 0.0
        for cell in distinct:
            text = self.text(cell)
            if not text or len(text) > 450:
                continue
            folded = fold(text)
            if NUMBER_HEAD.match(folded):
                value += 0.6
                continue
            if TITLE_HEAD.match(folded):
                value += 0.4
                continue
            for column, score in named(self.heads.scores(text)):
                columns[column] = max(columns.get(column, 0.0), score)
        return value + sum(columns.values())

    def rows(self, grid: Grid, matrix: Matrix, row: int) -> frozenset[int]:
        cells = [cell for cell in matrix[row] if cell is not None]
        first = min(cell.row for cell in cells)
        last = max(
            (cell.row + cell.row_span - 1 for cell in cells if self.text(cell) and cell.row_span <= 3), default=row
        )
        while first > 0 and any(
            cell is not None
            and cell.column_span > 1
            and cell.column_span < grid.columns
            and named(self.form.column_scores(self.text(cell)))
            for cell in matrix[first - 1]
        ):
            first -= 1
        while last + 1 < grid.rows and self._under_header(matrix, last + 1, row):
            last += 1
        return frozenset(range(first, last + 1))

    def _under_header(self, matrix: Matrix, row: int, header: int) -> bool:
        """Whether ``row`` still belongs to the header: column numbers, or labels under a merged heading."""
        cells = [cell for cell in dict.fromkeys(matrix[row]) if cell is not None]
        texts = [self.text(cell) for cell in cells]
        filled = [text for text in texts if text]
        if not filled:
            return False
        if len(filled) >= 3 and all(COLUMN_NUMBER.match(fold(text)) for text in filled):
            return True
        merged = [
            at
            for at, cell in enumerate(matrix[header])
            if cell is not None and cell.column_span > 1 and self.text(cell)
        ]
        labels = [self.text(matrix[row][at]) for at in merged if matrix[row][at] is not matrix[header][at]]
        others = [
            self.text(cell)
            for at, cell in enumerate(matrix[row])
            if at not in merged and cell is not matrix[header][at]
        ]
        return bool(merged) and any(labels) and not any(others) and all(len(label) <= 80 for label in labels)

    def names_again(self, texts: Sequence[str], cells: Sequence[GridCell | None]) -> bool:
        """Whether a row is a header in other words: "STT" or "Nội dung" beside column headings."""
        named = any(NUMBER_HEAD.match(fold(text)) or TITLE_HEAD.match(fold(text)) for text in texts)
        return named and self.heading_value(cells) >= 1.5
