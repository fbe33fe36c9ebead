"""The sequence model: what neighbours and the letter's order say of a paragraph."""

from __future__ import annotations

import pytest

from extractors.understanding.narrative.point_order import Step, in_order

POINTS = {"a": 0.3, "b": 0.3, "c": 0.3, "d": 0.3}
NOTHING = {None: 0.2, "a": 0.2, "b": 0.2, "c": 0.2, "d": 0.2}


def heading(rank: int = 2, **said: float) -> Step:
    """A heading that looks like one; what it does not say is unlikely."""
    opens: dict[str | None, float] = {None: 0.02, **dict.fromkeys(POINTS, 0.02), **said}
    return Step(opens, {point: value**0.5 for point, value in opens.items()}, rank, 0.95, 0.2, 0.6)


def text(**said: float) -> Step:
    told: dict[str | None, float] = {**NOTHING, **said}
    return Step(told, told, 19, 0.03, 0.03, 0.03)


UNKNOWN = Step(NOTHING, NOTHING, 2, 0.95, 0.2, 0.6)


def told(*steps: Step) -> list[str | None]:
    return [one.point for one in in_order(steps, POINTS)]


def test_text_goes_on_with_its_heading() -> None:
    assert told(heading(a=0.9), text(), text(), heading(b=0.9), text()) == ["a", "a", "a", "b", "b"]


def test_a_heading_of_unknown_words_is_what_can_stand_between_its_neighbours() -> None:
    assert told(heading(a=0.9), text(), UNKNOWN, text(), heading(c=0.9), text()) == ["a", "a", "b", "b", "c", "c"]


def test_a_deeper_heading_of_unknown_words_parts_its_section() -> None:
    deeper = Step(NOTHING, NOTHING, 4, 0.95, 0.2, 0.6)
    assert told(heading(a=0.9), deeper, text(), heading(b=0.9)) == ["a", "a", "a", "b"]


def test_a_report_that_keeps_no_order_is_read_as_it_stands() -> None:
    steps = [heading(**{point: 0.9}) for point in ("d", "b", "c", "a")]
    assert told(*steps) == ["d", "b", "c", "a"]


def test_before_the_first_answer_nothing_is_told() -> None:
    assert told(text(), text(), heading(a=0.9), text()) == [None, None, "a", "a"]


def test_every_paragraph_gets_a_probability() -> None:
    found = in_order([heading(a=0.9), text(), UNKNOWN], POINTS)
    assert all(0.0 < one.value <= 1.0 for one in found)
    assert [one.opens for one in found][:2] == [True, False]


@pytest.mark.parametrize("steps", [[], [heading(a=0.9)]])
def test_nobodys_points(steps: list[Step]) -> None:
    assert [one.point for one in in_order(steps, {})] == [None] * len(steps)
