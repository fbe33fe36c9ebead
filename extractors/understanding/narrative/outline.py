"""How running text goes through what is asked: item by item, column by column, or point by point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.understanding.form import leading_number, without_number
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.headings import BOLD, Heading
from extractors.understanding.narrative.asking import EXPLICIT, Asking

FULL = 0.8  # score of an item's title written out
ENOUGH = 4  # items named side by side
MOST = 0.6  # share of the headings beside them


@dataclass(frozen=True, slots=True)
class Outline:
    """``by_item``: headings are items; ``columns``: those under whose heading the items come, again for each;
    ``by_number``: "Nội dung 1, 2, 3" are the group's points in the letter's order.
    """

    by_item: bool
    columns: frozenset[str] = frozenset()
    by_number: bool = False


@dataclass(slots=True)
class _Seen:
    full: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    beside: dict[int, set[int]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    ranks: Counter[int] = field(default_factory=Counter)
    columns: dict[int, set[str]] = field(default_factory=dict)
    order: list[tuple[int, str | None]] = field(default_factory=list)


def outline_of(asking: Asking, headings: Sequence[Heading | None], answered: set[int]) -> Outline:
    """The outline that ``headings`` (None: plain paragraphs) make; items that a table has ``answered`` do not count."""
    seen = _Seen()
    above: list[tuple[Heading, str | None, bool]] = []
    for heading in headings:
        if heading is None or not (heading.sure or EXPLICIT.match(fold(heading.line.full))):
            continue
        if EXPLICIT.match(fold(heading.line.full)):
            seen.numbers.append(leading_number(heading.line.full) or 0)
        while above and above[-1][0].depth >= heading.depth:
            above.pop()
        column = asking.column(heading)
        asks = any(point for _, _, point in above)
        found = asking.item(heading)
        if not asks:
            seen.ranks[heading.depth] += 1
        if found is not None and found[0] not in answered:
            seen.order.append((found[0], asking.point(heading)[0]))
            _item(asking, heading, found[0], seen, asks)
            over = next((named for _, named, _ in reversed(above) if named), None)
            if over:
                seen.columns.setdefault(found[0], set()).add(over)
        above.append((heading, column[0] if column else None, asking.point(heading)[1] >= 0.6))
    if not seen.named and seen.numbers == list(range(1, len(asking.points) + 1)) and len(seen.numbers) >= 2:
        return Outline(by_item=False, by_number=True)
    if _by_point(asking, seen.order):
        return Outline(by_item=False)
    again = [columns for columns in seen.columns.values() if len(columns) > 1]
    grouping = frozenset[str]().union(*again) if len(again) >= 2 else frozenset[str]()
    beside = any(
        len(items) >= ENOUGH and len(items) >= MOST * seen.ranks[depth] for depth, items in seen.beside.items()
    )
    many = len(seen.named) >= max(5, len(asking.form.campaign.items) // 2)
    return Outline(bool(grouping) or len(seen.full) >= 2 or many or beside, grouping)


def _by_point(asking: Asking, order: list[tuple[int, str | None]]) -> bool:
    """Whether headings that name items are the group's points about them: in the points' order, not the items'."""
    places = [point.id for point in asking.points]
    items, points = [item for item, _ in order], [places.index(point) for _, point in order if point is not None]
    if len(points) < MOST * len(items) or len(set(points)) < ENOUGH:
        return False
    return points == sorted(points) and items != sorted(items)


def _item(asking: Asking, heading: Heading, item: int, seen: _Seen, asks: bool) -> None:
    title = without_number(heading.title)
    if asking.form.items.best(title, least=0.55, margin=0.05) is not None:
        seen.named.add(item)
    if asking.form.item_titles.best(title, least=FULL) is not None or EXPLICIT.match(fold(heading.line.full)):
        seen.full.add(item)
    if not asks and heading.depth <= BOLD:
        seen.beside.setdefault(heading.depth, set()).add(item)
