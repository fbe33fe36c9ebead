"""All that is kept about one unit in one campaign: found, given out, erased.

A unit's files are those of which some reading was taken for the unit's. With a file goes everything that hangs on it:
its arrivals, its readings by every version of the pipeline, what people decided about them. An archive or letter goes
along when all that it holds is the unit's.

Erasing is the one exception to rows that only grow. Of the history what happened, when and by whom stays; what was
written does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import sqlalchemy as sa

from storage import history
from storage.blobs import BlobStore
from storage.database import reading
from storage.jobs import jobs
from storage.schema import answers, arrivals, metadata, originals, reports
from storage.schema import history as events

ERASED = "erase_unit"


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to a unit. ``files``: SHA-256 of its files and of containers that hold nothing else;
    ``shared``: containers that hold files of others too, which are not the unit's; ``used``: those of ``files`` that
    another campaign has received as well."""

    campaign_id: str
    unit_id: str
    files: tuple[str, ...]
    shared: tuple[str, ...]
    used: tuple[str, ...]
    report_ids: tuple[int, ...]
    arrival_ids: tuple[int, ...]

    @property
    def empty(self) -> bool:
        return not self.files


def find(engine: sa.Engine, campaign_id: str, unit_id: str) -> Scope:
    with reading(engine) as connection:
        return _find(connection, campaign_id, unit_id)


def rows(engine: sa.Engine, scope: Scope) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that are about the unit, by table, with what is stored in them."""
    with reading(engine) as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(table.select().where(chosen))]
            for table, chosen in _belonging(scope)
        }


def erase(engine: sa.Engine, blobs: BlobStore, scope: Scope, *, actor: str | None) -> dict[str, int]:
    """Erase all of it; how many rows of each table, and ``blobs``. Not while a batch runs.

    The rows go in one transaction, the blobs after it; a call that is interrupted between the two is completed by
    calling it again.
    """
    counts: dict[str, int] = {}
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete = ON")  # pages that are given up are overwritten
        scope = _find(connection, scope.campaign_id, scope.unit_id)  # as it is now
        _forget_words(connection, scope)
        for table, chosen in _belonging(scope):
            if table is events:
                with _changeable(connection):
                    scrubbed = events.update().where(chosen).values(before=None, after=None, report_id=None)
                    counts["history"] = connection.execute(scrubbed).rowcount
            else:
                counts[table.name] = connection.execute(table.delete().where(chosen)).rowcount
        gone = [sha256 for sha256 in scope.files if sha256 not in scope.used]
        if not scope.empty:
            told = {"rows": counts, "originals": gone}
            history.record(connection, actor=actor, action=ERASED, subject=_subject(scope), after=told)
    counts["blobs"] = _remove_blobs(engine, blobs, scope)
    _clear_pages(engine)
    return counts


def _subject(scope: Scope) -> str:
    return f"unit:{scope.campaign_id}:{scope.unit_id}"


def _find(connection: sa.Connection, campaign_id: str, unit_id: str) -> Scope:
    here = reports.c.campaign_id == campaign_id
    own = sa.select(reports.c.sha256).where(here & (reports.c.unit_id == unit_id)).distinct()
    files = set(connection.scalars(own))
    containers, shared = _containers(connection, files)
    files |= containers
    mine = (arrivals.c.campaign_id == campaign_id) & arrivals.c.sha256.in_(files)
    elsewhere = sa.union(
        sa.select(arrivals.c.sha256).where((arrivals.c.campaign_id != campaign_id) & arrivals.c.sha256.in_(files)),
        sa.select(reports.c.sha256).where(~here & reports.c.sha256.in_(files)),
    )
    return Scope(
        campaign_id=campaign_id,
        unit_id=unit_id,
        files=tuple(sorted(files)),
        shared=tuple(sorted(shared)),
        used=tuple(sorted(connection.scalars(elsewhere))),
        report_ids=tuple(connection.scalars(sa.select(reports.c.id).where(here & reports.c.sha256.in_(files)))),
        arrival_ids=tuple(connection.scalars(sa.select(arrivals.c.id).where(mine))),
    )


def _containers(connection: sa.Connection, files: Collection[str]) -> tuple[set[str], set[str]]:
    """Of the containers in which ``files`` came: those that hold nothing else, and the others."""
    own: set[str] = set()
    shared: set[str] = set()
    inside = set(files)
    while True:
        found = sa.select(arrivals.c.parent_sha256).where(arrivals.c.sha256.in_(inside)).distinct()
        around = {parent for parent in connection.scalars(found) if parent is not None} - own - shared
        if not around:
            return own, shared
        for container in around:
            members = sa.select(arrivals.c.sha256).where(arrivals.c.parent_sha256 == container)
            others = {sha256 for sha256 in connection.scalars(members) if sha256} - set(files) - own
            (shared if others else own).add(container)
        inside = own & around
        if not inside:
            return own, shared


def _belonging(scope: Scope) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Every table with rows about the unit and which of them, those first that refer to others."""
    for table in reversed(metadata.sorted_tables):
        if table is jobs:
            yield table, jobs.c.arrival_id.in_(scope.arrival_ids) | jobs.c.report_id.in_(scope.report_ids)
        elif table is arrivals:
            yield table, arrivals.c.id.in_(scope.arrival_ids)
        elif table is reports:
            yield table, reports.c.id.in_(scope.report_ids)
        elif table is originals:
            yield table, originals.c.sha256.in_(set(scope.files) - set(scope.used))
        elif "report_id" in table.c:  # also tables that are added later
            yield table, table.c.report_id.in_(scope.report_ids)


def _remove_blobs(engine: sa.Engine, blobs: BlobStore, scope: Scope) -> int:
    """Remove the blobs of this and of interrupted erasures that no original stands for."""
    wanted: set[str] = set()
    for event in history.of_subject(engine, _subject(scope)):
        wanted.update((event.after or {}).get("originals", ()))
    with reading(engine) as connection:
        kept = set(connection.scalars(sa.select(originals.c.sha256).where(originals.c.sha256.in_(wanted))))
    return sum(blobs.remove(sha256) for sha256 in sorted(wanted - kept))


def _forget_words(connection: sa.Connection, scope: Scope) -> None:
    """The full-text index of SQLite follows inserts only; PostgreSQL's follows by itself."""
    if connection.dialect.name != "sqlite":
        return
    chosen = sa.select(sa.literal("delete"), answers.c.id, sa.func.answer_words(answers.c.text)).where(
        answers.c.report_id.in_(scope.report_ids)
    )
    index = sa.table("answer_search", sa.column("answer_search"), sa.column("rowid"), sa.column("words"))
    connection.execute(index.insert().from_select(["answer_search", "rowid", "words"], chosen))
    connection.exec_driver_sql("INSERT INTO answer_search (answer_search) VALUES ('optimize')")


@contextmanager
def _changeable(connection: sa.Connection) -> Iterator[None]:
    """Inside the transaction, let rows of the history be changed; nobody else sees it open."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE history DISABLE TRIGGER history_only_grows")
        yield
        connection.exec_driver_sql("ALTER TABLE history ENABLE TRIGGER history_only_grows")
        return
    found = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'history_no_update'"
    made = connection.exec_driver_sql(found).scalar_one()
    connection.exec_driver_sql("DROP TRIGGER history_no_update")
    yield
    connection.exec_driver_sql(made)


def _clear_pages(engine: sa.Engine) -> None:
    """Leave nothing of what was erased in SQLite's log; PostgreSQL's own vacuum does it there."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()  # outside of any transaction
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def erasures(engine: sa.Engine, campaign_id: str, unit_id: str) -> list[dt.datetime]:
    """When the unit was erased, newest first."""
    return [event.at for event in history.of_subject(engine, f"unit:{campaign_id}:{unit_id}")]
