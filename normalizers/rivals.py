"""Other letters that an OCR engine weighed in the place of one it read, and how strange each would be.

An engine's best path beats the others by tens of nats even where it is wrong, because it sums over many slices of the
picture; so the gap between two letters is no log odds. What a rival is worth was counted on drawn pages in many faces.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import msgspec

FARTHEST = 30.0
"""Gap (nats of the engine) over which a letter is no rival."""
_NEAR, _STEP = 0.5, 0.14  # cost of a rival right behind the best letter, and of every nat more
_MOST = 3  # letters of a word that are changed at once
_WAYS = 24  # spellings of a word that are tried


class Rival(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """``other`` may stand at ``at`` (an index into a text) in the place of ``seen``; ``gap`` nats behind."""

    at: int
    seen: str
    other: str
    gap: float

    def __post_init__(self) -> None:
        # There are few letters and, on a long scan, hundreds of thousands of rivals.
        msgspec.structs.force_setattr(self, "seen", sys.intern(self.seen))
        msgspec.structs.force_setattr(self, "other", sys.intern(self.other))


def cost(rival: Rival) -> float:
    """Minus the log of about how often a rival so far behind is right."""
    return _NEAR + _STEP * rival.gap


def moved(rivals: Sequence[Rival], by: int) -> tuple[Rival, ...]:
    """The same rivals in a text that begins ``by`` letters earlier."""
    return tuple(Rival(r.at + by, r.seen, r.other, r.gap) for r in rivals)


def spellings(text: str, rivals: Sequence[Rival]) -> Iterator[tuple[str, float]]:
    """What ``text`` may be with some of ``rivals`` in place, and the cost of each, cheapest first."""
    found: list[tuple[float, str, int, int]] = [(0.0, text, -1, 0)]  # cost, spelling, last place changed, changes
    for rival in sorted(rivals, key=lambda r: r.at):
        if not 0 <= rival.at < len(text) or text[rival.at] != rival.seen:
            continue
        for total, spelling, last, count in list(found):
            if last < rival.at and count < _MOST:
                made = spelling[: rival.at] + rival.other + spelling[rival.at + 1 :]
                found.append((total + cost(rival), made, rival.at, count + 1))
        if len(found) > _WAYS:
            found = sorted(found, key=lambda each: each[0])[:_WAYS]
    for total, spelling, _, count in sorted(found):
        if count:
            yield spelling, total
