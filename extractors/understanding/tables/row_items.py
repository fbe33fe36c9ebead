"""Which items the rows of an appendix answer: all rows at once, by title, by number and by what they answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.understanding.form import Case, counted_items, leading_number, without_number
from extractors.understanding.ground.assignment import assign
from extractors.understanding.tables.evidence import item_evidence, rows_left
from extractors.understanding.tables.layout import Layout, Layouts

TITLE = 0.45  # least score of an item title
CLEAR = 0.6  # of at least one title in a table
AGAIN, CLEARLY_AGAIN = 0.62, 0.8  # of an item that another row names better: in its words, in others
WHOLE = 0.85  # of a title that names one item and needs no parting
BORNE_OUT = 0.25  # evidence in a title for one of several numbers before it
TOGETHER = 0.75  # confidence of items answered together
_CLAUSE = re.compile(r"[;&+?\n]")
_MEMBER = re.compile(r"[,;&+\n]|\bvà\b")
MOSTLY, SEVERAL = 0.5, 3  # share of rows that must be items, where fewer than so many are clearly
BARE_LENGTH = 14  # "Nội dung 12"
_NUMBERED = re.compile(r"(?:^|(?<=\s))(\d{1,2})[.)]\s+(?=[^\W\d])")  # "2. Hồ sơ điện tử 4. Tài sản"
_BRACKETED = re.compile(r"\(\s*(\d{1,2})\s*\)")


@dataclass(slots=True)
class Row:
    """One logical row: rows of the grid that answer one item."""

    number: int | None
    title: str
    rows: list[tuple[Layout, int]]
    titles: list[int] = field(default_factory=list)
    sub: bool = False
    number_text: str = ""


class RowItems:
    """Pairs rows of the tables of one case with items."""

    def __init__(self, case: Case, layouts: Layouts) -> None:
        self.case, self.form, self.text = case, case.form, layouts.text

    def of(self, rows: list[Row]) -> list[tuple[Row, tuple[int, float]]]:
        """Rows with the item each answers and how sure that is."""
        order = [item.id for item in self.form.campaign.items]
        if not rows:
            return []
        titled = [item_evidence(self.case, row.title) if row.title else {} for row in rows]
        renumbered = sum(
            1
            for row, scores in zip(rows, titled, strict=True)
            if scores
            and row.number is not None
            and max(scores.values()) > 0.7
            and max(scores, key=lambda k: scores[k]) != row.number
        )
        together = {at: several for at, row in enumerate(rows) if len(several := self.several(row)) > 1}
        table = []
        for row, scores in zip(rows, titled, strict=True):
            line = []
            beyond = row.number is not None and row.number > max(order) and not renumbered
            for item in order:
                score = 0.0 if beyond else scores.get(item, 0.0)
                if row.number == item and not renumbered:
                    score = score + 0.2 if score >= 0.15 else (0.56 if self._bare(row) else score)
                line.append(score if score >= 0.3 else 0.0)
            table.append(line)
        shared = {item for several in together.values() for item in several}
        for at, line in enumerate(table):
            taken = [at in together or item in shared for item in order]
            table[at] = [0.0 if gone else score for gone, score in zip(taken, line, strict=True)]
        placed = self._placed(rows, titled, table, together)
        clearly = len(together) + sum(titled[at].get(item, 0.0) >= CLEAR for at, (item, _) in placed.items())
        asking = sum(bool(row.title) and not row.sub for row in rows)
        if len(placed) + len(together) < MOSTLY * asking and clearly < SEVERAL:
            return []
        clear = max((titled[at].get(item, 0.0) for at, (item, _) in placed.items()), default=0.0)
        if clear < CLEAR and not together and any(rows[at].title and not self._bare(rows[at]) for at in placed):
            return []  # numbers alone do not make a list of other things the appendix
        answered = {at: [place] for at, place in placed.items()}
        answered |= {at: [(item, TOGETHER) for item in several] for at, several in together.items()}
        return [(rows[at], place) for at in sorted(answered) for place in answered[at]]

    def _placed(
        self,
        rows: list[Row],
        titled: Sequence[dict[int, float]],
        table: Sequence[Sequence[float]],
        together: dict[int, tuple[int, ...]],
    ) -> dict[int, tuple[int, float]]:
        """Row → the item it answers and how sure that is, those answered ``together`` aside.

        ``titled``: what the titles say; ``table``: the same with numbers, row by item.
        """
        order = [item.id for item in self.form.campaign.items]
        placed: dict[int, tuple[int, float]] = {}
        for at, k in assign(table):
            if table[at][k] >= TITLE:
                placed[at] = (order[k], min(0.99, 0.45 + 0.55 * table[at][k]))
        again: dict[int, tuple[int, float]] = {}
        for at, line in enumerate(table):
            best = max(range(len(order)), key=lambda k: line[k])
            # what only the classifier hears in a title that no item is left for is another matter
            named = max(self.form.item_scores(rows[at].title).values(), default=0.0) >= TITLE
            if at not in placed and line[best] >= (AGAIN if named else CLEARLY_AGAIN):
                again[at] = (order[best], 0.3 + 0.5 * line[best])
        clearly = len(together) + sum(titled[at].get(item, 0.0) >= CLEAR for at, (item, _) in placed.items())
        left = {at: row for at, row in enumerate(rows) if row.title and at not in placed and at not in together}
        if clearly >= max(2, len(left.keys() - again.keys())):
            given = {item for item, _ in placed.values()}.union(*together.values())
            free = [item for item in order if item not in given]
            placed |= self._by_answers({at: row for at, row in left.items() if at not in again}, free)
            # a row that names an item named better above may be one of its parts, or speak of another
            free = [item for item in free if item not in {found for found, _ in placed.values()}]
            for at, (item, _) in again.items():
                if at in left and rows[at].number is not None:
                    found = self._by_answers({at: rows[at]}, [*free, item])
                    placed |= {row: place for row, place in found.items() if place[0] != item}
        return again | placed

    def _by_answers(self, rows: dict[int, Row], items: Sequence[int]) -> dict[int, tuple[int, float]]:
        """Items still to be found of rows whose titles say too little: what the answers speak of counts too."""
        found = rows_left(self.case, {at: (row.title, self._cells(row)) for at, row in rows.items()}, items)
        return {at: (item, 0.3 + 0.3 * share) for at, (item, share) in found.items()}

    def several(self, row: Row) -> tuple[int, ...]:
        """The items that a row answers together: its title names them, or numbers do that the title bears out."""
        known = {item.id for item in self.form.campaign.items}
        if max(self.form.item_scores(row.title).values(), default=0.0) >= WHOLE:
            return ()
        numbers = [number for number in counted_items(row.number_text) if number in known]
        # the letter's own numbers beside names: "Hồ sơ điện tử (2) và tài sản (4)"
        named_so = [int(number) for number in _BRACKETED.findall(row.title) if int(number) in known]
        numbers = named_so if len(named_so) > 1 else numbers
        parts = (_MEMBER if len(numbers) > 1 else _CLAUSE).split(row.title)
        listed = _NUMBERED.split(row.title)[2::2]
        if len(listed) > 1:
            numbers, parts = [], listed
        clauses = [item_evidence(self.case, clause) for clause in parts if clause.strip()]
        if len(numbers) > 1:
            borne = sum(any(clause.get(number, 0.0) >= BORNE_OUT for clause in clauses) for number in numbers)
            return tuple(numbers) if 2 * borne >= len(numbers) else ()
        best = [max(clause, key=lambda item: clause[item]) for clause in clauses if clause]
        least = TITLE if len(listed) > 1 else CLEAR
        sure = len(clauses) == len(best) and all(max(clause.values()) >= least for clause in clauses)
        return tuple(sorted(set(best))) if sure and len(clauses) > 1 else ()

    def _cells(self, row: Row) -> list[str]:
        """Texts of the answers of a row."""
        return [
            self.text(cell)
            for layout, r in row.rows
            for cell in dict.fromkeys(layout.grid.matrix()[r][c] for c in layout.heads)
            if cell is not None
        ]

    @staticmethod
    def _bare(row: Row) -> bool:
        """Whether a row is named by its number alone."""
        return not without_number(row.title).strip() or (
            leading_number(row.title) is not None and len(row.title) <= BARE_LENGTH
        )
