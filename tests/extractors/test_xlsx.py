"""Spreadsheets: each test writes a real workbook and reads it."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Border, Font, Side

from extractors.containers import xlsx
from extractors.containers.xlsx_numbers import shown
from extractors.document import Document, Paragraph, Source, Table, paragraphs
from extractors.errors import Rejected

SOURCE = Source(name="phu-luc.xlsx", sha256="0" * 64, media_type="application/xlsx", size=1)
LINE = Side(style="thin")
FRAME = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


def read(book: Any, path: Path) -> Document:
    book.save(path)
    return xlsx.read(path, SOURCE)


def frame(sheet: Any, area: str) -> None:
    for row in sheet[area]:
        for cell in row:
            cell.border = FRAME


def rows(table: Table) -> list[list[str]]:
    return [[place.text if place else "" for place in row] for row in table.grid()]


def test_letterhead_title_table_and_signature(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Phụ lục 1"
    sheet["A1"], sheet["D1"] = "PHÒNG GDĐT QUẬN 5", "CỘNG HÒA XÃ HỘI"
    sheet["A2"], sheet["D2"] = "TRƯỜNG A", "Độc lập"
    sheet.merge_cells("A4:D4")
    sheet["A4"] = "PHỤ LỤC"
    for r, values in enumerate(
        [
            ("STT", "Nội dung", "Kết quả", "Kinh phí"),
            (1, "CSDL\n- xong", None, 1_250_000_000),
            (2, "STEM", "Không có", None),
        ],
        start=5,
    ):
        for c, value in enumerate(values, start=1):
            sheet.cell(r, c, value)
    sheet["D6"].number_format = "#,##0"
    sheet["B6"].font = Font(name=".VnTime", size=13, bold=True)
    frame(sheet, "A5:D7")
    sheet["A9"] = "Người lập"

    document = read(book, tmp_path / "a.xlsx")

    (page,) = document.pages
    assert (page.number, document.page_count) == (1, 1)
    *head, title, table, foot = page.blocks
    assert [b.text for b in head if isinstance(b, Paragraph)] == [
        "PHÒNG GDĐT QUẬN 5", "TRƯỜNG A", "CỘNG HÒA XÃ HỘI", "Độc lập",
    ]  # fmt: skip
    assert isinstance(title, Paragraph) and title.text == "PHỤ LỤC"
    assert isinstance(table, Table)
    assert rows(table) == [
        ["STT", "Nội dung", "Kết quả", "Kinh phí"],
        ["1", "CSDL\n- xong", "", "1.250.000.000"],
        ["2", "STEM", "Không có", ""],
    ]
    item = next(paragraphs(table.cells[5].blocks))
    assert item.where.block == "'Phụ lục 1'!B6"
    assert (item.spans[0].font, item.spans[0].size, item.spans[0].bold) == (".VnTime", 13.0, True)
    assert isinstance(foot, Paragraph) and foot.text == "Người lập"


def test_merged_cells_keep_their_spans(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    frame(sheet, "A1:C3")
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    for place, value in {"A1": "TT", "B1": "Kinh phí", "B2": "NS", "C2": "XHH", "A3": 1, "B3": 2, "C3": 3}.items():
        sheet[place] = value
    (table,) = read(book, tmp_path / "a.xlsx").pages[0].blocks
    assert isinstance(table, Table)
    spans = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in table.cells}
    assert spans["TT"] == (0, 0, 2, 1) and spans["Kinh phí"] == (0, 1, 1, 2) and spans["XHH"] == (1, 2, 1, 1)


def test_blank_rows_and_columns_part_tables(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for place in ("A1:B2", "D1:E2", "A5:B6"):
        for row in sheet[place]:
            for cell in row:
                cell.value = cell.coordinate
    found = [b for b in read(book, tmp_path / "a.xlsx").pages[0].blocks if isinstance(b, Table)]
    assert [table.cells[0].text for table in found] == ["A1", "D1", "A5"]


def test_blank_framed_rows_stay_in_the_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    frame(sheet, "A1:C5")
    sheet["A1"], sheet["A5"] = "STT", "cuối"
    (table,) = read(book, tmp_path / "a.xlsx").pages[0].blocks
    assert isinstance(table, Table) and (table.rows, table.columns) == (5, 3)


def test_rich_text_keeps_the_font_of_each_run(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText(TextBlock(InlineFont(rFont=".VnTime"), "B¸o c¸o"), " năm 2024")
    (line,) = paragraphs(read(book, tmp_path / "a.xlsx").blocks())
    assert [(span.text, span.font) for span in line.spans] == [("B¸o c¸o", ".VnTime"), (" năm 2024", "Calibri")]


def test_hidden_sheets_are_read_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "hiện"
    hidden = book.create_sheet("Nháp")
    hidden.sheet_state = "hidden"
    hidden["B2"] = "ẩn"
    hidden.row_dimensions[2].hidden = True
    document = read(book, tmp_path / "a.xlsx")
    assert [page.number for page in document.pages] == [1, 2]
    assert [p.text for p in paragraphs(document.blocks())] == ["hiện", "ẩn"]
    assert [notice.code for notice in document.notices] == ["hidden_sheet", "hidden_rows"]
    assert "Nháp" in document.notices[0].message


def test_formulas_show_their_saved_value(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("KQ")
    sheet.write_formula("A1", "=1+1", None, 2)
    sheet.insert_textbox("C3", "Ghi chú trong khung")
    book.close()
    document = xlsx.read(path, SOURCE)
    found = list(paragraphs(document.blocks()))
    assert [(p.text, p.role) for p in found] == [("2", "body"), ("Ghi chú trong khung", "textbox")]
    assert found[1].where.block == "KQ/textbox[1]/p[1]"
    assert document.notices == ()


def test_formula_that_was_never_calculated_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "Tổng", "=SUM(B1:B9)"
    assert [n.code for n in read(book, tmp_path / "a.xlsx").notices] == ["formula_without_value"]


def test_far_cells_and_many_cells_cost_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_CELLS", 50)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["XFD1048576"] = "xa"
    for r in range(1, 101):
        sheet.cell(r, 1, r)
    document = read(book, tmp_path / "a.xlsx")
    assert [p.text for p in paragraphs(document.blocks())] == [str(r) for r in range(1, 51)]
    assert [notice.code for notice in document.notices] == ["sheet_cut"]


def test_large_sheets_are_read_as_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_SHEET_BYTES", 100)
    book = openpyxl.Workbook()
    sheet = book.active
    for r in range(1, 4):
        sheet.append([r, f"Việc {r}"])
    frame(sheet, "A1:B3")
    (table,) = read(book, tmp_path / "a.xlsx").pages[0].blocks
    assert isinstance(table, Table)
    assert rows(table) == [["1", "Việc 1"], ["2", "Việc 2"], ["3", "Việc 3"]]


def test_refused_files(tmp_path: Path) -> None:
    blank = tmp_path / "blank.xlsx"
    openpyxl.Workbook().save(blank)
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(blank.read_bytes()[:900])
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(wrong, "w") as archive:
        archive.writestr("a.txt", "x")
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", " " * (20 << 20))
    for path, code in [(blank, "no_text"), (cut, "damaged"), (wrong, "damaged"), (bomb, "unsafe")]:
        with pytest.raises(Rejected) as refused:
            xlsx.read(path, SOURCE)
        assert refused.value.code == code, path


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (3.0, "General", "3"),
        (1.5, "General", "1,5"),
        (0.1 + 0.2, "General", "0,3"),
        (1_250_000_000, "General", "1250000000"),
        (1_250_000_000, "#,##0", "1.250.000.000"),
        (1234.5, "#,##0.00", "1.234,50"),
        (2, "0.##", "2"),
        (0.125, "0.0%", "12,5%"),
        (0.93, "0%", "93%"),
        (2_500_000, "#,##0,", "2.500"),
        (1e6, '#,##0 "đồng"', "1.000.000 đồng"),
        (45000, "[$-42A]#,##0", "45.000"),
        (-1234, "#,##0_);(#,##0)", "(1.234)"),
        (0, '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "-"),
        (7, "00", "07"),
        (12, "@", "12"),
        (dt.datetime(2024, 5, 3), "mm-dd-yy", "03/05/2024"),
        (dt.datetime(2024, 5, 3, 8, 30), "dd/mm/yyyy hh:mm", "03/05/2024 08:30"),
        (dt.datetime(2024, 5, 3), "mmm-yy", "05/2024"),
        (dt.time(8, 5), "h:mm", "08:05"),
        (True, "General", "TRUE"),
        ("như mục 1", "General", "như mục 1"),
    ],
)
def test_values_as_shown(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text
