"""Spreadsheet writing that cannot be turned against its reader: no formula, no broken XML, no text lost in silence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import msgspec
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

MAX_CELL = 32_767  # UTF-16 code units, as Excel counts
MAX_ROWS = 1_048_576
FONT = "Times New Roman"
A3, A4 = 8, 9  # paper numbers of the format

Value = str | int | float | dt.date | dt.datetime | None

# What XML 1.0 forbids; a tab and a line feed may stay.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA_STARTS = tuple("=+-@\t\n＝＋－＠")


def cell_text(text: str) -> str:
    """``text`` as a cell can hold it: forbidden characters as U+FFFD, cut at Excel's limit with a note that says so."""
    clean = _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _units(clean) <= MAX_CELL:
        return clean
    note = f"\n[… đã cắt bớt, toàn văn dài {len(clean)} ký tự; xem answers.json]"
    kept = clean.encode("utf-16-le")[: 2 * (MAX_CELL - _units(note))]
    return kept.decode("utf-16-le", errors="ignore") + note


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Formats:
    """Cell formats of a workbook, made once each. Text that starts like a formula gets the quote prefix, so that it
    stays text when it is edited or saved as another format."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": FONT, "font_size": 11, "valign": "top", **properties})
        return self._made[key]

    def write(self, sheet: Worksheet, row: int, column: int, value: Value, **properties: Any) -> None:
        """Write one value by its type; a string is written as a string, whatever it looks like."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.get(**properties))
        elif isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, value, self.get(num_format="dd/mm/yyyy hh:mm", **properties))
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, value, self.get(num_format="dd/mm/yyyy", **properties))
        elif isinstance(value, str):
            text = cell_text(value)
            if text.startswith(_FORMULA_STARTS):
                properties = {**properties, "quote_prefix": True}
            written = sheet.write_string(row, column, text, self.get(**properties))
            assert written == 0, f"cell {row},{column} was not written: {written}"
        else:
            sheet.write_number(row, column, value, self.get(**properties))


class Heading(msgspec.Struct, frozen=True):
    """A column of a list: its title, its width in characters, its number format or alignment."""

    title: str
    width: float
    properties: dict[str, Any] = {}


class ListSheet:
    """A long list: title, heading row, one row a record; filters, frozen headings and print set-up.

    When a sheet is full, the list goes on in another, ``name (2)``.
    """

    def __init__(
        self, book: xlsxwriter.Workbook, formats: Formats, name: str, title: str, headings: Sequence[Heading]
    ) -> None:
        self._book = book
        self._formats = formats
        self._name = name
        self._title = title
        self._headings = headings
        self._sheets = 0
        self.rows = 0
        self._start()

    def add(self, values: Sequence[Value], *, fills: dict[int, str] | None = None) -> None:
        """One record, numbered in the first column; ``fills``: background colour by column (0 = the number)."""
        if self._row >= MAX_ROWS:
            self._close_sheet()
            self._start()
        self.rows += 1
        for column, value in enumerate((self.rows, *values)):
            properties = dict(self._headings[column].properties)
            if fills and column in fills:
                properties["bg_color"] = fills[column]
            self._formats.write(self._sheet, self._row, column, value, border=1, text_wrap=True, **properties)
        self._row += 1

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
        print_setup(sheet, A4)
        self._formats.write(sheet, 0, 0, self._title, bold=True, font_size=14)
        sheet.set_row(1, 32)
        for column, heading in enumerate(self._headings):
            sheet.set_column(column, column, heading.width)
            self._formats.write(sheet, 1, column, heading.title, **HEAD)
        sheet.freeze_panes(2, min(3, len(self._headings)))
        sheet.repeat_rows(1)
        self._row = 2

    def _close_sheet(self) -> None:
        if self._row > 2:
            self._sheet.autofilter(1, 0, self._row - 1, len(self._headings) - 1)


HEAD: dict[str, Any] = {
    "bold": True,
    "border": 1,
    "text_wrap": True,
    "align": "center",
    "valign": "vcenter",
    "bg_color": "#DDEBF7",
}


def print_setup(sheet: Worksheet, paper: int) -> None:
    """Landscape, one page wide, page numbers at the foot."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RTrang &P/&N")
