"""Figures without a currency or a scale of their own that are sums: by their column, their neighbours, their giver."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from extractors.understanding.figures.amounts import SCALES, Amount, number
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_MONEY_BEFORE = re.compile(
    r"\b(?:kinh phi|so tien|thanh tien|tong tien|tong chi|chi phi|tri gia|don gia|gia|von|ngan sach|nsnn|xhh|"
    r"xa hoi hoa|tong cong|het|da chi)\W{0,4}(?:\w+\W{1,3}){0,2}$"
)
LEAST = 1000  # đồng: no smaller coin is in use
NOT_MONEY_BEFORE = re.compile(
    r"(?:nam|so|ngay|thang|quy|khoan|muc|lop|khoi|giai doan|dieu|hoc ky|nam hoc|trang|stt|thu|tu nam|den nam)\s*$"
)

_NUMBERED = frozenset(("bảng", "biểu", "lục", "mục", "hình", "bước", "tập"))
_UNIT_IN_BRACKETS = frozenset(("triệu", "tỷ", "tỉ", "nghìn", "ngàn"))


def in_unit_of_sentence(doc: Doc, sums: Sequence[Amount]) -> list[Amount]:
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
        within = [one for one in bare_figures(doc, SCALES[token.norm_]) if sentence.start <= one.start < sentence.end]
        numbers = {one.start for one in within if doc[one.start - 1].lower_ in _NUMBERED}
        found += [one for one in within if one.start not in taken | numbers]
        taken |= {one.start for one in found}
    return found


_GIVERS = frozenset(("BUDGET", "SOCIALISED", "GRANT"))
_AUTHORITY = frozenset(("quận", "huyện", "xã", "phường", "sở", "tỉnh"))
_GIVES = frozenset((":", "là", "cấp", "chi", "góp", "đóng", "được", "thêm", "có", "khoảng", "hết", "lo", "trao", "trả"))
LAST_DISTRICT = 30  # higher numbers name no district or ward


def of_givers(doc: Doc, sums: Sequence[Amount]) -> list[Amount]:
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


_PEOPLE = (
    "em|hs|hv|hoc sinh|hoc vien|lop|thang|nam|nguoi|phu huynh|buoi|truong|phong|bo|may|luot|ca|khoa|tiet|giao vien|gv"
)
_PER = re.compile(rf"^\s*/\s*(?:1 |01 |moi )?(?:{_PEOPLE})\b")
_PAYS_BEFORE = re.compile(
    r"\b(?:góp|đóng|thu phí|chi|trả|hỗ trợ|mức|giá|phí|ủng hộ|vận động|thù lao|nộp)\b[^.;]{0,40}$"
)
_GROUPED = re.compile(r"^\d{1,3}(?:\.\d{3})+$")


def paid_per_head(doc: Doc, taken: set[int]) -> list[Amount]:
    """Figures with no currency that somebody pays for each, or gives: "góp 350.000/em", "quận cấp 4.000.000"."""
    found = []
    for token in doc:
        if token.i in taken or not token.i or token.ent_type_ in _GIVERS or not _GROUPED.match(token.text):
            continue
        value = int(token.text.replace(".", ""))
        start = next(at for at in range(token.i, -1, -1) if doc[at].is_sent_start or not at)
        before, after = doc[start : token.i].text.lower(), fold(doc[token.i + 1 : token.i + 5].text)
        each = value >= 10 * LEAST and value % 100 == 0 and _PER.match(after) and _PAYS_BEFORE.search(before)
        if each or (value >= LEAST_GIVEN and not value % 1000 and _giver_before(doc, token) and _BUYS.match(after)):
            found.append(Amount(token.i, token.i + 1, value, None))
    return found


LEAST_GIVEN = 10**6  # đồng: a lesser bare figure after a giver counts things
_BUYS = re.compile(r"^\W*$|^(?:de|mua|sua|lap|lam|xay|cho|thay|trang|nang|bao|dau|to|tu|va|nham)\b|^[,;.)]")


def _giver_before(doc: Doc, token: Token) -> bool:
    at = token.i - 1
    while at and at > token.i - 4 and not doc[at].ent_type_ and doc[at].lower_ in _GIVES:
        at -= 1
    return doc[at].ent_type_ in _GIVERS


def told_money(doc: Doc, amount: Amount) -> bool:
    """Whether a large figure of running text is money though no unit says it: "Kinh phí: 20.000.000"."""
    before = fold(doc[max(0, amount.start - 8) : amount.start].text)
    after = doc[amount.end : amount.end + 5]
    named = (
        len(after) > 1
        and after[0].text in ("(", "-", "–", "/")
        and any(token.ent_type_ in ("BUDGET", "SOCIALISED") for token in after[:4])
    )
    return named or bool(_MONEY_BEFORE.search(before))


def bare_figures(doc: Doc, scale: int | None) -> Iterator[Amount]:
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
