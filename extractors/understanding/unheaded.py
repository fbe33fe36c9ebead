"""Points answered in paragraphs that no heading leads to, told apart by the classifier."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.understanding.lines import Line, one_line
from extractors.understanding.point_topics import PointTopics

_BREAK = re.compile(r"[,;:.]\s")
OPENING = 30
LEAST_LENGTH = 60  # letters; a shorter line is no answer by itself
SURE = 0.5
SAME = 0.3  # a paragraph between two of one point that leans the same way goes with them
ENOUGH = 2  # points found; one alone may be chance


def _opening(text: str) -> str:
    """The first clauses of ``text`` that are long enough to say something."""
    for stop in _BREAK.finditer(text):
        if stop.start() >= OPENING:
            return text[: stop.start()]
    return text


def unheaded_points(paragraphs: Sequence[list[Line]], topics: PointTopics) -> list[tuple[str, float, list[Line]]]:
    """(point, probability, lines) of paragraphs, in order; what the classifier is not sure of is left out."""
    told: list[tuple[str | None, float]] = []
    last: str | None = None
    for paragraph in paragraphs:
        text = one_line(paragraph)
        if len(text) < LEAST_LENGTH or paragraph[0].table is not None:
            told.append((None, 0.0))
            continue
        # how a paragraph begins says most of what it is about
        told.append(topics.best(_opening(text), SAME, text, last))
        last = told[-1][0] if told[-1][1] >= SURE else last
    found: list[tuple[str, float, list[Line]]] = []
    for at, ((point, value), paragraph) in enumerate(zip(told, paragraphs, strict=True)):
        if point is None:
            continue
        near = {told[k][0] for k in (at - 1, at + 1) if 0 <= k < len(told) and told[k][1] >= SURE}
        if value >= SURE or point in near:
            found.append((point, value, paragraph))
    return found if len({point for point, _, _ in found}) >= ENOUGH else []
