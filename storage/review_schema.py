"""The tables of the review page: people, states of review, leases, reasons, learned phrases."""

from __future__ import annotations

import sqlalchemy as sa

from storage.columns import CleanText, Json, UtcTime
from storage.schema import among, metadata, report_reference

ROLES = ("operator", "reviewer", "admin")
REVIEW_STATES = ("to_review", "postponed", "confirmed", "rejected")

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),  # as typed to log in, lower case
    sa.Column("full_name", CleanText, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    among("role", ROLES),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),  # who reads the database cannot use the sessions
    sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
)

login_attempts = sa.Table(
    "login_attempts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("succeeded", sa.Boolean, nullable=False),
)

review_states = sa.Table(
    "review_states",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    report_reference(),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("author_name", CleanText, nullable=False),
    sa.Column("note", CleanText, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    among("state", REVIEW_STATES),
)

review_leases = sa.Table(
    "review_leases",
    metadata,
    sa.Column("report_id", sa.ForeignKey("reports.id"), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False),
    sa.Column("taken_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)

review_reasons = sa.Table(
    "review_reasons",
    metadata,
    sa.Column("report_id", sa.ForeignKey("reports.id"), primary_key=True),
    sa.Column("reasons", Json(dict[str, int]), nullable=False),  # code → how often
)

learned_phrases = sa.Table(
    "learned_phrases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign_id", sa.Text, nullable=False),
    sa.Column("phrase", CleanText, nullable=False),
    sa.Column("report_id", sa.ForeignKey("reports.id")),  # where a reviewer confirmed it
    sa.Column("author_name", CleanText, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("withdrawn_by", CleanText),
    sa.Column("withdrawn_at", UtcTime),
    sa.UniqueConstraint("campaign_id", "phrase"),
)
