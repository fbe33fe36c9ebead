"""Digital reports of about ten pages, made for measuring: every one different, seeded, none used in any test."""

from __future__ import annotations

import random
from pathlib import Path

import docx
from docx.shared import Pt
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, PageBreak, Paragraph, SimpleDocTemplate, TableStyle

from campaigns import Campaign
from campaigns.model import Unit

FONT_FOLDERS = ("/usr/share/fonts/truetype/liberation2", "/usr/share/fonts/truetype/liberation")
PARAGRAPHS = 1  # a point; with the appendix this makes 9 to 11 pages
CLAUSES = (
    "đơn vị đã xây dựng kế hoạch và phân công cán bộ phụ trách từng nội dung",
    "đã rà soát, cập nhật dữ liệu học sinh và giáo viên trên hệ thống dùng chung của ngành",
    "kinh phí thực hiện là {n} triệu đồng từ nguồn ngân sách, {m} triệu đồng từ nguồn xã hội hóa",
    "có {n} giáo viên tham gia tập huấn, đạt {m}% so với kế hoạch",
    "đường truyền tại một số điểm trường còn chậm, thiết bị đã qua nhiều năm sử dụng",
    "kiến nghị Sở Giáo dục và Đào tạo hướng dẫn cụ thể về định mức kinh tế kỹ thuật",
    "phối hợp với phụ huynh học sinh và các tổ chức trên địa bàn để huy động thêm nguồn lực",
    "việc kết nối giữa các phần mềm chưa đồng bộ nên còn phải nhập liệu nhiều lần",
)


def prose(chance: random.Random, sentences: int) -> str:
    """``sentences`` sentences of two or three clauses each."""
    made = []
    for _ in range(sentences):
        clauses = chance.sample(CLAUSES, chance.choice((2, 3)))
        text = "; ".join(clause.format(n=chance.randint(5, 900), m=chance.randint(5, 99)) for clause in clauses)
        made.append(text[0].upper() + text[1:] + ".")
    return " ".join(made)


def write_docx(path: Path, campaign: Campaign, unit: Unit, seed: int) -> None:
    """A report of about ten pages: letterhead, narrative by points, the whole appendix filled."""
    chance = random.Random(seed)
    document = docx.Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(13)
    head = document.add_table(1, 2)
    head.cell(0, 0).text = f"SỞ GIÁO DỤC VÀ ĐÀO TẠO\n{unit.name.upper()}\nSố: {seed + 1}/BC"
    motto = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    head.cell(0, 1).text = f"{motto}\nThành phố Hồ Chí Minh, ngày 02 tháng 5 năm 2024"
    document.add_paragraph("BÁO CÁO\nKết quả triển khai thực hiện Đề án")
    for number, point in enumerate(campaign.groups[unit.group].points, 1):
        document.add_paragraph(f"{number}. {point.title}")
        for _ in range(PARAGRAPHS):
            document.add_paragraph(prose(chance, 3))
    rows = _appendix(campaign, chance)
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for made, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(made.cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def write_pdf(path: Path, campaign: Campaign, unit: Unit, seed: int) -> None:
    """The same kind of report as a digital PDF, the appendix as a ruled table over several landscape pages."""
    chance = random.Random(seed)
    folder = next(Path(name) for name in FONT_FOLDERS if Path(name).is_dir())
    pdfmetrics.registerFont(TTFont("Serif", str(folder / "LiberationSerif-Regular.ttf")))
    body = ParagraphStyle("body", fontName="Serif", fontSize=13, leading=17, spaceAfter=6)
    small = ParagraphStyle("small", fontName="Serif", fontSize=9, leading=11)
    story = [Paragraph(line, body) for line in ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", unit.name.upper(), f"Số: {seed + 1}/BC")]
    for number, point in enumerate(campaign.groups[unit.group].points, 1):
        story += [
            Paragraph(f"{number}. {point.title}", body),
            *(Paragraph(prose(chance, 3), body) for _ in range(PARAGRAPHS)),
        ]
    rows = [[Paragraph(text, small) for text in row] for row in _appendix(campaign, chance)]
    table = LongTable(rows, repeatRows=1, colWidths=[30, 110, *[105] * len(campaign.columns)])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    SimpleDocTemplate(str(path), pagesize=landscape(A4), margins=40).build([*story, PageBreak(), table])


def _appendix(campaign: Campaign, chance: random.Random) -> list[list[str]]:
    head = ["STT", "Nội dung", *(column.title for column in campaign.columns)]
    return [
        head,
        *([str(item.id), item.title, *(prose(chance, 1) for _ in campaign.columns)] for item in campaign.items),
    ]
