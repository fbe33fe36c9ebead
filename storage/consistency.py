"""Whether the database and the kept originals agree, and every report still has each of its answers once.

What is found is either damage, or a trace of an interrupted run that the next run clears (``waiting``). Reads every
original; writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from extractors.report import Report
from storage.blobs import BlobStore
from storage.columns import storable
from storage.database import reading
from storage.jobs import jobs
from storage.schema import answers, arrivals, facts, originals, repairs, reports

_ROWS = 50  # reports in memory at a time; each holds its whole content


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it should be. ``code`` is stable, ``message`` for the operator, in Vietnamese;
    ``waiting``: nothing is lost, the next run takes it up."""

    code: str
    subject: str
    message: str
    waiting: bool = False


class Examination:
    """One pass over everything; `checked` counts what was looked at."""

    def __init__(self, engine: sa.Engine, blobs: BlobStore) -> None:
        self._engine, self._blobs = engine, blobs
        self.checked: Counter[str] = Counter()

    def run(self) -> Iterator[Finding]:
        with reading(self._engine) as connection:
            yield from self._database(connection)
            yield from self._originals(connection)
            yield from self._arrivals(connection)
            yield from self._reports(connection)

    def _database(self, connection: sa.Connection) -> Iterator[Finding]:
        if connection.dialect.name != "sqlite":
            return  # PostgreSQL checks its pages and its references itself
        for row in connection.exec_driver_sql("PRAGMA integrity_check"):
            if row[0] != "ok":
                yield Finding(code="database_damaged", subject="sqlite", message=f"Cơ sở dữ liệu hỏng: {row[0]}")
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield Finding(
                code="reference_broken",
                subject=f"{row[0]} {row[1]}",
                message=f"Dòng {row[1]} của bảng {row[0]} trỏ tới dòng không có trong bảng {row[2]}.",
            )

    def _originals(self, connection: sa.Connection) -> Iterator[Finding]:
        """Both sides come in order of their hash: one pass, and nothing has to be held."""
        rows = connection.execution_options(yield_per=1000).execute(
            sa.select(originals.c.sha256, originals.c.first_name).order_by(originals.c.sha256)
        )
        kept = iter(self._blobs)
        blob, row = next(kept, None), rows.fetchone()
        while blob is not None or row is not None:
            if row is None or (blob is not None and blob < row.sha256):
                assert blob is not None
                yield Finding(
                    code="original_unrecorded",
                    subject=blob,
                    message="Bản gốc đã lưu nhưng chưa ghi vào cơ sở dữ liệu (lần nhận bị ngắt); chạy lại ingest.",
                    waiting=True,
                )
                blob = next(kept, None)
                continue
            self.checked["originals"] += 1
            if blob is None or blob != row.sha256:
                yield Finding(
                    code="original_missing", subject=row.sha256, message=f"Mất bản gốc của tệp {row.first_name}."
                )
            else:
                if not self._blobs.verify(blob):
                    yield Finding(
                        code="original_damaged",
                        subject=blob,
                        message=f"Bản gốc của tệp {row.first_name} đã bị thay đổi so với lúc nhận.",
                    )
                blob = next(kept, None)
            row = rows.fetchone()

    def _arrivals(self, connection: sa.Connection) -> Iterator[Finding]:
        self.checked["arrivals"] = connection.scalar(sa.select(sa.func.count()).select_from(arrivals)) or 0
        named = sa.select(arrivals.c.id, arrivals.c.name).order_by(arrivals.c.id)
        for row in connection.execute(named.where(arrivals.c.state.is_(None))):
            yield Finding(
                code="unfinished",
                subject=row.name,
                message="Đã nhận nhưng chưa đọc xong; chạy lại ingest.",
                waiting=True,
            )
        inside = arrivals.alias()
        container = sa.exists().where(inside.c.parent_sha256 == arrivals.c.sha256)
        lost = arrivals.c.state.in_(("processed", "partial")) & arrivals.c.report_id.is_(None) & ~container
        for row in connection.execute(named.where(lost)):
            yield Finding(
                code="report_missing", subject=row.name, message="Ghi là đã xử lý nhưng không có báo cáo nào được lưu."
            )
        other = named.join(reports, reports.c.id == arrivals.c.report_id).where(reports.c.sha256 != arrivals.c.sha256)
        for row in connection.execute(other):
            yield Finding(code="report_mixed_up", subject=row.name, message="Trỏ tới báo cáo của một tệp khác.")
        twice = sa.select(jobs.c.report_id).where(jobs.c.state.in_(("processed", "partial"))).group_by(jobs.c.report_id)
        for row in connection.execute(twice.having(sa.func.count() > 1)):
            yield Finding(
                code="read_twice", subject=f"báo cáo {row.report_id}", message="Một báo cáo được ghi là đọc hai lần."
            )

    def _reports(self, connection: sa.Connection) -> Iterator[Finding]:
        credited = sa.exists().where((arrivals.c.report_id == reports.c.id) & (arrivals.c.state != "duplicate"))
        query = sa.select(reports.c.id, reports.c.name, reports.c.body, credited.label("credited"))
        with reading(self._engine) as other:  # while the rows of the first query are still coming
            rows = connection.execution_options(yield_per=_ROWS).execute(
                query.where(reports.c.state != "rejected").order_by(reports.c.id)
            )
            for row in rows:
                self.checked["reports"] += 1
                if not row.credited:
                    yield Finding(
                        code="unfinished",
                        subject=row.name,
                        message="Đã đọc nhưng chưa ghi kết cục của tệp; chạy lại ingest.",
                        waiting=True,
                    )
                yield from self._content(other, row)

    def _content(self, connection: sa.Connection, row: sa.Row[Any]) -> Iterator[Finding]:
        """Every answer, fact and repair of the reading is there once, as the machine read it."""
        if row.body is None:
            yield Finding(code="report_empty", subject=row.name, message="Báo cáo không còn nội dung đã đọc.")
            return
        body: Report = row.body
        read: Counter[tuple[Any, ...]] = Counter()
        read.update(("appendix", one.item, one.column, None, one.status, storable(one.text)) for one in body.appendix)
        read.update(("point", None, None, one.point, one.status, storable(one.text)) for one in body.narrative)
        machine = (answers.c.author == "machine") & answers.c.replaces.is_(None)
        columns = (answers.c[name] for name in ("kind", "item", "column", "point", "status", "text"))
        query = sa.select(*columns).where((answers.c.report_id == row.id) & machine)
        stored: Counter[tuple[Any, ...]] = Counter(tuple(one) for one in connection.execute(query))
        self.checked["answers"] += stored.total()
        for lack, code, message in (
            (read - stored, "answers_lost", "câu trả lời đã đọc nhưng không còn trong cơ sở dữ liệu"),
            (stored - read, "answers_doubled", "câu trả lời thừa so với lần đọc"),
        ):
            if lack:
                yield Finding(code=code, subject=row.name, message=f"{lack.total()} {message}.")
        for table, expected, message in (
            (facts, len(body.facts), "số liệu"),
            (repairs, len(body.repairs), "chỗ sửa chữ"),
        ):
            found = connection.scalar(sa.select(sa.func.count()).where(table.c.report_id == row.id))
            if found != expected:
                yield Finding(
                    code="content_differs", subject=row.name, message=f"Có {found} {message}, lẽ ra {expected}."
                )
