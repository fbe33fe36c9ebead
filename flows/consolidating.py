"""``./baocao consolidate`` and ``./baocao status``: the stored answers, written out and counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

import consolidation
from consolidation import Submission
from flows import workplace
from flows.settings import Settings

STATES = {"on_time": "đúng hạn", "late": "trễ", "incomplete": "nộp thiếu", "missing": "chưa nộp"}
QUEUE = {
    "processed": "Đã xử lý",
    "partial": "Xử lý một phần",
    "rejected": "Bị từ chối",
    "duplicate": "Trùng",
    "unit_unknown": "Chưa rõ đơn vị",
    "pending": "Chưa đọc xong",
}


def run(settings: Settings, out: Path) -> list[Path]:
    """Write the outputs of the campaign into ``out``; their paths."""
    place = workplace.at(settings)
    return consolidation.consolidate(place.repository, place.campaign, out, _now())


def status(settings: Settings) -> dict[str, Any]:
    """``{"campaign", "counts": {state: n}, "queue": {state: n}, "units": [one submission each]}``."""
    place = workplace.at(settings)
    found = consolidation.submissions(place.repository, place.campaign, _now())
    ended = Counter(submission.state for submission in found)
    return {
        "campaign": place.campaign.id,
        "counts": {state: ended[state] for state in STATES},  # type: ignore[index]
        "queue": place.repository.queue_sizes(place.campaign.id),
        "units": [_line(submission) for submission in found],
    }


def print_status(found: dict[str, Any]) -> None:
    """A table of the units that sent something, then how many are in each state; missing units are only counted."""
    console = Console()
    table = Table(title=f"Đợt {found['campaign']}")
    for heading in ("Đơn vị", "Nhóm", "Tình trạng", "Còn thiếu", "Tệp"):
        table.add_column(heading, overflow="fold")
    for unit in found["units"]:
        if unit["state"] == "missing":
            continue
        late = f", trễ {unit['days_late']} ngày" if unit["days_late"] else ""
        state = STATES[unit["state"]] if unit["state"] != "late" else f"trễ {unit['days_late']} ngày"
        shown = state + late if unit["state"] == "incomplete" else state
        table.add_row(unit["name"], unit["group"], shown, "; ".join(unit["lacks"]), unit["file"] or "")
    console.print(table, markup=False)
    console.print(_sentence({STATES[key]: n for key, n in found["counts"].items()}), markup=False)
    console.print("Tệp: " + _sentence({QUEUE.get(key, key): n for key, n in found["queue"].items()}), markup=False)


def _line(submission: Submission) -> dict[str, Any]:
    unit = {"unit": submission.unit.id, "name": submission.unit.name, "group": submission.unit.group}
    built: dict[str, Any] = msgspec.to_builtins(submission)
    return unit | {key: value for key, value in built.items() if key != "unit"}


def _sentence(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
