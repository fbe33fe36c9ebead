"""Cases as data: anyone can add one to the JSON files beside this test.

``wild.json``: damage found in real documents; ``synthetic.json``: one kind each; ``negative.json``: must stay.
``known_failures.json``: what is still wrong; the test fails when such a case starts to work, so that it moves.
Each case is ``{"text", "want", "why"}``, and optionally ``fonts`` (one for the whole text) or ``origin``.
"""

import json
from pathlib import Path

import pytest

from normalizers import Hints, Run, apply_plan, repair, repair_document

CASES = Path(__file__).parent / "cases"


def load(name):
    cases = json.loads((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{i}-{case['text'][:24]!a}") for i, case in enumerate(cases)]


def run(case):
    hints = Hints(origin=case.get("origin", "text"))
    if "font" in case:
        [result] = repair_document([[Run(case["text"], font=case["font"])]], hints)
    else:
        result = repair(case["text"], hints)
    assert apply_plan(case["text"], result.plan) == result.text
    return result.text


@pytest.mark.parametrize("case", load("wild.json"))
def test_in_the_wild(case):
    assert run(case) == case["want"], case["why"]


@pytest.mark.parametrize("case", load("synthetic.json"))
def test_synthetic(case):
    assert run(case) == case["want"], case["why"]


@pytest.mark.parametrize("case", load("negative.json"))
def test_clean_text_stays(case):
    assert run(case) == case["text"], case["why"]


@pytest.mark.parametrize("case", load("known_failures.json"))
def test_known_failures_still_fail(case):
    assert run(case) != case["want"], "this works now: move it to another file"
