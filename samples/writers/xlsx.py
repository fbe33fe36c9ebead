"""The appendix alone, in Excel: letterhead in merged cells above it, signature below."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from samples.content import Content
from samples.grid import appendix_grid
from samples.writers import letterhead as lh
from samples.writers.zipped import stable

THIN = Side(style="thin")


def write(content: Content) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = content.option("sheet", "Phu luc")
    grid = appendix_grid(content)
    half = grid.columns // 2
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)

    def band(row: int, first: int, last: int, text: str, **font: object) -> None:
        sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
        cell = sheet.cell(row, first, text)
        cell.font = Font(name="Times New Roman", **{"size": 12, **font})
        cell.alignment = middle

    left = [(line, False) for line in lh.parent_lines(content)] + [(line, True) for line in lh.issuer_lines(content)]
    for row, (text, bold) in enumerate(left, start=1):
        band(row, 1, half, text, bold=bold)
    band(1, half + 1, grid.columns, lh.STATE, bold=True)
    band(2, half + 1, grid.columns, lh.MOTTO, bold=True)
    row = max(len(left), 2) + 1
    band(row, 1, half, lh.printed_number(content))
    band(row, half + 1, grid.columns, lh.printed_date(content), italic=True)
    row += 2
    style = content.option("appendix", {})
    band(row, 1, grid.columns, style.get("title", "PHỤ LỤC"), bold=True, size=14)
    for line in style.get("caption", []):
        row += 1
        band(row, 1, grid.columns, line, italic=True)
    if style.get("measure"):
        row += 1
        sheet.cell(row, grid.columns, style["measure"]).font = Font(name="Times New Roman", italic=True, size=11)
    top = row + 1
    for cell in grid.cells:
        first_row, first_column = top + cell.row, 1 + cell.column
        if cell.rows > 1 or cell.columns > 1:
            sheet.merge_cells(
                start_row=first_row,
                end_row=first_row + cell.rows - 1,
                start_column=first_column,
                end_column=first_column + cell.columns - 1,
            )
        value: object = cell.text
        if isinstance(cell.text, str) and cell.column == 0 and cell.text.isdigit():
            value = int(cell.text)
        if isinstance(cell.text, int | float):
            value = cell.text
        place = sheet.cell(first_row, first_column, value if value != "" else None)
        place.font = Font(name="Times New Roman", size=11, bold=cell.head)
        place.alignment = middle if cell.centre else Alignment(vertical="top", wrap_text=True)
        if isinstance(value, int | float) and cell.column > 1:
            place.number_format = "#,##0" if isinstance(value, int) else "#,##0.0"
    for r in range(top, top + grid.rows):
        for c in range(1, grid.columns + 1):
            sheet.cell(r, c).border = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
    for cell in grid.cells:
        room = 13 * sum(grid.widths[cell.column : cell.column + cell.columns])
        lines = sum(1 + int(len(line) / room) for line in str(cell.text).split("\n"))
        height = sheet.row_dimensions[top + cell.row].height or 16
        sheet.row_dimensions[top + cell.row].height = max(height, 16 * lines / cell.rows)
    for index, width in enumerate(grid.widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width * 16
    row = top + grid.rows + 1
    for text in [*lh.title_lines(content), "", "", content.letterhead["signer"]]:
        if text:
            band(row, half + 1, grid.columns, text, bold=True)
        row += 1
    for name, rows in content.option("sheets", {}).items():
        other = book.create_sheet(name)
        for values in rows:
            other.append(values)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.properties.created = book.properties.modified = dt.datetime(2024, 5, 2, 1, 0, 0)
    book.properties.creator = "Tổ CNTT"
    out = io.BytesIO()
    book.save(out)
    return stable(out.getvalue())
