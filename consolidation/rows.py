"""Rows of a worksheet written at once.

XlsxWriter makes an object and several calls for every cell; a list of 216,000 answers has millions of cells. Here a row
is put together as one string and goes to the same temporary file that XlsxWriter (constant_memory) writes its own rows
to. It leans on four private names of XlsxWriter, all in this module; the tests read every output back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_EPOCH = dt.datetime(1899, 12, 30)
_ESCAPE_LOOKALIKE = re.compile(r"(_x[0-9A-Fa-f]{4}_)")  # a reader would take it for an escaped character
_SPECIAL = re.compile(r"[&<>]")


class RowWriter:
    """Appends rows to ``sheet`` from ``row`` (0 = first) on; nothing may be written above them any more."""

    def __init__(self, sheet: Worksheet, columns: int) -> None:
        self._sheet = sheet
        self._names = [xl_col_to_name(column) for column in range(columns)]
        self._started = False

    def add(self, row: int, height: float | None, cells: Sequence[str]) -> None:
        """``cells``: texts, `number`, `moment` or `blank`, one a column, without the reference of the cell."""
        sheet = self._sheet
        if not self._started:
            sheet._write_single_row(row)  # what XlsxWriter still holds
            self._started = True
        place = str(row + 1)
        high = f' ht="{height:g}" customHeight="1"' if height else ""
        body = "".join([f'<c r="{name}{place}"{cell}' for name, cell in zip(self._names, cells, strict=False)])
        sheet.row_data_fh.write(f'<row r="{place}"{high}>{body}</row>')
        sheet.previous_row = row + 1
        sheet.dim_rowmax = row


def index(look: Format) -> int:
    """The number of a style inside the workbook."""
    number: int = look._get_xf_index()
    return number


def text_start(style: int) -> str:
    """What opens a cell that holds text, whatever the text looks like; then `escaped` text and `TEXT_END`."""
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">'


TEXT_END = "</t></is></c>"


def escaped(clean: str) -> str:
    """Text without characters that XML forbids, as it stands in a sheet."""
    if "_x" in clean:
        clean = _ESCAPE_LOOKALIKE.sub(r"_x005F\1", clean)
    return escape(clean) if _SPECIAL.search(clean) else clean


def number(value: int | float, style: int) -> str:
    return f' s="{style}"><v>{value!r}</v></c>'


def moment(value: dt.date, style: int) -> str:
    """A date or a date with time as the days that a spreadsheet counts."""
    full = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    days = (full - _EPOCH) / dt.timedelta(days=1)
    return f' s="{style}"><v>{days:.15g}</v></c>'


def blank(style: int) -> str:
    return f' s="{style}"/>'
