"""The damaged half of the letter, by its token alignment; skipped where the shared files are not there."""

from pathlib import Path

import pytest

from normalizers import apply_plan, repair

SEED = Path(__file__).parents[3] / "shared" / "seed"
pytestmark = pytest.mark.skipif(not SEED.exists(), reason="../shared/seed is not here")


def letter():
    text = (SEED / "2542_SGDDT-GDTrH.txt").read_text(encoding="utf-8")
    rows = [r.split("\t") for r in (SEED / "damaged_half_alignment.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    return text, [r[2] for r in rows], text.rindex(rows[0][1]) - 1


def test_all_tokens_come_right_beside_the_clean_half():
    text, want, at = letter()
    result = repair(text)
    assert result.text[:at] == text[:at]
    assert result.text[at:].split() == want
    assert apply_plan(text, result.plan) == result.text


def test_all_tokens_come_right_alone():
    text, want, at = letter()
    assert repair(text[at:]).text.split() == want
