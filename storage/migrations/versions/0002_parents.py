"""Files that came inside an archive or a letter know it."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # As SQL: Alembic would copy the whole table on SQLite, and lose its CHECK constraints.
    op.execute(
        "ALTER TABLE arrivals ADD COLUMN parent_sha256 VARCHAR(64)"
        " CONSTRAINT fk_arrivals_parent_sha256 REFERENCES originals (sha256)"
    )
