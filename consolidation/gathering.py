"""The facts that count for a unit: those of the reports in force, as reviewers left the answers they stand in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from campaigns.model import Campaign
from consolidation.collecting import UnitAnswers, unconfirmed
from consolidation.figures import Figure, money, years
from consolidation.statements import column_role, role_of
from extractors.document import Provenance
from extractors.report import FactKind, FundingSource
from storage import Repository
from storage.records import ReportRecord, StoredAnswer, StoredFact


class PlacedFact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact with the place it answers: ``item`` and ``column`` of the appendix, or the narrative ``point``; ``role``
    is what that place asks for. ``confirmed``: it was read from a reviewer's words; ``unsure``: its answer is
    unconfirmed.
    """

    kind: FactKind
    value: int | float | str
    value_to: int | float | None = None
    unit: str | None
    source: FundingSource | None
    item: int | None
    column: str | None
    point: str | None
    role: str | None
    sentence: str
    provenance: tuple[Provenance, ...]
    report: ReportRecord
    confirmed: bool = False
    unsure: bool = False


def facts_of(repository: Repository, campaign: Campaign, sent: UnitAnswers) -> list[PlacedFact]:
    """In the order they were read: the appendix's from the report whose appendix is in force, the others from the one
    whose narrative is."""
    if sent.reports is None:
        return []
    appendix, narrative = sent.reports.appendix, sent.reports.narrative
    others = narrative or appendix or sent.reports.versions[0]
    found: list[PlacedFact] = []
    for report in sent.reports.current:
        parts = [one for one in (*sent.appendix, *sent.narrative) if one.report_id == report.id]
        replaced = _replaced(
            repository, report, [*parts, *(one for one in sent.withdrawn if one.report_id == report.id)]
        )
        by_place = _by_place(parts)
        for fact in repository.facts(report.id):
            if report is (appendix or others) if fact.item is not None else report is others:
                placed = _place(campaign, fact, report, by_place, replaced)
                if placed is not None:
                    found.append(placed)
        confirmed = {now.id for was, now in replaced if (was.text, was.place) == (now.text, now.place)}
        found += _from_corrections(campaign, report, [one for one in parts if one.id not in confirmed], found)
    return found


def figures_of(campaign: Campaign, sent: UnitAnswers, facts: Sequence[PlacedFact]) -> list[Figure]:
    """The amounts of money among ``facts``, with the year of each."""
    near = campaign.letter.date.year
    amounts = [fact for fact in facts if fact.kind == "money"]
    figures: list[Figure] = []
    at = 0
    while at < len(amounts):
        end = at + 1
        while end < len(amounts) and _together(amounts[at], amounts[end]):
            end += 1
        run = amounts[at:end]
        for fact, year in zip(run, years(run[0].sentence, [int(fact.value) for fact in run], near), strict=True):
            figures.append(
                Figure(
                    unit=sent.unit,
                    report=fact.report,
                    value=int(fact.value),
                    upper=None if fact.value_to is None else int(fact.value_to),
                    source=fact.source,
                    item=fact.item,
                    column=fact.column,
                    role=fact.role,
                    year=year,
                    sentence=fact.sentence,
                    provenance=fact.provenance,
                    note=_note(fact),
                    doubtful=fact.unsure or fact.value_to is not None,
                )
            )
        at = end
    return figures


def _together(one: PlacedFact, other: PlacedFact) -> bool:
    return (one.sentence, one.item) == (other.sentence, other.item)


def _note(fact: PlacedFact) -> str:
    notes = []
    if fact.confirmed:
        notes.append("số do người duyệt nhập")
    elif fact.unsure:
        notes.append("câu trả lời chưa được xác nhận")
    if fact.value_to is not None:
        notes.append(f"khoảng đến {money(int(fact.value_to))} đồng, tính theo mức thấp")
    return "; ".join(notes)


# -- where a fact belongs --------------------------------------------------------------------------------------------


def _place(
    campaign: Campaign,
    fact: StoredFact,
    report: ReportRecord,
    by_place: Mapping[tuple[int | None, str | None], Sequence[StoredAnswer]],
    replaced: Sequence[tuple[StoredAnswer, StoredAnswer]],
) -> PlacedFact | None:
    """None when a reviewer took the sentence, or the answer it stood in, out; where an answer was moved, so was it."""
    item, column, point, role = fact.item, fact.column, None, column_role(campaign, fact.column)
    here_now = [one for one in by_place.get((fact.item, fact.column), ()) if fact.point in (None, one.point)]
    answer = _answer_with(fact, here_now)
    if fact.item is None and answer is not None:
        point, role = answer.point, role_of(campaign, answer)
        item = _only_item(campaign, answer.point)
    here = {was.id: was for was, _ in replaced if (was.item, was.column) == (fact.item, fact.column)}
    was = _answer_with(fact, list(here.values()))
    if was is not None:
        keepers = (now for old, now in replaced if old is was and not now.withdrawn and _holds(now.text, fact.sentence))
        answer = next(keepers, None)
        if answer is None:
            return None
        if answer.place != was.place:
            item, column, point = answer.item or _only_item(campaign, answer.point), answer.column, answer.point
            role = role_of(campaign, answer)
    return PlacedFact(
        kind=fact.kind,
        value=fact.value,
        value_to=fact.value_to,
        unit=fact.unit,
        source=fact.funding_source,
        item=item,
        column=column,
        point=point,
        role=role,
        sentence=fact.sentence,
        provenance=fact.provenance,
        report=report,
        unsure=answer is not None and unconfirmed(answer),
    )


def _by_place(parts: Sequence[StoredAnswer]) -> dict[tuple[int | None, str | None], list[StoredAnswer]]:
    """All narrative answers stand under (None, None)."""
    found: dict[tuple[int | None, str | None], list[StoredAnswer]] = defaultdict(list)
    for one in parts:
        found[one.item, one.column].append(one)
    return found


def _only_item(campaign: Campaign, point_id: str | None) -> int | None:
    """The item that a narrative point speaks of, where it is only one."""
    for group in campaign.groups.values():
        for point in group.points:
            if point.id == point_id and len(point.items) == 1:
                return point.items[0]
    return None


def _answer_with(fact: StoredFact, answers: Sequence[StoredAnswer]) -> StoredAnswer | None:
    """The answer that a fact was read in: by its words, else by its place in the file."""
    for answer in answers:
        if _holds(answer.text, fact.sentence):
            return answer
    blocks = {where.block for where in fact.provenance if where.block}
    near = [one for one in answers if blocks & {where.block for where in one.provenance}]
    return near[0] if len(near) == 1 else None


def _holds(text: str, sentence: str) -> bool:
    """Whether ``sentence`` stands in ``text``; a sentence may begin with the heading that the answer is without."""
    flat, wanted = _flat(text), _flat(sentence)
    return wanted in flat or (len(wanted) > 40 and wanted[-len(wanted) // 2 :] in flat)


@lru_cache(maxsize=1024)
def _flat(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


# -- reviewers -------------------------------------------------------------------------------------------------------


def _replaced(
    repository: Repository, report: ReportRecord, parts: Sequence[StoredAnswer]
) -> list[tuple[StoredAnswer, StoredAnswer]]:
    """What the machine had read, beside what stands there now by a reviewer's decision."""
    if not any(one.author == "reviewer" for one in parts):
        return []
    versions = {one.id: one for one in repository.answers(report.id, current=False)}
    pairs = []
    for now in parts:
        was = now
        while was.replaces is not None:
            was = versions[was.replaces]
        if was is not now:
            pairs.append((was, now))
    return pairs


def _from_corrections(
    campaign: Campaign, report: ReportRecord, parts: Sequence[StoredAnswer], known: Sequence[PlacedFact]
) -> Iterator[PlacedFact]:
    """Facts of reviewers' words, which no reading of the file has seen."""
    corrected = [one for one in parts if one.author == "reviewer" and one.status == "answered"]
    fresh = [one for one in corrected if not any(_holds(one.text, fact.sentence) for fact in known)]
    if not fresh:
        return
    from extractors.understanding.figures.facts import Passage, find_facts  # noqa: PLC0415 - loads the language pipeline
    from extractors.understanding.ground.lines import Line  # noqa: PLC0415

    for answer in fresh:
        role = role_of(campaign, answer)
        lines = tuple(
            Line(key=n, text=text, where=Provenance()) for n, text in enumerate(answer.text.split("\n")) if text.strip()
        )
        # The heading of a column that names both sources decides nothing; `head` is for a sub-column of one source.
        passage = Passage(lines=lines, item=answer.item, column=answer.column, head="", money=False)
        for fact in find_facts([passage], campaign.letter.cites):
            yield PlacedFact(
                kind=fact.kind,
                value=fact.value,
                value_to=fact.value_to,
                unit=fact.unit,
                source=fact.funding_source,
                item=answer.item or _only_item(campaign, answer.point),
                column=answer.column,
                point=answer.point,
                role=role,
                sentence=fact.sentence,
                provenance=answer.provenance,
                report=report,
                confirmed=True,
            )
