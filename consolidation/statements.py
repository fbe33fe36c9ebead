"""Difficulties and proposals, statement by statement, as units put them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from campaigns.model import Campaign
from consolidation.collecting import UnitAnswers
from consolidation.lexicon import Phrases, addressee, cause_sorter, lexicon, plain
from consolidation.words import UNKNOWN_UNIT, pages
from storage.records import StoredAnswer

_LIST_MARK = re.compile(r"^\s*(?:[-–+•*►]+|\(?(?:\d{1,2}|[a-zđA-ZĐ]|[ivxIVX]{1,4})[.)](?=\s)|\d{1,2}-(?=\s))\s*")
_PARTS = re.compile(r"(?<=[.;!?])\s+(?=\D)|;\s*")
_LABEL_END = re.compile(r"[^:–]{0,60}?(?::|\s[-–](?=\s))(.*)", re.DOTALL)
_SHORTEST = 8  # letters; what is shorter states nothing


class Statement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing a unit said. ``topic``: its cause or its addressee, in Vietnamese; ``place``: item and file, as a
    source line; ``reason``: the unit gave it as the reason of a difficulty."""

    unit: str
    topic: str
    text: str
    item: int | None
    file: str
    page: str
    reason: bool = False


def role_of(campaign: Campaign, answer: StoredAnswer) -> str | None:
    """What the place of an answer asks for; None where it asks for several things."""
    if answer.kind == "appendix":
        return column_role(campaign, answer.column)
    for group in campaign.groups.values():
        for point in group.points:
            if point.id == answer.point:
                roles = {column_role(campaign, column) for column in point.columns}
                return roles.pop() if len(roles) == 1 else None
    return None


def column_role(campaign: Campaign, column_id: str | None) -> str | None:
    return next((column.role for column in campaign.columns if column.id == column_id), None)


def statements(answer: StoredAnswer, role: str, sent: UnitAnswers) -> Iterator[Statement]:
    """What an answer states, one thing at a time; advantages are left out of difficulties."""
    if answer.status != "answered":
        return
    who = sent.unit.name if sent.unit else UNKNOWN_UNIT
    file, page = sent.report(answer.report_id).name, pages(answer.provenance)
    pieces = _difficulties(answer.text) if role == "difficulties" else _proposals(answer.text)
    for topic, text, reason in pieces:
        yield Statement(unit=who, topic=topic, text=text, item=answer.item, file=file, page=page, reason=reason)


def _difficulties(text: str) -> Iterator[tuple[str, str, bool]]:
    part = "difficulty"
    for line in _lines(text):
        for piece in _PARTS.split(line):
            opened, rest = _opened(piece, ("advantage", "difficulty", "reason"))
            part = opened or part
            if part != "advantage" and _states(rest):
                found = cause_sorter().best(plain(rest))
                yield found or lexicon().other_cause, rest, part == "reason"


def _proposals(text: str) -> Iterator[tuple[str, str, bool]]:
    heading: str | None = None  # "Đối với UBND Thành phố:" speaks for the lines under it
    for line in _lines(text):
        _, line_rest = _opened(line, ("proposal",))
        named = addressee(plain(line_rest))
        if line.rstrip().endswith(":"):
            heading = named
            continue
        current = heading
        for piece in _PARTS.split(line):
            current = addressee(plain(piece)) or current
            _, rest = _opened(piece, ("proposal",))
            if _states(rest):
                yield current or lexicon().unnamed_addressee, rest, False


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        bare = _LIST_MARK.sub("", line).strip()
        if bare:
            yield bare


def _states(text: str) -> bool:
    return sum(map(str.isalpha, text[: 4 * _SHORTEST])) >= _SHORTEST and not _closings().opens(plain(text))


@cache
def _closings() -> Phrases:
    return Phrases(lexicon().closings)


@cache
def _label_words() -> dict[str, Phrases]:
    labels = lexicon().labels
    return {name: Phrases(getattr(labels, name)) for name in labels.__struct_fields__}


def _opened(text: str, names: tuple[str, ...]) -> tuple[str | None, str]:
    """Which label opens ``text``, and what follows it: ``Khó khăn: thiếu phòng`` → (difficulty, "thiếu phòng").

    A label that is part of its sentence ("Khó khăn lớn nhất là …") stays in it.
    """
    bare = _LIST_MARK.sub("", text).strip(" -–:")
    flat = plain(bare[:80])
    for name in names:
        found = _label_words()[name].opens(flat)
        if found:
            parted = _LABEL_END.match(bare)
            return name, _tidy(parted[1] if parted else bare)
    return None, _tidy(bare)


def _tidy(text: str) -> str:
    text = text.strip().removesuffix("./.").rstrip(" ;,.")
    return text[:1].upper() + text[1:]
