"""Damaged words: what each piece of a damaged line may be read as, by the way its letters were lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from normalizers.atoms import MARK, Atom, Spacing, cut
from normalizers.channels import DROPPED, NONE, SILENT, UNION, Candidates, candidates, cased_candidates
from normalizers.language_model import BREAK, NUMBER, UNKNOWN, LanguageModel
from normalizers.syllables import is_vietnamese_syllable
from normalizers.vocabulary import lexicon

_SUM = re.compile(r"[.,]\d{3}$")  # 450.000đ
LONGEST_WORD = 14  # no word that is looked up is longer
LONGEST = 8  # letters of the longest word that is pieced together
ONLY_D = 6.0  # log prior: behind a sum d is what is left of đ


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


def atoms_of(line: LossyLine, model: LanguageModel) -> list[Atom]:
    """The words, numbers, signs and holes of a line."""
    return _with_holes(_split_questions(cut(line.text, line.spacing, model), line, model), line)


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


def by_pieces(line: LossyLine, model: LanguageModel) -> LossyLine:
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


def readings(i: int, atoms: Sequence[Atom], line: LossyLine) -> list[tuple[int, Candidates]]:
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
