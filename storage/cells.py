"""The answers at the places of the appendix, of many reports in few queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from extractors.report import Status
from storage.database import reading
from storage.queries import to_record
from storage.records import StoredAnswer
from storage.schema import answers
from storage.writing import in_force

_AT_ONCE = 500  # reports a query


class CellAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer in force without its text and source."""

    id: int
    report_id: int
    item: int
    column: str
    status: Status
    confidence: float
    author: Literal["machine", "reviewer"]


def cells(engine: sa.Engine, report_ids: Sequence[int]) -> Iterator[CellAnswer]:
    """Every answer of the appendix that counts, in the order stored."""
    columns = [answers.c[name] for name in CellAnswer.__struct_fields__]
    with reading(engine) as connection:
        for here in _where(report_ids):
            for row in connection.execute(sa.select(*columns).where(here).order_by(answers.c.id)):
                yield to_record(row, CellAnswer)


def item_answers(engine: sa.Engine, report_ids: Sequence[int], item: int) -> Iterator[StoredAnswer]:
    """What the reports answer to one item of the appendix, in the order stored."""
    with reading(engine) as connection:
        for here in _where(report_ids):
            query = answers.select().where(here & (answers.c.item == item)).order_by(answers.c.id)
            for row in connection.execute(query):
                yield to_record(row, StoredAnswer)


def _where(report_ids: Sequence[int]) -> Iterator[sa.ColumnElement[bool]]:
    counts: Any = ~answers.c.withdrawn & in_force(answers) & (answers.c.kind == "appendix")
    for at in range(0, len(report_ids), _AT_ONCE):
        yield answers.c.report_id.in_(report_ids[at : at + _AT_ONCE]) & counts
