"""Keep what reviewers decided when a file is read again by a newer pipeline."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from storage.schema import answers, reports, unit_decisions

_PLACE = ("kind", "item", "column", "point")


def carry_over(connection: sa.Connection, report_id: int, sha256: str, campaign_id: str, now: dt.datetime) -> None:
    """Repeat on ``report_id`` the reviewers' decisions standing on the previous reading of the same content.

    A correction replaces the new machine answer at the place that was corrected; where the new reading has none, it
    stands alone. Each repeated row names its model in ``carried_from``, so both stay visible.
    """
    previous = connection.scalar(
        sa.select(sa.func.max(reports.c.id)).where(
            (reports.c.sha256 == sha256)
            & (reports.c.campaign_id == campaign_id)
            & (reports.c.state != "rejected")
            & (reports.c.id != report_id)
        )
    )
    if previous is None:
        return
    _carry_answers(connection, previous, report_id, now)
    _carry_unit(connection, previous, report_id, now)


def _carry_answers(connection: sa.Connection, previous: int, report_id: int, now: dt.datetime) -> None:
    old = {row.id: row for row in connection.execute(answers.select().where(answers.c.report_id == previous))}
    replaced = {row.replaces for row in old.values()}
    free: dict[tuple[Any, ...], list[int]] = {}
    machine = answers.select().where(answers.c.report_id == report_id).order_by(answers.c.id)
    for row in connection.execute(machine):
        free.setdefault(_place(row), []).append(row.id)
    for row in sorted(old.values(), key=lambda row: row.id):
        if row.author != "reviewer" or row.id in replaced:
            continue
        root = row
        while root.replaces is not None:
            root = old[root.replaces]
        targets = free.get(_place(root), [])
        values = {name: row._mapping[name] for name in _CARRIED}
        connection.execute(
            answers.insert().values(
                **values,
                report_id=report_id,
                replaces=targets.pop(0) if targets else None,
                carried_from=row.id,
                created_at=now,
            )
        )


_CARRIED = (*_PLACE, "status", "text", "confidence", "provenance", "author", "author_name")


def _carry_unit(connection: sa.Connection, previous: int, report_id: int, now: dt.datetime) -> None:
    query = unit_decisions.select().where(unit_decisions.c.report_id == previous)
    last = connection.execute(query.order_by(unit_decisions.c.id.desc()).limit(1)).one_or_none()
    if last is None:
        return
    decided = {"unit_id": last.unit_id, "unit_group": last.unit_group}
    connection.execute(reports.update().where(reports.c.id == report_id).values(**decided))
    connection.execute(
        unit_decisions.insert().values(
            **decided, report_id=report_id, author_name=last.author_name, carried_from=last.id, created_at=now
        )
    )


def _place(row: sa.Row[Any]) -> tuple[Any, ...]:
    return tuple(row._mapping[name] for name in _PLACE)
