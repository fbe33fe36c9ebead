"""Which columns the paragraphs under an item's title answer where no heading of theirs names one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.understanding.form import Form
from extractors.understanding.ground.topics import OTHER
from extractors.understanding.narrative.point_order import Step, in_order

FRESH = 0.4  # chance that a paragraph begins another column
AGAIN = 0.1  # odds of a column a second time
LEAST = 0.7  # probability from which a paragraph is placed so
LEAST_LENGTH = 25  # letters; a shorter one says nothing by itself
DOUBT = 0.02  # probability of a label that the classifier sees nothing of


def columns_of(form: Form, texts: Sequence[str], default: str) -> list[str]:
    """The column that each of ``texts``, the paragraphs under one item's title, answers; ``default`` for what was done.

    They are told together, for columns come mostly in the letter's order; what is not told is as the one before.
    """
    columns = [column.id for column in form.campaign.columns]
    if not form.topics.labels:
        return [default] * len(texts)
    steps = []
    for text in texts:
        said = _said(form, columns, text, default)
        steps.append(Step(said, said, 0, FRESH, FRESH, FRESH))
    found: list[str] = []
    for told in in_order(steps, dict.fromkeys(columns, AGAIN)):
        sure = told.point is not None and told.value >= LEAST
        found.append(told.point if sure and told.point is not None else (found[-1] if found else default))
    return found


def _said(form: Form, columns: Sequence[str], text: str, default: str) -> Mapping[str | None, float]:
    """How much likelier than usual ``text`` is of each column; under None, of what the letter does not ask."""
    if len(text) < LEAST_LENGTH:
        return dict.fromkeys((None, *columns), 1.0)
    told, usual = dict(form.topics.of(text)), dict(form.topics.shares)
    # what tells an item and nothing else tells what was done in it
    for shares in (told, usual):
        shares[default] = shares.get(default, 0.0) + sum(
            value for label, value in shares.items() if label.startswith("item.")
        )
    labels: dict[str | None, str] = {None: OTHER} | {column: column for column in columns}
    return {
        column: (told.get(label, 0.0) + DOUBT) / (usual.get(label, 0.0) + DOUBT) for column, label in labels.items()
    }
