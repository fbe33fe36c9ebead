"""Heads that no rule was written from: how many are understood must not fall, and no unit is surely named wrongly.

`python -m tests.understanding.sender_heads` says where the half ``dev`` fails; of ``test`` only totals may be read.
"""

from __future__ import annotations

import pytest

from tests.understanding.sender_heads import score


@pytest.mark.parametrize(
    ("half", "units", "sure_wrong", "fields"),
    [("dev", 189, 0, 1380), ("test", 38, 0, 310), ("learn", 30, 0, 209), ("judge", 28, 0, 222)],
)
def test_heads(half: str, units: int, sure_wrong: int, fields: int) -> None:
    totals = score(half)
    assert totals.sure_wrong <= sure_wrong
    assert totals.units >= units
    assert totals.right.total() >= fields
