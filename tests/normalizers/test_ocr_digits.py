"""Letters that OCR saw in numbers."""

from __future__ import annotations

import pytest

from normalizers.ocr_digits import changes
from normalizers.plan import apply_plan


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ("theo Điều I5 và khoản l Điều 2O", "theo Điều 15 và khoản 1 Điều 20"),
        ("ngày 2ó tháng ó năm 2025", "ngày 26 tháng 6 năm 2025"),
        ("đạt 9ó,5 % và 7,ó điểm", "đạt 96,5 % và 7,6 điểm"),
    ],
)
def test_letters_in_numbers(seen: str, wanted: str) -> None:
    assert apply_plan(seen, changes(seen)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "lớp 10A1 có 45 em",
        "khoản nợ ó",
        "Điều lệ Đảng",
        "Phụ lục I",
        "số lO1/QĐ",
        "Mục I. Tình hình",
        "theo mẫu 01l-BC",
    ],
)
def test_what_is_no_number_stays(text: str) -> None:
    assert changes(text) == []
