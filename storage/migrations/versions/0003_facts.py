"""A fact keeps the upper end of its range and the narrative point that it was said in."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE facts ADD COLUMN value_to TEXT")
    op.execute("ALTER TABLE facts ADD COLUMN point TEXT")
