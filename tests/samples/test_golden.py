"""Every sample through the real pipeline: against its author's truth, and against the snapshot of the last reading."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import campaigns
from extractors import report as reports
from extractors.errors import Rejected
from extractors.pipeline import extract_sandboxed
from samples.compare import differences
from samples.truth import to_text

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CAMPAIGN = "2542-SGDDT-GDTrH"
TRUTHS = {
    path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((SAMPLES / "expected").glob("*.json"))
}
KNOWN: dict[str, list[str]] = yaml.safe_load((SAMPLES / "known_failures.yaml").read_text(encoding="utf-8")) or {}
READABLE = [name for name, truth in TRUTHS.items() if truth["state"] in ("processed", "partial")]
REJECTED = [name for name, truth in TRUTHS.items() if truth["state"] == "rejected"]
COPIES = [name for name, truth in TRUTHS.items() if truth["state"] == "duplicate"]
LETTER = next(name for name, truth in TRUTHS.items() if truth["state"] == "letter")


@functools.cache
def read(name: str) -> dict[str, Any]:
    """The public JSON of one sample; each file is read once in a test run."""
    report = extract_sandboxed(SAMPLES / "inbox" / name, _campaign(), name)
    return json.loads(reports.to_json(report))


@functools.cache
def _campaign() -> campaigns.Campaign:
    return campaigns.load(CAMPAIGN)


@pytest.mark.parametrize("name", READABLE)
def test_truth(name: str) -> None:
    """A known failure is let through by its name; one that no longer fails must leave the list (scans: may)."""
    known = KNOWN.get(name, [])
    found = differences(TRUTHS[name], read(name))
    unknown = [line for line in found if not line.startswith(tuple(known))]
    assert not unknown, f"{name}: {len(unknown)} differences\n  " + "\n  ".join(unknown)
    mended = [start for start in known if not any(line.startswith(start) for line in found)]
    assert not mended or TRUTHS[name]["read_as"] == "ocr", f"{name}: take {mended} out of samples/known_failures.yaml"


@pytest.mark.parametrize("name", REJECTED)
def test_refused_with_its_reason(name: str) -> None:
    with pytest.raises(Rejected) as caught:
        extract_sandboxed(SAMPLES / "inbox" / name, _campaign(), name)
    assert caught.value.code == TRUTHS[name]["code"]


@pytest.mark.parametrize("name", COPIES)
def test_copy_has_the_same_bytes(name: str) -> None:
    inbox = SAMPLES / "inbox"
    assert (inbox / name).read_bytes() == (inbox / TRUTHS[name]["duplicate_of"]).read_bytes()


def test_the_letter_itself_answers_nothing() -> None:
    """Its damaged second half repeats page 1 and stands behind item 12; it must not become an answer."""
    report = read(LETTER)
    said = [answer for answer in (*report["appendix"], *report["narrative"]) if answer["status"] != "no_answer"]
    assert said == []
    assert report["unit"]["id"] is None


@pytest.mark.parametrize("name", [*READABLE, LETTER])
def test_snapshot(name: str, request: pytest.FixtureRequest) -> None:
    path = SAMPLES / "golden" / f"{name}.json"
    now = to_text(stable(read(name)))
    if request.config.getoption("--regenerate-golden"):
        path.write_text(now, encoding="utf-8")
        return
    assert path.exists(), f"no snapshot of {name}: run pytest --regenerate-golden and read what it wrote"
    assert now.splitlines() == path.read_text(encoding="utf-8").splitlines()


def stable(report: dict[str, Any]) -> dict[str, Any]:
    """What must not change from one machine to the next.

    Confidences and boxes are rounded, repairs told without their alternatives. What OCR reads differs between versions
    of tesseract, so of a scan only the structure stays: unit, which letterhead fields were found, and the status of
    every answer.
    """
    truth = TRUTHS[report["source"]["name"]]
    if truth.get("read_as") == "ocr":
        return {
            "unit": {"id": report["unit"]["id"], "group": report["unit"]["group"]},
            "letterhead": sorted(
                name for name, value in report["letterhead"].items() if value and name != "provenance"
            ),
            "appendix": [[answer["item"], answer["column"], answer["status"]] for answer in report["appendix"]],
            "narrative": [[answer["point"], answer["status"]] for answer in report["narrative"]],
        }
    repairs = [[change["kind"], change["original"], change["replacement"]] for change in report["repairs"]]
    compact: dict[str, Any] = _compact({**report, "repairs": []})
    return {**compact, "repairs": repairs}


def _compact(value: Any) -> Any:
    """Numbers rounded, and every place where something was read as one short string."""
    if isinstance(value, float):
        return round(value, 1)
    if isinstance(value, dict):
        if value.keys() == {"page", "bbox", "block"}:
            box = ",".join(str(round(edge)) for edge in value["bbox"] or ())
            return " ".join(part for part in (f"p{value['page'] or ''}", box, value["block"] or "") if part)
        return {key: _compact(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_compact(part) for part in value]
    return value
