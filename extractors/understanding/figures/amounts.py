"""Numbers and units of money as Vietnamese officials write them.

``1.250.000.000``, ``1,25``, ``77.300``, ``1,250,000`` (English), ``hai tỷ ba trăm triệu``; scales from nghìn to tỷ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from extractors.understanding.ground.folding import fold

SCALES: dict[str, int] = {
    "ty": 10**9,
    "ti": 10**9,
    "trieu": 10**6,
    "trd": 10**6,
    "tr": 10**6,
    "tr.d": 10**6,
    "tr.dong": 10**6,
    "tr. dong": 10**6,
    "trđ": 10**6,
    "nghin": 10**3,
    "ngan": 10**3,
    "k": 10**3,
}
_DIGITS = {
    word: value
    for value, words in enumerate(("khong", "mot", "hai", "ba", "bon tu", "nam lam nham", "sau", "bay", "tam", "chin"))
    for word in words.split()
}
_WORDS = {**_DIGITS, "muoi": 10, "chuc": 10, "tram": 100, "linh": 0, "le": 0, "ruoi": 0}
# Folded, these read as other words too; as numerals they must carry their own marks.
NUMERALS = frozenset(
    "không một mốt hai ba bốn tư năm lăm nhăm sáu bảy bẩy tám chín mười mươi chục trăm linh lẻ rưỡi".split()  # noqa: SIM905
)
HALF = "nửa"
"""Before a scale it is its half; elsewhere it is no numeral."""
_SCALE = r"(1\.000\.000|1\.000|nghin|ngan|trieu|tr|ty|ti)"
_END = r"(?:\b|(?<=0)(?=d))"  # "1.000đ" has no end of a word before its currency
_CURRENCY = r"(?:dong|d|vnd)\b"
_EACH = r"(?:\s*/\s*(?:\w+ ?){1,3})*"  # "(đồng/tháng)"
# "ĐVT: triệu đồng", "(tr.đ)", "(tính bằng triệu)", "Ngân sách - triệu đồng"; "(đồng)" without a scale
_MEASURE = re.compile(
    r"(?:dvt|don vi tinh|don vi tien|don vi|dv|tinh (?:bang|theo))(?:(?: \w+){1,5}:)?\s*(?:la\b)?\s*[:.]?\s*\(?\s*"
    rf"(?:{_SCALE}{_END}\W*(?:{_CURRENCY})?|{_CURRENCY})|"
    rf"\(\s*(?:tinh )?(?:bang |theo )?(?:{_SCALE}{_END}\W{{0,2}}(?:{_CURRENCY})?|{_CURRENCY}){_EACH}\s*\)|"
    rf"\b{_SCALE}\s+dong\s*$|\(?\b(trd)\b\)?"
)
_MEASURES = {"": 1, "1.000.000": 10**6, "1.000": 10**3, "nghin": 10**3, "ngan": 10**3, "trieu": 10**6}
_MEASURES |= {"tr": 10**6, "trd": 10**6, "ty": 10**9, "ti": 10**9}
_GROUPED = re.compile(r"^\d{1,3}(?:\.\d{3})+$")
_ENGLISH = re.compile(r"^\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?$")
_GROUPED_DECIMAL = re.compile(r"^\d{1,3}(?:\.\d{3})+,\d+$")


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens ``start`` to ``end`` of a text and their value in đồng; ``high``: the upper end of a range."""

    start: int
    end: int
    low: int
    high: int | None


def number(text: str) -> Decimal | None:
    """The value of a number written in digits; None when it is none.

    A comma is the decimal mark and a dot parts thousands, unless the number can only be read the English way.
    """
    text = text.strip(".,")
    if _GROUPED.match(text):
        text = text.replace(".", "")
    elif _GROUPED_DECIMAL.match(text):
        text = text.replace(".", "").replace(",", ".")
    elif _ENGLISH.match(text):
        text = text.replace(",", "")
    elif text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    elif "," in text:
        text = text.replace(",", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def is_numeral(word: str) -> bool:
    """Whether a word (lower case, with its marks) is a numeral written out."""
    return word in NUMERALS


def ends_in_numeral(text: str) -> bool:
    """Whether the last word of ``text`` is a figure or a numeral, so that a unit after it is part of a sum."""
    last = (text.split() or [""])[-1].lower()
    return last[-1:].isdigit() or is_numeral(last)


def spelled(words: Sequence[str]) -> int | None:
    """The value below 1000 of numerals written out (folded words), ``ba trăm năm mươi`` → 350."""
    total, pending, seen = 0, None, False
    for word in words:
        if word in ("linh", "le"):
            continue
        value = _WORDS.get(word)
        if value is None:
            return None
        seen = True
        if value == 100:
            total += (1 if pending is None else pending) * 100
            pending = None
        elif value == 10:
            total += (1 if pending is None else pending) * 10
            pending = None
        else:
            pending = value if pending is None else pending * 10 + value
    return total + (pending or 0) if seen else None


def measure(text: str) -> int | None:
    """đồng per unit that a heading or caption states ("ĐVT: triệu đồng" → 1000000), None when it states none."""
    match = _MEASURE.search(fold(text))
    return _MEASURES[next((named for named in match.groups() if named), "")] if match else None


_UNIT = re.compile(rf"^\W*(?:{_SCALE}{_END}\W*(?:{_CURRENCY})?|{_CURRENCY}|trd)\W*$")


def unit_named(text: str) -> int | None:
    """đồng per unit where ``text`` is the name of a unit of money and no more, None else ("triệu đồng" → 1000000)."""
    match = _UNIT.match(fold(text))
    return _MEASURES[match[1] or ("trd" if "trd" in match[0] else "")] if match else None
