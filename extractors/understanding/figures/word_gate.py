"""A matcher for many rare patterns: each is tried only where the words that it cannot do without stand.

spaCy tries every pattern at every word. Of a hundred patterns of who gives money, three can match in a usual line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.attrs import LOWER, ORTH
from spacy.matcher import Matcher
from spacy.tokens import Span
from spacy.vocab import Vocab

Pattern = list[dict[str, object]]


class GatedMatcher:
    """Finds what the ``patterns``, each with its label, match; spans come by pattern, in the order given."""

    def __init__(self, vocab: Vocab, patterns: Iterable[tuple[str, Pattern]]) -> None:
        self._gates: list[tuple[list[frozenset[int]], Matcher]] = []
        for label, pattern in patterns:
            matcher = Matcher(vocab)
            matcher.add(label, [pattern])
            needs = [frozenset(map(vocab.strings.add, words)) for words in _needs(pattern)]
            self._gates.append((needs, matcher))

    def __call__(self, part: Span) -> Iterator[Span]:
        words = set(part.to_array([ORTH, LOWER]).ravel().tolist())
        for needs, matcher in self._gates:
            if not any(map(words.isdisjoint, needs)):
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
