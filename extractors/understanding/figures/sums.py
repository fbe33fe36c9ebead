"""Amounts of money in a text: what stands for a sum, what it is worth, and what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from extractors.understanding.figures.amounts import HALF, SCALES, is_numeral, number, spelled
from extractors.understanding.figures.language import counted_matcher, money_matcher
from extractors.understanding.figures.vocabulary import AFTER_MONEY, PAYING, THINGS
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

# figures told in the order of what they are of: "ngân sách và xã hội hóa tương ứng là 2 tỷ và 300 triệu"
RESPECTIVELY = re.compile(r"\b(?:tuong ung|lan luot|theo thu tu)\b")
_IN_WORDS = re.compile(r"(?:bang chu|viet bang chu)\s*:?\s*$")
_UNIT_STATED = re.compile(r"(?:\bdvt|\bdon vi(?: tinh| tien)?|\btinh (?:bang|theo))\W*$")
_PAID = re.compile(
    r"\b(?:kinh phi|chi|mua|gia|von|nguon|tien|cap|gop|tang|trao|tai tro|ung ho|ho tro|dau tu|bo tri|phan bo|tri gia|"
    r"ngan sach|xa hoi hoa|thu|thanh toan|quyet toan|giai ngan|hop dong|thue|quy|du toan|tong)\b"
)
_MONEY_BEFORE = re.compile(
    r"\b(?:kinh phi|so tien|thanh tien|tong tien|tong chi|chi phi|tri gia|don gia|gia|von|ngan sach|nsnn|xhh|"
    r"xa hoi hoa|tong cong|het|da chi)\W{0,4}(?:\w+\W{1,3}){0,2}$"
)
LEAST = 1000  # đồng: no smaller coin is in use
NEAR = 60  # letters before a figure without currency in which a word of money tells that it is one
NOT_MONEY_BEFORE = re.compile(
    r"(?:nam|so|ngay|thang|quy|khoan|muc|lop|khoi|giai doan|dieu|hoc ky|nam hoc|trang|stt|thu|tu nam|den nam)\s*$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens ``start`` to ``end`` of a text and their value in đồng; ``high``: the upper end of a range."""

    start: int
    end: int
    low: int
    high: int | None


def find_amounts(doc: Doc, scale: int | None, bare: bool) -> list[Amount]:
    found: list[Amount] = []
    for span in sorted(money_matcher()(doc, as_spans=True), key=lambda span: (span.start, -span.end)):
        if found and span.start < found[-1].end:
            continue
        amount = _parse(doc, span)
        if amount is not None and not (found and _said_again(doc, found[-1], amount)):
            found += [*_sharing(doc, span), amount]
    found += _in_unit_of_sentence(doc, found)
    found += _of_givers(doc, found)
    found.sort(key=lambda amount: amount.start)
    if not bare:
        taken = {at for amount in found for at in range(amount.start, amount.end)}
        found += [amount for amount in _bare(doc, None) if amount.start not in taken and _told_money(doc, amount)]
        found.sort(key=lambda amount: amount.start)
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


_NUMBERED = frozenset(("bảng", "biểu", "lục", "mục", "hình", "bước", "tập"))
_UNIT_IN_BRACKETS = frozenset(("triệu", "tỷ", "tỉ", "nghìn", "ngàn"))


def _in_unit_of_sentence(doc: Doc, sums: Sequence[Amount]) -> list[Amount]:
    """Figures whose unit stands in brackets in their sentence: "NSNN: 250; PHHS: 160 (triệu đồng)"."""
    found: list[Amount] = []
    taken = {at for amount in sums for at in range(amount.start, amount.end)}
    for token in doc:
        if token.lower_ not in _UNIT_IN_BRACKETS or token.i in taken:
            continue
        opened = doc[max(0, token.i - 6) : token.i].text.rpartition("(")
        closed = doc[token.i + 1 : token.i + 3].text
        if (
            not opened[1]
            or ")" not in closed
            or not re.fullmatch(r"\W*(?:dvt|don vi(?: tinh| tien)?|tinh bang)?\W*", fold(opened[2]))
        ):
            continue
        sentence = token.sent
        within = [one for one in _bare(doc, SCALES[token.norm_]) if sentence.start <= one.start < sentence.end]
        numbers = {one.start for one in within if doc[one.start - 1].lower_ in _NUMBERED}
        found += [one for one in within if one.start not in taken | numbers]
        taken |= {one.start for one in found}
    return found


_GIVERS = frozenset(("BUDGET", "SOCIALISED", "GRANT"))
_AUTHORITY = frozenset(("quận", "huyện", "xã", "phường", "sở", "tỉnh"))
_GIVES = frozenset((":", "là", "cấp", "chi", "góp", "đóng", "được", "thêm", "có", "khoảng", "hết", "lo", "trao", "trả"))
LAST_DISTRICT = 30  # higher numbers name no district or ward


def _of_givers(doc: Doc, sums: Sequence[Amount]) -> list[Amount]:
    """Figures right after a giver that take their unit from a sum beside them: "NS 250, PH 160 triệu"."""
    found = []
    taken = {at for amount in sums for at in range(amount.start, amount.end)}
    for token in doc if sums else ():
        if (
            token.i in taken
            or not token.i
            or token.ent_type_ in _GIVERS
            or not re.match(r"^\d+(?:[.,]\d+)*$", token.text)
        ):
            continue
        at = token.i - 1
        while at and at > token.i - 4 and not doc[at].ent_type_ and doc[at].lower_ in _GIVES:
            at -= 1
        before = doc[at]
        authority = before.text in _AUTHORITY
        following = doc[token.i + 1].text if token.i + 1 < len(doc) else ""
        value = number(token.text)
        if not (before.ent_type_ in _GIVERS or authority) or following not in ("", ",", ";", ".", ")", "\n", "và", "+"):
            continue
        if value is None or (authority and value <= LAST_DISTRICT) or (1990 <= value <= 2035 and token.text.isdigit()):
            continue
        scale = _scale_beside(doc, token, sums)
        if scale and LEAST_OF_SCALE <= value * scale <= MOST_OF_SCALE:
            found.append(Amount(token.i, token.i + 1, int(value * scale), None))
    return found


LEAST_OF_SCALE, MOST_OF_SCALE = 10**5, 10**11  # đồng: beyond, a figure was not told in the unit of its neighbour


def _scale_beside(doc: Doc, token: Token, sums: Sequence[Amount]) -> int | None:
    """The scale of the next sum of the sentence, else of the one before."""
    inside = [one for one in sums if not any(doc[at].is_sent_start for at in range(*_between(token, one)))]
    after = next((one for one in inside if one.start > token.i), None)
    near = after or next((one for one in reversed(inside) if one.end <= token.i), None)
    named = [SCALES[one.norm_] for one in doc[near.start : near.end] if one.norm_ in SCALES] if near else []
    return named[0] if len(named) == 1 else None


def _between(token: Token, amount: Amount) -> tuple[int, int]:
    return (token.i + 1, amount.start + 1) if amount.start > token.i else (amount.end, token.i + 1)


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
    if values[0] in (10**3, 10**6) and span[0].text in ("1.000", "1.000.000") and _states_unit(doc, span):
        return None
    low, high = values[0], values[1] if len(values) > 1 and values[1] > values[0] else None
    if 0 < low < LEAST and not any(token.norm_ in SCALES for token in tokens):
        return None  # "10đ" counts marks, "41 đồng nghiệp" people
    return Amount(span.start, span.end, int(low), None if high is None else int(high))


def _states_unit(doc: Doc, span: Span) -> bool:
    """Whether "1.000 đồng" is the unit of a table: "ĐVT: 1.000 đồng", "Kinh phí (1.000 đồng)"."""
    before = fold(doc[max(0, span.start - 5) : span.start].text)
    closed = span.end < len(doc) and doc[span.end].text == ")" and doc[span.end - len(span) - 1].text == "("
    return bool(_UNIT_STATED.search(before)) or (closed and span.start > 0)


def _counts_things(doc: Doc, span: Span) -> bool:
    """Whether figures without currency count something else: "1,7 triệu hồ sơ", "5 tỷ lệ", "hai trăm nghìn"."""
    following = doc[span.end] if span.end < len(doc) else None
    if following is not None and following.ent_type_ in ("BUDGET", "SOCIALISED", "GRANT"):
        return False  # "65 triệu doanh nghiệp tặng"
    if following is not None and following.text[0].isalpha() and following.norm_ not in AFTER_MONEY:
        said = fold(doc[max(0, span.start - NEAR // 4) : span.start].text)[-NEAR:]
        counted = counted_matcher()(doc[span.end : span.end + 6], as_spans=True)
        shortened = len(following.text) > 1 and following.text.isupper()  # "30 triệu PH"
        thing = following.norm_ in THINGS or any(one.start == span.end for one in counted)
        paid = _PAID.search(said) or following.norm_ in PAYING
        if thing or not (paid or shortened):
            return True
    return is_numeral(span[0].lower_) and not any(token.lower_ in ("tỷ", "tỉ", "triệu") for token in span)


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
        elif token.lower_ == HALF:
            pending = Decimal("0.5")
        elif is_numeral(token.lower_):
            words.append(norm)
    if words and last > 1:
        rest = spelled(words) or 0
        total += Decimal(rest) * last / (10 if rest < 10 else 1000)
    if pending is not None:
        # "3 tỷ 2" leaves tenths; without a scale the figure is the amount
        small = last > 1 and (pending < 10 or (last >= 10**6 and 100 <= pending < 1000))  # "2 tỷ 350"
        total += pending * last / (10 if pending < 10 else 1000) if small else pending
    return (total if seen else None), last


def _told_money(doc: Doc, amount: Amount) -> bool:
    """Whether a large figure of running text is money though no unit says it: "Kinh phí: 20.000.000"."""
    before = fold(doc[max(0, amount.start - 8) : amount.start].text)
    after = doc[amount.end : amount.end + 5]
    named = (
        len(after) > 1
        and after[0].text in ("(", "-", "–", "/")
        and any(token.ent_type_ in ("BUDGET", "SOCIALISED") for token in after[:4])
    )
    return named or bool(_MONEY_BEFORE.search(before))


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
            if value * scale >= LEAST:
                yield Amount(token.i, token.i + 1, int(value * scale), None)
        elif value >= 10**7 or (value >= 10**6 and re.search(r"[.,]", token.text)):
            yield Amount(token.i, token.i + 1, int(value), None)
