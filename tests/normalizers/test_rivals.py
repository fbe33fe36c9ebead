"""Letters that an engine weighed beside those it read."""

from __future__ import annotations

import pytest

from normalizers import Hints, Run, repair_document
from normalizers.rivals import Rival, spellings

SURE = 0.95


def test_spellings_are_tried_cheapest_first() -> None:
    rivals = [Rival(1, "o", "a", 4.0), Rival(3, "n", "m", 9.0)]
    assert [spelling for spelling, _ in spellings("toan", rivals)] == ["taan", "toam", "taam"]
    assert list(spellings("trên", rivals[:1])) == []  # the letter at that place is another


def _run(words: str, rivals: tuple[Rival, ...] = ()) -> Run:
    return Run(words, None, (SURE,) * len(words.split()), rivals)


def _repaired(words: str, rivals: tuple[Rival, ...]) -> str:
    return repair_document([[_run(words, rivals)]], Hints(origin="ocr"))[0].text


@pytest.mark.parametrize(
    ("seen", "wrong", "right"),
    [
        ("Nhà trường đã hoàn thònh nhiệm vụ năm học", "ò", "à"),
        ("Các đơn vị phải bóo cáo trước ngày 15 tháng 6", "ó", "á"),
        ("Thực hiện theo quy định tại khoản ó Điều 7", "ó", "6"),
        ("Giáo viên tham gia bồi dưỡng, tập huấn. kiểm tra", ".", ","),
        ("Mức thu quy định tại Điêu 5", "ê", "ề"),
        ("4, Kiến nghị với Ủy ban nhân dân", ",", "."),
    ],
)
def test_a_rival_that_fits_better_is_taken(seen: str, wrong: str, right: str) -> None:
    at = seen.index(wrong)
    assert _repaired(seen, (Rival(at, wrong, right, 8.0),)) == seen.replace(wrong, right, 1)


@pytest.mark.parametrize(
    ("seen", "wrong", "other"),
    [
        ("Nhà trường đã hoàn thành nhiệm vụ năm học", "à", "ò"),
        ("Kinh phí chi cho hoạt động hè.", ".", ","),
        ("Đã họp ngày 5. Các trường tham dự đầy đủ", ".", ","),
        ("Gồm sách, vở v.v. và đồ dùng học tập", ".", ","),
        ("Năm 2024, Sở đã ban hành kế hoạch", ",", "."),
        ("I. Đặc điểm tình hình nhà trường", "I", "1"),
    ],
)
def test_what_fits_stays(seen: str, wrong: str, other: str) -> None:
    at = seen.rindex(wrong) if wrong == "." else seen.index(wrong)
    assert _repaired(seen, (Rival(at, wrong, other, 8.0),)) == seen


def test_a_colon_that_ends_an_item_is_a_semicolon() -> None:
    lines = ["a) Mua sắm thiết bị dạy học:", "b) Sửa chữa phòng học."]
    first = _run(lines[0], (Rival(len(lines[0]) - 1, ":", ";", 22.0),))
    found = repair_document([[first], [_run(lines[1])]], Hints(origin="ocr"))
    assert found[0].text == "a) Mua sắm thiết bị dạy học;"
    near = _run("Gồm các nội dung: sách", (Rival(16, ":", ";", 9.0),))
    assert repair_document([[near]], Hints(origin="ocr"))[0].text == "Gồm các nội dung; sách"
    alone = repair_document([[first], [_run("- Máy tính;")]], Hints(origin="ocr"))
    assert alone[0].text == lines[0]


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ("QUYÉT ĐỊNH:", "QUYẾT ĐỊNH:"),
        ("Các tÔ công tác đã kiểm tra", "Các tổ công tác đã kiểm tra"),
        ("4) Mua sách cho thư viện;\nb) Sửa bàn ghế.", "a) Mua sách cho thư viện;\nb) Sửa bàn ghế."),
        ("4) Mua sách cho thư viện;\n5) Sửa bàn ghế.", "4) Mua sách cho thư viện;\n5) Sửa bàn ghế."),
    ],
)
def test_without_rivals(seen: str, wanted: str) -> None:
    lines = [[_run(line)] for line in seen.split("\n")]
    assert "\n".join(r.text for r in repair_document(lines, Hints(origin="ocr"))) == wanted
