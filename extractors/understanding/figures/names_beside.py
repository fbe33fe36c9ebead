"""Who paid by a bare name beside a sum: "60 triệu của huyện", "88 triệu (PH)", "xã 25 triệu, dân 5 triệu"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractors.report import FundingSource
from extractors.understanding.figures.amounts import Amount
from extractors.understanding.figures.payers import named_payer, payer
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Span

ASKED = re.compile(r"^\W*neu\b|\b(?:de nghi|kien nghi|de xuat|xin|mong|can duoc)\b")
_GRANTED = re.compile(
    r"\bda (?:\w+ )?(?:duyet|phe duyet|cap|bo tri|giao|chap thuan|thong nhat|dong y|ho tro)\b|"
    r"[,;.] (?:va |da |nhung |moi |chi )*duoc (?:\w+ ){0,5}?(?:duyet|cap|cho|bo tri|ho tro|giao)\b"
)
WHEN = re.compile(r"\btrong do\W+(?:rieng )?(?:nam|quy|thang|hoc ky|giai doan)\b")  # a part by time, not by source
SPLIT = re.compile(r"\btrong do\b")
NAME_WORDS = 6  # of a bare name
_NAMED_AFTER = re.compile(
    r"^(?:\s*/\s*\w+)*\s*(?:\(\s*([^()]{2,50})\)|[,–-]?\s*(?:là\s)?(?:tiền\s|nguồn\s|vốn\s|kinh phí\s)?(?:của|từ)\s+"
    r"([^,;.:()\n]+?)(?:[,;.:()\n]|\s(?:và|để|cho|mua|là)\s|$))"
)
_WHOLE = re.compile(r"\b(?:tong|het|ca thay|da chi)\b")
_LAST_MARK = re.compile(r"[:;,(+\n]|^\s*(?:[-–•]|và|còn|cộng|với)\s")
_BODY_OF_TWO = re.compile(r"^\s*(?:Bộ|Sở|Phòng|Ban|Cục|Hội|Viện|Quỹ)\s(?:\w+\s){1,3}và\s[A-ZĐ]\w*(?:\s\w+){0,6}\s*$")
_LAST_PART = re.compile(r"[:;,(+\n]|\s(?:và|còn|cộng|với)\s|^\s*[-–•]\s")


def asked(before: str) -> bool:
    """Whether what stands before a sum (folded) asks for it, and nobody granted it since."""
    found = ASKED.search(before)
    return found is not None and not _GRANTED.search(before[found.end() :])


def beside(sentence: Span, amounts: Sequence[Amount], owned: Sequence[set[str]]) -> list[set[str]]:
    """Labels by a bare name beside each amount: in brackets or after "của", or before it where all are told so.

    "60 triệu của huyện", "88 triệu (PH)", "xã 25 triệu, dân 5 triệu".
    """
    doc, found, listed = sentence.doc, [], []
    wished = bool(amounts) and asked(fold(doc[sentence.start : amounts[0].start].text))
    for at, amount in enumerate(amounts):
        until = amounts[at + 1].start if at + 1 < len(amounts) else sentence.end
        after = _NAMED_AFTER.match(doc[amount.end : until].text)
        name = next((group for group in after.groups() if group), "") if after else ""
        found.append(_label(payer(name)) if len(name.split()) <= NAME_WORDS and not wished else set())
        parts = made_up(fold(doc[amount.end : until].text))
        listed.append(set() if wished or parts else _name_before(_text_before(sentence, amounts, at).rstrip(" :")))
        if len(amounts) == 1 and not _text_before(sentence, amounts, at).rstrip().endswith(":"):
            listed[-1] = set()
    told = [labels or own or named for labels, own, named in zip(owned, found, listed, strict=True)]
    # "... hết 1,7 tỷ đồng: Nhà nước 1.350 triệu, nhân dân 350 triệu"
    first = max((at for at, amount in enumerate(amounts) if ":" in _text_before(sentence, amounts, at)), default=0)
    if not first and len(amounts) > 1 and _WHOLE.search(fold(_text_before(sentence, amounts, 0))):
        first = 1
    if all(told):
        return told
    return [*found[:first], *told[first:]] if all(told[first:]) else found


def _text_before(sentence: Span, amounts: Sequence[Amount], at: int) -> str:
    return sentence.doc[amounts[at - 1].end if at else sentence.start : amounts[at].start].text


def _name_before(text: str) -> set[str]:
    """The label of a bare name at the end of ``text``; one that has "và" in it is tried before its last part."""
    stretch = _LAST_PART.split(text)[-1]
    body = _LAST_MARK.split(text)[-1]
    if body != stretch and _BODY_OF_TWO.match(body) and (whole := named_payer(body)):
        return _label(whole)
    return _label(named_payer(stretch)) if _is_name(stretch) else set()


def _is_name(text: str) -> bool:
    """Whether a few words may be no more than a name: three, or more where some have capitals."""
    said = text.split()
    return 0 < len(said) <= (NAME_WORDS if any(word[0].isupper() for word in said[1:]) else 3)


def _label(source: FundingSource | None) -> set[str]:
    return {"BUDGET" if source == "budget" else "SOCIALISED"} if source else set()


def made_up(after: str) -> bool:
    """Whether what follows a sum (folded) tells its parts, so that one giver did not give it all."""
    return bool(re.match(r"^\W*(?:bao )?gom\b", after) or (SPLIT.search(after) and not WHEN.search(after)))
