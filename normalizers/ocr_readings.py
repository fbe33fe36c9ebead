"""What a word that an OCR engine read may have been.

By the marks and shapes that engines confuse, and by the letters that this engine weighed beside those it chose.
"""

from __future__ import annotations

from collections.abc import Sequence

from normalizers.atoms import Atom
from normalizers.confusions import ACUTE_SEEN_HOOK, HOOK_SEEN_ACUTE, readings
from normalizers.language_model import NUMBER
from normalizers.rivals import Rival, spellings
from normalizers.syllables import is_vietnamese_syllable
from normalizers.vocabulary import lexicon

_NUMERALS = frozenset("IVX")


def is_plain(text: str, *, legal: bool, capitals: bool) -> bool:
    """Whether a word is written as words are, not as abbreviations and codes."""
    if text.isupper() and not legal and not (capitals and len(text) > 3):
        return False
    return text.isupper() or text[1:].islower() or len(text) == 1


def candidates(
    atom: Atom, rivals: Sequence[Rival], confidence: float | None, *, name: bool, capitals: bool
) -> list[tuple[str, int, float]]:
    """(spelling, vocabulary id, cost) of what may have stood there, by the marks and shapes that engines confuse and by
    the letters that this engine weighed."""
    text = atom.text
    if text[0].islower() and not text.islower():
        text = text.lower()  # ``tÔ``, ``nGƯời``: written so by nobody; the rivals' places stay
        rivals = [Rival(r.at, r.seen.lower(), r.other.lower(), r.gap) for r in rivals]
    found: dict[int, tuple[str, int, float]] = {}

    def note(spelling: str, word: int, cost: float) -> None:
        if word != atom.word and (word not in found or cost < found[word][2]):
            found[word] = (spelling, word, cost)

    def known(spelling: str) -> bool:
        legal = is_vietnamese_syllable(spelling)
        short = len(spelling) < 3 and not legal and not atom.damaged
        return not short and is_plain(spelling, legal=legal, capitals=capitals) and (legal or not name)

    if known(text):
        for spelling, word, cost in readings(text.lower()):
            note(spelling, word, _doubt(cost, confidence))
    for spelling, extra in spellings(text, rivals):
        low = spelling.lower()
        if low.isdigit():
            if not set(text) <= _NUMERALS:
                note(low, NUMBER, extra)
        elif low != text.lower() and known(spelling):
            own = lexicon().get(low)
            if own is not None:
                note(low, own, extra)
            if own is None or not is_vietnamese_syllable(low):
                for other, word, cost in readings(low):
                    note(other, word, extra + _doubt(cost, confidence))
    return sorted(found.values(), key=lambda each: each[2])


def _doubt(cost: float, confidence: float | None) -> float:
    """``cost`` of a mistake that the engine was so sure of."""
    if cost in (HOOK_SEEN_ACUTE, ACUTE_SEEN_HOOK):
        return cost
    if confidence is None:
        return cost + 1.0
    return cost + max(-2.5, min(2.0, 2.0 - 10.0 * (0.95 - confidence)))
