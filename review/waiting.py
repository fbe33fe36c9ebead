"""The documents of the queue with their state, and the choice and order that a visitor asks for."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal
from weakref import WeakKeyDictionary

import msgspec
import sqlalchemy as sa

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
    ``known``: its reasons were looked for. ``name_words``, ``unit_words``: as `storage.columns.words_of` gives them.
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
    name_words: str
    unit_words: str

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
    kept = _kept(place)
    leases = Reviewing(place.engine).leases()
    return [_held(row, leases[row.report.id]) if row.report.id in leases else row for row in kept] if leases else kept


def _held(row: Row, lease: Lease) -> Row:
    if row.state not in ("to_review", "postponed"):
        return row
    return msgspec.structs.replace(row, state="in_review", who=lease.holder)


class _Cache(msgspec.Struct):
    """The rows as they were at one `Reviewing.mark`."""

    lock: Any
    mark: tuple[int, ...] = ()
    rows: list[Row] = []


_caches: WeakKeyDictionary[sa.Engine, dict[str, _Cache]] = WeakKeyDictionary()
_caches_lock = threading.Lock()


def _kept(place: Place) -> list[Row]:
    """The rows without leases, made anew only when something has changed: many people look at the same queue."""
    with _caches_lock:
        cache = _caches.setdefault(place.engine, {}).setdefault(place.campaign.id, _Cache(lock=threading.Lock()))
    with cache.lock:  # one makes them, the others wait for that
        mark = Reviewing(place.engine).mark()
        if mark != cache.mark:
            cache.rows, cache.mark = _made(place), mark
        return cache.rows


def _made(place: Place) -> list[Row]:
    repository, campaign = place.repository, place.campaign
    reviewing = Reviewing(place.engine)
    found = repository.reports(campaign.id)
    decided, why = reviewing.states(campaign.id), reviewing.reasons(campaign.id)
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
        review = decided.get(report.id)
        dismissed = review is not None and review.state == "rejected"
        versions = None if dismissed else sent.get(report.unit_id or "")
        reasons_here = dict(why.get(report.id, {}))
        if versions is not None and report.id in in_force and _is_newer(report, versions, review):
            reasons_here["new_version"] = 1
        state: Shown = review.state if review else "to_review"
        if versions is not None and report.id not in in_force:
            state = "superseded"
        unit = units.get(report.unit_id or "")
        made.append(
            Row(
                report=report,
                state=state,
                unit=unit,
                reasons=reasons_here,
                known=report.id in why,
                days_late=late[versions.unit_id] if versions else _days_late(place, (report,)),
                versions=len(versions.versions) if versions else 1,
                decided=review.id if review else None,
                who=names.get(review.author_name or "", review.author_name or "") if review else "",
                note=review.note if review else "",
                name_words=_words(report.name),
                unit_words=_words(unit.name if unit else report.unit_id or ""),
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


_words = lru_cache(maxsize=1 << 14)(words_of)  # a third of the work; names do not change


def _is_newer(report: ReportRecord, sent: UnitReports, review: ReviewState | None) -> bool:
    """Whether an older version of the same unit stands behind a report that nobody has confirmed yet."""
    is_last = sent.versions[-1].id == report.id
    return not is_last and (review is None or review.state != "confirmed")


def _days_late(place: Place, versions: Sequence[ReportRecord]) -> int:
    day, _ = first_submitted(place.campaign, versions)
    return max(0, (day - last_day_on_time(place.campaign.deadline)).days)


def _matches(row: Row, wanted: Wanted) -> bool:
    """Whether a row is asked for, its state aside."""
    if wanted.unit and wanted.unit != row.report.unit_id and not _says(row.unit_words, wanted.unit):
        return False
    if wanted.group and wanted.group != (row.report.unit_group or "unknown"):
        return False
    if wanted.reason and not (row.reasons.get(wanted.reason) or (wanted.reason == "none" and not row.reasons)):
        return False
    if wanted.late and (wanted.late == "yes") != (row.days_late > 0):
        return False
    return not wanted.q or _says(row.name_words, wanted.q)


def _says(words: str, query: str) -> bool:
    """Whether ``words`` hold those of ``query``, marks aside; a query without any finds nothing."""
    asked = words_of(query)
    return bool(asked) and asked in words


def _received(row: Row) -> tuple[dt.datetime, int]:
    return row.report.received_at, row.report.id


_ORDER: dict[Sort, Callable[[Row], Any]] = {
    "need": lambda row: (-row.need, *_received(row)),
    "received": _received,
    "newest": lambda row: (-row.report.received_at.timestamp(), -row.report.id),
    "unit": lambda row: (not row.unit_words, row.unit_words, *_received(row)),
    "name": lambda row: (row.name_words, row.report.id),
}
