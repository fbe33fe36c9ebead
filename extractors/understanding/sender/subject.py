"""What a report is about: the lines after "V/v", or under the name of the document's type."""

from __future__ import annotations

import re

from extractors.understanding.ground.folding import CAPITAL_LETTERS, SMALL_LETTERS, fold, squeeze, upper_share
from extractors.understanding.ground.headings import styled
from extractors.understanding.ground.lines import Line
from extractors.understanding.sender.segments import Head, Segment

WHOLE_LINE = 60  # letters of a line of text that only looks centred

ABOUT = re.compile(r"^\W*v\s*/?\s*v\b\s*[:.]?\s*|^\W*ve viec\s*[:.]?\s*")
TYPE = re.compile(
    r"^\W*(?:du thao\W*)?(?:(?:ban |noi dung )?bao\s*cao|b\s?a\s?o\s+c\s?a\s?o|"
    r"(?:phu luc|bieu|de cuong|phieu) bao cao|cong van|thong bao|"
    r"(?:phu luc|bang tong hop|bien ban|to trinh|"
    r"phieu (?:tra loi|cung cap thong tin|khao sat|thong tin)|ban tra loi|tra loi cong van)(?=\W*$))"
    r"(?:\s+(?:nhanh|tom tat|bo sung|giai trinh|so bo|dot xuat|tong hop|chuyen de|dinh ky)(?=\W*$))?\b"
)
_APPENDIX = re.compile(r"^\W*phu luc\W*$")  # what stands under it is the appendix's title, not the report's subject
SENTENCE = 40  # letters from which text with a full stop after a word is no subject
_SENTENCE = re.compile(rf"[{SMALL_LETTERS}]{{2}}[.;]\s*(?:$|[{CAPITAL_LETTERS}])")
BODY = re.compile(
    r"^\W*(?:kinh gui|can cu|thuc hien (?:cong van|van ban|quyet dinh|ke hoach|noi dung|theo|chi dao|de an|yeu cau)|"
    r"theo (?:cong van|van ban|tinh than)|tiep theo|tiep nhan|qua nghien cuu|[ivx]+\s*[.\-/)]\s|"
    r"ngay\s+\d{1,2}\s*(?:thang|/).{30}|(?:bieu|bang|phu luc)\s+(?:so\s+)?[0-9ivx]+\s*[.:\-]|"
    r"phan\s+(?:[ivx]+|thu|mot|[0-9])\b|[1-9]\s*[.)/]\s|[a-d]\s*[.)]\s)"
)
# the first sentence of the body
_OPENING = re.compile(
    r"\b(?:bao cao|gui|tra loi|cung cap|trinh bay)\b.*\b(?:nhu sau|sau day|duoi day)\W*$|"
    r"^\W*(?:nha truong|truong|phong|trung tam|don vi|ubnd|uy ban|chung toi)\b.*\b(?:bao cao|tra loi)\s*:\s*$"
)
_SAYS = re.compile(
    r"^\W*(?:nha truong|truong|phong|trung tam|don vi|ubnd|uy ban|chung toi|hoi|ban|to|nhom|bo phan)\b.*"
    r"\b(?:bao cao|gui|tra loi|trinh bay|cung cap|tong hop)\b"
)
LONG = 400  # letters of a subject that stands where a subject must
ORNAMENT = re.compile(r"^[\s\-_–—=*.~•o°¯‾\u2500-\u257f]*$")


def find_subject(segments: list[Segment], head: Head) -> None:
    """The lines after "V/v", or under the name of the document's type."""
    typed = False
    for at, segment in enumerate(segments):
        about = ABOUT.match(segment.folded)
        typed = typed or names_type(segment.text)
        if about and not (typed and segment.folded.startswith("ve viec")):  # part of the subject where it has a type
            lines = [segment]
            for following in segments[at + 1 : at + 7]:
                if (
                    following.line.table != segment.line.table
                    or _ends_subject(following, lines[-1])
                    or (TYPE.match(following.folded) and upper_share(following.text) > 0.8)
                ):
                    break
                lines.append(following)
            text = " ".join([segment.text[about.end() :], *(line.text for line in lines[1:])])
            if segment.text.lstrip().startswith("(") and text.count("(") < text.count(")"):
                text = text.rstrip().removesuffix(")")
            head.put("subject", text, [line.line for line in lines])
            return
    for at, segment in enumerate(segments):
        kind = TYPE.match(segment.folded)
        if not kind or upper_share(segment.text[: kind.end()]) < 0.6 or _APPENDIX.match(segment.folded):
            continue
        rest = segment.text[kind.end() :].strip(" :.-–")
        lines = [segment]
        for following in segments[at + 1 : at + 8]:
            if following.line.table != segment.line.table:
                break
            if _ends_subject(following, lines[-1]) and not (len(lines) == 1 and may_be_subject(following.text)):
                if ORNAMENT.match(following.text):
                    head.used.append(following.line)
                break
            lines.append(following)
        text = squeeze(" ".join([rest, *(line.text for line in lines[1:])]))
        head.used += [line.line for line in lines]
        if text:
            head.put("subject", text, [line.line for line in (lines[1:] or lines)])
        return


def _ends_subject(segment: Segment, before: Segment) -> bool:
    folded, titled = segment.folded, under_the_type(segment.line, before.line)
    return bool(
        BODY.match(folded)
        or _OPENING.search(folded)
        or ORNAMENT.match(segment.text)
        or re.match(r"^\W*so\s*:", folded)
        or folded.startswith(
            ("noi nhan", "(kem", "(dinh kem", "(theo ", "(thuc hien theo", "don vi:", "stt", "muc luc")
        )
        or re.match(r"^\s*[-+•●▪*]\s*\w[^:]*:\s*\S", folded)  # a point of the body with its answer
        or re.match(rf"^[IVX]{{1,4}}\s+[{CAPITAL_LETTERS}]", segment.text)
        or (len(segment.text) > (LONG if titled else 160))
        or (
            not titled
            and upper_share(segment.text) < 0.6
            and len(segment.text) > SENTENCE
            and _SENTENCE.search(segment.text)
        )
        or (styled(segment.line) and not styled(before.line))
        or (segment.line.align == "justify" and before.line.align == "center" and not _set_alike(segment, before))
        or _begins_the_body(segment, before)
        # a first line as wide as the page looks like one that begins at the margin
        or (segment.line.align in ("left", None) and before.line.align == "center" and not names_type(before.text))
        or (
            before.line.bold
            and not segment.line.bold
            and (segment.line.align != "center" or len(segment.text) >= WHOLE_LINE)
            and not segment.line.italic
        )
        or (before.text.rstrip().endswith((".", "./.")) and upper_share(before.text) < 0.6)
    )


def _set_alike(segment: Segment, before: Segment) -> bool:
    """Whether a bold subject under a bold type is so long that it fills its lines."""
    return segment.line.bold and before.line.bold and names_type(before.text)


def _begins_the_body(segment: Segment, before: Segment) -> bool:
    """Whether a line of plain text, which has no look of its own, is a sentence under the subject."""
    plain = all(one.line.align is None and not one.line.bold for one in (segment, before))
    if not plain or names_type(before.text) or ABOUT.match(before.folded) or upper_share(segment.text) > 0.6:
        return False
    return bool(_SAYS.match(segment.folded)) or (
        segment.text.rstrip().endswith((".", ":")) and len(segment.text.split()) > 3
    )


def names_type(text: str) -> bool:
    kind = TYPE.match(fold(text))
    return bool(kind) and len(text) <= 60 and upper_share(text) > 0.6


def under_the_type(line: Line, before: Line) -> bool:
    """Whether a line is set as "BÁO CÁO" right over it, as the subject is, be it long or a sentence."""
    alike = line.align == "center" or (line.bold and before.bold)
    return alike and len(line.full) <= LONG and names_type(before.full)


def may_be_subject(text: str) -> bool:
    """Whether the line under "BÁO CÁO" is its subject and not the opening of the body, which begins alike."""
    folded = fold(text)
    opening = re.search(
        r"nhu sau|bao cao (?:so|ket qua|cac|mot|ve)|(?:cong van|van ban) (?:so )?\d", folded
    ) or folded.rstrip().endswith(":")
    return (
        bool(re.match(r"^[^\w(]*(?:thuc hien|theo|tiep)\b", folded))
        and not (opening and len(text) > 60)
        and len(text) < 220
    )
