"""What an OCR engine told of the words of a text, kept small: a long scan has hundreds of thousands of them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from normalizers.rivals import Rival, moved


class Sure(msgspec.Struct, frozen=True):
    """The engine's confidence (0..1) for a stretch of the text, and the rivals of its letters (places in the text)."""

    start: int
    end: int
    confidence: float
    rivals: tuple[Rival, ...] = ()


class Told:
    """Stretches of a text, in order and apart."""

    def __init__(self) -> None:
        self._starts, self._ends, self._confidences = array("L"), array("L"), array("d")
        self._rivals: dict[
            int, tuple[Sequence[Rival], int]
        ] = {}  # of stretches that have any, and where their text begins

    def add(self, start: int, end: int, confidence: float, rivals: Sequence[Rival] = (), begin: int = 0) -> None:
        """``rivals``: places in a text that begins at ``begin`` of the whole."""
        if rivals:
            self._rivals[len(self._starts)] = (rivals, begin)
        self._starts.append(start)
        self._ends.append(end)
        self._confidences.append(confidence)

    def over(self, start: int, end: int) -> Sure | None:
        """What is told of all between the two places, counted from the first; None where nothing is."""
        at = bisect_right(self._starts, start) - 1
        if at < 0 or self._ends[at] < end:
            return None
        return Sure(0, end - start, self._confidences[at], self._moved(at, -start))

    def rivals(self) -> Iterator[Rival]:
        """All of them, in order."""
        for at in self._rivals:
            yield from self._moved(at)

    def _moved(self, at: int, by: int = 0) -> tuple[Rival, ...]:
        rivals, begin = self._rivals.get(at, ((), 0))
        return moved(rivals, begin + by)
