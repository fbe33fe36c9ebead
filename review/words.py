"""The Vietnamese words of the page, by the codes that are stored."""

from __future__ import annotations

from typing import NamedTuple

ROLES = {
    "operator": "Người vận hành",
    "reviewer": "Người duyệt",
    "admin": "Quản trị",
}

STATES = {
    "to_review": "Chờ duyệt",
    "in_review": "Đang duyệt",
    "postponed": "Để lại sau",
    "confirmed": "Đã xác nhận",
    "rejected": "Không dùng",
    "superseded": "Đã có bản mới",
}
SIGNS = {
    "to_review": "○",
    "in_review": "◐",
    "postponed": "‖",
    "confirmed": "✓",
    "rejected": "✕",
    "superseded": "↷",
}

REASONS = {
    "unit_unsure": "Chưa chắc đơn vị",
    "new_version": "Bản mới của đơn vị",
    "sums_disagree": "Số tiền không khớp",
    "repair_unsure": "Chữ phục hồi chưa chắc",
    "answer_unsure": "Câu trả lời chưa chắc",
    "unmapped": "Đoạn chưa xếp vào mục",
    "partly_read": "Chỉ đọc được một phần",
    "unexamined": "Máy chưa xét được",
}
"""Why a document needs a person; the weightier come first."""

STATUSES = {
    "answered": "Có trả lời",
    "none": "Không có",
    "not_yet": "Chưa thực hiện",
    "by_reference": "Dẫn chiếu mục khác",
    "no_answer": "Bỏ trống",
}

OUTCOMES = {
    "rejected": "Không đọc được",
    "partial": "Đọc được một phần",
    "pending": "Chưa đọc xong",
    "processed": "Đã đọc",
    "duplicate": "Trùng tệp đã nhận",
}
"""What became of a file."""
OUTCOME_SIGNS = {"rejected": "✕", "partial": "◐", "pending": "…", "processed": "✓", "duplicate": "="}
OUTCOME_LOOKS = {"rejected": "bad", "partial": "warn", "processed": "good"}

JOBS = {"ingest": "Đọc tệp", "consolidate": "Lập tổng hợp"}
OUTPUTS = {
    "tong-hop.xlsx": "Bảng tổng hợp (Excel): danh sách nộp, ma trận, kinh phí, từng câu trả lời",
    "bao-cao-tong-hop.docx": "Báo cáo tổng hợp trình ký (Word)",
    "nhac-nop.docx": "Công văn nhắc nộp (Word)",
    "answers.json": "Mọi câu trả lời cho chương trình khác (JSON)",
    "answers.csv": "Mọi câu trả lời dạng bảng (CSV)",
}

NAVIGATION = (
    ("/", "Hàng đợi", "d"),
    ("/grid", "Ma trận", "m"),
    ("/operator", "Nhận tệp", "n"),
    ("/phrases", "Từ đã học", "t"),
    ("/users", "Người dùng", "u"),
)
"""Address, label, and the key that opens the page after ``g``."""


class Level(NamedTuple):
    """How sure an answer is: the sign beside the colour, and its word."""

    sign: str
    label: str


LEVELS = {
    "doubt": Level("▲", "nghi ngờ"),
    "check": Level("◆", "cần xem"),
    "sure": Level("●", "chắc"),
    "person": Level("✓", "người đã duyệt"),
}

LETTERHEAD = {
    "issuer": "Cơ quan ban hành",
    "parent": "Cơ quan chủ quản",
    "number": "Số, ký hiệu",
    "place": "Địa danh",
    "date": "Ngày ban hành",
    "subject": "Trích yếu",
    "signer": "Người ký",
    "signer_title": "Chức vụ người ký",
}
