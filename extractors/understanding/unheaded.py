"""Points answered in paragraphs that no heading leads to, told apart by the classifier."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.understanding.lines import Line, one_line
from extractors.understanding.point_topics import PointTopics

LEAST_LENGTH = 60  # letters; a shorter line is no answer by itself
SURE = 0.5
SAME = 0.3  # a paragraph between two of one point that leans the same way goes with them
ENOUGH = 2  # points found; one alone may be chance


def unheaded_points(paragraphs: Sequence[list[Line]], topics: PointTopics) -> list[tuple[str, float, list[Line]]]:
    """(point, probability, lines) of paragraphs, in order; what the classifier is not sure of is left out."""
    texts = [one_line(paragraph) for paragraph in paragraphs]
    told = [
        topics.best(text, SAME) if len(text) >= LEAST_LENGTH and paragraph[0].table is None else (None, 0.0)
        for text, paragraph in zip(texts, paragraphs, strict=True)
    ]
    found: list[tuple[str, float, list[Line]]] = []
    for at, ((point, value), paragraph) in enumerate(zip(told, paragraphs, strict=True)):
        if point is None:
            continue
        near = {told[k][0] for k in (at - 1, at + 1) if 0 <= k < len(told) and told[k][1] >= SURE}
        if value >= SURE or point in near:
            found.append((point, value, paragraph))
    return found if len({point for point, _, _ in found}) >= ENOUGH else []
