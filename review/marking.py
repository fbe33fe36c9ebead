"""Which letters of a text the repair changed, and what else they could have been.

A stored repair names the block it was made in, not the place in an answer: `mark` finds its words in the answer. What
is not found (an answer leaves out a heading, a reviewer wrote it anew) is left unmarked.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import msgspec

from extractors.document import Provenance
from normalizers.plan import Alternative
from storage.records import StoredRepair

_MOST_PLACES = 20  # of one repair's words in one text
_MOST_CANDIDATES = 600
_LONGEST_COMPARED = 600  # letters; a longer repair (a whole paragraph of mojibake) is marked as a whole
SURE = 0.9
"""A repair below this confidence asks for a look."""


class Letters(msgspec.Struct, frozen=True):
    """A stretch of letters; ``changed``: not what stands at the same place of the other text."""

    text: str
    changed: bool


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a text. With ``repair``: what the repair put there, ``start`` code points into the text.

    ``chosen``: a person has put another reading in its place. ``letters`` and ``original_letters``: the text, and what
    stood there as received, with the letters that differ.
    """

    text: str
    start: int
    repair: StoredRepair | None = None
    chosen: bool = False
    letters: tuple[Letters, ...] = ()
    original_letters: tuple[Letters, ...] = ()

    @property
    def unsure(self) -> bool:
        return self.repair is not None and not self.chosen and self.repair.confidence < SURE


def mark(text: str, repairs: Sequence[StoredRepair], *, edited: bool = False) -> list[Segment]:
    """``text`` as segments; ``repairs`` in the order of the blocks that it was read from.

    ``edited``: a person wrote it, who may have put another reading in the place of a repair.
    """
    wanted = [
        [one.text for one in choices(repair)] if edited and len(repair.original) > 1 else [repair.replacement]
        for repair in repairs
    ]
    segments: list[Segment] = []
    at = 0
    for repair, found in zip(repairs, _places(text, wanted), strict=True):
        if found is None:
            continue
        start, words = found
        if start > at:
            segments.append(Segment(text=text[at:start], start=at))
        now, before = compared(words, repair.original)
        segments.append(
            Segment(
                text=words,
                start=start,
                repair=repair,
                chosen=words != repair.replacement,
                letters=now,
                original_letters=before,
            )
        )
        at = start + len(words)
    if at < len(text):
        segments.append(Segment(text=text[at:], start=at))
    return segments


def mark_received(text: str, repairs: Sequence[StoredRepair]) -> list[tuple[str, StoredRepair | None]]:
    """A block's text as it was received, in stretches, each with the repair that was made there."""
    found = _places(text, [[repair.original] for repair in repairs])
    stretches: list[tuple[str, StoredRepair | None]] = []
    at = 0
    for repair, place in zip(repairs, found, strict=True):
        if place is not None:
            start, words = place
            stretches += [(text[at:start], None), (words, repair)]
            at = start + len(words)
    return [stretch for stretch in [*stretches, (text[at:], None)] if stretch[0]]


def repairs_at(where: Iterable[Provenance], repairs: Iterable[StoredRepair]) -> list[StoredRepair]:
    """The repairs made in the blocks of ``where``, in the order of the blocks."""
    order = {(place.page, place.block): n for n, place in enumerate(where)}
    found = [
        (order[key], repair)
        for repair in repairs
        if (key := next(((p.page, p.block) for p in repair.provenance if (p.page, p.block) in order), None)) is not None
    ]
    return [repair for _, repair in sorted(found, key=lambda pair: (pair[0], pair[1].id))]


def choices(repair: StoredRepair) -> list[Alternative]:
    """Every reading that can stand there, the repair's own first and the words as received last."""
    known = [Alternative(repair.replacement, repair.confidence), *repair.alternatives]
    if all(one.text != repair.original for one in known):
        known.append(Alternative(repair.original, 0.0))
    return list({one.text: one for one in reversed(known)}.values())[::-1]


def chosen(
    text: str, repairs: Sequence[StoredRepair], repair_id: int, start: int, choice: int, *, edited: bool
) -> str | None:
    """``text`` with choice number ``choice`` of a repair at ``start``; None when it does not stand there."""
    for segment in mark(text, repairs, edited=edited):
        if segment.repair is not None and segment.repair.id == repair_id and segment.start == start:
            readings = choices(segment.repair)
            if choice < len(readings):
                return text[:start] + readings[choice].text + text[start + len(segment.text) :]
    return None


def compared(text: str, other: str) -> tuple[tuple[Letters, ...], tuple[Letters, ...]]:
    """Both texts with the letters that differ between them."""
    if len(text) + len(other) > _LONGEST_COMPARED:
        return (Letters(text, True),), (Letters(other, True),)
    ours: list[Letters] = []
    theirs: list[Letters] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, other, text, autojunk=False).get_opcodes():
        if c < d:
            ours.append(Letters(text[c:d], kind != "equal"))
        if a < b:
            theirs.append(Letters(other[a:b], kind != "equal"))
    return tuple(ours), tuple(theirs)


def _places(text: str, wanted: Sequence[Sequence[str]]) -> list[tuple[int, str] | None]:
    """Where each of ``wanted`` (one of its readings) stands, in their order and apart; None where it does not.

    Of all ways the one that finds the most letters counts, so that words which stand elsewhere do not push out the
    others. With equal ones, the first places.
    """
    candidates: list[tuple[int, int, int, str]] = []  # start, end, which of `wanted`, words
    for n, readings in enumerate(wanted):
        words = next((reading for reading in readings if reading.strip() and reading in text), None)
        start = text.find(words) if words else -1
        for _ in range(_MOST_PLACES):
            if words is None or start < 0:
                break
            candidates.append((start, start + len(words), n, words))
            start = text.find(words, start + 1)
    candidates.sort()
    candidates = candidates[:_MOST_CANDIDATES]
    best: list[tuple[float, int]] = []  # letters found up to a candidate, the candidate before it
    for start, end, n, _ in candidates:
        before = (
            (best[m][0], m) for m, (_, other, k, _) in enumerate(candidates[: len(best)]) if other <= start and k < n
        )
        gain, previous = max(before, default=(0.0, -1))
        best.append((gain + (end - start) - start * 1e-6, previous))
    found: list[tuple[int, str] | None] = [None] * len(wanted)
    at = max(range(len(best)), key=lambda m: best[m][0], default=-1)
    while at >= 0:
        start, _, n, words = candidates[at]
        found[n] = (start, words)
        at = best[at][1]
    return found
