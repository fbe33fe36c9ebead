"""What reviewers change, as rows that are added: nothing read by the machine and nothing decided before is lost.

An answer is corrected by a new row that names the one it ``replaces``; UNIQUE decides between two people, so the id of
the row that a reviewer saw is the version that the change is checked against, and the second gets `Conflict`.

A removed answer is replaced by a row marked ``withdrawn``: `Queries.answers` leaves it out, so it counts in no list, is
carried over like any correction, and can be brought back. Splitting shortens one answer and adds another with the same
provenance. `Corrections.undo` takes back the last change of a report as a whole: each answer it wrote gets one more row
that repeats (``restores``) the one before, with its author and confidence; an answer it added is withdrawn.

Every method is one transaction, with its line in `storage.history`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from extractors.document import Provenance
from extractors.report import Status
from storage import history
from storage.database import reading
from storage.decisions import Decisions, decide_letterhead, decide_unit, lock_report
from storage.history import Event
from storage.queries import to_record
from storage.records import Place, StoredAnswer
from storage.schema import answers
from storage.writing import Conflict, insert_new, note_parts

ANSWER_ACTIONS = frozenset({"correct", "move", "confirm", "add", "split", "withdraw"})
UNDOABLE = ANSWER_ACTIONS | {"unit", "letterhead"}

_CONTENT = ("kind", "item", "column", "point", "status", "text", "confidence", "provenance", "author", "author_name")
_TOLD = ("id", "kind", "item", "column", "point", "status", "text", "confidence", "author", "withdrawn")


class Corrections(Decisions):
    """The reviewers' half of `storage.repository.Repository`."""

    def correct_answer(  # noqa: PLR0913 - each by its name
        self,
        answer_id: int,
        *,
        status: Status,
        text: str,
        author_name: str,
        place: Place | None = None,
        provenance: Sequence[Provenance] | None = None,
        now: dt.datetime | None = None,
    ) -> StoredAnswer:
        """Put a reviewer's answer in the place of ``answer_id``; the old row stays.

        With ``place`` the answer also moves there. A withdrawn answer counts again. Raises LookupError, and `Conflict`
        when the answer was replaced before.
        """
        with self._engine.begin() as connection:
            change = _Change(connection, author_name, now)
            old = change.answer(answer_id)
            place = place or old.place
            changes = {**place.columns, "status": status, "text": text}
            if provenance is not None:
                changes["provenance"] = tuple(provenance)
            new = change.replace(old, changes)
            change.tell("correct" if place == old.place else "move", [old], [new])
            return new

    def confirm_answers(
        self, answer_ids: Iterable[int], *, author_name: str, now: dt.datetime | None = None
    ) -> list[StoredAnswer]:
        """A reviewer takes answers of one report as they are, all or none. Raises LookupError and `Conflict`."""
        with self._engine.begin() as connection:
            change = _Change(connection, author_name, now)
            old = [change.answer(answer_id) for answer_id in answer_ids]
            if len({one.report_id for one in old}) > 1:
                raise ValueError("answers of several reports")
            new = [change.replace(one, {}) for one in old]
            if new:
                change.tell("confirm", old, new)
            return new

    def withdraw_answer(self, answer_id: int, *, author_name: str, now: dt.datetime | None = None) -> StoredAnswer:
        """Take an answer out: it counts nowhere from now on. Raises LookupError and `Conflict`."""
        with self._engine.begin() as connection:
            change = _Change(connection, author_name, now)
            old = change.answer(answer_id)
            new = change.replace(old, {"withdrawn": True})
            change.tell("withdraw", [old], [new])
            return new

    def add_answer(  # noqa: PLR0913 - each by its name
        self,
        report_id: int,
        *,
        place: Place,
        status: Status,
        text: str,
        author_name: str,
        provenance: Sequence[Provenance] = (),
        now: dt.datetime | None = None,
    ) -> StoredAnswer:
        """An answer that the machine has not found; ``provenance`` is where it stands in the file.

        Raises LookupError when there is no such report.
        """
        with self._engine.begin() as connection:
            lock_report(connection, report_id)
            change = _Change(connection, author_name, now)
            values = {**place.columns, "status": status, "text": text, "provenance": tuple(provenance)}
            new = change.add(report_id, values)
            change.tell("add", [], [new])
            return new

    def split_answer(  # noqa: PLR0913 - each by its name
        self,
        answer_id: int,
        *,
        kept: str,
        text: str,
        author_name: str,
        place: Place | None = None,
        now: dt.datetime | None = None,
    ) -> tuple[StoredAnswer, StoredAnswer]:
        """Leave ``kept`` in the answer and make an answer of its own of ``text``, by default at the same place.

        Raises LookupError, `Conflict`, and ValueError when one half is empty.
        """
        if not kept.strip() or not text.strip():
            raise ValueError("both halves of a split need text")
        with self._engine.begin() as connection:
            change = _Change(connection, author_name, now)
            old = change.answer(answer_id)
            place = place or old.place
            first = change.replace(old, {"status": "answered", "text": kept})
            values = {**place.columns, "status": "answered", "text": text, "provenance": old.provenance}
            second = change.add(old.report_id, values)
            change.tell("split", [old], [first, second])
            return first, second

    def undoable(self, report_id: int) -> Event | None:
        """The change that `undo` would take back."""
        with reading(self._engine) as connection:
            return history.last_undoable(connection, report_id, UNDOABLE)

    def undo(
        self, report_id: int, event_id: int, *, author_name: str, now: dt.datetime | None = None
    ) -> list[StoredAnswer]:
        """Take back the last change of a report, which must be ``event_id``; the answers as they stand again.

        Raises LookupError when there is nothing to undo, `Conflict` when something else was changed last.
        """
        with self._engine.begin() as connection:
            lock_report(connection, report_id)
            last = history.last_undoable(connection, report_id, UNDOABLE)
            if last is None:
                raise LookupError(f"nothing to undo on report {report_id}")
            if last.id != event_id:
                raise Conflict(f"the last change of report {report_id} is another")
            restored: list[StoredAnswer] = []
            if last.action == "unit":
                decide_unit(connection, report_id, last.before, author_name, now)
            elif last.action == "letterhead":
                field = last.subject.removeprefix("letterhead:")
                decide_letterhead(connection, report_id, field, last.before, author_name, now)
            else:
                written = [one["id"] for one in last.after]
                restored = _Change(connection, author_name, now).take_back(report_id, written)
            history.record(
                connection, actor=author_name, action="undo", subject=last.subject, report_id=report_id,
                before=last.after, after=last.before, undoes=last.id, at=now,
            )  # fmt: skip
            return restored


class _Change:
    """The rows that one reviewer adds in one transaction."""

    def __init__(self, connection: sa.Connection, actor: str, now: dt.datetime | None) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now or dt.datetime.now(dt.UTC)
        self.by: dict[str, Any] = {"author": "reviewer", "author_name": actor, "confidence": 1.0}

    def answer(self, answer_id: int) -> StoredAnswer:
        row = self.connection.execute(answers.select().where(answers.c.id == answer_id)).one_or_none()
        if row is None:
            raise LookupError(f"no answer {answer_id}")
        return to_record(row, StoredAnswer)

    def replace(self, old: StoredAnswer, changes: dict[str, Any]) -> StoredAnswer:
        """One more row over ``old``, which must still be in force."""
        values = {name: getattr(old, name) for name in _CONTENT} | self.by | changes
        values |= {"report_id": old.report_id, "replaces": old.id, "created_at": self.now}
        key = insert_new(self.connection, answers, values)
        if key is None:
            raise Conflict(f"answer {old.id} was replaced", self._head(old))
        return self.answer(int(key))

    def add(self, report_id: int, values: dict[str, Any]) -> StoredAnswer:
        values = values | self.by | {"report_id": report_id, "created_at": self.now}
        key = self.connection.execute(answers.insert().values(**values)).inserted_primary_key
        assert key is not None
        return self.answer(int(key[0]))

    def tell(self, action: str, old: Sequence[StoredAnswer], new: Sequence[StoredAnswer]) -> None:
        """The line of history, and what follows for the report."""
        before, after = ([{name: getattr(one, name) for name in _TOLD} for one in side] for side in (old, new))
        history.record(
            self.connection, actor=self.actor, action=action, subject=f"answer:{new[0].id}",
            report_id=new[0].report_id, before=before, after=after, at=self.now,
        )  # fmt: skip
        note_parts(self.connection, new[0].report_id)

    def take_back(self, report_id: int, written: Sequence[int]) -> list[StoredAnswer]:
        """Put back what stood before the rows ``written`` by one change."""
        query = answers.select().where(answers.c.report_id == report_id)
        rows = {row.id: to_record(row, StoredAnswer) for row in self.connection.execute(query)}
        successor = {row.replaces: row for row in rows.values() if row.replaces is not None}
        restored = []
        for answer_id in written:
            head = rows[answer_id]
            while head.id in successor:
                head = successor[head.id]
            content = head
            while content.restores is not None:
                content = rows[content.restores]
            if content.id != answer_id:
                raise Conflict(f"answer {answer_id} was changed later", head)
            changes: dict[str, Any] = {"withdrawn": True}
            if content.replaces is not None:
                former = rows[content.replaces]
                changes = {name: getattr(former, name) for name in (*_CONTENT, "withdrawn")} | {"restores": former.id}
            restored.append(self.replace(head, changes))
        note_parts(self.connection, report_id)
        return restored

    def _head(self, answer: StoredAnswer) -> StoredAnswer:
        """The row that stands in the place of ``answer`` now."""
        while True:
            row = self.connection.execute(answers.select().where(answers.c.replaces == answer.id)).one_or_none()
            if row is None:
                return answer
            answer = to_record(row, StoredAnswer)
