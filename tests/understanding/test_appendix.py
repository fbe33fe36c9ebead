"""The appendix in the shapes units give it: each answer must end at its own item and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pytest

from extractors.understanding import understand
from tests.understanding.builders import (
    COLUMNS,
    campaign,
    cells,
    head,
    headings,
    p,
    pages,
    read,
    statuses,
    table,
    titles,
)

T = titles()
H = headings()
Answer = Callable[[int, str], str]


def answer(item: int, column: str) -> str:
    return f"Trả lời {column} của nội dung {item} tại trường"


def expected(items: Iterable[int], columns: Iterable[str] = COLUMNS) -> dict[tuple[int, str], str]:
    return {(item, column): answer(item, column) for item in items for column in columns}


def rows(items: Iterable[int], said: Answer = answer, header: Sequence[str] = ("STT", "Nội dung", *H)) -> list[list]:
    return [list(header), *([str(item), T[item], *[said(item, column) for column in COLUMNS]] for item in items)]


def test_standard_form() -> None:
    assert cells(read(*head(), table(rows(range(1, 13))))) == expected(range(1, 13))


def test_answers_are_ordered_by_item_then_campaign_column() -> None:
    report = read(*head(), table([rows([1])[0], *reversed(rows(range(1, 13))[1:])]))
    assert [(a.item, a.column) for a in report.appendix] == [(i, c) for i in range(1, 13) for c in COLUMNS]


def test_columns_renamed_reordered_dropped_and_items_renumbered() -> None:
    header = ["TT", "Nội dung công việc", "Khó khăn, vướng mắc", "Kinh phí thực hiện", "Văn bản triển khai"]
    order = ["challenges", "funding", "directives"]
    items = [12, 3, 5, 7, 1]
    body = [[str(n), T[i], *[answer(i, c) for c in order]] for n, i in enumerate(items, start=1)]
    assert cells(read(*head(), table([header, *body]))) == expected(items, order)


def test_short_titles_without_numbers() -> None:
    short = {
        1: "Cơ sở dữ liệu",
        2: "Hồ sơ điện tử, thanh toán điện tử",
        5: "Thư viện số",
        8: "Giáo dục từ xa",
        10: "Tập huấn AI",
        11: "Khảo thí và hướng nghiệp",
        12: "Robot, STEM",
    }
    header = ["Nội dung", "Văn bản", "Kết quả", "Thực trạng", "Kinh phí", "Thuận lợi, khó khăn", "Đề xuất"]
    body = [[title, *[answer(i, c) for c in COLUMNS]] for i, title in short.items()]
    assert cells(read(*head(), table([header, *body]))) == expected(short)


def test_numbers_alone_name_the_items_but_less_surely() -> None:
    body = [[str(i), *[answer(i, c) for c in COLUMNS]] for i in range(1, 13)]
    report = read(*head(), table([["STT", *H], *body]))
    assert cells(report) == expected(range(1, 13))
    assert max(a.confidence for a in report.appendix) < 0.85


@pytest.mark.parametrize(
    "numbers",
    [["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"], [f"{n:02d}." for n in range(1, 13)]],
)
def test_other_numbers(numbers: list[str]) -> None:
    body = rows(range(1, 13))
    for row, number in zip(body[1:], numbers, strict=True):
        row[0] = number
    assert cells(read(*head(), table(body))) == expected(range(1, 13))


def test_turned_on_its_side() -> None:
    items = range(1, 5)
    body = [[heading, *[answer(i, c) for i in items]] for heading, c in zip(H, COLUMNS, strict=True)]
    assert cells(read(*head(), table([["Nội dung", *[T[i] for i in items]], *body]))) == expected(items)


@pytest.mark.parametrize("upright", [True, False])
def test_one_table_an_item(upright: bool) -> None:
    blocks = []
    for i in (2, 5, 9):
        across = [H, [answer(i, c) for c in COLUMNS]]
        made = across if upright else [list(pair) for pair in zip(*across, strict=True)]
        blocks += [p(f"Phụ lục {i}. {T[i]}", bold=True), table(made, block=f"table[{i}]")]
    assert cells(read(*head(), *blocks)) == expected((2, 5, 9))


def test_column_headings_down_the_rows_under_each_item() -> None:
    body: list[list] = [["STT", "Nội dung", "Trả lời"]]
    spans = {}
    for i in (1, 2, 3):
        spans[len(body), 0] = (1, 3)
        body.append([f"{i}. {T[i]}", None, None])
        body += [[f"{i}.{n}", h, answer(i, c)] for n, (h, c) in enumerate(zip(H, COLUMNS, strict=True), start=1)]
    assert cells(read(*head(), table(body, spans=spans))) == expected((1, 2, 3))


def test_item_merged_over_the_rows_of_its_columns() -> None:
    body: list[list] = [["Nội dung", "Yêu cầu", "Báo cáo của đơn vị"]]
    spans = {}
    for i in (4, 5):
        spans[len(body), 0] = (6, 1)
        body += [[T[i] if n == 0 else None, h, answer(i, c)] for n, (h, c) in enumerate(zip(H, COLUMNS, strict=True))]
    assert cells(read(*head(), table(body, spans=spans))) == expected((4, 5))


def test_item_titles_as_rows_across_the_table() -> None:
    body: list[list] = [
        ["Văn bản", "Kết quả thực hiện", "Thực trạng xây dựng đề án", "Kinh phí", "Khó khăn", "Đề xuất"]
    ]
    spans = {}
    for i in (3, 8):
        spans[len(body), 0] = (1, 6)
        body += [[f"{i}. {T[i]}", None, None, None, None, None], [answer(i, c) for c in COLUMNS]]
    assert cells(read(*head(), table(body, spans=spans))) == expected((3, 8))


def test_header_over_two_rows_with_split_columns() -> None:
    body: list[list] = [
        ["STT", "Nội dung", "Các văn bản chỉ đạo", "Kinh phí (triệu đồng)", None, "Đánh giá", None, "Ghi chú"],
        [None, None, None, "Ngân sách", "XHH", "Thuận lợi", "Khó khăn", None],
        ["1", T[1], "Kế hoạch năm", "350", "20,5", "Được quan tâm", "Thiếu máy", "Có minh chứng"],
        ["5", T[5], "Kế hoạch tháng", "-", "", "Không", "Không", ""],
    ]
    spans = {(0, c): (2, 1) for c in (0, 1, 2, 7)} | {(0, 3): (1, 2), (0, 5): (1, 2)}
    report = read(*head(), table(body, spans=spans))
    assert cells(report)[1, "challenges"] == "Thuận lợi: Được quan tâm\nKhó khăn: Thiếu máy"
    assert statuses(report)[5, "funding"] == "none"
    assert statuses(report)[5, "challenges"] == "none"
    assert [(f.value, f.funding_source, f.item) for f in report.facts if f.kind == "money"] == [
        (350_000_000, "budget", 1),
        (20_500_000, "socialised", 1),
    ]
    assert any(u.text == "Có minh chứng" for u in report.unmapped)


@pytest.mark.parametrize("repeated", [True, False])
def test_row_cut_by_a_page(repeated: bool) -> None:
    whole = rows(range(1, 13))
    first = table([*whole[:5], ["5", "Triển khai thực hiện nhiệm vụ", "Đầu", "Nửa đầu", "", "", "", ""]], page=1)
    rest = [["", "xây dựng thư viện thông minh", "", "nửa sau", "", "", "", ""], *whole[6:]]
    second = table([*([whole[0]] if repeated else []), *rest], continued=True, page=2, block="table[2]")
    report = understand(pages([*head(), p("PHỤ LỤC"), first], [p("2", align="center"), second]), (), campaign())
    want = {place: text for place, text in expected(range(1, 13)).items() if place[0] != 5}
    assert cells(report) == want | {(5, "directives"): "Đầu", (5, "results"): "Nửa đầu\nnửa sau"}


def test_one_answer_merged_over_several_items_counts_its_money_once() -> None:
    body = rows((1, 2, 3))
    body[1][5], body[2][5], body[3][5] = "Chung: ngân sách 90 triệu đồng", None, None
    report = read(*head(), table(body, spans={(1, 5): (3, 1)}))
    assert {i: cells(report)[i, "funding"] for i in (1, 2, 3)} == dict.fromkeys(
        (1, 2, 3), "Chung: ngân sách 90 triệu đồng"
    )
    assert [(f.value, f.item, f.column) for f in report.facts if f.kind == "money"] == [(90_000_000, None, "funding")]


def test_heading_that_names_two_columns() -> None:
    body = [
        ["STT", "Nội dung", "Văn bản chỉ đạo", "Kết quả thực hiện; thực trạng xây dựng đề án", "Kinh phí", "Kiến nghị"]
    ]
    body += [[str(i), T[i], "a văn bản", "b kết quả", "5 triệu đồng", "e kiến nghị"] for i in (1, 2, 3)]
    found = cells(read(*head(), table(body)))
    assert found[2, "results"] == found[2, "development"] == "b kết quả"


def test_headings_in_other_words_stand_by_their_neighbours_and_less_surely() -> None:
    header = [
        "STT",
        "Nội dung",
        "Các văn bản chỉ đạo",
        "Đã làm được gì",
        "Hiện trạng",
        "Tiền",
        "Vướng mắc",
        "Mong muốn",
    ]
    said = (
        (
            "Kế hoạch 5/KH-TH",
            "Đã nhập đủ hồ sơ",
            "Hai nhân viên kiêm nhiệm",
            "Ngân sách 30 triệu",
            "Mạng chậm",
            "Thêm người",
        ),
        (
            "Công văn 1270 của Sở",
            "Ký số 20 lớp",
            "Thuê phần mềm",
            "Ngân sách 12 triệu",
            "Ký số hay lỗi",
            "Tập huấn thêm",
        ),
        ("Kế hoạch năm học", "Mở 40 lớp học", "Tổ cốt cán 6 thầy cô", "Phụ huynh 9 triệu", "Thiếu máy", "Cấp thêm máy"),
    )
    body = [[str(item), T[item], *texts] for item, texts in zip((1, 2, 3), said, strict=True)]
    report = read(*head(), p("Trả lời Công văn 2542/SGDĐT-GDTrH"), table([header, *body]))
    told = cells(report)
    assert told == {
        (item, column): text
        for item, texts in zip((1, 2, 3), said, strict=True)
        for column, text in zip(COLUMNS, texts, strict=True)
    }


def test_header_lost() -> None:
    report = read(*head(), table(rows(range(1, 13))[1:]))
    assert cells(report) == expected(range(1, 13))
    assert max(a.confidence for a in report.appendix) < 0.6


@pytest.mark.parametrize(
    "said",
    [
        lambda i, c: "",
        lambda i, c: {"results": "- Các mục tiêu/chỉ tiêu chủ yếu;\n- Giải pháp chủ yếu;", "funding": H[3]}.get(
            c, "..."
        ),
    ],
)
def test_form_sent_back_unfilled(said: Answer) -> None:
    report = read(*head(), table(rows(range(1, 13), said)))
    assert len(report.appendix) == 72
    assert {a.status for a in report.appendix} == {"no_answer"}
    assert "no_answers" in {notice.code for notice in report.warnings}


def test_rows_that_are_no_item_stay_unmapped() -> None:
    body = [*rows((1, 2)), ["", "Tổng cộng", "", "", "", "500 triệu đồng", "", ""]]
    report = read(*head(), table(body))
    assert cells(report) == expected((1, 2))
    assert any("500 triệu đồng" in u.text for u in report.unmapped)


def test_another_table_is_no_appendix() -> None:
    body = [["STT", "Họ và tên", "Chức vụ", "Điện thoại"], ["1", "Trần Văn A", "Giáo viên", "0900 000 000"]]
    report = read(*head(), p("1. Đề xuất, kiến nghị"), p("Không có."), table(body))
    assert report.appendix == ()


def test_lost_marks_and_misread_letters_in_titles() -> None:
    body = rows((5, 6, 12))
    body[1][1], body[2][1], body[3][1] = (
        "Trien khai xay dung thu vien thong mlnh",
        "TRUNG TÂM THỰC HÀNH THÍ NGHIÊM HIÊN ĐẠI",
        "STEM r0bot",
    )
    assert cells(read(*head(), table(body))) == expected((5, 6, 12))


def test_the_end_of_a_row_in_the_cell_of_a_repeated_header() -> None:
    first = rows([1, 2])
    header = ["STT", "Nội dung", *H]
    header[3] += "\nphần còn lại của kết quả"
    after = [header, *rows([3])[1:]]
    report = understand(pages([*head(), table(first)], [table(after, block="table[2]")]), (), campaign())
    found = cells(report)
    assert found[2, "results"] == f"{answer(2, 'results')}\nphần còn lại của kết quả"
    assert found[3, "results"] == answer(3, "results")
    assert not any("phần còn lại" in text for place, text in found.items() if place != (2, "results"))


@pytest.mark.parametrize(
    "other",
    [
        [
            ["STT", "Khối lớp", "Số học sinh", "Kết quả", "Tỷ lệ"],
            ["1", "Khối 10", "640", "Tốt 512", "80%"],
            ["2", "Khối 11", "611", "Tốt 470", "77%"],
        ],
        [
            ["TT", "Tên cuộc thi", "Cấp", "Kết quả", "Khó khăn"],
            ["1", "Robothon", "Thành phố", "Giải nhì", "Thiếu máy"],
            ["2", "Học sinh giỏi", "Quận", "12 giải", "Ít thời gian"],
        ],
        [
            ["Tiết", "Thứ hai", "Thứ ba", "Thứ tư"],
            ["1", "Toán", "Văn", "Tin học"],
            ["2", "Lý", "Sử", "STEM"],
            ["3", "Thể dục", "Toán", "Thư viện"],
        ],
    ],
    ids=["statistics", "contests", "timetable"],
)
def test_lists_of_other_matters_are_no_answers(other: list[list[str]]) -> None:
    assert not read(table(other)).appendix


def test_several_items_answered_in_one_row() -> None:
    report = read(
        table(
            [
                ["STT", "Nội dung", "Văn bản chỉ đạo", "Kết quả thực hiện"],
                ["1, 2", "Cơ sở dữ liệu giáo dục; hồ sơ điện tử", "KH 5", "Đã nhập đủ"],
                ["10-12", "Trí tuệ nhân tạo, khảo thí, STEM", "KH 6", "Một câu lạc bộ"],
            ]
        )
    )
    assert {cell.item for cell in report.appendix if cell.text == "KH 5"} == {1, 2}
    assert {cell.item for cell in report.appendix if cell.text == "Một câu lạc bộ"} == {10, 11, 12}


def test_an_item_goes_on_in_the_table_after_the_page() -> None:
    """Labels down the side; the page cuts a label, and the next table begins with its rest."""
    asked = headings()
    rows = [["1. " + titles()[1], ""], *([text, f"Một {at}"] for at, text in enumerate(asked))]
    rows += [["5. " + titles()[5], ""], *([text, f"Năm {at}"] for at, text in enumerate(asked[:4]))]
    cut, rest = asked[4][: len(asked[4]) // 2], asked[4][len(asked[4]) // 2 :]
    first = table([*rows, [cut, "Năm 4"]])
    second = table([[rest, ""], [asked[5], "Năm 5"]], continued=True, page=2, block="table[2]")
    report = understand(pages([first], [second]), (), campaign())
    told = cells(report)
    assert told[5, "proposals"] == "Năm 5"
    assert told[5, "challenges"] == "Năm 4"
    assert told[1, "proposals"] == "Một 5"


def test_questions_asked_of_every_item_in_words_nobody_foresaw() -> None:
    """A ticket: the item over its questions, the same few questions again and again, an item of the unit's own."""
    said = {
        5: ("Thư viện", "Mở cửa cả buổi trưa, 310 lượt mượn mỗi tuần", "Hội phụ huynh tặng kệ sách", "Mối ăn sách cũ"),
        7: ("Máy móc", "Hai phòng máy, 70 bộ", "Sở cấp 800 triệu đồng", "Máy cũ, hay treo"),
        12: ("Robot", "Một đội 12 em", "Các em tự góp", "Chưa có thầy dạy"),
        0: ("Vườn trường", "Trồng 30 cây", "Không", "Thiếu nước tưới"),
    }
    body: list[list] = [["Chuyện", "Câu hỏi", "Câu trả lời"]]
    spans = {}
    for title, *answers in said.values():
        spans[len(body), 0] = (3, 1)
        asked = zip(("Tới đâu rồi", "Lấy tiền đâu", "Mắc chỗ nào"), answers, strict=True)
        body += [[title if n == 0 else None, question, text] for n, (question, text) in enumerate(asked)]
    want = {
        (item, column): text
        for item, (_, *texts) in said.items()
        if item
        for column, text in zip(("results", "funding", "challenges"), texts, strict=True)
    }
    assert cells(read(*head(), p("Trả lời Công văn 2542/SGDĐT-GDTrH"), table(body, spans=spans))) == want


def test_money_broken_down_by_what_it_was_spent_on() -> None:
    body = [
        ["Chi cho việc gì", "Ngân sách", "Vận động", "Nơi nhận"],
        ["Thư viện thông minh", "320", "45", "03 trường"],
        ["Máy tính, đường truyền", "1.450", "", "11 trường"],
        ["Đồng phục", "60", "", "01 trường"],
    ]
    blocks = [p("Trả lời Công văn 2542/SGDĐT-GDTrH"), p("Bảng 1. Các khoản chi (triệu đồng)"), table(body)]
    report = read(*head(), *blocks)
    assert set(cells(report)) == {(5, "funding"), (7, "funding")}
    # the same table, when a sentence leads up to it, is a part of that text
    led_up = read(*head(), blocks[0], p("Các khoản chi như sau:"), table(body))
    assert not cells(led_up)


def test_the_letters_numbers_in_brackets_beside_the_names() -> None:
    body = [["Số", "Nhóm việc", "Đã làm", "Vướng"], ["1", "Hồ sơ số (2) và tài sản (4)", "Bỏ sổ giấy", "Kho chật"]]
    body += [["2", "Thư viện (5)", "Có 900 sách số", "Ít người đọc"], ["3", "Sân bóng (thêm)", "Trải cỏ", "Hay hỏng"]]
    got = cells(read(*head(), p("Trả lời Công văn 2542/SGDĐT-GDTrH"), table(body)))
    assert set(got) == {(i, column) for i in (2, 4, 5) for column in ("results", "challenges")}


def test_a_sum_cut_by_a_page_is_one_sum() -> None:
    whole = rows(range(1, 13))
    first = table([*whole[:4], ["4", titles()[4], "", "", "", "Nguồn xã hội hóa: 650", "", ""]], page=1)
    rest = [["", "", "", "", "", "triệu đồng", "", ""], *whole[5:]]
    second = table([whole[0], *rest], continued=True, page=2, block="table[2]")
    report = understand(pages([*head(), p("PHỤ LỤC"), first], [second]), (), campaign())
    told = [(f.value, f.funding_source) for f in report.facts if f.kind == "money" and f.item == 4]
    assert told == [(650_000_000, "socialised")]


def test_numbers_of_parts_whose_dot_was_lost() -> None:
    heads = rows([1])[0]
    body = [
        ["6", titles()[6], "", "", "", "", "", ""],
        ["61", "Bàn ghế", "", "Mua 40 bộ", "", "", "", ""],
        ["|62", "Kính hiển vi", "", "Mua 6 chiếc", "", "", "", ""],
        ["7", titles()[7], "", "Cáp quang", "", "", "", ""],
    ]
    told = cells(read(*head(), table([heads, *body])))
    assert "Mua 40 bộ" in told[6, "results"]
    assert "Mua 6 chiếc" in told[6, "results"]
    assert told[7, "results"] == "Cáp quang"
