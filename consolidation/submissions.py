"""Who has sent what: on time, late by how many days, incomplete, missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from campaigns.model import Campaign, Deadline, Group, Point, Unit
from consolidation.collecting import UnitAnswers, collect
from storage import Repository
from storage.records import ReportRecord, StoredAnswer
from storage.versions import plausible_date

State = Literal["on_time", "late", "incomplete", "missing"]
Basis = Literal["letter_date", "received_at"]


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit owes and has sent.

    ``state`` is one word for lists: an incomplete submission is ``incomplete`` even when it is late too, which
    ``days_late`` (0 = on time) tells. ``submitted_on`` is the day of the first version, since a later correction does
    not make a unit late; ``basis`` says whether that day was read on the letter or is the day we received the file.
    ``lacks``: what is not answered, in Vietnamese. ``days_left``: for a missing unit, days until the deadline (negative
    after it). ``number``, ``letter_date``, ``file``, ``received_at`` belong to the newest version.
    """

    unit: Unit
    state: State
    days_late: int = 0
    submitted_on: dt.date | None = None
    basis: Basis | None = None
    lacks: tuple[str, ...] = ()
    days_left: int | None = None
    appendix: Literal["provided", "not_provided", "not_asked"] = "not_asked"
    number: str | None = None
    letter_date: dt.date | None = None
    received_at: dt.datetime | None = None
    file: str | None = None
    partly_read: bool = False
    versions: int = 0


def submissions(repository: Repository, campaign: Campaign, now: dt.datetime) -> list[Submission]:
    """One line for every unit that must answer or has answered, in the order of the registry."""
    return [judge(campaign, one, now) for one in collect(repository, campaign) if one.unit is not None]


def judge(campaign: Campaign, sent: UnitAnswers, now: dt.datetime) -> Submission:
    """The submission of the unit of ``sent``; ``now`` only counts for units that have sent nothing."""
    unit = sent.unit
    assert unit is not None
    last_day = last_day_on_time(campaign.deadline)
    if sent.reports is None:
        zone = ZoneInfo(campaign.deadline.timezone)
        return Submission(unit=unit, state="missing", days_left=(last_day - now.astimezone(zone).date()).days)
    submitted_on, basis = first_submitted(campaign, sent.reports.versions)
    group = campaign.groups.get(unit.group)
    lacks = _lacks(group, sent) if group else ()
    newest = sent.reports.versions[0]
    days_late = max(0, (submitted_on - last_day).days)
    return Submission(
        unit=unit,
        state="incomplete" if lacks else "late" if days_late else "on_time",
        days_late=days_late,
        submitted_on=submitted_on,
        basis=basis,
        lacks=lacks,
        appendix=_appendix(group, sent),
        number=newest.number,
        letter_date=newest.letter_date,
        received_at=newest.received_at,
        file=newest.name,
        partly_read=any(report.state == "partial" for report in sent.reports.current),
        versions=len(sent.reports.versions),
    )


def last_day_on_time(deadline: Deadline) -> dt.date:
    """``trước ngày 03/5`` (not inclusive) ends with 02/5."""
    return deadline.date if deadline.inclusive else deadline.date - dt.timedelta(days=1)


def first_submitted(campaign: Campaign, versions: Iterable[ReportRecord]) -> tuple[dt.date, Basis]:
    """The day of the first of the versions that a unit sent, and what tells it."""
    zone = ZoneInfo(campaign.deadline.timezone)
    return min((_submitted_on(campaign, report, zone) for report in versions), key=lambda day: day[0])


def _submitted_on(campaign: Campaign, report: ReportRecord, zone: ZoneInfo) -> tuple[dt.date, Basis]:
    """The date on the letter, unless it cannot be right: an answer is no older than the question."""
    written = plausible_date(report)
    if written is not None and written >= campaign.letter.date:
        return written, "letter_date"
    return report.received_at.astimezone(zone).date(), "received_at"


def _appendix(group: Group | None, sent: UnitAnswers) -> Literal["provided", "not_provided", "not_asked"]:
    if sent.reports is not None and sent.reports.appendix is not None:
        return "provided"
    return "not_provided" if group and group.appendix != "none" else "not_asked"


def _lacks(group: Group, sent: UnitAnswers) -> tuple[str, ...]:
    """What the letter demands of the group and the reports in force do not answer.

    An appendix that is merely welcome is never lacking.
    """
    has_appendix = any(_says(answer) for answer in sent.appendix)
    lacks = ["Phụ lục"] if group.appendix == "required" and not has_appendix else []
    lacks += [point.title for point in group.points if not point.appendix and not _answered(point, sent)]
    return tuple(lacks)


def _answered(point: Point, sent: UnitAnswers) -> bool:
    """In the narrative, or in the appendix at a place that asks the same."""
    if any(answer.point == point.id and _says(answer) for answer in sent.narrative):
        return True
    return any(
        _says(answer)
        and bool(point.items or point.columns)
        and (not point.items or answer.item in point.items)
        and (not point.columns or answer.column in point.columns)
        for answer in sent.appendix
    )


def _says(answer: StoredAnswer) -> bool:
    return answer.status != "no_answer"
