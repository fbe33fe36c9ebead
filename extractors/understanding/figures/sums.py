"""Amounts of money in a text: what stands for a sum, what it is worth, and what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from extractors.understanding.figures.amounts import HALF, SCALES, Amount, is_numeral, number, spelled
from extractors.understanding.figures.bare_figures import (
    LEAST,
    bare_figures,
    in_unit_of_sentence,
    of_givers,
    paid_per_head,
    told_money,
)
from extractors.understanding.figures.language import counted, money_matcher
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
NEAR = 60  # letters before a figure without currency in which a word of money tells that it is one


_NAMES_MONEY = frozenset(("dong", "d", "vnd", "tr.d", "tr. d", "trd", "tr.dong", "tr. dong"))


def find_amounts(doc: Doc, scale: int | None, bare: bool) -> list[Amount]:
    found: list[Amount] = []
    for span in sorted(money_matcher()(doc, as_spans=True), key=lambda span: (span.start, -span.end)):
        if found and span.start < found[-1].end:
            continue
        amount = _parse(doc, span)
        if amount is not None and not (found and _said_again(doc, found[-1], amount)):
            found += [*_sharing(doc, span), amount]
    found += in_unit_of_sentence(doc, found)
    found += of_givers(doc, found)
    found.sort(key=lambda amount: amount.start)
    if not bare:
        taken = {at for amount in found for at in range(amount.start, amount.end)}
        found += [amount for amount in bare_figures(doc, None) if amount.start not in taken and told_money(doc, amount)]
        found += paid_per_head(doc, {at for amount in found for at in range(amount.start, amount.end)})
        found.sort(key=lambda amount: amount.start)
    if bare:
        taken = {at for amount in found for at in range(amount.start, amount.end)}
        found += [amount for amount in bare_figures(doc, scale) if amount.start not in taken]
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
    currency = any(token.norm_ in _NAMES_MONEY for token in tokens)
    if not currency and _counts_things(doc, span):
        return None
    if _IN_WORDS.search(fold(doc[max(0, span.start - 4) : span.start].text)):
        return None  # said once more in words
    values = _values(tokens)
    if not values or span[0].lower_ in ("chục", "trăm"):
        return None  # "hàng trăm triệu" is no figure
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
        things = counted(doc[span.end : span.end + 6])
        shortened = len(following.text) > 1 and following.text.isupper()  # "30 triệu PH"
        subscribers = following.norm_ == "thue" and fold(doc[span.end : span.end + 2].text) == "thue bao"
        thing = following.norm_ in THINGS or subscribers or any(one.start == span.end for one in things)
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
