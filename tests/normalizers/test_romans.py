"""Roman numerals of headings that OCR misread."""

from __future__ import annotations

import pytest

from normalizers import Hints, Run, repair_document
from normalizers.plan import apply_plan
from normalizers.romans import changes


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ("I. Đặc điểm|II. Kết quả|HI. Khó khăn|IV. Đề xuất", "I. Đặc điểm|II. Kết quả|III. Khó khăn|IV. Đề xuất"),
        (". Đặc điểm|chữ|II. Kết quả|II. Khó khăn", "I. Đặc điểm|chữ|II. Kết quả|III. Khó khăn"),
        ("I. A|IL. B|IIL. C|IV. D|V. E|VI. F|VIL. G|VIH. H", "I. A|II. B|III. C|IV. D|V. E|VI. F|VII. G|VIII. H"),
        ("L. Tình hình|1. A|IL. Kết quả|HI. (Theo mẫu)", "I. Tình hình|1. A|II. Kết quả|III. (Theo mẫu)"),
        ("Phần đầu|II. Kinh phí|II. Kiến nghị", "Phần đầu|II. Kinh phí|III. Kiến nghị"),  # strokes are lost, not added
        ("I. Số liệu|IH. Nhận xét|HH. Hạn chế|IV. Đề nghị", "I. Số liệu|II. Nhận xét|III. Hạn chế|IV. Đề nghị"),
        ("IL. Số liệu|II. Nhận xét|II. Hạn chế", "I. Số liệu|II. Nhận xét|III. Hạn chế"),  # an I and its full stop
        ("I. Số liệu|IL Nhận xét|IIIL. Hạn chế", "I. Số liệu|II. Nhận xét|III. Hạn chế"),
        ("II. Nhận xét|I. Mở lớp|2. Kiểm tra|III. Hạn chế", "II. Nhận xét|1. Mở lớp|2. Kiểm tra|III. Hạn chế"),
        ("I|1|2|II|1|2|HI|1", "I|1|2|II|1|2|III|1"),  # first column of a table
    ],
)
def test_numerals_are_put_in_order(seen: str, wanted: str) -> None:
    text = seen.replace("|", "\n")
    assert apply_plan(text, changes(text)).replace("\n", "|") == wanted


@pytest.mark.parametrize(
    "text",
    [
        "I. A|II. B|I. C|II. D",  # two rows of headings
        "HI. Không có gì|Xin chào",  # nothing to go by
        "L. Nguyễn|T. Trần",
        "L. Nguyễn|IL. Trần",
        "II. Tiếp theo|III. Kiến nghị",
        ". Nội dung|1. A",
        "I. A|1. B|2. C|II. D|III. E|I. phụ lục",
        "III. C|V. D",  # a number is missing, none is misread
        "I. A|. một dòng rời|II. B",
        "I. A|1. B|2. C",
    ],
)
def test_what_is_in_order_stays(text: str) -> None:
    assert changes(text.replace("|", "\n")) == []


def test_only_text_from_ocr_is_renumbered() -> None:
    lines = [[Run(text)] for text in ("I. Đặc điểm tình hình", "II. Kết quả thực hiện", "HI. Khó khăn, vướng mắc")]
    assert [r.text for r in repair_document(lines, Hints(origin="ocr"))][2] == "III. Khó khăn, vướng mắc"
    assert [r.text for r in repair_document(lines, Hints())][2] == "HI. Khó khăn, vướng mắc"
