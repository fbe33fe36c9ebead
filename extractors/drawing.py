"""What was seen on a page, as pictures for a person: each step of the clean-up, ruling lines, blocks in their order.

The functions parse foreign bytes and run in the sandboxed child; they return bytes as `sandbox.run` wants them.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

from extractors import intake
from extractors.containers import image, pdf, ruling_lines, scan
from extractors.document import Box, Page, Paragraph, Table
from extractors.errors import Rejected
from extractors.sandbox import heartbeat

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Drawn = list[tuple[str, bytes]]
"""Names of pictures, which sort in the order of the steps, and their PNG files."""

_SHOWN_DPI = 150.0
_STEPS = {
    "received": "1-nhan-vao",
    "stamps-paled": "2-mo-dau-do",
    "resampled-smoothed": "3-doi-do-phan-giai",
    "background-divided": "4-chia-nen",
    "straightened": "5-nan-thang",
}
_LINES, _RESULT = "6-duong-ke", "7-ket-qua"
_UNSURE = 0.6  # confidence under which a word is marked
_CELL, _BLOCK, _RUNNING, _WORD = (0, 90, 200), (0, 140, 60), (150, 150, 150), (230, 120, 0)


def draw(path: Path, media_type: str, encoded: bytes) -> bytes:
    """MessagePack of `Drawn` for one page, given as the MessagePack of a `Page` that was read from ``path``.

    Raises `Rejected`: ``not_found`` when there is no such page.
    """
    page = msgspec.msgpack.decode(encoded, type=Page)
    number = page.number or 1
    picture, dpi = _picture(path, media_type, number)
    made: Drawn = []
    if page.origin == "ocr":
        made += _cleaning(picture, dpi)
        heartbeat(number, number)
    made.append((_RESULT, _png(_result(picture, dpi, page))))
    return msgspec.msgpack.encode(made)


def _picture(path: Path, media_type: str, number: int) -> tuple[Picture, float]:
    if media_type == intake.PDF:
        with contextlib.closing(pdf.opened(path)) as document:
            if number > len(document):
                raise Rejected("not_found", f"trang {number}")
            try:
                with contextlib.closing(document[number - 1]) as page:
                    return pdf.rendered(page)
            except pdfium.PdfiumError as error:
                raise Rejected("damaged") from error
    for _, _, picture, dpi in image.pictures(path, only=number):
        return picture, dpi
    raise Rejected("not_found", f"trang {number}")


def _cleaning(picture: Picture, dpi: float) -> Drawn:
    """The steps of the clean-up, and the lines found on what it leaves."""
    made: Drawn = []

    def watch(step: str, seen: Picture) -> None:
        made.append((_STEPS[step], _png(_shrunk(seen, dpi * seen.shape[1] / picture.shape[1]))))

    cleaned = scan.clean(picture, dpi, watch)
    lines = ruling_lines.find(cleaned.grey, cleaned.dpi)
    shown = np.stack([cleaned.grey] * 3, axis=2)
    for mask, colour in ((lines.horizontal, (220, 0, 0)), (lines.vertical, (0, 0, 220))):
        shown[np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8))) > 0] = colour
    made.append((_LINES, _png(_shrunk(shown, cleaned.dpi))))
    return made


def _shrunk(picture: Picture, dpi: float) -> Picture:
    factor = min(1.0, _SHOWN_DPI / dpi)
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _result(picture: Picture, dpi: float, page: Page) -> Picture:
    """The page with its blocks numbered in reading order, cells of tables, and words that are hardly sure."""
    small = _shrunk(picture, dpi)
    scale = small.shape[1] / picture.shape[1] * dpi / 72
    shown = Image.fromarray(small).convert("RGB")
    pen = ImageDraw.Draw(shown)
    font = ImageFont.load_default(size=18)

    def frame(box: Box | None, colour: tuple[int, int, int], width: int = 2) -> tuple[float, float]:
        x0, y0, x1, y1 = (value * scale for value in box or (0, 0, 0, 0))
        pen.rectangle((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), outline=colour, width=width)
        return x0, y0

    for order, block in enumerate(page.blocks, 1):
        if isinstance(block, Table):
            for cell in block.cells:
                frame(cell.where.bbox, _CELL)
                for inner in cell.blocks:
                    if isinstance(inner, Paragraph):
                        _mark(inner, frame)
            x, y = frame(block.where.bbox, _CELL, 4)
        else:
            _mark(block, frame)
            x, y = frame(block.where.bbox, _BLOCK if block.role == "body" else _RUNNING)
        pen.text((max(0.0, x - 26), y), str(order), fill=(200, 0, 0), font=font)
    return np.asarray(shown)


def _mark(paragraph: Paragraph, frame: Any) -> None:
    for span in paragraph.spans:
        for match, confidence in zip(re.finditer(r"\S+", span.text), span.confidences, strict=False):
            if confidence < _UNSURE and span.box is not None:
                # where in the line the word stands, by its letters
                x0, y0, x1, y1 = span.box
                step = (x1 - x0) / len(span.text)
                frame((x0 + step * match.start(), y0, x0 + step * match.end(), y1), _WORD)


def _png(picture: Picture) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()
