"""Reading order on a page whose words were seen, not stored: signature blocks, margins, titles under two columns."""

from __future__ import annotations

from extractors.containers.layout import Place, Row, Word, paragraphs, row_of


def row(top: float, *stretches: tuple[float, str], size: float = 12.0) -> Row:
    """A row of words, each stretch from its left edge on; a letter is 5.5 points wide."""
    words = []
    for x0, text in stretches:
        at = x0
        for word in text.split():
            words.append(Word(text=word, x0=at, top=top, x1=at + 5.5 * len(word), bottom=top + size, size=size))
            at += 5.5 * (len(word) + 1)
    return row_of(words)


def texts(*rows: Row) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(rows, Place(1))]


BODY = [
    row(100, (114, "Trên đây là kết quả của nhà trường trong ba năm qua, kính gửi quý")),
    row(118, (86, "cơ quan xem xét và cho ý kiến để trường làm tốt hơn trong thời gian tới.")),
    row(136, (114, "Trong năm tới trường sẽ mua thêm thiết bị, mời thầy cô có kinh nghiệm")),
    row(154, (86, "về chia sẻ và mở rộng các lớp học theo hướng dẫn của cơ quan quản lý.")),
]


def test_a_name_under_a_title_as_wide_as_itself_is_read_with_it() -> None:
    said = texts(
        *BODY,
        row(190, (86, "Nơi nhận:"), (370, "PHÓ HIỆU TRƯỞNG")),
        row(205, (86, "- Như trên;")),
        row(219, (86, "- Lưu: VT."), size=7),  # a scanned row of few low letters
        row(282, (372, "Đặng Kiều Oanh")),
    )
    assert said[-2:] == ["PHÓ HIỆU TRƯỞNG", "Đặng Kiều Oanh"]
    assert "Nơi nhận:" in said


def test_a_title_over_the_page_does_not_belong_to_the_signature_above_it() -> None:
    said = texts(
        *BODY,
        row(190, (86, "Nơi nhận:"), (378, "GIÁM ĐỐC")),
        row(205, (86, "- Như trên;")),
        row(270, (366, "Kha Thị Út")),
        row(290, (272, "PHỤ LỤC SỐ 2")),
    )
    assert said[-3:] == ["GIÁM ĐỐC", "Kha Thị Út", "PHỤ LỤC SỐ 2"]


def test_short_lines_that_happen_to_end_together_are_no_margin() -> None:
    """Few rows reach the right margin; a heading as long as two other short lines is not a full line."""
    said = texts(
        row(100, (114, "I. TÌNH HÌNH CỦA ĐƠN VỊ TRONG NĂM HỌC QUA")),
        row(121, (114, "Trường có 32 lớp, 1.250 em và 80 thầy cô")),
        row(142, (114, "II. VIỆC CHỈ ĐẠO VÀ ĐIỀU HÀNH CỦA TRƯỜNG")),
        row(163, (114, "Hiệu trưởng lập tổ giúp việc gồm chín người và giao cho từng người phần việc")),
        row(180, (86, "của mình.")),
        row(201, (114, "III. TIỀN ĐÃ CHI")),
        row(222, (114, "Hai trăm triệu đồng.")),
    )
    assert said == [
        "I. TÌNH HÌNH CỦA ĐƠN VỊ TRONG NĂM HỌC QUA",
        "Trường có 32 lớp, 1.250 em và 80 thầy cô",
        "II. VIỆC CHỈ ĐẠO VÀ ĐIỀU HÀNH CỦA TRƯỜNG",
        "Hiệu trưởng lập tổ giúp việc gồm chín người và giao cho từng người phần việc của mình.",
        "III. TIỀN ĐÃ CHI",
        "Hai trăm triệu đồng.",
    ]


def test_lines_set_flush_right_are_not_one_paragraph() -> None:
    """Each fills its line on the right, and the next word would have fitted on the left."""
    right = max(line.x1 for line in BODY)
    lines = ["Thủ Đức, ngày 02 tháng 5 năm 2024", "Hiệu trưởng", "Sử Thị Ngân Giang"]
    said = texts(*BODY, *(row(172 + 18 * n, (right - 5.5 * len(text), text)) for n, text in enumerate(lines)))
    assert said[-3:] == lines
