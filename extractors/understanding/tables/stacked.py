"""Tables that give each item a table of its own, or stack "column heading | answer" rows under each item."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import combinations, pairwise

from extractors.understanding.form import bare_title, leading_number, without_number
from extractors.understanding.ground.folding import fold, letters
from extractors.understanding.ground.headings import CAPITALS, DASH, split_label
from extractors.understanding.ground.lines import Grid, GridCell
from extractors.understanding.tables.answer_places import Part, Places
from extractors.understanding.tables.column_heads import PLACED, named
from extractors.understanding.tables.evidence import TOLD_LENGTH, item_evidence, rows_left, said
from extractors.understanding.tables.layout import Layouts
from extractors.understanding.tables.table_header import TOP_ROWS

FURTHER = 0.75  # how sure an item must be that is named above another line over the table
SPOKEN, AHEAD = 0.55, 0.12  # of the item that a title in other words speaks of, and its lead
LIKELY, SURE = 0.3, 0.6  # mean probability of labels in order, and of the surest
ALONE = 0.5  # probability of the item that a title and its table speak of together
SPEAKS = 1.0  # logarithm of how much more than usual the title alone must speak for it
ENOUGH = 3  # columns asked down the rows, where fewer than two are named outright
ASKING = 0.5  # share of rows that must ask something, for a list of other matters names a column here and there
SEVERAL = 2  # items that stand side by side
AGAIN = 0.8  # share of questions that come more than once, where the table asks the same of every item
MOST_COLUMNS = 3  # of such a table: label, answer, and one to spare


class Stacked:
    """Reads such tables of one case into ``places``."""

    def __init__(self, layouts: Layouts, places: Places) -> None:
        self.layouts, self.places = layouts, places
        self.case, self.form, self.flow, self.ledger = (
            layouts.case,
            layouts.form,
            layouts.case.flow,
            layouts.case.ledger,
        )
        self.text, self.columns = layouts.text, layouts.columns
        self._open: tuple[Grid, tuple[int, float], tuple[str, float]] | None = None  # table, its last item and column

    def item_above(self, grid: Grid, *, headed: bool = False) -> tuple[int, float] | None:
        """The item that the lines above a table name, or its own first row unless that is its head (``headed``)."""
        seen, nearest = 0, DASH
        first = [] if headed else dict.fromkeys(grid.matrix()[0])
        inside = [self.text(cell) for cell in first if cell is not None]
        for text in inside:
            found = self.item_named(text)
            if found:
                return found
        for line in reversed(self.flow.lines[max(0, grid.start - 12) : grid.start]):
            if line.blank or not self.ledger.free(line):
                if line.table is not None and not line.blank:
                    break
                continue
            found = self.item_of(line.full) or self._item_spoken_of(line.full, grid)
            depth = split_label(line.full)[0]
            if found and found[1] >= (FURTHER if seen else 0.0) and (CAPITALS if depth is None else depth) <= nearest:
                self.ledger.claim([line], "form")
                return found
            # "A. ..." over the table parts it from what stands above, "a) ..." does not
            nearest = min(nearest, DASH if depth is None else depth - 1)
            seen += 1
            if seen >= 3:
                break
        return None

    def _item_told(self, text: str) -> tuple[int, float] | None:
        """The item that a title in other words speaks of: "Phần việc 3: Phòng thực hành"."""
        ranked = sorted(((share, item) for item, share in item_evidence(self.case, text).items()), reverse=True)
        if not ranked or ranked[0][0] < SPOKEN or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < AHEAD):
            return None
        return ranked[0][1], 0.35 + 0.45 * ranked[0][0]

    def _item_spoken_of(self, title: str, grid: Grid) -> tuple[int, float] | None:
        """The item, not answered yet, that a title and the table under it speak of together."""
        answered = {item for item, _ in self.places.parts}
        if len(title) > TOLD_LENGTH or not answered:
            return None  # such tables come in rows: one alone under a line of unclear words is another matter
        items = [item.id for item in self.form.campaign.items if item.id not in answered]
        # what stands on top or at the side of a small table are its labels
        answers = [cell for cell in grid.cells if cell.row and (cell.column or grid.columns > MOST_COLUMNS)]
        found = rows_left(self.case, {0: (title, [self.text(cell) for cell in answers])}, items).get(0)
        if found is None or found[1] < ALONE:
            return None
        label = f"item.{found[0]}"
        speaks = said(self.form.heads, [label], bare_title(title)).get(label, 0.0)
        return (found[0], 0.3 + 0.3 * found[1]) if speaks >= SPEAKS else None

    def item_of(self, text: str) -> tuple[int, float] | None:
        """The item that a title names, or speaks of in other words."""
        return self.item_named(text) or self._item_told(text)

    def item_named(self, text: str) -> tuple[int, float] | None:
        if len(text) > 300:
            return None
        match = self.form.items.best(bare_title(text), least=0.5, margin=0.06)
        if match is not None and isinstance(match.key, int):
            return match.key, 0.45 + 0.5 * match.score
        number = leading_number(text)
        if number in {item.id for item in self.form.campaign.items} and re.match(
            r"\s*(?:noi dung|muc|nhiem vu)", fold(text)
        ):
            return number, 0.6
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
                    best = named(self.form.column_scores(without_number(text)), 0.6)
                    if best:
                        labels.setdefault(c, {})[r] = best[0]
        if not labels:
            return 0, {}
        at = max(labels, key=lambda c: len(labels[c]))
        return at, labels[at]

    def _asking_column(self, grid: Grid) -> int | None:
        """The grid column whose few short texts come again and again down the rows, answers of all kinds beside them.

        Item names stand to its left, each over the rows of its questions or again in each.
        """
        matrix = grid.matrix()
        for at in range(1, min(3, grid.columns - 1)):
            asked = [self.text(cell) for cell in dict.fromkeys(row[at] for row in matrix) if cell is not None]
            said = [self.text(cell) for cell in dict.fromkeys(row[at + 1] for row in matrix) if cell is not None]
            often = {text: asked.count(text) for text in asked if text and len(text) <= TOLD_LENGTH}
            again = [text for text, times in often.items() if times > 1]
            repeated = sum(often[text] for text in again)
            left = [self.text(row[at - 1]) for row in matrix]
            over = any(text and text == above for above, text in pairwise(left))  # merged, or named again
            few = 2 <= len(again) <= len(self.columns.order) and repeated >= AGAIN * len(asked)
            if over and few and len(set(said)) >= 2 * len(again):
                return at
        return None

    def _asked_again(self, grid: Grid, at: int, by_row: dict[int, tuple[str, float]]) -> dict[int, tuple[str, float]]:
        """``by_row`` without the heading of the column of questions, where these come again and it does not."""
        asked = [self.text(row[at]) for row in grid.matrix()]
        again = any(asked.count(asked[r]) > 1 for r in by_row)
        return {r: label for r, label in by_row.items() if r or not again or asked.count(asked[0]) > 1}

    def _told(self, grid: Grid, at: int, named_rows: dict[int, tuple[str, float]]) -> dict[int, tuple[str, float]]:
        """Labels in other words, between rows whose labels are known."""
        found: dict[int, tuple[str, float]] = {}
        for r, cells in enumerate(grid.matrix()):
            cell = cells[at]
            if r in named_rows or cell is None or cell.row != r or cells[at + 1] is cell:
                continue
            text = self.text(cell)
            if 2 < len(text) <= TOLD_LENGTH and self.item_named(text) is None:
                told = self.form.column_told(without_number(text))
                if told is not None:
                    found[r] = told
        return found

    def _left(self, grid: Grid, at: int, by_row: dict[int, tuple[str, float]]) -> dict[int, tuple[str, float]]:
        """Labels that say nothing known, by the answers that stand beside the same words and by their neighbours."""
        rows: dict[str, list[int]] = {}
        beside: dict[str, list[str]] = {}
        for r, cells in enumerate(grid.matrix()):
            label = cells[at]
            if (
                label is None
                or label.row != r
                or cells[at + 1] is label
                or not 0 < len(self.text(label)) <= TOLD_LENGTH
            ):
                continue
            folded = letters(without_number(self.text(label)))
            rows.setdefault(folded, []).append(r)
            beside.setdefault(folded, []).append(self.text(cells[at + 1]))
        chosen = {k: (by_row[found[0]][0],) for k, found in enumerate(rows.values()) if found[0] in by_row}
        unknown = {
            k: self.columns.weights([without_number(self.text(grid.matrix()[found[0]][at]))], beside[label])
            for k, (label, found) in enumerate(rows.items())
            if k not in chosen and len(found) > 1 and not self.item_named(self.text(grid.matrix()[found[0]][at]))
        }
        placed = self.columns.place(unknown, chosen)
        least, more = PLACED
        return {
            r: (placed[k][0], least + more * placed[k][1])
            for k, found in enumerate(rows.values())
            if k in placed
            for r in found
        }

    def _in_order(self, grid: Grid) -> dict[int, tuple[str, float]]:
        """Two columns whose left one asks the campaign's columns in their order, each in words of its own.

        Alone no label may be sure; together, in order and at least one of them sure, they are.
        """
        order = [column.id for column in self.form.campaign.columns]
        matrix = grid.matrix()
        texts = [self.text(cells[0]) for cells in matrix]
        if grid.columns != 2 or not ENOUGH <= len(texts) <= len(order):
            return {}
        if not all(text and len(text) <= TOLD_LENGTH for text in texts):
            return {}
        told = [self.form.heads.of(without_number(text)) for text in texts]
        best: tuple[float, tuple[str, ...]] = max(
            (sum(said.get(column, 0.0) for said, column in zip(told, chosen, strict=True)), chosen)
            for chosen in combinations(order, len(texts))
        )
        shares = [said.get(column, 0.0) for said, column in zip(told, best[1], strict=True)]
        if best[0] < LIKELY * len(texts) or max(shares) < SURE:
            return {}
        return {r: (column, 0.3 + 0.4 * share) for r, (column, share) in enumerate(zip(best[1], shares, strict=True))}

    def repeats(self, grid: Grid) -> bool:
        """Whether column headings come again and again down the rows, once for each item, or went on doing so."""
        if self._carried_over(grid):
            return True
        if self.case.answers_letter and self._asking_column(grid) is not None:
            return True
        _, labels = self._row_labels(grid)
        return len(labels) >= 4 and len(labels) >= 1.6 * len({column for column, _ in labels.values()})

    def _carried_over(self, grid: Grid) -> tuple[tuple[int, float], tuple[str, float]] | None:
        """The item and column that a table cut by the page was at."""
        if self._open is None or not grid.continued or self._open[0].columns != grid.columns:
            return None
        return self._open[1:]

    def _labels(self, grid: Grid) -> tuple[int, dict[int, tuple[str, float]], bool] | None:
        """The grid column of column headings, row → (column, score), and whether every item is asked the same.

        None when too little of the table asks what the form does.
        """
        asking = self._asking_column(grid) if self.case.answers_letter else None
        at, by_row = self._row_labels(grid)
        if asking is not None and asking != at:
            at, by_row = asking, {}
        outright = {column for column, _ in by_row.values()}
        if grid.columns - at <= MOST_COLUMNS and grid.columns >= 2:
            by_row = by_row | self._told(grid, at, by_row)
        sure = len(outright) >= 2 or asking is not None
        if not sure and len({column for column, _ in by_row.values()}) < ENOUGH:
            at, by_row = 0, self._in_order(grid) or by_row
            if len({column for column, _ in by_row.values()}) < ENOUGH:
                return None
        if asking is not None or len({column for column, _ in by_row.values()}) >= 2:
            by_row = by_row | self._left(grid, at, by_row)
        by_row = self._asked_again(grid, at, by_row)
        may_ask = sum(bool(self.text(cells[at])) and cells[at] is not cells[-1] for cells in grid.matrix())
        return (at, by_row, asking is not None) if len(by_row) >= ASKING * may_ask else None

    def _side_by_side(self, grid: Grid, at: int, by_row: Collection[int]) -> bool:
        """Whether a row on top names items beside each other, each over the column of its answers."""
        for r, cells in enumerate(grid.matrix()[:TOP_ROWS]):
            beside = dict.fromkeys(cell for cell in cells[at + 1 :] if cell is not None and cell is not cells[at])
            named_here = {found[0] for cell in beside if (found := self.item_of(self.text(cell)))}
            if r not in by_row and len(named_here) >= SEVERAL:
                return True
        return False

    def _by_answers(self, grid: Grid, at: int, by_row: Collection[int]) -> dict[str, tuple[int, float]]:
        """Names before the column of questions that name no item → the item their answers speak of too."""
        rows: dict[str, list[str]] = {}
        name = ""
        for r, cells in enumerate(grid.matrix()):
            before = [self.text(cell) for cell in dict.fromkeys(cells[:at]) if cell is not None]
            name = next((text for text in before if text and leading_number(text) is None), name)
            if name and r in by_row:
                rows.setdefault(name, []).append(self.text(cells[at + 1]))
        known = {text: found for text in rows if (found := self.item_of(text))}
        given = {item for item, _ in known.values()} | {item for item, _ in self.places.parts}
        items = [item.id for item in self.form.campaign.items if item.id not in given]
        left = [text for text in rows if text not in known]
        if len(known) < max(SEVERAL, len(left)):
            return {}
        spoken = rows_left(self.case, {n: (text, rows[text]) for n, text in enumerate(left)}, items)
        return {left[n]: (item, 0.3 + 0.3 * share) for n, (item, share) in spoken.items()}

    def read(self, grid: Grid) -> bool:
        """A table of rows "column heading | answer" under item rows; False when it is not one."""
        labels = self._labels(grid)
        if labels is None:
            return False
        at, by_row, same = labels
        if self._side_by_side(grid, at, by_row):
            return False
        item, last = self._carried_over(grid) or (self.item_above(grid), None)
        answered = False
        unnamed = self._by_answers(grid, at, by_row) if same else {}
        for r, cells in enumerate(grid.matrix()):
            for c, cell in enumerate(cells):
                if cell is None or cell.row != r or cell.column != c or (r in by_row and c >= at):
                    continue
                names = same and c < at
                told = names or cell.column_span >= grid.columns
                found = self.item_named(self.text(cell)) or (self._item_told(self.text(cell)) if told else None)
                found = found or unnamed.get(self.text(cell))
                if found:
                    item, last = found, None
                    self.ledger.claim(cell.keys, "form")
                elif names and self.text(cell) and leading_number(self.text(cell)) is None:
                    item, last = None, None  # what the unit added itself
            last = by_row.get(r, last)
            if item is not None and last is not None:
                self._answer(cells, r, (at, r in by_row), item, last)
                self._open = grid, item, last
                answered = True
        if answered:
            self.places.tables.append(grid.index)
        return answered

    def _answer(
        self,
        cells: list[GridCell | None],
        r: int,
        label: tuple[int, bool],
        item: tuple[int, float],
        column: tuple[str, float],
    ) -> None:
        """What stands in row ``r`` beside the label; ``label``: its grid column, and whether the row has one."""
        at, labelled = label
        if labelled:
            self.ledger.claim((key for cell in cells[: at + 1] if cell and cell.row == r for key in cell.keys), "form")
        beside = [cell for cell in dict.fromkeys(cells[at + 1 :]) if cell is not None and cell.row == r]
        keys = tuple(key for cell in beside for key in cell.keys if self.ledger.free(key))
        sure = min(item[1], 0.45 + 0.55 * column[1])
        self.places.offer(item[0], column[0], Part(keys, "", self.text(cells[at]), sure))
        self.ledger.claim(keys, "appendix")
