"""Word n-gram language model in one memory-mapped file, looked up in numpy batches.

Words are lower-case syllables with canonical tone placement. n-grams live in static XOR tables (a retrieval structure
of 1.23 slots a key): the exclusive-or of three slots gives a 16-bit fingerprint and the values, so that a lookup is
three gathers, found or not, with a false-positive rate of 2**-16. Log probabilities are natural, in 256 levels.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from normalizers.syllables import canonical

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]

MAGIC = b"baocao.lm/1\n"
MOST_REMEMBERED = 200_000
DEFAULT = Path(__file__).with_name("data") / "vietnamese.lm"
BREAK, UNKNOWN, NUMBER, COMMA = 0, 1, 2, 3
SPECIAL = ("<p>", "<unk>", "<n>", ",")
TOKENS = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|[,.;:!?…()\n\"“”]")

_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SEEDS = tuple(np.uint64(s) for s in (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7, 0x2545F4914F6CDD1D))
_S30, _S27, _S31, _S32 = (np.uint64(s) for s in (30, 27, 31, 32))


def _mix(keys: Keys, seed: np.uint64) -> Keys:
    with np.errstate(over="ignore"):
        h = keys * np.uint64(0x9E3779B97F4A7C15) + seed
        h = (h ^ (h >> _S30)) * _MIX1
        h = (h ^ (h >> _S27)) * _MIX2
    return h ^ (h >> _S31)


def slots(keys: Keys, segment: int, seed: int) -> tuple[Keys, Keys, Keys, npt.NDArray[np.uint16]]:
    """The three table positions of each key and its fingerprint."""
    base = _mix(keys, _SEEDS[0] + np.uint64(seed))
    other = _mix(base, _SEEDS[1])
    size = np.uint64(segment)
    low = np.uint64(0xFFFFFFFF)
    first = ((base >> _S32) * size) >> _S32
    second = (((base & low) * size) >> _S32) + size
    third = (((other >> _S32) * size) >> _S32) + size + size
    return first, second, third, (other & np.uint64(0xFFFF)).astype(np.uint16)


class XorTable:
    """A static map from 64-bit keys to one or two bytes."""

    def __init__(
        self, fingerprints: npt.NDArray[np.uint16], values: tuple[npt.NDArray[np.uint8], ...], seed: int
    ) -> None:
        self.fingerprints, self.values, self.seed = fingerprints, values, seed
        self.segment = len(fingerprints) // 3

    def find(self, keys: Keys) -> tuple[npt.NDArray[np.bool_], tuple[npt.NDArray[np.uint8], ...]]:
        """For each key whether it is held, and its values (meaningless where it is not)."""
        a, b, c, mark = slots(keys, self.segment, self.seed)
        held = (self.fingerprints[a] ^ self.fingerprints[b] ^ self.fingerprints[c]) == mark
        return held, tuple(v[a] ^ v[b] ^ v[c] for v in self.values)


def key2(a: Ids, b: Ids) -> Keys:
    return _packed(a, b) + np.uint64(1 << 63)


def key3(a: Ids, b: Ids, c: Ids) -> Keys:
    return _packed(a, b, c) + np.uint64(1 << 62)


def key4(a: Ids, b: Ids, c: Ids, d: Ids) -> Keys:
    return _packed(a, b, c, d)


def _packed(*words: Ids) -> Keys:
    key: Keys = words[0].astype(np.uint64)
    for word in words[1:]:
        key = (key << np.uint64(16)) | word.astype(np.uint64)
    return key


class LanguageModel:
    """Interpolated modified Kneser-Ney 4-gram. ``words[id]`` is the vocabulary, most frequent first."""

    def __init__(self, header: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self.header = header
        raw: bytes = arrays["words"].tobytes()
        self.words: list[str] = raw.decode().split("\n")
        self.ids: dict[str, int] = {w: i for i, w in enumerate(self.words)}
        self.unigram: Floats = arrays["unigram"]
        self.backoff1: Floats = arrays["backoff1"]
        self.capital: npt.NDArray[np.uint8] = arrays["capital"]
        tables = header["tables"]
        self._two = XorTable(arrays["fp2"], (arrays["prob2"], arrays["bow2"]), tables["2"]["seed"])
        self._three = XorTable(arrays["fp3"], (arrays["prob3"], arrays["bow3"]), tables["3"]["seed"])
        self._four = XorTable(arrays["fp4"], (arrays["prob4"],), tables["4"]["seed"])
        self._case = XorTable(arrays["fpc"], (arrays["case"],), tables["c"]["seed"])
        self._usual: dict[tuple[int, int, int], bool] = {}
        self._books = {name: arrays[name] for name in ("book2", "book3", "book4", "bookb2", "bookb3")}

    def id(self, token: str) -> int:
        """Vocabulary id of a token as `TOKENS` cuts it (any case, either tone placement)."""
        first = token[0]
        if first.isalpha():
            found = self.ids.get(token.lower())
            return self.ids.get(canonical(token), UNKNOWN) if found is None else found
        if first.isdigit():
            return NUMBER
        return COMMA if first == "," else BREAK

    def encode(self, text: str) -> list[int]:
        """Ids of a text's tokens, runs of breaks as one."""
        ids: list[int] = []
        for token in TOKENS.findall(text):
            i = self.id(token)
            if i != BREAK or not ids or ids[-1] != BREAK:
                ids.append(i)
        return ids

    def bigram(self, a: Ids, b: Ids) -> tuple[Floats, Floats]:
        """log p(b|a), and the backoff weight of the context (a, b)."""
        held, (prob, bow) = self._two.find(key2(a, b))
        score = np.where(held, self._books["book2"][prob], self.backoff1[a] + self.unigram[b])
        return score, np.where(held, self._books["bookb2"][bow], np.float32(0))

    def trigram(self, words: tuple[Ids, Ids, Ids], bow_ab: Floats, score_bc: Floats) -> tuple[Floats, Floats]:
        """log p(c|a,b) of ``words`` (a, b, c) and their backoff weight, given `bigram`'s answers for the parts."""
        held, (prob, bow) = self._three.find(key3(*words))
        score = np.where(held, self._books["book3"][prob], bow_ab + score_bc)
        return score, np.where(held, self._books["bookb3"][bow], np.float32(0))

    def fourgram(self, words: tuple[Ids, Ids, Ids, Ids], bow_abc: Floats, score_bcd: Floats) -> Floats:
        """log p(d|a,b,c) of ``words`` (a, b, c, d), given `trigram`'s answers for its parts."""
        held, (prob,) = self._four.find(key4(*words))
        return np.where(held, self._books["book4"][prob], bow_abc + score_bcd)

    def score(self, ids: list[int]) -> Floats:
        """Natural-log probability of each token after the first, in its (up to three tokens of) context."""
        w = np.asarray(ids, dtype=np.int64)
        if len(w) < 2:
            return np.zeros(0, np.float32)
        two, bow2 = self.bigram(w[:-1], w[1:])
        out = two.copy()
        if len(w) > 2:
            three, bow3 = self.trigram((w[:-2], w[1:-1], w[2:]), bow2[:-1], two[1:])
            out[1:] = three
            if len(w) > 3:
                out[2:] = self.fourgram((w[:-3], w[1:-2], w[2:-1], w[3:]), bow3[:-1], three[1:])
        return out

    def capital_after(self, left: Ids, word: Ids) -> npt.NDArray[np.float64]:
        """P(capital initial | word, its left neighbour); word alone where the pair was rare."""
        held, (case,) = self._case.find(key2(left, word))
        return np.where(held, case, self.capital[word]) / 255.0

    def capital_before(self, word: Ids, right: Ids) -> npt.NDArray[np.float64]:
        """P(capital initial | word, its right neighbour); word alone where the pair was rare."""
        held, (case,) = self._case.find(key2(word, right) ^ np.uint64(1 << 61))
        return np.where(held, case, self.capital[word]) / 255.0

    def usually_capital(self, left: int, word: int, right: int) -> bool:
        """Whether ``word`` between these neighbours has a capital initial more often than not."""
        known = self._usual.get((left, word, right))
        if known is not None:
            return known
        own = np.array([word])
        after = float(self.capital_after(np.array([left]), own)[0])
        before = float(self.capital_before(own, np.array([right]))[0])
        alone = float(self.capital[word]) / 255
        odds = [p / (1 - p + 1e-3) + 1e-3 for p in (after, before, alone)]
        answer = odds[0] * odds[1] / odds[2] > 1.0
        if len(self._usual) < MOST_REMEMBERED:
            self._usual[(left, word, right)] = answer
        return answer


def load(path: Path) -> LanguageModel:
    """Map a model file into memory. Raises ValueError when it is none of ours."""
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError(f"{path} is not a language model of this version")
    size = int.from_bytes(data[len(MAGIC) : len(MAGIC) + 4], "little")
    start = len(MAGIC) + 4
    header = json.loads(data[start : start + size])
    base = -(-(start + size) // 64) * 64
    arrays = {
        name: np.frombuffer(data, dtype=entry["dtype"], count=entry["count"], offset=base + entry["offset"])
        for name, entry in header["arrays"].items()
    }
    return LanguageModel(header, arrays)


@lru_cache(maxsize=1)
def default_model() -> LanguageModel:
    """The model that is shipped."""
    return load(DEFAULT)
