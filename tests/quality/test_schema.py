"""The published JSON Schema is the one the types make."""

from __future__ import annotations

import runpy
from pathlib import Path

import jsonschema

ROOT = Path(__file__).parents[2]


def test_published_schema_is_current() -> None:
    schema = runpy.run_path(str(ROOT / "docs" / "schema.py"))
    published = (ROOT / "docs" / "report.schema.json").read_bytes()
    assert published == schema["render"](), "run: .venv/bin/python -P docs/schema.py"
    jsonschema.Draft202012Validator.check_schema(schema["build"]())
