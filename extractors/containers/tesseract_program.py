"""The program ``tesseract``, through pytesseract.

The picture goes by a PGM file in the job's own temp directory: compressing it to PNG first would cost more than
writing it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytesseract
from pytesseract import Output, TesseractError, TesseractNotFoundError

from extractors.containers.recognised import Grey, Seen
from extractors.errors import Rejected

_SECONDS = 240.0


class Program:
    """Starts the program for every picture."""

    def __init__(self, language: str) -> None:
        self._language = language

    def words(self, grey: Grey, dpi: float, segmentation: int) -> list[Seen]:
        config = f"--psm {segmentation} --dpi {round(dpi)}"
        with _picture(grey) as path:
            found: str = pytesseract.image_to_data(path, lang=self._language, config=config, timeout=_SECONDS)
        return list(_seen(found.partition("\n")[2]))  # the first line names the columns

    def orientation(self, grey: Grey, dpi: float) -> tuple[int, float]:
        with _picture(grey) as path:
            config = f"--psm 0 --dpi {round(dpi)}"
            found = pytesseract.image_to_osd(path, config=config, output_type=Output.DICT, timeout=_SECONDS)
        return int(found["rotate"]), float(found["orientation_conf"])


def _seen(table: str) -> Iterator[Seen]:
    """The words of Tesseract's table (TSV, one row a word)."""
    lines: dict[tuple[str, ...], int] = {}
    for row in table.splitlines():
        level, _, *place, _, left, top, width, height, sure, text = row.split("\t", 11)
        if level == "5":
            x, y = int(left), int(top)
            line = lines.setdefault(tuple(place), len(lines) + 1)
            yield Seen(text, x, y, x + int(width), y + int(height), max(0.0, float(sure) / 100), line)


@contextmanager
def _picture(grey: Grey) -> Iterator[str]:
    """Path of ``grey`` as PGM while the block runs; Tesseract's failures become `Rejected`."""
    height, width = grey.shape
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
