"""The money in the workbook: ``Kinh phí`` (sums) and ``Chi tiết kinh phí`` (every amount with its sentence)."""

from __future__ import annotations

from collections.abc import Sequence

import xlsxwriter

from consolidation.budget import Line
from consolidation.figures import REASONS, Figure
from consolidation.findings import Findings
from consolidation.tables import A4, GRID, HEAD, Formats, Heading, ListSheet, Value, height, print_setup, write_title
from consolidation.words import SOURCES, UNKNOWN_UNIT, blocks, group_title, pages

AMOUNT = {"num_format": "#,##0"}
_DOUBTFUL = "#FBE3A2"
_NAME_WIDTH = 58  # characters
_SUMS = ("Ngân sách", "Xã hội hóa", "Chưa tách nguồn", "Tổng cộng", "Số đơn vị", "Chưa cộng, cần xem", "Số chỗ cần xem",
         "Tổng nếu lấy mức cao")  # fmt: skip


class MoneySheet:
    """Sums by item, year, group and unit; written once everything is known."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats) -> None:
        self._formats = formats
        self._sheet = book.add_worksheet("Kinh phí")
        self._row = 0

    def close(self, findings: Findings) -> None:
        sheet, write = self._sheet, self._formats.write
        print_setup(sheet, A4)
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 1, _NAME_WIDTH)
        sheet.set_column(2, 5, 19)
        sheet.set_column(6, 6, 9)
        sheet.set_column(7, 7, 19)
        sheet.set_column(8, 8, 10)
        sheet.set_column(9, 9, 19)
        write_title(sheet, self._formats, "KINH PHÍ theo mục và nguồn (đơn vị tính: đồng)")
        notes = (
            "Mỗi số chỉ cộng một lần. Tổng đã nêu cùng các phần, số nhắc lại ngoài phụ lục, đơn giá và số nêu trong"
            " kiến nghị không được cộng.",
            "“Chưa cộng, cần xem”: số của quận, huyện hoặc của ngành có thể đã gồm số của trường; số chưa rõ đã nằm"
            " trong phụ lục hay chưa; số dự kiến. Từng số và lý do: trang “Chi tiết kinh phí”.",
            "“Tổng nếu lấy mức cao”: số nêu theo khoảng (từ 2 đến 3 tỷ đồng) được cộng theo mức thấp; cột này cộng theo"
            " mức cao.",
            "“Chưa tách nguồn”: đơn vị chỉ nêu tổng, không nói phần nào là ngân sách, phần nào là xã hội hóa.",
        )
        for row, note in enumerate(notes, 1):
            write(sheet, row, 0, note, italic=True)
        self._row = len(notes) + 2
        titles = {item.id: item.title for item in findings.campaign.items}
        items = [
            (item, titles[item] if item is not None else "Không gắn với mục nào của phụ lục", line)
            for item, line in findings.by_item
        ]
        self._table("Theo mục của phụ lục", items, findings.total)
        self._table(
            "Theo năm nêu trong câu",
            [(None, year or "Không nêu năm", line) for year, line in findings.by_year()],
            findings.total,
        )
        groups = [
            (None, group_title(findings.campaign, group) or UNKNOWN_UNIT, line) for group, line in findings.by_group()
        ]
        self._table("Theo nhóm đơn vị", [one for one in groups if one[2] != Line()], findings.total)
        self._table("Theo đơn vị", [(n, name, line) for n, (name, _, line) in enumerate(findings.by_unit(), 1)], None)

    def _table(self, title: str, lines: Sequence[tuple[int | None, str, Line]], total: Line | None) -> None:
        sheet, write = self._sheet, self._formats.write
        sheet.set_row(self._row, 32)
        for column, heading in enumerate(("TT", title, *_SUMS)):
            write(sheet, self._row, column, heading, **HEAD)
        for number, name, line in lines:
            self._row += 1
            sheet.set_row(self._row, height([(name, _NAME_WIDTH)]))
            self._write(number, name, line)
        if total is not None:
            self._row += 1
            self._write(None, "Cộng", total, bold=True)
        self._row += 2

    def _write(self, number: int | None, name: str, line: Line, **look: bool) -> None:
        sheet, write, row = self._sheet, self._formats.write, self._row
        write(sheet, row, 0, number, **GRID, align="center", **look)
        write(sheet, row, 1, name, **GRID, text_wrap=True, **look)
        values = (line.budget, line.socialised, line.unsplit, line.total, line.units, line.aside, line.doubtful)
        for column, value in enumerate((*values, line.upper if line.spread else None), 2):
            fill = {"bg_color": _DOUBTFUL} if column >= 7 and value else {}
            write(sheet, row, column, value, **GRID, **AMOUNT, **fill, **look)


class AmountSheet:
    """``Chi tiết kinh phí``: one line an amount."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats) -> None:
        self._list = ListSheet(
            book,
            formats,
            name="Chi tiết kinh phí",
            title="CHI TIẾT KINH PHÍ: mỗi số tiền đơn vị đã nêu, câu nêu số đó và cách tính",
            printed=12,
            headings=[
                Heading("TT", 6, {"align": "center"}),
                Heading("Đơn vị", 30),
                Heading("Mục", 6, {"align": "center"}),
                Heading("Nguồn", 14),
                Heading("Số tiền (đồng)", 19, AMOUNT),
                Heading("Đến (nếu là khoảng)", 19, AMOUNT),
                Heading("Năm", 12, {"align": "center"}),
                Heading("Cách tính", 26),
                Heading("Cần lưu ý", 34),
                Heading("Câu trong báo cáo", 60),
                Heading("Tệp", 26),
                Heading("Trang", 7, {"align": "center"}),
                Heading("Mã đơn vị", 24),
                Heading("Vị trí trong tệp", 40),
            ],
        )

    def close(self, figures: Sequence[Figure]) -> None:
        for one in figures:
            record: list[Value] = [
                one.unit.name if one.unit else UNKNOWN_UNIT,
                one.item,
                SOURCES[one.source],
                one.value,
                one.upper,
                one.year,
                REASONS[one.state],
                one.note,
                one.sentence,
                one.report.name,
                pages(one.provenance),
                one.unit.id if one.unit else None,
                blocks(one.provenance),
            ]
            self._list.add(record, fills={7: _DOUBTFUL, 8: _DOUBTFUL} if one.doubtful else None)
        self._list.close()
