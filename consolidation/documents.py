"""The documents that units cite, each once, with who cites it."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from campaigns.model import Campaign
from consolidation.gathering import PlacedFact

KINDS = {
    "QĐ": "Quyết định", "KH": "Kế hoạch", "CV": "Công văn", "TTR": "Tờ trình", "TB": "Thông báo", "BC": "Báo cáo",
    "CT": "Chỉ thị", "NQ": "Nghị quyết", "NĐ": "Nghị định", "TT": "Thông tư", "HD": "Hướng dẫn", "CTR": "Chương trình",
    "ĐA": "Đề án", "QC": "Quy chế", "TTLT": "Thông tư liên tịch", "L": "Luật", "CĐ": "Công điện", "KL": "Kết luận",
}  # fmt: skip
"""Types of documents by the first letters of their symbol (Nghị định 30/2020/NĐ-CP, Phụ lục III)."""


class Citation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    unit: str
    unit_id: str
    file: str
    page: str
    sentence: str


class CitedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """``others``: further dates under the same number, which are then other documents or slips of the pen."""

    number: str
    kind: str
    date: dt.date | None
    cited_by: tuple[Citation, ...]
    asked: bool
    others: tuple[dt.date, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.unit for one in self.cited_by))


class Documents:
    """Gathers citations; `listed` gives the documents by number of units."""

    def __init__(self, campaign: Campaign) -> None:
        self._asked = {_key(number) for number in (*campaign.letter.cites, campaign.letter.number)}
        self._found: dict[str, list[tuple[str, dt.date | None, Citation]]] = defaultdict(list)

    def add(self, unit: str, unit_id: str, page: str, fact: PlacedFact) -> None:
        number = str(fact.value)
        citation = Citation(unit=unit, unit_id=unit_id, file=fact.report.name, page=page, sentence=fact.sentence)
        self._found[_key(number)].append((number, date_after(fact.sentence, number), citation))

    def listed(self) -> list[CitedDocument]:
        documents = [one for key, found in self._found.items() for one in self._documents(key, found)]
        return sorted(documents, key=lambda one: (-len(one.units), one.number))

    def _documents(self, key: str, found: Iterable[tuple[str, dt.date | None, Citation]]) -> Iterable[CitedDocument]:
        by_date: dict[dt.date | None, list[tuple[str, Citation]]] = defaultdict(list)
        for number, date, citation in found:
            by_date[date].append((number, citation))
        dates = sorted(date for date in by_date if date)
        if len(dates) == 1 and None in by_date:  # who leaves the date out means the only one there is
            by_date[dates[0]] += by_date.pop(None)
        for date, cited in by_date.items():
            number = max((name for name, _ in cited), key=[name for name, _ in cited].count)
            yield CitedDocument(
                number=number,
                kind=_kind(number),
                date=date,
                cited_by=tuple(citation for _, citation in cited),
                asked=key in self._asked,
                others=tuple(other for other in dates if other != date),
            )


def _key(number: str) -> str:
    """The number as it is compared: ``03/KH–UBND`` is ``3/KH-UBND``."""
    flat = re.sub(r"\s+", "", number).replace("–", "-").upper()
    return re.sub(r"^0+(?=\d)", "", flat)


def _kind(number: str) -> str:
    symbol = number.partition("/")[2]
    symbol = re.sub(r"^\d{4}/", "", symbol)
    return KINDS.get(symbol.partition("-")[0].upper(), "Công văn" if "-" in symbol or symbol.isupper() else "")


_DATE = re.compile(
    r"(?:ngày\s*)?(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*((?:19|20)\d\d)|ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*((?:19|20)\d\d)",
    re.IGNORECASE,
)


def date_after(sentence: str, number: str) -> dt.date | None:
    """The date that follows a document's number closely, before the next number comes."""
    at = _position(sentence, number)
    if at is None:
        return None
    rest = sentence[at:]
    cut = re.search(r"\d\s*/\s*(?:\d{4}\s*/\s*)?[A-ZĐ]", rest)
    found = _DATE.search(rest[: cut.start() if cut else 60][:60])
    if not found:
        return None
    day, month, year = (int(part) for part in (found[1] or found[4], found[2] or found[5], found[3] or found[6]))
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _position(sentence: str, number: str) -> int | None:
    """Where ``number`` ends in the sentence, whatever its dashes; a short or spaced mention counts by its figures."""
    flat = sentence.replace("–", "-")
    at = flat.find(number)
    if at >= 0:
        return at + len(number)
    figures = number.partition("/")[0]
    at = flat.find(figures)
    while at >= 0:
        end = at + len(figures)
        if not flat[max(0, at - 1) : at].isdigit() and not flat[end : end + 1].isdigit():
            return end
        at = flat.find(figures, end)
    return None
