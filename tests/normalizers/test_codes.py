"""Document numbers as OCR reads them."""

from __future__ import annotations

import pytest

from normalizers import Hints, codes, repair

OCR = Hints(origin="ocr")


@pytest.mark.parametrize(
    ("seen", "true"),
    [
        ("Nghị định số 123/2015/ND-CP ngày 15 tháng 11", "Nghị định số 123/2015/NĐ-CP ngày 15 tháng 11"),
        ("Tờ trình số 05/TIr-UBND của Ủy ban", "Tờ trình số 05/TTr-UBND của Ủy ban"),
        ("Quyết định số 12/QD-TIg và số 34/OĐ-BGDDT", "Quyết định số 12/QĐ-TTg và số 34/QĐ-BGDĐT"),
        ("Nghị quyết số 02-NO/TW và Luật số 45/2019/QHI4", "Nghị quyết số 02-NQ/TW và Luật số 45/2019/QH14"),
        ("Số: .../QĐĐ-UBND", "Số: .../QĐ-UBND"),
    ],
)
def test_numbers_are_put_right(seen: str, true: str) -> None:
    assert repair(seen, OCR).text == true
    assert repair(seen).text == seen  # text that nobody read by OCR is another matter


@pytest.mark.parametrize(
    "text",
    [
        "Hướng dẫn số 12/HD-UBND, hợp đồng số 3/HĐ-TH, đề án 4/ĐA-UBND, dự án 4/DA-UBND",  # D and Đ both in use
        "tỷ lệ 1/2 TIr, lớp 10/ND, phòng 12/QD",  # no number of a document
        "Công văn số 234/UBND-VX, Thông tư 45/2020/TT-BTC, đường dẫn 12/ND-CP/1",
        "Kế hoạch ND và QD",
    ],
)
def test_what_is_in_use_or_no_number_is_left(text: str) -> None:
    assert codes.changes(text) == []


def test_a_number_that_is_cited_is_known_by_its_figures() -> None:
    hints = Hints(origin="ocr", phrases=("2542/SGDĐT-GDTrH", "77/2021/QĐ-UBND", "Thư viện"))
    seen = "theo Công văn số 2542/SGDĐT-GDITTH và 77/2021/QĐ-UBNĐ; khác số 2543/SGDĐT-GDTTH"
    assert repair(seen, hints).text == "theo Công văn số 2542/SGDĐT-GDTrH và 77/2021/QĐ-UBND; khác số 2543/SGDĐT-GDTTH"


def test_another_document_with_the_figures_of_a_cited_one_is_left() -> None:
    cited = ["2542/SGDĐT-GDTrH", "939/KH-UBND"]
    assert codes.changes("Kế hoạch số 2542/KH-UBND, Quyết định số 939/QĐ-UBND", cited) == []
