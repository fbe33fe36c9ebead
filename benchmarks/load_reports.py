"""Many small reports of many units, for measuring load: every one different, seeded, one to three pages.

Of a hundred, some 38 are DOCX, 25 digital PDF, 20 XLSX and 13 plain text (every third of these in an old encoding), 3
are copies of earlier ones under another name, and one is broken.
"""

from __future__ import annotations

import csv
import io
import itertools
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import xlsxwriter
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, PageBreak, Paragraph, SimpleDocTemplate, TableStyle

import campaigns
from benchmarks.reports import FONT_FOLDERS, prose
from campaigns import Campaign
from campaigns.model import Unit
from campaigns.registry import HEADER

SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    "Dương")  # fmt: skip
MIDDLES = ("Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Quang", "Thanh", "Xuân", "Thu")  # fmt: skip
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hải", "Khoa", "Lan", "Long", "Mai", "Nam", "Phúc", "Quân", "Sơn",
    "Tâm", "Uyên", "Vinh", "Yến", "Đạt")  # fmt: skip
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
PARENT = "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH"
ANSWERED = 0.4
"""Share of the places of the appendix that say more than "Không có"."""


def make_campaign(base: str, count: int, folder: Path) -> Path:
    """A copy of the package ``campaigns`` in ``folder`` whose campaign ``base`` has ``count`` units; for PYTHONPATH."""
    package = folder / "campaigns"
    shutil.copytree(Path(campaigns.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    register = package / base / "units.csv"
    known = campaigns.load(base).units
    names = itertools.product(SURNAMES, MIDDLES, GIVEN)
    with register.open("a", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, HEADER)
        for number in range(count - len(known)):
            name = " ".join(next(names))
            lines.writerow(
                {
                    "id": f"THCS-{number:04}",
                    "name": f"Trường THCS {name}",
                    "group": "school",
                    "aliases": f"THCS {name}",
                    "district": f"Quận {number % 12 + 1}",
                    "expected": "yes",
                    "verified": "no",
                    "note": "đặt ra để đo",
                }
            )
    return folder


def write_reports(folder: Path, campaign: Campaign, count: int) -> list[Path]:
    """``count`` files in ``folder``, the same for the same arguments."""
    folder.mkdir(parents=True)
    made: list[Path] = []
    for seed in range(count):
        unit = campaign.units[seed * 7919 % len(campaign.units)]
        chance = random.Random(seed)
        kind = chance.random()
        stem = folder / f"{seed:05} {unit.id}"
        if kind < 0.03 and made:
            original = chance.choice(made)
            path = stem.with_name(f"{stem.name} (gửi lại){original.suffix}")
            shutil.copy(original, path)
        elif kind < 0.04:
            path = stem.with_suffix(".docx")
            path.write_bytes(_docx(campaign, unit, chance)[: chance.randrange(3000)])
        else:
            suffix, write = _kind(kind)
            path = stem.with_suffix(suffix)
            path.write_bytes(write(campaign, unit, chance))
        made.append(path)
    return made


def _kind(kind: float) -> tuple[str, Callable[[Campaign, Unit, random.Random], bytes]]:
    for until, suffix, write in ((0.42, ".docx", _docx), (0.67, ".pdf", _pdf), (0.87, ".xlsx", _xlsx)):
        if kind < until:
            return suffix, write
    return ".txt", _txt


def _letter(unit: Unit, chance: random.Random) -> list[str]:
    return [
        PARENT,
        unit.name.upper(),
        STATE,
        f"Số: {chance.randrange(1, 400)}/BC-{unit.id}",
        f"Thành phố Hồ Chí Minh, ngày {chance.randrange(1, 20)} tháng 5 năm 2024",
        "BÁO CÁO",
    ]


def _narrative(campaign: Campaign, unit: Unit, chance: random.Random) -> list[str]:
    told = []
    for number, point in enumerate(campaign.groups[unit.group].points[:4], 1):
        told += [f"{number}. {point.title}", prose(chance, 1)]
    return told


def _appendix(campaign: Campaign, chance: random.Random) -> list[list[str]]:
    rows = [["STT", "Nội dung", *(column.title for column in campaign.columns)]]
    for item in campaign.items:
        cells = [prose(chance, 1) if chance.random() < ANSWERED else "Không có" for _ in campaign.columns]
        rows.append([str(item.id), item.title, *cells])
    return rows


def _template() -> dict[str, bytes]:
    """The parts of an empty Word document."""
    stream = io.BytesIO()
    docx.Document().save(stream)
    with zipfile.ZipFile(stream) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


_TEMPLATE: dict[str, bytes] = {}


def _docx(campaign: Campaign, unit: Unit, chance: random.Random) -> bytes:
    if not _TEMPLATE:
        _TEMPLATE.update(_template())

    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"

    lines = [*_letter(unit, chance), *_narrative(campaign, unit, chance)]
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(text)}</w:tc>' for text in row)}</w:tr>"
        for row in _appendix(campaign, chance)
    )
    grid = '<w:gridCol w:w="1200"/>' * (len(campaign.columns) + 2)
    body = f"{''.join(map(paragraph, lines))}<w:tbl><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in _TEMPLATE.items():
            told = document.encode() if name == "word/document.xml" else content
            parts.writestr(zipfile.ZipInfo(name), told, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _pdf(campaign: Campaign, unit: Unit, chance: random.Random) -> bytes:
    if "Load" not in pdfmetrics.getRegisteredFontNames():
        folder = next(Path(name) for name in FONT_FOLDERS if Path(name).is_dir())
        pdfmetrics.registerFont(TTFont("Load", str(folder / "LiberationSerif-Regular.ttf")))
    body = ParagraphStyle("body", fontName="Load", fontSize=12, leading=15, spaceAfter=4)
    small = ParagraphStyle("small", fontName="Load", fontSize=8, leading=9)
    lines = [*_letter(unit, chance), *_narrative(campaign, unit, chance)]
    rows = [[Paragraph(escape(text), small) for text in row] for row in _appendix(campaign, chance)]
    table = LongTable(rows, repeatRows=1, colWidths=[28, 110, *[104] * len(campaign.columns)])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    stream = io.BytesIO()
    made = SimpleDocTemplate(stream, pagesize=landscape(A4), margins=36, invariant=1)
    made.build([*(Paragraph(escape(line), body) for line in lines), PageBreak(), table])
    return stream.getvalue()


def _xlsx(campaign: Campaign, unit: Unit, chance: random.Random) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Phụ lục")
    for number, line in enumerate(_letter(unit, chance)):
        sheet.write_string(number, 0, line)
    for number, row in enumerate(_appendix(campaign, chance), 8):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text)
    book.close()
    return stream.getvalue()


def _txt(campaign: Campaign, unit: Unit, chance: random.Random) -> bytes:
    text = "\r\n".join([*_letter(unit, chance), "", *_narrative(campaign, unit, chance)])
    if chance.randrange(3):
        return text.encode("utf-8")
    return text.encode("utf-8").decode("cp1258", "replace").replace("\ufffd", "?").encode("utf-8")
