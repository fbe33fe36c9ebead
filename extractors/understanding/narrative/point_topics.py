"""Which of a group's points a text speaks of, by what the classifier says of it."""

from __future__ import annotations

from functools import cached_property

from campaigns.model import Point
from extractors.understanding.form import Form

SURE = 0.62
LEAD = 0.2
DOUBT = 0.2  # over all points: probability that a text may still speak of what the classifier sees nothing of in it
SECOND = 0.6  # weight of the text under a heading beside the heading
UNTOLD = 0.2
KNOWN = 0.7  # weight of the examples' shares; by unknown words alone nothing could speak for "other" any more
BROAD = 3  # items of a point that asks for all that was done


class PointTopics:
    """The labels of the classifier as points of one group.

    A label that names no point of the group reaches one through the items and columns they share; what only others
    are asked to report on is, for a group with one broad point, part of what it did.
    """

    def __init__(self, form: Form, points: tuple[Point, ...]) -> None:
        self._topics, self._points = form.topics, points
        self._all = {point.id: point for group in form.campaign.groups.values() for point in group.points}
        broad = [point for point in points if len(point.items) >= BROAD]
        self._broad = broad[0].id if len(broad) == 1 else None
        self._ids = [point.id for point in points]
        self._reached: dict[str, tuple[str, ...]] = {}

    @cached_property
    def untold(self) -> frozenset[str]:
        """Points that no label of the classifier reaches: only a title names them."""
        reached = {point for label in self._topics.labels for point in self._reach(label)}
        return frozenset(self._ids) - reached

    def best(self, text: str, least: float = SURE, under: str = "") -> tuple[str | None, float]:
        """The point that ``text`` speaks of and its probability; no point below ``least`` or without a clear lead.

        ``under``: what stands under it, as a second witness.
        """
        if not self._points:
            return None, 0.0
        shares = self._shares(text)
        if under and shares:
            shares = self._together(shares, self._shares(under))
        ranked = sorted(((value, point) for point, value in shares.items() if point is not None), reverse=True)
        if not ranked or ranked[0][0] < least:
            return None, 0.0
        clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= LEAD
        return (ranked[0][1], ranked[0][0]) if clear else (None, 0.0)

    def likelihoods(self, text: str, under: str = "") -> dict[str | None, float]:
        """How much likelier than usual ``text`` is of each point, as shares of one; under None, of no point.

        Words that nobody has seen speak a little for none of them.
        """
        told = self._shares(text)
        told = self._together(told, self._shares(under)) if under else told
        usual = self._usual()
        floor = DOUBT / len(usual)
        lifted = {point: (told.get(point, 0.0) + floor) / (value + floor) for point, value in usual.items() if value}
        # a point that no label reaches is never likelier than any other
        lifted |= dict.fromkeys((point for point in usual if point not in lifted), min(lifted.values(), default=1.0))
        whole = sum(lifted.values())
        return {point: value / whole for point, value in lifted.items()}

    def _usual(self) -> dict[str | None, float]:
        """Shares of the points before anything was said: between those of the examples and of unknown words."""
        known, unknown = self._topics.shares, self._topics.usual
        mixed = {label: known[label] ** KNOWN * value ** (1 - KNOWN) for label, value in unknown.items()}
        whole = sum(mixed.values())
        usual: dict[str | None, float] = dict.fromkeys([None, *self._ids], 0.0)
        for label, mix in mixed.items():
            value = mix / whole
            reached = self._reach(label) or (None,)
            for point in reached:
                usual[point] += value / len(reached)
        return usual

    def _shares(self, text: str) -> dict[str | None, float]:
        """Probability of each point; under None, of none of them."""
        shares: dict[str | None, float] = {}
        told = self._topics.of(text)
        for label, value in told.items():
            if value * len(told) < 1.0:
                continue  # less than chance; many such would add up for a point that many labels reach
            reached = self._reach(label) or (None,)
            for point in reached:
                shares[point] = shares.get(point, 0.0) + value / len(reached)
        return shares

    def _together(self, first: dict[str | None, float], second: dict[str | None, float]) -> dict[str | None, float]:
        """Two witnesses as one; neither can rule out what the other is sure of."""
        doubt = DOUBT / len(self._points)
        both: dict[str | None, float] = {
            point: (first.get(point, 0.0) + doubt) * (second.get(point, 0.0) + doubt) ** SECOND
            for point in {*first, *second} - {None}
        }
        # running text of no known matter says less than a heading of none
        both[None] = (first.get(None, 0.0) + doubt) * (min(second.get(None, 0.0), UNTOLD) + doubt) ** SECOND
        whole = sum(both.values())
        return {point: value / whole for point, value in both.items()}

    def _reach(self, label: str) -> tuple[str, ...]:
        if label not in self._reached:
            self._reached[label] = self._through(label)
        return self._reached[label]

    def _through(self, label: str) -> tuple[str, ...]:
        if label == "other":
            return ()
        if any(point.id == label for point in self._points):
            return (label,)
        foreign = self._all.get(label)
        items = set(foreign.items) if foreign else {int(label[5:])} if label.startswith("item.") else set()
        columns = set(foreign.columns) if foreign else {label}
        found = [point.id for point in self._points if items & set(point.items)]
        if not found and not items:
            found = [point.id for point in self._points if self._asks(point, columns)]
        if len(found) > 1 and self._broad in found:
            found = [self._broad]
        return tuple(found) or ((self._broad,) if self._broad else ())

    def _asks(self, point: Point, columns: set[str]) -> bool:
        """Whether a point asks a column as such: one about a few items asks it of these alone."""
        narrow = 0 < len(point.items) < BROAD
        return bool(columns & set(point.columns)) and not narrow and point.id not in self._topics.labels
