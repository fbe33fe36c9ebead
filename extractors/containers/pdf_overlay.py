"""What is printed over the text of a digital page and is none of it: watermarks, injected letters, unseen text.

Watermarks lean across the page, are much larger than the text they lie over, or come as single letters strewn over it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from extractors.containers.pdf_content import Glyph

_LARGE = 1.8  # times the page's usual letter size
_STREWN = 2  # letters on one baseline that may be strewn over the text
_OVER = 0.35  # share of a letter's box that other letters lie under
_MOSTLY = 0.4  # share of the letters of one kind that lie over others when the kind is a watermark's
_FEW = 200  # strewn letters on a page; where there are more, they are something else


def parted(glyphs: Sequence[Glyph], *, keep_hidden: bool) -> tuple[list[Glyph], list[Glyph]]:
    """Characters of the text and those of watermarks, each in the order of drawing.

    Unseen characters are left out unless ``keep_hidden``: over a picture of the page they are its text layer. So they
    are where nearly all are unseen: what is seen is drawn as outlines.
    """
    seen = [glyph for glyph in glyphs if not glyph.hidden]
    if keep_hidden or len(seen) < 0.5 * len(glyphs):
        seen = list(glyphs)
    leaning = [glyph for glyph in seen if glyph.slant]
    text = [glyph for glyph in seen if not glyph.slant] if leaning else seen
    if len(leaning) > 0.5 * len(seen):
        return seen, []  # a page that was set askew
    strewn = _strewn(text)
    if strewn:
        ids = {id(glyph) for glyph in strewn}
        text = [glyph for glyph in text if id(glyph) not in ids]
    return text, [*leaning, *strewn]


def _strewn(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Letters that lie over others: large ones, or alone on their baselines."""
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    if len(inked) < 10 * _STREWN:
        return []
    usual = Counter(glyph.size for glyph in inked).most_common(1)[0][0]
    on_line = Counter((glyph.turn, round(glyph.base, 1)) for glyph in inked)
    doubted = [
        glyph
        for glyph in inked
        if glyph.size >= _LARGE * usual
        or (on_line[glyph.turn, round(glyph.base, 1)] <= _STREWN and glyph.text.isalnum() and glyph.size >= 0.7 * usual)
    ]
    if not doubted or len(doubted) > _FEW:
        return []
    over = [glyph for glyph in doubted if _lies_over(glyph, inked)]
    # A watermark's letters that happen to lie between the lines belong to those that do not.
    alike = Counter((glyph.font, glyph.size) for glyph in doubted)
    lying = Counter((glyph.font, glyph.size) for glyph in over)
    kinds = {kind for kind, count in lying.items() if count > 1 and count >= _MOSTLY * alike[kind]}
    return [glyph for glyph in doubted if (glyph.font, glyph.size) in kinds]


def _lies_over(glyph: Glyph, others: Sequence[Glyph]) -> bool:
    """Whether other letters lie in much of its box, or it in much of theirs; a second print of itself does not count,
    nor do marks."""
    area = (glyph.x1 - glyph.x0) * (glyph.bottom - glyph.top)
    for other in others:
        if other.x0 >= glyph.x1 or other.x1 <= glyph.x0 or other.top >= glyph.bottom or other.bottom <= glyph.top:
            continue
        if other is glyph or other.turn != glyph.turn or other.text == glyph.text or not other.text.isalnum():
            continue
        if abs(other.base - glyph.base) < 0.02 * glyph.size or unicodedata.combining(other.text[0]):
            continue
        common = (min(glyph.x1, other.x1) - max(glyph.x0, other.x0)) * (
            min(glyph.bottom, other.bottom) - max(glyph.top, other.top)
        )
        if common > _OVER * min(area, (other.x1 - other.x0) * (other.bottom - other.top)):
            return True
    return False
