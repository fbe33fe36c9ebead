"""Tesseract through pytesseract: a grey picture in, words with boxes and confidences out.

The picture goes by a PGM file in the job's own temp directory: compressing it to PNG first would cost more than
writing it. One thread a process (``OMP_THREAD_LIMIT=1``): more waste processor time and can hang.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import numpy as np
import pytesseract
from pytesseract import Output, TesseractError, TesseractNotFoundError

from extractors.errors import Rejected

Grey = np.ndarray[Any, np.dtype[np.uint8]]

LANGUAGE = "vie"
_SECONDS = 240.0


class Seen(msgspec.Struct, frozen=True, gc=False):
    """One word: its text, box in pixels, confidence (0..1) and the number of the line it stands in."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    confidence: float
    line: tuple[int, int, int]


def words(grey: Grey, dpi: float, *, segmentation: int = 3) -> list[Seen]:
    """Read a picture; ``segmentation`` is Tesseract's psm (3: a page, 6: one block). Raises `Rejected`."""
    config = f"--psm {segmentation} --dpi {round(dpi)}"
    with _picture(grey) as path:
        table = pytesseract.image_to_data(path, lang=LANGUAGE, config=config, output_type=Output.DICT, timeout=_SECONDS)
    found = []
    for n, raw in enumerate(table["text"]):
        text = str(raw).strip()
        if table["level"][n] == 5 and text:
            left, top = table["left"][n], table["top"][n]
            found.append(
                Seen(
                    text=text,
                    x0=left,
                    y0=top,
                    x1=left + table["width"][n],
                    y1=top + table["height"][n],
                    confidence=max(0.0, float(table["conf"][n]) / 100),
                    line=(table["block_num"][n], table["par_num"][n], table["line_num"][n]),
                )
            )
    return found


def orientation(grey: Grey, dpi: float) -> int:
    """How far (0, 90, 180, 270 degrees clockwise) the picture has to be turned to stand upright; 0 when unknown."""
    try:
        with _picture(grey) as path:
            found = pytesseract.image_to_osd(
                path, config=f"--psm 0 --dpi {round(dpi)}", output_type=Output.DICT, timeout=_SECONDS
            )
    except Rejected:  # too few letters to tell
        return 0
    return int(found["rotate"]) if found["orientation_conf"] > 2 else 0


@contextmanager
def _picture(grey: Grey) -> Iterator[str]:
    """Path of ``grey`` as PGM while the block runs; Tesseract's failures become `Rejected`."""
    height, width = grey.shape
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.NamedTemporaryFile(suffix=".pgm") as file:
        file.write(b"P5 %d %d 255\n" % (width, height) + grey.tobytes())
        file.flush()
        try:
            yield file.name
        except TesseractNotFoundError as error:
            raise Rejected("internal", "máy chưa cài tesseract-ocr") from error
        except TesseractError as error:
            raise Rejected("internal", f"tesseract: {str(error.message).splitlines()[-1:]}") from error
        except RuntimeError as error:  # how pytesseract says that the time is up
            raise Rejected("timeout", "nhận dạng chữ một trang quá lâu") from error
