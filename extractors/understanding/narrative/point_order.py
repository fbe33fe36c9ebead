"""Which point each paragraph of a report answers, all of them together: what each says, how it looks, and that
points come mostly in the letter's order.

A hidden Markov model. Its state is the point told last, whether the present section tells it, and the rank of what
opened the section. A paragraph either goes on with the open section or opens one, the readier the more it looks like
a heading that stands no deeper than the last. Some reports keep no order: the likelier of both is taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

AHEAD = (1.0, 0.6, 0.4, 0.25)  # odds of the next point, the one after it, ...; the last holds for all further ones
BACK = 0.3  # all the points before the last one together
BEFORE, APART = 0.6, 0.2  # a section that answers no point: before the first that does, and later
UNORDERED = 0.1  # share of reports that keep no order
UNENDED = 0.5  # odds that a report stops before the group's last point

Said = Mapping[str | None, float]
"""What a text says by itself: point → how likely; None: no point."""
_Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One paragraph. ``opens``: what it says if it opens a section, ``goes_on``: what it says inside one.

    ``rank``: that of its heading, smaller is higher; ``beside``, ``inside``, ``loose``: the chance that it opens a
    section where the open one is of its own rank or a deeper one, of a higher one, or of a higher one that answers
    nothing.
    """

    opens: Said
    goes_on: Said
    rank: int
    beside: float
    inside: float
    loose: float


@dataclass(frozen=True, slots=True)
class Told:
    """The likeliest ``point`` of a paragraph (None: of none), its probability, and whether it opens a section."""

    point: str | None
    value: float
    opens: bool


def in_order(steps: Sequence[Step], points: Mapping[str, float]) -> list[Told]:
    """What each of ``steps`` (in order of the report) answers, given all the others.

    ``points`` in the letter's order, each with the odds that a section that ends is followed by another of it.
    """
    if not steps or not points:
        return [Told(None, 0.0, opens=False)] * len(steps)
    odds = list(points.values())
    ordered = _Chain(steps, points, _moves(odds), UNENDED, 1.0 - UNORDERED)
    free = _Chain(steps, points, _moves_anywhere(odds), 1.0, UNORDERED)
    return max(ordered, free, key=lambda chain: chain.likely).told()


class _Chain:
    """Arrays over last point told (0: none yet) × tells it (0: no) × rank of the open section."""

    def __init__(
        self, steps: Sequence[Step], points: Mapping[str, float], moves: _Array, unended: float, prior: float
    ) -> None:
        self.steps, self.points, self.moves = steps, list(points), moves
        self.ranks = sorted({step.rank for step in steps})
        self.shape = (len(points) + 1, 2, len(self.ranks))
        self.end = np.full(self.shape, unended)
        self.end[-1] = 1.0
        self.likely = math.log(prior)
        self.ahead = self._forward()
        self.likely += math.log(float((self.ahead[-1] * self.end).sum()))

    def _forward(self) -> list[_Array]:
        now = self._start()
        found = []
        for step in self.steps:
            change, opens, goes_on = self._of(step)
            fresh = np.einsum("ltr,ltr,lau->au", now, change, self.moves) * opens
            now = now * (1.0 - change) * goes_on[:, :, None]
            now[:, :, self.ranks.index(step.rank)] += fresh
            self.likely += math.log(float(now.sum()))
            now /= now.sum()
            found.append(now)
        return found

    def told(self) -> list[Told]:
        ahead, back = self.ahead, self.end
        found: list[Told] = []
        for at in range(len(self.steps) - 1, -1, -1):
            step = self.steps[at]
            change, opens, goes_on = self._of(step)
            both = ahead[at] * back
            both /= both.sum()
            shares = [float(both[:, 0].sum()), *(float(both[k, 1].sum()) for k in range(1, self.shape[0]))]
            best = max(range(len(shares)), key=lambda k: shares[k])
            before = ahead[at - 1] if at else self._start()
            fresh = np.einsum("ltr,ltr,lau->au", before, change, self.moves) * opens
            begun = fresh * back[:, :, self.ranks.index(step.rank)]
            gone_on = before * (1.0 - change) * goes_on[:, :, None] * back
            told = (slice(None), 0) if best == 0 else (best, 1)
            found.append(
                Told(
                    self.points[best - 1] if best else None,
                    shares[best],
                    bool(begun[told].sum() > gone_on[told].sum()),
                )
            )
            after = np.einsum("lau,au->l", self.moves, opens * back[:, :, self.ranks.index(step.rank)])
            back = (1.0 - change) * goes_on[:, :, None] * back + change * after[:, None, None]
            back /= back.max()
        return found[::-1]

    def _start(self) -> _Array:
        now = np.zeros(self.shape)
        now[0, 0, -1] = 1.0
        return now

    def _of(self, step: Step) -> tuple[_Array, _Array, _Array]:
        """Chance of opening a section by state, and how ``step`` fits what it opens and what it goes on with."""
        beside = np.array(self.ranks) >= step.rank
        change = np.stack([np.where(beside, step.beside, other) for other in (step.loose, step.inside)])
        return np.broadcast_to(change, self.shape), self._fits(step.opens), self._fits(step.goes_on)

    def _fits(self, said: Said) -> _Array:
        told = np.array([0.0, *(said.get(point, 0.0) for point in self.points)])
        return np.stack([np.full(self.shape[0], said.get(None, 0.0)), told], axis=1)


def _moves(again: Sequence[float]) -> _Array:
    """Odds of (last, tells) after a section when ``last`` was told before: last × last × tells, rows of one."""
    count = len(again)
    moves = np.zeros((count + 1, count + 1, 2))
    for last in range(count + 1):
        moves[last, last, 0] = BEFORE if last == 0 else APART
        for after in range(1, count + 1):
            step = after - last
            if step < 0:
                moves[last, after, 1] = BACK / (last - 1)
            else:
                moves[last, after, 1] = AHEAD[min(step, len(AHEAD)) - 1] if step else again[last - 1]
    shares: _Array = moves / moves.sum(axis=(1, 2), keepdims=True)
    return shares


def _moves_anywhere(again: Sequence[float]) -> _Array:
    """`_moves` of a report in no order: any other point is as likely as the next."""
    moves = _moves(again)
    for last in range(len(again) + 1):
        others = [after for after in range(1, len(again) + 1) if after != last]
        moves[last, others, 1] = moves[last, others, 1].sum() / max(len(others), 1)
    return moves
