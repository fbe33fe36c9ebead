"""Where answers of a table go: item × column → the cells that answer it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.understanding.ground.lines import Flow, Line, joined

_PARTING = re.compile(r"(?<=\S)\s*(?:;|\s[-–+•|/])\s*$")  # from the label behind
BEFORE = 8  # letters of a mark in front of a label


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one cell that answer a place; ``label`` is the heading of a column that is split in several.

    ``asked``: the label in front of the answer, on its line, that is no part of it.
    """

    keys: tuple[int, ...]
    label: str
    heading: str
    confidence: float
    asked: str = ""


@dataclass(slots=True)
class Places:
    """Item × column → parts, in reading order. ``numbers``: the number that the unit gave an item → the item."""

    parts: dict[tuple[int, str], list[Part]] = field(default_factory=dict)
    tables: list[int] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def offer(self, item: int, column: str, part: Part) -> None:
        held = self.parts.setdefault((item, column), [])
        if not any(other.keys == part.keys and part.keys for other in held):
            held.append(part)


def lines_of(flow: Flow, part: Part) -> list[Line]:
    return [line for line in flow.pick(part.keys) if not line.blank]


def part_text(flow: Flow, part: Part) -> str:
    text = joined(lines_of(flow, part))
    at = text.find(part.asked) if part.asked else -1
    if not 0 <= at <= BEFORE:
        return text
    return _PARTING.sub("", text[at + len(part.asked) :].lstrip(" :?.\n"))


def shared_keys(places: Places) -> Iterator[tuple[tuple[int, ...], list[tuple[int, str]]]]:
    """Cells with the places each answers: one cell may answer several items or columns."""
    used: dict[tuple[int, ...], list[tuple[int, str]]] = {}
    for place, parts in places.parts.items():
        for part in parts:
            if part.keys:
                used.setdefault(part.keys, []).append(place)
    yield from used.items()
