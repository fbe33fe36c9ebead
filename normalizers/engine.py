"""The route of a document through the repairs: survey everything, then undo the damage step by step.

Every step works on the whole text with its lines kept, and gives changes; `normalizers.edits.chain` makes one plan of
all. Text that shows no sign of damage leaves after a few scans.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

from normalizers import charsets, codes, composition, losses, mojibake, ocr, ocr_case, ocr_digits, viqr
from normalizers.channels import FIRST_SET, PRIVATE, TCVN3_NO_U
from normalizers.damaged_words import LossyLine
from normalizers.edits import Edit, by_words, then
from normalizers.language_model import default_model
from normalizers.lattice import Adaptation
from normalizers.legacy import Decoder, FontSpan
from normalizers.ocr_told import Told
from normalizers.plan import Change, Repaired
from normalizers.rivals import Rival

PASSES = 3
LEAST_TCVN3_WORDS = 4
_STRANGE = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\u0080-\u00bf\u00c3-\u00c7\u00cb\u00ce-\u00d1\u00d5-\u00d8\u00db-\u00ff\u2020-\u2022\u0152-\u0192\u2212\u2219]"
)
_WORD = re.compile(r"\S+")
_LEFT_OVER = re.compile(f"[{PRIVATE}]")


class Run(msgspec.Struct, frozen=True):
    """A stretch of text with one font; ``confidences`` of its words (what is between white space) and ``rivals`` of its
    letters where an OCR engine gave them."""

    text: str
    font: str | None = None
    confidences: tuple[float, ...] = ()
    rivals: tuple[Rival, ...] = ()

    def pieces(self) -> Iterator[tuple[int, float | None]]:
        """The lengths of its words with the white space before them (of the last: and after it) and their confidences;
        the whole where there are none."""
        end = 0
        for match, confidence in zip(_WORD.finditer(self.text), self.confidences[:-1], strict=False):
            yield match.end() - end, confidence
            end = match.end()
        yield len(self.text) - end, self.confidences[-1] if self.confidences else None


class Hints(msgspec.Struct, frozen=True):
    """``origin``: where the text came from. ``phrases`` (names, titles) raise their own probability."""

    origin: Literal["text", "ocr"] = "text"
    phrases: tuple[str, ...] = ()


def repair(text: str, hints: Hints = Hints()) -> Repaired:  # noqa: B008  (frozen)
    """A whole document as one string; lines are kept and offsets are those of the whole."""
    return repair_document([[Run(text)]], hints)[0]


def repair_lines(text: str, hints: Hints = Hints()) -> str:  # noqa: B008
    """Each LF-ended line alone, one line out per line in. Only LF ends a line; one that a repair makes is a blank."""
    return "\n".join(repair(line, hints).text.replace("\n", " ") if line else line for line in text.split("\n"))


def repair_document(paragraphs: Sequence[Sequence[Run]], hints: Hints = Hints()) -> list[Repaired]:  # noqa: B008
    """Repair each paragraph (a sequence of runs) with the evidence of all of them.

    The result of a paragraph is for its runs' concatenated text.
    """
    texts = ["".join(run.text for run in runs) for runs in paragraphs]
    whole = "\n".join(texts)
    result = Repaired(whole)
    for _ in range(PASSES):
        fonts = _font_hints(paragraphs) if result.text == whole else []
        following = _once(result.text, hints, fonts)
        if not following.plan:
            break
        result = then(result, whole, following.plan)
    if hints.origin == "ocr":
        adaptation = Adaptation([*_official_ids(), *_phrases(hints)])
        result = then(result, whole, ocr.changes(result.text, _told(paragraphs, result), adaptation))
        result = then(result, whole, ocr_digits.changes(result.text))
        result = then(result, whole, ocr_case.changes(result.text))
        result = then(result, whole, codes.changes(result.text, hints.phrases))
    return _split(texts, result)


def _told(paragraphs: Sequence[Sequence[Run]], result: Repaired) -> Told:
    """What the OCR engine said of the words, in offsets of the repaired text; of those that were changed nothing."""
    found = Told()
    at = shift = 0
    changes = iter(result.plan)
    change = next(changes, None)
    for runs in paragraphs:
        for run in runs:
            begin = at
            for length, confidence in run.pieces():
                start, at = at, at + length
                before, touched = shift, False
                while change is not None and change.start < at:
                    shift += len(change.replacement) - len(change.original)
                    touched = True
                    change = next(changes, None)
                if confidence is not None and not touched:
                    rivals = tuple(rival for rival in run.rivals if start <= begin + rival.at < at)
                    found.add(start + before, at + before, confidence, rivals, begin + before)
        at += 1
    return found


def _font_hints(paragraphs: Sequence[Sequence[Run]]) -> list[FontSpan]:
    """Every run whose font is a legacy one, in offsets of the whole."""
    found = []
    at = 0
    for runs in paragraphs:
        for run in runs:
            name = charsets.is_font_of(run.font)
            if name is not None:
                found.append(FontSpan(at, at + len(run.text), name, charsets.draws_capitals(run.font)))
            at += len(run.text)
        at += 1
    return found


def _lines(text: str) -> list[tuple[int, str]]:
    out = []
    at = 0
    for line in text.split("\n"):
        out.append((at, line))
        at += len(line) + 1
    return out


def _once(text: str, hints: Hints, fonts: Sequence[FontSpan]) -> Repaired:
    """One pass of all steps."""
    result = Repaired(text)
    result = then(result, text, composition.entities(text))
    result = then(result, text, composition.compose(result.text))
    if not _LEFT_OVER.search(text):
        result = then(result, text, mojibake.changes(result.text))
    if viqr.TRIGGER.search(result.text):
        result = then(result, text, [c for at, line in _lines(result.text) for c in viqr.changes(line, at)])
    if _STRANGE.search(result.text) or fonts:
        legacy = _legacy(result.text, fonts if not result.plan else [])
        result = then(result, text, legacy)
        result = then(result, text, _soft_hyphens(result.text, legacy, hints))
        result = then(result, text, _foreign_mojibake(result.text))
    result = then(result, text, composition.straight_d(result.text, seen=hints.origin == "ocr"))
    result = then(result, text, composition.homoglyphs(result.text))
    result = then(result, text, _lost_letters(result.text, hints))
    if _LEFT_OVER.search(result.text):
        result = then(result, text, _unresolved(result.text))
    return result


def _legacy(text: str, fonts: Sequence[FontSpan]) -> list[Change]:
    words = Counter(charsets.WORD.findall(text))
    names = charsets.survey(words)
    home = charsets.home(words, names)
    for font in fonts:
        if font.name not in names:
            names.append(font.name)
    if not names:
        return []
    decoder = Decoder(names, home)
    changes: list[Change] = []
    i = 0
    for offset, line in _lines(text):
        while i < len(fonts) and fonts[i].end <= offset:
            i += 1
        local = []
        j = i
        while j < len(fonts) and fonts[j].start < offset + len(line):
            font = fonts[j]
            local.append(FontSpan(font.start - offset, font.end - offset, font.name, font.capitals))
            j += 1
        if line.isascii() and not charsets.ODD_LETTER.search(line) and not any(font.capitals for font in local):
            continue
        changes += decoder.line(line, offset, local)
    return changes


def _soft_hyphens(text: str, legacy: list[Change], hints: Hints) -> list[Change]:
    """TCVN3's ư is the soft hyphen, which clean-up drops: lines decoded from TCVN3 in which no ư is left."""
    if "ư" in text or sum(len(c.original.split()) for c in legacy if c.kind == "tcvn3") < LEAST_TCVN3_WORDS:
        return []
    lines = [LossyLine(line, at, "tight", TCVN3_NO_U, whole=True) for at, line in _lines(text) if not line.isascii()]
    return [c for _, found in losses.silent(lines, _adaptation(text, lines, hints), proven=True) for c in found]


def _foreign_mojibake(text: str) -> list[Change]:
    changes: list[Change] = []
    for offset, line in _lines(text):
        if not line.isascii() and re.search("[ÃÂâÅÄ][\u0080-\u00bf\u0152-\u0192\u2010-\u20ac]", line):
            changes += mojibake.ftfy_changes(line, offset)
    return changes


@lru_cache(maxsize=1)
def _official() -> tuple[str, ...]:
    text = files("normalizers").joinpath("data/official_phrases.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def _official_ids() -> tuple[list[int], ...]:
    model = default_model()
    return tuple(model.encode(f"\n{phrase}\n") for phrase in _official())


def _phrases(hints: Hints) -> list[list[int]]:
    model = default_model()
    return [model.encode(f"\n{phrase}\n") for phrase in hints.phrases] * 2


def _adaptation(text: str, damaged: Iterable[LossyLine], hints: Hints) -> Adaptation:
    model = default_model()
    ill = {line.offset for line in damaged}
    sequences = list(_official_ids())
    sequences += _phrases(hints)
    sequences += [model.encode(f"\n{line}\n") for offset, line in _lines(text) if offset not in ill and line]
    return Adaptation(sequences)


def _lost_letters(text: str, hints: Hints) -> list[Change]:
    return losses.changes(text, _lines(text), lambda damaged: _adaptation(text, damaged, hints))


def _unresolved(text: str) -> list[Change]:
    """Private characters that no word explained go back to the sequence they stood for."""
    back: dict[int, str] = {}
    for piece, number in mojibake.BROKEN.items():
        back.setdefault(number, piece)
    edits = [Edit(m.start(), m.end(), back[ord(m.group()) - FIRST_SET]) for m in _LEFT_OVER.finditer(text)]
    return by_words(text, edits, "mojibake_lost", 0.5)


def _split(texts: Sequence[str], result: Repaired) -> list[Repaired]:
    """The whole's plan, paragraph by paragraph."""
    out = []
    at = i = 0
    for text in texts:
        end = at + len(text)
        own = []
        while i < len(result.plan) and result.plan[i].end <= end:
            change = result.plan[i]
            own.append(msgspec.structs.replace(change, start=change.start - at, end=change.end - at))
            i += 1
        pieces: list[str] = []
        last = 0
        for change in own:
            pieces += text[last : change.start], change.replacement
            last = change.end
        pieces.append(text[last:])
        out.append(Repaired("".join(pieces), tuple(own)))
        at = end + 1
    return out


__all__ = ["Hints", "Run", "repair", "repair_document", "repair_lines"]
