"""The schema is built by migrations, once, whoever starts first."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import DatabaseError, open_database
from storage.database import HEAD, MIGRATIONS, migrate
from storage.schema import metadata


def _ours(_object: object, name: str | None, *_: object) -> bool:
    """The search index lives in the database alone, where the metadata cannot describe it."""
    return not (name or "").startswith("answer_search")


def differences(connection: sa.Connection) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"include_object": _ours}), metadata)


def test_migrations_build_the_tables_of_the_schema(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert differences(connection) == []
        found = {
            table: {check["name"] for check in sa.inspect(connection).get_check_constraints(table)}
            for table in metadata.tables
        }
    wanted = {
        name: {str(one.name) for one in table.constraints if isinstance(one, sa.CheckConstraint)}
        for name, table in metadata.tables.items()
    }
    assert found == wanted


def test_the_newest_revision_is_known_to_the_program() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_a_database_of_the_first_schema_keeps_its_rows(url: str) -> None:
    Path(sa.make_url(url).database or "").parent.mkdir(exist_ok=True)
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    migrate(engine, "0001")
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO arrivals (campaign_id, arrival_key, name, path, received_at, last_seen_at, state)"
                " VALUES ('dot-1', 'a', 'a.docx', '/a.docx', '2026-01-02 03:04:05', '2026-01-02 03:04:05', 'processed')"
            )
        )
    engine.dispose()
    engine = open_database(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, state, parent_sha256 FROM arrivals")).all()
        assert differences(connection) == []
    engine.dispose()
    assert [tuple(row) for row in rows] == [("a.docx", "processed", None)]


def test_processes_that_start_together_migrate_once(url: str) -> None:
    code = "import sys; from storage import open_database; open_database(sys.argv[1]).dispose()"
    started = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE) for _ in range(4)]
    ended = [(one.communicate()[1].decode(), one.returncode) for one in started]
    assert ended == [("", 0)] * 4


def test_a_database_of_a_newer_program_is_refused(url: str) -> None:
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="phiên bản khác"):
        open_database(url)


def test_sqlite_is_private_and_safe(tmp_path: Path) -> None:
    file = tmp_path / "thư mục có dấu 100%" / "baocao.db"
    engine = open_database(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert int(connection.exec_driver_sql("PRAGMA busy_timeout").scalar() or 0) >= 10_000
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "mysql://u@h/d", "không phải", "sqlite:////proc/khong/duoc.db", "postgresql://u:bimat@127.0.0.1:1/d"],
)
def test_a_database_that_cannot_be_used_is_explained(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database(url)
    assert "bimat" not in str(caught.value)


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DatabaseError):
        open_database(f"sqlite:///{file}")
