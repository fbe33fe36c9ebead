"""Answers that point at another answer ("như mục 1", "nt"): the evidence of what they point at is added to theirs.

The text stays as written. A pointer is followed when it leads to an answer that the report holds, and over further
pointers to the answer at their end; what points outside the report, at itself or in a circle stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from extractors.document import Provenance
from extractors.report import Answer
from extractors.understanding.form import Form, arabic
from extractors.understanding.ground.folding import fold, squeeze

Place = tuple[int, str]

_NUMBERED = re.compile(
    r"\b(?:muc|noi dung|nhiem vu|dong|stt|phan|y)\s*(?:so\s*|\.\s*)?"
    r"((?:\d{1,2}|[ivx]{1,5})(?:\s*(?:,|;|va|den|-)\s*(?:(?:muc|noi dung|nhiem vu)\s*)?(?:\d{1,2}|[ivx]{1,5}))*)"
    r"(?![\w.])"
)
_COLUMN = re.compile(r"\bcot\s+(?!(?:so\s*)?\d)([a-z].{2,80})")
_ABOVE = re.compile(r"\btren\b|^\W*n[./]?t\W*$|^[\W_]+$")


def with_targets(
    answers: Sequence[Answer], form: Form, rows: Sequence[int], numbers: Mapping[int, int]
) -> tuple[Answer, ...]:
    """``answers`` in order, pointers with the provenance of their targets.

    ``rows``: the items in the order of the unit's rows; ``numbers``: the number that the unit gave an item → the item
    (the campaign's own numbers count for the rest).
    """
    held = {(answer.item, answer.column): answer for answer in answers}
    items = list(dict.fromkeys((*rows, *(answer.item for answer in answers))))
    names = {**{item.id: item.id for item in form.campaign.items}, **numbers}
    return tuple(
        msgspec.structs.replace(answer, provenance=tuple(dict.fromkeys((*answer.provenance, *where))))
        if answer.status == "by_reference" and (where := _evidence(answer, held, items, names, form))
        else answer
        for answer in answers
    )


def _evidence(
    start: Answer, held: Mapping[Place, Answer], items: Sequence[int], names: Mapping[int, int], form: Form
) -> list[Provenance]:
    """Provenance of every answer that ``start`` leads to."""
    found: list[Provenance] = []
    seen = {(start.item, start.column)}
    todo = [start]
    while todo:
        for place in _targets(todo.pop(0), items, names, form):
            target = held.get(place)
            if target is None or place in seen or target.status == "no_answer":
                continue
            seen.add(place)
            if target.status == "by_reference":
                todo.append(target)
            else:
                found += target.provenance
    return found


def _targets(answer: Answer, items: Sequence[int], names: Mapping[int, int], form: Form) -> list[Place]:
    """The places that a pointer names: an item, a column, both, or the item above."""
    text = squeeze(fold(answer.text))
    column = answer.column
    named = _COLUMN.search(text)
    if named:
        match = form.columns.best(re.split(_NUMBERED, named[1])[0], least=0.6, margin=0.05)
        column = str(match.key) if match is not None else ""
    numbered = [number for match in _NUMBERED.finditer(text) for number in _numbers(match[1])]
    if numbered:
        return [(names[number], column) for number in numbered if number in names]
    if named:
        return [(answer.item, column)]
    at = items.index(answer.item)
    return [(items[at - 1], column)] if at and _ABOVE.search(text) else []


def _numbers(text: str) -> list[int]:
    """The numbers of "1, 2", "1 và 3" or of the range "2 đến 4"."""
    ends = re.fullmatch(r"(\w+)\s*(?:den|-)\s*(\w+)", text)
    if ends:
        low, high = arabic(ends[1]), arabic(ends[2])
        return list(range(low, high + 1)) if low is not None and high is not None else []
    found = [arabic(word) for word in re.findall(r"\d{1,2}|\b[ivx]{1,5}\b", text)]
    return [number for number in found if number is not None]
