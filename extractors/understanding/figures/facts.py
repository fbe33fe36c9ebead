"""Figures that answers state: money in đồng with its source, counts with what they count, percents, cited documents."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from extractors.document import Provenance
from extractors.report import Fact, FactKind, FundingSource
from extractors.understanding.figures.amounts import number
from extractors.understanding.figures.bare_figures import NOT_MONEY_BEFORE
from extractors.understanding.figures.by_thing import names_it, things_paid
from extractors.understanding.figures.funding import OPENS_TOTAL, TOTAL, label_line, names_both, sources
from extractors.understanding.figures.language import counted_matcher, pipeline
from extractors.understanding.figures.payers import source_of
from extractors.understanding.figures.pointing import (
    details,
    given_by,
    of_lines_above,
    opens,
    out_of_it,
    points_back,
    spread,
)
from extractors.understanding.figures.sums import find_amounts
from extractors.understanding.figures.told_in_order import listed
from extractors.understanding.ground.folding import fold, squeeze
from extractors.understanding.ground.lines import Line, places

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_DOCUMENT = re.compile(r"^(\d{1,5}[a-z]?)\s?/\s?((?:\d{4}\s?/\s?)?[A-ZĐ]{2}[\w&]*(?:\s?[-–]\s?[A-ZĐ][\w&]*)*)$")
_SHORT_DOCUMENT = re.compile(
    r"\b(?:qd|quyet dinh|ke hoach|kh|cong van|cv|nghi quyet|nq|chi thi|ct|de an)\s*(?:so\s*)?:?\s*"
    r"(\d{2,5})\b(?!\s*[/.,]\d|\s*/|\s*[%])"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Text to look for facts in.

    ``head`` is the heading of its column, ``scale`` the unit of money stated for it (đồng per unit), ``money`` whether
    bare figures in it are amounts. ``source`` is what a table tells of who paid, where the text itself does not;
    ``order`` the sources of its sums one after another.
    """

    lines: tuple[Line, ...]
    item: int | None = None
    column: str | None = None
    head: str = ""
    scale: int | None = None
    money: bool = False
    source: FundingSource | None = None
    order: tuple[FundingSource, ...] = ()


_FIGURE = re.compile(r"\d|\b(?:t[ỷỉy]|tri[ệe]u|ngh[ìi]n|ngàn)\b", re.IGNORECASE)
"""Every fact has a digit or a number spelled with one of these; a passage without them need not be parsed."""


def find_facts(passages: Sequence[Passage], cites: Sequence[str]) -> list[Fact]:
    """Facts of all ``passages`` in order. ``cites``: document numbers the letter cites, to complete short mentions."""
    short: dict[str, str] = {}
    for cite in cites:
        short.setdefault(cite.partition("/")[0], cite)
    nlp = pipeline()
    facts: list[Fact] = []
    prepared = [
        (passage, text, offsets) for passage in passages for text, offsets in [_text(passage)] if _FIGURE.search(text)
    ]
    for (passage, _, offsets), doc in zip(prepared, nlp.pipe(text for _, text, _ in prepared), strict=True):
        facts += _passage_facts(passage, offsets, doc, short)
    return facts


def _text(passage: Passage) -> tuple[str, list[int]]:
    """The passage as text (lines broken inside a sentence are joined) and the offset where each line starts."""
    text, offsets = "", []
    before: Line | None = None
    for line in passage.lines:
        piece = squeeze(line.full)
        if text and piece:
            # a page tells lines, not paragraphs, and cuts the paragraphs of a cell
            printed = line.page is not None and (
                line.table is None or (before is not None and before.page != line.page)
            )
            broken = (
                (printed or not line.first)
                and not text.rstrip().endswith((".", ";", ":", "!", "?"))
                and piece[0] not in "-–+•*"
            )
            goes_on = (piece[0].islower() or piece[0].isdigit()) and not re.match(r"[a-hđ][.)]|\d{1,2}[.)]\s", piece)
            text += " " if broken and (goes_on or line.ocr) else "\n"
        before = line
        offsets.append(len(text))
        text += piece
    return text, offsets


class _Said(NamedTuple):
    """A figure of one sentence, before its place in the report is added."""

    kind: FactKind
    value: int | float | str
    unit: str | None
    source: FundingSource | None = None
    upper: int | None = None
    before: str = ""
    """Of a sum: the words between it and the sum before it, small."""


class _Sentences:
    """The sentences of one passage, read in order; a label line gives its source to the lines under it."""

    def __init__(self, passage: Passage, doc: Doc, short: Mapping[str, str]) -> None:
        self.doc, self.short = doc, short
        self.head = passage.source or source_of(passage.head)
        self.label: FundingSource | None = None
        self.of_money = passage.money
        self.listed: tuple[str, ...] = ()
        self.rest = 0  # where the last sentence has no more sums
        self.amounts = find_amounts(doc, passage.scale, passage.money)
        self.order = passage.order if len(passage.order) == len(self.amounts) else ()
        self.counted: dict[int, Span] = {span.start: span for span in counted_matcher()(doc, as_spans=True)}

    def figures(self, sentence: Span) -> Iterator[_Said]:
        inside = [amount for amount in self.amounts if sentence.start <= amount.start < sentence.end]
        opened = label_line(sentence, inside)
        if opened is not None:
            self.label = opened.source
        taken: set[int] = set()
        told = sources(sentence, inside, of_money=self.of_money, earlier=self.listed)
        self.listed = listed(sentence) or self.listed
        self.rest = inside[-1].end if inside else sentence.start
        last = sentence.start
        for amount, found in zip(inside, told, strict=True):
            taken |= set(range(amount.start, amount.end))
            before = fold(self.doc[sentence.start : amount.start].text)
            in_order = self.order and not any(told) and not TOTAL.search(before)
            source = found or (self.order[self.amounts.index(amount)] if in_order else None)
            if source is None and not names_both(sentence, amount, inside):
                total = OPENS_TOTAL.search(before)
                source = None if total else (self.label or self.head)
            yield _Said("money", amount.low, "VND", source, amount.high, self.doc[last : amount.start].text.lower())
            last = amount.end
        for token in sentence:
            if token.i not in taken and token.text[0].isdigit():
                said = self._count(token, sentence)
                if said is not None:
                    yield said
        for name in self._documents(sentence):
            yield _Said("document", name, None)

    def _count(self, token: Token, sentence: Span) -> _Said | None:
        """A percent, or a figure with the thing it counts."""
        doc, at = self.doc, token.i
        value = number(token.text)
        if value is None or at + 1 >= len(doc):
            return None
        plain: int | float = int(value) if value == int(value) else float(value)
        if doc[at + 1].text == "%":
            return _Said("percent", plain, "%")
        if at > 1 and doc[at - 1].text == "/" and doc[at - 2].text.isdigit():
            return None  # of "14/15 phường" the first figure counts
        of = at + 3 if doc[at + 1].text == "/" and at + 3 < len(doc) and doc[at + 2].text.isdigit() else at + 1
        noun = self.counted.get(of)
        if noun is None or noun.end > sentence.end:
            return None
        before = fold(doc[max(sentence.start, at - 3) : at].text)
        return None if NOT_MONEY_BEFORE.search(before) else _Said("count", plain, noun.text)

    def _documents(self, sentence: Span) -> Iterator[str]:
        """Numbers of cited documents, each once; short mentions are completed from the letter's own citations."""
        seen: dict[str, None] = {}
        for token in sentence:
            document = _DOCUMENT.match(token.text)
            if document:
                symbol = "".join(document[2].split()).replace("–", "-")
                seen[f"{document[1]}/{symbol}"] = None
        for match in _SHORT_DOCUMENT.finditer(fold(sentence.text)):
            if match[1] in self.short:
                seen[self.short[match[1]]] = None
        yield from seen


def _passage_facts(passage: Passage, offsets: list[int], doc: Doc, short: Mapping[str, str]) -> Iterator[Fact]:
    for text, where, said in _with_sources_told_later(passage, offsets, doc, short):
        yield Fact(
            kind=said.kind,
            value=said.value,
            unit=said.unit,
            funding_source=said.source,
            item=passage.item,
            column=passage.column,
            sentence=text,
            provenance=where,
            value_to=said.upper,
        )


FULL_LINE = 0.85  # of the longest line of a text, from which one may have been broken
Sentence = tuple[str, tuple[Provenance, ...], _Said]


def _with_sources_told_later(
    passage: Passage, offsets: list[int], doc: Doc, short: Mapping[str, str]
) -> Iterator[Sentence]:
    """Figures with their sentences; a sum without a source gets that which another sentence of its paragraph tells."""
    sentences = _Sentences(passage, doc, short)
    above: list[list[list[Sentence]]] = []
    paragraph: list[list[Sentence]] = []
    topic: FundingSource | None = None
    lead: FundingSource | None = None
    for sentence in doc.sents:
        text = sentence.text.strip()
        if not text:
            continue
        if sentence.start and doc[sentence.start - 1].text == "\n" and not _broken(passage, offsets, sentence):
            above.append(paragraph)
            paragraph, topic, lead = [], None, None
        where = places(_lines_at(passage, offsets, sentence.start_char, sentence.end_char))
        figures = list(sentences.figures(sentence))
        sums = [said for said in figures if said.kind == "money"]
        if sums and topic and not any(said.source for said in sums) and not TOTAL.search(fold(text)):
            figures = [said._replace(source=topic) if said.kind == "money" else said for said in figures]
        if sums and paragraph and not any(said.source for said in sums) and out_of_it(sentence):
            before = next(filter(_sums, reversed(paragraph)), [])
            last = spread([said.source for _, _, said in before if said.kind == "money"])
            figures = [said._replace(source=last) if said.kind == "money" else said for said in figures]
        if sums and lead and not any(said.source for said in figures) and details(sentence):
            figures = [said._replace(source=lead) if said.kind == "money" else said for said in figures]
        lead = None if sums else given_by(sentence)
        topic = None if sums else opens(sentence)
        told = points_back(sentence, len(sums), spread([said.source for said in sums]))
        if told:
            within = paragraph
            if not paragraph:
                within = _lines_above(above) if of_lines_above(sentence) else []
            reach = within if told[0] == "paragraph" else [part for part in within if _sums(part)][-1:]
            for part in reach:
                part[:] = [(text, at, _sourced(said, told[1])) for text, at, said in part]
        paragraph.append([(text, where, said) for said in figures])
        for name, source in things_paid(doc, sentences.rest, sentence.end):
            _pay(paragraph, name, source)
    for told_before in (*above, paragraph):
        yield from chain.from_iterable(told_before)


def _pay(paragraph: list[list[Sentence]], name: str, source: FundingSource) -> None:
    """Give ``source`` to the one sum without any before which the thing called ``name`` stands."""
    found = [
        (part, at)
        for part in paragraph
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


def _broken(passage: Passage, offsets: Sequence[int], sentence: Span) -> bool:
    """Whether a printed line as long as any ends before ``sentence``, so that the paragraph may go on."""
    at = bisect_right(offsets, sentence.start_char) - 1
    before, longest = passage.lines[at - 1], max(len(line.full) for line in passage.lines)
    opens_part = re.match(r"^\W*(?:[-+•*]|\d{1,2}[.)]|[a-hđ][.)]|[IVX]+[.)])\s", passage.lines[at].full)
    return before.page is not None and len(before.full) >= FULL_LINE * longest and not opens_part


def _sums(part: Sequence[Sentence]) -> bool:
    return any(said.kind == "money" for _, _, said in part)


def _sourced(said: _Said, source: FundingSource) -> _Said:
    return said._replace(source=source) if said.kind == "money" and said.source is None else said


def _lines_at(passage: Passage, offsets: list[int], start: int, end: int) -> tuple[Line, ...]:
    """The lines on which the letters from ``start`` to ``end`` stand; ``offsets``: where each line begins."""
    return passage.lines[max(0, bisect_right(offsets, start) - 1) : bisect_left(offsets, end)]
