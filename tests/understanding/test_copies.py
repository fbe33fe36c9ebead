"""Nothing is counted twice, and nothing is lost: copies, the letter attached, and the account of every character."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.containers.text import read as read_text
from extractors.document import Block, Document, paragraphs
from extractors.intake import identify
from extractors.restoring import restore
from extractors.understanding import account, understand
from extractors.understanding.ground.assignment import assign
from extractors.understanding.ground.lines import weight
from tests.understanding.builders import (
    COLUMNS,
    campaign,
    cells,
    document,
    head,
    headings,
    p,
    pages,
    points,
    read,
    table,
    titles,
)

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "2542_SGDDT-GDTrH.txt"
LOST = str.maketrans(dict.fromkeys("ạảấầẩậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹẠẢẤẦẨẬẮẶẸẾỀỂỄỆỊỌỎỐỒỔỘỚỜỞỢỤỦỨỪỬỰ", "?"))

BODY: list[Block] = [
    p("I. KẾT QUẢ THỰC HIỆN", bold=True, block="p[1]"),
    p(
        "Nhà trường đã triển khai hệ thống quản lý dạy học trực tuyến cho toàn bộ các lớp, mua sắm máy tính mới.",
        block="p[2]",
    ),
    p("Thư viện số có hơn ba nghìn tài liệu, phục vụ học sinh và giáo viên trong trường suốt cả tuần.", block="p[3]"),
    p("II. KIẾN NGHỊ", bold=True, block="p[4]"),
    p("Đề nghị cấp kinh phí 100 triệu đồng từ ngân sách để thay máy tính cũ của hai phòng máy.", block="p[5]"),
]


def spaced(text: str) -> str:
    """Letters lost as in the letter's damaged half: each as `` ? `` inside its word."""
    return "   ".join(word.translate(LOST).replace("?", " ? ") for word in text.split())


@pytest.mark.parametrize(
    "spoil", [lambda text: text.translate(LOST), spaced, lambda text: text.translate(LOST).replace("?", "???")]
)
def test_a_damaged_copy_is_no_answer(spoil) -> None:  # type: ignore[no-untyped-def]
    copy = spoil(" ".join(block.text for block in BODY))  # type: ignore[union-attr]
    whole, doubled = read(*head(), *BODY), read(*head(), *BODY, p(copy, block="copy"))
    assert points(doubled) == points(whole)
    assert [f.value for f in doubled.facts if f.kind == "money"] == [100_000_000]
    assert "duplicate_text" in {notice.code for notice in doubled.warnings}
    assert "duplicate_text" not in {notice.code for notice in whole.warnings}


def test_a_copy_glued_to_the_last_title_of_the_appendix_leaves_the_title() -> None:
    titles_, heads = titles(), headings()
    rows = [["STT", "Nội dung", *heads], ["11", titles_[11], *["Đã làm"] * 6], ["12", titles_[12], *[""] * 6]]
    rows[2][1] += "\n" + " ".join(block.text for block in BODY).translate(LOST)  # type: ignore[union-attr]
    report = read(*head(), *BODY, table(rows))
    assert {a.status for a in report.appendix if a.item == 12} == {"no_answer"}
    assert {a.status for a in report.appendix if a.item == 11} == {"answered"}


def test_answers_that_repeat_one_another_stay() -> None:
    same = (
        "Thực hiện theo Kế hoạch số 939/KH-UBND của Ủy ban nhân dân Thành phố; "
        "nhà trường đã phân công cụ thể cho từng tổ chuyên môn và giao một phó hiệu trưởng theo dõi."
    )
    rows = [["STT", "Nội dung", *headings()], *[[str(i), titles()[i], *[same] * 6] for i in range(1, 13)]]
    report = read(*head(), table(rows))
    assert set(cells(report).values()) == {same}
    assert len(report.appendix) == 72


def test_a_page_that_comes_twice_counts_once() -> None:
    long = [
        p(f"Nội dung thứ {n} của báo cáo về giáo dục thông minh tại nhà trường trong ba năm qua.") for n in range(8)
    ]
    page = [p("1. Kết quả thực hiện", bold=True), *long, p("Ngân sách 200 triệu đồng.")]
    report = understand(pages(head(), page, page), (), campaign())
    assert [f.value for f in report.facts if f.kind == "money"] == [200_000_000]
    assert "duplicate_text" in {notice.code for notice in report.warnings}


def letter() -> list[Block]:
    return [p(line, block=f"letter[{n}]") for n, line in enumerate(campaign().letter_text.split("\n")) if line.strip()]


def test_the_letter_attached_behind_the_report_is_not_read() -> None:
    alone, with_letter = read(*head(), *BODY), read(*head(), *BODY, *letter())
    assert points(with_letter) == points(alone)
    assert with_letter.appendix == ()
    assert with_letter.unit.id == alone.unit.id == "THPT-BUI-THI-XUAN"
    assert with_letter.letterhead.number == alone.letterhead.number
    codes = {notice.code for notice in with_letter.warnings}
    assert "letter_attached" in codes and "letter_only" not in codes


def test_a_report_that_copies_the_points_it_answers_is_no_letter() -> None:
    asked = [point.title for point in campaign().groups["school"].points]
    report = read(*head(), *[block for title in asked for block in (p(f"- {title}"), p("Đã thực hiện tốt ở các lớp."))])
    assert "letter_attached" not in {notice.code for notice in report.warnings}
    assert [a.text for a in report.narrative] == ["Đã thực hiện tốt ở các lớp."] * 3


@pytest.mark.skipif(not SEED.exists(), reason="the letter as it reached us is not beside the repository")
def test_the_letter_itself_answers_nothing() -> None:
    restored, repairs = restore(read_text(SEED, identify(SEED)), ())
    understood = account(restored, repairs, campaign())
    said = [a for a in (*understood.report.appendix, *understood.report.narrative) if a.status != "no_answer"]
    assert said == []
    assert understood.report.unit.id is None
    assert understood.characters["duplicate"] >= 1700
    assert {"duplicate_text", "letter_only"} <= {n.code for n in understood.report.warnings}
    # It is an unfilled form with a head of its own, in part told only by the caption of the appendix.
    assert len(understood.report.appendix) == len(campaign().items) * len(campaign().columns)
    assert (understood.report.letterhead.number, understood.report.letterhead.date) == (
        "2542/SGDĐT-GDTrH",
        "2024-04-26",
    )


def characters(read_: Document) -> int:
    """Every character of the document, white space aside."""
    return sum(weight(paragraph.line) for page in read_.pages for paragraph in paragraphs(page.blocks))


@pytest.mark.parametrize("extra", [[], letter(), [p(" ".join(b.text for b in BODY).translate(LOST))]])  # type: ignore[union-attr]
def test_every_character_is_accounted_for(extra: list[Block]) -> None:
    rows = [
        ["STT", "Nội dung", *headings(), "Ghi chú"],
        ["3", titles()[3], *[f"Đã làm {c}" for c in COLUMNS], "Kèm ảnh"],
    ]
    made = document(
        p("Trang bìa", role="header"),
        *head(),
        p("Mở đầu không thuộc mục nào."),
        *BODY,
        table(rows),
        *extra,
        p("3", role="footer"),
    )
    understood = account(made, (), campaign())
    assert sum(understood.characters.values()) == characters(made)
    report = understood.report
    assert understood.characters["unmapped"] == sum(weight(u.text.replace(" | ", "")) for u in report.unmapped)
    assert understood.characters["appendix"] == sum(weight(a.text) for a in report.appendix)
    told = sum(weight(a.text) for a in report.narrative)
    assert told <= understood.characters["narrative"] <= told + weight("I. KẾT QUẢ THỰC HIỆN II. KIẾN NGHỊ")


def test_understanding_does_not_depend_on_the_run() -> None:
    made = document(*head(), *BODY)
    first, second = (json.dumps(repr(understand(made, (), campaign()))) for _ in range(2))
    assert first == second


def test_assignment_is_the_best_one() -> None:
    assert assign([[0.9, 0.8], [0.9, 0.1]]) == [(0, 1), (1, 0)]
    assert assign([[0.1, 0.9, 0.0]]) == [(0, 1)]
    assert assign([[0.1], [0.9]]) == [(1, 0)]
