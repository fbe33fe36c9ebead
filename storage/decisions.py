"""What reviewers decide about a whole report: the unit that sent it, and what its letterhead reads.

Decisions are kept one beside the other (``unit_decisions``, ``letterhead_decisions``); the last counts. What lists need
at hand (unit, number, date) is repeated in the report's own row.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from msgspec import UNSET, UnsetType

from storage import history
from storage.queries import LETTERHEAD_FIELDS, Queries
from storage.schema import letterhead_decisions, reports, unit_decisions
from storage.writing import Conflict, forget_reasons, iso_date


class Decisions(Queries):
    """The decisions' part of `storage.corrections.Corrections`."""

    def assign_unit(  # noqa: PLR0913 - each by its name
        self,
        report_id: int,
        unit_id: str | None,
        group: str | None,
        *,
        author_name: str,
        seen: str | UnsetType | None = UNSET,
        now: dt.datetime | None = None,
    ) -> None:
        """A reviewer says which unit sent the report; the decision is kept beside the ones before it.

        ``seen`` is the unit that the reviewer saw. Raises LookupError, and `Conflict` when another stands there now.
        """
        with self._engine.begin() as connection:
            report = lock_report(connection, report_id)
            if not isinstance(seen, UnsetType) and report.unit_id != seen:
                raise Conflict(f"report {report_id} has another unit")
            before = {"unit_id": report.unit_id, "unit_group": report.unit_group}
            after = {"unit_id": unit_id, "unit_group": group}
            decide_unit(connection, report_id, after, author_name, now)
            history.record(
                connection, actor=author_name, action="unit", subject="unit", report_id=report_id,
                before=before, after=after, at=now,
            )  # fmt: skip

    def correct_letterhead(  # noqa: PLR0913 - each by its name
        self,
        report_id: int,
        field: str,
        value: str | None,
        *,
        author_name: str,
        seen: str | UnsetType | None = UNSET,
        now: dt.datetime | None = None,
    ) -> None:
        """A reviewer says what a letterhead field reads; ``number`` and ``date`` count in the lists at once.

        Raises LookupError (report or field unknown), ValueError (``date`` is no ISO date) and `Conflict`.
        """
        value = value.strip() or None if value else None
        if field not in LETTERHEAD_FIELDS:
            raise LookupError(f"no letterhead field {field!r}")
        if field == "date" and value and iso_date(value) is None:
            raise ValueError(f"not an ISO date: {value!r}")
        with self._engine.begin() as connection:
            report = lock_report(connection, report_id)
            was = _letterhead_value(connection, report, field)
            if not isinstance(seen, UnsetType) and was != seen:
                raise Conflict(f"{field} of report {report_id} reads otherwise now")
            decide_letterhead(connection, report_id, field, value, author_name, now)
            history.record(
                connection, actor=author_name, action="letterhead", subject=f"letterhead:{field}", report_id=report_id,
                before=was, after=value, at=now,
            )  # fmt: skip


def lock_report(connection: sa.Connection, report_id: int) -> sa.Row[Any]:
    """The report, held until the transaction ends (SQLite holds the whole database anyway)."""
    columns = (reports.c.id, reports.c.unit_id, reports.c.unit_group)
    row = connection.execute(sa.select(*columns).where(reports.c.id == report_id).with_for_update()).one_or_none()
    if row is None:
        raise LookupError(f"no report {report_id}")
    return row


def decide_unit(
    connection: sa.Connection, report_id: int, decided: dict[str, Any], author_name: str, now: dt.datetime | None
) -> None:
    connection.execute(reports.update().where(reports.c.id == report_id).values(**decided))
    forget_reasons(connection, report_id)
    moment = now or dt.datetime.now(dt.UTC)
    connection.execute(
        unit_decisions.insert().values(**decided, report_id=report_id, author_name=author_name, created_at=moment)
    )


def _letterhead_value(connection: sa.Connection, report: sa.Row[Any], field: str) -> str | None:
    """What the field reads now: the last decision, else what was read."""
    table = letterhead_decisions
    query = sa.select(table.c.value).where((table.c.report_id == report.id) & (table.c.field == field))
    decided = connection.execute(query.order_by(table.c.id.desc()).limit(1)).one_or_none()
    if decided is not None:
        return None if decided.value is None else str(decided.value)
    body = connection.scalar(sa.select(reports.c.body).where(reports.c.id == report.id))
    return None if body is None else getattr(body.letterhead, field)


def decide_letterhead(  # noqa: PLR0913, PLR0917
    connection: sa.Connection,
    report_id: int,
    field: str,
    value: str | None,
    author_name: str,
    now: dt.datetime | None,
    carried_from: int | None = None,
) -> None:
    connection.execute(
        letterhead_decisions.insert().values(
            report_id=report_id,
            field=field,
            value=value,
            author_name=author_name,
            carried_from=carried_from,
            created_at=now or dt.datetime.now(dt.UTC),
        )
    )
    here = reports.update().where(reports.c.id == report_id)
    if field == "number":
        connection.execute(here.values(number=value))
    elif field == "date":
        connection.execute(here.values(letter_date=iso_date(value)))
