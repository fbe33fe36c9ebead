"""What of a text is worth remembering when a reviewer confirms how it reads."""

from __future__ import annotations

import re

from storage.phrases import LONGEST

_BREAK = re.compile(r"[\n.,;:!?()\[\]“”\"/\d]")
_WORD = re.compile(r"\S+")


def suggestion(text: str, start: int, words: str) -> str:
    """What to remember of ``words``, which stand at ``start`` of ``text``: the whole name where they are part of one
    (its words begin with capitals), else the words with their neighbours in the same clause."""
    end = start + len(words)
    if len(words.split()) >= 4:
        return words.strip()[:LONGEST]
    left = max((found.end() for found in _BREAK.finditer(text, 0, start)), default=0)
    right = next((found.start() for found in _BREAK.finditer(text, end)), len(text))
    around = [(found.start(), found.end()) for found in _WORD.finditer(text, left, right)]
    inside = [n for n, (a, b) in enumerate(around) if a < end and b > start]
    if not inside:
        return words.strip()[:LONGEST]
    first, last = inside[0], inside[-1]
    if all(text[around[n][0]].isupper() for n in inside):
        while first > 0 and text[around[first - 1][0]].isupper():
            first -= 1
        while last + 1 < len(around) and text[around[last + 1][0]].isupper():
            last += 1
    if last == first or any(not text[around[n][0]].isupper() for n in inside):
        first, last = max(0, first - 1), min(len(around) - 1, last + 1)
    return text[around[first][0] : around[last][1]][:LONGEST]
