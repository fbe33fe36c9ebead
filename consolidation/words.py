"""What people read in the outputs: Vietnamese words, and the sign and colour of each state (never colour alone)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from campaigns.model import Campaign
from consolidation.submissions import Submission
from extractors.document import Provenance

CellState = Literal["answered", "none", "not_yet", "by_reference", "no_answer", "not_provided", "not_submitted"]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How a state looks. Signs are of the old DOS set (WGL4), which office fonts have; colours are pale enough for
    black text and stay apart for colour-blind eyes and on a grey printer."""

    sign: str
    label: str
    fill: str
    ink: str = "#000000"


CELLS: dict[CellState, Mark] = {
    "answered": Mark(sign="●", label="Đã trả lời", fill="#A8D5A2"),
    "by_reference": Mark(sign="►", label="Dẫn chiếu mục khác (“như mục 1”)", fill="#CFE3F7"),
    "not_yet": Mark(sign="▲", label="Chưa thực hiện", fill="#FBE3A2"),
    "none": Mark(sign="○", label="Không có", fill="#E4DFEC"),
    "no_answer": Mark(sign="□", label="Có trong phụ lục nhưng để trống", fill="#F4B9A7"),
    "not_provided": Mark(sign="–", label="Đã nộp báo cáo, không kèm phụ lục", fill="#FFFFFF"),
    "not_submitted": Mark(sign="×", label="Chưa nộp báo cáo", fill="#E7E6E6", ink="#8C8C8C"),
}

STRENGTH: dict[str, int] = {"answered": 4, "by_reference": 3, "not_yet": 2, "none": 1, "no_answer": 0}
"""Of two answers at one place the stronger is shown in the matrix."""

SUBMISSIONS = {
    "on_time": Mark(sign="●", label="Đúng hạn", fill="#A8D5A2"),
    "late": Mark(sign="▲", label="Trễ hạn", fill="#FBE3A2"),
    "incomplete": Mark(sign="□", label="Nộp thiếu", fill="#F9CDA0"),
    "missing": Mark(sign="×", label="Chưa nộp", fill="#F4B9A7"),
}

FILES = {
    "processed": "Đã xử lý",
    "partial": "Xử lý được một phần",
    "duplicate": "Trùng với tệp đã nhận",
    "rejected": "Không đọc được",
    None: "Chưa xử lý xong",
}

REPAIRS = {
    "mojibake": "Sai bảng mã UTF-8",
    "mojibake_lost": "Sai bảng mã UTF-8, mất một phần chữ",
    "lost_letter": "Mất chữ có dấu (thành ?)",
    "false_split": "Chữ bị tách rời",
    "tcvn3": "Bảng mã TCVN3 (ABC)",
    "tcvn3_soft_hyphen": "Bảng mã TCVN3, mất chữ ư",
    "dropped_letter": "Mất hẳn chữ có dấu",
    "stripped_tone": "Mất dấu thanh",
    "stripped_mark": "Mất mọi dấu",
    "misconverted_vni": "Chuyển mã nhầm từ VNI",
    "misconverted_tcvn3": "Chuyển mã nhầm từ TCVN3",
    "vni": "Bảng mã VNI",
    "viscii": "Bảng mã VISCII",
    "vps": "Bảng mã VPS",
    "composition": "Dấu tổ hợp rời",
    "look_alike_d": "Chữ đ thay bằng chữ giống",
    "homoglyph": "Chữ thay bằng chữ giống",
    "run_spacing": "Khoảng trắng thừa",
}
"""Kinds of damage; one that is not here is shown by its own name."""

SOURCES = {"budget": "Ngân sách", "socialised": "Xã hội hóa", None: "Chưa tách nguồn"}

UNCONFIRMED = "chưa xác nhận"
UNKNOWN_UNIT = "(chưa xác định được đơn vị)"

AUTHORS = {"machine": "Máy đọc", "reviewer": "Người duyệt"}


def submission_words(submission: Submission) -> str:
    """``Trễ 3 ngày``, ``Nộp thiếu, trễ 3 ngày``, ``Chưa nộp (còn 5 ngày)``."""
    late = f"trễ {submission.days_late} ngày" if submission.days_late else ""
    if submission.state == "late":
        return late.capitalize()
    label = SUBMISSIONS[submission.state].label
    if submission.state == "incomplete" and late:
        return f"{label}, {late}"
    if submission.state == "missing" and (submission.days_left or 0) >= 0:
        return f"{label} (còn {submission.days_left} ngày)" if submission.days_left else f"{label} (hôm nay hết hạn)"
    return label


def visible(text: str) -> str:
    """``text``, or signs for it where nothing would be seen: ``·`` for each blank."""
    if text == "":
        return "(bỏ)"
    return text if text.strip() else "".join("↵" if ch == "\n" else "·" for ch in text)


def pages(provenance: Sequence[Provenance]) -> str:
    """``1, 3``; empty for containers without pages."""
    if len(provenance) == 1:
        return "" if provenance[0].page is None else str(provenance[0].page)
    return ", ".join(str(page) for page in sorted({w.page for w in provenance if w.page is not None}))


def blocks(provenance: Sequence[Provenance]) -> str:
    """Where inside the file, as the reader of the container names it."""
    if len(provenance) == 1:
        return provenance[0].block or ""
    return "; ".join(dict.fromkeys(where.block for where in provenance if where.block))


def group_title(campaign: Campaign, group: str) -> str:
    return campaign.groups[group].title if group in campaign.groups else group
