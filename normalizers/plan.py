"""A repair as data: what was changed where, how surely, and how to do it again.

``apply_plan(raw, repaired.plan) == repaired.text`` holds for every repair; the property tests rely on it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Alternative(msgspec.Struct, frozen=True):
    """Another reading that was considered: ``text`` with its posterior ``confidence`` (0..1)."""

    text: str
    confidence: float


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One replacement: ``raw[start:end] == original`` became ``replacement``.

    ``start`` and ``end`` are code-point offsets in the raw text. ``kind`` names the damage that was undone
    (``mojibake_cp1252``, ``tcvn3``, ``lost_letter``, ``false_split`` ...). ``confidence`` is 0..1.
    """

    start: int
    end: int
    kind: str
    original: str
    replacement: str
    confidence: float
    alternatives: tuple[Alternative, ...] = ()


class Repaired(msgspec.Struct, frozen=True):
    """Repaired text and the plan that leads to it; ``plan`` is ordered by ``start`` and never overlaps."""

    text: str
    plan: tuple[Change, ...] = ()


class PlanMismatch(ValueError):
    """The plan was made for another text."""


def apply_plan(raw: str, plan: Iterable[Change]) -> str:
    """Replay ``plan`` on ``raw``. Raises `PlanMismatch` when a change does not find its original text."""
    pieces: list[str] = []
    at = 0
    for change in plan:
        if change.start < at or raw[change.start : change.end] != change.original:
            raise PlanMismatch(f"{change.original!r} is not at {change.start}..{change.end}")
        pieces += raw[at : change.start], change.replacement
        at = change.end
    pieces.append(raw[at:])
    return "".join(pieces)
