"""The tables. Migrations build them; a test holds both together.

Nothing a unit sent and nothing a person decided is ever overwritten: ``answers``, ``unit_decisions``,
``letterhead_decisions`` and ``history`` only grow. The one row that changes its state is a rejected report whose file
was read after all at a later try.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from extractors.document import Provenance
from extractors.report import Report
from normalizers.plan import Alternative
from storage.columns import CleanText, Json, UtcTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

REPORT_STATES = ("processed", "partial", "rejected")
ARRIVAL_STATES = (*REPORT_STATES, "duplicate")


def among(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def report_reference() -> sa.Column[int]:
    return sa.Column("report_id", sa.ForeignKey("reports.id"), nullable=False, index=True)


originals = sa.Table(
    "originals",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", CleanText),
    sa.Column("first_name", CleanText, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
)

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("campaign_id", sa.Text, nullable=False, index=True),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("finished_at", UtcTime),
    sa.Column("counts", Json(dict[str, int])),
)

arrivals = sa.Table(
    "arrivals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign_id", sa.Text, nullable=False),
    sa.Column("arrival_key", sa.String(64), nullable=False),  # of path and content: a path may be too long for an index
    sa.Column("sha256", sa.ForeignKey("originals.sha256"), index=True),  # NULL: the file could not be kept
    sa.Column("name", CleanText, nullable=False),
    sa.Column("path", CleanText, nullable=False),
    sa.Column("batch_id", sa.ForeignKey("batches.id")),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("last_seen_at", UtcTime, nullable=False),
    sa.Column("state", sa.String(16)),  # NULL: received, not yet through
    sa.Column("code", sa.Text),
    sa.Column("message", CleanText),
    sa.Column("report_id", sa.ForeignKey("reports.id")),
    sa.Column("parent_sha256", sa.ForeignKey("originals.sha256")),  # the archive or letter that it came in
    sa.UniqueConstraint("campaign_id", "arrival_key"),
    among("state", ARRIVAL_STATES),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.ForeignKey("originals.sha256"), nullable=False),
    sa.Column("campaign_id", sa.Text, nullable=False),
    sa.Column("pipeline_version", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("message", CleanText),
    sa.Column("name", CleanText, nullable=False),
    sa.Column("unit_id", sa.Text),
    sa.Column("unit_group", sa.Text),
    sa.Column("number", CleanText),
    sa.Column("letter_date", sa.Date),  # as written on the report
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("pages", sa.Integer),
    sa.Column("has_appendix", sa.Boolean, nullable=False),  # says something in at least one place of the appendix
    sa.Column("has_narrative", sa.Boolean, nullable=False),
    sa.Column("body", Json(Report)),  # NULL: rejected
    sa.UniqueConstraint("sha256", "pipeline_version", "campaign_id"),
    sa.Index(None, "campaign_id", "unit_id"),
    among("state", REPORT_STATES),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    report_reference(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("item", sa.Integer),
    sa.Column("column", sa.Text),
    sa.Column("point", sa.Text),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("provenance", Json(tuple[Provenance, ...]), nullable=False),
    sa.Column("author", sa.String(16), nullable=False),
    sa.Column("author_name", CleanText),
    # UNIQUE: of two people who correct the same answer, the second learns that it has changed.
    sa.Column("replaces", sa.ForeignKey("answers.id"), unique=True),
    sa.Column("carried_from", sa.ForeignKey("answers.id")),  # a correction made on an earlier reading of the same file
    sa.Column("created_at", UtcTime, nullable=False),
    # A reviewer took the answer out: it counts nowhere, and stays for the record and for whoever takes that back.
    sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("restores", sa.ForeignKey("answers.id")),  # the row whose content an undo brought back
    among("kind", ("appendix", "point")),
    among("status", ("answered", "none", "not_yet", "by_reference", "no_answer")),
    among("author", ("machine", "reviewer")),
    sa.CheckConstraint(
        "(kind = 'appendix' AND item IS NOT NULL AND \"column\" IS NOT NULL AND point IS NULL)"
        " OR (kind = 'point' AND point IS NOT NULL AND item IS NULL AND \"column\" IS NULL)",
        name="place",
    ),
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    report_reference(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("value", Json(int | float | str), nullable=False),
    sa.Column("value_to", Json(int | float)),  # the upper end of a range
    sa.Column("unit", CleanText),
    sa.Column("funding_source", sa.String(16)),
    sa.Column("item", sa.Integer),
    sa.Column("column", sa.Text),
    sa.Column("point", sa.Text),  # of the narrative
    sa.Column("sentence", CleanText, nullable=False),
    sa.Column("provenance", Json(tuple[Provenance, ...]), nullable=False),
)

repairs = sa.Table(
    "repairs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    report_reference(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("original", CleanText, nullable=False),
    sa.Column("replacement", CleanText, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("alternatives", Json(tuple[Alternative, ...]), nullable=False),
    sa.Column("provenance", Json(tuple[Provenance, ...]), nullable=False),
)

unit_decisions = sa.Table(
    "unit_decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    report_reference(),
    sa.Column("unit_id", sa.Text),
    sa.Column("unit_group", sa.Text),
    sa.Column("author_name", CleanText, nullable=False),
    sa.Column("carried_from", sa.ForeignKey("unit_decisions.id")),
    sa.Column("created_at", UtcTime, nullable=False),
)

letterhead_decisions = sa.Table(
    "letterhead_decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    report_reference(),
    sa.Column("field", sa.Text, nullable=False),  # a field of `extractors.report.Letterhead`
    sa.Column("value", CleanText),
    sa.Column("author_name", CleanText, nullable=False),
    sa.Column("carried_from", sa.ForeignKey("letterhead_decisions.id")),
    sa.Column("created_at", UtcTime, nullable=False),
)

history = sa.Table(
    "history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", CleanText),  # NULL: the program itself
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("report_id", sa.ForeignKey("reports.id"), index=True),
    sa.Column("subject", CleanText, nullable=False),
    sa.Column("before", Json(Any)),
    sa.Column("after", Json(Any)),
    sa.Column("undoes", sa.ForeignKey("history.id"), unique=True),  # UNIQUE: nothing is undone twice
)
