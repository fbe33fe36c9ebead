"""Sums whose source another sentence tells: before them, after them, by the line above or by the name of a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from extractors.document import Provenance
from extractors.report import FactKind, FundingSource
from extractors.understanding.figures.by_thing import names_it, things_paid
from extractors.understanding.figures.funding import TOTAL
from extractors.understanding.figures.pointing import (
    details,
    given_by,
    notes_source,
    of_lines_above,
    opens,
    out_of_it,
    points_back,
    spread,
)
from extractors.understanding.ground.folding import fold

if TYPE_CHECKING:
    from spacy.tokens import Span


class Said(NamedTuple):
    """A figure of one sentence, before its place in the report is added."""

    kind: FactKind
    value: int | float | str
    unit: str | None
    source: FundingSource | None = None
    upper: int | None = None
    before: str = ""
    """Of a sum: the words between it and the sum before it, small."""


Sentence = tuple[str, tuple[Provenance, ...], Said]
"""A figure with its sentence and where that stands."""


class Paragraphs:
    """The figures of one text, sentence by sentence; those told may get their source from one that comes later."""

    def __init__(self) -> None:
        self.above: list[list[list[Sentence]]] = []
        self.paragraph: list[list[Sentence]] = []
        self.topic: FundingSource | None = None
        self.lead: FundingSource | None = None

    def next_line(self) -> None:
        self.above.append(self.paragraph)
        self.paragraph, self.topic, self.lead = [], None, None

    def add(self, sentence: Span, where: tuple[Provenance, ...], figures: list[Said], rest: int) -> None:
        """Add a sentence with its ``figures``; from the token ``rest`` on it tells no more sums."""
        text = sentence.text.strip()
        sums = [said for said in figures if said.kind == "money"]
        if sums and not any(said.source for said in sums) and (source := self._told_before(sentence)):
            figures = [said._replace(source=source) if said.kind == "money" else said for said in figures]
        self.lead = None if sums else given_by(sentence)
        self.topic = None if sums else opens(sentence)
        told = points_back(sentence, len(sums), spread([said.source for said in sums]))
        if told:
            lines = _lines_above(self.above) if of_lines_above(sentence) and not self.paragraph else []
            within = self.paragraph or lines
            _pay_all(within if told[0] == "paragraph" else [part for part in within if _sums(part)][-1:], told[1])
        self.paragraph.append([(text, where, said) for said in figures])
        for name, source in things_paid(sentence.doc, rest, sentence.end):
            self._pay(name, source)

    def notes(self, sentence: Span) -> bool:
        """Whether a line notes the source of the sums of the line above, which tells none; they get it."""
        if self.paragraph or not self.above or not notes_source(sentence):
            return False
        last, source = [part for part in self.above[-1] if _sums(part)], given_by(sentence)
        if source is None or not last or any(said.source for part in last for _, _, said in part):
            return False
        _pay_all(last, source)
        return True

    def figures(self) -> Iterator[Sentence]:
        for told in (*self.above, self.paragraph):
            yield from chain.from_iterable(told)

    def _told_before(self, sentence: Span) -> FundingSource | None:
        """The source that the sentences before this one tell for its sums."""
        if self.topic and not TOTAL.search(fold(sentence.text)):
            return self.topic
        if self.paragraph and out_of_it(sentence):
            last = next(filter(_sums, reversed(self.paragraph)), [])
            return spread([said.source for _, _, said in last if said.kind == "money"])
        return self.lead if self.lead and details(sentence) else None

    def _pay(self, name: str, source: FundingSource) -> None:
        """Give ``source`` to the one sum without any before which the thing called ``name`` stands."""
        found = [
            (part, at)
            for part in self.paragraph
            for at, (_, _, said) in enumerate(part)
            if said.kind == "money" and said.source is None and names_it(name, said.before)
        ]
        if len(found) == 1:
            part, at = found[0]
            part[at] = (*part[at][:2], _sourced(part[at][2], source))


_ITEM = re.compile(r"^\W*(?:[-–+•*]|\d{1,2}[.)]|[a-hđ][.)])\s")


def _lines_above(above: Sequence[list[list[Sentence]]]) -> list[list[Sentence]]:
    """Sentences of the list, or of the one paragraph, that stands right above a line."""
    found: list[list[Sentence]] = []
    for paragraph in reversed([one for one in above if any(one)]):
        item = _ITEM.match(paragraph[0][0][0]) if paragraph[0] else None
        if found and not item:
            break
        found = [*paragraph, *found]
        if not item:
            break
    return found


def _sums(part: Sequence[Sentence]) -> bool:
    return any(said.kind == "money" for _, _, said in part)


def _pay_all(parts: Sequence[list[Sentence]], source: FundingSource) -> None:
    for part in parts:
        part[:] = [(text, where, _sourced(said, source)) for text, where, said in part]


def _sourced(said: Said, source: FundingSource) -> Said:
    return said._replace(source=source) if said.kind == "money" and said.source is None else said
