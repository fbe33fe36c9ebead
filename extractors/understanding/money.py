"""Amounts of money in a text and the source each came from, by the words that govern it in its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from extractors.report import FundingSource
from extractors.understanding.amounts import SCALES, is_numeral, number, spelled
from extractors.understanding.folding import fold, squeeze
from extractors.understanding.language import entities, money_matcher, pipeline

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_UNIT = r"(1\.000\.000|1\.000|nghin|ngan|trieu|tr\.?|ty|ti)\s*"
_MEASURE = re.compile(
    rf"(?:dvt|don vi tinh|don vi|dv)\s*[:.]?\s*\(?\s*(?:{_UNIT})?(?:dong|d\b|vnd)|"
    rf"\(\s*(?:{_UNIT})?(?:dong|d|vnd)\s*\)|\b(trieu|nghin|ngan|ty)\s+dong\s*$"
)
_MEASURES = {"1.000.000": 10**6, "1.000": 10**3, "nghin": 10**3, "ngan": 10**3, "trieu": 10**6}
_MEASURES |= {"tr": 10**6, "tr.": 10**6, "ty": 10**9, "ti": 10**9}
_ATTACHED = re.compile(
    r"^[\s,]*\(?\s*(?:(?:da|duoc|toan bo|deu|chu yeu|hoan toan|100%|la|tat ca)\s+)*"
    r"(?:(?:trich|lay|huy dong|su dung|chi|cap|dau tu|bo tri|van dong|tai tro|chi tra|kinh phi|nguon|von|thuoc|"
    r"nguon kinh phi|nguon von)\s+)*"
    r"(?:tu|bang|do|cua|thuoc|qua|theo|nguon|von|la|den tu|kinh phi)"
    r"(?:\s+(?:cac|nguon|von|kinh phi|phi|quy|nhung|tien|mot|so|ban|toan bo|nguon von|nguon thu|tap the|hoi|cong ty|"
    r"don vi|cac don vi|cac nguon))*\s*$"
)
_DIRECT = re.compile(r"^[\s,]*\(?\s*(?:nguon|von|kinh phi|nguon von)?\s*$")
_CHAIN = re.compile(
    r"^[\s,/;&+-]*(?:va|cung|cung voi|ket hop|ket hop voi|lan|hoac|nguon|von|kinh phi|tu|cac|nguon von|nha nuoc|\s)*$"
)
_FROM = re.compile(r"\b(?:tu|do|bang) (?:cac |nguon |von |kinh phi )*$")
# sums told in the order of what they are of: "ngân sách và xã hội hóa tương ứng là 2 tỷ và 300 triệu"
RESPECTIVELY = re.compile(r"\b(?:tuong ung|lan luot|theo thu tu)\b")
_ALL_OF_THEM = re.compile(r"\b(?:deu|tat ca|toan bo|ca hai|ca ba)\b")
_WHEN = re.compile(r"\btrong do\W+(?:rieng )?(?:nam|quy|thang|hoc ky|giai doan)\b")  # a part by time, not by source
_SPLIT = re.compile(r"\btrong do\b")
_OWNERS = r"(?:(?:nha nuoc|thanh pho|tp|quan|huyen|xa|phuong|tinh|dia phuong|truong)\s*)?"
_LISTED = re.compile(r"^\s*(?:[,;]|va|,\s*va)\s*$")
_PARTS = re.compile(r"[,;)\n]|\bva\b|\bcon\b|\.\s")
TOTAL = re.compile(r"\btong\b|\btong (?:so|kinh phi|cong)\b")
_IN_WORDS = re.compile(r"(?:bang chu|viet bang chu)\s*:?\s*$")
# What may follow an amount that names no currency; anything else is a thing counted in millions.
_AFTER_MONEY = frozenset(
    [
        "tu",
        "do",
        "bang",
        "de",
        "cho",
        "mua",
        "nam",
        "va",
        "con",
        "trong",
        "thuoc",
        "kinh",
        "nguon",
        "von",
        "chi",
        "la",
        "duoc",
        "o",
        "tai",
        "nham",
        "voi",
        "xhh",
        "ngan",
        "ns",
        "nsnn",
        "xa",
        "cua",
        "den",
        "toi",
        "tren",
        "duoi",
        "moi",
        "mot",
        "gom",
        "bao",
        "da",
        "se",
        "tuong",
        "doi",
        "hang",
        "vao",
        "theo",
        "thi",
        "nhung",
        "so",
        "dau",
        "sua",
        "trang",
        "lap",
        "phuc",
        "quy",
        "thang",
        "giai",
        "trich",
    ]
)
NOT_MONEY_BEFORE = re.compile(
    r"(?:nam|so|ngay|thang|quy|khoan|muc|lop|khoi|giai doan|dieu|hoc ky|nam hoc|trang|stt|thu|tu nam|den nam)\s*$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    start: int
    end: int
    low: int
    high: int | None


def measure(text: str) -> int | None:
    """đồng per unit that a heading or caption states ("ĐVT: triệu đồng" → 1000000), None when it states none."""
    match = _MEASURE.search(fold(text))
    if not match:
        return None
    named = (match[1] or match[2] or match[3] or "").strip()
    return _MEASURES.get(named, 1) if named else 1


@lru_cache(maxsize=512)
def source_of(text: str) -> FundingSource | None:
    """The one source of money that a heading names; None when it names none or both."""
    labels = {entity.label_ for entity in pipeline()(squeeze(text)).ents} if text else set()
    return "budget" if labels == {"GRANT"} else _only(labels - {"GRANT"})


def _only(labels: set[str]) -> FundingSource | None:
    if labels == {"BUDGET"}:
        return "budget"
    if labels == {"SOCIALISED"}:
        return "socialised"
    return None


# -- amounts ---------------------------------------------------------------------------------------------------------


def find_amounts(doc: Doc, scale: int | None, bare: bool) -> list[Amount]:
    found: list[Amount] = []
    for span in sorted(money_matcher()(doc, as_spans=True), key=lambda span: (span.start, -span.end)):
        if found and span.start < found[-1].end:
            continue
        amount = _parse(doc, span)
        if amount is not None and not (found and _said_again(doc, found[-1], amount)):
            found += [*_sharing(doc, span), amount]
    if bare:
        taken = {at for amount in found for at in range(amount.start, amount.end)}
        found += [amount for amount in _bare(doc, scale) if amount.start not in taken]
        found.sort(key=lambda amount: amount.start)
    return found


def _sharing(doc: Doc, span: Span) -> list[Amount]:
    """Figures told respectively that take their unit from the last of them: "14.200, 2.650 và 480 triệu"."""
    named = [token.norm_ for token in span if token.norm_ in SCALES]
    at, found = span.start - 1, []
    while at > 0 and named and (doc[at].text == "," or doc[at].norm_ == "va") and doc[at - 1].text[0].isdigit():
        value = number(doc[at - 1].text)
        if value is None:
            break
        found.append(Amount(at - 1, at, int(value * SCALES[named[0]]), None))
        at -= 2
    said = fold(doc[max(0, at - 6) : at + 1].text)
    return found[::-1] if RESPECTIVELY.search(said) else []


def _said_again(doc: Doc, before: Amount, amount: Amount) -> bool:
    """Whether an amount is the one before it, in words: "315.000.000 đồng (Ba trăm mười lăm triệu đồng)"."""
    between = doc[before.end : amount.start].text.strip()
    return amount.low == before.low and between == "("


def _parse(doc: Doc, span: Span) -> Amount | None:
    """The value of a matched stretch; None when it is no money after all."""
    tokens = list(span)
    currency = any(token.norm_ in ("dong", "d", "vnd", "tr.d", "tr. d", "trd") for token in tokens)
    if not currency and _counts_things(doc, span):
        return None
    if _IN_WORDS.search(fold(doc[max(0, span.start - 4) : span.start].text)):
        return None  # said once more in words
    values = _values(tokens)
    if not values:
        return None
    low, high = values[0], values[1] if len(values) > 1 and values[1] > values[0] else None
    if low < 1000 and tokens[-1].norm_ == "d" and not any(token.norm_ in SCALES for token in tokens):
        return None  # "10đ" counts marks, not money
    return Amount(span.start, span.end, int(low), None if high is None else int(high))


def _counts_things(doc: Doc, span: Span) -> bool:
    """Whether figures without currency count something else: "1,7 triệu hồ sơ", "5 tỷ lệ", "hai trăm nghìn"."""
    following = doc[span.end] if span.end < len(doc) else None
    if following is not None and following.ent_type_ in ("BUDGET", "SOCIALISED"):
        return False  # "65 triệu doanh nghiệp tặng"
    if following is not None and following.text[0].isalpha() and following.norm_ not in _AFTER_MONEY:
        return True
    return is_numeral(span[0].lower_) and span[-1].lower_ not in ("tỷ", "tỉ", "triệu")


def _values(tokens: Sequence[Token]) -> list[Decimal]:
    """One amount, or both ends of a range, in đồng."""
    ends: list[list[Token]] = [[]]
    for token in tokens:
        if token.norm_ in ("den", "toi", "-"):
            ends.append([])
        else:
            ends[-1].append(token)
    sums = [_sum(part) for part in ends if part]
    known = [(value, last) for value, last in sums if value is not None]
    if len(known) == 2 and known[0][1] == 1 and known[1][1] > 1:
        return [known[0][0] * known[1][1], known[1][0]]  # "2 - 3 tỷ": the scale belongs to both
    return [value for value, _ in known]


def _sum(tokens: Sequence[Token]) -> tuple[Decimal | None, int]:
    """The value of "1 tỷ 250 triệu", and the scale that was said (1 when none was)."""
    total, pending, last = Decimal(0), None, 1
    words: list[str] = []
    seen = False
    for token in tokens:
        norm, text = token.norm_, token.text
        if text[0].isdigit():
            pending = number(text)
            seen = pending is not None
        elif norm in SCALES:
            value = pending if pending is not None else (Decimal(spelled(words) or 0) if words else None)
            if value is None:
                if total:
                    total *= SCALES[norm]  # "2 nghìn tỷ"
                    last = SCALES[norm]
                continue
            total += value * SCALES[norm]
            last, pending, words, seen = SCALES[norm], None, [], True
        elif norm == "ruoi":
            total += Decimal(last) / 2
        elif is_numeral(token.lower_):
            words.append(norm)
    if words and last > 1:
        rest = spelled(words) or 0
        total += Decimal(rest) * last / (10 if rest < 10 else 1000)
    if pending is not None:
        # "3 tỷ 2" leaves tenths; without a scale the figure is the amount
        total += pending * last / 10 if last > 1 and pending < 10 else pending
    return (total if seen else None), last


def _bare(doc: Doc, scale: int | None) -> Iterator[Amount]:
    """Figures without currency where the column or caption says that they are money."""
    for token in doc:
        if not re.match(r"^\d+(?:[.,]\d+)*$", token.text):
            continue
        following = doc[token.i + 1].text if token.i + 1 < len(doc) else ""
        line_end = following in ("", "\n", ".", ",", ";", ")", "(", "-", "–", "/")
        if following == "%" or (following and not line_end):
            continue
        if NOT_MONEY_BEFORE.search(fold(doc[max(0, token.i - 3) : token.i].text)):
            continue
        if following == ")" and token.i > 0 and doc[token.i - 1].text == "(":
            continue
        if following in (".", ")") and (token.i == 0 or doc[token.i - 1].text == "\n") and token.i + 2 < len(doc):
            continue  # a list number
        value = number(token.text)
        if value is None:
            continue
        if scale is not None:
            if 1990 <= value <= 2035 and token.text.isdigit() and len(doc) > 2:
                continue
            if value > 0:
                yield Amount(token.i, token.i + 1, int(value * scale), None)
        elif value >= 10**7 or (value >= 10**6 and re.search(r"[.,]", token.text)):
            yield Amount(token.i, token.i + 1, int(value), None)


# -- sources ---------------------------------------------------------------------------------------------------------


def sources(sentence: Span, amounts: Sequence[Amount]) -> list[FundingSource | None]:
    """The source of each amount by the words that govern it in its clause."""
    owned = _respective(sentence, amounts) or _owned(sentence, amounts)
    found: list[FundingSource | None] = []
    carried: FundingSource | None = None
    for at, amount in enumerate(amounts):
        labels = owned[at] or _granted(sentence, amounts, at)
        source = _only(labels)
        if not labels and carried and at:
            between = fold(sentence.doc[amounts[at - 1].end : amount.start].text)
            apart = TOTAL.search(between) or (_SPLIT.search(between) and not _WHEN.search(between))
            source = None if apart else carried
        found.append(source)
        before = fold(sentence.doc[sentence.start : amount.start].text) if at == 0 else ""
        carried = None if not labels and TOTAL.search(before) else source
    return found


def _granted(sentence: Span, amounts: Sequence[Amount], at: int) -> set[str]:
    """Public money by who gives it, "huyện cấp 4 tỷ", where nothing else tells the source and no parts follow."""
    doc = sentence.doc
    since = amounts[at - 1].end if at else sentence.start
    given = [entity for entity in sentence.ents if since <= entity.start < amounts[at].start]
    until = amounts[at + 1].start if at + 1 < len(amounts) else sentence.end
    after = fold(doc[amounts[at].end : until].text)
    made_up = re.match(r"^\W*(?:bao )?gom\b", after) or (_SPLIT.search(after) and not _WHEN.search(after))
    granted = bool(given) and {entity.label_ for entity in given} == {"GRANT"} and not made_up
    return {"BUDGET"} if granted else set()


def _respective(sentence: Span, amounts: Sequence[Amount]) -> list[set[str]] | None:
    """Labels of amounts told in the order of the sources named before them; None when they are not told so."""
    doc = sentence.doc
    marker = next(iter(reversed(list(RESPECTIVELY.finditer(fold(sentence.text))))), None)
    if marker is None:
        return None
    named: list[Span] = []
    for entity in sentence.ents:
        if entity.label_ not in ("BUDGET", "SOCIALISED") or entity.end_char - sentence.start_char > marker.start():
            continue
        if named and named[-1].label_ == entity.label_ and not _PARTS.search(doc[named[-1].end : entity.start].text):
            continue  # "phụ huynh đóng góp" is one
        named.append(entity)
    first = next(
        (at for at, one in enumerate(amounts) if doc[one.start].idx - sentence.start_char >= marker.end()), len(amounts)
    )
    told = amounts[first : first + len(named)]
    listed = all(_LISTED.match(fold(doc[one.end : other.start].text)) for one, other in pairwise(told))
    if len(named) < 2 or len(told) < len(named) or not listed:
        return None
    owned = _owned(sentence, amounts)
    return [*owned[:first], *({entity.label_} for entity in named), *owned[first + len(named) :]]


def _owned(sentence: Span, amounts: Sequence[Amount]) -> list[set[str]]:
    """Labels of the sources that belong to each amount."""
    doc = sentence.doc
    owned: list[set[str]] = [set() for _ in amounts]
    leading: list[bool] = [False] * len(amounts)
    previous: tuple[int, int | None] | None = None  # end of the last source, the amount it went to
    for entity in entities(sentence):
        if entity.label_ not in ("BUDGET", "SOCIALISED"):
            continue
        target = _governed(doc, entity, amounts, owned)
        leads = target is not None and amounts[target].start >= entity.end
        if previous is not None:
            between = doc[previous[0] : entity.start]
            parted = any(between.start <= amount.start < between.end for amount in amounts)
            if not parted and _CHAIN.match(fold(between.text)):
                if not (leads and _listed_apart(doc, between, entity, amounts, target)):
                    target = previous[1]
            elif target is not None and leads and previous[1] == target and leading[target]:
                owned[target] = set()  # the nearer source governs
        if target is not None and amounts[target].end <= entity.start:
            for other in range(target):
                if not owned[other] and _ALL_OF_THEM.search(fold(doc[amounts[target].end : entity.start].text)):
                    owned[other].add(entity.label_)
        if target is not None:
            owned[target].add(entity.label_)
            leading[target] = leads
        previous = (entity.end, target)
    return owned


def _listed_apart(doc: Doc, between: Span, entity: Span, amounts: Sequence[Amount], target: int | None) -> bool:
    """Whether a source after a comma has an amount of its own: "560 triệu từ ngân sách, phụ huynh góp 40 triệu"."""
    if target is None or not re.search(r"[,;]", between.text):
        return False
    trails = any(amount.end <= between.start for amount in amounts)
    return trails and not _PARTS.search(fold(doc[entity.end : amounts[target].start].text))


def _governed(doc: Doc, entity: Span, amounts: Sequence[Amount], owned: Sequence[set[str]]) -> int | None:
    """Which amount a source belongs to: the one it follows closely, else the one it leads to."""
    before = max((at for at, amount in enumerate(amounts) if amount.end <= entity.start), default=None)
    after = next((at for at, amount in enumerate(amounts) if amount.start >= entity.end), None)
    if before is None or owned[before]:
        return after
    gap = fold(doc[amounts[before].end : entity.start].text) + " "
    if "\n" in gap:
        return after
    direct = bool(_DIRECT.match(gap))
    attached = direct or bool(_ATTACHED.match(gap))
    if after is None:
        said = len(gap) < 90 and ";" not in gap and _FROM.search(gap)
        return before if attached or said else None
    rest = fold(doc[entity.end : amounts[after].start].text) + " "
    return before if attached and _closed(gap, rest, direct) else after


def _closed(gap: str, rest: str, direct: bool) -> bool:
    """Whether the words after a source part it from the next amount: "(420 triệu đồng, nguồn NSNN) và ..."."""
    if rest.lstrip().startswith(")"):
        return True
    if not direct:
        return bool(_PARTS.search(rest))
    return ("(" in gap and ")" in rest) or (bool(re.match(rf"^\s*{_OWNERS}(?:,|;|va)\s", rest)) and "," not in gap)


def names_both(sentence: Span, amount: Amount, amounts: Sequence[Amount]) -> bool:
    """Whether the sentence names both sources for this amount, so that no wider label may decide."""
    at = amounts.index(amount)
    return len(_owned(sentence, amounts)[at]) > 1


TITLE_LENGTH = 45


class Label(NamedTuple):
    """A label line was met; ``source`` governs the lines under it (None: nobody's any more)."""

    source: FundingSource | None


def label_line(sentence: Span, amounts: Sequence[Amount]) -> Label | None:
    """What a line like "Nguồn ngân sách:" opens for the lines under it; None when the line changes nothing."""
    text = squeeze(sentence.text)
    head, colon, rest = text.partition(":")
    labels = {
        entity.label_
        for entity in entities(sentence)
        if entity.end_char - sentence.start_char <= len(head) + 2 and entity.label_ in ("BUDGET", "SOCIALISED")
    }
    if colon and labels:
        return Label(_only(labels)) if not rest.strip() and not amounts and len(head) < 90 else None
    if amounts or re.match(r"^\s*[-+•*]", text):
        return None
    whole = {entity.label_ for entity in entities(sentence) if entity.label_ in ("BUDGET", "SOCIALISED")}
    if len(whole) == 1 and len(text) <= TITLE_LENGTH and not text.endswith((".", ";", ",")):
        return Label(_only(whole))  # a heading: "1. Ngân sách"
    return Label(None)  # another subject begins
