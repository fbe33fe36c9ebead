"""What a letter asks for, as data: items, columns, narrative points, deadline, and the units that must answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Literal

import msgspec

Expected = Literal["required", "welcome", "none"]
Role = Literal["directives", "results", "funding", "difficulties", "proposals"]


class Letter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The official letter itself. ``number`` as printed, such as ``2542/SGDĐT-GDTrH``."""

    number: str
    date: dt.date
    issuer: str
    subject: str
    cites: tuple[str, ...] = ()
    receiving_office: str | None = None
    portal: str | None = None


class Deadline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``inclusive``: a report on the date itself is still on time."""

    date: dt.date
    inclusive: bool = False
    timezone: str = "Asia/Ho_Chi_Minh"


class Period(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from"}, forbid_unknown_fields=True):
    start: dt.date
    proposals_until: int | None = None


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An appendix column; ``aliases`` are other headings units use for it, ``short`` one for narrow tables.

    ``role``: which list of the consolidated report its answers go to, None for none.
    """

    id: str
    title: str
    role: Role | None = None
    short: str = ""
    aliases: tuple[str, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A numbered line of the appendix; ``aliases`` and ``short`` as for a column."""

    id: int
    title: str
    short: str = ""
    aliases: tuple[str, ...] = ()


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A narrative point of one group; ``items`` are the appendix items it overlaps, ``columns`` likewise."""

    id: str
    title: str
    items: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    appendix: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One audience of the letter. ``appendix``: whether the letter demands the appendix of it.

    ``covers``: groups whose figures a unit of this group may report inside its own (a district those of its schools).
    """

    title: str
    appendix: Expected
    points: tuple[Point, ...]
    covers: tuple[str, ...] = ()


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the unit registry (``units.csv``).

    ``aliases`` are other names seen in letterheads and file names; ``expected``: must this unit answer;
    ``verified``: was the line checked against an official list; ``note``: what is not sure about it.
    """

    id: str
    name: str
    group: str
    aliases: tuple[str, ...] = ()
    district: str | None = None
    expected: bool = True
    verified: bool = False
    note: str = ""


class Issuing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs what is written to the units and above: the heads of the consolidated report and of the reminder.

    ``symbol`` follows the number (``BC-SGDĐT``, ``SGDĐT-GDTrH``); ``recipients`` are the lines of “Nơi nhận”.
    """

    parent: str
    issuer: str
    place: str
    report_symbol: str
    letter_symbol: str
    signer_title: str
    signer: str = ""
    addressee: str = ""
    recipients: tuple[str, ...] = ()


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """A letter and its units. ``letter_text`` is the letter's own text where the campaign holds it (``letter.txt``).

    Classifiers, each the bytes of a file of that name (``topics.bin``), empty without one: ``topics`` of running text
    and ``heads`` of the heads of tables, trained from ``examples.yaml``; ``cells`` of the column and ``rows`` of the
    item that the cells of a table answer, trained from ``cells.yaml``.
    """

    id: str
    letter: Letter
    deadline: Deadline
    columns: tuple[Column, ...]
    items: tuple[Item, ...]
    groups: dict[str, Group]
    period: Period | None = None
    issuing: Issuing | None = None
    units: tuple[Unit, ...] = ()
    letter_text: str = ""
    topics: bytes = b""
    heads: bytes = b""
    cells: bytes = b""
    rows: bytes = b""

    def unit(self, unit_id: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == unit_id), None)

    def asked(self, columns: Collection[str]) -> Role:
        """What the columns of a cell or point ask for: their first role; work done where none of them has one."""
        return next((column.role for column in self.columns if column.role and column.id in columns), "results")
