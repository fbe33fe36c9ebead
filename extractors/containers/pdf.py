"""PDF files: each page by its text layer where that can be trusted, by OCR where it cannot.

pypdfium2 opens, measures and renders; pdfplumber gives characters, fonts and drawn lines. Pages are read one at a time
and closed, so memory does not grow with their number. A page that fails costs itself, not the file.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2 as pdfium

from extractors.containers import ocr, pdf_tables, pdf_text, pdf_trust
from extractors.containers.boxes import moved, turned_back
from extractors.containers.layout import Place, Row, paragraphs
from extractors.containers.ruling import Grid
from extractors.containers.running import finish
from extractors.document import Block, Document, Notice, Page, Source
from extractors.errors import Rejected

Progress = Callable[[int, int], None]

log = logging.getLogger(__name__)

MOST_PAGES = 3000
_DPI = 300.0
_MOST_PIXELS = 40_000_000  # A2 at 300 dpi; larger pages are rendered coarser
_PASSWORD = 4  # FPDF_ERR_PASSWORD

_REASONS = {
    "no_text": "không có lớp chữ",
    "no_letters": "lớp chữ không có mã ký tự",
    "image_body": "lớp chữ chỉ có tiêu đề hoặc chữ ký, nội dung là ảnh",
    "bad_layer": "lớp chữ nhận dạng sai tiếng Việt",
    "failed": "lớp chữ bị lỗi cấu trúc",
}


def read(path: Path, source: Source, progress: Progress | None = None) -> Document:
    """Read a PDF. ``progress(done, total)`` is called after every page.

    Raises `Rejected`: ``encrypted``, ``damaged`` (does not open, or no page can be read), ``unsafe`` (too many pages),
    ``no_text``.
    """
    with contextlib.closing(_open(path)) as document, contextlib.ExitStack() as stack:
        count = len(document)
        if count == 0:
            raise Rejected("damaged", "tệp PDF không có trang nào")
        if count > MOST_PAGES:
            raise Rejected("unsafe", f"{count} trang, giới hạn {MOST_PAGES}")
        reader = _Reader(path, document, stack)
        pages = []
        for index in range(count):
            pages.append(reader.page(index))
            if progress is not None:
                progress(index + 1, count)
    if len(reader.unreadable) == count:
        raise Rejected("damaged", "không đọc được trang nào")
    if not any(page.blocks for page in pages):
        raise Rejected("no_text")
    return Document(source=source, pages=finish(pages), page_count=count, notices=tuple(reader.notices()))


def _open(path: Path) -> Any:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise Rejected("encrypted") from error
        raise Rejected("damaged") from error


class _Reader:
    """Reads pages in order, remembering what the next page needs and what people should be told."""

    def __init__(self, path: Path, document: Any, stack: contextlib.ExitStack) -> None:
        self.path = path
        self.document = document
        self.stack = stack
        self.plumber: Any = None
        self.columns: tuple[float, ...] = ()  # column lines of the table that ended the page before
        self.margins: dict[float, tuple[float, float]] = {}  # page width → widest text margins seen
        self.by_ocr: dict[str, list[int]] = {}
        self.unreadable: list[int] = []
        self.pictures: list[int] = []
        self.doubtful: list[int] = []

    def page(self, index: int) -> Page:
        number = index + 1
        columns, self.columns = self.columns, ()
        try:
            page = self.document[index]
        except pdfium.PdfiumError:
            self.unreadable.append(number)
            return Page(blocks=(), number=number)
        with contextlib.closing(page):
            size = (round(page.get_width(), 2), round(page.get_height(), 2))
            layer = pdf_trust.measure(page)
            if layer.verdict == "blank":
                return Page(blocks=(), number=number, size=size)
            reason = layer.reason
            if layer.verdict == "text":
                try:
                    blocks = self._text(index, size, columns)
                except Exception:  # whatever a parser may raise on a broken page
                    log.exception("text of page %d", number)
                    reason = "failed"
                else:
                    if pdf_trust.has_unread_picture(layer):
                        self.pictures.append(number)
                    return Page(blocks=blocks, number=number, size=size)
            try:
                seen = ocr.read(*_rendered(page), page=number, columns=columns)
            except (Rejected, pdfium.PdfiumError, OSError, ValueError):
                log.exception("OCR of page %d", number)
                self.unreadable.append(number)
                return Page(blocks=(), number=number, size=size)
        self.by_ocr.setdefault(reason, []).append(number)
        if seen.doubtful:
            self.doubtful.append(number)
        self.columns = seen.columns
        return Page(blocks=seen.blocks, number=number, size=size, origin="ocr")

    def _text(self, index: int, size: tuple[float, float], columns: tuple[float, ...]) -> tuple[Block, ...]:
        if self.plumber is None:
            self.plumber = self.stack.enter_context(pdfplumber.open(self.path))
        page = self.plumber.pages[index]
        try:
            chars = page.chars
            turn = _sideways(chars)
            if turn:
                return self._turned(index, size, turn)
            blocks, ends_with = self._blocks(page, index + 1, columns)
            self.columns = ends_with
            return blocks
        finally:
            page.close()

    def _turned(self, index: int, size: tuple[float, float], turn: int) -> tuple[Block, ...]:
        """Read a page whose text runs up or down the sheet: turned upright, boxes turned back."""
        with contextlib.closing(pdfium.PdfDocument.new()) as single:
            single.import_pages(self.document, [index])
            page = single[0]
            page.set_rotation((page.get_rotation() + turn) % 360)
            buffer = io.BytesIO()
            single.save(buffer)
        with pdfplumber.open(buffer) as upright:
            blocks, _ = self._blocks(upright.pages[0], index + 1, ())
        return tuple(moved(block, lambda box: turned_back(box, size, turn)) for block in blocks)

    def _blocks(
        self, page: Any, number: int, columns: tuple[float, ...]
    ) -> tuple[tuple[Block, ...], tuple[float, ...]]:
        """Blocks of an upright page in reading order, and the column lines of a table that ends it."""
        chars = page.chars
        tables = pdf_tables.find(page, chars, columns)
        taken = {id(char) for _, held in tables for cell in held for char in cell}
        rows = pdf_text.rows([char for char in chars if id(char) not in taken])
        margins = self._margins(float(page.width), rows)
        blocks: list[Block] = []
        counts = {"p": 0}
        parts: list[tuple[Grid, list[list[pdf_text.Char]]] | None] = [*tables, None]
        for order, part in enumerate(parts, 1):
            above = [row for row in rows if part is None or (row.top + row.bottom) / 2 < part[0].box[3]]
            rows = [row for row in rows if row not in above] if part is not None else []
            made = paragraphs(above, Place(number, "", counts["p"] + 1), margins)
            counts["p"] += len(made)
            blocks += made
            if part is not None:
                blocks.append(pdf_tables.table(*part, Place(number, f"table[{order}]")))
        ends_with = tables[-1][0].xs if tables else ()
        return tuple(blocks), ends_with

    def _margins(self, width: float, rows: list[Row]) -> tuple[float, float] | None:
        """Left and right text margins: the page's own, or wider ones seen on pages of the same width."""
        if not rows:
            return None
        width = round(width)
        # A few rows reach over the margins (rules of underscores, stamps): the outermost are left out.
        lefts, rights = sorted(row.x0 for row in rows), sorted(row.x1 for row in rows)
        skip = len(rows) // 20
        left, right = lefts[skip], rights[-1 - skip]
        known = self.margins.get(width, (left, right))
        self.margins[width] = left, right = (min(left, known[0]), max(right, known[1]))
        return left, right

    def notices(self) -> Iterator[Notice]:
        for reason, pages in self.by_ocr.items():
            yield Notice("page_by_ocr", f"{_named(pages)} được đọc bằng nhận dạng chữ (OCR): {_REASONS[reason]}.")
        if self.doubtful:
            yield Notice("page_doubtful", f"{_named(self.doubtful)}: chữ nhận dạng kém tin cậy, cần xem lại ảnh gốc.")
        if self.unreadable:
            yield Notice("page_unreadable", f"{_named(self.unreadable)} không đọc được, nội dung bị thiếu.")
        if self.pictures:
            yield Notice("picture_not_read", f"{_named(self.pictures)} có hình lớn; chữ trong hình chưa được đọc.")


def _rendered(page: Any) -> tuple[Any, float]:
    """The page as an RGB picture and its resolution in dpi; its size is looked at before anything is drawn."""
    width, height = page.get_size()
    if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
        raise Rejected("unsafe", f"khổ trang {width:.0f} × {height:.0f} pt")
    dpi = min(_DPI, 72 * (_MOST_PIXELS / (width * height)) ** 0.5)
    return page.render(scale=dpi / 72, rev_byteorder=True).to_numpy(), dpi


def _sideways(chars: list[pdf_text.Char]) -> int:
    """How far (90 or 270 degrees clockwise) a page has to be turned for most of its text to stand upright, else 0."""
    lying = [char for char in chars if not char["upright"]]
    if len(lying) < 20 or len(lying) < 0.6 * len(chars):
        return 0
    upwards = sum(char["matrix"][1] > 0 for char in lying)
    return 90 if upwards > len(lying) / 2 else 270


def _named(pages: list[int]) -> str:
    """``Trang 3`` or ``Các trang 1–4, 7``."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    listed = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
    return f"Các trang {listed}" if len(pages) > 1 else f"Trang {listed}"
