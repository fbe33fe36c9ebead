"""Money: what is added, what is set aside and why. Sums are taken again from the database by hand."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from consolidation import consolidate
from consolidation.collecting import collect
from consolidation.figures import Figure, spans, years, years_in
from consolidation.findings import Findings
from consolidation.gathering import facts_of
from extractors.report import Fact
from tests.consolidation.conftest import where
from tests.consolidation.test_outputs import NOW, records

MILLION = 10**6
Said = tuple[int, str | None]


def money(sentence: str, *amounts: Said, item: int | None = None, column: str | None = "funding") -> list[Fact]:
    """Amounts in million đồng with their source, all in one sentence."""
    return [
        Fact(kind="money", value=value * MILLION, unit="VND", funding_source=source, item=item,  # type: ignore[arg-type]
             column=column if item else None, sentence=sentence, provenance=where(3))
        for value, source in amounts
    ]  # fmt: skip


def words(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def findings(send: Any) -> Findings:
    found = Findings(send.campaign)
    for sent in collect(send.repository, send.campaign):
        found.add(sent, facts_of(send.repository, send.campaign, sent))
    return found


def states(found: Findings) -> list[tuple[int, str]]:
    return [(one.value // MILLION, one.state) for one in found.figures]


def test_a_total_is_never_added_to_its_parts(send: Any) -> None:
    text = "Tổng kinh phí 1.360 triệu đồng (ngân sách 900 triệu đồng, phụ huynh đóng góp 460 triệu đồng)."
    send("a", "THPT-CU-CHI", points={"school.1": ("answered", text)},
         facts=money(text, (1360, None), (900, "budget"), (460, "socialised")))  # fmt: skip
    found = findings(send)
    assert states(found) == [(1360, "total"), (900, "counted"), (460, "counted")]
    assert (found.total.budget, found.total.socialised, found.total.total) == tuple(
        n * MILLION for n in (900, 460, 1360)
    )
    assert {one.note for one in found.figures} == {"câu trả lời chưa được xác nhận"}  # and no word of a difference


def test_a_total_that_does_not_agree_is_flagged_with_the_difference(send: Any) -> None:
    text = "Tổng kinh phí 1.500 triệu đồng, gồm ngân sách 900 triệu đồng, xã hội hóa 460 triệu đồng"
    send("a", "THPT-CU-CHI", cells={(7, "funding"): ("answered", text)},
         facts=money(text, (1500, None), (900, "budget"), (460, "socialised"), item=7))  # fmt: skip
    found = findings(send)
    assert states(found) == [(1500, "total"), (900, "counted"), (460, "counted")]
    assert all(one.doubtful for one in found.figures)
    assert "chênh 140.000.000 đồng" in found.figures[0].note
    assert found.total.total == 1360 * MILLION


def test_parts_on_the_lines_below_belong_to_the_total_above(send: Any) -> None:
    lines = [
        "Tổng kinh phí là 21.640 triệu đồng, gồm:",
        "- Ngân sách quận: 18.900 triệu đồng;",
        "- XHH: 2.740 triệu đồng.",
    ]
    send("a", "PGD-Q1", points={"district.1": ("answered", "\n".join(lines))}, facts=[
        *money(lines[0], (21640, None)), *money(lines[1], (18900, "budget")), *money(lines[2], (2740, "socialised")),
    ])  # fmt: skip
    found = findings(send)
    assert [state for _, state in states(found)] == ["total", "counted", "counted"]
    assert found.total.total == 21640 * MILLION


def test_what_a_total_leaves_after_one_named_part_stays_without_source(send: Any) -> None:
    text = "Tổng số 2.000 triệu đồng, trong đó xã hội hóa 500 triệu đồng"
    send("a", "THPT-CU-CHI", cells={(5, "funding"): ("answered", text)},
         facts=money(text, (2000, None), (500, "socialised"), item=5))  # fmt: skip
    found = findings(send)
    assert (found.total.socialised, found.total.unsplit, found.total.total) == tuple(
        n * MILLION for n in (500, 1500, 2000)
    )
    assert [one.derived for one in found.figures if one.value == 1500 * MILLION] == [True]


@pytest.mark.parametrize(
    ("sentence", "state"),
    [
        ("Đã chi 60 triệu đồng từ ngân sách", "counted"),
        ("Dự kiến 60 triệu đồng", "planned"),
        ("Dự toán được giao 60 triệu đồng", "counted"),
        ("Hỗ trợ 60 triệu đồng/trường", "price"),
        ("Thuê đường truyền 60 triệu đồng/tháng", "price"),
    ],
)
def test_plans_and_unit_prices_are_no_spending(send: Any, sentence: str, state: str) -> None:
    send("a", "THPT-CU-CHI", cells={(5, "funding"): ("answered", sentence)}, facts=money(sentence, (60, None), item=5))
    assert states(findings(send)) == [(60, state)]


def test_wishes_and_complaints_are_no_spending(send: Any) -> None:
    wish = "Đề nghị hỗ trợ 50 triệu đồng"
    complaint = "Mỗi năm chỉ có 25 triệu đồng"
    send("a", "THPT-CU-CHI", cells={(5, "proposals"): ("answered", wish)}, points={"school.2": ("answered", complaint)},
         facts=[*money(wish, (50, None), item=5, column="proposals"), *money(complaint, (25, None))])  # fmt: skip
    assert [state for _, state in states(findings(send))] == ["not_spending", "not_spending"]


def test_the_narrative_does_not_count_the_appendix_again(send: Any) -> None:
    told = [
        "Phòng STEM 485 triệu đồng từ ngân sách.",
        "Tổng ngân sách là 785 triệu đồng.",
        "Ngoài ra ngân sách chi 77 triệu đồng.",
    ]
    send("a", "THPT-CU-CHI", cells={(6, "funding"): ("answered", "485"), (7, "funding"): ("answered", "300")},
         points={"school.1": ("answered", " ".join(told))}, facts=[
        *money("Ngân sách 485 triệu", (485, "budget"), item=6), *money("Ngân sách 300 triệu", (300, "budget"), item=7),
        *money(told[0], (485, "budget")), *money(told[1], (785, "budget")), *money(told[2], (77, "budget")),
    ])  # fmt: skip
    found = findings(send)
    assert [state for _, state in states(found)] == ["counted", "counted", "repeated", "repeated", "unreconciled"]
    assert found.total.total == 785 * MILLION and found.total.aside == 77 * MILLION
    assert found.figures[-1].doubtful and "lệch 708.000.000 đồng" in found.figures[-1].note


def test_a_district_that_may_hold_its_schools_is_not_summed_with_them(send: Any) -> None:
    """THPT Bùi Thị Xuân stands in Quận 1, THPT Củ Chi elsewhere."""
    for name, unit, amount, item in (
        ("q1", "PGD-Q1", 900, 7),
        ("btx", "THPT-BUI-THI-XUAN", 100, 7),
        ("cc", "THPT-CU-CHI", 50, 7),
    ):
        send(name, unit, cells={(item, "funding"): ("answered", "Ngân sách")},
             facts=money(f"Ngân sách {amount} triệu đồng", (amount, "budget"), item=item))  # fmt: skip
    found = findings(send)
    by_unit = {one.unit.id: one for one in found.figures if one.unit}
    assert by_unit["PGD-Q1"].state == "other_units" and by_unit["PGD-Q1"].doubtful
    assert "THPT Bùi Thị Xuân" in by_unit["PGD-Q1"].note
    assert found.total.total == 150 * MILLION and found.total.aside == 900 * MILLION


def test_a_district_alone_on_its_ground_counts(send: Any) -> None:
    send(
        "q1", "PGD-Q1", cells={(7, "funding"): ("answered", "x")}, facts=money("Ngân sách 900", (900, "budget"), item=7)
    )
    send(
        "cc",
        "THPT-CU-CHI",
        cells={(7, "funding"): ("answered", "x")},
        facts=money("Ngân sách 50", (50, "budget"), item=7),
    )
    assert findings(send).total.total == 950 * MILLION


def test_years_stand_where_the_sentence_puts_them() -> None:
    assert years("Năm 2022: 200 triệu, năm 2023: 300 triệu", [200 * MILLION, 300 * MILLION]) == ["2022", "2023"]
    assert years("Phòng máy 200 triệu (năm 2022), thư viện 300 triệu (năm 2023)", [200 * MILLION, 300 * MILLION]) == [
        "2022",
        "2023",
    ]
    assert years("Giai đoạn 2021-2024 chi 12,4 tỷ đồng", [12_400 * MILLION]) == ["2021-2024"]
    assert years("Theo Quyết định ngày 16/3/2023 chi 5 tỷ", [5000 * MILLION]) == [None]
    assert years("do cựu học sinh khóa 1994 tặng 168 triệu", [168 * MILLION]) == [None]
    assert years_in("từ năm 2021 đến tháng 4/2024") == "2021-2024"
    assert years_in("năm học 2021-2022") == "năm học 2021-2022"


def test_amounts_are_found_in_their_sentence() -> None:
    text = "Ngân sách 1,25 tỷ đồng; CMHS 310.000.000 đồng"
    assert [text[a:b] for a, b in filter(None, spans(text, [1250 * MILLION, 310 * MILLION]))] == ["1,25", "310.000.000"]


def test_the_sheet_adds_up_to_what_the_database_holds(send: Any, tmp_path: Path) -> None:
    """No totals, plans or repeats here: every amount stored must be in the sum once, by item and source."""
    for n, unit in enumerate(("THPT-CU-CHI", "THPT-GO-VAP", "SO-GDTRH", "PGD-Q3")):
        amounts = [(item, 10 * n + item, source) for item in (1, 7, 12) for source in ("budget", "socialised", None)]
        send(f"{unit}.docx", unit, cells={(item, "funding"): ("answered", "Có chi") for item in (1, 7, 12)}, facts=[
            fact
            for item, amount, source in amounts
            for fact in money(f"Chi {amount} triệu đồng", (amount, source), item=item)
        ])  # fmt: skip
    path = consolidate(send.repository, send.campaign, tmp_path / "out", NOW)[0]
    expected: Counter[tuple[int, str | None]] = Counter()
    with sqlite3.connect(next(tmp_path.glob("*.db"))) as database:
        for item, source, value in database.execute(
            "SELECT item, funding_source, value FROM facts WHERE kind = 'money'"
        ):
            expected[item, source] += json.loads(value)
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book["Kinh phí"].iter_rows()]
    rows = rows[next(n for n, row in enumerate(rows) if row[1] == "Theo mục của phụ lục") :]
    lines = {row[0]: row for row in rows[1 : len(send.campaign.items) + 1]}
    for item in send.campaign.items:
        sources = ("budget", "socialised", None)
        assert lines[item.id][2:5] == [expected[item.id, source] for source in sources], item.id
        assert lines[item.id][5] == sum(lines[item.id][2:5])
    total = next(row for row in rows if row[1] == "Cộng")
    assert (
        total[5] == sum(expected.values()) == sum(one["Số tiền (đồng)"] for one in records(book["Chi tiết kinh phí"]))
    )
    for title in ("Theo năm nêu trong câu", "Theo nhóm đơn vị"):  # each table of the sheet has the same sum
        start = next(n for n, row in enumerate(rows) if row[1] == title)
        assert next(row for row in rows[start:] if row[1] == "Cộng")[2:6] == total[2:6]


def test_every_amount_leads_to_file_page_and_sentence(send: Any, tmp_path: Path) -> None:
    send("a.pdf", "THPT-CU-CHI", cells={(7, "funding"): ("answered", "x")},
         facts=money("Năm 2022: ngân sách 50 triệu đồng", (50, "budget"), item=7))  # fmt: skip
    book = openpyxl.load_workbook(consolidate(send.repository, send.campaign, tmp_path / "out", NOW)[0])
    (one,) = records(book["Chi tiết kinh phí"])
    assert (one["Tệp"], one["Trang"], one["Câu trong báo cáo"]) == ("a.pdf", "3", "Năm 2022: ngân sách 50 triệu đồng")
    assert (one["Mục"], one["Nguồn"], one["Năm"], one["Số tiền (đồng)"]) == (7, "Ngân sách", "2022", 50 * MILLION)


def test_a_correction_takes_the_old_figure_out_and_brings_its_own(send: Any) -> None:
    report = send("a.docx", "THPT-CU-CHI", cells={(7, "funding"): ("answered", "Ngân sách 50 triệu đồng")},
                  facts=money("Ngân sách 50 triệu đồng", (50, "budget"), item=7))  # fmt: skip
    (answer,) = [one for one in send.repository.answers(report) if one.item == 7]
    send.repository.correct_answer(answer.id, status="answered", text="Ngân sách 80 triệu đồng", author_name="Lan")
    (figure,) = findings(send).figures
    assert (figure.value, figure.source, figure.state) == (80 * MILLION, "budget", "counted")
    assert figure.note == "số do người duyệt nhập"


def test_a_correction_that_keeps_the_sentence_keeps_its_figure(send: Any) -> None:
    report = send("a.docx", "THPT-CU-CHI", cells={(7, "funding"): ("answered", "Ngan sách; Ngân sách 50 triệu đồng")},
                  facts=money("Ngân sách 50 triệu đồng", (50, "budget"), item=7))  # fmt: skip
    (answer,) = [one for one in send.repository.answers(report) if one.item == 7]
    send.repository.correct_answer(answer.id, status="answered", text="Ngân sách 50 triệu đồng.", author_name="Lan")
    figures: list[Figure] = findings(send).figures
    assert [one.value for one in figures] == [50 * MILLION]


def test_a_range_counts_its_lower_end_and_says_so(send: Any, tmp_path: Path) -> None:
    text = "Dự toán đã giao từ 2 đến 3 tỷ đồng cho hạ tầng."
    fact = Fact(kind="money", value=2000 * MILLION, value_to=3000 * MILLION, unit="VND", funding_source=None,
                item=1, column="funding", sentence=text, provenance=where(3))  # fmt: skip
    send("a", "THPT-CU-CHI", cells={(1, "funding"): ("answered", text)}, facts=[fact])
    found = findings(send)
    (one,) = found.figures
    assert (one.value, one.upper, one.state, one.doubtful) == (2000 * MILLION, 3000 * MILLION, "counted", True)
    assert "khoảng đến 3.000.000.000 đồng" in one.note
    assert (found.total.total, found.total.upper) == (2000 * MILLION, 3000 * MILLION)
    workbook, report, _, answers, _ = consolidate(send.repository, send.campaign, tmp_path / "out", NOW)
    (line,) = records(openpyxl.load_workbook(workbook)["Chi tiết kinh phí"])
    assert (line["Số tiền (đồng)"], line["Đến (nếu là khoảng)"]) == (2000 * MILLION, 3000 * MILLION)
    assert "mức cao thì tổng là 3.000.000.000 đồng" in words(docx.Document(str(report)))
    content = json.loads(answers.read_bytes())
    assert [(one["value"], one["upper"]) for one in content["figures"]] == [(2000 * MILLION, 3000 * MILLION)]
    assert [(one["total"], one["upper"]) for one in content["sums"] if one["item"] == 1] == [
        (2000 * MILLION, 3000 * MILLION)
    ]
