"""Photos of phones (HEIC) and the many kinds of TIFF that scanners write, read like any other page."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from rapidfuzz import fuzz

from extractors import intake, rendering
from extractors.document import Document, Table, paragraphs
from extractors.errors import Rejected
from extractors.intake import identify
from extractors.reading import read_safely
from tests.extractors import drawing

DATA = Path(__file__).with_name("data")  # pages drawn by `drawing`, encoded by libheif's heif-enc
HEADING = "PHỤ LỤC KẾT QUẢ THỰC HIỆN ĐỀ ÁN"

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract-ocr is not installed")


def read(path: Path) -> Document:
    return read_safely(path, identify(path))


def text(document: Document, page: int) -> str:
    return "\n".join(paragraph.line for paragraph in paragraphs(iter(document.pages[page - 1].blocks)))


def test_a_heic_photo_is_read_with_its_table() -> None:
    document = read(DATA / "photo.heic")
    assert (document.source.media_type, document.page_count) == (intake.HEIC, 1)
    assert document.pages[0].origin == "ocr" and not [n for n in document.notices if n.code == "wrong_extension"]
    table = next(block for block in document.blocks() if isinstance(block, Table))
    assert (table.rows, table.columns) == (4, 4)
    said = text(document, 1)
    assert fuzz.ratio(said.splitlines()[0], HEADING) > 95
    assert "120.000.000 đồng" in said and "Chưa thực hiện" in said


def test_every_picture_of_a_heic_file_is_a_page() -> None:
    """The second one lies on its side."""
    document = read(DATA / "two_pages.heic")
    assert document.page_count == len(document.pages) == 2
    for page in (1, 2):
        assert "120.000.000 đồng" in text(document, page), page


def test_a_heic_photo_can_be_shown() -> None:
    path = DATA / "photo.heic"
    ((width, height),) = msgspec.msgpack.decode(rendering.measure(path, intake.HEIC))
    assert width > height > 100
    assert rendering.picture(path, intake.HEIC, 1, 400).startswith(b"RIFF")


def test_a_heic_photo_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "IMG_0001.JPG"
    path.write_bytes((DATA / "photo.heic").read_bytes())
    document = read(path)
    assert "wrong_extension" in [notice.code for notice in document.notices]
    assert "120.000.000 đồng" in text(document, 1)


def test_a_cut_heic_photo_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes((DATA / "photo.heic").read_bytes()[:9000])
    with pytest.raises(Rejected) as caught:
        read(path)
    assert caught.value.code == "damaged"


@lru_cache(maxsize=4)
def lines(number: int) -> Image.Image:
    """The upper part of a page with one sentence, by number."""
    page = drawing.laid_out(
        [drawing.Paragraph(f"TRANG SỐ {number}. {drawing.SENTENCES[number]}", drawing.styles()["body"])]
    )
    picture = drawing.picture(page, dpi=200).convert("L")
    return picture.crop((0, 0, picture.width, picture.height // 4))


@pytest.mark.parametrize(
    ("compression", "mode"), [("group4", "1"), ("tiff_lzw", "L"), ("jpeg", "RGB"), ("packbits", "P")]
)
def test_a_tiff_of_several_pages(tmp_path: Path, compression: str, mode: str) -> None:
    path = tmp_path / "scan.tif"
    pages = [lines(number).convert(mode) for number in (0, 1, 2)]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression=compression, dpi=(200, 200))
    seen: list[tuple[int, int]] = []
    document = read_safely(path, identify(path), lambda done, total: seen.append((done, total)))
    assert document.page_count == 3 and seen[-1] == (3, 3)
    for number in (0, 1, 2):
        found = " ".join(text(document, number + 1).split())
        assert fuzz.partial_ratio(drawing.SENTENCES[number], found) > 95, (number, found)
        assert document.pages[number].number == number + 1
