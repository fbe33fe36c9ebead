"""What python-docx and openpyxl give by position: the widest table, item by row number, column by order."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import openpyxl

Cells = dict[tuple[int, str], str]


def cells(path: Path, columns: list[str], items: int) -> Cells | None:
    """Appendix cells by position; None where there is nothing to read a table from."""
    if path.suffix == ".docx":
        tables = [
            [[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(str(path)).tables
        ]
    elif path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        tables = [[[str(v) if v is not None else "" for v in row] for row in sheet.values] for sheet in book]
    else:
        return None
    found: Cells = {}
    widest = max(tables, key=lambda rows: len(rows[0]) if rows else 0, default=[])
    for row in widest:
        number = re.match(r"\s*(\d+)\b", row[0]) if row else None
        if number and 1 <= int(number[1]) <= items:
            found |= {(int(number[1]), column): text for column, text in zip(columns, row[2:], strict=False) if text}
    return found
