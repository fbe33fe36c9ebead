"""What reviewers moved, split, withdrew, confirmed or added is what the outputs say, figures included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consolidation import consolidate
from consolidation.collecting import collect
from storage.records import Place, StoredAnswer
from tests.consolidation.test_money import MILLION, findings, money
from tests.consolidation.test_outputs import NOW

SENTENCE = "Ngân sách 50 triệu đồng"
Change = Callable[[Any, StoredAnswer], object]


def move(repository: Any, answer: StoredAnswer) -> object:
    return repository.correct_answer(
        answer.id, status="answered", text=answer.text, author_name="Lan", place=Place(item=9, column="funding")
    )


def split(repository: Any, answer: StoredAnswer) -> object:
    return repository.split_answer(
        answer.id, kept="Đã mua máy.", text=f"{SENTENCE}.", author_name="Lan", place=Place(item=9, column="funding")
    )


def withdraw(repository: Any, answer: StoredAnswer) -> object:
    return repository.withdraw_answer(answer.id, author_name="Lan")


def confirm(repository: Any, answer: StoredAnswer) -> object:
    return repository.confirm_answers([answer.id], author_name="Lan")


def add(repository: Any, answer: StoredAnswer) -> object:
    return repository.add_answer(
        answer.report_id,
        place=Place(item=9, column="funding"),
        status="answered",
        text="Xã hội hóa 7 triệu đồng",
        author_name="Lan",
    )


OLD = (7, 50 * MILLION, "budget")


@pytest.mark.parametrize(
    ("change", "figures", "places"),
    [
        (move, [(9, *OLD[1:])], {(9, "funding")}),
        (split, [(9, *OLD[1:])], {(7, "funding"), (9, "funding")}),
        (withdraw, [], set()),
        (confirm, [OLD], {(7, "funding")}),
        (add, [OLD, (9, 7 * MILLION, "socialised")], {(7, "funding"), (9, "funding")}),
    ],
)
def test_a_figure_goes_where_its_answer_goes(
    send: Any, tmp_path: Path, change: Change, figures: list[tuple[int, int, str]], places: set[tuple[int, str]]
) -> None:
    report_id = send("a.docx", "THPT-CU-CHI", cells={(7, "funding"): ("answered", f"Đã mua máy. {SENTENCE}.")},
                     facts=money(SENTENCE, (50, "budget"), item=7))  # fmt: skip
    (answer,) = [one for one in send.repository.answers(report_id) if one.item == 7]

    def counted() -> list[tuple[int | None, int, str | None]]:
        return [(one.item, one.value, one.source) for one in findings(send).figures]

    def filled() -> set[tuple[int | None, str | None]]:
        (sent,) = [one for one in collect(send.repository, send.campaign) if one.reports is not None]
        return {(one.item, one.column) for one in sent.appendix}

    before = counted(), filled()
    assert before == ([OLD], {(7, "funding")})
    change(send.repository, answer)
    assert (counted(), filled()) == (figures, places)
    consolidate(send.repository, send.campaign, tmp_path / "out", NOW)
    event = send.repository.undoable(report_id)
    send.repository.undo(report_id, event.id, author_name="Lan")
    assert (counted(), filled()) == before
