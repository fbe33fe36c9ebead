"""A gold report as its author meant it: what is drawn, in order, and the truth that follows.

One YAML file per report. ``body`` is one paragraph a line with the marks of ``samples/content.py`` (``=``, ``=i``,
``#``, ``##``, ``#~``, ``1~`` ..., and ``c`` for a centred line) and these directives, each alone on a line:

==============================  =====================================================================
``@point ID[?] [STATUS]``       the lines that follow answer this point (``?``: may be found, need not)
``@cell ITEM COL[?] [STATUS]``  the lines that follow answer this item and column, told without a table
``@end``                        ends a point or cell
``@form NAME``                  draws ``forms: NAME`` (`forms.py`)
``@table NAME``                 draws ``tables: NAME``, rows of strings; nothing in it is an answer
``@drawn NAME``                 draws ``drawn: NAME``: ``rows`` as they stand (``^``, ``<`` join places), ``head`` rows,
                                and ``wants``, each ``[item, column, text or pieces, heads that may stand in it]``
``@letter [N]``                 the letter that was answered, whole or its first N lines
``@page`` ``@wide`` ``@tall``   page break; new landscape or portrait section
``@sheet NAME``                 next sheet of a workbook
``@signature``                  receivers and signature
==============================  =====================================================================

In any text ``{{b 1250000000: 1,25 tỷ đồng}}`` is a sum from the budget, ``{{s ...}}`` socialised, ``{{u ...}}`` of no
named source; of a range (``2000000-3000000``) the lower end counts. ``$subject`` stands for the letterhead's subject.
In a line ``LABEL :: text`` the label is the form's own; so is a bullet that opens an answer and ends with a colon.
A cell begins with ``!none``, ``!not_yet``, ``!ref`` or
``!blank`` where it does not answer; ``COL`` may be several columns joined by ``/``, any of which is a right place.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

import campaigns
from campaigns.model import Campaign
from samples.content import DASH, ROMAN, STATUSES, Content, Line, plain
from samples.grid import Grid, GridCell

HERE = Path(__file__).parent
HALVES = ("dev", "test")
MONEY = re.compile(r"\{\{([bsu]) (\d+)(?:-\d+)?: (.*?)\}\}")
NOTE = re.compile(r"\{\{note: (.*?)\}\}")
SOURCES = {"b": "budget", "s": "socialised", "u": None}
FIELDS = ("issuer", "parent", "number", "place", "date", "subject", "signer", "signer_title")
LISTS = ("#~", "1~", "a~", "-~", "##~")


@dataclass(frozen=True)
class Want:
    """One answer a reader must find: ``places`` are (item, column) or (point,), any of which is right.

    ``parts``: its text, in one piece or in the pieces of split columns; ``optional``: neither asked nor wrong;
    ``heads``: heads of split columns or, for a point, headings: they may stand in its text or be left out.
    """

    places: tuple[tuple[Any, ...], ...]
    status: str
    parts: tuple[str, ...]
    optional: bool = False
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Break:
    """``page``, ``wide``, ``tall``, ``sheet`` (with its name) or ``signature``."""

    kind: str
    name: str = ""


@dataclass
class Gold:
    """A whole report. ``own``: the texts that the unit wrote itself, without the form's words and the letterhead."""

    key: str
    kind: str
    half: str
    campaign: Campaign
    content: Content
    blocks: list[Line | Grid | Break] = field(default_factory=list)
    wants: list[Want] = field(default_factory=list)
    money: list[tuple[int, str | None]] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    style: dict[str, Any] = field(default_factory=dict)

    @property
    def raw(self) -> dict[str, Any]:
        return self.content.raw

    @property
    def unit(self) -> str | None:
        return self.raw["unit"]

    def say(self, text: object, own: bool = True) -> str:
        """``text`` as printed; its sums join the truth, and the text joins what the unit wrote."""
        marked = str(text)
        self.money += [(int(value), SOURCES[source]) for source, value, _ in MONEY.findall(marked)]
        shown = MONEY.sub(lambda found: found[3], marked)
        if own:
            self.own += [plain(shown), *NOTE.findall(shown)]
        return shown


def load_all(half: str) -> list[Gold]:
    return [load(path) for path in sorted((HERE / half).glob("*.yaml"))]


def load(path: Path) -> Gold:
    """Read one report and draw its forms."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    campaign = campaigns.load(raw.get("campaign", "2542-SGDDT-GDTrH"))
    raw["letterhead"] = {"signer": None, "signer_title": None, **raw.pop("head")}
    content = Content(key=path.stem, file=raw["file"], writer=raw["writer"], raw=raw)
    gold = Gold(path.stem, raw["kind"], path.parent.name, campaign, content, style=raw.get("layout", {}))
    if gold.unit is not None and campaign.unit(gold.unit) is None:
        raise ValueError(f"{path.name}: no unit {gold.unit}")
    _Body(gold).read(raw.get("body", ""))
    return gold


def said(value: object) -> tuple[str, str]:
    """Status and text of one cell, as in the samples."""
    text = "" if value is None else str(value).strip()
    if not text:
        return "no_answer", ""
    if text in ("-", "–", "/"):
        return DASH, text
    mark, _, rest = text.partition(" ")
    return (STATUSES[mark], rest.strip()) if mark in STATUSES else ("answered", text)


class _Body:
    """Reads the body once, line by line."""

    def __init__(self, gold: Gold) -> None:
        self.gold = gold
        self.counts = {"#": 0, "1": 0, "a": 0, "-": 0}
        self.open: tuple[tuple[tuple[Any, ...], ...], str, bool] | None = None
        self.texts: list[str] = []
        self.heads: list[str] = []

    def read(self, body: str) -> None:
        subject = str(self.gold.raw["letterhead"].get("subject"))
        lines = [line.strip().replace("$subject", subject) for line in body.splitlines() if line.strip()]
        for text, after in zip(lines, [*lines[1:], ""], strict=True):
            if text.startswith("@"):
                self._directive(text[1:].split(maxsplit=1))
            else:
                self._line(text, leads=after.startswith(("@point", "@cell")))
        self._close()
        self.gold.wants = [
            replace(want, heads=tuple(self.heads)) if len(want.places[0]) == 1 else want for want in self.gold.wants
        ]

    def _directive(self, words: list[str]) -> None:
        name, rest = words[0], words[1] if len(words) > 1 else ""
        if name in ("point", "cell", "end"):
            self._close()
            if name != "end":
                self._open(name, rest.split())
        elif name == "form":
            from benchmarks.gold import forms  # noqa: PLC0415 - forms draw into what this module defines

            forms.draw(self.gold, self.gold.raw["forms"][rest])
        elif name == "table":
            rows = [[self.gold.say(text) for text in row] for row in self.gold.raw["tables"][rest]]
            self.gold.blocks.append(matrix(rows, 1))
            self.texts += [" ".join(row) for row in rows] if self.open else []
        elif name == "drawn":
            self._drawn(self.gold.raw["drawn"][rest])
        elif name == "letter":
            lines = [line.strip() for line in self.gold.campaign.letter_text.splitlines() if line.strip()]
            self.gold.blocks += [Line("text", line) for line in lines[: int(rest) if rest else None]]
        elif name in ("page", "wide", "tall", "sheet", "signature"):
            self.gold.blocks.append(Break(name, rest))
        else:
            raise ValueError(f"{self.gold.key}: @{name}")

    def _drawn(self, table: dict[str, Any]) -> None:
        rows = [[self.gold.say(said(text)[1], own=False) for text in row] for row in table["rows"]]
        self.gold.blocks.append(matrix(rows, table.get("head", 1), tuple(table.get("widths", ()))))
        printed = Counter(plain(text) for row in rows for text in row)
        for item, column, text, *heads in table["wants"]:
            told = [said(piece) for piece in (text if isinstance(text, list) else [text])]
            kinds = {status for status, _ in told}
            parts = tuple(MONEY.sub(lambda found: found[3], piece) for _, piece in told)
            places = tuple((item, name) for name in column.split("/"))
            status = kinds.pop() if len(kinds) == 1 else "answered"
            self.gold.wants.append(Want(places, status, parts, heads=tuple(*heads)))
            for part in map(plain, parts):  # one text that answers several items was written once
                if part not in printed or printed[part] > 0:
                    self.gold.own.append(part)
                    printed[part] -= 1

    def _open(self, name: str, words: list[str]) -> None:
        optional = words[-1].endswith("?") or (len(words) > 1 and words[-2].endswith("?"))
        words = [word.rstrip("?") for word in words]
        if name == "point":
            places: tuple[tuple[Any, ...], ...] = tuple((point,) for point in words[0].split("/"))
        else:
            places = tuple((int(words[0]), column) for column in words[1].split("/"))
        rest = words[1 if name == "point" else 2 :]
        self.open, self.texts = (places, rest[0] if rest else "answered", optional), []

    def _close(self) -> None:
        if self.open:
            places, status, optional = self.open
            held = next((want for want in self.gold.wants if want.places == places), None)
            parts = ("\n".join(self.texts),)
            if held:
                self.gold.wants.remove(held)
                parts = ("\n".join([*held.parts, *parts]),)
            self.gold.wants.append(Want(places, status, parts, optional))
        self.open = None

    def _line(self, text: str, leads: bool) -> None:
        """One paragraph; ``leads``: an answer opens after it, so that a heading here is a title and no answer."""
        mark, _, rest = text.partition(" ")
        kind = {"=": "title", "=i": "subtitle", "#": "heading", "##": "subheading", "c": "centre"}.get(mark, "text")
        auto = label = ""
        if mark in LISTS:
            auto = "1" if mark == "##~" else mark[0]
            kind = {"#~": "heading", "##~": "subheading"}.get(mark, "text")
            label = self._label(auto)
        elif kind == "text":
            rest = text
        heading = kind in ("heading", "subheading")
        opens = self.open is not None and not self.texts
        bullet = kind == "text" and mark in ("-", "+", "*") and text.endswith(":") and opens
        title = (heading and (leads or opens)) or bullet
        self.heads += [f"{label} {plain(rest)}".strip()] if heading or bullet else []
        form, split, tail = rest.partition(" :: ")
        if split:
            rest = f"{form} {self.gold.say(tail)}"
            told = plain(rest.removeprefix(form)).strip()
        else:
            rest = self.gold.say(
                rest, own=not (title or kind in ("title", "subtitle") or (kind == "centre" and rest[0] == "("))
            )
            told = f"{label} {plain(rest)}".strip()
        if self.open and not title:
            self.texts.append(told)
        self.gold.blocks.append(Line(kind, rest, auto=auto, label=label))

    def _label(self, auto: str) -> str:
        self.counts[auto] += 1
        for lower in {"#": "1a", "1": "a"}.get(auto, ""):
            self.counts[lower] = 0
        number = self.counts[auto]
        return {"#": f"{ROMAN[min(number, 10) - 1]}.", "1": f"{number}.", "a": f"{'abcdefghijklmn'[number - 1]})"}.get(
            auto, "-"
        )


def matrix(rows: list[list[Any]], head: int, widths: tuple[float, ...] = (), centre: tuple[int, ...] = ()) -> Grid:
    """Rows of texts as a grid; ``^`` joins a place to the cell above it, ``<`` to the cell on its left."""
    columns = max(len(row) for row in rows)
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    cells = []
    for r, row in enumerate(full):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            wide = 1
            while c + wide < columns and row[c + wide] == "<":
                wide += 1
            tall = 1
            while r + tall < len(full) and full[r + tall][c] == "^":
                tall += 1
            cells.append(GridCell(r, c, text, tall, wide, head=r < head, centre=r < head or c in centre))
    return Grid(len(full), columns, head, widths or (1.0,) * columns, tuple(cells))
