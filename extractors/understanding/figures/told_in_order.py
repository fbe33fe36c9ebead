"""Sources and sums told one list after the other: "ngân sách và xã hội hóa lần lượt là 200 và 60 triệu đồng".

The list of sources may stand in an earlier sentence: "… từ ngân sách và doanh nghiệp. Nguồn thứ nhất được 2 tỷ".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from extractors.understanding.figures.amounts import Amount
from extractors.understanding.figures.language import entities
from extractors.understanding.figures.payers import SOURCES
from extractors.understanding.figures.sums import RESPECTIVELY
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Span

_LISTED = re.compile(r"^\s*(?:[,;]|va|,\s*va)\s*$")
PARTS = re.compile(r"[,;)\n]|\bva\b|\bcon\b|\bcong (?:voi |them )?\s*$|\.\s")
_ADDED = re.compile(r"^\s*[+/]\s*$")
_NEXT = re.compile(
    r"^\s*(?:,|;|va|voi|cung(?: voi)?|lan|den|,\s*va)\s+(?:tu )?(?:cac |phan |nguon |von |kinh phi |tien )*$"
)
_ORDINAL = re.compile(
    r"\b(?:nguon|phan|khoan|ben|von)(?: von| kinh phi| tien)? (?:thu )?"
    r"(dau(?: tien)?|truoc|sau|cuoi|(?<=thu )(?:nhat|hai|ba))\b"
)
_PLACES = {"nhat": 0, "dau": 0, "dau tien": 0, "truoc": 0, "hai": 1, "ba": 2, "sau": -1, "cuoi": -1}


def listed(sentence: Span) -> tuple[str, ...]:
    """Labels of the sources that a sentence names one after another with no sum among them; () of fewer than two."""
    named: list[Span] = []
    for entity in entities(sentence):
        if entity.label_ not in SOURCES:
            continue
        between = fold(sentence.doc[named[-1].end : entity.start].text) + " " if named else ""
        if named and named[-1].label_ == entity.label_ and not PARTS.search(between):
            continue  # "phụ huynh đóng góp" is one
        if named and not PARTS.search(between) and not _NEXT.match(between):
            named = []
        named.append(entity)
    return tuple(entity.label_ for entity in named) if len({entity.label_ for entity in named}) > 1 else ()


def respective(
    sentence: Span, amounts: Sequence[Amount], owned: Sequence[set[str]], earlier: Sequence[str] = ()
) -> list[set[str]] | None:
    """Labels of amounts told in the order of the sources named beside them; None when they are not told so.

    ``owned``: the labels of each by the words around it; ``earlier``: those that a sentence before it listed.
    """
    doc = sentence.doc
    text = fold(sentence.text)
    markers = list(RESPECTIVELY.finditer(text))
    if not markers:
        return _by_ordinals(sentence, amounts, owned, earlier) or _added(sentence, amounts)
    found, changed = list(owned), False
    named = _named_before(sentence, len(text))
    labels, start = [] if named else list(earlier), 0
    for marker, until in pairwise([*(one.start() for one in markers), len(text)]):
        own = _named_before(sentence, marker, start)
        first = next(
            (at for at, one in enumerate(amounts) if doc[one.start].idx - sentence.start_char >= marker), len(amounts)
        )
        own = own or _named_behind(sentence, amounts[first:])
        labels = own or labels
        if len(own) == 1:  # of one source in several years
            labels = own * _in_a_row(sentence, amounts[first:])
        told = amounts[first : first + len(labels)]
        in_a_row = all(_LISTED.match(fold(doc[one.end : other.start].text)) for one, other in pairwise(told))
        inside = told and doc[told[-1].start].idx - sentence.start_char < until
        if len(labels) < 2 or len(told) < len(labels) or not in_a_row or not inside:
            continue
        found[first : first + len(labels)] = [{label} for label in labels]
        changed, start = True, doc[told[-1].end - 1].idx - sentence.start_char
    return found if changed else None


def _in_a_row(sentence: Span, amounts: Sequence[Amount]) -> int:
    """How many of ``amounts`` are told one right after the other."""
    count = min(len(amounts), 1)
    for one, other in pairwise(amounts):
        if not _LISTED.match(fold(sentence.doc[one.end : other.start].text)):
            break
        count += 1
    return count


def _named_behind(sentence: Span, amounts: Sequence[Amount]) -> list[str]:
    """The label of the source right behind sums in a row: "lần lượt nhận 40 và 65 triệu đồng tài trợ"."""
    row = _in_a_row(sentence, amounts)
    behind = sentence.doc[amounts[row - 1].end] if row and amounts[row - 1].end < sentence.end else None
    return [behind.ent_type_] if behind is not None and behind.ent_type_ in SOURCES else []


def _named_before(sentence: Span, marker: int, start: int = 0) -> list[str]:
    """Labels of the sources that stand between two letters of the sentence, each giver once."""
    named: list[Span] = []
    for entity in entities(sentence):
        if entity.label_ not in SOURCES or not start <= entity.start_char - sentence.start_char < marker:
            continue
        if (
            named
            and named[-1].label_ == entity.label_
            and not PARTS.search(sentence.doc[named[-1].end : entity.start].text)
        ):
            continue  # "phụ huynh đóng góp" is one
        named.append(entity)
    return [entity.label_ for entity in named]


def _by_ordinals(
    sentence: Span, amounts: Sequence[Amount], owned: Sequence[set[str]], earlier: Sequence[str]
) -> list[set[str]] | None:
    """Labels of sums that are told of the first, the second … of sources listed before."""
    doc = sentence.doc
    if not amounts or not _ORDINAL.search(fold(sentence.text)):
        return None
    labels = _named_before(sentence, len(doc[sentence.start : amounts[0].start].text))
    labels = labels if len(labels) > 1 else list(earlier)
    found, start = list(owned), sentence.start
    for at, amount in enumerate(amounts):
        said = _ORDINAL.findall(fold(doc[start : amount.start].text))
        place = _PLACES[said[-1]] if said else None
        if place is not None and len(labels) > max(place, 1) and not (len(labels) > 2 and said[-1] == "sau"):
            found[at] = {labels[place]}
        start = amount.end
    return found if found != list(owned) else None


def _added(sentence: Span, amounts: Sequence[Amount]) -> list[set[str]] | None:
    """Labels of sums that are added up as the sources beside them are: "200 triệu + 60 triệu (NSNN + XHH)"."""
    doc, named = sentence.doc, [entity for entity in entities(sentence) if entity.label_ in SOURCES]
    if not 2 <= len(named) == len(amounts):
        return None
    apart = not (named[0].start < amounts[-1].start and named[-1].end > amounts[0].end)
    pairs = [*pairwise(named)], [*pairwise(amounts)]
    added = all(_ADDED.match(doc[one.end : other.start].text) for both in pairs for one, other in both)
    return [{entity.label_} for entity in named] if apart and added else None
