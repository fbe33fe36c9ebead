"""Sources of money by their bare names: headings, and who paid where a name stands with no word of giving."""

from __future__ import annotations

import re
from functools import lru_cache

from extractors.report import FundingSource
from extractors.understanding.figures.language import pipeline
from extractors.understanding.figures.vocabulary import (
    AUTHORITIES,
    AUTHORITIES_CAPITAL,
    BODIES,
    OFFICES,
    PEOPLE,
    PERSONS,
)
from extractors.understanding.ground.folding import fold, squeeze

SOURCES = frozenset(("BUDGET", "SOCIALISED"))


@lru_cache(maxsize=512)
def source_of(text: str) -> FundingSource | None:
    """The one source of money that a heading names; None when it names none or both."""
    labels = {entity.label_ for entity in pipeline()(squeeze(text)).ents} & {*SOURCES, "GRANT"} if text else set()
    return "budget" if labels == {"GRANT"} else only(labels - {"GRANT"})


@lru_cache(maxsize=512)
def sources_in_order(text: str) -> tuple[FundingSource, ...]:
    """The sources that a heading names, where it names both: ("budget", "socialised") of "Ngân sách/XHH"."""
    found: list[FundingSource] = []
    for entity in pipeline()(squeeze(text)).ents if text else ():
        source = only({entity.label_})
        if source and source not in found:
            found.append(source)
    return tuple(found) if len(found) > 1 else ()


def only(labels: set[str]) -> FundingSource | None:
    """The source that ``labels`` of entities tell, None when they tell none or both."""
    if labels == {"BUDGET"}:
        return "budget"
    if labels == {"SOCIALISED"}:
        return "socialised"
    return None


WHO = re.compile(
    r"^\W*(?:tu |thuoc )?nguon\b(?! (?:luc|nhan|hoc|tai nguyen|tu lieu|du lieu))|"
    r"\bai (?:chi|cap|cho|tra|lo|gop|tang|bo)|\b(?:nha|doi tuong|don vi|to chuc|ca nhan|nguoi|ben|noi|co quan)\W+"
    r"(?:(?:da|ca nhan|to chuc|va|,|/)\W*)*(?:tai tro|ung ho|cap|tang|cho|gop|dong gop|chi|tra|ho tro|giup)|"
    r"\btien (?:o dau|tu dau|cua ai|dau ra|lay)|\blay (?:tu|o) (?:dau|nguon)|\btu dau\b|\bnha tai tro|manh thuong quan|"
    r"^\W*(?:ten )?(?:don vi|to chuc|ca nhan)\W+(?:(?:va|,|/)\W*)?(?:ca nhan|to chuc)\b"
)
"""Headings of columns that ask who paid."""
HEADING_LENGTH = 60  # letters of such a heading


def asks_who(heading: str) -> bool:
    """Whether a heading asks who paid, and names no source itself."""
    return len(heading) <= HEADING_LENGTH and bool(WHO.search(fold(heading))) and source_of(heading) is None


def names_givers(heading: str) -> bool:
    """Whether a heading asks who gave and says with it that they are of one source: "Đơn vị tài trợ"."""
    return len(heading) <= HEADING_LENGTH and bool(WHO.search(fold(heading))) and source_of(heading) is not None


def _begins(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted((name.lower() for name in names), key=len, reverse=True)
    return re.compile(rf"^\W*(?:các |một )?(?:{'|'.join(longest_first)})\b")


_AUTHORITY = _begins((*AUTHORITIES, *AUTHORITIES_CAPITAL))
_OFFICE = re.compile(rf"^\W*Phòng (?:{'|'.join(sorted(OFFICES))})")
_OTHERS = _begins((*BODIES, *PEOPLE, *PERSONS))


@lru_cache(maxsize=512)
def payer(text: str) -> FundingSource | None:
    """The source of money that a name in a column of payers stands for; None when it is none, or both."""
    text = squeeze(text)
    named = {entity.label_ for entity in pipeline()(text).ents}
    if named & {"BUDGET", "SOCIALISED"}:
        return source_of(text)
    if "GRANT" in named or text == "TX" or _AUTHORITY.match(text.lower()) or _OFFICE.match(text):
        return "budget"
    return "socialised" if "BODY" in named or _OTHERS.match(text.lower()) else None


_PLACE = re.compile(r"^\W*(?:quan|huyen|phuong|xa|tinh|thanh pho)\W+(?:\d|[^\W\d_])")
_PART_OF = re.compile(r"^\W*(?:(?:phan|nguon|von|tien|kinh phi|tu|do|cua|ben|phia)\s+)+")


def named_payer(text: str) -> FundingSource | None:
    """`payer` of a name before a sum in running text, where "Quận 5" is the place where it was spent."""
    name = text[len(match[0]) :] if (match := _PART_OF.match(fold(text))) else text
    place = _PLACE.match(fold(name)) and not re.match(r"^\W*(?:quan,? huyen|thanh pho,? quan)\W*$", fold(name))
    return None if place else payer(name)
