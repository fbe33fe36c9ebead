"""Which letters survive a lossy conversion, and which words a damaged pattern can stand for.

A keep-set is a hard constraint: under it every word has exactly one damaged spelling, so that an index from damaged
spelling to words lists all candidates.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache

import msgspec

from normalizers.language_model import UNKNOWN, LanguageModel, default_model
from normalizers.syllables import legal_syllables

MARKS = "?\ufffd"
# Sets of letters that a half-lost byte sequence may stand for travel as one private character each (see mojibake).
FIRST_SET = 0x10FE00
SETS: tuple[str, ...] = ("ềọỏờốử", "ậạ", "áíý", "đ", "ồổ", "ốồ", "óô", "ò")
_LATER = "".join(chr(c) for c in range(0x1EA0, 0x1EFA)) + "ĩũĨŨ"  # in neither cp1252 nor cp1258


class KeepSet(msgspec.Struct, frozen=True):
    """``degrade`` maps each letter that does not survive to what is left of it (``?`` = lost)."""

    name: str
    degrade: dict[int, str]
    lost: str
    absent: re.Pattern[str]  # letters that cannot be seen in text damaged this way


def _keep_set(name: str, lost: str, degraded: dict[str, str]) -> KeepSet:
    table = {ord(c): "?" for c in lost} | {ord(c): d for c, d in degraded.items()}
    return KeepSet(name, table, lost, re.compile(f"[{''.join(lost) + ''.join(degraded)}]"))


_VIETNAMESE = "".join(
    unicodedata.normalize("NFC", base + tone)
    for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
)
UNION = _keep_set("cp1252+cp1258", _LATER, {})
BEST_FIT = _keep_set(
    "cp1252 best fit",
    "".join(chr(c) for c in range(0x1EA0, 0x1EFA)),
    dict(zip("ăươđĩũĂƯƠĨŨ", "auodiuAUOIU", strict=True)),
)
ASCII = _keep_set("ASCII", "".join(c for c in _VIETNAMESE if not c.isascii()) + "đĐ", {})
_LOWER = "".join(c for c in _VIETNAMESE if not c.isascii() and c.islower()) + "đ"
ANY = "any"  # single letters lost here and there; others of their kind survive
KEEP_SETS = (UNION, BEST_FIT, ASCII)


class Word(msgspec.Struct, frozen=True):
    """A candidate: its spelling (lower case), vocabulary id and log prior."""

    surface: str
    word: int
    prior: float = 0.0


@lru_cache(maxsize=1)
def spellings() -> dict[str, list[str]]:
    """Canonical spelling → all spellings."""
    table: dict[str, list[str]] = {}
    for spelling, form in legal_syllables().items():
        table.setdefault(form, []).append(spelling)
    return table


@lru_cache(maxsize=1)
def lexicon() -> dict[str, int]:
    """Every spelling in the model's vocabulary → its id."""
    model: LanguageModel = default_model()
    known = spellings()
    return {s: i for i, w in enumerate(model.words) if i > 3 for s in known.get(w, (w,))}


@lru_cache(maxsize=8)
def index(name: str) -> dict[str, list[Word]]:
    """Damaged spelling → words, for the keep-set ``name``; words that the model has never seen come with a penalty."""
    keep = next(k for k in KEEP_SETS if k.name == name)
    table: dict[str, list[Word]] = {}
    known = lexicon()
    for surface, word in known.items():
        table.setdefault(surface.translate(keep.degrade), []).append(Word(surface, word))
    if keep is BEST_FIT:  # Đ became Ð, which reads as Đ again
        for surface, word in known.items():
            if "đ" in surface:
                pattern = surface.translate({k: v for k, v in keep.degrade.items() if k != ord("đ")})
                table.setdefault(pattern, []).append(Word(surface, word))
    for surface in legal_syllables():
        pattern = surface.translate(keep.degrade)
        if surface not in known and "?" in pattern and pattern not in table:
            table[pattern] = [Word(surface, UNKNOWN, -6.0)]
    return table


def _any_letter(pattern: str) -> list[Word]:
    """Words for a pattern in which any marked letter may be lost and any may have survived."""
    marks = [i for i, c in enumerate(pattern) if c == "?"]
    if not 0 < len(marks) <= 2:
        return []
    known = lexicon()
    found = []
    for choice in itertools.product(_LOWER, repeat=len(marks)):
        letters = list(pattern)
        for i, c in zip(marks, choice, strict=True):
            letters[i] = c
        if (word := known.get("".join(letters))) is not None:
            found.append(Word("".join(letters), word))
    return found


@lru_cache(maxsize=50_000)
def candidates(pattern: str, name: str) -> list[Word]:
    """Words that ``pattern`` (lower case; lost letters as any of `MARKS`, or private set characters) can stand for."""
    if "\ufffd" in pattern:
        pattern = pattern.replace("\ufffd", "?")
    table = index(ASCII.name if name == ANY else name)
    sets = [i for i, c in enumerate(pattern) if FIRST_SET <= ord(c) < FIRST_SET + len(SETS)]
    if not sets:
        return table.get(pattern) or (_any_letter(pattern) if name == ANY else [])
    if len(sets) > 3:
        return []
    found = []
    for choice in itertools.product(*(SETS[ord(pattern[i]) - FIRST_SET] for i in sets)):
        letters = list(pattern)
        for i, c in zip(sets, choice, strict=True):
            letters[i] = c
        spelled = "".join(letters)
        if "?" in spelled:
            found += [w for w in table.get(spelled, ()) if w.word != UNKNOWN]
        elif (word := lexicon().get(spelled)) is not None:
            found.append(Word(spelled, word))
        elif spelled in legal_syllables():
            found.append(Word(spelled, UNKNOWN, -6.0))
    return found
