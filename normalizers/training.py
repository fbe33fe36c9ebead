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
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from normalizers.kneser_ney import Order, back_off, estimate, mix, pack, prune
from normalizers.language_model import BREAK, COMMA, MAGIC, NUMBER, SPECIAL, TOKENS, UNKNOWN, Keys
from normalizers.syllables import canonical, legal_syllables
from normalizers.xor_table import build

logger = logging.getLogger(__name__)
BLOCK_LINES, HELD_OUT_EVERY, HELD_OUT_AT = 40, 50, 7
# Text of the kind that is to be repaired. It and the passages of the training texts that are most like it decide where
# they know anything: weights set by the perplexity of reports that were not trained on.
LIKE = Path(__file__).with_name("data") / "school_reports.txt"
OWN_WEIGHT, LIKE_WEIGHT, LIKE_SHARE, LIKE_PRIOR = 50.0, 8.0, 0.03, 2000.0
PASSAGE_LINES, PASSAGE_LEAST = 10, 20  # a passage; words by which short ones are held back
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


def _surfaces(paths: Iterable[Path], settings: Settings) -> tuple[list[str], list[npt.NDArray[np.int32]]]:
    """Distinct surface tokens and each text as indexes into them."""
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    texts: list[npt.NDArray[np.int32]] = []
    for path in paths:
        pieces: list[npt.NDArray[np.int32]] = []
        batch: list[int] = []
        for number, line in enumerate(read_lines(path)):
            if settings.hold_out and held_out(number) and path != LIKE:
                continue
            batch += map(vocabulary.__getitem__, TOKENS.findall(line))
            if len(batch) > 2_000_000:
                pieces.append(np.array(batch, np.int32))
                batch = []
        pieces.append(np.array(batch, np.int32))
        texts.append(np.concatenate(pieces))
    return list(vocabulary), texts


def _vocabulary(
    surfaces: list[str], texts: Sequence[npt.NDArray[np.int32]], settings: Settings
) -> tuple[list[str], Array, Array]:
    """Words by falling frequency; for each surface its word id and whether it has a capital initial."""
    counts = sum(np.bincount(text, minlength=len(surfaces)) for text in texts)
    legal = legal_syllables()
    totals: defaultdict[str, int] = defaultdict(int)
    forms = [canonical(s) for s in surfaces]
    for form, count in zip(forms, np.asarray(counts).tolist(), strict=True):
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


def _without_runs(ids: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which tokens to keep so that runs of breaks become one."""
    return np.concatenate([[True], (ids[1:] != BREAK) | (ids[:-1] != BREAK)])


def _passages(
    text: npt.NDArray[np.int32], ids: npt.NDArray[np.int32], like: npt.NDArray[np.int32], end: int, words: int
) -> npt.NDArray[np.bool_]:
    """The tokens of ``text`` (surfaces; ``ids`` its words) in the passages whose words are most like those of ``like``
    rather than those of all. ``end``: the surface that ends a line."""
    common = np.bincount(ids, minlength=words) + 0.5
    common /= common.sum()
    own = np.bincount(like, minlength=words)
    ratio = np.log((own + LIKE_PRIOR * common) / (own.sum() + LIKE_PRIOR) / common)
    ratio[: len(SPECIAL)] = 0.0
    ends = np.flatnonzero(text == end)[PASSAGE_LINES - 1 :: PASSAGE_LINES] + 1
    starts = np.concatenate([[0], ends[ends < len(text)]])
    size = np.diff(np.append(starts, len(text)))
    score = np.add.reduceat(ratio[ids], starts) / (size + PASSAGE_LEAST)
    order = np.argsort(-score, kind="stable")
    chosen = np.zeros(len(starts), bool)
    chosen[order[: int(np.searchsorted(np.cumsum(size[order]), LIKE_SHARE * len(text)))]] = True
    return np.repeat(chosen, size)


def _estimate(texts: Sequence[npt.NDArray[np.int32]], mapping: Array, words: int, end: int) -> list[Order]:
    """One model of the texts, of their passages like the last text, and of that text itself."""
    ids = [mapping[text].astype(np.int32) for text in texts]
    *main, like = ids
    everything, all_ids = np.concatenate(texts[:-1]), np.concatenate(main)
    near = all_ids[_passages(everything, all_ids, like, end, words)]
    weights = [1.0] * len(main) + [LIKE_WEIGHT, OWN_WEIGHT]
    return mix([estimate(words, part[_without_runs(part)]) for part in (*main, near, like)], weights)


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
        pair = pack([ids[:-1], ids[1:]])
        found, inverse, total = np.unique(pair, return_inverse=True, return_counts=True)
        own_word = (found & np.uint64(0xFFFF) if own else found >> np.uint64(16)).astype(np.int64)
        raised = np.bincount(inverse, weights=upper[own : len(upper) - 1 + own])
        p = (raised + 2 * alone[own_word]) / (total + 2)
        keep = (total >= 4) & (np.abs(p - alone[own_word]) > 0.15) & (own_word >= len(SPECIAL))
        key = found[keep] + np.uint64(1 << 63)
        keys.append(key ^ np.uint64(1 << 61) if offset else key)
        codes.append(np.round(p[keep] * 255).astype(np.uint8))
    return np.round(alone * 255).astype(np.uint8), np.concatenate(keys), np.concatenate(codes)


def train(paths: list[Path], out: Path, settings: Settings | None = None) -> dict[str, Any]:
    """Train on ``paths`` and write the model file. Returns its header."""
    settings = settings or Settings()
    began = time.monotonic()
    surfaces, texts = _surfaces([*paths, LIKE], settings)
    logger.info("%s tokens, %d surfaces, %.0f s", [len(t) for t in texts], len(surfaces), time.monotonic() - began)
    words, mapping, is_upper = _vocabulary(surfaces, texts, settings)
    text = np.concatenate(texts)
    ids = mapping[text]
    keep = _without_runs(ids)
    ids, upper = ids[keep], is_upper[text[keep]]
    del text, keep
    capital, case_keys, case_codes = _case_table(ids, upper, len(words))
    orders = _estimate(texts, mapping, len(words), surfaces.index("\n"))
    del texts
    orders = prune(orders, settings.minimum, settings.gain)
    back_off(orders)
    logger.info("kept %s, %.0f s", [len(o.p) for o in orders], time.monotonic() - began)
    arrays: dict[str, Array] = {
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "unigram": np.log(orders[0].p).astype(np.float32),
        "backoff1": orders[0].bow,
        "capital": capital,
    }
    tables: dict[str, dict[str, int]] = {}
    for n in range(2, 5):
        order = orders[n - 1]
        arrays[f"book{n}"], prob = _quantise(np.log(order.p))
        values = [prob]
        if n < 4:
            arrays[f"bookb{n}"], bow = _quantise(order.bow)
            values.append(bow)
        key = order.key + np.uint64({2: 1 << 63, 3: 1 << 62, 4: 0}[n])
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
        "sources": [{"name": p.name, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()} for p in (*paths, LIKE)],
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
