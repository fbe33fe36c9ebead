"""Capitals that an OCR engine saw in the middle of a phrase: ``đương Sự``, ``bảo VỆ của``, ``tỒn đọng``.

Letters such as C, O, S, V differ from c, o, s, v by their size alone. A capital goes where the words before and after
are small, and where the word is hardly ever written with one, or makes one word with the one before it. Bodies and
places (``của Cửa hàng xăng dầu``, ``theo Công ty``) keep theirs.
"""

from __future__ import annotations

import re

import numpy as np

from normalizers.language_model import BREAK, LanguageModel, default_model
from normalizers.plan import Change
from normalizers.syllables import fold, is_vietnamese_syllable

_WORD = re.compile(r"[^\W\d_]+")
_SAME_SHAPE = frozenset("cosuvwxz")
_SELDOM = 0.2  # share of capitals under which a word is one that is written small
_NEVER = 0.021  # and under which it is small whatever stands before it
_COMPOUND = -3.2  # log probability of the word after the one before it, over which both are one: ``đương sự``


def changes(text: str) -> list[Change]:
    """The capitals to be made small."""
    model = default_model()
    found: list[Change] = []
    offset = 0
    for line in text.split("\n"):
        words = list(_WORD.finditer(line))
        for before, word, after in zip(words[:-1], words[1:], [*words[2:], None], strict=False):
            if (
                _is_oversized(word.group())
                and _is_amid(line, before, word, after)
                and (
                    word.group()[0].islower()  # ``sỐ``: not so written by anybody
                    or _is_small(model, before.group(), word.group(), after.group() if after else None)
                )
            ):
                start, end = offset + word.start(), offset + word.end()
                small = word.group().lower()
                found.append(
                    Change(
                        start=start, end=end, kind="ocr_case", original=word.group(), replacement=small, confidence=0.95
                    )
                )
        offset += len(line) + 1
    return found


def _is_oversized(word: str) -> bool:
    """Whether the capitals of a word may be small letters: ``Sự``, ``tỒn``, ``VỆ``."""
    if word.islower() or not is_vietnamese_syllable(word.lower()):
        return False
    if word.isupper():
        return len(word) == 2 and not word.isascii() and fold(word[0]).lower() in _SAME_SHAPE
    return all(fold(letter).lower() in _SAME_SHAPE for letter in word if letter.isupper())


def _is_amid(line: str, before: re.Match[str], word: re.Match[str], after: re.Match[str] | None) -> bool:
    """Whether it stands in running text of small letters."""
    if line[before.end() : word.start()] != " " or not before.group().islower():
        return False
    return after is None or after.group()[0].islower() or line[word.end() : after.start()].strip() not in ("", "-")


def _is_small(model: LanguageModel, before: str, word: str, after: str | None) -> bool:
    left, own = np.array([model.id(before)]), np.array([model.id(word.lower())])
    right = np.array([model.id(after.lower()) if after else BREAK])
    alone = model.capital[own] / 255
    shares = (model.capital_after(left, own), model.capital_before(own, right), alone)
    if any(float(share[0]) >= _SELDOM for share in shares):
        return False
    return float(alone[0]) < _NEVER or float(model.bigram(left, own)[0][0]) > _COMPOUND
