"""``answers.json``: the same data for machines, written as a stream.

Shape, ``schema: "baocao.answers/1"``::

    {"schema", "campaign": {"id", "number", "date", "deadline", "last_day_on_time"}, "generated_at",
     "units": [{"id", "name", "group", "district", "expected",
                "submission": {"state": on_time|late|incomplete|missing, "days_late", "submitted_on", "basis", "lacks",
                               "appendix": provided|not_provided|not_asked},
                "reports": [{"file", "sha256", "number", "date", "received_at", "state", "in_force"}],   newest first
                "appendix": [ANSWER + {"item", "column"}], "narrative": [ANSWER + {"point"}],
                "numbers": [{"kind": count|percent, "value", "value_to", "of", "item", "column", "point", "sentence",
                             "sha256", "provenance"}]}],
     "unknown_unit": [{"reports", "appendix", "narrative"}],
     "files": [{"name", "sha256", "state", "code", "message", "received_at", "unit"}],
     "sums": [{"item", "budget", "socialised", "unsplit", "total", "upper", "aside"}],   item null: of no item
     "figures": [{"unit", "value", "upper", "source": budget|socialised|null, "item", "column", "year", "state", "note",
                  "doubtful", "sentence", "sha256", "provenance"}],
     "difficulties": [{"topic", "text", "units", "said": [{"unit", "text", "item", "file", "page"}]}],
     "proposals": as difficulties,
     "documents": [{"number", "date", "kind", "units", "asked", "other_dates"}]}

ANSWER is ``{"status", "text", "confidence", "unconfirmed", "author": machine|reviewer, "sha256",
"provenance": [{page, bbox, block}]}``; ``sha256`` is that of the file it was read in. A figure is part of ``sums`` when
its ``state`` is ``counted``; the other states say why it is not (`consolidation.figures.REASONS`).
Units stand in the order of the registry, answers in that of the letter; times are ISO 8601 in UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from campaigns.model import Campaign
from consolidation.collecting import UnitAnswers, unconfirmed
from consolidation.figures import Figure
from consolidation.findings import Findings
from consolidation.gathering import PlacedFact
from consolidation.submissions import Submission, last_day_on_time
from storage.records import Arrival, ReportRecord, StoredAnswer

SCHEMA = "baocao.answers/1"
_SECTIONS = ("units", "unknown_unit", "files", "sums", "figures", "difficulties", "proposals", "documents")


class JsonExport:
    """Add units, then units of no known sender, then files: the keys are written in that order."""

    def __init__(self, path: Path, campaign: Campaign, now: dt.datetime) -> None:
        self._file = path.open("wb")
        self._section: str | None = None
        self._first = True
        head = {
            "schema": SCHEMA,
            "campaign": {
                "id": campaign.id,
                "number": campaign.letter.number,
                "date": campaign.letter.date,
                "deadline": campaign.deadline.date,
                "last_day_on_time": last_day_on_time(campaign.deadline),
            },
            "generated_at": now.astimezone(dt.UTC),
        }
        self._file.write(msgspec.json.encode(head)[:-1])  # the closing brace comes with close()
        self._sections = iter(_SECTIONS)

    def add_unit(self, sent: UnitAnswers, submission: Submission | None, facts: Sequence[PlacedFact]) -> None:
        content = _content(sent) | {"numbers": [_number(fact) for fact in facts if fact.kind in ("count", "percent")]}
        if sent.unit is None or submission is None:
            self._write("unknown_unit", content)
            return
        unit = sent.unit
        self._write(
            "units",
            {
                "id": unit.id,
                "name": unit.name,
                "group": unit.group,
                "district": unit.district,
                "expected": unit.expected,
                "submission": {
                    "state": submission.state,
                    "days_late": submission.days_late,
                    "submitted_on": submission.submitted_on,
                    "basis": submission.basis,
                    "lacks": submission.lacks,
                    "appendix": submission.appendix,
                },
                **content,
            },
        )

    def add_file(self, arrival: Arrival, reading: ReportRecord | None) -> None:
        self._write(
            "files",
            {
                "name": arrival.name,
                "sha256": arrival.sha256,
                "state": arrival.state,
                "code": arrival.code,
                "message": arrival.message,
                "received_at": arrival.received_at,
                "unit": reading.unit_id if reading else None,
            },
        )

    def add_findings(self, findings: Findings) -> None:
        """What all units together say; after the last file."""
        for item, line in findings.by_item:
            names = ("budget", "socialised", "unsplit", "total", "upper", "aside")
            self._write("sums", {"item": item} | {name: getattr(line, name) for name in names})
        for figure in findings.figures:
            self._write("figures", _figure(figure))
        for section, folded in (("difficulties", findings.difficulties), ("proposals", findings.proposals)):
            for one in folded:
                said = [
                    {name: getattr(by, name) for name in ("unit", "text", "item", "file", "page")} for by in one.said
                ]
                self._write(section, {"topic": one.topic, "text": one.text, "units": len(one.units), "said": said})
        for document in findings.documents:
            known = {name: getattr(document, name) for name in ("number", "date", "kind", "units", "asked")}
            self._write("documents", known | {"other_dates": document.others})

    def close(self) -> None:
        self._open_until(None)
        self._file.write(b"\n}\n")
        self._file.close()

    def _write(self, section: str, value: dict[str, Any]) -> None:
        if self._section != section:
            self._open_until(section)
        self._file.write(b"\n" if self._first else b",\n")
        self._file.write(msgspec.json.encode(value))
        self._first = False

    def _open_until(self, section: str | None) -> None:
        """Close the open list and open the next, empty ones included, up to ``section`` (None: past the last)."""
        if self._section is not None:
            self._file.write(b"]")
        for name in self._sections:
            self._file.write(b',\n"%s": [' % name.encode())
            self._section, self._first = name, True
            if name == section:
                return
            self._file.write(b"]")
        if section is not None:
            raise ValueError(f"{section} comes too late")


def _content(sent: UnitAnswers) -> dict[str, Any]:
    reports: Iterable[ReportRecord] = sent.reports.versions if sent.reports else ()
    current = {report.id for report in sent.reports.current} if sent.reports else set()
    files = {report.id: report.sha256 for report in reports}
    return {
        "reports": [
            {
                "file": report.name,
                "sha256": report.sha256,
                "number": report.number,
                "date": report.letter_date,
                "received_at": report.received_at,
                "state": report.state,
                "in_force": report.id in current,
            }
            for report in reports
        ],
        "appendix": [{"item": a.item, "column": a.column, **_answer(a, files)} for a in sent.appendix],
        "narrative": [{"point": a.point, **_answer(a, files)} for a in sent.narrative],
    }


def _number(fact: PlacedFact) -> dict[str, Any]:
    return {
        "kind": fact.kind,
        "value": fact.value,
        "value_to": fact.value_to,
        "of": fact.unit,
        "item": fact.item,
        "column": fact.column,
        "point": fact.point,
        "sentence": fact.sentence,
        "sha256": fact.report.sha256,
        "provenance": fact.provenance,
    }


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "unit": one.unit.id if one.unit else None,
        "value": one.value,
        "upper": one.upper,
        "source": one.source,
        "item": one.item,
        "column": one.column,
        "year": one.year,
        "state": one.state,
        "note": one.note,
        "doubtful": one.doubtful,
        "sentence": one.sentence,
        "sha256": one.report.sha256,
        "provenance": one.provenance,
    }


def _answer(answer: StoredAnswer, files: dict[int, str]) -> dict[str, Any]:
    return {
        "status": answer.status,
        "text": answer.text,
        "confidence": answer.confidence,
        "unconfirmed": unconfirmed(answer),
        "author": answer.author,
        "sha256": files[answer.report_id],
        "provenance": answer.provenance,
    }
