"""Office files that swell, laugh, look outside, run programs or nest without end."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tests.extractors.hostile.making import (
    READ,
    SENTENCE,
    hostile,
    paragraph,
    repacked,
    sheet_file,
    word_body,
    word_file,
    zipped,
)
from tests.extractors.test_attachments import compound


@hostile("bom-xml.docx", "unsafe", "out_of_memory", "timeout")
def swollen_word() -> bytes:
    return word_body(paragraph(" " * (300 << 20)))


@hostile("gan-nhu-nhau.docx", READ)
def word_of_near_copies() -> bytes:
    """Hundreds of paragraphs that are nearly the same."""
    return word_body("".join(paragraph(f"{n} {SENTENCE} {n * 7919}") for n in range(600)))


@hostile("bom-chuoi.xlsx", "unsafe", "out_of_memory", "timeout")
def swollen_sheet() -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = f"<sst {space}><si><t>{'a' * (300 << 20)}</t></si></sst>".encode()
    return repacked(sheet_file(), {"xl/sharedStrings.xml": strings})


@hostile("o-cuoi-cung.xlsx", READ)
def farthest_cells() -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = "".join(
        f'<row r="{row}"><c r="{column}{row}" t="inlineStr"><is><t>{SENTENCE}</t></is></c></row>'
        for column, row in (("A", 1), ("XFD", 1_048_576))
    )
    merged = '<mergeCells count="1"><mergeCell ref="B2:XFC1048575"/></mergeCells>'
    sheet = f'<?xml version="1.0"?><worksheet {space}><sheetData>{rows}</sheetData>{merged}</worksheet>'
    return repacked(sheet_file(), {"xl/worksheets/sheet1.xml": sheet.encode()})


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BILLION_LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


@hostile("ty-tieng-cuoi.docx", "unsafe")
def laughing_word() -> bytes:
    return word_body(paragraph("&l11;"), BILLION_LAUGHS)


@hostile("ty-tieng-cuoi.xlsx", "unsafe")
def laughing_sheet() -> bytes:
    sheet = f'<?xml version="1.0"?>{BILLION_LAUGHS}<worksheet><sheetData>&l11;</sheetData></worksheet>'.encode()
    return repacked(sheet_file(), {"xl/worksheets/sheet1.xml": sheet})


@hostile("ty-tieng-cuoi.xml", "unsupported_type")
def laughing_xml() -> bytes:
    return f'<?xml version="1.0"?>{BILLION_LAUGHS}<x>&l11;</x>'.encode()


@hostile("thuc-the-ngoai.docx", "unsafe")
def outside_word() -> bytes:
    return word_body(paragraph("&secret;"), OUTSIDE)


@hostile("thuc-the-ngoai-utf16.docx", "unsafe")
def outside_word_wide() -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-16"?>{OUTSIDE}<w:document xmlns:w="x">&secret;</w:document>'
    return repacked(word_file(), {"word/document.xml": text.encode("utf-16")})


@hostile("thuc-the-ngoai.odt", "unsafe")
def outside_odt() -> bytes:
    content = (
        f'<?xml version="1.0"?>{OUTSIDE}<office:document-content xmlns:office="x">&secret;</office:document-content>'
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()},
                  zipfile.ZIP_STORED)  # fmt: skip


@hostile("long-sau.docx", READ, "unsafe", "damaged", "no_text")
def deep_word() -> bytes:
    """Tables in tables, 3,000 deep, and content controls in each other."""
    start, end = "<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"
    return word_body(start * 3000 + paragraph(SENTENCE) + end * 3000 + paragraph(SENTENCE))


@hostile("macro.docm", READ)
def word_with_macro() -> bytes:
    """Its macro part is not even looked at."""
    with zipfile.ZipFile(io.BytesIO(word_file())) as archive:
        types = archive.read("[Content_Types].xml")
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    changed = types.replace(plain, b"application/vnd.ms-word.document.macroEnabled.main+xml")
    assert changed != types
    program = compound({("VBA", "ThisDocument"): b'Sub AutoOpen()\nShell "touch /tmp/baocao-macro"\nEnd Sub'})
    return repacked(word_file(), {"[Content_Types].xml": changed, "word/vbaProject.bin": program})


@hostile("macro.xlsm", READ)
def sheet_with_macro() -> bytes:
    with zipfile.ZipFile(io.BytesIO(sheet_file())) as archive:
        types = archive.read("[Content_Types].xml")
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    changed = types.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    assert changed != types
    return repacked(sheet_file(), {"[Content_Types].xml": changed, "xl/vbaProject.bin": compound({("VBA", "A"): b"x"})})


MACRO_TRACE = Path("/tmp/baocao-macro-da-chay")


@hostile("macro-khi-mo.odt", READ)
def text_with_macro_on_open() -> bytes:
    """A Basic program bound to the opening of the document, which would leave a file behind."""
    content = (
        '<?xml version="1.0"?><office:document-content office:version="1.2"'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script"'
        ' script:event-name="dom:load" xlink:type="simple"'
        ' xlink:href="vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document"/>'
        f"</office:event-listeners></office:scripts><office:body><office:text><text:p>{SENTENCE}</text:p></office:text>"
        "</office:body></office:document-content>"
    )
    module = (
        '<?xml version="1.0"?><script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"'
        f' script:language="StarBasic">Sub Main\nOpen "{MACRO_TRACE}" For Output As #1\nClose #1\nEnd Sub'
        "</script:module>"
    )
    space = 'xmlns:library="http://openoffice.org/2000/library"'
    library = (
        f'<library:library {space} library:name="Standard"><library:element library:name="Module1"/></library:library>'
    )
    listed = '<library:library library:name="Standard" library:link="false"/>'
    libraries = f"<library:libraries {space}>{listed}</library:libraries>"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:media-type="application/vnd.oasis.opendocument.text" manifest:full-path="/"/>'
        + "".join(
            f'<manifest:file-entry manifest:media-type="text/xml" manifest:full-path="{name}"/>'
            for name in (
                "content.xml",
                "Basic/script-lc.xml",
                "Basic/Standard/script-lb.xml",
                "Basic/Standard/Module1.xml",
            )
        )
        + "</manifest:manifest>"
    )
    return zipped({
        "mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode(),
        "Basic/script-lc.xml": f'<?xml version="1.0"?>{libraries}'.encode(),
        "Basic/Standard/script-lb.xml": f'<?xml version="1.0"?>{library}'.encode(),
        "Basic/Standard/Module1.xml": module.encode(), "META-INF/manifest.xml": manifest.encode(),
    }, zipfile.ZIP_STORED)  # fmt: skip


@hostile("khoa-mat-khau.docx", "encrypted")
def locked_word() -> bytes:
    """As Word encrypts: the package inside an OLE file."""
    return compound({("EncryptionInfo",): b"\4\0\4\0" + b"<encryption/>", ("EncryptedPackage",): b"\x99" * 9000})


@hostile("khoa-mat-khau.xlsx", "encrypted")
def locked_sheet() -> bytes:
    return compound({("EncryptionInfo",): b"\4\0\4\0", ("EncryptedPackage",): b"\x42" * 5000})


@hostile("cat-cut.docx", "damaged")
def cut_word() -> bytes:
    return word_file()[: len(word_file()) * 2 // 3]


@hostile("ngoac-long-sau.rtf", READ, "damaged", "crashed", "no_text", "timeout")
def deep_rich_text() -> bytes:
    return rb"{\rtf1\ansi " + b"{" * 200_000 + b"bao cao" + b"}" * 200_000 + b"}"


@hostile("the-long-sau.html", READ, "damaged", "crashed", "no_text", "timeout")
def deep_page() -> bytes:
    return b"<html><body>" + b"<table><tr><td>" * 1500 + SENTENCE.encode() + b"</td></tr></table>" * 1500
