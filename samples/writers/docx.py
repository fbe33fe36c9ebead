"""DOCX as Word users make it: two-column letterhead without borders, list numbers, footnotes, tracked changes."""

from __future__ import annotations

import datetime as dt
import io
from itertools import count
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from samples import damage
from samples.content import Content, Line, pieces
from samples.grid import Grid, appendix_grid, inline_grid
from samples.writers import letterhead as lh
from samples.writers.zipped import stable

BULLETS = {"#": ("upperRoman", "%1."), "1": ("decimal", "%1."), "a": ("lowerLetter", "%1)"), "-": ("bullet", "-")}
AUTHOR = "Tổ CNTT"


class Writer:
    """State of one document being written."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.font = content.option("font", "Times New Roman")
        self.size = content.option("size", 13)
        self.damage = content.raw.get("damage", "")
        self.document: Document = docx.Document()
        self.notes: list[str] = []
        self.ids = count(900)
        self._page()
        self._lists()

    # -- set-up

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(18)
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = self.font, Pt(self.size)
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), self.font)
        normal.paragraph_format.space_after = Pt(self.content.option("after", 4))
        normal.paragraph_format.line_spacing = self.content.option("spacing", 1.15)
        core = self.document.core_properties
        core.author, core.title, core.comments = AUTHOR, "", ""
        core.created = core.modified = dt.datetime(2024, 5, 2, 1, 0, 0)

    def _lists(self) -> None:
        numbering = self.document.part.numbering_part.element
        first = numbering.find(qn("w:num"))
        for index, (form, text) in enumerate(BULLETS.values(), start=100):
            abstract = parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{index}"><w:multiLevelType w:val="singleLevel"/>'
                f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
                '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="340"/></w:pPr></w:lvl></w:abstractNum>'
            )
            first.addprevious(abstract)
        self.numbering = numbering
        self.numbers: dict[str, int] = {}

    def _number(self, line: Line) -> int:
        """The list instance of this line; a list that starts again gets a new one."""
        if line.auto not in self.numbers or line.label in ("I.", "1.", "a)"):
            index = 100 + list(BULLETS).index(line.auto)
            number = next(self.ids)
            self.numbering.append(
                parse_xml(
                    f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{index}"/>'
                    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
                )
            )
            self.numbers[line.auto] = number
        return self.numbers[line.auto]

    # -- text

    def _run(self, paragraph: Any, text: str, kind: str, look: dict[str, Any], how: str) -> None:
        """Add ``text`` as one run or, where a legacy font needs it, several."""
        if how == "tcvn3":
            parts = [(part, ".VnTimeH" if capital else ".VnTime") for part, capital in damage.tcvn3(text)]
        elif how == "vni":
            parts = [(damage.vni(text), "VNI-Times")]
        else:
            parts = [(damage.SIMPLE[how](text) if how else text, "")]
        for part, font in parts:
            run = paragraph.add_run()
            for index, stretch in enumerate(part.split("\xad")):
                if index:
                    run._r.append(OxmlElement("w:softHyphen"))
                if stretch:
                    run.add_text(stretch)
            run.bold, run.italic = look.get("bold") or None, look.get("italic") or None
            if look.get("size"):
                run.font.size = Pt(look["size"])
            if font:
                run.font.name = font
                run._r.rPr.rFonts.set(qn("w:cs"), font)
            if kind in ("ins", "del"):
                self._track(run, kind)

    def _track(self, run: Any, kind: str) -> None:
        change = OxmlElement(f"w:{kind}")
        change.set(qn("w:id"), str(next(self.ids)))
        change.set(qn("w:author"), AUTHOR)
        change.set(qn("w:date"), "2024-05-02T01:00:00Z")
        run._r.addprevious(change)
        change.append(run._r)
        if kind == "del":
            for text in run._r.findall(qn("w:t")):
                text.tag = qn("w:delText")
                text.set(qn("xml:space"), "preserve")

    def _note(self, paragraph: Any, text: str) -> None:
        self.notes.append(text)
        run = paragraph.add_run()
        run.font.superscript = True
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self.notes) + 1))
        run._r.append(reference)

    def text(self, paragraph: Any, text: str, how: str | None = None, **look: Any) -> Any:
        """Fill ``paragraph``: footnotes, tracked changes and damage included."""
        for kind, piece in pieces(text):
            if kind == "note":
                self._note(paragraph, piece)
            else:
                self._run(paragraph, piece, kind, look, self.damage if how is None else how)
        return paragraph

    # -- parts

    def letterhead(self) -> None:
        content = self.content
        table = self.document.add_table(rows=2, cols=2)
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.columns[0].width, table.columns[1].width = Mm(66), Mm(102)
        for row in table.rows:
            row.cells[0].width, row.cells[1].width = Mm(66), Mm(102)
        left, right = table.rows[0].cells
        lines = [(line, False) for line in lh.parent_lines(content)] + [
            (line, True) for line in lh.issuer_lines(content)
        ]
        self._column(left, [(text, {"bold": bold, "size": 12}) for text, bold in lines])
        motto = [(lh.STATE, {"bold": True, "size": 12}), (lh.MOTTO, {"bold": True, "size": 13})]
        self._column(right, motto)
        if content.option("rule", True):
            self._column(left, [("─" * 8, {"size": 8})], fresh=False, how="")
            self._column(right, [("─" * 20, {"size": 8})], fresh=False, how="")
        left, right = table.rows[1].cells
        under = [(lh.printed_number(content), {"size": 13})]
        if content.letterhead.get("printed_subject"):
            under.append((content.letterhead["printed_subject"], {"size": 12}))
        self._column(left, under)
        self._column(right, [(lh.printed_date(content), {"italic": True, "size": 13})])

    def _column(
        self, cell: Any, lines: list[tuple[str, dict[str, Any]]], fresh: bool = True, how: str | None = None
    ) -> None:
        for index, (text, look) in enumerate(lines):
            paragraph = cell.paragraphs[0] if fresh and index == 0 else cell.add_paragraph()
            paragraph.alignment = ALIGN.CENTER
            paragraph.paragraph_format.space_after = Pt(0)
            self.text(paragraph, text, how, **look)

    def body(self) -> None:
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)
        for line in self.content.lines:
            how = line.damage or None
            if line.kind == "page":
                self.document.add_page_break()
                continue
            if line.kind == "table":
                self.table(inline_grid(self.content.raw["tables"][line.text]), 11)
                self.document.add_paragraph()
                continue
            paragraph = self.document.add_paragraph()
            form = paragraph.paragraph_format
            if line.kind in ("title", "subtitle"):
                paragraph.alignment = ALIGN.CENTER
                self.text(paragraph, line.text, how, bold=True, size=14 if line.kind == "title" else 13)
                continue
            paragraph.alignment = ALIGN.JUSTIFY
            form.first_line_indent = Mm(self.content.option("indent", 10))
            if line.auto:
                properties = paragraph._p.get_or_add_pPr()
                number = parse_xml(
                    f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{self._number(line)}"/></w:numPr>'
                )
                properties.append(number)
                form.first_line_indent = None
            self.text(
                paragraph, line.text, how, bold=line.kind in ("heading", "subheading"), italic=line.kind == "subheading"
            )

    def signature(self) -> None:
        content = self.content
        self.document.add_paragraph()
        table = self.document.add_table(rows=1, cols=2)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        left, right = table.rows[0].cells
        first = self.text(
            left.paragraphs[0], content.option("receivers_head", "Nơi nhận:"), bold=True, italic=True, size=12
        )
        first.paragraph_format.space_after = Pt(0)
        for receiver in lh.receivers(content):
            paragraph = self.text(left.add_paragraph(), f"- {receiver}", size=11)
            paragraph.paragraph_format.space_after = Pt(0)
        gap = [("", {}) for _ in range(content.option("gap", 4))]
        sign = [(text, {"bold": True, "size": 13}) for text in lh.title_lines(content)]
        self._column(right, [*sign, *gap, (content.letterhead["signer"], {"bold": True, "size": 14})])

    def appendix(self) -> None:
        if not self.content.appendix:
            return
        style = self.content.option("appendix", {})
        if style.get("landscape", True):
            section = self.document.add_section(WD_SECTION.NEW_PAGE)
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Mm(297), Mm(210)
            section.left_margin = section.right_margin = Mm(15)
        else:
            self.document.add_page_break()
        how = self.content.raw.get("damage_appendix")
        title = self.document.add_paragraph()
        title.alignment = ALIGN.CENTER
        self.text(title, style.get("title", "PHỤ LỤC"), how, bold=True, size=14)
        for line in style.get("caption", []):
            paragraph = self.document.add_paragraph()
            paragraph.alignment = ALIGN.CENTER
            self.text(paragraph, line, how, italic=True)
        self.table(appendix_grid(self.content), style.get("size", 10), how)

    def table(self, grid: Grid, size: float, how: str | None = None) -> None:
        table = self.document.add_table(rows=grid.rows, cols=grid.columns)
        table.style = "Table Grid"
        table.autofit = False
        section = self.document.sections[-1]
        room = section.page_width - section.left_margin - section.right_margin
        unit = room / sum(grid.widths)
        for index, width in enumerate(grid.widths):
            table.columns[index].width = int(unit * width)
            for cell in table.columns[index].cells:
                cell.width = int(unit * width)
        for cell in grid.cells:
            place = table.cell(cell.row, cell.column)
            if cell.rows > 1 or cell.columns > 1:
                place = place.merge(table.cell(cell.row + cell.rows - 1, cell.column + cell.columns - 1))
            for index, line in enumerate(cell.text.split("\n")):
                paragraph = place.paragraphs[0] if index == 0 else place.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(0)
                paragraph.paragraph_format.line_spacing = 1
                if cell.centre:
                    paragraph.alignment = ALIGN.CENTER
                self.text(paragraph, line, how, bold=cell.head, size=size)
        for row in range(grid.head):
            properties = table.rows[row]._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:tblHeader"))

    def footnotes(self) -> None:
        if not self.notes:
            return
        body = "".join(
            f'<w:footnote w:id="{index}"><w:p><w:pPr><w:spacing w:after="0"/></w:pPr><w:r><w:rPr><w:vertAlign '
            f'w:val="superscript"/></w:rPr><w:footnoteRef/></w:r><w:r><w:rPr><w:sz w:val="20"/></w:rPr>'
            f'<w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote>'
            for index, text in enumerate(self.notes, start=2)
        )
        xml = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f"<w:footnotes {nsdecls('w')}>"
            '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="1"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
            f"</w:footnote>{body}</w:footnotes>"
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), self.document.part.package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    def headers(self) -> None:
        """Page number in the middle of the top margin, not on the first page."""
        section = self.document.sections[0]
        section.different_first_page_header_footer = True
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = ALIGN.CENTER
        for kind in ("begin", None, "end"):
            run = paragraph.add_run()
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = "PAGE"
            run._r.append(mark)


def write(content: Content) -> bytes:
    writer = Writer(content)
    writer.headers()
    writer.letterhead()
    writer.body()
    writer.signature()
    writer.appendix()
    writer.footnotes()
    out = io.BytesIO()
    writer.document.save(out)
    return stable(out.getvalue())
