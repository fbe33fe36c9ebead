"""What "không" and "chưa" deny, judged by what was asked: no document, no sum, no difficulty, no wish, no deed.

"Chưa có thủ thư" is a difficulty where difficulties are asked and not yet a result where results are; "Không vướng" is
"none" only among difficulties. So each question has its words; a denial that says nothing beyond them is no answer.
A denial with a reason or a date after it stays one, a denial with a deed after it ("nhưng đã …", a figure) does not.
"""

from __future__ import annotations

import re
import unicodedata

from campaigns.model import Role
from extractors.report import Status
from extractors.understanding.ground.folding import fold, squeeze

# Words that would lose their meaning without their marks; each gets a sign of its own that no folded word can be.
_MARKED = {
    **dict.fromkeys(("vì", "do", "bởi"), "VI"),
    **dict.fromkeys(("chờ", "đợi"), "CHO"),
    **dict.fromkeys(("nhưng", "mà", "song", "ngoài", "trừ", "ngoại"), "NHUNG"),
    "nên": "NEN",
    "chỉ": "CHI",
    "đã": "DA",
    # look like "chưa" and "không" once folded
    **dict.fromkeys(("chữa", "chứa", "chùa", "khống"), "X"),
}
_UNMARKED = {"vi": "VI", "do": "VI", "nhung": "NHUNG", "ma": "NHUNG", "nen": "NEN", "da": "DA"}
_DIGITS_OF_TIME = re.compile(
    r"\b(?:nam(?: hoc)?|thang|quy|hoc ky|ky|ngay|dot|hk)\s+[0-9ivx]+(?:\s*[-/]\s*[0-9]+)*|\b20\d\d(?:\s*-\s*20\d\d)?\b"
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words of one question: a denial made of these alone denies what was asked. With their marks: "nội dung" says nothing,
# "nơi học" does.
_FILLERS = _set(
    "gì nào riêng thêm khác mới cả hết nữa hơn đâu cụ thể lớn đáng kể nội dung này việc phần nhiệm vụ về cho trong "
    "năm học kỳ đơn vị được cái một bất kỳ lúc hiện tại đến nay lần đây thực triển khai quá trình qua xong có ở đối "
    "với của giai đoạn vấn đề điều liên quan"
)
_OF = _set("của ở tại cho với trung cua o tai voi")
_UNITS = _set(
    "phòng trường trung tâm quận huyện phường xã sở phong truong tam quan huyen phuong xa so mầm non tiểu thcs thpt "
    "cấp bậc khối lứa tuổi mam tieu cap bac khoi lua tuoi"
)
_QUESTION: dict[Role, frozenset[str]] = {
    "directives": _set(
        "văn bản công quyết định kế hoạch hướng dẫn chỉ đạo thông báo nghị quyết tờ trình thị hành ra soạn thảo làm "
        "viết xây dựng gửi ký phát chuyên giấy tờ ban vb qđ kh cv thấy nhận lưu giữ"
    ),
    "funding": _set(
        "tiền kinh phí đồng khoản nguồn ngân sách nhà nước xã hội hóa hoá xhh nsnn ns vốn chi phụ huynh tài trợ đóng "
        "góp tốn kém mất dùng sử dụng thu huy động vận nhận xin phát sinh cần cấp bố trí giải quyết toán phải trả "
        "trích bỏ ai lấy duyệt đề nghị phê"
    ),
    "difficulties": _set(
        "khó khăn vướng mắc nghẽn trở ngại bất cập hạn chế tồn khúc cản rào bế tắc kẹt lo băn khoăn phiền trục trặc "
        "gặp thấy phát sinh bị còn ách trăn gay đáng nói nghiêm trọng"
    ),
    "proposals": _set(
        "kiến nghị đề xuất ý yêu cầu nguyện vọng mong muốn xin cần đòi hỏi góp đóng ước trình bày dám nghĩ ra"
    ),
}
_EMPTY = frozenset(map(fold, _FILLERS))
_FOLDED = {role: frozenset(map(fold, words | _FILLERS)) for role, words in _QUESTION.items()}
_DEEDS = (
    r"(?:thuc hien|trien khai|xay dung|xay|to chuc|dau tu|ban hanh|trang bi|tien hanh|ap dung|bo tri|lam|lap|"
    r"thanh lap|mo|day|mua|mua sam|lap dat|dung|su dung|trien|tap huan|boi duong|tham gia|dang ky|dao tao|ket noi|"
    r"khai thac|khoi cong|du kien|tinh|hoat dong|co|hoan thanh|nghiem thu|dua vao|van hanh|thi cong|cap|duoc cap|"
    r"duoc giao|duoc dau tu)"
)
# no alternative is two others side by side: a row of them would be read in ever so many ways
_WHO = (
    r"(?:(?:tam thoi|truoc mat|cho den nay|hien|nay|hien tai|nam nay|nam hoc nay|den nay|trong nam|nha truong|truong|"
    r"don vi|trung tam|phong|gddt|quan|huyen|phuong|xa|so|co so|ubnd|noi dung nay|viec nay|muc nay|o day|ben|"
    r"chung toi|van|con|cung|deu|thi)\s+)*"
)
_NOT = r"(?:khong|ko|khg|chang|hong|k)"
_NOT_YET = r"(?:chua(?: he)?)"
_HEAD = re.compile(rf"^{_WHO}(?:(?P<no>{_NOT})|(?P<yet>{_NOT_YET}))(?:\s+(?P<rest>.*))?$", re.S)
# Measures and judgements after "chưa" tell how much or how well, so something was done.
_MEASURES = _set(
    "hết quá kể hẳn phải đạt đều cao tốt ổn mạnh sâu rộng kịp nhanh rõ chặt bằng thật vượt thừa nhiều từng đến tới "
    "đầy đủ dừng"
)
_JUDGED = re.compile(
    r"^(?:bao gio|dong bo|thuong xuyen|hieu qua|phu hop|hien dai|thong nhat|that su|thuc su|on dinh)\b"
)
_ABLE = re.compile(rf"^(?:kip|du) (?:{_DEEDS}|dieu kien)\b")
_COMPARED = re.compile(r"\b(?:nhu|bang) (?:nam nay|hien nay|bay gio|luc nay|the|vay|dot nay)\b")
# That a bad thing did not happen is a result.
_BAD_WORDS = _set("nghỉ bỏ mất hỏng sai lộ trễ chậm lỗi thiếu nổ bị")
_BAD = re.compile(
    r"\b(?:xay ra|that thoat|tai nan|khieu nai|vi pham|su co|ro ri|khieu kien|to cao|lang phi|phan nan|phan anh|"
    r"qua tai|gian doan|ton dong)\b"
)
_OUTSIDE = re.compile(
    r"^(?:nam )?NHUNG (?:pham vi|tham quyen|chuc nang|nhiem vu)\b|"
    r"\b(?:khong|ko) (?:thuoc|nam trong (?:nhiem vu|chuc nang|pham vi|danh muc)|"
    r""
    r"VI (?:[a-z]+ ){1,4}(?:phu trach|quan ly|dam nhiem)|(?:phai|phai la) (?:viec|nhiem vu|chuc nang|phan viec)|"
    r"(?:duoc )?(?:giao|phan cong)|phu trach|dam nhiem|co chuc nang|co nhiem vu|quan ly (?:mang|phan|viec|noi dung))\b"
)
_SAYS_NO = re.compile(
    rf"^{_WHO}{_NOT} (?:bao cao|lam|co gi|co gi (?:de|can|phai) (?:bao cao|noi|ke|neu|ghi)(?: them)?|thuc hien|ghi|"
    rf"neu|noi)$"
)
# What a clerk says first who then has no difficulty to tell and nothing to ask.
_CONTENT = _set(
    "thuận lợi suôn sẻ tốt ổn bình thường mọi việc đều cơ bản nhìn chung rất thống nhất nhất trí đồng ý đã hiện nay"
)
_FREE = re.compile(rf"^{_WHO}(?:duoc |hoan toan )?mien phi(?: hoan toan)?$")
_WAITS = re.compile(rf"^{_WHO}(?:dang |van |con )*CHO\b")
_NOT_THERE = re.compile(rf"^(?P<what>(?:[a-z]+ ){{1,6}}){_NOT_YET} (?:{_DEEDS}|duoc|ve|xong|duyet)(?: [a-z]+){{0,3}}$")
_LATER = re.compile(
    r"^(?:VI|CHO|dang|dang CHO|moi|con|CHI moi|CHI|se|du kien|sang nam|nam sau|nam toi|dau nam|cuoi nam|nam hoc|"
    r"hoc ky|thang|quy|he|khi nao|hen|tam|vao|den nam|de|phai CHO|ke hoach|thieu|can)\b"
)
_STILL = re.compile(r"^(?:[a-z]+ ){1,4}(?:con|vua)\b")
_GIVEN = r"duoc [a-z]+(?: (?:tien|kinh phi|von|ngan sach|gi|dong nao))*$"
# how many words of the question may go on a list after a comma; of money, "ngân sách chi" would be an answer
_LISTED: dict[Role, int] = {"difficulties": 6, "proposals": 6, "funding": 0}
_THEN = re.compile(r"^(?:VI|CHO|dang CHO|se|du kien|sang nam|nam sau|nam toi|khi nao)\b")
_SENTENCES = re.compile(r"[;\n]|\.\s")
_REASON = re.compile(r"\s+(?:VI|CHO)\s+")


def denial(text: str, asked: Role) -> Status | None:
    """``none`` or ``not_yet`` where ``text``, one clause, denies what was asked and says no more; None otherwise."""
    low = unicodedata.normalize("NFC", re.sub(r"[\[\]“”\"'*]", " ", text)).lower().strip(" \t\n.,;:!…-–+•()")
    if not low or len(low) > 200 or ":" in low or _SENTENCES.search(low):
        return None
    marked = low != fold(low)
    members = [_Words(member, marked) for member in re.split(r"[,()]|\s[-–]\s", low) if member.strip()]
    if _outside([member.signed for member in members]):
        return "none"
    if len(members) > 1 and asked in ("difficulties", "proposals") and _CONTENT.issuperset(members[0].plain):
        del members[0]
    first = _denied(members[0], asked)
    if first is None:
        return None
    for member in members[1:]:
        said = member.signed
        listed = len(member.plain) <= _LISTED.get(asked, 3) and member.of_question(slice(None), asked)
        if not (listed or _denied(member, asked) or _SAYS_NO.match(said) or _idle(said, first)):
            return None
    return first


def goes_on(text: str) -> bool:
    """Whether a sentence after "chưa" only says why or when, as it could after a comma."""
    low = unicodedata.normalize("NFC", text).lower().strip(" \t.-–+•")
    said = squeeze(signed(low, low != fold(low)))
    return len(said.split()) <= 10 and bool(_THEN.match(said)) and _idle(said, "not_yet")


class _Words:
    """Words of a clause up to a comma: with signs for the patterns, and as they were written."""

    def __init__(self, text: str, marked: bool) -> None:
        self.marked = marked
        self.plain = [word.strip(".!/") for word in text.split()]
        self.signed = squeeze(signed(text, marked))

    def of_question(self, rest: slice, asked: Role) -> bool:
        """Whether these words say nothing beyond the question."""
        own = _QUESTION.get(asked)
        words = self.plain[rest]
        if own is None or len(words) > 12:
            return False
        allowed = own | _FILLERS if self.marked else _FOLDED[asked]
        pairs = zip(["", *words], words, strict=False)
        return all(word in allowed or (word in _UNITS and (ahead in _OF or ahead in _UNITS)) for ahead, word in pairs)

    def bad(self, rest: slice) -> bool:
        """Whether they tell of a mishap."""
        return not _BAD_WORDS.isdisjoint(self.plain[rest]) or bool(_BAD.search(self.signed))

    def measured(self, rest: slice) -> bool:
        """Whether they open with how much or how well."""
        words = self.plain[rest]
        said = " ".join(map(fold, words))
        if not words or _ABLE.match(said):
            return False
        return words[0] in _MEASURES or bool(_JUDGED.match(said) or _COMPARED.search(said))


def signed(text: str, marked: bool) -> str:
    """Folded words of ``text`` with signs (capitals) for those that only their marks tell apart."""
    table = _MARKED if marked else _UNMARKED
    return re.sub(r"\w+", lambda word: table.get(word[0]) or fold(word[0]), text).replace("don VI", "don vi")


def _outside(members: list[str]) -> bool:
    """Whether what was asked is not this unit's work: "X, Y không thuộc chức năng, phòng không báo cáo"."""
    denied = [bool(_OUTSIDE.search(member) or _SAYS_NO.match(member)) for member in members]
    members = [re.sub("^(nam )?NHUNG ", "", member) for member in members] if denied[0] else members
    if True not in denied or any(re.search(r"[0-9]|\b(?:NHUNG|DA|CHI)\b", member) for member in members):
        return False
    at = denied.index(True)
    if any(re.search(r"\bNEN\b(?! (?:khong|ko) )", member) for member in members):
        return False
    if at and not _OUTSIDE.search(members[at]):
        return False
    rest = zip(denied[at:], members[at:], strict=True)
    return all(no or member.startswith("VI ") for no, member in rest) and len(members[at].split()) <= 20


def _idle(member: str, head: Status) -> bool:
    """A reason, a hope or a date after a denial; a figure or "đã" makes it an answer."""
    if _counts(member) or re.search(r"\b(?:NHUNG|DA)\b", member):
        return False
    return bool(_LATER.match(member) or _STILL.match(member)) if head == "not_yet" else member.startswith("VI ")


def _counts(text: str) -> bool:
    """Whether a figure stands in it that is no year, month or term."""
    return bool(re.search("[0-9]", _DIGITS_OF_TIME.sub("", text)))


def _denied(member: _Words, asked: Role) -> Status | None:
    """Status of the clause up to its first comma."""
    said = member.signed
    if _counts(said) or re.search(r"\b(?:NHUNG|DA)\b", said):
        return None
    if asked in ("results", "funding") and _stands(said):
        return "not_yet"
    head, *then = re.split(r"\s+NEN\s+", _REASON.split(said, maxsplit=1)[0], maxsplit=1)
    found = _HEAD.match(head)
    if not found or (then and not (_SAYS_NO.match(then[0]) or (found["yet"] and re.match("chua ", then[0])))):
        return "none" if asked == "funding" and _FREE.match(said) else None
    rest = found["rest"] or ""
    last = len(head.split())
    words = slice(last - len(rest.split()), last)
    empty = member.of_question(words, asked)
    if found["no"]:
        return "none" if empty or (not member.bad(words) and _nothing(rest, asked)) else None
    told = asked in ("results", "funding") and (member.bad(words) or member.measured(words))
    return None if told else _not_yet(rest, asked, empty)


def _stands(said: str) -> bool:
    """Whether it only waits, or the thing asked about is not there: "Đang chờ hướng dẫn", "Máy chưa về"."""
    if _WAITS.match(said):
        return len(said.split()) <= 10
    found = _NOT_THERE.match(said)
    return found is not None and not re.search(rf"\b(?:{_DEEDS}|dang|va|khong)\b", found["what"])


def _nothing(rest: str, asked: Role) -> bool:
    """Whether "không ``rest``" denies all that was asked, though it names it in words of its own."""
    if asked in ("difficulties", "proposals") or re.search(r"\b(?:khong|chua|con|CHI)\b", rest):
        return False
    if re.match(r"co\s", rest):
        return len(rest.split()) <= 9
    if re.match(rf"(?:\w+ ){{1,2}}nao {_DEEDS}\b", rest):
        return True
    deed = re.match(rf"{_DEEDS}\b(.*)$", rest)
    return asked == "results" and deed is not None and set(deed[1].split()) <= _EMPTY | _UNITS


def _not_yet(rest: str, asked: Role, empty: bool) -> Status | None:
    if rest.startswith("phat sinh") and (empty or asked == "results"):
        return "none"
    if asked == "results":
        return "not_yet" if len(rest.split()) <= 16 and not re.search(r"\b(?:khong|chua|CHI)\b", rest) else None
    if asked == "funding":
        return "not_yet" if empty or re.match(rf"(?:duoc\s+)?{_DEEDS}\b|{_GIVEN}", rest) else None
    if not empty:
        return None
    # a document not yet issued is none; "chưa", "chưa làm" say that the work has not begun
    return "none" if set(rest.split()) - _set("thuc hien trien khai xong duoc lam ban hanh") else "not_yet"
