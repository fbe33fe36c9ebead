"""Shapes in which an item has a table, a paragraph or a single cell of its own."""

from __future__ import annotations

from benchmarks.gold.layouts.draft import Draft


def paragraph_down(d: Draft) -> None:
    kind = d.chance.choice(("text", "subheading"))
    for item in d.items:
        d.line(d.title(item), kind)
        if rows := [[d.head(column), d.cell(item, column)] for column in d.shown(item)]:
            d.table(rows, 0, (1.0, 2.4))


def paragraph_across(d: Draft) -> None:
    kind = d.chance.choice(("text", "subheading"))
    for item in d.items:
        d.line(d.title(item), kind)
        if columns := d.shown(item):
            d.table([[d.head(column) for column in columns], [d.cell(item, column) for column in columns]])


def column_tables(d: Draft) -> None:
    for order, column in enumerate(d.columns, start=1):
        d.line(f"{order}. {d.head(column)}", "heading")
        rows = [[*d.leads(), d.chance.choice(("Trả lời", "Nội dung báo cáo"))]]
        rows += [[*d.lead_cells(item), d.cell(item, column)] for item in d.items if d.blanks or d.has(item, column)]
        d.table(rows, 1, (*d.widths(0), 3.0))


def one_column(d: Draft) -> None:
    rows = []
    for item in d.items:
        rows.append([d.title(item)])
        rows += [[f"{d.label(column)}{_after(d, column)}{d.cell(item, column)}"] for column in d.shown(item)]
    d.table(rows, 0)


def _after(d: Draft, column: str) -> str:
    """What stands between a label and its answer; a question has a mark of its own."""
    return " " if d.label(column).endswith("?") else ": "


def _labelled(d: Draft, item: int, flat: str, without: str = "") -> list[str]:
    return [
        f"{d.label(column)}{_after(d, column)}{d.cell(item, column, flat, without)}".rstrip()
        for column in d.shown(item)
    ]


def inline_paragraphs(d: Draft) -> None:
    rows = [[*d.leads(), "Nội dung báo cáo"]]
    bullet = d.chance.choice(("", "- ", "+ "))
    for item in d.items:
        rows.append([*d.lead_cells(item), "\n".join(f"{bullet}{text}" for text in _labelled(d, item, "; "))])
    d.table(rows, 1, (*d.widths(0), 4.0))


def inline_line(d: Draft) -> None:
    """The mark that parts labels stands nowhere in answers."""
    rows = [[*d.leads(), "Nội dung báo cáo"]]
    mark = d.chance.choice((" - ", "; ", " | "))
    for item in d.items:
        rows.append([*d.lead_cells(item), mark.join(_labelled(d, item, ", ", mark))])
    d.table(rows, 1, (*d.widths(0), 4.0))


def _whole(d: Draft, item: int) -> str:
    return "\n".join([d.title(item), *_labelled(d, item, "; ")])


def whole_cell(d: Draft) -> None:
    d.lead = "joined"
    d.table([["Báo cáo từng nội dung"], *([_whole(d, item)] for item in d.items)], 1)


def cards(d: Draft) -> None:
    d.lead = "joined"
    texts = [_whole(d, item) for item in d.items]
    d.table([texts[at : at + 2] for at in range(0, len(texts), 2)], 0)
