"""Tables whose headings or rows look like answers and are none: what stands in the cells gainsays them."""

from __future__ import annotations

import pytest

from tests.understanding.builders import cells, head, p, points, read, table

REPORT = (*head(), p("Trả lời Công văn 2542/SGDĐT-GDTrH"))


def test_ticks_tell_how_far_a_thing_is_and_no_difficulty() -> None:
    body = [
        ["STT", "Nội dung", "Đã làm", "Đang làm", "Chưa làm", "Khó khăn"],
        ["1", "Thư viện thông minh", "x", "", "", "Phòng chật"],
        ["2", "Phòng thí nghiệm", "", "x", "", "Thiếu hóa chất"],
        ["3", "Câu lạc bộ robot", "", "", "x", "Chưa có thầy"],
    ]
    want = {(5, "challenges"): "Phòng chật", (6, "challenges"): "Thiếu hóa chất", (12, "challenges"): "Chưa có thầy"}
    assert cells(read(*REPORT, table(body))) == want


def test_marks_under_a_merged_heading_of_grades() -> None:
    body: list[list[str | None]] = [
        ["TT", "Việc", "Mức độ", None, None, "Tiền (triệu đồng)", "Xin gì"],
        [None, None, "Tốt", "Khá", "Yếu", None, None],
        ["1", "Cơ sở dữ liệu ngành", "X", "", "", "45", "Không"],
        ["2", "Thư viện số", "", "X", "", "120", "Thêm biên chế thủ thư"],
        ["3", "Hướng nghiệp", "", "", "X", "0", "Mời chuyên gia"],
    ]
    spans = {(0, 0): (2, 1), (0, 1): (2, 1), (0, 2): (1, 3), (0, 5): (2, 1), (0, 6): (2, 1)}
    told = cells(read(*REPORT, table(body, spans=spans)))
    assert {column for _, column in told} == {"funding", "proposals"}
    assert told[5, "funding"] == "120"


def test_who_when_and_proof_beside_what_was_done() -> None:
    body = [
        ["TT", "Đầu việc", "Ai làm", "Bao giờ xong", "Đã làm tới đâu", "Minh chứng", "Điểm tự chấm"],
        ["1", "Thư viện thông minh", "Cô Lan", "30/6/2024", "Mua 300 đầu sách số", "Hóa đơn", "8"],
        ["2", "Hồ sơ điện tử", "Thầy Bình", "Đã xong", "100% học bạ ký số", "Ảnh chụp", "10"],
        ["3", "Câu lạc bộ robot", "Thầy Tú", "Tháng 9", "Có 20 em", "Danh sách", "6"],
    ]
    want = {(5, "results"): "Mua 300 đầu sách số", (2, "results"): "100% học bạ ký số", (12, "results"): "Có 20 em"}
    assert cells(read(*REPORT, table(body))) == want


@pytest.mark.parametrize(
    "body",
    [
        [
            ["STT", "Trường", "Kết quả", "Kinh phí", "Khó khăn"],
            ["1", "THCS Lê Lợi", "12 phòng máy", "300 triệu", "Mạng yếu"],
            ["2", "THCS Nguyễn Du", "8 phòng máy", "200 triệu", "Thiếu thầy"],
            ["3", "THCS Hoa Lư", "Thư viện điện tử", "90 triệu", "Không"],
        ],
        [
            ["Phường", "Số buổi", "Số lượt", "Người đứng lớp"],
            ["An Lạc", "38", "1.420", "Cán bộ hưu"],
            ["Bình Hưng Hòa", "52", "2.065", "Đoàn phường"],
            ["Tân Tạo", "47", "3.310", "Kỹ thuật viên"],
            ["Bảy phường còn lại", "141", "5.127", "Giáo viên"],
            ["Cộng", "278", "11.922", ""],
        ],
    ],
    ids=["schools", "wards"],
)
def test_tables_whose_rows_are_places(body: list[list[str]]) -> None:
    assert not cells(read(*REPORT, p("Bảng 5. Các trường và lớp học cho dân", bold=True), table(body)))


def test_figures_are_neither_documents_nor_proposals() -> None:
    body = [
        ["TT", "Chỉ tiêu", "Kế hoạch", "Thực hiện", "Đạt %", "Lý do không đạt"],
        ["1", "Trường có thư viện thông minh", "10", "8", "80", "Thiếu mặt bằng"],
        ["2", "Trường thu không tiền mặt", "12", "12", "100", ""],
        ["3", "Trường có câu lạc bộ robot", "12", "6", "50", "Thiếu thầy"],
    ]
    told = cells(read(*REPORT, table(body)))
    assert {column for _, column in told} <= {"results", "challenges"}


def test_what_stands_before_the_titles_groups_the_rows() -> None:
    body = [
        ["Công cụ đang dùng", "Dùng vào việc gì", "Kết quả", "Khó khăn"],
        ["vnEdu", "Học bạ, sổ điểm điện tử", "100% lớp", "Ký số chậm"],
        ["Koha", "Mượn trả sách thư viện", "900 lượt", "Thiếu mã vạch"],
        ["Lego Spike", "Dạy robot", "20 em", "Đắt"],
    ]
    told = cells(read(*REPORT, table(body)))
    assert set(told) == {(item, column) for item in (2, 5, 12) for column in ("results", "challenges")}


def test_items_side_by_side_over_the_rows_of_what_is_asked() -> None:
    body = [
        ["", "Dạy AI, lập trình", "Robot, STEM"],
        ["Làm được gì", "260 thầy cô dự 4 buổi", "19 câu lạc bộ"],
        ["Vướng", "Chưa có sách", "Linh kiện hư"],
        ["Xin trên", "Tài liệu khung", "Kho linh kiện"],
    ]
    told = cells(read(*REPORT, table(body)))
    assert told[10, "results"] == "260 thầy cô dự 4 buổi"
    assert told[12, "proposals"] == "Kho linh kiện"
    assert len(told) == 6


def test_questions_under_a_title_that_names_no_item_are_points() -> None:
    body = [
        ["TT", "Câu hỏi", "Trường trả lời"],
        ["1", "Làm được gì rồi?", "Có thư viện số và lớp học thông minh."],
        ["2", "Cái được, cái vướng, tại đâu?", "Thầy cô nhiệt tình; mạng yếu."],
        ["3", "Muốn cấp trên làm gì?", "Cho tuyển nhân viên thiết bị."],
    ]
    report = read(*head(), p("Phần việc của trường trong Đề án giáo dục thông minh"), p("A. Hỏi đáp"), table(body))
    assert not cells(report)
    assert set(points(report)) == {"school.1", "school.2", "school.3"}


def test_text_without_a_sum_under_an_unknown_heading_is_no_money() -> None:
    body = [
        ["Việc", "Giấy đã ký", "Người làm được gì", "Nghẽn ở đâu", "Cách gỡ xin được làm"],
        ["Kho dữ liệu, thống kê", "Công văn 22/SGDĐT-TCCB", "Nhập 78.900 hồ sơ", "Bằng cũ viết tay", "Chụp bằng"],
        ["Phần mềm dạy học, kiểm tra", "", "Chọn 220 thầy cô giỏi", "Không được tính giờ", "Tính 2 tiết"],
        ["Tự động hóa, robot", "", "Chưa có ai", "Không trường nào đào tạo", "Đặt hàng trường"],
    ]
    assert not any(column == "funding" for _, column in cells(read(*REPORT, table(body))))


def test_the_last_column_of_those_who_do_it_proposes_nothing() -> None:
    body = [
        ["Việc", "Kết quả", "Khó khăn", "Gọi"],
        ["Thư viện thông minh", "300 sách số", "Chật", "Chị Mai"],
        ["Câu lạc bộ robot", "Hai đội", "Thiếu pin", "Anh Tín"],
    ]
    assert {column for _, column in cells(read(*REPORT, table(body)))} == {"results", "challenges"}


def test_the_halves_of_one_column_each_under_a_word_of_its_own() -> None:
    body = [
        ["Mảng", "Dễ", "Khó", "Cách gỡ"],
        ["Thư viện thông minh", "Phòng rộng", "Bản quyền đắt", "Mua chung"],
        ["Câu lạc bộ robot", "Phụ huynh thích", "Linh kiện phải nhập", "Cho thuê bộ dụng cụ"],
    ]
    told = cells(read(*REPORT, table(body)))
    assert told[5, "challenges"] == "Dễ: Phòng rộng\nKhó: Bản quyền đắt"
    assert {column for _, column in told} == {"challenges", "proposals"}


def test_what_was_bought_in_each_year_names_no_item() -> None:
    body = [
        ["Năm", "Ngân sách (triệu đồng)", "Xã hội hóa (triệu đồng)", "Ghi chú"],
        ["2021", "210", "45", "Máy chiếu"],
        ["2022", "387,5", "60", "Phòng máy"],
        ["2023", "1.150", "-", "Phòng thí nghiệm"],
    ]
    assert not cells(read(*REPORT, table(body)))


def test_rows_with_names_of_their_own_answer_no_item_that_is_only_mentioned_above() -> None:
    body = [
        ["Nội dung", "Kết quả", "Khó khăn"],
        ["Tuyển sinh lớp 10", "450 em", "Điểm thấp"],
        ["Y tế học đường", "Đạt chuẩn", "Thiếu nhân viên"],
        ["Bếp ăn bán trú", "600 suất", "Giá tăng"],
    ]
    assert not cells(read(*REPORT, p("Kết quả giáo dục"), table(body)))


def test_who_does_it_is_no_result() -> None:
    body = [
        ["TT", "Nội dung công việc", "Người thực hiện", "Kinh phí dự kiến"],
        ["1", "Thư viện thông minh", "Thủ thư", "30 triệu"],
        ["2", "Câu lạc bộ robot", "Thầy Tú", "15 triệu"],
    ]
    assert {column for _, column in cells(read(*REPORT, table(body)))} == {"funding"}


def test_a_word_in_common_with_a_title_is_doubted() -> None:
    body: list[list[str | None]] = [
        ["Nội dung", "Việc cụ thể", "Kết quả", "Kinh phí"],
        ["Thư viện thông minh", "Mua sách số", "300 cuốn", "60 triệu"],
        ["Hạ tầng", "Cáp quang", "2 đường", "24 triệu"],
    ]
    report = read(*REPORT, table(body))
    assert max((a.confidence for a in report.appendix if a.column == "proposals"), default=0.0) < 0.75
    assert cells(report)[5, "results"] == "300 cuốn"


def test_what_wards_taught_names_no_item() -> None:
    body = [
        ["Phường", "Chuyên đề", "Kết quả", "Kinh phí"],
        ["Phường 1", "Sử dụng điện thoại thông minh", "120 người", "3 triệu"],
        ["Phường 2", "Thanh toán điện tử", "90 người", "2 triệu"],
        ["Phường 3", "AI trong đời sống", "45 người", "4 triệu"],
    ]
    assert not cells(read(*REPORT, p("Hoạt động của các phường"), table(body)))
