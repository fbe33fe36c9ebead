"""Writing what is stored.

Every method is one transaction. Writers may race (threads, processes, machines): a UNIQUE constraint decides, and the
loser is told so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from extractors.report import Report
from storage import carrying
from storage.columns import storable
from storage.corrections import Corrections
from storage.queries import columns_of, same_reading, to_record
from storage.records import Arrival, FileState, ReportState, StoredReport
from storage.schema import answers, arrivals, batches, facts, originals, repairs, reports
from storage.writing import insert_new, iso_date


class Repository(Corrections):
    """All stored reports of a database opened by `storage.open_database`."""

    # Receiving ------------------------------------------------------------------------------------------------------

    def start_batch(self, campaign_id: str, now: dt.datetime | None = None) -> str:
        """Open a batch; its id."""
        batch_id = uuid.uuid4().hex
        with self._engine.begin() as connection:
            connection.execute(batches.insert().values(id=batch_id, campaign_id=campaign_id, started_at=now or _now()))
        return batch_id

    def finish_batch(self, batch_id: str, counts: Mapping[str, int], now: dt.datetime | None = None) -> None:
        """Close a batch with its number of files by state."""
        with self._engine.begin() as connection:
            connection.execute(
                batches.update().where(batches.c.id == batch_id).values(finished_at=now or _now(), counts=dict(counts))
            )

    def record_arrival(  # noqa: PLR0913 - each by its name
        self,
        *,
        campaign_id: str,
        name: str,
        path: str,
        sha256: str | None,
        size: int = 0,
        media_type: str | None = None,
        batch_id: str | None = None,
        received_at: dt.datetime | None = None,
        parent_sha256: str | None = None,
    ) -> Arrival:
        """Note that a file came in. The same content under the same path is one arrival, however often it is seen:
        its ``received_at`` stays that of the first time. ``sha256`` is None for a file that could not be kept;
        ``parent_sha256`` names the archive or letter, recorded before, that it came in."""
        now = received_at or _now()
        key = hashlib.sha256(f"{sha256 or ''}\0{storable(path)}".encode()).hexdigest()
        with self._engine.begin() as connection:
            if sha256 is not None:
                original = {"sha256": sha256, "size": size, "media_type": media_type}
                insert_new(connection, originals, {**original, "first_name": name, "received_at": now})
            values = {
                "campaign_id": campaign_id,
                "arrival_key": key,
                "sha256": sha256,
                "name": name,
                "path": path,
                "batch_id": batch_id,
                "received_at": now,
                "last_seen_at": now,
                "parent_sha256": parent_sha256,
            }
            same = (arrivals.c.campaign_id == campaign_id) & (arrivals.c.arrival_key == key)
            if insert_new(connection, arrivals, values) is None:
                connection.execute(arrivals.update().where(same).values(last_seen_at=now))
            return to_record(connection.execute(sa.select(*columns_of(Arrival, arrivals)).where(same)).one(), Arrival)

    def finish_arrival(
        self,
        arrival_id: int,
        state: FileState,
        *,
        code: str | None = None,
        message: str | None = None,
        report_id: int | None = None,
    ) -> None:
        """Note what became of a file. Seen again as its own duplicate, it keeps the outcome of the first time."""
        statement = arrivals.update().where(arrivals.c.id == arrival_id)
        if state == "duplicate":
            statement = statement.where(arrivals.c.state.is_(None) | (arrivals.c.state == "duplicate"))
        with self._engine.begin() as connection:
            connection.execute(statement.values(state=state, code=code, message=message, report_id=report_id))

    # Storing --------------------------------------------------------------------------------------------------------

    def store_report(  # noqa: PLR0913 - each by its name
        self,
        report: Report,
        *,
        campaign_id: str,
        pipeline_version: str,
        state: ReportState = "processed",
        code: str | None = None,
        message: str | None = None,
        received_at: dt.datetime | None = None,
        now: dt.datetime | None = None,
    ) -> StoredReport:
        """Store a reading once; the original must have been recorded by `record_arrival`.

        A second store of the same content, campaign and pipeline version changes nothing (``created`` False), unless
        the first was a rejection: then the file was read after all, and the rejection gives way. Corrections that
        reviewers made on an earlier reading of the same content are carried over.
        ``received_at`` defaults to the earliest arrival of the content in this campaign.
        """
        values = {
            "state": state,
            "code": code,
            "message": message,
            "name": report.source.name,
            "unit_id": report.unit.id,
            "unit_group": report.unit.group,
            "number": report.letterhead.number,
            "letter_date": iso_date(report.letterhead.date),
            "pages": report.source.pages,
            "has_appendix": any(answer.status != "no_answer" for answer in report.appendix),
            "has_narrative": any(answer.status != "no_answer" for answer in report.narrative),
            "body": report,
        }
        key = (report.source.sha256, campaign_id, pipeline_version)
        created_at = now or _now()
        with self._engine.begin() as connection:
            stored = self._store_reading(connection, key, values, received_at, created_at)
            if stored.created:
                self._store_content(connection, stored.id, report, created_at)
                carrying.carry_over(connection, stored.id, key[0], campaign_id, created_at)
                connection.execute(
                    originals.update()
                    .where((originals.c.sha256 == key[0]) & originals.c.media_type.is_(None))
                    .values(media_type=report.source.media_type)
                )
        return stored

    def store_rejection(  # noqa: PLR0913 - each by its name
        self,
        *,
        sha256: str,
        name: str,
        campaign_id: str,
        pipeline_version: str,
        code: str,
        message: str,
        received_at: dt.datetime | None = None,
        now: dt.datetime | None = None,
    ) -> StoredReport:
        """Store that a kept original could not be read, and why."""
        values = {
            "state": "rejected",
            "code": code,
            "message": message,
            "name": name,
            "has_appendix": False,
            "has_narrative": False,
        }
        with self._engine.begin() as connection:
            key = (sha256, campaign_id, pipeline_version)
            return self._store_reading(connection, key, values, received_at, now or _now())

    def _store_reading(
        self,
        connection: sa.Connection,
        key: tuple[str, str, str],
        values: dict[str, Any],
        received_at: dt.datetime | None,
        created_at: dt.datetime,
    ) -> StoredReport:
        sha256, campaign_id, pipeline_version = key
        if received_at is None:
            first = sa.select(sa.func.min(arrivals.c.received_at)).where(
                (arrivals.c.sha256 == sha256) & (arrivals.c.campaign_id == campaign_id)
            )
            received_at = connection.scalar(first) or created_at
        row: dict[str, Any] = {"sha256": sha256, "campaign_id": campaign_id, "pipeline_version": pipeline_version}
        row |= {"received_at": received_at, "created_at": created_at, **values}
        created = insert_new(connection, reports, row) is not None
        same = same_reading(*key)
        if not created and values["state"] != "rejected":
            after_all = reports.update().where(same & (reports.c.state == "rejected")).values(**values)
            created = connection.execute(after_all).rowcount == 1
        stored = connection.execute(sa.select(reports.c.id, reports.c.state).where(same)).one()
        return StoredReport(id=stored.id, created=created, state=stored.state)

    def _store_content(self, connection: sa.Connection, report_id: int, report: Report, now: dt.datetime) -> None:
        machine = {"report_id": report_id, "author": "machine", "created_at": now}
        rows = [{**machine, **_fields(answer), "kind": "appendix", "point": None} for answer in report.appendix] + [
            {**machine, **_fields(answer), "kind": "point", "item": None, "column": None} for answer in report.narrative
        ]
        for table, content in (
            (answers, rows),
            (facts, [{"report_id": report_id, **_fields(fact)} for fact in report.facts]),
            (repairs, [{"report_id": report_id, **_fields(repair)} for repair in report.repairs]),
        ):
            if content:
                connection.execute(table.insert(), content)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}
