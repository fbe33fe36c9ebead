"""Digital PDF pages: reading order, paragraphs, white space, tables over page breaks, what is and is not trusted."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from benchmarks import ocr_layers
from extractors.containers import pdf, pdf_trust
from extractors.document import Document, Paragraph, Table, paragraphs
from extractors.errors import Rejected
from extractors.intake import identify
from tests.extractors import drawing

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "documents"


def read(tmp_path: Path, data: bytes) -> Document:
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    return pdf.read(path, identify(path))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks() if isinstance(block, Paragraph)]


def cells(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in table.grid()]


def test_letterhead_and_signature_are_read_column_by_column(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        drawing.letterhead(canvas)
        canvas.setFont("Serif-Bold", 14)
        canvas.drawCentredString(300, 700, "BÁO CÁO")
        canvas.setFont("Serif", 13)
        canvas.drawString(108, 660, "Kính gửi: Sở Giáo dục và Đào tạo Thành phố, Phòng Giáo dục Trung học.")
        drawing.signature(canvas, 600)

    assert texts(read(tmp_path, drawing.drawn(draw))) == [
        "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ",
        "TRƯỜNG THPT NGUYỄN DU",
        "Số: 15/BC-ND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Quận 10, ngày 02 tháng 5 năm 2024",
        "BÁO CÁO",
        "Kính gửi: Sở Giáo dục và Đào tạo Thành phố, Phòng Giáo dục Trung học.",
        "Nơi nhận:",
        "- Sở GDĐT;",
        "- Phòng GDTrH;",
        "- Lưu: VT.",
        "HIỆU TRƯỞNG",
        "Trần Văn Thử",
    ]


def test_lists_with_aligned_figures_stay_row_by_row(tmp_path: Path) -> None:
    rows = [("Số lớp khối 10:", "15"), ("Số lớp khối 11 và khối 12:", "29"), ("Tổng số học sinh:", "1.934")]

    def draw(canvas: Canvas) -> None:
        canvas.drawString(80, 750, "Quy mô của nhà trường trong năm học 2023-2024 như sau, tính đến ngày 31 tháng 3:")
        for index, (label, figure) in enumerate(rows):
            canvas.drawString(80, 730 - 20 * index, label)
            canvas.drawString(350, 730 - 20 * index, figure)

    found = texts(read(tmp_path, drawing.drawn(draw)))
    assert found[1:] == [f"{label}\t{figure}" for label, figure in rows]


def test_wrapped_paragraphs_are_whole_and_page_numbers_are_headers(tmp_path: Path) -> None:
    story = drawing.prose(12)
    document = read(tmp_path, drawing.laid_out(story, numbers=True))
    assert len(document.pages) == 2
    headers = [p for page in document.pages for p in paragraphs(page.blocks) if p.role != "body"]
    assert [(p.role, p.text, p.where.page) for p in headers] == [("header", "2", 2)]
    body = [p.text for p in paragraphs(document.blocks()) if p.role == "body"]
    expected = [paragraph.getPlainText() for paragraph in story]
    assert " ".join(body) == " ".join(expected)
    # Only a paragraph that the page break cuts is in two.
    assert sum(text in expected for text in body) >= len(expected) - 1


def test_white_space_and_special_characters_survive(tmp_path: Path) -> None:
    lines = [
        "? Y  BAN  NHÂN DÂN",
        "T rung tâm qu ? n lí",
        "c\u00adíc \u2212 \u2219 \u00b7",
        "Số:             /SGDĐT-GDTrH",
    ]

    def draw(canvas: Canvas) -> None:
        for index, line in enumerate(lines):
            canvas.drawString(80, 700 - 40 * index, line)

    assert texts(read(tmp_path, drawing.drawn(draw))) == lines


def test_fonts_boxes_and_raised_figures(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Serif-Bold", 13)
        canvas.drawString(80, 700, "Điều 1.")
        canvas.setFont("Serif", 13)
        canvas.drawString(130, 700, "năm 2025")
        canvas.setFont("Serif", 8)
        canvas.drawString(130 + canvas.stringWidth("năm 2025", "Serif", 13), 705, "1")

    (paragraph,) = paragraphs(read(tmp_path, drawing.drawn(draw)).blocks())
    assert paragraph.text == "Điều 1. năm 2025¹"
    assert [(span.bold, span.size) for span in paragraph.spans] == [(True, 13.0), (False, 13.0), (False, 8.0)]
    assert paragraph.spans[0].font is not None
    assert "LiberationSerif-Bold" in paragraph.spans[0].font
    box = paragraph.where.bbox
    assert box is not None
    assert box[0] == pytest.approx(80, abs=1)
    assert 841.89 - 700 - 14 < box[1] < box[3] < 841.89 - 700 + 5


def test_rows_split_across_pages_are_kept(tmp_path: Path) -> None:
    rows = [[str(n), f"Nội dung {n}", " ".join(drawing.SENTENCES[n % 3 : n % 3 + 3])] for n in range(1, 24)]
    document = read(tmp_path, drawing.laid_out([drawing.table(rows, (40, 120, 260))]))
    tables = [block for block in document.blocks() if isinstance(block, Table)]
    assert len(tables) == len(document.pages) >= 3
    assert [table.continued for table in tables] == [False, *[True] * (len(tables) - 1)]
    assert {table.columns for table in tables} == {3}
    # A row's second half stands without a number at the top of the next page.
    joined: list[list[str]] = []
    for table in tables:
        for index, row in enumerate(cells(table)):
            if index == 0 and table.continued and not row[0]:
                joined[-1] = [" ".join(filter(None, pair)) for pair in zip(joined[-1], row, strict=True)]
            else:
                joined.append(row)
    assert [[text.replace("\n", " ") for text in row] for row in joined] == rows


def test_merged_headers_and_shading_make_no_ghost_columns(tmp_path: Path) -> None:
    rows = [
        ["TT", "Nội dung", "Kinh phí", "", "Ghi chú"],
        ["", "", "Ngân sách", "Xã hội hóa", ""],
        ["1", "Cơ sở dữ liệu", "120.000.000", "", "Đã chi"],
    ]
    spans = [
        ("SPAN", (0, 0), (0, 1)),
        ("SPAN", (1, 0), (1, 1)),
        ("SPAN", (2, 0), (3, 0)),
        ("SPAN", (4, 0), (4, 1)),
        ("BACKGROUND", (0, 0), (-1, 1), "#dddddd"),
    ]
    story = [drawing.table(rows, (30, 140, 90, 90, 70), spans)]
    (table,) = read(tmp_path, drawing.laid_out(story)).blocks()
    assert isinstance(table, Table)
    assert (table.rows, table.columns) == (3, 5)
    placed = {(c.row, c.column): (c.text, c.row_span, c.column_span) for c in table.cells}
    assert placed[0, 0] == ("TT", 2, 1)
    assert placed[0, 2] == ("Kinh phí", 1, 2)
    assert placed[1, 3] == ("Xã hội hóa", 1, 1)
    assert placed[2, 3] == ("", 1, 1)
    assert len(placed) == 3 + 1 + 2 + 5
    assert table.cells[0].blocks[0].where.block == "table[1]/row[1]/cell[1]/p[1]"


def test_frame_around_text_is_no_table(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, 60, 480, 720)
        canvas.drawString(80, 700, "Trong khung trang chỉ có chữ.")

    assert texts(read(tmp_path, drawing.drawn(draw))) == ["Trong khung trang chỉ có chữ."]


@pytest.mark.parametrize("turn", [90, 270])
@pytest.mark.parametrize("by_page_entry", [False, True])
def test_lying_tables_are_read_upright(tmp_path: Path, turn: int, by_page_entry: bool) -> None:
    """A landscape table on a portrait sheet: turned by the page's own /Rotate, or drawn lying."""
    rows = [["TT", "Nội dung", "Kết quả"], ["1", "Thư viện thông minh", "Đã hoàn thành trong năm 2023"]]
    upright = drawing.laid_out([drawing.table(rows, (40, 220, 400))], size=drawing.landscape(drawing.A4))
    if by_page_entry:
        document = pdfium.PdfDocument(upright)
        document[0].set_rotation(turn)
    else:
        document = pdfium.PdfDocument.new()
        width, height = drawing.A4
        page = document.new_page(width, height)
        placed = pdfium.PdfDocument(upright).page_as_xobject(0, document).as_pageobject()
        matrix = pdfium.PdfMatrix().rotate(turn)
        placed.set_matrix(matrix.translate(0, height) if turn == 90 else matrix.translate(width, 0))
        page.insert_obj(placed)
        page.gen_content()
    buffer = io.BytesIO()
    document.save(buffer)
    read_back = read(tmp_path, buffer.getvalue())
    (table,) = read_back.blocks()
    assert isinstance(table, Table)
    assert cells(table) == rows
    size, box = read_back.pages[0].size, table.where.bbox
    assert size is not None
    assert box is not None
    assert 0 <= box[0] < box[2] <= size[0]
    assert 0 <= box[1] < box[3] <= size[1]
    assert box[3] - box[1] > box[2] - box[0]


@pytest.mark.parametrize(("turn", "x", "base"), [(0, 100, 100), (90, 600, 100), (180, 300, 600), (270, 100, 300)])
def test_boxes_count_from_the_visible_corner(tmp_path: Path, turn: int, x: float, base: float) -> None:
    """A page whose media box does not begin at zero, whose crop box is smaller still, and which is turned.

    ``x`` and ``base`` tell where the text's origin lies on the page as it is shown.
    """
    document = pdfium.PdfDocument(drawing.drawn(lambda canvas: canvas.drawString(200, 700, "Góc trang")))
    document[0].set_mediabox(-50, -30, 595, 842)
    document[0].set_cropbox(100, 100, 500, 800)
    document[0].set_rotation(turn)
    buffer = io.BytesIO()
    document.save(buffer)
    read_back = read(tmp_path, buffer.getvalue())
    assert read_back.pages[0].size == ((400, 700) if turn in (0, 180) else (700, 400))
    (paragraph,) = paragraphs(read_back.blocks())
    assert paragraph.text == "Góc trang"
    box = paragraph.where.bbox
    assert box is not None
    assert box[0] - 14 <= x <= box[2] + 14
    assert box[1] - 14 <= base <= box[3] + 14
    assert min(box[2] - box[0], box[3] - box[1]) < 20


def test_encrypted_damaged_and_empty_files(tmp_path: Path) -> None:
    def locked(canvas: Canvas) -> None:
        canvas._doc.encrypt = StandardEncryption("secret", ownerPassword="owner")
        canvas.drawString(80, 700, "Mật")

    good = drawing.laid_out(drawing.prose(3))
    for data, code in (
        (drawing.drawn(locked), "encrypted"),
        (b"%PDF-1.4\n garbage", "damaged"),
        (good[: len(good) // 3], "damaged"),
        (drawing.drawn(lambda canvas: canvas.showPage()), "no_text"),
    ):
        with pytest.raises(Rejected) as caught:
            read(tmp_path, data)
        assert caught.value.code == code


def test_progress_counts_pages(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(drawing.laid_out(drawing.prose(14)))
    seen: list[tuple[int, int]] = []
    pdf.read(path, identify(path), lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.skipif(not CORPUS.exists(), reason="the document corpus is not beside this checkout")
def test_trust_on_real_files() -> None:
    """Every page of the corpus is taken from where a person who looked at it would take it."""
    pages = 0
    for path, wanted in ocr_layers.labelled():
        document = pdfium.PdfDocument(path)
        for number, want in wanted.items():
            verdict = pdf_trust.judge(document[number - 1]).verdict
            assert want == "none" or verdict == want, f"{path.name} {number}"
            pages += 1
    assert pages > 300
