"""What is stored comes back, once, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from extractors.report import Report
from storage import Conflict, Repository
from storage.records import Place, StoredReport

CAMPAIGN = "dot-1"
NOON = dt.datetime(2024, 5, 2, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
Make = Callable[..., Report]


def receive(repository: Repository, report: Report, at: dt.datetime = NOON) -> None:
    source = report.source
    repository.record_arrival(
        campaign_id=CAMPAIGN, name=source.name, path=f"/in/{source.name}", sha256=source.sha256, size=1, received_at=at
    )


def store(repository: Repository, report: Report, version: str = "1", at: dt.datetime = NOON) -> StoredReport:
    receive(repository, report, at)
    return repository.store_report(report, campaign_id=CAMPAIGN, pipeline_version=version)


def test_a_report_comes_back_as_it_was(repository: Repository, make_report: Make) -> None:
    report = make_report()
    stored = store(repository, report)
    assert stored.created and stored.state == "processed"
    assert repository.report_body(stored.id) == report
    record = repository.report(stored.id)
    assert (record.unit_id, record.unit_group, record.number) == ("THPT-A", "school", "12/BC-THPTA")
    assert record.letter_date == dt.date(2024, 5, 2)
    assert record.received_at == NOON and record.received_at.tzinfo is not None
    assert record.has_appendix and record.has_narrative
    answers = list(repository.answers(stored.id))
    assert [(a.kind, a.item, a.column, a.point, a.status, a.text, a.provenance) for a in answers] == [
        *(("appendix", a.item, a.column, None, a.status, a.text, a.provenance) for a in report.appendix),
        *(("point", None, None, a.point, a.status, a.text, a.provenance) for a in report.narrative),
    ]
    assert [fact.value for fact in repository.facts(stored.id)] == [1_250_000_000, 93.3, "3249/QĐ-UBND"]
    assert [(r.original, r.alternatives[0].text) for r in repository.repairs(stored.id)] == [("Th?c", "Thức")]


def test_the_same_reading_is_stored_once(repository: Repository, make_report: Make) -> None:
    first = store(repository, make_report())
    again = store(repository, make_report())
    assert (again.id, again.created) == (first.id, False)
    assert len(list(repository.answers(first.id, current=False))) == 3
    found = repository.find_report(make_report().source.sha256, CAMPAIGN, "1")
    assert found is not None and found.id == first.id
    assert repository.find_report(make_report().source.sha256, CAMPAIGN, "2") is None
    assert repository.find_report(make_report().source.sha256, "dot-2", "1") is None


def test_two_ingests_at_once_one_stores_and_the_others_find_a_duplicate(engine: sa.Engine, make_report: Make) -> None:
    workers = 8
    start = threading.Barrier(workers)
    report = make_report()

    def ingest(_: int) -> StoredReport:
        repository = Repository(engine)
        start.wait()
        return store(repository, report)

    with ThreadPoolExecutor(workers) as pool:
        stored = list(pool.map(ingest, range(workers)))
    assert sum(one.created for one in stored) == 1
    assert len({one.id for one in stored}) == 1
    repository = Repository(engine)
    assert len(list(repository.answers(stored[0].id, current=False))) == 3
    assert len(list(repository.arrivals(CAMPAIGN))) == 1


def test_a_rejection_gives_way_when_the_file_is_read_after_all(repository: Repository, make_report: Make) -> None:
    report = make_report()
    receive(repository, report)
    refusal = {"campaign_id": CAMPAIGN, "pipeline_version": "1", "sha256": report.source.sha256, "name": "x.docx"}
    refused = repository.store_rejection(**refusal, code="timeout", message="Đọc tệp quá thời gian cho phép.")
    assert (refused.created, refused.state) == (True, "rejected")
    assert repository.report_body(refused.id) is None
    assert repository.queue_sizes(CAMPAIGN)["rejected"] == 1
    after_all = repository.store_report(report, campaign_id=CAMPAIGN, pipeline_version="1", state="partial")
    assert after_all == StoredReport(id=refused.id, created=True, state="partial")
    assert repository.report_body(refused.id) == report
    assert repository.report(refused.id).code is None
    too_late = repository.store_rejection(**refusal, code="timeout", message="…")
    assert too_late == StoredReport(id=refused.id, created=False, state="partial")


def test_a_report_needs_its_original(repository: Repository, make_report: Make) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        repository.store_report(make_report(), campaign_id=CAMPAIGN, pipeline_version="1")


def test_every_name_a_content_came_under_is_kept(repository: Repository, make_report: Make) -> None:
    report = make_report()
    batch = repository.start_batch(CAMPAIGN, NOON)
    common = {"campaign_id": CAMPAIGN, "sha256": report.source.sha256, "size": 5, "batch_id": batch}
    first = repository.record_arrival(**common, name="a.docx", path="/in/a.docx", received_at=NOON)
    second = repository.record_arrival(**common, name="b.docx", path="/in/b.docx", received_at=NOON + DAY)
    stored = repository.store_report(report, campaign_id=CAMPAIGN, pipeline_version="1")
    repository.finish_arrival(first.id, "processed", report_id=stored.id)
    repository.finish_arrival(second.id, "duplicate", report_id=stored.id)
    # The next night the inbox holds the same files.
    again = repository.record_arrival(**common, name="a.docx", path="/in/a.docx", received_at=NOON + 2 * DAY)
    assert (again.id, again.received_at, again.last_seen_at) == (first.id, NOON, NOON + 2 * DAY)
    repository.finish_arrival(again.id, "duplicate", report_id=stored.id)
    assert [(a.name, a.state) for a in repository.arrivals(CAMPAIGN)] == [
        ("a.docx", "processed"),
        ("b.docx", "duplicate"),
    ]
    repository.finish_batch(batch, {"processed": 1, "duplicate": 1}, NOON + DAY)
    (closed,) = repository.batches(CAMPAIGN)
    assert (closed.counts, closed.finished_at) == ({"processed": 1, "duplicate": 1}, NOON + DAY)
    assert repository.report(stored.id).received_at == NOON


def test_a_file_that_could_not_be_kept_is_accounted_for_once(repository: Repository) -> None:
    for night in range(3):
        gone = repository.record_arrival(
            campaign_id=CAMPAIGN, name="mat.docx", path="/in/mat.docx", sha256=None, received_at=NOON + night * DAY
        )
        repository.finish_arrival(gone.id, "rejected", code="vanished", message="Tệp biến mất.")
    (arrival,) = repository.arrivals(CAMPAIGN)
    assert (arrival.sha256, arrival.state, arrival.code) == (None, "rejected", "vanished")


@pytest.mark.parametrize(
    "name", ["b\udce1o c\udce1o.docx", "nul\0.docx", "x" * 5000 + ".docx", "Báo cáo.docx", "'\";--%s{}"]
)
def test_any_file_name_and_text_can_be_stored(repository: Repository, make_report: Make, name: str) -> None:
    """Names of other encodings reach us as lone surrogates, damaged text with NUL."""
    report = make_report(name, cells={(1, "results"): ("answered", f"a\0b \ud800 {name}")})
    stored = store(repository, report)
    (arrival,) = repository.arrivals(CAMPAIGN)
    assert arrival.path.startswith("/in/") and "\0" not in arrival.path
    arrival.path.encode()
    answer = next(iter(repository.answers(stored.id)))
    assert answer.text.startswith("a\ufffdb ")
    assert repository.report_body(stored.id) is not None
    assert store(repository, report).created is False


def test_naive_times_are_refused(repository: Repository) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"):
        repository.start_batch(CAMPAIGN, dt.datetime(2024, 5, 2))


# Versions of a unit's report ----------------------------------------------------------------------------------------


def test_the_later_letter_counts_and_the_older_stays_visible(repository: Repository, make_report: Make) -> None:
    new = store(repository, make_report("moi.docx", date="2024-05-02"), at=NOON)
    old = store(
        repository, make_report("cu.docx", date="2024-04-29"), at=NOON + DAY
    )  # handed in late, but written before
    unit = repository.unit_reports(CAMPAIGN)["THPT-A"]
    assert [report.id for report in unit.versions] == [new.id, old.id]
    assert [report.id for report in repository.current_reports(CAMPAIGN)] == [new.id]


def test_same_date_the_later_arrival_counts(repository: Repository, make_report: Make) -> None:
    store(repository, make_report("1.docx"), at=NOON)
    second = store(repository, make_report("2.docx"), at=NOON + DAY)
    store(repository, make_report("3.docx"), at=NOON - DAY)
    assert [report.id for report in repository.current_reports(CAMPAIGN)] == [second.id]


@pytest.mark.parametrize("date", [None, "2042-05-02", "không rõ"])
def test_a_report_without_a_credible_date_does_not_displace_a_dated_one(
    repository: Repository, make_report: Make, date: str | None
) -> None:
    dated = store(repository, make_report("co-ngay.docx"), at=NOON)
    store(repository, make_report("nhap.docx", date=date), at=NOON + DAY)
    assert [report.id for report in repository.current_reports(CAMPAIGN)] == [dated.id]


def test_report_and_appendix_sent_as_two_files_both_count(repository: Repository, make_report: Make) -> None:
    blank = {(1, "results"): ("no_answer", "")}
    letter = store(repository, make_report("bc.docx", cells=blank))
    appendix = store(repository, make_report("pl.xlsx", date=None, points={}))
    unit = repository.unit_reports(CAMPAIGN)["THPT-A"]
    assert unit.narrative is not None and unit.narrative.id == letter.id
    assert unit.appendix is not None and unit.appendix.id == appendix.id
    assert {report.id for report in unit.current} == {letter.id, appendix.id}


def test_reports_of_unknown_units_stand_alone(repository: Repository, make_report: Make) -> None:
    stored = store(repository, make_report(unit=None, group=None))
    assert repository.unit_reports(CAMPAIGN) == {}
    assert repository.queue_sizes(CAMPAIGN)["unit_unknown"] == 1
    repository.assign_unit(stored.id, "PGD-X", "district", author_name="Lan")
    assert list(repository.unit_reports(CAMPAIGN)) == ["PGD-X"]
    with pytest.raises(LookupError):
        repository.assign_unit(99, "PGD-X", "district", author_name="Lan")


def test_a_failed_re_reading_does_not_hide_the_good_one(repository: Repository, make_report: Make) -> None:
    good = store(repository, make_report(), "1")
    repository.store_rejection(
        sha256=make_report().source.sha256,
        name="x",
        campaign_id=CAMPAIGN,
        pipeline_version="2",
        code="crashed",
        message="",
    )
    assert [(report.id, report.state) for report in repository.reports(CAMPAIGN)] == [(good.id, "processed")]


# Corrections --------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_row(repository: Repository, make_report: Make) -> None:
    stored = store(repository, make_report())
    before = list(repository.answers(stored.id))
    fixed = repository.correct_answer(before[1].id, status="not_yet", text="Chưa thực hiện", author_name="Lan")
    assert (fixed.replaces, fixed.author, fixed.confidence) == (before[1].id, "reviewer", 1.0)
    assert list(repository.answers(stored.id)) == [before[0], before[2], fixed]
    assert list(repository.answers(stored.id, current=False)) == [*before, fixed]


def test_of_two_corrections_the_second_learns_of_the_first(engine: sa.Engine, make_report: Make) -> None:
    repository = Repository(engine)
    stored = store(repository, make_report())
    answer = next(iter(repository.answers(stored.id)))
    start = threading.Barrier(2)

    def correct(name: str) -> bool:
        start.wait()
        try:
            Repository(engine).correct_answer(answer.id, status="answered", text=name, author_name=name)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(correct, ["Lan", "Minh"])) == [False, True]
    with pytest.raises(LookupError):
        repository.correct_answer(10_000, status="none", text="", author_name="Lan")


def test_corrections_survive_a_newer_pipeline(repository: Repository, make_report: Make) -> None:
    first = store(repository, make_report(), "1")
    old = list(repository.answers(first.id))
    wrong = repository.correct_answer(old[0].id, status="none", text="sai", author_name="Lan")
    right = repository.correct_answer(wrong.id, status="answered", text="Đúng", author_name="Lan")
    moved = repository.correct_answer(
        old[1].id, status="none", text="Không có", author_name="Lan", place=Place(item=2, column="funding")
    )
    repository.assign_unit(first.id, "THPT-B", "school", author_name="Lan")
    new = make_report(cells={(1, "results"): ("answered", "đọc lại"), (3, "results"): ("answered", "đọc thêm")})
    second = store(repository, new, "2")
    assert second.id != first.id and second.created
    third = store(repository, new, "3")
    for report_id in (second.id, third.id):
        current = {(a.item, a.column, a.point): a for a in repository.answers(report_id)}
        assert set(current) == {
            (1, "results", None),
            (2, "funding", None),
            (3, "results", None),
            (None, None, "school.2"),
        }
        assert (current[1, "results", None].text, current[1, "results", None].author) == ("Đúng", "reviewer")
        assert current[2, "funding", None].author == "reviewer"
        assert current[3, "results", None].author == "machine"
        assert "đọc lại" in {a.text for a in repository.answers(report_id, current=False)}
        assert "sai" not in {a.text for a in repository.answers(report_id, current=False)}
    carried = {a.carried_from for a in repository.answers(second.id)}
    assert {right.id, moved.id} <= carried
    (report,) = repository.current_reports(CAMPAIGN)
    assert (report.id, report.unit_id) == (third.id, "THPT-B")


def test_a_file_from_an_archive_knows_it_and_counts_when_refused(repository: Repository) -> None:
    archive, inside = "a" * 64, "b" * 64
    common = {"campaign_id": CAMPAIGN, "received_at": NOON}
    parent = repository.record_arrival(name="a.zip", path="/in/a.zip", sha256=archive, **common)
    member = repository.record_arrival(
        name="a.zip/b.docx", path="/in/a.zip/b.docx", sha256=inside, parent_sha256=archive, **common
    )
    locked = repository.record_arrival(
        name="a.zip/c.docx", path="/in/a.zip/c.docx", sha256=None, parent_sha256=archive, **common
    )
    gone = repository.record_arrival(name="d.docx", path="/in/d.docx", sha256=None, **common)
    repository.finish_arrival(locked.id, "rejected", code="encrypted")
    repository.finish_arrival(gone.id, "rejected", code="not_found")
    assert (parent.parent_sha256, member.parent_sha256, locked.parent_sha256) == (None, archive, archive)
    assert repository.queue_sizes(CAMPAIGN)["rejected"] == 1
    repository.finish_arrival(parent.id, "rejected", code="damaged")
    assert repository.queue_sizes(CAMPAIGN)["rejected"] == 2
