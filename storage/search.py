"""Full-text search over answers, blind to case and to Vietnamese marks: “de an” finds “Đề án”.

SQLite's FTS5 and PostgreSQL's text search hold the same words (`storage.columns.words_of`); inside the database they
follow every answer that is stored or corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from storage.columns import words_of
from storage.database import reading
from storage.records import StoredAnswer
from storage.schema import answers, reports
from storage.writing import in_force

COUNTED = 1000
"""So many hits are counted at most: who gets more must say more."""

_PARTS = re.compile(r'"([^"]*)"?|(\S+)')
_SHORTEST_BEGINNING = 2


class Term(msgspec.Struct, frozen=True):
    """Folded words that stand together; ``begins``: the last of them may go on."""

    words: tuple[str, ...]
    begins: bool = False


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    answer: StoredAnswer
    file: str
    unit_id: str | None
    unit_group: str | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """``total`` is at most `COUNTED`."""

    hits: tuple[Hit, ...]
    total: int


def terms(query: str) -> tuple[Term, ...]:
    """What a query asks for: each word, and each phrase in quotes; the last word is a beginning, as it is typed."""
    found = []
    for match in _PARTS.finditer(query):
        words = tuple(words_of(match[1] if match[1] is not None else match[2]).split())
        ends_here = match.end() == len(query.rstrip()) and match[1] is None
        if words:
            found.append(Term(words, ends_here and len(words[-1]) >= _SHORTEST_BEGINNING))
    return tuple(found)


def search(engine: sa.Engine, campaign_id: str, query: str, *, limit: int = 50, offset: int = 0) -> Found:
    """Answers in force that hold every term of ``query``, newest first; of each file the latest reading counts."""
    asked = terms(query)
    if not asked:
        return Found(hits=(), total=0)
    here = (reports.c.campaign_id == campaign_id) & (reports.c.state != "rejected")
    readings = sa.select(sa.func.max(reports.c.id)).where(here).group_by(reports.c.sha256)
    matching = (
        _matching(engine.dialect.name, asked)
        .where(~answers.c.withdrawn & in_force(answers))
        .where(answers.c.report_id.in_(readings))
    )
    names = (reports.c.name.label("file"), reports.c.unit_id, reports.c.unit_group)
    shown = sa.select(answers, *names).join(reports, reports.c.id == answers.c.report_id)
    with reading(engine) as connection:
        total = connection.scalar(sa.select(sa.func.count()).select_from(matching.limit(COUNTED).subquery())) or 0
        ids = list(connection.scalars(matching.order_by(answers.c.id.desc()).limit(limit).offset(offset)))
        rows = connection.execute(shown.where(answers.c.id.in_(ids)).order_by(answers.c.id.desc())).all()
    hits = (
        Hit(
            answer=StoredAnswer(**{name: row._mapping[name] for name in StoredAnswer.__struct_fields__}),
            file=row.file,
            unit_id=row.unit_id,
            unit_group=row.unit_group,
        )
        for row in rows
    )
    return Found(hits=tuple(hits), total=total)


def marked(text: str, query: str) -> Iterator[tuple[str, bool]]:
    """``text`` in pieces, each with whether it is a word that ``query`` asks for."""
    asked = terms(query)
    whole = {word for term in asked for word in term.words}
    beginnings = tuple(term.words[-1] for term in asked if term.begins)
    at = 0
    for match in re.finditer(r"[^\W_]+", text):
        word = words_of(match[0])
        if word in whole or (beginnings and word.startswith(beginnings)):
            yield text[at : match.start()], False
            yield match[0], True
            at = match.end()
    yield text[at:], False


def _matching(dialect: str, asked: tuple[Term, ...]) -> sa.Select[tuple[int]]:
    if dialect == "postgresql":
        text = " & ".join(" <-> ".join(term.words) + ":*" * term.begins for term in (_grouped(one) for one in asked))
        words = sa.func.to_tsvector(sa.literal_column("'simple'"), sa.func.answer_words(answers.c.text))
        return sa.select(answers.c.id).where(words.op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'"), text)))
    text = " AND ".join(f'"{" ".join(term.words)}"' + "*" * term.begins for term in asked)
    index = sa.table("answer_search", sa.column("rowid"), sa.column("answer_search"))
    return sa.select(answers.c.id).join(index, index.c.rowid == answers.c.id).where(index.c.answer_search.match(text))


def _grouped(term: Term) -> Term:
    """A phrase in brackets, as ``&`` and ``<->`` would mix otherwise."""
    if len(term.words) == 1:
        return term
    return Term((f"({term.words[0]}", *term.words[1:-1], f"{term.words[-1]}{':*' * term.begins})"))
