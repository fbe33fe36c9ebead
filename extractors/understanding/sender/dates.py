"""Days as officials write them in a head: in figures, in words, with a year of two figures, with blanks."""

from __future__ import annotations

import datetime as dt
import re

BLANK = r"[\s.…_/]*"
_DIGITS = {
    word: value
    for value, said in enumerate(
        ("khong", "mot gieng", "hai", "ba", "bon tu", "nam lam", "sau", "bay", "tam", "chin"), start=0
    )
    for word in said.split()
}
_WORD = rf"(?:{'|'.join(_DIGITS)}|muoi|chap|mong|mung|linh|le)"
_WORDS = rf"{_WORD}(?:\s+{_WORD})*"
# in folded text; a part may be blank
DATE = re.compile(
    rf"ngay\s*(?P<day>(?:(?:mong|mung)\s+)?\d{{1,2}}|\d\s\d|{_WORDS}|{BLANK})\s*(?:thang|[/\-.])\s*"
    rf"(?P<month>\d{{1,2}}|{_WORDS}|{BLANK})\s*(?:nam|[/\-.])\s*"
    rf"(?P<year>\d{{4}}|20{BLANK}|\d{{2}}(?!\d)|hai\s+ng(?:hin|an)\s+(?:khong\s+tram\s+)?{_WORDS}|{BLANK})"
)


def iso_date(day: str, month: str, year: str) -> str | None:
    """YYYY-MM-DD of folded parts, None when a part is blank or no such day exists."""
    parts = [number(part) for part in (year, month, day)]
    if None in parts:
        return None
    years, months, days = (part or 0 for part in parts)
    if len(year.strip()) == 2 and years != 20:  # "năm 20" is a year left blank
        years += 2000
    try:
        return dt.date(years, months, days).isoformat() if years >= 1900 else None
    except ValueError:
        return None


def number(said: str) -> int | None:
    """The number of ``said`` in figures ("0 2", "mồng 3") or folded words ("hai mươi tư"); None where it is none."""
    figures = re.sub(r"mong|mung|\s", "", said)
    if figures.isdigit():
        return int(figures)
    total = now = 0
    known = False
    for word in said.split():
        known = known or word in _DIGITS or word in ("muoi", "chap")
        if word in _DIGITS:
            now = now * 10 + _DIGITS[word] if 0 < now < 10 else now + _DIGITS[word]
        elif word == "muoi":
            now = now * 10 or 10
        elif word == "chap":
            now = 12
        elif word in ("tram", "nghin", "ngan"):
            total, now = total + now * (100 if word == "tram" else 1000), 0
        elif word not in ("mong", "mung", "linh", "le"):
            return None
    return total + now if known else None
