"""Letters that an OCR engine saw in a number: ``Điều I1``, ``khoản ó``, ``tháng l0``, ``85,ó``.

A letter becomes a figure only inside or behind figures, or alone after a word that a number must follow.
"""

from __future__ import annotations

import re

from normalizers.plan import Change

_FIGURES = str.maketrans({"I": "1", "l": "1", "|": "1", "O": "0", "o": "0", "ó": "6", "Ó": "6"})
_LIKE = "Il|OoóÓ"
# Words before a number; those that Roman numerals follow as well take a lone letter only where it is no numeral.
_COUNTED = r"(?:[Đđ]iều|ĐIỀU|[Kk]hoản|[Tt]háng|[Nn]gày|[Nn]ăm|[Tt]iết|[Tt]rang|[Ss]ố)"
_MIXED = re.compile(rf"\b{_COUNTED} (?P<number>(?=[^\s]*\d)[\d{_LIKE}]{{2,4}})(?![\w/-])")
_ALONE = re.compile(
    r"\b(?:[Đđ]iều|ĐIỀU|[Kk]hoản|[Tt]háng|[Nn]gày|[Nn]ăm|[Ll]ớp|[Qq]uý|[Mm]ục|[Ss]ố) (?P<number>[óÓ])(?!\w)"
)
_STROKE = re.compile(r"\b(?:[Đđ]iều|ĐIỀU|[Kk]hoản|[Tt]háng) (?P<number>[Il|])(?!\w)")
_DECIMAL = re.compile(rf"(?<![\w.,/-])(?P<number>\d+[.,]?\d*[.,][\d{_LIKE}]*[óÓ][\d{_LIKE}]*)(?![\w/-])")
_LAST = re.compile(r"(?<![\w.,/-])(?P<number>\d{1,3}[óÓ])(?![\w/-])")


def changes(text: str) -> list[Change]:
    """The letters to be made figures; a number is changed as a whole."""
    found: dict[int, Change] = {}
    for pattern in (_MIXED, _ALONE, _STROKE, _DECIMAL, _LAST):
        for match in pattern.finditer(text):
            seen = match["number"]
            if (right := seen.translate(_FIGURES)) != seen:
                start, end = match.span("number")
                found[start] = Change(
                    start=start, end=end, kind="ocr_misread", original=seen, replacement=right, confidence=0.95
                )
    return [found[start] for start in sorted(found)]
