"""Capitals that OCR saw in running text."""

from __future__ import annotations

import pytest

from normalizers import Hints, repair


@pytest.mark.parametrize(
    ("seen", "true"),
    [
        ("Người đại diện của đương Sự trong vụ án", "Người đại diện của đương sự trong vụ án"),
        ("lực lượng bảo VỆ của cơ quan", "lực lượng bảo vệ của cơ quan"),
        ("các việc tỒn đọng từ năm trước", "các việc tồn đọng từ năm trước"),
        ("theo Chỉ thị sỐ 11/CT-UBND ngày 06 tháng 9", "theo Chỉ thị số 11/CT-UBND ngày 06 tháng 9"),
    ],
)
def test_capitals_by_size_alone_are_made_small(seen: str, true: str) -> None:
    assert repair(seen, Hints(origin="ocr")).text == true
    assert repair(seen, Hints()).text == seen


@pytest.mark.parametrize(
    "text",
    [
        "Thực hiện theo chỉ đạo của Sở về việc tập huấn",
        "các Sở, ban, ngành và Ủy ban nhân dân các cấp",
        "ông Vũ Văn An và bà Sâm là giáo viên",
        "Trường Tiểu học Sơn Ca thuộc thành phố Vinh",
        "Kế hoạch của Cửa hàng xăng dầu và đề nghị của Công ty trách nhiệm hữu hạn",
        "Sự",
    ],
)
def test_names_and_bodies_keep_their_capitals(text: str) -> None:
    assert repair(text, Hints(origin="ocr")).text == text


def test_a_word_of_a_heading_in_capitals_is_no_abbreviation() -> None:
    assert repair("PHÓ CHỦ TICH", Hints(origin="ocr")).text == "PHÓ CHỦ TỊCH"
    for text in ("ỦY BAN NHÂN DÂN, UBMTTQ VÀ HĐND TỈNH", "CÔNG TY TNHH MTV LẠI LINH", "Họp UBND, HĐND và UBMTTQ"):
        assert repair(text, Hints(origin="ocr")).text == text
