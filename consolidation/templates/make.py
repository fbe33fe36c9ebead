"""Makes the two Word templates anew: ``python consolidation/templates/make.py``.

The templates are meant to be edited in Word; this file only says how they began, and would undo such edits. Form:
Nghị định 30/2020/NĐ-CP, Phụ lục I. ``{{name}}`` is replaced by text, a paragraph that is nothing but
``{{name}}`` may be replaced by paragraphs and tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

FONT = "Times New Roman"
FOLDER = Path(__file__).parent
CENTER, JUSTIFY, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT


def main() -> None:
    report().save(str(FOLDER / "bao-cao-tong-hop.docx"))
    reminder().save(str(FOLDER / "nhac-nop.docx"))


def report() -> Any:
    document = _blank()
    _heads(document, "Số:         /{{ky_hieu_bao_cao}}", subject=None)
    _paragraph(document, "BÁO CÁO", "Tên loại")
    _paragraph(document, "{{trich_yeu}}", "Trích yếu")
    _rule(document.add_paragraph(), 60)
    _paragraph(document, "Kính gửi: {{kinh_gui}}.", "Kính gửi")
    _paragraph(document, "{{noi_dung}}", "Nội dung")
    _signature(document)
    _appendix(document, "Phụ lục I", "{{ten_phu_luc_1}}", "{{phu_luc_1}}")
    _appendix(document, "Phụ lục II", "{{ten_phu_luc_2}}", "{{phu_luc_2}}")
    return document


def reminder() -> Any:
    document = _blank()
    _heads(document, "Số:         /{{ky_hieu_cong_van}}", subject="V/v {{trich_yeu}}")
    _paragraph(document, "{{kinh_gui}}", "Kính gửi")
    _paragraph(document, "{{noi_dung}}", "Nội dung")
    _signature(document)
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _number_from_one(section)
    _paragraph(document, "DANH SÁCH", "Tên loại")
    _paragraph(document, "{{ten_danh_sach}}", "Trích yếu")
    _paragraph(
        document,
        "(Kèm theo Công văn số         /{{ky_hieu_cong_van}} ngày       tháng       năm {{nam}} của {{ten_co_quan}})",
        "Kèm theo",
    )
    _paragraph(document, "{{danh_sach}}", "Nội dung")
    return document


def _blank() -> Any:
    document = docx.Document()
    document.element.body.remove(document.paragraphs[0]._p) if document.paragraphs else None
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = Mm(10)
    _page_numbers(section)
    _styles(document)
    return document


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_after = Pt(0)
    new = [
        ("Tên loại", 14, {"bold": True}, CENTER, 12, 0),
        ("Trích yếu", 14, {"bold": True}, CENTER, 0, 0),
        ("Kèm theo", 13, {"italic": True}, CENTER, 0, 8),
        ("Kính gửi", 14, {}, CENTER, 12, 6),
        ("Nội dung", 14, {}, JUSTIFY, 6, 0),
        ("Ý", 14, {}, JUSTIFY, 6, 0),
        ("Bảng chữ", 10, {}, LEFT, 1, 1),
        ("Bảng đầu", 10, {"bold": True}, CENTER, 2, 2),
        ("Bảng số", 11, {}, WD_ALIGN_PARAGRAPH.RIGHT, 1, 1),
        ("Tên bảng", 13, {"italic": True}, CENTER, 8, 4),
        ("Hình", 12, {"italic": True}, CENTER, 6, 6),
        ("Ghi chú dự thảo", 12, {"italic": True}, JUSTIFY, 6, 6),
        ("Nơi nhận", 11, {}, LEFT, 0, 0),
    ]
    for name, size, look, align, before, after in new:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.size = Pt(size)
        style.font.bold, style.font.italic = look.get("bold"), look.get("italic")
        style.paragraph_format.alignment = align
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.widow_control = True
        style.quick_style = True
    for name in ("Nội dung", "Ý"):
        style = document.styles[name]
        style.paragraph_format.first_line_indent = Cm(1.27)
        style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.MULTIPLE
        style.paragraph_format.line_spacing = 1.1
    document.styles["Ghi chú dự thảo"].font.color.rgb = RGBColor(0xC0, 0, 0)
    for name, size in (("Heading 1", 14), ("Heading 2", 14), ("Heading 3", 11)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(key), FONT)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(8), Pt(0)
        style.paragraph_format.first_line_indent = Cm(1.27) if name != "Heading 3" else None
        style.paragraph_format.keep_with_next = True


def _heads(document: Any, number: str, subject: str | None) -> None:
    """Issuer on the left, the State's name and motto on the right; then number, and place with date."""
    table = document.add_table(rows=2, cols=2)
    _widths(table, 62, 102)
    left, right = table.rows[0].cells
    _cell(left, "{{co_quan_chu_quan}}", 12)
    _cell(left, "{{co_quan}}", 12, bold=True)
    _rule(left.add_paragraph(), 20)
    _cell(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
    _cell(right, "Độc lập - Tự do - Hạnh phúc", 13, bold=True)
    _rule(right.add_paragraph(), 20)
    left, right = table.rows[1].cells
    _cell(left, number, 13)
    if subject:
        _cell(left, subject, 12)
    _cell(right, "{{dia_danh}}, ngày     tháng     năm {{nam}}", 13, italic=True)


def _widths(table: Any, *millimetres: float) -> None:
    """Of the columns and of every cell: Word reads the one, LibreOffice the other."""
    table.autofit = False
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _cell(cell: Any, text: str, size: float, **look: bool) -> None:
    first = cell.paragraphs[0]
    paragraph = first if not first.text and len(cell.paragraphs) == 1 else cell.add_paragraph()
    paragraph.alignment = CENTER
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.bold, run.italic = look.get("bold"), look.get("italic")


def _rule(paragraph: Any, indent_mm: float) -> None:
    """A short line in the middle: an empty paragraph with a border above, narrowed by its indents."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent_mm)
    paragraph.paragraph_format.line_spacing = Pt(6)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{key}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def _signature(document: Any) -> None:
    document.add_paragraph()
    table = document.add_table(rows=1, cols=2)
    _widths(table, 82, 78)
    left, right = table.rows[0].cells
    heading = left.paragraphs[0]
    run = heading.add_run("Nơi nhận:")
    run.bold = run.italic = True
    run.font.size = Pt(12)
    left.add_paragraph("{{noi_nhan}}", style="Nơi nhận")
    _cell(right, "{{chuc_vu}}", 14, bold=True)
    for _ in range(4):
        right.add_paragraph()
    closing = right.add_paragraph()
    closing.alignment = CENTER
    closing.add_run("{{nguoi_ky}}").bold = True


def _appendix(document: Any, name: str, title: str, content: str) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    _number_from_one(section)
    _paragraph(document, name, "Tên loại")
    _paragraph(document, title, "Trích yếu")
    _paragraph(
        document,
        "(Kèm theo Báo cáo số         /{{ky_hieu_bao_cao}} ngày       tháng       năm {{nam}} của {{ten_co_quan}})",
        "Kèm theo",
    )
    _paragraph(document, content, "Nội dung")


def _paragraph(document: Any, text: str, style: str) -> None:
    document.add_paragraph(text, style=style)


def _page_numbers(section: Any) -> None:
    """Centred in the top margin, hidden on the first page."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _number_from_one(section: Any) -> None:
    section.different_first_page_header_footer = True
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    section._sectPr.append(numbers)


if __name__ == "__main__":
    main()
