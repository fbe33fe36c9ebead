"""A word as Tesseract saw it, whichever way Tesseract is reached."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from normalizers.rivals import Rival

Grey = np.ndarray[Any, np.dtype[np.uint8]]


class Seen(msgspec.Struct, frozen=True, gc=False):
    """One word: its text, box in pixels, confidence (0..1), the number of the line it stands in, and what else its
    letters may be, where the engine tells."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    confidence: float
    line: int
    rivals: tuple[Rival, ...] = ()
