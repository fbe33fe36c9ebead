"""First schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("counts", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_campaign_id", "batches", ["campaign_id"])

    op.create_table(
        "originals",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text()),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_originals"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("pipeline_version", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text()),
        sa.Column("unit_group", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("letter_date", sa.Date()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.Integer()),
        sa.Column("has_appendix", sa.Boolean(), nullable=False),
        sa.Column("has_narrative", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text()),
        sa.CheckConstraint("state IN ('processed', 'partial', 'rejected')", name=op.f("ck_reports_state")),
        sa.ForeignKeyConstraint(["sha256"], ["originals.sha256"], name="fk_reports_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint(
            "sha256", "pipeline_version", "campaign_id", name="uq_reports_sha256_pipeline_version_campaign_id"
        ),
    )
    op.create_index("ix_reports_campaign_id_unit_id", "reports", ["campaign_id", "unit_id"])

    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("item", sa.Integer()),
        sa.Column("column", sa.Text()),
        sa.Column("point", sa.Text()),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("author_name", sa.Text()),
        sa.Column("replaces", sa.Integer()),
        sa.Column("carried_from", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("author IN ('machine', 'reviewer')", name=op.f("ck_answers_author")),
        sa.CheckConstraint("kind IN ('appendix', 'point')", name=op.f("ck_answers_kind")),
        sa.CheckConstraint(
            "status IN ('answered', 'none', 'not_yet', 'by_reference', 'no_answer')", name=op.f("ck_answers_status")
        ),
        sa.CheckConstraint(
            "(kind = 'appendix' AND item IS NOT NULL AND \"column\" IS NOT NULL AND point IS NULL)"
            " OR (kind = 'point' AND point IS NOT NULL AND item IS NULL AND \"column\" IS NULL)",
            name=op.f("ck_answers_place"),
        ),
        sa.ForeignKeyConstraint(["carried_from"], ["answers.id"], name="fk_answers_carried_from"),
        sa.ForeignKeyConstraint(["replaces"], ["answers.id"], name="fk_answers_replaces"),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_answers_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("replaces", name="uq_answers_replaces"),
    )
    op.create_index("ix_answers_report_id", "answers", ["report_id"])

    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("arrival_key", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64)),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.String(length=32)),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16)),
        sa.Column("code", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("report_id", sa.Integer()),
        sa.CheckConstraint(
            "state IN ('processed', 'partial', 'rejected', 'duplicate')", name=op.f("ck_arrivals_state")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_arrivals_batch_id"),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_arrivals_report_id"),
        sa.ForeignKeyConstraint(["sha256"], ["originals.sha256"], name="fk_arrivals_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_arrivals"),
        sa.UniqueConstraint("campaign_id", "arrival_key", name="uq_arrivals_campaign_id_arrival_key"),
    )
    op.create_index("ix_arrivals_sha256", "arrivals", ["sha256"])

    op.create_table(
        "facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text()),
        sa.Column("funding_source", sa.String(length=16)),
        sa.Column("item", sa.Integer()),
        sa.Column("column", sa.Text()),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_facts_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
    )
    op.create_index("ix_facts_report_id", "facts", ["report_id"])

    op.create_table(
        "repairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("replacement", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("alternatives", sa.Text(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_repairs_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_repairs"),
    )
    op.create_index("ix_repairs_report_id", "repairs", ["report_id"])

    op.create_table(
        "unit_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Text()),
        sa.Column("unit_group", sa.Text()),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("carried_from", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["carried_from"], ["unit_decisions.id"], name="fk_unit_decisions_carried_from"),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_unit_decisions_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_decisions"),
    )
    op.create_index("ix_unit_decisions_report_id", "unit_decisions", ["report_id"])
