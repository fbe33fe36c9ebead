"""Pages of held-out text, drawn, mildly worn and read by Tesseract: what OCR really makes of Vietnamese.

The truth of every page is what was drawn on it; nothing is simulated after the drawing.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from extractors.containers import tesseract
from normalizers import Run

FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
DPI = 200
WIDTH, HEIGHT = round(8.27 * DPI), round(11.69 * DPI)


class OcrPage(NamedTuple):
    """The text that was drawn, and the lines read: each a list of words with their confidence."""

    truth: str
    lines: list[list[Run]]

    @property
    def text(self) -> str:
        return "\n".join("".join(run.text for run in line) for line in self.lines)


def draw(
    sentences: Sequence[str], points: float, *, face: str = FONT, dpi: float = DPI
) -> tuple[Image.Image, str, int]:
    """An A4 page with as many ``sentences`` as it holds, justified left; the text drawn and how many were used."""
    font = ImageFont.truetype(face, round(points * dpi / 72))
    width, height, margin = (round(inches * dpi) for inches in (8.27, 11.69, 0.8))
    page = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    step, top = round(points * 1.45 * dpi / 72), margin
    drawn: list[str] = []
    used = 0
    for sentence in sentences:
        rows: list[str] = [""]
        for word in sentence.split():
            longer = f"{rows[-1]} {word}".strip()
            if pen.textlength(longer, font) > width - 2 * margin:
                rows.append(word)
            else:
                rows[-1] = longer
        if top + step * len(rows) > height - margin:
            break
        for row in rows:
            pen.text((margin, top), row, fill=20, font=font)
            top += step
        drawn += rows
        used += 1
    return page, "\n".join(drawn), used


def wear(page: Image.Image, rng: random.Random) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A scan of ``page``: turned by up to half a degree, blurred, with grain, at a lower resolution."""
    turned = page.rotate(rng.uniform(-0.5, 0.5), Image.Resampling.BICUBIC, fillcolor=255)
    share = rng.uniform(0.6, 0.8)
    small = turned.resize((round(WIDTH * share), round(HEIGHT * share)), Image.Resampling.BILINEAR)
    scan = small.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR).filter(
        ImageFilter.GaussianBlur(rng.uniform(0.4, 1.0))
    )
    grain = np.random.default_rng(rng.randrange(2**32)).normal(0, rng.uniform(6, 16), (HEIGHT, WIDTH))
    worn: np.ndarray[tuple[int, int], np.dtype[np.uint8]] = np.clip(np.asarray(scan) + grain, 0, 255).astype(np.uint8)
    return worn


def read(picture: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> list[list[Run]]:
    """The lines that Tesseract reads: words and the blanks between them, with confidences."""
    lines: dict[tuple[int, int, int], list[Run]] = {}
    for word in tesseract.words(picture, DPI):
        line = lines.setdefault(word.line, [])
        line.append(Run((" " if line else "") + word.text, None, (word.confidence,)))
    return list(lines.values())


def pages(sentences: Sequence[str], count: int, seed: int) -> list[OcrPage]:
    """``count`` pages, 13 pt and 11 pt by turns."""
    rng = random.Random(seed)
    out: list[OcrPage] = []
    at = 0
    while len(out) < count and at < len(sentences):
        page, truth, used = draw(sentences[at : at + 80], 13.0 if len(out) % 2 == 0 else 11.0)
        at += max(1, used)
        if truth:
            out.append(OcrPage(truth, read(wear(page, rng))))
    return out
