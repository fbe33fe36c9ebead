"""Text of one point, or of one place of the appendix told without a table, as the lines that make it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from extractors.understanding.ground.lines import Line


@dataclass(slots=True)
class Stretch:
    """``headings`` lead to the text, ``lines`` are it; ``inline``: line key → what its heading is followed by."""

    headings: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    inline: dict[int, str] = field(default_factory=dict)
    confidence: float = 0.0
    opened: int | None = None

    def reopen(self, depth: int) -> None:
        """A second heading of the same rank names only a part of the answer, and so did the first: it is kept too."""
        if self.opened == depth:
            self.lines = [*self.headings, *self.lines]
            self.headings = []
            self.inline.clear()
        self.opened = None

    def text(self, rows: Mapping[int, tuple[int, int]]) -> str:
        """The stretch as text, one line a line, table rows as ``a | b``, without a heading's words before its colon.

        ``rows``: line key → (table, row).
        """
        said: list[str] = []
        place = None
        for line in self.lines:
            text = (self.inline.get(line.key) or line.full).strip()
            if not text:
                continue
            if rows.get(line.key) is not None and rows.get(line.key) == place:
                said[-1] += f" | {text}"
            else:
                said.append(text)
            place = rows.get(line.key)
        return "\n".join(said)


@dataclass(slots=True)
class Narrative:
    """Point id → its text; (item, column) → its text."""

    points: dict[str, Stretch] = field(default_factory=dict)
    places: dict[tuple[int, str], Stretch] = field(default_factory=dict)
