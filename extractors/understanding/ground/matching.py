"""How well a heading or cell names one of the titles a letter asks for, by its words and not by its place.

A title and its aliases become weighted features (words and pairs of words, rarer ones heavier; words read almost
right count in part). A candidate scores high when what it says is in the title (precision) and enough of the title is
in it (recall); precision weighs more, for units shorten titles but seldom add to them. Scores are 0..1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Generic, TypeVar

import msgspec
from rapidfuzz import fuzz, process

from extractors.understanding.ground.folding import STOP_WORDS, words

Key = TypeVar("Key", bound=Hashable)

_PRECISION = 0.62
_CLAUSE = re.compile(r"[:;.\n]")
_LISTED = re.compile(r"[,/]|\bvà\b")
_WITHIN = re.compile(r"\([^)]*\)")


class Match(msgspec.Struct, frozen=True):
    """The best title for a text: its ``key``, ``score`` and the lead over the second best."""

    key: object
    score: float
    margin: float


def features(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Words that carry meaning and neighbouring pairs of them."""
    kept = tuple(word for word in words(text) if word not in STOP_WORDS)
    return kept, tuple(pairwise(kept))


class Titles(Generic[Key]):
    """An index of titles. ``titles`` maps a key to its title first, then its aliases.

    With ``parts`` the clauses and list members of a title count as (weaker) names of it too.
    """

    def __init__(self, titles: Mapping[Key, Sequence[str]], *, parts: bool = True) -> None:
        self.keys = tuple(titles)
        variants: list[tuple[Key, frozenset[str], frozenset[tuple[str, str]], float]] = []
        seen: dict[str, set[Key]] = {}
        for key, names in titles.items():
            for name, factor in _names(names, parts):
                singles, pairs = features(name)
                if singles:
                    variants.append((key, frozenset(singles), frozenset(pairs), factor))
                for word in singles:
                    seen.setdefault(word, set()).add(key)
        total = max(len(self.keys), 1)
        self._weight = {word: 0.35 + math.log(1 + total / len(keys)) for word, keys in seen.items()}
        self._unknown = 0.35 + math.log(1 + total / 2)
        self._vocabulary = tuple(self._weight)
        self._variants = tuple((key, self._whole(words_in, pairs_in), f) for key, words_in, pairs_in, f in variants)
        self._with_word: dict[str, list[int]] = {}
        self._with_pair: dict[tuple[str, str], list[int]] = {}
        for at, (_, words_in, pairs_in, _) in enumerate(variants):
            for word in words_in:
                self._with_word.setdefault(word, []).append(at)
            for pair in pairs_in:
                self._with_pair.setdefault(pair, []).append(at)
        self._scores = lru_cache(maxsize=4096)(self._score_all)
        self._read = lru_cache(maxsize=4096)(self._read_word)

    def scores(self, text: str) -> dict[Key, float]:
        """Score of every key for ``text``; keys that share nothing with it are absent."""
        return self._scores(text)

    def best(self, text: str, *, least: float = 0.5, margin: float = 0.08) -> Match | None:
        """The title that ``text`` names, or None when no score reaches ``least`` or the lead is below ``margin``."""
        ranked = sorted(self.scores(text).items(), key=lambda pair: -pair[1])
        if not ranked or ranked[0][1] < least:
            return None
        lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
        return Match(ranked[0][0], ranked[0][1], lead) if lead >= margin else None

    def _score_all(self, text: str) -> dict[Key, float]:
        singles, _ = features(text)
        if not singles:
            return {}
        read = [self._read(word) for word in singles]
        have = {word: credit for word, credit in read if word}
        pairs = {(a[0], b[0]): min(a[1], b[1]) for a, b in pairwise(read) if a[0] and b[0]}
        said = sum(
            self._weight.get(word or "", self._unknown)
            for word in dict.fromkeys(w or s for (w, _), s in zip(read, singles, strict=True))
        )
        said += 0.8 * sum(
            self._pair(pair)
            for pair in dict.fromkeys(pairwise(tuple(w or s for (w, _), s in zip(read, singles, strict=True))))
        )
        hits: dict[int, float] = {}
        for word, credit in have.items():
            for at in self._with_word.get(word, ()):
                hits[at] = hits.get(at, 0.0) + self._weight[word] * credit
        for pair, credit in pairs.items():
            for at in self._with_pair.get(pair, ()):
                hits[at] += 0.8 * self._pair(pair) * credit
        scores: dict[Key, float] = {}
        for at, hit in hits.items():
            key, whole, factor = self._variants[at]
            precision, recall = min(hit / said, 1.0), min(hit / whole, 1.0)
            score = factor * precision**_PRECISION * recall ** (1 - _PRECISION)
            if score > scores.get(key, 0.0):
                scores[key] = score
        return scores

    def _whole(self, singles: frozenset[str], pairs: frozenset[tuple[str, str]]) -> float:
        """What a name weighs that is said in full."""
        return sum(self._weight[word] for word in singles) + 0.8 * sum(map(self._pair, pairs))

    def _pair(self, pair: tuple[str, str]) -> float:
        return (self._weight.get(pair[0], self._unknown) + self._weight.get(pair[1], self._unknown)) / 2

    def _read_word(self, word: str) -> tuple[str | None, float]:
        """The known word that ``word`` is or nearly is, with its credit."""
        if word in self._weight:
            return word, 1.0
        if len(word) < 4:
            return None, 0.0
        near = process.extractOne(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=80)
        return (near[0], 0.7) if near else (None, 0.0)


def _names(names: Sequence[str], parts: bool) -> list[tuple[str, float]]:
    """The title, its aliases and, weaker, the clauses and list members of the title."""
    found = [(name, 1.0) for name in names]
    if not parts or not names:
        return found
    title = names[0]
    bare = _WITHIN.sub(" ", title)
    if bare.strip() and bare != title:
        found.append((bare, 0.99))
    clauses = [clause.strip(" -–+") for clause in _CLAUSE.split(bare)]
    for clause in clauses:
        if len(features(clause)[0]) >= 2:
            found.append((clause, 0.95))
        for member in _LISTED.split(clause):
            if len(features(member)[0]) >= 2:
                found.append((member, 0.88))
    return found
