"""What a report says of itself in running text: who reports, who writes, whose caption and whose mail it is."""

from __future__ import annotations

import re

from extractors.understanding.ground.folding import fold, tidy

_INSTITUTION = re.compile(r"\b(?:truong|phong|trung tam|uy ban|ubnd|thpt|don vi|van phong|thanh tra|gdnn|gdtx)\b")
_SAYS = re.compile(
    r"\b(?:xin |kinh |tien hanh )?bao cao\b|"
    r"\b(?:xin|kinh|tran trong)(?: (?:xin|kinh|tran trong))? (?:gui|tra loi|cung cap|phuc dap|trinh bay|thong tin)\b"
)
_ORDERED = re.compile(r"\b(?:đề nghị|yêu cầu|chỉ đạo|hướng dẫn|giao cho|phân công|mời)\b")  # others, who then report
_OTHER = re.compile(r"\b(?:để|gửi|đến|tới|cho|với|do)\s+(?=(?:các )?(?:trường|phòng|trung tâm|ubnd|ủy ban|thpt|pgd)\b)")
_BEHALF = re.compile(r"\b(?:thay mat|dai dien)(?: cho)? (?P<whose>[^.,;:]{5,90})")
_I_AM = re.compile(
    r"\b(?:toi|em|chung toi|minh)(?: ten)?(?: la)?\b(?P<who>[^.;]{0,60}?)\b(?:hieu truong|hieu pho|truong phong|"
    r"giam doc|chuyen vien|giao vien|nhan vien|can bo|van thu|to truong|thu ky|tro ly|phu trach|ke toan|lanh dao)\b"
    r"(?P<whose>[^.;,]{4,90})"
)
_FAMILY = re.compile(r"\b(?:phu huynh|hoc sinh|cha me|cuu)\b")  # who speaks about a school and not for it
_CAPTION = re.compile(r"\bkem theo (?:bao cao|bc)\b[^()]{0,80}?\bcua (?P<whose>[^()]{5,90})")
_WHOSE = re.compile(r"\b(?:cua|tai|o) (?P<whose>(?:truong|phong|trung tam|ubnd|uy ban)\b.*)")
_LOOKED_AT = re.compile(r"\b(?:kiem tra|thanh tra|giam sat|khao sat|phoi hop|hop tac|dung chung|cung)\b")
_MAIL = re.compile(r"^\W*(?:tu|from|nguoi gui|noi gui)\s*:\s*(?P<whose>.{4,120})$")
_PASSED_ON = re.compile(r"\b(?:forwarded message|chuyen tiep|fwd?)\b")
_LABELLED = re.compile(
    r"^\W*(?:ten )?(?:don vi|truong|co quan)(?: (?:gui |lap )?bao cao|"
    r" thuc hien| cong tac| cung cap(?: thong tin)?| tra loi| dien phieu)?\s*:\s*(?P<whose>.{4,120})$"
)


def reporting(text: str) -> str:
    """The stretches of an opening sentence that name who reports; "" where none does."""
    return " ".join(name for name in (*_before_the_verb(text), *_in_person(text)) if _INSTITUTION.search(fold(name)))


def labelled(text: str) -> str:
    """The unit after "Đơn vị:"; "" where the line is no such label."""
    match = _LABELLED.match(fold(text))
    return text[match.start("whose") :] if match else ""


def captioned(text: str) -> str:
    """Whose report an appendix belongs to: "(Kèm theo Báo cáo ... của Trường THPT X)"."""
    match = _CAPTION.search(fold(text))
    return text[match.start("whose") : match.end("whose")] if match else ""


def mailed(text: str) -> str:
    """Who sent the mail whose head ``text`` is a line of."""
    match = _MAIL.match(fold(text))
    return text[match.start("whose") :] if match else ""


def whose(subject: str) -> str:
    """Whose report it is by its subject: "... tại Trường THPT X"; "" where that tells whom others looked at."""
    folded = fold(subject)
    match = _WHOSE.search(folded)
    return subject[match.start("whose") :] if match and not _LOOKED_AT.search(folded) else ""


def passed_on(text: str) -> bool:
    """Whether the line says that a mail was passed on, so that whoever sent it need not have written it."""
    return bool(_PASSED_ON.search(fold(text)))


def _before_the_verb(text: str) -> list[str]:
    """What stands just before "báo cáo" or "xin gửi", as far as the comma and without those who asked for it."""
    text = re.sub(r"\([^()]*\)", "", tidy(text))
    folded = fold(text)
    first = re.search(r"\bcua\b", folded) if folded.startswith(("can cu", "thuc hien")) else None
    names = []
    for match in _SAYS.finditer(folded):
        piece = text[max(0, match.start() - 90) : match.start()]
        comma = piece.rfind(",")
        if (
            first
            and match.start() > first.start()
            and (comma < 0 or match.start() - len(piece) + comma < first.start())
        ):
            continue  # what others ordered to be reported
        piece = piece[comma + 1 :]
        ordered = list(_ORDERED.finditer(piece.lower()))
        piece = piece[ordered[-1].end() :] if ordered else piece
        other = _OTHER.search(piece.lower())
        names.append(piece[: other.start()] if other else piece)
    return names


def _in_person(text: str) -> list[str]:
    """ "Tôi là ..., Phó Hiệu trưởng Trường THPT X" and "Thay mặt Trường THPT X"."""
    text = tidy(text)
    folded = fold(text)
    names = [text[one.start("whose") : one.end("whose")] for one in _BEHALF.finditer(folded)]
    names += [
        text[one.start("whose") : one.end("whose")] for one in _I_AM.finditer(folded) if not _FAMILY.search(one["who"])
    ]
    return [name for name in names if not _FAMILY.search(fold(name))]
