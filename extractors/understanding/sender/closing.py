"""Signatures that no title in capitals opens: posts cut short, a letter's close, a name over its post."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.understanding.ground.folding import squeeze
from extractors.understanding.ground.lines import Line
from extractors.understanding.sender.persons import is_name

END = 16  # lines at the end of a report in which it may be signed
APART = 4  # lines between a close and the name
DIGITAL = re.compile(
    r"signature (?:not verified|valid)|digitally signed|^\W*chu ky so\W*$|"
    r"^\W*(?:nguoi ky|ky boi|duoc ky boi|ngay ky|thoi gian ky|ky ngay)\s*:"
)
_REMARK = re.compile(r"^\s*[(\[]|^\W*(?:da ky|ky ten)\b[^:]{0,20}$")  # "(Đã ký)" and the like over the name
# "HT", "P.HT", "GĐ" alone in a line over a name
_SHORT = re.compile(
    r"^(?:(?:k/?t|t/?m|t/?l)\W*)?(?:p\W{0,2})?(?:ht|gd|tp|hieu pho|truong phong|ct)\W*$|"
    r"^(?:chuyen vien|can bo|nguoi) ?(?:phu trach|tong hop)?[a-z ]{0,30}$"
)
_POST = re.compile(
    r"^\W*(?:q\.\s*|quyen\s+|pho\s+|nguyen\s+)?(?:hieu truong|hieu pho|truong phong|giam doc|chu tich|chanh van phong|"
    r"to truong|chuyen vien|giao vien|van thu|thu ky|ke toan|can bo|nhan vien|tro ly|phu trach)\b[^.;:?!]{0,70}$"
)
_CLOSE = re.compile(
    r"^\W*(?:(?:xin\s+)?(?:chan thanh\s+|tran trong\s+)?(?:cam on|kinh chao|kinh bao|kinh trinh)|tran trong|kinh thu|"
    r"than men|kinh don|nguoi (?:viet|gui|bao cao|lap|lam don|tong hop))\b.{0,50}$"
)


@dataclass(slots=True)
class Closed:
    """Who signed, with the post where one was told."""

    name: str
    name_line: Line
    title: str = ""
    title_lines: list[Line] = field(default_factory=list)


def signed_at_the_close(free: Sequence[Line]) -> Closed | None:
    """The signer of a letter or mail; None where nobody signs so near the end.

    A name is a signer's when a post cut short or a close ("Trân trọng,") stands over it, or its post right under it.
    """
    start = max(0, len(free) - END)
    for at in range(len(free) - 1, start - 1, -1):
        line = free[at]
        if not is_name(line.full.strip(" .,")):
            continue
        closed = Closed(squeeze(line.full.strip(" .,")), line)
        over = next(
            (
                one
                for one in reversed(free[max(0, at - APART) : at])
                if not (_REMARK.match(one.folded) or DIGITAL.search(one.folded))
            ),
            None,
        )
        if over is not None and _SHORT.match(over.folded.strip()) and over.full.strip()[:1].isupper():
            closed.title, closed.title_lines = over.full.strip(" .:"), [over]
            return closed
        under = free[at + 1] if at + 1 < len(free) else None
        if under is not None and _POST.match(under.folded.strip()) and under.full.strip()[:1].isupper():
            closed.title, closed.title_lines = under.full.strip(" .:"), [under]
            return closed
        if any(_CLOSE.match(one.folded.strip()) for one in free[max(start, at - APART) : at]):
            return closed
    return None
