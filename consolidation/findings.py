"""What all units together say: money, difficulties, proposals, cited documents. Filled a unit at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar

from campaigns.model import Campaign
from consolidation.budget import Line, across_units, add_up
from consolidation.collecting import UnitAnswers
from consolidation.documents import CitedDocument, Documents
from consolidation.figures import Figure, judge
from consolidation.folding import Folded, fold
from consolidation.gathering import PlacedFact, figures_of
from consolidation.lexicon import lexicon
from consolidation.statements import Statement, role_of, statements
from consolidation.words import UNKNOWN_UNIT, pages

Key = TypeVar("Key")


class Findings:
    """Call `add` for every unit, then read."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._figures: list[Figure] = []
        self._said: dict[str, list[Statement]] = {"difficulties": [], "proposals": []}
        self._documents = Documents(campaign)
        self._roles: dict[tuple[str | None, str | None], str | None] = {}
        self.numbers: Counter[str] = Counter()

    def add(self, sent: UnitAnswers, facts: Sequence[PlacedFact]) -> None:
        self._figures += judge(figures_of(self.campaign, sent, facts))
        name, unit_id = (sent.unit.name, sent.unit.id) if sent.unit else (UNKNOWN_UNIT, "")
        for fact in facts:
            self.numbers[fact.kind] += 1
            if fact.kind == "document":
                self._documents.add(name, unit_id, pages(fact.provenance), fact)
        for answer in (*sent.appendix, *sent.narrative):
            place = (answer.column, answer.point)
            if place not in self._roles:
                self._roles[place] = role_of(self.campaign, answer)
            role = self._roles[place]
            if role in self._said:
                self._said[role] += statements(answer, role, sent)

    @cached_property
    def figures(self) -> list[Figure]:
        """Every amount of money; a state other than ``counted`` keeps it out of all sums."""
        return across_units(self.campaign, self._figures)

    @cached_property
    def difficulties(self) -> list[Folded]:
        return fold(self._said["difficulties"], self.causes)

    @cached_property
    def proposals(self) -> list[Folded]:
        return fold(self._said["proposals"], self.addressees)

    @cached_property
    def documents(self) -> list[CitedDocument]:
        return self._documents.listed()

    @property
    def causes(self) -> list[str]:
        return [*(cause.title for cause in lexicon().causes), lexicon().other_cause]

    @property
    def addressees(self) -> list[str]:
        return [*(one.title for one in lexicon().addressees), lexicon().unnamed_addressee]

    @cached_property
    def total(self) -> Line:
        return add_up(self.figures)

    @cached_property
    def by_item(self) -> list[tuple[int | None, Line]]:
        """The items of the letter in order, and None for money that no item was named for."""
        parts = self._parted(lambda one: one.item)
        return [(item, add_up(parts[item])) for item in (*(item.id for item in self.campaign.items), None)]

    def by_year(self) -> list[tuple[str | None, Line]]:
        parts = self._parted(lambda one: one.year)
        years = sorted({one.year for one in self.figures if one.state == "counted" and one.year})
        return [(year, add_up(parts[year])) for year in (*years, None)]

    def by_group(self) -> list[tuple[str, Line]]:
        """Groups of the letter, others, and "" for figures of no known unit."""
        parts = self._parted(lambda one: one.unit.group if one.unit else "")
        groups = (*dict.fromkeys((*self.campaign.groups, *filter(None, parts))), "")
        return [(group, add_up(parts[group])) for group in groups]

    def by_unit(self) -> list[tuple[str, str, Line]]:
        """(unit, group, sums) of every unit that states money, in the order of the registry."""
        grouped: dict[tuple[str, str], list[Figure]] = {}
        for one in self.figures:
            key = (one.unit.name, one.unit.group) if one.unit else (f"{UNKNOWN_UNIT}: {one.report.name}", "")
            grouped.setdefault(key, []).append(one)
        return [(name, group, add_up(figures)) for (name, group), figures in grouped.items()]

    def _parted(self, key: Callable[[Figure], Key]) -> defaultdict[Key, list[Figure]]:
        parts: defaultdict[Key, list[Figure]] = defaultdict(list)
        for one in self.figures:
            parts[key(one)].append(one)
        return parts
