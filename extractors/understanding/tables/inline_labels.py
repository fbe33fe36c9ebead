"""Cells that answer several columns in a line, "Kết quả: ...; Kinh phí: ...": each answer is made a line of its own."""

from __future__ import annotations

import re

from extractors.understanding.form import Form
from extractors.understanding.ground.lines import Flow, Grid, GridCell, Line, cut, one_line
from extractors.understanding.tables.column_heads import WELL
from extractors.understanding.tables.labelled_cells import SEVERAL, column_of

_LABEL = re.compile(r"(?:^|[;.]\s+|\s[-+•]\s)\W*(?P<label>[^\W\d][^:;.]{1,38}):\s")
CELLS = 2  # of a column that must be so, unless it has no more


def labels_apart(flow: Flow, form: Form) -> Flow:
    """``flow`` with such lines cut before each label but the first, where no heading asks for the whole cell."""
    cuts: dict[int, list[tuple[int, int]]] = {}
    for grid in flow.tables:
        for c in range(grid.columns):
            cells = [cell for cell in grid.cells if cell.column == c]
            found = {line.key: at for cell in cells for line in flow.pick(cell.keys) if (at := _labels(line, form))}
            if len(found) >= min(CELLS, grid.rows - 1) and found and not _asked(flow, form, grid, cells):
                for key, at in found.items():
                    ends = [*at[1:], len(flow.lines[key].text)]
                    cuts[key] = list(zip(at, ends, strict=True))[::2]
    return cut(flow, cuts)[0] if cuts else flow


def _labels(line: Line, form: Form) -> list[int]:
    """Where labels of ``line`` after its first begin, when they name several columns; empty when they do not."""
    named = [
        (match.start("label"), told[0])
        for match in _LABEL.finditer(line.text)
        if (told := column_of(form, match["label"]))
    ]
    several = len({column for _, column in named}) >= SEVERAL
    return [at for at, _ in named[1:]] if several else []


def _asked(flow: Flow, form: Form, grid: Grid, cells: list[GridCell]) -> bool:
    """Whether the heading over ``cells`` asks one column outright."""
    top = min(cells, key=lambda cell: cell.row)
    heading = one_line(flow.pick(top.keys))
    return (
        grid.rows > 1 and max(form.column_scores(heading).values(), default=0.0) >= WELL and not _LABEL.match(heading)
    )
