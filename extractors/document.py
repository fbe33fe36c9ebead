"""What a container holds once it is read: pages of paragraphs and tables, evidence kept with every piece.

Readers (``extractors/containers``) make these types, `extractors.restoring` repairs their text, and
``extractors/understanding`` turns them into a `Report`. All are frozen; a stage returns new ones.

Lengths are PDF points (1/72 inch), origin at the top left of the page; boxes are ``(x0, y0, x1, y1)``.
A container without fixed pages (DOCX, TXT) has one `Page` whose ``number`` is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from normalizers.rivals import Rival

Box = tuple[float, float, float, float]
Origin = Literal["text", "ocr"]
Role = Literal["body", "header", "footer", "footnote", "textbox"]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The file as it was received. ``media_type`` is found from the content, never from the name alone."""

    name: str
    sha256: str
    media_type: str
    size: int


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value was read: page (from 1), box on it, and the block path inside the container.

    Block paths read from the outside in: ``body/p[3]``, ``body/table[1]/row[4]/cell[3]/p[1]``,
    ``Sheet1!C7``, ``line[12]``; all counts start at 1.
    """

    page: int | None = None
    bbox: Box | None = None
    block: str | None = None


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text with one look; ``size`` in points. ``confidences`` (0..1), one for each of its words (what is
    between white space), and ``rivals`` of letters of ``text`` only where an OCR engine gave them."""

    text: str
    font: str | None = None
    size: float | None = None
    bold: bool = False
    italic: bool = False
    box: Box | None = None
    confidences: tuple[float, ...] = ()
    rivals: tuple[Rival, ...] = ()


class Paragraph(msgspec.Struct, frozen=True, kw_only=True, tag="paragraph"):
    """One paragraph. ``number`` is the automatic list label as text (``1.``, ``a)``, ``-``), not part of ``text``.

    ``level`` is the outline or list level (0 = outermost) where the container tells it; ``style`` its style name.
    Line breaks inside a paragraph are ``\\n``.
    """

    spans: tuple[Span, ...]
    where: Provenance
    number: str | None = None
    level: int | None = None
    style: str | None = None
    role: Role = "body"
    align: Literal["left", "center", "right", "justify"] | None = None

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def line(self) -> str:
        """The paragraph as a reader sees it: list label and text."""
        return f"{self.number} {self.text}" if self.number else self.text


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A table cell at ``row``, ``column`` (from 0) over ``row_span`` × ``column_span`` grid places."""

    row: int
    column: int
    blocks: tuple[Paragraph | Table, ...]
    where: Provenance
    row_span: int = 1
    column_span: int = 1

    @property
    def text(self) -> str:
        """All paragraphs of the cell, nested tables included, one a line."""
        return "\n".join(paragraph.line for paragraph in paragraphs(self.blocks))


class Table(msgspec.Struct, frozen=True, kw_only=True, tag="table"):
    """A table of ``rows`` × ``columns`` grid places; a merged cell appears once, with its span.

    ``continued`` is set when the table goes on from the previous page (its first row may be a row's second half).
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    where: Provenance
    continued: bool = False

    def grid(self) -> list[list[Cell | None]]:
        """rows × columns matrix; a merged cell stands at every place it covers."""
        matrix: list[list[Cell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for r in range(cell.row, min(cell.row + cell.row_span, self.rows)):
                for c in range(cell.column, min(cell.column + cell.column_span, self.columns)):
                    matrix[r][c] = cell
        return matrix


Block = Paragraph | Table


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page in reading order; ``size`` (width, height) in points; ``origin``: where its text came from."""

    blocks: tuple[Block, ...]
    number: int | None = None
    size: tuple[float, float] | None = None
    origin: Origin = "text"


class Notice(msgspec.Struct, frozen=True):
    """Something a person should know about the reading: stable ``code``, Vietnamese ``message``."""

    code: str
    message: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file, read. ``page_count`` is None for containers without fixed pages."""

    source: Source
    pages: tuple[Page, ...]
    page_count: int | None = None
    notices: tuple[Notice, ...] = ()

    def blocks(self) -> Iterator[Block]:
        for page in self.pages:
            yield from page.blocks


def paragraphs(blocks: tuple[Block, ...] | Iterator[Block]) -> Iterator[Paragraph]:
    """Every paragraph under ``blocks`` in reading order, those inside tables included."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for cell in block.cells:
                yield from paragraphs(cell.blocks)
