"""Names of units as they are written: with initials, run together in file names, misread, with other marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from extractors.understanding.ground.folding import fold
from normalizers.syllables import legal_syllables

LEAST = (
    3  # letters of initials that stand for several words at once; fewer are an article of a name or a mark of a unit
)


def shortened(said: Sequence[str], name: Sequence[str]) -> bool:
    """Whether ``said`` is ``name`` with words cut to initials: ``ng t minh khai``, ``khao thi kdclgd`` (plain words).

    At least one word must be whole; both are all used.
    """
    return bool(said) and len(said) <= len(name) and _aligned(tuple(said), tuple(name), whole=0) > 0


def initials(said: Sequence[str], name: Sequence[str]) -> bool:
    """Whether ``said`` is one word of the initials of all words of ``name``, three or more."""
    return len(said) == 1 and len(name) >= LEAST and said[0] == "".join(word[0] for word in name)


@lru_cache(maxsize=4096)
def _aligned(said: tuple[str, ...], name: tuple[str, ...], whole: int) -> int:
    """How many words are whole in the best way to lay ``said`` over ``name``; 0 when it does not cover it."""
    if not said or not name:
        return whole if not said and not name else 0
    word = said[0]
    best = 0
    if word == name[0]:
        best = _aligned(said[1:], name[1:], whole + 1)
    elif len(word) <= 2 and name[0].startswith(word):
        best = _aligned(said[1:], name[1:], whole)
    if len(word) >= LEAST and word == "".join(part[0] for part in name[: len(word)]):
        best = max(best, _aligned(said[1:], name[len(word) :], whole))
    return best


def run_together(text: Sequence[str], core: str) -> bool:
    """Whether a word of ``text`` is the words of ``core`` without spaces."""
    return core.replace(" ", "") in text


def only_misread(said: Sequence[str], name: Sequence[str]) -> bool:
    """Whether each word that differs is no syllable, or has its last letter more or less; else another may be meant.

    Words run apart or together differ in nothing.
    """
    if "".join(said) == "".join(name):
        return True
    if len(said) != len(name):
        return any(word not in name and word not in _syllables() for word in said)
    return all(
        one == other or one not in _syllables() or _last_letter(one, other)
        for one, other in zip(said, name, strict=True)
    )


@cache
def _syllables() -> frozenset[str]:
    return frozenset(map(fold, legal_syllables()))


def _last_letter(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return (len(short) >= 3 and len(long) == len(short) + 1 and long.startswith(short)) or (
        one.replace("y", "i") == other.replace("y", "i")
    )


def same_marks(name: str, said: str) -> bool:
    """Whether the words of ``name`` that stand in ``said`` have the same marks there, wherever a tone is placed."""
    written: dict[str, list[list[str]]] = {}
    for word in re.findall(r"\w+", said.lower()):
        written.setdefault(fold(word), []).append(_letters(word))
    return all(
        fold(word) not in written or _letters(word) in written[fold(word)] for word in re.findall(r"\w+", name.lower())
    )


def _letters(word: str) -> list[str]:
    return sorted(unicodedata.normalize("NFD", word))
