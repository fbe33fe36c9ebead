"""Tesseract: a grey picture in, words with boxes and confidences out.

The library is called in this process where it is installed (`libtesseract`), the program otherwise: the same engine and
the same answers, but the program has to be started and fed by a file for every picture. One thread a process
(``OMP_THREAD_LIMIT=1``): more waste processor time and can hang.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np

from extractors.containers import libtesseract, tesseract_program
from extractors.containers.tesseract_rivals import Letters
from extractors.errors import Rejected
from normalizers.rivals import Rival

Grey = np.ndarray[Any, np.dtype[np.uint8]]

LANGUAGE = "vie"

_ODD = str.maketrans({"⁄": "/", "∕": "/", "−": "-", "¦": "|", "\u2010": "-", "\u2011": "-", "\u00ad": "-"})

os.environ["OMP_THREAD_LIMIT"] = "1"  # read when the first engine is made


class Seen(msgspec.Struct, frozen=True, gc=False):
    """One word: its text, box in pixels, confidence (0..1), the number of the line it stands in, and what else its
    letters may be, where the engine tells."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    confidence: float
    line: tuple[int, int, int]
    rivals: tuple[Rival, ...] = ()


class Engine(Protocol):
    """How Tesseract is reached. Both raise `Rejected`."""

    def table(self, grey: Grey, dpi: float, segmentation: int) -> tuple[str, list[Letters]]:
        """Tesseract's table of what it read (TSV, one row a word), and the rivals of all words where it tells them."""

    def orientation(self, grey: Grey, dpi: float) -> tuple[int, float]:
        """Degrees clockwise by which the picture must be turned to stand upright, and how sure that is."""


_engine: Engine | None = None


def engine() -> Engine:
    """The one engine of this process."""
    global _engine  # noqa: PLW0603 - loading a model takes a tenth of a second
    if _engine is None:
        try:
            _engine = libtesseract.Library(LANGUAGE)
        except OSError:
            _engine = tesseract_program.Program(LANGUAGE)
    return _engine


def words(grey: Grey, dpi: float, *, segmentation: int = 3) -> list[Seen]:
    """Read a picture; ``segmentation`` is Tesseract's psm (3: a page, 6: one block). Raises `Rejected`."""
    return list(_seen(*engine().table(grey, dpi, segmentation)))


def _seen(table: str, letters: Sequence[Letters]) -> Iterator[Seen]:
    told = iter(letters)
    for row in table.splitlines():
        level, _, block, paragraph, line, _, left, top, width, height, sure, text = row.split("\t", 11)
        if level != "5":
            continue
        raw, rivals = next(told, ("", ()))
        if text := text.translate(_ODD).strip():
            x, y = int(left), int(top)
            yield Seen(
                text=text,
                x0=x,
                y0=y,
                x1=x + int(width),
                y1=y + int(height),
                confidence=max(0.0, float(sure) / 100),
                line=(int(block), int(paragraph), int(line)),
                rivals=rivals if raw.translate(_ODD) == text else (),
            )


def orientation(grey: Grey, dpi: float) -> int:
    """How far (0, 90, 180, 270 degrees clockwise) the picture has to be turned to stand upright; 0 when unknown."""
    try:
        turn, sure = engine().orientation(grey, dpi)
    except Rejected:  # too few letters to tell
        return 0
    return turn if sure > 2 else 0
