"""What each heading of a table asks, by its title, by the classifier, by what stands under it and by its neighbours.

Headings are matched by meaning, never by place alone; a heading that says nothing known is placed by its neighbours,
and then with little confidence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from extractors.understanding.figures.payers import source_of
from extractors.understanding.form import Case, without_unit
from extractors.understanding.ground.assignment import assign
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.lines import GridCell, one_line
from extractors.understanding.ground.matching import Key
from extractors.understanding.ground.topics import OTHER
from extractors.understanding.tables.cell_kinds import Kind, bears_out, kind_of, may_hold, shares
from extractors.understanding.tables.evidence import TOLD_LENGTH, Columns

HEADING = 0.5  # least score of a column heading
OVER = 0.3  # what a merged heading adds
SOURCE_LENGTH, OF_SOURCE = 30, 0.75  # letters of a heading that names a source of money, and its score
WELL, BESIDE = 0.75, 0.9  # a score that needs no second opinion; what the classifier weighs where it is lower
OUTRIGHT = 0.9  # a score that the cells cannot gainsay
ASIDE = 0.5  # probability of what no form asks, from which half a name is none
HALF_NAMED, HEARD = 0.6, 0.25  # a lower score than that counts only where the classifier gives so much
PLACED = 0.15, 0.25  # score of a heading placed by evidence besides its words: least, and what sureness adds

Matrix = list[list[GridCell | None]]


@dataclass(frozen=True, slots=True)
class Head:
    """One grid column of an appendix: the campaign columns it answers, its leaf label and its full heading."""

    columns: tuple[str, ...]
    label: str
    heading: str
    score: float
    told: bool = False
    """Whether no title but only the classifier names the column, and nothing that stands under it bears that out."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over one grid column, from the top, with the scores of what it asks.

    ``told``: only the classifier knows it; ``kind``: what the cells under it hold.
    """

    pieces: list[str]
    scores: dict[str, float]
    told: bool
    kind: Kind | None


class CellTexts:
    """Text of the cells of one case on one line each; lines already claimed count as absent."""

    def __init__(self, case: Case) -> None:
        self._flow, self._ledger = case.flow, case.ledger
        self._texts: dict[tuple[int, ...], str] = {}

    def __call__(self, cell: GridCell | None) -> str:
        if cell is None:
            return ""
        if cell.keys not in self._texts:
            self._texts[cell.keys] = one_line([line for line in self._flow.pick(cell.keys) if self._ledger.free(line)])
        return self._texts[cell.keys]


class ColumnHeads:
    """Reads headings of the tables of one case."""

    def __init__(self, case: Case, text: CellTexts) -> None:
        self.form, self.text, self.columns = case.form, text, Columns(case)
        self.trusts = case.answers_letter
        """Whether the classifier may name columns: any document says the words that reports are headed with."""
        self.scores = cache(self._scores)

    def _scores(self, text: str) -> dict[str, float]:
        """Scores of a column heading; one that names a source of money asks what money was spent."""
        scores = self.form.column_scores(text)
        if len(text) <= SOURCE_LENGTH and source_of(text):
            scores = scores | {c: max(scores.get(c, 0.0), OF_SOURCE) for c in self.form.money_columns}
        return scores

    def asked(
        self, pieces: Sequence[str], cells: Iterable[GridCell | None], matrix: Matrix, header: frozenset[int]
    ) -> tuple[dict[str, float], bool]:
        """Scores of the columns for one grid column's headings, and whether words and classifier disagree on one."""
        whole = " ".join(pieces)
        asked: dict[str, float] = {}
        for text in (whole, *pieces):
            for column, score in self.scores(text).items():
                asked[column] = max(asked.get(column, 0.0), score)
        for over in cells if len(pieces) > 1 else ():
            if over is not None and over.column_span > 1 and (part := self._names(over, matrix, header)):
                # what stands under a merged heading is a part of what that asks
                asked[part] = min(1.0, max(asked.get(part, 0.0), HEADING) + OVER)
        if HEADING <= max(asked.values(), default=0.0) < WELL and len(whole) <= TOLD_LENGTH:
            asked = self._with_classifier(asked, pieces[-1])
        if max(asked.values(), default=0.0) < HEADING and (told := self._told(pieces)):
            return asked | {told[0]: told[1]}, True
        return asked, self._misheard(asked, pieces)

    def _misheard(self, asked: dict[str, float], pieces: Sequence[str]) -> bool:
        """Whether a title is named by a word or two of which the classifier hears nothing: "Việc cụ thể"."""
        if not self.trusts or not asked or max(asked.values()) >= OUTRIGHT or len(pieces) != 1:
            return False
        told = self.form.heads.of(without_unit(pieces[0]))
        return bool(told) and told.get(max(asked, key=lambda c: asked[c]), 0.0) < HEARD

    def _with_classifier(self, asked: dict[str, float], text: str) -> dict[str, float]:
        """Scores of a title that is not well named, with the classifier's word beside them."""
        told = self.form.heads.of(without_unit(text))
        if not self.trusts:
            return asked
        if told.get(OTHER, 0.0) >= ASIDE:
            return {}
        if told:
            # one word in common is no name where the classifier hears nothing of it
            asked = {c: score for c, score in asked.items() if score >= HALF_NAMED or told[c] >= HEARD}
        return {
            column: 1 - (1 - asked.get(column, 0.0)) * (1 - BESIDE * told.get(column, 0.0))
            for column in self.columns.order
        }

    def held(self, asked: dict[str, float], pieces: Sequence[str], cells: Sequence[str]) -> dict[str, float]:
        """``asked`` without the columns that are not named outright and cannot hold what stands under the heading."""
        outright = {c for text in pieces for c, score in self.scores(text).items() if score >= OUTRIGHT}
        kind = kind_of(cells)
        leaf = pieces[-1:] if len(pieces) > 1 else ()
        for text in leaf:
            told = self._told([text])
            names = {c for c, score in self.scores(text).items() if score >= HEADING} | ({told[0]} if told else set())
            sure = [c for c in asked if c in names and bears_out(self.form, c, kind)]
            if len(sure) == 1:
                # "Nguồn lực: người | tiền": sums under "tiền" are money whatever stands over it
                return {sure[0]: max(asked[sure[0]], OUTRIGHT)}
        if self.trusts and kind is Kind.DOCUMENTS and max(asked.values(), default=0.0) < HEADING:
            return dict.fromkeys(self.form.directive_columns, HALF_NAMED)
        return {
            c: score
            for c, score in asked.items()
            if c in outright or (may_hold(self.form, c, kind) and not self._giver(c, pieces, cells))
        }

    def _giver(self, column: str, pieces: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether a heading speaks of giving, but not of money: "Hiến kế" over texts without a sum."""
        if column not in self.form.money_columns or not any(map(source_of, pieces)):
            return False
        heard = max((self.form.heads.of(text).get(column, 0.0) for text in pieces), default=0.0)
        found = shares(cells)
        return heard < HEARD and bool(found) and not found[Kind.SUMS] and not found[Kind.FIGURES]

    def _names(self, over: GridCell, matrix: Matrix, header: frozenset[int]) -> str | None:
        """The column that a merged heading asks, as it and the headings under it say together."""
        under = {
            matrix[r][c]
            for r in header
            for c in range(over.column, over.column + over.column_span)
            if r >= over.row + over.row_span
        }
        texts = [self.text(over), *(self.text(cell) for cell in under if cell is not None)]
        if not self._told(texts[:1]) and not named(self.form.column_scores(texts[0])):
            return None
        total = dict.fromkeys(self.columns.order, 0.0)
        for text in texts:
            for votes in (self.form.column_scores(text), self.form.heads.of(text)):
                for column in total:
                    total[column] += votes.get(column, 0.0)
        return max(total, key=lambda column: total[column])

    def _told(self, pieces: Sequence[str]) -> tuple[str, float] | None:
        """What the classifier makes of a heading that names no title: of its own words first, then of all over it."""
        for text in (*reversed(pieces), " ".join(pieces)):
            if self.trusts and len(text) <= TOLD_LENGTH and (told := self.form.column_told(text)):
                return told
        return None

    def share(
        self,
        headings: Mapping[int, Heading],
        body: Matrix,
        before: Collection[int] = (),
    ) -> dict[int, tuple[tuple[str, ...], float]]:
        """Grid column → campaign columns with a score: one each where that is best, several where a heading says so.

        Those in ``before`` are asked for only where their headings say so.
        """
        order = [column.id for column in self.form.campaign.columns]
        grid_columns = sorted(headings)
        scores = {c: heading.scores for c, heading in headings.items()}
        texts = {c: heading.pieces for c, heading in headings.items()}
        unsure = {c for c, heading in headings.items() if heading.told}
        pairs = assign([[scores[c].get(column, 0.0) for column in order] for c in grid_columns])
        chosen: dict[int, tuple[tuple[str, ...], float]] = {}
        paired = {grid_columns[row]: order[at] for row, at in pairs}
        for c in grid_columns:
            ranked = sorted(scores[c].items(), key=lambda pair: -pair[1])
            if not ranked or ranked[0][1] < HEADING:
                continue
            top, score = ranked[0]
            outright = [g for g in grid_columns if g not in unsure and scores[g].get(top, 0.0) >= HEADING]
            if c in unsure and outright and not {c - 1, c + 1} & set(outright):
                continue  # what is named outright elsewhere is not asked again in other words, but for "Dễ | Khó"
            mine = paired.get(c)
            if mine and scores[c].get(mine, 0.0) >= max(HEADING, score - 0.12):
                top, score = mine, scores[c][mine]
            both = [top]
            if len(ranked) > 1 and len(texts[c]) == 1:
                both += [column for column in self._clauses(texts[c][0]) if column not in both]
            chosen[c] = (tuple(column for column in order if column in both), score)
        if (
            len(chosen.keys() - unsure) >= 2
            and len(grid_columns) == len(order)
            and all(
                columns == (order[at],)
                for at, c in enumerate(grid_columns)
                if c in chosen
                for columns in [chosen[c][0]]
            )
        ):
            chosen |= {c: ((order[at],), 0.1) for at, c in enumerate(grid_columns) if c not in chosen}
        elif len({column for columns, _ in chosen.values() for column in columns}) >= 2:
            after = [c for c in grid_columns if c not in before]
            chosen |= self._beside(after, chosen, texts, body)
        return chosen

    def _clauses(self, heading: str) -> list[str]:
        """Columns that separate clauses of a merged heading name, each fully: "Kết quả thực hiện; Kinh phí"."""
        whole = self.form.columns.best(heading, least=0.8, margin=0.25)
        if whole is not None:
            return []
        found = []
        for clause in re.split(r"[;+\n&/]|\s[–-]\s|\bvà\b|,", heading):
            match = self.form.columns.best(clause, least=0.85, margin=0.2)
            if match is not None:
                found.append(str(match.key))
        return found

    def _beside(
        self,
        grid_columns: Sequence[int],
        chosen: dict[int, tuple[tuple[str, ...], float]],
        texts: dict[int, list[str]],
        body: Matrix,
    ) -> dict[int, tuple[tuple[str, ...], float]]:
        """Headings that say nothing known, placed by what stands under them and by their neighbours."""
        unknown = {
            c: self.columns.weights(
                texts[c], [self.text(cell) for cell in dict.fromkeys(cells[c] for cells in body) if cell is not None]
            )
            for c in grid_columns
            if c not in chosen and texts[c] and not any("ghi chu" in fold(text) for text in texts[c])
        }
        placed = self.columns.place(unknown, {c: columns for c, (columns, _) in chosen.items()})
        least, more = PLACED
        return {c: ((column,), least + more * share) for c, (column, share) in placed.items()}


def named(scores: Mapping[Key, float], least: float = HEADING) -> list[tuple[Key, float]]:
    """(key, score) of the best key when it reaches ``least``."""
    if not scores:
        return []
    key = max(scores, key=lambda k: scores[k])
    return [(key, scores[key])] if scores[key] >= least else []
