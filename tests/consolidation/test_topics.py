"""Difficulties by cause, proposals by addressee, documents once each."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from consolidation import consolidate
from consolidation.documents import date_after
from consolidation.findings import Findings
from consolidation.folding import fold
from consolidation.lexicon import addressee, cause_sorter, plain
from consolidation.statements import Statement
from extractors.report import Fact
from tests.consolidation.conftest import where
from tests.consolidation.test_money import findings
from tests.consolidation.test_outputs import NOW, records


def said(found: Findings, role: str) -> list[tuple[str, str]]:
    return [(one.topic, one.text) for one in getattr(found, role)]


def test_advantages_are_no_difficulties(send: Any) -> None:
    text = (
        "1. Thuận lợi: được Sở tập huấn; đội ngũ giáo viên trẻ.\n"
        "2. Khó khăn, hạn chế: máy tính đã cũ; phần mềm chưa liên thông dữ liệu.\n"
        "3. Nguyên nhân: kinh phí chi thường xuyên chỉ đủ bảo trì./."
    )
    send("a", "THPT-CU-CHI", points={"school.2": ("answered", text)})
    assert said(findings(send), "difficulties") == [
        ("Kinh phí", "Kinh phí chi thường xuyên chỉ đủ bảo trì"),
        ("Cơ sở vật chất, hạ tầng", "Máy tính đã cũ"),
        ("Phần mềm, dữ liệu", "Phần mềm chưa liên thông dữ liệu"),
    ]


def test_none_and_not_yet_state_no_difficulty(send: Any) -> None:
    send(
        "a",
        "THPT-CU-CHI",
        cells={(1, "challenges"): ("none", "Không có khó khăn gì"), (2, "challenges"): ("no_answer", "")},
    )
    assert said(findings(send), "difficulties") == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Thiếu nhân viên thiết bị có chuyên môn Hóa, Sinh", "Nhân lực"),
        ("Chưa có tiêu chuẩn, định mức đối với thư viện thông minh", "Cơ chế, quy định"),
        ("Đường truyền ở 04 xã không ổn định", "Cơ sở vật chất, hạ tầng"),
        ("Một số cha mẹ học sinh lớn tuổi còn nộp tiền mặt", "Nhận thức"),
        ("Thieu kinh phi mua sam", "Kinh phí"),  # written without diacritics
        ("Hơi mặn từ biển", None),
    ],
)
def test_a_difficulty_is_sorted_by_its_words(text: str, cause: str | None) -> None:
    assert cause_sorter().best(plain(text)) == cause


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("Kiến nghị Sở GD&ĐT tham mưu UBND Thành phố ban hành định mức", "Sở Giáo dục và Đào tạo"),
        ("Đề nghị Uỷ ban nhân dân thành phố cấp kinh phí", "UBND Thành phố"),
        ("Sở Tài chính hướng dẫn định mức", "Sở Tài chính, Sở Kế hoạch và Đầu tư"),
        ("Kiến nghị Sở Thông tin và Truyền thông", "Sở, ngành và đơn vị khác"),
        ("Đề nghị UBND TP Thủ Đức bố trí đất", "UBND quận, huyện, TP Thủ Đức"),
        ("Bộ GDĐT ban hành chuẩn dữ liệu", "Bộ, ngành Trung ương"),
        ("Cấp thêm học liệu số cho các cơ sở", None),  # neither "Sở" nor a body
        ("Xây dựng đội ngũ cốt cán cấp Thành phố", None),
    ],
)
def test_a_proposal_goes_to_the_body_it_names_first(text: str, to: str | None) -> None:
    assert addressee(plain(text)) == to


def test_a_heading_speaks_for_the_lines_under_it(send: Any) -> None:
    text = (
        "Đối với UBND Thành phố:\n- Bố trí vốn trung hạn\n- Ban hành định mức\n"
        "Đối với Sở GDĐT:\n- Mở lớp bồi dưỡng giáo viên"
    )
    send("a", "THPT-CU-CHI", points={"school.3": ("answered", text)})
    assert said(findings(send), "proposals") == [
        ("UBND Thành phố", "Bố trí vốn trung hạn"),
        ("UBND Thành phố", "Ban hành định mức"),
        ("Sở Giáo dục và Đào tạo", "Mở lớp bồi dưỡng giáo viên"),
    ]


def test_statements_alike_are_folded_with_everyone_behind_them() -> None:
    def one(unit: str, text: str) -> Statement:
        return Statement(unit=unit, topic="Nhân lực", text=text, item=None, file=f"{unit}.pdf", page="1")

    (first, second, third) = fold(
        [
            one("A", "Thiếu 11 giáo viên Tin học so với định mức"),
            one("B", "Thiếu 19 giáo viên tin học so với định mức."),
            one("C", "Không thiếu giáo viên Tin học so với định mức"),
            one("D", "Nhân viên thư viện kiêm nhiệm"),
        ],
        ["Nhân lực"],
    )
    assert first.units == ("A", "B") and len(first.said) == 2
    assert {second.units, third.units} == {("C",), ("D",)}


def test_the_sheets_show_units_and_quotes(send: Any, tmp_path: Path) -> None:
    for unit in ("THPT-CU-CHI", "THPT-GO-VAP"):
        send(f"{unit}.pdf", unit, points={
            "school.2": ("answered", "Khó khăn: đường truyền chậm"),
            "school.3": ("answered", "Đề nghị Sở GDĐT cấp máy tính"),
        })  # fmt: skip
    book = openpyxl.load_workbook(consolidate(send.repository, send.campaign, tmp_path / "out", NOW)[0])
    (difficulty,) = records(book["Khó khăn"])
    assert (difficulty["Nguyên nhân"], difficulty["Số đơn vị"]) == ("Cơ sở vật chất, hạ tầng", 2)
    assert (
        "THPT Củ Chi: “Đường truyền chậm” (THPT-CU-CHI.pdf, tr. 1)" in difficulty["Nguyên văn của từng đơn vị và nguồn"]
    )
    (proposal,) = records(book["Kiến nghị"])
    assert (proposal["Nơi nhận"], proposal["Đơn vị"]) == ("Sở Giáo dục và Đào tạo", "THPT Gò Vấp; THPT Củ Chi")


def cite(number: str, sentence: str) -> Fact:
    return Fact(kind="document", value=number, unit=None, funding_source=None, item=1, column="directives",
                sentence=sentence, provenance=where(1))  # fmt: skip


def test_a_cited_document_is_listed_once(send: Any) -> None:
    for unit, number, sentence in (
        ("THPT-CU-CHI", "3249/QĐ-UBND", "Quyết định số 3249/QĐ-UBND ngày 06/9/2021"),
        ("THPT-GO-VAP", "3249/QĐ-UBND", "QĐ 3249"),
        ("PGD-Q1", "203/KH-UBND", "Kế hoạch 203/KH–UBND ngày 14 tháng 10 năm 2022 của UBND Quận 1"),
        ("PGD-Q3", "203/KH-UBND", "Kế hoạch 203/KH-UBND ngày 01/02/2023"),
    ):
        send(unit, unit, cells={(1, "directives"): ("answered", sentence)}, facts=[cite(number, sentence)])
    found = findings(send).documents
    assert [(one.number, one.date, one.kind, len(one.units), one.asked) for one in found] == [
        ("3249/QĐ-UBND", dt.date(2021, 9, 6), "Quyết định", 2, True),
        ("203/KH-UBND", dt.date(2022, 10, 14), "Kế hoạch", 1, False),
        ("203/KH-UBND", dt.date(2023, 2, 1), "Kế hoạch", 1, False),
    ]
    assert found[1].others == (dt.date(2023, 2, 1),)


def test_a_date_belongs_to_the_number_before_it() -> None:
    text = "Quyết định 1411/QĐ-UBND và Kế hoạch 939/KH-UBND ngày 16/3/2023"
    assert date_after(text, "1411/QĐ-UBND") is None
    assert date_after(text, "939/KH-UBND") == dt.date(2023, 3, 16)
    assert date_after("Kế hoạch 5/KH-UBND ngày 31/02/2023", "5/KH-UBND") is None


def test_counts_and_percentages_are_listed_as_said(send: Any, tmp_path: Path) -> None:
    text = "100% hồ sơ; 118 giáo viên tập huấn"
    facts = [
        Fact(kind=kind, value=value, unit=of, funding_source=None, item=2, column="results", sentence=text,  # type: ignore[arg-type]
             provenance=where(4))
        for kind, value, of in (("percent", 99.5, "%"), ("count", 118, "giáo viên"))
    ]  # fmt: skip
    send("a.pdf", "THPT-CU-CHI", cells={(2, "results"): ("answered", text)}, facts=facts)
    book = openpyxl.load_workbook(consolidate(send.repository, send.campaign, tmp_path / "out", NOW)[0])
    found = [(one["Giá trị"], one["Đơn vị tính"], one["Trang"], one["Tệp"]) for one in records(book["Số liệu"])]
    assert found == [(99.5, "%", "4", "a.pdf"), (118, "giáo viên", "4", "a.pdf")]
