"""A repaired `Document` and a campaign → `Report`: every answer in its place, everything else in ``unmapped``.

The order is fixed: copies are taken out, tables that are the appendix are read, then letterhead and signature, the
unit, the running text under headings, and at last the figures in all of it. Each stage claims the lines it used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

import msgspec

from campaigns.model import Campaign
from extractors.document import Document, Notice
from extractors.report import Answer, PointAnswer, Repair, Report, SourceInfo, UnitMatch
from extractors.understanding.answers import answers, point_answers, unmapped
from extractors.understanding.asides import WARNINGS, claim_furniture, forget_unfilled, without_copies
from extractors.understanding.duplicates import known_letter
from extractors.understanding.figures.facts import find_facts
from extractors.understanding.form import Case, Form, names_letter
from extractors.understanding.ground.lines import Ledger, flatten
from extractors.understanding.narrative.narrative import read_narrative
from extractors.understanding.passages import passages
from extractors.understanding.sender.letterhead import read_letterhead
from extractors.understanding.sender.sender import find_sender
from extractors.understanding.sender.unit_names import Registry
from extractors.understanding.tables.appendix import read_appendix
from extractors.understanding.tables.inline_labels import labels_apart

__all__ = ["account", "prepare", "understand"]


DOUBT = 0.6
"""Of an answer in a document that is not known for a report: headings of many a letter read like the form's."""


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """A report with what it was made of: characters (white space aside) by where they went."""

    report: Report
    characters: dict[str, int]


def understand(document: Document, repairs: tuple[Repair, ...], campaign: Campaign) -> Report:
    """The structured report of a read and repaired ``document``. Pure: reads no file, raises nothing on odd content."""
    return account(document, repairs, campaign).report


def account(document: Document, repairs: tuple[Repair, ...], campaign: Campaign) -> Understood:
    """`understand`, with the account of every character that was read."""
    form, registry = _indexes(campaign)
    case, warnings, letter = without_copies(labels_apart(flatten(document), form), repairs, form)
    codes = {notice.code for notice in warnings}
    case = replace(case, answers_letter=_answers_letter(case, registry, document.source.name, of_letter=bool(letter)))
    appendix = read_appendix(case)
    if "letter_attached" in codes:
        forget_unfilled(case, appendix)
    head = read_letterhead(case, of_letter=bool(letter))
    case.ledger.claim(letter, "letter")
    claim_furniture(case)
    unit = find_sender(case, registry, head, document.source.name)
    if "letter_only" in codes:
        unit = UnitMatch(candidates=unit.candidates)
    body = [
        line
        for line in case.flow.lines
        if not line.blank and case.ledger.free(line) and line.role in ("body", "textbox") and line.key not in head.aside
    ]
    narrative = read_narrative(case, unit.group, body, {item for item, _ in appendix.parts}, head.signed)
    told = answers(case, appendix, narrative)
    points = point_answers(case, narrative, unit.group)
    if not case.answers_letter:
        told, points = tuple(map(_doubted, told)), tuple(map(_doubted, points))
    warnings += _judge(unit, (*told, *points))
    report = Report(
        source=SourceInfo(
            name=document.source.name,
            sha256=document.source.sha256,
            media_type=document.source.media_type,
            pages=document.page_count,
        ),
        letterhead=head.letterhead(),
        unit=unit,
        appendix=told,
        narrative=points,
        facts=tuple(find_facts(passages(case, appendix, narrative), campaign.letter.cites)),
        unmapped=unmapped(case),
        repairs=repairs,
        warnings=(*document.notices, *warnings),
    )
    return Understood(report=report, characters=case.ledger.characters(case.flow))


def _answers_letter(case: Case, registry: Registry, name: str, *, of_letter: bool) -> bool:
    """Whether the document names the letter, or a unit that was asked sends it; looked at without claiming a line."""
    if names_letter(case, name):
        return True
    trial = replace(case, ledger=Ledger(dict(case.ledger.owners)))
    return find_sender(trial, registry, read_letterhead(trial, of_letter=of_letter), name).id is not None


AnswerOfAnyKind = TypeVar("AnswerOfAnyKind", Answer, PointAnswer)


def _doubted(answer: AnswerOfAnyKind) -> AnswerOfAnyKind:
    return msgspec.structs.replace(answer, confidence=round(DOUBT * answer.confidence, 3))


_KEPT = 4
_CACHE: list[tuple[Campaign, Form, Registry]] = []


def prepare(campaign: Campaign) -> None:
    """Build what understanding keeps of a campaign, so that the first report need not wait for it."""
    form, registry = _indexes(campaign)
    _ = form.items, form.columns, form.points, form.item_titles, form.hints, form.topics, form.heads, known_letter(form)
    _ = registry.names, registry.by_word, registry.groups_of_kinds


def _indexes(campaign: Campaign) -> tuple[Form, Registry]:
    """Indexes over a campaign, kept for the last few; a campaign that was read again is the same one."""
    for held, form, registry in _CACHE:
        if held is campaign or held == campaign:
            return form, registry
    _CACHE.append((campaign, Form(campaign), Registry(campaign.units)))
    del _CACHE[:-_KEPT]
    return _CACHE[-1][1:]


def _judge(unit: UnitMatch, told: Iterable[Answer | PointAnswer]) -> list[Notice]:
    """Warnings about the report as a whole."""
    found = []
    if unit.id is None:
        found.append(Notice("unit_unknown", WARNINGS["unit_unknown"]))
    if not any(answer.status != "no_answer" for answer in told):
        found.append(Notice("no_answers", WARNINGS["no_answers"]))
    return found
