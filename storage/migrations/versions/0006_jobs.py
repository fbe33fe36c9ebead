"""The queue that all readers of a campaign share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("arrival_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("began_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("state", sa.String(length=16)),
        sa.Column("code", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("report_id", sa.Integer()),
        sa.CheckConstraint("state IN ('processed', 'partial', 'rejected', 'duplicate')", name=op.f("ck_jobs_state")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_jobs_batch_id"),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name="fk_jobs_arrival_id"),
        sa.ForeignKeyConstraint(["sha256"], ["originals.sha256"], name="fk_jobs_sha256"),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_jobs_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_batch_id", "jobs", ["batch_id"])
    op.create_index("ix_jobs_arrival_id", "jobs", ["arrival_id"])
    op.execute("CREATE INDEX ix_jobs_open ON jobs (attempts, id) WHERE state IS NULL")
    op.execute("CREATE INDEX ix_jobs_same ON jobs (sha256) WHERE state IS NULL")
