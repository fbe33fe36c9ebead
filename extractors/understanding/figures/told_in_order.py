"""Sources and sums told one list after the other: "ngân sách và xã hội hóa lần lượt là 200 và 60 triệu đồng"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from extractors.understanding.figures.language import entities
from extractors.understanding.figures.payers import SOURCES
from extractors.understanding.figures.sums import RESPECTIVELY, Amount
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Span

_LISTED = re.compile(r"^\s*(?:[,;]|va|,\s*va)\s*$")
PARTS = re.compile(r"[,;)\n]|\bva\b|\bcon\b|\bcong (?:voi |them )?\s*$|\.\s")
_ADDED = re.compile(r"^\s*[+/]\s*$")


def respective(sentence: Span, amounts: Sequence[Amount], owned: Sequence[set[str]]) -> list[set[str]] | None:
    """Labels of amounts told in the order of the sources named beside them; None when they are not told so.

    ``owned``: the labels of each by the words around it.
    """
    doc = sentence.doc
    marker = next(iter(reversed(list(RESPECTIVELY.finditer(fold(sentence.text))))), None)
    if marker is None:
        return _added(sentence, amounts)
    named: list[Span] = []
    for entity in entities(sentence):
        if entity.label_ not in SOURCES or entity.end_char - sentence.start_char > marker.start():
            continue
        if named and named[-1].label_ == entity.label_ and not PARTS.search(doc[named[-1].end : entity.start].text):
            continue  # "phụ huynh đóng góp" is one
        named.append(entity)
    first = next(
        (at for at, one in enumerate(amounts) if doc[one.start].idx - sentence.start_char >= marker.end()), len(amounts)
    )
    told = amounts[first : first + len(named)]
    listed = all(_LISTED.match(fold(doc[one.end : other.start].text)) for one, other in pairwise(told))
    if len(named) < 2 or len(told) < len(named) or not listed:
        return None
    return [*owned[:first], *({entity.label_} for entity in named), *owned[first + len(named) :]]


def _added(sentence: Span, amounts: Sequence[Amount]) -> list[set[str]] | None:
    """Labels of sums that are added up as the sources beside them are: "200 triệu + 60 triệu (NSNN + XHH)"."""
    doc, named = sentence.doc, [entity for entity in entities(sentence) if entity.label_ in SOURCES]
    if not 2 <= len(named) == len(amounts):
        return None
    apart = not (named[0].start < amounts[-1].start and named[-1].end > amounts[0].end)
    pairs = [*pairwise(named)], [*pairwise(amounts)]
    added = all(_ADDED.match(doc[one.end : other.start].text) for both in pairs for one, other in both)
    return [{entity.label_} for entity in named] if apart and added else None
