"""The model's vocabulary as spellings: every way to write each word, and how frequent it is."""

from __future__ import annotations

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
def lexicon() -> dict[str, int]:
    """Every spelling in the model's vocabulary → its id."""
    known = spellings()
    return {s: i for i, w in enumerate(default_model().words) if i > 3 for s in known.get(w, (w,))}


@lru_cache(maxsize=1)
def unigram() -> list[float]:
    """Log probability of each vocabulary id."""
    weights: list[float] = default_model().unigram.tolist()
    return weights
