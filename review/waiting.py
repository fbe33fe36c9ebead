"""The documents of the queue with their state, and the choice and order that a visitor asks for."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from campaigns.model import Unit
from consolidation.submissions import first_submitted, last_day_on_time
from review import reasons
from review.place import Place
from storage import Repository
from storage.columns import words_of
from storage.records import ReportRecord, UnitReports
from storage.reviewing import Lease, Reviewing, ReviewState, Shown
from storage.users import Users

STATES: tuple[Shown, ...] = ("to_review", "in_review", "postponed", "confirmed", "rejected", "superseded")
Sort = Literal["need", "received", "newest", "unit", "name"]
PAGE = 50
_CATCH_UP_S = 0.05


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One document. ``decided``: the id of the last decision on it, None when there is none; ``who``: who decided, or
    holds it, in full; ``days_late``: of the unit's first version, or of this file where the unit is not known;
    ``known``: its reasons were looked for.
    """

    report: ReportRecord
    state: Shown
    unit: Unit | None
    reasons: dict[str, int]
    known: bool
    days_late: int
    versions: int
    decided: int | None
    who: str
    note: str

    @property
    def need(self) -> int:
        """How much there is to look at."""
        return sum(self.reasons.values())

    @property
    def unit_name(self) -> str:
        return self.unit.name if self.unit else self.report.unit_id or ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor asks for; empty fields ask for nothing. ``unit``: an id, or part of a name; ``reason``: a code of
    `review.words.REASONS`, or ``none`` for documents without any."""

    state: Shown | Literal["all"] = "to_review"
    unit: str = ""
    group: str = ""
    reason: str = ""
    late: Literal["", "yes", "no"] = ""
    q: str = ""
    sort: Sort = "need"
    page: int = 1


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the documents asked for, and how many there are in each state under the same filters."""

    rows: list[Row]
    total: int
    page: int
    pages: int
    counts: dict[str, int]


def listed(place: Place, wanted: Wanted) -> Listed:
    reasons.catch_up(place.repository, place.campaign, seconds=_CATCH_UP_S)
    every = rows(place)
    chosen = [row for row in every if _matches(row, wanted)]
    counts = Counter[str](row.state for row in chosen)
    here = [row for row in chosen if wanted.state in ("all", row.state)]
    here.sort(key=_ORDER[wanted.sort])
    pages = max(1, -(-len(here) // PAGE))
    page = min(max(1, wanted.page), pages)
    return Listed(
        rows=here[(page - 1) * PAGE : page * PAGE],
        total=len(here),
        page=page,
        pages=pages,
        counts={state: counts[state] for state in STATES},
    )


def rows(place: Place) -> list[Row]:
    """Every document of the campaign that could be read, in the order in which they were first read."""
    repository, campaign = place.repository, place.campaign
    reviewing = Reviewing(place.engine)
    found = repository.reports(campaign.id)
    decided, leases = reviewing.states(campaign.id), reviewing.leases()
    why = reviewing.reasons(campaign.id)
    names = {user.name: user.full_name for user in Users(place.engine).all()}
    units = {unit.id: unit for unit in campaign.units}
    sent = Repository.by_unit(found, {one.report_id for one in decided.values() if one.state == "rejected"})
    # The newest waits for a person even when nothing was found in it and an older one still counts.
    in_force = {report.id for one in sent.values() for report in (one.versions[0], *one.current)}
    late = {unit_id: _days_late(place, one.versions) for unit_id, one in sent.items()}
    made = []
    for report in found:
        if report.state == "rejected":
            continue
        review, lease = decided.get(report.id), leases.get(report.id)
        versions = sent.get(report.unit_id or "")
        counted = versions is not None and any(one.id == report.id for one in versions.versions)
        state = _state(review, lease, replaced=counted and report.id not in in_force)
        reasons_here = dict(why.get(report.id, {}))
        if counted and versions is not None and report.id in in_force and _is_newer(report, versions, decided):
            reasons_here["new_version"] = 1
        days_late = late[versions.unit_id] if counted and versions else _days_late(place, (report,))
        made.append(
            Row(
                report=report,
                state=state,
                unit=units.get(report.unit_id or ""),
                reasons=reasons_here,
                known=report.id in why,
                days_late=days_late,
                versions=len(versions.versions) if counted and versions else 1,
                decided=review.id if review else None,
                who=_who(state, review, lease, names),
                note=review.note if review else "",
            )
        )
    return made


def neighbours(place: Place, report_id: int, wanted: Wanted | None = None) -> tuple[int | None, int | None]:
    """The documents before and after one in the queue (by default: those that wait); it need not be in it itself."""
    wanted = wanted or Wanted()
    every = rows(place)
    states = (wanted.state, "in_review") if wanted.state == "to_review" else (wanted.state,)
    waiting = [r for r in every if r.report.id == report_id or (r.state in states and _matches(r, wanted))]
    waiting.sort(key=_ORDER[wanted.sort])
    ids = [row.report.id for row in waiting]
    if report_id not in ids:
        return None, ids[0] if ids else None
    at = ids.index(report_id)
    return ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None


def _state(review: ReviewState | None, lease: Lease | None, *, replaced: bool) -> Shown:
    state: Shown = review.state if review else "to_review"
    if state == "rejected":
        return state
    if replaced:
        return "superseded"
    return "in_review" if lease is not None and state in ("to_review", "postponed") else state


def _who(state: Shown, review: ReviewState | None, lease: Lease | None, names: Mapping[str, str]) -> str:
    if state == "in_review" and lease is not None:
        return lease.holder
    return names.get(review.author_name or "", review.author_name or "") if review else ""


def _is_newer(report: ReportRecord, sent: UnitReports, decided: Mapping[int, ReviewState]) -> bool:
    """Whether an older version of the same unit stands behind a report that nobody has confirmed yet."""
    review = decided.get(report.id)
    older = sent.versions[sent.versions.index(report) + 1 :]
    return bool(older) and (review is None or review.state != "confirmed")


def _days_late(place: Place, versions: Sequence[ReportRecord]) -> int:
    day, _ = first_submitted(place.campaign, versions)
    return max(0, (day - last_day_on_time(place.campaign.deadline)).days)


def _matches(row: Row, wanted: Wanted) -> bool:
    """Whether a row is asked for, its state aside."""
    if wanted.unit and wanted.unit != row.report.unit_id and not _says(row.unit_name, wanted.unit):
        return False
    if wanted.group and wanted.group != (row.report.unit_group or "unknown"):
        return False
    if wanted.reason and not (row.reasons.get(wanted.reason) or (wanted.reason == "none" and not row.reasons)):
        return False
    if wanted.late and (wanted.late == "yes") != (row.days_late > 0):
        return False
    return not wanted.q or _says(row.report.name, wanted.q)


def _says(text: str, query: str) -> bool:
    """Whether ``text`` holds the words of ``query``, marks aside; a query without any finds nothing."""
    asked = words_of(query)
    return bool(asked) and asked in words_of(text)


def _received(row: Row) -> tuple[dt.datetime, int]:
    return row.report.received_at, row.report.id


_ORDER: dict[Sort, Callable[[Row], Any]] = {
    "need": lambda row: (-row.need, *_received(row)),
    "received": _received,
    "newest": lambda row: (-row.report.received_at.timestamp(), -row.report.id),
    "unit": lambda row: (not row.unit_name, words_of(row.unit_name), *_received(row)),
    "name": lambda row: (words_of(row.report.name), row.report.id),
}
