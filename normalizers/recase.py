"""The capitals of a restored word: from what was left of it, from its neighbours, from what such words usually have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from normalizers.language_model import BREAK, LanguageModel
from normalizers.syllables import fold, is_vietnamese_syllable


class _Piece(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def word(self) -> int: ...


class Surroundings(NamedTuple):
    """A line's atoms, its other restored words (first atom → (end, spelling)) and the model."""

    atoms: Sequence[_Piece]
    chosen: Mapping[int, tuple[int, str]]
    model: LanguageModel


def recase(surface: str | None, seen: str, low: int, high: int, around: Surroundings) -> str:
    """``surface`` (lower case) with the case of ``seen``, its damaged spelling, which stood at atoms low..high.

    Letters of ``seen`` that are marks take the case of the others, then of the neighbouring words, then the usual one.
    """
    if surface is None:
        return seen
    if len(surface) == len(seen):
        return _letter_by_letter(surface, seen, low, high, around)
    known = [c for c in seen if c.isalpha()]
    if known and all(c.isupper() for c in known) and (len(known) > 1 or _shouting(low, high, around)):
        return surface.upper()
    lost_head = fold(seen[0]) != fold(surface[0])
    if seen[0].isupper() or (lost_head and _usually_capital(surface, low, high, around)):
        return surface[0].upper() + surface[1:]
    return surface


def _letter_by_letter(surface: str, seen: str, low: int, high: int, around: Surroundings) -> str:
    rest = [c for c in seen[1:] if c.isalpha()]
    if seen[0].isalpha():
        head_upper = seen[0].isupper()
        if rest:
            rest_upper = rest[0].isupper()
        elif not is_vietnamese_syllable(surface):
            rest_upper = head_upper  # NĐ, QĐ: an abbreviation
        else:
            rest_upper = head_upper and len(seen) > 1 and _shouting(low, high, around)
    elif rest:
        rest_upper = rest[-1].isupper()
        head_upper = rest_upper or _usually_capital(surface, low, high, around)
    else:
        rest_upper = _shouting(low, high, around)
        head_upper = rest_upper or _usually_capital(surface, low, high, around)
    letters = []
    for i, c in enumerate(surface):
        own = seen[i]
        upper = own.isupper() if own.isalpha() else (head_upper if i == 0 else rest_upper)
        letters.append(c.upper() if upper else c)
    return "".join(letters)


def starts_sentence(atoms: Sequence[_Piece], low: int) -> bool:
    """Whether atom ``low`` opens its line, follows a full stop, or follows a leading label such as ``a)`` or ``4.``."""
    if low == 0:
        return True
    if atoms[low - 1].kind == "stop":
        label = low == 2 and atoms[0].kind in ("word", "number") and len(atoms[0].text) < 3
        return label or atoms[low - 1].text in ".!"
    return False


def _shouting(low: int, high: int, around: Surroundings) -> bool:
    """Whether a neighbouring word is written in capitals; abbreviations do not count, they always are."""
    atoms, chosen, _ = around
    for at in (low - 1, high):
        if not 0 <= at < len(atoms) or atoms[at].kind != "word":
            continue
        text = atoms[at].text
        restored = chosen[at][1] if at in chosen else text
        if len(text) > 1 and is_vietnamese_syllable(restored):
            return text.isupper()
    return False


def _usually_capital(surface: str, low: int, high: int, around: Surroundings) -> bool:
    """Whether such a word has a capital initial between such neighbours, by the model's counts."""
    atoms, chosen, model = around
    if starts_sentence(atoms, low):
        return True
    end, spelling = chosen.get(low - 1, (-1, ""))
    left = model.id(spelling) if end == low else atoms[low - 1].word
    right = model.id(chosen[high][1]) if high in chosen else atoms[high].word if high < len(atoms) else BREAK
    return model.usually_capital(left, model.id(surface), right)
