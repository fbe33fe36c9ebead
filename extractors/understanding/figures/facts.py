"""Figures that answers state: money in đồng with its source, counts with what they count, percents, cited documents."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.report import Fact, FundingSource
from extractors.understanding.figures.amounts import number
from extractors.understanding.figures.bare_figures import NOT_MONEY_BEFORE
from extractors.understanding.figures.funding import OPENS_TOTAL, TOTAL, label_line, names_both, sources
from extractors.understanding.figures.language import counted, pipeline
from extractors.understanding.figures.payers import source_of
from extractors.understanding.figures.sums import find_amounts
from extractors.understanding.figures.told_in_order import listed
from extractors.understanding.figures.told_later import Paragraphs, Said, Sentence
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


_SPACED = re.compile(r"(?<![\w.,/])[1-9]\d{0,2}(?: \d{3})+ 000(?!\d)")
"""A sum with its thousands parted by spaces, which would be read as several figures: "145 000 000"."""
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
        piece = _SPACED.sub(lambda found: found[0].replace(" ", "."), squeeze(line.full))
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
        self.counted: dict[int, Span] = {span.start: span for span in counted(doc)}

    def figures(self, sentence: Span) -> Iterator[Said]:
        inside = [amount for amount in self.amounts if sentence.start <= amount.start < sentence.end]
        opened = label_line(sentence, inside)
        if opened is not None:
            self.label = opened.source
        taken: set[int] = set()
        told = sources(sentence, inside, of_money=self.of_money, earlier=self.listed)
        self.listed = listed(sentence) or self.listed
        self.rest = inside[-1].end if inside else sentence.start
        last, whole = sentence.start, fold(sentence.text)
        for amount, found in zip(inside, told, strict=True):
            taken |= set(range(amount.start, amount.end))
            word = self.doc[max(amount.start - 1, 0)]
            before = (
                whole[: max(0, word.idx + len(word) - sentence.start_char)] if amount.start > sentence.start else ""
            )
            in_order = self.order and not any(told) and not TOTAL.search(before)
            source = found or (self.order[self.amounts.index(amount)] if in_order else None)
            if source is None and not names_both(sentence, amount, inside):
                total = OPENS_TOTAL.search(before)
                source = None if total else (self.label or self.head)
            yield Said("money", amount.low, "VND", source, amount.high, self.doc[last : amount.start].text.lower())
            last = amount.end
        for token in sentence:
            if token.i not in taken and token.text[0].isdigit():
                said = self._count(token, sentence)
                if said is not None:
                    yield said
        for name in self._documents(sentence):
            yield Said("document", name, None)

    def _count(self, token: Token, sentence: Span) -> Said | None:
        """A percent, or a figure with the thing it counts."""
        doc, at = self.doc, token.i
        value = number(token.text)
        if value is None or at + 1 >= len(doc):
            return None
        plain: int | float = int(value) if value == int(value) else float(value)
        if doc[at + 1].text == "%":
            return Said("percent", plain, "%")
        if at > 1 and doc[at - 1].text == "/" and doc[at - 2].text.isdigit():
            return None  # of "14/15 phường" the first figure counts
        of = at + 3 if doc[at + 1].text == "/" and at + 3 < len(doc) and doc[at + 2].text.isdigit() else at + 1
        noun = self.counted.get(of)
        if noun is None or noun.end > sentence.end:
            return None
        before = fold(doc[max(sentence.start, at - 3) : at].text)
        return None if NOT_MONEY_BEFORE.search(before) else Said("count", plain, noun.text)

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


def _with_sources_told_later(
    passage: Passage, offsets: list[int], doc: Doc, short: Mapping[str, str]
) -> Iterator[Sentence]:
    """Figures with their sentences; a sum without a source gets that which another sentence tells for it."""
    sentences, told = _Sentences(passage, doc, short), Paragraphs()
    for sentence in doc.sents:
        if not sentence.text.strip():
            continue
        if sentence.start and doc[sentence.start - 1].text == "\n" and not _broken(passage, offsets, sentence):
            told.next_line()
        where = places(_lines_at(passage, offsets, sentence.start_char, sentence.end_char))
        figures = list(sentences.figures(sentence))
        if told.notes(sentence):
            sentences.label = None  # of the sums above, not of those under it
        told.add(sentence, where, figures, sentences.rest)
    yield from told.figures()


def _broken(passage: Passage, offsets: Sequence[int], sentence: Span) -> bool:
    """Whether a printed line as long as any ends before ``sentence``, so that the paragraph may go on."""
    at = bisect_right(offsets, sentence.start_char) - 1
    before, longest = passage.lines[at - 1], max(len(line.full) for line in passage.lines)
    opens_part = re.match(r"^\W*(?:[-+•*]|\d{1,2}[.)]|[a-hđ][.)]|[IVX]+[.)])\s", passage.lines[at].full)
    return before.page is not None and len(before.full) >= FULL_LINE * longest and not opens_part


def _lines_at(passage: Passage, offsets: list[int], start: int, end: int) -> tuple[Line, ...]:
    """The lines on which the letters from ``start`` to ``end`` stand; ``offsets``: where each line begins."""
    return passage.lines[max(0, bisect_right(offsets, start) - 1) : bisect_left(offsets, end)]
