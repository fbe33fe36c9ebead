"""Shapes in which items, or answers one by one, stand otherwise than as rows under the columns."""

from __future__ import annotations

from benchmarks.gold.layouts.draft import Draft


def _turned(d: Draft, items: list[int], corner: str) -> None:
    rows = [[corner, *(d.title(item) for item in items)]]
    rows += [[d.head(column), *(d.cell(item, column) for item in items)] for column in d.columns]
    d.table(rows, 1, (1.2, *(1.4,) * len(items)))


def transposed(d: Draft) -> None:
    _turned(d, d.items, d.chance.choice(("", "Nội dung báo cáo", d.officer.subject)))


def transposed_parts(d: Draft) -> None:
    for at in range(0, len(d.items), 3):
        _turned(d, d.items[at : at + 3], "")


def items_over(d: Draft) -> None:
    for at in range(0, len(d.items), 2):
        upper: list[str] = []
        lower: list[str] = []
        told: list[str] = []
        for item in d.items[at : at + 2]:
            columns = d.shown(item) or d.columns
            upper += [d.title(item), *["<"] * (len(columns) - 1)]
            lower += [d.head(column) for column in columns]
            told += [d.cell(item, column) for column in columns]
        d.table([upper, lower, told], 2)


def band(d: Draft) -> None:
    rows = []
    for item in d.items:
        rows.append([d.title(item), "<"])
        rows += [[d.head(column), d.cell(item, column)] for column in d.shown(item)]
    d.table(rows, 0, (1.0, 2.4))


def band_across(d: Draft) -> None:
    rows = []
    for item in d.items:
        rows.append([d.title(item), *["<"] * (len(d.columns) - 1)])
        rows += [[d.head(column) for column in d.columns], [d.cell(item, column) for column in d.columns]]
    d.table(rows, 0)


def column_bands(d: Draft) -> None:
    rows = [[*d.leads(), "Trả lời"]]
    for column in d.columns:
        rows.append([d.head(column), *["<"] * (len(rows[0]) - 1)])
        rows += [[*d.lead_cells(item), d.cell(item, column)] for item in d.items if d.blanks or d.has(item, column)]
    d.table(rows, 1, (*d.widths(0), 3.0))


def side_by_side(d: Draft) -> None:
    for at in range(0, len(d.items), 2):
        pair = d.items[at : at + 2]
        rows = [[cell for item in pair for cell in (d.title(item), "<")]]
        for column in d.columns:
            rows.append([cell for item in pair for cell in (d.head(column), d.cell(item, column))])
        d.table(rows, 1, (0.8, 1.8) * len(pair))


def _long(d: Draft, rest: str) -> None:
    """A row for each answer; ``rest``: what stands for the item in the rows after its first (None: the item again)."""
    rows = [[*d.leads(), *d.chance.choice((("Tiêu chí", "Trả lời"), ("Yêu cầu", "Nội dung báo cáo"), ("", "")))]]
    for item in d.items:
        for at, column in enumerate(d.shown(item)):
            lead = d.lead_cells(item)
            if at and rest != "same":
                lead = [rest] * len(lead)
            rows.append([*lead, d.head(column), d.cell(item, column)])
    d.table(rows, 1, (*d.widths(0), 1.0, 2.6))


def long_merged(d: Draft) -> None:
    _long(d, "^")


def long_repeated(d: Draft) -> None:
    _long(d, "same")


def long_first(d: Draft) -> None:
    _long(d, "")


def long_by_column(d: Draft) -> None:
    rows = [[d.chance.choice(("Yêu cầu", "Mục báo cáo", "")), *d.leads(), "Trả lời"]]
    for column in d.columns:
        items = [item for item in d.items if d.blanks or d.has(item, column)]
        for at, item in enumerate(items):
            rows.append(["^" if at else d.head(column), *d.lead_cells(item), d.cell(item, column)])
    d.table(rows, 1, (1.0, *d.widths(0), 2.4))
