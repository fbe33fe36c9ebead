"""Word documents: each test writes a small real package and reads it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import docx as python_docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH

from extractors.containers import docx
from extractors.containers.docx_numbering import formatted
from extractors.document import Document, Paragraph, Source, Table, paragraphs
from extractors.errors import Rejected

SOURCE = Source(name="bao-cao.docx", sha256="0" * 64, media_type="application/docx", size=1)
CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora" / "documents"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def package(path: Path, body: str, *, main_type: str = MAIN, missing: Iterable[str] = (), **parts: str) -> Path:
    """Write a Word package: ``body`` is the inside of ``w:body``; ``parts`` are XML parts by name (``header1``)."""
    links = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{re.sub(r"[0-9]+$", "", name)}" Target="{name}.xml"/>'
        for name in [*parts, *missing]
    )
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="d" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships">{links}</Relationships>',
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}.xml": content for name, content in parts.items()},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def part(tag: str, inside: str) -> str:
    return f"<w:{tag} {NAMESPACES}>{inside}</w:{tag}>"


def p(text: str = "", properties: str = "") -> str:
    inside = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text and not text.startswith("<") else text
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def listed(text: str, num_id: int, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num_id}"/></w:numPr>')


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"


def level(index: int, form: str, pattern: str, extra: str = "") -> str:
    form = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>'
    return f'<w:lvl w:ilvl="{index}">{form}{extra}<w:lvlText w:val="{pattern}"/></w:lvl>'


def read(path: Path) -> Document:
    return docx.read(path, SOURCE)


def texts(document: Document) -> list[str]:
    return [paragraph.line for paragraph in paragraphs(document.blocks())]


def only_table(document: Document) -> Table:
    (table,) = (block for block in document.blocks() if isinstance(block, Table))
    return table


def test_body_order_and_provenance_of_a_document_made_by_python_docx(tmp_path: Path) -> None:
    word = python_docx.Document()
    word.add_heading("I. Kết quả thực hiện", level=1)
    word.add_paragraph("Trước bảng")
    table = word.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "STT"
    inner = table.cell(1, 1).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "Bảng lồng"
    word.add_paragraph("Sau bảng").alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    word.save(str(tmp_path / "a.docx"))

    blocks = list(read(tmp_path / "a.docx").blocks())

    heading, before, outer, after = blocks
    assert isinstance(heading, Paragraph) and (heading.level, heading.style) == (0, "heading 1")
    assert isinstance(before, Paragraph) and before.where.block == "body/p[2]"
    assert isinstance(outer, Table) and (outer.rows, outer.columns) == (2, 2)
    assert isinstance(after, Paragraph) and (after.text, after.align) == ("Sau bảng", "justify")
    nested = next(b for b in outer.cells[3].blocks if isinstance(b, Table))
    (deepest,) = nested.cells[0].blocks
    assert deepest.where.block == "body/table[1]/row[2]/cell[2]/table[1]/row[1]/cell[1]/p[1]"


def test_merged_cells_appear_once_with_their_spans(tmp_path: Path) -> None:
    merged = "<w:tbl>" + "".join(
        [
            row(cell(p("STT"), '<w:vMerge w:val="restart"/>'), cell(p("Kinh phí"), '<w:gridSpan w:val="2"/>')),
            row(cell(p(), "<w:vMerge/>"), cell(p("Ngân sách")), cell(p("XHH"))),
            row(cell(p("lệch")), cell(p("cuối")), properties='<w:gridBefore w:val="1"/>'),
        ]
    ) + "</w:tbl>"  # fmt: skip
    table = only_table(read(package(tmp_path / "a.docx", merged)))

    places = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in table.cells}
    assert places == {
        "STT": (0, 0, 2, 1),
        "Kinh phí": (0, 1, 1, 2),
        "Ngân sách": (1, 1, 1, 1),
        "XHH": (1, 2, 1, 1),
        "lệch": (2, 1, 1, 1),
        "cuối": (2, 2, 1, 1),
    }
    assert (table.rows, table.columns) == (3, 3)


def test_words_in_a_continued_cell_are_not_lost(tmp_path: Path) -> None:
    rows = row(cell(p("Người nhận"), '<w:vMerge w:val="restart"/>')) + row(cell(p("Ký nhận"), "<w:vMerge/>"))
    assert (
        only_table(read(package(tmp_path / "a.docx", f"<w:tbl>{rows}</w:tbl>"))).cells[0].text == "Người nhận\nKý nhận"
    )


def test_old_horizontal_merge(tmp_path: Path) -> None:
    rows = row(cell(p("A"), '<w:hMerge w:val="restart"/>'), cell(p(), "<w:hMerge/>"), cell(p("B")))
    table = only_table(read(package(tmp_path / "a.docx", f"<w:tbl>{rows}</w:tbl>")))
    assert [(c.text, c.column, c.column_span) for c in table.cells] == [("A", 0, 2), ("B", 2, 1)]


def test_multilevel_numbers_restart_and_continue(tmp_path: Path) -> None:
    numbering = part(
        "numbering",
        '<w:abstractNum w:abstractNumId="7">'
        + level(0, "upperRoman", "%1.")
        + level(1, "decimal", "%1.%2.")
        + level(2, "lowerLetter", "%3)")
        + level(3, "decimal", "%1.%4", "<w:isLgl/>")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>',
    )
    order = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 2), (1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 0), (1, 0)]
    body = "".join(listed(f"ý {i}", num, depth) for i, (num, depth) in enumerate(order))
    found = list(paragraphs(read(package(tmp_path / "a.docx", body, numbering=numbering)).blocks()))

    assert [paragraph.number for paragraph in found] == [
        "I.", "I.1.", "I.2.", "a)", "b)", "II.", "II.1.", "a)", "2.1", "V.", "VI.", "VII.",
    ]  # fmt: skip
    assert [paragraph.level for paragraph in found][:4] == [0, 1, 1, 2]
    assert found[0].text == "ý 0" and found[0].line == "I. ý 0"


def test_level_that_never_restarts(tmp_path: Path) -> None:
    numbering = part(
        "numbering",
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "Chương %1")
        + level(1, "decimal", "Điều %2.", '<w:lvlRestart w:val="0"/>')
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )
    body = "".join(listed("x", 1, depth) for depth in (0, 1, 1, 0, 1))
    numbers = [q.number for q in paragraphs(read(package(tmp_path / "a.docx", body, numbering=numbering)).blocks())]
    assert numbers == ["Chương 1", "Điều 1.", "Điều 2.", "Chương 2", "Điều 3."]


def test_numbers_linked_to_styles_and_switched_off(tmp_path: Path) -> None:
    numbering = part(
        "numbering",
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "%1.", '<w:pStyle w:val="Muc"/>')
        + level(1, "decimal", "%1.%2.", '<w:pStyle w:val="TieuMuc"/>')
        + '</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="DanhSach"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>',
    )
    styles = part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="Muc"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="TieuMuc"><w:name w:val="heading 2"/><w:basedOn w:val="Muc"/>'
        '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
        '<w:style w:type="numbering" w:styleId="DanhSach"><w:name w:val="Danh sách"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
    )
    body = "".join(
        [
            p("một", '<w:pStyle w:val="Muc"/>'),
            p("một một", '<w:pStyle w:val="TieuMuc"/>'),
            p("một hai", '<w:pStyle w:val="TieuMuc"/>'),
            p("không số", '<w:pStyle w:val="Muc"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'),
            listed("hai", 2),
        ]
    )
    found = list(paragraphs(read(package(tmp_path / "a.docx", body, numbering=numbering, styles=styles)).blocks()))
    assert [(q.number, q.level) for q in found] == [("1.", 0), ("1.1.", 1), ("1.2.", 1), (None, 0), ("2.", 0)]


def test_ordinal_column_made_of_empty_numbered_paragraphs(tmp_path: Path) -> None:
    numbering = part(
        "numbering",
        '<w:abstractNum w:abstractNumId="0">' + level(0, "decimal", "%1") + "</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )
    rows = "".join(row(cell(listed("", 1)), cell(p(title))) for title in ("CSDL", "Hồ sơ"))
    table = only_table(read(package(tmp_path / "a.docx", f"<w:tbl>{rows}</w:tbl>", numbering=numbering)))
    assert [c.text.strip() for c in table.cells] == ["1", "CSDL", "2", "Hồ sơ"]


@pytest.mark.parametrize(
    ("character", "font", "shown"),
    [
        ("-", "Times New Roman", "-"),
        ("+", "Times New Roman", "+"),
        ("\uf0b7", "Symbol", "•"),
        ("\uf02d", "Symbol", "-"),
        ("\uf0fc", "Wingdings", "✓"),
        ("o", "Courier New", "◦"),
        ("\u00ad", "Times New Roman", "-"),
        ("\uf0c7", "Wingdings", "•"),
    ],
)
def test_bullets(tmp_path: Path, character: str, font: str, shown: str) -> None:
    fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>'
    lvl = level(0, "bullet", character).replace("</w:lvl>", fonts + "</w:lvl>")
    numbering = part(
        "numbering",
        f'<w:abstractNum w:abstractNumId="0">{lvl}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )
    (found,) = paragraphs(read(package(tmp_path / "a.docx", listed("ý", 1), numbering=numbering)).blocks())
    assert found.number == shown


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (4, "upperRoman", "IV"), (1994, "lowerRoman", "mcmxciv"), (28, "lowerLetter", "bb"), (3, "upperLetter", "C"),
        (7, "decimalZero", "07"), (5, "none", ""), (25, "vietnameseCounting", "hai mươi lăm"), (3, "chicago", "3"),
    ],
)  # fmt: skip
def test_number_formats(number: int, form: str, text: str) -> None:
    assert formatted(number, form) == text


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    body = (
        p("<w:r><w:t>Chi </w:t></w:r><w:ins><w:r><w:t>2</w:t></w:r></w:ins>"
          "<w:del><w:r><w:delText>1</w:delText></w:r></w:del><w:r><w:t> tỷ</w:t></w:r>")
        + p("<w:moveFrom><w:r><w:t>dời đi</w:t></w:r></w:moveFrom><w:r><w:t>ở lại</w:t></w:r>")
        + p("<w:moveTo><w:r><w:t>dời đi</w:t></w:r></w:moveTo>")
        + p("Đoạn đầu ", "<w:rPr><w:del/></w:rPr>")
        + p("nối đoạn sau")
        + f"<w:tbl>{row(cell(p('bỏ')), properties='<w:del/>')}{row(cell(p('giữ')), properties='<w:ins/>')}</w:tbl>"
    )  # fmt: skip
    document = read(package(tmp_path / "a.docx", body))
    assert texts(document) == ["Chi 2 tỷ", "ở lại", "dời đi", "Đoạn đầu nối đoạn sau", "giữ"]
    assert [notice.code for notice in document.notices] == ["tracked_changes"]


def test_deleted_list_items_do_not_count(tmp_path: Path) -> None:
    numbering = part(
        "numbering",
        '<w:abstractNum w:abstractNumId="0">' + level(0, "decimal", "%1.") + "</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )
    gone = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>'
        "<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del></w:p>"
    )
    body = listed("một", 1) + gone + listed("hai", 1)
    assert texts(read(package(tmp_path / "a.docx", body, numbering=numbering))) == ["1. một", "2. hai"]


def test_text_box_is_read_once_after_its_anchor(tmp_path: Path) -> None:
    inside = f"<w:txbxContent>{p('Trong khung')}</w:txbxContent>"
    body = p("<w:r><w:t>Neo</w:t></w:r><w:r><mc:AlternateContent>"
             '<mc:Choice Requires="wps"><w:drawing><wp:anchor><wp:positionH><wp:posOffset>6832602</wp:posOffset>'
             f"</wp:positionH><a:graphic><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp></a:graphic></wp:anchor>"
             f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict>"
             "</mc:Fallback></mc:AlternateContent></w:r>") + p("Sau")  # fmt: skip
    found = list(paragraphs(read(package(tmp_path / "a.docx", body)).blocks()))
    assert [(q.text, q.role) for q in found] == [("Neo", "body"), ("Trong khung", "textbox"), ("Sau", "body")]
    assert found[1].where.block == "body/p[1]/textbox[1]/p[1]"


def test_old_text_box_is_read(tmp_path: Path) -> None:
    box = f"<w:pict><v:shape><v:textbox><w:txbxContent>{p('Dấu đến')}</w:txbxContent></v:textbox></v:shape></w:pict>"
    assert texts(read(package(tmp_path / "a.docx", p(f"<w:r>{box}</w:r>")))) == ["Dấu đến"]


def test_notes_stand_apart_and_do_not_lengthen_figures(tmp_path: Path) -> None:
    note = p("<w:r><w:footnoteRef/></w:r><w:r><w:t> Theo Quyết định 131.</w:t></w:r>")
    footnotes = part(
        "footnotes",
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="3">{note}</w:footnote>'
        f'<w:footnote w:id="4">{p("Không được nhắc tới")}</w:footnote>',
    )
    raised = "<w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
    body = (
        p("<w:r><w:t>năm 2025</w:t></w:r><w:r><w:footnoteReference w:id='3'/></w:r><w:r><w:t> có</w:t></w:r>")
        + p(f"<w:r><w:t>năm 2024</w:t></w:r><w:r>{raised}<w:t>1</w:t></w:r>")
        + p(f"<w:r><w:t>120 m</w:t></w:r><w:r>{raised}<w:t>2</w:t></w:r>")
    )
    found = list(paragraphs(read(package(tmp_path / "a.docx", body, footnotes=footnotes)).blocks()))
    assert [q.text for q in found] == ["năm 2025 có", "năm 2024¹", "120 m2", "Theo Quyết định 131."]
    assert (found[-1].role, found[-1].number, found[-1].where.block) == ("footnote", "1", "footnote[1]/p[1]")


def test_fields_keep_results_and_drop_instructions(tmp_path: Path) -> None:
    def field(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    body = (
        p(f"{field('begin')}<w:r><w:instrText> DATE \\@ </w:instrText></w:r>{field('begin')}<w:r><w:instrText> X "
          f"</w:instrText></w:r>{field('separate')}<w:r><w:t>lệnh lồng</w:t></w:r>{field('end')}{field('separate')}"
          f"<w:r><w:t>03/5/2024</w:t></w:r>{field('end')}<w:r><w:t> là hạn</w:t></w:r>")
        + p(f"{field('begin')}<w:r><w:instrText>PAGE</w:instrText></w:r>{field('separate')}<w:r><w:t>7</w:t></w:r>"
            f"{field('end')}")
        + p("<w:fldSimple w:instr=' NUMPAGES '><w:r><w:t>9</w:t></w:r></w:fldSimple><w:r><w:t>trang</w:t></w:r>")
        + p(f"{field('begin')}<w:r><w:instrText> HONG</w:instrText></w:r>")
        + p("vẫn đọc tiếp")
        + p('<w:hyperlink r:id="x"><w:r><w:t>quanly.hcm.edu.vn</w:t></w:r></w:hyperlink>')
        + p('<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>'
            "</w:fldChar></w:r>"
            f"<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>{field('end')}<w:r><w:t> Có</w:t></w:r>")
    )  # fmt: skip
    assert texts(read(package(tmp_path / "a.docx", body))) == [
        "03/5/2024 là hạn", "trang", "vẫn đọc tiếp", "quanly.hcm.edu.vn", "☑ Có",
    ]  # fmt: skip


def test_special_characters(tmp_path: Path) -> None:
    legacy = "<w:rPr><w:rFonts w:ascii='.VnTime' w:hAnsi='.VnTime'/></w:rPr>"
    body = p(
        f"<w:r>{legacy}<w:t>b</w:t><w:softHyphen/><w:t>íc</w:t></w:r><w:r><w:tab/><w:t>A</w:t><w:noBreakHyphen/><w:t>B</w:t>"
        '<w:br/><w:sym w:font="Wingdings 2" w:char="F0A3"/><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    )
    (found,) = paragraphs(read(package(tmp_path / "a.docx", body)).blocks())
    assert found.text == "b\u00adíc\tA-B\n☐☑"
    assert found.spans[0].font == ".VnTime"


def test_hidden_text_is_left_out(tmp_path: Path) -> None:
    styles = part(
        "styles",
        '<w:style w:type="character" w:styleId="An"><w:name w:val="An"/><w:rPr><w:vanish/></w:rPr></w:style>',
    )
    body = p('<w:r><w:rPr><w:rStyle w:val="An"/></w:rPr><w:t>ẩn</w:t></w:r><w:r><w:t>hiện</w:t></w:r>'
             '<w:r><w:rPr><w:rStyle w:val="An"/><w:vanish w:val="0"/></w:rPr><w:t> lại</w:t></w:r>')  # fmt: skip
    document = read(package(tmp_path / "a.docx", body, styles=styles))
    assert texts(document) == ["hiện lại"]
    assert [notice.code for notice in document.notices] == ["hidden_text"]


def test_fonts_come_through_styles_theme_and_defaults(tmp_path: Path) -> None:
    styles = part(
        "styles",
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/>'
        '<w:sz w:val="26"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Thuong"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Cu"><w:name w:val="Cu"/><w:basedOn w:val="Thuong"/>'
        '<w:rPr><w:rFonts w:ascii="VNI-Times" w:hAnsi="VNI-Times"/><w:b/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Cu2"><w:name w:val="Cu2"/><w:basedOn w:val="Cu"/></w:style>'
        '<w:style w:type="character" w:styleId="Dam"><w:name w:val="Dam"/><w:rPr><w:b/></w:rPr></w:style>',
    )
    theme = (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme>'
        '<a:majorFont><a:latin typeface="Cambria"/></a:majorFont>'
        '<a:minorFont><a:latin typeface="Calibri"/></a:minorFont>'
        "</a:fontScheme></a:themeElements></a:theme>"
    )
    direct = '<w:r><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi=".VnTime"/><w:sz w:val="28"/></w:rPr>'
    body = (
        p("thường")
        + p("Baùo caùo", '<w:pStyle w:val="Cu2"/>')
        + p('<w:r><w:rPr><w:rStyle w:val="Dam"/></w:rPr><w:t>x</w:t></w:r>', '<w:pStyle w:val="Cu2"/>')
        + p(f"{direct}<w:t>B¸o</w:t></w:r>{direct}<w:t>cao</w:t></w:r>")
    )
    spans = [
        q.spans for q in paragraphs(read(package(tmp_path / "a.docx", body, styles=styles, theme1=theme)).blocks())
    ]
    assert [(s.font, s.size, s.bold) for s in spans[0]] == [("Calibri", 13.0, False)]
    assert [(s.font, s.bold) for s in spans[1]] == [("VNI-Times", True)]
    assert [(s.font, s.bold) for s in spans[2]] == [("VNI-Times", False)], "bold in both styles cancels out"
    assert [(s.font, s.size, s.text) for s in spans[3]] == [(".VnTime", 14.0, "B¸o"), ("Arial", 14.0, "cao")]


def test_headers_and_footers_in_use_are_read_once(tmp_path: Path) -> None:
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
        '<w:headerReference w:type="first" r:id="header2"/>'
        '<w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
    )
    document = read(
        package(
            tmp_path / "a.docx",
            p("Phần một", section) + p("Phần hai") + section,
            header1=part("hdr", p("Phụ lục 2")),
            header2=part("hdr", p("trang đầu, không dùng")),
            footer1=part("ftr", p("Người soạn: VP")),
        )
    )
    assert [(q.text, q.role) for q in paragraphs(document.blocks())] == [
        ("Phụ lục 2", "header"), ("Phần một", "body"), ("Phần hai", "body"), ("Người soạn: VP", "footer"),
    ]  # fmt: skip


def test_content_controls_at_every_level(tmp_path: Path) -> None:
    def control(inside: str, properties: str = "") -> str:
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    empty = "<w:showingPlcHdr/>"
    body = (
        control(p("khối"))
        + p("<w:r><w:t>trong </w:t></w:r>" + control("<w:r><w:t>dòng</w:t></w:r>"))
        + f"<w:tbl>{control(row(cell(p('hàng'))))}{row(control(cell(p('ô'))))}</w:tbl>"
        + p(control("<w:r><w:t>Click or tap here to enter text.</w:t></w:r>", empty))
        + p(control("<w:r><w:t>đã điền</w:t></w:r>", empty))
    )
    assert texts(read(package(tmp_path / "a.docx", body))) == ["khối", "trong dòng", "hàng", "ô", "đã điền"]


def test_broken_parts_do_not_stop_the_reading(tmp_path: Path) -> None:
    path = package(tmp_path / "a.docx", p("Vẫn đọc được") + "<w:p><w:r><w:t>cụt", missing=["styles", "image9"])
    document = read(path)
    assert texts(document) == ["Vẫn đọc được", "cụt"]
    assert [notice.code for notice in document.notices] == ["broken_part"]


@pytest.mark.parametrize(
    "main_type",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ],
)
def test_macro_documents_and_templates(tmp_path: Path, main_type: str) -> None:
    assert texts(read(package(tmp_path / "a.docm", p("x"), main_type=main_type))) == ["x"]


def test_strict_namespaces(tmp_path: Path) -> None:
    path = package(tmp_path / "a.docx", p("x"))
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    old = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    files["word/document.xml"] = files["word/document.xml"].replace(
        old, b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert texts(read(path)) == ["x"]


def test_refused_files(tmp_path: Path) -> None:
    cut = tmp_path / "cut.docx"
    cut.write_bytes(package(tmp_path / "a.docx", p("x" * 5000)).read_bytes()[:400])
    locked = tmp_path / "locked.docx"
    locked.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    blank = package(tmp_path / "blank.docx", p())
    bomb = package(tmp_path / "bomb.docx", p("x"), styles=part("styles", " " * (20 << 20)))
    for path, code in [(cut, "damaged"), (locked, "encrypted"), (blank, "no_text"), (bomb, "unsafe")]:
        with pytest.raises(Rejected) as refused:
            read(path)
        assert refused.value.code == code, path


def test_a_member_without_a_name_does_no_harm(tmp_path: Path) -> None:
    path = package(tmp_path / "a.docx", p("Nội dung"), styles=part("styles", ""))
    path.write_bytes(path.read_bytes().replace(b"word/styles.xml", b"\0" + b"word/styles.xm"))
    with zipfile.ZipFile(path) as archive:
        assert "" in archive.namelist()
    assert texts(read(path)) == ["Nội dung"]


def test_deep_nesting_ends(tmp_path: Path) -> None:
    body = p("đáy")
    for _ in range(60):
        body = f"<w:tbl>{row(cell(body))}</w:tbl>"
    document = read(package(tmp_path / "a.docx", p("đầu") + body))
    assert "đầu" in texts(document)
    assert [notice.code for notice in document.notices] == ["broken_part"]


@pytest.mark.skipif(not CORPORA.exists(), reason="document corpora are not here")
def test_real_documents_read_without_leaks() -> None:
    files = sorted(CORPORA.glob("docx*/*.docx"))
    assert files
    for path in files:
        found = texts(read(path))
        assert len(found) >= 10, path
        assert not any(re.search(r"\d{13,}", line) for line in found), f"coordinates leaked: {path}"
        assert not any("\ue000" <= char <= "\uf8ff" for line in found for char in line), path
