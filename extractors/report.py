"""What a report says, as structured answers: the public JSON ``baocao.report/1`` as types.

The JSON Schema under ``docs/`` is generated from these types and a test holds the two together.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from extractors.document import Notice, Provenance
from normalizers.plan import Alternative

SCHEMA = "baocao.report/1"

Status = Literal["answered", "none", "not_yet", "by_reference", "no_answer"]
FactKind = Literal["money", "count", "percent", "document"]
FundingSource = Literal["budget", "socialised"]


class SourceInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The file: ``pages`` is None for containers without fixed pages."""

    name: str
    sha256: str
    media_type: str
    pages: int | None


class Letterhead(msgspec.Struct, frozen=True, kw_only=True):
    """The report's own metadata; every field is None where absent. ``date`` is ISO (YYYY-MM-DD)."""

    issuer: str | None = None
    parent: str | None = None
    number: str | None = None
    place: str | None = None
    date: str | None = None
    subject: str | None = None
    signer: str | None = None
    signer_title: str | None = None
    provenance: dict[str, tuple[Provenance, ...]] = {}


class UnitCandidate(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    group: str
    confidence: float


class UnitMatch(msgspec.Struct, frozen=True, kw_only=True):
    """Which registered unit sent the report; ``id`` is None when no candidate is sure enough to be named."""

    id: str | None = None
    name: str | None = None
    group: str | None = None
    confidence: float = 0.0
    candidates: tuple[UnitCandidate, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One place of the appendix: item × column."""

    item: int
    column: str
    status: Status
    text: str
    confidence: float
    provenance: tuple[Provenance, ...]


class PointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One narrative point of the unit's group, such as ``school.2``."""

    point: str
    status: Status
    text: str
    confidence: float
    provenance: tuple[Provenance, ...]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A figure or a cited document with the sentence it stands in.

    ``value``: đồng (int) for money, number for count and percent, normalised number (``3249/QĐ-UBND``) for document.
    ``unit``: ``VND``, ``%``, what is counted, or None. ``item``/``column`` where it was said inside the appendix.
    ``point``: the narrative point it was said in, such as ``school.2``.
    ``value_to`` is the upper end where a range was given ("từ 2 đến 3 tỷ đồng"); ``value`` is then the lower one.
    """

    kind: FactKind
    value: int | float | str
    unit: str | None
    funding_source: FundingSource | None
    item: int | None
    column: str | None
    sentence: str
    provenance: tuple[Provenance, ...]
    value_to: int | float | None = None
    point: str | None = None


class Unmapped(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    provenance: tuple[Provenance, ...]


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """One change made to the text before it was understood."""

    kind: str
    original: str
    replacement: str
    confidence: float
    alternatives: tuple[Alternative, ...]
    provenance: tuple[Provenance, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read from one file. Nothing read is dropped: what has no place is in ``unmapped``."""

    source: SourceInfo
    letterhead: Letterhead
    unit: UnitMatch
    appendix: tuple[Answer, ...]
    narrative: tuple[PointAnswer, ...]
    facts: tuple[Fact, ...]
    unmapped: tuple[Unmapped, ...]
    repairs: tuple[Repair, ...]
    warnings: tuple[Notice, ...]
    schema: str = SCHEMA


def to_json(report: Report, *, indent: int = 2) -> bytes:
    """The report as UTF-8 JSON with a final newline; ``schema`` comes first."""
    built = msgspec.to_builtins(report)
    ordered = {"schema": built.pop("schema"), **built}
    return msgspec.json.format(msgspec.json.encode(ordered), indent=indent) + b"\n"
