"""Writes ``docs/report.schema.json`` from the report types; a test holds the two together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from extractors.report import SCHEMA, Report

TARGET = Path(__file__).with_name("report.schema.json")


def build() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the output of ``./baocao extract``."""
    _, parts = msgspec.json.schema_components([Report], ref_template="#/$defs/{name}")
    report = parts.pop("Report")
    report["properties"]["schema"] = {"const": SCHEMA}
    report["required"] = sorted(report["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "baocao.report.1.json",
        **report,
        "title": SCHEMA,
        "$defs": parts,
    }


def render() -> bytes:
    return msgspec.json.format(msgspec.json.encode(build()), indent=2) + b"\n"


if __name__ == "__main__":
    TARGET.write_bytes(render())
