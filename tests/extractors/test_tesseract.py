"""Both ways to reach Tesseract give the same answers."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from extractors.containers import libtesseract, tesseract, tesseract_program
from tests.extractors import drawing

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract-ocr is not installed")


def line() -> tesseract.Grey:
    page = drawing.laid_out(drawing.prose(1))
    return np.ascontiguousarray(np.asarray(drawing.picture(page, dpi=200).convert("L"))[:700])


def test_library_and_program_agree() -> None:
    grey = line()
    library = libtesseract.Library("vie")
    program = tesseract_program.Program("vie")
    table, letters = library.table(grey, 200, 3)
    assert table == program.table(grey, 200, 3)[0]
    assert library.table(grey, 200, 6)[0] == program.table(grey, 200, 6)[0]
    assert (table, letters) == library.table(grey, 200, 3)  # nothing is kept from the page before
    assert [text for text, _ in letters] == [word.text for word in tesseract.words(grey, 200)]
    assert any(rival.seen == text[rival.at] != rival.other for text, rivals in letters for rival in rivals)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_orientation(turn: int) -> None:
    grey = np.ascontiguousarray(np.rot90(line(), turn // 90))
    assert libtesseract.Library("vie").orientation(grey, 200)[0] == turn
    assert tesseract_program.Program("vie").orientation(grey, 200)[0] == turn


def test_blank_and_tiny_pictures_hold_no_words() -> None:
    for shape in ((400, 600), (2, 9)):
        assert tesseract.words(np.full(shape, 255, np.uint8), 200) == []


def test_a_language_that_is_not_installed() -> None:
    with pytest.raises(OSError, match="xx"):
        libtesseract.Library("xx")
