"""Cells that answer several columns, each on lines of its own: "Đã làm: ...", "Kinh phí: ...", "Đề xuất: ..."."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from extractors.understanding.form import Form
from extractors.understanding.ground.lines import Line
from extractors.understanding.tables.column_heads import named

NAMED = 0.6  # least score of a label by its words
SEVERAL = 2  # columns that make a cell one of answers to several
_LABEL = re.compile(r"^\W*(?P<label>[^:]{2,60}):(?!//)")


class Labelled(NamedTuple):
    """The lines of a cell that answer one column, and how surely their label names it."""

    column: str
    keys: tuple[int, ...]
    score: float


def labelled(form: Form, lines: Sequence[Line], elsewhere: Collection[str]) -> list[Labelled]:
    """The answers of a cell by column; none where it is not one of labels, or they name what is asked ``elsewhere``."""
    found: list[Labelled] = []
    parted = False
    for line in lines:
        match = _LABEL.match(line.full)
        told = column_of(form, match["label"]) if match and (line.first or parted) else None
        parted = line.full.rstrip().endswith((";", "."))  # as a line cut before a label is
        if told is not None and (not found or found[-1].column != told[0]):
            found.append(Labelled(told[0], (line.key,), told[1]))
        elif not found:
            return []
        else:
            found[-1] = found[-1]._replace(keys=(*found[-1].keys, line.key))
    columns = {one.column for one in found}
    return found if len(columns) >= SEVERAL and not columns & set(elsewhere) else []


def column_of(form: Form, label: str) -> tuple[str, float] | None:
    """The column that a label names, or speaks of in other words, with its score."""
    by_words = named(form.column_scores(label), NAMED)
    return by_words[0] if by_words else form.column_told(label)
