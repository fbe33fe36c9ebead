"""What only all pages together show: running headers and footers, and tables that go on from the page before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from extractors.document import Block, Page, Paragraph, Table

_EDGE = 0.1  # of the page height: where headers and footers stand
_NUMBER = re.compile(r"[-–—\s]*(?:Trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?[-–—\s]*$", re.I)
_SAME_TABLE = 8.0  # points by which the sides of a table may differ from page to page


def finish(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages with header and footer roles given and continued tables marked."""
    counted: Counter[str] = Counter()
    for page in pages:
        counted.update({key for block in page.blocks if _side(block, page) is not None and (key := _key(block))})
    finished: list[Page] = []
    for page in pages:
        blocks = tuple(_with_role(block, page, counted, len(pages)) for block in page.blocks)
        if finished and blocks:
            blocks = _continued(blocks, finished[-1].blocks)
        finished.append(msgspec.structs.replace(page, blocks=blocks))
    return tuple(finished)


def _key(block: Block) -> str:
    """A running line without its numbers: the page number changes, even and odd pages swap sides."""
    return re.sub(r"[\d\s]+", "", block.text).lower() if isinstance(block, Paragraph) else ""


def _side(block: Block, page: Page) -> Literal["header", "footer"] | None:
    if not isinstance(block, Paragraph) or block.where.bbox is None or page.size is None:
        return None
    if block.where.bbox[3] < _EDGE * page.size[1]:
        return "header"
    if block.where.bbox[1] > (1 - _EDGE) * page.size[1]:
        return "footer"
    return None


def _with_role(block: Block, page: Page, counted: Counter[str], pages: int) -> Block:
    if not isinstance(block, Paragraph) or (block.role != "body" and block.align is None):
        return block
    side = _side(block, page)
    running = block.role != "body" or _NUMBER.match(block.text) or counted[_key(block)] >= (2 if pages < 7 else 3)
    return msgspec.structs.replace(block, role=side if side is not None and running and block.text else "body")


def _continued(blocks: tuple[Block, ...], before: tuple[Block, ...]) -> tuple[Block, ...]:
    """Mark the first table as continued when nothing but running lines parts it from one as wide on the last page."""
    body = [index for index, block in enumerate(blocks) if _is_body(block)]
    last = next((block for block in reversed(before) if _is_body(block)), None)
    if not body or not isinstance(last, Table):
        return blocks
    first = blocks[body[0]]
    if not isinstance(first, Table) or first.where.bbox is None or last.where.bbox is None:
        return blocks
    if any(abs(first.where.bbox[side] - last.where.bbox[side]) > _SAME_TABLE for side in (0, 2)):
        return blocks
    marked = msgspec.structs.replace(first, continued=True)
    return (*blocks[: body[0]], marked, *blocks[body[0] + 1 :])


def _is_body(block: Block) -> bool:
    return isinstance(block, Table) or (block.role == "body" and bool(block.text.strip()))
