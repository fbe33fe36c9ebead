"""``./baocao status``: for the eye and for programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from consolidation import submissions
from flows import consolidating, settings
from tests.consolidation.test_outputs import NOW


@pytest.fixture
def data_dir(inbox_database: Path, tmp_path: Path) -> Path:
    shutil.copy(inbox_database, tmp_path / "baocao.db")
    return tmp_path


def test_the_json_holds_every_unit_and_adds_up(data_dir: Path, inbox: Any) -> None:
    command = [sys.executable, "-P", "-m", "flows", "status", "--json"]
    environment = settings.environment(settings.load({"data_dir": str(data_dir)}))
    done = subprocess.run(command, capture_output=True, check=True, timeout=120, env=environment, cwd=data_dir)
    content = json.loads(done.stdout)
    states = {unit["unit"]: (unit["state"], unit["days_late"]) for unit in content["units"]}
    for one in submissions(inbox.repository, inbox.campaign, NOW):
        if one.state != "missing":
            assert states[one.unit.id] == (one.state, one.days_late)
    assert sum(content["counts"].values()) == len(content["units"]) == len(states)
    for state, number in content["counts"].items():
        assert number == sum(group[state] for group in content["groups"].values())
    assert content["queue"] == {
        "processed": 8, "partial": 1, "rejected": 1, "unit_unknown": 1, "duplicate": 1, "pending": 1,
    }  # fmt: skip


def test_the_table_tells_who_is_late_and_names_who_is_missing(data_dir: Path, capsys: Any) -> None:
    consolidating.print_status(consolidating.status(settings.load({"data_dir": str(data_dir)})))
    shown = capsys.readouterr().out
    flat = " ".join(shown.replace("│", " ").split())
    assert "trễ 1 ngày" in flat and "nộp thiếu, trễ 6 ngày" in flat
    assert "Chưa nộp, Phòng GDĐT quận, huyện và thành phố Thủ Đức (20): Phòng GDĐT thành phố Thủ Đức;" in flat
    assert "Đơn vị: đúng hạn 3, trễ 1, nộp thiếu 3, chưa nộp 157" in flat
