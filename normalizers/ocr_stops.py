"""Full stops, commas, colons and semicolons that an OCR engine took for each other: ``phòng. ban``, ``2, Kết quả``.

Only where the engine weighed the other sign, and where the one it chose stands wrongly: a full stop before a small
letter, a comma behind the number of a paragraph, a colon that ends an item before the next item of the same list. A
colon that nearly was a semicolon is one wherever it stands: the engine loses tails, it adds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from normalizers.plan import Change
from normalizers.rivals import Rival
from normalizers.syllables import is_vietnamese_syllable

_BEFORE = re.compile(r"(?P<word>[^\W\d_]{2,}|\d{2,})[)\"”]?$")
_AFTER = re.compile(r" (?P<word>[^\W\d_]+)")
_ITEM = re.compile(r"(?P<dash>[-+•])|(?:(?P<number>\d{1,2})|(?P<letter>[a-zđ]))[.)]")
# Gaps (nats) counted on drawn pages: of 17 full stops before a small letter that nearly were commas 14 should have
# been, at greater gaps few; of 5 colons that nearly were semicolons all.
_AMID, _TAIL = 20.0, 16.0
_LABEL = re.compile(r"(?:(?:Điều|ĐIỀU|Mục|MỤC) )?\d{1,3}")
_LETTERS = "abcdđeghiklmnopqrstuvxy"


def changes(text: str, rivals: Iterable[Rival]) -> list[Change]:
    """The signs to be changed. ``rivals``: places in ``text``."""
    found: list[Change] = []
    for rival in rivals:
        if text[rival.at : rival.at + 1] != rival.seen:
            continue
        pair = (rival.seen, rival.other)
        wrong = (
            (pair == (".", ",") and rival.gap < _AMID and _is_amid(text, rival.at))
            or (pair == (",", ".") and _ends_label(text, rival.at))
            or (pair == (":", ";") and (rival.gap < _TAIL or _ends_item(text, rival.at)))
        )
        if wrong:
            found.append(
                Change(
                    start=rival.at, end=rival.at + 1, kind="ocr_misread", original=rival.seen, replacement=rival.other,
                    confidence=0.95,
                )
            )  # fmt: skip
    return found


def _is_amid(text: str, at: int) -> bool:
    """Whether a sentence goes on in small letters after the sign, and no abbreviation ends there."""
    before = _BEFORE.search(text, max(0, at - 12), at)
    after = _AFTER.match(text, at + 1)
    if before is None or after is None or not after["word"].islower():
        return False
    word = before["word"]
    return word.isdigit() or (is_vietnamese_syllable(word) and len(word) > 1)


def _ends_label(text: str, at: int) -> bool:
    """Whether the sign ends the number of a paragraph."""
    start = text.rfind("\n", 0, at) + 1
    after = _AFTER.match(text, at + 1)
    return after is not None and not after["word"][0].islower() and _LABEL.fullmatch(text, start, at) is not None


def _ends_item(text: str, at: int) -> bool:
    """Whether the sign ends an item of a list, and the next line is the next item of that list."""
    if text[at + 1 : at + 2] != "\n":
        return False
    start = text.rfind("\n", 0, at) + 1
    own, following = _ITEM.match(text, start), _ITEM.match(text, at + 2)
    if own is None or following is None:
        return False
    if own["dash"]:
        return own["dash"] == following["dash"]
    if own["number"]:
        return following["number"] is not None and int(following["number"]) == int(own["number"]) + 1
    if following["letter"] is None or own["letter"] not in _LETTERS or following["letter"] not in _LETTERS:
        return False
    return _LETTERS.index(following["letter"]) == _LETTERS.index(own["letter"]) + 1
