"""A report as its author meant it: letterhead, body, appendix, and the truth that follows from them.

A report is one YAML file in ``reports/``. Its ``body`` is one paragraph a line, with marks at the line's start:

=====================  =========================================================================
``= text``             centred bold line (type of document)
``=i text``            centred bold-italic line (subject under it)
``# text``             bold heading; ``## text`` bold-italic heading
``#~ text``            heading with an automatic number; ``1~ text``, ``a~ text``, ``-~ text`` list items likewise
``@point ID``          the lines that follow answer this point; ``@point ID none := Không có`` says status and text
``@point``             ends a point
``@table NAME``        a table from ``tables:``
``@page``              page break
``@damage KIND``       the lines that follow reached us damaged (``@damage`` ends it)
=====================  =========================================================================

Inside a line ``{{note: text}}`` is a footnote, ``{{+text+}}`` a tracked insertion, ``{{-text-}}`` a tracked deletion.
An appendix cell is its text; ``!none``, ``!not_yet`` or ``!ref`` before it tells another status than ``answered``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

COLUMNS = ("directives", "results", "development", "funding", "challenges", "proposals")
STATUSES = {"!none": "none", "!not_yet": "not_yet", "!ref": "by_reference", "!blank": "no_answer"}
DASH = "none"
"""What a lone dash says: in Vietnamese statistical tables "-" means that the thing did not occur (... is "no data")."""
INLINE = re.compile(r"\{\{(note: |\+|-)(.*?)(?:\+|-)?\}\}")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True)
class Line:
    """One paragraph. ``kind``: text, title, subtitle, heading, subheading, table, page.

    ``auto`` names its automatic list (``#``, ``1``, ``a``, ``-``) and ``label`` the number that list shows.
    """

    kind: str
    text: str
    auto: str = ""
    label: str = ""
    point: str = ""
    damage: str = ""

    @property
    def visible(self) -> str:
        """The text a reader sees once tracked changes are accepted, without footnotes."""
        return plain(self.text)


@dataclass(frozen=True)
class Cell:
    text: str
    status: str


@dataclass
class Content:
    """A whole report. ``raw`` keeps the YAML for the options that only one writer knows."""

    key: str
    file: str
    writer: str
    raw: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    appendix: dict[int, dict[str, Cell]] = field(default_factory=dict)
    points: dict[str, Cell] = field(default_factory=dict)

    @property
    def letterhead(self) -> dict[str, Any]:
        return self.raw["letterhead"]

    def option(self, name: str, default: Any = None) -> Any:
        return self.raw.get("layout", {}).get(name, default)


def plain(text: str) -> str:
    """``text`` without footnotes and tracked deletions."""
    return INLINE.sub(lambda m: m[2] if m[1] == "+" else "", text)


def pieces(text: str) -> list[tuple[str, str]]:
    """``text`` as (kind, text) runs; kind is ``text``, ``note``, ``ins`` or ``del``."""
    runs: list[tuple[str, str]] = []
    at = 0
    for match in INLINE.finditer(text):
        if match.start() > at:
            runs.append(("text", text[at : match.start()]))
        runs.append(({"note: ": "note", "+": "ins", "-": "del"}[match[1]], match[2]))
        at = match.end()
    if at < len(text):
        runs.append(("text", text[at:]))
    return runs


def load(path: Path) -> Content:
    """Read one YAML report."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    content = Content(key=path.stem, file=raw["file"], writer=raw["writer"], raw=raw)
    content.lines, content.points = _body(raw.get("body", ""), raw.get("tables", {}))
    for item, cells in raw.get("appendix", {}).items():
        unknown = set(cells) - set(COLUMNS)
        if unknown:
            raise ValueError(f"{path.name}: item {item} has unknown columns {unknown}")
        content.appendix[item] = {column: cell(cells.get(column, "")) for column in COLUMNS}
    return content


def cell(value: object) -> Cell:
    """``!none Không có`` → status none and its text; an empty value was asked and left blank."""
    text = str(value or "").strip()
    if not text:
        return Cell("", "no_answer")
    if text in ("-", "–"):
        return Cell(text, DASH)
    mark, _, rest = text.partition(" ")
    if mark in STATUSES:
        return Cell(rest.strip(), STATUSES[mark])
    return Cell(text, "answered")


def _label(auto: str, count: int) -> str:
    if auto == "#":
        return f"{ROMAN[count - 1]}."
    if auto == "1":
        return f"{count}."
    if auto == "a":
        return f"{'abcdefghijklmn'[count - 1]})"
    return "-"


def _body(body: str, tables: dict[str, Any]) -> tuple[list[Line], dict[str, Cell]]:
    lines: list[Line] = []
    points: dict[str, Cell] = {}
    said: dict[str, list[str]] = {}
    counts = {"#": 0, "1": 0, "a": 0, "-": 0}
    point = damage = ""
    for raw in body.splitlines():
        text = raw.strip()
        if not text:
            continue
        if text.startswith("@point"):
            head, _, override = text.partition(":=")
            words = head.split()
            point = words[1] if len(words) > 1 else ""
            if point:
                said.setdefault(point, [])
                status = words[2] if len(words) > 2 else "answered"
                points[point] = Cell(override.strip(), status)
            continue
        if text.startswith("@damage"):
            damage = text.removeprefix("@damage").strip()
            continue
        if text.startswith("@table"):
            lines.append(Line("table", text.split()[1], point=point))
            if point:
                table = tables[text.split()[1]]
                said[point] += [" ".join(row) for row in (table["head"], *table["rows"])]
            continue
        if text == "@page":
            lines.append(Line("page", ""))
            continue
        mark, _, rest = text.partition(" ")
        kind = {"=": "title", "=i": "subtitle", "#": "heading", "##": "subheading"}.get(mark, "text")
        auto = label = ""
        if mark in ("#~", "1~", "a~", "-~", "##~"):
            auto = "1" if mark == "##~" else mark[0]
            kind = {"#~": "heading", "##~": "subheading"}.get(mark, "text")
            counts[auto] += 1
            if auto == "#":
                counts["1"] = 0
            if auto != "-":
                counts["a"] = counts["a"] if auto == "a" else 0
            label = _label(auto, counts[auto])
        elif kind == "text":
            rest = text
        line = Line(kind, rest, auto=auto, label=label, point=point, damage=damage)
        if point and not (kind in ("heading", "subheading") and not said[point]):
            said[point].append(f"{label} {line.visible}".strip())
        lines.append(line)
    for name, lines_said in said.items():
        if not points[name].text and points[name].status == "answered":
            points[name] = Cell("\n".join(lines_said), "answered")
    return lines, points
