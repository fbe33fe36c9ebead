"""Decoding of word lattices with the 4-gram model, coarse to fine, for many spans at once.

A lattice holds arcs (words) between nodes. It is scored with bigrams first; arcs and pairs of little posterior
probability are dropped, the rest is scored with trigrams (states are pairs of arcs), then with 4-grams (states are
triples). Each pass is a forward-backward recursion over all spans together, one numpy step per node depth, so that the
work is linear in the length of the text. The last pass gives the best path and each arc's posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from normalizers.language_model import Floats, Ids, LanguageModel

Index = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

ARC_BEAM, PAIR_BEAM = -9.0, -8.0  # least log posterior to live on


class Lattice:
    """Arcs of many spans. Nodes are numbered over all spans; inside a span every arc goes to a higher node."""

    def __init__(self) -> None:
        self.start: list[int] = []
        self.end: list[int] = []
        self.word: list[int] = []
        self.prior: list[float] = []
        self.first_nodes: list[int] = []
        self.nodes = 0

    def open_span(self, nodes: int) -> int:
        """Reserve ``nodes`` nodes for a new span; returns the number of the first."""
        first = self.nodes
        self.first_nodes.append(first)
        self.nodes += nodes
        return first

    def add(self, start: int, end: int, words: Sequence[int], priors: Sequence[float]) -> None:
        """Add one arc for each word, all between the same nodes; ``priors`` are log probabilities."""
        count = len(words)
        self.start += [start] * count
        self.end += [end] * count
        self.word += words
        self.prior += priors

    def __len__(self) -> int:
        return len(self.start)


class Decoded(msgspec.Struct, frozen=True):
    """``best`` are the arc numbers of the best path of every span, in order; ``posterior`` per arc (0..1);
    ``evidence`` is the log probability of all paths of each span."""

    best: list[int]
    posterior: Any
    evidence: Any


class _Level(msgspec.Struct):
    """States of one pass: last ``arc`` of each, its span and depth, log prior, and transitions ``src`` → ``dst``."""

    arc: Index
    span: Index
    depth: Index
    prior: Scores
    initial: npt.NDArray[np.bool_]
    final: npt.NDArray[np.bool_]
    src: Index
    dst: Index
    score: Scores


def _runs(values: Index) -> Index:
    return np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])) if len(values) else np.zeros(0, np.int64)


def _sweep(level: _Level, *, forward: bool, best: bool) -> tuple[Scores, Index]:
    """Log scores of all partial paths up to (forward) or after (backward) each state; with ``best`` the maximum and
    the transition it came by."""
    count = len(level.arc)
    total = np.where(level.initial, level.prior, -np.inf) if forward else np.where(level.final, 0.0, -np.inf)
    came = np.full(count, -1, np.int64)
    if not len(level.src):
        return total, came
    to, source = (level.dst, level.src) if forward else (level.src, level.dst)
    order = np.lexsort((to, level.depth[to] if forward else -level.depth[to]))
    to, source, score = to[order], source[order], level.score[order]
    if not forward:
        score = score + level.prior[source]
    heads = _runs(to)
    steps = _runs(level.depth[to[heads]])
    bounds = np.append(heads, len(to))
    for step, following in zip(steps, np.append(steps[1:], len(heads)), strict=True):
        low, high = bounds[step], bounds[following]
        local = heads[step:following] - low
        s = total[source[low:high]] + score[low:high]
        top = np.maximum.reduceat(s, local)
        target = to[heads[step:following]]
        size = np.diff(np.append(local, high - low))
        safe = np.where(np.isfinite(top), top, 0.0)
        if best:
            hit = np.flatnonzero((s >= np.repeat(top, size)) & np.isfinite(s))
            group = np.searchsorted(local, hit, side="right") - 1
            came[target[group[::-1]]] = order[low + hit[::-1]]
            value = top
        else:
            with np.errstate(divide="ignore"):
                value = safe + np.log(np.add.reduceat(np.exp(s - np.repeat(safe, size)), local))
        total[target] = value + level.prior[target] if forward else value
    return total, came


def _posteriors(level: _Level, spans: int) -> tuple[Scores, Scores, Scores]:
    """Log posterior of each state and transition, and the log evidence of each span."""
    alpha, _ = _sweep(level, forward=True, best=False)
    beta, _ = _sweep(level, forward=False, best=False)
    evidence = np.full(spans, -np.inf)
    np.logaddexp.at(evidence, level.span[level.final], alpha[level.final])
    with np.errstate(invalid="ignore"):
        state = np.nan_to_num(alpha + beta - evidence[level.span], nan=-np.inf)
        pair = (
            alpha[level.src] + level.score + level.prior[level.dst] + beta[level.dst] - evidence[level.span[level.src]]
        )
    return state, pair, evidence


def _join(ends: Index, starts: Index) -> tuple[Index, Index]:
    """All (i, j) with ``ends[i] == starts[j]``."""
    order = np.argsort(starts, kind="stable")
    ranked = starts[order]
    low, high = np.searchsorted(ranked, ends, "left"), np.searchsorted(ranked, ends, "right")
    size = high - low
    left = np.repeat(np.arange(len(ends)), size)
    offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    return left, order[np.repeat(low, size) + offset]


class Adaptation:
    """A document's own word pairs, which raise their own probability: a cached bigram mixed into the model."""

    def __init__(self, sequences: list[list[int]], weight: float = 0.35) -> None:
        tokens = [np.asarray(s, np.int64) for s in sequences if len(s) > 1]
        pairs = [(t[:-1] << 16) | t[1:] for t in tokens]
        self.keys, self.counts = np.unique(
            np.concatenate(pairs) if pairs else np.zeros(0, np.int64), return_counts=True
        )
        self.left, inverse = np.unique(self.keys >> 16, return_inverse=True)
        self.totals = np.bincount(inverse, weights=self.counts, minlength=len(self.left))
        self.weight = weight

    def mix(self, a: Ids, b: Ids, score: Floats) -> Floats:
        """``score`` (log p(b | …a)) interpolated with the cache."""
        if not len(self.keys):
            return score
        place = np.minimum(np.searchsorted(self.left, a), len(self.left) - 1)
        total = np.where(self.left[place] == a, self.totals[place], 0.0)
        key = (a << 16) | b
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        count = np.where(self.keys[at] == key, self.counts[at], 0)
        share = self.weight * total / (total + 2.0)
        cached = count / np.maximum(total, 1.0)
        mixed: Floats = np.log((1 - share) * np.exp(score) + share * cached + 1e-30).astype(np.float32)
        return mixed


def _best_path(level: _Level) -> list[tuple[int, list[int]]]:
    """For each span its best path: the first state and the transitions taken, in order."""
    score, came = _sweep(level, forward=True, best=True)
    ends = np.flatnonzero(level.final)
    ends = ends[np.lexsort((-score[ends], level.span[ends]))]
    paths = []
    for end in ends[_runs(level.span[ends])].tolist():
        at = end
        taken: list[int] = []
        while came[at] >= 0:
            taken.append(int(came[at]))
            at = int(level.src[came[at]])
        paths.append((at, taken[::-1]))
    return paths


def _survivors(level: _Level, spans: int, beam: float) -> Index:
    """Transitions worth scoring more finely."""
    _, pair, _ = _posteriors(level, spans)
    return np.flatnonzero(pair > beam)


def decode(lattice: Lattice, model: LanguageModel, adaptation: Adaptation | None = None) -> Decoded:
    """The best path of every span with posteriors. Every path of every span must have at least three arcs."""
    widen = 0.0
    while True:
        decoded = _decode(lattice, model, adaptation, widen)
        # Each dropped arc is unlikely, yet in a long span all paths may lose one somewhere: then look wider.
        if np.isfinite(decoded.evidence).all() or widen > 40.0:
            return decoded
        widen += 8.0


def _decode(lattice: Lattice, model: LanguageModel, adaptation: Adaptation | None, widen: float) -> Decoded:
    start, end = np.asarray(lattice.start, np.int64), np.asarray(lattice.end, np.int64)
    word, prior = np.asarray(lattice.word, np.int64), np.asarray(lattice.prior, np.float64)
    first = np.asarray(lattice.first_nodes, np.int64)
    span = np.searchsorted(first, start, "right") - 1
    depth = start - first[span]
    spans = len(first)
    mix = adaptation.mix if adaptation is not None else (lambda _a, _b, s: s)

    src, dst = _join(end, start)
    two, bow2 = model.bigram(word[src], word[dst])
    initial = depth == 0
    last = end == np.append(first[1:], lattice.nodes)[span] - 1
    level = _Level(
        arc=np.arange(len(start)), span=span, depth=depth, prior=prior, initial=initial, final=last,
        src=src, dst=dst, score=mix(word[src], word[dst], two).astype(np.float64),
    )  # fmt: skip
    keep = _survivors(level, spans, ARC_BEAM - widen)
    # From here on states are pairs of arcs (left, right), transitions are triples.
    left, right, two, bow2, gained = src[keep], dst[keep], two[keep], bow2[keep], level.score[keep]
    src, dst = _join(right, left)
    a, b, c = word[left[src]], word[right[src]], word[right[dst]]
    three, bow3 = model.trigram((a, b, c), bow2[src], two[dst])
    initial = initial[left]
    opening = prior[right] + np.where(initial, prior[left] + gained, 0.0)
    level = _Level(
        arc=right, span=span[right], depth=depth[right], prior=opening,
        initial=initial, final=last[right], src=src, dst=dst, score=mix(b, c, three).astype(np.float64),
    )  # fmt: skip
    keep = _survivors(level, spans, PAIR_BEAM - widen)
    # States are triples of arcs: two pairs that overlap.
    s, d, three, bow3, gained = src[keep], dst[keep], three[keep], bow3[keep], level.score[keep]
    src, dst = _join(d, s)
    a, b, c, e = word[left[s[src]]], word[right[s[src]]], word[right[d[src]]], word[right[d[dst]]]
    four = model.fourgram((a, b, c, e), bow3[src], three[dst])
    initial = level.initial[s]
    arcs = right[d]
    opening = prior[arcs] + np.where(initial, level.prior[s] + gained, 0.0)
    level = _Level(
        arc=arcs, span=span[arcs], depth=depth[arcs], prior=opening,
        initial=initial, final=last[arcs], src=src, dst=dst, score=mix(c, e, four).astype(np.float64),
    )  # fmt: skip
    state, _, evidence = _posteriors(level, spans)
    chance = np.exp(np.minimum(state, 0.0))
    posterior = np.zeros(len(start))
    np.add.at(posterior, arcs, chance)
    np.add.at(posterior, right[s[initial]], chance[initial])  # the two arcs before the first state's last one
    np.add.at(posterior, left[s[initial]], chance[initial])
    best: list[int] = []
    for at, taken in _best_path(level):
        best += int(left[s[at]]), int(right[s[at]]), int(arcs[at])
        best += arcs[level.dst[taken]].tolist()
    return Decoded(best, np.minimum(posterior, 1.0), evidence)
