"""Tesseract: a grey picture in, words with boxes and confidences out.

The library is called in this process where it is installed (`libtesseract`), the program otherwise: the same engine and
the same answers, but the program has to be started and fed by a file for every picture. One thread a process
(``OMP_THREAD_LIMIT=1``): more waste processor time and can hang.
"""

from __future__ import annotations

import os
from typing import Protocol

import cv2
import numpy as np
from msgspec.structs import replace

from extractors.containers import libtesseract, tesseract_program
from extractors.containers.recognised import Grey, Seen
from extractors.errors import Rejected

LANGUAGE = "vie"

_INK = 160  # grey values below are ink
_MARGIN = 40  # pixels of paper left round the ink
_BLANK = 0.5  # share of a picture

_ODD = str.maketrans({"⁄": "/", "∕": "/", "−": "-", "¦": "|", "\u2010": "-", "\u2011": "-", "\u00ad": "-"})

__all__ = ["Grey", "Seen", "orientation", "words"]

os.environ["OMP_THREAD_LIMIT"] = "1"  # read when the first engine is made


class Engine(Protocol):
    """How Tesseract is reached. Both raise `Rejected`."""

    def words(self, grey: Grey, dpi: float, segmentation: int) -> list[Seen]:
        """The words read, line by line."""

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
    """Read a picture; ``segmentation`` is Tesseract's psm (3: a page, 6: one block). No word is empty or holds white
    space. Raises `Rejected`."""
    left, top, width, height = cv2.boundingRect((grey < _INK).astype(np.uint8))
    if not width:
        return []
    if width * height < _BLANK * grey.size:  # what is left beside a table, say: blank paper costs Tesseract time
        left, top = max(0, left - _MARGIN), max(0, top - _MARGIN)
        grey = grey[top : top + height + 2 * _MARGIN, left : left + width + 2 * _MARGIN]
    else:  # a full page is read a little worse without its margins
        left = top = 0
    return [
        replace(word, text=text, x0=word.x0 + left, y0=word.y0 + top, x1=word.x1 + left, y1=word.y1 + top)
        for word in engine().words(grey, dpi, segmentation)
        if (text := "".join(word.text.translate(_ODD).split()))
    ]


def orientation(grey: Grey, dpi: float) -> int:
    """How far (0, 90, 180, 270 degrees clockwise) the picture has to be turned to stand upright; 0 when unknown."""
    try:
        turn, sure = engine().orientation(grey, dpi)
    except Rejected:  # too few letters to tell
        return 0
    return turn if sure > 2 else 0
