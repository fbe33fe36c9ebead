"""Headings of running text: list labels, their depth, and the tree they build over the lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.understanding.ground.folding import CAPITAL_LETTERS, fold, upper_share
from extractors.understanding.ground.lines import Line

# depth by kind of label; unlabelled headings stand between Roman and Arabic numbers
PART, LETTER, ROMAN, CAPITALS, ARABIC, BOLD, SECOND, THIRD, SMALL, DASH = range(10)

UNDER = 400
UNMARKED = 80  # letters at most of a heading that nothing marks
_MEASURE = re.compile(r"\W*(?:dvt|don vi tinh)\b")
RUN_IN, RUN_IN_COUNTED = 4, 12  # words at most of a title that runs into its text; of one that is counted in words

_ASKED = r"(?:Nội dung|NỘI DUNG|Nhiệm vụ|NHIỆM VỤ)\s+(?:số\s+)?"
_LABELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (
        PART,
        re.compile(
            r"^\s*(?:PHẦN|Phần)\s+(?:THỨ\s+|thứ\s+)?"
            r"(?:[IVX]+|\d+|[A-H]|(?i:một|hai|ba|bốn|tư|năm|sáu|bảy|nhất|nhì))\b\s*[.:\-–]?\s*"
        ),
    ),
    (
        ROMAN,
        re.compile(
            r"^\s*(?:Mục\s+|MỤC\s+)?(?=[IVX])(?:X{0,2}(?:IX|IV|V?I{0,3}))\s*"
            rf"(?:[.\-–/):](?!\d)|(?=\s[{CAPITAL_LETTERS}]{{2}}))\s*"
        ),
    ),
    # "III." and "VIII." as OCR reads them
    (ROMAN, re.compile(rf"^\s*(?=\d*[IVXHl|!])[IVXHl1|!]{{2,5}}\s*[.)]\s*(?=[{CAPITAL_LETTERS}]{{2}})")),
    (LETTER, re.compile(r"^\s*[A-HĐ]\s*[.)/:\-–](?!\d)\s*(?=\S)")),
    (THIRD, re.compile(r"^\s*\d{1,2}\.\d{1,2}\.\d{1,2}\s*[.)]?\s+")),
    (
        SECOND,
        re.compile(
            r"^\s*[A-HĐ]\.\d{1,2}\s*[.):]?\s+|^\s*(?:[IVX]{1,4}\.)?\d{1,2}\.\d{1,2}\s*[.):]?\s+|^\s*[IVX]{1,4}\.\d{1,2}\s*[.):]?\s*"
        ),
    ),
    (
        ARABIC,
        re.compile(
            rf"^\s*(?:{_ASKED}|(?:Mục|MỤC|Câu)\s+(?:số\s+)?)?\d{{1,2}}\s*[.)/:\-–](?!\d)\s*|"
            rf"^\s*{_ASKED}\d{{1,2}}\b\s*|"
            r"^\s*(?i:(?:điều|việc|ý|điểm|câu|vấn đề)\s+(?:hỏi\s+)?)?(?:Thứ|THỨ|thứ)\s+"
            r"(?i:nhất|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)\s*[,:.\-–]\s*(?:(?i:là|về)\s+)?|"
            rf"^\s*(?:Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Tám|Chín|Mười)\s*[.:)]\s+(?=[{CAPITAL_LETTERS}])"
        ),
    ),
    (SMALL, re.compile(r"^\s*[a-hđ]\s*[.)/]\s*(?=\S)")),
    (DASH, re.compile(r"^\s*[-–—•●▪■*]\s*(?=\S)")),
    (DASH, re.compile(r"^\s*[+○o]\s+(?=\S)|^\s*\+\s*(?=\S)")),
)
_SPELLED_OUT = re.compile(r"^\W*(?:dieu|viec|y|diem|cau|van de)?\s*(?:hoi\s+)?thu [a-z]")
_NUMBER = re.compile(r"\D{0,12}(\d{1,2})\b")
_SENTENCE = re.compile(r"[.;!?]\s+\S")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line read as a possible heading.

    ``depth``: smaller is higher. ``title``: its words without label and without the text that follows a colon,
    ``rest``: that text. ``sure``: looks like a heading whatever it says. ``under``: how the text under it begins.
    """

    line: Line
    depth: int
    label: str
    title: str
    rest: str
    sure: bool
    under: str = ""


def heading_of(lines: Sequence[Line]) -> Heading | None:
    """The heading that a paragraph (``lines``) is or opens with; None for plain text."""
    line = lines[0]
    text = " ".join(part.full.strip() for part in lines).strip()
    if not text or (line.table is not None and len(text) > 200):
        return None
    depth, label, words = split_label(text)
    title, rest = _colon(words)
    run_in = _run_in(words, RUN_IN_COUNTED if spelled_out(label) else RUN_IN)
    if depth is not None and not rest:
        title, rest = run_in
    short = len(words) <= 180 and len(lines) <= 4
    if depth is None:
        drawn = _drawn_depth(line, words, rest) if short else None
        return _inline(line, title, rest) if drawn is None else Heading(line, drawn, "", title, rest, True)
    if not short and not rest:
        return None
    names = len(title.split()) <= 16 and not title.rstrip().endswith((".", ";", ",")) and not rest
    sure = (
        depth <= ROMAN
        or _capitals(words)
        or styled(line)
        or (line.bold and len(words) <= 180)
        or (depth <= SMALL and (names or text.endswith(":") or run_in[1] != ""))
    )
    return Heading(line, depth, label, title, rest, sure)


def with_unmarked(headings: Sequence[Heading | None], paragraphs: Sequence[Sequence[Line]]) -> list[Heading | None]:
    """``headings`` (one a paragraph) with those that nothing marks: a short line without a full stop above longer text.

    They are not sure.
    """
    found = list(headings)
    for at, (lines, after) in enumerate(pairwise(paragraphs)):
        text, below = (" ".join(line.full.strip() for line in one).strip() for one in (lines, after))
        short = (
            len(text) <= UNMARKED
            and len(text.split()) >= 2
            and text[:1].isupper()
            and text[-1:].isalnum()
            and not below[:1].islower()
            and not _MEASURE.match(fold(text))
        )
        says = len(below) > 1.5 * len(text) or headings[at + 1] is not None or below.endswith((".", ";"))
        if headings[at] is None and short and says and lines[0].table is None:
            found[at] = Heading(lines[0], BOLD, "", text, "", False)
    return found


def nested(headings: Sequence[Heading | None]) -> list[Heading | None]:
    """``headings`` with list marks under one another told by their order: "-" then "+", or "*" then "-".

    A mark that was not open yet is one deeper than the last. A bullet that ends with a colon and has marks of another
    kind under it is a heading like any other.
    """
    marks: list[str] = []
    found: list[Heading | None] = []
    for at, heading in enumerate(headings):
        if heading is None or heading.depth < DASH:
            marks = marks if heading is None else []
            found.append(heading)
            continue
        mark = heading.label[:1]
        if mark in marks:
            del marks[marks.index(mark) + 1 :]
        elif mark:
            marks.append(mark)
        after = headings[at + 1] if at + 1 < len(headings) else None
        leads = (
            bool(mark)
            and not heading.rest
            and heading.line.full.rstrip().endswith(":")
            and after is not None
            and after.depth >= DASH
            and after.label[:1] not in marks
        )
        depth = DASH + len(marks) - 1 if mark else DASH
        found.append(replace(heading, depth=depth, sure=heading.sure or leads))
    return found


def renumbered(headings: Sequence[Heading | None]) -> list[Heading | None]:
    """``headings`` with Arabic numbers that begin no list of their own raised to the rank of the heading above them.

    "I., II., 3., 4." is one list; a list under a heading begins with 1 or goes on from the list before.
    """
    found: list[Heading | None] = []
    over, last, raised = None, 0, False
    for heading in headings:
        number = _NUMBER.match(heading.label) if heading is not None and heading.depth == ARABIC else None
        if heading is not None and heading.sure and heading.depth < ARABIC:
            over, raised = heading.depth, False
        if number is not None and heading is not None and heading.sure:
            value = int(number[1])
            raised = over is not None and (raised or value not in (1, last + 1)) and value != 1
            last = value
            found.append(replace(heading, depth=over) if raised and over is not None else heading)
            continue
        found.append(heading)
    return found


def with_text_under(headings: Sequence[Heading | None], texts: Sequence[str]) -> list[Heading | None]:
    """``headings`` (one a paragraph) with what stands under each, up to its equal: the first `UNDER` letters."""
    found: list[Heading | None] = []
    for at, heading in enumerate(headings):
        if heading is None or not heading.sure:
            found.append(heading)
            continue
        under = [heading.rest] if heading.rest else []
        for after, text in zip(headings[at + 1 :], texts[at + 1 :], strict=True):
            if (after is not None and after.sure and after.depth <= heading.depth) or sum(map(len, under)) > UNDER:
                break
            under.append(text)
        found.append(replace(heading, under=" ".join(under)[:UNDER]))
    return found


def _drawn_depth(line: Line, words: str, rest: str) -> int | None:
    """The depth of a heading that only its looks give away; None when it looks like text."""
    if styled(line):
        return min(ROMAN + (line.level or 0), SMALL)
    if _capitals(words) and not _SENTENCE.search(words):
        return CAPITALS
    return BOLD if line.bold and len(words) <= 140 and not rest else None


def _capitals(words: str) -> bool:
    return upper_share(words) > 0.85 and len(words) > 5


def styled(line: Line) -> bool:
    """Whether a line has a heading's style."""
    return bool(line.style and fold(line.style).startswith(("heading", "title", "tieu de", "de muc")))


def split_label(text: str) -> tuple[int | None, str, str]:
    """(depth, label, words) of a text with a list label; depth is None without one."""
    for depth, pattern in _LABELS:
        match = pattern.match(text)
        if match and match.end() > 0 and match.group().strip():
            return depth, match.group().strip(), text[match.end() :].strip()
    return None, "", text


def _colon(words: str) -> tuple[str, str]:
    """Words before and after what parts a label from what is said: the first colon, or a full stop after capitals."""
    stop = words.find(". ")
    if 0 < stop <= 80 and _capitals(words[:stop]) and not _capitals(words[stop:]):
        return words[:stop].strip(), words[stop + 1 :].strip()
    at = words.find(":")
    if 0 < at <= 200 and not words[at + 1 : at + 3].startswith("//") and not re.search(r"\d$", words[:at]):
        return words[:at].strip(), words[at + 1 :].strip()
    return words, ""


def spelled_out(label: str) -> bool:
    """Whether a list label counts in words: "Thứ nhất, về ..."."""
    return bool(_SPELLED_OUT.search(fold(label)))


def _run_in(words: str, most: int) -> tuple[str, str]:
    """A title of ``most`` words that only a full stop parts from what is said: "1. Vướng mắc. Máy chiếu hỏng ..."."""
    title, stop, rest = words.partition(". ")
    few = 1 < len(title.split()) <= most and not any(char.isdigit() for char in title)
    return (title, rest.strip()) if stop and few and len(rest.split()) >= RUN_IN and rest[:1].isupper() else (words, "")


def _inline(line: Line, title: str, rest: str) -> Heading | None:
    """ "Thuận lợi: ..." in running text."""
    if title and len(title) <= 90 and not _MEASURE.match(fold(title)) and (rest or line.full.rstrip().endswith(":")):
        return Heading(line, DASH, "", title, rest, False)
    return None
