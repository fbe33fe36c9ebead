"""The document as lines and tables that share them, and the ledger that says where each line went.

A `Line` is one printed line of a paragraph (paragraphs are cut at ``\\n``). Every stage of understanding claims the
lines it used; what nobody claims becomes ``unmapped``, so that nothing read is lost in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from extractors.document import Document, Paragraph, Provenance, Role, Span, Table
from extractors.understanding.ground.folding import fold, squeeze, tidy

OPEN = 40  # letters of a line that may be cut in the middle of a sentence
_LETTERED = re.compile(r"[a-zđ]\s*[.)/]")

Owner = Literal["letterhead", "appendix", "form", "narrative", "duplicate", "letter", "furniture"]


@dataclass(frozen=True, slots=True)
class Line:
    """``key`` is its place in reading order. ``number`` is the list label, held by a paragraph's first line only."""

    key: int
    text: str
    where: Provenance
    number: str | None = None
    level: int | None = None
    style: str | None = None
    role: Role = "body"
    align: str | None = None
    bold: bool = False
    italic: bool = False
    size: float | None = None
    page: int | None = None
    first: bool = True
    table: int | None = None
    ocr: bool = False
    full: str = field(init=False, compare=False, repr=False)
    """List label and text, as a reader sees it."""
    folded: str = field(init=False, compare=False, repr=False)
    blank: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # asked for many times a line by every stage
        full = f"{self.number} {self.text}".strip() if self.number else self.text
        object.__setattr__(self, "full", full)
        object.__setattr__(self, "folded", fold(full))
        object.__setattr__(self, "blank", not full.strip())


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell with the keys of its lines, those of nested tables included."""

    row: int
    column: int
    row_span: int
    column_span: int
    keys: tuple[int, ...]
    where: Provenance


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as places. ``before`` is the key of the first line that follows in reading order at its start."""

    index: int
    rows: int
    columns: int
    cells: tuple[GridCell, ...]
    where: Provenance
    continued: bool
    start: int
    depth: int
    page: int | None

    def matrix(self) -> list[list[GridCell | None]]:
        """rows × columns; a merged cell stands at every place it covers."""
        places: list[list[GridCell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for r in range(cell.row, min(cell.row + cell.row_span, self.rows)):
                for c in range(cell.column, min(cell.column + cell.column_span, self.columns)):
                    places[r][c] = cell
        return places

    def all_keys(self) -> list[int]:
        return [key for cell in self.cells for key in cell.keys]

    def turned(self) -> Grid:
        """The same table with rows and columns exchanged."""
        return replace(
            self,
            rows=self.columns,
            columns=self.rows,
            cells=tuple(
                replace(cell, row=cell.column, column=cell.row, row_span=cell.column_span, column_span=cell.row_span)
                for cell in self.cells
            ),
        )


@dataclass(frozen=True)
class Flow:
    """All lines in reading order and all tables; a line in a table belongs to both."""

    lines: tuple[Line, ...]
    tables: tuple[Grid, ...]

    @cached_property
    def rows(self) -> dict[int, tuple[int, int]]:
        """Line key → (table, row) of the innermost table the line stands in."""
        return {key: (grid.index, cell.row) for grid in self.tables for cell in grid.cells for key in cell.keys}

    @cached_property
    def columns(self) -> dict[int, tuple[int, int]]:
        """Line key → (table, column) of the innermost table the line stands in."""
        return {key: (grid.index, cell.column) for grid in self.tables for cell in grid.cells for key in cell.keys}

    def pick(self, keys: Iterable[int]) -> list[Line]:
        return [self.lines[key] for key in keys]


@dataclass(slots=True)
class Ledger:
    """Who used each line: line key → owner. The first claim stands."""

    owners: dict[int, Owner] = field(default_factory=dict)

    def claim(self, lines: Iterable[Line | int], owner: Owner) -> None:
        for line in lines:
            self.owners.setdefault(line if isinstance(line, int) else line.key, owner)

    def free(self, line: Line | int) -> bool:
        return (line if isinstance(line, int) else line.key) not in self.owners

    def characters(self, flow: Flow) -> dict[str, int]:
        """Characters (white space aside) by owner; ``unmapped`` holds what nobody claimed."""
        counts: dict[str, int] = {}
        for line in flow.lines:
            owner = self.owners.get(line.key, "unmapped")
            counts[owner] = counts.get(owner, 0) + weight(line.full)
        return counts


def weight(text: str) -> int:
    """Characters that are not white space."""
    return sum(not char.isspace() for char in text)


_CUT, _UNCUT = "\0", "\1"  # before a line that begins a paragraph of its own: in bold, in plain letters
# "1270/SG DĐT-GDTrH": a narrow cell broke the symbol; after a kind of document ("45/BC THPT-A") the blank may be meant
_BROKEN_NUMBER = re.compile(
    r"(\b\d{1,5}/(?!(?:BC|KH|QĐ|CV|TB|TT|TTr|NQ|CT|HD|BB|UBND|HĐND)\s)[A-ZĐ]{1,6})\s(?=[A-ZĐ]{2,}-[A-ZĐ])()"
)
_LABEL = re.compile(
    r"\s*(?:(?:Nội dung|NỘI DUNG|Nhiệm vụ|Mục|Phần|PHẦN)\s+)?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,4}|[A-Ha-h])\s*[.):]\s*\S"
)


def _texts(paragraph: Paragraph) -> list[tuple[str, bool | None]]:
    """The lines of a paragraph, each with whether it is bold where that parts it from the line before (else None).

    A bold labelled heading that was joined to the text above begins a paragraph of its own; so does plain text that
    was joined, on a line of its own, to the bold lines above.
    """
    spans = paragraph.spans
    text = ""
    for at, span in enumerate(spans):
        if _joined_heading(spans, at, text):
            text = f"{text.rstrip()}\n{_CUT}{span.text}"
        elif _joined_text(spans, at):
            text = f"{text.rstrip()}\n{_UNCUT}{span.text}"
        else:
            text += span.text
    if paragraph.where.page is not None:
        text = _BROKEN_NUMBER.sub(r"\1\2", text)
    bold = {_CUT: True, _UNCUT: False}
    return [(line.lstrip(_CUT + _UNCUT), bold.get(line[:1])) for line in tidy(text).split("\n")]


def _joined_heading(spans: Sequence[Span], at: int, before: str) -> bool:
    return bool(
        spans[at].bold
        and at > 0
        and not spans[at - 1].bold
        and before.rstrip().endswith((".", ":", ";"))
        and all(rest.bold or not rest.text.strip() for rest in spans[at:])
        and _LABEL.match(spans[at].text)
    )


def _joined_text(spans: Sequence[Span], at: int) -> bool:
    """Whether plain text begins at ``at``, below bold lines; only a page that tells where its words stand can say."""
    span, above = spans[at], [one for one in spans[:at] if one.text.strip()]
    if span.bold or not above or span.box is None or not all(one.bold and one.box for one in above):
        return False
    bottom = max(one.box[3] for one in above if one.box)
    height = span.size or 10.0
    return span.text.strip()[:1].isupper() and span.box[1] > bottom - 0.3 * height


class _Builder:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.tables: list[Grid | None] = []

    def paragraph(self, paragraph: Paragraph, page: int | None, ocr: bool, table: int | None) -> list[int]:
        keys = []
        spans = [span for span in paragraph.spans if span.text.strip()]
        inked = sum(len(span.text) for span in spans) or 1
        bold = sum(len(span.text) for span in spans if span.bold) > 0.6 * inked
        italic = sum(len(span.text) for span in spans if span.italic) > 0.6 * inked
        sizes = [span.size for span in spans if span.size]
        texts = _texts(paragraph)
        if any(own is False for _, own in texts):
            bold = True  # up to the plain text
        for at, (text, own) in enumerate(texts):
            bold = bold if own is None else own
            line = Line(
                key=len(self.lines),
                text=text.rstrip(),
                where=paragraph.where,
                number=tidy(paragraph.number).strip() if paragraph.number and at == 0 else None,
                level=paragraph.level if at == 0 else None,
                style=paragraph.style,
                role=paragraph.role,
                align=paragraph.align,
                bold=bold,
                italic=italic,
                size=max(sizes) if sizes else None,
                page=paragraph.where.page if paragraph.where.page is not None else page,
                first=at == 0 or own is not None,
                table=table,
                ocr=ocr,
            )
            self.lines.append(line)
            keys.append(line.key)
        return keys

    def table(self, table: Table, page: int | None, ocr: bool, depth: int) -> list[int]:
        index, start = len(self.tables), len(self.lines)
        self.tables.append(None)
        cells = []
        for cell in table.cells:
            keys: list[int] = []
            for block in cell.blocks:
                if isinstance(block, Paragraph):
                    keys += self.paragraph(block, page, ocr, index)
                else:
                    keys += self.table(block, page, ocr, depth + 1)
            cells.append(GridCell(cell.row, cell.column, cell.row_span, cell.column_span, tuple(keys), cell.where))
        self.tables[index] = Grid(
            index=index,
            rows=table.rows,
            columns=table.columns,
            cells=tuple(cells),
            where=table.where,
            continued=table.continued,
            start=start,
            depth=depth,
            page=table.where.page if table.where.page is not None else page,
        )
        return [key for cell in cells for key in cell.keys]


def flatten(document: Document) -> Flow:
    """The lines and tables of ``document`` in reading order, text tidied (NFC, plain spaces)."""
    builder = _Builder()
    for page in document.pages:
        for block in page.blocks:
            if isinstance(block, Paragraph):
                builder.paragraph(block, page.number, page.origin == "ocr", None)
            else:
                builder.table(block, page.number, page.origin == "ocr", 0)
    return Flow(tuple(builder.lines), tuple(table for table in builder.tables if table is not None))


def cut(flow: Flow, cuts: dict[int, list[tuple[int, int]]]) -> tuple[Flow, set[int]]:
    """Cut stretches out of lines: ``cuts`` maps a line key to (start, end) ranges of its ``text``.

    Returns a flow in which each stretch is a line of its own, and the keys of those stretches in it.
    """
    lines: list[Line] = []
    moved: dict[int, list[int]] = {}
    out: set[int] = set()
    for line in flow.lines:
        edges = [0]
        for start, end in sorted(cuts.get(line.key, ())):
            edges += [max(start, edges[-1]), max(end, edges[-1])]
        edges.append(len(line.text))
        pieces = [(line.text[a:b], at % 2 == 1) for at, (a, b) in enumerate(pairwise(edges))]
        kept = [(text, removed) for text, removed in pieces if text.strip()] or [(line.text, False)]
        for at, (text, removed) in enumerate(kept):
            moved.setdefault(line.key, []).append(len(lines))
            if removed:
                out.add(len(lines))
            number, first = (line.number, line.first) if at == 0 else (None, False)
            lines.append(replace(line, key=len(lines), text=text, number=number, first=first))
    last = len(lines)
    tables = tuple(
        replace(
            table,
            start=moved[table.start][0] if table.start in moved else last,
            cells=tuple(
                replace(cell, keys=tuple(new for old in cell.keys for new in moved[old])) for cell in table.cells
            ),
        )
        for table in flow.tables
    )
    return Flow(tuple(lines), tables), out


def joined(lines: Sequence[Line]) -> str:
    """The text of ``lines`` one a line, blank lines left out at the ends."""
    return "\n".join(line.full.strip() for line in lines if not line.blank)


def places(lines: Iterable[Line]) -> tuple[Provenance, ...]:
    """Where ``lines`` stand, each place once, in order."""
    return tuple(dict.fromkeys(line.where for line in lines))


def paragraphs_of(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """``lines`` grouped by the paragraph they come from; one that the page's layout cut in two is one."""
    group: list[Line] = []
    for line in lines:
        if group and (line.key != group[-1].key + 1 or (line.first and not _goes_on(group[-1], line))):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _goes_on(line: Line, after: Line) -> bool:
    """Whether ``after`` begins in the middle of the sentence that ``line`` leaves open."""
    text, below = line.full.rstrip(), after.full.lstrip()
    return (
        line.table is None
        and after.table is None
        and line.bold == after.bold
        and not after.number
        and len(text) >= OPEN
        and text[-1] not in ".;:!?"
        and below[:1].islower()
        and not _LETTERED.match(below)
    )


def one_line(lines: Sequence[Line]) -> str:
    """The text of ``lines`` on one line."""
    return squeeze(" ".join(line.full for line in lines))
