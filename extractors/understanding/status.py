"""What kind of answer a text is: an answer, "nothing", "not yet", a pointer elsewhere, or no answer at all.

Only whole texts count: "Không có kinh phí nên chưa thực hiện được phòng STEM" is an answer, "Không có" is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from campaigns.model import Role
from extractors.report import Status
from extractors.understanding.denials import denial, goes_on
from extractors.understanding.ground.folding import fold, squeeze
from extractors.understanding.pointers import pointer

# In official tables a lone dash says that there is nothing to report; dots and blanks say nothing at all.
DASH: Status = "none"

_EDGE = " \t\n.,;:!…_*•·+=/\\|'\"“”‘’()[]{}<>-–—●○▪■□➢➤"
_LEADER = re.compile(r"^(?:[-+*•·●○▪➢]|\d{1,2}[.)/]|[a-hđ][.)])\s+")
_DASH = re.compile(r"^\s*(?:[-–—]{1,3}|/)\s*$")
_DITTO = re.compile(r'^\s*[-–]*\s*(?:"|”|“|〃|\'\'|,,|//)\s*[-–]*\s*$')
_LABEL = re.compile(r"^([^:]{2,90}):\s*(.*)$", re.S)
_CLAUSES = re.compile(r"[\n;]+|\.\s+")
_SOURCE = re.compile(
    r"(?:nguon|kinh phi|ve|tu)?\s*(?:von|kinh phi)?\s*(?:ngan sach|nsnn|ns|xhh|xa hoi hoa)(?: nha nuoc)?"
)


def _any(*phrases: str) -> str:
    """A pattern for any of the phrases (folded, parted by ``|``), longer ones first."""
    listed = sorted({phrase.strip() for text in phrases for phrase in text.split("|")}, key=len, reverse=True)
    return f"(?:{'|'.join(listed)})"


_WHO = _any("hien|hien nay|hien tai|nam nay|den nay|nha truong|truong|don vi|trung tam|phong|quan|huyen|phong gddt")
_WHO = rf"(?:{_WHO}\s+)?"
_THING = _any(
    "noi dung|y kien|de xuat|kien nghi|kinh phi|van ban|so lieu|phat sinh|thong tin|vuong mac|nguon xhh|nguon",
    "xa hoi hoa|xhh|ngan sach|nguon xa hoi hoa|du lieu|hoat dong|truong hop|chi|gi|nao|kho khan|bat cap|han che",
    "thuc hien|ap dung|trien khai|nhu cau",
)
_TAIL = _any(
    "nay|khac|them|gi|gi them|gi khac|nao|nao khac|cu the|moi|trong ky|cho noi dung nay|o noi dung nay",
    "doi voi noi dung nay",
)
_TAIL = rf"(?:\s+{_TAIL})*"
_THIS = r"(?:\s+(?:noi dung|nhiem vu|muc) nay)?"
_SPENDING = _any("su dung|dung|thu|chi|bo tri|can|nhan|phai chi|phai dung|chi them|thu them|ton|ton kem|mat|phat sinh")
_OUTSIDE = _any("pham vi|tham quyen|chuc nang|nhiem vu|nhiem vu cua don vi|doi tuong|linh vuc|linh vuc phu trach")
_NOTHING = _any("khong|khong co|chua phat sinh|khong phat sinh|chua co phat sinh")
_NONE = re.compile(
    rf"^{_WHO}(?:k|ko|0(?: ?(?:dong|d|vnd))?|{_NOTHING}{_TAIL}|"
    rf"{_NOTHING}\s+{_THING}(?:(?:\s*[,/]\s*|\s+|\s+va\s+|\s+hoac\s+){_THING})*{_TAIL}|"
    rf"khong {_SPENDING}(?:\s+(?:{_THING}|phi|tien))?(?:\s+rieng)?{_TAIL}|"
    rf"khong thuoc {_OUTSIDE}|khong lien quan)$"
)
_DOING = _any(
    "thuc hien|trien khai|tong hop|xay dung|to chuc|dau tu|ban hanh|trang bi|tien hanh|ap dung|co ke hoach|bo tri|lam",
    "co|den|bo tri kinh phi|trien khai thuc hien|thuc hien duoc|trien khai duoc|co dieu kien thuc hien|duoc trien khai",
    "co dieu kien trien khai|duoc thuc hien|duoc dau tu|duoc trang bi|duoc phan bo|duoc cap kinh phi",
)
_FOR = r"(?:cho|o|tai|doi voi)\s+(?:cap|khoi|truong|don vi|bac|doi tuong)(?:\s+[a-z]+){1,4}"
_MEANS = _any("kinh phi|nguon kinh phi|nguon von|von|ngan sach|van ban|ke hoach|so lieu")
# What is lacking is the difficulty itself: "Chưa có kinh phí".
_MEANS_LACKED = r"\b(?:kinh phi|von|ngan sach|van ban|ke hoach|so lieu|nguon|du lieu|thong tin|xhh|xa hoi hoa)\b"
_NOT_YET = re.compile(
    rf"^{_WHO}(?:(?:van )?chua(?:\s+{_DOING})?{_THIS}(?:\s+xong)?(?:\s+{_FOR})?{_TAIL}|"
    rf"(?:van )?chua (?:co|duoc cap|duoc bo tri|duoc giao|bo tri|bo tri duoc) {_MEANS}{_TAIL}|"
    r"dang (?:xay dung|soan thao|lap|du thao|cho)(?:\s+(?:ke hoach|de an|du an|ho so|noi dung|van ban))?)$"
)
_NOT_YET_FOR_A_REASON = re.compile(rf"^{_WHO}chua\s+{_DOING}{_THIS}\s*,?\s*(?:do|vi(?! tri)|boi|cho)\b[^.;]*$")
_PLACE = _any(
    "muc|noi dung|noi dung so|nhiem vu|nhiem vu so|hang muc|phan|diem|cot|dong|phu luc|bang|y|khoan|tiet|stt|trang",
    "bao cao",
)
_NUMBER = r"(?:[0-9]+(?:[.\-,/ ]+[0-9a-h]+)*|[ivx]+(?:[.\-][0-9a-h]+)*|[a-h])\)?"
_POINTED = rf"{_PLACE}?\s*(?:so\s*)?{_NUMBER}"
_TOLD = _any("da neu|da bao cao|da trinh bay")
_LIKE = _any(
    "nhu|xem|tuong tu|tuong tu nhu|giong|giong nhu|noi dung nhu|thuc hien nhu",
    "tinh chung|tinh chung voi|chung|chung voi|gop chung voi",
)
_LINK = rf"(?:{_LIKE}|xem noi dung|theo|tai|xem tai|xem o|{_TOLD}(?: o| tai)?|trung voi|noi dung (?:tai|theo))"
_UPON = _any(
    "tren|o tren|phia tren|phan tren|muc tren|noi dung tren|ben tren|dong tren|muc o tren|muc nay o tren",
    "o dong tren|o muc tren|o phan tren",
)
_ATTACHED = r"(?:\s+(?:kem theo|dinh kem|kem|chi tiet|so))*"
_BY_REFERENCE = re.compile(
    rf"^(?:nt|n\.t|n/t|(?:{_LIKE}\s+)?(?:{_TOLD}\s+)?(?:o\s+|phan\s+|o phan\s+)?{_UPON}|{_LIKE}\s+{_TOLD}|"
    rf"{_LIKE}\s+(?:o\s+|tai\s+)?cot\s+[a-z ,/]{{3,80}}|"
    rf"{_LINK}\s+(?:{_LINK}\s+)?{_PLACE}\s*{_POINTED}(?:\s*(?:,|va|;|-|den)\s*{_POINTED})*"
    rf"(?:\s+(?:cua|o|tai|trong|phan)?\s*{_PLACE}\s*{_POINTED})*"
    r"(?:\s+(?:o |phia )?(?:tren|duoi|nay|bao cao|cua bao cao|trong bao cao))*"
    r"(?:\s+cua (?:phong|so|quan|huyen|truong|don vi)(?: [a-z0-9]+){0,5})?|"
    r"(?:xem|theo|nhu|co|kem|dinh kem)?\s*(?:(?:tai|trong|theo|o)\s+)?(?:phu luc|bang|bieu|danh sach|bao cao)"
    rf"{_ATTACHED}(?:\s+[0-9ivx]+)?{_ATTACHED})(?:\s\w)?$"
)


def status_of(text: str, template: Iterable[str] = (), asked: Role | None = None) -> Status:
    """Status of a whole answer. ``template`` are the form's own words, which never answer (folded comparison).
    ``asked``: what was asked, where it is known (`denials.py`); without it only what denies any question is a denial.

    An answer of several clauses is an answer as soon as one of them is; a label ("Nguồn XHH: không") says what is
    asked, what stands after it is the answer.
    """
    if _DITTO.match(text):
        return "by_reference"
    if _DASH.match(text):
        return DASH
    whole = _phrase(text, asked)
    if whole:
        return whole
    hints = _hints(tuple(template))
    said: set[Status] = set()
    labels = False
    for clause in _CLAUSES.split(text):
        if not _bare(clause) or _bare(clause) in hints:
            continue
        label = _LABEL.match(clause)
        named = _bare(label[1]) if label else ""
        if label and (named in hints or len(named.split()) <= 8):
            if not _bare(label[2]):
                labels = labels or not (named in hints or _SOURCE.fullmatch(named))
                continue
            found = _phrase(label[2], asked)
        elif label and asked and not re.search("[0-9]", label[1]) and denial(label[2], asked) == "none":
            found = "none"  # a list of what was asked, then that there is none of it
        else:
            found = _phrase(clause, asked)
        if found is None and asked and said == {"not_yet"} and goes_on(clause):
            continue
        if found is None:
            return "answered"
        said.add(found)
    order: tuple[Status, ...] = ("by_reference", "not_yet", "none")
    return next((kind for kind in order if kind in said), "answered" if labels else "no_answer")


@lru_cache(maxsize=256)
def _hints(template: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, map(_bare, template)))


def _bare(text: str) -> str:
    """The folded words of a phrase without bullets, quotes and marks around them."""
    flat = squeeze(fold(text)).strip(_EDGE)
    flat = _LEADER.sub("", flat).strip(_EDGE)
    flat = re.sub(r"\b(muc|noi dung|phan)\s*\.\s*", r"\1 ", flat)
    return squeeze(re.sub(r"[“”\"'()\[\]*]", " ", flat)).strip(_EDGE)


def _phrase(text: str, asked: Role | None) -> Status | None:
    """Status of one phrase, None when it is content."""
    bare = _bare(text)
    if not re.search(r"[a-z0-9〃✓]", bare):
        return "no_answer"
    if len(bare) > 160:
        return None
    plain = _plain(bare, asked)
    if _CLAUSES.search(text.strip(_EDGE)):
        return plain
    clause = _LEADER.sub("", squeeze(text).strip(_EDGE)).strip(_EDGE)
    return (denial(clause, asked) if asked else None) or plain or pointer(clause)


def _plain(bare: str, asked: Role | None) -> Status | None:
    """Status of a bare phrase by the words that say it whatever was asked."""
    if asked == "difficulties" and re.search(_MEANS_LACKED, bare):
        return None
    if _NOT_YET.match(bare) or _NOT_YET_FOR_A_REASON.match(bare):
        return "not_yet"
    if _NONE.match(bare):
        return "none"
    if _BY_REFERENCE.match(bare):
        return "by_reference"
    members = [member.strip() for member in bare.split(",")]
    kinds = {_plain(member, asked) for member in members} if len(members) > 1 else set()
    # "Đang lập dự án, chưa triển khai": what every member says
    return kinds.pop() if len(kinds) == 1 else None
