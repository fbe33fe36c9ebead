"""One answer table being drawn: contents, an officer's words, and the truth told as each answer is set down."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

from benchmarks.gold.content import MONEY, Gold, Want, matrix, said
from samples.content import Line

EXTRA = "extra"
"""Id of a column that the letter does not ask for."""
PIECE = re.compile(r"(?<=[a-zà-ỹ0-9%)][.;]) +(?=[A-ZĐÀ-Ỹ+-])|\n")

Answers = dict[int, dict[str, tuple[str, str]]]
"""Item → column → status and text, with the marks of money still in it."""


@dataclass
class Officer:
    """Heads by column, names by item, and the head over the names, as one officer words them."""

    key: str
    subject: str
    columns: dict[str, str]
    items: dict[int, str]


@dataclass
class Draft:
    """What a layout draws from, and the report it draws into.

    ``items`` and ``columns`` in the order to draw them; ``blanks``: a place without an answer is drawn blank, else it
    is left out where the layout can; ``lead``: ``stt`` (numbers in a column of their own), ``joined`` or ``none``;
    ``running``: items are counted from 1 rather than numbered as in the letter; ``over``, ``groups``: heads over
    columns and items that belong together.
    """

    gold: Gold
    chance: random.Random
    officer: Officer
    answers: Answers
    items: list[int]
    columns: list[str]
    blanks: bool
    lead: str
    running: bool
    extra: tuple[str, list[str]] = ("", [])
    over: list[dict[str, list[str]]] = field(default_factory=list)
    groups: dict[str, list[int]] = field(default_factory=dict)
    told: dict[tuple[tuple[Any, ...], ...], str] = field(default_factory=dict)

    # -- words

    def head(self, column: str) -> str:
        return self.extra[0] if column == EXTRA else self.officer.columns[column]

    def label(self, column: str) -> str:
        """The first clause of the head, for what cannot carry a long one."""
        return re.split("[:;.]", self.head(column))[0].strip()

    def number(self, item: int) -> str:
        return str(self.items.index(item) + 1 if self.running else item)

    def name(self, item: int) -> str:
        """The item's name, with its number before it unless that stands in a column of its own."""
        name = self.officer.items[item]
        return f"{self.number(item)}. {name}" if self.lead == "joined" else name

    def title(self, item: int) -> str:
        """The item's name where there is no column of numbers."""
        name = self.officer.items[item]
        return name if self.lead == "none" else f"{self.number(item)}. {name}"

    def leads(self) -> list[str]:
        return ["STT", self.officer.subject] if self.lead == "stt" else [self.officer.subject]

    def lead_cells(self, item: int) -> list[str]:
        return [self.number(item), self.name(item)] if self.lead == "stt" else [self.name(item)]

    # -- answers

    def has(self, item: int, column: str) -> bool:
        if column == EXTRA:
            return bool(self._extra(item))
        return column in self.answers.get(item, {})

    def shown(self, item: int) -> list[str]:
        """The columns that are drawn for ``item`` where a place without an answer may be left out."""
        return [column for column in self.columns if self.blanks or self.has(item, column)]

    def asked(self) -> list[str]:
        return [column for column in self.columns if column != EXTRA]

    def cell(self, item: int, column: str, flat: str = "", without: str = "") -> str:
        """The answer as printed, which is wanted from now on.

        ``flat`` takes the place of line breaks and bullets; ``without`` stands nowhere in it.
        """
        if column == EXTRA:
            return self.gold.say(self._extra(item))
        status, text = self.answers.get(item, {}).get(column, ("no_answer", ""))
        if flat and status == "answered":
            text = flat.join(line.lstrip("-+ ").rstrip(" ;") for line in text.splitlines())
        if without:
            text = text.replace(without, ", ")
        return self.want(((item, column),), status, (text,))[0]

    def want(
        self, places: tuple[tuple[int, str], ...], status: str, parts: tuple[str, ...], heads: tuple[str, ...] = ()
    ) -> list[str]:
        """Print ``parts`` and join them to the truth; a place is told once."""
        if places in self.told:
            raise ValueError(f"{self.gold.key}: {places} drawn twice")
        printed = [self.gold.say(part) for part in parts]
        self.told[places] = "\n".join(printed)
        if status != "no_answer":
            clean = tuple(MONEY.sub(lambda found: found[3], part) for part in parts if part)
            self.gold.wants.append(Want(places, status, clean, heads=heads))
        return printed

    def also(self, item: int, column: str, source: int) -> None:
        """The answer of ``source`` holds for ``item`` too, without being printed again."""
        status, text = self.answers.get(source, {}).get(column, ("no_answer", ""))
        if column != EXTRA and status != "no_answer":
            clean = MONEY.sub(lambda found: found[3], text)
            self.gold.wants.append(Want(((item, column),), status, (clean,)))

    def pieces(self, item: int, column: str, count: int, heads: tuple[str, ...]) -> list[str]:
        """The answer in so many cells, whole sentences each; the first ones are blank where there are too few."""
        status, text = self.answers.get(item, {}).get(column, ("no_answer", ""))
        found = [one for one in PIECE.split(text) if one.strip()]
        size = -(-len(found) // count) if found else 1
        told = ["\n".join(found[at : at + size]) for at in range(0, len(found), size)]
        parts = [*[""] * (count - len(told)), *told]
        return self.want(((item, column),), status, tuple(parts), heads)

    def _extra(self, item: int) -> str:
        return self.extra[1][item % len(self.extra[1])] if self.extra[1] else ""

    # -- blocks

    def line(self, text: str, kind: str = "text") -> None:
        self.gold.blocks.append(Line(kind, text))

    def table(self, rows: list[list[str]], head: int = 1, widths: tuple[float, ...] = ()) -> None:
        self.gold.blocks.append(matrix(rows, head, widths))

    def widths(self, columns: int) -> tuple[float, ...]:
        """Of a table with the lead cells before so many columns."""
        return (*((0.4, 1.5) if self.lead == "stt" else (1.5,)), *(1.3,) * columns)


def answers(held: dict[int, dict[str, Any]]) -> Answers:
    """Loaded answers by status and text; what points elsewhere is left out, as shapes change what stands above.

    Bare figures, which lived by heads and measures that are not drawn here, are told with source and measure.
    """
    found: Answers = {}
    for item, cells in held.items():
        for column, value in (cells or {}).items():
            told = [said(piece) for piece in (value if isinstance(value, list) else [value])]
            told = [(status, _measured(text)) for status, text in told if status not in ("no_answer", "by_reference")]
            if len(told) > 1:
                told = [one for one in told if one[0] == "answered"] or told[:1]
            if told := [one for one in told if any(map(str.isalpha, one[1])) or one[0] != "answered"]:
                found.setdefault(item, {})[column] = (told[0][0], "\n".join(text for _, text in told))
    return found


def _measured(text: str) -> str:
    """``{{b 315000000: 315}}`` with its source and measure; any other text as it is."""
    mark = MONEY.fullmatch(text)
    if mark is None or any(map(str.isalpha, mark[3])):
        return text
    figure = float(mark[3].replace(".", "").replace(",", ".")) or 1.0
    measure = {0: "đồng", 3: "nghìn đồng", 6: "triệu đồng", 9: "tỷ đồng"}
    name = next((name for power, name in measure.items() if round(int(mark[2]) / figure) == 10**power), "")
    source = {"b": "Ngân sách", "s": "Xã hội hóa", "u": "Kinh phí"}[mark[1]]
    return f"{source} {text} {name}" if name else ""
