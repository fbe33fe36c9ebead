"""The model's vocabulary as spellings: every way to write each word, and how frequent it is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from normalizers.language_model import default_model
from normalizers.syllables import legal_syllables


@lru_cache(maxsize=1)
def spellings() -> dict[str, list[str]]:
    """Canonical spelling → all spellings (tone placements)."""
    table: dict[str, list[str]] = {}
    for spelling, form in legal_syllables().items():
        table.setdefault(form, []).append(spelling)
    return table


@lru_cache(maxsize=1)
def _new_placements() -> dict[str, str]:
    """hòa → hoà: spellings with the tone on the first vowel → on the second."""
    return {form: s for form, ways in spellings().items() for s in ways if s != form}


def new_placement(spelling: str) -> str:
    """A spelling with its tone where the newer rule puts it (hoà, uỷ)."""
    return _new_placements().get(spelling, spelling)


def prefers_new_placement(words: Iterable[str]) -> bool:
    """Whether a document writes hoà, uỷ rather than hòa, ủy."""
    table = _new_placements()
    new = frozenset(table.values())
    low = [w.lower() for w in words]
    return sum(w in new for w in low) > sum(w in table for w in low)


@lru_cache(maxsize=1)
def lexicon() -> dict[str, int]:
    """Every spelling in the model's vocabulary → its id."""
    known = spellings()
    return {s: i for i, w in enumerate(default_model().words) if i > 3 for s in known.get(w, (w,))}


@lru_cache(maxsize=1)
def unigram() -> list[float]:
    """Log probability of each vocabulary id."""
    weights: list[float] = default_model().unigram.tolist()
    return weights
