"""Training of the language model: counts, modified Kneser-Ney, pruning, one compact file.

``python -m normalizers.training --text FILE... --out FILE`` (text is UTF-8, one paragraph a line, ``.xz`` allowed).
Every 50th block of 40 lines is held out for evaluation unless ``--all`` is given; `held_out` is the one rule for both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import lzma
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from normalizers.language_model import BREAK, COMMA, MAGIC, NUMBER, SPECIAL, TOKENS, UNKNOWN, Keys
from normalizers.syllables import canonical, legal_syllables
from normalizers.xor_table import build

logger = logging.getLogger(__name__)
BLOCK_LINES, HELD_OUT_EVERY, HELD_OUT_AT = 40, 50, 7
Array = npt.NDArray[Any]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Size and pruning. ``minimum[n]`` is the least count of an n-gram; ``gain`` the least count × log-probability gain
    over its backoff estimate that a 3- or 4-gram must bring to be kept."""

    vocabulary: int = 32000
    word_count: int = 12
    minimum: tuple[int, int, int] = (1, 1, 2)
    gain: tuple[float, float, float] = (0.3, 2.2, 1.8)
    hold_out: bool = True


def held_out(line: int) -> bool:
    """Whether line number ``line`` (from 0) of a training text belongs to the evaluation part."""
    return line // BLOCK_LINES % HELD_OUT_EVERY == HELD_OUT_AT


def read_lines(path: Path) -> Iterator[str]:
    """NFC lines of a text file, ``.xz`` or plain."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line if unicodedata.is_normalized("NFC", line) else unicodedata.normalize("NFC", line)


def _surfaces(paths: Iterable[Path], settings: Settings) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Distinct surface tokens and the texts as indexes into them."""
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    pieces: list[npt.NDArray[np.int32]] = []
    for path in paths:
        batch: list[int] = []
        for number, line in enumerate(read_lines(path)):
            if settings.hold_out and held_out(number):
                continue
            batch += map(vocabulary.__getitem__, TOKENS.findall(line))
            if len(batch) > 2_000_000:
                pieces.append(np.array(batch, np.int32))
                batch = []
        pieces.append(np.array(batch, np.int32))
    return list(vocabulary), np.concatenate(pieces)


def _vocabulary(surfaces: list[str], text: npt.NDArray[np.int32], settings: Settings) -> tuple[list[str], Array, Array]:
    """Words by falling frequency; for each surface its word id and whether it has a capital initial."""
    counts = np.bincount(text, minlength=len(surfaces))
    legal = legal_syllables()
    totals: defaultdict[str, int] = defaultdict(int)
    forms = [canonical(s) for s in surfaces]
    for form, count in zip(forms, counts.tolist(), strict=True):
        if form[0].isalpha() and len(form) <= 12:
            totals[form] += count
    kept = [w for w, n in totals.items() if n >= (2 if w in legal else settings.word_count)]
    kept.sort(key=lambda w: (-totals[w], w))
    words = [*SPECIAL, *kept[: settings.vocabulary - len(SPECIAL)]]
    ids = {w: i for i, w in enumerate(words)}
    special = {",": COMMA}
    mapping = np.array(
        [ids.get(f, UNKNOWN) if f[0].isalpha() else NUMBER if f[0].isdigit() else special.get(f, BREAK) for f in forms],
        np.int32,
    )
    return words, mapping, np.array([s[0].isupper() for s in surfaces], bool)


def _pack(columns: list[Array]) -> Keys:
    key = columns[0].astype(np.uint64)
    for column in columns[1:]:
        key = (key << np.uint64(16)) | column.astype(np.uint64)
    return key


def _discounts(counts: Array) -> npt.NDArray[np.float64]:
    """D1, D2, D3+ of modified Kneser-Ney."""
    n = [max(1, int((counts == k).sum())) for k in range(1, 5)]
    y = n[0] / (n[0] + 2 * n[1])
    d = [k - (k + 1) * y * n[k] / n[k - 1] for k in range(1, 4)]
    clipped: npt.NDArray[np.float64] = np.clip(np.array([0.0, *d]), 0.0, np.array([0.0, 0.95, 1.9, 2.9]))
    return clipped


def _groups(contexts: Keys) -> Array:
    """Start of each run of equal contexts in a sorted array."""
    return np.flatnonzero(np.concatenate([[True], contexts[1:] != contexts[:-1]]))


def _estimate(words: int, ids: npt.NDArray[np.int32]) -> list[dict[str, Array]]:
    """Interpolated probabilities of every n-gram, n = 1..4: ``key`` (sorted), ``count``, ``p``; [0] is the unigrams."""
    orders: list[dict[str, Array]] = []
    raw: dict[int, tuple[Keys, Array]] = {}
    for n in range(2, 5):
        raw[n] = np.unique(_pack([ids[i : len(ids) - n + 1 + i] for i in range(n)]), return_counts=True)
        logger.info("%d-grams: %d", n, len(raw[n][0]))
    # Lower orders count distinct left contexts, not occurrences.
    continuation: dict[int, Array] = {4: raw[4][1]}
    for n in (3, 2):
        suffixes = raw[n + 1][0] & np.uint64((1 << (16 * n)) - 1)
        found, counts = np.unique(suffixes, return_counts=True)
        full = np.ones(len(raw[n][0]), np.int64)  # n-grams at the very start of the text have no left context
        full[np.searchsorted(raw[n][0], found)] = counts
        continuation[n] = full
    left = np.bincount((raw[2][0] & np.uint64(0xFFFF)).astype(np.int64), minlength=words).astype(np.float64)
    unigram = (left + 0.5) / (left + 0.5).sum()
    orders.append({"p": unigram})
    below_key, below_p = np.arange(words, dtype=np.uint64), unigram
    for n in range(2, 5):
        key, adjusted = raw[n][0], continuation[n]
        d = _discounts(adjusted)
        level = np.minimum(adjusted, 3)
        context = key >> np.uint64(16)
        starts = _groups(context)
        totals = np.add.reduceat(adjusted, starts).astype(np.float64)
        lost = np.add.reduceat(d[level], starts)
        size = np.diff(np.append(starts, len(key)))
        spread = np.repeat(lost / totals, size)
        lower = below_p[np.searchsorted(below_key, key & np.uint64((1 << (16 * (n - 1))) - 1))]
        p = (adjusted - d[level]) / np.repeat(totals, size) + spread * lower
        orders.append({"key": key, "count": raw[n][1], "p": p})
        below_key, below_p = key, p
    return orders


def _backoffs(upper: dict[str, Array], lower_p: Array, contexts: Keys) -> npt.NDArray[np.float32]:
    """Log backoff weight for each of the sorted ``contexts``, from the kept n-grams above."""
    out = np.zeros(len(contexts), np.float32)
    context = upper["key"] >> np.uint64(16)
    if not len(context):
        return out
    starts = _groups(context)
    high = 1.0 - np.add.reduceat(upper["p"], starts)
    low = 1.0 - np.add.reduceat(lower_p, starts)
    place = np.searchsorted(contexts, context[starts])
    out[place] = np.log(np.clip(high, 1e-6, 1) / np.clip(low, 1e-6, 1))
    return out


def _lookup(order: dict[str, Array], key: Keys) -> tuple[npt.NDArray[np.bool_], Array]:
    place = np.minimum(np.searchsorted(order["key"], key), len(order["key"]) - 1)
    return order["key"][place] == key, place


def _prune(orders: list[dict[str, Array]], settings: Settings) -> list[dict[str, Array]]:
    """Drop n-grams that are rare or tell little more than their backoff; contexts of kept ones stay."""
    below: dict[str, Array] = {"key": np.arange(len(orders[0]["p"]), dtype=np.uint64), **orders[0]}
    needed: list[Keys] = [np.zeros(0, np.uint64)] * 4
    result = [dict(o) for o in orders]
    # The gain is measured against the unpruned lower order, a fair stand-in for the pruned one.
    for n in (4, 3, 2):
        order = result[n - 1]
        keep = order["count"] >= settings.minimum[n - 2]
        if n > 2:
            below = orders[n - 2]
            lower = below["p"][np.searchsorted(below["key"], order["key"] & np.uint64((1 << (16 * (n - 1))) - 1))]
        else:
            lower = orders[0]["p"][(order["key"] & np.uint64(0xFFFF)).astype(np.int64)]
        gain = order["count"] * np.log(order["p"] / lower)
        keep &= np.abs(gain) >= settings.gain[n - 2]
        held, place = _lookup(order, needed[n - 1])
        keep[place[held]] = True
        result[n - 1] = {name: value[keep] for name, value in order.items()}
        if n > 2:
            key = result[n - 1]["key"]
            wanted = np.concatenate([key >> np.uint64(16), key & np.uint64((1 << (16 * (n - 1))) - 1)])
            needed[n - 2] = np.unique(wanted)
    return result


def _quantise(values: Array) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """256-level code book by quantiles, and the codes."""
    if not len(values):
        return np.zeros(256, np.float32), np.zeros(0, np.uint8)
    edges = np.quantile(values, np.linspace(0, 1, 257)[1:-1])
    codes = np.searchsorted(edges, values, side="right")
    sums = np.bincount(codes, weights=values, minlength=256)
    sizes = np.bincount(codes, minlength=256)
    book = np.where(sizes > 0, sums / np.maximum(sizes, 1), 0.0)
    return book.astype(np.float32), codes.astype(np.uint8)


def _case_table(ids: npt.NDArray[np.int32], upper: Array, words: int) -> tuple[Array, Keys, Array]:
    """P(capital) of each word, and of (word, neighbour) pairs where it differs; bytes 0..255."""
    count = np.bincount(ids, minlength=words).astype(np.float64)
    capital = np.bincount(ids, weights=upper, minlength=words)
    alone = (capital + 0.05) / (count + 0.5)
    keys, codes = [], []
    for offset, own in ((0, 1), (1, 0)):  # (left neighbour, word), then (word, right neighbour)
        pair = _pack([ids[:-1], ids[1:]])
        found, inverse, total = np.unique(pair, return_inverse=True, return_counts=True)
        own_word = (found & np.uint64(0xFFFF) if own else found >> np.uint64(16)).astype(np.int64)
        raised = np.bincount(inverse, weights=upper[own : len(upper) - 1 + own])
        p = (raised + 2 * alone[own_word]) / (total + 2)
        keep = (total >= 4) & (np.abs(p - alone[own_word]) > 0.15) & (own_word > COMMA)
        key = found[keep] + np.uint64(1 << 63)
        keys.append(key ^ np.uint64(1 << 61) if offset else key)
        codes.append(np.round(p[keep] * 255).astype(np.uint8))
    return np.round(alone * 255).astype(np.uint8), np.concatenate(keys), np.concatenate(codes)


def train(paths: list[Path], out: Path, settings: Settings | None = None) -> dict[str, Any]:
    """Train on ``paths`` and write the model file. Returns its header."""
    settings = settings or Settings()
    began = time.monotonic()
    surfaces, text = _surfaces(paths, settings)
    logger.info("%d tokens, %d surfaces, %.0f s", len(text), len(surfaces), time.monotonic() - began)
    words, mapping, is_upper = _vocabulary(surfaces, text, settings)
    ids = mapping[text]
    keep = np.concatenate([[True], (ids[1:] != BREAK) | (ids[:-1] != BREAK)])
    ids, upper = ids[keep], is_upper[text[keep]]
    del text
    capital, case_keys, case_codes = _case_table(ids, upper, len(words))
    orders = _prune(_estimate(len(words), ids), settings)
    logger.info("kept %s, %.0f s", [len(o["p"]) for o in orders], time.monotonic() - began)
    arrays: dict[str, Array] = {
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "unigram": np.log(orders[0]["p"]).astype(np.float32),
        "capital": capital,
    }
    tables: dict[str, dict[str, int]] = {}
    for n in range(2, 5):
        order = orders[n - 1]
        suffix = order["key"] & np.uint64((1 << (16 * (n - 1))) - 1)
        if n == 2:
            lower = orders[0]["p"][suffix.astype(np.int64)]
            arrays["backoff1"] = _backoffs(order, lower, np.arange(len(words), dtype=np.uint64))
        else:
            below = orders[n - 2]
            lower = below["p"][_lookup(below, suffix)[1]]
            below["bow"] = _backoffs(order, lower, below["key"])
    for n in range(2, 5):
        order = orders[n - 1]
        arrays[f"book{n}"], prob = _quantise(np.log(order["p"]))
        values = [prob]
        if n < 4:
            arrays[f"bookb{n}"], bow = _quantise(order["bow"])
            values.append(bow)
        key = order["key"] + np.uint64({2: 1 << 63, 3: 1 << 62, 4: 0}[n])
        fingerprints, stored, seed = build(key, tuple(values))
        arrays[f"fp{n}"], arrays[f"prob{n}"] = fingerprints, stored[0]
        if n < 4:
            arrays[f"bow{n}"] = stored[1]
        tables[str(n)] = {"seed": seed, "entries": len(key)}
    fingerprints, stored, seed = build(case_keys, (case_codes,))
    arrays["fpc"], arrays["case"] = fingerprints, stored[0]
    tables["c"] = {"seed": seed, "entries": len(case_keys)}
    header = {
        "schema": "baocao.lm/1",
        "tokens": len(ids),
        "sources": [{"name": p.name, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()} for p in paths],
        "settings": msgspec.to_builtins(settings),
        "tables": tables,
    }
    _write(out, header, arrays)
    logger.info("wrote %s, %.1f MB, %.0f s", out, out.stat().st_size / 1e6, time.monotonic() - began)
    return header


def _write(out: Path, header: dict[str, Any], arrays: dict[str, Array]) -> None:
    """Magic, header length, JSON header, the arrays on 64-byte boundaries. The same input gives the same bytes."""
    entries: dict[str, dict[str, Any]] = {}
    offset = 0
    for name, array in arrays.items():
        entries[name] = {"dtype": array.dtype.str, "count": len(array), "offset": offset}
        offset += -(-array.nbytes // 64) * 64
    text = json.dumps({**header, "arrays": entries}, sort_keys=True).encode()
    start = len(MAGIC) + 4 + len(text)
    partial = out.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(MAGIC + len(text).to_bytes(4, "little") + text)
        file.write(bytes(-start % 64))
        for array in arrays.values():
            file.write(array.tobytes())
            file.write(bytes(-array.nbytes % 64))
    partial.replace(out)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="train-lm", description=__doc__)
    parser.add_argument("--text", type=Path, nargs="+", required=True, metavar="PATH")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--all", action="store_true", help="train on the held-out blocks as well")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(options.text, options.out, Settings(hold_out=not options.all))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
