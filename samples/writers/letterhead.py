"""What stands above and below every Vietnamese report, as lines ready to be set."""

from __future__ import annotations

import datetime as dt

from samples.content import Content

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def printed_number(content: Content) -> str:
    head = content.letterhead
    return head.get("printed_number") or f"Số: {head['number']}"


def printed_date(content: Content) -> str:
    """``Quận 1, ngày 02 tháng 5 năm 2024``; days under 10 and months 1 and 2 get a zero."""
    head = content.letterhead
    if head.get("printed_date"):
        return head["printed_date"]
    date = head["date"]
    if isinstance(date, str):
        date = dt.date.fromisoformat(date)
    month = f"{date.month:02d}" if date.month < 3 else str(date.month)
    return f"{head['place']}, ngày {date.day:02d} tháng {month} năm {date.year}"


def parent_lines(content: Content) -> list[str]:
    return [line for line in (content.letterhead.get("parent") or "").split("\n") if line]


def issuer_lines(content: Content) -> list[str]:
    return content.letterhead["issuer"].split("\n")


def receivers(content: Content) -> list[str]:
    return content.raw.get("receivers", ["Như trên;", "Lưu: VT."])


def title_lines(content: Content) -> list[str]:
    """The signer's titles, one a line, ``KT.``/``TM.`` lines first."""
    head = content.letterhead
    return [*head.get("printed_over", []), head["signer_title"]]
