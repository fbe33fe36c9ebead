"""Repair of real files with a known truth, and how time grows with length: parts of `benchmarks.repair`.

The truths are plain texts of the same documents. They keep neither the order of tables nor list numbers, so words are
aligned first by their letters without marks; *found* is the share of the truth's words that came out in order, *marks*
the share of aligned words whose marks are right too. Case is not compared: the truths do not know capitals drawn by
fonts.
"""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from extractors import intake
from extractors.document import Document, paragraphs
from extractors.reading import read
from extractors.restoring import restore
from normalizers import fold, repair
from normalizers.syllables import canonical

WORD = re.compile(r"[^\W\d_]+")
SUFFIXES = (".doc", ".docx", ".rtf", ".xls", ".ppt")


class Score(NamedTuple):
    """One repair of one file: words of the truth, share found in order, share of aligned words with the right marks."""

    file: str
    by: str
    words: int
    found: float
    marks: float


def text_of(document: Document) -> str:
    """All paragraphs, a line each."""
    return "\n".join(p.text for page in document.pages for p in paragraphs(page.blocks))


def score(got: str, truth: str) -> tuple[int, float, float]:
    """Words of the truth, share found, share of aligned words with the right marks."""
    ours, true = [WORD.findall(" ".join(t.split())) for t in (got, truth)]
    matcher = difflib.SequenceMatcher(None, [fold(w) for w in ours], [fold(w) for w in true], autojunk=False)
    aligned = right = 0
    for block in matcher.get_matching_blocks():
        for one, two in zip(ours[block.a : block.a + block.size], true[block.b : block.b + block.size], strict=True):
            aligned += 1
            right += canonical(one) == canonical(two)
    return len(true), right / max(1, len(true)), right / max(1, aligned)


def real(folder: Path, peers: dict[str, Callable[[str], str]]) -> Iterator[Score]:
    """Every legacy file with a truth: repaired with its fonts, and as text alone by each of ``peers``."""
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES):
        truth = folder / "ground_truth" / f"{path.stem.rpartition('__')[2]}.txt"
        if not truth.exists():
            continue
        want = truth.read_text(encoding="utf-8")
        document = read(path, intake.identify(path))
        plain = text_of(document)
        name = f"{path.stem.rpartition('__')[2]}{path.suffix}"
        yield Score(name, "ours, with fonts", *score(text_of(restore(document)[0]), want))
        for peer, fix in peers.items():
            yield Score(name, peer, *score(fix(plain), want))


def growth(text: str, largest: int) -> Iterator[tuple[int, float]]:
    """(bytes, seconds of processor time) of one document of 1 KB, 10 KB … ``largest`` bytes cut from ``text``."""
    size = 1000
    while size <= largest:
        while len(text) < size:
            text += "\n" + text
        piece = text[: size * size // len(text[:size].encode())]
        rounds = max(1, 20_000 // size)
        began = time.process_time()
        for _ in range(rounds):
            repair(piece)
        yield len(piece.encode()), (time.process_time() - began) / rounds
        size *= 10
