"""Characters of a PDF page to rows of words, white space kept as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from extractors.containers.boxes import turned
from extractors.containers.layout import Row, Word, row_of
from extractors.document import Box

_SUBSET = re.compile(r"^[A-Z]{6}\+")
_BOLD = re.compile(r"bold|black|heavy|demi|-bd\b", re.I)
_ITALIC = re.compile(r"ital|obli|-it\b", re.I)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORD_GAP = 0.2  # of the letter size: a distance that stands for a space nobody wrote
_TAB_GAP = 2.5


class Glyph(msgspec.Struct, frozen=True, gc=False):
    """One drawn character; ``base`` is its baseline. Text that runs up or down the sheet is given as it stands once
    the page is turned ``turn`` degrees clockwise. ``artifact``: the file calls it no part of the content."""

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

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


class Frame(msgspec.Struct, frozen=True):
    """The visible part of a pdfplumber page: its top left corner in pdfplumber's coordinates, how far it lies from
    the media box's (``inset``), and its size; points, the page turned as its /Rotate says."""

    left: float
    top: float
    inset: float
    size: tuple[float, float]

    def box(self, thing: dict[str, Any]) -> Box:
        """The box of a pdfplumber object, from the visible corner."""
        return (
            thing["x0"] - self.left,
            thing["top"] - self.top,
            thing["x1"] - self.left,
            thing["bottom"] - self.top,
        )


def frame(page: Any) -> Frame:
    """The visible frame of a pdfplumber page, whose own coordinates count from the media box."""
    media = [float(value) for value in page.page_obj.mediabox]
    crop = [float(value) for value in page.page_obj.cropbox or media]
    crop = [max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])]
    if crop[0] >= crop[2] or crop[1] >= crop[3]:
        crop = media
    left, bottom, right, top = (abs(inner - outer) for inner, outer in zip(crop, media, strict=True))
    inset, above = {90: (bottom, left), 180: (right, bottom), 270: (top, right)}.get(page.rotation, (left, top))
    size = (crop[2] - crop[0], crop[3] - crop[1])
    return Frame(
        page.mediabox[0] + inset,
        page.mediabox[1] + above,
        inset,
        size if page.rotation in (0, 180) else (size[1], size[0]),
    )


def glyphs(page: Any, seen: Frame) -> list[Glyph]:
    """The characters of a pdfplumber page in points from its visible corner."""
    found = []
    for char in page.chars:
        if not char["text"]:
            continue
        name = char["fontname"]
        box = seen.box(char)
        across, up, *_, x, y = char["matrix"]
        turn, base, height = 0, box[1] + char["y1"] - y, char["size"]
        if abs(up) > abs(across):
            turn = 90 if up > 0 else 270
            box = turned(box, seen.size, turn)
            base = x - seen.inset if turn == 90 else seen.size[0] - (x - seen.inset)
            height = box[3] - box[1]
        elif across < 0:
            turn, base = 180, seen.size[1] - base
            box = turned(box, seen.size, turn)
        found.append(
            Glyph(
                text=char["text"],
                x0=box[0],
                top=box[1],
                x1=box[2],
                bottom=box[3],
                base=base,
                size=round(height, 1),
                font=_SUBSET.sub("", name if isinstance(name, str) else repr(name)),
                turn=turn,
                artifact=char.get("tag") == "Artifact",
            )
        )
    return found


def rows(chars: Iterable[Glyph]) -> list[Row]:
    """Rows of characters that stand one way, top to bottom; characters drawn twice (false bold) are taken once."""
    made = []
    for line in _lines(list(chars)):
        line.sort(key=lambda char: char.x0)
        words = _words(line)
        if words:
            largest = max(line, key=lambda char: (not char.text.isspace(), char.size))
            made.append(row_of(words, largest.base))
    return _bands(made)


def _lines(chars: list[Glyph]) -> list[list[Glyph]]:
    """Characters by baseline; small raised or lowered ones join the line they overlap."""
    lines: list[list[Glyph]] = []
    base = 0.0
    for char in sorted(chars, key=lambda char: char.base):
        if lines and char.base - base <= min(2.0, 0.15 * char.size + 0.3):
            lines[-1].append(char)
        else:
            lines.append([char])
        base = char.base
    lines = [line for line in lines if any(not char.text.isspace() for char in line)]
    sizes = [max(char.size for char in line if not char.text.isspace()) for line in lines]
    boxes = [_extent(line) for line in lines]
    kept: list[list[Glyph]] = []
    for index, line in enumerate(lines):
        host = next(
            (
                other
                for other in (index + 1, index - 1)
                if 0 <= other < len(lines)
                and sizes[index] < 0.8 * sizes[other]
                and _sits_in(boxes[index], boxes[other])
            ),
            None,
        )
        if host is None:
            kept.append(line)
        else:
            raised = line[0].base < lines[host][0].base - 0.15 * sizes[host]
            lines[host] += [_superscript(char) for char in line] if raised else line
    return kept


def _extent(line: list[Glyph]) -> Box:
    drawn = [char for char in line if not char.text.isspace()]
    return (
        min(char.x0 for char in drawn),
        min(char.top for char in drawn),
        max(char.x1 for char in drawn),
        max(char.bottom for char in drawn),
    )


def _sits_in(small: Box, host: Box) -> bool:
    overlap = min(small[3], host[3]) - max(small[1], host[1])
    return overlap > 0.5 * (small[3] - small[1]) and small[0] < host[2] + 10 and small[2] > host[0] - 10


def _superscript(char: Glyph) -> Glyph:
    """A raised digit is a footnote mark or an exponent: written so, it does not fuse with the number before it."""
    return msgspec.structs.replace(char, text=char.text.translate(_RAISED))


def _words(line: list[Glyph]) -> list[Word]:
    words: list[Word] = []
    pending: list[Glyph] = []
    gap = ""
    last: Glyph | None = None
    for char in line:
        if last is not None and char.text == last.text and char.x0 - last.x0 < 0.12 * char.size:
            continue  # drawn twice
        distance = (char.x0 - last.x1) / max(char.size, 1.0) if last is not None else 0.0
        if char.text.isspace():
            if pending:
                words.append(_word(pending, gap))
                pending, gap = [], ""
            gap += char.text
        elif pending and distance > _WORD_GAP:
            words.append(_word(pending, gap))
            pending, gap = [char], "\t" if distance > _TAB_GAP else " "
        elif pending and (char.font, char.size) != (pending[-1].font, pending[-1].size):
            words.append(_word(pending, gap))
            pending, gap = [char], ""
        else:
            if not pending and distance > _TAB_GAP:
                gap = "\t"
            pending.append(char)
        last = char
    if pending:
        words.append(_word(pending, gap))
    return words


def _word(chars: list[Glyph], gap: str) -> Word:
    font = chars[0].font
    return Word(
        text="".join(char.text for char in chars),
        x0=chars[0].x0,
        top=min(char.top for char in chars),
        x1=max(char.x1 for char in chars),
        bottom=max(char.bottom for char in chars),
        size=chars[0].size,
        gap=gap,
        font=font,
        bold=_BOLD.search(font) is not None,
        italic=_ITALIC.search(font) is not None,
        artifact=all(char.artifact for char in chars),
    )


def _bands(found: list[Row]) -> list[Row]:
    """Rows side by side whose baselines differ a little (columns set in different sizes) made one row."""
    bands: list[Row] = []
    for row in found:
        last = bands[-1] if bands else None
        if (
            last is not None
            and (row.x0 >= last.x1 or row.x1 <= last.x0)
            and min(row.bottom, last.bottom) - max(row.top, last.top)
            > 0.6 * min(row.bottom - row.top, last.bottom - last.top)
        ):
            bands[-1] = row_of([*last.words, *row.words], max(last.base, row.base))
        else:
            bands.append(row)
    return bands
