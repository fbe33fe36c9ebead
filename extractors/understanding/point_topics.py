"""Which of a group's points a text speaks of, by what the classifier says of it."""

from __future__ import annotations

from campaigns.model import Point
from extractors.understanding.form import Form

SURE = 0.55
LEAD = 0.2
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
        self._reached: dict[str, tuple[str, ...]] = {}

    def best(self, text: str, least: float = SURE) -> tuple[str | None, float]:
        """The point that ``text`` speaks of and its probability; no point below ``least`` or without a clear lead."""
        shares: dict[str, float] = {}
        for label, value in self._topics.of(text).items():
            reached = self._reach(label)
            for point in reached:
                shares[point] = shares.get(point, 0.0) + value / len(reached)
        ranked = sorted(shares.items(), key=lambda pair: -pair[1])
        if not ranked or ranked[0][1] < least:
            return None, 0.0
        clear = len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= LEAD
        return ranked[0] if clear else (None, 0.0)

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
