"""Short answers in many clerks' words, half of them answers that open like "nothing", "not yet" or a pointer."""

from __future__ import annotations

from pathlib import Path

import pytest

import campaigns
from extractors.understanding.status import status_of

FLOORS = {"status_answers.txt": 120, "status_more.txt": 363, "status_judge.txt": 80}


def rows(name: str) -> list[tuple[str, str, str]]:
    """Column, status and text of each line."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    told = [line.split(" | ", 1) for line in lines if not line.startswith("#")]
    return [(*about.split(), text.replace("\\n", "\n")) for about, text in told]  # type: ignore[misc]


@pytest.mark.parametrize("name", FLOORS)
def test_status_of_answers(name: str) -> None:
    """Totals alone: what is wrong in the half that judges stays unsaid."""
    letter = campaigns.load("2542-SGDDT-GDTrH")
    told = [status_of(text, (), letter.asked((column,))) == status for column, status, text in rows(name)]
    right = sum(told)
    assert right >= FLOORS[name], f"{right} of {len(told)}"
