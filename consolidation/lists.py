"""The lists of the workbook: submissions, answers, files received, repairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

import xlsxwriter

from campaigns.model import Campaign, Unit
from consolidation.collecting import UnitAnswers, unconfirmed
from consolidation.places import Places
from consolidation.revisions import Revision
from consolidation.submissions import Submission
from consolidation.tables import Formats, Heading, ListSheet
from consolidation.words import (
    AUTHORS,
    CELLS,
    FILES,
    REPAIRS,
    SUBMISSIONS,
    UNCONFIRMED,
    UNKNOWN_UNIT,
    blocks,
    group_title,
    pages,
    submission_words,
    visible,
)
from storage.records import Arrival, ReportRecord, StoredRepair

_PERCENT = {"num_format": "0%", "align": "center"}
_MIDDLE = {"align": "center"}
_DOUBTFUL = "#FBE3A2"
_STATUSES = {
    status: f"{mark.sign} {'Để trống' if status == 'no_answer' else mark.label}" for status, mark in CELLS.items()
}
_FILLS = {
    (status, doubtful): {4: mark.fill} | ({8: _DOUBTFUL, 9: _DOUBTFUL} if doubtful else {})
    for status, mark in CELLS.items()
    for doubtful in (False, True)
}


class SubmissionSheet:
    """``Danh sách nộp``: one line a unit."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, campaign: Campaign) -> None:
        self._campaign = campaign
        self._zone = ZoneInfo(campaign.deadline.timezone)
        self._list = ListSheet(
            book,
            formats,
            name="Danh sách nộp",
            title=f"DANH SÁCH NỘP BÁO CÁO theo văn bản số {campaign.letter.number}",
            printed=9,
            headings=[
                Heading("TT", 5, _MIDDLE),
                Heading("Đơn vị", 36),
                Heading("Nhóm", 26),
                Heading("Tình trạng", 17),
                Heading("Nội dung còn thiếu", 46),
                Heading("Số báo cáo", 18),
                Heading("Ngày trên báo cáo", 11, _MIDDLE),
                Heading("Tệp hiện hành", 30),
                Heading("Ghi chú", 30),
                Heading("Mã đơn vị", 28),
                Heading("Số ngày trễ", 8, _MIDDLE),
                Heading("Phụ lục", 11),
                Heading("Ngày nhận tệp", 16, _MIDDLE),
                Heading("Tính hạn theo", 18),
                Heading("Số bản đã gửi", 8, _MIDDLE),
            ],
        )

    def add(self, one: Submission) -> None:
        unit = one.unit
        mark = SUBMISSIONS[one.state]
        basis = {"letter_date": "ngày trên báo cáo", "received_at": "ngày nhận tệp", None: None}[one.basis]
        appendix = {"provided": "có", "not_provided": "không kèm", "not_asked": None}[one.appendix]
        self._list.add(
            [
                unit.name,
                group_title(self._campaign, unit.group),
                f"{mark.sign} {submission_words(one)}",
                "\n".join(f"• {lack}" for lack in one.lacks),
                one.number,
                one.letter_date,
                one.file,
                "; ".join(_remarks(one)),
                unit.id,
                one.days_late or None,
                appendix if one.versions else None,
                local(one.received_at, self._zone),
                basis,
                one.versions or None,
            ],
            fills={3: mark.fill},
        )

    def close(self) -> None:
        self._list.close()


def _remarks(one: Submission) -> list[str]:
    remarks = []
    if one.versions > 1 and one.submitted_on:
        remarks.append(f"bản đầu ngày {one.submitted_on:%d/%m/%Y}, bản sau thay bản trước")
    if one.basis == "received_at":
        remarks.append("báo cáo không ghi ngày hợp lý, hạn tính theo ngày nhận tệp")
    if one.partly_read:
        remarks.append("tệp chỉ đọc được một phần, cần xem lại")
    if not one.unit.expected:
        remarks.append("không thuộc diện bắt buộc")
    return remarks


class AnswerSheet:
    """``Câu trả lời``: one line an answer, with its source."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, campaign: Campaign) -> None:
        self._campaign = campaign
        self._places = Places(campaign)
        self._list = ListSheet(
            book,
            formats,
            name="Câu trả lời",
            title="CÂU TRẢ LỜI CỦA TỪNG ĐƠN VỊ, kèm nguồn",
            printed=9,
            headings=[
                Heading("TT", 6, _MIDDLE),
                Heading("Đơn vị", 28),
                Heading("Mục / nội dung", 34),
                Heading("Cột của phụ lục", 15),
                Heading("Trạng thái", 16),
                Heading("Trả lời", 72),
                Heading("Tệp", 24),
                Heading("Trang", 7, _MIDDLE),
                Heading("Độ tin cậy", 7, _PERCENT),
                Heading("Cần xem lại", 14),
                Heading("Người xác định", 14),
                Heading("Mã đơn vị", 28),
                Heading("Nhóm", 28),
                Heading("Vị trí trong tệp", 50),
            ],
        )

    def add(self, sent: UnitAnswers) -> None:
        unit = sent.unit
        name, unit_id = (unit.name, unit.id) if unit else (UNKNOWN_UNIT, None)
        group = group_title(self._campaign, unit.group) if unit else None
        for answer in (*sent.appendix, *sent.narrative):
            item, column = self._places.title(answer.item, answer.column, answer.point)
            doubtful = unconfirmed(answer)
            self._list.add(
                [
                    name,
                    item,
                    column,
                    _STATUSES[answer.status],
                    answer.text,
                    sent.report(answer.report_id).name,
                    pages(answer.provenance),
                    answer.confidence,
                    UNCONFIRMED if doubtful else None,
                    answer.author_name or AUTHORS[answer.author],
                    unit_id,
                    group,
                    blocks(answer.provenance),
                ],
                fills=_FILLS[answer.status, doubtful],
            )

    def close(self) -> None:
        self._list.close()


class RevisionSheet:
    """``Thay đổi``: what units that sent several versions changed, one line a place."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, campaign: Campaign) -> None:
        self._places = Places(campaign)
        self._list = ListSheet(
            book,
            formats,
            name="Thay đổi giữa các bản",
            title="THAY ĐỔI GIỮA CÁC BẢN đơn vị đã gửi, bản sau so với bản ngay trước",
            printed=9,
            headings=[
                Heading("TT", 5, _MIDDLE),
                Heading("Đơn vị", 28),
                Heading("Mục / nội dung", 34),
                Heading("Cột của phụ lục", 15),
                Heading("Thay đổi", 11),
                Heading("Chữ đã đổi (cũ → mới)", 40),
                Heading("Bản trước", 46),
                Heading("Bản sau", 46),
                Heading("Tệp trước → tệp sau", 40),
                Heading("Mã đơn vị", 24),
            ],
        )

    def add(self, one: Revision) -> None:
        _, item, column, point = one.place
        words = (f"{was or '(thêm)'} → {now or '(bỏ)'}" for was, now in one.words)
        self._list.add(
            [
                one.unit.name,
                *self._places.title(item, column, point),
                _CHANGES[one.kind],
                "\n".join(words) or None,
                one.before,
                one.after,
                f"{_version(one.older)} → {_version(one.newer)}",
                one.unit.id,
            ]
        )

    def close(self) -> None:
        self._list.close()


_CHANGES = {"added": "Thêm", "removed": "Bỏ", "changed": "Sửa"}


def _version(report: ReportRecord) -> str:
    return f"{report.name} ({report.letter_date:%d/%m/%Y})" if report.letter_date else report.name


class FileSheet:
    """``Tệp nhận được``: every file that came in, with what became of it and why."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        formats: Formats,
        campaign: Campaign,
        readings: Mapping[str, ReportRecord],
        in_force: set[int],
    ) -> None:
        self._zone = ZoneInfo(campaign.deadline.timezone)
        self._units: dict[str, Unit] = {unit.id: unit for unit in campaign.units}
        self._readings = readings
        self._in_force = in_force
        self._list = ListSheet(
            book,
            formats,
            name="Tệp nhận được",
            title="TỆP NHẬN ĐƯỢC: mỗi tệp một dòng, kể cả tệp trùng và tệp không đọc được",
            printed=9,
            headings=[
                Heading("TT", 6, _MIDDLE),
                Heading("Tên tệp", 44),
                Heading("Kết quả", 22),
                Heading("Lý do", 50),
                Heading("Đơn vị", 34),
                Heading("Bản", 15),
                Heading("Số báo cáo", 20),
                Heading("Ngày trên báo cáo", 12, _MIDDLE),
                Heading("Nhận lúc", 16, _MIDDLE),
                Heading("Mã lý do", 16),
                Heading("Mã băm SHA-256 của bản gốc", 68),
            ],
        )

    def add(self, arrival: Arrival) -> None:
        reading = self._readings.get(arrival.sha256 or "")
        unit_id = reading.unit_id if reading else None
        reason = arrival.message
        if arrival.state == "duplicate" and reading and reading.name != arrival.name:
            reason = f"Cùng nội dung với tệp “{reading.name}”."
        self._list.add(
            [
                arrival.name,
                FILES[arrival.state],
                reason,
                self._units[unit_id].name if unit_id in self._units else unit_id,
                self._version(arrival, reading),
                reading.number if reading else None,
                reading.letter_date if reading else None,
                local(arrival.received_at, self._zone),
                arrival.code,
                arrival.sha256,
            ],
            fills={2: _FILE_FILLS[arrival.state]},
        )

    def _version(self, arrival: Arrival, reading: ReportRecord | None) -> str | None:
        if reading is None or reading.state == "rejected" or arrival.state == "duplicate":
            return None
        if reading.unit_id is None:
            return "chưa rõ đơn vị"
        return "hiện hành" if reading.id in self._in_force else "bản cũ"

    def close(self) -> None:
        self._list.close()


_FILE_FILLS = {
    "processed": "#FFFFFF",
    "partial": "#FBE3A2",
    "duplicate": "#EDEDED",
    "rejected": "#F4B9A7",
    None: "#FBE3A2",
}


class RepairSheet:
    """``Nhật ký sửa chữ``: every change made to a text before it was understood."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats) -> None:
        self._list = ListSheet(
            book,
            formats,
            name="Nhật ký sửa chữ",
            title="NHẬT KÝ SỬA CHỮ: chữ bị hỏng trong tệp và chữ đã thay",
            headings=[
                Heading("TT", 6, _MIDDLE),
                Heading("Tệp", 36),
                Heading("Đơn vị", 30),
                Heading("Loại hỏng", 26),
                Heading("Trong tệp", 36),
                Heading("Sửa thành", 36),
                Heading("Độ tin cậy", 8, _PERCENT),
                Heading("Cách đọc khác", 30),
                Heading("Trang", 7, _MIDDLE),
                Heading("Vị trí trong tệp", 34),
            ],
        )

    def add_file(self, report: ReportRecord, unit: Unit | None, repairs: Iterable[StoredRepair]) -> None:
        """Every change to a letter on its line; those of blanks alone, which nobody checks, on one line a file."""
        blanks = 0
        for repair in repairs:
            if repair.original.strip() or repair.replacement.strip():
                self._add(report, unit, repair)
            else:
                blanks += 1
        if blanks:
            summary = [f"{blanks} chỗ", *[None] * 5]
            self._list.add([report.name, unit.name if unit else None, REPAIRS["run_spacing"], *summary])

    def _add(self, report: ReportRecord, unit: Unit | None, repair: StoredRepair) -> None:
        others = "; ".join(f"{one.text} ({one.confidence:.0%})" for one in repair.alternatives)
        where = repair.provenance
        self._list.add(
            [
                report.name,
                unit.name if unit else None,
                REPAIRS.get(repair.kind, repair.kind),
                visible(repair.original),
                visible(repair.replacement),
                repair.confidence,
                others,
                pages(where),
                blocks(where),
            ]
        )

    def close(self) -> None:
        self._list.close()


def local(moment: dt.datetime | None, zone: ZoneInfo) -> dt.datetime | None:
    """The wall clock of the campaign; a spreadsheet has no time zones."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment else None
