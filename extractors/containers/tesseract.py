"""Tesseract as an outside program: a grey picture in, words with boxes and confidences out.

The picture goes in by stdin as PGM, so nothing is written to disk. One thread a process (``OMP_THREAD_LIMIT=1``):
more waste processor time and can hang.
"""

from __future__ import annotations

import csv
import os
import subprocess
from typing import Any

import msgspec
import numpy as np

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
    output = _run(grey, "-l", LANGUAGE, "--psm", str(segmentation), "--dpi", str(round(dpi)), "tsv")
    found = []
    for row in csv.DictReader(output.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] == "5" and text:
            left, top = int(row["left"]), int(row["top"])
            found.append(
                Seen(
                    text=text,
                    x0=left,
                    y0=top,
                    x1=left + int(row["width"]),
                    y1=top + int(row["height"]),
                    confidence=max(0.0, float(row["conf"]) / 100),
                    line=(int(row["block_num"]), int(row["par_num"]), int(row["line_num"])),
                )
            )
    return found


def orientation(grey: Grey, dpi: float) -> int:
    """How far (0, 90, 180, 270 degrees clockwise) the picture has to be turned to stand upright; 0 when unknown."""
    try:
        output = _run(grey, "--psm", "0", "-l", "osd", "--dpi", str(round(dpi)))
    except Rejected:  # too few letters to tell
        return 0
    values = dict(line.split(": ", 1) for line in output.splitlines() if ": " in line)
    sure = float(values.get("Orientation confidence", 0)) > 2
    return int(values.get("Rotate", 0)) if sure else 0


def _run(grey: Grey, *arguments: str) -> str:
    height, width = grey.shape
    picture = b"P5 %d %d 255\n" % (width, height) + grey.tobytes()
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, numbers as arguments
            ["tesseract", "stdin", "stdout", *arguments],  # noqa: S607 - from the machine's own PATH
            input=picture,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        )
    except FileNotFoundError as error:
        raise Rejected("internal", "máy chưa cài tesseract-ocr") from error
    except subprocess.TimeoutExpired as error:
        raise Rejected("timeout", "nhận dạng chữ một trang quá lâu") from error
    if done.returncode != 0:
        message = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Rejected("internal", f"tesseract: {message[-1] if message else done.returncode}")
    return done.stdout.decode("utf-8", "replace")
