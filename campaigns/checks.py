"""What the types cannot say about a campaign: numbers in sequence, references that exist, names told apart."""

from __future__ import annotations

import unicodedata
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from campaigns.model import Campaign, Column, Group, Item

Problem = tuple[str, str]
"""Place in the file (``items[3].title``) and what is wrong there, in Vietnamese."""


@cache
def look(name: str) -> str:
    """How a name looks without case, diacritics and punctuation: names alike here are easily taken for each other.

    >>> look("Phòng GD&ĐT Quận 1") == look("PHÒNG GD - ĐT QUẬN 1")
    True
    """
    plain = unicodedata.normalize("NFD", name.casefold()).replace("đ", "d")
    letters = "".join(" " if not ch.isalnum() else ch for ch in plain if not unicodedata.combining(ch))
    return " ".join(letters.split())


def problems(campaign: Campaign) -> Iterator[Problem]:
    """Every problem of ``campaign.yaml`` that its types let through, in the order of the file."""
    yield from _deadline(campaign)
    yield from _columns(campaign)
    yield from _items(campaign)
    for name, group in campaign.groups.items():
        yield from _group(campaign, name, group)
    if not campaign.groups:
        yield "groups", "phải có ít nhất một nhóm đơn vị"


def _deadline(campaign: Campaign) -> Iterator[Problem]:
    if campaign.deadline.date < campaign.letter.date:
        yield "deadline.date", f"{campaign.deadline.date} trước ngày ban hành văn bản {campaign.letter.date}"
    try:
        zoneinfo.ZoneInfo(campaign.deadline.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield "deadline.timezone", f"không có múi giờ “{campaign.deadline.timezone}”"
    if campaign.period and campaign.period.start > campaign.letter.date:
        yield "period.from", f"{campaign.period.start} sau ngày ban hành văn bản {campaign.letter.date}"


def _columns(campaign: Campaign) -> Iterator[Problem]:
    if not campaign.columns:
        yield "columns", "phải có ít nhất một cột"
    yield from _unique("columns", [column.id for column in campaign.columns])
    yield from _titles("columns", campaign.columns)


def _items(campaign: Campaign) -> Iterator[Problem]:
    for n, item in enumerate(campaign.items):
        if item.id != n + 1:
            yield f"items[{n}].id", f"là {item.id}, phải là {n + 1} (số thứ tự liên tục từ 1)"
    yield from _titles("items", campaign.items)


def _group(campaign: Campaign, name: str, group: Group) -> Iterator[Problem]:
    place = f"groups.{name}.points"
    if not group.title.strip():
        yield f"groups.{name}.title", "để trống"
    yield from _unique(place, [point.id for point in group.points])
    for covered in group.covers:
        if covered not in campaign.groups or covered == name:
            yield f"groups.{name}.covers", f"không có nhóm khác tên “{covered}”"
    items, columns = {item.id for item in campaign.items}, {column.id for column in campaign.columns}
    for n, point in enumerate(group.points):
        if not point.id.startswith(f"{name}."):
            yield f"{place}[{n}].id", f"là “{point.id}”, phải bắt đầu bằng “{name}.”"
        if not point.title.strip():
            yield f"{place}[{n}].title", "để trống"
        for number in point.items:
            if number not in items:
                yield f"{place}[{n}].items", f"không có mục {number} trong items"
        for column in point.columns:
            if column not in columns:
                yield f"{place}[{n}].columns", f"không có cột “{column}” trong columns"
        if point.appendix and group.appendix == "none":
            yield f"{place}[{n}].appendix", "nhóm này không dùng phụ lục (appendix: none)"


def _unique(place: str, ids: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, one in enumerate(ids):
        if not one.strip():
            yield f"{place}[{n}].id", "để trống"
        if one in seen:
            yield f"{place}[{n}].id", f"“{one}” đã được dùng ở trên"
        seen.add(one)


def _titles(place: str, things: Sequence[Column | Item]) -> Iterator[Problem]:
    """A heading must lead to one item (column) only, or a table would be read into the wrong one."""
    owners: dict[str, int] = {}
    for n, thing in enumerate(things):
        for field, names in (("title", (thing.title,)), ("aliases", thing.aliases)):
            for name in names:
                key = look(name)
                if not key:
                    yield f"{place}[{n}].{field}", "để trống"
                elif owners.setdefault(key, n) != n:
                    yield f"{place}[{n}].{field}", f"“{name}” trùng với tên của {place}[{owners[key]}]"
