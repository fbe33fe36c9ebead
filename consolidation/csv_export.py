"""``answers.csv``: one line an answer, for spreadsheets and scripts; UTF-8 with a byte order mark, as Excel wants it.

A text that a spreadsheet would take for a formula is preceded by an apostrophe; ``answers.json`` has it untouched.
"""

from __future__ import annotations

import csv
from pathlib import Path

from consolidation.collecting import UnitAnswers, unconfirmed
from consolidation.tables import FORMULA_STARTS, legal
from consolidation.words import blocks, pages

FIELDS = (
    "unit_id", "unit", "group", "kind", "item", "column", "point", "status", "text", "confidence", "unconfirmed",
    "author", "author_name", "file", "sha256", "pages", "blocks",
)  # fmt: skip


class CsvExport:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(FIELDS)

    def add_unit(self, sent: UnitAnswers) -> None:
        unit = sent.unit
        for answer in (*sent.appendix, *sent.narrative):
            report = sent.report(answer.report_id)
            self._writer.writerow(
                [
                    unit.id if unit else "",
                    _safe(unit.name) if unit else "",
                    unit.group if unit else "",
                    answer.kind,
                    answer.item,
                    answer.column,
                    answer.point,
                    answer.status,
                    _safe(answer.text),
                    answer.confidence,
                    int(unconfirmed(answer)),
                    answer.author,
                    _safe(answer.author_name) if answer.author_name else "",
                    _safe(report.name),
                    report.sha256,
                    pages(answer.provenance),
                    _safe(blocks(answer.provenance)),
                ]
            )

    def close(self) -> None:
        self._file.close()


def _safe(text: str) -> str:
    clean = legal(text)
    return "'" + clean if clean.lstrip(" ").startswith(FORMULA_STARTS) else clean
