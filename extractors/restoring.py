"""Damaged text of a read document → repaired text in the same spans, and the list of what was changed.

The repair engine knows text and font names only; this module knows where the text stands. Pages read by OCR are
repaired apart from pages with a text of their own, because other mistakes are to be expected there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from extractors.document import Block, Cell, Document, Origin, Page, Paragraph, Span, Table, paragraphs
from extractors.report import Repair
from normalizers import Hints, Repaired, Run, repair_document
from normalizers.plan import Change


def restore(document: Document, phrases: tuple[str, ...] = ()) -> tuple[Document, tuple[Repair, ...]]:
    """Repair every paragraph and list label; ``phrases`` (titles, names) are told to the engine as likely.

    Fonts, boxes and all else of the spans stay. A change that crosses a border between spans goes to the first of them.
    """
    repaired: list[Page] = []
    repairs: list[Repair] = []
    by_origin: dict[Origin, Iterator[Repaired]] = {}
    for origin in dict.fromkeys(page.origin for page in document.pages):
        texts = [runs for page in document.pages if page.origin == origin for runs in _page_runs(page)]
        by_origin[origin] = iter(repair_document(texts, Hints(origin=origin, phrases=phrases)) if texts else [])
    for page in document.pages:
        results = by_origin[page.origin]
        blocks = tuple(_block(block, results, repairs) for block in page.blocks)
        repaired.append(replace(page, blocks=blocks))
    return replace(document, pages=tuple(repaired)), tuple(repairs)


def _page_runs(page: Page) -> Iterator[Sequence[Run]]:
    """What the engine is given, in the order in which `_block` takes the results back."""
    for paragraph in paragraphs(page.blocks):
        if _has_letters(paragraph.number):
            yield [Run(paragraph.number or "", paragraph.spans[0].font if paragraph.spans else None)]
        yield [Run(span.text, span.font, span.confidences, span.rivals) for span in paragraph.spans]


def _block(block: Block, results: Iterator[Repaired], repairs: list[Repair]) -> Block:
    if isinstance(block, Table):
        cells = tuple(_cell(cell, results, repairs) for cell in block.cells)
        return block if all(a is b for a, b in zip(cells, block.cells, strict=True)) else replace(block, cells=cells)
    number, spans = block.number, block.spans
    if _has_letters(number):
        label = next(results)
        number = label.text
        repairs += _told(label.plan, block)
    body = next(results)
    repairs += _told(body.plan, block)
    if body.plan:
        spans = replay(spans, body.plan)
    return block if number == block.number and spans is block.spans else replace(block, number=number, spans=spans)


def _cell(cell: Cell, results: Iterator[Repaired], repairs: list[Repair]) -> Cell:
    blocks = tuple(_block(block, results, repairs) for block in cell.blocks)
    return cell if all(a is b for a, b in zip(blocks, cell.blocks, strict=True)) else replace(cell, blocks=blocks)


def replay(spans: Sequence[Span], plan: Sequence[Change]) -> tuple[Span, ...]:
    """Carry out ``plan``, whose offsets count in the joined text of ``spans``, inside the spans; emptied ones go.

    Text put in between two spans joins the first. A span that was changed keeps nothing of what the OCR engine
    told: its words are others.
    """
    done: list[Span] = []
    changes = iter(plan)
    change = next(changes, None)
    begin = 0
    for position, span in enumerate(spans):
        end = begin + len(span.text)
        last = position == len(spans) - 1
        pieces: list[str] = []
        at = begin
        while change is not None and (change.start < end or (change.start == end == change.end) or last):
            if change.start >= begin:
                pieces += span.text[at - begin : change.start - begin], change.replacement
            at = max(min(change.end, end), at)
            if change.end > end and not last:
                break  # the rest of what it replaces stands in the following spans
            change = next(changes, None)
        pieces.append(span.text[at - begin :])
        text = "".join(pieces)
        if text:
            done.append(span if text == span.text else replace(span, text=text, confidences=(), rivals=()))
        begin = end
    return tuple(done)


def _told(plan: Sequence[Change], paragraph: Paragraph) -> list[Repair]:
    return [
        Repair(
            kind=change.kind,
            original=change.original,
            replacement=change.replacement,
            confidence=change.confidence,
            alternatives=change.alternatives,
            provenance=(paragraph.where,),
        )
        for change in plan
    ]


def _has_letters(number: str | None) -> bool:
    return number is not None and any(char.isalpha() for char in number)
