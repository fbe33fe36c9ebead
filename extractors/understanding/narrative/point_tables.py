"""Points answered in a table: a column that names what the letter asks, and the answer beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from extractors.understanding.form import Case
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.lines import Grid, GridCell, Line, one_line
from extractors.understanding.tables.table_header import NUMBER_HEAD

TOGETHER, SEVERAL = 0.75, 2  # probability of a point that only all rows together tell; of so many points
NUMBER_LENGTH = 6  # letters of a cell that only numbers its row
_FIGURE = re.compile(r"\s*\d[\d.,]*\s*%?\s*")


@dataclass(frozen=True, slots=True)
class PointRow:
    """A row that asks ``point``; ``asked`` are the lines of its number and question, ``said`` those of the answer."""

    point: str
    score: float
    asked: list[Line]
    said: list[Line]


Ask = Callable[[Sequence[tuple[Line, str, str]]], tuple[list[tuple[str | None, float]], list[tuple[str | None, float]]]]
"""Rows as (line, question, answer) → the point and score of each by itself, and by all of them together."""


def point_rows(case: Case, ask: Ask) -> list[PointRow]:
    """Rows of free tables that name points; their header rows are claimed.

    A table counts when one of its columns names two points or more, in at least half of its filled rows; then a
    question that names none by itself is told by those around it. In a document known for a report it counts too when
    most of its rows ask points that only all of them together tell.
    """
    found: list[PointRow] = []
    for grid in case.flow.tables:
        if grid.columns >= 2 and grid.rows >= 2 and all(map(case.ledger.free, grid.all_keys())):
            found += _rows_of(case, grid, ask)
    return found


def _rows_of(case: Case, grid: Grid, ask: Ask) -> list[PointRow]:
    matrix = grid.matrix()
    best: tuple[float, int, dict[int, tuple[str, float]]] = (0.0, 0, {})
    for column in range(min(grid.columns - 1, 2)):
        questions: dict[int, tuple[Line, str, str]] = {}
        figures: set[int] = set()
        for r, cells in enumerate(matrix):
            cell = cells[column]
            if cell is None or cell.row != r or cell.column != column or cell.column_span >= grid.columns - column:
                continue
            lines = _lines(case, cell)
            if lines:
                said = [line for after in dict.fromkeys(cells[column + 1 :]) for line in _lines(case, after)]
                questions[r] = (lines[0], one_line(lines), one_line(said))
                figures |= {r for line in said if _FIGURE.fullmatch(line.full)}
        alone, together = ask(list(questions.values()))
        named = {r: (point, score) for r, (point, score) in zip(questions, alone, strict=True) if point is not None}
        filled = sum(1 for cells in matrix if any(_lines(case, cell) for cell in cells[column + 1 :]))
        if len({point for point, _ in named.values()}) >= 2 and 2 * len(named) >= filled - 1:
            return _answers(case, matrix, column, _with_others(named, questions, together))
        told = {
            r: (point, score)
            for r, (point, score) in zip(questions, together, strict=True)
            if point is not None and score >= TOGETHER
        }
        if (
            len({point for point, _ in told.values()}) >= SEVERAL
            and 3 * len(told) >= 2 * (filled - 1)
            and 2 * len(figures & set(told)) <= len(told)  # else a list with its figures, not questions
        ):
            told = _with_others(told, questions, together)
            best = max(best, (sum(score for _, score in told.values()), column, told))
    return _answers(case, matrix, best[1], best[2]) if best[2] and case.answers_letter else []


def _with_others(
    named: dict[int, tuple[str, float]],
    questions: Mapping[int, tuple[Line, str, str]],
    together: Sequence[tuple[str | None, float]],
) -> dict[int, tuple[str, float]]:
    """``named`` with the rows below the first that all rows together tell, however surely."""
    found = dict(named)
    for r, (point, score) in zip(questions, together, strict=True):
        if point is not None and r > min(named) and len(questions[r][1].split()) >= 2:
            found.setdefault(r, (point, score))
    return dict(sorted(found.items()))


def _answers(
    case: Case, matrix: list[list[GridCell | None]], column: int, asked: dict[int, tuple[str, float]]
) -> list[PointRow]:
    """Each row with its answer; a row that asks nothing goes on with the one above it."""
    rows: list[PointRow] = []
    first = min(asked)
    for r, cells in enumerate(matrix):
        lines = [line for cell in dict.fromkeys(cells) if cell and cell.row == r for line in _lines(case, cell)]
        if r < first:
            # the header, when it is one: a title above the table's rows in other words stays free
            if r == first - 1 and len({cell for cell in cells if cell}) > 1 and all(len(x.full) < 60 for x in lines):
                case.ledger.claim(lines, "form")
            continue
        left = [line for cell in dict.fromkeys(cells[: column + 1]) if cell for line in _lines(case, cell)]
        said = [line for line in lines if line not in left]
        left = [line for line in left if line in lines]
        if r in asked:
            rows.append(PointRow(asked[r][0], asked[r][1], left, said))
        elif rows:
            number = [x for x in left if len(x.full.strip()) <= NUMBER_LENGTH or NUMBER_HEAD.match(fold(x.full))]
            rows[-1].asked.extend(number)
            rows[-1].said.extend(line for line in lines if line not in number)
    return rows


def _lines(case: Case, cell: GridCell | None) -> list[Line]:
    return [] if cell is None else [line for line in case.flow.pick(cell.keys) if not line.blank]
