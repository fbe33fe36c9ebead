"""What a digital page draws as blocks in order: tables with lines and without, paragraphs, text at the sides."""

from __future__ import annotations

import msgspec

from extractors.containers import gutters, layout, pdf_overlay, pdf_tables, pdf_text
from extractors.containers.boxes import moved, turned_back
from extractors.containers.layout import Place, Row, paragraphs
from extractors.containers.pdf_content import Content, Glyph
from extractors.containers.pdf_tables import Held
from extractors.containers.ruling import Grid, Ruling
from extractors.document import Block, Paragraph, Provenance, Span


class PageLayout:
    """Lays out the pages of one file in order, and remembers what the next page needs.

    ``columns`` are the column lines of the table that ended the page before, where it has ruling lines.
    """

    def __init__(self) -> None:
        self.columns: tuple[float, ...] = ()
        self._unruled: tuple[float, ...] = ()
        self._seen_margins: dict[float, tuple[float, float]] = {}  # page width → widest text margins seen

    def blocks(
        self, content: Content, number: int, size: tuple[float, float], *, over_picture: bool = False
    ) -> tuple[Block, ...]:
        """The blocks of page ``number``, whose shown size is ``size`` points; ``over_picture``: its text is the layer
        of a picture of the page, and need not be seen."""
        glyphs, overlay = pdf_overlay.parted(content.glyphs, keep_hidden=over_picture)
        turn = max((0, 90, 180, 270), key=lambda turn: sum(glyph.turn == turn for glyph in glyphs))
        upright = [glyph for glyph in glyphs if glyph.turn == turn]
        blocks = self._upright(upright, pdf_tables.rulings(content, turn), number, size[turn % 180 == 90])
        if turn:
            blocks = [moved(block, lambda box: turned_back(box, size, turn)) for block in blocks]
        for other in {glyph.turn for glyph in glyphs} - {turn}:
            blocks += _beside([glyph for glyph in glyphs if glyph.turn == other], number, size, len(blocks))
        if overlay:
            blocks.append(_watermark(overlay, number, len(blocks)))
        return tuple(blocks)

    def _upright(self, glyphs: list[Glyph], lines: list[Ruling], number: int, width: float) -> list[Block]:
        """Blocks of text that stands one way."""
        tables = pdf_tables.find(lines, glyphs, self.columns)
        self.columns = tables[-1][0].xs if tables else ()
        rows = pdf_text.rows(_outside(glyphs, tables))
        unruled = gutters.find(rows, lines, () if tables else self._unruled)
        self._unruled = unruled[-1].xs if unruled else ()
        if unruled:
            tables += [(grid, pdf_tables.held(grid, glyphs)) for grid in unruled]
            tables.sort(key=lambda table: table[0].box[1])
            rows = pdf_text.rows(_outside(glyphs, tables))
        margins = self._margins(width, rows)
        blocks: list[Block] = []
        count = 0
        parts: list[tuple[Grid, Held] | None] = [*tables, None]
        for order, part in enumerate(parts, 1):
            above = [row for row in rows if part is None or (row.top + row.bottom) / 2 < part[0].box[3]]
            rows = [row for row in rows if row not in above] if part is not None else []
            made = paragraphs(above, Place(number, "", count + 1), margins)
            count += len(made)
            blocks += made
            if part is not None:
                blocks.append(pdf_tables.table(*part, Place(number, f"table[{order}]")))
        return blocks

    def _margins(self, width: float, rows: list[Row]) -> tuple[float, float] | None:
        """Left and right text margins: the page's own, or wider ones seen on pages of the same width."""
        if not rows:
            return None
        width = round(width)
        left, right = layout.margins(rows)
        known = self._seen_margins.get(width)
        if known is None and len(rows) < 12:  # too few rows to tell where the margins are
            return None
        if known is not None:
            left, right = min(left, known[0]), max(right, known[1])
        self._seen_margins[width] = (left, right)
        return left, right


def _watermark(glyphs: list[Glyph], number: int, first: int) -> Paragraph:
    """What lies over the page, in the order it was drawn: running matter, not part of the text."""
    box = (
        round(min(glyph.x0 for glyph in glyphs), 2),
        round(min(glyph.top for glyph in glyphs), 2),
        round(max(glyph.x1 for glyph in glyphs), 2),
        round(max(glyph.bottom for glyph in glyphs), 2),
    )
    text = " ".join("".join(glyph.text for glyph in glyphs).split())
    where = Provenance(page=number, bbox=box, block=f"p[{first + 1}]")
    return Paragraph(
        spans=(Span(text=text, font=glyphs[0].font, size=glyphs[0].size, box=box),), where=where, role="header"
    )


def _outside(glyphs: list[Glyph], tables: list[tuple[Grid, Held]]) -> list[Glyph]:
    taken = {id(glyph) for _, held in tables for cell in held for glyph in cell}
    return [glyph for glyph in glyphs if id(glyph) not in taken]


def _beside(glyphs: list[Glyph], number: int, size: tuple[float, float], first: int) -> list[Block]:
    """Text that runs another way than the page's: notes and running lines at its sides."""
    made = paragraphs(pdf_text.rows(glyphs), Place(number, "", first + 1), two_columns=False)
    blocks: list[Block] = []
    for paragraph in made:
        block = moved(paragraph, lambda box: turned_back(box, size, glyphs[0].turn))
        assert isinstance(block, Paragraph)
        assert block.where.bbox is not None
        at_side = block.where.bbox[2] < 0.12 * size[0] or block.where.bbox[0] > 0.88 * size[0]
        running = at_side or paragraph.role != "body"
        blocks.append(msgspec.structs.replace(block, role="header" if running else "body", align=None))
    return blocks
