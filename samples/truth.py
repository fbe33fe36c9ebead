"""What a reader of the report must find, written from its content (never from what a program made of it)."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from samples.content import COLUMNS, Cell, Content

ROOT = Path(__file__).resolve().parent.parent
UNITS = ROOT / "campaigns" / "2542-SGDDT-GDTrH" / "units.csv"
FIELDS = ("issuer", "parent", "number", "place", "date", "subject", "signer", "signer_title")


@cache
def unit_ids() -> dict[str, str]:
    """Name in the registry → id."""
    with UNITS.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row["id"] for row in csv.DictReader(line for line in lines if not line.startswith("#"))}


def expected(content: Content) -> dict[str, Any]:
    """The truth of one readable sample in its compact form."""
    state = content.raw.get("state", "processed")
    if state == "rejected":
        return {"state": state, "code": content.raw["code"]}
    head = content.letterhead
    return {
        "unit": unit_ids()[content.raw["unit"]],
        "group": content.raw["group"],
        "letterhead": {name: _field(head.get(name)) for name in FIELDS},
        "appendix": [row for item in content.appendix for row in _item(content, item)],
        "narrative": [
            {"point": point, "status": cell.status, "text": cell.text} for point, cell in content.points.items()
        ],
        "money": [
            {"value": value, "funding_source": source, "item": item, "column": column}
            for value, source, item, column in content.raw.get("money", [])
        ],
        "read_as": "ocr" if content.writer == "scan" else "text",
        "state": state,
        "code": None,
    }


def _field(value: Any) -> str | None:
    return None if value is None else str(value).replace("\n", " ")


def _item(content: Content, item: int) -> list[dict[str, Any]]:
    rows = []
    for column in COLUMNS:
        cell = content.appendix[item][column]
        text: str | None = cell.text
        if column == "funding" and item in content.raw.get("funding_split", {}):
            cell, text = _split(content.raw["funding_split"][item]), None
        rows.append({"item": item, "column": column, "status": cell.status, "text": text})
    return rows


def _split(pair: list[Any]) -> Cell:
    """Two funding columns as one answer: a figure answers; only a dash or nought says none; blank says nothing."""
    said = [value for value in pair if value != ""]
    if not said:
        return Cell("", "no_answer")
    return Cell("", "none" if all(value in ("-", 0, "0") for value in said) else "answered")


def to_text(truth: dict[str, Any]) -> str:
    """JSON with one answer a line, so that a change shows as one changed line."""
    parts = []
    for key, value in truth.items():
        if isinstance(value, list) and value:
            rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f'  "{key}": [\n{rows}\n  ]')
        elif isinstance(value, dict):
            body = json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n  ")
            parts.append(f'  "{key}": {body}')
        else:
            parts.append(f'  "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"
