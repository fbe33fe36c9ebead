"""From placed lines to the report's answers, points and unmapped text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from campaigns.model import Role
from extractors.report import Answer, PointAnswer, Status, Unmapped
from extractors.understanding.figures.payers import source_of
from extractors.understanding.form import Case, Form
from extractors.understanding.ground.folding import squeeze
from extractors.understanding.ground.lines import Flow, Line, joined, paragraphs_of, places
from extractors.understanding.narrative.stretches import Narrative
from extractors.understanding.references import with_targets
from extractors.understanding.status import status_of
from extractors.understanding.tables.answer_places import Part, Places, lines_of, part_text

_STRONGEST: tuple[Status, ...] = ("answered", "by_reference", "not_yet", "none")


def answers(case: Case, appendix: Places, narrative: Narrative) -> tuple[Answer, ...]:
    """Answers in the order of items and columns, from tables and from text under item titles."""
    flow, form = case.flow, case.form
    order = {column.id: at for at, column in enumerate(form.campaign.columns)}
    found: list[Answer] = []
    for (item, column), parts in appendix.parts.items():
        status, text = _said(flow, form, parts, form.campaign.asked((column,)))
        found.append(
            Answer(
                item=item,
                column=column,
                status=status,
                text=text,
                confidence=round(min(part.confidence for part in parts), 3),
                provenance=tuple(dict.fromkeys(where for part in parts for where in places(lines_of(flow, part)))),
            )
        )
    for (item, column), stretch in narrative.places.items():
        text = stretch.text(case.flow.rows)
        found.append(
            Answer(
                item=item,
                column=column,
                status=status_of(text, form.hints, form.campaign.asked((column,))),
                text=text,
                confidence=round(0.4 + 0.5 * min(stretch.confidence, 1.0), 3),
                provenance=places([*stretch.headings, *stretch.lines]),
            )
        )
    found.sort(key=lambda answer: (answer.item, order[answer.column]))
    return with_targets(found, form, [item for item, _ in appendix.parts], appendix.numbers)


def _said(flow: Flow, form: Form, parts: Sequence[Part], asked: Role) -> tuple[Status, str]:
    """Status and text of one place; cells of a split column stand under their own headings in the text."""
    texts = [(part, part_text(flow, part)) for part in parts]
    kinds = [_status(part, text, form, asked) for part, text in texts]
    said = [(part, text) for (part, text), kind in zip(texts, kinds, strict=True) if kind != "no_answer"]
    whole = "\n".join(text for _, text in texts if text)
    if not said:
        return "no_answer", "" if re.search(r"\w", whole) else whole
    if len(parts) > 1 and any(part.label for part in parts):
        status = next(kind for kind in _STRONGEST if kind in kinds)
        return status, "\n".join(_labelled(part, text) for part, text in said)
    hints = (*form.hints, *(part.heading for part in parts))
    return status_of(whole, hints, asked), "\n".join(text for _, text in said)


def _status(part: Part, text: str, form: Form, asked: Role) -> Status:
    """Status of one cell; in a column of money a dash or nought says that there was none."""
    if source_of(part.label) and text.strip() in ("-", "–", "0"):
        return "none"
    return status_of(text, (*form.hints, part.heading), asked)


def _labelled(part: Part, text: str) -> str:
    return f"{squeeze(part.label).rstrip(':')}: {text}" if part.label else text


def point_answers(case: Case, narrative: Narrative, group: str | None) -> tuple[PointAnswer, ...]:
    """The points of the group that the text answers, in the letter's order."""
    groups = case.form.campaign.groups
    if group not in groups:
        return ()
    found = []
    for point in groups[group].points:
        stretch = narrative.points.get(point.id)
        if stretch is None:
            continue
        text = stretch.text(case.flow.rows)
        found.append(
            PointAnswer(
                point=point.id,
                status=status_of(text, (point.title, *point.aliases), case.form.campaign.asked(point.columns)),
                text=text,
                confidence=round(0.45 + 0.54 * min(stretch.confidence, 1.0), 3),
                provenance=places([*stretch.headings, *stretch.lines]),
            )
        )
    return tuple(found)


def unmapped(case: Case) -> tuple[Unmapped, ...]:
    """Text nobody claimed, by paragraph; the cells of one table row together."""
    rows = case.flow.rows
    free = [line for line in case.flow.lines if not line.blank and case.ledger.free(line)]
    found: list[Unmapped] = []
    row: list[Line] = []

    def close() -> None:
        if row:
            found.append(Unmapped(text=" | ".join(squeeze(line.full) for line in row), provenance=places(row)))
            row.clear()

    for paragraph in paragraphs_of(free):
        place = rows.get(paragraph[0].key)
        if row and place != rows.get(row[0].key):
            close()
        if place is None:
            found.append(Unmapped(text=joined(paragraph), provenance=places(paragraph)))
        else:
            row.extend(paragraph)
    close()
    return tuple(found)
