"""What a document tells about the letters it lost, before decoding: which lines, which spacing, which channels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec
import numpy as np

from normalizers.atoms import MARK, Spacing, protected
from normalizers.channels import (
    ANY,
    ASCII,
    BEST_FIT,
    BYTES,
    CP1252,
    CP1258,
    DROPPED,
    LATER,
    MISREAD,
    NO_MARKS,
    NO_TONES,
    NONE,
    PRIVATE,
    UNION,
    candidates,
    doubles,
    never_made,
    tell_tales,
)  # fmt: skip
from normalizers.charsets import FOREIGN
from normalizers.damaged_words import LossyLine
from normalizers.language_model import default_model
from normalizers.syllables import LETTERS, VIETNAMESE, fold, is_vietnamese_syllable, legal_syllables

_L = r"[^\W\d_]"
_M = f"[?\ufffd{PRIVATE}]"
# Counts are bounded: an unbounded run before a failing look-ahead would make the search quadratic.
_INSIDE = re.compile(
    f"(?<={_L}){_M}{{1,6}}(?={_L})|(?<![^\\W_?\ufffd]){_M}{{1,6}}(?={_L})|[\ufffd{PRIVATE}]"
    rf"|(?<![^\W_])[bcdđghklmnpqrstvx]{{1,3}}{_M}(?=:)",  # S?: is no question
    re.IGNORECASE,
)
_ISOLATED = re.compile(rf"(?<!\S){_M}(?!\S)")
_PADDED = re.compile(rf"{_L} {_M}(?: |$)|(?:^| ){_M} {_L}|{_L} {_M}[,.;:)]")
_DOUBLE = re.compile(rf"{_M} {{2,}}(?=\S)|(?<=\S) {{2,}}{_M}")
_FINAL = re.compile(rf"(?<!{_L})({_L}{{1,7}})\?(?![^\W\d_])")
_LATER = re.compile(f"[{LATER}]")
# Not Đ: best fit makes it Ð, which has been read as Đ by now.
_HALF = re.compile("[ăơưđĂƠƯ]")
_LATIN = re.compile("[àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ]")
_LATEST = re.compile("[\u1ea0-\u1ef9]")
_LAST, _FIRST = re.compile(rf"({_L}{{1,4}}) $"), re.compile(rf" ({_L}{{1,4}})(?!{_L})")
_TOKEN = re.compile(f"(?:{_L}|{_M})+")
_RUN = re.compile(rf"{_M}+(?={_L})|(?<={_L}){_M}{{2,}}")
_CODE = re.compile(r"[=<>{}|\\_$&@#^~`]|[^\W\d]:[^\W\d]")
_NOT_1258 = re.compile("[ãìòõýÃÌÒÕÝ]")  # kept by cp1252 alone
_PAD = re.compile(rf" ?({_M}) ?")
_HATS = "ăâđêôơưĂÂĐÊÔƠƯ"
_TONED = re.compile(f"[{''.join(c for c in VIETNAMESE if not c.isascii() and c not in _HATS)}]")
_HAT = re.compile(f"[{_HATS}]")
_EXPLAINING = (UNION, CP1252, BEST_FIT, ASCII, BYTES)
_ANY_MARK = re.compile(f"{_TONED.pattern}|{_HAT.pattern}")
_HALF_OR_LATEST = re.compile(f"{_HALF.pattern}|{_LATEST.pattern}")
# English as no Vietnamese word is written, with or without its marks.
_ENGLISH = frozenset({
    "and", "of", "is", "with", "for", "you", "are", "was", "were", "from", "this", "that", "have", "has", "what",
    "when", "who", "where", "will", "we", "she", "as",
})  # fmt: skip
EXPLAINED = 0.7  # least share of damaged words that can stand for syllables, in lines with no marked letter
OUT_OF_PLACE = 6.0  # nats between two readings of a word among its neighbours
LEAST_WORDS = 4  # fewer words are too little evidence, unless they are bare and a phrase that is well known


class LineSigns(msgspec.Struct, frozen=True):
    """Counts on one line: marks inside words, isolated marks, wide gaps beside marks, endings of no syllable."""

    inside: int
    isolated: int
    double: int
    broken_end: int
    vietnamese: bool


def signs(line: str) -> LineSigns:
    text = protected(line)
    broken_end = sum(1 for m in _FINAL.finditer(text) if not is_vietnamese_syllable(m.group(1)) and len(m.group(1)) < 6)
    return LineSigns(
        len(_INSIDE.findall(text)),
        len(_PADDED.findall(text)) if _ISOLATED.search(text) else 0,
        len(_DOUBLE.findall(text)),
        broken_end,
        bool(_LATIN.search(text) or _HALF.search(text) or _LATER.search(text)),
    )


def _looks_vietnamese(line: str) -> bool:
    """For a line without any marked letter: its damaged words, two at least and one damaged inside, can stand for
    syllables."""
    text = protected(line)
    damaged = [t for t in _TOKEN.findall(text) if MARK.search(t) and len(t) > 1]
    return (
        len(MARK.findall("".join(damaged))) >= 2
        and not _CODE.search(text)
        and _INSIDE.search(text) is not None
        and sum(map(_explained, damaged)) >= EXPLAINED * len(damaged)
    )


def _explained(token: str) -> bool:
    """Whether what is left of a word can stand for a word."""
    return len(token) > 1 and any(candidates(token.lower(), name) is not NONE for name in _EXPLAINING)


def _convincing(line: str) -> bool:
    """For a line without any marked letter: every word is a syllable or an abbreviation or, damaged inside, can stand
    for a syllable, and nothing looks like code (``N?i dung``, ``h ? c sinh``; not ``a ? b : c``)."""
    text = protected(line)
    spaced = _ISOLATED.search(text) is not None
    if _CODE.search(text):
        return False
    damaged = 0
    for token in _TOKEN.findall(_PAD.sub(r"\1", text) if spaced else text):
        if MARK.search(token):
            names = (UNION, BYTES) if spaced else (UNION, CP1252, ASCII, BYTES)
            if len(token) == 1 or all(candidates(token.lower(), name) is NONE for name in names):
                return False
            damaged += 1
        elif not (is_vietnamese_syllable(token) or (token.isupper() and len(token) > 1)):
            return False
    return damaged > spaced


def _is_vietnamese(line: str) -> bool:
    """Whether the words are mostly syllables, abbreviations or, where damaged, what is left of syllables. Names of
    other languages do not count against it: a capital inside a lower-case sentence says little."""
    good = bad = 0
    for token in _TOKEN.findall(protected(line)):
        if is_vietnamese_syllable(token) or token.isupper() or len(token) < 3:
            good += not MARK.search(token)
        elif MARK.search(token[:-1]):
            explained = _explained(token)
            good, bad = good + explained, bad + (not explained and token.islower())
        elif not MARK.search(token) and token.islower():
            bad += 1
    return good >= 0.6 * (good + bad)


def _splits_word(line: str) -> bool:
    """Whether an isolated mark has a piece of a word beside it (``d ? c``), not just words (``Gõ ? để xem``)."""
    for m in _ISOLATED.finditer(line):
        before, after = _LAST.search(line[: m.start()]), _FIRST.match(line[m.end() :])
        left, right = before.group(1) if before else "", after.group(1) if after else ""
        pieces = [t for t in (left, right) if t and not is_vietnamese_syllable(t)]
        if pieces and any(_explained(t) for t in (f"{left}?{right}", f"{left}?", f"?{right}") if pieces[0] in t):
            return True
    return False


def marked_lines(lines: Iterable[tuple[int, str]]) -> list[LossyLine]:
    """The lines whose lost letters show as marks, each with its spacing mode."""
    found: list[tuple[int, str, LineSigns]] = []
    for offset, line in lines:
        if MARK.search(line):
            s = signs(line)
            if s.inside or s.isolated or s.broken_end:
                found.append((offset, line, s))
    inside = sum(s.inside for _, _, s in found)
    isolated = sum(s.isolated for _, _, s in found)
    double = sum(s.double for _, _, s in found)
    vietnamese = any(s.vietnamese for _, _, s in found)
    spaced = isolated > inside
    ruled = spaced and double >= max(1, 0.02 * isolated)  # squeezed text has no wide gap at all
    out = []
    for offset, line, s in found:
        if not _is_vietnamese(line):
            continue
        if s.inside + s.broken_end == 0 and isolated == s.isolated and not _splits_word(line):
            continue  # nothing else in the document tells that its marks are lost letters
        # A mark after what ends no syllable (“S?: 12”) tells little alone, but where marks stand inside words nearby.
        near = vietnamese and s.inside + s.isolated + (s.broken_end if inside else 0) > 0
        if not (s.vietnamese or near or _looks_vietnamese(line) or _convincing(line)):
            continue
        spacing: Spacing = "tight"
        if spaced and s.isolated >= s.inside:
            spacing = "ruled" if ruled else "collapsed"
        if spacing == "tight" and not s.inside and not s.broken_end:
            continue
        out.append(LossyLine(line, offset, spacing, UNION, ruled and spacing == "ruled"))
    return out


def channels_of_marks(lines: Sequence[LossyLine]) -> list[str]:
    """Channels that the surviving letters of marked lines allow, the strictest first."""
    text = "\n".join(protected(line.text) for line in lines)
    words = LETTERS.findall(text)
    later = sum(1 for w in words if _LATER.search(w))
    if later > 0.02 * len(words) or (later and "\ufffd" in text):
        return [ANY]
    runs = _RUN.findall(text)
    if len(runs) > 1 and all(len(run) > 1 for run in runs):  # no letter of UTF-8 is one byte
        return [BYTES, ASCII]
    if _HALF.search(text):
        return [UNION] if _NOT_1258.search(text) else [UNION, CP1258]
    if _LATIN.search(text):
        return [UNION, CP1252, BEST_FIT]
    return [UNION, ASCII, BEST_FIT]


@lru_cache(maxsize=1)
def _bare_syllables() -> frozenset[str]:
    return frozenset(fold(s) for s in legal_syllables())


def silent_lines(lines: Iterable[tuple[int, str]], words: Iterable[str], best_fit: bool) -> dict[str, list[LossyLine]]:
    """Unmarked lines that a silent channel could explain, by channel. ``words``: the document's distinct words;
    ``best_fit``: the marked lines went through the best-fit conversion, so the others may have too."""
    low = {w.lower() for w in words}
    telling = {name: tell_tales(name) & low for name in MISREAD}
    ambiguous = {name: found for name in MISREAD if (found := _ambiguous(name, low)) is not None}
    out: dict[str, list[LossyLine]] = {}
    for offset, line in lines:
        name = _silent_channel(line, telling, best_fit)
        if name is None:
            name = next((n for n, found in ambiguous.items() if found.search(line) and _out_of_place(line, n)), None)
        if name is not None:
            out.setdefault(name, []).append(LossyLine(line, offset, "tight", name, whole=True))
    return out


def _ambiguous(name: str, words: set[str]) -> re.Pattern[str] | None:
    """Finds those of ``words`` that the misreading ``name`` may have made of others."""
    model, found = default_model(), doubles(name)
    seen = sorted(w for w in words if not w.isascii() and model.id(w) in found)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, seen))})\b", re.IGNORECASE) if seen else None


def _out_of_place(line: str, name: str) -> bool:
    """Whether between its neighbours a word is far less likely than what the misreading may have made it of
    (``kế tốn``: ``kế toán``)."""
    if not never_made(name).isdisjoint(line):
        return False
    model, found = default_model(), doubles(name)
    ids = model.encode(f"\n{line}\n")
    rows = [(ids[i - 1], new, ids[i + 1], old) for i, old in enumerate(ids[:-1]) if i for new in found.get(old, ())]
    if not rows:
        return False
    before, new, after, old = np.asarray(rows, np.int64).T
    as_read, instead = (model.bigram(before, w)[0] + model.bigram(w, after)[0] for w in (old, new))
    return bool((instead - as_read).max() > OUT_OF_PLACE)


def _silent_channel(line: str, telling: dict[str, frozenset[str]], best_fit: bool) -> str | None:  # noqa: PLR0911
    shown = _TONED.search(line) or len(LETTERS.findall(line)) < LEAST_WORDS  # misreading leaves tones
    for name, tales in telling.items():
        if shown and tales and any(w.lower() in tales for w in LETTERS.findall(line)):
            return name
    if _LATEST.search(line) or MARK.search(line):
        return None
    text = protected(line)
    words = LETTERS.findall(text)
    if len(words) < 2:
        return None
    if len(words) < LEAST_WORDS and (_ANY_MARK.search(line) or all(w.istitle() for w in words)):
        return None  # few words, or the name of a person
    if best_fit and not _HALF.search(line):
        return BEST_FIT
    bare = _bare_syllables()
    if not _TONED.search(line):
        if sum(w in _ENGLISH for w in words) > len(words) / 15:
            return None
        fitting = sum(fold(w) in bare for w in words)
        shouted = sum(w.isupper() and len(w) > 1 and fold(w) not in bare for w in words)  # abbreviations
        if fitting >= 0.6 * len(words) and fitting + shouted >= 0.85 * len(words):
            return NO_TONES if _HAT.search(line) else NO_MARKS
    if FOREIGN.search(line):
        return None
    broken = sum(1 for w in words if not w.isupper() and not is_vietnamese_syllable(w) and len(w) < 6)
    least = 0.3 if line.isascii() else 0.1  # nothing marked says that it is Vietnamese
    return DROPPED if broken >= 2 and broken >= least * len(words) else None


def further_lines(lines: Iterable[tuple[int, str]], name: str) -> list[LossyLine]:
    """The lines that the channel ``name``, which others of the document have shown, may have gone through too."""
    excluded = {NO_MARKS: _ANY_MARK, NO_TONES: _TONED, BEST_FIT: _HALF_OR_LATEST, DROPPED: _LATEST}.get(name, MARK)
    return [
        LossyLine(line, offset, "tight", name, whole=True)
        for offset, line in lines
        if not excluded.search(line) and not MARK.search(line) and LETTERS.search(protected(line))
    ]


__all__ = ["channels_of_marks", "further_lines", "marked_lines", "silent_lines"]
