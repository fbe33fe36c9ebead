"""Statements that say the same, folded into one with everyone who said it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import msgspec
from rapidfuzz import fuzz, process

from consolidation.lexicon import Phrases, plain
from consolidation.statements import Statement

ALIKE = 86.0  # of 100, `rapidfuzz.fuzz.token_sort_ratio` of texts without diacritics and figures
_FIGURES = re.compile(r"\d[\d.,/%]*")
# Two texts that differ in one of these say opposite things, however alike they look.
_NEGATIONS = (
    "không",
    "chưa",
    "thiếu",
    "hết",
    "khó",
    "chậm",
    "ít",
    "thấp",
    "giảm",
    "thừa",
    "đủ",
    "tăng",
    "nhiều",
    "cao",
)
_RARE = 4  # words of a statement by which its like are looked for
_COMMON = 400  # a word in more than so many statements tells none apart


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """``text`` is the wording met most often; ``said`` everyone's own words, in the order of the units."""

    topic: str
    text: str
    said: tuple[Statement, ...]

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.unit for one in self.said))


def fold(statements: Iterable[Statement], topics: Iterable[str]) -> list[Folded]:
    """One entry for statements alike, by topic in the order of ``topics``, then by number of units."""
    exact: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for one in statements:
        exact[one.topic, _key(one.text)].append(one)
    order = {topic: n for n, topic in enumerate(topics)}
    folded = [
        Folded(topic=topic, text=_wording(group), said=tuple(group))
        for topic in dict.fromkeys(topic for topic, _ in exact)
        for group in _groups([(key, said) for (of, key), said in exact.items() if of == topic])
    ]
    return sorted(folded, key=lambda one: (order.get(one.topic, len(order)), -len(one.units)))


def _groups(keyed: list[tuple[str, list[Statement]]]) -> list[list[Statement]]:
    """Join each key to the first earlier one it is alike; candidates share one of its rarest words."""
    frequency: dict[str, int] = defaultdict(int)
    for key, _ in keyed:
        for word in set(key.split()):
            frequency[word] += 1
    leaders: list[tuple[str, tuple[str, ...], list[Statement]]] = []
    by_word: dict[str, list[int]] = defaultdict(list)
    for key, said in keyed:
        words = sorted(set(key.split()), key=lambda word: (frequency[word], word))
        rare = words[:_RARE]
        polarity = _polarity(key)
        near = sorted({n for word in rare if frequency[word] <= _COMMON for n in by_word[word]})
        choices = {n: leaders[n][0] for n in near if leaders[n][1] == polarity}
        found = process.extractOne(key, choices, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if found:
            leaders[found[2]][2].extend(said)
            continue
        for word in words[: 2 * _RARE]:
            by_word[word].append(len(leaders))
        leaders.append((key, polarity, list(said)))
    return [said for _, _, said in leaders]


def _key(text: str) -> str:
    return _FIGURES.sub("#", plain(text))


@cache
def _negations() -> Phrases:
    return Phrases(_NEGATIONS)


def _polarity(key: str) -> tuple[str, ...]:
    return tuple(sorted(m[0] for m in _negations().all(key)))


def _wording(said: list[Statement]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for one in said:
        counts[one.text] += 1
    return max(counts, key=lambda text: counts[text])
