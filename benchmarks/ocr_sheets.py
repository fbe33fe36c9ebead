"""Pages to be scanned: held-out sentences set as a report's prose or as an appendix, and what stands on them.

Sentences are of laws (blocks that the language model was not trained on) and of university regulations. A sentence
belongs to the dev or the test half for good. The letters of Liberation Serif and Sans are as wide as those of Times
New Roman and Arial.
"""

from __future__ import annotations

import functools
import hashlib
import io
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pypdfium2 as pdfium
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from benchmarks.ocr_wear import DPI, Picture
from benchmarks.repair_text import LAW, LEAST_MARKED, REGULATIONS, fresh

FONTS = Path("/usr/share/fonts/truetype/liberation2")
FACES = ("Serif", "Sans")
SIZES = (11.0, 12.0, 13.0, 14.0)
HALVES = ("dev", "test")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_MARGIN = 57.0  # points
_LEADERS = re.compile(r"__|\.\.\.\.|……")  # lines to fill in, of forms
_LABEL = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ]\)|[IVX]{1,5}\.|[-–+•])\s*")
"""Labels are given anew: a page on which every paragraph is the third one has no order to go by."""


class Sheet(NamedTuple):
    """A page at `DPI` (RGB); ``truth``: its paragraphs; ``cells``: the text at (row, column) of its table, merged
    cells at their first place; ``shape``: rows and columns of the table."""

    picture: Picture
    truth: list[str]
    cells: dict[tuple[int, int], str]
    shape: tuple[int, int]
    pdf: bytes


@functools.cache
def texts(half: str) -> tuple[str, ...]:
    """Sentences of one half, in an order of their own."""
    found = [_unlabelled(line) for path in (LAW, REGULATIONS) for line in fresh(path) if _is_sentence(line)]
    found = [text for text in dict.fromkeys(found) if len(text.split()) >= 8 and not _LEADERS.search(text)]
    digests = {text: hashlib.blake2b(text.encode(), digest_size=4).digest() for text in found}
    return tuple(sorted((t for t in found if HALVES[digests[t][0] % 2] == half), key=lambda t: digests[t]))


def prose(chance: random.Random, half: str, face: str, size: float) -> Sheet:
    """A page of headings, paragraphs and lists, as full as it gets."""
    _register()
    source = _endless(chance, half)
    body = ParagraphStyle("body", fontName=face, fontSize=size, leading=1.25 * size, alignment=TA_JUSTIFY)
    first = ParagraphStyle("first", parent=body, firstLineIndent=28, spaceAfter=4)
    head = ParagraphStyle("head", parent=body, fontName=f"{face}-Bold", spaceBefore=4, spaceAfter=4)
    title = ParagraphStyle("title", parent=head, alignment=TA_CENTER)
    slanted = ParagraphStyle("slanted", parent=first, fontName=f"{face}-Italic")
    parts: list[tuple[str, ParagraphStyle]] = [(_short(source).upper(), title)]
    for roman in _ROMAN:
        parts.append((f"{roman}. {_short(source)}", head))
        parts += [(" ".join(next(source) for _ in range(chance.randint(1, 3))), first) for _ in range(2)]
        parts += [
            (f"{mark} {next(source)}", first) for mark in chance.choice((("1.", "2.", "3."), ("a)", "b)"), ("-",)))
        ]
        parts.append((next(source), slanted))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    width, y = A4[0] - 2 * _MARGIN, A4[1] - _MARGIN
    truth: list[str] = []
    for text, style in parts:
        paragraph = Paragraph(_escaped(text), style)
        height = paragraph.wrap(width, 9999)[1]
        y -= style.spaceBefore + height
        if y < _MARGIN:
            break
        paragraph.drawOn(canvas, _MARGIN, y)
        y -= style.spaceAfter
        truth.append(text)
    canvas.save()
    return Sheet(_drawn(buffer.getvalue()), truth, {}, (0, 0), buffer.getvalue())


def appendix(chance: random.Random, half: str, face: str, wide: bool) -> Sheet:
    """A page with a ruled table: upright with 5 columns, or lying wide with 7 and a head over two rows."""
    _register()
    source = _endless(chance, half)
    size = 10.0 if wide else 11.0
    style = ParagraphStyle("cell", fontName=face, fontSize=size, leading=1.18 * size)
    head = ParagraphStyle("head", parent=style, fontName=f"{face}-Bold", alignment=TA_CENTER)
    title = ParagraphStyle("title", parent=head, fontSize=13, leading=17)
    page = landscape(A4) if wide else A4
    shares = (0.05, 0.17, 0.16, 0.2, 0.12, 0.13, 0.17) if wide else (0.07, 0.23, 0.3, 0.16, 0.24)
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
    rows: list[list[str]]
    if wide:
        names = ["TT", "Nội dung", "Văn bản chỉ đạo", "Kết quả thực hiện", "Kinh phí", "", "Khó khăn, đề xuất"]
        rows = [names, ["", "", "", "", "Ngân sách", "Xã hội hóa", ""]]
        spans = [((c, 0), (c, 1)) for c in (0, 1, 2, 3, 6)] + [((4, 0), (5, 0))]
    else:
        rows = [["STT", "Nội dung", "Kết quả thực hiện", "Kinh phí", "Khó khăn, đề xuất"]]
    heads = len(rows)
    width = page[0] - 1.2 * _MARGIN
    room = page[1] - 2 * _MARGIN - 30
    made: Table | None = None
    while len(rows) < 40:
        rows.append([str(len(rows) - heads + 1), *_cells(chance, source, len(shares) - 1)])
        trial = _table(rows, heads, (style, head), [share * width for share in shares], spans)
        if trial.wrap(width, 9999)[1] > room:
            rows.pop()
            break
        made = trial
    assert made is not None
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=page)
    name = _short(source).upper()
    paragraph = Paragraph(_escaped(name), title)
    top = page[1] - _MARGIN - paragraph.wrap(width, 9999)[1]
    paragraph.drawOn(canvas, 0.6 * _MARGIN, top)
    made = _table(rows, heads, (style, head), [share * width for share in shares], spans)
    height = made.wrap(width, 9999)[1]
    made.drawOn(canvas, 0.6 * _MARGIN, top - 12 - height)
    canvas.save()
    cells = {(r, c): text for r, row in enumerate(rows) for c, text in enumerate(row)}
    for (c0, r0), (c1, r1) in spans:
        for place in [(r, c) for r in range(r0, r1 + 1) for c in range(c0, c1 + 1) if (r, c) != (r0, c0)]:
            cells.pop(place)
    truth = [name, *(text for text in cells.values() if text)]
    return Sheet(_drawn(buffer.getvalue()), truth, cells, (len(rows), len(shares)), buffer.getvalue())


def _cells(chance: random.Random, source: Iterator[str], count: int) -> list[str]:
    """A row as units fill it in: some text, some sums, much that is short or blank."""
    row = [_short(source)]
    for _ in range(count - 1):
        kind = chance.random()
        if kind < 0.45:
            row.append(" ".join(next(source).split()[: chance.randint(6, 22)]))
        elif kind < 0.6:
            row.append(f"{chance.randint(1, 999)}.{chance.choice(('000', '500', '250'))}.000 đồng")
        elif kind < 0.7:
            row.append(f"Đạt {chance.randint(1, 99)},{chance.randint(0, 9)} %")
        elif kind < 0.85:
            row.append(chance.choice(("Không có", "Không", "Chưa thực hiện", "Như mục 1", "Đã hoàn thành")))
        else:
            row.append("")
    return row


def _table(
    rows: Sequence[Sequence[str]],
    heads: int,
    styles: tuple[ParagraphStyle, ParagraphStyle],
    widths: Sequence[float],
    spans: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> Table:
    drawn = [
        [Paragraph(_escaped(text), styles[row < heads]) if text else "" for text in texts]
        for row, texts in enumerate(rows)
    ]
    rules = [("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    rules += [("VALIGN", (0, 0), (-1, heads - 1), "MIDDLE")]
    return Table(drawn, colWidths=list(widths), style=TableStyle([*rules, *(("SPAN", *span) for span in spans)]))


def _is_sentence(line: str) -> bool:
    marked = sum(not letter.isascii() for letter in line)
    return 40 < len(line) < 400 and 8 <= len(line.split()) <= 60 and marked > LEAST_MARKED * len(line)


def _unlabelled(text: str) -> str:
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    return rest[:1].upper() + rest[1:]


def _short(source: Iterator[str]) -> str:
    return " ".join(next(source).split()[:8]).rstrip(",;:.")


def _endless(chance: random.Random, half: str) -> Iterator[str]:
    known = texts(half)
    while True:
        yield chance.choice(known)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _drawn(pdf: bytes) -> Picture:
    document = pdfium.PdfDocument(pdf)
    picture: Picture = document[0].render(scale=DPI / 72, rev_byteorder=True).to_numpy().copy()
    document.close()
    return np.ascontiguousarray(picture[:, :, :3])


@functools.cache
def _register() -> None:
    for face in FACES:
        for kind, look in (("", "Regular"), ("-Bold", "Bold"), ("-Italic", "Italic")):
            pdfmetrics.registerFont(TTFont(face + kind, str(FONTS / f"Liberation{face}-{look}.ttf")))
