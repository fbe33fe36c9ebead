"""A decoded lattice read back: the evidence of each line, and its changes with how sure each is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from normalizers.atoms import MARK, Atom
from normalizers.channels import UNCASED, undamaged
from normalizers.confidence import calibrated
from normalizers.damaged_words import LossyLine
from normalizers.language_model import BREAK, LanguageModel
from normalizers.lattice import Decoded
from normalizers.plan import Alternative, Change
from normalizers.recase import Surroundings, recase
from normalizers.respacing import close_up
from normalizers.span_lattice import Slot, SpanLattice
from normalizers.syllables import is_vietnamese_syllable
from normalizers.vocabulary import new_placement


class _Pick(NamedTuple):
    """An arc of the best path, its slot and how sure it is."""

    slot: Slot
    arc: int
    sure: float


class Decoding:
    """Decoded lines: the log evidence of each (all its spans together), and on demand its changes."""

    def __init__(
        self,
        lines: Sequence[LossyLine],
        cuts: list[list[Atom]],
        spans: SpanLattice,
        decoded: Decoded | None,
        model: LanguageModel,
    ) -> None:
        self.lines, self._cuts, self._slots, self._decoded, self._model = lines, cuts, spans.slots, decoded, model
        self.evidence = [0.0] * len(lines)
        self._picked: list[list[tuple[Slot, int]]] = [[] for _ in lines]
        self._chosen: list[dict[int, tuple[int, str]]] = [{} for _ in lines]  # first atom → (end, spelling)
        self._confidence: list[list[float]] | None = None
        if decoded is None:
            return
        for number, value in zip(spans.lines, decoded.evidence.tolist(), strict=True):
            self.evidence[number] += value
        firsts = [slot.first for slot in self._slots]
        for arc in decoded.best:
            slot = self._slots[bisect_right(firsts, arc) - 1]
            surface = slot.surfaces[arc - slot.first]
            if surface is not None and slot.low not in self._chosen[slot.line]:
                self._chosen[slot.line][slot.low] = (slot.high, surface)
                self._picked[slot.line].append((slot, arc))

    def restored(self, number: int) -> int:
        """How many words of line ``number`` are read otherwise than they stand."""
        atoms = self._cuts[number]
        return sum(s.surfaces[a - s.first] != atoms[s.low].text.lower() for s, a in self._picked[number])

    def words(self, number: int) -> int:
        """How many words and numbers line ``number`` has."""
        return sum(atom.kind in ("word", "number") for atom in self._cuts[number])

    def legal_share(self, number: int) -> float:
        """Share of line ``number``'s words that, once restored, are syllables, known words or abbreviations."""
        chosen = self._chosen[number]
        words = [(i, a.text) for i, a in enumerate(self._cuts[number]) if a.kind == "word"]
        restored = [(text, chosen[i][1] if i in chosen else text.lower()) for i, text in words]
        good = sum(
            is_vietnamese_syllable(low) or low == "đ" or (text.isupper() and len(text) > 1) for text, low in restored
        )
        return good / len(restored) if restored else 0.0

    def changes(self, number: int) -> list[Change]:
        """The changes of line ``number``, with offsets in the whole text."""
        line, atoms = self.lines[number], self._cuts[number]
        out: list[Change] = []
        if not self._picked[number]:
            return close_up(line.text, line.offset, out, line.spacing) if line.spacing != "tight" else out
        for (slot, arc), sure in zip(self._picked[number], self._sure(number), strict=True):
            change = self._change(line, atoms, _Pick(slot, arc, sure), self._chosen[number])
            if change is not None:
                out.append(change)
        return close_up(line.text, line.offset, out, line.spacing) if line.spacing != "tight" else out

    def _sure(self, number: int) -> list[float]:
        """How sure each picked word of a line is."""
        if self._confidence is None:
            self._confidence = self._all_sure()
        return self._confidence[number]

    def _all_sure(self) -> list[list[float]]:
        """How sure the picked words of all lines are, in one go."""
        assert self._decoded is not None
        words, at, arcs = [BREAK], [], []
        for picked, chosen, atoms in zip(self._picked, self._chosen, self._cuts, strict=True):
            place, i = {}, 0
            while i < len(atoms):
                end, spelling = chosen.get(i, (i + 1, None))
                place[i] = len(words)
                if spelling is not None or atoms[i].kind != "hole":
                    words.append(atoms[i].word if spelling is None else self._model.id(spelling))
                i = end
            words.append(BREAK)
            at += [place[slot.low] for slot, _ in picked]
            arcs += [arc for _, arc in picked]
        ids, places = np.asarray(words, np.int64), np.asarray(at, np.int64)
        posterior = self._decoded.posterior[arcs]
        sure = calibrated(posterior, ids[places - 1], ids[places], ids[places + 1], self._model).tolist()
        ends = np.cumsum([len(picked) for picked in self._picked]).tolist()
        return [sure[end - len(picked) : end] for end, picked in zip(ends, self._picked, strict=True)]

    def _change(
        self, line: LossyLine, atoms: list[Atom], pick: _Pick, chosen: dict[int, tuple[int, str]]
    ) -> Change | None:
        assert self._decoded is not None
        posterior = self._decoded.posterior
        slot, arc, sure = pick
        low, high = slot.low, slot.high
        around = Surroundings(atoms, chosen, self._model)
        start, end = atoms[low].start, atoms[high - 1].end
        original = line.text[start:end]
        seen = atoms[low].text if high == low + 1 else "".join(a.text for a in atoms[low:high])
        surface = slot.surfaces[arc - slot.first]
        if line.new_placement and surface is not None:
            surface = new_placement(surface)
        hole = atoms[low].kind == "hole"

        def cased(word: str | None) -> str:
            if hole and word is not None:
                return f" {recase(word, '?' * len(word), low, high, around)} "
            if word is not None and line.channel in UNCASED and (way := undamaged(word, seen, line.channel)):
                return way
            return recase(word, seen, low, high, around)

        replacement = cased(surface)
        if original == replacement:
            return None
        alternatives: list[Alternative] = []
        if posterior[arc] < 0.998:
            shares = posterior[slot.first : slot.first + len(slot.surfaces)].tolist()
            shares[arc - slot.first] = 0.0
            rivals = sorted(((q, s) for q, s in zip(shares, slot.surfaces, strict=True) if q > 0.001), reverse=True)
            alternatives = [Alternative(cased(s), round(q, 4)) for q, s in rivals[:4]]
        return Change(
            start=line.offset + start, end=line.offset + end, kind=_kind(line, seen, original), original=original,
            replacement=replacement, confidence=round(sure, 4), alternatives=tuple(alternatives),
        )  # fmt: skip


_KINDS = {
    "letters dropped": "dropped_letter", "tones stripped": "stripped_tone", "marks stripped": "stripped_mark",
    "converted as VNI": "misconverted_vni", "converted as TCVN3": "misconverted_tcvn3",
    "TCVN3 without soft hyphen": "tcvn3_soft_hyphen",
}  # fmt: skip


def _kind(line: LossyLine, seen: str, original: str) -> str:
    if MARK.search(seen):
        return "lost_letter"
    if " " in original and seen:
        return "false_split"
    return _KINDS.get(line.channel, "lost_letter")
