"""What reviewers change: every kind of change, its line of history, its undo, its conflict, and a re-reading."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from extractors.document import Provenance
from extractors.report import Report
from storage import Conflict, Repository, history
from storage.records import Place, StoredAnswer
from storage.schema import history as table

CAMPAIGN = "dot-1"
NOON = dt.datetime(2024, 5, 2, 5, tzinfo=dt.UTC)
BLOCK = (Provenance(block="body/p[9]"),)
Make = Callable[..., Report]
Said = tuple[int | str | None, str | None, str, str, str]


def store(repository: Repository, report: Report, version: str = "1") -> int:
    source = report.source
    repository.record_arrival(
        campaign_id=CAMPAIGN, name=source.name, path=source.name, sha256=source.sha256, size=1, received_at=NOON
    )
    return repository.store_report(report, campaign_id=CAMPAIGN, pipeline_version=version).id


def said(repository: Repository, report_id: int) -> list[Said]:
    """What counts, in the order of places."""
    found = [(a.item or a.point, a.column, a.status, a.text, a.author) for a in repository.answers(report_id)]
    return sorted(found, key=str)


def at(repository: Repository, report_id: int, item: int, column: str) -> StoredAnswer:
    return next(a for a in repository.answers(report_id) if (a.item, a.column) == (item, column))


@pytest.fixture
def report_id(repository: Repository, make_report: Make) -> int:
    return store(repository, make_report())


def edit(repository: Repository, report_id: int) -> None:
    answer = at(repository, report_id, 1, "results")
    repository.correct_answer(answer.id, status="answered", text="Sửa", author_name="Lan")


def move(repository: Repository, report_id: int) -> None:
    answer = at(repository, report_id, 1, "results")
    repository.correct_answer(
        answer.id, status=answer.status, text=answer.text, author_name="Lan", place=Place(item=2, column="funding")
    )


def to_point(repository: Repository, report_id: int) -> None:
    answer = at(repository, report_id, 1, "results")
    repository.correct_answer(
        answer.id, status=answer.status, text=answer.text, author_name="Lan", place=Place(point="school.1")
    )


def add(repository: Repository, report_id: int) -> None:
    repository.add_answer(
        report_id,
        place=Place(item=5, column="results"),
        status="answered",
        text="Thêm",
        provenance=BLOCK,
        author_name="Lan",
    )


def split(repository: Repository, report_id: int) -> None:
    answer = at(repository, report_id, 1, "results")
    repository.split_answer(
        answer.id, kept="Đã số hóa", text="100% hồ sơ", author_name="Lan", place=Place(item=1, column="development")
    )


def withdraw(repository: Repository, report_id: int) -> None:
    repository.withdraw_answer(at(repository, report_id, 1, "results").id, author_name="Lan")


def confirm(repository: Repository, report_id: int) -> None:
    repository.confirm_answers([a.id for a in repository.answers(report_id)], author_name="Lan")


CHANGES = {"correct": edit, "move": move, "add": add, "split": split, "withdraw": withdraw, "confirm": confirm}


@pytest.mark.parametrize("change", [*CHANGES.values(), to_point])
def test_a_change_is_told_and_undone_as_a_whole(
    repository: Repository, engine: sa.Engine, report_id: int, change: Callable[[Repository, int], None]
) -> None:
    before = said(repository, report_id)
    stored = {row.id for row in repository.answers(report_id, current=False)}
    change(repository, report_id)
    after = said(repository, report_id)
    assert after != before
    (told,) = history.of_report(engine, report_id)
    assert (told.actor, CHANGES.get(told.action, to_point)) == ("Lan", CHANGES[told.action])
    assert repository.undoable(report_id) == told
    restored = repository.undo(report_id, told.id, author_name="Minh")
    assert restored and said(repository, report_id) == before
    assert stored < {row.id for row in repository.answers(report_id, current=False)}  # nothing is deleted
    assert repository.undoable(report_id) is None
    assert next((e.action, e.actor, e.undoes) for e in history.of_report(engine, report_id)) == (
        "undo",
        "Minh",
        told.id,
    )
    change(repository, report_id)  # and once more
    assert said(repository, report_id) == after


def test_a_row_of_changes_is_undone_one_by_one(repository: Repository, engine: sa.Engine, report_id: int) -> None:
    states = [said(repository, report_id)]
    for change in (edit, split, add, withdraw, confirm):
        change(repository, report_id)
        states.append(said(repository, report_id))
    for state in reversed(states[:-1]):
        last = repository.undoable(report_id)
        assert last is not None
        repository.undo(report_id, last.id, author_name="Lan")
        assert said(repository, report_id) == state
    with pytest.raises(LookupError):
        repository.undo(report_id, 1, author_name="Lan")
    edit(repository, report_id)
    first = repository.undoable(report_id)
    withdraw(repository, report_id)
    assert first is not None
    with pytest.raises(Conflict):  # what the reviewer saw was not the last change
        repository.undo(report_id, first.id, author_name="Lan")


def test_two_who_undo_at_once_undo_once(engine: sa.Engine, report_id: int) -> None:
    repository = Repository(engine)
    edit(repository, report_id)
    last = repository.undoable(report_id)
    assert last is not None
    start = threading.Barrier(2)

    def undo(name: str) -> bool:
        start.wait()
        try:
            Repository(engine).undo(report_id, last.id, author_name=name)
        except (Conflict, LookupError):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(undo, ["Lan", "Minh"])) == [False, True]


@pytest.mark.parametrize("second", [edit, withdraw, split, confirm])
def test_a_change_of_what_was_changed_meets_the_newer_text(
    repository: Repository, report_id: int, second: Callable[[Repository, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = at(repository, report_id, 1, "results")
    others = list(repository.answers(report_id))
    edit(repository, report_id)
    before = said(repository, report_id)
    monkeypatch.setattr(repository, "answers", lambda _: iter(others))
    assert at(repository, report_id, 1, "results") == seen
    with pytest.raises(Conflict) as caught:
        second(repository, report_id)
    assert caught.value.current is not None and caught.value.current.text == "Sửa"
    monkeypatch.undo()
    assert said(repository, report_id) == before  # all or nothing


def test_letterhead_and_unit_are_decided_and_undone(repository: Repository, report_id: int) -> None:
    repository.assign_unit(report_id, "THPT-B", "school", author_name="Lan", seen="THPT-A")
    repository.correct_letterhead(report_id, "date", "2024-05-03", author_name="Lan", seen="2024-05-02")
    repository.correct_letterhead(report_id, "number", " 15/BC ", author_name="Lan")
    repository.correct_letterhead(report_id, "signer", "Trần Thị Lan", author_name="Lan", seen=None)
    record, letterhead = repository.report(report_id), repository.letterhead(report_id)
    assert (record.unit_id, record.letter_date, record.number) == ("THPT-B", dt.date(2024, 5, 3), "15/BC")
    assert letterhead is not None
    assert (letterhead.date, letterhead.number, letterhead.signer) == ("2024-05-03", "15/BC", "Trần Thị Lan")
    for field, value, error in (("date", "hôm qua", ValueError), ("provenance", "x", LookupError)):
        with pytest.raises(error):
            repository.correct_letterhead(report_id, field, value, author_name="Lan")
    with pytest.raises(Conflict):
        repository.assign_unit(report_id, None, None, author_name="Minh", seen="THPT-A")
    with pytest.raises(Conflict):
        repository.correct_letterhead(report_id, "number", "1", author_name="Minh", seen="12/BC-THPTA")
    while (last := repository.undoable(report_id)) is not None:
        repository.undo(report_id, last.id, author_name="Lan")
    record, letterhead = repository.report(report_id), repository.letterhead(report_id)
    assert (record.unit_id, record.letter_date, record.number) == ("THPT-A", dt.date(2024, 5, 2), "12/BC-THPTA")
    assert letterhead is not None and letterhead.signer is None


def test_a_report_has_the_parts_that_reviewers_gave_it(repository: Repository, make_report: Make) -> None:
    report_id = store(repository, make_report(cells={}, points={"school.2": ("no_answer", "")}))
    assert not repository.report(report_id).has_appendix
    add(repository, report_id)
    assert repository.report(report_id).has_appendix
    event = repository.undoable(report_id)
    assert event is not None
    repository.undo(report_id, event.id, author_name="Lan")
    assert not repository.report(report_id).has_appendix


@pytest.mark.parametrize("verb", ["UPDATE history SET actor = 'x'", "DELETE FROM history"])
def test_history_only_grows(repository: Repository, engine: sa.Engine, report_id: int, verb: str) -> None:
    edit(repository, report_id)
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), engine.begin() as connection:
        connection.execute(sa.text(verb))
    with engine.connect() as connection:
        assert connection.scalar(sa.select(table.c.actor)) == "Lan"


def test_wrong_requests_are_refused(repository: Repository, report_id: int) -> None:
    answer = at(repository, report_id, 1, "results")
    with pytest.raises(ValueError, match="halves"):
        repository.split_answer(answer.id, kept=" ", text="x", author_name="Lan")
    for call in (repository.withdraw_answer, lambda n, author_name: repository.confirm_answers([n], author_name="a")):
        with pytest.raises(LookupError):
            call(10_000, author_name="Lan")
    with pytest.raises(LookupError):
        repository.add_answer(10_000, status="answered", text="x", author_name="Lan", place=Place(point="school.1"))


# Read again by a newer pipeline -------------------------------------------------------------------------------------


@pytest.fixture
def reread(repository: Repository, make_report: Make, report_id: int) -> Iterator[Callable[..., list[Said]]]:
    """Change the first reading, read the file twice more with ``cells``; what counts then, the same both times."""
    versions = iter("23456789")

    def run(change: Callable[[Repository, int], None], **cells: tuple[str, str]) -> list[Said]:
        change(repository, report_id)
        machine = {(int(place[1:2]), place[3:]): value for place, value in cells.items()}
        seen = []
        for _ in range(2):
            again = store(repository, make_report(cells=machine or None, points={}), next(versions))
            seen.append(said(repository, again))
        assert seen[0] == seen[1]
        return seen[0]

    yield run


OLD = "Đã số hóa 100% hồ sơ học sinh."
FUNDING: Said = (1, "funding", "none", "Không có", "machine")


@pytest.mark.parametrize(
    ("change", "cells", "wanted"),
    [
        (edit, {}, [FUNDING, (1, "results", "answered", "Sửa", "reviewer")]),
        (move, {}, [FUNDING, (2, "funding", "answered", OLD, "reviewer")]),
        # The new reading finds by itself what the reviewer had moved or added: it stands once.
        (move, {"i2_funding": ("answered", OLD)}, [(2, "funding", "answered", OLD, "reviewer")]),
        (
            move,
            {"i2_funding": ("answered", "Nói chuyện khác")},
            [(2, "funding", "answered", "Nói chuyện khác", "machine"), (2, "funding", "answered", OLD, "reviewer")],
        ),
        (
            add,
            {},
            [FUNDING, (1, "results", "answered", OLD, "machine"), (5, "results", "answered", "Thêm", "reviewer")],
        ),
        (
            split,
            {},
            [
                (1, "development", "answered", "100% hồ sơ", "reviewer"),
                FUNDING,
                (1, "results", "answered", "Đã số hóa", "reviewer"),
            ],
        ),
        (
            split,
            {"i1_results": ("answered", "Đã số hóa"), "i1_development": ("answered", "100% hồ sơ")},
            [
                (1, "development", "answered", "100% hồ sơ", "reviewer"),
                (1, "results", "answered", "Đã số hóa", "reviewer"),
            ],
        ),
        (withdraw, {}, [FUNDING]),
        # It says something new: not hidden unseen.
        (withdraw, {"i1_results": ("answered", "Khác hẳn")}, [(1, "results", "answered", "Khác hẳn", "machine")]),
    ],
)
def test_changes_survive_newer_readings(
    reread: Callable[..., list[Said]],
    change: Callable[[Repository, int], None],
    cells: dict[str, tuple[str, str]],
    wanted: list[Said],
) -> None:
    assert reread(change, **cells) == sorted(wanted, key=str)


def test_what_was_undone_is_not_carried(repository: Repository, reread: Callable[..., list[Said]]) -> None:
    def edit_and_undo(repository: Repository, report_id: int) -> None:
        edit(repository, report_id)
        event = repository.undoable(report_id)
        assert event is not None
        repository.undo(report_id, event.id, author_name="Lan")

    assert reread(edit_and_undo) == sorted([FUNDING, (1, "results", "answered", OLD, "machine")], key=str)


def test_a_corrected_letterhead_survives_a_newer_reading(
    repository: Repository, engine: sa.Engine, make_report: Make, report_id: int
) -> None:
    repository.correct_letterhead(report_id, "number", "15/BC", author_name="Lan")
    edit(repository, report_id)
    again = store(repository, make_report(), "2")
    letterhead = repository.letterhead(again)
    assert letterhead is not None
    assert (letterhead.number, repository.report(again).number) == ("15/BC", "15/BC")
    assert [(e.actor, e.action) for e in history.of_report(engine, again)] == [(None, "carry")]
