"""Every dependency has a licence that goes with ours, and every third-party file is credited."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / "docs" / "licences.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_licence_goes_with_ours(licences: ModuleType) -> None:
    assert licences.problems(licences.entries()) == []


def test_the_list_is_up_to_date(licences: ModuleType) -> None:
    """Else: ``.venv/bin/python docs/licences.py``."""
    assert licences.TARGET.read_text(encoding="utf-8") == licences.render(licences.entries())


@pytest.mark.parametrize(
    ("licence", "name", "fine"),
    [
        ("MIT", "x", True),
        ("Apache-2.0 AND MIT", "x", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", "x", True),
        ("GPL-2.0-or-later OR MIT", "x", True),
        ("(GPL-2.0-or-later OR AGPL-3.0-only) AND MIT", "x", False),
        ("GPL-3.0-only", "psycopg", False),
        ("Artistic-1.0-Perl AND GPL", "x", False),
        ("LGPL-3.0-only", "psycopg", True),
        ("LGPL-3.0-only", "x", False),
        ("Proprietary", "x", False),
        ("", "x", False),
    ],
)
def test_what_goes_with_ours(licences: ModuleType, licence: str, name: str, fine: bool) -> None:
    assert (licences.problems([licences.Entry(name, "1", licence, "product", "")]) == []) is fine


def test_what_is_decided_by_hand_is_still_used(licences: ModuleType) -> None:
    names = {entry.name for entry in licences.entries()}
    assert names >= {*licences.DECIDED, *licences.LINKED, *licences.CARRIED}


def test_libraries_of_the_product_are_told_from_tools(licences: ModuleType) -> None:
    comes = {entry.name: entry.comes for entry in licences.entries()}
    assert (comes["prefect"], comes["lxml"], comes["psycopg"]) == ("product",) * 3
    assert (comes["s3fs"], comes["pytest"], comes["mypy"]) == ("cluster", "development", "development")


def test_bill_of_materials(licences: ModuleType) -> None:
    command = [sys.executable, "-P", str(ROOT / "docs" / "licences.py"), "--cyclonedx"]
    made = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.5")
    assert len(made["components"]) == len(licences.entries())
    assert all(part["hashes"] and part["licenses"][0]["expression"] for part in made["components"])


def test_data_and_vendored_files_are_credited() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for path in (ROOT / "review" / "static").glob("*.min.*"):
        assert path.name in notice and path.name in (ROOT / "review/static/LICENSES.md").read_text(encoding="utf-8")
    for path in (ROOT / "normalizers" / "data").iterdir():
        if path.suffix not in {".md", ".txt"}:  # written here, or about the others
            assert path.name in notice, path
    assert "CC BY-SA" in notice and "vi.wikipedia.org" in notice
