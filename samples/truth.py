"""What a reader of the report must find, written from its content (never from what a program made of it)."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from samples.content import COLUMNS, DASH, Cell, Content, pieces
from samples.content import cell as parse_cell

ROOT = Path(__file__).resolve().parent.parent
UNITS = ROOT / "campaigns" / "2542-SGDDT-GDTrH" / "units.csv"
DOCUMENT = re.compile(r"\b\d{1,5}/(?:\d{4}/)?[A-ZĐ][\w&]+(?:-[\w&]+)*")
PERCENT = re.compile(r"(\d+(?:,\d+)?)\s?%")
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
        "appendix": [row for item in content.appendix for row in _item(content, item)] + _told(content),
        "narrative": [
            {"point": point, "status": cell.status, "text": cell.text} for point, cell in content.points.items()
        ],
        "money": [
            {"value": value, "funding_source": source, "item": item, "column": column}
            for value, source, item, column in content.raw.get("money", [])
        ],
        "documents": sorted(set(DOCUMENT.findall(_all_text(content)))),
        "percents": sorted({float(share.replace(",", ".")) for share in PERCENT.findall(_all_text(content))}),
        "read_as": _read_as(content),
        "state": state,
        "code": None,
    }


def _read_as(content: Content) -> str:
    """How sure a reader can be of each letter: ``ocr``, ``lossy`` (some letters arrived as ``?``) or ``text``."""
    if content.writer == "scan":
        return "ocr"
    kinds = {content.raw.get("damage", ""), content.raw.get("damage_appendix", ""), *(x.damage for x in content.lines)}
    return "lossy" if any(kind.startswith("lost") for kind in kinds) else "text"


def _all_text(content: Content) -> str:
    """Everything the report says under its title: body, footnotes, appendix cells."""
    body = [line.visible for line in content.lines if line.kind not in ("title", "subtitle")]
    notes = [text for line in content.lines for kind, text in pieces(line.text) if kind == "note"]
    cells = [cell.text for answers in content.appendix.values() for cell in answers.values()]
    return "\n".join([*body, *notes, *cells])


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


def _told(content: Content) -> list[dict[str, Any]]:
    """Answers to appendix items that the report gives in its running text."""
    rows = []
    for item, answers in content.raw.get("truth_appendix", {}).items():
        for column, value in answers.items():
            said = parse_cell(value)
            rows.append({"item": item, "column": column, "status": said.status, "text": said.text})
    return rows


def _split(pair: list[Any]) -> Cell:
    """Two funding columns as one answer: a figure answers; only a dash or nought says none; blank says nothing."""
    said = [value for value in pair if value not in ("", "-" if DASH == "no_answer" else "")]
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
