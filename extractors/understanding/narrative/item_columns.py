"""Which columns the paragraphs under an item's title answer where no heading of theirs names one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from extractors.understanding.form import Form
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.topics import OTHER
from extractors.understanding.narrative.point_order import Step, in_order
from extractors.understanding.tables.label_weights import NOTHING

FRESH = 0.5  # chance that a paragraph begins another column
AGAIN = 0.1  # odds of a column a second time
LEAST = 0.5  # probability from which a paragraph is placed so
LEAST_LENGTH = 12  # letters; a shorter one says nothing by itself
FIRST, ALONE = 3.0, 12.0  # odds that what was done is told first, and in the only paragraph, with the money for it
OPENING, WHOLE = 0.7, 0.5  # weight of a paragraph's first clause, which tells what the rest goes with, and of all of it
UNNAMED = 0.25  # odds of columns that no role tells from what was done, where nothing names them
CELLS = 2.0  # weight of what cells of tables are known to say, beside what running text is
_CLAUSES = re.compile(r"(?<=[.;!?])\s+")
DOUBT = 0.02  # probability of a label that the classifier sees nothing of


def columns_of(form: Form, texts: Sequence[str], default: str) -> list[str]:
    """The column that each of ``texts``, the paragraphs under one item's title, answers; ``default`` for what was done.

    They are told together, for columns come mostly in the letter's order; what is not told is as the one before.
    """
    columns = [column.id for column in form.campaign.columns]
    if not form.topics.labels:
        return [default] * len(texts)
    steps = []
    for at, text in enumerate(texts):
        opening = _said(form, columns, _opening(text), default)
        whole = _said(form, columns, text, default) if len(texts) > 1 else opening
        said = {column: value**OPENING * whole[column] ** WHOLE for column, value in opening.items()}
        said[default] *= 1.0 if at else FIRST if len(texts) > 1 else ALONE
        steps.append(Step(said, said, 0, FRESH, FRESH, FRESH))
    found: list[str] = []
    for told in in_order(steps, dict.fromkeys(columns, AGAIN)):
        sure = told.point is not None and told.value >= LEAST
        found.append(told.point if sure and told.point is not None else (found[-1] if found else default))
    return found


def _opening(text: str) -> str:
    """The first clause of ``text`` that says anything."""
    first = _CLAUSES.split(text, maxsplit=1)[0]
    return first if len(first) >= LEAST_LENGTH else text


def _said(form: Form, columns: Sequence[str], text: str, default: str) -> Mapping[str | None, float]:
    """How much likelier than usual ``text`` is of each column; under None, of what the letter does not ask."""
    if len(text) < LEAST_LENGTH or NOTHING.match(fold(text)):
        return dict.fromkeys((None, *columns), 1.0)
    told, usual = dict(form.topics.of(text)), dict(form.topics.shares)
    # what tells an item and nothing else tells what was done in it
    for shares in (told, usual):
        shares[default] = shares.get(default, 0.0) + sum(
            value for label, value in shares.items() if label.startswith("item.")
        )
    labels: dict[str | None, str] = {None: OTHER} | {column: column for column in columns}
    in_cells = form.cells.speaks(text)
    return {
        column: (told.get(label, 0.0) + DOUBT)
        / (usual.get(label, 0.0) + DOUBT)
        * math.exp(CELLS * in_cells.get(label, 0.0))
        * (UNNAMED if column in form.plain_columns else 1.0)
        for column, label in labels.items()
    }
