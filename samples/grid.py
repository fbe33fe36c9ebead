"""The appendix of a report as a grid of cells, the same for every container."""

from __future__ import annotations

from dataclasses import dataclass

from samples.content import COLUMNS, Content
from samples.letter import HEADERS, ITEMS

WIDTHS = {"directives": 1.2, "results": 1.9, "development": 1.4, "funding": 1.25, "challenges": 1.4, "proposals": 1.2}


@dataclass(frozen=True)
class GridCell:
    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    head: bool = False
    centre: bool = False


@dataclass(frozen=True)
class Grid:
    """``widths`` are relative; ``head`` rows are repeated on each page."""

    rows: int
    columns: int
    head: int
    widths: tuple[float, ...]
    cells: tuple[GridCell, ...]


def appendix_grid(content: Content) -> Grid:
    """The appendix as this unit drew it; the options are those of ``layout.appendix``."""
    style = content.option("appendix", {})
    headers = {**HEADERS, **style.get("headers", {})}
    titles = {**ITEMS, **style.get("titles", {})}
    split = style.get("split_funding")
    spans = [(name, 2 if split and name == "funding" else 1) for name in COLUMNS]
    double = bool(split) or bool(style.get("number_row"))
    cells = [GridCell(0, 0, style.get("stt", "STT"), rows=2 if split else 1, head=True, centre=True)]
    cells.append(GridCell(0, 1, style.get("subject", "Nội dung"), rows=2 if split else 1, head=True, centre=True))
    at, starts = 2, {}
    for name, span in spans:
        starts[name] = at
        cells.append(GridCell(0, at, headers[name], 2 if split and span == 1 else 1, span, head=True, centre=True))
        if span == 2:
            cells += [GridCell(1, at + i, split[i], head=True, centre=True) for i in (0, 1)]
        at += span
    if style.get("number_row"):
        cells += [GridCell(1, c, f"({c + 1})", head=True, centre=True) for c in range(at)]
    head = 2 if double else 1
    merged = {(tuple(m["items"]), m["column"]) for m in style.get("merges", [])}
    row = head
    for order, (item, answers) in enumerate(content.appendix.items(), start=1):
        label = str(order if style.get("renumber") else item) + style.get("stt_tail", "")
        cells += [GridCell(row, 0, label, centre=True), GridCell(row, 1, titles[item])]
        for name, span in spans:
            cover = next((items for items, column in merged if column == name and item in items), None)
            if cover is not None and item != cover[0]:
                continue
            if span == 2:
                pair = content.raw["funding_split"].get(item, ["", ""])
                cells += [GridCell(row, starts[name] + i, pair[i], centre=True) for i in (0, 1)]
            else:
                cells.append(GridCell(row, starts[name], answers[name].text, rows=len(cover) if cover else 1))
        row += 1
    widths = [0.4, style.get("title_width", 1.5)]
    for name, span in spans:
        widths += [WIDTHS[name] / span * (1.2 if span == 2 else 1)] * span
    return Grid(row, at, head, tuple(widths), tuple(cells))


def inline_grid(table: dict) -> Grid:
    """A small table inside the body: ``head`` (one row) and ``rows``."""
    cells = [GridCell(0, c, text, head=True, centre=True) for c, text in enumerate(table["head"])]
    for r, row in enumerate(table["rows"], start=1):
        cells += [GridCell(r, c, str(text), centre=c != 1) for c, text in enumerate(row)]
    columns = len(table["head"])
    widths = tuple(table.get("widths", [1.0] * columns))
    return Grid(len(table["rows"]) + 1, columns, 1, widths, tuple(cells))
