"""Words that an OCR engine misread: a lattice of what may have stood there, decided by the language model.

A word stays unless another reading of it is far likelier in its context. Numbers, codes, addresses and capitals that
are no syllables are never touched. The engine's own confidence makes mistakes dearer or cheaper, except for those that
engines make with full confidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from normalizers import ocr_stops, romans
from normalizers.atoms import Atom, cut
from normalizers.channels import CASE_WEIGHT
from normalizers.confusions import readings
from normalizers.language_model import BREAK, NUMBER, UNKNOWN, default_model
from normalizers.lattice import Adaptation, Decoded, Lattice, decode
from normalizers.ocr_readings import candidates, is_plain
from normalizers.ocr_told import Sure, Told
from normalizers.plan import Alternative, Change
from normalizers.recase import starts_sentence
from normalizers.syllables import LETTERS, is_vietnamese_syllable, legal_syllables
from normalizers.vocabulary import lexicon

STAY = 0.5  # nats in favour of a legal word as it was read
NO_WORD = -12.0  # log prior of a word that is no syllable, as it was read
_USUAL = 0.7  # share of capitals above which a capital says nothing of a name
NAME = 2.5  # what a capital inside a sentence adds to the cost: names follow no model
SPLIT = 3.0  # cost of a blank inside a word
MARGIN = 0.9  # least posterior of a change
BATCH = 20_000
LONGEST = 8
_DIGIT_WORD = re.compile(r"(?<![\w/.,-])(?=\w*[^\W\d_]{2})[^\W_]*[01][^\W\d_]+(?![\w/-])|(?<!\w)1[àáâãéêíóôúý](?!\w)")
_LABEL = re.compile(r"(?:^|(?<=[.;:,] ))(?P<letter>[^\s\d])(?=\)(?: |$))", re.MULTILINE)
_FOUR = re.compile(r"^4(?=\) .*\nb\) )", re.MULTILINE)  # an a: the next label is b
_INVERTED = re.compile(r"(?<![^\s(])¡(?=[^\W\d_]{0,3}(?!\w))")  # an i; no Spanish in a Vietnamese line
# Labels of a list, (seen, label before it) → true; None: whatever stands before.
_LABELS: dict[tuple[str, str | None], str] = {
    ("đ", "c"): "d", ("ï", "h"): "i", ("ø", None): "g", ("©", None): "c", ("€", None): "c", ("¢", None): "c",
}  # fmt: skip
_NUMERALS = frozenset("IVX")
_CONTINUES = re.compile(r"(?<=[^\W\d_,])\n(?=[^\W\d_])")


class _Slot(msgspec.Struct):
    """The arcs from ``first`` on stand for ``surfaces`` over atoms low..high; the empty one leaves what was read."""

    first: int
    low: int
    high: int
    surfaces: tuple[str, ...]


class _Read(NamedTuple):
    """A line, where it starts in the whole, its atoms and what they may stand for."""

    offset: int
    line: str
    atoms: list[Atom]
    slots: list[_Slot]


def changes(text: str, told: Told, adaptation: Adaptation) -> list[Change]:
    """The misread words of a whole text. ``told``: what the engine said of its words."""
    flowing = _CONTINUES.sub("\v", text)  # a sentence goes on in the next line
    out = _signs(text) + romans.changes(text)
    out += ocr_stops.changes(text, told.rivals())
    batch: list[tuple[int, str]] = []
    size = at = 0
    for line in flowing.split("\n"):
        if _is_vietnamese(line):
            batch.append((at, line))
            size += len(line)
        at += len(line) + 1
        if size > BATCH:
            out += _batch(batch, told, adaptation)
            batch, size = [], 0
    if batch:
        out += _batch(batch, told, adaptation)
    return _apart(out)


def _apart(found: Sequence[Change]) -> list[Change]:
    """Changes in order; of two that overlap, the one that was found first."""
    taken: set[int] = set()
    kept: list[Change] = []
    for change in found:
        places = range(change.start, change.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(change)
    return sorted(kept, key=lambda c: c.start)


def _signs(text: str) -> list[Change]:
    """Labels out of order (``c) … đ)`` is ``d)``) and signs that stand for a letter."""
    found: dict[int, str] = {}
    before = ""
    for match in _LABEL.finditer(text):
        letter = match["letter"]
        true = _LABELS.get((letter, before)) or _LABELS.get((letter, None))
        if true is not None:
            found[match.start()] = true
        before = true or letter
    found |= {match.start(): "a" for match in _FOUR.finditer(text)}
    at = 0
    for line in text.split("\n") if "¡" in text else ():
        if _is_vietnamese(line):
            found |= {at + match.start(): "i" for match in _INVERTED.finditer(line)}
        at += len(line) + 1
    return [
        Change(start=at, end=at + 1, kind="ocr_misread", original=text[at], replacement=true, confidence=0.95)
        for at, true in sorted(found.items())
    ]


def _is_vietnamese(line: str) -> bool:
    words = [w for w in LETTERS.findall(line) if not (w.isupper() and not is_vietnamese_syllable(w))]
    legal = sum(is_vietnamese_syllable(w) for w in words)
    return legal >= 0.7 * len(words) > 0 and not line.isascii()


def _batch(lines: Sequence[tuple[int, str]], told: Told, adaptation: Adaptation) -> list[Change]:
    model = default_model()
    lattice = Lattice()
    lines_read: list[_Read] = []
    for offset, line in lines:
        atoms = cut(line, "tight", model)
        if not any(atom.kind == "word" for atom in atoms):
            continue
        atoms = _with_digits(line, atoms)
        slots: list[_Slot] = []
        legal = [is_vietnamese_syllable(atom.text) for atom in atoms if atom.kind == "word"]
        capitals = line.isupper() and sum(legal) >= len(legal) / 2
        node = lattice.open_span(len(atoms) + 3)
        lattice.add(node, node + 1, (BREAK,), (0.0,))
        for i, atom in enumerate(atoms):
            held = told.over(offset + atom.start, offset + atom.end)
            opens = starts_sentence(atoms, i) or line[atom.start - 1 : atom.start] == "\v"
            words, priors, surfaces = _options(i, atoms, held, opens=opens, capitals=capitals)
            slots.append(_Slot(len(lattice), i, i + 1, surfaces))
            lattice.add(node + 1 + i, node + 2 + i, words, priors)
            joined = _joined(i, atoms, line)
            if joined is not None:
                slots.append(_Slot(len(lattice), i, i + 2, (joined[0],)))
                lattice.add(node + 1 + i, node + 3 + i, (joined[1],), (-SPLIT,))
        lattice.add(node + 1 + len(atoms), node + 2 + len(atoms), (BREAK,), (0.0,))
        lines_read.append(_Read(offset, line, atoms, slots))
    if not lines_read:
        return []
    decoded = decode(lattice, model, adaptation)
    best = set(decoded.best)
    return [
        change
        for read in lines_read
        for slot in read.slots
        if (change := _change(read, slot, decoded, best)) is not None
    ]


def _with_digits(line: str, atoms: list[Atom]) -> list[Atom]:
    """Atoms in which ``tr0ng`` and ``1à`` are words."""
    found = [(m.start(), m.end()) for m in _DIGIT_WORD.finditer(line) if readings(m.group().lower())]
    out: list[Atom] = []
    for atom in atoms:
        if found and atom.start >= found[0][1]:
            found.pop(0)
        if found and found[0][0] <= atom.start and atom.end <= found[0][1]:
            start, end = found[0]
            if out and out[-1].start == start:
                continue
            out.append(Atom(start, end, line[start:end], "word", UNKNOWN, atom.gap, damaged=True))
        else:
            out.append(atom)
    return out


def _options(
    i: int, atoms: Sequence[Atom], held: Sure | None, *, opens: bool, capitals: bool
) -> tuple[tuple[int, ...], tuple[float, ...], tuple[str, ...]]:
    """Vocabulary ids, log priors and spellings of atom ``i``; the first is what was read. ``opens``: a capital tells no
    name there; ``capitals``: it stands in a heading of capitals, where they make no abbreviation of a word."""
    atom = atoms[i]
    text = atom.text
    legal = is_vietnamese_syllable(text)
    words, priors, surfaces = [atom.word], [STAY if legal else 0.0], [""]
    if atom.kind != "word" or len(text) > LONGEST:
        return tuple(words), tuple(priors), tuple(surfaces)
    rivals = held.rivals if held is not None else ()
    name = text[0].isupper() and not text.isupper() and not opens
    if not legal and atom.word == UNKNOWN and is_plain(text, legal=legal, capitals=capitals) and not name:
        priors[0] = NO_WORD
    around = (atoms[i - 1].word if i else BREAK, atoms[i + 1].word if i + 1 < len(atoms) else BREAK)
    confidence = held.confidence if held is not None else None
    for spelling, word, cost in candidates(atom, rivals, confidence, name=name, capitals=capitals):
        value = -cost
        if name and word != NUMBER:
            value += _as_name(word, around)
        words.append(word)
        priors.append(value)
        surfaces.append(spelling)
    return tuple(words), tuple(priors), tuple(surfaces)


def _as_name(word: int, around: tuple[int, int]) -> float:
    """What a capital inside a sentence adds to the log prior of ``word``: less where the word has one beside its
    neighbours anyway, as in ``tại Điều 5``."""
    model = default_model()
    left, own, right = (np.array([each]) for each in (around[0], word, around[1]))
    shares = (model.capital_after(left, own), model.capital_before(own, right), model.capital[own] / 255)
    share = max(float(each[0]) for each in shares)
    return CASE_WEIGHT * math.log(max(share, 0.01)) - (0.0 if share > _USUAL else NAME)


def _joined(i: int, atoms: Sequence[Atom], line: str) -> tuple[str, int] | None:
    """The word that atoms i, i + 1 make when the blank between them is a mistake: one of them is no syllable."""
    if i + 1 == len(atoms):
        return None
    one, two = atoms[i], atoms[i + 1]
    if one.kind != "word" or two.kind != "word" or line[one.end : two.start] != " ":
        return None
    if not two.text.islower() or (is_vietnamese_syllable(one.text) and is_vietnamese_syllable(two.text)):
        return None
    if one.text.isupper() and len(one.text) > 1:
        return None
    joined = (one.text + two.text).lower()
    word = lexicon().get(joined)
    return (joined, word) if word is not None and joined in legal_syllables() else None


def _change(read: _Read, slot: _Slot, decoded: Decoded, best: set[int]) -> Change | None:
    offset, line, atoms, _ = read
    arcs = range(slot.first, slot.first + len(slot.surfaces))
    chosen = next((arc for arc in arcs if arc in best), None)
    if chosen is None or not slot.surfaces[chosen - slot.first]:
        return None
    chance = float(decoded.posterior[chosen])
    if chance < MARGIN:
        return None
    start, end = atoms[slot.low].start, atoms[slot.high - 1].end
    original = line[start:end]

    def cased(surface: str) -> str:
        if not surface:
            return original
        if surface.isdigit():
            return surface
        letters = [c for c in original if c.isalpha()]
        if len(letters) > 1 and all(c.isupper() for c in letters):
            return surface.upper()
        return surface[0].upper() + surface[1:] if original[0].isupper() else surface

    replacement = cased(slot.surfaces[chosen - slot.first])
    if replacement == original:
        return None
    rivals = sorted(
        (
            (float(decoded.posterior[arc]), cased(slot.surfaces[arc - slot.first]))
            for arc in arcs
            if arc != chosen and decoded.posterior[arc] > 0.001
        ),
        reverse=True,
    )
    return Change(
        start=offset + start, end=offset + end, kind="ocr_split" if slot.high > slot.low + 1 else "ocr_misread",
        original=original, replacement=replacement, confidence=round(min(chance, 0.999), 4),
        alternatives=tuple(Alternative(text, round(q, 4)) for q, text in rivals[:4]),
    )  # fmt: skip
