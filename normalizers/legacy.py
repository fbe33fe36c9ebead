"""Lines in a legacy character set, whole or in part: which words to decode, and the capitals the set could not hold."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from normalizers.charsets import (
    CASELESS,
    DEGREES,
    FOREIGN,
    MONEY,
    Charset,
    charsets,
    is_dashed,
    score,
    score_without_u,
    stays,
)
from normalizers.edits import stretch
from normalizers.language_model import BREAK, UNKNOWN, LanguageModel, default_model
from normalizers.plan import Change
from normalizers.syllables import LETTERS, is_vietnamese_syllable

SWITCH = 5.0  # nats for changing the set between two words
HOME = 4.0  # nats for a word with foreign signs in a document that is in one set throughout
STRANGER = 8.0  # nats for a word that the model has never seen
FONT = 2.0  # nats that a font's name is worth for a word
_SPLIT = re.compile("([ \\t\\r]+)")
_UNICODE = re.compile("[\u1ea0-\u1ef9]")  # letters that no 8-bit set shows: part of the line is Unicode
_TONED_HEAD = re.compile(r"(?<![^\W\d_])[àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ][^\W\d_]*")
# Words without a small plain letter: their marked ones may stand for capitals.
_HALF_CAPITAL = re.compile(r"(?<![^\W\d_])[^\W\d_a-z]{2,}(?![^\W\d_])")
_LABEL = re.compile(r"\W*(?:\w{1,3}[.)]|[-+•])?\W*")


class FontSpan(msgspec.Struct, frozen=True):
    """Text whose font speaks for the set ``name``; ``capitals``: the font draws small letters as capitals."""

    start: int
    end: int
    name: str
    capitals: bool


class _Reading(msgspec.Struct, frozen=True):
    """A word under each state (0: as it stands): texts, scores, how sure each is, and the best states as bits."""

    texts: tuple[str, ...]
    scores: tuple[float, ...]
    sure: tuple[float, ...]
    best: int


class _Placed(NamedTuple):
    """The words of a line: as seen, where they start, their readings and the state picked for each."""

    words: Sequence[str]
    starts: Sequence[int]
    readings: Sequence[_Reading]
    picks: Sequence[int]


class Decoder:
    """Decodes the lines of one document, whose candidate sets are ``names`` (``home``: most of it); remembers words."""

    def __init__(self, names: Sequence[str], home: str | None = None) -> None:
        self.states: list[Charset | None] = [None, *(charsets()[n] for n in names)]
        self._home = home
        self._memo: dict[str, _Reading] = {}
        self._model: LanguageModel = default_model()

    def _readings(self, words: Sequence[str]) -> list[_Reading]:
        found = [self._reading(w) for w in words]
        for i in range(1, len(words)):
            if words[i][:1] in "°º" and DEGREES.fullmatch(words[i]) and words[i - 1][-1:].isdecimal():
                same = len(self.states)
                found[i] = _Reading((words[i],) * same, (0.0,) * same, (0.999,) * same, -1)
        return found

    def _reading(self, word: str) -> _Reading:
        found = self._memo.get(word)
        if found is None:
            texts, scores = [], []
            fixed = stays(word)
            foreign = not fixed and FOREIGN.search(word) is not None
            for state in self.states:
                options = (word,) if state is None or fixed else state.readings(word)
                if is_dashed(word, options[-1]):
                    options = (word,)
                marks = [
                    score_without_u(o) if state is not None and state.name == "tcvn3" else score(o) for o in options
                ]
                best = max(range(len(options)), key=marks.__getitem__)
                texts.append(options[best])
                scores.append(
                    marks[best] + (HOME if state is not None and state.name == self._home and foreign else 0.0)
                )
            top = max(scores)
            best_states = sum(1 << i for i, value in enumerate(scores) if value == top)
            found = self._memo[word] = _Reading(tuple(texts), tuple(scores), _sure(texts, scores), best_states)
        return found

    def line(self, line: str, offset: int, fonts: Sequence[FontSpan]) -> list[Change]:
        """Changes of one line; ``offset`` is its place in the whole, ``fonts`` are in the line's own offsets."""
        pieces = _SPLIT.split(line)
        words = self._readings(pieces[::2])
        if not fonts:
            common = -1
            for reading in words:
                common &= reading.best
            if common & 1:
                return []
            if common and not _UNICODE.search(line):
                return self._whole(line, pieces, words, (common & -common).bit_length() - 1, offset)
        starts, at = [], 0
        for k, piece in enumerate(pieces):
            if k % 2 == 0:
                starts.append(at)
            at += len(piece)
        picks = self._viterbi(words, starts, fonts)
        if not any(picks):
            return []
        if 0 in picks or _UNICODE.search(line):
            picks = self._ambiguous(pieces[::2], words, picks)
        return self._words(_Placed(pieces[::2], starts, words, picks), offset, fonts)

    def _viterbi(self, words: Sequence[_Reading], starts: Sequence[int], fonts: Sequence[FontSpan]) -> list[int]:
        costs = [0.0] * len(self.states)
        back: list[list[int]] = []
        for reading, start in zip(words, starts, strict=True):
            emitted = list(reading.scores)
            for font in fonts:
                if font.start <= start < font.end:
                    worth = FONT + (HOME + SWITCH if MONEY.search(reading.texts[0]) else 0.0)
                    emitted = [
                        e + (worth if s is not None and s.name == font.name else 0.0)
                        for e, s in zip(emitted, self.states, strict=True)
                    ]
            best = max(range(len(costs)), key=costs.__getitem__)
            row, new = [], []
            for i, e in enumerate(emitted):
                stay, move = costs[i], costs[best] - SWITCH
                row.append(i if stay >= move else best)
                new.append(max(stay, move) + e)
            back.append(row)
            costs = new
        state = max(range(len(costs)), key=lambda i: (costs[i], -i))
        picks = []
        for row in reversed(back):
            picks.append(state)
            state = row[state]
        return picks[::-1]

    def _ambiguous(self, seen: Sequence[str], words: Sequence[_Reading], picks: list[int]) -> list[int]:
        """In a mixed line, words that are Vietnamese both ways go by their neighbours."""
        marked = [p for p in picks if p]
        if not marked:
            return picks
        other = max(marked, key=marked.count)
        texts = [r.texts[p] for r, p in zip(words, picks, strict=True)]
        out = list(picks)
        for i, (word, reading) in enumerate(zip(seen, words, strict=True)):
            decoded = reading.texts[other]
            if decoded == word or not (_legal(word) and _legal(decoded)):
                continue
            values = []
            for text in (word, decoded):
                around = " ".join([*texts[max(0, i - 3) : i], text, *texts[i + 1 : i + 4]])
                ids = self._model.encode("\n" + around + "\n")
                values.append(float(self._model.score(ids).sum()) - STRANGER * ids.count(UNKNOWN))
            values[out[i] != 0] += 2.0
            out[i] = other if values[1] > values[0] else 0
            texts[i] = decoded if out[i] else word
        return out

    def _whole(self, line: str, pieces: list[str], words: list[_Reading], pick: int, offset: int) -> list[Change]:
        """A line that one state explains best in every word: one change."""
        state = self.states[pick]
        name = state.name if state is not None else ""
        out = list(pieces)
        out[::2] = [r.texts[pick] for r in words]
        decoded = "".join(out)
        if name in CASELESS:
            decoded = capitals(decoded, self._model)
        sure = min((r.sure[pick] for r in words if r.texts[pick] != r.texts[0]), default=0.999)
        return stretch(line, decoded, name, sure, offset)

    def _words(self, placed: _Placed, offset: int, fonts: Sequence[FontSpan]) -> list[Change]:
        """A line of several sets: one change a word."""
        texts = [r.texts[p] for r, p in zip(placed.readings, placed.picks, strict=True)]
        names = {s.name for s in (self.states[p] for p in placed.picks) if s is not None}
        if names & CASELESS:
            cased = capitals(" ".join(texts), self._model).split(" ")
            texts = [c if p else t for c, t, p in zip(cased, texts, placed.picks, strict=True)]
        changes = []
        for word, start, reading, pick, text in zip(
            placed.words, placed.starts, placed.readings, placed.picks, texts, strict=True
        ):
            state = self.states[pick]
            kind = state.name if state is not None else "tcvn3"
            loud = any(f.capitals and f.start <= start < f.end for f in fonts)
            new = text.upper() if loud and (pick or word.isascii()) else text
            if new != word and (pick or loud):
                changes.append(
                    Change(
                        start=offset + start, end=offset + start + len(word), kind=kind,
                        original=word, replacement=new, confidence=reading.sure[pick],
                    )
                )  # fmt: skip
        return changes


def _legal(word: str) -> bool:
    runs = LETTERS.findall(word)
    return bool(runs) and all(is_vietnamese_syllable(r) for r in runs)


def _sure(texts: Sequence[str], scores: Sequence[float]) -> tuple[float, ...]:
    """For each state how sure its text is, by the next best other text."""
    out = []
    for pick in range(len(texts)):
        rival = max((s for s, t in zip(scores, texts, strict=True) if t != texts[pick]), default=scores[0])
        margin = scores[pick] - max(rival, scores[0]) + 3.0
        out.append(round(max(0.5, min(0.999, 1 / (1 + math.exp(-max(-50.0, min(50.0, margin)))))), 3))
    return tuple(out)


def capitals(text: str, model: LanguageModel) -> str:
    """Case of a decoded set that has no toned capitals: ``HộI`` is ``HỘI``; ``ủy ban`` opens a line as ``Ủy ban``."""

    def one(match: re.Match[str]) -> str:
        run = match.group()
        plain = [c for c in run if c.isascii() or c in "ÂĂĐÊÔƠƯ"]
        if len(run) > 1 and plain and all(c.isupper() for c in plain) and len(plain) < len(run):
            if len(plain) > 1 or not run[0].isupper():
                return run.upper()
            return run.upper() if _loud_around(text, match.start(), match.end()) else run
        return run

    text = _HALF_CAPITAL.sub(one, text)
    out: list[str] = []
    at = 0
    for match in _TONED_HEAD.finditer(text):
        run = match.group()
        if _opens(text, match.start(), match.end(), run, model):
            out += text[at : match.start()], run[0].upper() + run[1:]
            at = match.end()
    out.append(text[at:])
    return "".join(out)


def _opens(text: str, start: int, end: int, run: str, model: LanguageModel) -> bool:
    """Whether a small toned letter at the head of ``run`` should be a capital."""
    before = text[max(0, start - 24) : start]
    label = _LABEL.fullmatch(before) if start <= 12 else None
    if label is not None or re.search(r"[.!]\s+$", before[-4:]):
        return True
    left = model.encode("\n" + before.partition(" ")[2])
    right = model.encode(text[end : end + 24]) or [BREAK]
    return model.usually_capital(left[-1] if left else BREAK, model.id(run), right[0])


def _loud_around(text: str, start: int, end: int) -> bool:
    """Whether the next or the previous word is in capitals; abbreviations do not count, they always are."""
    following = LETTERS.search(text, end, end + 12)
    if following is not None and len(following.group()) > 1:
        run = following.group()
        plain = [c for c in run if c.isascii()]
        return bool(plain) and all(c.isupper() for c in plain) and is_vietnamese_syllable(run)
    previous = LETTERS.findall(text[max(0, start - 12) : start])
    return bool(previous) and len(previous[-1]) > 1 and previous[-1].isupper() and is_vietnamese_syllable(previous[-1])
