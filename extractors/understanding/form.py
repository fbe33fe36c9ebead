"""What a campaign asks for, indexed once: titles to match against and the form's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from campaigns.model import Campaign
from extractors.understanding.figures.payers import source_of
from extractors.understanding.ground.folding import fold, squeeze
from extractors.understanding.ground.lines import Flow, Ledger
from extractors.understanding.ground.matching import Titles
from extractors.understanding.ground.topics import Topics

ITEM_NUMBER = re.compile(
    r"^[\s(]*(?:(?:noi dung|muc|nhiem vu|tieu chi|hang muc|dau viec|phan viec|phu luc|pl)\s*(?:so\s*)?)?"
    r"(?P<number>\d{1,2}|[ivx]{1,5})\s*(?:[.:/)\-]|$|\s)"
)
_COUNTED = re.compile(r"^[^:\d]{2,16}?(?:\d{1,2}|\b[IVX]{1,4})\s*[:.]\s*(?=\S)")
_RANGE = re.compile(r"\b(?P<first>\d{1,2})\b(?:\s*(?:-|–|den|toi)\s*(?P<last>\d{1,2})\b)?")
_EXCEPT = re.compile(r"\b(?:tru|ngoai tru|khong gom)\b")
_UNIT_WORDS = re.compile(
    r"\((?:[^()]*(?:dong|tr\W{0,2}d\b|\btr\b|ty\b|vnd|dvt)[^()]*)\)|\b(?:dvt|don vi tinh|don vi)\s*:\s*[^,;)]*"
)
TOLD = 0.45  # probability from which the classifier may name the column of a heading
TELLING = 4  # digits of a letter's number that nothing else in a file's name is likely to have
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, eq=False)
class Form:
    """Indexes over one campaign's titles. ``hints``: the words printed in the form, which never answer."""

    campaign: Campaign

    @cached_property
    def items(self) -> Titles[int]:
        return Titles({item.id: (item.title, *item.aliases) for item in self.campaign.items})

    @cached_property
    def columns(self) -> Titles[str]:
        return Titles({column.id: (column.title, *column.aliases) for column in self.campaign.columns})

    @cached_property
    def column_ids(self) -> frozenset[str]:
        return frozenset(column.id for column in self.campaign.columns)

    @cached_property
    def money_columns(self) -> frozenset[str]:
        """Columns whose title speaks of sources of money."""
        found = set()
        for column in self.campaign.columns:
            text = " ".join((column.title, *column.aliases))
            if re.search(r"\b(?:ngan sach|xa hoi hoa|xhh|kinh phi|nguon von)\b", fold(column.title)) or (
                source_of(text) and "kinh phi" in fold(text)
            ):
                found.add(column.id)
        return frozenset(found)

    @cached_property
    def directive_columns(self) -> frozenset[str]:
        """Columns that ask for documents."""
        return frozenset(column.id for column in self.campaign.columns if column.role == "directives")

    @cached_property
    def plain_columns(self) -> frozenset[str]:
        """Columns of no role, that may tell who did a thing among others."""
        return frozenset(column.id for column in self.campaign.columns if not column.role)

    @cached_property
    def result_columns(self) -> frozenset[str]:
        """Columns that ask what was done."""
        return frozenset(column.id for column in self.campaign.columns if column.role == "results")

    @cached_property
    def item_titles(self) -> Titles[int]:
        """Titles of items alone, whole."""
        return Titles({item.id: (item.title,) for item in self.campaign.items}, parts=False)

    @cached_property
    def points(self) -> dict[str | None, tuple[Titles[str], Titles[str]]]:
        """Group → (its own points, the points of all others); under None: no own points."""
        groups = self.campaign.groups

        def titles(names: set[str]) -> Titles[str]:
            return Titles(
                {
                    point.id: (point.title, *point.aliases)
                    for name in groups
                    if name in names
                    for point in groups[name].points
                }
            )

        return {name: (titles({name} if name else set()), titles(set(groups) - {name})) for name in (None, *groups)}

    @cached_property
    def topics(self) -> Topics:
        """What text speaks of where it names no title."""
        return Topics(self.campaign.topics)

    @cached_property
    def heads(self) -> Topics:
        """What heads of columns and rows of tables ask where they name no title."""
        return Topics(self.campaign.heads)

    @cached_property
    def cells(self) -> Topics:
        """Which column the cells of a table answer, by what stands in them."""
        return Topics(self.campaign.cells or self.campaign.topics)

    @cached_property
    def rows(self) -> Topics:
        """Which item the cells of a table answer, by what stands in them."""
        return Topics(self.campaign.rows or self.campaign.topics)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.campaign.columns:
            found += [column.title, *column.aliases]
            for clause in re.split(r"[:;.\n]", column.title):
                found += [clause, *re.split(r"/", clause)]
        return tuple(dict.fromkeys(squeeze(hint) for hint in found if hint.strip()))

    def column_scores(self, text: str) -> dict[str, float]:
        """Scores of a column heading, its unit of money left aside."""
        return self.columns.scores(without_unit(text)) if text.strip() else {}

    def column_told(self, text: str) -> tuple[str, float] | None:
        """The column that a heading in other words asks, as the classifier tells it, with a score like a title's."""
        told = self.heads.of(without_unit(text))
        best = max(told, key=lambda label: told[label], default="")
        if best not in self.column_ids or told[best] < TOLD:
            return None
        return best, 0.35 + 0.4 * told[best]

    def item_scores(self, text: str) -> dict[int, float]:
        """Scores of an item title, its number left aside."""
        return self.items.scores(bare_title(text)) if text.strip() else {}


def without_unit(text: str) -> str:
    """``text`` without "(triệu đồng)", "ĐVT: ..."."""
    folded = fold(text)
    kept, at = [], 0
    for match in _UNIT_WORDS.finditer(folded):
        kept.append(text[at : match.start()])
        at = match.end()
    return squeeze("".join(kept) + text[at:])


def leading_number(text: str) -> int | None:
    """The number that opens an item's title or stands in its number cell: ``5``, ``05.``, ``V.``, ``Nội dung 5:``."""
    match = ITEM_NUMBER.match(fold(text))
    return arabic(match["number"]) if match else None


def without_number(text: str) -> str:
    """``text`` without the list number before it."""
    match = ITEM_NUMBER.match(fold(text))
    rest = text[match.end() :] if match else text
    return rest if rest.strip() else text


def bare_title(text: str) -> str:
    """``text`` without what counts it: "3.", "Nội dung 3:", "Biểu 3:", "Thẻ II."."""
    return _COUNTED.sub("", without_number(text))


def counted_items(text: str) -> tuple[int, ...]:
    """Numbers that one number cell holds: "1, 2", "3 và 11", "10-12", "4 đến 7 (trừ 5)"."""
    folded = fold(text)
    but = _EXCEPT.search(folded)
    found = _numbers(folded[: but.start()] if but else folded)
    left_out = set(_numbers(folded[but.start() :])) if but else set()
    return tuple(number for number in found if number not in left_out)


def _numbers(folded: str) -> list[int]:
    found: list[int] = []
    for match in _RANGE.finditer(folded):
        first = int(match["first"])
        found += range(first, int(match["last"] or first) + 1)
    return list(dict.fromkeys(found))


def arabic(number: str) -> int | None:
    """A number written in digits or Roman numerals; None when it is neither."""
    if number.isdigit():
        return int(number)
    total = 0
    values = [_ROMAN.get(char, 0) for char in number.lower()]
    if not values or 0 in values:
        return None
    for at, value in enumerate(values):
        total += -value if at + 1 < len(values) and values[at + 1] > value else value
    return total


@dataclass(frozen=True, slots=True)
class Case:
    """One document being understood: its lines, who has claimed them, and the form they answer."""

    flow: Flow
    ledger: Ledger
    form: Form

    answers_letter: bool = False
    """Whether it is known for a report: then what it asks in other words is taken for what the form asks."""


def names_letter(case: Case, name: str) -> bool:
    """Whether the number of the campaign's letter stands anywhere in the document, or alone in its file's ``name``."""
    number = case.form.campaign.letter.number.partition("/")[0]
    if len(number) >= TELLING and re.search(rf"(?<!\d){re.escape(number)}(?![\d-])", name):
        return True
    return any(cites_letter(case.form, line.full) for line in case.flow.lines)


def cites_letter(form: Form, text: str) -> bool:
    """Whether ``text`` names the campaign's letter by its number, with its mark behind or, if long, a word before."""
    number = form.campaign.letter.number.partition("/")[0]
    if number not in text:
        return False
    cited = rf"\b{re.escape(number)}\s*[/\-]\s*[a-z]"
    if len(number) >= TELLING:
        cited += rf"|\b(?:cong van|van ban|cv)\s+(?:so\s+)?{re.escape(number)}\b"
    return bool(re.search(cited, fold(text)))
