"""Whose letterhead it is: the institutions named at the top of a report, each as the lines its name was broken into."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.understanding.ground.folding import fold, upper_share
from extractors.understanding.sender.segments import Head, Segment
from extractors.understanding.sender.subject import ABOUT, ORNAMENT, TYPE

ORGANISATION = re.compile(
    r"^(?:ubnd|uy ban nhan dan|so\s|so(?=giao)|sgd|phong\s|p\.?\s?gd|truong(?:\s|(?=th[pc]))|trung tam|tt\.?\s?gd|bo\s|"
    r"t(?:r|rg)?\.?\s?(?=th[pc][ts]\b)|dhqg|dh\s|"
    r"hoi\s(?!nghi|thao|thi\b|dong\b)|lien doan|quan doan|huyen doan|quan uy|huyen uy|dang bo|chi bo|nha thieu nhi|"
    r"hoi dong|hdnd|van phong|thanh tra|"
    r"ban\s|chi cuc|dai hoc|hoc vien|cong ty|thcs|thpt|trung hoc|pho thong|gdnn|gdtx|dang uy|cong doan)"
)
# a name that goes on in the next line: "TRƯỜNG TRUNG HỌC PHỔ THÔNG" over "TRƯỜNG CHINH"
_DANGLING = re.compile(r"(?:[-,]|\b(?:va|pho thong|thpt|thcs|co so|tieu hoc|mam non|quan|huyen|phuong|thanh pho))\s*$")
_CONTACT = re.compile(
    r"^\W*(?:dia chi|d/c|dt|so dt|dien thoai|tel|hotline|fax|e-?mail|web(?:site)?|ma so thue|mst|ma truong)\b\s*[:.]|"
    r"^\S+@\S+$|^\W*(?:https?:|www\.)"
)
# "1360 Huỳnh Tấn Phát, Quận 7" and "Ấp 2, xã Tân An Hội": where it stands, not what it is
_ADDRESS = re.compile(
    r"^(?:\d+[\w/.-]*\s+[a-z]|(?:ap|khu pho|kp|duong)\s)[^,]*,|,\s*(?:phuong|xa|thi tran|khu pho|ap)\s"
)
# a part of a unit; "TÔ HIẾN THÀNH" is a name, so the marks count
PART = re.compile(
    r"^(?:tổ|bộ phận|bộ môn|nhóm|khối|ban|hội đồng|bo phan|bo mon|nhom|khoi|"
    r"to (?:tin|cong nghe|cntt|chuyen mon|van phong|hanh chinh|tong hop|pho thong|thiet bi|thu vien))\s",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[-_–—=*~¯‾\u2500-\u257f]{3,}\s*$")  # drawn under a name
_UNDER = r"(?:TRƯỜNG|Trường|PHÒNG|Phòng|TRUNG TÂM|Trung [Tt]âm|(?:TRUONG|Truong)(?= TH)|PHONG(?= G)|TRUNG TAM)\s"
_INNER = re.compile(rf"\s+[-–]\s+(?={_UNDER})|(?<![Vv][ăĂ][nN])\s(?={_UNDER})")


def find_organisations(segments: Sequence[Segment], head: Head) -> list[list[Segment]]:
    """The institutions named at the top, each with the segments its name was broken into."""
    found: list[list[Segment]] = []
    for segment in segments:
        text = _RULE.sub("", segment.text) or segment.text
        folded = fold(text)
        if ABOUT.match(folded) or (TYPE.match(folded) and upper_share(text) > 0.6):
            break
        if found and (_CONTACT.match(folded) or (_ADDRESS.search(folded) and not ORGANISATION.match(folded))):
            head.used.append(segment.line)
            continue
        if ORNAMENT.match(text):
            head.used += [segment.line] if found else []
            continue
        if found and re.match(r"^so\s*[:.]", folded):
            break  # a number that is none: "Số: không"
        below = bool(found) and bool(PART.match(text))
        starts = bool(ORGANISATION.match(folded)) or below or (not found and _over_another(segments, segment))
        plain = starts and len(text) < 90 and not text.rstrip().endswith((":", ";", "."))
        if not (starts or found):
            continue
        said = fold(" ".join(piece.text for piece in found[-1])) if found else ""
        rest = text.isdigit() and _DANGLING.search(said)  # "QUẬN" over "12"
        named = upper_share(text) >= 0.6 or plain or rest or (bool(found) and _capitalised(text))
        if not named:
            if found:
                break
            continue
        for part in _INNER.split(text) if len(text) > 28 and _INNER.search(text[6:]) else [text]:
            piece = Segment(part, segment.line)
            dangling = _DANGLING.search(fold(" ".join(one.text for one in found[-1]))) if found else None
            # no school is under a school: "VÕ" over "TRƯỜNG TOẢN"
            same = (
                bool(found)
                and all(x.folded.startswith("truong ") for x in (piece, found[-1][0]))
                and not re.match(r"truong (?:dai hoc|cao dang)", found[-1][0].folded)
            )
            if (ORGANISATION.match(piece.folded) or below or not found) and not (dangling or same):
                found.append([piece])
            elif found:
                found[-1].append(piece)
    return found


def _over_another(segments: Sequence[Segment], segment: Segment) -> bool:
    """Whether a city or a province stands over its district's committee, or a district over its room, as its parent."""
    after = next(iter(segments[list(segments).index(segment) + 1 :]), None)
    if after is None or len(segment.text) > 40:
        return False
    if re.match(r"^(?:thanh pho|tp|tinh)\b", segment.folded):
        return bool(re.match(r"^(?:ubnd|uy ban nhan dan)\b", after.folded))
    district = re.match(r"^(?:quan|huyen|thi xa|q\.|h\.)\s", segment.folded)
    return bool(district and ORGANISATION.match(after.folded))


def _capitalised(text: str) -> bool:
    """Whether a short line is written as a name is: each word with a capital."""
    said = [word for word in text.split() if word[0].isalpha()]
    return bool(said) and len(text) < 70 and sum(word[0].isupper() for word in said) >= 0.8 * len(said)
