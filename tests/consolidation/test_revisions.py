"""What changed between the versions that a unit sent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from campaigns.model import Campaign
from consolidation import consolidate
from consolidation.collecting import collect
from consolidation.revisions import differing, revisions
from storage import Repository

UNIT = "THPT-BUI-THI-XUAN"
NOW = dt.datetime(2024, 5, 21, 1, tzinfo=dt.UTC)


@pytest.fixture
def two_versions(send: Any, repository: Repository) -> Repository:
    send("v1.docx", UNIT, date="2024-05-02", cells={
        (1, "results"): ("answered", "Đã trang bị 10 phòng máy."),
        (1, "funding"): ("none", "Không"),
        (2, "results"): ("answered", "Có  học bạ\nsố"),
    })  # fmt: skip
    send("v2.docx", UNIT, date="2024-05-06", cells={
        (1, "results"): ("answered", "Đã trang bị 12 phòng máy, mạng nội bộ."),
        (2, "results"): ("answered", "có học bạ số."),
        (3, "results"): ("not_yet", "Chưa thực hiện"),
    })  # fmt: skip
    send("v3.docx", UNIT, date="2024-05-08", points={"school.1": ("answered", "Công văn nhắc lại.")})
    return repository


def found(repository: Repository, campaign: Campaign) -> list[tuple[Any, ...]]:
    (sent,) = (one for one in collect(repository, campaign) if one.unit and one.unit.id == UNIT)
    return [
        (one.older.name, one.newer.name, one.place[1:3], one.kind, one.words)
        for one in revisions(repository, campaign, sent)
    ]


def test_each_changed_place_is_told_once(two_versions: Repository, campaign: Campaign) -> None:
    assert found(two_versions, campaign) == [
        ("v1.docx", "v2.docx", (1, "results"), "changed", (("10", "12"), ("máy.", "máy, mạng nội bộ."))),
        ("v1.docx", "v2.docx", (1, "funding"), "removed", ()),
        ("v1.docx", "v2.docx", (3, "results"), "added", ()),
    ]


def test_a_correction_counts_as_what_the_version_says(two_versions: Repository, campaign: Campaign) -> None:
    newest = next(one for one in two_versions.reports(campaign.id) if one.name == "v2.docx")
    answer = next(one for one in two_versions.answers(newest.id) if (one.item, one.column) == (1, "results"))
    two_versions.correct_answer(answer.id, status="answered", text="Đã trang bị 10 phòng máy", author_name="Lan")
    assert [place for _, _, place, _, _ in found(two_versions, campaign)] == [(1, "funding"), (3, "results")]


def test_the_workbook_shows_old_and_new(two_versions: Repository, campaign: Campaign, tmp_path: Path) -> None:
    consolidate(two_versions, campaign, tmp_path, NOW)
    sheet = openpyxl.load_workbook(tmp_path / "tong-hop.xlsx")["Thay đổi giữa các bản"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[4] for row in rows] == ["Sửa", "Bỏ", "Thêm"]
    assert rows[0][5:8] == [
        "10 → 12\nmáy. → máy, mạng nội bộ.", "Đã trang bị 10 phòng máy.", "Đã trang bị 12 phòng máy, mạng nội bộ.",
    ]  # fmt: skip
    assert "v1.docx (02/05/2024) → v2.docx (06/05/2024)" in rows[0][8]


def test_texts_too_long_to_compare_are_shown_whole() -> None:
    long = "chữ " * 3000
    assert differing(long, long + "x") == ((long, long + "x"),)
