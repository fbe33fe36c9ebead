"""Which unit sent it: named only when sure; its group is known sooner than its name."""

from __future__ import annotations

import pytest

from extractors.report import Letterhead
from extractors.understanding.sender.unit import Evidence, match_unit
from extractors.understanding.sender.unit_names import Registry
from tests.understanding.builders import campaign, head, p, read

BODY = [p("1. Kiến nghị", bold=True), p("Không có.")]


@pytest.mark.parametrize(
    ("issuer", "parent", "unit"),
    [
        ("TRƯỜNG THPT BÙI THỊ XUÂN", "SỞ GIÁO DỤC VÀ ĐÀO TẠO TP.HCM", "THPT-BUI-THI-XUAN"),
        ("TRƯỜNG TRUNG HỌC PHỔ THÔNG\nTHỦ ĐỨC", "SỞ GD&ĐT TP. HỒ CHÍ MINH", "THPT-THU-DUC"),
        ("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND THÀNH PHỐ THỦ ĐỨC", "PGD-TD"),
        ("PHÒNG GD&ĐT", "UBND QUẬN 5", "PGD-Q5"),
        ("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO QUẬN 10", "", "PGD-Q10"),
        ("ỦY BAN NHÂN DÂN\nQUẬN GÒ VẤP", "", "PGD-GO-VAP"),
        ("TRƯỜNG THPT GÒ VẤP", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "THPT-GO-VAP"),
        ("TRƯỜNG THPT TÂN BÌNH", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "THPT-TAN-BINH"),
        ("ỦY BAN NHÂN DÂN QUẬN TÂN BÌNH", "", "PGD-TAN-BINH"),
        ("TRƯỜNG THPT NĂNG KHIẾU TDTT HUYỆN BÌNH CHÁNH", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "THPT-NANG-KHIEU-TDTT-BINH-CHANH"),
        ("TRƯỜNG THPT NĂNG KHIẾU THỂ DỤC THỂ THAO", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "THPT-NANG-KHIEU-TDTT"),
        ("TRUONG THPT NGUYEN THI DIEU", "SO GIAO DUC VA DAO TAO", "THPT-NGUYEN-THI-DIEU"),
        ("TRƯỜNG THPT NGUYẾN THƯỢNG HlỀN", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "THPT-NGUYEN-THUONG-HIEN"),
        ("PHÒNG TỔ CHỨC CÁN BỘ", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "SO-TCCB"),
        ("TT GDTX - GDNN Q. PHÚ NHUẬN", "UBND QUẬN PHÚ NHUẬN", "GDNN-GDTX-PHU-NHUAN"),
        ("PHÒNG GDĐT", "UBND H. NHÀ BÈ", "PGD-NHA-BE"),
        ("TRUNG TÂM GIÁO DỤC NGHỀ NGHIỆP -\nGIÁO DỤC THƯỜNG XUYÊN QUẬN 8", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "GDNN-GDTX-Q8"),
    ],
)
def test_letterhead_names_the_unit(issuer: str, parent: str, unit: str) -> None:
    match = read(*head(issuer, parent), *BODY).unit
    assert match.id == unit
    assert match.confidence >= 0.6


@pytest.mark.parametrize(
    "name",
    ["BC_GDTM_THPT_Mac_Dinh_Chi (1).docx", "THPTMacDinhChi - bao cao.docx", "BÁO CÁO THPT MẠC ĐĨNH CHI final.docx"],
)
def test_file_name_alone(name: str) -> None:
    assert read(p("BÁO CÁO", bold=True), *BODY, name=name).unit.id == "THPT-MAC-DINH-CHI"


def test_file_name_does_not_overrule_the_letterhead() -> None:
    assert read(*head("TRƯỜNG THPT TRƯNG VƯƠNG"), *BODY, name="BC THPT Mac Dinh Chi.docx").unit.id == "THPT-TRUNG-VUONG"


def test_unknown_school_has_a_group_but_no_id() -> None:
    report = read(*head("TRƯỜNG THPT ÁNH SAO MỚI"), *BODY)
    assert (report.unit.id, report.unit.group) == (None, "school")
    assert "unit_unknown" in {notice.code for notice in report.warnings}
    assert [answer.point for answer in report.narrative] == ["school.3"]


def test_two_schools_alike_are_left_to_a_person() -> None:
    """Only the family and middle name are legible: several schools fit."""
    match = read(p("BÁO CÁO", bold=True), *BODY, name="BC THPT Nguyen.docx").unit
    assert match.id is None


def test_other_authorities_are_not_taken_for_a_unit() -> None:
    """A ministry, a blank form and another province share words with registered names, and nothing more."""
    registry = Registry(campaign().units)
    for issuer, parent in (
        ("BỘ GIÁO DỤC VÀ ĐÀO TẠO", None),
        ("UBND...........................(1)", None),
        ("TRƯỜNG THPT NGUYỄN TRÃI", "SỞ GDĐT TỈNH ĐỒNG THÁP"),
        ("TRƯỜNG THPT TRẦN PHÚ", "SỞ GIÁO DỤC VÀ ĐÀO TẠO LÂM ĐỒNG"),
    ):
        assert match_unit(registry, Evidence(letterhead=Letterhead(issuer=issuer, parent=parent))).id is None
