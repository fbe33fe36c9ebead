"""States, leases and reasons of the review, on both databases, also when two people meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from extractors.report import Report
from storage import Conflict, Repository, history
from storage.records import Place
from storage.reviewing import LEASE, Held, Reviewing, ReviewState
from storage.users import User, Users
from tests.storage.test_corrections import CAMPAIGN, store

NOW = dt.datetime(2024, 5, 2, 5, tzinfo=dt.UTC)
Make = Callable[..., Report]


@pytest.fixture
def reviewing(engine: sa.Engine) -> Reviewing:
    return Reviewing(engine)


@pytest.fixture
def people(engine: sa.Engine) -> tuple[User, User]:
    users = Users(engine)
    return (
        users.create("lan", "Nguyễn Lan", "reviewer", "mat-khau-dai-1", actor=None),
        users.create("an", "Lê An", "admin", "mat-khau-dai-1", actor=None),
    )


@pytest.fixture
def report_id(repository: Repository, make_report: Make) -> int:
    return store(repository, make_report())


def test_states_grow_and_the_last_counts(
    engine: sa.Engine, reviewing: Reviewing, people: tuple[User, User], report_id: int
) -> None:
    lan, an = people
    assert reviewing.state(report_id) == ReviewState(report_id=report_id)
    assert reviewing.states(CAMPAIGN) == {}
    first = reviewing.decide(report_id, "postponed", lan, note="hỏi lại", seen=None, now=NOW)
    assert first == reviewing.state(report_id)
    assert (first.state, first.author_name, first.note, first.created_at) == ("postponed", "lan", "hỏi lại", NOW)
    assert reviewing.decide(report_id, "postponed", an) == first  # nothing new
    second = reviewing.decide(report_id, "confirmed", an, seen=first.id)
    assert reviewing.states(CAMPAIGN) == {report_id: second} and reviewing.states("khac") == {}
    with pytest.raises(Conflict):
        reviewing.decide(report_id, "rejected", lan, seen=first.id)
    with pytest.raises(Conflict):
        reviewing.decide(report_id, "rejected", lan, seen=None)
    with pytest.raises(LookupError):
        reviewing.decide(report_id + 99, "rejected", lan)
    told = [(one.actor, one.before["state"], one.after["state"]) for one in history.of_report(engine, report_id)]
    assert told == [("an", "postponed", "confirmed"), ("lan", "to_review", "postponed")]


def test_of_two_who_decide_one_learns_of_it(reviewing: Reviewing, people: tuple[User, User], report_id: int) -> None:
    def decide(user: User) -> str:
        try:
            reviewing.decide(report_id, "confirmed" if user.name == "lan" else "rejected", user, seen=None)
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, people)) == ["conflict", "done"]


def test_a_lease_keeps_others_out_until_it_ends(
    engine: sa.Engine, reviewing: Reviewing, people: tuple[User, User], report_id: int
) -> None:
    lan, an = people
    lease = reviewing.take(report_id, lan, now=NOW)
    assert (lease.holder, lease.expires_at) == ("Nguyễn Lan", NOW + LEASE)
    renewed = reviewing.take(report_id, lan, now=NOW + dt.timedelta(minutes=1))
    assert (renewed.taken_at, renewed.expires_at) == (NOW, NOW + LEASE + dt.timedelta(minutes=1))
    with pytest.raises(Held) as held:
        reviewing.take(report_id, an, now=NOW)
    assert held.value.lease.holder == "Nguyễn Lan"
    with pytest.raises(Held):
        reviewing.decide(report_id, "confirmed", an, now=NOW)
    assert set(reviewing.leases(NOW)) == {report_id}
    later = NOW + LEASE + dt.timedelta(minutes=2)
    assert reviewing.lease(report_id, later) is None and reviewing.leases(later) == {}
    assert reviewing.take(report_id, an, now=later).taken_at == later
    taken = reviewing.take(report_id, lan, take_over=True, now=later)
    assert (taken.holder, taken.taken_at) == ("Nguyễn Lan", later)
    assert [one.action for one in history.of_report(engine, report_id)] == ["take_over"]
    reviewing.release(report_id, an)  # not his any more
    assert reviewing.lease(report_id, later) == taken
    reviewing.decide(report_id, "confirmed", lan, now=later)
    assert reviewing.lease(report_id, later) is None
    reviewing.take(report_id, lan, now=later)
    reviewing.release(report_id, lan)
    assert reviewing.lease(report_id, later) is None
    with pytest.raises(LookupError):
        reviewing.take(report_id + 99, lan)


def test_of_many_who_take_at_once_one_holds(reviewing: Reviewing, people: tuple[User, User], report_id: int) -> None:
    def take(user: User) -> str:
        try:
            return reviewing.take(report_id, user, now=NOW).holder
        except Held as held:
            return held.lease.holder

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(take, people * 4))) == 1


def test_reasons_are_kept_and_forgotten_with_each_change(
    repository: Repository, reviewing: Reviewing, report_id: int
) -> None:
    assert reviewing.without_reasons(CAMPAIGN, 10) == [report_id]
    assert reviewing.note_reasons(report_id, {"unmapped": 2}, as_of=0)
    assert reviewing.reasons(CAMPAIGN) == {report_id: {"unmapped": 2}} and reviewing.reasons("khac") == {}
    assert reviewing.without_reasons(CAMPAIGN, 10) == []
    (first, *_) = repository.answers(report_id)

    def changed(change: Callable[[], object]) -> None:
        as_of = reviewing.last_event(report_id)
        reviewing.note_reasons(report_id, {}, as_of=as_of)
        assert reviewing.reasons(CAMPAIGN) == {report_id: {}}
        mark = reviewing.mark()
        change()
        assert reviewing.without_reasons(CAMPAIGN, 10) == [report_id] and reviewing.mark() != mark
        assert not reviewing.note_reasons(report_id, {"unmapped": 9}, as_of=as_of)
        assert reviewing.reasons(CAMPAIGN) == {}

    changed(lambda: repository.confirm_answers([first.id], author_name="lan"))
    changed(lambda: repository.assign_unit(report_id, None, None, author_name="lan"))
    assert not reviewing.unit_was_decided(report_id)
    changed(lambda: repository.assign_unit(report_id, "THPT-B", "school", author_name="lan"))
    assert reviewing.unit_was_decided(report_id)
    place = Place(item=9, column="results")
    changed(lambda: repository.add_answer(report_id, place=place, status="none", text="", author_name="lan"))
    changed(lambda: repository.undo(report_id, reviewing.last_event(report_id), author_name="lan"))


def test_a_rejected_report_has_no_reasons(repository: Repository, reviewing: Reviewing, make_report: Make) -> None:
    report = make_report()
    repository.record_arrival(campaign_id=CAMPAIGN, name="a", path="a", sha256=report.source.sha256)
    rejection = {"code": "damaged", "message": "Hỏng."}
    repository.store_rejection(
        sha256=report.source.sha256, name="a", campaign_id=CAMPAIGN, pipeline_version="1", **rejection
    )
    assert reviewing.without_reasons(CAMPAIGN, 10) == []
    stored = store(repository, report)  # read after all
    assert reviewing.without_reasons(CAMPAIGN, 10) == [stored]
