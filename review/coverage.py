"""Which places of the appendix each unit has answered, read from the database in few queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from campaigns.model import Unit
from consolidation.collecting import SURE, UnitAnswers, of_unit, stranger
from consolidation.coverage import states_of
from consolidation.words import CellState
from review.place import Place
from storage.cells import CellAnswer, cells, item_answers
from storage.records import StoredAnswer, UnitReports

ANSWERED: tuple[CellState, ...] = ("answered", "by_reference", "not_yet", "none")
"""States in which a unit has said something, were it “none”."""

Cell = tuple[int, str]


class UnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """One unit: the state of each of its places; ``doubtful``: places where a machine's answer is not sure."""

    unit: Unit
    reports: UnitReports | None
    states: dict[Cell, CellState]
    doubtful: frozenset[Cell]


class ItemRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit answers to one item, by column; ``states`` as in `UnitRow`."""

    unit: Unit
    reports: UnitReports | None
    states: dict[Cell, CellState]
    answers: dict[str, list[StoredAnswer]]


def units(place: Place, group: str = "") -> list[tuple[Unit, UnitReports | None]]:
    """Units that must answer or have answered, in the order of the registry, those it does not know at the end."""
    sent = place.repository.unit_reports(place.campaign.id)
    registered = {unit.id for unit in place.campaign.units}
    strangers = [stranger(reports) for unit_id, reports in sent.items() if unit_id not in registered]
    return [
        (unit, sent.get(unit.id))
        for unit in (*place.campaign.units, *strangers)
        if (unit.expected or unit.id in sent) and group in ("", unit.group)
    ]


def matrix(place: Place, chosen: Sequence[tuple[Unit, UnitReports | None]]) -> list[UnitRow]:
    """The places of the ``chosen`` units."""
    by_report: dict[int, list[CellAnswer]] = defaultdict(list)
    for answer in cells(place.engine, _in_force(chosen)):
        by_report[answer.report_id].append(answer)
    rows = []
    for unit, reports in chosen:
        here = by_report[reports.appendix.id] if reports and reports.appendix else []
        doubtful = {(one.item, one.column) for one in here if one.author == "machine" and one.confidence < SURE}
        states = states_of(place.campaign, reports, here)
        rows.append(UnitRow(unit=unit, reports=reports, states=states, doubtful=frozenset(doubtful)))
    return rows


def totals(rows: Sequence[UnitRow]) -> dict[Cell, Counter[CellState]]:
    """At each place, how many units are in each state."""
    found: dict[Cell, Counter[CellState]] = defaultdict(Counter)
    for row in rows:
        for cell, state in row.states.items():
            found[cell][state] += 1
    return found


def of_item(place: Place, chosen: Sequence[tuple[Unit, UnitReports | None]], item: int) -> list[ItemRow]:
    """One item of the ``chosen`` units."""
    by_report: dict[int, list[StoredAnswer]] = defaultdict(list)
    for answer in item_answers(place.engine, _in_force(chosen), item):
        by_report[answer.report_id].append(answer)
    rows = []
    for unit, reports in chosen:
        here = by_report[reports.appendix.id] if reports and reports.appendix else []
        columns: dict[str, list[StoredAnswer]] = defaultdict(list)
        for answer in here:
            columns[answer.column or ""].append(answer)
        states = states_of(place.campaign, reports, here)
        rows.append(ItemRow(unit=unit, reports=reports, states=states, answers=dict(columns)))
    return rows


def of_one(place: Place, unit_id: str) -> UnitAnswers:
    """All that counts of one unit. Raises LookupError for a unit that neither must answer nor has."""
    if (sent := of_unit(place.repository, place.campaign, unit_id)) is not None:
        return sent
    unit = place.campaign.unit(unit_id)
    if unit is None or not unit.expected:
        raise LookupError(unit_id)
    return UnitAnswers(unit=unit, reports=None)


def _in_force(chosen: Sequence[tuple[Unit, UnitReports | None]]) -> list[int]:
    return [reports.appendix.id for _, reports in chosen if reports is not None and reports.appendix is not None]
