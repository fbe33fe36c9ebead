"""What speaks for an item or a column besides the words of its titles: the classifier, the cells, and the neighbours.

A heading in words nobody foresaw is weighed together with what stands under it and with which columns are still to be
found beside it; each share is taken against what the classifier says of a text it knows nothing of. Only a document
known for a report is read so: lists of other matters speak of schools and money too.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from extractors.understanding.form import Case, Form, bare_title, without_unit
from extractors.understanding.ground.assignment import assign
from extractors.understanding.ground.topics import OTHER, Topics
from extractors.understanding.tables.cell_kinds import CELLS, Kind, kind_of, may_hold, shares

TOLD_LENGTH = 80  # letters of a heading that the classifier is asked about
ITEM_WEIGHT = 0.75  # of the classifier, beside the words of a title
ITEM_SHARE = 0.3  # least probability that counts
IN_ORDER = math.log(6.0)  # for a column that stands where the letter has it
SHARED = math.log(0.5)  # for a column that the neighbour answers already
ASIDE = 2.0  # weight of a row that asks something else, against one item
SAYS = 1.0  # least weight of a heading that tells what figures under it count
PEOPLE = 0.5  # share of cells that name who does it
NEVER = -9.0  # of a column that cannot hold such cells
HOLDS = 2.0  # of a column of money whose every cell tells a sum, of one of documents whose every cell cites one
LACKS = 1.0  # of the same where no cell does
LIKELY = 0.35  # probability from which a column is placed


def item_evidence(case: Case, text: str) -> dict[int, float]:
    """Item → how much its title and the classifier together speak for it, 0..1; not to be changed."""
    return _item_evidence(case.form, case.answers_letter, text)


@lru_cache(maxsize=8192)
def _item_evidence(form: Form, trusts: bool, text: str) -> dict[int, float]:
    scores = dict(form.item_scores(text))
    if not trusts or not text.strip() or len(text) > TOLD_LENGTH:
        return scores
    for label, share in form.heads.of(bare_title(text)).items():
        if label.startswith("item.") and share >= ITEM_SHARE:
            item = int(label.removeprefix("item."))
            scores[item] = 1 - (1 - scores.get(item, 0.0)) * (1 - ITEM_WEIGHT * share)
    return scores


def said(topics: Topics, labels: Iterable[str], text: str) -> dict[str, float]:
    """Those of ``labels`` that ``topics`` knows, with how much ``text`` speaks for each: a natural logarithm."""
    speaks = topics.speaks(text)
    return {label: speaks[label] for label in labels if label in speaks}


def weights(form: Form, labels: Sequence[str], heading: str, cells: Sequence[str]) -> dict[str, float]:
    """Logarithmic weight of each label by a heading and by the cells that stand under or beside it."""
    total = dict.fromkeys(labels, 0.0)
    for label, value in said(form.heads, labels, heading).items():
        total[label] += value
    told = [said(form.topics, labels, text) for text in cells[:CELLS] if text.strip()]
    for label in labels if told else ():
        total[label] += sum(one.get(label, 0.0) for one in told) / len(told)
    return total


def rows_left(
    case: Case, rows: Mapping[int, tuple[str, Sequence[str]]], items: Sequence[int]
) -> dict[int, tuple[int, float]]:
    """Row → (item, probability) of rows (title, cells) that name no item, among ``items`` still to be found."""
    if not case.answers_letter:
        return {}
    form = case.form
    labels = {f"item.{item}": item for item in items}
    shares: list[dict[int, float]] = []
    for title, cells in rows.values():
        raised = {
            labels[label]: math.exp(value)
            for label, value in weights(form, list(labels), bare_title(title), cells).items()
        }
        named = form.item_scores(title)
        raised = {item: value * (1 + named.get(item, 0.0)) ** 2 for item, value in raised.items()}
        aside = math.exp(said(form.heads, [OTHER], bare_title(title)).get(OTHER, 0.0)) * ASIDE
        whole = sum(raised.values()) + aside
        shares.append({item: value / whole for item, value in raised.items()})
    pairs = assign([[one.get(item, 0.0) for item in items] for one in shares]) if shares and items else []
    keys = list(rows)
    return {keys[at]: (items[k], shares[at][items[k]]) for at, k in pairs if shares[at][items[k]] >= LIKELY}


class Columns:
    """Weighs unknown grid columns of one table against the columns of the form."""

    def __init__(self, case: Case) -> None:
        self.case, self.form = case, case.form
        self.order = [column.id for column in self.form.campaign.columns]

    def weights(self, heading: Sequence[str], cells: Sequence[str]) -> dict[str, float]:
        """Logarithmic weight of each column, and of ``other``, for a grid column."""
        total = weights(self.form, self.order, without_unit(" ".join(heading)), cells)
        held, kind = shares(cells), kind_of(cells)
        by_head = said(self.form.heads, self.order, without_unit(" ".join(heading)))
        for one, columns in ((Kind.SUMS, self.form.money_columns), (Kind.DOCUMENTS, self.form.directive_columns)):
            for column in columns:
                share = held.get(one, 0.0)
                total[column] += HOLDS * share - LACKS * (1 - share if held else 0.0)
        for column in self.order:
            # people and figures without a heading that says what they count may be anything
            vague = (kind is Kind.FIGURES or held.get(Kind.PEOPLE, 0.0) >= PEOPLE) and by_head.get(column, 0.0) <= SAYS
            holds = may_hold(self.form, column, kind) and not vague
            total[column] += 0.0 if holds else NEVER
        return total | {OTHER: said(self.form.heads, [OTHER], without_unit(" ".join(heading))).get(OTHER, 0.0)}

    def place(
        self,
        unknown: Mapping[int, dict[str, float]],
        chosen: Mapping[int, Collection[str]],
    ) -> dict[int, tuple[str, float]]:
        """Grid column → (column, probability) of those ``unknown`` (with their weights), beside the ``chosen``."""
        if not self.case.answers_letter:
            return {}
        taken = {column for columns in chosen.values() for column in columns}
        rows = sorted(unknown)
        shares: list[dict[str, float]] = []
        for c in rows:
            weights = {OTHER: unknown[c][OTHER]}
            for column in self.order:
                if column not in taken:
                    weights[column] = unknown[c][column] + (IN_ORDER if self._in_order(c, column, chosen) else 0.0)
                elif any(column in chosen.get(near, ()) for near in (c - 1, c + 1)):
                    weights[column] = unknown[c][column] + SHARED
            raised = {column: math.exp(value) for column, value in weights.items()}
            whole = sum(raised.values())
            shares.append({column: value / whole for column, value in raised.items()})
        # a column may be answered beside its neighbour, so that only those still to be found are given out once
        once = [column for column in self.order if column not in taken]
        pairs = dict(assign([[said.get(column, 0.0) for column in once] for said in shares])) if once else {}
        placed: dict[int, tuple[str, float]] = {}
        for at, c in enumerate(rows):
            mine = once[pairs[at]] if at in pairs else ""
            best = max(
                (column for column in shares[at] if column in (mine, OTHER) or column in taken),
                key=lambda column: shares[at][column],
            )
            if best != OTHER and shares[at][best] >= LIKELY:
                placed[c] = (best, shares[at][best])
        return placed

    def _in_order(self, c: int, column: str, chosen: Mapping[int, Collection[str]]) -> bool:
        """Whether ``column`` at ``c`` keeps the letter's order between its neighbours."""
        before = [chosen[g] for g in sorted(chosen) if g < c]
        after = [chosen[g] for g in sorted(chosen) if g > c]
        at = self.order.index(column)
        low = max(map(self.order.index, before[-1])) if before else -1
        high = min(map(self.order.index, after[0])) if after else len(self.order)
        return bool(before or after) and low < at < high
