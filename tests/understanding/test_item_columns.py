"""Paragraphs under an item's title that no heading of theirs parts into columns."""

from __future__ import annotations

import campaigns
from extractors.understanding.form import Form
from extractors.understanding.narrative.item_columns import columns_of
from tests.understanding.builders import head, p, read

FORM = Form(campaigns.load("2542-SGDDT-GDTrH"))


def test_money_and_wishes_are_told_from_what_was_done() -> None:
    texts = [
        "Trường đã số hóa 3.200 đầu sách, lắp 12 máy tra cứu và mở cửa đến 20 giờ mỗi ngày.",
        "Ngân sách thành phố cấp 450 triệu đồng, phụ huynh đóng góp thêm 60 triệu đồng.",
        "Đề nghị Sở cho phép trường ký hợp đồng thêm một nhân viên thư viện.",
    ]
    assert columns_of(FORM, texts, "results") == ["results", "funding", "proposals"]


def test_what_is_not_told_goes_on_with_the_paragraph_before() -> None:
    texts = [
        "Trường đã số hóa 3.200 đầu sách, lắp 12 máy tra cứu và mở cửa đến 20 giờ mỗi ngày.",
        "Ngân sách thành phố cấp 450 triệu đồng, phụ huynh đóng góp thêm 60 triệu đồng.",
        "Xyz uvw.",
    ]
    assert columns_of(FORM, texts, "results") == ["results", "funding", "funding"]
    assert columns_of(FORM, ["Xyz uvw abc def ghi klm nop."], "results") == ["results"]


def test_items_told_without_a_table() -> None:
    blocks = [
        p("Trả lời Công văn số 2542/SGDĐT-GDTrH, trường báo cáo như sau."),
        p("1. Triển khai thực hiện nhiệm vụ xây dựng thư viện thông minh", bold=True),
        p("Trường đã số hóa 3.200 đầu sách, lắp 12 máy tra cứu và mở cửa đến 20 giờ mỗi ngày."),
        p("Ngân sách thành phố cấp 450 triệu đồng, phụ huynh đóng góp thêm 60 triệu đồng."),
        p("2. Xây dựng trung tâm thực hành thí nghiệm hiện đại", bold=True),
        p("Hai phòng thực hành được lắp cảm biến, mỗi tuần 40 tiết có học sinh làm thí nghiệm."),
        p("Đề nghị Sở cấp thêm tủ hút khí độc và hóa chất cho phòng Hóa học."),
    ]
    report = read(*head(), *blocks)
    told = {(answer.item, answer.column) for answer in report.appendix if answer.status != "no_answer"}
    assert told == {(5, "results"), (5, "funding"), (6, "results"), (6, "proposals")}
