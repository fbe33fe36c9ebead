"""First sheet: the campaign at a glance."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import xlsxwriter

from campaigns.model import Campaign
from consolidation.lists import local
from consolidation.submissions import Submission, last_day_on_time
from consolidation.tables import A4, HEAD, Formats, Value, print_setup, write_title
from consolidation.words import FILES, SUBMISSIONS, group_title

_STATES = ("on_time", "late", "incomplete", "missing")


class OverviewSheet:
    """Counts are gathered while the other sheets are written, and written by `close`."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, campaign: Campaign, now: dt.datetime) -> None:
        self._formats = formats
        self._campaign = campaign
        self._now = now
        self._sheet = book.add_worksheet("Tổng quan")
        self._submissions: Counter[tuple[str, str]] = Counter()
        self._files: Counter[str | None] = Counter()
        self._unknown = 0

    def add_submission(self, one: Submission) -> None:
        self._submissions[one.unit.group, one.state] += 1
        self._submissions[one.unit.group, "expected"] += one.unit.expected

    def add_file(self, state: str | None) -> None:
        self._files[state] += 1

    def add_unknown(self) -> None:
        self._unknown += 1

    def close(self) -> None:
        sheet, write = self._sheet, self._formats.write
        print_setup(sheet, A4)
        sheet.set_column(0, 0, 52)
        sheet.set_column(1, 6, 16)
        letter, deadline = self._campaign.letter, self._campaign.deadline
        zone = ZoneInfo(deadline.timezone)
        write_title(sheet, self._formats, "TỔNG HỢP BÁO CÁO", 16)
        facts: list[tuple[str, Value]] = [
            ("Văn bản yêu cầu", f"Số {letter.number} ngày {letter.date:%d/%m/%Y} của {letter.issuer}"),
            ("Về việc", letter.subject),
            ("Ngày cuối cùng còn đúng hạn", last_day_on_time(deadline)),
            ("Tổng hợp lúc", local(self._now, zone)),
        ]
        for row, (label, value) in enumerate(facts, 2):
            write(sheet, row, 0, label, bold=True)
            write(sheet, row, 1, value, align="left")
        row = self._groups(len(facts) + 3)
        row = self._files_table(row + 1)
        unverified = sum(not unit.verified for unit in self._campaign.units)
        notes = [
            "“Nộp thiếu”: đã nộp nhưng còn nội dung chưa trả lời; xem cột “Nội dung còn thiếu” của danh sách nộp.",
            "Phụ lục chỉ bắt buộc với nhóm được yêu cầu; nhóm khác không kèm phụ lục không bị coi là nộp thiếu.",
            "Hạn tính theo ngày ghi trên báo cáo; không ghi ngày hoặc ngày không hợp lý thì tính theo ngày nhận tệp.",
            "Đơn vị gửi nhiều bản: bản có ngày mới nhất được dùng, hạn tính theo bản đầu tiên.",
        ]
        if unverified:
            notes.append(
                f"{unverified}/{len(self._campaign.units)} đơn vị trong danh sách chưa được đối chiếu chính thức;"
                " cần đối chiếu trước khi nhắc nộp."
            )
        for n, note in enumerate(notes, row + 1):
            write(sheet, n, 0, note, italic=True)

    def _groups(self, row: int) -> int:
        sheet, write = self._sheet, self._formats.write
        sheet.set_row(row, 32)
        for column, title in enumerate(("Nhóm đơn vị", "Phải nộp", *(SUBMISSIONS[state].label for state in _STATES))):
            write(sheet, row, column, title, **HEAD)
        groups = list(self._campaign.groups)
        groups += sorted({group for group, _ in self._submissions} - set(groups))
        totals: Counter[str] = Counter()
        for group in groups:
            row += 1
            write(sheet, row, 0, group_title(self._campaign, group) or "(chưa rõ nhóm)", border=1)
            for column, state in enumerate(("expected", *_STATES), 1):
                count = self._submissions[group, state]
                totals[state] += count
                fill = {"bg_color": SUBMISSIONS[state].fill} if count and state in SUBMISSIONS else {}
                write(sheet, row, column, count, border=1, align="center", **fill)
        row += 1
        write(sheet, row, 0, "Cộng", border=1, bold=True)
        for column, state in enumerate(("expected", *_STATES), 1):
            write(sheet, row, column, totals[state], border=1, bold=True, align="center")
        return row + 1

    def _files_table(self, row: int) -> int:
        sheet, write = self._sheet, self._formats.write
        write(sheet, row, 0, "Tệp nhận được", **HEAD)
        write(sheet, row, 1, "Số tệp", **HEAD)
        lines = [
            (label, self._files[state]) for state, label in FILES.items() if state is not None or self._files[None]
        ]
        lines += [("Cộng", sum(self._files.values())), ("Báo cáo chưa xác định được đơn vị", self._unknown)]
        for label, count in lines:
            row += 1
            write(sheet, row, 0, label, border=1, bold=label == "Cộng")
            write(sheet, row, 1, count, border=1, align="center", bold=label == "Cộng")
        return row + 1
