"""Blanks of text whose runs were split at every lost letter: the pad beside each mark goes, punctuation closes up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.plan import Change

# One blank here is a run boundary, not a word boundary: inside brackets, before punctuation, around a hyphen.
_CLOSED = re.compile(
    r"(?<=[(“\[]) (?=\S)|(?<=\S) (?=[)\],;.:!”])"
    r"|(?<=[\w”\"]) (?=-(?: ?\w))|(?<=[\w]-) (?=\w)|(?<=\w -) (?=\w)|(?<=\s-) (?=\d)"
)
_PAD = re.compile(r"(?<=\?) (?=[,.;:)\]”])|(?<=[(\[“]) (?=\?)|(?<=\?) {2,3}(?=\S)|(?<=\S) {2,3}(?=\?)")
_GAP = re.compile(r"(?<! ) {1,3}(?! )")


def close_up(text: str, offset: int, changes: Sequence[Change], spacing: str) -> list[Change]:
    """The word ``changes`` of a line with those of its blanks. ``offset``: the line's place in the whole text."""
    if spacing == "collapsed":
        inside = {i for c in changes for i in range(c.start - offset, c.end - offset)}
        free = [c for c in _squeezed(text, offset) if inside.isdisjoint(range(c.start - offset, c.end - offset))]
        return sorted([*changes, *free], key=lambda c: c.start)
    taken = [(c.start - offset, c.end - offset) for c in changes]
    inside = {i for low, high in taken for i in range(low, high)}
    gaps: dict[tuple[int, int], str] = {}
    for match in _GAP.finditer(text):
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        pads = (before == "?") + (after == "?")
        left = end - start - pads
        if pads:
            gaps[(start, end)] = " " if left > 0 and after.strip() else ""
        elif end - start > 1 and before.strip() and after.strip():
            gaps[(start, end)] = " "
    for match in _CLOSED.finditer(text):
        start, end = match.span()
        if text[start - 1] not in "? " and text[end : end + 1] != " ":
            gaps[(start, end)] = ""
    extra = [
        Change(start=offset + s, end=offset + e, kind="run_spacing", original=text[s:e], replacement=r, confidence=0.99)
        for (s, e), r in gaps.items()
        if text[s:e] != r and inside.isdisjoint(range(s, e))
    ]
    return sorted([*changes, *extra], key=lambda c: c.start)


def _squeezed(text: str, offset: int) -> list[Change]:
    """Where blanks were squeezed, the pad between a mark and the punctuation that follows it; of two blanks, one."""
    return [
        Change(
            start=offset + m.start(), end=offset + m.end(), kind="run_spacing", original=m.group(),
            replacement="" if m.group() == " " else " ", confidence=0.95,
        )
        for m in _PAD.finditer(text)
    ]  # fmt: skip
