"""Charts for the Word report, drawn with Pillow. None is drawn where no font with Vietnamese letters is installed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

_FONTS = ("LiberationSerif-Regular.ttf", "times.ttf", "Times New Roman.ttf", "DejaVuSerif.ttf", "DejaVuSans.ttf")
_SIZE = 30  # pixels; a picture is 1600 wide and shown on 160 mm
_WIDTH, _LABELS, _MARGIN = 1600, 620, 30
_INK, _RULES = "#000000", "#BFBFBF"

Series = tuple[str, str, Sequence[float]]
"""Name, colour, one value a label."""


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | None:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def bars(labels: Sequence[str], series: Sequence[Series]) -> bytes | None:
    """Horizontal stacked bars as PNG."""
    font, small = _font(_SIZE), _font(_SIZE - 4)
    if font is None or small is None or not labels:
        return None
    step, thick = 58, 36
    height = _MARGIN + step * len(labels) + 110
    image = Image.new("RGB", (_WIDTH, height), "white")
    draw = ImageDraw.Draw(image)
    most = max((sum(values[n] for _, _, values in series) for n in range(len(labels))), default=0) or 1
    room = _WIDTH - _LABELS - 190
    for n, label in enumerate(labels):
        top = _MARGIN + n * step
        draw.text((_LABELS - 15, top + thick / 2), _short(draw, label, font, _LABELS - 30), _INK, font, anchor="rm")
        left = float(_LABELS)
        for _, color, values in series:
            width = values[n] / most * room
            if values[n]:
                draw.rectangle((left, top, left + width, top + thick), fill=color, outline="#7F7F7F")
            left += width
        total = sum(values[n] for _, _, values in series)
        draw.text((left + 12, top + thick / 2), _number(total), _INK, small, anchor="lm")
    draw.line((_LABELS, _MARGIN - 8, _LABELS, _MARGIN + step * len(labels)), fill=_INK, width=2)
    _legend(draw, series, small, height - 60)
    return _png(image)


def columns(labels: Sequence[str], values: Sequence[int], color: str) -> bytes | None:
    """Vertical columns over time as PNG."""
    font = _font(_SIZE - 6)
    if font is None or not labels:
        return None
    height, bottom = 560, 440
    image = Image.new("RGB", (_WIDTH, height), "white")
    draw = ImageDraw.Draw(image)
    step = (_WIDTH - 2 * _MARGIN) / len(labels)
    most = max(values) or 1
    every = max(1, -(-len(labels) // 16))
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        left = _MARGIN + n * step
        top = bottom - value / most * 360
        if value:
            draw.rectangle((left + step * 0.15, top, left + step * 0.85, bottom), fill=color, outline="#7F7F7F")
            draw.text((left + step / 2, top - 6), str(value), _INK, font, anchor="mb")
        if n % every == 0:
            draw.text((left + step / 2, bottom + 12), label, _INK, font, anchor="mt")
    draw.line((_MARGIN, bottom, _WIDTH - _MARGIN, bottom), fill=_INK, width=2)
    return _png(image.crop((0, 0, _WIDTH, bottom + 60)))


def heat(rows: Sequence[str], heads: Sequence[str], counts: Sequence[Sequence[int]]) -> bytes | None:
    """A grid of counts, the darker the more, as PNG; the number stands in each place."""
    font, small = _font(_SIZE), _font(_SIZE - 6)
    if font is None or small is None or not rows:
        return None
    high, width = 54, (_WIDTH - _LABELS - _MARGIN) / len(heads)
    image = Image.new("RGB", (_WIDTH, 90 + high * len(rows) + _MARGIN), "white")
    draw = ImageDraw.Draw(image)
    most = max((max(line) for line in counts), default=0) or 1
    for m, head in enumerate(heads):
        draw.text((_LABELS + (m + 0.5) * width, 75), _short(draw, head, small, width - 8), _INK, small, anchor="mb")
    for n, (row, line) in enumerate(zip(rows, counts, strict=True)):
        top = 85 + n * high
        draw.text((_LABELS - 15, top + high / 2), _short(draw, row, font, _LABELS - 30), _INK, font, anchor="rm")
        for m, count in enumerate(line):
            share = count / most
            shade = (round(255 - 135 * share), round(255 - 75 * share), round(255 - 140 * share))
            box = (_LABELS + m * width, top, _LABELS + (m + 1) * width, top + high)
            draw.rectangle(box, fill=shade, outline=_RULES)
            draw.text(((box[0] + box[2]) / 2, top + high / 2), str(count), _INK, small, anchor="mm")
    return _png(image)


def _legend(draw: ImageDraw.ImageDraw, series: Sequence[Series], font: ImageFont.FreeTypeFont, top: float) -> None:
    left = float(_MARGIN + 60)
    for name, color, _ in series if len(series) > 1 else ():
        draw.rectangle((left, top, left + 28, top + 28), fill=color, outline="#7F7F7F")
        draw.text((left + 40, top + 14), name, _INK, font, anchor="lm")
        left += draw.textlength(name, font) + 90


def _short(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    if draw.textlength(text, font) <= room:
        return text
    while text and draw.textlength(text + "…", font) > room:
        text = text[:-1]
    return text.rstrip(" ,;") + "…"


def _number(value: float) -> str:
    """Vietnamese writing: 1.250 and 12,5."""
    shown = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"
    return shown.replace(",", "\0").replace(".", ",").replace("\0", ".")


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=False, compress_level=6)
    return file.getvalue()
