"""A matcher for many rare patterns: each is tried only where the words that it cannot do without stand.

spaCy tries every pattern at every word. Of a hundred patterns of who gives money, three can match in a usual line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.matcher import Matcher
from spacy.tokens import Span
from spacy.vocab import Vocab

Pattern = list[dict[str, object]]


class GatedMatcher:
    """Finds what the ``patterns``, each with its label, match; spans come by pattern, in the order given."""

    def __init__(self, vocab: Vocab, patterns: Iterable[tuple[str, Pattern]]) -> None:
        self._patterns: list[tuple[list[frozenset[int]], Matcher]] = []
        self._always: list[int] = []
        self._by_word: dict[int, list[int]] = {}
        """Word, by its hash → the patterns whose first need it is."""
        for at, (label, pattern) in enumerate(patterns):
            matcher = Matcher(vocab)
            matcher.add(label, [pattern])
            first, *rest = [frozenset(map(vocab.strings.add, words)) for words in _needs(pattern)] or [frozenset()]
            self._patterns.append((rest, matcher))
            for word in first:
                self._by_word.setdefault(word, []).append(at)
            if not first:
                self._always.append(at)

    def __call__(self, part: Span) -> Iterator[Span]:
        words = {word for token in part for word in (token.orth, token.lower)}
        begun = {at for word in words for at in self._by_word.get(word, ())}.union(self._always)
        for at in sorted(begun):
            rest, matcher = self._patterns[at]
            if not any(map(words.isdisjoint, rest)):
                yield from matcher(part, as_spans=True)


def _needs(pattern: Pattern) -> list[tuple[str, ...]]:
    """For each token that must be there, the words it may be, where the pattern lists them."""
    found: list[tuple[str, ...]] = []
    for token in pattern:
        for asked in (token.get("TEXT"), token.get("LOWER")) if "OP" not in token else ():
            if isinstance(asked, str):
                found.append((asked,))
            elif isinstance(asked, dict) and "IN" in asked:
                found.append(tuple(asked["IN"]))
    return found
