"""How far the review of each report has come, who holds it, and why it needs a person.

States only grow: the last row counts, and a report without one waits (``to_review``). Two states are never stored:
``in_review`` is a report that somebody holds a lease on, ``superseded`` one that the same unit has replaced by a newer.
A lease keeps two people from checking the same report unknowingly; it runs out by itself and can be taken over, and
answers are safe without it (`storage.writing.Conflict`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec
import sqlalchemy as sa

from storage import history
from storage.database import reading
from storage.decisions import lock_report
from storage.review_schema import review_leases, review_reasons, review_states, users
from storage.schema import answers, reports, unit_decisions
from storage.schema import history as history_table
from storage.users import User
from storage.writing import Conflict

Decided = Literal["to_review", "postponed", "confirmed", "rejected"]
Shown = Literal["to_review", "in_review", "postponed", "confirmed", "rejected", "superseded"]

LEASE = dt.timedelta(minutes=5)  # the open page renews it every minute


class ReviewState(msgspec.Struct, frozen=True, kw_only=True):
    """The last decision on a report. ``id`` None: nobody has decided anything yet."""

    report_id: int
    id: int | None = None
    state: Decided = "to_review"
    author_name: str | None = None
    note: str = ""
    created_at: dt.datetime | None = None


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Who checks a report right now; ``holder`` is the full name."""

    report_id: int
    user_id: int
    holder: str
    taken_at: dt.datetime
    expires_at: dt.datetime


class Held(RuntimeError):
    """Somebody else is checking the report."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(f"report {lease.report_id} is held by user {lease.user_id}")
        self.lease = lease


class Reviewing:
    """The states, leases and reasons of a database opened by `storage.open_database`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    # States ---------------------------------------------------------------------------------------------------------

    def state(self, report_id: int) -> ReviewState:
        with reading(self._engine) as connection:
            return _state(connection, report_id)

    def states(self, campaign_id: str) -> dict[int, ReviewState]:
        """By report; those that nobody has decided on are left out."""
        here = sa.select(reports.c.id).where(reports.c.campaign_id == campaign_id)
        last = sa.select(sa.func.max(review_states.c.id)).where(review_states.c.report_id.in_(here))
        query = review_states.select().where(review_states.c.id.in_(last.group_by(review_states.c.report_id)))
        with reading(self._engine) as connection:
            return {row.report_id: ReviewState(**row._mapping) for row in connection.execute(query)}

    def decide(  # noqa: PLR0913 - each by its name
        self,
        report_id: int,
        state: Decided,
        user: User,
        *,
        note: str = "",
        seen: int | msgspec.UnsetType | None = msgspec.UNSET,
        now: dt.datetime | None = None,
    ) -> ReviewState:
        """Put a report into ``state``; the same state again, without a note, changes nothing.

        ``seen``: the id of the decision that the user saw. Raises LookupError, `Held` while somebody else checks it,
        and `Conflict` when another decision stands there by now. A decision that ends the review ends the lease.
        """
        moment = now or _now()
        with self._engine.begin() as connection:
            lock_report(connection, report_id)
            lease = _lease(connection, report_id, moment)
            if lease is not None and lease.user_id != user.id:
                raise Held(lease)
            old = _state(connection, report_id)
            if seen is not msgspec.UNSET and old.id != seen:
                raise Conflict(f"the state of report {report_id} is another")
            if old.state == state and not note:
                return old
            values = {"state": state, "author_name": user.name, "note": note, "created_at": moment}
            key = connection.execute(review_states.insert().values(report_id=report_id, **values)).inserted_primary_key
            assert key is not None
            if state != "to_review":
                connection.execute(review_leases.delete().where(review_leases.c.report_id == report_id))
            history.record(
                connection, actor=user.name, action="state", subject="state", report_id=report_id,
                before={"state": old.state}, after={"state": state, "note": note}, at=moment,
            )  # fmt: skip
            return msgspec.convert({"report_id": report_id, "id": key[0], **values}, ReviewState)

    def mark(self) -> tuple[int, ...]:
        """Something that changes whenever a report comes in or changes, or its review does; leases aside."""
        last = [sa.func.max(table.c.id) for table in (reports, answers, history_table, review_states)]
        counted = sa.select(sa.func.count()).select_from(review_reasons).scalar_subquery()
        query = sa.select(*(sa.select(one).scalar_subquery() for one in last), counted)
        with reading(self._engine) as connection:
            return tuple(value or 0 for value in connection.execute(query).one())

    # Leases ---------------------------------------------------------------------------------------------------------

    def take(self, report_id: int, user: User, *, take_over: bool = False, now: dt.datetime | None = None) -> Lease:
        """Hold a report, or hold it for longer. Raises LookupError, and `Held` unless ``take_over``."""
        moment = now or _now()
        with self._engine.begin() as connection:
            lock_report(connection, report_id)
            old = _lease(connection, report_id, moment)
            theirs = old is not None and old.user_id != user.id
            if old is not None and theirs:
                if not take_over:
                    raise Held(old)
                history.record(
                    connection, actor=user.name, action="take_over", subject="lease", report_id=report_id,
                    before={"holder": old.holder}, after={"holder": user.full_name}, at=moment,
                )  # fmt: skip
            taken_at = old.taken_at if old is not None and not theirs else moment
            values = {"user_id": user.id, "taken_at": taken_at, "expires_at": moment + LEASE}
            connection.execute(review_leases.delete().where(review_leases.c.report_id == report_id))
            connection.execute(review_leases.insert().values(report_id=report_id, **values))
            return msgspec.convert({"report_id": report_id, "holder": user.full_name, **values}, Lease)

    def release(self, report_id: int, user: User) -> None:
        mine = (review_leases.c.report_id == report_id) & (review_leases.c.user_id == user.id)
        with self._engine.begin() as connection:
            connection.execute(review_leases.delete().where(mine))

    def lease(self, report_id: int, now: dt.datetime | None = None) -> Lease | None:
        """The lease in force."""
        with reading(self._engine) as connection:
            return _lease(connection, report_id, now or _now())

    def leases(self, now: dt.datetime | None = None) -> dict[int, Lease]:
        """The leases in force, by report."""
        with reading(self._engine) as connection:
            rows = connection.execute(_LEASES.where(review_leases.c.expires_at > (now or _now())))
            return {row.report_id: Lease(**row._mapping) for row in rows}

    # Reasons --------------------------------------------------------------------------------------------------------

    def note_reasons(self, report_id: int, reasons: Mapping[str, int], *, as_of: int) -> bool:
        """Why the report needs a person: how often by code, as found after the event ``as_of`` of its history.

        False when the report has changed since: the reasons are to be found anew.
        """
        with self._engine.begin() as connection:
            lock_report(connection, report_id)
            if _last_event(connection, report_id) != as_of:
                return False
            connection.execute(review_reasons.delete().where(review_reasons.c.report_id == report_id))
            connection.execute(review_reasons.insert().values(report_id=report_id, reasons=dict(reasons)))
            return True

    def last_event(self, report_id: int) -> int:
        """The id of the last line of history about a report; 0 when there is none."""
        with reading(self._engine) as connection:
            return _last_event(connection, report_id)

    def unit_was_decided(self, report_id: int) -> bool:
        """Whether a person has said which unit sent the report."""
        query = sa.select(unit_decisions.c.unit_id).where(unit_decisions.c.report_id == report_id)
        with reading(self._engine) as connection:
            return connection.scalar(query.order_by(unit_decisions.c.id.desc()).limit(1)) is not None

    def reasons(self, campaign_id: str) -> dict[int, dict[str, int]]:
        """By report; those that nobody has looked for are left out."""
        here = reports.c.campaign_id == campaign_id
        query = sa.select(review_reasons).join(reports, reports.c.id == review_reasons.c.report_id).where(here)
        with reading(self._engine) as connection:
            return {row.report_id: row.reasons for row in connection.execute(query)}

    def without_reasons(self, campaign_id: str, limit: int) -> list[int]:
        """Reports that were read, or changed, since `note_reasons` was last told of them."""
        query = (
            sa.select(reports.c.id)
            .outerjoin(review_reasons, review_reasons.c.report_id == reports.c.id)
            .where((reports.c.campaign_id == campaign_id) & (reports.c.state != "rejected"))
            .where(review_reasons.c.report_id.is_(None))
        )
        with reading(self._engine) as connection:
            return list(connection.scalars(query.order_by(reports.c.id).limit(limit)))


_LEASES = sa.select(review_leases, users.c.full_name.label("holder")).join(users, users.c.id == review_leases.c.user_id)


def _state(connection: sa.Connection, report_id: int) -> ReviewState:
    query = review_states.select().where(review_states.c.report_id == report_id)
    row = connection.execute(query.order_by(review_states.c.id.desc()).limit(1)).one_or_none()
    return ReviewState(report_id=report_id) if row is None else ReviewState(**row._mapping)


def _lease(connection: sa.Connection, report_id: int, now: dt.datetime) -> Lease | None:
    query = _LEASES.where((review_leases.c.report_id == report_id) & (review_leases.c.expires_at > now))
    row = connection.execute(query).one_or_none()
    return None if row is None else Lease(**row._mapping)


def _last_event(connection: sa.Connection, report_id: int) -> int:
    query = sa.select(sa.func.max(history_table.c.id)).where(history_table.c.report_id == report_id)
    return connection.scalar(query) or 0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
