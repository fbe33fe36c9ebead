"""Who paid, where a column asks it: a cell that holds a name or little more, with no word of giving."""

from __future__ import annotations

import re
from functools import lru_cache

from extractors.report import FundingSource
from extractors.understanding.folding import fold, squeeze
from extractors.understanding.funding import source_of
from extractors.understanding.language import pipeline
from extractors.understanding.vocabulary import AUTHORITIES, AUTHORITIES_CAPITAL, BODIES, PEOPLE, PERSONS

WHO = re.compile(
    r"^\W*(?:tu |thuoc )?nguon\b(?! (?:luc|nhan|hoc|tai nguyen|tu lieu|du lieu))|"
    r"\bai (?:chi|cap|cho|tra|lo|gop|tang|bo)|\b(?:nha|don vi|to chuc|ca nhan|nguoi|ben|noi|co quan)\W+"
    r"(?:(?:da|ca nhan|to chuc|va|,|/)\W*)*(?:tai tro|ung ho|cap|tang|cho|gop|dong gop|chi|tra|ho tro|giup)|"
    r"\btien (?:o dau|tu dau|cua ai|dau ra|lay)|\blay (?:tu|o) (?:dau|nguon)|\btu dau\b|\bnha tai tro|manh thuong quan|"
    r"^\W*(?:don vi|to chuc|ca nhan)\W+(?:(?:va|,|/)\W*)?(?:ca nhan|to chuc)\b"
)
"""Headings of columns that ask who paid."""
HEADING_LENGTH = 60  # letters of such a heading


def asks_who(heading: str) -> bool:
    """Whether a heading asks who paid, and names no source itself."""
    return len(heading) <= HEADING_LENGTH and bool(WHO.search(fold(heading))) and source_of(heading) is None


def _begins(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted((fold(name) for name in names), key=len, reverse=True)
    return re.compile(rf"^\W*(?:cac |mot |\d+ )?(?:{'|'.join(longest_first)})\b")


_AUTHORITY = _begins((*AUTHORITIES, *AUTHORITIES_CAPITAL))
_OTHERS = _begins((*BODIES, *PEOPLE, *PERSONS))


@lru_cache(maxsize=512)
def payer(text: str) -> FundingSource | None:
    """The source of money that a name in a column of payers stands for; None when it is none, or both."""
    text = squeeze(text)
    named = {entity.label_ for entity in pipeline()(text).ents}
    if named & {"BUDGET", "SOCIALISED"}:
        return source_of(text)
    if "GRANT" in named or _AUTHORITY.match(fold(text)):
        return "budget"
    return "socialised" if "BODY" in named or _OTHERS.match(fold(text)) else None
