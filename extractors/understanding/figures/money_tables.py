"""What a table tells of the figures in a cell: whether they are money, in what unit, and who paid.

A cell stands under headings, beside the labels of its row, in a group of rows and under a caption. The unit may be told
by each of them or by a column of units; the source by a column that asks who paid, by crosses under the sources, by the
headings, the row, the group or the caption, the nearest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from extractors.report import FundingSource
from extractors.understanding.figures.amounts import measure, unit_named
from extractors.understanding.figures.funding import TOTAL
from extractors.understanding.figures.payers import (
    asks_who,
    named_payer,
    names_givers,
    payer,
    source_of,
    sources_in_order,
)
from extractors.understanding.figures.vocabulary import COUNTED
from extractors.understanding.ground.folding import fold, squeeze
from extractors.understanding.ground.lines import Flow, Grid, GridCell, joined

FUNDS = re.compile(
    r"\b(?:kinh phi|so tien|thanh tien|tien|von|chi phi|don gia|gia tri|tri gia|gia mua|du toan|quyet toan|giai ngan|"
    r"(?:da|thuc|muc|tong|so|cac khoan) chi|chi (?:ngan sach|cho|mua|qua)|ung ho|dong gop|tai tro|tong (?:cong|von))\b"
)
"""Words of headings over figures of money."""
_NUMBER_OF = r"(?!tong so\W*$)(?:tong )?(?:so|sl)(?! (?:tien|von|kinh phi|chi|du|thu|da|con|tai tro|ung ho))\b"
_THINGS = "|".join(sorted((fold(one) for one in COUNTED), key=len, reverse=True))
_COUNTS = re.compile(
    rf"^\W*(?:{_NUMBER_OF}|ty le|ti le|%|dien tich|thoi|nam(?: hoc)?\W*$|stt|tt\b|quy mo|si so|trang\b|diem\b)|"
    r"%|\bty le\b"
)
_THING = re.compile(rf"^\W*(?:{_THINGS})\b\W*(?:$|tham|dat|co|da|duoc)")
"""Headings over figures that count."""
_COUNT_ROW = re.compile(rf"^\W*(?:\d+\W+)?(?:{_NUMBER_OF}|(?:ty|ti) le\b)")
"""Labels of rows that count; a thing alone may be what was bought."""
_FIGURE = re.compile(
    r"^\W*(?:khoang |tren |hon |gan )?\d[\d.,\s]*(?:%|d|vnd|dong|trieu|ty|tr|nghin|ngan)?(?: dong)?\W*$"
)
_SUM = re.compile(r"\d\s*(?:trieu|ty|tr|dong|nghin)\b")
_YEAR = re.compile(r"^\W*(?:nam (?:hoc )?)?(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)?\d\d)?\W*$")
_ORDINAL = re.compile(r"^\W*(?:[a-z]{0,3}\d{1,2}|[a-z]|[ivx]{1,4})\W*$")
_RANK = re.compile(r"^\W*(?:[ivx]{1,4}|[A-H])\W*(?=$|[.)\s])", re.IGNORECASE)
OTHERWISE = re.compile(
    r"\b(?:khac|con lai|ngoai|huy dong|keu goi|xa hoi)\b"
)  # beside a column of the budget: money from outside it
_UNITS = re.compile(r"^\W*(?:dvt|don vi tinh|don vi)\W*$")
_PRICED = re.compile(r"\b(?:don gia|thanh tien|so tien|kinh phi|gia tri|tri gia|chi phi)\b")
_OFFICES = re.compile(r"^\W*don vi\W*$")
_CROSS = re.compile(r"^\W*(?:x|v|co|✓|✔|√)\W*$|^[✓✔√☑]$")
_NOBODY = re.compile(r"^\W*(?:khong|chua|-|–|/)?\W*$|^\W*(?:khong|chua) co\b")
OPENS_TOTAL = re.compile(r"(?:tong|cong|ca thay)\b")
_NOTES = re.compile(r"^\W*(?:ghi chu|giai thich|dien giai|chu thich)\W*$")
_COLUMN_NUMBER = re.compile(r"^\W*\d{1,2}\W*(?:=.*)?$")
NAME_LENGTH = 60  # letters of a cell that does no more than name who paid


@dataclass(frozen=True, slots=True)
class Told:
    """``scale``: đồng per unit; ``order``: sources of the cell's sums in their order, where the heading names both."""

    money: bool
    scale: int | None = None
    source: FundingSource | None = None
    order: tuple[FundingSource, ...] = ()


class MoneyTable:
    """One table. ``stated``: the unit of money stated for all of it; ``caption``: the line that leads to it.

    ``before``: the table that it goes on from, which has its headings; ``behind``: the source of all its sums by a
    sentence under it.
    """

    def __init__(
        self, flow: Flow, grid: Grid, stated: int | None, caption: str = "", before: MoneyTable | None = None
    ) -> None:
        self.grid, self.stated, self.caption, self.before = grid, stated, caption, before
        self.behind: FundingSource | None = None
        self.texts = {cell: squeeze(joined(flow.pick(cell.keys))) for cell in grid.cells}
        self.matrix = grid.matrix()

    def text(self, row: int, column: int) -> str:
        cell = self.matrix[row][column]
        return "" if cell is None else self.texts[cell]

    def distinct(self, row: int) -> list[GridCell]:
        return [cell for cell in dict.fromkeys(self.matrix[row]) if cell is not None]

    @cached_property
    def header(self) -> int:
        """How many rows on top are headings: none has a figure but years and numbers of columns."""
        rows = 0
        for r in range(self.grid.rows - 1):
            cells = self.distinct(r)
            filled = [self.texts[cell] for cell in cells if self.texts[cell]]
            numbered = len(filled) >= 3 and all(_COLUMN_NUMBER.match(fold(text)) for text in filled)
            if any(_figure(text) for text in filled) and not (numbered and r):
                break
            if not r:
                more = len(filled) >= 2 or any(cell.column_span > 1 for cell in cells)
            else:
                above = self.distinct(r - 1)
                more = numbered or any(
                    (1 < cell.column_span < self.grid.columns and cell.row + cell.row_span == r)
                    or cell.row + cell.row_span > r
                    or (r == 1 and cell.column_span == self.grid.columns)
                    for cell in above
                    if self.texts[cell]
                )
            if not more:
                break
            rows = r + 1
        if rows == 1 and not self._headed():
            return 0
        return rows

    def _headed(self) -> bool:
        """Whether the one row on top is over columns, and not the first of labels with what they say."""
        first = [self.texts[cell] for cell in self.distinct(0) if self.texts[cell]]
        sums = [x for x in first[1:] if re.search(r"\d\s*(?:trieu|ty|tr|dong|d)\b", fold(x)) and not measure(x)]
        return self.grid.columns > 2 or not sums

    def heads(self, column: int) -> list[str]:
        """The headings over a column, from the top."""
        if self.before is not None and not self.header:
            return self.before.heads(column)
        cells = dict.fromkeys(self.matrix[r][column] for r in range(self.header))
        found = [self.texts[cell] for cell in cells if cell is not None and cell.column_span < self.grid.columns]
        return [text for text in found if text and not _COLUMN_NUMBER.match(fold(text))]

    @cached_property
    def money_above(self) -> str:
        """What a row over the whole table and the caption say of all its figures."""
        wide = [self.texts[cell] for r in range(self.header) for cell in self.distinct(r)]
        return " ".join([self.caption, *wide[:1]] if wide and len(self.distinct(0)) == 1 else [self.caption])

    def tell(self, cell: GridCell) -> Told:
        """What the table tells of ``cell``; nothing of its header and labels."""
        row, column = cell.row, cell.column
        if row < self.header:
            return Told(money=False)
        heads = self.heads(column)
        head = " ".join(heads)
        labels = self._labels(cell)
        label = " ".join(labels)
        unit, other_unit = self._unit(row)
        named = (one for text in heads if (one := unit_named(text)) and one > 1)  # "Đồng" is a medal too
        scale = next((one for one in (*map(measure, (head, *heads)), *named) if one), None)
        scale = scale or unit or measure(label) or (self._corner if not other_unit else None)
        if scale is None and source_of(head) and _figure(self.texts[cell]) and not any(map(_counts, heads)):
            scale = self._unit_of_heads  # "Tổng (triệu đồng) | NSNN | XHH"
        if other_unit and _PRICED.search(fold(head)) and self._source(cell, head, labels):
            other_unit = False  # "bộ" is what a price is of; that of a list without payers is nobody's
        counts = other_unit or bool(any(map(_counts, heads)) or (labels and _COUNT_ROW.match(fold(labels[0]))))
        funds = scale is None and bool(
            FUNDS.search(fold(head)) or FUNDS.search(fold(label)) or source_of(head) or source_of(label)
        )
        whole = bool(FUNDS.search(fold(self.money_above)))
        money = scale is not None or (not counts and (self.stated is not None or funds or whole))
        years = column == 0 or not head
        if (years and _YEAR.match(fold(self.texts[cell]))) or self._numbers(column):
            money = False
        source = self._source(cell, head, labels)
        order = sources_in_order(head) if source is None else ()
        return Told(money=money, scale=scale or (self.stated if money else None), source=source, order=order)

    @cached_property
    def _corner(self) -> int | None:
        """The unit that the heading over the rows' labels states for all of the table: "Nguồn (triệu đồng)"."""
        if not self.header:
            return None
        for column in range(min(2, self.grid.columns)):
            said = [measure(text) for text in self.heads(column)]
            below = [self.text(r, column) for r in range(self.header, self.grid.rows) if self.text(r, column)]
            if any(said) and below and not any(map(_figure, below)):
                return next(one for one in said if one)
        return None

    @cached_property
    def _unit_of_heads(self) -> int | None:
        """The unit that some headings state and none contradicts."""
        said = {one for column in range(self.grid.columns) for one in map(measure, self.heads(column)) if one}
        return said.pop() if len(said) == 1 else None

    def _numbers(self, column: int) -> bool:
        """Whether the column numbers the rows."""
        if column or FUNDS.search(fold(" ".join(self.heads(column)))):
            return False
        cells = {cell for r in range(self.header, self.grid.rows) if (cell := self.matrix[r][column]) is not None}
        said = [self.texts[cell] for cell in cells if self.texts[cell]]
        return bool(said) and all(_ORDINAL.match(fold(text)) for text in said)

    def _labels(self, cell: GridCell) -> list[str]:
        """What the row says besides figures, left of the cell, the nearest last; a number of the row is none."""
        found = []
        for other in self.distinct(cell.row):
            text, unit = self.texts[other], self._tells_unit(other)
            names = text and not (unit or _figure(text) or _ORDINAL.match(fold(text)) or _SUM.search(fold(text)))
            if names and other.column < cell.column:
                found.append(text)
        return found

    def _unit(self, row: int) -> tuple[int | None, bool]:
        """The unit of money that a column of units tells for the row, and whether it tells another unit."""
        for cell in self.distinct(row):
            if self._tells_unit(cell) and (text := self.texts[cell]):
                scale = unit_named(text)
                return scale, scale is None
        return None, False

    def _tells_unit(self, cell: GridCell) -> bool:
        """Whether a cell tells its row's unit of measure; under "Đơn vị" alone an office or a school may stand."""
        head, text = fold(" ".join(self.heads(cell.column))), self.texts[cell]
        if not _UNITS.match(head):
            return False
        return not _OFFICES.match(head) or unit_named(text) is not None or bool(_THING.match(fold(text)))

    def beside(self, keys: tuple[int, ...]) -> Told:
        """What stands beside a cell of the appendix: a unit for its row, and who paid by name, cross or remark.

        What its headings ask is known better to whoever read the appendix.
        """
        cell = next((cell for cell in self.grid.cells if cell.keys and cell.keys == keys), None)
        if cell is None or cell.row < self.header:
            return Told(money=False)
        measures = [measure(text) for text in (*self.heads(cell.column), *self._labels(cell))]
        scale = self._unit(cell.row)[0] or next((one for one in measures if one), None)
        source = self._named_beside(cell)
        figures = bool(_figure(self.texts[cell]))
        return Told(money=scale is not None and figures, scale=scale if figures else None, source=source)

    @cached_property
    def source_of_all(self) -> FundingSource | None:
        """The source that the caption, or the sentence under the table, tells of all its sums."""
        return source_of(self.money_above) or self.behind

    def _named_beside(self, cell: GridCell) -> FundingSource | None:
        """Who paid by a column that asks it, by a cross under a source, or by a remark."""
        for other in self.distinct(cell.row):
            asked = " ".join(self.heads(other.column))
            text = self.texts[other]
            if other is cell or not text or _figure(text):
                continue
            if asks_who(asked):
                return payer(text) if len(text) <= 3 * NAME_LENGTH else None
            if names_givers(asked) and not _NOBODY.match(fold(text)):
                return source_of(asked)
        crossed = {
            source
            for other in self.distinct(cell.row)
            if _CROSS.match(fold(self.texts[other])) and (source := source_of(" ".join(self.heads(other.column))))
        }
        return crossed.pop() if len(crossed) == 1 else self._noted(cell)

    def _source(self, cell: GridCell, head: str, labels: list[str]) -> FundingSource | None:
        of_head, beside = source_of(head), self._named_beside(cell)
        parted = len(self._sources_of_heads) > 1  # else a head only calls the sums so: "Dự toán giao"
        if found := (of_head or beside) if parted else (beside or of_head):
            return found
        if sources_in_order(head):
            return None
        if OTHERWISE.search(fold(head)) and "budget" in self._sources_of_heads:
            return "socialised"
        if len(head) <= NAME_LENGTH and _figure(self.texts[cell]) and (found := named_payer(head)):
            return found
        label = " ".join(labels)
        if sources_in_order(label):
            return None
        found = source_of(label) or _only_payer(labels) or self._of_group(cell, labels)
        return found or self.source_of_all or self._of_all(cell, labels)

    def _of_all(self, cell: GridCell, labels: list[str]) -> FundingSource | None:
        """The source of a total: that of every sum above it in its column, where they have but one."""
        if not labels or not OPENS_TOTAL.match(fold(labels[-1]).lstrip(" -+.")):
            return None
        above = {self.matrix[r][cell.column] for r in range(self.header, cell.row)} - {None}
        sums = [one for one in above if one is not None and _figure(self.texts[one])]
        told = {self._source(one, " ".join(self.heads(one.column)), self._labels(one)) for one in sums}
        return told.pop() if len(sums) > 1 and len(told) == 1 else None

    @cached_property
    def _sources_of_heads(self) -> set[FundingSource]:
        return {found for column in range(self.grid.columns) if (found := source_of(" ".join(self.heads(column))))}

    def _of_group(self, cell: GridCell, labels: list[str]) -> FundingSource | None:
        """The source of the group of rows the cell is in; the row of a total is in none."""
        if labels and TOTAL.match(fold(labels[-1]).lstrip(" -+.")):
            return None
        group = self._group(cell.row)
        return source_of(group) or (payer(group) if len(group) <= NAME_LENGTH else None)

    def _noted(self, cell: GridCell) -> FundingSource | None:
        """The source that a remark right of the cell names."""
        for other in self.distinct(cell.row):
            remarks = other.column > cell.column and _NOTES.search(fold(" ".join(self.heads(other.column))))
            if remarks and (found := source_of(self.texts[other])):
                return found
        return None

    def _group(self, row: int) -> str:
        """The label of the group of rows that ``row`` is in; "" where it is in none, or heads one."""
        if self._heads_group(row):
            return ""
        for r in range(row - 1, self.header - 1, -1):
            if self._heads_group(r):
                return self._row_label(r)
            if TOTAL.match(fold(self._row_label(r)).lstrip(" -+.")):
                return ""
        return ""

    def _row_label(self, row: int) -> str:
        said = (self.texts[cell] for cell in self.distinct(row))
        return " ".join(text for text in said if text and not _figure(text) and not _ORDINAL.match(fold(text)))

    def _heads_group(self, row: int) -> bool:
        """Whether a row names what the rows under it have in common: alone in its row, or of a higher rank."""
        cells = [cell for cell in self.distinct(row) if self.texts[cell]]
        if not cells:
            return False
        texts = [self.texts[cell] for cell in cells]
        if not any(_figure(text) for text in texts[1:]) and len([x for x in texts if not _ORDINAL.match(fold(x))]) == 1:
            return cells[-1].column <= 1 and not _figure(texts[-1])
        ranked = bool(_RANK.match(texts[0])) and len(texts) > 1
        below = self.text(row + 1, 0) if row + 1 < self.grid.rows else ""
        return ranked and bool(re.match(r"^\W*(?:\d|$)", below))


def _figure(text: str) -> bool:
    """Whether a cell holds a figure and no more; a year is a label."""
    folded = fold(text)
    return bool(_FIGURE.match(folded)) and not _YEAR.match(folded)


def _counts(head: str) -> bool:
    # "Phụ huynh" over sums is who paid
    return bool(_COUNTS.search(fold(head))) or (bool(_THING.match(fold(head))) and source_of(head) is None)


def _only_payer(labels: Iterable[str]) -> FundingSource | None:
    """Who paid, where a label does no more than name an authority's grant: "Quận cấp"."""
    short = [text for text in labels if len(text) <= NAME_LENGTH]
    return payer(short[-1]) if short and re.search(r"\b(?:cap|gop|chi|tang|ho tro|trao)\W*$", fold(short[-1])) else None
