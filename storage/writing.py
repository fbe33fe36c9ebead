"""How rows are written by racing writers, and what is derived from them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from storage.records import StoredAnswer
from storage.review_schema import review_reasons
from storage.schema import answers, reports


class Conflict(RuntimeError):
    """Someone else changed it in the meantime. ``current``: the answer as it stands now, where it is about one."""

    def __init__(self, message: str, current: StoredAnswer | None = None) -> None:
        super().__init__(message)
        self.current = current


def insert_new(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> int | str | None:
    """Insert unless a UNIQUE constraint says that the row is there; its key, None when it was there."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # noqa: PLC0415
    statement = insert(table).values(**values).on_conflict_do_nothing()
    row = connection.execute(statement.returning(*table.primary_key)).one_or_none()
    return None if row is None else row[0]


_LATER = answers.alias()  # made once: an alias copies every column of its table


def in_force(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """The rows of ``answers`` (or an alias of it) that nothing has replaced."""
    return ~sa.exists().where(_LATER.c.replaces == table.c.id)


def note_parts(connection: sa.Connection, report_id: int) -> None:
    """Keep what is derived from the answers of a report true after they changed."""

    def says(kind: str) -> sa.ColumnElement[bool]:
        here = (answers.c.report_id == report_id) & (answers.c.kind == kind) & (answers.c.status != "no_answer")
        return sa.exists().where(here & ~answers.c.withdrawn & in_force(answers))

    flags = connection.execute(sa.select(says("appendix"), says("point"))).one()
    connection.execute(
        reports.update().where(reports.c.id == report_id).values(has_appendix=flags[0], has_narrative=flags[1])
    )
    forget_reasons(connection, report_id)


def forget_reasons(connection: sa.Connection, report_id: int) -> None:
    """Why the report needs a person is to be found out anew (`storage.reviewing.Reviewing.without_reasons`).

    The caller has changed the row of the report, so that nobody can be noting the reasons of before.
    """
    connection.execute(review_reasons.delete().where(review_reasons.c.report_id == report_id))


def iso_date(text: str | None) -> dt.date | None:
    """The date of ``YYYY-MM-DD``; None for anything else."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
