"""What hostile files are made from: packages, PDF objects, chunks; and the list of all of them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache

import docx
import openpyxl

SENTENCE = "Trường đã trang bị 25 máy tính, kinh phí 120 triệu đồng từ ngân sách."
READ = "read"
MAKERS: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {}
"""By file name: what makes its bytes, and the codes of which one must be its end (`READ`: it is read)."""


def hostile(name: str, *codes: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def note(make: Callable[[], bytes]) -> Callable[[], bytes]:
        MAKERS[name] = (make, codes)
        return make

    return note


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def sheet_file() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Nội dung", SENTENCE])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | changes)


def word_body(inside: str, prolog: str = "") -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<w:document {space}><w:body>{inside}</w:body></w:document>'
    return repacked(word_file(), {"word/document.xml": body.encode()})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(objects: dict[int, bytes], root: int = 1) -> bytes:
    """A PDF of the given objects (bytes between ``obj`` and ``endobj``)."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


TEXT = b"BT /F1 12 Tf 72 700 Td (Truong da trang bi 25 may tinh, kinh phi 120 trieu dong tu ngan sach.) Tj ET"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"


def one_page(
    content: bytes = TEXT,
    *,
    box: bytes = b"[0 0 595 842]",
    resources: bytes = b"",
    more: dict[int, bytes] | None = None,
) -> bytes:
    """A page with ``content``; objects from 6 on are free for ``more``."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox %s/Resources<</Font<</F1 5 0 R>>%s>>/Contents 4 0 R>>" % (
        box,
        resources,
    )
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: page,
               4: stream(content), 5: FONT}  # fmt: skip
    return pdf(objects | (more or {}))


def form(content: bytes, calls: bytes) -> bytes:
    return stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<<%s>>>>" % calls)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
