"""The committed inbox can be made again, and its damage is the damage that was observed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from samples import damage

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
SEED_SHA256 = "50d4fa776452597c054f8309037c8b5ed2b421fa62bdcf53a57ec11b25c85c29"


def test_inbox_can_be_made_again() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "samples/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_sample_has_its_truth() -> None:
    inbox = {path.name for path in (SAMPLES / "inbox").iterdir()}
    expected = {path.name.removesuffix(".json") for path in (SAMPLES / "expected").iterdir()}
    assert inbox == expected


def test_inbox_stays_small() -> None:
    assert sum(path.stat().st_size for path in (SAMPLES / "inbox").iterdir()) < 3_000_000


def test_all_groups_statuses_and_sources_occur() -> None:
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in (SAMPLES / "expected").iterdir()]
    answers = [row for truth in truths for row in (*truth.get("appendix", []), *truth.get("narrative", []))]
    assert {truth.get("group") for truth in truths} >= {"office", "district", "school"}
    assert {row["status"] for row in answers} == {"answered", "none", "not_yet", "by_reference", "no_answer"}
    assert {row["funding_source"] for truth in truths for row in truth.get("money", [])} == {
        "budget",
        "socialised",
        None,
    }


def test_seed_letter_is_as_received() -> None:
    data = (SAMPLES / "inbox" / "2542_SGDDT-GDTrH.txt").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SEED_SHA256


@pytest.mark.parametrize(
    ("name", "text", "broken"),
    [
        ("lost_spaced", "THÀNH PHỐ HỒ CHÍ MINH", "THÀNH PH ?  H ?  CHÍ MINH"),
        ("lost_spaced", "số 3249/QĐ-UBND của Ủy ban", "s ?  3249/QĐ - UBND c ? a  ? y ban"),
        ("lost_tight", "Giáo dục ở đường", "Giáo d?c ? đư?ng"),
        ("lost_best_fit", "trước khi đưa ra", "tru?c khi dua ra"),
        ("utf8_as_cp1258", "Không tìm thấy", "KhĂ´ng tĂ¬m tháº¥y"),
        ("vni", "ỦY BAN NHÂN DÂN", "UÛY BAN NHAÂN DAÂN"),
    ],
)
def test_damage_is_the_observed_one(name: str, text: str, broken: str) -> None:
    assert damage.SIMPLE[name](text) == broken


def test_tcvn3_takes_toned_capitals_from_the_capital_font() -> None:
    assert damage.tcvn3("ỦY BAN, Đề án") == [("ñy ban", True), (", §Ò ¸n", False)]
