"""Characters of a PDF page to rows of words, white space kept as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from extractors.containers.layout import Row, Word, row_of

Char = dict[str, Any]  # pdfplumber's: text, x0, x1, top, bottom, y1, size, fontname, matrix, upright, tag

_SUBSET = re.compile(r"^[A-Z]{6}\+")
_BOLD = re.compile(r"bold|black|heavy|demi|-bd\b", re.I)
_ITALIC = re.compile(r"ital|obli|-it\b", re.I)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORD_GAP = 0.2  # of the letter size: a distance that stands for a space nobody wrote
_TAB_GAP = 2.5


def rows(chars: Iterable[Char]) -> list[Row]:
    """Rows of upright characters, top to bottom; characters drawn twice (false bold) are taken once."""
    lines = _lines([char for char in chars if char["upright"] and char["text"]])
    made = []
    for line in lines:
        line.sort(key=lambda char: char["x0"])
        words = _words(line)
        if words:
            made.append(row_of(words, _base(line)))
    return _bands(made)


def baseline(char: Char) -> float:
    """Distance of the character's baseline from the page top, in points."""
    return float(char["top"] + char["y1"] - char["matrix"][5])


def _base(line: list[Char]) -> float:
    largest = max(line, key=lambda char: (not char["text"].isspace(), char["size"]))
    return baseline(largest)


def _lines(chars: list[Char]) -> list[list[Char]]:
    """Characters by baseline; small raised or lowered ones join the line they overlap."""
    lines: list[list[Char]] = []
    base = 0.0
    for at, char in sorted(((baseline(char), char) for char in chars), key=lambda pair: pair[0]):
        if lines and at - base <= min(2.0, 0.15 * char["size"] + 0.3):
            lines[-1].append(char)
        else:
            lines.append([char])
        base = at
    lines = [line for line in lines if any(not char["text"].isspace() for char in line)]
    sizes = [max(char["size"] for char in line if not char["text"].isspace()) for line in lines]
    boxes = [_extent(line) for line in lines]
    kept: list[list[Char]] = []
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
            raised = baseline(line[0]) < baseline(lines[host][0]) - 0.15 * sizes[host]
            lines[host] += [_superscript(char) for char in line] if raised else line
    return kept


def _extent(line: list[Char]) -> tuple[float, float, float, float]:
    drawn = [char for char in line if not char["text"].isspace()]
    return (
        min(char["x0"] for char in drawn),
        min(char["top"] for char in drawn),
        max(char["x1"] for char in drawn),
        max(char["bottom"] for char in drawn),
    )


def _sits_in(small: tuple[float, float, float, float], host: tuple[float, float, float, float]) -> bool:
    overlap = min(small[3], host[3]) - max(small[1], host[1])
    return overlap > 0.5 * (small[3] - small[1]) and small[0] < host[2] + 10 and small[2] > host[0] - 10


def _superscript(char: Char) -> Char:
    """A raised digit is a footnote mark or an exponent: written so, it does not fuse with the number before it."""
    return {**char, "text": char["text"].translate(_RAISED)}


def _words(line: list[Char]) -> list[Word]:
    words: list[Word] = []
    pending: list[Char] = []
    gap = ""
    last: Char | None = None
    for char in line:
        text = char["text"]
        if last is not None and text == last["text"] and char["x0"] - last["x0"] < 0.12 * char["size"]:
            continue
        if text.isspace():
            if pending:
                words.append(_word(pending, gap))
                pending, gap = [], ""
            gap += text if text != "\t" else " "
            last = char
            continue
        distance = char["x0"] - last["x1"] if last is not None else 0.0
        if pending and distance > _WORD_GAP * char["size"]:
            words.append(_word(pending, gap))
            pending, gap = [], "\t" if distance > _TAB_GAP * char["size"] else " "
        elif pending and _look(char) != _look(pending[-1]):
            words.append(_word(pending, gap))
            pending, gap = [], ""
        elif not pending and distance > _TAB_GAP * char["size"]:
            gap = "\t"
        elif not pending and not gap and words and distance > _WORD_GAP * char["size"]:
            gap = " "
        pending.append(char)
        last = char
    if pending:
        words.append(_word(pending, gap))
    return words


def _look(char: Char) -> tuple[str, float]:
    return char["fontname"], round(char["size"], 1)


def _word(chars: list[Char], gap: str) -> Word:
    name = chars[0]["fontname"]
    font = _SUBSET.sub("", name if isinstance(name, str) else repr(name))
    return Word(
        text="".join(char["text"] for char in chars),
        x0=float(chars[0]["x0"]),
        top=float(min(char["top"] for char in chars)),
        x1=float(max(char["x1"] for char in chars)),
        bottom=float(max(char["bottom"] for char in chars)),
        size=round(float(chars[0]["size"]), 1),
        gap=gap,
        font=font,
        bold=_BOLD.search(font) is not None,
        italic=_ITALIC.search(font) is not None,
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
