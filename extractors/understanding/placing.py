"""Headings that say too little by themselves, placed by the headings around them and the letter's order of points."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.understanding.asking import Asked, Asking
from extractors.understanding.headings import DASH, Heading
from extractors.understanding.point_order import in_order

PLACED = 0.5  # probability from which a heading is placed
NEEDED = 1  # headings that name a point by themselves, for any other to be placed beside them


def placed_headings(asking: Asking, headings: Sequence[Heading | None]) -> dict[int, Asked]:
    """Line key → the point of a heading and its probability, for headings that name none by themselves.

    ``headings`` are one a paragraph, None for plain text.
    """
    told = {
        heading.line.key: asking.point(heading)
        for heading in headings
        if heading is not None and heading.sure and heading.depth < DASH
    }
    leaves = _leaves(headings, told, 0, len(headings))
    if len({told[leaf.line.key][0] for leaf in leaves} - {None}) < NEEDED:
        return {}
    said = [asking.said(leaf, told[leaf.line.key]) for leaf in leaves]
    found = in_order(said, [point.id for point in asking.points if not point.appendix])
    return {
        leaf.line.key: (point, value)
        for leaf, (point, value) in zip(leaves, found, strict=True)
        if told[leaf.line.key][0] is None and point is not None and value >= PLACED
    }


def _leaves(headings: Sequence[Heading | None], told: dict[int, Asked], start: int, end: int) -> list[Heading]:
    """The headings that answer points side by side; one that names none and only groups others gives way to them."""
    found: list[Heading] = []
    at = start
    while at < end:
        heading = headings[at]
        at += 1
        if heading is None or heading.line.key not in told:
            continue
        after = at
        while after < end and not _ends(headings[after], heading, told):
            after += 1
        inside = [one for one in headings[at:after] if one is not None and one.line.key in told]
        if told[heading.line.key][0] is None and inside and _groups(headings[at], inside, told):
            found += _leaves(headings, told, at, after)
        else:
            found.append(heading)
        at = after
    return found


def _ends(one: Heading | None, heading: Heading, told: dict[int, Asked]) -> bool:
    return one is not None and one.line.key in told and one.depth <= heading.depth


def _groups(first: Heading | None, inside: Sequence[Heading], told: dict[int, Asked]) -> bool:
    """Whether a heading only stands over others: nothing is said before them, or they name several points."""
    return first is inside[0] or len({told[one.line.key][0] for one in inside} - {None}) > 1
