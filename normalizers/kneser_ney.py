"""Estimation of n-gram probabilities: interpolated modified Kneser-Ney, mixing of several texts, pruning.

An n-gram is one 64-bit key of four 16-bit word ids. Every order (n = 1..4) is held as sorted arrays.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from normalizers.language_model import Keys

logger = logging.getLogger(__name__)
ORDERS = 4
Array = npt.NDArray[Any]
Reals = npt.NDArray[np.float64]


class Order(msgspec.Struct):
    """All n-grams of one length: ``key`` (sorted), ``p`` (probability of the last word after the others), ``weight``
    (how often the n-gram was seen, in all texts by their weights) and, once pruned, ``bow``, log backoff weights."""

    key: Keys
    p: Reals
    weight: Reals
    bow: npt.NDArray[np.float32] = msgspec.field(default_factory=lambda: np.zeros(0, np.float32))


class _Contexts(msgspec.Struct):
    """Contexts of one order (sorted keys), how often each was seen, and the probability left for unseen words."""

    key: Keys
    count: Reals
    left: Reals


class Estimate(msgspec.Struct):
    """One text's n-grams and contexts, n = 1..4."""

    orders: list[Order]
    contexts: list[_Contexts]


def pack(columns: Sequence[Array]) -> Keys:
    """One key for each row of words, the last word lowest."""
    key: Keys = columns[0].astype(np.uint64)
    for column in columns[1:]:
        key = (key << np.uint64(16)) | column.astype(np.uint64)
    return key


def suffix(key: Keys, n: int) -> Keys:
    """The n-grams without their first word."""
    return key & np.uint64((1 << (16 * (n - 1))) - 1)


def find(keys: Keys, wanted: Keys) -> tuple[npt.NDArray[np.bool_], Array]:
    """For each of ``wanted`` whether the sorted ``keys`` hold it, and where."""
    if not len(keys):
        return np.zeros(len(wanted), bool), np.zeros(len(wanted), np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return keys[place] == wanted, place


def _discounts(counts: Array) -> Reals:
    """0, D1, D2, D3+ of modified Kneser-Ney."""
    n = [max(1, int((counts == k).sum())) for k in range(1, 5)]
    y = n[0] / (n[0] + 2 * n[1])
    d = [k - (k + 1) * y * n[k] / n[k - 1] for k in range(1, 4)]
    clipped: Reals = np.clip(np.array([0.0, *d]), 0.0, np.array([0.0, 0.95, 1.9, 2.9]))
    return clipped


def _starts(contexts: Keys) -> Array:
    """Start of each run of equal contexts in a sorted array."""
    return np.flatnonzero(np.concatenate([[True], contexts[1:] != contexts[:-1]]))


def estimate(words: int, ids: npt.NDArray[np.int32]) -> Estimate:
    """Interpolated modified Kneser-Ney of a text given as word ids below ``words``."""
    raw = {
        n: np.unique(pack([ids[i : len(ids) - n + 1 + i] for i in range(n)]), return_counts=True)
        for n in range(2, ORDERS + 1)
    }
    logger.info("n-grams: %s", [len(keys) for keys, _ in raw.values()])
    # Lower orders count distinct left contexts, not occurrences.
    continuation: dict[int, Array] = {ORDERS: raw[ORDERS][1]}
    for n in range(2, ORDERS):
        found, counts = np.unique(suffix(raw[n + 1][0], n + 1), return_counts=True)
        full = np.ones(len(raw[n][0]), np.int64)  # n-grams at the very start of the text have no left context
        full[np.searchsorted(raw[n][0], found)] = counts
        continuation[n] = full
    left = np.bincount(suffix(raw[2][0], 2).astype(np.int64), minlength=words).astype(np.float64)
    unigram = (left + 0.5) / (left + 0.5).sum()
    occurrences = np.bincount(ids, minlength=words).astype(np.float64)
    everything = np.arange(words, dtype=np.uint64)
    orders = [Order(everything, unigram, occurrences)]
    contexts = [_Contexts(np.zeros(1, np.uint64), np.array([float(len(ids))]), np.zeros(1))]
    for n in range(2, ORDERS + 1):
        key, adjusted = raw[n][0], continuation[n]
        d = _discounts(adjusted)
        level = np.minimum(adjusted, 3)
        starts = _starts(key >> np.uint64(16))
        totals = np.add.reduceat(adjusted, starts).astype(np.float64)
        spread = np.add.reduceat(d[level], starts) / totals
        size = np.diff(np.append(starts, len(key)))
        below = orders[-1].p[np.searchsorted(orders[-1].key, suffix(key, n))]
        p = (adjusted - d[level]) / np.repeat(totals, size) + np.repeat(spread, size) * below
        seen = np.add.reduceat(raw[n][1], starts).astype(np.float64)
        orders.append(Order(key, p, raw[n][1].astype(np.float64)))
        contexts.append(_Contexts((key >> np.uint64(16))[starts], seen, spread))
    return Estimate(orders, contexts)


def mix(parts: Sequence[Estimate], weights: Sequence[float]) -> list[Order]:
    """One model of several texts. After each context a text counts by its weight × how often it has the context, so
    that a small text decides where it knows much and is silent where it knows nothing."""
    if len(parts) == 1:
        return parts[0].orders
    mixed: list[Order] = []
    below: list[Reals] = []  # each text's probability of every n-gram of the order before
    for n in range(1, ORDERS + 1):
        keys = [part.orders[n - 1].key for part in parts]
        union = keys[0]
        for more in keys[1:]:
            union = np.union1d(union, more)
        probabilities: list[Reals] = []
        total, p, weight = np.zeros(len(union)), np.zeros(len(union)), np.zeros(len(union))
        lower = np.searchsorted(mixed[-1].key, suffix(union, n)) if mixed else None
        for number, (part, share) in enumerate(zip(parts, weights, strict=True)):
            order, known = part.orders[n - 1], part.contexts[n - 1]
            seen, at = find(known.key, union >> np.uint64(16))
            count = np.where(seen, known.count[at], 0.0) * share
            value = np.zeros(len(union))
            if lower is not None:
                value = np.where(seen, known.left[at], 1.0) * below[number][lower]
            held, place = find(order.key, union)
            value = np.where(held, order.p[place], value)
            probabilities.append(value)
            p += count * value
            total += count
            weight += np.where(held, order.weight[place], 0.0) * share
        mixed.append(Order(union, p / total, weight))
        below = probabilities
    return mixed


def prune(orders: Sequence[Order], minimum: Sequence[float], gain: Sequence[float]) -> list[Order]:
    """Drop n-grams (n = 2, 3, 4) that are rarer than ``minimum`` or whose weight × log-probability gain over their
    backoff estimate is below ``gain``. Contexts and endings of kept ones stay, so that every lookup can back off."""
    result = list(orders)
    needed: Keys = np.zeros(0, np.uint64)
    # The gain is measured against the unpruned lower order, a fair stand-in for the pruned one.
    for n in range(ORDERS, 1, -1):
        order, below = orders[n - 1], orders[n - 2]
        lower = below.p[np.searchsorted(below.key, suffix(order.key, n))]
        keep = order.weight >= minimum[n - 2]
        keep &= np.abs(order.weight * np.log(order.p / lower)) >= gain[n - 2]
        held, place = find(order.key, needed)
        keep[place[held]] = True
        result[n - 1] = Order(order.key[keep], order.p[keep], order.weight[keep])
        kept = result[n - 1].key
        needed = np.unique(np.concatenate([kept >> np.uint64(16), suffix(kept, n)]))
    return result


def back_off(orders: Sequence[Order]) -> None:
    """Set ``bow`` of orders 1 to 3: what the kept n-grams above leave to the estimate without the first word."""
    for n in range(2, ORDERS + 1):
        order, below = orders[n - 1], orders[n - 2]
        lower = below.p[find(below.key, suffix(order.key, n))[1]]
        below.bow = np.zeros(len(below.key), np.float32)
        if not len(order.key):
            continue
        contexts = order.key >> np.uint64(16)
        starts = _starts(contexts)
        high, low = 1.0 - np.add.reduceat(order.p, starts), 1.0 - np.add.reduceat(lower, starts)
        below.bow[np.searchsorted(below.key, contexts[starts])] = np.log(np.clip(high, 1e-6, 1) / np.clip(low, 1e-6, 1))
