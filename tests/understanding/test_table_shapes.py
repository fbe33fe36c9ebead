"""Appendices in shapes that the letter never had: side by side, in bands by column, answers in one cell, triples."""

from __future__ import annotations

import pytest

from extractors.document import Table
from tests.understanding.builders import cells, head, p, points, read, table


def test_two_halves_of_a_table_side_by_side() -> None:
    heads = ["Việc", "Đã đạt được", "Vướng mắc"]
    told = cells(
        read(
            *head(),
            table(
                [
                    [*heads, *heads],
                    ["Thư viện", "Mua 300 đầu sách", "Phòng chật", "Câu lạc bộ robot", "Hai giải quận", "Thiếu pin"],
                    ["Phòng thí nghiệm", "Sửa bồn rửa", "Thiếu hóa chất", "", "", ""],
                ]
            ),
        )
    )
    assert told == {
        (5, "results"): "Mua 300 đầu sách",
        (5, "challenges"): "Phòng chật",
        (6, "results"): "Sửa bồn rửa",
        (6, "challenges"): "Thiếu hóa chất",
        (12, "results"): "Hai giải quận",
        (12, "challenges"): "Thiếu pin",
    }


def test_bands_that_ask_one_column_each() -> None:
    report = read(
        *head(),
        table(
            [
                ["I. Kết quả đạt được", None, None],
                ["1", "Thư viện", "Mua 300 đầu sách"],
                ["2", "Phòng thí nghiệm", "Sửa bồn rửa"],
                ["II. Kinh phí đã sử dụng", None, None],
                ["1", "Thư viện", "80 triệu đồng ngân sách"],
                ["2", "Phòng thí nghiệm", "Chưa có"],
                ["III. Kiến nghị", None, None],
                ["1", "Thư viện", "Cho tuyển thủ thư"],
            ],
            spans={(0, 0): (1, 3), (3, 0): (1, 3), (6, 0): (1, 3)},
        ),
    )
    assert cells(report) == {
        (5, "results"): "Mua 300 đầu sách",
        (5, "funding"): "80 triệu đồng ngân sách",
        (5, "proposals"): "Cho tuyển thủ thư",
        (6, "results"): "Sửa bồn rửa",
        (6, "funding"): "Chưa có",
    }


def test_a_cell_that_answers_several_columns_by_labels() -> None:
    said = "Kết quả: mua 300 đầu sách.\nThêm phòng đọc.\nKinh phí: 80 triệu đồng.\nKiến nghị: cho tuyển thủ thư."
    told = cells(read(*head(), table([["STT", "Nội dung", "Báo cáo"], ["5", "Thư viện thông minh", said]])))
    assert told == {
        (5, "results"): "mua 300 đầu sách.\nThêm phòng đọc.",
        (5, "funding"): "80 triệu đồng.",
        (5, "proposals"): "cho tuyển thủ thư.",
    }


def test_labels_of_what_other_columns_ask_part_no_cell() -> None:
    said = "Kết quả: mua 300 đầu sách.\nKinh phí: ghi ở cột bên."
    told = cells(
        read(*head(), table([["Nội dung", "Kết quả", "Kinh phí"], ["Thư viện thông minh", said, "80 triệu đồng"]]))
    )
    assert told == {(5, "results"): said, (5, "funding"): "80 triệu đồng"}


def test_a_row_for_each_item_and_question() -> None:
    asked = {"Đã làm": "results", "Kinh phí": "funding", "Khó khăn": "challenges"}
    said = {
        (5, "Thư viện"): ["300 đầu sách", "80 triệu đồng", "chật"],
        (12, "Câu lạc bộ robot"): ["hai giải", "9 triệu đồng", "pin"],
    }
    rows = [["Nội dung", "Hỏi", "Đáp"]]
    rows += [[item, ask, text] for (_, item), texts in said.items() for ask, text in zip(asked, texts, strict=True)]
    want = {(n, c): text for (n, _), texts in said.items() for c, text in zip(asked.values(), texts, strict=True)}
    assert cells(read(*head(), p("PHỤ LỤC"), table(rows))) == want


def test_items_named_in_the_last_column() -> None:
    """Results that begin with figures are no numbers of rows."""
    told = cells(
        read(
            *head(),
            table(
                [
                    ["Kết quả", "Khó khăn", "Việc"],
                    ["300 đầu sách", "phòng chật", "Thư viện số"],
                    ["12 bộ lắp ráp", "thiếu pin", "Câu lạc bộ robot"],
                ]
            ),
        )
    )
    assert told[5, "results"] == "300 đầu sách"
    assert told[12, "results"] == "12 bộ lắp ráp"


def test_questions_that_only_all_of_them_together_tell() -> None:
    told = points(
        read(
            *head(),
            table(
                [
                    ["TT", "Điều được hỏi", "Ý kiến của trường"],
                    ["1", "Đến nay trường làm được những gì", "Đã có thư viện số và lớp học thông minh."],
                    ["2", "Chỗ nào dễ, chỗ nào vướng", "Thầy cô nhiệt tình; mạng yếu."],
                    ["3", "Trường xin gì ở Sở", "Cho tuyển nhân viên thiết bị."],
                ]
            ),
        )
    )
    assert told == {
        "school.1": "Đã có thư viện số và lớp học thông minh.",
        "school.2": "Thầy cô nhiệt tình; mạng yếu.",
        "school.3": "Cho tuyển nhân viên thiết bị.",
    }


def test_a_list_of_people_and_their_duties_answers_nothing() -> None:
    duties = [
        ["Họ tên", "Nhiệm vụ"],
        ["Ông Lê Văn Bốn", "Theo dõi kinh phí và thư viện"],
        ["Bà Trần Thị Năm", "Ghi nhận khó khăn của thầy cô"],
        ["Ông Cao Sáu", "Tổng hợp kiến nghị gửi Sở"],
    ]
    report = read(*head(), table(duties))
    assert not points(report)
    assert not cells(report)


def test_labels_under_a_heading_that_is_named_outright_part_no_cell() -> None:
    said = "Mục tiêu: 100% lớp.\nGiải pháp: thuê phần mềm.\nNguồn nhân lực: hai thầy."
    told = cells(
        read(*head(), table([["Nội dung", "Kết quả thực hiện", "Kinh phí"], ["Thư viện thông minh", said, "80 triệu"]]))
    )
    assert told == {(5, "results"): said, (5, "funding"): "80 triệu"}


def test_what_a_document_that_is_no_known_report_answers_is_doubted() -> None:
    body = table([["STT", "Nội dung", "Kết quả thực hiện", "Kinh phí"], ["5", "Thư viện thông minh", "300", "80"]])
    known = read(*head(), body).appendix
    assert [a.confidence for a in read(body).appendix] == pytest.approx([0.6 * a.confidence for a in known], abs=0.01)


def test_tables_whose_captions_stand_in_their_first_rows() -> None:
    def one(n: int, title: str, *said: str) -> Table:
        rows = [[f"Biểu {n}: {title}", None, None], ["Kết quả", "Kinh phí", "Kiến nghị"], list(said)]
        return table(rows, spans={(0, 0): (1, 3)}, block=f"table[{n}]")

    told = cells(
        read(
            *head(),
            one(1, "Thư viện thông minh", "900 sách", "150 triệu", "Thêm người"),
            one(2, "Câu lạc bộ robot", "Ba đội", "20 triệu", "Cho thi"),
        )
    )
    assert told[5, "proposals"] == "Thêm người"
    assert told[12, "results"] == "Ba đội"


def test_items_in_dashes_under_the_whole() -> None:
    body = [
        ["Nội dung", "Kinh phí", "Vướng mắc"],
        ["Toàn trường", "1.070", "Chậm cấp"],
        ["- Thư viện", "150", "Giá sách"],
        ["- Máy tính, mạng", "900", "Điện yếu"],
        ["- Robot", "20", "Thiếu pin"],
    ]
    told = cells(read(*head(), p("Trả lời Công văn 2542/SGDĐT-GDTrH"), table(body)))
    assert {item: told[item, "challenges"] for item in (5, 7, 12)} == {5: "Giá sách", 7: "Điện yếu", 12: "Thiếu pin"}
