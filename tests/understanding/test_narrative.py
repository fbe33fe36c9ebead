"""Running text: headings in their own order and words lead each stretch to the group's point."""

from __future__ import annotations

from tests.understanding.builders import cells, head, p, points, read, table


def test_sections_with_text_under_subheadings() -> None:
    report = read(
        *head(),
        p("I. ĐẶC ĐIỂM TÌNH HÌNH", bold=True),
        p("Trường có 45 lớp."),
        p("II. KẾT QUẢ THỰC HIỆN", bold=True),
        p("1. Công tác chỉ đạo", bold=True),
        p("Ban hành kế hoạch."),
        p("2. Thư viện số", bold=True),
        p("Có 300 đầu sách."),
        p("III. ĐÁNH GIÁ CHUNG", bold=True),
        p("1. Thuận lợi", bold=True),
        p("Được quan tâm."),
        p("2. Khó khăn", bold=True),
        p("Thiếu phòng."),
        p("IV. PHƯƠNG HƯỚNG ĐẾN NĂM 2030", bold=True),
        p("- Tăng cường ứng dụng."),
        p("V. KIẾN NGHỊ, ĐỀ XUẤT", bold=True),
        p("1. Đối với Sở GDĐT: cấp máy."),
        p("Trên đây là báo cáo của trường./."),
        p("HIỆU TRƯỞNG", bold=True, align="center"),
        p("Nguyễn Văn Bình", bold=True),
    )
    assert points(report) == {
        "school.1": "1. Công tác chỉ đạo\nBan hành kế hoạch.\n2. Thư viện số\nCó 300 đầu sách.",
        "school.2": "1. Thuận lợi\nĐược quan tâm.\n2. Khó khăn\nThiếu phòng.",
        "school.3": "1. Đối với Sở GDĐT: cấp máy.",
    }
    left = [u.text for u in report.unmapped]
    assert "Trường có 45 lớp." in left
    assert "- Tăng cường ứng dụng." in left
    assert (report.letterhead.signer, report.letterhead.signer_title) == ("Nguyễn Văn Bình", "HIỆU TRƯỞNG")


def test_automatic_list_numbers() -> None:
    report = read(
        *head(),
        p("Kết quả đạt được", number="1.", bold=True),
        p("Dạy học trên LMS.", number="a)"),
        p("Tồn tại, hạn chế và nguyên nhân", number="2.", bold=True),
        p("Thiếu máy tính.", number="-"),
        p("Kiến nghị", number="3.", bold=True),
        p("Không có."),
    )
    assert points(report) == {
        "school.1": "a) Dạy học trên LMS.",
        "school.2": "- Thiếu máy tính.",
        "school.3": "Không có.",
    }
    assert report.narrative[2].status == "none"


def test_answers_after_the_colon_of_the_letters_own_bullets() -> None:
    report = read(
        *head(),
        p("- Giải pháp, kết quả: trường đã triển khai LMS."),
        p("- Thuận lợi: giáo viên trẻ."),
        p("- Khó khăn: thiếu máy."),
        p("- Đề xuất, kiến nghị: cấp thêm máy tính."),
    )
    assert points(report) == {
        "school.1": "trường đã triển khai LMS.",
        "school.2": "- Thuận lợi: giáo viên trẻ.\n- Khó khăn: thiếu máy.",
        "school.3": "cấp thêm máy tính.",
    }


def test_a_school_that_uses_the_headings_of_the_offices() -> None:
    report = read(
        *head(),
        p("1. Công tác tham mưu ban hành văn bản chỉ đạo", bold=True),
        p("Ban hành 2 kế hoạch."),
        p("2. Công tác triển khai thực hiện xây dựng Thư viện thông minh (Nguồn ngân sách/nguồn XHH)", bold=True),
        p("Đã xây dựng thư viện."),
        p("3. Thuận lợi, khó khăn", bold=True),
        p("Thuận lợi nhiều."),
        p("4. Kiến nghị", bold=True),
        p("Thêm sách."),
    )
    found = points(report)
    assert "Ban hành 2 kế hoạch." in found["school.1"]
    assert "Đã xây dựng thư viện." in found["school.1"]
    assert (found["school.2"], found["school.3"]) == ("Thuận lợi nhiều.", "Thêm sách.")


def test_district_points() -> None:
    report = read(
        *head("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "ỦY BAN NHÂN DÂN QUẬN 10"),
        p("1. Về kinh phí:"),
        p("- Ngân sách quận: 2 tỷ đồng."),
        p("- Xã hội hóa: 300 triệu đồng."),
        p("2. Trung tâm học tập cộng đồng"),
        p("14/14 phường có trung tâm."),
        p("3. Khó khăn, vướng mắc"),
        p("Thiếu nhân sự."),
        p("4. Đề xuất"),
        p("Tăng biên chế."),
    )
    assert report.unit.id == "PGD-Q10"
    assert points(report) == {
        "district.1": "- Ngân sách quận: 2 tỷ đồng.\n- Xã hội hóa: 300 triệu đồng.",
        "district.2": "14/14 phường có trung tâm.",
        "district.3": "Thiếu nhân sự.",
        "district.4": "Tăng biên chế.",
    }


def test_items_as_headings_fill_the_appendix() -> None:
    report = read(
        *head(),
        p("1. Xây dựng cơ sở dữ liệu giáo dục, thực hiện thống kê giáo dục", bold=True),
        p("Đã cập nhật 100%."),
        p("2. Triển khai hồ sơ điện tử, quản trị điện tử kết hợp thanh toán điện tử", bold=True),
        p("a) Kết quả thực hiện: 45/45 lớp."),
        p("b) Kinh phí: ngân sách 30 triệu đồng"),
        p("c) Khó khăn"),
        p("Phụ huynh lớn tuổi."),
        p("5. Thư viện thông minh", bold=True),
        p("Chưa triển khai."),
        p("II. KIẾN NGHỊ", bold=True),
        p("Cấp kinh phí."),
    )
    assert cells(report) == {
        (1, "results"): "Đã cập nhật 100%.",
        (2, "results"): "45/45 lớp.",
        (2, "funding"): "ngân sách 30 triệu đồng",
        (2, "challenges"): "Phụ huynh lớn tuổi.",
        (5, "results"): "Chưa triển khai.",
    }
    assert points(report) == {"school.3": "Cấp kinh phí."}
    assert next(a for a in report.appendix if a.item == 5).status == "not_yet"
    money = [(f.value, f.funding_source, f.item, f.column) for f in report.facts if f.kind == "money"]
    assert money == [(30_000_000, "budget", 2, "funding")]


def test_blank_under_a_heading_is_no_answer_and_a_missing_heading_is_silence() -> None:
    report = read(
        *head(),
        p("1. Giải pháp cụ thể, kết quả thực hiện:", bold=True),
        p("2. Những thuận lợi, khó khăn, hạn chế, bất cập, phân tích nguyên nhân:", bold=True),
        p("Như mục 1"),
    )
    assert [(a.point, a.status) for a in report.narrative] == [("school.1", "no_answer"), ("school.2", "by_reference")]


def test_a_table_inside_a_point_belongs_to_it_and_its_figures_take_unit_and_source_from_its_head() -> None:
    body = [
        ["TT", "Nội dung chi", "Ngân sách (triệu đồng)", "Xã hội hoá (triệu đồng)"],
        ["1", "Máy tính", "6.120", "340"],
    ]
    report = read(
        *head("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND HUYỆN CỦ CHI"),
        p("1. Thực trạng chi ngân sách, vận động xã hội hóa", bold=True),
        p("Kinh phí như bảng sau:"),
        table(body),
    )
    assert "1 | Máy tính | 6.120 | 340" in points(report)["district.1"]
    assert [(f.value, f.funding_source) for f in report.facts if f.kind == "money"] == [
        (6_120_000_000, "budget"),
        (340_000_000, "socialised"),
    ]


def test_text_without_headings_is_left_to_a_person() -> None:
    report = read(*head(), p("Trường đã có học bạ điện tử và thư viện số."), p("Đề nghị Sở hỗ trợ."))
    assert report.narrative == ()
    assert {"Trường đã có học bạ điện tử và thư viện số.", "Đề nghị Sở hỗ trợ."} <= {u.text for u in report.unmapped}


def test_answers_about_digital_signatures_are_answers() -> None:
    report = read(
        *head(),
        p("1. Kết quả thực hiện", bold=True),
        p("Tổ chức tập huấn chữ ký số cho 50 giáo viên."),
    )
    assert points(report) == {"school.1": "Tổ chức tập huấn chữ ký số cho 50 giáo viên."}


def test_points_asked_in_a_table() -> None:
    rows = [
        ["STT", "Nội dung yêu cầu", "Báo cáo của đơn vị"],
        ["1", "Giải pháp cụ thể, kết quả thực hiện", "Trường dùng LMS từ năm 2020."],
        ["2", "Những thuận lợi, khó khăn", "Thiếu diện tích."],
        ["", "", "Giáo viên trẻ."],
        ["3", "Đề xuất, kiến nghị", "Cấp phần mềm dùng chung."],
    ]
    assert points(read(*head(), table(rows))) == {
        "school.1": "Trường dùng LMS từ năm 2020.",
        "school.2": "Thiếu diện tích.\nGiáo viên trẻ.",
        "school.3": "Cấp phần mềm dùng chung.",
    }


def test_headings_in_other_words_under_parts() -> None:
    report = read(
        *head("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "ỦY BAN NHÂN DÂN QUẬN 10"),
        p("A. KẾT QUẢ"),
        p("Kinh phí đã chi và huy động", bold=True),
        p("Ngân sách quận 2 tỷ đồng."),
        p("B. ĐÁNH GIÁ"),
        p("Mặt bằng chật hẹp."),
        p("Các đề xuất của quận", bold=True),
        p("Dùng chung phòng thực hành."),
    )
    found = points(report)
    assert found["district.1"] == "Ngân sách quận 2 tỷ đồng."
    assert found["district.3"] == "Mặt bằng chật hẹp."
    assert found["district.4"] == "Dùng chung phòng thực hành."


def test_who_speaks_is_no_part_of_what_is_asked_but_a_centre_may_be() -> None:
    report = read(
        *head("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "ỦY BAN NHÂN DÂN QUẬN 10"),
        p("1. Kết quả thực hiện của Trung tâm học tập cộng đồng", bold=True),
        p("14 trung tâm hoạt động tốt."),
        p("2. Một số kiến nghị của đơn vị", bold=True),
        p("Thêm biên chế."),
    )
    assert points(report) == {"district.2": "14 trung tâm hoạt động tốt.", "district.4": "Thêm biên chế."}


def test_headings_that_nothing_marks_part_the_text_under_them() -> None:
    report = read(
        *head(),
        p("Phần việc đã hoàn thành"),
        p("Nhà trường cấp tài khoản cho 1.200 em, mỗi tuần hai buổi học trên mạng, thư viện cho mượn sách bằng mã."),
        p("Chỗ vướng của trường"),
        p("Mạng yếu vào giờ cao điểm, máy chiếu đã cũ, nhân viên kỹ thuật nghỉ việc mà chưa tuyển được người thay."),
        p("Nguyện vọng"),
        p("Cho thuê dịch vụ bảo trì trọn gói và bổ sung một nhân viên công nghệ thông tin cho mỗi trường."),
    )
    assert {point: text[:20] for point, text in points(report).items()} == {
        "school.1": "Nhà trường cấp tài k",
        "school.2": "Mạng yếu vào giờ cao",
        "school.3": "Cho thuê dịch vụ bảo",
    }
    assert not any("Nguyện vọng" in text for text in points(report).values())


def test_points_in_no_order_of_the_letters() -> None:
    report = read(
        *head("PHÒNG TỔ CHỨC CÁN BỘ", "SỞ GIÁO DỤC VÀ ĐÀO TẠO"),
        p("Đề xuất, kiến nghị", bold=True),
        p("Giao thêm biên chế."),
        p("Công tác tuyên truyền", bold=True),
        p("Đăng 12 bài viết."),
        p("Đào tạo, bồi dưỡng", bold=True),
        p("Mở 05 lớp cho 300 người."),
        p("Thuận lợi, khó khăn", bold=True),
        p("Thiếu người."),
        p("Công tác tham mưu, kiểm tra", bold=True),
        p("Trình 02 quyết định."),
    )
    assert points(report) == {
        "office.13": "Giao thêm biên chế.",
        "office.10": "Đăng 12 bài viết.",
        "office.8": "Mở 05 lớp cho 300 người.",
        "office.12": "Thiếu người.",
        "office.1": "Trình 02 quyết định.",
    }


def test_a_question_of_a_table_in_other_words_is_told_by_those_around_it() -> None:
    rows = [
        ["STT", "Nội dung yêu cầu", "Báo cáo của đơn vị"],
        ["1", "Giải pháp cụ thể, kết quả thực hiện", "Trường dùng LMS từ năm 2020."],
        ["2", "Những thuận lợi, khó khăn", "Thiếu diện tích, phòng học xuống cấp."],
        ["3", "Trường còn muốn nói gì nữa?", "Đề nghị cấp trên sớm cấp phần mềm dùng chung."],
    ]
    assert points(read(*head(), table(rows))) == {
        "school.1": "Trường dùng LMS từ năm 2020.",
        "school.2": "Thiếu diện tích, phòng học xuống cấp.",
        "school.3": "Đề nghị cấp trên sớm cấp phần mềm dùng chung.",
    }


def test_cells_of_a_table_of_other_things_open_no_answer() -> None:
    report = read(
        *head(),
        p("Bảng kèm theo để tham khảo"),
        table([["Khối", "Sĩ số", "Kết quả", "Kiến nghị"], ["10", "420", "Tốt", "-"], ["11", "415", "Khá", "-"]]),
    )
    assert report.narrative == ()


def test_a_closing_sentence_answers_nothing() -> None:
    report = read(
        *head(),
        p("1. Kiến nghị", bold=True),
        p("Thêm máy tính."),
        p("Nhà trường kính gửi quý Sở xem xét."),
    )
    assert points(report) == {"school.3": "Thêm máy tính."}


def test_what_leads_to_the_answers_is_none() -> None:
    lead = "Thực hiện Công văn 2542 của Sở, nhà trường đã dạy học trên mạng và xin báo cáo kết quả như sau."
    report = read(
        *head(),
        p(lead),
        p("I. Kết quả đạt được", bold=True),
        p("Dạy học trên LMS ở 30 lớp, thư viện số có 2.000 đầu sách."),
        p("II. Kiến nghị", bold=True),
        p("Cấp thêm máy tính."),
    )
    assert points(report)["school.1"].startswith("Dạy học trên LMS")
    assert lead in [one.text for one in report.unmapped]


def test_a_sentence_that_the_layout_cut_is_one_paragraph() -> None:
    report = read(
        *head(),
        p("I. Kết quả đạt được", bold=True),
        p("1. Trường dùng chung một hệ thống giao bài, theo dõi chuyên cần và chấm điểm; học"),
        p("sinh vào học ngoài giờ hành chính, nhiều nhất là buổi tối."),
        p("II. Kiến nghị", bold=True),
        p("Cấp thêm máy tính."),
    )
    assert points(report)["school.1"] == (
        "1. Trường dùng chung một hệ thống giao bài, theo dõi chuyên cần và chấm điểm; học\n"
        "sinh vào học ngoài giờ hành chính, nhiều nhất là buổi tối."
    )


def test_words_before_a_colon_that_are_more_than_a_label_stay() -> None:
    said = "Điều chưa được trong hai năm vừa qua là mạng rất yếu: lớp nào đông thì lớp ấy không vào được."
    report = read(
        *head(),
        p("I. Kết quả đạt được", bold=True),
        p("Dạy học trên LMS ở 30 lớp, thư viện số có 2.000 đầu sách."),
        p("II. Khó khăn, hạn chế", bold=True),
        p(said),
    )
    assert points(report)["school.2"] == said


def test_a_table_that_nobody_understood_is_no_answer_by_itself() -> None:
    rows = [
        ["Khối", "Lớp", "Ghi chú"],
        ["10", "15", "Học hai buổi, phòng máy mới"],
        ["11", "14", "Học một buổi, mạng yếu"],
    ]
    report = read(*head(), p("Trả lời Công văn số 2542/SGDĐT-GDTrH."), p("Số liệu của trường:"), table(rows))
    assert points(report) == {}


def test_the_unit_of_measure_over_a_table_is_no_heading() -> None:
    rows = [["Việc", "Số tiền"], ["Thư viện thông minh", "450"], ["Phòng thí nghiệm", "300"], ["Robot", "90"]]
    report = read(*head(), p("Trả lời Công văn số 2542/SGDĐT-GDTrH."), p("ĐVT: triệu đồng"), table(rows))
    assert points(report) == {}
    assert {column for _, column in cells(report)} == {"funding"}
