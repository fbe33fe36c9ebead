"""How much a label, and what stands under it, speaks for each item and for each column: natural logarithms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from extractors.understanding.form import Case, bare_title, leading_number, without_number, without_unit
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.topics import OTHER
from extractors.understanding.tables.cell_kinds import Kind, kind_of, shares
from extractors.understanding.tables.column_heads import ColumnHeads
from extractors.understanding.tables.evidence import TOLD_LENGTH, said
from extractors.understanding.tables.records import Label
from extractors.understanding.tables.table_header import NUMBER_HEAD, OF_TITLES

TITLE, FROM = 6.0, 0.35  # weight of a title, and the score from which it counts
OUTRIGHT, NEARLY = 16.0, 0.75  # what is added where it is named nearly outright: what stands under it may speak of more
NUMBER = 0.5  # of an item's own number alone: any list counts so
BY_NUMBER = 3.0  # of "Mục 5"
DATED = 5.0  # of what was done, under a date
HALF, NAMED = 0.5, 0.9  # share of cells that name people or dates, score of a heading that asks for them all the same
NEVER = 9.0
ASIDE = 0.5  # share of what speaks for no item or column that counts against all
_SUM = re.compile(r"^\W*\d[\d.,]{2,}\W*(?:đ|đồng|tr|triệu|tỷ)?\W*$")  # "5.000.000" is no item 5
_BY_NUMBER = re.compile(r"^\W*(?:(?:noi dung|muc|nhiem vu|phu luc|pl|so)\W*)*(?:\d{1,2}|[ivx]{1,4})\W*$")
NOTHING = re.compile(r"^\W*(?:(?:khong|chua)\b(?: \w+){0,3})?\W*$|^[\W\d]*$")
"""What tells nothing of what was asked: "Không có", a dash, bare figures."""

Key = TypeVar("Key", int, str)
Weighed: TypeAlias = tuple[dict[Key, float], float]
"""Weight of each column or item, and what counts against all of them."""


class Weights:
    """Weighs the labels and cells of one case."""

    def __init__(self, case: Case, heads: ColumnHeads) -> None:
        self.form, self._heads, self._columns = case.form, heads, heads.columns
        self._trusts = case.answers_letter
        """Whether the classifiers are asked: any document says the words that reports are written in."""
        self.columns = [column.id for column in self.form.campaign.columns]
        self.items = [item.id for item in self.form.campaign.items]
        self._names = {f"item.{item}": item for item in self.items}
        # each is asked again for every way to take a table apart
        self._cells: dict[str, dict[str, float]] = {}
        self._rows: dict[str, dict[int, float]] = {}
        self._headings: dict[tuple[Label, tuple[str, ...]], Weighed[str]] = {}
        self._titles: dict[str, Weighed[int]] = {}

    def column_of_cell(self, text: str) -> dict[str, float]:
        """Column, or ``other``, that a cell speaks for."""
        if text not in self._cells:
            self._cells[text] = {} if NOTHING.match(fold(text)) else said(self.form.cells, [*self.columns, OTHER], text)
        return self._cells[text]

    def item_of_cell(self, text: str) -> dict[int, float]:
        """Item that a cell speaks for."""
        if text not in self._rows:
            told = (
                {} if not self._trusts or NOTHING.match(fold(text)) else said(self.form.rows, list(self._names), text)
            )
            self._rows[text] = {self._names[name]: value for name, value in told.items()}
        return self._rows[text]

    def column_of_label(self, label: Label, cells: Sequence[str]) -> Weighed[str]:
        """A heading, given the kind of ``cells`` under it."""
        known = replace(label, keys=()), tuple(cells)
        if known not in self._headings:
            self._headings[known] = self._column_of_label(label, cells)
        return self._headings[known]

    def _column_of_label(self, label: Label, cells: Sequence[str]) -> Weighed[str]:
        leaf = [label.parts[-1]] if len(label.parts) > 1 else []
        told = [self._heading(text, cells) for text in (label.text, *leaf)]
        total = {column: max(one[column] for one in told) for column in told[0]}
        aside = ASIDE * max(0.0, min(one[OTHER] for one in told))
        held, scores = shares(cells), self.form.column_scores(label.text)
        if max(held.get(Kind.PEOPLE, 0.0), held.get(Kind.DATES, 0.0)) >= HALF:
            # who does it and when is not asked
            total = {column: value if scores.get(column, 0.0) >= NAMED else -NEVER for column, value in total.items()}
        if _names_items(label.text):
            total = {column: min(value, 0.0) for column, value in total.items()}
        del total[OTHER]
        return total, aside

    def _heading(self, text: str, cells: Sequence[str]) -> dict[str, float]:
        heading = without_unit(without_number(text))
        asked = [heading] if len(heading) <= TOLD_LENGTH and self._trusts else [""]
        total = self._columns.weights(asked, cells if self._trusts else [])
        for column, score in self._heads.scores(heading).items() if heading else ():
            total[column] += _named(score)
        if heading and kind_of([heading]) is Kind.DATES:
            for column in self.form.result_columns:
                total[column] += DATED
        return total

    def item_of_label(self, label: Label, cells: Sequence[str] = ()) -> Weighed[int]:  # noqa: ARG002
        """A title of an item."""
        if label.text not in self._titles:
            self._titles[label.text] = self._item_of_title(label.text)
        return self._titles[label.text]

    def _item_of_title(self, title: str) -> Weighed[int]:
        bare = bare_title(title)
        total = dict.fromkeys(self.items, 0.0)
        if _SUM.match(title) or _names_items(bare):
            return total, 0.0
        number = leading_number(title)
        if number in total and _BY_NUMBER.match(fold(title)):
            total[number] = NUMBER if title.strip(" .").isalnum() else BY_NUMBER
            return total, 0.0
        aside = 0.0
        if len(bare) <= TOLD_LENGTH and self._trusts:
            for name, value in said(self.form.heads, [*self._names, OTHER], bare).items():
                if name == OTHER:
                    aside = ASIDE * max(0.0, value)
                else:
                    total[self._names[name]] += value
        for item, score in self.form.item_scores(title).items():
            total[item] += _named(score)
        return total, aside


def _names_items(head: str) -> bool:
    """Whether a head stands over numbers or names of items, and names none itself."""
    return bool(NUMBER_HEAD.match(fold(head)) or OF_TITLES.match(fold(head)))


def _named(score: float) -> float:
    """Weight of a title by its score."""
    return TITLE * max(0.0, score - FROM) + OUTRIGHT * max(0.0, score - NEARLY)


def mean(told: Iterable[dict[Key, float]]) -> dict[Key, float]:
    """The mean of weights, of what any of them names."""
    rows = [one for one in told if one]
    keys = dict.fromkeys(key for one in rows for key in one)
    return {key: sum(one.get(key, 0.0) for one in rows) / len(rows) for key in keys}
