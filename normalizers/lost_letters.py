"""Lost letters: damaged tokens become lattices of candidate words, the language model chooses.

A line is cut into atoms (letter runs, single marks, numbers, punctuation). Under the line's spacing mode, neighbouring
atoms may be one word: ``tight`` (``Gi?o``), ``ruled`` (``Gi ? o``: one blank beside a mark is inside the word, two end
it) and ``collapsed`` (blanks were squeezed, both readings live).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from normalizers.keep_sets import FIRST_SET, SETS, candidates, lexicon
from normalizers.language_model import BREAK, COMMA, NUMBER, UNKNOWN, LanguageModel
from normalizers.lattice import Adaptation, Decoded, Lattice, decode
from normalizers.plan import Alternative, Change
from normalizers.recase import recase
from normalizers.syllables import is_vietnamese_syllable

Spacing = Literal["tight", "ruled", "collapsed"]
PRIVATE = f"{chr(FIRST_SET)}-{chr(FIRST_SET + len(SETS) - 1)}"
MARK = re.compile(f"[?\ufffd{PRIVATE}]")
PROTECTED = r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\S+\?\w+=\S*"
ATOM = re.compile(
    rf"(?P<keep>{PROTECTED})|(?P<letters>[^\W\d_]+)|(?P<mark>[?\ufffd{PRIVATE}])|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<stop>[,.;:!…()\n\"“”])"
)
CONTEXT = 3  # certain words kept on either side: a 4-gram looks back three
LONGEST = 8  # atoms in one word: ``Tr??ng`` has four
# Log priors, set on held-out damage: leaving a mark as it is, alone or as the end of a question; splitting a tight run.
AS_IS, QUESTION, UNJOIN = -9.0, -2.0, -7.0
RULE_BROKEN, SQUEEZED_BREAK, FALSE_SPLIT = -14.0, -1.0, -3.0
IMPOSSIBLE = float("-inf")


class Atom(msgspec.Struct):
    """A piece of a line; ``gap`` is the number of blanks before it (99 where something else stands between)."""

    start: int
    end: int
    text: str
    kind: str
    word: int
    gap: int


class LossyLine(msgspec.Struct, frozen=True):
    """A line to decode: its text, where it starts in the whole, spacing and keep-set."""

    text: str
    offset: int
    spacing: Spacing
    keep_set: str
    run_damage: bool = False  # the document splits words where its runs were split
    whole: bool = False  # decode every word, so that the evidence of several keep-sets can be compared


class _Arc(msgspec.Struct, frozen=True):
    line: int
    low: int
    high: int
    surface: str | None  # None: as it stands


def cut(text: str, model: LanguageModel) -> list[Atom]:
    """The atoms of a line; a run of breaks is one atom, as the model was trained."""
    atoms: list[Atom] = []
    at = 0
    for match in ATOM.finditer(text):
        kind, piece = match.lastgroup or "", match.group()
        between = text[at : match.start()]
        gap = len(between) if not between or between.isspace() else 99
        if kind == "letters":
            word = model.id(piece)
        elif kind == "number":
            word = NUMBER
        elif kind == "keep":
            word = UNKNOWN
        elif kind == "mark":
            word = BREAK
        else:
            word = COMMA if piece == "," else BREAK
            if word == BREAK and atoms and atoms[-1].kind == "stop" and atoms[-1].word == BREAK:
                atoms[-1].end, at = match.end(), match.end()
                continue
        atoms.append(Atom(match.start(), match.end(), piece, kind, word, gap))
        at = match.end()
    return atoms


def _join_prior(atoms: Sequence[Atom], right: int, line: LossyLine) -> float:
    """Log prior that atom ``right`` goes on the word of the atom before it."""
    one, two = atoms[right - 1], atoms[right]
    gap = two.gap
    marked = one.kind == "mark" or two.kind == "mark"
    if gap == 0:
        return 0.0 if marked else IMPOSSIBLE
    if gap == 1 and marked and line.spacing != "tight" and line.text[two.start - 1] in " \u00a0":
        return 0.0
    if gap == 1 and line.run_damage and not marked and one.kind == two.kind:
        return FALSE_SPLIT
    return IMPOSSIBLE


def _break_prior(atoms: Sequence[Atom], right: int, line: LossyLine) -> float:
    """Log prior that a word ends before atom ``right``."""
    if right == 0 or right >= len(atoms):
        return 0.0
    one, two = atoms[right - 1], atoms[right]
    if one.kind != "mark" and two.kind != "mark":
        return 0.0
    if {one.kind, two.kind} - {"mark", "letters"}:
        return 0.0
    if two.gap == 0:
        return UNJOIN
    if two.gap == 1 and line.spacing != "tight":
        return RULE_BROKEN if line.spacing == "ruled" else SQUEEZED_BREAK
    return 0.0


def _as_is_prior(atoms: Sequence[Atom], i: int, line: LossyLine) -> float:
    """Log prior of leaving mark ``i`` as it stands."""
    atom = atoms[i]
    if atom.text != "?":
        return AS_IS - 3.0
    after = atoms[i + 1].gap if i + 1 < len(atoms) and atoms[i + 1].kind != "stop" else 99
    if (
        i
        and atom.gap <= (0 if line.spacing == "tight" else 1)
        and after > 0
        and is_vietnamese_syllable(atoms[i - 1].text)
    ):
        return QUESTION - UNJOIN if line.spacing == "tight" else QUESTION
    return AS_IS


class _Builder:
    """Turns lines into one lattice of many spans, remembering what each arc stands for."""

    def __init__(self) -> None:
        self.lattice = Lattice()
        self.arcs: list[_Arc | None] = []

    def _arc(self, start: int, end: int, word: int, prior: float, payload: _Arc | None) -> None:
        self.lattice.arc(start, end, word, prior)
        self.arcs.append(payload)

    def add(self, number: int, line: LossyLine, atoms: list[Atom]) -> None:
        words: list[tuple[int, int, int, float, str | None]] = []  # low, high, word, prior, surface
        active = [False] * (len(atoms) + 1)
        for i, atom in enumerate(atoms):
            if atom.kind in ("letters", "mark", "number"):
                self._words_from(i, atoms, line, words, active)
        if line.whole:
            active = [True] * len(atoms) + [False]
        if not any(active):
            return
        by_start: dict[int, list[tuple[int, int, int, float, str | None]]] = {}
        for entry in words:
            by_start.setdefault(entry[0], []).append(entry)
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
            self._span(number, line, atoms, by_start, max(0, at - CONTEXT), at, end)
            at = end

    def _words_from(
        self,
        i: int,
        atoms: list[Atom],
        line: LossyLine,
        words: list[tuple[int, int, int, float, str | None]],
        active: list[bool],
    ) -> None:
        pattern, prior, damaged = "", 0.0, False
        for j in range(i, min(i + LONGEST, len(atoms))):
            if j > i:
                step = _join_prior(atoms, j, line)
                if step == IMPOSSIBLE or atoms[j].kind not in ("letters", "mark", "number"):
                    return
                prior += step
            pattern += atoms[j].text.lower()
            damaged = damaged or atoms[j].kind == "mark"
            if len(pattern) > LONGEST:
                return
            if atoms[i].kind == "number":
                if j > i and atoms[j].kind == "number" and len(pattern) <= 2:
                    words.append((i, j + 1, NUMBER, prior, "".join(a.text for a in atoms[i : j + 1])))
                    active[i : j + 1] = [True] * (j + 1 - i)
                continue
            if j == i and not damaged and line.keep_set != "cp1252 best fit":
                continue
            found = candidates(pattern, line.keep_set) if damaged or line.keep_set == "cp1252 best fit" else []
            if j > i and not damaged and (word := lexicon().get(pattern)) is not None:
                if all(is_vietnamese_syllable(a.text) for a in atoms[i : j + 1]):
                    continue
                words.append((i, j + 1, word, prior, pattern))
                active[i : j + 1] = [True] * (j + 1 - i)
                continue
            if j == i and not damaged and len(found) < 2:
                continue
            for candidate in found:
                words.append((i, j + 1, candidate.word, prior + candidate.prior, candidate.surface))
            if found or damaged:
                active[i : j + 1] = [True] * (j + 1 - i)

    def _span(
        self, number: int, line: LossyLine, atoms: list[Atom],
        by_start: dict[int, list[tuple[int, int, int, float, str | None]]], low: int, first: int, last: int,
    ) -> None:  # fmt: skip
        """One span over atoms first..last with certain context from ``low`` and up to `CONTEXT` atoms after."""
        high = min(len(atoms), last + CONTEXT)
        node = self.lattice.open_span(high - low + 3)
        self._arc(node, node + 1, BREAK if low == 0 else atoms[low - 1].word, 0.0, None)
        base = node + 1 - low
        for i in range(low, high):
            atom = atoms[i]
            inside = first <= i < last
            before = _break_prior(atoms, i, line) if inside and i > low else 0.0
            as_is = _as_is_prior(atoms, i, line) if atom.kind == "mark" else 0.0
            entries = by_start.get(i, ()) if inside else ()
            listed = any(e[1] == i + 1 for e in entries) and atom.kind == "letters"
            if not listed:
                self._arc(base + i, base + i + 1, atom.word, before + as_is, _Arc(number, i, i + 1, None))
            for start, end, word, prior, surface in entries:
                if end <= high:
                    self._arc(base + start, base + end, word, before + prior, _Arc(number, start, end, surface))
        self._arc(base + high, base + high + 1, BREAK, 0.0 if high == len(atoms) else -0.0, None)


def repair_lines(
    lines: Sequence[LossyLine], model: LanguageModel, adaptation: Adaptation | None
) -> tuple[list[list[Change]], float]:
    """Changes (offsets in the whole text) per line, and the log evidence of all spans."""
    builder = _Builder()
    cuts = [cut(line.text, model) for line in lines]
    for number, (line, atoms) in enumerate(zip(lines, cuts, strict=True)):
        builder.add(number, line, atoms)
    if not builder.arcs:
        return [[] for _ in lines], 0.0
    decoded = decode(builder.lattice, model, adaptation)
    return _changes(lines, cuts, builder, decoded, model), float(decoded.evidence.sum())


def _changes(
    lines: Sequence[LossyLine], cuts: list[list[Atom]], builder: _Builder, decoded: Decoded, model: LanguageModel
) -> list[list[Change]]:
    rivals: dict[tuple[int, int, int], list[int]] = {}
    for arc, payload in enumerate(builder.arcs):
        if payload is not None:
            rivals.setdefault((payload.line, payload.low, payload.high), []).append(arc)
    chosen: list[dict[int, tuple[int, str]]] = [{} for _ in lines]  # low → high, surface
    picked: list[list[tuple[_Arc, int]]] = [[] for _ in lines]
    for arc in decoded.best:
        payload = builder.arcs[arc]
        if payload is not None and payload.surface is not None and payload.low not in chosen[payload.line]:
            chosen[payload.line][payload.low] = (payload.high, payload.surface)
            picked[payload.line].append((payload, arc))
    out: list[list[Change]] = []
    for number, (line, atoms) in enumerate(zip(lines, cuts, strict=True)):
        changes = []
        for payload, arc in picked[number]:
            original = line.text[atoms[payload.low].start : atoms[payload.high - 1].end]
            pieces = "".join(a.text for a in atoms[payload.low : payload.high])
            surface = payload.surface or ""
            replacement = recase(surface, pieces, atoms, payload.low, payload.high, chosen[number], model)
            if original == replacement:
                continue
            others = sorted(
                (
                    (float(decoded.posterior[o]), builder.arcs[o])
                    for o in rivals[(number, payload.low, payload.high)]
                    if o != arc
                ),
                key=lambda pair: -pair[0],
            )
            alternatives = tuple(
                Alternative(
                    recase(p.surface, pieces, atoms, payload.low, payload.high, chosen[number], model), round(q, 4)
                )
                for q, p in others[:4]
                if q > 0.001 and p is not None and p.surface is not None
            )
            changes.append(
                Change(
                    start=line.offset + atoms[payload.low].start,
                    end=line.offset + atoms[payload.high - 1].end,
                    kind="lost_letter"
                    if MARK.search(pieces) or pieces != surface and " " not in original
                    else "false_split",
                    original=original,
                    replacement=replacement,
                    confidence=round(float(decoded.posterior[arc]), 4),
                    alternatives=alternatives,
                )
            )
        if line.spacing == "ruled":
            changes = _with_spacing(line, changes)
        out.append(changes)
    return out


_PUNCTUATION_GAPS = re.compile(
    r"(?<=[(“\[]) (?=\S)|(?<=\S) (?=[)\],;.:!”])|(?<=[\w”\"]) (?=-(?: ?\w))|(?<=[\w]-) (?=\w)|(?<=\w -) (?=\w)|(?<=\s-) (?=\d)"
)


def _with_spacing(line: LossyLine, changes: list[Change]) -> list[Change]:
    """The line's word changes with those of its blanks: the pad beside each mark goes, split punctuation closes up."""
    taken = [(c.start - line.offset, c.end - line.offset) for c in changes]
    gaps: dict[tuple[int, int], str] = {}
    for match in re.finditer(r" {1,3}", line.text):
        start, end = match.span()
        if any(low < end and start < high for low, high in taken):
            continue
        if line.text[end : end + 1] == " " or line.text[start - 1 : start] == " ":
            continue
        before, after = line.text[start - 1 : start], line.text[end : end + 1]
        pads = (before == "?") + (after == "?")
        left = end - start - pads
        if pads:
            gaps[(start, end)] = " " if left > 0 and after.strip() else ""
        elif end - start > 1 and before.strip() and after.strip():
            gaps[(start, end)] = " "
    for match in _PUNCTUATION_GAPS.finditer(line.text):
        start, end = match.span()
        if line.text[start - 1] != "?" and line.text[start - 1] != " " and line.text[end : end + 1] != " ":
            gaps[(start, end)] = ""
    extra = [
        Change(
            start=line.offset + s,
            end=line.offset + e,
            kind="run_spacing",
            original=line.text[s:e],
            replacement=r,
            confidence=0.99,
        )
        for (s, e), r in gaps.items()
        if line.text[s:e] != r and not any(low < e and s < high for low, high in taken)
    ]
    return sorted([*changes, *extra], key=lambda c: c.start)
