"""Sentences that say where the money of others came from: "Số tiền này do phụ huynh góp", "…, đều là ngân sách".

They speak of sums told before them in the same paragraph, or open one: "Về ngân sách, trường được cấp hai đợt."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from extractors.report import FundingSource
from extractors.understanding.figures.language import entities
from extractors.understanding.figures.payers import SOURCES, only, payer
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Span

_THIS = re.compile(
    r"\b(?:so tien|so kinh phi|khoan(?: tien| chi)?|kinh phi|nguon(?: tien| kinh phi)?|tien|so) "
    r"(?:nay|do|ay|tren|noi tren|vua neu|vua ke|neu tren)\b|^\W*nguon(?: kinh phi| von| tien)?\s*(?::|la\b|tu\b|do\b)"
)
_ALL = re.compile(r"\b(?:toan bo|tat ca|ca hai|ca ba|ca bon|ca nam|cac khoan|deu)\b")
_SUM = re.compile(r"\b(?:cong|tong|ca thay)\b")
_TOPIC = re.compile(r"^\W*(?:ve|doi voi|rieng|phan|nguon|tu nguon)\b")
_BY = re.compile(r"\b(?:do|cua|tu|la)\s+([^,;.:]{2,40}?)\s*[.,;:]?\s*$")
_ASKED = re.compile(r"\b(?:de nghi|kien nghi|de xuat|xin|mong|can|chua)\b")
TOPIC_WORDS = 8  # at the beginning of a sentence, among which its topic is named
Reach = Literal["sentence", "paragraph"]


def points_back(sentence: Span, amounts: int, own: FundingSource | None) -> tuple[Reach, FundingSource] | None:
    """How far back a sentence says where money came from, and the source; None when it does not.

    ``amounts``: how many sums it tells itself; ``own``: the one source of them all, if they have one.
    """
    said = fold(sentence.text)
    if _ASKED.search(said):
        return None
    if amounts:
        together = re.search(r"\bdeu\b", said) and amounts == 1
        return ("paragraph", own) if own and (together or (_ALL.search(said) and _SUM.search(said))) else None
    back, whole = _THIS.search(said), _ALL.search(said)
    if not (back or (whole and re.search(r"\b(?:kinh phi|tien|khoan|nguon|chi)\b", said))):
        return None
    source = _named(sentence)
    return ("paragraph" if whole else "sentence", source) if source else None


def opens(sentence: Span) -> FundingSource | None:
    """The source that a sentence without sums names as what the next one is about."""
    if not _TOPIC.match(fold(sentence.text)):
        return None
    said = entities(sentence)
    return (
        only({one.label_ for one in said} & SOURCES) if said and said[0].start - sentence.start < TOPIC_WORDS else None
    )


def _named(sentence: Span) -> FundingSource | None:
    labels = {entity.label_ for entity in entities(sentence)}
    if labels & SOURCES:
        return only(labels & SOURCES)
    if "GRANT" in labels:
        return "budget"
    name = _BY.search(fold(sentence.text))
    return payer(sentence.text[name.start(1) : name.end(1)]) if name else None


def spread(told: Sequence[FundingSource | None]) -> FundingSource | None:
    """The one source of all that was ``told``; None where one is unknown or they differ."""
    return told[0] if told and len(set(told)) == 1 else None
