"""Pictures and PDF files of vast size, in circles, packed in themselves, locked or cut; files under false names."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.extractors.hostile.making import (
    FONT,
    READ,
    SENTENCE,
    TEXT,
    form,
    hostile,
    one_page,
    pdf,
    png_chunk,
    stream,
    word_file,
)

DATA = Path(__file__).parents[1] / "data"


@hostile("anh-40000.png", "unsafe")
def huge_png() -> bytes:
    """40,000 × 40,000 white dots, whole and valid: 200 MB of bits in 200 kB."""
    packer = zlib.compressobj(1)
    row = b"\0" + b"\xff" * 5000
    packed = b"".join(packer.compress(row * 400) for _ in range(100)) + packer.flush()
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")


@hostile("anh-40000.jpg", "unsafe", "damaged")
def huge_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (64, 64), 200).save(buffer, "JPEG")
    data = bytearray(buffer.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 40_000, 40_000)
    return bytes(data)


@hostile("anh-40000.tif", "unsafe", "damaged")
def huge_tiff() -> bytes:
    tags = [(256, 4, 1, 40_000), (257, 4, 1, 40_000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
            (277, 3, 1, 1), (278, 4, 1, 40_000), (279, 4, 1, 1_600_000_000)]  # fmt: skip
    body = b"".join(struct.pack("<HHLL", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<L", 8) + struct.pack("<H", len(tags)) + body + b"\0\0\0\0"


@hostile("vong-lap.tif", READ, "damaged", "no_text", "unsafe")
def looping_tiff() -> bytes:
    """The directory of its only page names itself as the next one."""
    buffer = io.BytesIO()
    Image.new("L", (300, 300), 255).save(buffer, "TIFF")
    data = bytearray(buffer.getvalue())
    (at,) = struct.unpack_from("<L", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<L", data, at + 2 + 12 * count, at)
    return bytes(data)


@hostile("anh-40000.heic", "unsafe", "damaged")
def huge_heic() -> bytes:
    """A real photo whose header says that it is 40,000 dots wide and high."""
    data = bytearray((DATA / "photo.heic").read_bytes())
    at = data.index(b"ispe")
    struct.pack_into(">LL", data, at + 8, 40_000, 40_000)
    return bytes(data)


@hostile("cat-cut.heic", "damaged")
def cut_heic() -> bytes:
    data = (DATA / "photo.heic").read_bytes()
    return data[: len(data) // 3]


@hostile("cat-cut.png", "damaged", "no_text")
def cut_png() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((800, 800), 90).save(buffer, "PNG")
    return buffer.getvalue()[:20_000]


@hostile("kho-giay-khong-lo.pdf", READ, "unsafe", "no_text", "damaged")
def huge_box() -> bytes:
    return one_page(box=b"[0 0 2000000000 2000000000]")


@hostile("kho-giay-am.pdf", READ, "unsafe", "no_text", "damaged")
def odd_box() -> bytes:
    return one_page(box=b"[595 842 -1e38 nan]")


@hostile("goi-vong.pdf", READ, "no_text", "timeout", "damaged", "out_of_memory")
def circular_forms() -> bytes:
    """A form that draws itself, and two that draw each other, each twice."""
    more = {
        6: form(b"/A Do /A Do", b"/A 6 0 R"),
        7: form(b"/C Do /C Do", b"/C 8 0 R"),
        8: form(b"/B Do /B Do", b"/B 7 0 R"),
    }
    return one_page(TEXT + b" /A Do /B Do", resources=b"/XObject<</A 6 0 R/B 7 0 R>>", more=more)


@hostile("goi-chinh-no.pdf", READ)
def form_in_itself() -> bytes:
    """A form that draws itself once more."""
    more = {6: form(TEXT + b" /A Do", b"/A 6 0 R")}
    return one_page(TEXT + b" /A Do", resources=b"/XObject<</A 6 0 R>>", more=more)


@hostile("goi-bung-no.pdf", READ, "no_text", "timeout", "damaged", "out_of_memory", "unsafe")
def doubling_forms() -> bytes:
    """Thirty forms, each of which draws the next twice: a billion in all, and no circle."""
    more = {6 + n: form(b"/X Do /X Do", b"/X %d 0 R" % (7 + n)) for n in range(30)}
    more[36] = form(b"0 0 1 1 re f", b"")
    return one_page(TEXT + b" /X Do", resources=b"/XObject<</X 6 0 R>>", more=more)


@hostile("cay-trang-vong.pdf", READ, "damaged", "no_text", "unsafe")
def circular_pages() -> bytes:
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1000000>>",
                3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"})  # fmt: skip


@hostile("javascript.pdf", READ)
def pdf_with_javascript() -> bytes:
    data = one_page(
        more={6: b"<</S/JavaScript/JS(while(true){app.alert('x');this.submitForm('http://127.0.0.1:9');})>>"}
    )
    return data.replace(b"/Pages 2 0 R>>", b"/Pages 2 0 R/OpenAction 6 0 R>>", 1)


@hostile("khoa-mat-khau.pdf", "encrypted")
def locked_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("mật khẩu", "chủ"))
    canvas.drawString(72, 700, "Bao cao")
    canvas.save()
    return buffer.getvalue()


@hostile("bom-nen.pdf", READ, "no_text", "out_of_memory", "timeout", "damaged", "unsafe")
def swollen_pdf() -> bytes:
    """A page content of 1 GB behind two rounds of packing."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * (64 << 20)) for _ in range(16)) + packer.flush()
    twice = zlib.compress(once, 9)
    packed = stream(twice, b"/Filter[/FlateDecode/FlateDecode]")
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>"
                  b"/Contents[4 0 R 6 0 R]>>",
               4: stream(TEXT), 5: FONT, 6: packed}  # fmt: skip
    return pdf(objects)


@hostile("anh-40000.pdf", READ, "no_text", "out_of_memory", "timeout", "unsafe", "damaged")
def huge_picture_in_pdf() -> bytes:
    """A page that is one picture of 40,000 × 40,000 bits."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b"\xff" * 2_000_000) for _ in range(100)) + packer.flush()
    entries = (
        b"/Type/XObject/Subtype/Image/Width 40000/Height 40000/BitsPerComponent 1/ColorSpace/DeviceGray"
        b"/Filter/FlateDecode"
    )
    return one_page(b"595 0 0 842 0 0 cm /I Do", resources=b"/XObject<</I 6 0 R>>", more={6: stream(packed, entries)})


@hostile("cat-cut.pdf", READ, "damaged", "no_text")
def cut_pdf() -> bytes:
    return one_page()[:300]


@hostile("rong.docx", "empty_file")
def nothing() -> bytes:
    return b""


@hostile("chuong-trinh.docx", "unsupported_type")
def program() -> bytes:
    return b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(range(256)) * 400


@hostile("thuc-ra-la-pdf.docx", READ)
def pdf_under_word_name() -> bytes:
    return one_page()


@hostile("thuc-ra-la-word.pdf", READ)
def word_under_pdf_name() -> bytes:
    return word_file()


@hostile("mot-dong-dai.txt", READ, "timeout", "out_of_memory", "too_large")
def one_long_line() -> bytes:
    """A report of one line of 170 kB, without a full stop."""
    return (SENTENCE.replace(".", " ") * 2_000).encode()


@hostile("toan-dau-hoi.txt", READ, "timeout", "no_text", "out_of_memory")
def nothing_but_question_marks() -> bytes:
    return b"? ?? c ? a  B ? o c ? o   ??? " * 10_000


@hostile("khoang-trang.txt", READ, "no_text", "timeout")
def blanks() -> bytes:
    return b"a" + b" " * (1 << 16) + b"b\n" + (b" " * 5000 + b"|\n") * 20
