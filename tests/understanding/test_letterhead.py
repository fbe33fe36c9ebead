"""Who wrote, when, under what number, and who signed, however the head and foot are laid out."""

from __future__ import annotations

import pytest

from extractors.document import Block
from extractors.report import Letterhead
from tests.understanding.builders import head, p, read, table

BODY = [p("1. Kết quả thực hiện", bold=True), p("Đã triển khai thư viện số.")]


def fields(head: Letterhead) -> tuple[str | None, ...]:
    return head.parent, head.issuer, head.number, head.place, head.date, head.subject


WANT = (
    "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH",
    "TRƯỜNG TRUNG HỌC PHỔ THÔNG MẠC ĐĨNH CHI",
    "134/BC-THPTMĐC",
    "TP. Hồ Chí Minh",
    "2024-05-02",
    "Việc triển khai Đề án Giáo dục thông minh",
)
TYPE = [
    p("BÁO CÁO", bold=True, align="center"),
    p("Việc triển khai Đề án Giáo dục thông minh", bold=True, align="center"),
    p("Thực hiện Công văn số 2542/SGDĐT-GDTrH ngày 26/4/2024, nhà trường báo cáo như sau:", align="justify"),
]
ISSUERS = "SỞ GIÁO DỤC VÀ ĐÀO TẠO\nTHÀNH PHỐ HỒ CHÍ MINH\nTRƯỜNG TRUNG HỌC PHỔ THÔNG\nMẠC ĐĨNH CHI"
MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
LAYOUTS: dict[str, list[Block]] = {
    "two cells": [
        table(
            [
                [
                    f"{ISSUERS}\n-------\nSố: 134/BC-THPTMĐC",
                    f"{MOTTO}\n\nTP. Hồ Chí Minh, ngày 02 tháng 5 năm 2024",
                ]
            ]
        ),
        *TYPE,
    ],
    "four cells": [
        table(
            [
                [
                    ISSUERS,
                    MOTTO,
                ],
                ["Số: 134 /BC-THPTMĐC", "TP. Hồ Chí Minh, ngày 02 tháng 5 năm 2024"],
            ]
        ),
        *TYPE,
    ],
    "words side by side": [
        p("SỞ GIÁO DỤC VÀ ĐÀO TẠO        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        p("THÀNH PHỐ HỒ CHÍ MINH             Độc lập - Tự do - Hạnh phúc"),
        p("TRƯỜNG TRUNG HỌC PHỔ THÔNG"),
        p("MẠC ĐĨNH CHI"),
        p("Số: 134/BC-THPTMĐC\tTP. Hồ Chí Minh, ngày 02 tháng 5 năm 2024"),
        *TYPE,
    ],
    "one column, date broken": [
        p("SỞ GIÁO DỤC VÀ ĐÀO TẠO"),
        p("THÀNH PHỐ HỒ CHÍ MINH"),
        p("TRƯỜNG TRUNG HỌC PHỔ THÔNG"),
        p("MẠC ĐĨNH CHI"),
        p("Số: 134/BC-THPTMĐC"),
        p("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        p("Độc lập – Tự do – Hạnh phúc"),
        p("TP. Hồ Chí Minh, ngày 02 tháng 5 năm"),
        p("2024"),
        *TYPE,
    ],
    "text boxes": [
        p(
            f"{ISSUERS}\nSố: 134/BC-THPTMĐC",
            role="textbox",
        ),
        p(
            f"{MOTTO}\nTP. Hồ Chí Minh, ngày 02/5/2024",
            role="textbox",
        ),
        *TYPE,
    ],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str) -> None:
    report = read(*LAYOUTS[layout], *BODY)
    assert fields(report.letterhead) == WANT
    assert report.unit.id == "THPT-MAC-DINH-CHI"
    assert set(report.letterhead.provenance) >= {"issuer", "parent", "number", "place", "date", "subject"}


@pytest.mark.parametrize(
    "date", ["ngày     tháng    năm 2024", "ngày ... tháng ... năm 2024", "ngày      tháng 5 năm 2024"]
)
def test_blank_number_and_date_are_none(date: str) -> None:
    left, right = (
        "SỞ GDĐT TP.HCM\nTRƯỜNG THPT GÒ VẤP\nSố:        /BC-THPTGV",
        f"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nGò Vấp, {date}",
    )
    letterhead = read(table([[left, right]]), *TYPE, *BODY).letterhead
    assert (letterhead.number, letterhead.date, letterhead.place) == (None, None, "Gò Vấp")


def test_blank_number_and_date_are_told_by_the_appendix_caption() -> None:
    left = "SỞ GDĐT TP.HCM\nTRƯỜNG THPT GÒ VẤP\nSố:        /BC-THPTGV"
    right = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nGò Vấp, ngày     tháng     năm 2024"
    caption = "(Kèm theo Báo cáo số 77/BC-THPTGV ngày 02 tháng 5 năm 2024 của Trường THPT Gò Vấp)"
    letterhead = read(table([[left, right]]), *TYPE, *BODY, p("PHỤ LỤC"), p(caption, block="caption")).letterhead
    assert (letterhead.number, letterhead.date) == ("77/BC-THPTGV", "2024-05-02")
    assert [where.block for where in letterhead.provenance["number"]] == ["caption"]


def test_a_caption_that_cites_the_letter_says_nothing_about_the_report() -> None:
    left, right = "SỞ GDĐT TP.HCM\nTRƯỜNG THPT GÒ VẤP\nSố:      /BC-THPTGV", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    caption = p("(Đính kèm văn bản số 2542/SGDĐT-GDTrH ngày 26 tháng 4 năm 2024 của Sở Giáo dục và Đào tạo)")
    letterhead = read(table([[left, right]]), *TYPE, *BODY, caption).letterhead
    assert (letterhead.number, letterhead.date) == (None, None)


def test_official_letter_with_its_subject_under_the_number() -> None:
    left = "SỞ GDĐT TP.HCM\nTRƯỜNG THPT GÒ VẤP\nSố: 12/THPTGV\nV/v báo cáo thực hiện Đề án\ngiáo dục thông minh"
    right = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nGò Vấp, ngày 29 tháng 4 năm 2024"
    letterhead = read(table([[left, right]]), p("Kính gửi: Sở Giáo dục và Đào tạo"), *BODY).letterhead
    assert letterhead.subject == "báo cáo thực hiện Đề án giáo dục thông minh"


SIGNATURES: dict[str, tuple[list[Block], str, str]] = {
    "table": (
        [table([["Nơi nhận:\n- Như trên;\n- Lưu: VT.", "HIỆU TRƯỞNG\n\n\nNguyễn Văn Bình"]])],
        "HIỆU TRƯỞNG",
        "Nguyễn Văn Bình",
    ),
    "for another": (
        [table([["Nơi nhận:\n- Lưu: VT.", "KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG\n(Đã ký)\nThS. Trần Thị Ánh Tuyết"]])],
        "KT. HIỆU TRƯỞNG PHÓ HIỆU TRƯỞNG",
        "ThS. Trần Thị Ánh Tuyết",
    ),
    "on behalf": (
        [p("TM. ỦY BAN NHÂN DÂN"), p("KT. CHỦ TỊCH"), p("PHÓ CHỦ TỊCH"), p("Bùi Đăng Khoa")],
        "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
        "Bùi Đăng Khoa",
    ),
    "beside the recipients": (
        [p("Nơi nhận:\tTRƯỞNG PHÒNG"), p("- Sở GDĐT;"), p("- Lưu: VT.\tPhan Hữu Nghĩa")],
        "TRƯỞNG PHÒNG",
        "Phan Hữu Nghĩa",
    ),
    "by order": (
        [p("TL. GIÁM ĐỐC"), p("CHÁNH VĂN PHÒNG"), p("LÊ HOÀNG MINH")],
        "TL. GIÁM ĐỐC CHÁNH VĂN PHÒNG",
        "LÊ HOÀNG MINH",
    ),
}


@pytest.mark.parametrize("kind", SIGNATURES)
def test_signatures(kind: str) -> None:
    blocks, title, name = SIGNATURES[kind]
    letterhead = read(*LAYOUTS["two cells"], *BODY, *blocks).letterhead
    assert (letterhead.signer_title, letterhead.signer) == (title, name)


def test_digital_signature_tells_a_blank_date() -> None:
    left, right = (
        "SỞ GDĐT TP.HCM\nTRƯỜNG THPT GÒ VẤP\nSố:      /BC",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nGò Vấp, ngày   tháng   năm 2024",
    )
    stamp = [p("Signature Not Verified"), p("Ký bởi: TRƯỜNG THPT GÒ VẤP"), p("Ngày ký: 04/05/2024 09:41:07 +07:00")]
    report = read(*stamp, table([[left, right]]), *TYPE, *BODY, p("HIỆU TRƯỞNG"), p("Đỗ Minh Hải"))
    assert report.letterhead.date == "2024-05-04"
    assert report.letterhead.signer == "Đỗ Minh Hải"


def test_a_motto_that_a_narrow_column_cut() -> None:
    report = read(
        p("UBND QUẬN TÂN PHÚ"),
        p("VIỆT NAM"),
        p("TRƯỜNG THCS LÊ ANH XUÂN"),
        p("Số: 12/BC-LAX"),
        p("CỘNG HÒA XÃ HỘI CHỦ NGHĨA"),
        p("Độc lập - Tự do - Hạnh phúc"),
        p("Tân Phú, ngày 3 tháng 5 năm 2024"),
        p("BÁO CÁO", align="center"),
        p("Tình hình thư viện của nhà trường", align="center"),
        p("Trường có 32 lớp.", align="left"),
    )
    told = report.letterhead
    assert (told.parent, told.issuer) == ("UBND QUẬN TÂN PHÚ", "TRƯỜNG THCS LÊ ANH XUÂN")
    assert told.subject == "Tình hình thư viện của nhà trường"


def test_a_subject_as_wide_as_the_page() -> None:
    report = read(
        *head()[:1],
        p("BÁO CÁO", align="center"),
        p("Kết quả xây dựng thư viện và phòng học của nhà trường theo Quyết định số", align="left"),
        p("3249/QĐ-UBND", align="center"),
        p("Trường có 32 lớp.", align="justify"),
    )
    assert report.letterhead.subject == (
        "Kết quả xây dựng thư viện và phòng học của nhà trường theo Quyết định số 3249/QĐ-UBND"
    )


@pytest.mark.parametrize("name", ["PHIẾU CUNG CẤP THÔNG TIN", "PHỤ LỤC", "BÁO CÁO TÓM TẮT", "BẢNG TỔNG HỢP"])
def test_the_name_of_the_document_is_no_part_of_the_issuer(name: str) -> None:
    above = [p(line, align="center") for line in ("UBND QUẬN 8", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO")]
    got = read(*above, p(name, bold=True, align="center"), *BODY).letterhead
    assert (got.parent, got.issuer, got.subject) == ("UBND QUẬN 8", "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", None)


def test_place_and_date_over_the_signature() -> None:
    foot = [p(line, align="center") for line in ("Gò Vấp, ngày 29 tháng 4 năm 2024", "HIỆU TRƯỞNG", "Lê Thị Nhã")]
    above = [p("TRƯỜNG THPT GÒ VẤP", align="center"), p("BÁO CÁO", bold=True, align="center")]
    got = read(*above, *BODY, *foot).letterhead
    assert (got.place, got.date, got.signer) == ("Gò Vấp", "2024-04-29", "Lê Thị Nhã")


@pytest.mark.parametrize(
    ("lines", "title", "name"),
    [
        (("TUQ. TRƯỞNG PHÒNG", "KẾ TOÁN", "Mai Văn Phúc"), "TUQ. TRƯỞNG PHÒNG KẾ TOÁN", "Mai Văn Phúc"),
        (("TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG", "Hồ Tấn Lợi"), "TL. GIÁM ĐỐC CHÁNH VĂN PHÒNG", "Hồ Tấn Lợi"),
        (("KT. HIỆU TRƯỞNG", "LÊ VĂN TÁM"), "KT. HIỆU TRƯỞNG", "LÊ VĂN TÁM"),
        (("HIỆU TRƯỞNG", "Phó Ngọc Hạnh"), "HIỆU TRƯỞNG", "Phó Ngọc Hạnh"),
    ],
)
def test_who_signs_for_whom(lines: tuple[str, ...], title: str, name: str) -> None:
    got = read(*head(), *BODY, *(p(line, align="center") for line in lines)).letterhead
    assert (got.signer_title, got.signer) == (title, name)


def test_a_sentence_is_no_part_of_the_subject() -> None:
    report = read(
        *head()[:1],
        p("BÁO CÁO NHANH"),
        p("Thư viện của nhà trường"),
        p("Trường gửi chậm hai ngày vì mất điện, mong cơ quan thông cảm."),
        *BODY,
    )
    assert report.letterhead.subject == "Thư viện của nhà trường"


def test_the_number_of_a_gazette_is_not_that_of_the_law_printed_in_it() -> None:
    report = read(p("CÔNG BÁO/Số 277/Ngày 16-05-2026"), p("CHÍNH PHỦ"), p("Số: 116/NQ-CP"), *TYPE)
    assert report.letterhead.number == "116/NQ-CP"
