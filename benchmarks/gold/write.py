"""Gold reports as files: the writers of ``samples`` set letterheads, paragraphs and tables, in the order of ``blocks``.

``layout`` options: ``letterhead`` (table, one_cell, tabs, spaces, stacked, none), ``left``, ``right`` (the lines of its
two columns, word for word), ``sign`` (table, right, none), ``sign_lines`` (the signature block word for word),
``styles`` (Word heading styles), ``heads: plain`` (headings that look like any line), ``txt`` (tabs, pipes: how a table
is told in plain text), ``stamp``, ``size``, ``split_rows``, ``unruled`` (PDF: tables without lines).
"""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm
from openpyxl.styles import Alignment, Border, Font, Side
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
)

from benchmarks.gold.content import Break, Gold
from samples.content import Content, Line
from samples.grid import Grid
from samples.writers import docx, pdf
from samples.writers import letterhead as lh
from samples.writers.zipped import stable


def write(gold: Gold) -> bytes:
    return {"docx": _docx, "pdf": _pdf, "xlsx": _xlsx, "txt": _txt}[gold.content.writer](gold)


def _columns(gold: Gold) -> tuple[list[str], list[str]]:
    """The lines of the left and the right column of the letterhead."""
    content, style = gold.content, gold.style
    left = style.get("left") or [*lh.parent_lines(content), *lh.issuer_lines(content), *_number(content)]
    right = style.get("right") or [lh.STATE, lh.MOTTO, lh.printed_date(content)]
    return left, right


def _side_by_side(gold: Gold) -> list[tuple[str, str]]:
    """Left and right lines level with each other, the date level with the last line on the left."""
    left, right = _columns(gold)
    gap = max(0, len(left) - len(right))
    right = [*right[:-1], *[""] * gap, right[-1]]
    return list(zip([*left, *[""] * (len(right) - len(left))], right, strict=True))


def _stacked(gold: Gold) -> list[tuple[str, bool]]:
    """The letterhead as lines one under the other; the flag says bold."""
    content = gold.content
    if gold.style.get("left"):
        return [(text, False) for side in _columns(gold) for text in side]
    lines = [(text, False) for text in lh.parent_lines(content)] + [(text, True) for text in lh.issuer_lines(content)]
    lines += [(text, False) for text in _number(content)]
    return [*lines, (lh.STATE, True), (lh.MOTTO, True), (lh.printed_date(content), False)]


def _number(content: Content) -> list[str]:
    head = content.letterhead
    lines = [] if head.get("printed_number") == "" else [lh.printed_number(content)]
    return [*lines, *([head["printed_subject"]] if head.get("printed_subject") else [])]


def _signers(gold: Gold) -> list[str]:
    """The lines of the signature block from the title to the name."""
    head = gold.content.letterhead
    if gold.style.get("sign_lines"):
        return list(gold.style["sign_lines"])
    titles = [*head.get("printed_over", []), *([head["signer_title"]] if head["signer_title"] else [])]
    return [*titles, "", "", head["signer"] or ""]


# -- DOCX


class _Docx(docx.Writer):
    def __init__(self, gold: Gold) -> None:
        super().__init__(gold.content)
        self.gold = gold

    def build(self) -> None:
        style = self.gold.style
        how = style.get("letterhead", "table")
        if how == "table" and not style.get("left"):
            self.letterhead()
        elif how in ("table", "one_cell"):
            sides = self.document.add_table(rows=1, cols=2).rows[0].cells
            for cell, lines in zip(sides, _columns(self.gold), strict=True):
                self._column(cell, [(text, {"size": 12}) for text in lines])
        elif how in ("tabs", "spaces"):
            for a, b in _side_by_side(self.gold):
                gap = "\t" if how == "tabs" else " " * max(4, 48 - len(a))
                self.text(self.document.add_paragraph(), f"{a}{gap}{b}", bold=b in (lh.STATE, lh.MOTTO))
        elif how == "stacked":
            for text, bold in _stacked(self.gold):
                paragraph = self.document.add_paragraph()
                paragraph.alignment = ALIGN.CENTER
                self.text(paragraph, text, bold=bold)
        for block in self.gold.blocks:
            if isinstance(block, Grid):
                self.table(block, style.get("size", 10))
                self.document.add_paragraph()
            elif isinstance(block, Line):
                self._paragraph(block)
            elif block.kind == "signature":
                self._sign()
            elif block.kind == "page":
                self.document.add_page_break()
            else:
                self._section(block.kind == "wide")

    def _section(self, wide: bool) -> None:
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
        section.left_margin = section.right_margin = Mm(15 if wide else 25)

    def _sign(self) -> None:
        how = self.gold.style.get("sign", "table")
        if how == "table" and self.gold.style.get("sign_lines"):
            left, right = self.document.add_table(rows=1, cols=2).rows[0].cells
            receivers = ["Nơi nhận:", *(f"- {text}" for text in lh.receivers(self.content))]
            self._column(left, [(text, {"size": 11}) for text in receivers])
            self._column(right, [(text, {"bold": True}) for text in _signers(self.gold)])
        elif how == "table":
            self.signature()
        elif how == "right":
            for text in _signers(self.gold):
                paragraph = self.document.add_paragraph()
                paragraph.alignment = ALIGN.RIGHT
                self.text(paragraph, text, bold=True)

    def _paragraph(self, line: Line) -> None:
        plain = self.gold.style.get("heads") == "plain"
        heading = line.kind in ("heading", "subheading")
        if heading and self.gold.style.get("styles"):
            self.document.add_paragraph(line.text, style=f"Heading {1 if line.kind == 'heading' else 2}")
            return
        paragraph = self.document.add_paragraph()
        if line.kind in ("title", "subtitle", "centre"):
            paragraph.alignment = ALIGN.CENTER
            self.text(paragraph, line.text, bold=line.kind != "centre", size=14 if line.kind == "title" else 13)
            return
        paragraph.alignment = ALIGN.RIGHT if line.kind == "right" else ALIGN.JUSTIFY
        if line.auto:
            number = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{self._number(line)}"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(number))
        elif line.kind != "right":
            paragraph.paragraph_format.first_line_indent = Mm(self.gold.style.get("indent", 10))
        self.text(paragraph, line.text, bold=heading and not plain, italic=line.kind == "subheading" and not plain)


def _docx(gold: Gold) -> bytes:
    writer = _Docx(gold)
    writer.headers()
    writer.build()
    writer.footnotes()
    out = io.BytesIO()
    writer.document.save(out)
    return stable(out.getvalue())


# -- PDF


class _Pdf(pdf.Setter):
    def table(self, grid: Grid, width: float, size: float) -> Table:
        made = super().table(grid, width, size)
        made.splitInRow = 1 if self.content.option("split_rows") else 0
        if self.content.option("unruled"):
            made._linecmds = []
        return made

    def flow(self, gold: Gold) -> list[Flowable]:
        middle = {"alignment": TA_CENTER, "spaceAfter": 0}
        how = gold.style.get("letterhead", "table")
        flow: list[Flowable] = []
        if how == "stacked":
            flow = [self.p(text, bold=bold, **middle) for text, bold in _stacked(gold)]
        elif how == "one_cell" or gold.style.get("left"):
            flow = [self._beside(*_columns(gold), 0.44), Spacer(1, 8)]
        elif how == "table":
            flow = self.letterhead()
        width = self.width
        for block in gold.blocks:
            if isinstance(block, Grid):
                flow += [self.table(block, width, gold.style.get("size", 9.5)), Spacer(1, 6)]
            elif isinstance(block, Break):
                if block.kind == "signature":
                    flow += self._sign(gold)
                    continue
                if block.kind != "page":
                    wide = block.kind == "wide"
                    width = (A4[1] - 30 * mm) if wide else A4[0] - 48 * mm
                    flow.append(NextPageTemplate(block.kind))
                flow.append(PageBreak())
            else:
                flow.append(self._line(block, gold.style.get("heads") == "plain"))
        return flow

    def _line(self, line: Line, plain: bool) -> Flowable:
        text = f"{line.label} {line.visible}".strip()
        if line.kind in ("title", "subtitle", "centre"):
            size = 14 if line.kind == "title" else 13
            return self.p(text, size=size, bold=line.kind != "centre", alignment=TA_CENTER)
        if line.kind == "right":
            return self.p(text, italic=True, alignment=TA_RIGHT)
        bold = line.kind in ("heading", "subheading") and not plain
        return self.p(text, bold=bold, italic=line.kind == "subheading" and not plain, firstLineIndent=10 * mm)

    def _beside(self, left: list[str], right: list[str], share: float) -> Table:
        """Two columns of centred lines, the left one this share of the width."""
        middle = {"alignment": TA_CENTER, "spaceAfter": 0, "size": 12}
        cells = [[self.p(text, **middle) if text else Spacer(1, 14) for text in lines] for lines in (left, right)]
        table = Table([cells], colWidths=[self.width * share, self.width * (1 - share)])
        table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
        return table

    def _sign(self, gold: Gold) -> list[Flowable]:
        if gold.style.get("sign") == "none":
            return []
        if gold.style.get("sign_lines"):
            receivers = ["Nơi nhận:", *(f"- {text}" for text in lh.receivers(self.content))]
            return [Spacer(1, 10), self._beside(receivers, _signers(gold), 0.5)]
        return self.signature() if self.content.letterhead["signer"] else []


def _pdf(gold: Gold) -> bytes:
    setter = _Pdf(gold.content)
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, invariant=1, author="", title="")
    margins = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}

    def furniture(canvas: Any, _: Any) -> None:
        for at, text in enumerate(gold.style.get("stamp", []) if canvas.getPageNumber() == 1 else []):
            canvas.setFont(setter.family, 7)
            canvas.drawString(140 * mm, A4[1] - 8 * mm - 8 * at, text)
        if canvas.getPageNumber() > 1:
            canvas.setFont(setter.family, 12)
            canvas.drawCentredString(
                canvas._pagesize[0] / 2, canvas._pagesize[1] - 12 * mm, str(canvas.getPageNumber())
            )

    tall = Frame(30 * mm, 20 * mm, A4[0] - 48 * mm, A4[1] - 40 * mm, **margins)
    wide = Frame(15 * mm, 15 * mm, A4[1] - 30 * mm, A4[0] - 35 * mm, **margins)
    document.addPageTemplates(
        [
            PageTemplate("tall", [tall], onPage=furniture, pagesize=A4),
            PageTemplate("wide", [wide], onPage=furniture, pagesize=landscape(A4)),
        ]
    )
    document.build(setter.flow(gold))
    return out.getvalue()


# -- XLSX


def _xlsx(gold: Gold) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = gold.style.get("sheet", "Sheet1")
    grids = [block for block in gold.blocks if isinstance(block, Grid)]
    columns = max((grid.columns for grid in grids), default=8)
    half = columns // 2
    wrap = Alignment(vertical="top", wrap_text=True)
    thin = Side(style="thin")
    row = 1

    def band(text: str, first: int = 1, last: int = columns, at: int | None = None) -> None:
        where = at or row
        if last > first:
            sheet.merge_cells(start_row=where, end_row=where, start_column=first, end_column=last)
        sheet.cell(where, first, text).alignment = Alignment(horizontal="center", wrap_text=True)

    if gold.style.get("letterhead", "table") != "none":
        left, right = _columns(gold)
        for at, text in enumerate(left, start=1):
            band(text, 1, half, at)
        for at, text in enumerate(right, start=1):
            band(text, half + 1, columns, at)
        row = max(len(left), len(right)) + 2
    for block in gold.blocks:
        if isinstance(block, Break):
            if block.kind == "sheet":
                sheet, row = book.create_sheet(block.name), 1
            elif block.kind == "signature":
                for text in _signers(gold):
                    if text:
                        band(text, half + 1, columns)
                    row += 1
        elif isinstance(block, Grid):
            for cell in block.cells:
                top, first = row + cell.row, 1 + cell.column
                if cell.rows > 1 or cell.columns > 1:
                    sheet.merge_cells(
                        start_row=top,
                        end_row=top + cell.rows - 1,
                        start_column=first,
                        end_column=first + cell.columns - 1,
                    )
                place = sheet.cell(top, first, _number_or_text(cell.text))
                if isinstance(place.value, int) and "." in cell.text:
                    place.number_format = "#,##0"  # shown as it was written
                place.alignment, place.font = wrap, Font(name="Times New Roman", bold=cell.head)
            for r in range(row, row + block.rows):
                for c in range(1, block.columns + 1):
                    sheet.cell(r, c).border = Border(left=thin, right=thin, top=thin, bottom=thin)
            row += block.rows + 1
        else:
            band(f"{block.label} {block.visible}".strip())
            row += 1
    out = io.BytesIO()
    book.save(out)
    return stable(out.getvalue())


def _number_or_text(text: str) -> object:
    """A bare figure is typed as a number, as people type it."""
    bare = text.replace(".", "")
    if bare.isdigit() and (not bare.startswith("0") or bare == "0"):
        return int(bare)
    return text or None


# -- TXT


def _txt(gold: Gold) -> bytes:
    style = gold.style
    out = []
    how = style.get("letterhead", "stacked")
    if how in ("tabs", "spaces"):
        out += [f"{a}\t{b}" if how == "tabs" else f"{a:<44}{b}".rstrip() for a, b in _side_by_side(gold)]
    elif style.get("letterhead", "stacked") != "none":
        out += [text for text, _ in _stacked(gold)]
    out.append("")
    for block in gold.blocks:
        if isinstance(block, Grid):
            out += ["", *_told(block, style.get("txt", "tabs")), ""]
        elif isinstance(block, Break):
            if block.kind == "signature":
                if style.get("sign") != "right":
                    out += ["", "Nơi nhận:", *(f"- {text}" for text in lh.receivers(gold.content)), ""]
                out += _signers(gold)
        else:
            out += ["", block.text] if block.kind == "heading" else [f"{block.label} {block.visible}".strip()]
    return ("\n".join(out) + "\n").encode(style.get("codec", "utf-8"))


def _told(grid: Grid, how: str) -> list[str]:
    rows = [[""] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = str(cell.text).replace("\n", " ")
    if how == "pipes":
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return [*lines[: grid.head], "|" + "---|" * grid.columns, *lines[grid.head :]]
    return ["\t".join(row) for row in rows]
