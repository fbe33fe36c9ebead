"""Users and their sessions, states of review, leases, reasons, learned phrases, and full-text search over answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _people()
    _reviewing()
    _learning()
    _search()


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('operator', 'reviewer', 'admin')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_at", "login_attempts", ["at"])


def _reviewing() -> None:
    op.create_table(
        "review_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('to_review', 'postponed', 'confirmed', 'rejected')", name=op.f("ck_review_states_state")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_review_states_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_states"),
    )
    op.create_index("ix_review_states_report_id", "review_states", ["report_id"])
    op.create_table(
        "review_leases",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_review_leases_report_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_review_leases_user_id"),
        sa.PrimaryKeyConstraint("report_id", name="pk_review_leases"),
    )
    op.create_table(
        "review_reasons",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_review_reasons_report_id"),
        sa.PrimaryKeyConstraint("report_id", name="pk_review_reasons"),
    )


def _learning() -> None:
    op.create_table(
        "learned_phrases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Integer()),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Text()),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_learned_phrases_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_learned_phrases"),
        sa.UniqueConstraint("campaign_id", "phrase", name="uq_learned_phrases_campaign_id_phrase"),
    )


def _search() -> None:
    """The index follows the answers inside the database, whoever writes them. Answers are never changed nor deleted, so
    inserts are all there is to follow."""
    if op.get_bind().dialect.name == "postgresql":
        # As `storage.columns.words_of`. Marks go before lower(), which knows ASCII alone under the C locale.
        op.execute(
            "CREATE FUNCTION answer_words(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$"
            " SELECT lower(regexp_replace(regexp_replace(translate(normalize(said, NFD), 'Đđ', 'dd'),"
            " '[\u0300-\u036f]', '', 'g'), '[^[:alnum:]]+', ' ', 'g')) $$"
        )
        op.execute("CREATE INDEX answer_search ON answers USING gin (to_tsvector('simple', answer_words(text)))")
        return
    # answer_words is a function of ours that every connection of `storage.database` has.
    op.execute("CREATE VIRTUAL TABLE answer_search USING fts5(words, content='', tokenize='unicode61', prefix='2 3')")
    op.execute("INSERT INTO answer_search (rowid, words) SELECT id, answer_words(text) FROM answers")
    op.execute(
        "CREATE TRIGGER answer_search_insert AFTER INSERT ON answers"
        " BEGIN INSERT INTO answer_search (rowid, words) VALUES (new.id, answer_words(new.text)); END"
    )
