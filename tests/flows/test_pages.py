"""How far a long document is said to be, while it is read."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from flows import pages, progress
from flows.route import Outcome


def test_a_short_document_is_not_told_of_and_a_long_one_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(pages.time, "monotonic", lambda: now[0])
    with pages.shown("dài.pdf") as told:
        for done in range(1, 31):
            told(done, 30)
            now[0] += 1.0
    assert capsys.readouterr().err.splitlines() == ["dài.pdf: trang 11/30", "dài.pdf: trang 21/30"]


def test_a_bar_of_its_own_goes_when_the_document_ends() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with progress.Bar(console) as bar:
        bar.begin(2)
        bar.pages("ngắn.pdf", 1, 3)
        bar.pages("[b]dài.pdf", 40, 500)
        (long,) = bar.long.values()
        task = next(task for task in bar.bar.tasks if task.id == long)
        assert (task.completed, task.total) == (40, 500)
        bar.done(Outcome(name="[b]dài.pdf", sha256="0" * 64, state="processed"))
        assert [task.id for task in bar.bar.tasks] == [bar.task]
