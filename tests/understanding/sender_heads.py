"""Invented heads of reports by clerks of many habits: drawn, read and scored.

``python -m tests.understanding.sender_heads`` lists every error of the half ``dev``, with ``learn`` of that half; with
``test`` and ``judge`` it says totals only.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from extractors.document import Block
from extractors.report import Report
from tests.understanding.builders import p, read, table

FIELDS = ("issuer", "parent", "number", "place", "date", "subject", "signer", "signer_title")
FILES = ("sender_heads.yaml", "sender_closings.yaml")
SURE = 0.8
ALIGN = {"=": "center", "^": "center", ">": "right"}
BODY = (
    p("I. Kết quả thực hiện", bold=True),
    p("Đã tập huấn cho toàn thể giáo viên về dạy học trực tuyến, có phòng máy và đường truyền ổn định."),
    p("II. Khó khăn, vướng mắc", bold=True),
    p("Thiết bị xuống cấp, thiếu nhân viên công nghệ thông tin."),
    p("III. Kiến nghị", bold=True),
    p("Đề nghị cấp thêm kinh phí."),
)


@dataclass
class Totals:
    """Counts of a half: reports, units right, units wrongly named with confidence, and fields right of those asked."""

    reports: int = 0
    units: int = 0
    sure_wrong: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        fields = ", ".join(f"{name} {self.right[name]}/{self.asked[name]}" for name in FIELDS)
        total = f"letterhead {self.right.total()}/{self.asked.total()} ({self.right.total() / self.asked.total():.3f})"
        return f"unit {self.units}/{self.reports}, sure and wrong {self.sure_wrong}, {total}: {fields}"


def cases(half: str) -> list[dict[str, Any]]:
    return [
        {**case, "nth": nth}
        for file in FILES
        for nth, case in enumerate(yaml.safe_load(Path(__file__).with_name(file).read_text(encoding="utf-8")), start=1)
        if case["half"] == half
    ]


def blocks_of(case: dict[str, Any]) -> Iterator[Block]:
    """Paragraphs and tables; every fourth report draws one table row a line, as some clerks do."""
    rows: list[list[str]] = []
    for line in [*case["text"].splitlines(), None]:
        if line is not None and "||" in line:
            rows.append([place.strip() for place in line.split("||")])
            continue
        if rows:
            places = max(map(len, rows))
            rows = [row + [""] * (places - len(row)) for row in rows]
            yield table(
                rows if case["nth"] % 4 == 3 else [["\n".join(column).strip() for column in zip(*rows, strict=True)]]
            )
            rows = []
        if line == "...":
            yield from BODY
        elif line is not None and line[:1] in ALIGN:
            yield p(line[2:], bold=line[0] == "=", align=ALIGN[line[0]])
        elif line:
            yield p(line.removeprefix("* "), bold=line.startswith("* "))


def fold(value: object) -> str:
    return " ".join(str(value or "").split()).casefold()


def score(half: str) -> Totals:
    totals = Totals()
    for case in cases(half):
        report = read(*blocks_of(case), name=case["file"])
        name = f"{case['nth']} {case['file']}"
        totals.reports += 1
        unit = report.unit
        totals.units += unit.id == case["unit"]
        totals.sure_wrong += unit.id not in (None, case["unit"]) and unit.confidence >= SURE
        if unit.id != case["unit"]:
            best = ", ".join(f"{one.id} {one.confidence:.2f}" for one in unit.candidates[:3])
            totals.errors.append(f"{name}: unit: want {case['unit']}, got {unit.id} {unit.confidence:.2f} of {best}")
        _letterhead(case, report, name, totals)
    return totals


def _letterhead(case: dict[str, Any], report: Report, name: str, totals: Totals) -> None:
    for what in FIELDS:
        if what in case.get("unasked", ()):
            continue
        told = case["want"].get(what)
        wants = [fold(one) for one in (told if isinstance(told, list) else [told])]
        got = fold(getattr(report.letterhead, what))
        if what == "number":  # a space in it is the typist's
            wants, got = [one.replace(" ", "") for one in wants], got.replace(" ", "")
        right = got in wants or (what == "signer_title" and any(one and got.endswith(one) for one in wants))
        totals.asked[what] += 1
        totals.right[what] += right
        if not right:
            totals.errors.append(f"{name}: {what}: want {told!r}, got {getattr(report.letterhead, what)!r}")


if __name__ == "__main__":
    half = sys.argv[1] if len(sys.argv) > 1 else "dev"
    found = score(half)
    if half in ("dev", "learn"):
        print(*found.errors, sep="\n")
    print(found)
