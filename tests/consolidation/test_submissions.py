"""On time, late, incomplete, missing: as the letter means them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import campaigns
from campaigns import Campaign
from consolidation import Submission, submissions
from consolidation.words import submission_words
from storage import Repository

NOW = dt.datetime(2024, 5, 21, tzinfo=dt.UTC)
Points = Callable[..., dict[str, tuple[str, str]]]


def of(found: list[Submission], unit_id: str) -> Submission:
    return next(one for one in found if one.unit.id == unit_id)


def test_every_expected_unit_has_one_line(inbox: Any) -> None:
    found = submissions(inbox.repository, inbox.campaign, NOW)
    assert [one.unit.id for one in found] == [unit.id for unit in inbox.campaign.units if unit.expected]
    states = {unit_id: (of(found, unit_id).state, of(found, unit_id).days_late) for unit_id in _SENT}
    assert states == _SENT
    assert {one.state for one in found if one.unit.id not in _SENT} == {"missing"}


_SENT = {
    "SO-GDTRH": ("on_time", 0),
    "SO-KHTC": ("incomplete", 0),
    "PGD-Q1": ("late", 1),
    "PGD-Q3": ("incomplete", 6),
    "THPT-BUI-THI-XUAN": ("on_time", 0),
    "THPT-GO-VAP": ("incomplete", 0),
    "THPT-CU-CHI": ("on_time", 0),
}


def test_only_what_is_demanded_can_lack(inbox: Any) -> None:
    found = submissions(inbox.repository, inbox.campaign, NOW)
    assert of(found, "SO-KHTC").lacks == ("Phụ lục",)
    district = of(found, "PGD-Q1")
    assert (district.appendix, district.lacks) == ("not_provided", ())  # welcome, not demanded
    titles = {point.id: point.title for point in inbox.campaign.groups["district"].points}
    assert of(found, "PGD-Q3").lacks == tuple(titles[f"district.{n}"] for n in (2, 3, 4))


def test_an_answer_in_the_appendix_answers_the_point_that_asks_the_same(inbox: Any) -> None:
    """A school that only fills the appendix has answered what its columns and items cover, and nothing else."""
    points = {point.id: point.title for point in inbox.campaign.groups["school"].points}
    found = of(submissions(inbox.repository, inbox.campaign, NOW), "THPT-GO-VAP")
    assert found.lacks == (points["school.2"], points["school.3"])
    assert (found.file, found.appendix) == ("gv.xlsx", "provided")


def test_a_blank_answer_is_silence_and_none_is_an_answer(
    repository: Repository, campaign: Campaign, send: Any, full_points: Points
) -> None:
    points = full_points("school")
    send("a.docx", "THPT-CU-CHI", points=points | {"school.2": ("no_answer", "")})
    send("b.docx", "THPT-GO-VAP", points=points | {"school.2": ("none", "Không có")})
    found = submissions(repository, campaign, NOW)
    assert len(of(found, "THPT-CU-CHI").lacks) == 1
    assert of(found, "THPT-GO-VAP").lacks == ()


@pytest.mark.parametrize(
    ("date", "inclusive", "days_late"),
    [
        ("2024-05-02", False, 0),
        ("2024-05-03", False, 1),
        ("2024-05-03", True, 0),
        ("2024-05-04", True, 1),
        ("2024-06-03", False, 32),
    ],
)
def test_the_deadline_is_strict_or_inclusive_by_the_campaign(
    repository: Repository,
    campaign: Campaign,
    send: Any,
    full_points: Points,
    date: str,
    inclusive: bool,
    days_late: int,
) -> None:
    deadline = msgspec.structs.replace(campaign.deadline, inclusive=inclusive)
    received = dt.datetime(2024, 6, 30, tzinfo=dt.UTC)
    send("a.docx", "THPT-CU-CHI", points=full_points("school"), date=date, received=received)
    changed = msgspec.structs.replace(campaign, deadline=deadline)
    one = of(submissions(repository, changed, NOW), "THPT-CU-CHI")
    assert (one.days_late, one.basis) == (days_late, "letter_date")


@pytest.mark.parametrize("date", [None, "2023-05-02", "2042-05-02"])
def test_without_a_credible_date_the_day_of_receipt_counts(
    repository: Repository, campaign: Campaign, send: Any, full_points: Points, date: str | None
) -> None:
    """In the campaign's own time zone: 18:00 UTC is already the next day there."""
    received = dt.datetime(2024, 5, 2, 18, tzinfo=dt.UTC)
    send("a.docx", "THPT-CU-CHI", points=full_points("school"), date=date, received=received)
    one = of(submissions(repository, campaign, NOW), "THPT-CU-CHI")
    assert (one.submitted_on, one.basis, one.days_late) == (dt.date(2024, 5, 3), "received_at", 1)


def test_a_unit_that_need_not_answer_is_listed_once_it_does(
    repository: Repository, campaign: Campaign, send: Any
) -> None:
    optional = next(unit for unit in campaign.units if not unit.expected)
    assert optional.id not in {one.unit.id for one in submissions(repository, campaign, NOW)}
    send("a.docx", optional.id, points={"school.1": ("answered", "…")})
    assert of(submissions(repository, campaign, NOW), optional.id).versions == 1


def test_a_corrected_answer_counts(repository: Repository, campaign: Campaign, send: Any, full_points: Points) -> None:
    report_id = send("a.docx", "THPT-CU-CHI", points=full_points("school") | {"school.3": ("no_answer", "")})
    blank = next(a for a in repository.answers(report_id) if a.point == "school.3")
    repository.correct_answer(blank.id, status="answered", text="Đề nghị cấp máy", author_name="Lan")
    assert of(submissions(repository, campaign, NOW), "THPT-CU-CHI").state == "on_time"


def test_words_for_people(inbox: Any) -> None:
    found = submissions(inbox.repository, inbox.campaign, NOW)
    words = {one.unit.id: submission_words(one) for one in found}
    assert words["PGD-Q1"] == "Trễ 1 ngày"
    assert words["PGD-Q3"] == "Nộp thiếu, trễ 6 ngày"
    assert words["PGD-Q4"] == "Chưa nộp"
    early = submissions(inbox.repository, inbox.campaign, dt.datetime(2024, 4, 30, 1, tzinfo=dt.UTC))
    assert submission_words(of(early, "PGD-Q4")) == "Chưa nộp (còn 2 ngày)"
    last = submissions(inbox.repository, inbox.campaign, dt.datetime(2024, 5, 2, 1, tzinfo=dt.UTC))
    assert submission_words(of(last, "PGD-Q4")) == "Chưa nộp (hôm nay hết hạn)"


def test_another_campaign_needs_no_code(repository: Repository, send: Any) -> None:
    campaign = campaigns.load("vi-du-an-toan-truong-hoc")
    send.campaign = campaign
    day = {"date": "2025-02-28", "received": dt.datetime(2025, 3, 3, tzinfo=dt.UTC)}
    send("hoa-mai.docx", "TRUONG-HOA-MAI", points={"campus.1": ("answered", "Ổn định")}, **day)
    send("hoa-an.docx", "XA-HOA-AN", points={
        "commune.1": ("answered", "Đã phối hợp"), "commune.2": ("none", "Không"),
    }, **day)  # fmt: skip
    found = submissions(repository, campaign, dt.datetime(2025, 3, 10, tzinfo=dt.UTC))
    assert {one.unit.id: (one.state, one.lacks) for one in found} == {
        "XA-HOA-AN": ("on_time", ()),
        "PHUONG-BEN-CAU": ("missing", ()),
        "TRUONG-HOA-MAI": ("incomplete", ("Phụ lục",)),
        "TRUONG-SONG-XANH": ("missing", ()),
    }
    assert of(found, "XA-HOA-AN").appendix == "not_asked"
