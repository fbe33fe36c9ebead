"""What the cells of a column hold, where that needs no understanding: marks, dates, bare figures, sums, documents.

A heading may be misread; a column of crosses is no list of difficulties whatever stands over it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from extractors.understanding.form import Form
from extractors.understanding.ground.folding import CAPITAL_LETTERS, fold, squeeze

CELLS = 40  # of a column that are looked at
NEARLY_ALL = 0.8  # share of the filled cells that must be alike


class Kind(Enum):
    """What nearly all filled cells of a column are."""

    MARKS = "marks"
    DATES = "dates"
    FIGURES = "figures"
    SUMS = "sums"
    DOCUMENTS = "documents"
    PEOPLE = "people"
    PLACES = "places"


_MARK = re.compile(r"^\W*(?:x|v|[✓✔☑☒✗✘√])\W*$|^[✓✔☑☒✗✘√+]+$")
_DATE = re.compile(
    r"^(?:(?:da )?xong |den |tu |het |truoc |trong |thang |nam |quy |hoc ky |hk ?|ngay |dau |cuoi |giua |nam hoc |"
    r"giai doan )*"
    r"(?:(?:\d{1,2}\s*[/.\-]\s*){0,2}(?:19|20)\d\d(?:\s*-\s*(?:19|20)\d\d)?|\d{1,2}\s*/\s*\d{1,2}|"
    r"(?:thang|quy|hoc ky|hk|tuan) ?(?:\d{1,2}|[ivx]{1,4})(?:\s*(?:/|nam)?\s*(?:19|20)\d\d)?)\.?$"
)
_FIGURE = re.compile(r"^[~≈><≥≤]?\s*\d[\d.,]*\s*(?:%|diem)?(?:\s*/\s*\d[\d.,]*)?$")
_SUM = re.compile(r"\d[\d.,]*\s*(?:ty|trieu|tr|nghin|ngan|d|dong|vnd)\b|^\W*\d{1,3}(?:[.,]\d{3})+\W*$")
_CITED = re.compile(r"\b(?:kh|qd|cv|nq|ct|hd|ke hoach|quyet dinh|cong van)\b[^.]{0,12}\d|\b\d+\s*/\s*[a-z]{2}")
_PERSON = re.compile(
    rf"^(?:Ông|Bà|Anh|Chị|Cô|Thầy|Em|Đ/c|Đồng chí|ThS|GV|[ACTÔB])\.?\s+[{CAPITAL_LETTERS}][^\d,;:.]{{1,30}}$"
)  # as it is written: "Cô Lan" is no "Có làm"
_POST = re.compile(
    r"^(?:ban giam hieu|bgh|(?:pho )?hieu truong|ke toan|thu thu|van thu|gvcn|to truong|truong phong|cong doan|"
    r"doan (?:truong|phuong|xa|thanh nien)|chi doan)$"
)
_TEAM = re.compile(rf"^(?:Tổ|Phòng|Ban|Đội|Khối|Đoàn) [{CAPITAL_LETTERS}]\S*(?: \S+){{0,3}}$")
"""Who does it, as it is written: "Tổ Thiết bị" is a team, "Phòng rộng" and "Bản quyền đắt" are none."""
_PLACE = re.compile(
    r"^(?:cac )?(?:phuong|xa|thi tran|quan|huyen|tp|thanh pho|truong|thcs|thpt|th|thtcd|tieu hoc|mam non|mn|khoi|lop|"
    r"ap|khu pho|cum|gdtx|gdnn) (?!so\b|thong minh)\S"
)
_SAYS = re.compile(r"\w|[✓✔☑☒✗✘√+]")
# looked for in this order: 500.000 is a sum before it is a figure
_KINDS = (
    (Kind.MARKS, _MARK.search),
    (Kind.DATES, _DATE.search),
    (Kind.SUMS, _SUM.search),
    (Kind.DOCUMENTS, _CITED.search),
    (Kind.FIGURES, _FIGURE.search),
    (Kind.PEOPLE, _POST.search),
    (Kind.PLACES, _PLACE.search),
)


def shares(cells: Sequence[str]) -> dict[Kind, float]:
    """Kind → share of the filled ``cells`` that are of it; one that says nothing ("-", "Không") is not asked."""
    told = [kinds for cell in cells[:CELLS] if (kinds := _kinds(cell)) is not None]
    found = Counter(kind for kinds in told for kind in kinds)
    return {kind: found[kind] / len(told) for kind, _ in _KINDS} if told else {}


@lru_cache(maxsize=4096)
def _kinds(cell: str) -> tuple[Kind, ...] | None:
    """The kinds that one cell is of; None where it says nothing. Asked again for every way to read a table."""
    text = squeeze(fold(cell))
    if not _SAYS.search(text) or text.startswith(("khong", "chua")):
        return None
    kinds = [kind for kind, is_so in _KINDS if is_so(text)]
    people = any(pattern.match(squeeze(cell)) for pattern in (_PERSON, _TEAM))
    return (*kinds, Kind.PEOPLE) if people else tuple(kinds)


def kind_of(cells: Sequence[str]) -> Kind | None:
    """What nearly all filled cells are; None where they differ or are text."""
    found = shares(cells)
    return next((kind for kind, _ in _KINDS if found.get(kind, 0.0) >= NEARLY_ALL), None)


def may_hold(form: Form, column: str, kind: Kind | None) -> bool:
    """Whether the answers of a campaign's ``column`` can all be of one ``kind``."""
    if kind in (Kind.MARKS, Kind.DATES):
        return False
    if kind is Kind.PEOPLE:
        return column in form.plain_columns
    if kind in (Kind.FIGURES, Kind.SUMS):
        return column in form.money_columns or column in form.result_columns
    return True


def bears_out(form: Form, column: str, kind: Kind | None) -> bool:
    """Whether such cells are what ``column`` asks for."""
    return (kind is Kind.SUMS and column in form.money_columns) or (
        kind is Kind.DOCUMENTS and column in form.directive_columns
    )
