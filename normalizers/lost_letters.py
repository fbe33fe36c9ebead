"""Lost letters: damaged words become lattices of candidates, the language model chooses.

Certain words are arcs of one candidate; only damaged spans with three words of context on either side are decoded.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from normalizers.atoms import MARK, Atom, Spacing, cut
from normalizers.channels import (
    DROPPED,
    NONE,
    SILENT,
    UNCASED,
    UNION,
    Candidates,
    candidates,
    cased_candidates,
    undamaged,
)
from normalizers.confidence import calibrated
from normalizers.language_model import BREAK, NUMBER, UNKNOWN, LanguageModel
from normalizers.lattice import Adaptation, Decoded, Lattice, decode
from normalizers.plan import Alternative, Change
from normalizers.recase import Surroundings, recase
from normalizers.respacing import close_up
from normalizers.syllables import is_vietnamese_syllable
from normalizers.vocabulary import lexicon, new_placement

CONTEXT = 3  # certain words kept on either side: a 4-gram looks back three
BATCH = 20_000  # characters decoded together: more is no faster
_SUM = re.compile(r"[.,]\d{3}$")  # 450.000đ
LONGEST_WORD = 14  # no word that is looked up is longer
LONGEST = 8  # letters of the longest word that is pieced together
# Log priors, set on held-out damage: leaving a mark as it is, alone or ending a question; piecing words together.
AS_IS, QUESTION = -9.0, -2.0
SQUEEZED_BREAK, FALSE_SPLIT = -1.0, -3.0
ONLY_D = 6.0  # behind a sum d is what is left of đ
NO_HOLE = -4.0  # two blanks where no word was lost
UNKNOWN_AS_IS = -8.0  # a word that no channel explains and the model does not know


class LossyLine(msgspec.Struct, frozen=True):
    """A line to decode: its text, where it starts in the whole, spacing and channel.

    ``run_damage``: the document splits words where its runs were split. ``whole``: decode every word, so that the
    evidence of several channels can be compared.
    ``new_placement``: the document writes hoà, uỷ; it decides where the damage left no trace of the tone's place.
    """

    text: str
    offset: int
    spacing: Spacing = "tight"
    channel: str = UNION
    run_damage: bool = False
    whole: bool = False
    new_placement: bool = False


class _Slot(msgspec.Struct):
    """Arcs ``first`` … ``first + count - 1`` are readings of atoms low..high of a line."""

    first: int
    line: int
    low: int
    high: int
    surfaces: tuple[str | None, ...]


class _Pick(NamedTuple):
    """An arc of the best path, its slot and how sure it is."""

    slot: _Slot
    arc: int
    sure: float


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


class _Builder:
    """Turns lines into one lattice of many spans, remembering what each arc stands for."""

    def __init__(self) -> None:
        self.lattice = Lattice()
        self.slots: list[_Slot] = []
        self.lines: list[int] = []  # line of each span

    def add(self, number: int, line: LossyLine, atoms: list[Atom]) -> None:
        options: list[list[tuple[int, Candidates]]] = []
        active = [False] * len(atoms)
        for i, atom in enumerate(atoms):
            found = _readings(i, atoms, line) if atom.kind in ("word", "number", "hole") else []
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
        self.slots.append(_Slot(len(self.lattice), number, 0, 0, (None,)))
        add(node, node + 1, (BREAK if low == 0 else atoms[low - 1].word,), (0.0,))
        base = node + 1 - low
        for i in range(low, high):
            for end, words, priors, surfaces in self._arcs(i, line, pieces, first <= i < last):
                if end > high:
                    continue
                self.slots.append(_Slot(len(self.lattice), number, i, end, surfaces))
                add(base + i, base + end, words, priors)
                if i > low and atoms[i - 1].kind == "hole":  # which may be none
                    self.slots.append(_Slot(len(self.lattice), number, i, end, surfaces))
                    add(base + i - 1, base + end, words, tuple(p + NO_HOLE for p in priors))
        self.slots.append(_Slot(len(self.lattice), number, 0, 0, (None,)))
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


def _readings(i: int, atoms: Sequence[Atom], line: LossyLine) -> list[tuple[int, Candidates]]:
    """(end, candidates) of all words that may start at atom ``i``."""
    atom = atoms[i]
    out: list[tuple[int, Candidates]] = []
    silent = line.channel in SILENT
    if atom.kind == "word":
        found = _look_up(atoms, i, line.channel) if atom.damaged or silent else NONE
        if (
            found is not NONE
            and not (silent and _stands_alone(i, atoms))
            and (found := _for_code(found) if silent and _in_code(atom, line.text) else found) is not NONE
            and (atom.damaged or len(found.words) > 1 or found.surfaces[0] != atom.text.lower())
        ):
            out.append((i + 1, found))
    elif atom.kind == "hole":
        return [(i + 1, candidates("", line.channel))]
    if line.spacing == "collapsed":
        out += _pieced_together(i, atoms, line)
    if line.run_damage:
        out += _false_splits(i, atoms)
    return out


def _stands_alone(i: int, atoms: Sequence[Atom]) -> bool:
    """Whether a word without a mark is no word: a unit behind its number (``350tr``), a label (``d)``)."""
    atom = atoms[i]
    if i and atoms[i - 1].kind == "number" and atom.gap == 0:
        return not (atom.text == "d" and _SUM.search(atoms[i - 1].text))
    label = len(atom.text) == 1 and i + 1 < len(atoms) and atoms[i + 1].text in (")", ".") and atoms[i + 1].gap == 0
    return label and (i == 0 or atoms[i - 1].kind == "stop")


def _in_code(atom: Atom, text: str) -> bool:
    """Whether a word in capitals is part of a document's code (``12/BC-THPT``)."""
    around = (text[atom.start - 1 : atom.start] or " ") + (text[atom.end : atom.end + 1] or " ")
    return atom.text.isupper() and ("/" in around or "-" in around)


def _for_code(found: Candidates) -> Candidates:
    """The abbreviations among the candidates: ``QD`` is QĐ, but ``BC`` is not BẮC."""
    kept = [k for k, s in enumerate(found.surfaces) if not is_vietnamese_syllable(s)]
    if not kept:
        return NONE
    return Candidates(
        tuple(found.surfaces[k] for k in kept),
        tuple(found.words[k] for k in kept),
        tuple(found.priors[k] for k in kept),
    )


def _pieced_together(i: int, atoms: Sequence[Atom], line: LossyLine) -> list[tuple[int, Candidates]]:
    """Damaged words from atom ``i`` over blanks that may stand inside a word."""
    out: list[tuple[int, Candidates]] = []
    pattern = atoms[i].text
    for j in range(i + 1, len(atoms)):
        step = atoms[j]
        pattern += step.text
        apart = step.gap != 1 or step.kind != "word" or not (step.damaged or atoms[j - 1].damaged)
        if apart or len(pattern) > LONGEST or atoms[i].kind != "word":
            break
        if (found := candidates(pattern.lower(), line.channel)) is not NONE:
            out.append((j + 1, found))
    return out


def _false_splits(i: int, atoms: Sequence[Atom]) -> list[tuple[int, Candidates]]:
    """``T rung`` and ``2 4`` where runs were split: two pieces that one blank keeps apart."""
    if i + 1 == len(atoms):
        return []
    one, two = atoms[i], atoms[i + 1]
    if two.gap != 1 or one.kind != two.kind or one.damaged or two.damaged:
        return []
    joined = (one.text + two.text).lower()
    if one.kind == "number":
        return [(i + 2, Candidates((joined,), (NUMBER,), (0.0,)))] if len(joined) == 2 else []
    word = lexicon().get(joined)
    if word is None or (is_vietnamese_syllable(one.text) and is_vietnamese_syllable(two.text)):
        return []
    return [(i + 2, Candidates((joined,), (word,), (0.0,)))]


def _look_up(atoms: Sequence[Atom], i: int, channel: str) -> Candidates:
    """Candidates of one atom; inside a sentence, in a word that is not all capitals, its initial's case counts."""
    text = atoms[i].text
    if len(text) > LONGEST_WORD:
        return NONE
    if text == "d" and i and atoms[i].gap == 0 and _SUM.search(atoms[i - 1].text):
        return Candidates(("đ",), (lexicon().get("đ", UNKNOWN),), (ONLY_D,))
    head = text[0]
    inside = i > 0 and atoms[i - 1].kind == "word" and head.isalpha() and not (len(text) > 1 and text[1:].isupper())
    if inside and (head.islower() or not _loud(atoms[i - 1].text)):
        return cased_candidates(text.lower(), channel, head.isupper())
    return candidates(text.lower(), channel)


def _loud(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters)


class Decoding:
    """Decoded lines: the log evidence of each (all its spans together), and on demand its changes."""

    def __init__(
        self,
        lines: Sequence[LossyLine],
        cuts: list[list[Atom]],
        builder: _Builder,
        decoded: Decoded | None,
        model: LanguageModel,
    ) -> None:
        self.lines, self._cuts, self._slots, self._decoded, self._model = lines, cuts, builder.slots, decoded, model
        self.evidence = [0.0] * len(lines)
        self._picked: list[list[tuple[_Slot, int]]] = [[] for _ in lines]
        self._chosen: list[dict[int, tuple[int, str]]] = [{} for _ in lines]  # first atom → (end, spelling)
        self._confidence: list[list[float]] | None = None
        if decoded is None:
            return
        for number, value in zip(builder.lines, decoded.evidence.tolist(), strict=True):
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


def as_it_stands(lines: Sequence[LossyLine], model: LanguageModel, adaptation: Adaptation) -> list[float]:
    """Log probability of each line left alone, comparable to the evidence of a decoding of all its words."""
    ids: list[int] = []
    starts: list[int] = []
    extra: list[float] = []
    for line in lines:
        atoms = cut(line.text, line.spacing, model)
        starts.append(len(ids))
        ids += [BREAK, *(a.word for a in atoms), BREAK]
        extra.append(sum(UNKNOWN_AS_IS for a in atoms if a.kind == "word" and a.word == UNKNOWN))
    if not ids:
        return []
    scores = model.score(ids)
    w = np.asarray(ids, dtype=np.int64)
    scores = adaptation.mix(w[:-1], w[1:], scores)
    totals = np.concatenate([[0.0], np.cumsum(scores, dtype=np.float64)])
    ends = [*starts[1:], len(ids)]
    return [float(totals[end - 1] - totals[start]) + e for start, end, e in zip(starts, ends, extra, strict=True)]


def _with_holes(atoms: list[Atom], line: LossyLine) -> list[Atom]:
    """Where letters were dropped, two blanks side by side may be all that is left of a word (``làm việc ở nhà``)."""
    if line.channel != DROPPED or "  " not in line.text:
        return atoms
    out: list[Atom] = []
    for atom in atoms:
        if atom.gap == 2 and out and line.text[atom.start - 2 : atom.start] == "  ":
            out.append(Atom(atom.start - 2, atom.start, "", "hole", UNKNOWN, 0))
        out.append(atom)
    return out


def _split_questions(atoms: list[Atom], line: LossyLine, model: LanguageModel) -> list[Atom]:
    """Damaged atoms that no word explains but whose front a word does: the last mark is a question mark."""
    out: list[Atom] = []
    for atom in atoms:
        if len(atom.text) > LONGEST_WORD:
            out.append(atom)
            continue
        core = atom.text[:-1]
        if (
            atom.damaged and len(core) > 0 and atom.text[-1] == "?" and line.text[atom.end - 1] == "?"
            and candidates(atom.text.lower(), line.channel) is NONE
        ):  # fmt: skip
            damaged = MARK.search(core) is not None
            if not damaged or candidates(core.lower(), line.channel) is not NONE:
                end = atom.end - 1
                while line.text[end - 1] in " \u00a0":
                    end -= 1
                out.append(
                    Atom(atom.start, end, core, "word", UNKNOWN if damaged else model.id(core), atom.gap, damaged)
                )
                out.append(Atom(atom.end - 1, atom.end, "?", "stop", BREAK, 0))
                continue
        out.append(atom)
    return out


class Batches:
    """`Decoding`s of successive batches of lines, addressed as one."""

    def __init__(self, parts: Sequence[Decoding]) -> None:
        self._places = [(part, i) for part in parts for i in range(len(part.lines))]
        self.evidence = [value for part in parts for value in part.evidence]

    def restored(self, number: int) -> int:
        part, local = self._places[number]
        return part.restored(local)

    def words(self, number: int) -> int:
        part, local = self._places[number]
        return part.words(local)

    def legal_share(self, number: int) -> float:
        part, local = self._places[number]
        return part.legal_share(local)

    def changes(self, number: int) -> list[Change]:
        part, local = self._places[number]
        return part.changes(local)


def decode_lines(lines: Sequence[LossyLine], model: LanguageModel, adaptation: Adaptation | None) -> Batches:
    """Decode ``lines``, some ten thousand characters at a time, so that memory does not grow with the document."""
    parts: list[Decoding] = []
    start = size = 0
    for end, line in enumerate(lines, 1):
        size += len(line.text)
        if size > BATCH or end == len(lines):
            parts.append(_decode_batch(lines[start:end], model, adaptation))
            start, size = end, 0
    return Batches(parts)


def _by_pieces(line: LossyLine, model: LanguageModel) -> LossyLine:
    """A line whose blanks were squeezed here and there: its spacing rule makes one word of several (``S ? GIÁO``)."""
    if line.spacing == "ruled" and any(
        atom.damaged
        and atom.end - atom.start > len(atom.text) > 1
        and candidates(atom.text.lower(), line.channel) is NONE
        and candidates(atom.text[:-1].lower(), line.channel) is NONE  # a question mark after a word
        for atom in cut(line.text, "ruled", model)
        if len(atom.text) <= 2 * LONGEST_WORD
    ):
        return msgspec.structs.replace(line, spacing="collapsed")
    return line


def _decode_batch(lines: Sequence[LossyLine], model: LanguageModel, adaptation: Adaptation | None) -> Decoding:
    lines = [_by_pieces(line, model) for line in lines]
    builder = _Builder()
    cuts = [_with_holes(_split_questions(cut(line.text, line.spacing, model), line, model), line) for line in lines]
    for number, (line, atoms) in enumerate(zip(lines, cuts, strict=True)):
        builder.add(number, line, atoms)
    decoded = decode(builder.lattice, model, adaptation) if builder.slots else None
    return Decoding(lines, cuts, builder, decoded, model)


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
