"""Lossy channels: what each kind of damage makes of a word, and which words a damaged spelling can stand for.

A channel is a hard constraint: under it every word has exactly one damaged spelling, so that an index from damaged
spelling to words lists all candidates. The classic one keeps what cp1252 or cp1258 holds and turns every other letter
into a question mark; others strip marks, drop letters, or read a text as a character set that it never was in.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from normalizers import charsets
from normalizers.language_model import UNKNOWN, default_model
from normalizers.syllables import VIETNAMESE, canonical, fold, legal_syllables, strip_tone
from normalizers.vocabulary import lexicon, unigram

MARKS = "?\ufffd"
# Sets of letters that a half-lost byte sequence may stand for travel as one private character each (see mojibake).
FIRST_SET = 0x10FE00
SETS: tuple[str, ...] = ("ềọỏờốử", "ậạ", "áíý", "đ", "ồổ", "ốồ", "óô", "ò")
PRIVATE = f"{chr(FIRST_SET)}-{chr(FIRST_SET + len(SETS) - 1)}"
LATER = "".join(chr(c) for c in range(0x1EA0, 0x1EFA)) + "ĩũĨŨ"  # in neither cp1252 nor cp1258
_MARKED_LOWER = "".join(c for c in VIETNAMESE if not c.isascii() and c.islower())
CASE_WEIGHT = 0.7
RARE = -11.0  # log probability of words too rare to tell anything
MOST_CANDIDATES, FAINTEST = 28, 12.5  # a pattern's words: how many, and how many nats rarer than the first

UNION, CP1252, CP1258 = "cp1252+cp1258", "cp1252", "cp1258"
BEST_FIT, ASCII, BYTES, ANY = "cp1252 best fit", "ASCII", "a mark a byte", "any"
DROPPED, NO_TONES, NO_MARKS = "letters dropped", "tones stripped", "marks stripped"
AS_VNI, AS_TCVN3, TCVN3_NO_U = "converted as VNI", "converted as TCVN3", "TCVN3 without soft hyphen"
AS_IS = "as it stands"
# Under these any word may be damaged without showing it; under the others a mark tells.
SILENT = frozenset([BEST_FIT, DROPPED, NO_TONES, NO_MARKS, AS_VNI, AS_TCVN3, TCVN3_NO_U])
MISREAD = (AS_VNI, AS_TCVN3)
UNCASED = (*MISREAD, TCVN3_NO_U)  # what they make of a letter does not keep its case

_UNION_LOSS = str.maketrans(dict.fromkeys(LATER, "?"))
_CP1252_LOSS = _UNION_LOSS | str.maketrans(dict.fromkeys("ăđơưĂĐƠƯ", "?"))
_CP1258_LOSS = _UNION_LOSS | str.maketrans(dict.fromkeys("ãìòõýÃÌÒÕÝ", "?"))
_BEST_FIT_LOSS = str.maketrans(
    {chr(c): "?" for c in range(0x1EA0, 0x1EFA)} | dict(zip("ăươđĩũĂƯƠĐĨŨ", "auodiuAUODIU", strict=True))
)
_ASCII_LOSS = str.maketrans({c: "?" for c in VIETNAMESE if not c.isascii()})
_BYTES_LOSS = str.maketrans({c: "?" * len(c.encode()) for c in VIETNAMESE if not c.isascii()})
_DROP_LATEST = str.maketrans({chr(c): "" for c in range(0x1EA0, 0x1EFA)})
_DROP = str.maketrans(dict.fromkeys(LATER, ""))


def _misread(name: str) -> Callable[[str], str]:
    """The damage of taking Unicode text for the legacy set ``name`` and converting it."""

    def damage(word: str) -> str:
        return charsets.charsets()[name].decode(word)

    return damage


def _without_soft_hyphen(word: str) -> str:
    return word.replace("ư", "")


DAMAGE: dict[str, Callable[[str], str]] = {
    UNION: lambda w: w.translate(_UNION_LOSS),
    CP1252: lambda w: w.translate(_CP1252_LOSS),
    CP1258: lambda w: w.translate(_CP1258_LOSS),
    BEST_FIT: lambda w: w.translate(_BEST_FIT_LOSS),
    ASCII: lambda w: w.translate(_ASCII_LOSS),
    BYTES: lambda w: w.translate(_BYTES_LOSS),
    DROPPED: lambda w: w.translate(_DROP),
    NO_TONES: lambda w: strip_tone(w)[0],
    NO_MARKS: fold,
    AS_IS: lambda w: w,
    AS_VNI: _misread("vni"),
    AS_TCVN3: _misread("tcvn3"),
    TCVN3_NO_U: _without_soft_hyphen,
}


class Candidates(msgspec.Struct, frozen=True):
    """Words for one damaged spelling, likeliest first: spellings (lower case), vocabulary ids, log priors."""

    surfaces: tuple[str, ...] = ()
    words: tuple[int, ...] = ()
    priors: tuple[float, ...] = ()


NONE = Candidates()


def _ranked(found: list[tuple[str, int]]) -> Candidates:
    """The candidates worth keeping."""
    if not found:
        return NONE
    weights = unigram()
    by_word: dict[int, str] = {}
    for surface, word in found:  # of two tone placements that look alike once damaged, the canonical one
        if word not in by_word or canonical(surface) == surface:
            by_word[word] = surface
    ranked = sorted((-weights[w], s, w) for w, s in by_word.items())
    floor = ranked[0][0] + FAINTEST
    kept = [(s, w) for minus, s, w in ranked[:MOST_CANDIDATES] if minus <= floor]
    return Candidates(tuple(s for s, _ in kept), tuple(w for _, w in kept), (0.0,) * len(kept))


@lru_cache(maxsize=12)
def _raw_index(name: str) -> dict[str, list[tuple[str, int]]]:
    damage = DAMAGE[name]
    table: dict[str, list[tuple[str, int]]] = {}
    for surface, word in lexicon().items():
        for seen in _looks(surface, name) if name in MISREAD else (damage(surface),):
            table.setdefault(seen, []).append((surface, word))
        if name == DROPPED and ("ĩ" in surface or "ũ" in surface):  # in some fonts these two survive
            table.setdefault(surface.translate(_DROP_LATEST), []).append((surface, word))
        if name == BEST_FIT and "đ" in surface:  # Đ became Ð, which reads as Đ again
            table.setdefault(damage(surface.replace("đ", "\0")).replace("\0", "đ"), []).append((surface, word))
    return table


def _looks(surface: str, name: str) -> set[str]:
    """What a misreading makes of a word written small, with a capital initial, all in capitals (lower-cased again)."""
    damage = DAMAGE[name]
    return {damage(way).lower() for way in (surface, surface[0].upper() + surface[1:], surface.upper())}


def undamaged(surface: str, seen: str, name: str) -> str | None:
    """``surface`` written small, with a capital initial or in capitals, whichever ``name`` makes ``seen`` of."""
    for way in (surface, surface[0].upper() + surface[1:], surface.upper()):
        if DAMAGE[name](way) == seen:
            return way
    return None


@lru_cache(maxsize=12)
def _rare_index(name: str) -> dict[str, list[str]]:
    """Legal syllables that the model has never seen."""
    known, damage = lexicon(), DAMAGE[name]
    table: dict[str, list[str]] = {}
    for surface in legal_syllables():
        if surface not in known:
            table.setdefault(damage(surface), []).append(surface)
    return table


@lru_cache(maxsize=100_000)
def candidates(pattern: str, name: str) -> Candidates:
    """Words that ``pattern`` (lower case; lost letters as any of `MARKS`, or private set characters) can stand for."""
    pattern = pattern.replace("\ufffd", "?")
    if name not in SILENT or "?" in pattern:
        pattern = pattern.replace("ð", "đ")
    index = _raw_index(ASCII if name == ANY else name)
    if re.search(f"[{PRIVATE}]", pattern):
        return _from_sets(pattern, index)
    found = index.get(pattern)
    if found:
        return _ranked(found)
    if name == ANY:
        return _ranked(_any_letter(pattern))
    if "?" in pattern or name in SILENT:
        rare = _rare_index(name).get(pattern, ())[:8] if name != ANY else ()
        if rare and len(rare) < 8:
            return Candidates(tuple(rare), (UNKNOWN,) * len(rare), (-6.0,) * len(rare))
    return NONE


@lru_cache(maxsize=100_000)
def cased_candidates(pattern: str, name: str, upper: bool) -> Candidates:
    """`candidates` with the evidence of a capital (or small) initial inside a sentence: names have one, others not."""
    found = candidates(pattern, name)
    if found is NONE:
        return NONE
    capital = default_model().capital
    chance = [min(max(int(capital[w]) / 255, 0.004), 0.98) for w in found.words]
    priors = (p + CASE_WEIGHT * math.log(c if upper else 1 - c) for p, c in zip(found.priors, chance, strict=True))
    return msgspec.structs.replace(found, priors=tuple(priors))


def _from_sets(pattern: str, index: dict[str, list[tuple[str, int]]]) -> Candidates:
    sets = [i for i, c in enumerate(pattern) if FIRST_SET <= ord(c) < FIRST_SET + len(SETS)]
    if len(sets) > 3:
        return NONE
    found: list[tuple[str, int]] = []
    rare: list[str] = []
    for choice in itertools.product(*(SETS[ord(pattern[i]) - FIRST_SET] for i in sets)):
        letters = list(pattern)
        for i, c in zip(sets, choice, strict=True):
            letters[i] = c
        spelled = "".join(letters)
        if "?" in spelled:
            found += index.get(spelled, ())
        elif (word := lexicon().get(spelled)) is not None:
            found.append((spelled, word))
        elif spelled in legal_syllables():
            rare.append(spelled)
    if found or not rare:
        return _ranked(found)
    return Candidates(tuple(rare), (UNKNOWN,) * len(rare), (-6.0,) * len(rare))


def _any_letter(pattern: str) -> list[tuple[str, int]]:
    """Words for a pattern in which any marked letter may be lost and any may have survived."""
    marks = [i for i, c in enumerate(pattern) if c == "?"]
    if not 0 < len(marks) <= 2:
        return []
    known = lexicon()
    found = []
    for choice in itertools.product(_MARKED_LOWER, repeat=len(marks)):
        letters = list(pattern)
        for i, c in zip(marks, choice, strict=True):
            letters[i] = c
        if (word := known.get("".join(letters))) is not None:
            found.append(("".join(letters), word))
    return found


@lru_cache(maxsize=8)
def tell_tales(name: str) -> frozenset[str]:
    """Damaged spellings that hardly occur in clean text, of words that often do: signs of the channel."""
    damage, known, weights = DAMAGE[name], lexicon(), unigram()
    found = set()
    for surface, word in known.items():
        if weights[word] < RARE or surface.isascii():
            continue
        seen = damage(surface)
        if seen == surface:
            continue
        clean = known.get(seen)
        if clean is None or weights[clean] < weights[word] - 4.5:
            found.add(seen)
    return frozenset(found)


@lru_cache(maxsize=2)
def doubles(name: str) -> dict[int, tuple[int, ...]]:
    """Words that a misreading makes of other words, as ids: ``tồn`` of ``toàn``. They tell only by their neighbours."""
    found: dict[int, set[int]] = {}
    known, weights = lexicon(), unigram()
    for surface, word in known.items():
        if weights[word] > RARE:
            for seen in _looks(surface, name):
                clean = known.get(seen, word)
                if clean != word:
                    found.setdefault(clean, set()).add(word)
    return {clean: tuple(sorted(words)) for clean, words in found.items()}


@lru_cache(maxsize=2)
def never_made(name: str) -> frozenset[str]:
    """Vietnamese letters that no word has once a misreading has been over it: a line with one of them is as it was."""
    weights, made = unigram(), set()
    for surface, word in lexicon().items():
        if weights[word] > RARE:
            for way in (surface, surface[0].upper() + surface[1:], surface.upper()):
                made |= set(DAMAGE[name](way))
    return frozenset(VIETNAMESE) - made
