"""Cell values as the spreadsheet shows them, written the Vietnamese way: ``1.250.000``, ``12,5%``, ``03/05/2024``.

A number format names no locale for its separators; a Vietnamese reader's Excel shows them as here. Only what changes
the meaning of a value is followed: decimals, thousands, percent, dates, text around the number; colours are not.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal

_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_PLACES = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?(?:E[+-]?[0#?]+)?")


def shown(value: object, number_format: str) -> str:
    """The text of a cell value under ``number_format``; dates are dd/mm/yyyy whatever order the format asks for."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return _moment(value, number_format)
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    if isinstance(value, int | float):
        return number(value, number_format)
    return str(value)


def number(value: int | float, number_format: str) -> str:
    """``value`` under a number format; formats that are not understood show the number as it is."""
    if not math.isfinite(value):
        return str(value)
    section, given = _section(value, number_format or "General")
    bare = _QUOTED.sub("", section)
    if "general" in bare.lower() or "@" in bare or "/" in bare:
        return _literal(section, "general", _plain(given)) if "general" in bare.lower() else _plain(value)
    places = _PLACES.search(bare)
    if places is None:
        return _QUOTED.sub(lambda m: m.group(1) or m.group(2) or "", section).strip() if section else _plain(value)
    pattern = places.group()
    if "E" in pattern:
        return _plain(value)
    whole, _, fraction = pattern.partition(".")
    scale = len(pattern) - len(pattern.rstrip(","))
    exact = Decimal(str(given)).scaleb(-3 * scale + (2 * bare.count("%")))
    rounded = exact.quantize(Decimal(1).scaleb(-len(fraction.rstrip(","))), rounding=ROUND_HALF_UP)
    digits = _decimal(rounded, thousands="," in whole.rstrip(","), optional=len(fraction) - len(fraction.rstrip("#")))
    lead = digits.lstrip("-")
    lead = lead.zfill(whole.count("0")) if "," not in whole and "," not in lead and whole.count("0") > 1 else lead
    return _literal(section, pattern, ("-" if digits.startswith("-") else "") + lead)


def _section(value: float, number_format: str) -> tuple[str, float]:
    """The part of a format for a positive; negative; zero value, and the value to put in it."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _literal(section: str, pattern: str, digits: str) -> str:
    """The text around the digits of a format section."""
    pieces = re.split(r'("[^"]*"|\\.|_.|\*.|\[[^\]]*\])', section)
    out: list[str] = []
    placed = False
    for piece in pieces:
        if piece.startswith('"'):
            out.append(piece.strip('"'))
        elif piece.startswith("\\"):
            out.append(piece[1:])
        elif piece.startswith(("_", "*")):
            out.append(" " if piece.startswith("_") else "")
        elif piece.startswith("["):
            currency = re.match(r"\[\$([^-\]]+)", piece)
            out.append(currency.group(1) if currency else "")
        elif not placed and pattern.lower() in piece.lower():
            at = piece.lower().index(pattern.lower())
            out += piece[:at], digits, piece[at + len(pattern) :]
            placed = True
        else:
            out.append(piece)
    return "".join(out).strip() if placed else digits


def _plain(value: float) -> str:
    """A number without a format: whole numbers whole, others with what Excel's General shows (11 places)."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = format(Decimal(repr(value)) if abs(value) >= 1e15 else Decimal(f"{value:.10g}"), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _decimal(value: Decimal, *, thousands: bool, optional: int) -> str:
    text = f"{value:,f}" if thousands else f"{value:f}"
    whole, dot, fraction = text.partition(".")
    while optional > 0 and fraction.endswith("0"):
        fraction, optional = fraction[:-1], optional - 1
    text = whole.replace(",", ".") + ("," + fraction if dot and fraction else "")
    return "0" if text == "-0" else text


def _moment(value: dt.datetime | dt.date | dt.time, number_format: str) -> str:
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    form = _QUOTED.sub("", number_format).lower()
    if isinstance(value, dt.datetime) and not re.search("[dy]", form) and "h" in form:
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if "d" not in form and "m" in form and "y" in form:
        return f"{value.month:02d}/{value.year:04d}"
    if "d" not in form and "m" not in form and "y" in form:
        return f"{value.year:04d}"
    day = f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    if isinstance(value, dt.datetime) and (value.hour or value.minute or value.second) and "h" in form:
        return f"{day} {value:%H:%M}"
    return day
