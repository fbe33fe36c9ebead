"""Money in đồng with its source, counts, percents and documents; what looks like money and is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractors.document import Provenance
from extractors.report import Fact
from extractors.understanding.figures.amounts import measure
from extractors.understanding.figures.facts import Passage, find_facts
from extractors.understanding.figures.language import pipeline
from extractors.understanding.ground.lines import Line

TY, TRIEU = 10**9, 10**6


def facts(*texts: str, **about: Any) -> list[Fact]:
    lines = tuple(Line(n, text, Provenance(block=f"p[{n}]")) for n, text in enumerate(texts))
    return find_facts([Passage(lines, **about)], ["3249/QĐ-UBND", "939/KH-UBND"])


def money(*texts: str, **about: Any) -> list[tuple[int | float | str, str | None]]:
    return [(fact.value, fact.funding_source) for fact in facts(*texts, **about) if fact.kind == "money"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("trên 2 tỷ đồng", 2 * TY),
        ("1,25 tỷ", 1250 * TRIEU),
        ("77.300 triệu", 77300 * TRIEU),
        ("350tr", 350 * TRIEU),
        ("350 tr.đ", 350 * TRIEU),
        ("1.250.000.000đ", 1250 * TRIEU),
        ("1.250.000.000 VNĐ", 1250 * TRIEU),
        ("1,250,000,000 đồng", 1250 * TRIEU),
        ("500 nghìn đồng", 500_000),
        ("500 ngàn đồng", 500_000),
        ("212,5 triệu đồng", 212_500_000),
        ("1 tỷ 250 triệu đồng", 1250 * TRIEU),
        ("3 tỷ 2", 3200 * TRIEU),
        ("1 tỷ rưỡi", 1500 * TRIEU),
        ("hai tỷ đồng", 2 * TY),
        ("ba trăm năm mươi triệu đồng", 350 * TRIEU),
        ("hai tỷ ba trăm triệu đồng", 2300 * TRIEU),
        ("2 nghìn tỷ đồng", 2000 * TY),
    ],
)
def test_amounts(text: str, value: int) -> None:
    assert [got for got, _ in money(f"Kinh phí {text}.")] == [value]


@pytest.mark.parametrize("text", ["từ 2 đến 3 tỷ đồng", "2 - 3 tỷ đồng", "2-3 tỷ", "2 tỷ đến 3 tỷ đồng"])
def test_ranges_keep_both_ends(text: str) -> None:
    found = [fact for fact in facts(f"Dự kiến {text}.") if fact.kind == "money"]
    assert [(fact.value, fact.value_to) for fact in found] == [(2 * TY, 3 * TY)]


@pytest.mark.parametrize(
    "text",
    [
        "Điện thoại 0903.123.456, ngày 02/5/2024, số 3249/QĐ-UBND",
        "Hợp đồng với 01 ngân hàng và 01 đơn vị",
        "1,7 triệu hồ sơ học sinh; 5 triệu lượt truy cập",
        "Tỷ lệ đạt 95,5%, sĩ số 45",
        "Điểm trung bình 8đ",
        "năm 2022, năm học 2022-2023",
    ],
)
def test_no_money(text: str) -> None:
    assert money(text) == []


SENTENCES = [
    tuple(part.strip() for part in row.split("|", 1))
    for row in (Path(__file__).parent / "money_sentences.txt").read_text(encoding="utf-8").splitlines()
    if not row.startswith("#")
]


@pytest.mark.parametrize(("told", "text"), SENTENCES, ids=[text[:40] for _, text in SENTENCES])
def test_sentences(told: str, text: str) -> None:
    source = {"b": "budget", "s": "socialised", "u": None}
    want = [(round(float(value) * TRIEU), source[mark]) for value, mark in (one.split(":") for one in told.split())]
    assert sorted(money(*text.split("\\n")), key=str) == sorted(want, key=str)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Kinh phí 275 triệu đồng, toàn bộ từ nguồn xã hội hóa.", [(275, "socialised")]),
        ("Cải tạo bằng ngân sách Thành phố: 1.948 triệu đồng.", [(1948, "budget")]),
        ("Trị giá 168 triệu đồng do cựu học sinh khóa 1994 tặng.", [(168, "socialised")]),
        (
            "Tổng 1.500 triệu đồng (ngân sách 1.000 triệu, XHH 500 triệu).",
            [(1500, None), (1000, "budget"), (500, "socialised")],
        ),
        ("1.200 triệu đồng từ ngân sách và 300 triệu đồng từ xã hội hóa", [(1200, "budget"), (300, "socialised")]),
        ("ngân sách 250 triệu, xã hội hóa 120 triệu", [(250, "budget"), (120, "socialised")]),
        ("Tổng kinh phí 200 triệu đồng từ ngân sách và xã hội hóa.", [(200, None)]),
        (
            "NS quận: 20 triệu năm 2022, 10 triệu năm 2023; XHH: 5 triệu",
            [(20, "budget"), (10, "budget"), (5, "socialised")],
        ),
        (
            "Mua 40 máy (420 triệu đồng, nguồn NSNN) và 10 bộ (85 triệu đồng, tài trợ).",
            [(420, "budget"), (85, "socialised")],
        ),
        ("300 triệu đồng (ngân sách), 50 triệu đồng (XHH)", [(300, "budget"), (50, "socialised")]),
        ("18tr từ nguồn chi thường xuyên", [(18, "budget")]),
        ("30 triệu đồng từ quỹ phát triển hoạt động sự nghiệp", [(30, "budget")]),
        ("Mạnh thường quân ủng hộ 15 triệu đồng", [(15, "socialised")]),
        ("Kinh phí 150 triệu đồng (chưa phân nguồn)", [(150, None)]),
        ("Được cấp 500 triệu đồng. Nhà trường vận động thêm 100 triệu đồng.", [(500, "budget"), (100, "socialised")]),
    ],
)
def test_sources(text: str, want: list[tuple[int, str | None]]) -> None:
    assert money(text) == [(value * TRIEU, source) for value, source in want]


def test_a_label_line_gives_its_source_to_the_lines_under_it() -> None:
    lines = [
        "Nguồn ngân sách:",
        "- Mua máy: 200 triệu đồng",
        "- Sửa phòng: 50 triệu đồng",
        "Nguồn XHH:",
        "- Robot: 30 triệu đồng",
    ]
    assert money(*lines) == [(200 * TRIEU, "budget"), (50 * TRIEU, "budget"), (30 * TRIEU, "socialised")]


def test_bare_figures_under_a_unit_of_money() -> None:
    assert money("6.120", scale=TRIEU, money=True, head="Xã hội hoá (triệu đồng)") == [(6120 * TRIEU, "socialised")]
    assert money("Ngân sách: 212,5", "XHH: 45", scale=TRIEU, money=True) == [
        (212_500_000, "budget"),
        (45 * TRIEU, "socialised"),
    ]
    assert money("Ngân sách: 250.000.000", money=True) == [(250 * TRIEU, "budget")]
    assert money("12 máy, 3 phòng", scale=TRIEU, money=True) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ĐVT: triệu đồng", TRIEU),
        ("(Đơn vị tính: nghìn đồng)", 1000),
        ("Kinh phí (triệu đồng)", TRIEU),
        ("ĐVT: đồng", 1),
        ("Kinh phí", None),
    ],
)
def test_measure(text: str, value: int | None) -> None:
    assert measure(text) == value


def test_counts_percents_documents_keep_their_sentence_and_place() -> None:
    found = facts(
        "Theo QĐ 3249 và Quyết định số 131/QĐ-TTg ngày 25/01/2022.",
        "Có 85 lớp với 6.602 lượt người tại TP.HCM, đạt 93,3%; 319/319 trường.",
    )
    assert [(f.kind, f.value, f.unit) for f in found] == [
        ("document", "131/QĐ-TTg", None),
        ("document", "3249/QĐ-UBND", None),
        ("count", 85, "lớp"),
        ("count", 6602, "lượt người"),
        ("percent", 93.3, "%"),
        ("count", 319, "trường"),
    ]
    assert found[2].sentence.startswith("Có 85 lớp") and found[2].sentence.endswith("trường.")
    assert [where.block for where in found[2].provenance] == ["p[1]"]


def test_a_text_of_more_than_a_million_letters_is_parted_into_sentences() -> None:
    text = "Trường có 25 máy tính mới. " * 40_000
    assert len(text) > 1_000_000
    assert sum(1 for _ in pipeline()(text).sents) == 40_000


def test_a_body_named_beside_a_sum_gave_it_where_the_column_asks_who_paid() -> None:
    assert money("Nhà sách Hòa Bình 22 triệu", money=True) == [(22 * TRIEU, "socialised")]
    assert money("Mua ở Nhà sách Hòa Bình, 22 triệu") == [(22 * TRIEU, None)]


def test_people_are_no_coins() -> None:
    assert money("Cùng 41 đồng nghiệp, 20 đồng chí tham gia.") == []
