"""Building the static XOR tables of `normalizers.language_model` (training time only)."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from normalizers.language_model import Keys, slots

Slots = npt.NDArray[np.int64]
_Byte = TypeVar("_Byte", np.uint8, np.uint16)


class Unpeelable(RuntimeError):
    """No seed gave an acyclic graph; happens only with duplicate keys."""


def _peel(
    positions: npt.NDArray[np.int64], size: int
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] | None:
    """Rounds of (keys, their own slots) in peeling order; ``positions`` is keys × 3. None when a core remains."""
    count = len(positions)
    degree = np.bincount(positions.ravel(), minlength=size).astype(np.int32)
    mixed = np.zeros(size, np.int64)
    for column in range(3):
        np.bitwise_xor.at(mixed, positions[:, column], np.arange(count))
    frontier = np.flatnonzero(degree == 1)
    rounds = []
    done = 0
    while len(frontier):
        keys, first = np.unique(mixed[frontier], return_index=True)
        rounds.append((keys, frontier[first]))
        done += len(keys)
        touched = positions[keys]
        np.subtract.at(degree, touched.ravel(), 1)
        np.bitwise_xor.at(mixed, touched.ravel(), np.repeat(keys, 3))
        near = np.unique(touched.ravel())
        frontier = near[degree[near] == 1]
    return rounds if done == count else None


def _fill(
    values: npt.NDArray[_Byte], positions: Slots, rounds: list[tuple[Slots, Slots]], size: int
) -> npt.NDArray[_Byte]:
    """The table in which the three places of each key give its value; the last key peeled is written first."""
    table = np.zeros(size, values.dtype)
    for keys, own in reversed(rounds):
        p = positions[keys]
        table[own] = values[keys] ^ table[p[:, 0]] ^ table[p[:, 1]] ^ table[p[:, 2]]
    return table


def build(
    keys: Keys, values: tuple[npt.NDArray[np.uint8], ...]
) -> tuple[npt.NDArray[np.uint16], tuple[npt.NDArray[np.uint8], ...], int]:
    """Fingerprints, value arrays and seed of the table that maps each (distinct) key to its values."""
    segment = int(len(keys) * 1.23 / 3) + 32
    for seed in range(20):
        a, b, c, mark = slots(keys, segment, seed)
        positions = np.stack([a, b, c], axis=1).astype(np.int64)
        rounds = _peel(positions, 3 * segment)
        if rounds is None:
            continue
        filled = tuple(_fill(v, positions, rounds, 3 * segment) for v in values)
        return _fill(mark, positions, rounds, 3 * segment), filled, seed
    raise Unpeelable(f"{len(keys)} keys")
