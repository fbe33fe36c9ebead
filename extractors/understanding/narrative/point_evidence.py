"""What each paragraph says of the group's points, and how readily it opens a section of the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from extractors.understanding.form import leading_number
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.headings import DASH, SMALL, Heading
from extractors.understanding.ground.lines import Grid
from extractors.understanding.narrative.asking import AGREED, EXPLICIT, Asked, Asking
from extractors.understanding.narrative.point_order import Said, Step, Told, in_order
from extractors.understanding.narrative.point_topics import BROAD

PLACED = 0.4  # probability of its likeliest paragraph from which a section is placed
TEXT = DASH + 10  # rank of plain text
OPENING = 30  # letters of the clauses that tell most of what a paragraph is about
LEAST_LENGTH = 40  # letters; a shorter line says nothing by itself
PARTED = 0.8  # weight of a heading's words where it only parts a section
HEADED = (0.5, 0.3, 0.06)  # chance that plain text opens a section, by points that headings name
BELOW_TABLE = 0.2  # odds of that right below a table, which it mostly goes on about
BROKEN = 0.1  # odds of that where it begins with a small letter
MANY, ONCE = 0.6, 0.12  # odds of a second section of a point that asks much, and of any other
ENOUGH = 2  # points told by paragraphs without headings; one alone may be chance
ALONE = 0.6  # probability of the only point that paragraphs tell, by all of them and by one
LEADS = 5.0  # odds that text before the first heading answers nothing
NOTHING: Asked = (None, 0.0)
_BREAK = re.compile(r"[,;:.]\s")
_NOBODY: Said = {None: 1.0}


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph: its ``text``, its ``heading`` if it may be one.

    ``cell``: it stands in one of several columns; ``apart``: it is known to answer no point.
    """

    text: str
    heading: Heading | None
    cell: bool = False
    apart: bool = False


def in_columns(tables: Sequence[Grid]) -> set[int]:
    """Keys of the lines that stand in one of several columns of a table."""
    return {key for grid in tables for cell in grid.cells if cell.column_span < grid.columns for key in cell.keys}


def points_told(asking: Asking, pieces: Sequence[Piece], *, alone: bool, by_number: bool) -> list[Told]:
    """What each of ``pieces``, in the order of the report, answers, with a score like a title's.

    ``alone``: no table answers beside them; then paragraphs without any heading may more readily. ``by_number``:
    "Nội dung 1, 2, 3" are the points in the letter's order.
    """
    if by_number:
        pieces = [_numbered(piece) for piece in pieces]
    tables = _over_tables(pieces)
    named = [_named(asking, one, by_number, over) for one, over in zip(pieces, tables, strict=True)]
    headed = len({point for point, _ in named if point})
    again = {point.id: MANY if len(point.items) >= BROAD else ONCE for point in asking.points}
    chances = _chances(pieces, named, headed, alone)
    steps = [
        _over_table(asking, piece.heading)
        if piece.heading and over and told is NOTHING
        else _step(asking, piece, told, chance)
        for piece, told, chance, over in zip(pieces, named, chances, tables, strict=True)
    ]
    if headed >= ENOUGH:
        steps = _led_in(steps, pieces)
    found = in_order(steps, again)
    if not headed and len({one.point for one in found} - {None}) < ENOUGH and not _alone_told(found, steps):
        return [Told(None, 0.0, opens=False)] * len(found)
    told: list[Told] = []
    for _, run in groupby(zip(found, named, pieces, strict=True), key=lambda one: one[0].point):
        told += _section(list(run))
    return told


def _alone_told(found: Sequence[Told], steps: Sequence[Step]) -> bool:
    """Whether the one point that is told is told well by a paragraph itself."""
    return any(
        one.point is not None and one.value >= ALONE and step.opens.get(one.point, 0.0) >= ALONE
        for one, step in zip(found, steps, strict=True)
    )


def _chances(pieces: Sequence[Piece], named: Sequence[Asked], headed: int, alone: bool) -> list[float]:
    """How readily each of ``pieces`` opens a section as plain text: least under a heading that names a point."""
    found = []
    under = table = False
    for piece, told in zip(pieces, named, strict=True):
        if piece.heading is not None and piece.heading.sure and not piece.cell:
            under = told[0] is not None
        chance = HEADED[max(min(headed, 2 if under else 1), 0 if alone else 1)]
        found.append(chance * (BELOW_TABLE if table else 1.0))
        table = piece.cell
    return found


def _led_in(steps: Sequence[Step], pieces: Sequence[Piece]) -> list[Step]:
    """``steps`` where text before the first heading of a report with headings rather leads to the answers."""
    first = next((at for at, one in enumerate(pieces) if one.heading is not None and one.heading.sure), 0)
    return [
        replace(step, opens=_leading(step.opens), goes_on=_leading(step.goes_on)) if at < first else step
        for at, step in enumerate(steps)
    ]


def _leading(said: Said) -> Said:
    return {point: value * (LEADS if point is None else 1.0) for point, value in said.items()}


def _numbered(piece: Piece) -> Piece:
    """``piece`` whose "Nội dung 2: ..." opens a section, whatever it says."""
    heading = piece.heading
    if heading is None or not EXPLICIT.match(fold(heading.line.full)):
        return piece
    return replace(piece, heading=replace(heading, sure=True))


def _over_tables(pieces: Sequence[Piece]) -> list[bool]:
    """Whether little but a table, the unit's own figures, stands under a heading; linear in ``pieces``."""
    found = [False] * len(pieces)
    cells = text = 0  # letters below, up to the next heading
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        found[at] = piece.heading is not None and not piece.cell and not piece.apart and cells > text
        if piece.apart or (piece.heading is not None and piece.heading.sure and not piece.cell):
            cells = text = 0
        elif piece.cell:
            cells += len(piece.text)
        else:
            text += len(piece.text)
    return found


def _over_table(asking: Asking, heading: Heading) -> Step:
    """The step of a heading over a table that nothing asks: it opens nothing, or parts the section it stands in."""
    return Step(_NOBODY, _of_text(asking, ""), heading.depth, 0.98, 0.25, 0.6)


def _named(asking: Asking, piece: Piece, by_number: bool, over_table: bool) -> Asked:
    heading = piece.heading
    if heading is None or piece.apart:
        return NOTHING
    if over_table:  # figures are like other figures, whatever they are of
        told = asking.point(replace(heading, under=""))
        return told if told[1] >= AGREED else NOTHING
    if by_number and EXPLICIT.match(fold(heading.line.full)):
        return asking.points[(leading_number(heading.line.full) or 1) - 1].id, AGREED
    return asking.point(heading)


def _section(run: Sequence[tuple[Told, Asked, Piece]]) -> list[Told]:
    """Neighbours that answer one point, scored; nothing when none of them is likely enough."""
    if max(one.value for one, _, _ in run) < PLACED or _table_alone(run):
        return [Told(None, 0.0, opens=False)] * len(run)
    told = [_scored(one, named, piece.heading) for one, named, piece in run]
    # headings over the one that names the point only lead to it
    led = next((at for at, (one, named, _) in enumerate(run) if named[0] == one.point), 0)
    if all(piece.heading is not None and piece.heading.sure for _, _, piece in run[: led + 1]):
        told[led] = replace(told[led], opens=True)
    return told


def _table_alone(run: Sequence[tuple[Told, Asked, Piece]]) -> bool:
    """Whether neighbours are little but a table that nobody understood, and no heading names what they answer."""
    cells = sum(len(piece.text) for _, _, piece in run if piece.cell)
    named = any(asked[0] == one.point for one, asked, piece in run if not piece.cell)
    return not named and 2 * cells > sum(len(piece.text) for _, _, piece in run)


def _scored(one: Told, named: Asked, heading: Heading | None) -> Told:
    """``one`` with a score like a title's: what only the text and the order tell counts less."""
    if one.point is not None and one.point == named[0]:
        return replace(one, value=named[1])
    return replace(one, value=0.45 + 0.45 * one.value if heading is not None and heading.sure else 0.7 * one.value)


def _step(asking: Asking, piece: Piece, named: Asked, plain: float) -> Step:
    heading = piece.heading
    rank = heading.depth if heading is not None else TEXT
    if piece.apart:
        sure = heading is not None and heading.sure
        return Step(_NOBODY, _NOBODY, rank if sure else TEXT, 1.0, 1.0, 0.0)
    if piece.cell:  # a table goes with the text above it
        nothing = _of_text(asking, "")
        return Step(nothing, nothing, TEXT, 0.0, 0.0, 0.0)
    if heading is None:
        said = _of_text(asking, piece.text)
        plain *= BROKEN if piece.text[:1].islower() else 1.0
        # what no text can name may hold any text
        inside = said | {point: max(said[point], said[None]) for point in asking.topics.untold}
        return Step(said, inside, TEXT, plain, plain, plain)
    return _headed(asking, piece.text, heading, named, plain)


def _headed(asking: Asking, text: str, heading: Heading, named: Asked, plain: float) -> Step:
    """The step of a paragraph, ``text``, that is or opens with a ``heading`` or a list label."""
    rank = heading.depth
    said = asking.said(heading, named)
    if heading.rest:
        said = _both(said, _of_text(asking, heading.rest))
    inner = {point: value**PARTED for point, value in said.items()}
    if heading.sure:
        return Step(said, inner, rank, 0.98, 0.05 if rank >= SMALL else 0.25, 0.6)
    if not heading.label and not heading.rest:
        return Step(said, inner, rank, 0.9 if named[0] else 0.6, 0.15, 0.6)
    if heading.rest or named[0]:
        return Step(said, inner, rank, 0.5, 0.06, 0.4)
    said = _of_text(asking, text)
    return Step(said, said, rank, max(plain, 0.1), plain, plain)


def _of_text(asking: Asking, text: str) -> dict[str | None, float]:
    """What running text says: how it begins says most of what it is about."""
    if len(text) < LEAST_LENGTH:
        return dict.fromkeys((None, *(point.id for point in asking.points)), 1.0)
    return asking.topics.likelihoods(_opening(text), text)


def _both(first: Said, second: Said) -> dict[str | None, float]:
    return {point: value * second.get(point, 1.0) for point, value in first.items()}


def _opening(text: str) -> str:
    """The first clauses of ``text`` that are long enough to say something."""
    for stop in _BREAK.finditer(text):
        if stop.start() >= OPENING:
            return text[: stop.start()]
    return text
