"""A pointer keeps its words and gains the evidence of the answer it points at, when the report holds that answer."""

from __future__ import annotations

import pytest

from extractors.report import Answer
from tests.understanding.builders import head, headings, read, table, titles

T = titles()
H = headings()
FUNDING = 3


def answers(*rows: tuple[str, int, str, str]) -> dict[tuple[int, str], Answer]:
    """``rows``: number, item, what stands under directives, what stands under results."""
    body = [[number, T[item], directives, results, "", "", "", ""] for number, item, directives, results in rows]
    report = read(*head(), table([["STT", "Nội dung", *H], *body]))
    return {(answer.item, answer.column): answer for answer in report.appendix}


def blocks(answer: Answer) -> list[str | None]:
    return [where.block for where in answer.provenance]


@pytest.mark.parametrize("text", ["như mục 1", "Xem nội dung số 1", "tương tự mục 1", "như trên", "nt", '"'])
def test_an_item_that_is_pointed_at(text: str) -> None:
    found = answers(("1", 1, "Kế hoạch số 5/KH-TP", "Đã nhập liệu."), ("2", 2, text, "Đang triển khai tại 12 lớp."))
    pointer = found[2, "directives"]
    assert (pointer.status, pointer.text) == ("by_reference", text)
    assert blocks(pointer) == ["table[1]/row[3]/cell[3]/p[1]", "table[1]/row[2]/cell[3]/p[1]"]


def test_numbers_are_the_units_own() -> None:
    found = answers(
        ("1", 3, "Kế hoạch số 5/KH-TP", "Có LMS."), ("2", 1, "Kế hoạch số 6/KH-TP", "Đủ."), ("3", 2, "như mục 2", "")
    )
    assert blocks(found[2, "directives"])[1:] == ["table[1]/row[3]/cell[3]/p[1]"]


def test_a_pointer_at_a_pointer_leads_to_the_end() -> None:
    found = answers(
        ("1", 1, "Kế hoạch số 5/KH-TP", "Đủ."), ("2", 2, "nt", "Đang làm ở 2 lớp."), ("3", 3, "nt", "Có LMS.")
    )
    assert blocks(found[3, "directives"])[1:] == ["table[1]/row[2]/cell[3]/p[1]"]


def test_another_column() -> None:
    found = answers(("1", 1, "Kế hoạch số 5/KH-TP", "như cột văn bản chỉ đạo"))
    assert blocks(found[1, "results"])[1:] == ["table[1]/row[2]/cell[3]/p[1]"]


@pytest.mark.parametrize("text", ["như mục 2", "như mục 9", "Xem phụ lục kèm theo", "xem mục II.1"])
def test_what_leads_nowhere_stays_as_it_is(text: str) -> None:
    found = answers(("1", 1, "Kế hoạch số 5/KH-TP", "Đủ."), ("2", 2, text, "Đang làm ở 2 lớp."))
    assert found[2, "directives"].status == "by_reference"
    assert blocks(found[2, "directives"]) == ["table[1]/row[3]/cell[3]/p[1]"]
