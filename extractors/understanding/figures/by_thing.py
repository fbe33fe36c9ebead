"""Sources told of things whose sums stand before them: "Máy tính 500 triệu, tivi 200 triệu; tivi do phụ huynh tặng"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractors.report import FundingSource
from extractors.understanding.figures.language import entities
from extractors.understanding.figures.pointing import given_by
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_PARTS = frozenset((",", ";", ".", "(", ")", "\n", "còn", "và"))
_LINKS = re.compile(
    r"(?:\W|\b(?:do|từ|bằng|dùng|là|của|được|lấy|nguồn|tiền|vốn|kinh phí|thì|riêng|còn|và|mua|sử dụng|các|phần)\b)+$"
)
_OPENS = re.compile(r"^(?:\W|\b(?:còn|thì|riêng|trong đó|và|phần|các|số)\b)+")
_ASKED = re.compile(r"\b(?:de nghi|kien nghi|de xuat|xin|mong|chua)\b")
LONGEST = 6  # words of a thing's name


def things_paid(doc: Doc, start: int, end: int) -> Iterator[tuple[str, FundingSource]]:
    """Names of things (small) with who paid for them, from the tokens ``start`` to ``end``, in which no sum is told."""
    if start >= end or _ASKED.search(fold(doc[start:end].text)):
        return
    begin = start
    for at in range(start, end + 1):
        if at < end and (doc[at].lower_ not in _PARTS or doc[at].ent_type_):
            continue
        if begin < at:
            yield from _thing(doc[begin:at])
        begin = at + 1


def _thing(part: Span) -> Iterator[tuple[str, FundingSource]]:
    said = entities(part)
    source = given_by(part) if said else None
    if source is None:
        return
    name = _OPENS.sub("", _LINKS.sub("", part.doc[part.start : said[0].start].text.lower()))
    if 0 < len(name.split()) <= LONGEST:
        yield " ".join(name.split()), source


def names_it(name: str, before: str) -> bool:
    """Whether the words before a sum (small) name the thing."""
    return bool(re.search(rf"\b{re.escape(name)}\b", " ".join(before.split())))
