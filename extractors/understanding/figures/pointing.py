"""Sentences that say where the money of others came from: "Số tiền này do phụ huynh góp", "…, đều là ngân sách".

They speak of sums told before them in the same paragraph, or open one: "Về ngân sách, trường được cấp hai đợt."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from extractors.report import FundingSource
from extractors.understanding.figures.language import entities, pipeline
from extractors.understanding.figures.payers import SOURCES, only, payer
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Span

_THIS = re.compile(
    r"\b(?:số tiền|số kinh phí|(?<!tài )khoản(?: tiền| chi)?|kinh phí|nguồn(?: tiền| kinh phí)?|tiền|số) "
    r"(?:này|đó|ấy|trên|nói trên|vừa nêu|vừa kể|nêu trên)\b|^\W*nguồn(?: kinh phí| vốn| tiền)?\s*(?::|là\b|từ\b|do\b)"
)
# "Hai phòng này", "Các hạng mục nêu trên": things that were told with what they cost
_THESE = re.compile(
    r"^\W*(?:toàn bộ |tất cả |cả )?(?P<many>hai|ba|bốn|năm|sáu|bảy|\d{1,2}|các|những|số)?\s?(?:\w+ ){1,5}?"
    r"(?:này|đó|ấy|trên|nói trên|kể trên|vừa nêu|vừa kể|nêu trên)\b"
)
# "Tiền thuê trả bằng …", "Chi phí lấy từ …"
_COSTS = re.compile(r"^\W*(?:so |cac )?(?:tien|chi phi|kinh phi|phi|khoan chi|nguon chi|nguon kinh phi|muc chi)\b")
# "Trường thanh toán bằng …"
_PAYS = re.compile(r"\b(?:thanh toán|chi trả|trả|quyết toán|hạch toán|lấy|tính vào|trích|tất toán)\b")
# "Toàn bộ do … tặng", not "Toàn bộ tài khoản do Sở cấp"
_WHOLLY = re.compile(
    r"^\W*(?:(?:toan bo|tat ca|ca hai|ca ba|ca bon)|ca (?:hai|ba|bon) (?:\w+ ?){1,3}|(?:toan bo|tat ca)(?: so| cac)? "
    r"(?:khoan|hang muc|thiet bi|cong trinh|chi phi|kinh phi|may moc|tai san|may|goi thau|giai doan|khoan chi))"
    r"(?: deu| duoc| la| lay)* (?:do|bang|tu|cua|duoc|lay|dung|su dung)\b"
)
_FEES = re.compile(r"\b(?:hoc phi|thu ho|ban tru|khong dung tien mat|ung dung)\b")
_USES = re.compile(r"^\W*(?:(?:đều |được )?(?:sử dụng|dùng|lấy|trích)|từ|bằng|do)\b")
_BEFORE_SOURCE = re.compile(
    r"(?::|\b(?:do|bang|tu|trong|vao|cua|thuoc|nho|su dung|dung|o|la))\W+"
    r"(?:(?:cac|nguon|von|kinh phi|tien|hoi|phan|khoan|quy)\W+)*$"
)
_GIVES = re.compile(
    r"^\W*$|\b(?:tang|tai tro|ung ho|dong gop|gop|trao|hien|lap|mua|lo|tra|chi|dau tu|cap|trang bi|lam|xay|van dong|"
    r"ho tro|dam bao|bao dam|chiu|bo ra|dai tho|quyen)\b"
)
_OUT_OF = re.compile(
    r"\b(?:tu|trong|voi|bang|nho|dung) (?:toan bo )?(?:so|cac |hai )?\s?(?:nguon|so|khoan|phan|kinh phi|tien|von)"
    r"(?: kinh phi| von| tien| ho tro| tai tro| ung ho)? (?:nay|do|ay|tren|noi tren|ke tren|vua neu)\b|"
    r"^\W*(?:trong do|trong so do)\b|\bcung (?:vay|the|nhu the|nhu vay|tu do|theo nguon (?:nay|tren))\b|\bnua\W*$|"
    r"\bda giai ngan\b|^\W*(?:so|phan)(?: tien| kinh phi)? (?:con lai|chua (?:giai ngan|su dung|dung|chi))\b.*"
    r"\b(?:huy|nop|hoan tra|thu hoi|chuyen nguon|chuyen sang|ket du)\b"
)
_SUM_OF_MONEY = re.compile(r"\d\s*(?:trieu|ty|tr|dong|nghin|d)\b")
_ALL = re.compile(r"\b(?:toan bo|tat ca|ca hai|ca ba|ca bon|cac khoan|deu)\b")
_SUM = re.compile(r"\b(?:cộng|tổng|cả thảy)\b")
_TOPIC = re.compile(r"^\W*(?:ve|doi voi|rieng|phan|nguon|tu nguon)\b")
_LABELLED = re.compile(r"^\W*(?:hinh thuc|nguon goc|nha tai tro|(?:don vi|ben|noi) (?:tai tro|cap|ho tro|tang))\s*:")
_BY = re.compile(r"\b(?:do|cua|tu|la)\s+([^,;.:]{2,40}?)\s*[.,;:]?\s*$")
_ASKED = re.compile(r"\b(?:de nghi|kien nghi|de xuat|xin|mong|can|chua)\b")
SHORT = 12  # words of a sentence that does no more than tell the source
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
        return (
            ("paragraph", own)
            if own and (together or (_ALL.search(said) and _SUM.search(sentence.text.lower())))
            else None
        )
    back, whole = _THIS.search(sentence.text.lower()), _ALL.search(said)
    if back or (whole and re.search(r"\b(?:kinh phi|tien|(?<!tai )khoan|nguon|chi)\b", said)):
        source = _named(sentence)
        return ("paragraph" if whole else "sentence", source) if source else None
    text = sentence.text.lower()
    these, wholly = _THESE.match(text), _WHOLLY.match(said)
    paid = _COSTS.match(said) or (_USES.match(text) and len(said.split()) <= SHORT) or _PAYS.search(text)
    if not (these or wholly or paid) or (_FEES.search(said) and not these):
        return None
    source = given_by(sentence)
    return ("paragraph" if wholly or (these and (whole or these["many"])) else "sentence", source) if source else None


def out_of_it(sentence: Span) -> bool:
    """Whether the sums of a sentence are parts of what was told before: "Từ nguồn này, trường mua …"."""
    said = fold(sentence.text)
    named = {entity.label_ for entity in entities(sentence)} & {*SOURCES, "GRANT", "OTHER"}
    if named or re.search(r"\b(?:thieu|de nghi|kien nghi|xin)\b", said):
        return False
    return bool(_OUT_OF.search(said) or _THIS.match(sentence.text.lower().lstrip()))


def opens(sentence: Span) -> FundingSource | None:
    """The source that a sentence without sums names as what the next one is about."""
    said = entities(sentence)
    if _LABELLED.match(fold(sentence.text)):
        return _named(sentence)
    if not _TOPIC.match(fold(sentence.text)):
        return None
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


_DETAILS = re.compile(r"^\W*(?:cu the|chi tiet|gom|bao gom|trong do|do la|nhu sau)\b")


def details(sentence: Span) -> bool:
    """Whether a sentence tells in detail what the one before it said: "Cụ thể: năm 2021 là …"."""
    return bool(_DETAILS.match(fold(sentence.text)))


def given_by(sentence: Span) -> FundingSource | None:
    """The one source by which a sentence says that something was paid or given: "do Sở đầu tư", "bằng ngân sách"."""
    said, found = entities(sentence), set()
    for entity in said:
        before = fold(sentence.doc[sentence.start : entity.start].text) + " "
        after = fold(sentence.doc[entity.end : sentence.end].text)
        acted = entity.label_ == "GRANT" or (entity.label_ == "SOCIALISED" and _GIVES.search(fold(entity.text)))
        if entity.label_ in ("BUDGET", "SOCIALISED") and _BEFORE_SOURCE.search(before):
            found |= {entity.label_} if entity.label_ == "BUDGET" or acted or _GIVES.search(after) else {"NONE"}
        elif acted and (
            entity.text.lower().startswith(("do ", "được ")) or re.search(r"\b(?:do|duoc) (?:\w+ ){0,6}$", before)
        ):
            found.add("BUDGET" if entity.label_ == "GRANT" else entity.label_)
        elif (
            entity.label_ == "BODY"
            and re.search(r"\b(?:do|duoc) $", before)
            and after.strip(" .")
            and _GIVES.search(after)
        ):
            found.add("SOCIALISED")
    return only(found)


_TABLE = re.compile(r"\b(?:bảng|biểu|danh mục|danh sách)\b.{0,20}\b(?:trên|này)\b|\b(?:nói|nêu|kể|ở) trên\b|\btrên\b")


_NOTE = re.compile(r"^\W*(?:ghi chu\W+)?(?:nguon|nguon (?:kinh phi|von|tien))\s*:")


NOTE_LENGTH = 90


def notes_source(sentence: Span) -> bool:
    """Whether a line does no more than note a source: "Nguồn: phụ huynh đóng góp"."""
    return bool(_NOTE.match(fold(sentence.text))) and len(sentence.text) <= NOTE_LENGTH


def of_table_above(text: str) -> FundingSource | None:
    """The source that a sentence under a table tells of all its sums: "Toàn bộ số tiền trong bảng trên lấy từ …"."""
    if not (_TABLE.search(text.lower()) or _ALL.search(fold(text)) or _NOTE.match(fold(text))):
        return None
    sentence = next(iter(pipeline()(text).sents), None)
    if sentence is None or _SUM_OF_MONEY.search(fold(sentence.text)):
        return None
    told = points_back(sentence, 0, None)
    return told[1] if told else None


def of_lines_above(sentence: Span) -> bool:
    """Whether a sentence that opens a line may speak of the lines above it: "Tất cả đều …", "Các hạng mục trên …"."""
    return bool(re.search(r"\btrên\b", sentence.text.lower()) or _ALL.search(fold(sentence.text)))


def spread(told: Sequence[FundingSource | None]) -> FundingSource | None:
    """The one source of all that was ``told``; None where one is unknown or they differ."""
    return told[0] if told and len(set(told)) == 1 else None
