"""How a table is laid out: which rows are its header, which grid column asks what, where items are named.

Headings are matched by meaning, never by place alone; a heading that says nothing known is placed by its neighbours,
and then with little confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.understanding.assignment import assign
from extractors.understanding.evidence import TOLD_LENGTH, Columns, item_evidence
from extractors.understanding.folding import fold
from extractors.understanding.form import Case, leading_number, without_unit
from extractors.understanding.funding import source_of
from extractors.understanding.lines import Grid, GridCell, one_line
from extractors.understanding.matching import Key

HEADING = 0.5  # least score of a column heading
NUMBER_LENGTH = 20  # "4 đến 7 (trừ 5)"
THROUGHOUT = 0.8  # mean evidence of titles in a table that has one column of the form
SPENT_ON = 0.5  # the same where that column tells sums: what else was bought stands among the items
SOURCE_LENGTH, OF_SOURCE = 30, 0.75  # letters of a heading that names a source of money, and its score
OVER = 0.3  # what a merged heading adds
TOP_ROWS = 3  # among which a header in words nobody foresaw is looked for
WELL, BESIDE = 0.75, 0.9  # a score that needs no second opinion; what the classifier weighs where it is lower
HALF_NAMED, HEARD = 0.6, 0.25  # a lower score than that counts only where the classifier gives so much
MOSTLY = 0.5  # share of headings that ask nothing known, from which a table is about something else
ASKED = 0.45  # score of a heading that says itself what it asks
PLACED = 0.15, 0.25  # score of a heading placed by evidence besides its words: least, and what sureness adds
NUMBER_HEAD = re.compile(r"^(?:stt|tt|so tt|so thu tu|st t|no|ma so|ma|so|nd|muc (?:so|pl|phu luc)|so muc)\W*$")
TITLE_HEAD = re.compile(
    r"^(?:cac )?(?:noi dung|nhiem vu|hang muc|tieu chi|ten noi dung|cong viec|linh vuc|muc)\b"
    r"(?!.*(?:kien nghi|de xuat|chi )).{0,40}$|"
    r"^(?:cac )?(?:(?:ten )?(?:goi|viec)|goi tat|mang(?: viec)?|nhom viec|dau viec|phan viec|lam viec gi)\W*$"
)
_COLUMN_NUMBER = re.compile(r"^\W*(?:[0-9]{1,2}|[a-i]|[ivx]{1,4})\W*(?:=.*)?$")

_SEVERAL = re.compile(r"^\W*\d{1,2}(?:\s*(?:,|;|\+|&|-|va|den)\s*\d{1,2})+\W*$")  # "1, 2, 4"

Matrix = list[list[GridCell | None]]


@dataclass(frozen=True, slots=True)
class Head:
    """One grid column of an appendix: the campaign columns it answers, its leaf label and its full heading."""

    columns: tuple[str, ...]
    label: str
    heading: str
    score: float


@dataclass(frozen=True, slots=True)
class Layout:
    """How a grid is read. ``grid`` may be turned; ``heads`` by grid column; rows in ``header`` hold no answers."""

    grid: Grid
    header: frozenset[int]
    heads: dict[int, Head]
    number: int | None
    title: int | None
    told: bool = False
    """Whether the header was found by the classifier alone."""


class Layouts:
    """Finds layouts of the tables of one case; lines already claimed count as absent."""

    def __init__(self, case: Case) -> None:
        self.case, self.form = case, case.form
        self.columns = Columns(case)
        self._texts: dict[tuple[int, ...], str] = {}

    def text(self, cell: GridCell | None) -> str:
        """Text of a cell on one line, lines that are already claimed left out."""
        if cell is None:
            return ""
        if cell.keys not in self._texts:
            lines = [line for line in self.case.flow.pick(cell.keys) if self.case.ledger.free(line)]
            self._texts[cell.keys] = one_line(lines)
        return self._texts[cell.keys]

    def find(self, grid: Grid) -> Layout | None:
        upright = self._upright(grid)
        turned = self._upright(grid.turned())
        best = max((upright, turned), key=lambda found: found[1] if found[0] else 0.0)
        if upright[0] and upright[1] >= best[1] - 0.5:
            best = upright
        return best[0]

    def _upright(self, grid: Grid) -> tuple[Layout | None, float]:
        """The layout with headings on top, and how much speaks for it."""
        matrix = grid.matrix()
        found: tuple[float, int] | None = None
        told: tuple[float, int] | None = None
        for r in range(min(grid.rows, 25)):
            value = self.heading_value(matrix[r])
            if value >= 1.0 and (found is None or value > found[0] + 0.5):
                found = (value, r)
            if found and r > found[1] + 4:
                break
        if found is None:
            lost = self._headless(grid, matrix)
            begins = lost[0] is not None and bool(
                named(item_evidence(self.case, self.text(matrix[0][lost[0].title or 0])))
            )
            found = told = self._told_header(matrix) if self.case.answers_letter and not begins else None
            if found is None:
                return lost
        header = self._header_rows(grid, matrix, found[1])
        layout = replace(self._heads(grid, matrix, header), told=told is not None)
        columns = {column for head in layout.heads.values() if head.score >= ASKED for column in head.columns}
        items = self._item_hits(matrix, header, layout.title)
        if self._other_matters(layout, matrix, header, items):
            return None, 0.0
        throughout = SPENT_ON if self._breaks_down(layout) else THROUGHOUT
        if len(columns) >= 2 or (columns and items >= 2 and self._all_items(matrix, header, layout.title, throughout)):
            return layout, len(columns) + 1.5 * min(items, 12) + (0.5 if layout.number is not None else 0.0)
        return None, 0.0

    def _breaks_down(self, layout: Layout) -> bool:
        """Whether a table breaks money down by what it was spent on: names first, then the sources of the sums.

        One that the text above leads up to ("... trong bảng sau:") belongs to that text.
        """
        above = [
            line for line in self.case.flow.lines[max(0, layout.grid.start - 4) : layout.grid.start] if not line.blank
        ]
        if above and above[-1].full.rstrip().endswith(":"):
            return False
        asked = {column for head in layout.heads.values() for column in head.columns}
        by_source = any(source_of(head.label) for head in layout.heads.values())
        first = layout.title is not None and layout.title < min(layout.heads, default=0)
        return by_source and first and asked <= self.form.money_columns

    def _headless(self, grid: Grid, matrix: Matrix) -> tuple[Layout | None, float]:
        """A table whose header was lost: item titles, and beside them as many columns as the form has."""
        title = self._title_column(matrix, frozenset({-1}))
        order = [column.id for column in self.form.campaign.columns]
        if title is None or grid.columns - title - 1 != len(order) or title > 1:
            return None, 0.0
        items = self._item_hits(matrix, frozenset({-1}), title)
        if items < 3:
            return None, 0.0
        heads = {title + 1 + at: Head((column,), "", "", 0.05) for at, column in enumerate(order)}
        return Layout(grid, frozenset(), heads, 0 if title == 1 else None, title), 1.0 + items

    def _other_matters(self, layout: Layout, matrix: Matrix, header: frozenset[int], items: int) -> bool:
        """Whether the headings tell a list of other things: most ask what no form does, or rows are named by them."""
        lead = {layout.number, layout.title}
        headed = [
            c for c in range(layout.grid.columns) if c not in lead and any(self.text(matrix[r][c]) for r in header)
        ]
        strange = [
            c
            for c in headed
            if c not in layout.heads and not any("ghi chu" in fold(self.text(matrix[r][c])) for r in header)
        ]
        if not items and layout.number is not None and layout.title is None:
            return bool(strange)
        return len(strange) > MOSTLY * len(headed)

    def _told_header(self, matrix: Matrix) -> tuple[float, int] | None:
        """A row on top whose headings are in words that only the classifier knows."""
        values = [(self.heading_value(cells, told=True), r) for r, cells in enumerate(matrix[:TOP_ROWS])]
        return next((found for least in (1.0, HEADING) for found in values if found[0] >= least), None)

    def heading_value(self, cells: Sequence[GridCell | None], *, told: bool = False) -> float:
        """How much a row looks like the header: distinct columns named in it, number and title headings.

        With ``told`` the classifier names what no title does.
        """
        columns: dict[str, float] = {}
        value = 0.0
        distinct = list(dict.fromkeys(cell for cell in cells if cell is not None))
        if len(distinct) < 2:
            return 0.0
        for cell in distinct:
            text = self.text(cell)
            if not text or len(text) > 450:
                continue
            folded = fold(text)
            if NUMBER_HEAD.match(folded):
                value += 0.6
                continue
            if TITLE_HEAD.match(folded):
                value += 0.4
                continue
            asked = named(self._column_scores(text))
            if not asked and told and len(text) <= TOLD_LENGTH and (other := self.form.column_told(text)):
                asked = [other]
            for column, score in asked:
                columns[column] = max(columns.get(column, 0.0), score)
        return value + sum(columns.values())

    def _column_scores(self, text: str) -> dict[str, float]:
        """Scores of a column heading; one that names a source of money asks what money was spent."""
        scores = self.form.column_scores(text)
        if len(text) <= SOURCE_LENGTH and source_of(text):
            scores = scores | {c: max(scores.get(c, 0.0), OF_SOURCE) for c in self.form.money_columns}
        return scores

    def _header_rows(self, grid: Grid, matrix: Matrix, row: int) -> frozenset[int]:
        cells = [cell for cell in matrix[row] if cell is not None]
        first = min(cell.row for cell in cells)
        last = max(
            (cell.row + cell.row_span - 1 for cell in cells if self.text(cell) and cell.row_span <= 3), default=row
        )
        while first > 0 and any(
            cell is not None
            and cell.column_span > 1
            and cell.column_span < grid.columns
            and named(self.form.column_scores(self.text(cell)))
            for cell in matrix[first - 1]
        ):
            first -= 1
        while last + 1 < grid.rows and self._under_header(matrix, last + 1, row):
            last += 1
        return frozenset(range(first, last + 1))

    def _under_header(self, matrix: Matrix, row: int, header: int) -> bool:
        """Whether ``row`` still belongs to the header: column numbers, or labels under a merged heading."""
        cells = [cell for cell in dict.fromkeys(matrix[row]) if cell is not None]
        texts = [self.text(cell) for cell in cells]
        filled = [text for text in texts if text]
        if not filled:
            return False
        if len(filled) >= 3 and all(_COLUMN_NUMBER.match(fold(text)) for text in filled):
            return True
        merged = [
            at
            for at, cell in enumerate(matrix[header])
            if cell is not None and cell.column_span > 1 and self.text(cell)
        ]
        labels = [self.text(matrix[row][at]) for at in merged if matrix[row][at] is not matrix[header][at]]
        others = [
            self.text(cell)
            for at, cell in enumerate(matrix[row])
            if at not in merged and cell is not matrix[header][at]
        ]
        return bool(merged) and any(labels) and not any(others) and all(len(label) <= 80 for label in labels)

    def _heads(self, grid: Grid, matrix: Matrix, header: frozenset[int]) -> Layout:
        heads: dict[int, Head] = {}
        number = title = None
        scores: dict[int, dict[str, float]] = {}
        texts: dict[int, list[str]] = {}
        unsure: set[int] = set()  # headings that only the classifier knows
        for c in range(grid.columns):
            cells = dict.fromkeys(matrix[r][c] for r in sorted(header))
            pieces = [self.text(cell) for cell in cells if cell is not None]
            pieces = [text for text in pieces if text and not _COLUMN_NUMBER.match(fold(text))]
            texts[c] = pieces
            folded = fold(" ".join(pieces))
            if NUMBER_HEAD.match(folded) and number is None:
                number = c
                continue
            if (
                TITLE_HEAD.match(folded)
                and title is None
                and not named(self.form.column_scores(" ".join(pieces)), 0.75)
            ):
                title = c
                continue
            asked, only_told = self._asked(pieces, cells, matrix, header)
            unsure |= {c} if only_told else set()
            scores[c] = asked
        by_content = self._title_column(matrix, header)
        left = title if by_content is None else by_content
        if number is None and left is not None:
            number = next((c for c in range(left) if c in scores and self._counts(matrix, header, c)), None)
            scores.pop(-1 if number is None else number, None)
        if by_content is not None and by_content != title:
            title = by_content
            scores.pop(title, None)
        for c, columns in self._share(scores, texts, matrix, header, unsure).items():
            label = texts[c][-1] if texts[c] else ""
            heads[c] = Head(columns[0], label, " ".join(texts[c]), columns[1])
        if number is None and title is not None and title > 0 and title - 1 not in heads:
            number = title - 1
        return Layout(grid, header, heads, number, title)

    def _asked(
        self, pieces: Sequence[str], cells: Iterable[GridCell | None], matrix: Matrix, header: frozenset[int]
    ) -> tuple[dict[str, float], bool]:
        """Scores of the columns for one grid column's headings, and whether only the classifier names one."""
        whole = " ".join(pieces)
        asked: dict[str, float] = {}
        for text in (whole, *pieces):
            for column, score in self._column_scores(text).items():
                asked[column] = max(asked.get(column, 0.0), score)
        for over in cells if len(pieces) > 1 else ():
            if over is not None and over.column_span > 1 and (part := self._names(over, matrix, header)):
                # what stands under a merged heading is a part of what that asks
                asked[part] = min(1.0, max(asked.get(part, 0.0), HEADING) + OVER)
        if HEADING <= max(asked.values(), default=0.0) < WELL and len(whole) <= TOLD_LENGTH:
            asked = self._with_classifier(asked, pieces[-1])
        if max(asked.values(), default=0.0) < HEADING and (told := self._told(pieces)):
            return asked | {told[0]: told[1]}, True
        return asked, False

    def _with_classifier(self, asked: dict[str, float], text: str) -> dict[str, float]:
        """Scores of a title that is not well named, with the classifier's word beside them."""
        told = self.form.heads.of(without_unit(text))
        if told:
            # one word in common is no name where the classifier hears nothing of it
            asked = {c: score for c, score in asked.items() if score >= HALF_NAMED or told[c] >= HEARD}
        return {
            column: 1 - (1 - asked.get(column, 0.0)) * (1 - BESIDE * told.get(column, 0.0))
            for column in self.columns.order
        }

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
            if len(text) <= TOLD_LENGTH and (told := self.form.column_told(text)):
                return told
        return None

    def _share(
        self,
        scores: dict[int, dict[str, float]],
        texts: dict[int, list[str]],
        matrix: Matrix,
        header: frozenset[int],
        unsure: set[int],
    ) -> dict[int, tuple[tuple[str, ...], float]]:
        """Grid column → campaign columns with a score: one each where that is best, several where a heading says so."""
        order = [column.id for column in self.form.campaign.columns]
        grid_columns = sorted(scores)
        pairs = assign([[scores[c].get(column, 0.0) for column in order] for c in grid_columns])
        chosen: dict[int, tuple[tuple[str, ...], float]] = {}
        paired = {grid_columns[row]: order[at] for row, at in pairs}
        for c in grid_columns:
            ranked = sorted(scores[c].items(), key=lambda pair: -pair[1])
            if not ranked or ranked[0][1] < HEADING:
                continue
            top, score = ranked[0]
            if c in unsure and any(scores[g].get(top, 0.0) >= HEADING for g in grid_columns if g not in unsure):
                continue  # what is named outright elsewhere is not asked again in other words
            mine = paired.get(c)
            if mine and scores[c].get(mine, 0.0) >= max(HEADING, score - 0.12):
                top, score = mine, scores[c][mine]
            both = [top]
            if len(ranked) > 1 and len(texts[c]) == 1:
                both += [column for column in self._clauses(texts[c][0]) if column not in both]
            chosen[c] = (tuple(column for column in order if column in both), score)
        if (
            len(chosen) >= 2
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
            chosen |= self._beside(grid_columns, chosen, texts, matrix[max(header) + 1 :])
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

    def _counts(self, matrix: Matrix, header: frozenset[int], c: int) -> bool:
        """Whether a column holds nothing but the numbers of its rows: "1", "II", "Mục 3", "4-6"."""
        cells = dict.fromkeys(row[c] for row in matrix[max(header) + 1 :])
        texts = [text for cell in cells if (text := self.text(cell))]
        numbered = all(leading_number(text) is not None or _SEVERAL.match(fold(text)) for text in texts)
        return len(texts) >= 2 and numbered and len(set(texts)) > 1 and max(map(len, texts)) <= NUMBER_LENGTH

    def _title_column(self, matrix: Matrix, header: frozenset[int]) -> int | None:
        """The grid column whose cells name the most items."""
        best: tuple[float, int] | None = None
        start = max(header) + 1
        for c in range(len(matrix[0])):
            seen: dict[int, float] = {}
            for r in range(start, min(len(matrix), start + 60)):
                cell = matrix[r][c]
                text = self.text(cell)
                if cell is not None and cell.column_span > max(2, len(matrix[0]) // 2):
                    continue
                if 6 <= len(text) <= 300:
                    for item, score in named(item_evidence(self.case, text), 0.55):
                        seen[item] = max(seen.get(item, 0.0), score)
            value = sum(seen.values())
            if seen and (best is None or value > best[0] + 0.3):
                best = (value, c)
        return best[1] if best and best[0] >= 0.9 else None

    def _item_hits(self, matrix: Matrix, header: frozenset[int], title: int | None) -> int:
        if title is None:
            return 0
        seen: set[int] = set()
        for r in range(max(header) + 1, len(matrix)):
            text = self.text(matrix[r][title])
            seen |= {item for item, _ in named(item_evidence(self.case, text), 0.55)} if len(text) <= 300 else set()
        return len(seen)

    def _all_items(self, matrix: Matrix, header: frozenset[int], title: int | None, least: float) -> bool:
        """Whether a table of one column is about items throughout, as a list of other matters is not."""
        cells = dict.fromkeys(row[title] for row in matrix[max(header) + 1 :]) if title is not None else {}
        texts = [text for cell in cells if (text := self.text(cell))]
        surest = [max(item_evidence(self.case, text).values(), default=0.0) for text in texts]
        return bool(surest) and sum(surest) >= least * len(surest)

    def names_again(self, texts: Sequence[str], cells: Sequence[GridCell | None]) -> bool:
        """Whether a row is a header in other words: "STT" or "Nội dung" beside column headings."""
        named = any(NUMBER_HEAD.match(fold(text)) or TITLE_HEAD.match(fold(text)) for text in texts)
        return named and self.heading_value(cells) >= 1.5


def named(scores: Mapping[Key, float], least: float = HEADING) -> list[tuple[Key, float]]:
    """(key, score) of the best key when it reaches ``least``."""
    if not scores:
        return []
    key = max(scores, key=lambda k: scores[k])
    return [(key, scores[key])] if scores[key] >= least else []


def same_heads(first: Layout, second: Layout) -> bool:
    return [head.columns for _, head in sorted(first.heads.items())] == [
        head.columns for _, head in sorted(second.heads.items())
    ]
