"""Keep what reviewers decided when a file is read again by a newer pipeline."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from storage import history
from storage.decisions import decide_letterhead
from storage.queries import to_record
from storage.records import StoredAnswer
from storage.schema import answers, letterhead_decisions, reports, unit_decisions
from storage.writing import note_parts


def carry_over(connection: sa.Connection, report_id: int, sha256: str, campaign_id: str, now: dt.datetime) -> None:
    """Repeat on ``report_id`` the reviewers' decisions standing on the previous reading of the same content.

    A correction replaces the new machine answer that was read from the same words (`_counterpart`); where the new
    reading has none, it stands alone. Each repeated row names its model in ``carried_from``, so both stay visible.
    """
    readings = connection.scalars(
        sa.select(reports.c.id)
        .where(
            (reports.c.sha256 == sha256)
            & (reports.c.campaign_id == campaign_id)
            & (reports.c.state != "rejected")
            & (reports.c.id != report_id)
        )
        .order_by(reports.c.id)
    ).all()
    if not readings:
        return
    _carry_answers(connection, readings, report_id, now)
    _carry_unit(connection, readings[-1], report_id, now)
    _carry_letterhead(connection, readings[-1], report_id, now)


def _carry_answers(connection: sa.Connection, readings: Sequence[int], report_id: int, now: dt.datetime) -> None:
    query = answers.select().where(answers.c.report_id.in_((*readings, report_id))).order_by(answers.c.id)
    rows = {row.id: to_record(row, StoredAnswer) for row in connection.execute(query)}
    replaced = {row.replaces for row in rows.values()}
    decided = [
        (row, _root(row, rows))
        for row in rows.values()
        if row.report_id == readings[-1] and row.author == "reviewer" and row.id not in replaced
    ]
    free = [row for row in rows.values() if row.report_id == report_id]
    # What was added comes last: a correction of what the machine read has the better claim.
    for row, root in sorted(decided, key=lambda pair: (pair[1].author != "machine", pair[0].id)):
        target = _counterpart(row, root, free)
        if target is not None:
            free.remove(target)
        values = {name: getattr(row, name) for name in _CARRIED}
        values |= {"report_id": report_id, "carried_from": row.id, "created_at": now}
        connection.execute(answers.insert().values(**values, replaces=target.id if target else None))
    if decided:
        note_parts(connection, report_id)
        history.record(
            connection, actor=None, action="carry", subject="answers", report_id=report_id,
            before={"report": readings[-1]}, after={"answers": len(decided)}, at=now,
        )  # fmt: skip


_CARRIED = (
    *("kind", "item", "column", "point", "status", "text", "confidence", "provenance", "author", "author_name"),
    "withdrawn",
)


def _root(row: StoredAnswer, rows: Mapping[int, StoredAnswer]) -> StoredAnswer:
    """What a correction began with: the machine's answer, or the one that a reviewer added."""
    while (former := row.replaces or row.carried_from) is not None and former in rows:
        row = rows[former]
    return row


def _counterpart(row: StoredAnswer, root: StoredAnswer, free: Sequence[StoredAnswer]) -> StoredAnswer | None:
    """The answer of the new reading that the decision ``row`` is about.

    At the place where the machine had read it, rather one with the same source. Else at the place that the reviewer
    gave it, when the new reading now has the same words there, so that nothing new is hidden. Likewise an answer is
    withdrawn again only when it still says the same.
    """
    seen = (_flat(root.text), _flat(row.text))
    if root.author == "machine":
        there = [one for one in free if one.place == root.place and (not row.withdrawn or _flat(one.text) == seen[0])]
        if there:
            return next((one for one in there if _same_source(one, root)), there[0])
    return next(
        (
            one
            for one in free
            if one.place == row.place and _same_source(one, root) and any(_flat(one.text) in text for text in seen)
        ),
        None,
    )


def _same_source(one: StoredAnswer, other: StoredAnswer) -> bool:
    """Whether both were read, at least in part, from the same block of the file."""
    ours, theirs = ({(where.page, where.block) for where in answer.provenance} for answer in (one, other))
    return bool(ours & theirs)


def _flat(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


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


def _carry_letterhead(connection: sa.Connection, previous: int, report_id: int, now: dt.datetime) -> None:
    query = letterhead_decisions.select().where(letterhead_decisions.c.report_id == previous)
    last = {row.field: row for row in connection.execute(query.order_by(letterhead_decisions.c.id))}
    for field, row in last.items():
        decide_letterhead(connection, report_id, field, row.value, row.author_name, now, carried_from=row.id)
