"""Which columns the paragraphs under an item's title answer where no heading of theirs names one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.understanding.form import Form
from extractors.understanding.point_order import Step, in_order
from extractors.understanding.topics import OTHER

FRESH = 0.4  # chance that a paragraph begins another column
AGAIN = 0.1  # odds of a column a second time
LEAST = 0.7  # probability from which a paragraph is placed so
LEAST_LENGTH = 25  # letters; a shorter one says nothing by itself
DOUBT = 0.02  # probability of a label that the classifier sees nothing of


def columns_of(form: Form, texts: Sequence[str]) -> list[str | None]:
    """The column that each of ``texts``, the paragraphs under one item's title, answers; None: as the one before.

    Paragraphs are told together, for columns come mostly in the letter's order.
    """
    columns = [column.id for column in form.campaign.columns]
    if not form.topics.labels or not texts:
        return [None] * len(texts)
    steps = []
    for text in texts:
        said = _said(form, columns, text)
        steps.append(Step(said, said, 0, FRESH, FRESH, FRESH))
    told = in_order(steps, dict.fromkeys(columns, AGAIN))
    return [one.point if one.value >= LEAST else None for one in told]


def _said(form: Form, columns: Sequence[str], text: str) -> Mapping[str | None, float]:
    """How much likelier than usual ``text`` is of each column; under None, of what the letter does not ask."""
    if len(text) < LEAST_LENGTH:
        return dict.fromkeys((None, *columns), 1.0)
    told, usual = form.topics.of(text), form.topics.usual
    said: dict[str | None, float] = {
        column: (told.get(column, 0.0) + DOUBT) / (usual.get(column, 0.0) + DOUBT) for column in columns
    }
    # what tells an item only is what was done in it
    said[None] = (told.get(OTHER, 0.0) + DOUBT) / (usual.get(OTHER, 0.0) + DOUBT)
    return said
