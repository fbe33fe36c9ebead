"""Scans and photos: what the clean-up is for, ruled tables, orientation, image files and their limits."""

from __future__ import annotations

import io
import re
import shutil
import struct
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from extractors import reading
from extractors.containers import image, ocr, pdf, scan, tesseract
from extractors.containers.layout import Row, Word, row_of
from extractors.document import Document, Paragraph, Table, paragraphs
from extractors.errors import Rejected
from extractors.intake import identify
from tests.extractors import drawing

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract-ocr is not installed")

ROWS = [
    ["TT", "Nội dung", "Kết quả thực hiện", "Kinh phí"],
    ["1", "Cơ sở dữ liệu", "Đã hoàn thành 100 %", "120.000.000 đồng"],
    ["2", "Thư viện thông minh", drawing.SENTENCES[3], "Không có"],
    ["3", "Phòng thí nghiệm", "", "Chưa thực hiện"],
]
HEADING = "PHỤ LỤC KẾT QUẢ THỰC HIỆN ĐỀ ÁN"


@lru_cache(maxsize=1)
def page() -> bytes:
    heading = drawing.Paragraph(HEADING, drawing.styles()["centre"])
    return drawing.laid_out(
        [heading, drawing.table(ROWS, (30, 110, 190, 110)), drawing.Spacer(1, 12), *drawing.prose(1)]
    )


@lru_cache(maxsize=4)
def clean_picture(dpi: float = 300) -> Image.Image:
    return drawing.picture(page(), dpi=dpi)


def read(picture: Image.Image, dpi: float = 300) -> ocr.Seen:
    return ocr.read(np.asarray(picture), dpi, page=1)


def errors(found: str, wanted: str) -> float:
    """Share of wrong characters; white space counts as one space."""
    return Levenshtein.distance(" ".join(found.split()), " ".join(wanted.split())) / len(wanted)


def check(seen: ocr.Seen, rate: float = 0.01) -> Table:
    """The heading, the table's shape and every cell, and the paragraph under it, all nearly right."""
    table = next(block for block in seen.blocks if isinstance(block, Table))
    assert (table.rows, table.columns) == (4, 4)
    cells = [(cell.text if cell else "") for row in table.grid() for cell in row]
    wanted = [text for row in ROWS for text in row]
    assert sum(errors(a, b) < 0.05 if b else not a for a, b in zip(cells, wanted, strict=True)) >= len(wanted) - 1
    outside = [block.text for block in seen.blocks if isinstance(block, Paragraph)]
    assert outside[0] == HEADING
    assert errors(" ".join(outside[1:]), drawing.prose(1)[0].getPlainText()) < rate
    assert not seen.doubtful
    return table


def test_clean_scan_with_boxes_and_confidences() -> None:
    seen = read(clean_picture())
    table = check(seen)
    assert table.where.bbox is not None
    assert table.where.bbox[0] == pytest.approx(86, abs=8)
    for paragraph in paragraphs(iter(seen.blocks)):
        assert paragraph.where.page == 1
        for span in paragraph.spans:
            assert len(span.confidences) == len(span.text.split())
            assert all(0 <= confidence <= 1 for confidence in span.confidences)
            assert span.box is not None
            assert 0 <= span.box[0] < span.box[2] <= 596


def test_shadow_and_red_stamp() -> None:
    check(read(drawing.shadowed(clean_picture())))


def test_crooked_scan_has_boxes_where_the_words_are() -> None:
    picture = clean_picture().rotate(-1.6, Image.Resampling.BICUBIC, fillcolor="white")
    straight, crooked = read(clean_picture()), read(picture)
    check(crooked)
    for one, other in zip(
        [b for b in straight.blocks if b.where.block == "p[1]"],
        [b for b in crooked.blocks if b.where.block == "p[1]"],
        strict=True,
    ):
        assert one.where.bbox is not None
        assert other.where.bbox is not None
        # Turning 1.6 degrees clockwise about the middle moves the top of an A4 page about 10 points to the right.
        assert other.where.bbox[0] - one.where.bbox[0] == pytest.approx(9.5, abs=3)


def test_coarse_scan() -> None:
    check(read(clean_picture(130), 130))


@pytest.mark.parametrize("turn", [90, 180])
def test_page_lying_or_upside_down(turn: int) -> None:
    table = check(read(clean_picture().rotate(turn, expand=True)))
    assert table.where.bbox is not None
    x0, y0, x1, y1 = table.where.bbox
    assert (x1 - x0 > y1 - y0) == (turn == 180)


def test_skew_is_measured() -> None:
    for angle in (-3.0, -0.7, 0.0, 1.3, 4.0):
        turned = clean_picture().convert("L").rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
        assert scan.skew(np.asarray(turned), 300) == pytest.approx(-angle, abs=0.12)


def test_scanned_pdf_by_ocr_and_a_mixed_one_page_by_page(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(drawing.scanned([drawing.shadowed(clean_picture())]))
    document = pdf.read(path, identify(path))
    assert [page.origin for page in document.pages] == ["ocr"]
    assert [notice.code for notice in document.notices] == ["page_by_ocr"]
    assert HEADING in [p.text for p in paragraphs(document.blocks())]


def test_signature_text_over_a_scan_does_not_hide_it(tmp_path: Path) -> None:
    """A text layer that holds a running head and a signature only: the body is in the picture."""
    buffer = io.BytesIO()
    clean_picture().save(buffer, "JPEG")

    def draw(canvas: drawing.Canvas) -> None:
        canvas.drawImage(drawing.ImageReader(buffer), 0, 0, *drawing.A4)
        canvas.drawString(80, 810, "Người ký: Sở Giáo dục và Đào tạo. Thời gian ký: 02.05.2024 08:30:00 +07:00")

    path = tmp_path / "signed.pdf"
    path.write_bytes(drawing.drawn(draw))
    document = pdf.read(path, identify(path))
    assert [page.origin for page in document.pages] == ["ocr"]
    assert any(isinstance(block, Table) for block in document.blocks())


def test_latin_misreading_under_a_scan_is_not_trusted(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    clean_picture().save(buffer, "JPEG")
    garbage = "CQNG HoAxA H()I CHiJ NGHiA VIVT NAM Dc 1p Til do Hanh phtic thirc hi~n k~ hoach giao dvc thong minh "

    def draw(canvas: drawing.Canvas) -> None:
        canvas.drawImage(drawing.ImageReader(buffer), 0, 0, *drawing.A4)
        text = canvas.beginText(60, 780)
        text.setTextRenderMode(3)
        text.setFont("Serif", 9)
        for _ in range(45):
            text.textLine(garbage)
        canvas.drawText(text)

    path = tmp_path / "garbage.pdf"
    path.write_bytes(drawing.drawn(draw))
    document = pdf.read(path, identify(path))
    assert "nhận dạng sai" in document.notices[0].message
    assert not re.search("CQNG", " ".join(p.text for p in paragraphs(document.blocks())))


def save(tmp_path: Path, name: str, **options: object) -> Document:
    path = tmp_path / name
    clean_picture().save(path, **options)
    return reading.read(path, identify(path))


def test_image_files(tmp_path: Path) -> None:
    photo = save(tmp_path, "ảnh.jpg", quality=70)  # states no resolution: taken for A4
    assert HEADING in [p.text for p in paragraphs(photo.blocks())]
    assert photo.pages[0].size == pytest.approx((595, 842), abs=3)
    small = clean_picture(150).convert("1")
    document = save(tmp_path, "fax.tif", save_all=True, append_images=[small], dpi=(300, 300), compression="tiff_lzw")
    assert document.page_count == 2
    assert [page.number for page in document.pages] == [1, 2]


def huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (huge_png(40_000, 40_000), "unsafe"),
        (huge_png(12_000, 12_000), "unsafe"),
        (huge_png(1000, 1000), "damaged"),
        (b"\xff\xd8\xff\xe0 not a picture", "damaged"),
    ],
)
def test_hostile_images(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "ảnh"
    path.write_bytes(data)
    with pytest.raises(Rejected) as caught:
        image.read(path, identify(path))
    assert caught.value.code == code


def test_blank_picture_has_no_text(tmp_path: Path) -> None:
    path = tmp_path / "trắng.png"
    Image.new("L", (1240, 1754), 250).save(path)
    with pytest.raises(Rejected) as caught:
        image.read(path, identify(path))
    assert caught.value.code == "no_text"


def test_huge_page_is_rendered_within_limits(tmp_path: Path) -> None:
    """A page of two by two metres is read at a lower resolution, one of a kilometre refused."""
    for side, code in ((5700, None), (2_800_000, "damaged")):

        def draw(canvas: drawing.Canvas, side: int = side) -> None:
            buffer = io.BytesIO()
            clean_picture(75).save(buffer, "PNG")
            canvas.drawImage(drawing.ImageReader(buffer), 0, 0, side, side)

        path = tmp_path / f"{side}.pdf"
        path.write_bytes(drawing.drawn(draw, (side, side)))
        if code is None:
            assert pdf.read(path, identify(path)).pages[0].origin == "ocr"
        else:
            with pytest.raises(Rejected) as caught:
                pdf.read(path, identify(path))
            assert caught.value.code == code


def test_two_pages_side_by_side_are_read_one_after_the_other() -> None:
    left = np.asarray(drawing.picture(drawing.laid_out(drawing.prose(5)), dpi=200).convert("L"))
    right = np.asarray(clean_picture(200).convert("L"))
    seen = ocr.read(np.hstack([left, right]), 200, page=1)
    texts = [block.text for block in seen.blocks if isinstance(block, Paragraph)]
    assert texts.index(HEADING) >= 2
    assert errors(texts[0], drawing.prose(1)[0].getPlainText()) < 0.01
    heading = next(block for block in seen.blocks if isinstance(block, Paragraph) and block.text == HEADING)
    assert heading.where.bbox is not None
    assert heading.where.bbox[0] > left.shape[1] * 72 / 200
    assert heading.where.block is not None
    assert heading.where.block.startswith("half[2]/")


def test_wide_pages_are_not_cut() -> None:
    """A lying table, and the same page on its side."""
    table = drawing.table(ROWS, (60, 180, 320, 160))
    page = drawing.laid_out([table, drawing.Spacer(1, 12), *drawing.prose(2)], size=drawing.landscape(drawing.A4))
    picture = np.asarray(drawing.picture(page, dpi=200).convert("L"))
    for turned in (picture, np.ascontiguousarray(np.rot90(picture))):
        seen = ocr.read(turned, 200, page=1)
        found = next(block for block in seen.blocks if isinstance(block, Table))
        assert (found.rows, found.columns) == (4, 4)
        assert not seen.doubtful


def test_a_table_that_goes_on_counts_the_columns_of_the_page_before(tmp_path: Path) -> None:
    """On the second page no row has a line between the last two columns."""
    first = drawing.laid_out([drawing.table(ROWS, (30, 110, 190, 110))])
    rest = [["4", "Trường học số", "Đã triển khai tại các trường"], ["5", "Thi trực tuyến", "Chưa thực hiện"]]
    second = drawing.laid_out([drawing.table(rest, (30, 110, 300))])
    path = tmp_path / "hai trang.tif"
    drawing.picture(first).save(path, save_all=True, append_images=[drawing.picture(second)], dpi=(300, 300))
    document = reading.read(path, identify(path))
    one, two = (block for block in document.blocks() if isinstance(block, Table))
    assert (one.columns, two.columns) == (4, 4)
    assert [(cell.row, cell.column, cell.column_span) for cell in two.cells] == [
        (0, 0, 1), (0, 1, 1), (0, 2, 2), (1, 0, 1), (1, 1, 1), (1, 2, 2),
    ]  # fmt: skip


def test_letters_that_are_not_ours_are_told_from_a_poor_scan() -> None:
    def rows(words: str, confidence: float) -> list[Row]:
        made = [
            Word(text=word, x0=10.0 * at, top=0, x1=10.0 * at + 8, bottom=10, size=10, confidence=confidence)
            for at, word in enumerate(words.split())
        ]
        return [row_of(made)]

    lao = "nzsaJänmln1u gax nguJẵnm tunšzÖmuadL nanm tJựCtMÙM fuficrafitiea1 ẵngvU1U uyBñðnc1 ztiayUzgnn " * 8
    poor = "lăng cường giám sát và hảnp nắm đánh giá công tác quản lý sử dụng nguồn nhân lực suu đảo tạo " * 8
    assert ocr.is_foreign(rows(lao, 0.3))
    assert not ocr.is_foreign(rows(poor, 0.5))
    assert not ocr.is_foreign(rows("mr TA", 0.2))  # a stray stroke is no page of text


def test_labels_that_hang_before_their_lines_are_read_with_them() -> None:
    def seen(text: str, x0: int, y0: int, line: int) -> tesseract.Seen:
        return tesseract.Seen(text=text, x0=x0, y0=y0, x1=x0 + 18 * len(text), y1=y0 + 40, confidence=0.9, line=line)

    words = [seen("2.", 100, 200, 1), seen("Kinh", 170, 202, 2), seen("phí", 260, 200, 2), seen("Khác", 170, 270, 3)]
    assert [row.text for row in ocr._rows(words, 0.24)] == ["2. Kinh phí", "Khác"]


def test_a_small_frame_of_hardly_legible_words_is_a_stamp() -> None:
    def cell(text: str, sure: float) -> list[Row]:
        return [row_of([Word(text=text, x0=0.0, top=0.0, x1=40.0, bottom=9.0, size=9.0, confidence=sure)])]

    assert ocr.is_stamp([cell("ĐẾN", 0.9), cell("S6:...4J7", 0.3), [], cell("Ng^y..(§", 0.4)])
    assert not ocr.is_stamp([cell("Số lớp", 0.95), cell("12", 0.93)])
    assert not ocr.is_stamp([cell("mờ#", 0.4) for _ in range(9)])  # a faint table is a table


def test_grain_of_the_paper_goes_and_clean_paper_stays() -> None:
    page = np.full((400, 400), 250, np.uint8)
    page[100:120, 50:350] = 30
    page[120, 50:350] = 243  # the soft edge of a letter
    assert np.array_equal(scan._whitened(page), page)
    grainy = np.where(page == 250, np.random.default_rng(5).integers(241, 256, page.shape), page).astype(np.uint8)
    whitened = scan._whitened(grainy)
    assert set(np.unique(whitened)) == {30, 255}
    assert np.array_equal(whitened < 100, page < 100)
