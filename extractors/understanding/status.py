"""What kind of answer a text is: an answer, "nothing", "not yet", a pointer elsewhere, or no answer at all.

Only whole texts count: "Không có kinh phí nên chưa thực hiện được phòng STEM" is an answer, "Không có" is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors.report import Status
from extractors.understanding.folding import fold, squeeze

_EDGE = " \t\n.,;:!…_*•·+=/\\|'\"“”‘’()[]{}<>-–—●○▪■□➢➤"
_LEADER = re.compile(r"^(?:[-+*•·●○▪➢]|\d{1,2}[.)/]|[a-hđ][.)])\s+")

_WHO = (
    r"(?:(?:hien|hien nay|hien tai|nam nay|den nay|nha truong|truong|don vi|trung tam|phong|quan|huyen|phong gddt)\s+)?"
)
_THING = (
    r"(?:noi dung|y kien|de xuat|kien nghi|kinh phi|van ban|so lieu|phat sinh|thong tin|vuong mac|nguon xhh|nguon|"
    r"xa hoi hoa|xhh|ngan sach|nguon xa hoi hoa|du lieu|hoat dong|truong hop|phan sinh|chi|gi|nao|kho khan|bat cap|"
    r"han che|thuc hien|ap dung|trien khai|nhu cau)"
)
_TAIL = r"(?:\s+(?:nay|khac|them|gi|gi them|gi khac|nao|nao khac|cu the|moi|trong ky|cho noi dung nay|o noi dung nay|doi voi noi dung nay))*"
_MORE = rf"(?:(?:\s*[,/]\s*|\s+|\s+va\s+|\s+hoac\s+){_THING})*"
_NONE = re.compile(
    rf"^{_WHO}(?:k|ko|kh|khong|0(?: (?:dong|d|vnd))?|khong co|khong phat sinh|chua phat sinh|chua co phat sinh|"
    rf"(?:khong|khong co|chua phat sinh|khong phat sinh)\s+{_THING}{_MORE}{_TAIL}|khong co{_TAIL}|khong thuoc doi tuong|"
    rf"khong thuoc (?:pham vi|tham quyen|chuc nang|nhiem vu|nhiem vu cua don vi)|khong thuoc linh vuc(?: phu trach)?|khong lien quan)$"
)
_DOING = r"(?:thuc hien|trien khai|xay dung|to chuc|dau tu|ban hanh|trang bi|tien hanh|ap dung|co ke hoach|bo tri|bo tri kinh phi|trien khai thuc hien|thuc hien duoc|trien khai duoc|co dieu kien thuc hien|co dieu kien trien khai|co|den|lam|duoc (?:trien khai|thuc hien|dau tu|trang bi|phan bo|cap kinh phi))"
_NOT_YET = re.compile(rf"^{_WHO}(?:van )?chua(?:\s+{_DOING})?(?:\s+(?:noi dung|nhiem vu|muc) nay)?{_TAIL}$")
_UNDERWAY = re.compile(
    rf"^{_WHO}dang (?:xay dung|soan thao|lap|du thao|cho)(?:\s+(?:ke hoach|de an|noi dung|van ban))?$"
)
_NOT_YET_FOR = re.compile(rf"^{_WHO}chua\s+{_DOING}(?:\s+(?:noi dung|nhiem vu|muc) nay)?\s*,?\s*(?:do|vi|boi)\b[^.;]*$")
_WHERE = r"(?:muc|noi dung|phan|diem|cot|dong|phu luc|bang|y|khoan|tiet|stt|trang|noi dung so|bao cao)"
_POINTED = rf"{_WHERE}?\s*(?:so\s*)?(?:[0-9]+(?:[.\-,/ ]+[0-9a-h]+)*|[ivx]+(?:[.\-][0-9a-h]+)*|[a-h])\)?"
_LINK = r"(?:nhu|xem|xem tai|xem o|theo|tai|da neu|da neu o|da neu tai|da bao cao|da bao cao tai|da bao cao o|da trinh bay|da trinh bay tai|da trinh bay o|thuc hien nhu|tuong tu|tuong tu nhu|giong|giong nhu|trung voi|ket hop|lien quan|noi dung nhu|noi dung tai|noi dung theo|noi dung da neu tai|xem noi dung)"
_UPON = r"(?:tren|o tren|phia tren|phan tren|muc tren|noi dung tren|ben tren|dong tren|da neu|da neu tren|da neu o tren|da bao cao|da bao cao o tren|da trinh bay|da trinh bay o tren|da trinh bay o phan tren|da neu o phan tren|da bao cao o phan tren|da bao cao phan tren|muc (?:nay )?o tren)"
_BY_REFERENCE = re.compile(
    rf"^(?:nt|n\.t|n/t|(?:nhu|xem|tuong tu|giong|noi dung nhu|thuc hien nhu|tuong tu nhu|giong nhu) {_UPON}|{_UPON.replace('da neu|', '').replace('da bao cao|', '').replace('da trinh bay|', '')}"
    rf"|{_LINK}\s+(?:{_LINK}\s+)?{_WHERE}\s*{_POINTED}(?:\s*(?:,|va|;|-|den)\s*{_POINTED})*(?:\s+(?:cua|o|tai|trong|phan)?\s*{_WHERE}\s*{_POINTED})*"
    rf"(?:\s+(?:o |phia )?(?:tren|duoi|nay|bao cao|cua bao cao|trong bao cao))*"
    rf"|(?:xem|theo|nhu|co|kem|dinh kem)?\s*(?:(?:tai|trong|theo|o)\s+)?(?:phu luc|bang|bieu|danh sach|bao cao)(?:\s+(?:kem theo|dinh kem|kem|chi tiet|so))*(?:\s+[0-9ivx]+)?(?:\s+(?:kem theo|dinh kem))?)$"
)
_DITTO = re.compile(r'^\s*[-–]*\s*(?:"|”|“|〃|\'\'|,,|//)\s*[-–]*\s*$')
_DASH = re.compile(r"^\s*[-–—]{1,3}\s*$")
# In official tables a lone dash says that there is nothing to report; dots and blanks say nothing at all.
DASH: Status = "none"
_LABEL = re.compile(r"^([^:]{2,60}):\s*(.*)$", re.S)
_CLAUSES = re.compile(r"[\n;]+|\.\s+")


def _bare(text: str) -> str:
    flat = squeeze(fold(text)).strip(_EDGE)
    flat = _LEADER.sub("", flat).strip(_EDGE)
    flat = re.sub(r"\b(muc|noi dung|phan)\s*\.\s*", r"\1 ", flat)
    return squeeze(re.sub(r"[“”\"'()\[\]*]", " ", flat)).strip(_EDGE)


def status_of(text: str, template: Iterable[str] = ()) -> Status:
    """Status of a whole answer. ``template`` are the form's own words, which never answer (folded comparison)."""
    hints = frozenset(filter(None, map(_bare, template)))
    if _DITTO.match(text):
        return "by_reference"
    if _DASH.match(text):
        return DASH
    whole = _phrase(_bare(text))
    if whole:
        return whole
    said: list[Status] = []
    for clause in _CLAUSES.split(text):
        bare = _bare(clause)
        if not bare or bare in hints:
            continue
        label = _LABEL.match(clause)
        if label and (_bare(label[1]) in hints or len(label[1].split()) <= 8):
            # A label says what is asked, what stands after it is the answer; "label:" alone still asks.
            rest = _bare(label[2])
            if not rest:
                if _bare(label[1]) not in hints and not _names_source(_bare(label[1])):
                    said.append("answered")
                continue
            bare = rest
        found = _phrase(bare)
        if found is None:
            return "answered"
        said.append(found)
    kinds = [kind for kind in said if kind != "no_answer"]
    if not kinds:
        return "no_answer"
    if "answered" in kinds:
        return "answered" if len(kinds) == 1 else _first(kinds)
    return _first(kinds)


def _first(kinds: list[Status]) -> Status:
    rest = [kind for kind in kinds if kind != "answered"]
    for kind in ("by_reference", "not_yet", "none"):
        if kind in rest:
            return kind  # type: ignore[return-value]
    return "answered"


def _names_source(label: str) -> bool:
    return bool(
        re.fullmatch(
            r"(?:nguon|kinh phi|ve|tu)?\s*(?:von|kinh phi)?\s*(?:ngan sach|nsnn|ns|xhh|xa hoi hoa)(?: nha nuoc)?", label
        )
    )


def _phrase(bare: str) -> Status | None:
    """Status of one bare phrase, None when it is content."""
    if not bare or not re.search(r"[a-z0-9〃✓]", bare):
        return "no_answer"
    if len(bare) <= 160 and _NOT_YET_FOR.match(bare):
        return "not_yet"
    if len(bare) > 90:
        return None
    if _NONE.match(bare):
        return "none"
    if _NOT_YET.match(bare) or _UNDERWAY.match(bare):
        return "not_yet"
    if _BY_REFERENCE.match(bare):
        return "by_reference"
    return None
