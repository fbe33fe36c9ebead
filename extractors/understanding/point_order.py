"""Which point each heading of a report answers, all of them together: what each says, and that points come in order.

A heading in words nobody foresaw is often the only one that can stand between two that are known. The probabilities
are those of a hidden Markov model whose states are the point told last and whether the present heading tells it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

AHEAD = (1.0, 0.6, 0.4, 0.25)  # odds of the next point, the one after it, ...; the last holds for all further ones
AGAIN = 0.3  # a second heading of the same point
BACK = 0.08
BEFORE, APART = 0.6, 0.2  # a heading that answers no point: before the first that does, and later
UNENDED = 0.5  # odds that a report stops before the group's last point

Said = Mapping[str | None, float]
"""What one heading says by itself: point → how likely; None: no point."""


def in_order(said: Sequence[Said], points: Sequence[str]) -> list[tuple[str | None, float]]:
    """The likeliest point of each of ``said`` (in order of the report) and its probability, given all the others."""
    if not said or not points:
        return [(None, 0.0)] * len(said)
    count = len(points)
    states = [(last, tells) for last in range(-1, count) for tells in (True, False) if tells <= (last >= 0)]
    moves = [[_odds(last, after, tells) for after, tells in states] for last, _ in states]
    moves = [[odds / sum(row) for odds in row] for row in moves]
    fits = [[one.get(points[last] if tells else None, 0.0) for last, tells in states] for one in said]
    start = states.index((-1, False))
    ahead = [_scaled([moves[start][s] * fits[0][s] for s in range(len(states))])]
    for fit in fits[1:]:
        before = ahead[-1]
        ahead.append(
            _scaled([fit[s] * sum(before[r] * moves[r][s] for r in range(len(states))) for s in range(len(states))])
        )
    back = [1.0 if last == count - 1 else UNENDED for last, _ in states]
    found: list[tuple[str | None, float]] = []
    for at in range(len(said) - 1, -1, -1):
        both = _scaled([a * b for a, b in zip(ahead[at], back, strict=True)])
        told: dict[str | None, float] = {}
        for (last, tells), value in zip(states, both, strict=True):
            point = points[last] if tells else None
            told[point] = told.get(point, 0.0) + value
        best = max(told, key=lambda point: told[point])
        found.append((best, told[best]))
        back = _scaled(
            [sum(moves[r][s] * fits[at][s] * back[s] for s in range(len(states))) for r in range(len(states))]
        )
    return found[::-1]


def _odds(last: int, after: int, tells: bool) -> float:
    """Odds of the state (``after``, ``tells``) when ``last`` was told before; not yet normalised."""
    if not tells:
        return 0.0 if after != last else BEFORE if last < 0 else APART
    step = after - last
    if step == 0:
        return AGAIN
    return BACK if step < 0 else AHEAD[min(step, len(AHEAD)) - 1]


def _scaled(values: list[float]) -> list[float]:
    whole = sum(values)
    return [value / whole for value in values] if whole else [1.0 / len(values)] * len(values)
