"""Shapes of workbooks."""

from __future__ import annotations

import re

from benchmarks.gold.content import Break
from benchmarks.gold.layouts import rows
from benchmarks.gold.layouts.draft import Draft


def _sheet(d: Draft, order: int, text: str) -> None:
    name = re.sub(r"[\[\]:*?/\\]", " ", text)
    d.gold.blocks.append(Break("sheet", f"{order}. {' '.join(name.split())}"[:31].strip()))
    d.line(text)


def sheet_per_column(d: Draft) -> None:
    for order, column in enumerate(d.columns, start=1):
        _sheet(d, order, d.head(column))
        told = [[*d.leads(), "Nội dung báo cáo"]]
        told += [[*d.lead_cells(item), d.cell(item, column)] for item in d.items if d.blanks or d.has(item, column)]
        d.table(told)


def sheet_per_item(d: Draft) -> None:
    across = d.chance.random() < 0.5
    for order, item in enumerate(d.items, start=1):
        _sheet(d, order, d.title(item))
        columns = d.shown(item) or d.columns
        if across:
            d.table([[d.head(column) for column in columns], [d.cell(item, column) for column in columns]])
        else:
            d.table([[d.head(column), d.cell(item, column)] for column in columns], 0)


def sheet_form(d: Draft) -> None:
    rows.title_rows(d)
