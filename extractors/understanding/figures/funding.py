"""The source each amount of money came from, by the words that govern it in its clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from extractors.report import FundingSource
from extractors.understanding.figures.amounts import Amount
from extractors.understanding.figures.language import entities
from extractors.understanding.figures.names_beside import SPLIT, WHEN, asked, beside, made_up
from extractors.understanding.figures.payers import SOURCES, only
from extractors.understanding.figures.told_in_order import PARTS, respective
from extractors.understanding.ground.folding import fold, squeeze

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

OTHER = "OTHER"  # the label of a unit's own income, which is neither source
UNKNOWN = "UNKNOWN"
_NOT_KNOWN = re.compile(
    r"\b(?:khong|chua) (?:con )?(?:ghi|ro|xac dinh|tach|phan|nho|biet|theo doi)\b"
    r"(?: \w+){0,5}? (?:nguon|cua ai|tu dau)\b"
)
_HALVED = re.compile(r"\bmoi (?:ben|phia)\b")  # who gave both halves was told together
_LACKING = re.compile(r"\b(?:thieu|con no|no lai|can them|nhu cau|can phai co|nho (?:vay|do|the))\b")
_PERIOD = re.compile(r"\b(?:thang|buoi|tuan|ngay|tiet|dot)\b")
_RATE = r"(?:\s*/\s*[a-z]+){0,2}\)?"  # "46 triệu đồng/lớp/năm", "(46 triệu đồng)"
_ATTACHED = re.compile(
    rf"^{_RATE}[\s,(:–-]*(?:(?:da|duoc|toan bo|deu|chu yeu|hoan toan|100%|la|tat ca|phan lon|con lai|noi tren|nay)\s+)*"
    r"(?:(?:truong|nha truong|don vi|trung tam|tra|"
    r"trich|lay|huy dong|su dung|chi|cap|dau tu|bo tri|van dong|tai tro|chi tra|quyet toan|hach toan|tinh|ghi|"
    r"kinh phi|nguon|von|thuoc|nguon kinh phi|nguon von)\s+)*"
    r"(?:tu|bang|do|cua|thuoc|nho|qua|theo|vao|trong|o|nguon|von|la|kinh phi)\b[^,;:()\n]{0,60}$"
)
"""What may stand between an amount and a source after it: it says that the amount comes from there."""
_BARE = re.compile(rf"^{_RATE}[^,;:()\n]{{0,50}}$")
_PURPOSE = re.compile(r"\b(?:va|cho|de|nham|voi|con|ho tro|phuc vu|tap huan|mua|doi voi|khi|se)\b")
_DIRECT = re.compile(
    rf"^{_RATE}[\s,–-]*\(?\s*(?:\d{{1,3}}(?:[.,]\d+)?\s*%\s*(?:tu |la )?)?"
    r"(?:nguon|von|kinh phi|nguon von|(?:nguon )?tien(?: cua| do| tu)?)?\s*:?\s*$"
)
# "700 triệu đồng ngân sách mua máy": nothing stands between
_CLOSE = re.compile(rf"^{_RATE}\s+(?:tien |von |nguon |kinh phi )?$")
_NOTED = re.compile(rf"^{_RATE}\s*;\s*(?:nguon |von |kinh phi |tien )*$")
_CHAIN = re.compile(
    r"^(?:\s*\d{1,3}(?:[.,]\d+)?\s*%)?[\s,/;&+-]*(?:va|cung|cung voi|ket hop|ket hop voi|lan|hoac|"
    r"nguon|von|kinh phi|tu|cac|nguon von|\s)*(?:\d{1,3}(?:[.,]\d+)?\s*%\s*(?:la |tu |cua )?)?$"
)
_NAMES_SOURCE = re.compile(r"^\W*(?:nguon|nguon von|nguon kinh phi|kinh phi tu|nguon tien)\s*$")
_FROM = re.compile(
    r"\b(?:tu|do|bang|trong|thuoc|vao|theo|nho) (?:cac |nguon |von |kinh phi |tien |so tien |du toan )*$|"
    r"\bnguon(?: von| kinh phi)?\s*:?\s*$|\bmuc \d+ cua $"
)
# a price or a monthly sum, and what it comes to: both were paid from one source
_SUMMED_UP = re.compile(
    r"\b(?:thanh tien|ca nam|ca thang|ca dot|mot nam (?:la|het)|cong lai|tong cong (?:la|het)|"
    r"quyet toan|giai ngan|trung thau|gia hop dong|gia tri hop dong)\b"
)
# sums of several years: "180 triệu (2022), 220 triệu (2023)"
_YEARS = re.compile(r"^\W*(?:(?:nam )?(?:19|20)\d\d(?:-\d{2,4})?)?\W*(?:va\W*)?(?:nam (?:19|20)\d\d\W*)?$")
_YEAR = re.compile(r"^\s*\((?:(?:nam )?(?:19|20)\d\d(?:-\d{2,4})?|\d{1,3}(?:[.,]\d+)?\s*%)\)")
# "2 triệu đồng/tháng, 24 triệu đồng/năm"
_RATE_THEN_SUM = re.compile(
    r"^\s*/\s*(?:thang|buoi|tuan|ngay|em|hs|hoc sinh|lop|nguoi|may|phong|bo|cai|tiet|quy)\b\W*"
    r"(?:(?:tuc|tuong duong|khoang|la|hay|ca nam|mot nam|tong)\W*)*$"
)
_EACH = re.compile(r"\b(?:moi|don gia|gia|muc)\b[^,;:]{0,30}$")
_COMES_TO = re.compile(r"\b(?:tong (?:cong|so)|tat ca|thanh|la|duoc|vi chi)\b")
_TIMES = re.compile(r"(?:^|\s)[x×*]\s*\d+[^,;:]{0,20}(?:=|,|\btong|\bla\b|\bthanh)")  # "15 triệu × 3 năm = 45 triệu"
_COLLECTED = re.compile(r"\b(?:hoc phi|le phi|thu ho|ban tru|bao hiem|khong dung tien mat|thanh toan dien tu)\b")
_GIVEN_FREELY = re.compile(r"\b(?:ung ho|tai tro|tang|tu nguyen|hao tam|dong gop|quyen|hoc bong)\b")
_RECEIVED = re.compile(r"\b(?:nhan|tiep nhan|ung ho|tai tro|dong gop|gop|van dong|xa hoi hoa|xhh|trao|tang|hao tam)\b")
_ALL_OF_THEM = re.compile(r"\b(?:deu|tat ca|toan bo|ca hai|ca ba)\b")
_QUALIFIED = re.compile(
    r"^\s*(?:\w+\s+){0,4}(?:\w+)?(?:,|;|va|con|cong(?: voi| them)?)\s"
)  # "ngân sách sự nghiệp của quận và"
# "phụ huynh và doanh nghiệp đóng góp" right before an amount
_GIVE_IT = re.compile(
    r"\b(?:gop|dong gop|ung ho|tai tro|ho tro|giup|tang|trao|trao tang|quyen gop|dai tho|lo|chiu)"
    r"(?: (?:them|duoc|hon|gan|khoang|tren|cho truong|so tien|tong cong|la))*\s*:?\s*$"
)
# "Quận và phụ huynh lo được 185 triệu": both gave
_WITH_AUTHORITY = re.compile(
    r"(?:^\W*|[,;:(]\s*|\b(?:do|từ|của|được)\s)(?:quận|huyện|phường|xã|thành phố|sở|ubnd|nhà nước)\s"
    r"(?:[^\W\d]+\s){0,2}(?:và|cùng|cùng với)\s(?:các\s)?$"
)
_OWNERS = r"(?:(?:nha nuoc|thanh pho|tp|quan|huyen|xa|phuong|tinh|dia phuong|truong)\s*)?"
OPENS_TOTAL = re.compile(r"^\W*(?:\w+\W+){0,3}tong\b|\btong (?:chi|kinh phi|von)\b")
TOTAL = re.compile(r"\btong\b|\btong (?:so|kinh phi|cong)\b")


def sources(
    sentence: Span, amounts: Sequence[Amount], *, of_money: bool = False, earlier: Sequence[str] = ()
) -> list[FundingSource | None]:
    """The source of each amount by the words that govern it in its clause.

    ``of_money``: the sentence answers who paid, so that whoever is named beside an amount gave it; ``earlier``: labels
    of the sources that a sentence before it listed.
    """
    owned = _owned(sentence, amounts)
    owned = respective(sentence, amounts, owned, earlier) or owned
    if not all(owned):
        owned = [
            labels or given for labels, given in zip(owned, _given(sentence, amounts, of_money=of_money), strict=True)
        ]
    if not all(owned):
        owned = [labels or told for labels, told in zip(owned, beside(sentence, amounts, owned), strict=True)]
    _share_prices(sentence, amounts, owned)
    owned = [{UNKNOWN} if _untold(sentence, amounts, at) else labels for at, labels in enumerate(owned)]
    found: list[FundingSource | None] = []
    carried: FundingSource | None = None
    for at, amount in enumerate(amounts):
        labels = owned[at]
        source = only(labels)
        if source == "socialised" and _is_collected(sentence, amounts, at):
            source, labels = None, {"COLLECTED"}
        if not labels and carried and at:
            between = fold(sentence.doc[amounts[at - 1].end : amount.start].text)
            split = SPLIT.search(between) and not WHEN.search(between)
            # of parts that tell no source each came from that of the whole
            # "330 triệu (ngân sách 250, vận động 80)" is a whole
            after = fold(sentence.doc[amount.end : amounts[at + 1].start].text) if at + 1 < len(amounts) else ""
            whole = after.lstrip().startswith("(") and ")" not in after and owned[at + 1]
            apart = whole or TOTAL.search(between) or _LACKING.search(between) or (split and any(owned[at:]))
            source = None if apart else carried
        found.append(source)
        before = fold(sentence.doc[sentence.start : amount.start].text) if at == 0 else ""
        carried = None if not labels and TOTAL.search(before) else source
    return found


def _untold(sentence: Span, amounts: Sequence[Amount], at: int) -> bool:
    """Whether the clause of an amount says that nobody knows, or has parted, where it came from."""
    until = amounts[at + 1].start if at + 1 < len(amounts) else sentence.end
    after = re.split(r"[;\n]", fold(sentence.doc[amounts[at].end : until].text))[0]
    before = fold(sentence.doc[max(sentence.start, amounts[at].start - 4) : amounts[at].start].text)
    return bool(_NOT_KNOWN.search(after) or _HALVED.search(before))


def _is_collected(sentence: Span, amounts: Sequence[Amount], at: int) -> bool:
    """Whether an amount is fees that went through the school's hands, and nobody's gift."""
    start = amounts[at - 1].end if at else sentence.start
    until = amounts[at + 1].start if at + 1 < len(amounts) else sentence.end
    before, after = fold(sentence.doc[start : amounts[at].start].text), fold(sentence.doc[amounts[at].end : until].text)
    said = re.split(r"[;:\n]", before)[-1] + re.split(r"[;,\n]", after)[0]
    return bool(_COLLECTED.search(said)) and not _GIVEN_FREELY.search(said)


NEAR = 120  # words before a sum that may say that it is one of many: a file can be one line of thousands of sums


def _share_prices(sentence: Span, amounts: Sequence[Amount], owned: list[set[str]]) -> None:
    """A price or a monthly sum, and what it comes to, were paid from one source, told with the one or the other."""
    doc = sentence.doc
    for at in range(len(amounts) - 2, -1, -1):
        before = fold(doc[max(sentence.start, amounts[at].start - NEAR) : amounts[at].start].text)
        between = fold(doc[amounts[at].end : amounts[at + 1].start].text)
        priced = (_EACH.search(before) or re.match(r"^\s*/\s*[a-z]", between)) and _COMES_TO.search(between)
        yearly = _PERIOD.search(between) and re.search(r"\b(?:moi|mot|ca|tung) (?:nam|hoc ky)\b", between)
        priced = priced or yearly or (re.search(r"\d{4}", between) and _YEARS.match(between))
        priced = priced or _RATE_THEN_SUM.match(between)
        if not owned[at] and (_SUMMED_UP.search(between) or _TIMES.search(between) or priced):
            owned[at] = owned[at + 1]
    for at in range(1, len(amounts)):
        before = fold(doc[max(sentence.start, amounts[at - 1].start - NEAR) : amounts[at - 1].start].text)
        between = fold(doc[amounts[at - 1].end : amounts[at].start].text)
        if not owned[at] and _EACH.search(before) and TOTAL.search(between) and _COMES_TO.search(between):
            owned[at] = owned[at - 1]
        if not owned[at] and _TIMES.search(fold(doc[amounts[at - 1].end : amounts[at].start].text)):
            owned[at] = owned[at - 1]


def _given(sentence: Span, amounts: Sequence[Amount], *, of_money: bool) -> list[set[str]]:
    """Labels by who gives each amount: "huyện cấp 4 tỷ"; a body counts where something is told to be received."""
    doc = sentence.doc
    givers = {"GRANT"} | ({"BODY"} if of_money or _RECEIVED.search(fold(sentence.text)) else set())
    found: list[set[str]] = []
    for at, labels in enumerate(_owned(sentence, amounts, SOURCES | givers)):
        until = amounts[at + 1].start if at + 1 < len(amounts) else sentence.end
        after = fold(doc[amounts[at].end : until].text)
        # what somebody is asked to give is not given
        in_parts = made_up(after) or asked(fold(doc[sentence.start : amounts[at].start].text))
        told = {"GRANT": "BUDGET", "BODY": "SOCIALISED"}
        found.append({told[label] for label in labels} if labels and labels <= set(told) and not in_parts else set())
    return found


def _owned(sentence: Span, amounts: Sequence[Amount], named: frozenset[str] = SOURCES | {OTHER}) -> list[set[str]]:
    """Labels of the sources that belong to each amount, of those in ``named``."""
    doc = sentence.doc
    owned: list[set[str]] = [set() for _ in amounts]
    leading: list[bool] = [False] * len(amounts)
    previous: tuple[int, int | None] | None = None  # end of the last source, the amount it went to
    for entity in entities(sentence):
        if entity.label_ not in named:
            continue
        target = _governed(doc, entity, amounts, owned)
        leads = target is not None and amounts[target].start >= entity.end
        if target is not None and leads and "GRANT" not in named and _given_nearer(doc, entity, amounts[target]):
            target, leads = None, False
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
            if leads and entity.label_ == "SOCIALISED" and _WITH_AUTHORITY.search(_words_before(sentence, entity)):
                owned[target].add("BUDGET")
            leading[target] = leads
        previous = (entity.end, target)
    return owned


def _words_before(sentence: Span, entity: Span) -> str:
    return sentence.doc[sentence.start : entity.start].text.lower() + " "


def _given_nearer(doc: Doc, entity: Span, amount: Amount) -> bool:
    """Whether an authority's grant stands in a later clause than a source, nearer to the amount."""
    granted = next((at for at in range(amount.start - 1, entity.end, -1) if doc[at].ent_type_ == "GRANT"), None)
    return granted is not None and ";" in doc[entity.end : granted].text


def _listed_apart(doc: Doc, between: Span, entity: Span, amounts: Sequence[Amount], target: int | None) -> bool:
    """Whether a source after a comma has an amount of its own: "560 triệu từ ngân sách, phụ huynh góp 40 triệu"."""
    if target is None or not any(amount.end <= between.start for amount in amounts):
        return False
    rest = fold(doc[entity.start : amounts[target].start].text)
    if _GIVE_IT.search(rest) and not SPLIT.search(rest):
        return True
    if not re.search(r"[,;]", between.text):
        return False
    return ";" in between.text or not PARTS.search(fold(doc[entity.end : amounts[target].start].text))


def _governed(doc: Doc, entity: Span, amounts: Sequence[Amount], owned: Sequence[set[str]]) -> int | None:
    """Which amount a source belongs to: the one it follows closely, else the one it leads to."""
    before = max((at for at, amount in enumerate(amounts) if amount.end <= entity.start), default=None)
    after = next((at for at, amount in enumerate(amounts) if amount.start >= entity.end), None)
    if before is None or owned[before]:
        return after
    gap = _YEAR.sub("", fold(doc[amounts[before].end : entity.start].text)) + " "
    if "\n" in gap or (SPLIT.search(gap) and not WHEN.search(gap)):
        return after  # of another line, or of a part
    direct = bool(_DIRECT.match(gap))
    attached = direct or bool(_ATTACHED.match(gap)) or (_BARE.match(gap) is not None and bool(_FROM.search(gap)))
    alone = bool(_BARE.match(gap)) and not _PURPOSE.search(gap)
    if after is None:
        said = len(gap) < 90 and ";" not in gap and _FROM.search(gap)
        noted = len(amounts) == 1 and _NOTED.match(gap)
        return before if attached or said or alone or noted else None
    rest = fold(doc[entity.end : amounts[after].start].text) + " "
    if alone and not direct and not attached:
        return before if PARTS.search(rest) else after
    # "420 triệu đồng, phụ huynh góp; 60 triệu đồng, ngân sách"
    ended = direct and re.match(r"^[^,;:.\d]{0,30};", rest)
    if ended or (_CLOSE.match(gap) and len(rest.split()) > 1 and PARTS.search(rest)):
        return before
    trailing = direct and "," not in gap and _QUALIFIED.match(rest) and _follows(doc, amounts[after])
    return before if attached and (trailing or _closed(gap, rest, direct)) else after


def _follows(doc: Doc, amount: Amount) -> bool:
    """Whether a source stands right after an amount: "1.340 triệu ngân sách sự nghiệp và 645 triệu tài trợ"."""
    after = doc[amount.end : amount.end + 3]
    named = next((token.i for token in after if token.ent_type_ in SOURCES), None)
    return named is not None and not re.search(r"[,;:.(\n]", doc[amount.end : named].text)


def _closed(gap: str, rest: str, direct: bool) -> bool:
    """Whether the words after a source part it from the next amount: "(420 triệu đồng, nguồn NSNN) và ..."."""
    if rest.lstrip().startswith(")"):
        return True
    if not direct:
        return bool(PARTS.search(rest))
    return ("(" in gap and ")" in rest) or (
        bool(re.match(rf"^\s*{_OWNERS}(?:,|;|va|cong(?: voi| them)?)\s", rest)) and "," not in gap
    )


def names_both(sentence: Span, amount: Amount, amounts: Sequence[Amount]) -> bool:
    """Whether the sentence names both sources for this amount, or neither, so that no wider label may decide."""
    at = amounts.index(amount)
    labels = _owned(sentence, amounts)[at]
    return len(labels) > 1 or OTHER in labels or _untold(sentence, amounts, at)


TITLE_LENGTH, MONEY_TITLE_LENGTH = 45, 100
_TITLE_OF_MONEY = re.compile(
    r"^\W*(?:(?:\d+(?:\.\d+)*|[a-h]|[ivx]+)[.)]\s*|\d+(?:\.\d+)+\s+)?(?:ve |phan |cac )*"
    r"(?:kinh phi|nguon|von|khoan|tien|chi|ngan sach|dong gop|tai tro|xa hoi hoa|van dong|huy dong|su dung|hang muc)\b"
)


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
    named = {entity.label_ for entity in entities(sentence) if entity.label_ in SOURCES} - labels
    if colon and not labels and not amounts and _NAMES_SOURCE.match(fold(head)) and len(text) < 90:
        return Label(only(named))
    if colon and labels:
        return Label(only(labels)) if not rest.strip() and not amounts and len(head) < 90 else None
    if amounts or re.match(r"^\s*[-+•*]", text):
        return None
    whole = {entity.label_ for entity in entities(sentence) if entity.label_ in ("BUDGET", "SOCIALISED")}
    shared = re.search(r"\b(?:nhan dan|cong dong|xa hoi|cac ben)\b", fold(text)) and whole == {"BUDGET"}
    longest = MONEY_TITLE_LENGTH if _TITLE_OF_MONEY.match(fold(text)) else TITLE_LENGTH
    if len(whole) == 1 and not shared and len(text) <= longest and not text.endswith((".", ";", ",")):
        return Label(only(whole))  # a heading: "1. Ngân sách"
    return Label(None)  # another subject begins
