"""Open the database: SQLite (default) or PostgreSQL by URL, brought to the newest schema first."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.columns import words_of

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0006"
"""The newest revision under ``migrations/versions``; a test keeps it true."""

_BUSY_S = 30
_MIGRATION_LOCK = 0x62616F63  # any number that no other program uses as an advisory lock in this database


class DatabaseError(RuntimeError):
    """The database cannot be used; the message is for the operator, in Vietnamese."""


def open_database(url: str) -> sa.Engine:
    """An engine for ``url`` (``sqlite:///path`` or ``postgresql://...``) whose schema is up to date.

    A new SQLite file and its folder are readable by their owner alone. Raises `DatabaseError`.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise DatabaseError("Địa chỉ cơ sở dữ liệu không đúng dạng (sqlite:///… hoặc postgresql://…).") from error
    shown = parsed.render_as_string(hide_password=True)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError(f"Loại cơ sở dữ liệu chưa được hỗ trợ: {shown} (chỉ dùng sqlite hoặc postgresql).")
    engine = None
    try:
        engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
        migrate(engine)
    except (sa.exc.DBAPIError, OSError) as error:
        if engine is not None:
            engine.dispose()
        cause = getattr(error, "orig", None) or error
        raise DatabaseError(f"Không mở được cơ sở dữ liệu {shown}: {cause}") from error
    except BaseException:
        if engine is not None:
            engine.dispose()
        raise
    return engine


def migrate(engine: sa.Engine, revision: str = HEAD) -> None:
    """Bring the schema up to ``revision``. Of several processes that start together one migrates, the others wait."""
    if _revision(engine) == revision:
        return
    # Alembic is slow to import and needed once in the life of a database.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:  # on SQLite this waits for the write lock
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise DatabaseError(
                f"Cơ sở dữ liệu do một phiên bản khác của chương trình tạo ra, không dùng được ({error})."
            ) from error


def reading(engine: sa.Engine) -> sa.Connection:
    """A connection for reading only: on SQLite it does not wait for, nor hold, the write lock."""
    return engine.connect().execution_options(reading=True)


def _revision(engine: sa.Engine) -> str | None:
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found


def _postgresql(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 10})


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseError("SQLite cần một tệp, ví dụ sqlite:///var/baocao.db.")
    path = Path(url.database)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its -wal and -shm files the same mode
    # hide_parameters: an error is logged, what a report says is not
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_S})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    connection.create_function("answer_words", 1, words_of, deterministic=True)  # called by a trigger, see 0005
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_S * 1000}")
    _to_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _to_wal(cursor: sqlite3.Cursor) -> None:
    """Of processes that open a new file together, SQLite tells all but one at once that it is locked: wait here."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at the start: a transaction that reads first and writes later cannot wait for it."""
    reads = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
