"""A PDF file opened for what its pages draw; pdfminer.six knows its objects, fonts and character maps.

Why pdfplumber is only the second reader: docs/decisions/0002-pdf-content.md.
"""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser

from extractors.containers.pdf_content import Canvas, Content
from extractors.containers.pdf_operators import Interpreter

log = logging.getLogger(__name__)


class PdfFile:
    """A PDF as pdfminer.six opens it; a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("rb")
        try:
            self._fonts = PDFResourceManager()
            self._pages = list(PDFPage.create_pages(PDFDocument(PDFParser(self._file))))
        except BaseException:
            self._file.close()
            raise
        self._glyphs: dict[int, dict[int, tuple[str, float]]] = {}

    def __enter__(self) -> PdfFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def content(self, index: int) -> Content:
        """What page ``index`` (from 0) draws. Raises whatever pdfminer raises on a page that nobody can read."""
        page = self._pages[index]
        try:
            canvas = Canvas(self._fonts, page, self._glyphs)
            Interpreter(self._fonts, canvas).process_page(page)
            return canvas.content()
        except Exception:  # whatever a parser may raise on a broken page
            log.exception("page %d goes to the second reader", index + 1)
            from extractors.containers import pdf_second  # noqa: PLC0415 - half a second to load, seldom needed

            return pdf_second.content(self._path, index)
