"""``./baocao consolidate`` and ``./baocao status``: the stored answers, written out and counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

import consolidation
from campaigns import Campaign
from consolidation import Submission, TemplateError
from flows import printing, workplace
from flows.settings import Settings

__all__ = ["TemplateError", "print_status", "run", "status"]

TEMPLATES = "templates"  # in the data directory: the officer's own forms of the Word files
STATES = {"on_time": "đúng hạn", "late": "trễ", "incomplete": "nộp thiếu", "missing": "chưa nộp"}
_COLOURS = {"on_time": "green", "late": "yellow", "incomplete": "yellow", "missing": "red"}
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
    return consolidation.consolidate(place.repository, place.campaign, out, _now(), settings.data_dir / TEMPLATES)


def status(settings: Settings) -> dict[str, Any]:
    """``{"campaign", "counts": {state: n}, "groups": {group: {state: n}}, "queue": {state: n}, "units": [one submission
    each]}``."""
    place = workplace.at(settings)
    found = consolidation.submissions(place.repository, place.campaign, _now())
    ended = Counter(submission.state for submission in found)
    groups = Counter((submission.unit.group, submission.state) for submission in found)
    return {
        "campaign": place.campaign.id,
        "counts": {state: ended[state] for state in STATES},  # type: ignore[index]
        "groups": {
            group: {state: groups[group, state] for state in STATES}  # type: ignore[index]
            for group in dict.fromkeys((*place.campaign.groups, *(submission.unit.group for submission in found)))
        },
        "queue": place.repository.queue_sizes(place.campaign.id),
        "units": [_line(submission, place.campaign) for submission in found],
    }


def print_status(found: dict[str, Any]) -> None:
    """Counts by group, a table of the units that sent something, and the names of those that have not."""
    titles = {unit["group"]: unit["group_title"] for unit in found["units"]}
    summary = [
        (titles.get(group, group), *(str(n) for n in numbers.values())) for group, numbers in found["groups"].items()
    ]
    heads = ("Nhóm", *(label.capitalize() for label in STATES.values()))
    printing.table(heads, summary, title=f"Đợt {found['campaign']}", right=range(1, len(heads)))
    sent = [unit for unit in found["units"] if unit["state"] != "missing"]
    rows = [
        (unit["name"], unit["group_title"], _state(unit), _lacks(unit["lacks"]), unit["file"] or "") for unit in sent
    ]
    printing.table(
        ("Đơn vị", "Nhóm", "Tình trạng", "Còn thiếu", "Tệp"), rows, colours=(2, [_COLOURS[u["state"]] for u in sent])
    )
    for group, title in titles.items():
        names = [unit["name"] for unit in found["units"] if unit["state"] == "missing" and unit["group"] == group]
        if names:
            printing.line(f"Chưa nộp, {title} ({len(names)}): {'; '.join(names)}")
    printing.counts({STATES[key]: n for key, n in found["counts"].items()}, "Đơn vị")
    printing.counts({QUEUE[key]: n for key, n in found["queue"].items()}, "Tệp")


def _state(unit: dict[str, Any]) -> str:
    late = f"trễ {unit['days_late']} ngày" if unit["days_late"] else ""
    return ", ".join(word for word in (STATES[unit["state"]] if unit["state"] != "late" else "", late) if word)


def _lacks(titles: list[str], most: int = 3, length: int = 40) -> str:
    """The first missing parts by the start of their titles; titles run over many lines."""
    named = [title if len(title) <= length else title[:length].rstrip() + "…" for title in titles[:most]]
    more = [f"và {len(titles) - most} nội dung khác"] if len(titles) > most else []
    return "; ".join(named + more)


def _line(submission: Submission, campaign: Campaign) -> dict[str, Any]:
    unit = submission.unit
    named = {
        "unit": unit.id,
        "name": unit.name,
        "group": unit.group,
        "group_title": campaign.groups[unit.group].title if unit.group in campaign.groups else unit.group,
    }
    built: dict[str, Any] = msgspec.to_builtins(submission)
    return named | {key: value for key, value in built.items() if key != "unit"}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
