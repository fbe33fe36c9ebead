"""The signature block: the signer's title (TM., KT., TL. ...) and name, recipients beside it, digital signatures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from extractors.understanding.ground.folding import CAPITAL_LETTERS, SMALL_LETTERS, fold, letters, squeeze, upper_share
from extractors.understanding.ground.lines import Line
from extractors.understanding.sender.closing import DIGITAL, signed_at_the_close
from extractors.understanding.sender.persons import is_name
from extractors.understanding.sender.spacing import closed_up

_WEAK_POST = r"nguoi bao cao|dai dien (?:don vi|nha truong|truong|trung tam|phong)|nguoi dai dien"
_OF_A_ROOM = r"chuyen vien|can bo|nhan vien|giao vien|van thu|ke toan|thu ky|to pho|nhom truong|uy vien"
_POST = (
    rf"{_WEAK_POST}|(?:xac nhan cua\s+)?(?:thu truong|hieu truong)(?:\s+don vi)?|tong hieu truong|"
    r"(?:pho\s+|p\.\s?)?(?:hieu truong|truong phong|giam doc|chu tich|chanh van phong|"
    r"chanh thanh tra|truong ban|vien truong)|"
    r"q\.?\s*hieu truong|quyen hieu truong|thu truong(?: don vi| co quan)?|phu trach(?: truong| don vi)?|"
    r"pho truong phong phu trach|"
    r"(?:pho\s+)?to truong(?:\s+(?:to\s+)?(?:van phong|hanh chinh|chuyen mon))?"
)
_WRITER = re.compile(rf"^\W*(?:nguoi (?:lap|bao cao|tong hop|viet|thuc hien)|{_OF_A_ROOM})\b[a-z ]{{0,20}}$")
_BRANCH = r"hoi dong|hoi dong quan tri|hanh chinh|to chuc|tong hop|dao tao|giao vu"
_FOR = (  # "KT.", and "K/T" or "KT" before a post
    r"(?:(?:tm|kt|tl|tuq|q|ttr)\s*\.\s*|(?:t/?m|k/?t|t/?l|tuq)\.?\s+"
    r"(?=(?:pho\s)?(?:hieu truong|truong phong|giam doc|chu tich|chanh|uy ban|ban )))"
)
_TITLE = re.compile(
    rf"(?:{_FOR}[a-z][a-z ,.&-]{{3,60}}|"
    rf"(?:{_POST})(?:\s+phu trach)?(?:\s+(?:truong|phong|trung tam|{_BRANCH})\b[a-z ,.&-]{{0,50}})?)\s*$"
)
_TITLE_AND_NAME = re.compile(rf"^\s*(?P<title>{_FOR}?(?:{_POST})(?:\s+(?:{_POST}))?)(?:\s*(?:\([^()]*\)|[-:])\s*|\s+)")
_POSTS = {
    letters(post): post.upper()
    for post in ("phó hiệu trưởng", "hiệu trưởng", "phó chủ tịch", "phó trưởng phòng", "trưởng phòng", "phó giám đốc")
}
_RECIPIENTS = re.compile(r"^\W*noi nhan\b")
END = 20  # lines at the end of a report in which it may be signed
_BESIDE_DIGITAL = re.compile(r"^\W*(?:email|co quan|chuc vu|ly do|dia diem|to chuc)\s*:")
_SIGNED_ON = re.compile(r"(?:ngay ky|thoi gian ky|ky ngay)\s*:?\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_GAP = re.compile(r"\t+|\s{3,}")
_REMARK_AFTER = re.compile(r"\s*\([^()]*\)$")
_REMARK = re.compile(r"\([^()]{2,40}\)$|\[[^\[\]]{2,40}\]$|\s*[:,-]?\s*(?:đã ký|Đã ký|ĐÃ KÝ)\W*$")
_BESIDE = re.compile(rf"(?<=[{CAPITAL_LETTERS}])\s+[-–]\s+(?=[{CAPITAL_LETTERS}][{SMALL_LETTERS}])")


@dataclass(slots=True)
class Signature:
    """``lines``: all lines of the block that are metadata; ``aside``: recipients, which are neither."""

    title: str = ""
    name: str = ""
    date: str = ""
    title_lines: list[Line] = field(default_factory=list)
    name_lines: list[Line] = field(default_factory=list)
    date_lines: list[Line] = field(default_factory=list)
    digital_lines: list[Line] = field(default_factory=list)
    aside: list[Line] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [*self.title_lines, *self.name_lines, *self.date_lines, *self.digital_lines]


def find_signature(
    free: Sequence[Line], everywhere: Sequence[Line], columns: Mapping[int, tuple[int, int]]
) -> Signature:
    """The first complete signature block of ``free`` (lines after the head), else the best incomplete one.

    A digital signature may be printed anywhere in the file (``everywhere``), at its very top too. Who signs beside
    another is told by the column of a table (``columns``: line key → table and column).
    """
    found = Signature()
    _recipients(free, found)
    _digital(everywhere, found)
    best: tuple[int, list[Line], list[str], str, Line | None] | None = None
    at = 0
    while at < len(free):
        title = _title_in(free[at])
        if not title:
            at += 1
            continue
        lines, titles, end = [free[at]], [title], at + 1
        while end < len(free) and end <= at + 6:
            following = _title_in(free[end]) or _post_under(titles, free, end) or _rest(titles[-1], free[end])
            if following and re.match(_WEAK_POST, fold(following)):
                break  # of whoever wrote it, beside or under whoever signs it
            if following and re.match(_WEAK_POST, fold(titles[-1])):
                titles = []
            if following and following not in titles:
                lines.append(free[end])
                titles.append(following)
                at = end
            elif not _passable(free[end]):
                break
            end += 1
        name, name_line = _name_after(_beside(free, lines[-1], columns), 0)
        # whoever wrote the report stands beside whoever signs it
        value = 4 * bool(name) + 2 - bool(re.match(_WEAK_POST, fold(titles[0])))
        if best is None or value > best[0]:
            best = (value, lines, titles, name, name_line)
        at += 1
    if not (best and best[3]):
        one = _in_one_line(free)
        best = one or best or _in_small_letters(free)
        closed = None if one or (best and best[3]) else signed_at_the_close(free)
        if closed:
            best = (3, closed.title_lines, [closed.title] if closed.title else [], closed.name, closed.name_line)
    if best is None:
        return found
    _, lines, titles, name, name_line = best
    found.title, found.title_lines = squeeze(" ".join(titles)), lines
    if name and name_line is not None:
        found.name, found.name_lines = name, [name_line]
    return found


def _rest(title: str, line: Line) -> str:
    """What a narrow column put under a title that does not end: "ĐÀO TẠO" under "TRƯỞNG PHÒNG GIÁO DỤC VÀ"."""
    text = line.full.strip()
    return text if re.search(r"(?:\bva|[-–,&])$", fold(title)) and text.isupper() and len(text) <= 50 else ""


def _beside(free: Sequence[Line], title: Line, columns: Mapping[int, tuple[int, int]]) -> list[Line]:
    """The lines after a title in which its name may stand: in a table those of its column, if anybody is named there.

    Where titles and names of two stand under one another, the second name is that of the second title.
    """
    after = [line for line in free if line.key > title.key]
    place = columns.get(title.key)
    if place is None:
        before = next((line for line in reversed(free) if line.key < title.key), None)
        names = [at for at, line in enumerate(after) if is_name(line.full.strip())][:2]
        two = before is not None and _WRITER.match(before.folded) and len(names) == 2 and names[1] == names[0] + 1
        return after[names[1] :] if two else after
    own = [line for line in after if columns.get(line.key) == place]
    return own if _name_after(own, 0)[0] else after


def _post_under(titles: Sequence[str], free: Sequence[Line], at: int) -> str:
    """The post of whoever signs for another, "CHUYÊN VIÊN" under "TUQ. CHỦ TỊCH" and over a name; "" where none is."""
    pieces = [piece.strip() for piece in _GAP.split(free[at].full) if piece.strip()]
    text = _alone(pieces[-1]) if pieces else ""
    if not re.match(rf"^{_FOR}", fold(titles[-1])) or not 6 <= len(text) <= 45:
        return ""
    small = text[:1].isupper() and re.match(rf"(?:{_POST}|{_OF_A_ROOM})\b", fold(text)) and not is_name(text)
    plain = (
        (small or upper_share(text) >= 0.95) and not re.search(r"\d|[(;:]", text) and not _RECIPIENTS.match(fold(text))
    )
    return text if plain and _name_after(free, at + 1)[0] else ""


def _in_one_line(free: Sequence[Line]) -> tuple[int, list[Line], list[str], str, Line | None] | None:
    """Title and name of "HIỆU TRƯỞNG: Nguyễn Văn Bình" near the end."""
    for line in free[max(0, len(free) - END) :]:
        last = _GAP.split(line.full.strip())[-1]
        beside = _TITLE_AND_NAME.match(fold(last))  # "HIỆU TRƯỞNG (đã ký) Nguyễn Văn Bình"
        if beside and last[:1].isupper() and is_name(last[beside.end() :]):
            return 3, [line], [last[: beside.end("title")].strip()], squeeze(last[beside.end() :]), line
        title, colon, name = line.full.strip().partition(":")
        if not colon or not re.fullmatch(_POST, fold(title).strip()):
            continue
        post = re.match(rf"\W*(?:{_POST})\s+(?=\S)", fold(name))  # "Người báo cáo: Phó hiệu trưởng Thạch Quý Mùi"
        for said, whom in ((title, name), (name[: post.end()], name[post.end() :])) if post else ((title, name),):
            if is_name(whom):
                return 3, [line], [said.strip()], squeeze(whom), line
    return None


def _in_small_letters(free: Sequence[Line]) -> tuple[int, list[Line], list[str], str, Line | None] | None:
    """A title that nobody set in capitals, near the end and with a name under it."""
    for at in range(max(0, len(free) - END), len(free)):
        title = _alone(free[at].full).strip(" .:")
        if title[:1].isupper() and len(title) <= 30 and re.fullmatch(rf"{_FOR}?(?:{_POST})", fold(title)):
            under = _post_under([title], free, at + 1) if at + 1 < len(free) else ""
            name, line = _name_after(free, at + 1 + bool(under))
            if name:
                lines, titles = ([free[at], free[at + 1]], [title, under]) if under else ([free[at]], [title])
                return 3, lines, titles, name, line
    return None


def _title_in(line: Line) -> str:
    """The signer's title that ends ``line``, "" when there is none."""
    if line.ocr and 6 <= len(line.full) <= 40 and not _TITLE.search(fold(line.full)):
        # a stamp lies over the title of a scanned page
        near = process.extractOne(letters(line.full), tuple(_POSTS), scorer=fuzz.ratio, score_cutoff=78)
        return _POSTS[near[0]] if near else ""
    text = closed_up(line.full).rstrip(" .:")
    pieces = [piece.strip() for piece in _GAP.split(text) if piece.strip()]
    for piece in map(_alone, (pieces[-1:] if len(pieces) > 1 else []) + [text]):
        match = _TITLE.search(fold(piece))
        if not match:
            continue
        start = match.start()
        if start and not piece[start - 1].isspace():
            continue
        title = piece[start:].strip()
        recipient = re.match(r"\s*[-+•*]", piece)  # "- Lưu: VT. PHÓ GIÁM ĐỐC": a page set two columns as one line
        if upper_share(title) >= 0.85 and (start == 0 or recipient or upper_share(piece[:start]) < 0.5):
            return title
        if (
            start == 0
            and len(title) <= 24
            and len(piece) == len(title)
            and title[:1].isupper()
            and line.align in ("center", "right")
        ):
            return title
    return ""


def _alone(piece: str) -> str:
    """``piece`` without what a page set beside or under the title: "(Đã ký)", "- Như trên;"."""
    return _BESIDE.split(_REMARK.sub("", piece.rstrip()))[0].strip()


def _passable(line: Line) -> bool:
    """A line that may stand between the title and the name: recipients, "(Đã ký)", stamps."""
    text = line.full.strip()
    return (
        text.startswith(("-", "+", "(", "•", "*"))
        or len(text) < 40
        or bool(_RECIPIENTS.match(line.folded) or DIGITAL.search(line.folded))
    )


def _name_after(free: Sequence[Line], start: int) -> tuple[str, Line | None]:
    for line in free[start : start + 14]:
        if line.role == "footnote":
            continue
        text = line.full.strip()
        pieces = [piece.strip() for piece in _GAP.split(text) if piece.strip()]
        candidates = [pieces[-1], _REMARK_AFTER.sub("", pieces[-1])] if pieces else []
        tail = re.search(r"[;.)]\s+([^;.]+)$", text)
        if text.startswith("-") and tail:
            candidates.append(tail[1].strip())
        for candidate in candidates:
            if is_name(candidate):
                return squeeze(candidate), line
        if not _passable(line):
            break
    return "", None


def _recipients(free: Sequence[Line], found: Signature) -> None:
    for at, line in enumerate(free):
        if not _RECIPIENTS.match(line.folded):
            continue
        found.aside.append(line)
        for following in free[at + 1 : at + 16]:
            if re.match(r"^\s*[-+•*]", following.full) and len(following.full) < 160:
                found.aside.append(following)
            elif not _title_in(following) and len(following.full) >= 40:
                break
            elif re.match(r"^\W*(?:luu|nhu tren)\b", following.folded):
                found.aside.append(following)


def _digital(free: Sequence[Line], found: Signature) -> None:
    last = -10
    for line in free:
        beside = line.key - last <= 3 and _BESIDE_DIGITAL.match(line.folded)
        if len(line.full) > 160 or not (beside or DIGITAL.search(line.folded)):
            continue
        last = line.key
        found.digital_lines.append(line)
        signed = _SIGNED_ON.search(line.folded)
        if signed and not found.date:
            day, month, year = (int(part) for part in signed.groups())
            if 1 <= day <= 31 and 1 <= month <= 12:
                found.date = f"{year:04d}-{month:02d}-{day:02d}"
                found.date_lines = [line]
