"""What the document view calls things, in Vietnamese."""

from __future__ import annotations

from typing import Any

from campaigns import Campaign
from campaigns.model import Column, Item
from consolidation.places import short
from consolidation.words import REPAIRS, SOURCES, visible
from review.marking import choices
from review.remembering import suggestion
from storage.history import Event
from storage.records import Place as Where
from storage.records import StoredFact


class Labels:
    """Places in words."""

    def __init__(self, campaign: Campaign) -> None:
        self._items = {item.id: item for item in campaign.items}
        self._columns = {column.id: column for column in campaign.columns}
        self._points = {point.id: point for group in campaign.groups.values() for point in group.points}

    def of(self, where: Where) -> str:
        """``Mục 3 · Kết quả``, or the beginning of a point's title."""
        if where.point is not None:
            point = self._points.get(where.point)
            title = point.title if point else where.point
            return title if len(title) <= 60 else title[:60].rsplit(" ", 1)[0] + "…"
        column = self._columns.get(where.column or "")
        return f"Mục {where.item} · {short(column) if column else where.column}"

    def knows(self, where: Where) -> bool:
        """Whether the campaign asks anything at this place."""
        if where.point is not None:
            return where.point in self._points
        return where.item in self._items and where.column in self._columns


_ACTIONS = {
    "correct": "Sửa câu trả lời",
    "move": "Chuyển câu trả lời",
    "confirm": "Chấp nhận câu trả lời",
    "add": "Thêm câu trả lời",
    "split": "Tách câu trả lời",
    "withdraw": "Rút bỏ câu trả lời",
    "unit": "Xác định đơn vị",
    "letterhead": "Sửa phần đầu văn bản",
    "state": "Đổi tình trạng duyệt",
    "take_over": "Nhận duyệt thay",
    "carry": "Giữ lại các sửa đổi khi đọc lại tệp",
    "learn": "Ghi nhớ cách đọc",
    "unlearn": "Thôi ghi nhớ cách đọc",
    "undo": "Hoàn tác",
}


def told(event: Event, labels: Labels) -> str:
    """What was done, and to what."""
    words = _ACTIONS.get(event.action, event.action)
    answers = event.after if isinstance(event.after, list) else event.before if isinstance(event.before, list) else []
    if len(answers) > 1 and event.action in ("confirm", "undo"):
        return f"{words} ({len(answers)})"
    if not answers:
        return words
    first = answers[0]
    where = Where(item=first.get("item"), column=first.get("column"), point=first.get("point"))
    return f"{words}: {labels.of(where)}"


def fact(one: StoredFact) -> str:
    """``12.500.000 đồng (Ngân sách)``, ``30–35 %``, ``120 máy tính``, ``Kế hoạch số 3863/KH-SGDĐT``."""
    value = _number(one.value)
    if one.value_to is not None:
        value += f"–{_number(one.value_to)}"
    if one.kind == "money":
        return f"{value} đồng ({SOURCES[one.funding_source]})"
    if one.kind == "percent":
        return f"{value}%"
    return f"{value} {one.unit}" if one.unit else value


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    whole = f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"
    return whole.translate(str.maketrans(",.", ".,"))


def heading(thing: Item | Column) -> str:
    return short(thing)


KEYS = (
    ("j k", "Câu trả lời sau, trước; chỗ của nó sáng lên trên văn bản gốc"),
    ("u", "Đến câu cần xem tiếp theo"),
    ("a", "Chấp nhận câu đang chọn, sang câu sau"),
    ("e", "Sửa chữ, tình trạng, chỗ của câu"),
    ("m", "Chuyển sang mục, cột khác; xếp đoạn chưa có chỗ vào mục"),
    ("s", "Tách làm hai câu trả lời"),
    ("r", "Rút bỏ câu trả lời"),
    ("c rồi 1 – 9", "Đến chữ đã phục hồi tiếp theo, chọn cách đọc khác"),
    ("b", "Ghi nhớ cách đọc đang mở cho các tài liệu sau"),
    ("v", "Xem chữ gốc bên chữ đã phục hồi"),
    ("o", "Chỉ hiện câu cần xem"),
    ("t", "Thêm câu trả lời (từ đoạn đang chọn trên văn bản gốc)"),
    ("z", "Hoàn tác thay đổi cuối"),
    ("Shift A", "Chấp nhận mọi câu đạt độ chắc đã chọn"),
    ("d i w f l", "Đến phần đầu văn bản, phụ lục, đoạn chưa xếp, số liệu, lịch sử"),
    ("[ ]", "Trang trước, trang sau của văn bản gốc"),
    ("+ -", "Phóng to, thu nhỏ văn bản gốc"),
    ("Ctrl Enter", "Lưu biểu mẫu đang mở"),
    ("Ctrl B", "Ghi nhớ chữ của ô đang sửa ở phần đầu văn bản"),
    ("Shift X", "Xác nhận tài liệu, sang tài liệu sau (hoặc mở lại để duyệt)"),
    ("Shift P", "Để tài liệu lại sau"),
    ("Shift R", "Không dùng tài liệu này"),
    ("Shift T", "Nhận duyệt thay người khác"),
    ("Shift O", "Tải tệp gốc"),
    ("n p", "Tài liệu sau, trước"),
)

TEMPLATE: dict[str, Any] = {
    "choices": choices,
    "document_keys": KEYS,
    "fact_words": fact,
    "heading": heading,
    "repair_words": REPAIRS,
    "suggestion": suggestion,
    "visible": visible,
}
"""What the templates of a document use besides its values."""
