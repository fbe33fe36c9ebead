"""Learned phrases: learned once, taken back, brought back, told in the history."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from extractors.report import Report
from storage import Repository, history
from storage.phrases import LONGEST, PhraseError, Phrases
from tests.storage.test_corrections import CAMPAIGN, store


def test_learned_withdrawn_and_brought_back(engine: sa.Engine) -> None:
    phrases = Phrases(engine)
    known = phrases.learn(CAMPAIGN, " Diên\n Hồng ", actor="lan")
    assert (known.phrase, known.author_name, known.withdrawn_at) == ("Diên Hồng", "lan", None)
    assert phrases.learn(CAMPAIGN, "Diên Hồng", actor="an") == known  # who was first stays
    phrases.learn("dot-khac", "An Phú", actor="an")
    assert phrases.in_force(CAMPAIGN) == ("Diên Hồng",)
    phrases.withdraw(known.id, actor="an")
    phrases.withdraw(known.id, actor="minh")  # again: nothing happens
    (taken,) = phrases.all(CAMPAIGN)
    assert (taken.withdrawn_by, phrases.in_force(CAMPAIGN)) == ("an", ())
    assert taken.withdrawn_at is not None
    again = phrases.learn(CAMPAIGN, "Diên Hồng", actor="minh")
    assert (again.id, again.withdrawn_at, again.withdrawn_by) == (known.id, None, None)
    phrases.withdraw(known.id, actor="an")
    phrases.restore(known.id, actor="an")
    assert phrases.in_force(CAMPAIGN) == ("Diên Hồng",)
    told = [(one.action, one.actor, one.after) for one in history.of_subject(engine, "phrase")][::-1]
    assert [(action, actor) for action, actor, after in told if after == "Diên Hồng"] == [
        ("learn", "lan"), ("unlearn", "an"), ("learn", "minh"), ("unlearn", "an"), ("learn", "an"),
    ]  # fmt: skip
    for change in (phrases.withdraw, phrases.restore):
        with pytest.raises(LookupError):
            change(999, actor="an")


def test_where_it_was_confirmed(engine: sa.Engine, repository: Repository, make_report: Callable[..., Report]) -> None:
    report_id = store(repository, make_report())
    assert Phrases(engine).learn(CAMPAIGN, "Phước Kiển", actor="lan", report_id=report_id).report_id == report_id
    assert [one.action for one in history.of_report(engine, report_id)] == ["learn"]


@pytest.mark.parametrize("bad", ["", "x", " x ", "...", "12", "a" * (LONGEST + 1), "Ti\ufffdng", "a\x00b", "a\u202eb"])
def test_what_cannot_be_learned(engine: sa.Engine, bad: str) -> None:
    with pytest.raises(PhraseError):
        Phrases(engine).learn(CAMPAIGN, bad, actor="lan")
    assert Phrases(engine).all(CAMPAIGN) == []


def test_many_who_learn_the_same_at_once(engine: sa.Engine) -> None:
    phrases = Phrases(engine)
    with ThreadPoolExecutor(4) as pool:
        learned = set(pool.map(lambda actor: phrases.learn(CAMPAIGN, "Diên Hồng", actor=actor).id, "abcdefgh"))
    assert len(learned) == 1 and len(phrases.all(CAMPAIGN)) == 1
