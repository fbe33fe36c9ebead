"""Answers can be withdrawn and restored, letterheads corrected; every change is told in a history that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # As SQL: Alembic would copy the whole table on SQLite, and lose its CHECK constraints.
    op.execute("ALTER TABLE answers ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE")
    op.execute("ALTER TABLE answers ADD COLUMN restores INTEGER CONSTRAINT fk_answers_restores REFERENCES answers (id)")
    op.create_table(
        "letterhead_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("carried_from", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["carried_from"], ["letterhead_decisions.id"], name="fk_letterhead_decisions_carried_from"
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_letterhead_decisions_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letterhead_decisions"),
    )
    op.create_index("ix_letterhead_decisions_report_id", "letterhead_decisions", ["report_id"])
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Integer()),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("undoes", sa.Integer()),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_history_report_id"),
        sa.ForeignKeyConstraint(["undoes"], ["history.id"], name="fk_history_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sa.UniqueConstraint("undoes", name="uq_history_undoes"),
    )
    op.create_index("ix_history_report_id", "history", ["report_id"])
    _only_grows("history")


def _only_grows(table: str) -> None:
    """The database itself refuses to change or delete a row."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        )
