"""What Tesseract takes for words: without strokes of stamps and signatures, and with bullets as bullets.

Only what the engine itself doubts is looked at, and a word of letters is dropped only where its shape is none.
"""

from __future__ import annotations

import numpy as np

from extractors.containers.recognised import Grey, Seen

_DARK = 140
_UNSURE = 0.6  # confidence under which signs without letters are doubted
_HARDLY = 0.3  # and under which letters are
_BLANK = 0.02  # share of ink in the box of a word that is not there
_SOLID = 0.62  # share of ink in the box of a round blot
_DUST = 0.2  # of the usual height of words: signs no larger are dust
_TALL = 2.0  # times the usual height of words
_DASHES = frozenset("-–—−_•*+·")


def writing(words: list[Seen], grey: Grey) -> list[Seen]:
    """``words`` of ``grey`` that are writing, in their order."""
    heights = sorted(word.y1 - word.y0 for word in words if len(word.text) > 1)
    usual = heights[len(heights) // 2] if heights else 0
    kept: list[Seen] = []
    line: int | None = None
    for at, word in enumerate(words):
        first = word.line != line
        last = at + 1 == len(words) or words[at + 1].line != word.line
        if first and _is_bullet(word, grey, usual):
            word = _as_bullet(word)  # noqa: PLW2901
        elif _is_stroke(word, grey, usual, last):
            continue
        line = word.line
        kept.append(word)
    return kept


def _is_bullet(word: Seen, grey: Grey, usual: int) -> bool:
    """A small round blot, read as ``e``, ``©``, ``o`` and the like."""
    width, height = word.x1 - word.x0, word.y1 - word.y0
    if len(word.text) > 2 or not _DUST * usual < height < 0.8 * usual or not 0.7 < width / height < 1.4:
        return False
    return word.text not in (".", ",") and not word.text.isdigit() and _ink(word, grey) > _SOLID


def _as_bullet(word: Seen) -> Seen:
    return Seen("•", word.x0, word.y0, word.x1, word.y1, word.confidence, word.line)


def _is_stroke(word: Seen, grey: Grey, usual: int, last: bool) -> bool:
    """Whether the engine saw a word in what is none."""
    written = sum(letter.isalnum() for letter in word.text)
    if not written and max(word.x1 - word.x0, word.y1 - word.y0) < _DUST * usual:
        return True
    if word.confidence >= _UNSURE:
        return False
    if _ink(word, grey) < _BLANK:
        return True
    if not written:
        return last or not set(word.text) <= _DASHES
    if word.confidence >= _HARDLY:
        return False
    tall = word.y1 - word.y0 > _TALL * usual and not word.text.isalpha()
    return tall or 2 * written <= len(word.text)


def _ink(word: Seen, grey: Grey) -> float:
    box = grey[max(word.y0, 0) : word.y1, max(word.x0, 0) : word.x1]
    return float(np.mean(box < _DARK)) if box.size else 0.0
