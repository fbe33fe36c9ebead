"""Damaged Vietnamese text → repaired text and a replayable plan.

`repair` takes a whole document as one string, `repair_document` its paragraphs as runs with fonts, `repair_lines` each
line alone. Names are imported on first use, so that ``import normalizers`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from normalizers.engine import Hints, Run, repair, repair_document, repair_lines
    from normalizers.plan import Alternative, Change, Repaired, apply_plan
    from normalizers.syllables import fold, is_vietnamese_syllable, syllable_rate

_HOMES = {
    "Hints": "engine", "Run": "engine", "repair": "engine", "repair_document": "engine", "repair_lines": "engine",
    "Alternative": "plan", "Change": "plan", "Repaired": "plan", "apply_plan": "plan",
    "fold": "syllables", "is_vietnamese_syllable": "syllables", "syllable_rate": "syllables",
}  # fmt: skip

__all__ = [
    "Alternative", "Change", "Hints", "Repaired", "Run", "apply_plan", "fold", "is_vietnamese_syllable", "repair",
    "repair_document", "repair_lines", "syllable_rate",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"normalizers.{_HOMES[name]}"), name)
