"""Answers in tables: which table is an appendix, which column and row ask what, wherever they stand.

Header cells and row titles are matched by meaning; rows are paired with items all at once. Tables that go on from one
another, repeated headers, rows cut by a page, merged places, tables turned on their side, one table an item, and
"long" tables (item, then one row a column) are read. What cannot be placed is left for ``unmapped``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extractors.understanding.assignment import assign
from extractors.understanding.folding import fold, letters, squeeze
from extractors.understanding.form import Form, leading_number, without_number
from extractors.understanding.lines import Flow, Grid, GridCell, Ledger, Line, joined, one_line

HEADING = 0.5  # least score of a column heading
TITLE = 0.45  # least score of an item title
_NUMBER_HEAD = re.compile(r"^(?:stt|tt|so tt|so thu tu|st t|no)\W*$")
_TITLE_HEAD = re.compile(
    r"^(?:cac )?(?:noi dung|nhiem vu|hang muc|tieu chi|ten noi dung|cong viec|linh vuc|muc)\b(?!.*(?:kien nghi|de xuat|chi )).{0,40}$"
)
_COLUMN_NUMBER = re.compile(r"^\W*(?:[0-9]{1,2}|[a-i]|[ivx]{1,4})\W*(?:=.*)?$")
_SUB_NUMBER = re.compile(r"^\s*(?:\d{1,2}\.\d|[a-hđ]\s*[.)]|[-+*•])")


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one cell that answer a place; ``label`` is the heading of a column that is split in several."""

    keys: tuple[int, ...]
    label: str
    heading: str
    confidence: float


@dataclass(slots=True)
class Places:
    """Item × column → parts, in reading order. ``seen`` holds every place the tables offer, blank ones too."""

    parts: dict[tuple[int, str], list[Part]] = field(default_factory=dict)
    tables: list[int] = field(default_factory=list)

    def offer(self, item: int, column: str, part: Part) -> None:
        held = self.parts.setdefault((item, column), [])
        if not any(other.keys == part.keys and part.keys for other in held):
            held.append(part)


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


@dataclass(slots=True)
class Row:
    """One logical row: rows of the grid that answer one item."""

    number: int | None
    title: str
    rows: list[tuple[Layout, int]]
    titles: list[int] = field(default_factory=list)
    sub: bool = False


class Reader:
    """Reads the tables of one flow against one form; ``flow`` lines already claimed count as absent."""

    def __init__(self, flow: Flow, ledger: Ledger, form: Form) -> None:
        self.flow, self.ledger, self.form = flow, ledger, form
        self.places = Places()
        self._texts: dict[tuple[int, ...], str] = {}

    def read(self) -> Places:
        group: list[Layout] = []
        rows: list[Row] = []
        for grid in self.flow.tables:
            if grid.rows * grid.columns < 2 or not any(self.ledger.free(key) for key in grid.keys()):
                continue
            if self._stacked(grid) and self._long(grid):
                continue
            layout = self._layout(grid)
            if layout is None and group and self._goes_on(group[-1], grid):
                last = group[-1]
                layout = replace(last, grid=grid, header=frozenset())
                group.append(layout)
                rows = self._rows(layout, rows, fresh=False)
                continue
            if layout is None:
                if self._long(grid):
                    self._place(group, rows)
                    group, rows = [], []
                continue
            goes_on = (
                bool(group) and _same_heads(group[-1], layout) and (grid.continued or self._near(group[-1].grid, grid))
            )
            if not goes_on:
                self._place(group, rows)
                group, rows = [], []
            group.append(layout)
            rows = self._rows(layout, rows, fresh=not goes_on)
        self._place(group, rows)
        return self.places

    # -- finding the layout ------------------------------------------------------------------------------------

    def text(self, cell: GridCell | None) -> str:
        """Text of a cell on one line, lines that are already claimed left out."""
        if cell is None:
            return ""
        if cell.keys not in self._texts:
            lines = [line for line in self.flow.pick(cell.keys) if self.ledger.free(line)]
            self._texts[cell.keys] = one_line(lines)
        return self._texts[cell.keys]

    def _layout(self, grid: Grid) -> Layout | None:
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
            value = self._heading_value(matrix[r])
            if value >= 1.0 and (found is None or value > found[0] + 0.5):
                found = (value, r)
            if found and r > found[1] + 4:
                break
        if found is None:
            return self._headless(grid, matrix)
        header = self._header_rows(grid, matrix, found[1])
        layout = self._heads(grid, matrix, header)
        columns = {column for head in layout.heads.values() for column in head.columns}
        items = self._item_hits(matrix, header, layout.title)
        if len(columns) >= 2 or (columns and items >= 2):
            return layout, len(columns) + 1.5 * min(items, 12) + (0.5 if layout.number is not None else 0.0)
        return None, 0.0

    def _headless(self, grid: Grid, matrix: list[list[GridCell | None]]) -> tuple[Layout | None, float]:
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

    def _heading_value(self, cells: Sequence[GridCell | None]) -> float:
        """How much a row looks like the header: distinct columns named in it, number and title headings."""
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
            if _NUMBER_HEAD.match(folded):
                value += 0.6
                continue
            if _TITLE_HEAD.match(folded):
                value += 0.4
                continue
            for column, score in _named(self.form.column_scores(text)):
                columns[column] = max(columns.get(column, 0.0), score)
        return value + sum(columns.values())

    def _header_rows(self, grid: Grid, matrix: list[list[GridCell | None]], row: int) -> frozenset[int]:
        cells = [cell for cell in matrix[row] if cell is not None]
        first = min(cell.row for cell in cells)
        last = max(
            (cell.row + cell.row_span - 1 for cell in cells if self.text(cell) and cell.row_span <= 3), default=row
        )
        while first > 0 and any(
            cell is not None
            and cell.column_span > 1
            and cell.column_span < grid.columns
            and _named(self.form.column_scores(self.text(cell)))
            for cell in matrix[first - 1]
        ):
            first -= 1
        while last + 1 < grid.rows and self._under_header(matrix, last + 1, row):
            last += 1
        return frozenset(range(first, last + 1))

    def _under_header(self, matrix: list[list[GridCell | None]], row: int, header: int) -> bool:
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

    def _heads(self, grid: Grid, matrix: list[list[GridCell | None]], header: frozenset[int]) -> Layout:
        heads: dict[int, Head] = {}
        number = title = None
        scores: dict[int, dict[str, float]] = {}
        texts: dict[int, list[str]] = {}
        for c in range(grid.columns):
            cells = dict.fromkeys(matrix[r][c] for r in sorted(header))
            pieces = [self.text(cell) for cell in cells if cell is not None]
            pieces = [text for text in pieces if text and not _COLUMN_NUMBER.match(fold(text))]
            texts[c] = pieces
            folded = fold(" ".join(pieces))
            if _NUMBER_HEAD.match(folded) and number is None:
                number = c
                continue
            if (
                _TITLE_HEAD.match(folded)
                and title is None
                and not _named(self.form.column_scores(" ".join(pieces)), 0.75)
            ):
                title = c
                continue
            named: dict[str, float] = {}
            for text in (" ".join(pieces), *pieces):
                for column, score in self.form.column_scores(text).items():
                    named[column] = max(named.get(column, 0.0), score)
            scores[c] = named
        by_content = self._title_column(matrix, header)
        if by_content is not None and by_content != title:
            title = by_content
            scores.pop(title, None)
        for c, columns in self._share(scores, texts).items():
            label = texts[c][-1] if texts[c] else ""
            heads[c] = Head(columns[0], label, " ".join(texts[c]), columns[1])
        if number is None and title is not None and title > 0 and title - 1 not in heads:
            number = title - 1
        return Layout(grid, header, heads, number, title)

    def _share(
        self, scores: dict[int, dict[str, float]], texts: dict[int, list[str]]
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
            mine = paired.get(c)
            if mine and scores[c].get(mine, 0.0) >= max(HEADING, score - 0.12):
                top, score = mine, scores[c][mine]
            both = [top]
            if len(ranked) > 1 and len(texts[c]) == 1:
                both += [column for column in self._clauses(texts[c][0]) if column not in both]
            chosen[c] = (tuple(column for column in order if column in both), score)
        taken = {column for columns, _ in chosen.values() for column in columns}
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
        elif len(chosen) >= 2:
            chosen |= self._between(grid_columns, chosen, order, taken, texts)
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

    def _between(
        self,
        grid_columns: list[int],
        chosen: dict[int, tuple[tuple[str, ...], float]],
        order: list[str],
        taken: set[str],
        texts: dict[int, list[str]],
    ) -> dict[int, tuple[tuple[str, ...], float]]:
        """Headings that say nothing known, placed by their neighbours when exactly one column is missing there."""
        placed: dict[int, tuple[tuple[str, ...], float]] = {}
        for at, c in enumerate(grid_columns):
            if c in chosen or any("ghi chu" in fold(text) for text in texts[c]):
                continue
            before = [chosen[g][0] for g in grid_columns[:at] if g in chosen]
            after = [chosen[g][0] for g in grid_columns[at + 1 :] if g in chosen]
            low = order.index(before[-1][-1]) if before else -1
            high = order.index(after[0][0]) if after else len(order)
            missing = [column for column in order[low + 1 : high] if column not in taken] if low < high else []
            unknown = [
                g
                for g in grid_columns
                if g not in chosen
                and (not before or g > max(x for x in chosen if x < c))
                and (not after or g < min(x for x in chosen if x > c))
            ]
            if len(missing) == len(unknown) == 1 and before and after:
                placed[c] = ((missing[0],), 0.2)
        return placed

    def _title_column(self, matrix: list[list[GridCell | None]], header: frozenset[int]) -> int | None:
        """The grid column whose cells name the most items."""
        best: tuple[float, int] | None = None
        start = max(header) + 1
        for c in range(len(matrix[0])):
            named: dict[int, float] = {}
            for r in range(start, min(len(matrix), start + 60)):
                cell = matrix[r][c]
                text = self.text(cell)
                if cell is not None and cell.column_span > max(2, len(matrix[0]) // 2):
                    continue
                if 6 <= len(text) <= 300:
                    for item, score in _named(self.form.item_scores(text), 0.55):
                        named[item] = max(named.get(item, 0.0), score)
            value = sum(named.values())
            if named and (best is None or value > best[0] + 0.3):
                best = (value, c)
        return best[1] if best and best[0] >= 0.9 else None

    def _item_hits(self, matrix: list[list[GridCell | None]], header: frozenset[int], title: int | None) -> int:
        if title is None:
            return 0
        named = set()
        for r in range(max(header) + 1, len(matrix)):
            text = self.text(matrix[r][title])
            named |= {item for item, _ in _named(self.form.item_scores(text), 0.55)} if len(text) <= 300 else set()
        return len(named)

    def _goes_on(self, last: Layout, grid: Grid) -> bool:
        """Whether a table without header is the next part of ``last``."""
        if grid.columns != last.grid.columns or grid.depth != last.grid.depth:
            return False
        return grid.continued or self._near(last.grid, grid)

    def _near(self, first: Grid, second: Grid) -> bool:
        """Whether nothing but page furniture and blank lines stands between two tables."""
        end = max(first.keys(), default=first.start)
        between = [line for line in self.flow.lines[end + 1 : second.start] if self.ledger.free(line)]
        return sum(len(line.full.strip()) for line in between) <= 12

    # -- rows --------------------------------------------------------------------------------------------------

    def _rows(self, layout: Layout, rows: list[Row], *, fresh: bool) -> list[Row]:
        """The logical rows of ``layout`` added to ``rows``."""
        matrix = layout.grid.matrix()
        head = [letters(self.text(cell)) for r in sorted(layout.header) for cell in matrix[r] if cell is not None]
        previous: GridCell | None = None
        section: Row | None = None
        for r, cells in enumerate(matrix):
            if r in layout.header or (layout.header and r < min(layout.header)):
                continue
            distinct = [cell for cell in dict.fromkeys(cells) if cell is not None]
            texts = [self.text(cell) for cell in distinct]
            if not any(texts) and not any(cell.row_span > 1 for cell in distinct):
                if distinct and rows and layout.title is None:
                    rows[-1].rows.append((layout, r))
                continue
            if self._repeats(texts, head) or self._heads_again(texts, cells):
                self.ledger.claim((key for cell in distinct for key in cell.keys), "form")
                continue
            filled = [(cell, text) for cell, text in zip(distinct, texts, strict=True) if text]
            if (
                len(filled) == 1
                and filled[0][0].column_span > max(2, layout.grid.columns // 2)
                and len(filled[0][1]) < 300
            ):
                scores = _named(self.form.item_scores(filled[0][1]), TITLE)
                if scores or leading_number(filled[0][1]) is not None:
                    section = Row(leading_number(filled[0][1]), filled[0][1], [], list(filled[0][0].keys))
                    rows.append(section)
                continue
            number_cell = cells[layout.number] if layout.number is not None else None
            title_cell = cells[layout.title] if layout.title is not None else number_cell
            number_text, title = self.text(number_cell), self.text(title_cell)
            if title_cell is number_cell:
                number_text = ""
            if title_cell is not None and title_cell is previous and rows:
                rows[-1].rows.append((layout, r))
                continue
            previous = title_cell
            number = leading_number(number_text) if number_text else leading_number(title)
            titles = [
                *(number_cell.keys if number_cell else ()),
                *(title_cell.keys if title_cell and title_cell is not number_cell else ()),
            ]
            sub = bool(_SUB_NUMBER.match(number_text or title)) and not _named(self.form.item_scores(title), 0.8)
            if rows and (r > 0 or not fresh) and self._continues(rows[-1], number_text, title, sub, section):
                rows[-1].rows.append((layout, r))
                if title and not sub:
                    rows[-1].title = squeeze(f"{rows[-1].title} {title}")
                    rows[-1].titles += titles
                continue
            rows.append(Row(number, title, [(layout, r)], titles, sub))
        return rows

    def _continues(self, last: Row, number: str, title: str, sub: bool, section: Row | None) -> bool:
        """Whether a row goes on with the item of the row before it."""
        if sub or (not number and not title):
            return True
        if section is last and not _named(self.form.item_scores(title), 0.6):
            return True
        if number or not title:
            return False
        alone = max(self.form.item_scores(title).values(), default=0.0)
        before = self.form.item_scores(last.title)
        together = self.form.item_scores(f"{last.title} {title}")
        if not together:
            return False
        key = max(together, key=lambda item: together[item])
        return together[key] > max(alone, before.get(key, 0.0)) + 0.02

    def _repeats(self, texts: Iterable[str], head: list[str]) -> bool:
        found = [letters(text) for text in texts if text]
        return len(found) >= 2 and bool(head) and sum(text in head for text in found) >= 0.75 * len(found)

    def _heads_again(self, texts: Sequence[str], cells: Sequence[GridCell | None]) -> bool:
        """Whether a row is a header in other words: "STT" or "Nội dung" beside column headings."""
        named = any(_NUMBER_HEAD.match(fold(text)) or _TITLE_HEAD.match(fold(text)) for text in texts)
        return named and self._heading_value(cells) >= 1.5

    # -- placing -----------------------------------------------------------------------------------------------

    def _place(self, group: list[Layout], rows: list[Row]) -> None:
        if not group:
            return
        placed = self._items_of(rows)
        if not placed:
            self._single(group, rows)
            return
        for layout in group:
            self._claim_header(layout)
            self.places.tables.append(layout.grid.index)
        for row, (item, confidence) in placed:
            self.ledger.claim(row.titles, "form")
            for layout, r in row.rows:
                self._answer(layout, r, item, confidence)

    def _items_of(self, rows: list[Row]) -> list[tuple[Row, tuple[int, float]]]:
        """Rows with the item each answers and how sure that is."""
        order = [item.id for item in self.form.campaign.items]
        if not rows:
            return []
        titled = [self.form.item_scores(row.title) if row.title else {} for row in rows]
        renumbered = sum(
            1
            for row, scores in zip(rows, titled, strict=True)
            if scores
            and row.number is not None
            and max(scores.values()) > 0.7
            and max(scores, key=lambda k: scores[k]) != row.number
        )
        table = []
        for row, scores in zip(rows, titled, strict=True):
            line = []
            for item in order:
                score = scores.get(item, 0.0)
                if row.number == item and not renumbered:
                    bare = (
                        not without_number(row.title).strip()
                        or leading_number(row.title) is not None
                        and len(row.title) <= 14
                    )
                    score = score + 0.2 if score >= 0.15 else (0.56 if bare else score)
                line.append(score if score >= 0.3 else 0.0)
            table.append(line)
        placed: dict[int, tuple[int, float]] = {}
        for at, k in assign(table):
            if table[at][k] >= TITLE:
                placed[at] = (order[k], min(0.99, 0.45 + 0.55 * table[at][k]))
        for at, line in enumerate(table):
            best = max(range(len(order)), key=lambda k: line[k])
            if at not in placed and line[best] >= 0.62:
                placed[at] = (order[best], 0.3 + 0.5 * line[best])
        return [(rows[at], placed[at]) for at in sorted(placed)]

    def _answer(self, layout: Layout, r: int, item: int, confidence: float) -> None:
        matrix_row = layout.grid.matrix()[r]
        split = {
            column
            for column in {name for head in layout.heads.values() for name in head.columns}
            if sum(column in head.columns for head in layout.heads.values()) > 1
        }
        for c, head in layout.heads.items():
            cell = matrix_row[c]
            keys = tuple(key for key in cell.keys if self.ledger.owners.get(key) in (None, "appendix")) if cell else ()
            for column in head.columns:
                sure = min(confidence, 0.45 + 0.55 * min(head.score + 0.1, 1.0))
                label = head.label if column in split else ""
                self.places.offer(item, column, Part(keys, label, head.heading, sure))
            self.ledger.claim(keys, "appendix")

    def _claim_header(self, layout: Layout) -> None:
        matrix = layout.grid.matrix()
        for r in layout.header:
            self.ledger.claim((key for cell in matrix[r] if cell is not None for key in cell.keys), "form")

    # -- one table an item, and long tables -------------------------------------------------------------------

    def _single(self, group: list[Layout], rows: list[Row]) -> None:
        """A table that names columns but no item: the item is named above it."""
        layout = group[0]
        item = self._item_above(layout.grid)
        if item is None:
            return
        for other in group:
            self._claim_header(other)
            self.places.tables.append(other.grid.index)
        for row in rows:
            for other, r in row.rows:
                self._answer(other, r, item[0], item[1])

    def _item_above(self, grid: Grid) -> tuple[int, float] | None:
        """The item that the lines just above a table, or its own first row, name."""
        seen = 0
        inside = [self.text(cell) for cell in dict.fromkeys(grid.matrix()[0]) if cell is not None]
        for text in inside:
            found = self._item_named(text)
            if found:
                return found
        for line in reversed(self.flow.lines[max(0, grid.start - 12) : grid.start]):
            if line.blank or not self.ledger.free(line):
                if line.table is not None and not line.blank:
                    break
                continue
            found = self._item_named(line.full)
            if found:
                self.ledger.claim([line], "form")
                return found
            seen += 1
            if seen >= 3:
                break
        return None

    def _item_named(self, text: str) -> tuple[int, float] | None:
        if len(text) > 300:
            return None
        match = self.form.items.best(without_number(text), least=0.5, margin=0.06)
        if match is not None and isinstance(match.key, int):
            return match.key, 0.45 + 0.5 * match.score
        number = leading_number(text)
        if number in {item.id for item in self.form.campaign.items} and re.match(
            r"\s*(?:noi dung|muc|nhiem vu)", fold(text)
        ):
            return number, 0.6  # type: ignore[return-value]
        return None

    def _row_labels(self, grid: Grid) -> tuple[int, dict[int, tuple[str, float]]]:
        """The grid column that holds column headings down the rows, and row → (column, score)."""
        labels: dict[int, dict[int, tuple[str, float]]] = {}
        for r, cells in enumerate(grid.matrix()):
            for c, cell in enumerate(cells[:3]):
                text = self.text(cell)
                if (
                    cell is not None
                    and cell.row == r
                    and 3 < len(text) < 300
                    and c + 1 < grid.columns
                    and cells[c + 1] is not cell
                ):
                    named = _named(self.form.column_scores(without_number(text)), 0.6)
                    if named:
                        labels.setdefault(c, {})[r] = named[0]
        if not labels:
            return 0, {}
        at = max(labels, key=lambda c: len(labels[c]))
        return at, labels[at]

    def _stacked(self, grid: Grid) -> bool:
        """Whether column headings come again and again down the rows, once for each item."""
        _, labels = self._row_labels(grid)
        return len(labels) >= 4 and len(labels) >= 1.6 * len({column for column, _ in labels.values()})

    def _long(self, grid: Grid) -> bool:
        """A table of rows "column heading | answer" under item rows; False when it is not one."""
        at, by_row = self._row_labels(grid)
        if len({column for column, _ in by_row.values()}) < 2:
            return False
        item = self._item_above(grid)
        answered = False
        last: tuple[str, float] | None = None
        for r, cells in enumerate(grid.matrix()):
            for c, cell in enumerate(cells):
                if cell is None or cell.row != r or cell.column != c or (r in by_row and c >= at):
                    continue
                found = self._item_named(self.text(cell))
                if found:
                    item, last = found, None
                    self.ledger.claim(cell.keys, "form")
            last = by_row.get(r, last)
            if item is None or last is None:
                continue
            label = cells[at]
            if r in by_row:
                self.ledger.claim(
                    (key for cell in cells[: at + 1] if cell is not None and cell.row == r for key in cell.keys), "form"
                )
            keys = tuple(
                key
                for cell in dict.fromkeys(cells[at + 1 :])
                if cell is not None and cell.row == r
                for key in cell.keys
                if self.ledger.free(key)
            )
            sure = min(item[1], 0.45 + 0.55 * last[1])
            self.places.offer(item[0], last[0], Part(keys, "", self.text(label), sure))
            self.ledger.claim(keys, "appendix")
            answered = True
        if answered:
            self.places.tables.append(grid.index)
        return answered


def _named(scores: dict, least: float = HEADING) -> list:  # type: ignore[type-arg]
    """(key, score) of the best key when it reaches ``least``."""
    if not scores:
        return []
    key = max(scores, key=lambda k: scores[k])
    return [(key, scores[key])] if scores[key] >= least else []


def _same_heads(first: Layout, second: Layout) -> bool:
    return [head.columns for _, head in sorted(first.heads.items())] == [
        head.columns for _, head in sorted(second.heads.items())
    ]


def read_appendix(flow: Flow, ledger: Ledger, form: Form) -> Places:
    """Every place the appendix tables of ``flow`` offer; lines used are claimed."""
    return Reader(flow, ledger, form).read()


def lines_of(flow: Flow, part: Part) -> list[Line]:
    return [line for line in flow.pick(part.keys) if not line.blank]


def part_text(flow: Flow, part: Part) -> str:
    return joined(lines_of(flow, part))


def shared_keys(places: Places) -> Iterator[tuple[tuple[int, ...], list[tuple[int, str]]]]:
    """Cells with the places each answers: one cell may answer several items or columns."""
    used: dict[tuple[int, ...], list[tuple[int, str]]] = {}
    for place, parts in places.parts.items():
        for part in parts:
            if part.keys:
                used.setdefault(part.keys, []).append(place)
    yield from used.items()
