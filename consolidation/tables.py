"""Spreadsheet writing that cannot be turned against its reader: no formula, no broken XML, no text lost in silence."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import msgspec
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from consolidation import rows

MAX_CELL = 32_767  # UTF-16 code units, as Excel counts
MAX_ROWS = 1_048_576
FONT = "Times New Roman"
A3, A4 = 8, 9  # paper numbers of the format
_WIDEST_ON_A4 = 170  # characters a line; more would print smaller than one can read

Value = str | int | float | dt.date | dt.datetime | None

# What XML 1.0 forbids; a tab and a line feed may stay.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_STARTS = tuple("=+-@\t\n＝＋－＠")


def legal(text: str) -> str:
    """``text`` as XML can hold it: line ends as line feeds, forbidden characters as U+FFFD."""
    if text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN.sub("\ufffd", text)


def cell_text(text: str) -> str:
    """``text`` as a cell can hold it: forbidden characters as U+FFFD, cut at Excel's limit with a note that says so."""
    clean = legal(text)
    if len(clean) <= MAX_CELL // 2 or _units(clean) <= MAX_CELL:
        return clean
    note = f"\n[… đã cắt bớt, toàn văn dài {len(clean)} ký tự; xem answers.json]"
    kept = clean.encode("utf-16-le")[: 2 * (MAX_CELL - _units(note))]
    return kept.decode("utf-16-le", errors="ignore") + note


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


LINE_HEIGHT = 14.5  # points, for the font size of `Formats`
FONT_FIT = 1.15  # letters of `FONT` in one unit of column width (a digit of Calibri), a little below the mean
MAX_HEIGHT = 409.0  # Excel's limit
GRID: dict[str, Any] = {"border": 1, "border_color": "#A6A6A6"}
HEAD: dict[str, Any] = {
    **GRID,
    "bold": True,
    "text_wrap": True,
    "align": "center",
    "valign": "vcenter",
    "bg_color": "#DDEBF7",
}


class Style:
    """One look of cells. Text that starts like a formula gets the quote prefix, so that it stays text when it is edited
    or saved as another format."""

    def __init__(self, book: xlsxwriter.Workbook, properties: dict[str, Any]) -> None:
        base = {"font_name": FONT, "font_size": 11, "valign": "top", **properties}
        self.plain: Format = book.add_format(base)
        self._quoted: Format = book.add_format({**base, "quote_prefix": True})
        self._date: Format = book.add_format({**base, "num_format": "dd/mm/yyyy"})
        self._moment: Format = book.add_format({**base, "num_format": "dd/mm/yyyy hh:mm"})

    def write(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        """Write one value by its type; a string is written as a string, whatever it looks like."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.plain)
        elif isinstance(value, str):
            text = cell_text(value)
            look = self._quoted if text.startswith(FORMULA_STARTS) else self.plain
            written = sheet.write_string(row, column, text, look)
            assert written == 0, f"cell {row},{column} was not written: {written}"
        elif isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, value, self._moment)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, value, self._date)
        else:
            sheet.write_number(row, column, value, self.plain)

    @cached_property
    def _indices(self) -> tuple[int, int, int]:
        """Numbers of the plain, the date and the moment look inside the workbook."""
        return rows.index(self.plain), rows.index(self._date), rows.index(self._moment)

    @cached_property
    def _text_cell(self) -> Callable[[str], str]:
        _, plain, quoted = self._ready

        @lru_cache(maxsize=512)  # names and titles come again on every line
        def cell(value: str) -> str:
            text = cell_text(value)
            start = quoted if text.startswith(FORMULA_STARTS) else plain
            return f"{start}{rows.escaped(text)}{rows.TEXT_END}"

        return cell

    @cached_property
    def _ready(self) -> tuple[str, str, str]:
        """An empty cell, and what stands before the text of a plain and of a quoted one."""
        plain = rows.index(self.plain)
        return rows.blank(plain), rows.text_start(plain), rows.text_start(rows.index(self._quoted))

    def cell(self, value: Value) -> str:
        """What `write` writes, for `rows.RowWriter`."""
        if type(value) is str and value:
            return self._text_cell(value)
        if value is None or value == "":
            return self._ready[0]
        plain, date, moment = self._indices
        if isinstance(value, dt.date):
            return rows.moment(value, moment if isinstance(value, dt.datetime) else date)
        return rows.number(value, plain)  # type: ignore[arg-type]


class Formats:
    """The styles of a workbook, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Style] = {}

    def style(self, **properties: Any) -> Style:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = Style(self._book, properties)
        return self._made[key]

    def write(self, sheet: Worksheet, row: int, column: int, value: Value, **properties: Any) -> None:
        """Write one value in the style of ``properties``."""
        self.style(**properties).write(sheet, row, column, value)


def height(cells: Iterable[tuple[Value, float]]) -> float:
    """Points that show every line of a row of (value, column width): not every program fits rows to wrapped text."""
    lines = 1
    for value, width in cells:
        if type(value) is str and (len(value) > width * FONT_FIT or "\n" in value):
            room = width * FONT_FIT
            lines = max(lines, sum(max(1, math.ceil(len(line) / room)) for line in value.split("\n")))
    return min(MAX_HEIGHT, lines * LINE_HEIGHT + 1.0)


class Heading(msgspec.Struct, frozen=True):
    """A column of a list: its title, its width in characters, its number format or alignment."""

    title: str
    width: float
    properties: dict[str, Any] = {}


class ListSheet:
    """A long list: title, heading row, one row a record; filters, frozen headings and print set-up.

    When a sheet is full, the list goes on in another, ``name (2)``.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        book: xlsxwriter.Workbook,
        formats: Formats,
        *,
        name: str,
        title: str,
        headings: Sequence[Heading],
        printed: int | None = None,
    ) -> None:
        """``printed``: only the first so many columns go on paper; what follows is for the screen."""
        self._book = book
        self._formats = formats
        self._name = name
        self._title = title
        self._headings = headings
        self._printed = printed or len(headings)
        # Columns that hold words; the narrower ones hold figures.
        self._wide = [(n, heading.width) for n, heading in enumerate(headings) if heading.width >= 11]
        self._styles: dict[tuple[int, str | None], Style] = {}
        self._rows_looks: dict[tuple[tuple[int, str], ...], list[Style]] = {}
        self._sheets = 0
        self.rows = 0
        self._start()

    def add(self, values: Sequence[Value], *, fills: dict[int, str] | None = None) -> None:
        """One record, numbered in the first column; ``fills``: background colour by column (0 = the number)."""
        if self._row >= MAX_ROWS:
            self._close_sheet()
            self._start()
        self.rows += 1
        record: tuple[Value, ...] = (self.rows, *values)
        cells = [style.cell(value) for style, value in zip(self._looks(fills), record, strict=True)]
        self._writer.add(self._row, height([(record[n], width) for n, width in self._wide]), cells)
        self._row += 1

    def _looks(self, fills: dict[int, str] | None) -> list[Style]:
        """The styles of a whole row; a list has few kinds of rows."""
        key = tuple(fills.items()) if fills else ()
        looks = self._rows_looks.get(key)
        if looks is None:
            looks = [self._style(column, dict(key).get(column)) for column in range(len(self._headings))]
            self._rows_looks[key] = looks
        return looks

    def _style(self, column: int, fill: str | None) -> Style:
        style = self._styles.get((column, fill))
        if style is None:
            properties = GRID | {"text_wrap": True} | self._headings[column].properties
            style = self._formats.style(**properties, **({"bg_color": fill} if fill else {}))
            self._styles[column, fill] = style
        return style

    def close(self) -> None:
        """Say so when the list is empty, and set what needs the number of rows."""
        if self.rows == 0:
            self._formats.write(self._sheet, self._row, 0, "(không có)", italic=True)
        self._close_sheet()

    def _start(self) -> None:
        self._sheets += 1
        suffix = f" ({self._sheets})" if self._sheets > 1 else ""
        sheet = self._book.add_worksheet(self._name[: 31 - len(suffix)] + suffix)
        self._sheet: Worksheet = sheet
        wide = sum(heading.width for heading in self._headings[: self._printed]) > _WIDEST_ON_A4
        print_setup(sheet, A3 if wide else A4)
        write_title(sheet, self._formats, self._title)
        sheet.set_row(1, 32)
        for column, heading in enumerate(self._headings):
            sheet.set_column(column, column, heading.width)
            self._formats.write(sheet, 1, column, heading.title, **HEAD)
        sheet.freeze_panes(2, min(3, len(self._headings)))
        sheet.repeat_rows(1)
        self._row = 2
        self._writer = rows.RowWriter(sheet, len(self._headings))

    def _close_sheet(self) -> None:
        if self._row > 2:
            self._sheet.autofilter(1, 0, self._row - 1, len(self._headings) - 1)
        self._sheet.print_area(0, 0, max(self._row - 1, 2), self._printed - 1)


def write_title(sheet: Worksheet, formats: Formats, text: str, size: int = 14) -> None:
    """The first row of a sheet, high enough for its letters."""
    sheet.set_row(0, 1.6 * size)
    formats.write(sheet, 0, 0, text, bold=True, font_size=size)


def print_setup(sheet: Worksheet, paper: int) -> None:
    """Landscape, one page wide, page numbers at the foot."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RTrang &P/&N")
