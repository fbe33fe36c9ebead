"""Sources that a text names and that gave nothing: "không có xã hội hóa", "ngân sách chưa chi", "hỗ trợ phụ huynh"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Span

_DENIED = re.compile(
    r"(?:^|[\s,(])(?:không(?! chỉ)|chưa|chẳng|chứ không)(?:\s(?!nên|mà|thì|vì|nhưng|song)[^\W\d]+){0,3}\s*$"
)
_BESIDES = re.compile(r"(?:^|[\s,(])(?:ngoài|bên cạnh)(?:\s[^\W\d]+){0,3}\s*$")
_A_SUM = re.compile(r"^(?:\s(?!còn|thì|có|được)[^\W\d]+){0,3}\s\(?\d")
_DENIED_BEHIND = re.compile(
    r"^\s+(?:không(?! chỉ)|chưa|chẳng)(?:\s(?:phải|thể|được|có))?\s"
    r"(?:chi|cấp|bố trí|có|phải|được|hỗ trợ|kham|cho|trang bị|đóng|góp|trả|lo|chịu|mất|tốn|đủ|còn|đáp ứng|kịp)\b"
    r"(?!(?:\s[^\W\d]+){0,2}\s\d)"
)
_NOT_GIVING = re.compile(r"\s(?:không(?! chỉ)|chưa|chẳng)\s")
_TO_WHOM = re.compile(
    r"(?:(?:hỗ trợ|giúp|giúp đỡ|thưởng|cấp cho|hoàn trả|trả lại|hoàn lại|trả|chi trả)(?: cho| lại cho)?|cho|"
    r"hợp đồng với|ký với|ký kết với|mua của|thuê của|thanh toán với)(?: (?:các|một|mỗi|những|con em|con))?\s*$"
)
_PAID_INTO = re.compile(r"nộp(?: vào| lại| cho)?\s*$")
_COMPARED = re.compile(r"(?:so với|vượt(?: quá)?|khả năng(?: của)?)\s*$")  # "quá cao so với ngân sách"
_RECEIVED = re.compile(r"(?:được|nhận|sự|nguồn|từ)(?:\s[^\W\d]+){0,2}\s+(?:hỗ trợ|giúp|giúp đỡ)\s*$")
_GIVES_AFTER = re.compile(
    r"^(?:\s[^\W\d]+){0,4}\s(?:góp|đóng góp|đóng|tặng|tài trợ|ủng hộ|chi|trả|trao|lo|mua|hỗ trợ|tự nguyện|đầu tư)\b"
)
_GIVES_IN = re.compile(r"\s(?:góp|đóng|chi|trả|lo|hỗ trợ|cấp)$")
_SELLS_OR_SAVES = re.compile(
    r"^(?:\s[^\W\d]+){0,4}\s(?:báo giá|chào giá|trúng thầu|thi công|bán|cho thuê|tiết kiệm(?! chi)|đỡ tốn|đỡ mất)\b"
)
_FREE = re.compile(r"\b(?:miễn phí|không thu|không lấy)\b")
_TOGETHER = frozenset(("và", ",", "lẫn", "hay", "hoặc", "/"))
NEAR = 7  # tokens


def without_no_givers(doc: Doc, found: Iterable[Span]) -> Iterator[Span]:
    """``found`` with sources that gave nothing as NEUTRAL: denied ones, and whoever is paid, helped or saves."""
    kept = list(found)
    none: set[int] = set()
    for at, span in enumerate(kept):
        before = _beside(doc, span, -1)
        last = kept[at - 1] if at else span
        joined = at > 0 and doc[last.end : span.start].text.lower() in _TOGETHER
        joined = joined and not (_GIVES_AFTER.match(_beside(doc, span, 1)) or _GIVES_IN.search(span.text.lower()))
        outside = joined and last.text.lower().startswith("ngoài")
        besides = _BESIDES.search(before) and not _A_SUM.match(_beside(doc, span, 1))
        if _DENIED.search(before) or besides or _takes(doc, span, before) or outside or (joined and at - 1 in none):
            none |= {at} | ({at - 1} if outside else set())
    for at, span in enumerate(kept):
        denied = at in none and span.label_ in ("BUDGET", "SOCIALISED")
        yield Span(doc, span.start, span.end, label="NEUTRAL") if denied else span


def _beside(doc: Doc, span: Span, way: int) -> str:
    """The few words before or after ``span`` in its sentence, small, with the space that parts them from it."""
    start, end = (span.start - NEAR, span.start) if way < 0 else (span.end, span.end + NEAR)
    start, end = max(0, start), min(len(doc), end)
    cut = [at for at in range(start, end) if doc[at].is_sent_start or doc[at].text == "\n"]
    if cut and way < 0:
        start = cut[-1]
    elif cut:
        end = cut[0]
    space = " " if way > 0 and doc[span.end - 1].whitespace_ else ""
    return space + doc[start:end].text_with_ws.lower()


def _takes(doc: Doc, span: Span, before: str) -> bool:
    """Whether the words after a source deny its gift, or those around it say that it is paid, helped or saves."""
    after = _beside(doc, span, 1)
    if _DENIED_BEHIND.match(after):
        return True
    if _PAID_INTO.search(before) or (_COMPARED.search(before) and not _A_SUM.match(after)):
        return True
    if span.label_ != "SOCIALISED":
        return False
    if _NOT_GIVING.search(span.text.lower()):
        return True
    if _TO_WHOM.search(before) and not _RECEIVED.search(before) and not _GIVES_AFTER.match(after):
        return True
    return bool(_SELLS_OR_SAVES.match(after)) and not _FREE.search(after)
