"""Names and phrases that reviewers confirmed; the repair of the campaign's next documents takes them as likely.

A phrase is taken back by marking it, not by deleting it, and can be brought back.
"""

from __future__ import annotations

import datetime as dt
import unicodedata

import msgspec
import sqlalchemy as sa

from storage import history
from storage.database import reading
from storage.review_schema import learned_phrases
from storage.writing import insert_new

LONGEST = 120  # letters: a name, a title, not a sentence


class PhraseError(ValueError):
    """This cannot be learned; the message is for the reviewer, in Vietnamese."""


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """``report_id``: where it was confirmed; None: typed in by hand."""

    id: int
    campaign_id: str
    phrase: str
    report_id: int | None
    author_name: str
    created_at: dt.datetime
    withdrawn_by: str | None
    withdrawn_at: dt.datetime | None


class Phrases:
    """What was learned, in a database opened by `storage.open_database`. Every change is told in the history."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self, campaign_id: str) -> list[Phrase]:
        """Newest first, those taken back among them."""
        query = learned_phrases.select().where(learned_phrases.c.campaign_id == campaign_id)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(learned_phrases.c.id.desc()))
            return [Phrase(**row._mapping) for row in rows]

    def in_force(self, campaign_id: str) -> tuple[str, ...]:
        """What the repair is told, oldest first."""
        query = sa.select(learned_phrases.c.phrase).where(
            (learned_phrases.c.campaign_id == campaign_id) & learned_phrases.c.withdrawn_at.is_(None)
        )
        with reading(self._engine) as connection:
            return tuple(connection.scalars(query.order_by(learned_phrases.c.id)))

    def learn(self, campaign_id: str, phrase: str, *, actor: str, report_id: int | None = None) -> Phrase:
        """A phrase learned before is brought back, or stays as it is. Raises `PhraseError`."""
        phrase = " ".join(unicodedata.normalize("NFC", phrase).split())
        if not 2 <= len(phrase) <= LONGEST:
            raise PhraseError(f"Cụm từ dài từ 2 đến {LONGEST} ký tự.")
        if not any(c.isalpha() for c in phrase) or "\ufffd" in phrase or not phrase.isprintable():
            raise PhraseError("Cụm từ phải là chữ đọc được.")
        values = {"phrase": phrase, "report_id": report_id, "author_name": actor, "created_at": _now()}
        same = (learned_phrases.c.campaign_id == campaign_id) & (learned_phrases.c.phrase == phrase)
        with self._engine.begin() as connection:
            if insert_new(connection, learned_phrases, {"campaign_id": campaign_id, **values}) is not None:
                history.record(
                    connection, actor=actor, action="learn", subject="phrase", report_id=report_id, after=phrase
                )
            else:
                self._set(connection, same, phrase, actor, withdrawn=False)
            return Phrase(**connection.execute(learned_phrases.select().where(same)).one()._mapping)

    def withdraw(self, phrase_id: int, *, actor: str) -> None:
        """Take a phrase back. Raises LookupError."""
        self._change(phrase_id, actor, withdrawn=True)

    def restore(self, phrase_id: int, *, actor: str) -> None:
        """Bring a phrase back. Raises LookupError."""
        self._change(phrase_id, actor, withdrawn=False)

    def _change(self, phrase_id: int, actor: str, *, withdrawn: bool) -> None:
        which = learned_phrases.c.id == phrase_id
        with self._engine.begin() as connection:
            phrase = connection.scalar(sa.select(learned_phrases.c.phrase).where(which))
            if phrase is None:
                raise LookupError(f"no phrase {phrase_id}")
            self._set(connection, which, phrase, actor, withdrawn=withdrawn)

    def _set(
        self, connection: sa.Connection, which: sa.ColumnElement[bool], phrase: str, actor: str, *, withdrawn: bool
    ) -> None:
        stands = learned_phrases.c.withdrawn_at
        other = stands.is_(None) if withdrawn else stands.is_not(None)
        values = {"withdrawn_by": actor if withdrawn else None, "withdrawn_at": _now() if withdrawn else None}
        if connection.execute(learned_phrases.update().where(which & other).values(**values)).rowcount:
            action = "unlearn" if withdrawn else "learn"
            history.record(connection, actor=actor, action=action, subject="phrase", before=None, after=phrase)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
