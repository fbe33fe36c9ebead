"""PDF files: each page by its text layer where that can be trusted, by OCR where it cannot.

pypdfium2 opens, measures and renders; `pdf_content` gives characters, fonts and drawn lines. Pages are read one at a
time and closed, so memory does not grow with their number; pages for OCR come last, spread over the cores. A page that
fails costs itself, not the file.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2 as pdfium

from extractors import page_helpers
from extractors.containers import ocr, pdf_trust
from extractors.containers.pdf_file import PdfFile
from extractors.containers.pdf_layout import PageLayout
from extractors.containers.running import finish
from extractors.document import Block, Document, Notice, Page, Source
from extractors.errors import Rejected

Progress = Callable[[int, int], None]

log = logging.getLogger(__name__)

MOST_PAGES = 3000
_DPI = 300.0
_MOST_PIXELS = 20_000_000  # A3 at 300 dpi; larger pages are rendered coarser
_PASSWORD = 4  # FPDF_ERR_PASSWORD

_REASONS = {
    "no_text": "không có lớp chữ",
    "no_letters": "lớp chữ không có mã ký tự",
    "image_body": "lớp chữ chỉ có tiêu đề hoặc chữ ký, nội dung là ảnh",
    "bad_layer": "lớp chữ nhận dạng sai tiếng Việt",
    "wrong_codes": "mã ký tự của lớp chữ không ứng với chữ trên trang",
    "not_seen": "lớp chữ nằm dưới ảnh và khác với chữ trên ảnh",
    "failed": "lớp chữ bị lỗi cấu trúc",
}


def read(path: Path, source: Source, progress: Progress | None = None) -> Document:
    """Read a PDF. ``progress(done, total)`` is called after every page, and within pages that need OCR.

    Raises `Rejected`: ``encrypted``, ``damaged`` (does not open, or no page can be read), ``unsafe`` (too many pages),
    ``no_text``.
    """
    with contextlib.closing(opened(path)) as document, contextlib.ExitStack() as stack:
        count = len(document)
        if count == 0:
            raise Rejected("damaged", "tệp PDF không có trang nào")
        if count > MOST_PAGES:
            raise Rejected("unsafe", f"{count} trang, giới hạn {MOST_PAGES}")
        reader = _Reader(path, document, stack, progress)
        for index in range(count):
            reader.look(index)
    reader.read_pictures()
    pages = reader.pages()
    if len(reader.unreadable) == count:
        raise Rejected("damaged", "không đọc được trang nào")
    if not any(page.blocks for page in pages):
        raise Rejected("no_text")
    return Document(source=source, pages=finish(pages), page_count=count, notices=tuple(reader.notices()))


def opened(path: Path) -> Any:
    """The file as a pypdfium2 document. Raises `Rejected`: ``encrypted``, ``damaged``."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise Rejected("encrypted") from error
        raise Rejected("damaged") from error


class _Reader:
    """Reads the pages that have a text layer in order, then the others by OCR; keeps what people should be told."""

    def __init__(self, path: Path, document: Any, stack: contextlib.ExitStack, progress: Progress | None) -> None:
        self.progress = progress
        self.path = path
        self.document = document
        self.count = len(document)
        self.stack = stack
        self.file: PdfFile | None = None
        self.layout = PageLayout()
        self.done: dict[int, Page] = {}
        self.seen: dict[int, ocr.Seen] = {}
        self.wanted: dict[int, str] = {}  # pages to be read by OCR, and why
        self.by_ocr: dict[str, list[int]] = {}
        self.unreadable: list[int] = []
        self.pictures: list[int] = []
        self.recoded: list[int] = []
        self.doubtful: list[int] = []
        self.foreign: list[int] = []

    def look(self, index: int) -> None:
        """Read page ``index`` by its text layer, or put it down for OCR."""
        number = index + 1
        try:
            page = self.document[index]
        except pdfium.PdfiumError:
            self.unreadable.append(number)
            self._keep(index, Page(blocks=(), number=number))
            return
        with contextlib.closing(page):
            size = (round(page.get_width(), 2), round(page.get_height(), 2))
            layer = pdf_trust.judge(page)
        blank = Page(blocks=(), number=number, size=size)
        if layer.verdict == "blank":
            self._keep(index, blank)
            return
        reason = layer.reason
        if layer.verdict == "text":
            try:
                blocks = self._text(index, size, layer.covered > 0.5)
            except Exception:  # whatever a parser may raise on a broken page
                log.exception("text of page %d", number)
                reason = "failed"
            else:
                if layer.reason == "recoded":
                    self.recoded.append(number)
                if pdf_trust.has_unread_picture(layer):
                    self.pictures.append(number)
                self._keep(index, msgspec.structs.replace(blank, blocks=blocks))
                return
        self.layout = PageLayout()  # the table at the end of the page before does not go on past a page of pictures
        self.wanted[index] = reason
        self.done[index] = msgspec.structs.replace(blank, origin="ocr")

    def _keep(self, index: int, page: Page) -> None:
        self.done[index] = page
        if self.progress is not None:
            self.progress(len(self.done) - len(self.wanted), self.count)

    def read_pictures(self) -> None:
        """Read the pages put down for OCR."""
        ready = self.count - len(self.wanted)

        def alive() -> None:
            if self.progress is not None:
                self.progress(ready, self.count)

        for index, found in page_helpers.read(list(self.wanted), _PictureReader(self.path), alive):
            if found is None:
                self.unreadable.append(index + 1)
            else:
                self.seen[index] = msgspec.msgpack.decode(found, type=ocr.Seen)
            ready += 1
            alive()

    def pages(self) -> list[Page]:
        """All pages in order; tables that go on from page to page have their columns counted alike."""
        columns: tuple[float, ...] = ()
        for index, reason in self.wanted.items():
            if index not in self.seen:
                self.done[index] = msgspec.structs.replace(self.done[index], origin="text")
                continue
            self.by_ocr.setdefault(reason, []).append(index + 1)
            seen = self.seen[index]
            if seen.foreign:
                self.foreign.append(index + 1)
            elif seen.doubtful:
                self.doubtful.append(index + 1)
            blocks = ocr.continued(seen, columns) if index - 1 in self.seen else seen.blocks
            columns = seen.columns
            self.done[index] = msgspec.structs.replace(self.done[index], blocks=blocks)
        return [self.done[index] for index in range(self.count)]

    def _text(self, index: int, size: tuple[float, float], over_picture: bool) -> tuple[Block, ...]:
        if self.file is None:
            self.file = self.stack.enter_context(PdfFile(self.path))
        return self.layout.blocks(self.file.content(index), index + 1, size, over_picture=over_picture)

    def notices(self) -> Iterator[Notice]:
        for reason, pages in self.by_ocr.items():
            yield Notice("page_by_ocr", f"{_named(pages)} được đọc bằng nhận dạng chữ (OCR): {_REASONS[reason]}.")
        if self.recoded:
            message = "lớp chữ dùng bảng mã cũ hoặc bị hỏng, đã được chuyển sang Unicode thay vì nhận dạng lại từ ảnh"
            yield Notice("layer_recoded", f"{_named(self.recoded)}: {message}.")
        if self.doubtful:
            yield Notice("page_doubtful", f"{_named(self.doubtful)}: chữ nhận dạng kém tin cậy, cần xem lại ảnh gốc.")
        if self.foreign:
            yield Notice("page_foreign", f"{_named(self.foreign)}: {ocr.FOREIGN}")
        if self.unreadable:
            yield Notice("page_unreadable", f"{_named(self.unreadable)} không đọc được, nội dung bị thiếu.")
        if self.pictures:
            yield Notice("picture_not_read", f"{_named(self.pictures)} có hình lớn; chữ trong hình chưa được đọc.")


class _PictureReader:
    """Renders and reads single pages; opens the file when it is first called, in the process that calls."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._document: Any = None

    def __call__(self, index: int, alive: Callable[[], None]) -> bytes:
        if self._document is None:
            self._document = opened(self._path)
        try:
            with contextlib.closing(self._document[index]) as page:
                picture, dpi = rendered(page)
        except pdfium.PdfiumError as error:
            raise Rejected("damaged") from error
        return msgspec.msgpack.encode(ocr.read(picture, dpi, page=index + 1, alive=alive))


def rendered(page: Any) -> tuple[Any, float]:
    """The page as an RGB picture and its resolution in dpi; its size is looked at before anything is drawn."""
    width, height = page.get_size()
    if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
        raise Rejected("unsafe", f"khổ trang {width:.0f} × {height:.0f} pt")
    dpi = min(_DPI, 72 * (_MOST_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
    try:
        return bitmap.to_numpy().copy(), dpi
    finally:
        bitmap.close()  # it is part of a cycle: left to the garbage collector, dozens of pages pile up


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
