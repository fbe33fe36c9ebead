"""Blocks moved from one frame of the page to another (turned, straightened, scaled)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from extractors.document import Block, Box, Paragraph, Provenance


def moved(block: Block, move: Callable[[Box], Box]) -> Block:
    """The block with ``move`` applied to its own box and to every box inside it."""

    def where(place: Provenance) -> Provenance:
        return place if place.bbox is None else msgspec.structs.replace(place, bbox=rounded(move(place.bbox)))

    if isinstance(block, Paragraph):
        spans = tuple(
            span if span.box is None else msgspec.structs.replace(span, box=rounded(move(span.box)))
            for span in block.spans
        )
        return msgspec.structs.replace(block, spans=spans, where=where(block.where))
    cells = tuple(
        msgspec.structs.replace(
            cell, blocks=tuple(moved(inner, move) for inner in cell.blocks), where=where(cell.where)
        )
        for cell in block.cells
    )
    return msgspec.structs.replace(block, cells=cells, where=where(block.where))


def rounded(box: Box) -> Box:
    """The box to a hundredth of a point."""
    return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))


def turned_back(box: Box, size: tuple[float, float], turn: int) -> Box:
    """A box on a page of ``size`` that was turned ``turn`` degrees clockwise, where it lies on the page unturned."""
    x0, y0, x1, y1 = box
    if turn == 90:
        return (y0, size[1] - x1, y1, size[1] - x0)
    if turn == 180:
        return (size[0] - x1, size[1] - y1, size[0] - x0, size[1] - y0)
    if turn == 270:
        return (size[0] - y1, x0, size[0] - y0, x1)
    return box


def turned(box: Box, size: tuple[float, float], turn: int) -> Box:
    """Where a box of a page of ``size`` lies once the page is turned ``turn`` degrees clockwise."""
    x0, y0, x1, y1 = box
    if turn == 90:
        return (size[1] - y1, x0, size[1] - y0, x1)
    if turn == 180:
        return (size[0] - x1, size[1] - y1, size[0] - x0, size[1] - y0)
    if turn == 270:
        return (y0, size[0] - x1, y1, size[0] - x0)
    return box
