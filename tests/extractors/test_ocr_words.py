"""What is made of Tesseract's words: strokes dropped, bullets named, row numbers counted."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.containers import ocr_words
from extractors.containers.ocr_numbers import counted
from extractors.containers.tesseract import Seen


def page() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.full((400, 900), 255, np.uint8)


def word(text: str, x: int, confidence: float, *, line: int = 1, box: tuple[int, int] = (60, 30)) -> Seen:
    return Seen(text, x, 100 * line, x + box[0], 100 * line + box[1], confidence, line)


def test_strokes_are_dropped_and_writing_stays() -> None:
    grey = page()
    grey[100:400:3] = 0  # ink everywhere
    seen = [
        word("-", 0, 0.3),  # a list mark
        word("Phó", 100, 0.25),
        word("—", 200, 0.4),  # a dash between words
        word("Chủ", 300, 0.9),
        word("_", 400, 0.4),  # the foot of a signature
        word("uaUl————", 0, 0.12, line=2, box=(500, 140)),
        word("12/3", 600, 0.2, line=2),
    ]
    assert [each.text for each in ocr_words.writing(seen, grey)] == ["-", "Phó", "—", "Chủ", "12/3"]


def test_words_without_ink_are_dropped() -> None:
    assert ocr_words.writing([word("của", 0, 0.4), word("tỉnh", 100, 0.95)], page())[0].text == "tỉnh"


def test_dust_is_no_sign() -> None:
    grey = page()
    grey[100:105, 0:5] = 0
    dust = Seen("-", 0, 100, 5, 105, 0.9, 1)
    assert [each.text for each in ocr_words.writing([dust, word("yêu", 100, 0.9), word("cầu", 200, 0.9)], grey)] == [
        "yêu",
        "cầu",
    ]


def test_a_blot_before_a_line_is_a_bullet() -> None:
    grey = page()
    ys, xs = np.mgrid[:18, :18]
    grey[106:124, 10:28][np.hypot(ys - 8.5, xs - 8.5) < 9] = 0
    blot = Seen("e", 10, 106, 28, 124, 0.75, 1)
    assert [each.text for each in ocr_words.writing([blot, word("Nộp", 60, 0.9)], grey)] == ["•", "Nộp"]


@pytest.mark.parametrize(
    ("seen", "right"),
    [
        ("STT 1 2 3 4 5 6 z7 6", "STT 1 2 3 4 5 6 7 8"),
        ("TT · · 3 4 5", "TT 1 2 3 4 5"),
        ("TT I 1 2 8 II 1 2 3", "TT I 1 2 8 II 1 2 3"),  # a short run is not enough
        ("STT 1 2 3 1 2 3", "STT 1 2 3 1 2 3"),  # two runs
        ("1. 2. 3. i. 5.", "1. 2. 3. 4. 5."),
        ("STT 7 9 12 40", "STT 7 9 12 40"),
    ],
)
def test_row_numbers_count_themselves(seen: str, right: str) -> None:
    texts = ["" if text == "·" else text for text in seen.split()]
    assert counted(texts) == right.split()
