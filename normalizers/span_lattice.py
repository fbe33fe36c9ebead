"""A lattice over damaged lines: readings of damaged spans between certain words, and what each arc stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from normalizers.atoms import MARK, Atom
from normalizers.channels import NONE, Candidates
from normalizers.damaged_words import LossyLine, readings
from normalizers.language_model import BREAK, UNKNOWN
from normalizers.lattice import Lattice
from normalizers.syllables import is_vietnamese_syllable

CONTEXT = 3  # certain words kept on either side: a 4-gram looks back three
# Log priors, set on held-out damage: leaving a mark as it is, alone or ending a question; piecing words together.
AS_IS, QUESTION = -9.0, -2.0
SQUEEZED_BREAK, FALSE_SPLIT = -1.0, -3.0
NO_HOLE = -4.0  # two blanks where no word was lost
UNKNOWN_AS_IS = -8.0  # a word that no channel explains and the model does not know


class Slot(msgspec.Struct):
    """Arcs ``first`` … ``first + count - 1`` are readings of atoms low..high of a line."""

    first: int
    line: int
    low: int
    high: int
    surfaces: tuple[str | None, ...]


class _Cut(NamedTuple):
    """A line's atoms, and for each the words that may start there: (end, candidates)."""

    atoms: list[Atom]
    options: list[list[tuple[int, Candidates]]]


class _Arcs(NamedTuple):
    """Readings of the atoms up to ``end``: vocabulary ids, log priors, spellings (None: as it stands)."""

    end: int
    words: tuple[int, ...]
    priors: tuple[float, ...]
    surfaces: tuple[str | None, ...]


class SpanLattice:
    """Turns lines into one lattice of many spans, remembering what each arc stands for."""

    def __init__(self) -> None:
        self.lattice = Lattice()
        self.slots: list[Slot] = []
        self.lines: list[int] = []  # line of each span

    def add(self, number: int, line: LossyLine, atoms: list[Atom]) -> None:
        options: list[list[tuple[int, Candidates]]] = []
        active = [False] * len(atoms)
        for i, atom in enumerate(atoms):
            found = readings(i, atoms, line) if atom.kind in ("word", "number", "hole") else []
            options.append(found)
            for high, _ in found:
                active[i:high] = [True] * (high - i)
            if atom.damaged:
                active[i] = True
        if line.whole:
            active = [True] * len(atoms)
        at = 0
        while at < len(atoms):
            if not active[at]:
                at += 1
                continue
            end = at + 1
            quiet = 0
            while end < len(atoms) and quiet <= CONTEXT:
                quiet = 0 if active[end] else quiet + 1
                end += 1
            end -= quiet
            self._span(number, line, _Cut(atoms, options), at, end)
            at = end

    def _span(self, number: int, line: LossyLine, pieces: _Cut, first: int, last: int) -> None:
        """One span over atoms first..last with up to `CONTEXT` certain atoms on either side."""
        atoms = pieces.atoms
        low, high = max(0, first - CONTEXT), min(len(atoms), last + CONTEXT)
        high += atoms[high - 1].kind == "hole"
        add = self.lattice.add
        node = self.lattice.open_span(high - low + 3)
        self.lines.append(number)
        self.slots.append(Slot(len(self.lattice), number, 0, 0, (None,)))
        add(node, node + 1, (BREAK if low == 0 else atoms[low - 1].word,), (0.0,))
        base = node + 1 - low
        for i in range(low, high):
            for end, words, priors, surfaces in self._arcs(i, line, pieces, first <= i < last):
                if end > high:
                    continue
                self.slots.append(Slot(len(self.lattice), number, i, end, surfaces))
                add(base + i, base + end, words, priors)
                if i > low and atoms[i - 1].kind == "hole":  # which may be none
                    self.slots.append(Slot(len(self.lattice), number, i, end, surfaces))
                    add(base + i - 1, base + end, words, tuple(p + NO_HOLE for p in priors))
        self.slots.append(Slot(len(self.lattice), number, 0, 0, (None,)))
        add(base + high, base + high + 1, (BREAK if high == len(atoms) else atoms[high].word,), (0.0,))

    def _arcs(self, i: int, line: LossyLine, pieces: _Cut, active: bool) -> Iterator[_Arcs]:
        """What may start at atom ``i``: itself as it stands, and the words it can be read as."""
        atoms, options = pieces
        atom = atoms[i]
        found = options[i] if active else ()
        before = SQUEEZED_BREAK if i and _squeezed(atoms, i, line) else 0.0
        if atom.kind != "hole" and not any(
            end == i + 1 and group is not NONE and not atom.damaged for end, group in found
        ):
            as_is = before + (_as_is(atoms, i) if atom.damaged else 0.0)
            if atom.word == UNKNOWN and not atom.damaged:
                as_is += UNKNOWN_AS_IS
            yield _Arcs(i + 1, (atom.word,), (as_is,), (None,))
        for end, group in found:
            joined = before + (FALSE_SPLIT * (end - i - 1) if line.spacing == "ruled" else 0.0)
            priors = group.priors if joined == 0.0 else tuple(p + joined for p in group.priors)
            yield _Arcs(end, group.words, priors, group.surfaces)


def _squeezed(atoms: Sequence[Atom], i: int, line: LossyLine) -> bool:
    """Whether the gap before atom ``i`` may be inside a word, so that ending a word there has its price."""
    one, two = atoms[i - 1], atoms[i]
    return (
        line.spacing == "collapsed" and two.gap == 1 and (one.damaged or two.damaged) and one.kind == two.kind == "word"
    )


def _as_is(atoms: Sequence[Atom], i: int) -> float:
    """Log prior of leaving a damaged atom as it stands."""
    text = atoms[i].text
    if text.endswith("?") and len(text) > 1 and not MARK.search(text[:-1]) and is_vietnamese_syllable(text[:-1]):
        return QUESTION
    return AS_IS - (3.0 if "?" not in text else 0.0)
