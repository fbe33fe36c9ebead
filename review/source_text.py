"""A file without fixed pages as it is shown: its paragraphs and tables as received, the repaired words marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from extractors.document import Block, Cell, Document, Paragraph, Provenance, Span, Table
from review.marking import mark_received
from storage.records import StoredRepair

MOST_PARAGRAPHS = 20_000
"""A browser shows no more in good time; the rest is said to be left out."""

_Key = tuple[int | None, str | None]


class Piece(msgspec.Struct, frozen=True):
    """A stretch of one look; ``repair``: what was made of it."""

    text: str
    bold: bool
    italic: bool
    repair: StoredRepair | None


class ShownParagraph(msgspec.Struct, frozen=True, tag="paragraph"):
    block: str
    number: str | None
    pieces: tuple[Piece, ...]
    align: str | None
    role: str


class ShownCell(msgspec.Struct, frozen=True):
    block: str
    row_span: int
    column_span: int
    blocks: tuple[ShownParagraph | ShownTable, ...]


class ShownTable(msgspec.Struct, frozen=True, tag="table"):
    block: str
    rows: tuple[tuple[ShownCell, ...], ...]


class ShownPage(msgspec.Struct, frozen=True):
    """``number``: of a slide or scanned page, None for running text."""

    number: int | None
    blocks: tuple[ShownParagraph | ShownTable, ...]


class SourceText(msgspec.Struct, frozen=True):
    """``left_out``: how many paragraphs are too many to show."""

    pages: tuple[ShownPage, ...]
    left_out: int


def shown(document: Document, repairs: Iterable[StoredRepair]) -> SourceText:
    """``repairs``: those that were stored when the file was read, block by block in the order they stand there."""
    return _Builder(repairs).text(document)


class _Builder:
    def __init__(self, repairs: Iterable[StoredRepair]) -> None:
        self._repairs: dict[_Key, list[StoredRepair]] = defaultdict(list)
        for repair in repairs:
            for where in repair.provenance:
                self._repairs[where.page, where.block].append(repair)
        self._room = MOST_PARAGRAPHS
        self._left_out = 0

    def text(self, document: Document) -> SourceText:
        pages = tuple(ShownPage(page.number, self._blocks(page.blocks)) for page in document.pages)
        return SourceText(pages, self._left_out)

    def _blocks(self, blocks: Sequence[Block]) -> tuple[ShownParagraph | ShownTable, ...]:
        made = (self._table(one) if isinstance(one, Table) else self._paragraph(one) for one in blocks)
        return tuple(one for one in made if one is not None)

    def _paragraph(self, paragraph: Paragraph) -> ShownParagraph | None:
        if not self._room:
            self._left_out += 1
            return None
        self._room -= 1
        repairs = self._repairs.get((paragraph.where.page, paragraph.where.block), [])
        pieces = tuple(_pieces(paragraph.spans, mark_received(paragraph.text, repairs)))
        block = _block(paragraph.where)
        return ShownParagraph(block, paragraph.number, pieces, paragraph.align, paragraph.role)

    def _table(self, table: Table) -> ShownTable | None:
        rows: Mapping[int, list[Cell]] = defaultdict(list)
        for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
            rows[cell.row].append(cell)
        made = [
            tuple(
                ShownCell(_block(cell.where), cell.row_span, cell.column_span, self._blocks(cell.blocks))
                for cell in rows.get(row, [])
            )
            for row in range(table.rows)
        ]
        return ShownTable(_block(table.where), tuple(made))


def _block(where: Provenance) -> str:
    return where.block or ""


def _pieces(spans: Sequence[Span], stretches: Sequence[tuple[str, StoredRepair | None]]) -> Iterator[Piece]:
    """Both divisions of the same text put together."""
    looks = [(len(span.text), span.bold, span.italic) for span in spans if span.text]
    at = 0
    for text, repair in stretches:
        rest = text
        while rest and looks:
            length, bold, italic = looks[0]
            taken = rest[: length - at]
            yield Piece(taken, bold, italic, repair)
            rest = rest[len(taken) :]
            at += len(taken)
            if at == length:
                looks.pop(0)
                at = 0
