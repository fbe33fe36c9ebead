"""What stands around the answers of a report: what leads to them, what closes the letter, what only names a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from extractors.understanding.form import Case, cites_letter
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.headings import Heading
from extractors.understanding.ground.lines import Line, one_line

_CLOSING = re.compile(
    r"^.{0,90}\btran trong\b.{0,40}$|^.{0,120}\bbao cao\b.{0,60}\./\.\s*$|"
    r"^.{2,40}\bkinh (?:chuyen|gui|bao cao|trinh)\b.{0,60}\./?\.?\s*$|^\W*kinh gui\b.{0,80}\./\.\s*$|"
    r"^\W*(?:tren day la\b|tren day, |noi nhan\b|tran trong|kinh trinh|phu luc\b|dinh kem|kem theo)"
)
# thanks, wishes, pledges and excuses to who reads the letter; elsewhere they may be part of an answer
_COURTESY = re.compile(
    r"^.{0,100}\b(?:cam on|tri an|(?:kinh|xin|cau) chuc|loi chuc|cam doan|cam ket|xin hua|hua se|"
    r"chiu (?:hoan toan )?trach nhiem|(?:xin )?ket thuc bao cao|san sang (?:cung cap|giai trinh))\b|"
    r"^.{0,60}\b(?:rat|kinh|rat kinh|tran trong|xin)\s+mong\b.{0,40}\b(?:gop y|y kien|xem xet|quan tam|luu tam|"
    r"luu y|thong cam|luong thu|chi dao|chia se|phoi hop|dong hanh)\b|^\W*rat mong\b"
)
LONGEST = 400  # letters of a formula that closes a letter
CAPTION = 100  # letters of a line that names the table under it
_NUMBERED = re.compile(r"^\W*(?:bang|bieu|phu bieu)\s+(?:so\s+)?(?:\d|[a-h]\b|[ivx]+\b)")
_MEASURE = re.compile(r"^\W*(?:dvt|don vi tinh|don vi)\W")


def closed(
    paragraphs: Sequence[list[Line]], headings: Sequence[Heading | None], signature: Collection[int]
) -> list[bool]:
    """Whether a paragraph ends what was open: a closing formula, and the first one behind the ``signature``."""
    signed = min(signature, default=None)
    found = []
    for paragraph in paragraphs:
        behind = signed is not None and paragraph[0].key > signed
        signed = None if behind else signed
        found.append(behind or bool(len(paragraph[0].full) < LONGEST and _CLOSING.match(fold(paragraph[0].full))))
    last = True
    for at in range(len(paragraphs) - 1, -1, -1):
        if found[at] or paragraphs[at][0].table is not None:
            last = True
            continue
        text = one_line(paragraphs[at])
        above = headings[at - 1] if at else None
        alone = above is not None and above.sure and not above.rest  # all that stands under a heading is its answer
        last = last and headings[at] is None and not alone and len(text) < LONGEST and bool(_COURTESY.match(fold(text)))
        found[at] = last
    return found


def leading(case: Case, texts: Sequence[str], headings: Sequence[Heading | None]) -> list[bool]:
    """Whether a paragraph only leads to the answers: one before the first heading that names the letter."""
    first = next((at for at, heading in enumerate(headings) if heading is not None and heading.sure), 0)
    return [at < first and cites_letter(case.form, text) for at, text in enumerate(texts)]


def answered_tables(case: Case) -> set[int]:
    """The tables that were read: in them places of the appendix are answered, or points."""
    owners, lines = case.ledger.owners, case.flow.lines
    found = {lines[key].table for key, owner in owners.items() if owner in ("appendix", "narrative")}
    return {table for table in found if table is not None}


def table_titles(
    case: Case, paragraphs: Sequence[list[Line]], headings: Sequence[Heading | None], answered: Collection[int]
) -> list[bool]:
    """Whether a paragraph is nothing but the title of a table, one of ``answered``, that stands right below it."""
    found = [False] * len(paragraphs)
    for at in range(len(paragraphs) - 1, -1, -1):
        heading, paragraph = headings[at], paragraphs[at]
        text = paragraph[-1].full.rstrip()
        if paragraph[0].table is not None or _below(case, paragraph[-1]) not in answered:
            continue
        if _NUMBERED.match(paragraph[0].folded) or _MEASURE.match(paragraph[0].folded):
            found[at] = True
        elif heading is not None and heading.sure:
            after = headings[at + 1] if at + 1 < len(headings) else None
            found[at] = at + 1 == len(headings) or found[at + 1] or (after is not None and after.sure)
        else:
            found[at] = len(one_line(paragraph)) <= CAPTION and text[-1:] not in ".;:,"
    return found


def _below(case: Case, line: Line) -> int | None:
    """The table that stands right below ``line``, a line with its measure aside."""
    for below in case.flow.lines[line.key + 1 : line.key + 8]:
        if below.table is not None:
            return below.table
        if not below.blank and not (_MEASURE.match(below.folded) and len(below.full) <= CAPTION):
            return None
    return None
