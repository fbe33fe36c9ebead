"""Which words an OCR engine may have read as another, and how strange each such mistake would be.

Costs are nats: minus the log of about how often the true letters are read so. The marks on a vowel are small, so the
engine loses, swaps or invents them; a hook over a hat (ổ, ể, ẩ) is read as an acute more often than not.
"""

from __future__ import annotations

from functools import lru_cache

from normalizers.syllables import fold, is_vietnamese_syllable, strip_tone
from normalizers.vocabulary import lexicon, unigram

HOOK_SEEN_ACUTE, ACUTE_SEEN_HOOK = 1.2, 4.0  # over a hat
HOOK_UNSEEN, HOOK_SEEN_GRAVE = 3.5, 4.5  # over a hat: there is little of it
HUGE = 99.0
_LEVEL, _HUYEN, _SAC, _HOI, _NGA, _NANG = range(6)
# (seen, true) tone → cost; what is not listed costs TONE.
_TONE = {
    (_HOI, _LEVEL): 4.5, (_SAC, _LEVEL): 4.5, (_SAC, _HOI): 3.5, (_HOI, _SAC): 4.5, (_HOI, _NGA): 4.0,
    (_NGA, _HOI): 4.0, (_LEVEL, _NANG): 4.0, (_NANG, _LEVEL): 5.5, (_LEVEL, _HOI): 5.0, (_LEVEL, _SAC): 5.0,
    (_LEVEL, _HUYEN): 5.0, (_LEVEL, _NGA): 5.0,
}  # fmt: skip
TONE = 6.0
# Base letters: marks lost, invented or swapped.
_BASE = {
    ("o", "ô"): 4.5, ("o", "ơ"): 4.0, ("ô", "o"): 5.0, ("ơ", "o"): 5.0, ("ô", "ơ"): 5.5, ("ơ", "ô"): 5.5,
    ("u", "ư"): 4.0, ("ư", "u"): 4.5, ("a", "ă"): 4.5, ("a", "â"): 4.5, ("ă", "a"): 5.0, ("â", "a"): 5.0,
    ("ă", "â"): 4.0, ("â", "ă"): 4.0, ("e", "ê"): 4.5, ("ê", "e"): 5.0, ("d", "đ"): 4.5, ("đ", "d"): 4.5,
}  # fmt: skip
# Shapes (seen → true) tried where what was seen is no syllable.
_SHAPES = (
    ("rn", "m"), ("m", "rn"), ("ri", "n"), ("ii", "n"), ("l", "i"), ("i", "l"), ("1", "l"), ("1", "i"), ("0", "o"),
    ("c", "e"), ("e", "c"), ("h", "b"), ("b", "h"), ("u", "n"), ("n", "u"), ("v", "y"), ("y", "v"), ("g", "q"),
    ("q", "g"), ("f", "t"), ("t", "l"), ("l", "t"), ("cl", "d"), ("vv", "w"), ("ø", "o"), ("j", "i"), ("5", "s"),
    ("u", "v"), ("v", "u"), ("b", "k"),
)  # fmt: skip
SHAPE = 4.5
MOST, DEAREST = 10, 11.0  # candidates of a word: how many, and how improbable a mistake


@lru_cache(maxsize=1)
def _by_skeleton() -> dict[str, list[tuple[str, int]]]:
    table: dict[str, list[tuple[str, int]]] = {}
    for spelling, word in lexicon().items():
        if is_vietnamese_syllable(spelling):
            table.setdefault(fold(spelling), []).append((spelling, word))
    return table


def _letter(char: str) -> tuple[str, int]:
    plain, tone = strip_tone(char)
    return plain, tone


_parts = lru_cache(maxsize=2000)(_letter)


def mark_cost(seen: str, true: str) -> float:
    """Cost of reading ``true`` as ``seen``, two words with the same skeleton; 0 for the same word."""
    if len(seen) != len(true):
        return HUGE
    total = 0.0
    tone_seen = tone_true = _LEVEL
    hat = False
    places = []
    for one, two in zip(seen, true, strict=True):
        (base_one, first), (base_two, second) = _parts(one), _parts(two)
        if base_one != base_two:
            total += _BASE.get((base_one, base_two), 7.0)
        elif base_two in "âêô" and (first or second):
            hat = True
        tone_seen, tone_true = tone_seen or first, tone_true or second
        places.append((first, second))
    if tone_seen != tone_true:
        if hat and (tone_seen, tone_true) == (_SAC, _HOI):
            total += HOOK_SEEN_ACUTE
        elif hat and (tone_seen, tone_true) == (_HOI, _SAC):
            total += ACUTE_SEEN_HOOK
        elif hat and (tone_seen, tone_true) == (_LEVEL, _HOI):
            total += HOOK_UNSEEN
        elif hat and (tone_seen, tone_true) == (_HUYEN, _HOI):
            total += HOOK_SEEN_GRAVE
        else:
            total += _TONE.get((tone_seen, tone_true), TONE)
    elif seen != true and total == 0.0:
        return HUGE  # the same syllable with its tone placed otherwise
    return total


@lru_cache(maxsize=50_000)
def readings(seen: str) -> tuple[tuple[str, int, float], ...]:
    """(spelling, vocabulary id, cost) of words that may have been read as ``seen`` (lower case), ``seen`` left out."""
    table, weights = _by_skeleton(), unigram()
    found: dict[int, tuple[str, int, float]] = {}

    def note(shape: str, extra: float) -> None:
        for spelling, word in table.get(fold(shape), ()):
            cost = extra + mark_cost(shape, spelling)
            if cost <= DEAREST and spelling != seen and (word not in found or cost < found[word][2]):
                found[word] = (spelling, word, cost)

    note(seen, 0.0)
    if not is_vietnamese_syllable(seen):
        for wrong, true in _SHAPES:
            at = seen.find(wrong)
            while at >= 0:
                note(seen[:at] + true + seen[at + len(wrong) :], SHAPE)
                at = seen.find(wrong, at + 1)
    own = lexicon().get(seen)
    ranked = sorted((r for r in found.values() if r[1] != own), key=lambda r: r[2] - weights[r[1]])
    return tuple(ranked[:MOST])


__all__ = ["mark_cost", "readings"]
