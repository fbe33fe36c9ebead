"""Layouts of tables that name items row by row under headings which say nothing, or under none.

Their columns are told by what stands in them alone; a single column of text tells what was done, as text under an
item's title does. Only a document known for a report is read so, and what is read is doubted.
"""

from __future__ import annotations

import re

from extractors.understanding.form import leading_number, without_unit
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.lines import Grid
from extractors.understanding.ground.topics import OTHER
from extractors.understanding.tables.cell_kinds import Kind, kind_of
from extractors.understanding.tables.column_heads import Head, Matrix
from extractors.understanding.tables.evidence import TOLD_LENGTH
from extractors.understanding.tables.layout import THROUGHOUT, Layout, Layouts
from extractors.understanding.tables.table_header import NUMBER_HEAD, TITLE_HEAD

ITEMS = 2  # named by the rows, at least
WORDS = 4  # of the cells of a column of text, on average
ASIDE = 0.7  # probability of a heading that asks what no form does
WHAT_WAS_DONE = 0.55  # score of the only column of text
SURE = 0.6  # probability of a column whose heading says nothing
LEAST, MORE = 0.3, 0.35  # score of a column told by its cells, and what sureness adds
_BY_NUMBER = re.compile(r"^(?:noi dung|muc|nhiem vu|dau viec)\s+(?:so\s+)?\d{1,2}\W*$")
_TEXT = (None, Kind.SUMS, Kind.DOCUMENTS)


def bare(layouts: Layouts, grid: Grid) -> Layout | None:
    """The layout of such a table; None when it is not one."""
    if not layouts.case.answers_letter or grid.rows < ITEMS or grid.columns < 2:
        return None
    matrix = grid.matrix()
    headed = any(
        NUMBER_HEAD.match(text) or TITLE_HEAD.match(text) for cell in matrix[0] if (text := fold(layouts.text(cell)))
    )
    for header in (frozenset({0}),) if headed else (frozenset({-1}), frozenset({0})):
        columns = range(len(matrix[0]) - 1)
        title = next((c for c in columns if _numbered(layouts, layouts.under(matrix, header, c))), None)
        if title is None:
            title = layouts.title_column(matrix, header)
            if layouts.item_hits(matrix, header, title) < ITEMS:
                continue
            if not layouts.all_items(matrix, header, title, THROUGHOUT):
                continue
        if title is not None:
            heads = _heads(layouts, matrix, header, title)
            number = title - 1 if title > 0 and title - 1 not in heads else None
            # a first row that names no item is the header even where others stand for it
            return Layout(grid, header - {-1}, heads, number, title, told=True) if heads else None
    return None


def _heads(layouts: Layouts, matrix: Matrix, header: frozenset[int], title: int) -> dict[int, Head]:
    """Grid column → what it answers."""
    form = layouts.form
    headings, under = {}, {}
    for c in range(len(matrix[0])):
        cells = layouts.under(matrix, header, c)
        heading = " ".join(layouts.text(matrix[r][c]) for r in header if r >= 0)
        aside = form.heads.of(without_unit(heading)).get(OTHER, 0.0) if heading else 0.0
        if c == title or not any(cells) or kind_of(cells) not in _TEXT or aside >= ASIDE or len(heading) > TOLD_LENGTH:
            continue
        if not layouts.counts(matrix, header, c):
            headings[c], under[c] = heading, cells
    if len(headings) > len(form.campaign.columns):
        return {}
    asked = [text for text in headings.values() if text]
    done = next((column for column in layouts.columns.order if column in form.result_columns), "")
    if len(asked) == len(headings) > 1 and kind_of(asked) is Kind.DATES:
        # year by year
        return {c: Head((done,), heading, heading, WHAT_WAS_DONE, True) for c, heading in headings.items()}
    unknown = {c: layouts.columns.weights([heading], under[c]) for c, heading in headings.items()}
    placed = layouts.columns.place(unknown, {}) if len(unknown) > 1 else {}
    heads = {
        c: Head((column,), headings[c], headings[c], LEAST + MORE * share, True)
        for c, (column, share) in placed.items()
        if share >= SURE or not headings[c]
    }
    if len(asked) > 1 and not heads:
        return {}
    told = {column for head in heads.values() for column in head.columns}
    rest = [c for c in headings if c not in heads]
    if len(rest) == 1 and done and done not in told and (heads or _says_much(under[rest[0]])):
        score = LEAST if heads else WHAT_WAS_DONE
        heads[rest[0]] = Head((done,), headings[rest[0]], headings[rest[0]], score, True)
    return heads


def _numbered(layouts: Layouts, texts: list[str]) -> bool:
    """Whether cells name the letter's items by their numbers: "Mục 5", "Nội dung 12"."""
    known = {item.id for item in layouts.form.campaign.items}
    numbers = [leading_number(text) for text in texts if _BY_NUMBER.match(fold(text))]
    return len(numbers) == len([text for text in texts if text]) >= ITEMS and len({*numbers} & known) == len(numbers)


def _says_much(cells: list[str]) -> bool:
    filled = [text for text in cells if text]
    return bool(filled) and sum(len(text.split()) for text in filled) >= WORDS * len(filled)
