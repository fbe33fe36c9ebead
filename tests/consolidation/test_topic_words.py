"""Causes and addressees of sentences that the word lists were not made from (``./baocao bench topics`` shows more)."""

from __future__ import annotations

import pytest

from benchmarks.topics import labelled, sorted_as


@pytest.mark.parametrize(
    ("kind", "part", "share"),
    [
        ("difficulties", "test", 0.85),
        ("difficulties", "fresh", 0.45),  # half of what is put in wholly new words ends under "other"
        ("proposals", "test", 0.9),
    ],
)
def test_unseen_statements_are_sorted_as_a_person_would(kind: str, part: str, share: float) -> None:
    sentences = labelled(kind, part)
    right = sum(sorted_as(kind, text) == want for text, want in sentences)
    assert right >= share * len(sentences), f"{right} of {len(sentences)}"
