"""Reports in their officers' own words: which paragraph answers which point, and what answers none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from extractors.document import Block
from extractors.report import Report
from extractors.understanding.ground.folding import squeeze
from tests.understanding.builders import p, read, table

_LINE = re.compile(r"(?P<point>-|a|\d{1,2})(?P<bold>\*?) (?P<text>.*)")
SIGNED = ("HIỆU TRƯỞNG", "Nguyễn Văn Bình")


@dataclass
class Told:
    """A report and its truth: ``wants`` maps points to their texts."""

    name: str
    group: str
    blocks: list[Block] = field(default_factory=list)
    wants: dict[str, str] = field(default_factory=dict)

    def want(self, point: str, text: str) -> None:
        if point.isdigit():
            key = f"{self.group}.{point}"
            self.wants[key] = f"{self.wants[key]}\n{text}" if key in self.wants else text


def reports(half: str) -> Iterator[Told]:
    text = (Path(__file__).parent / "point_reports.txt").read_text(encoding="utf-8")
    for part in text.split("\n=== ")[1:]:
        head, *lines = [line for line in part.splitlines() if line.strip()]
        kind, issuer, parent = (one.strip() for one in head.split("|"))
        name, group = kind.split(": ")
        if name == half:
            yield _report(f"{issuer}, {parent}", group, issuer, parent, lines)


def _report(name: str, group: str, issuer: str, parent: str, lines: list[str]) -> Told:
    told = Told(name, group)
    left = f"{parent}\n{issuer}\nSố: 45/BC"
    right = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nHồ Chí Minh, ngày 02 tháng 5 năm 2024"
    told.blocks += [table([[left, right]], block="head"), p("BÁO CÁO", bold=True, align="center")]
    matches = [match for line in lines if (match := _LINE.fullmatch(line))]
    assert len(matches) == len(lines)
    for at, (rows, run) in enumerate(groupby(matches, key=lambda one: one["text"].startswith("|"))):
        if rows:
            cells = [(one["point"], [cell.strip() for cell in one["text"].strip("| ").split(" | ")]) for one in run]
            told.blocks.append(table([row for _, row in cells], block=f"table[{at}]"))
            for point, row in cells:
                told.want(point, " | ".join(row))
            continue
        for one in run:
            heading, parted, answer = one["text"].partition("~")
            told.blocks.append(p(heading + answer, bold=bool(one["bold"])))
            told.want(one["point"], answer.strip() if parted else one["text"])
    told.blocks += [p(line, bold=True, align="center") for line in SIGNED]
    return told


def differences(told: Told, report: Report) -> list[str]:
    """What ``report`` tells otherwise than the truth, one line a point."""
    got = {answer.point: answer.text for answer in report.narrative if answer.status != "no_answer"}
    found = [] if report.unit.group == told.group else [f"group: {report.unit.group}"]
    for point in sorted({*told.wants, *got}):
        want, said = squeeze(told.wants.get(point, "")), squeeze(got.get(point, ""))
        if want != said:
            found.append(f"{point}\n   want {want!r}\n   got  {said!r}")
    return found


def same(half: str) -> tuple[int, int, int, list[str]]:
    """Points with the right text, given and asked, and every difference."""
    right = given = asked = 0
    errors: list[str] = []
    for told in reports(half):
        report = read(*told.blocks)
        wrong = differences(told, report)
        got = {answer.point: squeeze(answer.text) for answer in report.narrative if answer.status != "no_answer"}
        right += sum(got.get(point) == squeeze(want) for point, want in told.wants.items())
        given, asked = given + len(got), asked + len(told.wants)
        errors += [f"{told.name}: {one}" for one in wrong]
    return right, given, asked, errors


def test_each_paragraph_answers_its_point() -> None:
    right, given, asked, errors = same("learn")
    assert (right, given) == (asked, asked), "\n".join(errors)
