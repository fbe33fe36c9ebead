"""Which place of a table where labels stand names the items, and which asks the columns, whatever the layout.

A table is taken apart in every way it may be meant (`records.py`). Each axis of each way is weighed as one of items and
as one of columns: by the words of its labels, by what stands under each, and by giving every item and column out once.
The pair of axes for which most speaks is what the table means; labels that nothing speaks for answer nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Generic, TypeVar

from extractors.understanding.form import leading_number
from extractors.understanding.ground.assignment import assign
from extractors.understanding.ground.folding import letters
from extractors.understanding.tables.column_heads import WELL
from extractors.understanding.tables.label_weights import Weights, mean
from extractors.understanding.tables.records import ABOVE, AROUND, INLINE, NUMBER, PLACE, TOP_ALL, Cut, Label, Record

NUMBERED = 3.0  # weight of the letter's own number beside a label
CLEARLY, BORNE_OUT = 0.9, 2  # probability of labels that bear numbers out, and how many must
TOGETHER = 3.0  # weight of a label that names several items
SEVERAL = 6  # cells that speak for a label as if each told something of its own
LEAST = 0.6  # weight of a label that is placed
AGAIN = 2.0  # the same where another label has the place already
AHEAD = 1.5  # lead of a place that another label has, from which it is shared
OF_OTHERS = 0.3  # what speaks against all, from which a label asks what no form does
UNASKED = -5.0  # weight of a label whose cells no column can hold: crosses, dates, people
LIKELY = 0.3  # its least probability
MOST = 7.0  # of one label: the surest must not carry a table alone
LONG, SHORT, LONGEST = 0.02, 25, 100  # cost of each letter of a label, from so many, up to so many
PLACED, LOST = 0.2, 0.5  # weight of a record that has its place, cost of one that has none
SAID = 0.5  # share of what a record speaks of
UNUSED, UNUSED_SIDE = 0.3, 0.8  # cost of a label that neither axis uses; in a column, that might have answered
TWICE = 1.0  # cost of a record whose place is taken under the same label
SHARE, ITEM_SHARE = 0.6, 0.55  # mean probability of what the labels of an axis name
ASKED = 2.5  # weight of columns that labels name
ENOUGH = 8.0  # weight of a pair of axes
MOSTLY = 0.4  # share of the letters under labels that have their place
FEW = 3  # items under one column alone
ALONE, SURELY = 3.0, 0.7  # weight and probability of the only column
ONE_ITEM, ONE_ITEM_BESIDE = 3.0, 6.0  # weight of the only item: above a table, beside answers (and of what is asked)
WITHOUT_HEADS = 0.75  # mean probability of columns that are told by their cells alone
HEADED = 5.0  # weight of the columns of a table that is about one item
OUTRIGHT = 2.5  # weight of the only column that the heads of a table ask
NAMED_ITEMS = 2.0  # weight of the items
HALF = 0.5  # share of cells that count something: "51 trường"
PARTS = 5  # labels at most that all ask one column: years
BESIDE = 2.5  # cells of an item, in the mean, that the line above a table asks
WORDS = 4  # of a cell, in the mean, where nothing but results and money is told

_SEVERAL = re.compile(r"^\W*\d{1,2}(?:\s*(?:,|;|\+|&|-|–|và)\s*\d{1,2}\b)+")
_COUNT = re.compile(r"^\W*\d+\s+\w+")

Key = TypeVar("Key", int, str)


@dataclass(slots=True)
class Named(Generic[Key]):
    """An axis read: label (its letters) → what it names, with its probability; ``weight``: all that speaks for it.

    ``several``: how many things are named; ``share``: mean probability, labels that name nothing counted as none.
    """

    axis: str
    places: dict[str, tuple[tuple[Key, ...], float]] = field(default_factory=dict)
    weight: float = 0.0
    several: int = 0
    share: float = 0.0

    def of(self, record: Record) -> tuple[tuple[Key, ...], float] | None:
        label = record.labels.get(self.axis)
        return self.places.get(letters(label.text)) if label else None


@dataclass(frozen=True, slots=True)
class Meaning:
    """How tables of one make are read, and how much speaks for it."""

    cut: Cut
    items: Named[int]
    columns: Named[str]
    weight: float


class Axes:
    """Finds the axes of tables of one case."""

    def __init__(
        self, weights: Weights, together: Callable[[str, str], tuple[int, ...]], figures: frozenset[str]
    ) -> None:
        """``together``: the items that a title names beside each other; ``figures``: columns that figures answer."""
        self.weights, self._together, self._figures = weights, cache(together), figures
        # what was asked before: the same labels and cells come again in many ways to take a table apart
        self._read: dict[Any, Named[Any]] = {}
        self._spoken: dict[tuple[tuple[str, ...], bool], dict[Any, float]] = {}

    def best(self, cut: Cut, records: Sequence[Record], over: float, never: Collection[str] = ()) -> Meaning | None:
        """What the records of one way to take tables apart mean, if more than ``over`` speaks for it.

        ``never``: axes that cannot be those of items.
        """
        axes = sorted({axis for record in records for axis in record.labels} - {NUMBER})
        weights = self.weights
        named = [axis for axis in axes if axis != PLACE and axis not in never and axis[:-2] not in never]
        items = [one for axis in named if (one := self._items(axis, records)).share >= ITEM_SHARE]
        if not items:
            return None
        columns = [
            self._named(axis, records, weights.column_of_label, weights.column_of_cell, of_columns=True)
            for axis in axes
        ]
        best: Meaning | None = None
        for one in items:
            for other in columns:
                if self._may_be(one, other) and one.weight + other.weight + len(records) * 3 > over:
                    weight = one.weight + other.weight + self._fits(one, other, axes, records)
                    if weight > max(ENOUGH, over, best.weight if best else 0.0):
                        best = Meaning(cut, one, other, weight)
        return best

    @staticmethod
    def _may_be(items: Named[int], columns: Named[str]) -> bool:
        """Whether two axes can be read together: they are apart, and each names enough, surely enough."""
        axes = {items.axis, columns.axis}
        apart = len(axes) == 2 and columns.axis[:-2] != items.axis and items.axis[:-2] != columns.axis
        apart = apart and not (TOP_ALL in axes and all(axis.startswith(TOP_ALL) for axis in axes))
        sure = items.share >= ITEM_SHARE and columns.share >= SHARE
        sure = sure and (columns.axis == PLACE or columns.weight >= ASKED)
        sure = sure and (items.axis in AROUND or items.weight >= NAMED_ITEMS)
        if not (apart and sure):
            return False
        if columns.axis == PLACE:
            return columns.share >= WITHOUT_HEADS and items.several >= FEW and items.share >= SURELY
        if items.several < 2:
            least = (HEADED, ONE_ITEM) if items.axis in AROUND else (ONE_ITEM_BESIDE, ONE_ITEM_BESIDE)
            named = columns.weight >= least[0] and items.weight >= least[1] and items.share >= SURELY
            return named and columns.several >= 2
        if columns.several < 2:
            if len(columns.places) > PARTS:
                return False
            least = (ALONE, FEW) if columns.axis in AROUND else (OUTRIGHT, 2)
            sure = columns.share >= (SURELY if len(columns.places) == 1 else SHARE)
            return columns.weight >= least[0] and sure and items.several >= least[1]
        return columns.several >= FEW or items.share >= SURELY

    def _fits(self, items: Named[int], columns: Named[str], axes: Sequence[str], records: Sequence[Record]) -> float:
        """How well the records agree with both axes; far below nothing where they do not."""
        used = {items.axis, columns.axis, PLACE, *AROUND} | {items.axis.rstrip(" ab"), columns.axis.rstrip(" ab")}
        over = TOP_ALL in (items.axis, columns.axis)
        weight = -sum(
            (UNUSED_SIDE if axis.startswith("side") else UNUSED) * (not label.isdigit())
            for axis in axes
            if axis not in used and axis not in (TOP_ALL, ABOVE) and axis[-2:] not in (" a", " b")
            if not (over and axis.startswith("top"))
            for label in {letters(record.labels[axis].text) for record in records if axis in record.labels}
        )
        if columns.axis == INLINE and self._asked_whole(records):
            return -math.inf
        placed = number = 0
        told: set[str] = set()
        taken: dict[tuple[int, str], set[str]] = {}
        long: list[str] = []
        for record in records:
            item, column = items.of(record), columns.of(record)
            if item is None or column is None:
                weight -= LOST
                continue
            placed += len(record.text)
            number += 1
            label = letters(record.labels[columns.axis].text)
            held = taken.setdefault((item[0][0], column[0][0]), set())
            weight -= TWICE * (label in held)
            held.add(label)
            if column[0][0] not in self._figures or column[0][0] in self.weights.form.result_columns:
                long.append(record.text)
            if record.text not in told:
                told.add(record.text)
                says = self.weights.column_of_cell(record.text).get(column[0][0], 0.0)
                says += self.weights.item_of_cell(record.text).get(item[0][0], 0.0)
                weight += PLACED + SAID * says
        short = sum(bool(_COUNT.match(text)) for text in long) >= HALF * len(long)
        short = short and sum(len(text.split()) for text in long) < WORDS * len(long)
        figures = {column for _, column in taken} <= self._figures and long and short
        many = columns.axis in AROUND and number > BESIDE * max(1, len(taken))
        of_money = {column for _, column in taken} <= self.weights.form.money_columns
        mostly = placed / sum(len(record.text) for record in records)
        if of_money:  # a sum is short, and the words beside it are long
            mostly = max(mostly, number / len(records))
        if many or mostly < MOSTLY or figures:
            return -math.inf
        return weight

    def _asked_whole(self, records: Sequence[Record]) -> bool:
        """Whether a heading over cells with labels asks one column outright: then the labels part that answer."""
        heads = {label.text for record in records if INLINE in record.labels if (label := record.labels.get("top 0"))}
        scores = [max(self.weights.form.column_scores(head).values(), default=0.0) for head in heads]
        return bool(scores) and min(scores) >= WELL

    def _items(self, axis: str, records: Sequence[Record]) -> Named[int]:
        """``axis`` as one of items; a label may name several."""
        found = self._named(axis, records, self.weights.item_of_label, self.weights.item_of_cell)
        if numbers := self._letters_own(found, records):
            found = self._named(axis, records, self.weights.item_of_label, self.weights.item_of_cell, numbers=numbers)
        titles = {
            letters(label.text): (
                label.text,
                number.text if (number := record.labels.get(NUMBER)) else _counted(label.text),
            )
            for record in records
            if (label := record.labels.get(axis))
        }
        for key, title in titles.items():
            several = self._together(*title)
            if len(several) > 1:
                found.places[key] = several, max(SURELY, found.places[key][1] if key in found.places else 0.0)
                found.weight += TOGETHER
        found.several = len({item for several, _ in found.places.values() for item in several})
        if titles:
            found.share = max(found.share, sum(share for _, share in found.places.values()) / len(titles))
        return found

    def _letters_own(self, found: Named[int], records: Sequence[Record]) -> dict[str, int]:
        """Label → the number before it, where the numbers of a table are the letter's own: titles bear several out."""
        numbers: dict[str, int] = {}
        for record in records:
            label, number = record.labels.get(found.axis), record.labels.get(NUMBER)
            value = leading_number(number.text) if number else None
            if label is not None and value in self.weights.items:
                numbers.setdefault(letters(label.text), value)
        sure = {key: items for key, (items, share) in found.places.items() if share >= CLEARLY and key in numbers}
        borne_out = sum(numbers[key] in items for key, items in sure.items())
        return numbers if borne_out >= BORNE_OUT and borne_out == len(sure) else {}

    def _named(  # noqa: PLR0913 (two readings of one search)
        self,
        axis: str,
        records: Sequence[Record],
        of_label: Callable[[Label, Sequence[str]], tuple[dict[Key, float], float]],
        of_cell: Callable[[str], dict[Key, float]],
        *,
        of_columns: bool = False,
        numbers: Mapping[str, Key] | None = None,
    ) -> Named[Key]:
        """``axis`` read by what ``of_label`` makes of its labels and ``of_cell`` of what stands under them.

        ``numbers``: label → what its number speaks for.
        """
        labels: dict[str, Label] = {}
        under: dict[str, dict[str, None]] = {}
        for record in records:
            label = record.labels.get(axis)
            if (
                label is not None
                and letters(label.text)
                and (axis == PLACE or not (of_columns and label.text.isdigit()))
            ):
                key = letters(label.text)
                labels.setdefault(key, label)
                under.setdefault(key, {})[record.text] = None
        found: Named[Key] = Named(axis)
        if not labels:
            return found
        known = (
            of_columns,
            axis == PLACE,
            tuple((label, tuple(under[key])) for key, label in labels.items()),
            tuple((numbers or {}).items()),
        )
        if (held := self._read.get(known)) is not None:
            return replace(held, axis=axis, places=dict(held.places))
        by_label: dict[str, dict[Key, float]] = {}
        total: dict[str, dict[Key, float]] = {}
        asides: dict[str, float] = {}
        for key, label in labels.items():
            texts = list(under[key])
            by_label[key], aside = of_label(Label("", ()) if axis == PLACE else label, texts)
            asides[key] = aside
            spoken = self._mean(tuple(texts), of_cell, of_columns)
            much = math.sqrt(min(len(texts), SEVERAL))
            total[key] = {one: value + spoken.get(one, 0.0) * much - aside for one, value in by_label[key].items()}
            if numbers and key in numbers:
                total[key][numbers[key]] += NUMBERED
        keys, asked = list(total), list(next(iter(total.values())))
        pairs = dict(assign([[max(0.0, total[key][one]) for one in asked] for key in keys]))
        pairs = {at: k for at, k in pairs.items() if total[keys[at]][asked[k]] > 0}
        heard: dict[Key, float] = {}
        shares = []
        unplaced = 0
        for at, key in enumerate(keys):
            own = total[key]
            strongest = max(asked, key=lambda one: own[one])
            best = asked[pairs[at]] if at in pairs else strongest
            if axis != PLACE and own[strongest] >= AGAIN and own[strongest] - own[best] > AHEAD:
                best = strongest
            elif own[best] < LEAST:
                unplaced += own[strongest] > UNASKED and asides[key] < OF_OTHERS
                continue
            raised = {one: math.exp(min(value, 30.0)) for one, value in own.items()}
            share = raised[best] / (1.0 + sum(raised.values()))
            if share < LIKELY:
                unplaced += 1
                continue
            found.places[key] = (best,), share
            shares.append(share)
            parts = labels[key].parts or (labels[key].text,)
            long = LONG * max(0, min(max(map(len, parts)), LONGEST) - SHORT)
            heard[best] = max(heard.get(best, 0.0), share * min(MOST, by_label[key][best]) - long)
        found.weight, found.several = sum(heard.values()), len(heard)
        found.share = sum(shares) / (len(shares) + unplaced) if shares else 0.0
        self._read[known] = replace(found, places=dict(found.places))
        return found

    def _mean(
        self, texts: tuple[str, ...], of_cell: Callable[[str], dict[Key, float]], of_columns: bool
    ) -> dict[Key, float]:
        if (texts, of_columns) not in self._spoken:
            self._spoken[texts, of_columns] = mean(map(of_cell, texts))
        return self._spoken[texts, of_columns]


def _counted(title: str) -> str:
    """The numbers that a title begins with, where it names several: "1, 2. Dữ liệu và hồ sơ"."""
    match = _SEVERAL.match(title)
    return match[0] if match else ""
