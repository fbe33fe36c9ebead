"""Read a campaign folder into a `Campaign`, refusing what cannot be meant.

A mistake is reported as ``campaigns/X/campaign.yaml: items[3].title: …`` in Vietnamese, for whoever wrote the file.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from campaigns import checks
from campaigns.errors import CampaignError
from campaigns.model import Campaign, Column, Deadline, Group, Issuing, Item, Letter, Period
from campaigns.registry import read_units

__all__ = ["CampaignError", "available", "load"]

CAMPAIGNS = Path(__file__).parent
"""The campaigns that come with the program; data files of the package, also when it runs from a wheel."""

CLASSIFIERS = ("topics", "heads", "cells", "rows")
"""Fields of a `Campaign` that ``NAME.bin`` in its folder holds."""

_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def available(root: Path | None = None) -> list[str]:
    """Ids of the campaigns under ``root``, sorted."""
    base = root or CAMPAIGNS
    return sorted(path.parent.name for path in base.glob("*/campaign.yaml"))


def load(campaign_id: str, root: Path | None = None) -> Campaign:
    """The campaign ``campaign_id`` under ``root`` (default: the campaigns that come with the program).

    Raises `CampaignError` when it does not exist or its files do not hold together.
    """
    base = root or CAMPAIGNS
    folder = base / campaign_id
    # An id comes from a command line or a web form and must not lead out of the folder.
    if not _FOLDER_NAME.fullmatch(campaign_id) or not (folder / "campaign.yaml").is_file():
        known = ", ".join(available(base)) or "chưa có đợt nào"
        raise CampaignError(f"Không có đợt báo cáo “{campaign_id}” trong {base}. Các đợt hiện có: {known}.")
    path = folder / "campaign.yaml"
    campaign = _campaign(_read_yaml(path), path)
    if campaign.id != campaign_id:
        raise CampaignError.at(path, "id", f"là “{campaign.id}” nhưng thư mục tên là “{campaign_id}”")
    for place, problem in checks.problems(campaign):
        raise CampaignError.at(path, place, problem)
    units_path = folder / "units.csv"
    units = read_units(units_path, set(campaign.groups)) if units_path.is_file() else ()
    letter_path = folder / "letter.txt"
    letter_text = _read_text(letter_path) if letter_path.is_file() else ""
    classifiers = {name: path.read_bytes() for name in CLASSIFIERS if (path := folder / f"{name}.bin").is_file()}
    return msgspec.structs.replace(campaign, units=units, letter_text=letter_text, **classifiers)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML without surprises: a key written twice is an error, not a silent overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"khóa “{key.value}” viết hai lần", key.start_mark)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CampaignError.at(path, f"byte {error.start}", "không phải UTF-8") from error
    except OSError as error:
        raise CampaignError.at(path, "", f"không đọc được ({error.strerror})") from error


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(_read_text(path), Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = f"dòng {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise CampaignError.at(path, line, f"không đúng cú pháp YAML ({error.problem})") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2024-13-40
        raise CampaignError.at(path, "", f"không đúng cú pháp YAML ({error})") from error
    if not isinstance(content, dict):
        raise CampaignError.at(path, "", "phải là một bảng khóa: giá trị")
    return content


_SECTIONS: dict[str, Any] = {
    "id": str,
    "letter": Letter,
    "deadline": Deadline,
    "columns": tuple[Column, ...],
    "items": tuple[Item, ...],
    "groups": dict[str, Group],
    "period": Period | None,
    "issuing": Issuing | None,
}
_OPTIONAL = {"period", "issuing"}


def _campaign(content: dict[str, Any], path: Path) -> Campaign:
    for key in content:
        if key not in _SECTIONS:
            raise CampaignError.at(path, str(key), f"khóa lạ; các khóa được dùng: {', '.join(_SECTIONS)}")
    for key in _SECTIONS:
        if key not in content and key not in _OPTIONAL:
            raise CampaignError.at(path, key, "thiếu khóa này")
    values = {key: _convert(content[key], kind, path, key) for key, kind in _SECTIONS.items() if key in content}
    return Campaign(**values)


def _convert(value: Any, kind: Any, path: Path, place: str) -> Any:
    if place == "groups" and isinstance(value, dict):
        # One by one: msgspec's path does not name the key of a mapping.
        return {key: _convert(group, Group, path, f"groups.{key}") for key, group in value.items()}
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at `$")
        raise CampaignError.at(path, place + where.rstrip("`"), _translate(problem)) from error


_MESSAGES = (
    (re.compile(r"Object missing required field `(.+)`"), r"thiếu khóa “\1”"),
    (re.compile(r"Object contains unknown field `(.+)`"), r"khóa lạ “\1”"),
    (re.compile(r"Expected `(.+)`, got `(.+)`"), r"cần kiểu \1, lại là \2"),
    (re.compile(r"Invalid enum value (.+)"), r"giá trị \1 không được dùng"),
)


def _translate(problem: str) -> str:
    for pattern, replacement in _MESSAGES:
        if pattern.fullmatch(problem):
            return pattern.sub(replacement, problem)
    return problem
