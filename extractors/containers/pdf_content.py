"""What a PDF page draws, in the order in which it is drawn: characters, straight lines, images.

`pdf_file` opens the file, `pdf_operators` reads the operators; the canvas here keeps what the product needs of what
they draw, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_pt, mult_matrix

from extractors.containers.boxes import turned
from extractors.containers.pdf_operators import Device
from extractors.document import Box

Matrix = tuple[float, float, float, float, float, float]

_SUBSET = re.compile(r"^[A-Z]{6}\+")
_INVISIBLE = (3, 7)  # text rendering modes: neither filled nor stroked, and the same added to the clipping path
_LEAST_ALPHA = 0.6  # a picture or shape fainter than this hides nothing
_MOST_DRAWN = 2_000_000  # characters and shapes of one page


class Glyph(msgspec.Struct, frozen=True, gc=False):
    """One drawn character; ``base`` is its baseline. Text that runs up or down the sheet is given as it stands once
    the page is turned ``turn`` degrees clockwise. ``artifact``: the file calls it no part of the content.
    ``slant``: degrees by which it leans from that direction (a watermark across the page has 30 to 60).
    ``hidden``: it is in the file, but nobody who looks at the page sees it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    font: str
    turn: int = 0
    artifact: bool = False
    slant: bool = False
    hidden: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


class Shape(msgspec.Struct, frozen=True, gc=False):
    """A drawn path or image; ``after`` is the number of characters drawn before it."""

    kind: str  # line, rectangle, curve, image
    box: Box
    after: int
    stroked: bool = False
    hides: bool = False  # opaque
    white: bool = False


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """One page: its visible size as it is turned for the reader, and what is drawn on it, in points from the top left
    corner of the visible part."""

    size: tuple[float, float]
    glyphs: list[Glyph]
    shapes: list[Shape]


class _Pen(msgspec.Struct, frozen=True, kw_only=True):
    """How a string is drawn."""

    font: Any
    name: str
    matrix: Matrix
    size: float
    scaling: float
    rise: float
    hidden: bool


_Add = Callable[[float, float, int, tuple[str, float]], float]


# --- the collector ------------------------------------------------------------------------------------------------


class Canvas(Device):
    """Collects what an interpreter draws on one page."""

    def __init__(self, fonts: PDFResourceManager, page: Any, known: dict[int, dict[int, tuple[str, float]]]) -> None:
        super().__init__(fonts)
        self.ctm: Matrix = (1, 0, 0, 1, 0, 0)
        self.known = known  # font → code → (text, width): fonts are kept by the resource manager for the whole file
        self.tags: list[bool] = []
        self.artifact = False
        self.glyphs: list[Glyph] = []
        self.shapes: list[Shape] = []
        self.left, self.height, self.size = _frame(page)

    def content(self) -> Content:
        right, bottom = self.size
        shown = [s for s in self.shapes if s.box[2] >= 0 and s.box[3] >= 0 and s.box[0] <= right and s.box[1] <= bottom]
        return Content(size=self.size, glyphs=self.glyphs, shapes=shown)

    def begin_tag(self, tag: PSLiteral, props: Any = None) -> None:  # noqa: ARG002
        self.tags.append(tag.name in ("Artifact", b"Artifact"))
        self.artifact = self.artifact or self.tags[-1]

    def end_tag(self) -> None:
        if self.tags:
            self.tags.pop()
        self.artifact = any(self.tags)

    def render_image(self, name: str, stream: Any) -> None:  # noqa: ARG002
        masked = stream.get_any(("SMask", "Mask", "IM", "ImageMask")) not in (None, False)
        self._add("image", [(0, 0), (1, 0), (0, 1), (1, 1)], hides=not masked and self.alpha > _LEAST_ALPHA)

    def paint_path(self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        del evenodd
        faint = self.alpha <= _LEAST_ALPHA
        white = fill and _is_white(graphicstate.ncolor)
        for steps in _subpaths(path):
            points = [step[-2:] for step in steps if step[0] != "h"]
            closed = steps[-1][0] == "h" or (len(points) > 2 and points[0] == points[-1])
            if len(points) > 2 and points[0] == points[-1]:
                points.pop()
            if any(step[0] in "cvy" for step in steps):
                kind = "curve"
            elif len(points) == 2:
                kind = "line"
            else:
                kind = "rectangle" if closed and len(points) == 4 and self._is_square(points) else "curve"
            hides = fill and kind == "rectangle" and not faint
            self._add(kind, points, stroked=stroke, hides=hides, white=white)

    def _is_square(self, points: Sequence[tuple[float, float]]) -> bool:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (apply_matrix_pt(self.ctm, point) for point in points)
        return (x0 == x1 and y1 == y2 and x2 == x3 and y3 == y0) or (y0 == y1 and x1 == x2 and y2 == y3 and x3 == x0)

    def _add(self, kind: str, points: Sequence[tuple[float, float]], **looks: bool) -> None:
        if len(self.shapes) >= _MOST_DRAWN:
            return
        xs, ys = zip(*(apply_matrix_pt(self.ctm, point) for point in points), strict=True)
        box = (min(xs) - self.left, self.height - max(ys), max(xs) - self.left, self.height - min(ys))
        self.shapes.append(Shape(kind=kind, box=box, after=len(self.glyphs), **looks))

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:  # noqa: ARG002
        if len(self.glyphs) >= _MOST_DRAWN:
            return
        font, size = textstate.font, textstate.fontsize
        scaling = textstate.scaling * 0.01
        space = textstate.charspace * scaling
        word_space = 0.0 if font.is_multibyte() else textstate.wordspace * scaling
        step = 0.001 * size * scaling
        upright = not font.is_vertical()
        pen = _Pen(
            font=font,
            name=font_name(font.fontname),
            matrix=mult_matrix(textstate.matrix, self.ctm),
            size=size,
            scaling=scaling,
            rise=textstate.rise,
            hidden=textstate.render in _INVISIBLE or self.alpha < 0.02,
        )
        add = self._across(pen) if upright else self._down(pen)
        known = self.known.setdefault(id(font), {})
        x, y = textstate.linematrix
        at = x if upright else y
        spaced = False
        for part in seq:
            if isinstance(part, (int, float)):
                at -= part * step
                spaced = True
            elif isinstance(part, bytes):
                for code in font.decode(part):
                    if spaced:
                        at += space
                    entry = known.get(code)
                    if entry is None:
                        entry = known[code] = _entry(font, code)
                    at += add(at, x if not upright else y, code, entry)
                    if code == 32 and word_space:
                        at += word_space
                    spaced = True
        textstate.linematrix = (at, y) if upright else (x, at)

    def _across(self, pen: _Pen) -> _Add:
        """A function that adds a character of horizontal writing at (along, off) and returns its advance."""
        a, b, c, d, e, f = pen.matrix
        size, scaling, name, hidden = pen.size, pen.scaling, pen.name, pen.hidden
        low = pen.font.get_descent() * size + pen.rise
        straight = b == 0 == c and a > 0 and d > 0
        left, height, artifact = self.left, self.height, self.artifact
        append = self.glyphs.append

        def add(along: float, off: float, code: int, entry: tuple[str, float]) -> float:
            del code
            text, width = entry
            advance = width * size * scaling
            if not text:
                return advance
            if straight:
                x, y = along * a + e, off * d + f
                y0 = low * d + y
                y1 = (low + size) * d + y
                append(
                    Glyph(
                        text,
                        x - left if advance >= 0 else x + advance * a - left,
                        height - max(y0, y1),
                        x + advance * a - left if advance >= 0 else x - left,
                        height - min(y0, y1),
                        height - y,
                        round(abs(y1 - y0), 1),
                        name,
                        0,
                        artifact,
                        False,
                        hidden,
                    )
                )
            else:
                x, y = along * a + off * c + e, along * b + off * d + f
                self._leaning(text, (a, b, c, d, x, y), (0, low, advance, low + size), name, hidden)
            return advance

        return add

    def _down(self, pen: _Pen) -> _Add:
        """The same for vertical writing."""
        a, b, c, d, e, f = pen.matrix
        size = pen.size

        def add(along: float, off: float, code: int, entry: tuple[str, float]) -> float:
            text, width = entry
            advance = width * size * pen.scaling
            vx, vy = pen.font.char_disp(code)
            vx = size * 0.5 if vx is None else vx * size * 0.001
            vy = (1000 - vy) * size * 0.001
            x, y = off * a + along * c + e, off * b + along * d + f
            if text:
                box = (-vx, vy + pen.rise + advance, size - vx, vy + pen.rise)
                self._leaning(text, (a, b, c, d, x, y), box, pen.name, pen.hidden)
            return advance

        return add

    def _leaning(self, text: str, matrix: Matrix, box: Box, name: str, hidden: bool) -> None:
        """Add a character that may stand any way; ``box`` in text space, ``matrix`` with its origin."""
        across, up, _, _, x, y = matrix
        corners = [apply_matrix_pt(matrix, (box[i], box[j])) for i in (0, 2) for j in (1, 3)]
        xs, ys = zip(*corners, strict=True)
        seen = (min(xs) - self.left, self.height - max(ys), max(xs) - self.left, self.height - min(ys))
        turn, base, tall = 0, self.height - y, seen[3] - seen[1]
        if abs(up) > abs(across):
            turn = 90 if up > 0 else 270
            seen = turned(seen, self.size, turn)
            base = x - self.left if turn == 90 else self.size[0] - (x - self.left)
            tall = seen[3] - seen[1]
        elif across < 0:
            turn, base = 180, self.size[1] - base
            seen = turned(seen, self.size, turn)
        slant = min(abs(across), abs(up)) > 0.15 * max(abs(across), abs(up))
        self.glyphs.append(Glyph(text, *seen, base, round(tall, 1), name, turn, self.artifact, slant, hidden))


def _frame(page: Any) -> tuple[float, float, tuple[float, float]]:
    """The visible part of a page: its left side and upper edge in the coordinates of the interpreter (which count from
    the media box's lower left corner, the page turned), and its size."""
    media, crop = ([float(value) for value in box] for box in (page.mediabox, page.cropbox or page.mediabox))
    crop = [max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])]
    if crop[0] >= crop[2] or crop[1] >= crop[3]:
        crop = media
    left, bottom, right, top = (abs(inner - outer) for inner, outer in zip(crop, media, strict=True))
    inset, above = {90: (bottom, left), 180: (right, bottom), 270: (top, right)}.get(page.rotate, (left, top))
    size, whole = (crop[2] - crop[0], crop[3] - crop[1]), (media[2] - media[0], media[3] - media[1])
    if page.rotate in (90, 270):
        size, whole = (size[1], size[0]), (whole[1], whole[0])
    return inset, whole[1] - above, size


def font_name(name: object) -> str:
    """A font's name as pdfminer tells it, without the mark of a subset (``ABCDEF+``)."""
    return _SUBSET.sub("", name if isinstance(name, str) else repr(name))


def _entry(font: Any, code: int) -> tuple[str, float]:
    """Text and width (in text space) of a character code."""
    try:
        text = font.to_unichr(code)
    except PDFUnicodeNotDefined:
        text = f"(cid:{code})"
    return text, font.char_width(code)


def _subpaths(path: Sequence[Any]) -> Iterator[list[Any]]:
    """A path's parts, each from a move on; what stands before the first move is not valid and left out."""
    part: list[Any] = []
    for step in path:
        if step[0] == "m":
            if len(part) > 1:
                yield part
            part = [step]
        elif part:
            part.append(step)
    if len(part) > 1:
        yield part


def _is_white(color: Any) -> bool:
    if isinstance(color, (int, float)):
        return color > 0.97
    if isinstance(color, tuple) and len(color) == 3:
        return all(isinstance(part, (int, float)) and part > 0.97 for part in color)
    if isinstance(color, tuple) and len(color) == 4:
        return all(isinstance(part, (int, float)) and part < 0.03 for part in color)
    return False
