"""How a table is laid out: which rows are its header, which grid column asks what, where items are named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.understanding.figures.payers import source_of
from extractors.understanding.form import Case, leading_number
from extractors.understanding.ground.folding import fold, letters
from extractors.understanding.ground.lines import Grid
from extractors.understanding.ground.topics import OTHER
from extractors.understanding.tables.cell_kinds import Kind, bears_out, kind_of
from extractors.understanding.tables.column_heads import (
    ASIDE,
    WELL,
    CellTexts,
    ColumnHeads,
    Head,
    Heading,
    Matrix,
    named,
)
from extractors.understanding.tables.evidence import item_evidence
from extractors.understanding.tables.table_header import COLUMN_NUMBER, NUMBER_HEAD, TITLE_HEAD, Headers

KEY_LENGTH = 60  # letters of a text that names a row
NUMBER_LENGTH = 20  # "4 đến 7 (trừ 5)"
THROUGHOUT = 0.8  # mean evidence of titles in a table that has one column of the form
SPENT_ON = 0.5  # the same where that column tells sums: what else was bought stands among the items
MOSTLY = 0.5  # share of headings that ask nothing known, from which a table is about something else
ASKED = 0.45  # score of a heading that says itself what it asks
_SEVERAL = re.compile(r"^\W*\d{1,2}(?:\s*(?:,|;|\+|&|-|va|den)\s*\d{1,2})+\W*$")  # "1, 2, 4"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a grid is read. ``grid`` may be turned; ``heads`` by grid column; rows in ``header`` hold no answers."""

    grid: Grid
    header: frozenset[int]
    heads: dict[int, Head]
    number: int | None
    title: int | None


class Layouts:
    """Finds layouts of the tables of one case; lines already claimed count as absent."""

    def __init__(self, case: Case) -> None:
        self.case, self.form = case, case.form
        self.text = CellTexts(case)
        self.heads = ColumnHeads(case, self.text)
        self.headers = Headers(case, self.text, self.heads)
        self.columns = self.heads.columns

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
        for r in range(min(grid.rows, 25)):
            value = self.headers.heading_value(matrix[r])
            if value >= 1.0 and (found is None or value > found[0] + 0.5):
                found = (value, r)
            if found and r > found[1] + 4:
                break
        if found is None:
            return self._headless(grid, matrix)
        header = self.headers.rows(grid, matrix, found[1])
        if max(header) == grid.rows - 1:
            return None, 0.0  # a heading over nothing
        layout = self._heads(grid, matrix, header)
        columns = {column for head in layout.heads.values() if head.score >= ASKED for column in head.columns}
        items = self.item_hits(matrix, header, layout.title)
        if self._other_matters(layout, matrix, header, items):
            return None, 0.0
        throughout = SPENT_ON if self._breaks_down(layout) else THROUGHOUT
        if len(columns) >= 2 or (columns and items >= 2 and self.all_items(matrix, header, layout.title, throughout)):
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
        title = self.title_column(matrix, frozenset({-1}))
        order = [column.id for column in self.form.campaign.columns]
        if title is None or grid.columns - title - 1 != len(order) or title > 1:
            return None, 0.0
        items = self.item_hits(matrix, frozenset({-1}), title)
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
        throughout = items >= 2 and self.all_items(matrix, header, layout.title, THROUGHOUT)
        return len(strange) > MOSTLY * len(headed) and not throughout

    def _heads(self, grid: Grid, matrix: Matrix, header: frozenset[int]) -> Layout:
        number = title = None
        headings: dict[int, Heading] = {}
        for c in range(grid.columns):
            cells = dict.fromkeys(matrix[r][c] for r in sorted(header))
            pieces = [self.text(cell) for cell in cells if cell is not None]
            pieces = [text for text in pieces if text and not COLUMN_NUMBER.match(fold(text))]
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
            asked, only_told = self.heads.asked(pieces, cells, matrix, header)
            under = self.under(matrix, header, c)
            headings[c] = Heading(pieces, self.heads.held(asked, pieces, under), only_told, kind_of(under))
        by_content = self.title_column(matrix, header)
        left = title if by_content is None else by_content
        if number is None and left is not None:
            unasked = (c for c in range(left) if c in headings and not named(headings[c].scores, WELL))
            number = next((c for c in unasked if self.counts(matrix, header, c)), None)
            headings.pop(-1 if number is None else number, None)
        if by_content is not None and by_content != title:
            title = by_content
            headings.pop(title, None)
        # what stands before the titles counts or groups the rows: it answers only where its heading says so
        before = set(range(title)) if title is not None and any(c > title for c in headings) else set()
        body = matrix[max(header) + 1 :]
        heads = {
            c: self._head(headings[c], *columns) for c, columns in self.heads.share(headings, body, before).items()
        }
        if number is None and title is not None and title > 0 and title - 1 not in heads:
            number = title - 1
        return Layout(grid, header, heads, number, title)

    def _head(self, heading: Heading, columns: tuple[str, ...], score: float) -> Head:
        borne_out = any(bears_out(self.form, column, heading.kind) for column in columns)
        label = heading.pieces[-1] if heading.pieces else ""
        return Head(columns, label, " ".join(heading.pieces), score, heading.told and not borne_out)

    def under(self, matrix: Matrix, header: frozenset[int], c: int) -> list[str]:
        """Texts of the cells under a heading."""
        heads = {letters(self.text(matrix[r][c])) for r in header if r >= 0}
        cells = dict.fromkeys(row[c] for row in matrix[max(header) + 1 :])
        texts = [self.text(cell) for cell in cells if cell is not None]
        # the header comes again on every page
        again = any(letters(text) in heads for text in texts if text)
        return [t for t in texts if not again or not (letters(t) in heads or COLUMN_NUMBER.match(fold(t)))]

    def counts(self, matrix: Matrix, header: frozenset[int], c: int) -> bool:
        """Whether a column holds nothing but the numbers of its rows: "1", "II", "Mục 3", "4-6"."""
        cells = dict.fromkeys(row[c] for row in matrix[max(header) + 1 :])
        texts = [text for cell in cells if (text := self.text(cell))]
        numbered = all(leading_number(text) is not None or _SEVERAL.match(fold(text)) for text in texts)
        return len(texts) >= 2 and numbered and len(set(texts)) > 1 and max(map(len, texts)) <= NUMBER_LENGTH

    def title_column(self, matrix: Matrix, header: frozenset[int]) -> int | None:
        """The grid column whose cells name the most items.

        What stands under the heading of an answer beside names of other things speaks of items, but names none.
        """
        best: tuple[float, int] | None = None
        start = max(header) + 1
        keyed = False  # whether names of other things stand before
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
            if keyed and any(self._answers_or_notes(self.text(matrix[r][c])) for r in header if r >= 0):
                continue
            keyed = keyed or (not seen and self._keys(matrix, header, c))
            if kind_of(self.under(matrix, header, c)) is Kind.PLACES and not seen:
                break  # what stands beside the name of a school or a ward is about that
            if seen and (best is None or value > best[0] + 0.3):
                best = (value, c)
        return best[1] if best and best[0] >= 0.9 else None

    def _answers_or_notes(self, heading: str) -> bool:
        """Whether a heading asks a column outright, or what no form does."""
        aside = self.form.heads.of(heading).get(OTHER, 0.0) if self.case.answers_letter else 0.0
        return bool(named(self.form.column_scores(heading), WELL)) or aside >= ASIDE

    def _keys(self, matrix: Matrix, header: frozenset[int], c: int) -> bool:
        """Whether a column names each row by a text of its own, as that of schools or of quarters does."""
        texts = [text for text in self.under(matrix, header, c) if text]
        apart = len(texts) > 1 and len(set(texts)) == len(texts) and max(map(len, texts)) <= KEY_LENGTH
        asks = any(named(self.heads.scores(self.text(matrix[r][c]))) for r in header if r >= 0)
        return apart and not asks and not self.counts(matrix, header, c)

    def item_hits(self, matrix: Matrix, header: frozenset[int], title: int | None) -> int:
        if title is None:
            return 0
        seen: set[int] = set()
        for r in range(max(header) + 1, len(matrix)):
            text = self.text(matrix[r][title])
            seen |= {item for item, _ in named(item_evidence(self.case, text), 0.55)} if len(text) <= 300 else set()
        return len(seen)

    def all_items(self, matrix: Matrix, header: frozenset[int], title: int | None, least: float) -> bool:
        """Whether a table of one column is about items throughout, as a list of other matters is not."""
        cells = dict.fromkeys(row[title] for row in matrix[max(header) + 1 :]) if title is not None else {}
        texts = [text for cell in cells if (text := self.text(cell))]
        surest = [max(item_evidence(self.case, text).values(), default=0.0) for text in texts]
        return bool(surest) and sum(surest) >= least * len(surest)


def same_heads(first: Layout, second: Layout) -> bool:
    return [head.columns for _, head in sorted(first.heads.items())] == [
        head.columns for _, head in sorted(second.heads.items())
    ]
