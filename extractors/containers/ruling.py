"""Table grids from ruling lines: pure geometry, the same for lines drawn in a PDF and lines found on a scan.

A ruling is ``(x0, y0, x1, y1)`` in points, horizontal or vertical, with ``x0 <= x1`` and ``y0 <= y1``. Lines that touch
form a network; each network whose lines enclose more than one cell becomes a `Grid`. Borders that a page break cut
away are closed at the ends of the lines that run into them, so that a split row is kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

import msgspec

from extractors.document import Box

Ruling = tuple[float, float, float, float]

_SNAP = 3.0  # lines nearer than this are one line; also how far a crossing may miss
_MOST_CROSSINGS = 4_000_000  # a drawing, not a table
_BESIDE = 0.25  # share of a piece that may lie beside the next piece of the same line
_COVER = 0.6  # share of a cell's side that must be ruled for the side to be a border


class GridCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell over ``row_span`` × ``column_span`` grid places, with its box."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """Column and row lines (points, ascending) and the cells between them, row by row."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]

    @property
    def box(self) -> Box:
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


class Lattice(msgspec.Struct, frozen=True, kw_only=True):
    """One network of touching lines, snapped: position → stretches that are ruled."""

    horizontal: dict[float, list[tuple[float, float]]]
    vertical: dict[float, list[tuple[float, float]]]


def grids(
    rulings: Iterable[Ruling], *, snap: float = _SNAP, columns: Sequence[float] = (), lean: float = 0.0
) -> list[Grid]:
    """Every table grid that the lines enclose, from top to bottom.

    ``lean``: how far (points) the pieces of one line may stand apart, where paper was bent and lines are not straight.

    ``columns`` are the column lines of the table that may continue here from the previous page: where they hold all
    of a grid's own, they are used in their place, so that columns keep their numbers across the page break.
    """
    found = []
    for lattice in _lattices(list(rulings), snap, lean):
        grid = _grid(lattice, snap, columns)
        if grid is not None:
            found.append(grid)
    found.sort(key=lambda grid: (grid.ys[0], grid.xs[0]))
    return [grid for grid in found if not any(_inside(grid.box, other.box) for other in found if other is not grid)]


def _inside(inner: Box, outer: Box) -> bool:
    """Whether a grid is drawn within one cell of another: its text stays with the outer table."""
    return (
        inner != outer
        and inner[0] > outer[0] - 1
        and inner[1] > outer[1] - 1
        and inner[2] < outer[2] + 1
        and inner[3] < outer[3] + 1
    )


def _lattices(rulings: list[Ruling], snap: float, lean: float) -> list[Lattice]:
    horizontal = _joined([(y0, x0, x1) for x0, y0, x1, y1 in rulings if x1 - x0 >= y1 - y0], snap)
    vertical = _joined([(x0, y0, y1) for x0, y0, x1, y1 in rulings if y1 - y0 >= x1 - x0], snap)
    horizontal = [line for line in horizontal if line[2] - line[1] > 2 * snap]
    vertical = [line for line in vertical if line[2] - line[1] > 2 * snap]
    if lean:
        horizontal, vertical = _straight(horizontal, snap, lean), _straight(vertical, snap, lean)
    if len(horizontal) * len(vertical) > _MOST_CROSSINGS:
        return []
    parent = list(range(len(horizontal) + len(vertical)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, (y, x0, x1) in enumerate(horizontal):
        for j, (x, y0, y1) in enumerate(vertical, len(horizontal)):
            if x0 - snap <= x <= x1 + snap and y0 - snap <= y <= y1 + snap:
                parent[root(i)] = root(j)
    networks: dict[int, Lattice] = {}
    for index, (position, start, end) in enumerate(horizontal + vertical):
        network = networks.setdefault(root(index), Lattice(horizontal={}, vertical={}))
        side = network.horizontal if index < len(horizontal) else network.vertical
        side.setdefault(position, []).append((start, end))
    return [network for network in networks.values() if len(network.vertical) > 1 and network.horizontal]


def _joined(lines: list[tuple[float, float, float]], snap: float) -> list[tuple[float, float, float]]:
    """(position, start, end) lines with near positions made equal and touching stretches made one."""
    groups: list[list[tuple[float, float, float]]] = []
    for line in sorted(lines):
        if groups and line[0] - groups[-1][0][0] <= snap:
            groups[-1].append(line)
        else:
            groups.append([line])
    joined = []
    for group in groups:
        length = sum(end - start for _, start, end in group) or 1.0
        position = sum(at * (end - start) for at, start, end in group) / length if length > 1e-6 else group[0][0]
        stretches: list[list[float]] = []
        for _, start, end in sorted(group, key=lambda line: line[1]):
            if stretches and start <= stretches[-1][1] + snap:
                stretches[-1][1] = max(stretches[-1][1], end)
            else:
                stretches.append([start, end])
        joined += [(position, start, end) for start, end in stretches]
    return joined


def _straight(lines: list[tuple[float, float, float]], snap: float, lean: float) -> list[tuple[float, float, float]]:
    """(position, start, end) lines, the pieces of a leaning one at one position: near, and one beyond the other. Two
    lines side by side stay two."""
    groups: list[list[tuple[float, float, float]]] = []
    for _, stretch in groupby(sorted(lines), key=lambda line: line[0]):
        pieces = list(stretch)
        if groups and pieces[0][0] - groups[-1][-1][0] <= lean and _beyond(groups[-1], pieces):
            groups[-1] += pieces
        else:
            groups.append(pieces)
    made = []
    for group in groups:
        position = sum(at * (end - start) for at, start, end in group) / sum(end - start for _, start, end in group)
        made += _joined([(position, start, end) for _, start, end in group], snap)
    return made


def _beyond(some: list[tuple[float, float, float]], others: list[tuple[float, float, float]]) -> bool:
    """Whether hardly any of a stretch lies beside the others."""
    beside = sum(max(0.0, min(b, d) - max(a, c)) for _, a, b in some for _, c, d in others)
    return beside <= _BESIDE * min(sum(b - a for _, a, b in some), sum(d - c for _, c, d in others))


def _grid(lattice: Lattice, snap: float, columns: Sequence[float]) -> Grid | None:
    _close(lattice.horizontal, lattice.vertical, snap)
    _close(lattice.vertical, lattice.horizontal, snap)
    xs, ys = sorted(lattice.vertical), sorted(lattice.horizontal)
    if len(xs) < 3 or len(ys) < 2:  # a frame around text, or a single column, is no table
        return None
    if len(columns) >= len(xs) and all(any(abs(x - old) <= 2 * snap for old in columns) for x in (xs[0], xs[-1])):
        xs = _renumbered(lattice, xs, columns, snap)
    right = [[_covered(lattice.vertical.get(x), top, bottom) for x in xs[1:]] for top, bottom in _pairs(ys)]
    below = [[_covered(lattice.horizontal[y], left, end) for left, end in _pairs(xs)] for y in ys[1:]]
    cells = _cells(xs, ys, right, below)
    return Grid(xs=tuple(xs), ys=tuple(ys), cells=cells) if len(cells) > 1 else None


def _renumbered(lattice: Lattice, xs: list[float], columns: Sequence[float], snap: float) -> list[float]:
    """The previous page's column lines when every line here is one of them, else our own."""
    matched = {x: min(columns, key=lambda old: abs(old - x)) for x in xs}
    if any(abs(x - old) > 2 * snap for x, old in matched.items()) or len(set(matched.values())) < len(xs):
        return xs
    stretches = {matched[x]: lattice.vertical[x] for x in xs}
    lattice.vertical.clear()
    lattice.vertical.update(stretches)
    return sorted(columns)


def _close(
    across: dict[float, list[tuple[float, float]]], along: dict[float, list[tuple[float, float]]], snap: float
) -> None:
    """Add the border that is missing where the crossing lines end with nothing to end on."""
    for pick, edge in ((0, min), (1, max)):
        ends = [edge(stretch[pick] for stretch in stretches) for stretches in along.values()]
        outermost = edge(ends)
        reaching = [at for at, end in zip(along, ends, strict=True) if abs(end - outermost) <= 2 * snap]
        border = edge(across) if across else None
        if len(reaching) > 1 and (border is None or abs(border - outermost) > 2 * snap):
            across[outermost] = [(min(reaching), max(reaching))]


def _pairs(values: Sequence[float]) -> list[tuple[float, float]]:
    return list(pairwise(values))


def _covered(stretches: list[tuple[float, float]] | None, start: float, end: float) -> bool:
    ruled = sum(max(0.0, min(end, b) - max(start, a)) for a, b in stretches or ())
    return ruled >= _COVER * (end - start)


def _cells(xs: list[float], ys: list[float], right: list[list[bool]], below: list[list[bool]]) -> tuple[GridCell, ...]:
    """Merge grid places that no line parts; a region that is no rectangle is cut into its rows."""
    rows, columns = len(ys) - 1, len(xs) - 1
    region = {(r, c): (r, c) for r in range(rows) for c in range(columns)}

    def root(place: tuple[int, int]) -> tuple[int, int]:
        while region[place] != place:
            region[place] = region[region[place]]
            place = region[place]
        return place

    for r in range(rows):
        for c in range(columns):
            if c + 1 < columns and not right[r][c]:
                region[root((r, c + 1))] = root((r, c))
            if r + 1 < rows and not below[r][c]:
                region[root((r + 1, c))] = root((r, c))
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place in region:
        members.setdefault(root(place), []).append(place)
    cells = []
    for places in members.values():
        for r0, c0, r1, c1 in _rectangles(places):
            box = (xs[c0], ys[r0], xs[c1 + 1], ys[r1 + 1])
            cells.append(GridCell(row=r0, column=c0, row_span=r1 - r0 + 1, column_span=c1 - c0 + 1, box=box))
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))


def _rectangles(places: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    rows, columns = [r for r, _ in places], [c for _, c in places]
    whole = (min(rows), min(columns), max(rows), max(columns))
    if len(places) == (whole[2] - whole[0] + 1) * (whole[3] - whole[1] + 1):
        return [whole]
    runs = []
    for r in sorted(set(rows)):
        run: list[int] = []
        for c in sorted(c for row, c in places if row == r):
            if run and c != run[-1] + 1:
                runs.append((r, run[0], r, run[-1]))
                run = []
            run.append(c)
        runs.append((r, run[0], r, run[-1]))
    return runs


def cell_at(grid: Grid, x: float, y: float) -> GridCell | None:
    """The cell that holds a point."""
    if not (grid.xs[0] <= x <= grid.xs[-1] and grid.ys[0] <= y <= grid.ys[-1]):
        return None
    row = min(max(bisect_left(grid.ys, y) - 1, 0), len(grid.ys) - 2)
    column = min(max(bisect_left(grid.xs, x) - 1, 0), len(grid.xs) - 2)
    for cell in grid.cells:
        if cell.row <= row < cell.row + cell.row_span and cell.column <= column < cell.column + cell.column_span:
            return cell
    return None
