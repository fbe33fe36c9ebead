"""Repairs are marked where their words stand, letter by letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Provenance
from normalizers.plan import Alternative
from review.marking import chosen, compared, mark, mark_received, repairs_at
from storage.records import StoredRepair


def repair(n: int, original: str, replacement: str, *alternatives: str, block: str = "body/p[1]") -> StoredRepair:
    return StoredRepair(
        id=n, report_id=1, kind="lost_letter", original=original, replacement=replacement, confidence=0.8,
        alternatives=tuple(Alternative(text, 0.1) for text in alternatives), provenance=(Provenance(block=block),),
    )  # fmt: skip


def marked(text: str, *repairs: StoredRepair, edited: bool = False) -> str:
    """Repairs in brackets with their number."""
    return "".join(
        f"[{one.repair.id}:{one.text}]" if one.repair else one.text for one in mark(text, repairs, edited=edited)
    )


@pytest.mark.parametrize(
    ("text", "repairs", "wanted"),
    [
        ("Kế hoạch năm học", [repair(1, "K? ho?ch", "Kế hoạch")], "[1:Kế hoạch] năm học"),
        # Of a heading that the answer is without: its words stand late and must not push out those before.
        (
            "thực hiện tốt và đủ",
            [repair(1, "v?", "và"), repair(2, "th?c hi?n", "thực hiện")],
            "[2:thực hiện] tốt và đủ",
        ),
        ("và a và b", [repair(1, "v?", "và"), repair(2, "v?", "và")], "[1:và] a [2:và] b"),
        ("không có gì", [repair(1, "S?", "Sở")], "không có gì"),
        ("trống", [repair(1, "x", " "), repair(2, "y", "")], "trống"),
        ("", [repair(1, "x", "y")], ""),
    ],
)
def test_each_repair_is_found_in_the_answer(text: str, repairs: list[StoredRepair], wanted: str) -> None:
    assert marked(text, *repairs) == wanted


def test_another_reading_counts_where_a_person_wrote() -> None:
    one = repair(1, "Th?c", "Thực", "Thức")
    assert marked("Thức ăn", one) == "Thức ăn"
    assert marked("Thức ăn", one, edited=True) == "[1:Thức] ăn"
    (segment, _) = mark("Thức ăn", [one], edited=True)
    assert segment.chosen and not segment.unsure


@pytest.mark.parametrize(("choice", "wanted"), [(0, "Thực ăn"), (1, "Thức ăn"), (2, "Th?c ăn"), (3, None)])
def test_a_reading_is_chosen_by_its_number(choice: int, wanted: str | None) -> None:
    assert chosen("Thực ăn", [repair(1, "Th?c", "Thực", "Thức")], 1, 0, choice, edited=False) == wanted
    assert chosen("Thực ăn", [repair(1, "Th?c", "Thực", "Thức")], 1, 5, choice, edited=False) is None


def test_the_letters_that_differ() -> None:
    ours, theirs = compared("Thực", "Th?c")
    assert [(one.text, one.changed) for one in ours] == [("Th", False), ("ự", True), ("c", False)]
    assert [(one.text, one.changed) for one in theirs] == [("Th", False), ("?", True), ("c", False)]


def test_repairs_come_in_the_order_of_the_blocks() -> None:
    repairs = [repair(1, "a", "b", block="p[2]"), repair(2, "c", "d", block="p[1]"), repair(3, "e", "f", block="p[9]")]
    where = (Provenance(block="p[1]"), Provenance(block="p[2]"))
    assert [one.id for one in repairs_at(where, repairs)] == [2, 1]


def test_received_text_shows_where_it_was_repaired() -> None:
    repairs = [repair(1, "S ?", "SỞ"), repair(2, "D ? C", "DỤC")]
    stretches = mark_received("S ?  GIÁO D ? C", repairs)
    assert [(text, one and one.replacement) for text, one in stretches] == [
        ("S ?", "SỞ"), ("  GIÁO ", None), ("D ? C", "DỤC"),
    ]  # fmt: skip


@given(st.text("ab ", max_size=40), st.lists(st.tuples(st.text("ab", max_size=3), st.text("ab", max_size=3))))
def test_nothing_of_a_text_is_lost_by_marking_it(text: str, pairs: list[tuple[str, str]]) -> None:
    segments = mark(text, [repair(n, a, b) for n, (a, b) in enumerate(pairs)])
    assert "".join(one.text for one in segments) == text
    assert all(text[one.start : one.start + len(one.text)] == one.text for one in segments)
    for one in segments:
        assert "".join(letters.text for letters in one.letters) in (one.text, "")
