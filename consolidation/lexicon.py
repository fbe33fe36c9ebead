"""The words of ``consolidation/data/lexicon.yaml``, ready to be looked for in what units wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources

import msgspec


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    title: str
    deciding: tuple[str, ...] = ()
    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()


class Addressee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"but": "not"}):
    """``but``: phrases that hold a name of the list and mean something else."""

    id: str
    title: str
    names: tuple[str, ...]
    but: tuple[str, ...] = ()


class Labels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    advantage: tuple[str, ...]
    difficulty: tuple[str, ...]
    reason: tuple[str, ...]
    proposal: tuple[str, ...]


class MoneyWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    total: tuple[str, ...]
    consists: tuple[str, ...]
    of_which: tuple[str, ...]
    planned: tuple[str, ...]
    allotted: tuple[str, ...]
    rate: tuple[str, ...]
    unit_price: tuple[str, ...]
    many_units: tuple[str, ...]


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    causes: tuple[Cause, ...]
    other_cause: str
    addressees: tuple[Addressee, ...]
    unnamed_addressee: str
    labels: Labels
    closings: tuple[str, ...]
    money: MoneyWords


@cache
def lexicon() -> Lexicon:
    text = resources.files("consolidation").joinpath("data/lexicon.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=Lexicon)


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """``text`` without case and punctuation, words parted by one blank, the tone of a word behind it (so that it does
    not matter which vowel carries it); ``/`` stays with the word after it.

    >>> plain("Hoà: 60 triệu/năm") == plain("hòa - 60  Triệu / Năm")
    True
    """
    letters = unicodedata.normalize("NFD", text.casefold())
    kept = re.sub(r"[^\w&/\u0300-\u036f]+", " ", letters.replace("/", " /")).replace("/ ", "/")
    return " ".join(map(_tone_last, kept.split()))


_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


@lru_cache(maxsize=16_384)
def _tone_last(word: str) -> str:
    return word if word.isascii() else _TONES.sub("", word) + "".join(_TONES.findall(word))


def _without_marks(text: str) -> str:
    return re.sub(r"[\u0300-\u036f]", "", text).replace("đ", "d")


class Phrases:
    """Finds any of a list of phrases as whole words in `plain` text; the longest at a place wins.

    A text in plain ASCII was written without diacritics, and is compared without them.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        words = {plain(phrase) for phrase in phrases}
        self._marked, self._bare = _pattern(words), _pattern({_without_marks(word) for word in words})

    def all(self, text: str) -> list[re.Match[str]]:
        return list(self._in(text).finditer(text))

    def first(self, text: str) -> re.Match[str] | None:
        """The first phrase in ``text``, which is `plain`."""
        return self._in(text).search(text)

    def opens(self, text: str) -> re.Match[str] | None:
        return self._in(text).match(text)

    def _in(self, text: str) -> re.Pattern[str]:
        return self._bare if text.isascii() else self._marked


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    longest = sorted(words, key=lambda word: (-len(word), word))
    edge = r"[\w&\u0300-\u036f]"
    return re.compile(rf"(?<!{edge})(?:{'|'.join(map(re.escape, longest)) or '(?!)'})(?!{edge})")


_DECIDING, _STRONG, _WEAK = 6, 3, 1


class Sorter:
    """Which of several lists of weighted phrases fits a text best."""

    def __init__(self, lists: Sequence[tuple[str, Sequence[tuple[int, Iterable[str]]]]]) -> None:
        """``lists``: (name, [(weight, phrases)]), heaviest first. A phrase in two lists counts for the first."""
        self._names = [name for name, _ in lists]
        self._weights: dict[str, tuple[int, int]] = {}  # phrase to (list, weight)
        for n, (_, tiers) in enumerate(lists):
            for weight, phrases in tiers:
                for phrase in map(plain, phrases):
                    self._weights.setdefault(phrase, (n, weight + phrase.count(" ") * (weight > 1)))
        self._phrases = Phrases(self._weights)
        self._bare = {_without_marks(phrase): weight for phrase, weight in self._weights.items()}

    def best(self, text: str) -> str | None:
        """The name with the greatest weight, the first of equals; None when nothing is found. ``text`` is `plain`."""
        weights = self._bare if text.isascii() else self._weights
        scores = [0] * len(self._names)
        for first, found in enumerate(self._phrases.all(text)):
            n, weight = weights[found[0]]
            scores[n] += weight + (first == 0)  # what a statement begins with is what it is about
        most = max(scores)
        return self._names[scores.index(most)] if most else None


@cache
def cause_sorter() -> Sorter:
    return Sorter(
        [(one.title, ((_DECIDING, one.deciding), (_STRONG, one.strong), (_WEAK, one.weak))) for one in lexicon().causes]
    )


@cache
def _addressee_phrases() -> tuple[Phrases, dict[str, str | None]]:
    titles: dict[str, str | None] = {}
    for one in lexicon().addressees:
        titles |= {plain(phrase): None for phrase in one.but if plain(phrase) not in titles}
    for one in lexicon().addressees:
        titles |= {plain(name): one.title for name in one.names}
    return Phrases(titles), titles


def addressee(text: str) -> str | None:
    """The title of the body that a proposal (`plain`) names first; None when it names none."""
    phrases, titles = _addressee_phrases()
    if text.isascii():
        titles = {_without_marks(name): title for name, title in titles.items()}
    return next((titles[m[0]] for m in phrases.all(text) if titles[m[0]]), None)
