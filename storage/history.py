"""Who changed what, when, from what to what: a table that only grows, written in the transaction of each change.

The database refuses to change or delete its rows. ``action`` is a stable word for programs (``correct``, ``withdraw``,
``unit`` …; `review` adds its own, such as ``confirm_report``), ``subject`` what it was done to (``answer:12``,
``unit``, ``letterhead:number``, ``user:lan``), ``before`` and ``after`` JSON values.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import sqlalchemy as sa

from storage.database import reading
from storage.schema import history


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One change. ``actor`` None: the program itself; ``undoes``: the event that this one took back."""

    id: int
    at: dt.datetime
    actor: str | None
    action: str
    report_id: int | None
    subject: str
    before: Any
    after: Any
    undoes: int | None


def record(  # noqa: PLR0913 - each by its name
    connection: sa.Connection,
    *,
    actor: str | None,
    action: str,
    subject: str,
    report_id: int | None = None,
    before: Any = None,
    after: Any = None,
    undoes: int | None = None,
    at: dt.datetime | None = None,
) -> int:
    """Write one event inside the caller's transaction; its id. Raises `sqlalchemy.exc.IntegrityError` when
    ``undoes`` was undone before."""
    row = {
        "at": at or dt.datetime.now(dt.UTC),
        "actor": actor,
        "action": action,
        "report_id": report_id,
        "subject": subject,
        "before": before,
        "after": after,
        "undoes": undoes,
    }
    key = connection.execute(history.insert().values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def of_report(engine: sa.Engine, report_id: int, *, limit: int | None = None) -> list[Event]:
    """What was done to a report, newest first."""
    return _events(engine, history.select().where(history.c.report_id == report_id), limit)


def of_subject(engine: sa.Engine, subject: str, *, limit: int | None = None) -> list[Event]:
    """What was done to one subject, newest first."""
    return _events(engine, history.select().where(history.c.subject == subject), limit)


def last_undoable(connection: sa.Connection, report_id: int, actions: frozenset[str]) -> Event | None:
    """The last event among ``actions`` on the report that was not undone."""
    undone = sa.select(history.c.undoes).where((history.c.report_id == report_id) & history.c.undoes.is_not(None))
    query = history.select().where(
        (history.c.report_id == report_id) & history.c.action.in_(actions) & history.c.id.not_in(undone)
    )
    row = connection.execute(query.order_by(history.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Event(**row._mapping)


def _events(engine: sa.Engine, query: sa.Select[Any], limit: int | None) -> list[Event]:
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(history.c.id.desc()).limit(limit))
        return [Event(**row._mapping) for row in rows]
