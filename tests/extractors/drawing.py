"""PDF files and page pictures drawn for the tests, with the fonts that Debian's fonts-liberation2 installs."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONTS = Path("/usr/share/fonts/truetype/liberation2")

SENTENCES = (
    "Nhà trường đã xây dựng kế hoạch triển khai Đề án và phân công nhiệm vụ cho từng bộ phận, từng tổ chuyên môn.",
    "Toàn trường có 45 phòng học, trong đó 12 phòng được trang bị màn hình tương tác từ nguồn ngân sách và xã hội hóa.",
    "Công tác tập huấn cho giáo viên được tổ chức định kỳ mỗi học kỳ hai lần, tỉ lệ tham gia đạt 98,5 %.",
    "Thư viện điện tử hiện có 3.200 đầu sách số hóa; học sinh truy cập bằng tài khoản do nhà trường cấp.",
    "Khó khăn lớn nhất là đường truyền chưa ổn định và thiếu nhân lực chuyên trách về công nghệ thông tin.",
)


@lru_cache(maxsize=1)
def fonts() -> None:
    for name, file in (
        ("Serif", "LiberationSerif-Regular"),
        ("Serif-Bold", "LiberationSerif-Bold"),
        ("Serif-Italic", "LiberationSerif-Italic"),
    ):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{file}.ttf")))


def styles() -> dict[str, ParagraphStyle]:
    fonts()
    body = ParagraphStyle("body", fontName="Serif", fontSize=13, leading=17, alignment=TA_JUSTIFY, spaceAfter=6)
    return {
        "body": ParagraphStyle("first", parent=body, firstLineIndent=28),
        "centre": ParagraphStyle("centre", parent=body, fontName="Serif-Bold", alignment=TA_CENTER),
        "cell": ParagraphStyle("cell", parent=body, fontSize=11, leading=13, spaceAfter=0, alignment=0),
    }


def drawn(draw: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    """A PDF drawn by hand on canvas pages."""
    fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    canvas.setFont("Serif", 13)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def laid_out(story: Sequence[Any], *, size: tuple[float, float] = A4, numbers: bool = False) -> bytes:
    """A PDF laid out from flowables; ``numbers`` puts a page number at the top from page 2 on."""

    def number(canvas: Canvas, document: Any) -> None:
        if numbers and document.page > 1:
            canvas.setFont("Serif", 12)
            canvas.drawCentredString(size[0] / 2, size[1] - 40, str(document.page))

    buffer = io.BytesIO()
    document = SimpleDocTemplate(buffer, pagesize=size, leftMargin=80, rightMargin=55, topMargin=60, bottomMargin=60)
    document.build(list(story), onFirstPage=number, onLaterPages=number)
    return buffer.getvalue()


def letterhead(canvas: Canvas) -> None:
    """Two centred columns of unequal sizes, hardly parted on the first line, and the subject under the left one."""
    for x, y, text, font, size in (
        (175, 780, "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ", "Serif", 12),
        (425, 780, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Serif-Bold", 12),
        (175, 765, "TRƯỜNG THPT NGUYỄN DU", "Serif-Bold", 12),
        (425, 765, "Độc lập - Tự do - Hạnh phúc", "Serif-Bold", 13),
        (175, 742, "Số: 15/BC-ND", "Serif", 13),
        (425, 742, "Quận 10, ngày 02 tháng 5 năm 2024", "Serif-Italic", 13),
    ):
        canvas.setFont(font, size)
        canvas.drawCentredString(x, y, text)


def signature(canvas: Canvas, y: float) -> None:
    """``Nơi nhận`` on the left, the signer centred on the right with room for the signature."""
    for index, text in enumerate(("Nơi nhận:", "- Sở GDĐT;", "- Phòng GDTrH;", "- Lưu: VT.")):
        canvas.setFont("Serif-Bold" if index == 0 else "Serif", 11)
        canvas.drawString(80, y - 14 * index, text)
    canvas.setFont("Serif-Bold", 13)
    canvas.drawCentredString(420, y, "HIỆU TRƯỞNG")
    canvas.drawCentredString(420, y - 80, "Trần Văn Thử")


def prose(paragraphs: int, first: int = 0) -> list[Paragraph]:
    style = styles()["body"]
    return [
        Paragraph(" ".join(SENTENCES[(first + index + step) % len(SENTENCES)] for step in range(3)), style)
        for index in range(paragraphs)
    ]


def table(rows: Sequence[Sequence[str]], widths: Sequence[float], extra: Sequence[Any] = ()) -> Table:
    """A ruled table; rows are split across pages with no line under the split, as office programs do."""
    cell = styles()["cell"]
    made = Table(
        [[Paragraph(text, cell) for text in row] for row in rows], colWidths=widths, splitInRow=1, repeatRows=0
    )
    made.setStyle(
        TableStyle(
            [
                ("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("LINEBEFORE", (0, 0), (0, -1), 0.5, colors.black),
                ("LINEAFTER", (-1, 0), (-1, -1), 0.5, colors.black),
                ("LINEABOVE", (0, 0), (-1, 0), 0.5, colors.black),
                ("LINEBELOW", (0, -1), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                *extra,
            ]
        )
    )
    return made


def picture(data: bytes, page: int = 0, dpi: float = 300) -> Image.Image:
    document = pdfium.PdfDocument(data)
    return document[page].render(scale=dpi / 72).to_pil().convert("RGB")


def scanned(pictures: Sequence[Image.Image], dpi: float = 300, quality: int = 80) -> bytes:
    """A PDF of JPEG pictures without any text, as a scanner makes it."""

    def draw(canvas: Canvas) -> None:
        for image in pictures:
            width, height = image.width * 72 / dpi, image.height * 72 / dpi
            canvas.setPageSize((width, height))
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=quality)
            buffer.seek(0)
            canvas.drawImage(ImageReader(buffer), 0, 0, width, height)
            canvas.showPage()

    return drawn(draw)


def shadowed(image: Image.Image) -> Image.Image:
    """The picture with a shadow that darkens to the left and a red round stamp over the text."""
    pixels = np.asarray(image).astype(float)
    pixels *= np.linspace(0.45, 1.0, image.width)[None, :, None]
    ys, xs = np.mgrid[: image.height, : image.width]
    distance = np.hypot(ys - image.height * 0.4, xs - image.width * 0.6)
    ring = (np.abs(distance - image.width * 0.12) < image.width * 0.006) | (distance < image.width * 0.02)
    pixels[ring] = np.minimum(pixels[ring], (205, 40, 45))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


__all__ = [
    "A4",
    "SENTENCES",
    "Canvas",
    "ImageReader",
    "Paragraph",
    "Spacer",
    "drawn",
    "laid_out",
    "landscape",
    "letterhead",
    "picture",
    "prose",
    "scanned",
    "shadowed",
    "signature",
    "styles",
    "table",
]
