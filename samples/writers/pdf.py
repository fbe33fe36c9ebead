"""Digital PDF with embedded fonts that hold Vietnamese letters (Liberation Serif has the widths of Times New Roman)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import pdfencrypt
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from samples import damage
from samples.content import Content
from samples.grid import Grid, appendix_grid, inline_grid
from samples.writers import letterhead as lh

FONTS = Path("/usr/share/fonts/truetype/liberation2")
FACES = {"": "Regular", "-Bold": "Bold", "-Italic": "Italic", "-BoldItalic": "BoldItalic"}


def register(family: str) -> str:
    """Register a Liberation family with reportlab and return its name."""
    for tail, face in FACES.items():
        pdfmetrics.registerFont(TTFont(f"{family}{tail}", str(FONTS / f"Liberation{family}-{face}.ttf")))
    pdfmetrics.registerFontFamily(
        family, normal=family, bold=f"{family}-Bold", italic=f"{family}-Italic", boldItalic=f"{family}-BoldItalic"
    )
    return family


class Setter:
    """Turns content into flowables with the look of one unit."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.family = register(content.option("font", "Serif"))
        self.size = content.option("size", 13)
        self.damage = content.raw.get("damage", "")
        self.width = A4[0] - 48 * mm

    def style(self, **over: Any) -> ParagraphStyle:
        size = over.pop("size", self.size)
        lead = over.pop("lead", 1.28)
        face = {
            (0, 0): "",
            (1, 0): "-Bold",
            (0, 1): "-Italic",
            (1, 1): "-BoldItalic",
        }[int(over.pop("bold", False)), int(over.pop("italic", False))]
        base = {"fontName": self.family + face, "fontSize": size, "leading": size * lead, "spaceAfter": 4}
        return ParagraphStyle("s", **{**base, **over})

    def p(self, text: str, how: str = "", **over: Any) -> Paragraph:
        kind = how or self.damage
        text = damage.SIMPLE[kind](text) if kind else text
        return Paragraph(escape(text).replace("\n", "<br/>"), self.style(**over))

    def letterhead(self) -> list[Flowable]:
        content = self.content
        middle = {"alignment": TA_CENTER, "spaceAfter": 0}
        left: list[Flowable] = [self.p(text, size=12, **middle) for text in lh.parent_lines(content)]
        left += [self.p(text, size=12, bold=True, **middle) for text in lh.issuer_lines(content)]
        right = [self.p(lh.STATE, size=12, bold=True, **middle), self.p(lh.MOTTO, size=13, bold=True, **middle)]
        number: list[Flowable] = [self.p(lh.printed_number(content), **middle)]
        if content.letterhead.get("printed_subject"):
            number.append(self.p(content.letterhead["printed_subject"], size=12, **middle))
        date = [self.p(lh.printed_date(content), italic=True, **middle)]
        table = Table([[left, right], [number, date]], colWidths=[self.width * 0.42, self.width * 0.58])
        drawn = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 1),
            ("RIGHTPADDING", (0, 0), (-1, -1), 1),
        ]
        table.setStyle(drawn)
        return [table, Spacer(1, 8)]

    def body(self) -> list[Flowable]:
        flow: list[Flowable] = []
        indent = self.content.option("indent", 10) * mm
        for line in self.content.lines:
            text = f"{line.label} {line.visible}".strip()
            if line.kind == "page":
                flow.append(PageBreak())
            elif line.kind == "table":
                flow += [self.table(inline_grid(self.content.raw["tables"][line.text]), self.width, 11), Spacer(1, 6)]
            elif line.kind == "title":
                flow.append(self.p(text, line.damage, size=14, bold=True, alignment=TA_CENTER))
            elif line.kind == "subtitle":
                flow.append(self.p(text, line.damage, bold=True, alignment=TA_CENTER, spaceAfter=8))
            else:
                flow.append(
                    self.p(
                        text,
                        line.damage,
                        bold=line.kind in ("heading", "subheading"),
                        italic=line.kind == "subheading",
                        alignment=TA_JUSTIFY,
                        firstLineIndent=indent,
                    )
                )
        return flow

    def signature(self) -> list[Flowable]:
        content = self.content
        left: list[Flowable] = [
            self.p(content.option("receivers_head", "Nơi nhận:"), size=12, bold=True, italic=True, spaceAfter=0)
        ]
        left += [self.p(f"- {text}", size=11, spaceAfter=0) for text in lh.receivers(content)]
        middle = {"alignment": TA_CENTER, "spaceAfter": 0}
        right: list[Flowable] = [self.p(text, bold=True, **middle) for text in lh.title_lines(content)]
        right.append(Spacer(1, 22 * mm))
        right.append(self.p(content.letterhead["signer"], bold=True, **middle))
        table = Table([[left, right]], colWidths=[self.width * 0.5, self.width * 0.5])
        table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
        return [Spacer(1, 10), table]

    def appendix(self) -> list[Flowable]:
        if not self.content.appendix:
            return []
        style = self.content.option("appendix", {})
        wide = style.get("landscape", True)
        width = (A4[1] if wide else A4[0]) - 30 * mm
        flow: list[Flowable] = [NextPageTemplate("wide" if wide else "tall"), PageBreak()]
        flow.append(self.p(style.get("title", "PHỤ LỤC"), bold=True, alignment=TA_CENTER))
        flow += [self.p(line, italic=True, size=12, alignment=TA_CENTER) for line in style.get("caption", [])]
        flow += [Spacer(1, 4), self.table(appendix_grid(self.content), width, style.get("size", 9.5))]
        return flow

    def table(self, grid: Grid, width: float, size: float) -> Table:
        rows: list[list[Any]] = [[""] * grid.columns for _ in range(grid.rows)]
        style: list[tuple[Any, ...]] = [
            ("GRID", (0, 0), (-1, -1), 0.5, "black"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
        for cell in grid.cells:
            align = {"alignment": TA_CENTER} if cell.centre else {}
            over = {"size": size, "bold": cell.head, "spaceAfter": 0, "lead": 1.18, **align}
            rows[cell.row][cell.column] = [self.p(line, **over) for line in str(cell.text).split("\n")]
            if cell.rows > 1 or cell.columns > 1:
                end = (cell.column + cell.columns - 1, cell.row + cell.rows - 1)
                style.append(("SPAN", (cell.column, cell.row), end))
        total = sum(grid.widths)
        table = Table(rows, colWidths=[width * w / total for w in grid.widths], repeatRows=grid.head)
        table.setStyle(style)
        return table


def write(content: Content) -> bytes:
    setter = Setter(content)
    out = io.BytesIO()
    lock = None
    if content.option("password"):
        lock = pdfencrypt.StandardEncryption(content.option("password"), strength=128)
    document = BaseDocTemplate(
        out, pagesize=A4, invariant=1, encrypt=lock, title=content.option("title", ""), author="", pageCompression=1
    )
    margins = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}

    def number(canvas: Any, _: Any) -> None:
        for text in content.option("stamp", []) if canvas.getPageNumber() == 1 else []:
            canvas.setFont(setter.family, 7)
            canvas.drawString(140 * mm, A4[1] - 8 * mm - 8 * content.option("stamp").index(text), text)
        if canvas.getPageNumber() > 1 and content.option("page_numbers", True):
            canvas.setFont(setter.family, 12)
            canvas.drawCentredString(
                canvas._pagesize[0] / 2, canvas._pagesize[1] - 12 * mm, str(canvas.getPageNumber())
            )

    tall = Frame(30 * mm, 20 * mm, A4[0] - 48 * mm, A4[1] - 40 * mm, **margins)
    wide = Frame(15 * mm, 15 * mm, A4[1] - 30 * mm, A4[0] - 35 * mm, **margins)
    document.addPageTemplates(
        [
            PageTemplate("tall", [tall], onPage=number, pagesize=A4),
            PageTemplate("wide", [wide], onPage=number, pagesize=landscape(A4)),
        ]
    )
    document.build([*setter.letterhead(), *setter.body(), *setter.signature(), *setter.appendix()])
    return out.getvalue()
