"""A page as pdfplumber reads it: the second reader, for a page on which ours fails.

It is slower and tells less (neither what is hidden nor what is marked as an artifact), but its interpreter is another
one and stumbles over other things. What it reads is text, where OCR would have to guess.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pdfplumber

from extractors.containers.boxes import turned
from extractors.containers.pdf_content import Content, Glyph, Shape, font_name

_DESCENT = 0.22  # of the size; pdfplumber tells no baseline of text that does not stand upright


def content(path: Path, index: int) -> Content:
    """What page ``index`` (from 0) of the file draws. Raises whatever pdfplumber raises."""
    with pdfplumber.open(path) as file:
        page = file.pages[index]
        size = (float(page.width), float(page.height))
        glyphs = [_glyph(char, size) for char in page.chars if char["text"]]
        kinds = (("line", page.lines), ("rectangle", page.rects), ("curve", page.curves), ("image", page.images))
        shapes = [_shape(kind, thing) for kind, things in kinds for thing in things]
        page.close()
    return Content(size=size, glyphs=glyphs, shapes=shapes)


def _glyph(char: dict[str, Any], size: tuple[float, float]) -> Glyph:
    across, up = char["matrix"][:2]
    box = (char["x0"], char["top"], char["x1"], char["bottom"])
    lying = abs(up) > abs(across)
    turn = (90 if up > 0 else 270) if lying else (180 if across < 0 else 0)
    box = turned(box, size, turn)
    base = char["bottom"] + char["y0"] - char["matrix"][5] if not turn else box[3] - _DESCENT * (box[3] - box[1])
    return Glyph(
        text=char["text"],
        x0=box[0],
        top=box[1],
        x1=box[2],
        bottom=box[3],
        base=base,
        size=round(box[3] - box[1], 1),
        font=font_name(char["fontname"]),
        turn=turn,
        slant=min(abs(across), abs(up)) > 0.15 * max(abs(across), abs(up)),
    )


def _shape(kind: str, thing: dict[str, Any]) -> Shape:
    box = (thing["x0"], thing["top"], thing["x1"], thing["bottom"])
    return Shape(kind=kind, box=box, after=0, stroked=bool(thing.get("stroke")))
