"""What stands beside the page: the answers by item, the narrative points, the letterhead, and what has no place yet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from campaigns import Campaign
from campaigns.model import Column, Item, Point, Unit
from consolidation.collecting import SURE
from extractors.document import Provenance
from extractors.report import Report
from review.document_words import Labels
from review.marking import Segment, mark, repairs_at
from storage import Repository
from storage.history import Event
from storage.queries import LETTERHEAD_FIELDS
from storage.records import ReportRecord, StoredAnswer, StoredFact, StoredRepair

Level = Literal["person", "sure", "check", "doubt"]
DOUBTFUL = 0.6
THRESHOLDS = (0.95, 0.9, 0.85)

Spot = dict[str, Any]
"""A place in the file as the browser gets it: ``page``, ``box`` in points, ``block``; what is not known is left out."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it is shown. ``certainty``: the least of its own and of its repairs'; ``label``: its place in words.

    ``repairs``: those of its blocks, whether or not their words stand in it.
    """

    answer: StoredAnswer
    label: str
    certainty: float
    level: Level
    segments: list[Segment]
    repairs: list[StoredRepair]
    spots: list[Spot]

    @property
    def open(self) -> bool:
        """Whether a person should look."""
        return self.level in ("check", "doubt")

    @property
    def repaired(self) -> list[Segment]:
        return [one for one in self.segments if one.repair is not None]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One column of an item; ``blank``: the row that says it was left blank, where there is one."""

    column: Column
    cards: list[Card]
    blank: StoredAnswer | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    item: Item
    cells: list[Cell]


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """A narrative point and what was answered to it."""

    point: Point
    cards: list[Card]
    blank: StoredAnswer | None


class Loose(msgspec.Struct, frozen=True, kw_only=True):
    """A text without a place; ``placed``: a reviewer has given it one."""

    index: int
    text: str
    spots: list[Spot]
    placed: bool


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A letterhead field; ``read``: what the machine had read, where a person changed it."""

    name: str
    value: str | None
    read: str | None
    spots: list[Spot]

    @property
    def shown(self) -> str:
        return as_shown(self.name, self.value)

    @property
    def read_shown(self) -> str:
        return as_shown(self.name, self.read)


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows of one report beside its source."""

    record: ReportRecord
    unit: Unit | None
    rows: list[Row]
    points: list[Heading]
    elsewhere: list[Card]
    fields: list[Field]
    loose: list[Loose]
    facts: list[tuple[StoredFact, list[Spot]]]
    repairs: list[tuple[StoredRepair, list[Spot]]]
    withdrawn: list[Card]
    warnings: list[str]
    undoable: Event | None
    acceptable: list[tuple[float, list[int]]]

    def cards(self) -> Iterable[Card]:
        for row in self.rows:
            for cell in row.cells:
                yield from cell.cards
        for heading in self.points:
            yield from heading.cards
        yield from self.elsewhere

    @property
    def counts(self) -> dict[str, int]:
        """Cards by level."""
        levels = [card.level for card in self.cards()]
        return {level: levels.count(level) for level in ("doubt", "check", "sure", "person")}


def panel(repository: Repository, campaign: Campaign, report_id: int) -> Panel:
    """Raises LookupError when there is no such report."""
    record = repository.report(report_id)
    body = repository.report_body(report_id)
    answers = list(repository.answers(report_id, withdrawn=True))
    repairs = list(repository.repairs(report_id))
    labels = Labels(campaign)
    cards = [_card(answer, repairs, labels) for answer in answers]
    unit = campaign.unit(record.unit_id) if record.unit_id else None
    standing = [card for card in cards if not card.answer.withdrawn]
    rows, points, elsewhere = _arranged(campaign, record.unit_group, standing)
    letterhead = repository.letterhead(report_id)
    return Panel(
        record=record,
        unit=unit,
        rows=rows,
        points=points,
        elsewhere=elsewhere,
        fields=_fields(body, letterhead),
        loose=_loose(body, standing),
        facts=[(fact, spots(fact.provenance)) for fact in repository.facts(report_id)],
        repairs=[(repair, spots(repair.provenance)) for repair in repairs],
        withdrawn=[card for card in cards if card.answer.withdrawn],
        warnings=[notice.message for notice in body.warnings] if body else [],
        undoable=repository.undoable(report_id),
        acceptable=acceptable(standing),
    )


def acceptable(cards: Iterable[Card]) -> list[tuple[float, list[int]]]:
    """By threshold, the answers that say something, that nobody has looked at and that are at least so certain."""
    waiting = [card for card in cards if card.level != "person" and card.answer.status != "no_answer"]
    return [(limit, [card.answer.id for card in waiting if card.certainty >= limit]) for limit in THRESHOLDS]


def as_shown(field: str, value: str | None) -> str:
    """A letterhead value as people write it: dates are kept as ISO and shown as day/month/year."""
    if field == "date" and value and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return "/".join(reversed(value.split("-")))
    return value or ""


def spots(provenance: Iterable[Provenance]) -> list[Spot]:
    """Where to look in the file."""
    found: list[Spot] = []
    for where in provenance:
        box = [round(edge, 1) for edge in where.bbox] if where.bbox is not None else None
        spot = {"page": where.page, "box": box, "block": where.block}
        found.append({key: value for key, value in spot.items() if value is not None})
    return [spot for spot in found if "box" in spot or "block" in spot]


def card_of(repository: Repository, campaign: Campaign, answer: StoredAnswer) -> Card:
    return _card(answer, list(repository.repairs(answer.report_id)), Labels(campaign))


def _card(answer: StoredAnswer, repairs: Sequence[StoredRepair], labels: Labels) -> Card:
    here = repairs_at(answer.provenance, repairs)
    segments = mark(answer.text, here, edited=answer.author == "reviewer")
    doubts = [one.repair.confidence for one in segments if one.repair is not None and not one.chosen]
    certainty = min([answer.confidence, *(doubts if answer.author == "machine" else [])])
    return Card(
        answer=answer,
        label=labels.of(answer.place),
        certainty=certainty,
        level=_level(answer, certainty),
        segments=segments,
        repairs=here,
        spots=spots(answer.provenance),
    )


def _level(answer: StoredAnswer, certainty: float) -> Level:
    if answer.author == "reviewer":
        return "person"
    if certainty >= SURE:
        return "sure"
    return "check" if certainty >= DOUBTFUL else "doubt"


def _arranged(
    campaign: Campaign, group_id: str | None, cards: Sequence[Card]
) -> tuple[list[Row], list[Heading], list[Card]]:
    by_place: dict[tuple[int | None, str | None, str | None], list[Card]] = defaultdict(list)
    for card in cards:
        by_place[card.answer.item, card.answer.column, card.answer.point].append(card)

    def split(key: tuple[int | None, str | None, str | None]) -> tuple[list[Card], StoredAnswer | None]:
        """Cards that say something, or that a person left blank, and the machine's note of a blank place."""
        here = by_place.pop(key, [])
        says = [card for card in here if card.answer.status != "no_answer" or card.answer.author == "reviewer"]
        blank = next((card.answer for card in here if card not in says), None)
        return says, blank

    rows = []
    for item in campaign.items:
        cells = []
        for column in campaign.columns:
            says, blank = split((item.id, column.id, None))
            cells.append(Cell(column=column, cards=says, blank=blank))
        rows.append(Row(item=item, cells=cells))
    headings = []
    for name, group in campaign.groups.items():
        for point in group.points:
            says, blank = split((None, None, point.id))
            if says or name == group_id:
                headings.append(Heading(point=point, cards=says, blank=blank))
    return rows, headings, [card for rest in by_place.values() for card in rest]


def _fields(body: Report | None, now: Any) -> list[Field]:
    if body is None:
        return []
    fields = []
    for name in LETTERHEAD_FIELDS:
        read, value = getattr(body.letterhead, name), getattr(now, name)
        where = body.letterhead.provenance.get(name, ())
        fields.append(Field(name=name, value=value, read=read if read != value else None, spots=spots(where)))
    return fields


def _loose(body: Report | None, cards: Sequence[Card]) -> list[Loose]:
    taken: dict[tuple[int | None, str | None], list[str]] = defaultdict(list)
    for card in cards:
        if card.answer.author == "reviewer":
            for where in card.answer.provenance:
                taken[where.page, where.block].append(_flat(card.answer.text))
    found = []
    for index, one in enumerate(body.unmapped if body else ()):
        texts = [text for where in one.provenance for text in taken.get((where.page, where.block), [])]
        placed = any(_flat(one.text) in text for text in texts)
        found.append(Loose(index=index, text=one.text, spots=spots(one.provenance), placed=placed))
    return found


def _flat(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())
