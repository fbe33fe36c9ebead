"""Answers of many reports at once, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from extractors.report import Report
from storage import Repository, cells
from tests.storage.test_corrections import at, store

Make = Callable[..., Report]


def test_what_counts_of_many_reports(
    repository: Repository, engine: sa.Engine, make_report: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [store(repository, make_report(f"{n}.docx")) for n in range(5)]
    corrected = repository.correct_answer(
        at(repository, ids[0], 1, "results").id, status="not_yet", text="Chưa", author_name="lan"
    )
    repository.withdraw_answer(at(repository, ids[1], 1, "results").id, author_name="lan")
    monkeypatch.setattr(cells, "_AT_ONCE", 2)
    expected = {
        (a.id, a.report_id, a.item, a.column, a.status, a.confidence, a.author)
        for report_id in ids
        for a in repository.answers(report_id)
        if a.kind == "appendix"
    }
    found = list(cells.cells(engine, ids))
    assert {(a.id, a.report_id, a.item, a.column, a.status, a.confidence, a.author) for a in found} == expected
    assert len(found) == len(expected) == 9
    texts = {answer.id: answer.text for answer in cells.item_answers(engine, ids, 1)}
    assert texts[corrected.id] == "Chưa" and len(texts) == 9
    assert list(cells.item_answers(engine, ids, 2)) == [] and list(cells.cells(engine, [])) == []
