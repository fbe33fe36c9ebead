"""Sums in tables: a figure is money by its headings, row, group, caption or unit, and each of them may tell who paid.

Wants are value in million đồng and source (b budget, s socialised, u untold); set down before any table was read.
"""

from __future__ import annotations

import pytest

from extractors.document import Block
from tests.understanding.builders import head, p, read, table, titles

SOURCES = {"b": "budget", "s": "socialised", "u": None}
CASES: dict[str, tuple[str, tuple[Block, ...]]] = {}
NARR = [p("I. Thực trạng chi ngân sách, vận động xã hội hóa", bold=True)]


def case(name: str, want: str, *blocks: Block) -> None:
    CASES[name] = (want, blocks)


# --- own tables in running text
case(
    "years by source",
    "120:b 150:b 30:s 45:s",
    *NARR,
    p("Kinh phí qua các năm như sau (ĐVT: triệu đồng):"),
    table([["Nguồn", "2022", "2023"], ["Ngân sách", "120", "150"], ["Xã hội hóa", "30", "45"]]),
)
case(
    "years by source in rows of years",
    "120:b 30:s 150:b 45:s",
    *NARR,
    p("Đơn vị tính: triệu đồng"),
    table([["Năm", "NSNN", "XHH"], ["2022", "120", "30"], ["2023", "150", "45"]]),
)
case(
    "with totals",
    "120:b 30:s 150:u 150:b 45:s 195:u",
    *NARR,
    p("Đơn vị tính: triệu đồng"),
    table([["Năm", "Ngân sách", "Vận động", "Cộng"], ["2022", "120", "30", "150"], ["2023", "150", "45", "195"]]),
)
case(
    "amount + source col",
    "420:b 85:s 33:s",
    *NARR,
    table(
        [
            ["TT", "Nội dung chi", "Số tiền (triệu đồng)", "Nguồn"],
            ["1", "Mua 40 máy tính", "420", "Ngân sách"],
            ["2", "Bộ robot", "85", "Công ty tài trợ"],
            ["3", "Sách", "33", "Phụ huynh"],
        ]
    ),
)
case(
    "amount + source col full dong",
    "420:b 85:s",
    *NARR,
    table(
        [
            ["STT", "Nội dung", "Thành tiền", "Nguồn kinh phí"],
            ["1", "Mua 40 máy tính", "420.000.000", "NSNN"],
            ["2", "Bộ robot", "85.000.000", "XHH"],
        ]
    ),
)
case(
    "source col first",
    "420:b 85:s",
    *NARR,
    table(
        [
            ["Nguồn", "Nội dung", "Số tiền"],
            ["Chi thường xuyên", "Máy tính", "420 triệu"],
            ["CMHS", "Quạt, loa", "85 triệu"],
        ]
    ),
)
case(
    "qty price total",
    "12:u 480:u 1.5:u 45:u",
    *NARR,
    p("ĐVT: đồng"),
    table(
        [
            ["Tên thiết bị", "Số lượng", "Đơn giá", "Thành tiền"],
            ["Máy tính", "40", "12.000.000", "480.000.000"],
            ["Tai nghe", "30", "1.500.000", "45.000.000"],
        ]
    ),
)
case(
    "qty price total with source para",
    "12:b 480:b",
    *NARR,
    p("Các khoản chi từ ngân sách (ĐVT: đồng):"),
    table([["Tên thiết bị", "Số lượng", "Đơn giá", "Thành tiền"], ["Máy tính", "40", "12.000.000", "480.000.000"]]),
)
case(
    "group rows",
    "200:b 50:b 30:s",
    *NARR,
    table(
        [
            ["STT", "Nội dung", "Kinh phí (triệu đồng)"],
            ["I", "Ngân sách", ""],
            ["1", "Máy tính", "200"],
            ["2", "Phần mềm", "50"],
            ["II", "Xã hội hóa", ""],
            ["1", "Màn hình", "30"],
        ]
    ),
)
case(
    "group rows with totals",
    "250:b 200:b 50:b 30:s 30:s 280:u",
    *NARR,
    table(
        [
            ["STT", "Nội dung", "Kinh phí (triệu đồng)"],
            ["I", "Ngân sách", "250"],
            ["1", "Máy tính", "200"],
            ["2", "Phần mềm", "50"],
            ["II", "Xã hội hóa", "30"],
            ["1", "Màn hình", "30"],
            ["", "Tổng cộng", "280"],
        ]
    ),
)
case(
    "group row merged",
    "200:b 30:s",
    *NARR,
    table(
        [
            ["STT", "Nội dung", "Số tiền (tr.đ)"],
            ["A. NGUỒN NGÂN SÁCH", None, None],
            ["1", "Máy tính", "200"],
            ["B. NGUỒN XÃ HỘI HÓA", None, None],
            ["1", "Màn hình", "30"],
        ],
        spans={(1, 0): (1, 3), (3, 0): (1, 3)},
    ),
)
case(
    "two header rows",
    "120:b 30:s 150:b 45:s",
    *NARR,
    table(
        [
            ["Nội dung", "Kinh phí (triệu đồng)", None],
            [None, "Ngân sách", "XHH"],
            ["Máy tính", "120", "30"],
            ["Thư viện", "150", "45"],
        ],
        spans={(0, 0): (2, 1), (0, 1): (1, 2)},
    ),
)
case(
    "two header rows years",
    "120:b 30:s 150:b 45:s",
    *NARR,
    p("ĐVT: triệu đồng"),
    table(
        [
            ["Trường", "Năm 2022", None, "Năm 2023", None],
            [None, "NS", "XHH", "NS", "XHH"],
            ["Trường A", "120", "30", "150", "45"],
        ],
        spans={(0, 0): (2, 1), (0, 1): (1, 2), (0, 3): (1, 2)},
    ),
)
case(
    "no unit big numbers",
    "120:b 30:s",
    *NARR,
    table([["Nội dung", "Ngân sách", "Xã hội hóa"], ["Máy tính", "120.000.000", "30.000.000"]]),
)
case(
    "unit in caption below title",
    "1250:b 310:s",
    *NARR,
    p("Bảng 1. Kinh phí thực hiện Đề án (triệu đồng)"),
    table([["Năm", "Ngân sách cấp", "Vận động"], ["2023", "1.250", "310"]]),
)
case(
    "unit tỷ",
    "1250:b 310:s",
    *NARR,
    p("Bảng tổng hợp kinh phí (đơn vị: tỷ đồng)"),
    table([["Năm", "Ngân sách cấp", "Vận động"], ["2023", "1,25", "0,31"]]),
)
case(
    "unit nghin",
    "1250:b 310:s",
    *NARR,
    p("Đơn vị tính: 1.000 đồng"),
    table([["Năm", "Ngân sách cấp", "Vận động"], ["2023", "1.250.000", "310.000"]]),
)
case(
    "text in cells",
    "250:b 80:s",
    *NARR,
    table([["Việc đã làm", "Tiền ở đâu"], ["Mua máy", "Quận cấp 250 triệu"], ["Thư viện", "Phụ huynh góp 80 triệu"]]),
)
case(
    "who gives col",
    "250:b 80:s 20:s",
    *NARR,
    table(
        [
            ["Việc đã làm", "Ai chi", "Bao nhiêu (triệu đồng)"],
            ["Mua máy", "Quận", "250"],
            ["Thư viện", "Phụ huynh", "80"],
            ["Loa", "Công ty Ánh Dương", "20"],
        ]
    ),
)
case(
    "counts beside money",
    "250:b 80:s",
    *NARR,
    p("Đơn vị: triệu đồng"),
    table([["Trường", "Số lớp", "Số học sinh", "Ngân sách", "XHH"], ["THCS A", "32", "1.450", "250", "80"]]),
)
case(
    "counts beside money header in head",
    "250:b 80:s",
    *NARR,
    table(
        [
            ["Trường", "Số lớp", "Số học sinh", "Tỷ lệ", "Ngân sách (triệu đồng)", "XHH (triệu đồng)"],
            ["THCS A", "32", "1.450", "98,5", "250", "80"],
        ]
    ),
)
case(
    "turned rows are sources, unit in row label",
    "250:b 80:s",
    *NARR,
    table(
        [
            ["", "Năm 2023"],
            ["Ngân sách (triệu đồng)", "250"],
            ["Xã hội hóa (triệu đồng)", "80"],
            ["Số trường tham gia", "25"],
        ]
    ),
)
case(
    "turned rows with total",
    "250:b 80:s 330:u",
    *NARR,
    table(
        [
            ["Chỉ tiêu", "Năm 2023"],
            ["Ngân sách cấp (triệu đồng)", "250"],
            ["Phụ huynh đóng góp (triệu đồng)", "80"],
            ["Tổng kinh phí (triệu đồng)", "330"],
            ["Số trường tham gia", "25"],
        ]
    ),
)
case(
    "unit column",
    "250:b 80:s",
    *NARR,
    table(
        [
            ["Nội dung", "ĐVT", "Năm 2023"],
            ["Ngân sách", "triệu đồng", "250"],
            ["Vận động", "triệu đồng", "80"],
            ["Số máy tính", "máy", "45"],
            ["Số lớp học", "lớp", "12"],
        ]
    ),
)
case(
    "x marks",
    "250:b 80:s",
    *NARR,
    table(
        [["Nội dung", "Kinh phí (triệu đồng)", "NS", "XHH"], ["Máy tính", "250", "x", ""], ["Thư viện", "80", "", "x"]]
    ),
)
case(
    "ghi chu source",
    "250:b 80:s",
    *NARR,
    table(
        [
            ["Nội dung", "Kinh phí (triệu đồng)", "Ghi chú"],
            ["Máy tính", "250", "ngân sách quận"],
            ["Thư viện", "80", "CMHS đóng góp"],
        ]
    ),
)
case(
    "key value",
    "250:b 80:s",
    *NARR,
    table([["Kinh phí ngân sách", "250 triệu đồng"], ["Kinh phí xã hội hóa", "80 triệu đồng"]]),
)
case(
    "key value bare big",
    "250:b 80:s",
    *NARR,
    table([["Kinh phí ngân sách", "250.000.000"], ["Kinh phí xã hội hóa", "80.000.000"]]),
)
case("con so voi d", "250:b 80:s", *NARR, table([["Kinh phí ngân sách", "250.000.000đ"], ["Phụ huynh", "80.000.000đ"]]))
case(
    "given donors list",
    "20:s 5:s 3:s",
    *NARR,
    p("Danh sách các đơn vị ủng hộ:"),
    table(
        [
            ["STT", "Đơn vị, cá nhân", "Số tiền (đồng)"],
            ["1", "Công ty TNHH Hải Âu", "20.000.000"],
            ["2", "Ông Nguyễn Văn Lợi", "5.000.000"],
            ["3", "Tập thể lớp 12A1 khóa 2010", "3.000.000"],
        ]
    ),
)
case(
    "plan - done",
    "500:b 480:b",
    *NARR,
    p("ĐVT: triệu đồng"),
    table([["Nguồn", "Dự toán", "Đã chi"], ["Ngân sách nhà nước", "500", "480"]]),
)
case(
    "sum line inside one cell",
    "500:b 80:s",
    *NARR,
    table([["Nội dung", "Kinh phí (triệu đồng)"], ["Phòng học thông minh", "NS: 500; XHH: 80"]]),
)
case(
    "sum slash",
    "500:b 80:s",
    *NARR,
    table([["Nội dung", "Ngân sách/XHH (triệu đồng)"], ["Phòng học thông minh", "500/80"]]),
)
case(
    "paras item heading then table",
    "500:b 80:s",
    p("5. Triển khai thực hiện nhiệm vụ xây dựng thư viện thông minh", bold=True),
    p("Kết quả: đã có thư viện điện tử."),
    table([["Năm", "Ngân sách (triệu đồng)", "Phụ huynh (triệu đồng)"], ["2023", "500", "80"]]),
)
case(
    "year x items",
    "120:u 90:u 150:u 60:u",
    *NARR,
    p("Kinh phí chi theo từng năm, triệu đồng:"),
    table([["Nội dung", "2022", "2023"], ["Máy tính", "120", "90"], ["Phần mềm", "150", "60"]]),
)
case(
    "year x items b",
    "120:b 90:b",
    *NARR,
    p("Ngân sách chi cho các nội dung (triệu đồng)"),
    table([["Nội dung", "2022", "2023"], ["Máy tính", "120", "90"]]),
)
case(
    "not money tables",
    "",
    *NARR,
    p("Quy mô trường lớp"),
    table([["Năm học", "Số lớp", "Số học sinh"], ["2022-2023", "32", "1.450"], ["2023-2024", "34", "1.520"]]),
)
case(
    "not money tables big",
    "",
    *NARR,
    p("Cơ sở dữ liệu"),
    table([["Nội dung", "Số lượng"], ["Lượt truy cập", "12.450.000"], ["Hồ sơ học sinh", "1.250.000"]]),
)
case(
    "vnd unit head",
    "12:u 480:u",
    *NARR,
    table(
        [["Tên thiết bị", "SL", "Đơn giá (VNĐ)", "Thành tiền (VNĐ)"], ["Máy tính", "40", "12.000.000", "480.000.000"]]
    ),
)
case(
    "column Kinh phí with words",
    "200:b 15:s",
    *NARR,
    table([["Hạng mục", "Kinh phí", "Nguồn vốn"], ["Phòng STEM", "200tr", "NS"], ["Kệ sách", "15tr", "Hội CMHS"]]),
)
case(
    "ty le column",
    "1200:b 300:s",
    *NARR,
    p("ĐVT: triệu đồng"),
    table(
        [
            ["Nguồn vốn", "Số tiền", "Tỷ lệ (%)"],
            ["Ngân sách", "1.200", "80"],
            ["Xã hội hóa", "300", "20"],
        ]
    ),
)
case(
    "nguon in head merged over",
    "1200:b 500:b 300:s",
    *NARR,
    p("ĐVT: triệu đồng"),
    table(
        [
            ["Trường", "Nguồn ngân sách", None, "Nguồn khác"],
            [None, "Thường xuyên", "Mua sắm", "CMHS"],
            ["A", "1.200", "500", "300"],
        ],
        spans={(0, 0): (2, 1), (0, 1): (1, 2)},
    ),
)

TITLES = titles()

case(
    "appendix NS XHH",
    "120:b 30:s 65:b",
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Ngân sách (triệu đồng)", "XHH (triệu đồng)", "Khó khăn"],
            *[
                ["1", TITLES[1], "Đã xong", "120", "30", "Thiếu người"],
                ["5", TITLES[5], "Có thư viện số", "65", "0", "Không"],
            ],
        ]
    ),
)
case(
    "appendix kinh phi nguon",
    "120:b 30:s",
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Kinh phí (triệu đồng)", "Nguồn", "Khó khăn"],
            *[
                ["1", TITLES[1], "Đã xong", "120", "NSNN", "Thiếu người"],
                ["5", TITLES[5], "Có thư viện số", "30", "CMHS", "Không"],
            ],
        ]
    ),
)
case(
    "appendix unit above",
    "120:b 30:s",
    p("ĐVT: triệu đồng", align="right"),
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Ngân sách", "Xã hội hóa", "Khó khăn"],
            *[["1", TITLES[1], "Đã xong", "120", "30", "Thiếu người"]],
        ]
    ),
)
case(
    "appendix text funding",
    "120:b 30:s 45:b",
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Kinh phí đã chi", "Khó khăn"],
            *[
                ["1", TITLES[1], "Đã xong", "120 triệu NS, 30 triệu PH", "Thiếu người"],
                ["5", TITLES[5], "Có thư viện số", "45 triệu từ chi thường xuyên", "Không"],
            ],
        ]
    ),
)
case(
    "appendix funding bullet",
    "120:b 30:s",
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Thực trạng chi ngân sách, vận động xã hội hóa", "Khó khăn"],
            *[["1", TITLES[1], "Đã xong", "- NS: 120 triệu\n- XHH: 30 triệu", "Thiếu người"]],
        ]
    ),
)
case(
    "appendix funding bare",
    "120:u",
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Thực trạng chi ngân sách, vận động xã hội hóa", "Khó khăn"],
            *[["1", TITLES[1], "Đã xong", "120 triệu đồng", "Thiếu người"]],
        ]
    ),
)
case(
    "appendix slash",
    "120:b 30:s",
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Nguồn vốn ngân sách/nguồn vốn XHH (triệu đồng)", "Khó khăn"],
            *[["1", TITLES[1], "Đã xong", "120/30", "Thiếu người"]],
        ]
    ),
)
case(
    "appendix results with money",
    "85:b",
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Khó khăn"],
            *[["1", TITLES[1], "Mua máy chủ 85 triệu đồng bằng ngân sách quận", "Thiếu người"]],
        ]
    ),
)
case(
    "appendix total row",
    "120:b 30:s 185:b 95:s 65:b 65:s",
    p("Đơn vị: triệu đồng"),
    table(
        [
            ["STT", "Nội dung", "Kết quả thực hiện", "Ngân sách", "XHH", "Khó khăn"],
            *[
                ["1", TITLES[1], "Đã xong", "120", "30", ""],
                ["5", TITLES[5], "Có thư viện số", "65", "65", "Không"],
                ["", "Tổng cộng", "", "185", "95", ""],
            ],
        ]
    ),
)
NARR = [*NARR, p("Số liệu cụ thể như sau:")]
case(
    "year col with period",
    "120:b 150:b 30:s",
    *NARR,
    table(
        [
            ["Giai đoạn", "Ngân sách (triệu đồng)", "Phụ huynh (triệu đồng)"],
            ["9/2021 - 12/2022", "120", "30"],
            ["2023", "150", "-"],
        ]
    ),
)
case(
    "percent col",
    "120:b 30:s",
    *NARR,
    table([["Nguồn", "Triệu đồng", "%"], ["Ngân sách", "120", "80"], ["Phụ huynh", "30", "20"]]),
)
case(
    "trieu dong head only",
    "120:b 30:s",
    *NARR,
    table([["Nguồn", "Triệu đồng"], ["Ngân sách quận", "120"], ["Mạnh thường quân", "30"]]),
)
case("head tr.d", "120:u", *NARR, table([["Việc", "Tr.đ"], ["Mua máy", "120"]]))
case(
    "unit in title row",
    "120:b 30:s",
    *NARR,
    table(
        [
            ["BẢNG KINH PHÍ (đơn vị: triệu đồng)", None, None],
            ["Việc", "Nhà nước", "Phụ huynh"],
            ["Mua máy", "120", "30"],
        ],
        spans={(0, 0): (1, 3)},
    ),
)
case(
    "schools list",
    "120:b 30:s 85:b 12:s",
    *NARR,
    p("(ĐVT: triệu đồng)", align="right"),
    table(
        [
            ["TT", "Tên trường", "Số máy", "Ngân sách", "Xã hội hóa", "Ghi chú"],
            ["1", "THCS A", "45", "120", "30", ""],
            ["2", "THCS B", "38", "85", "12", "mới xây"],
        ]
    ),
)
case(
    "area not money",
    "",
    *NARR,
    p("(ĐVT: triệu đồng)"),
    table([["Trường", "Diện tích (m2)", "Số phòng"], ["A", "4.500", "32"]]),
)
case(
    "sum in words cell",
    "2500:b",
    *NARR,
    table([["Hạng mục", "Kinh phí", "Nguồn"], ["Xây phòng STEM", "2,5 tỷ", "Đầu tư công"]]),
)
case(
    "mixed units",
    "2500:b 350:s",
    *NARR,
    table(
        [
            ["Hạng mục", "Kinh phí", "Nguồn"],
            ["Xây phòng STEM", "2,5 tỷ", "Đầu tư công"],
            ["Mua robot", "350 triệu", "Cựu học sinh"],
        ]
    ),
)
case(
    "nguoi cho",
    "50:s 20:s",
    *NARR,
    table(
        [
            ["Ai cho", "Cho cái gì", "Trị giá"],
            ["Công ty Hoa Sen", "Tôn lợp", "50.000.000"],
            ["Bà Sáu", "Quạt", "20.000.000"],
        ]
    ),
)
case(
    "expense lists b",
    "50:b 20:b",
    *NARR,
    p("Danh mục mua sắm từ nguồn chi thường xuyên năm 2023"),
    table(
        [
            ["TT", "Tên hàng", "SL", "Thành tiền (đồng)"],
            ["1", "Máy in", "5", "50.000.000"],
            ["2", "Máy quét", "2", "20.000.000"],
        ]
    ),
)
case(
    "turned years",
    "120:b 30:s 150:b 45:s",
    *NARR,
    table(
        [
            ["Chỉ tiêu", "Đơn vị", "2022", "2023"],
            ["Chi từ ngân sách", "triệu đồng", "120", "150"],
            ["Vận động", "triệu đồng", "30", "45"],
            ["Số phòng học thông minh", "phòng", "3", "5"],
        ]
    ),
)
case("nghin dong head", "120:b", *NARR, table([["Việc", "Ngân sách (nghìn đồng)"], ["Mua máy", "120.000"]]))
case("1000 dong", "120:b", *NARR, table([["Việc", "Ngân sách (1.000đ)"], ["Mua máy", "120.000"]]))
case(
    "item sub rows",
    "120:b 30:s",
    *NARR,
    table(
        [["Nội dung", "Số tiền"], ["Mua máy, trong đó:", ""], ["- Ngân sách", "120 triệu"], ["- Phụ huynh", "30 triệu"]]
    ),
)
case(
    "sub rows with total",
    "150:u 120:b 30:s",
    *NARR,
    table(
        [
            ["Nội dung", "Số tiền (triệu đồng)"],
            ["Mua máy, trong đó:", "150"],
            ["- Ngân sách", "120"],
            ["- Phụ huynh", "30"],
        ]
    ),
)
case(
    "header on two lines vertical",
    "120:b 30:s",
    *NARR,
    table([["Nguồn vốn", "Năm 2023\n(triệu đồng)"], ["Vốn ngân sách", "120"], ["Vốn huy động", "30"]]),
)
case(
    "date columns",
    "120:b",
    *NARR,
    table(
        [
            ["Ngày", "Số quyết định", "Nội dung", "Số tiền (đồng)", "Nguồn"],
            ["12/3/2023", "45/QĐ-UBND", "Mua máy", "120.000.000", "NS quận"],
        ]
    ),
)
case("phone", "", *NARR, table([["Họ tên", "Điện thoại"], ["Nguyễn Văn A", "0903123456"]]))
case(
    "tuition collected",
    "3200:u 2800:u",
    *NARR,
    p("Kết quả thu học phí không dùng tiền mặt (triệu đồng)"),
    table([["Năm học", "Số tiền thu", "Tỷ lệ"], ["2022-2023", "2.800", "91"], ["2023-2024", "3.200", "98"]]),
)
case(
    "medals",
    "",
    table([["Giải", "Vàng", "Bạc", "Đồng"], ["Toàn quốc 2022", "11", "9", "17"], ["Cộng", "28", "23", "38"]]),
)


@pytest.mark.parametrize("name", CASES)
def test_sums_of_a_table(name: str) -> None:
    told, blocks = CASES[name]
    want = [(round(float(value) * 10**6), SOURCES[mark]) for value, mark in (one.split(":") for one in told.split())]
    report = read(*head("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND QUẬN 5"), *blocks)
    got = [(fact.value, fact.funding_source) for fact in report.facts if fact.kind == "money"]
    assert sorted(got, key=str) == sorted(want, key=str)
