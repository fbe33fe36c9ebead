"""Tables that name items beside text, under headings that say nothing or under none; answers in one line by labels."""

from __future__ import annotations

import pytest

from tests.understanding.builders import cells, head, p, read, table

REPORT = (*head(), p("Trả lời Công văn 2542/SGDĐT-GDTrH"))


@pytest.mark.parametrize("mark", [";", "."])
def test_labels_in_one_line(mark: str) -> None:
    said = [
        f"Kết quả: 900 sách số{mark} Kinh phí: 150 triệu đồng{mark} Khó khăn: thiếu thủ thư",
        f"Kết quả: 3 đội thi{mark} Kinh phí: 20 triệu đồng{mark} Khó khăn: thiếu pin",
    ]
    body = [["Nội dung", "Diễn giải"], ["Thư viện thông minh", said[0]], ["Câu lạc bộ robot", said[1]]]
    told = cells(read(*REPORT, table(body)))
    assert set(told) == {(item, column) for item in (5, 12) for column in ("results", "funding", "challenges")}
    assert told[5, "funding"].rstrip(".") == "150 triệu đồng"
    assert told[12, "challenges"] == "thiếu pin"


def test_a_cell_that_its_heading_asks_for_whole_is_not_cut() -> None:
    said = "Kết quả: 900 sách số; Kinh phí: 150 triệu đồng; Khó khăn: thiếu thủ thư"
    body = [["Nội dung", "Kết quả thực hiện", "Kiến nghị"], ["Thư viện thông minh", said, "Thêm người"]]
    told = cells(read(*REPORT, table(body)))
    assert told == {(5, "results"): said, (5, "proposals"): "Thêm người"}


def test_the_only_text_beside_items_tells_what_was_done() -> None:
    body = [
        ["Nội dung", "Diễn giải"],
        ["Thư viện thông minh", "Trường đã có 900 sách số, mở cả buổi trưa"],
        ["Câu lạc bộ robot", "Ba đội dự thi cấp thành phố, một giải nhì"],
        ["Phòng thí nghiệm", "Hai phòng, dùng 20 tiết mỗi tuần"],
    ]
    report = read(*REPORT, table(body))
    assert cells(report) == {(item, "results"): row[1] for item, row in zip((5, 12, 6), body[1:], strict=True)}
    assert max(answer.confidence for answer in report.appendix) < 0.6
    assert not read(table(body)).appendix  # such a list may be of anything


def test_a_table_without_headings_is_told_by_its_cells() -> None:
    body = [
        ["Thư viện", "Mua 300 sách số", "Ngân sách 80 triệu đồng", "Phòng chật, thiếu thủ thư"],
        ["Thí nghiệm", "Sửa 2 phòng", "Ngân sách 120 triệu đồng", "Thiếu hóa chất"],
        ["Robot", "Lập 2 đội", "Phụ huynh góp 15 triệu đồng", "Thiếu thầy dạy"],
    ]
    told = cells(read(*REPORT, table(body)))
    assert told[5, "results"] == "Mua 300 sách số"
    assert told[6, "funding"] == "Ngân sách 120 triệu đồng"
    assert told[12, "challenges"] == "Thiếu thầy dạy"


def test_year_by_year() -> None:
    body = [
        ["TT", "Nội dung", "Giai đoạn 2021-2022", "Giai đoạn 2022-2023", "Giai đoạn 2023-2024"],
        ["1", "Thư viện thông minh", "Khảo sát", "Mua 300 sách", "Thêm 600 sách"],
        ["2", "Robot", "Chưa có", "Một đội", "Ba đội"],
        ["3", "Học bạ điện tử", "Thí điểm", "Khối 10", "Toàn trường"],
    ]
    told = cells(read(*REPORT, table(body)))
    assert set(told) == {(item, "results") for item in (2, 5, 12)}
    assert "Giai đoạn 2022-2023: Mua 300 sách" in told[5, "results"]


def test_who_does_what_answers_nothing() -> None:
    body = [["Nội dung", "Người phụ trách"], ["Thư viện thông minh", "Cô Lan"], ["Câu lạc bộ robot", "Thầy Tú"]]
    assert not cells(read(*REPORT, table(body)))


def test_items_named_by_the_letters_numbers_alone() -> None:
    body = [
        ["Mục theo công văn", "Trả lời"],
        ["Mục 1", "Đã nhập đủ dữ liệu 1.200 học sinh"],
        ["Mục 5", "Có 900 sách số cho học sinh"],
        ["Mục 12", "Ba đội robot đi thi"],
    ]
    assert set(cells(read(*REPORT, table(body)))) == {(item, "results") for item in (1, 5, 12)}


def test_a_table_behind_some_text_counts_on() -> None:
    told = cells(
        read(
            *REPORT,
            table([["TT", "Nội dung", "Kết quả", "Kiến nghị"], ["1", "Cơ sở dữ liệu", "Đủ", "Không"]], block="t[1]"),
            p("Riêng các nội dung do tổ Tin phụ trách, trường tự đánh giá như dưới đây."),
            table([["2", "Robot", "3 đội", "Cho thi"], ["3", "Tập huấn AI", "2 lớp", "Mời thầy"]], block="t[2]"),
        )
    )
    assert told[12, "results"] == "3 đội"
    assert told[10, "proposals"] == "Mời thầy"


def test_documents_beside_items_are_directives_whatever_their_heading_says() -> None:
    body = [
        ["STT", "Số, ngày", "Về nội dung", "Kết quả"],
        ["1", "KH 12/KH-THPT ngày 5/9/2022", "Cơ sở dữ liệu", "Nhập đủ"],
        ["2", "QĐ 33/QĐ-THPT ngày 8/1/2023", "STEM robot", "Ba đội"],
    ]
    assert cells(read(*REPORT, table(body)))[12, "directives"] == "QĐ 33/QĐ-THPT ngày 8/1/2023"


def test_sums_under_a_merged_heading_of_resources() -> None:
    body: list[list[str | None]] = [
        ["TT", "Nội dung", "Kết quả", "Nguồn lực", None, "Ý kiến"],
        [None, None, None, "Người", "Tiền", None],
        ["1", "Thư viện thông minh", "900 sách số", "2 thủ thư", "150 triệu", "Xin người"],
        ["2", "Thí nghiệm", "Đủ 2 phòng", "1 viên chức", "300 triệu", "Mua chung"],
    ]
    spans = {(0, c): (2, 1) for c in (0, 1, 2, 5)} | {(0, 3): (1, 2)}
    assert cells(read(*REPORT, table(body, spans=spans)))[6, "funding"] == "300 triệu"
