"""Characters of a PDF page to rows of words, white space kept as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from extractors.containers.layout import Row, Word, row_of
from extractors.containers.pdf_content import Glyph
from extractors.document import Box

_BOLD = re.compile(r"bold|black|heavy|demi|-bd\b", re.I)
_ITALIC = re.compile(r"ital|obli|-it\b", re.I)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORD_GAP = 0.2  # of the letter size: a distance that stands for a space nobody wrote
_TAB_GAP = 2.5


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
