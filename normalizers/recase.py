"""Giving a restored word the capitals of what was left of it, of its neighbours, and of what such words usually have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from normalizers.language_model import BREAK, LanguageModel
from normalizers.syllables import is_vietnamese_syllable


class _Piece(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def word(self) -> int: ...


def recase(
    surface: str | None,
    seen: str,
    atoms: Sequence[_Piece],
    low: int,
    high: int,
    chosen: Mapping[int, tuple[int, str]],
    model: LanguageModel,
) -> str:
    """``surface`` (lower case) with the case of ``seen``, its damaged spelling; letters of ``seen`` that are marks take
    the case of the others, then of the neighbouring words, then the usual one. ``chosen``: low → (high, surface) of the
    other restored words of the line."""
    if surface is None:
        return seen
    known = [c for c in seen if c.isalpha()]
    if len(surface) == len(seen):
        rest = [c for c in seen[1:] if c.isalpha()]
        if seen[0].isalpha():
            head_upper = seen[0].isupper()
            if rest:
                rest_upper = rest[0].isupper()
            elif not is_vietnamese_syllable(surface):
                rest_upper = head_upper  # NĐ, QĐ: an abbreviation
            else:
                rest_upper = head_upper and len(seen) > 1 and _shouting(atoms, low, high, chosen)
        elif rest:
            rest_upper = rest[0].isupper()
            if len(rest) > 1 and rest_upper != rest[-1].isupper():
                rest_upper = rest[-1].isupper()
            head_upper = rest_upper or _usually_capital(surface, atoms, low, high, chosen, model)
        else:
            rest_upper = _shouting(atoms, low, high, chosen)
            head_upper = rest_upper or _usually_capital(surface, atoms, low, high, chosen, model)
        letters = []
        for i, c in enumerate(surface):
            own = seen[i]
            upper = own.isupper() if own.isalpha() else (head_upper if i == 0 else rest_upper)
            letters.append(c.upper() if upper else c)
        return "".join(letters)
    if known and all(c.isupper() for c in known) and (len(known) > 1 or _shouting(atoms, low, high, chosen)):
        return surface.upper()
    if seen[0].isupper():
        return surface[0].upper() + surface[1:]
    return surface


def starts_sentence(atoms: Sequence[_Piece], low: int) -> bool:
    """Whether atom ``low`` opens its line, follows a full stop, or follows a leading label such as ``a)`` or ``4.``."""
    if low == 0:
        return True
    if atoms[low - 1].kind == "stop":
        return atoms[low - 1].text in ".!" or (
            low == 2 and atoms[0].kind in ("word", "number") and len(atoms[0].text) < 3
        )
    return False


def _shouting(atoms: Sequence[_Piece], low: int, high: int, chosen: Mapping[int, tuple[int, str]]) -> bool:
    """Whether a neighbouring word is written in capitals; abbreviations do not count, they always are."""
    for at in (low - 1, high):
        if not 0 <= at < len(atoms) or atoms[at].kind != "word":
            continue
        text = atoms[at].text
        restored = chosen[at][1] if at in chosen else text
        if len(text) > 1 and is_vietnamese_syllable(restored):
            return text.isupper()
    return False


def _usually_capital(
    surface: str,
    atoms: Sequence[_Piece],
    low: int,
    high: int,
    chosen: Mapping[int, tuple[int, str]],
    model: LanguageModel,
) -> bool:
    """Whether such a word has a capital initial between such neighbours, by the model's counts."""
    if starts_sentence(atoms, low):
        return True
    word = np.array([model.id(surface)])
    if low == 0:
        left = BREAK
    else:
        left = model.id(chosen[low - 1][1]) if low - 1 in chosen and chosen[low - 1][0] == low else atoms[low - 1].word
    right = model.id(chosen[high][1]) if high in chosen else atoms[high].word if high < len(atoms) else BREAK
    after = float(model.capital_after(np.array([left]), word)[0])
    before = float(model.capital_before(word, np.array([right]))[0])
    alone = float(model.capital[word[0]]) / 255
    odds = [p / (1 - p + 1e-3) + 1e-3 for p in (after, before, alone)]
    return odds[0] * odds[1] / odds[2] > 1.0
