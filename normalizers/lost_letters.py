"""Lost letters: damaged words become lattices of candidates, the language model chooses.

Certain words are arcs of one candidate; only damaged spans with three words of context on either side are decoded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from normalizers.atoms import cut
from normalizers.damaged_words import LossyLine, atoms_of, by_pieces
from normalizers.decoding import Decoding
from normalizers.language_model import BREAK, UNKNOWN, LanguageModel
from normalizers.lattice import Adaptation, decode
from normalizers.plan import Change
from normalizers.span_lattice import UNKNOWN_AS_IS, SpanLattice

BATCH = 20_000  # characters decoded together: more is no faster


class Batches:
    """`Decoding`s of successive batches of lines, addressed as one."""

    def __init__(self, parts: Sequence[Decoding]) -> None:
        self._places = [(part, i) for part in parts for i in range(len(part.lines))]
        self.evidence = [value for part in parts for value in part.evidence]

    def restored(self, number: int) -> int:
        part, local = self._places[number]
        return part.restored(local)

    def words(self, number: int) -> int:
        part, local = self._places[number]
        return part.words(local)

    def legal_share(self, number: int) -> float:
        part, local = self._places[number]
        return part.legal_share(local)

    def changes(self, number: int) -> list[Change]:
        part, local = self._places[number]
        return part.changes(local)


def decode_lines(lines: Sequence[LossyLine], model: LanguageModel, adaptation: Adaptation | None) -> Batches:
    """Decode ``lines``, some ten thousand characters at a time, so that memory does not grow with the document."""
    parts: list[Decoding] = []
    start = size = 0
    for end, line in enumerate(lines, 1):
        size += len(line.text)
        if size > BATCH or end == len(lines):
            parts.append(_decode_batch(lines[start:end], model, adaptation))
            start, size = end, 0
    return Batches(parts)


def _decode_batch(lines: Sequence[LossyLine], model: LanguageModel, adaptation: Adaptation | None) -> Decoding:
    lines = [by_pieces(line, model) for line in lines]
    cuts = [atoms_of(line, model) for line in lines]
    spans = SpanLattice()
    for number, (line, atoms) in enumerate(zip(lines, cuts, strict=True)):
        spans.add(number, line, atoms)
    decoded = decode(spans.lattice, model, adaptation) if spans.slots else None
    return Decoding(lines, cuts, spans, decoded, model)


def as_it_stands(lines: Sequence[LossyLine], model: LanguageModel, adaptation: Adaptation) -> list[float]:
    """Log probability of each line left alone, comparable to the evidence of a decoding of all its words."""
    ids: list[int] = []
    starts: list[int] = []
    extra: list[float] = []
    for line in lines:
        atoms = cut(line.text, line.spacing, model)
        starts.append(len(ids))
        ids += [BREAK, *(a.word for a in atoms), BREAK]
        extra.append(sum(UNKNOWN_AS_IS for a in atoms if a.kind == "word" and a.word == UNKNOWN))
    if not ids:
        return []
    scores = model.score(ids)
    w = np.asarray(ids, dtype=np.int64)
    scores = adaptation.mix(w[:-1], w[1:], scores)
    totals = np.concatenate([[0.0], np.cumsum(scores, dtype=np.float64)])
    ends = [*starts[1:], len(ids)]
    return [float(totals[end - 1] - totals[start]) + e for start, end, e in zip(starts, ends, extra, strict=True)]
