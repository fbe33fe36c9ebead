"""Every sample through the real pipeline: against its author's truth, and against the snapshot of the last reading."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

import campaigns
from extractors import report as reports
from extractors.errors import Rejected
from extractors.pipeline import extract_sandboxed
from samples.compare import differences

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CAMPAIGN = "2542-SGDDT-GDTrH"
TRUTHS = {
    path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((SAMPLES / "expected").glob("*.json"))
}
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
    found = differences(TRUTHS[name], read(name))
    assert not found, f"{name}: {len(found)} differences\n  " + "\n  ".join(found)


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
    now = json.dumps(stable(read(name)), ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--regenerate-golden"):
        path.write_text(now, encoding="utf-8")
        return
    assert path.exists(), f"no snapshot of {name}: run pytest --regenerate-golden and read what it wrote"
    assert now.splitlines() == path.read_text(encoding="utf-8").splitlines()


def stable(report: dict[str, Any]) -> dict[str, Any]:
    """What must not change from one machine to the next.

    Confidences and boxes are rounded. What OCR reads differs between versions of tesseract, so of a scan only the
    structure stays: unit, which letterhead fields were found, and the status of every answer.
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
    rounded: dict[str, Any] = _rounded(report)
    return rounded


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return value
