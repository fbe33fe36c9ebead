"""Both ways to reach Tesseract give the same answers."""

from __future__ import annotations

import shutil

import msgspec
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
    for segmentation in (3, 6):
        seen, by_program = (engine.words(grey, 200, segmentation) for engine in (library, program))
        assert len({word.line for word in seen}) > 2
        assert [msgspec.structs.replace(w, confidence=0, rivals=()) for w in seen] == [
            msgspec.structs.replace(w, confidence=0) for w in by_program
        ]
        assert [w.confidence for w in seen] == pytest.approx([w.confidence for w in by_program], abs=1e-6)
        assert any(rival.seen == w.text[rival.at] != rival.other for w in seen for rival in w.rivals)
        assert seen == library.words(grey, 200, segmentation)  # nothing is kept from the page before


def test_margins_change_no_place() -> None:
    grey = line()
    wide = np.pad(grey, ((300, 900), (200, 1500)), constant_values=255)
    seen, shifted = tesseract.words(grey, 200), tesseract.words(wide, 200)
    assert [w.text for w in seen] == [w.text for w in shifted]
    assert all((b.x0 - a.x0, b.y0 - a.y0) == (200, 300) for a, b in zip(seen, shifted, strict=True))


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
