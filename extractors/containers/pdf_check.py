"""Whether a text layer says what a reader sees: a strip of the page is read by OCR and the words are compared.

Asked only where the layer itself gives reason for doubt, or where nobody sees it because a picture covers the page.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from extractors.containers import scan, tesseract
from normalizers import repair
from normalizers.syllables import fold, syllable_rate

_STRIP = 80.0  # points of the page's height
_DPI = 250.0
_SURE = 0.6  # confidence of words that count
_LEAST = 6  # words that must be read for an answer
_FOUND = 0.6  # share of them that the layer must hold
_LETTERS = 60  # letters without which the rate of syllables says nothing
_LEGAL, _READABLE = 0.6, 0.8  # share of legal syllables: under it a layer is doubted; over it its repair is good


def reads_well(text: str) -> bool:
    """Whether nothing in the text itself gives reason to doubt it."""
    letters = sum(char.isalpha() for char in text)
    return letters < _LETTERS or syllable_rate(unicodedata.normalize("NFC", text)) >= _LEGAL


def is_repairable(text: str) -> bool:
    """Whether what is no Vietnamese becomes Vietnamese by repair: legacy codes, mojibake, lost letters."""
    return syllable_rate(repair(text).text) >= _READABLE


def is_seen(page: Any, text_page: Any) -> bool:
    """Whether the words of the fullest strip of the page are in the layer; True when that cannot be told."""
    if page.get_rotation():
        return True
    width, height = page.get_size()
    boxes = [text_page.get_rect(index) for index in range(min(text_page.count_rects(), 3000))]
    if not boxes:
        return True
    middles = np.array([(box[1] + box[3]) / 2 for box in boxes])
    lengths = np.array([box[2] - box[0] for box in boxes])
    ends = [float(lengths[abs(middles - middle) < _STRIP / 2].sum()) for middle in middles]
    middle = float(middles[int(np.argmax(ends))])
    bottom, top = max(0.0, middle - _STRIP / 2), min(height, middle + _STRIP / 2)
    bitmap = page.render(scale=_DPI / 72, crop=(0, bottom, 0, height - top), rev_byteorder=True)
    picture = bitmap.to_numpy().copy()
    bitmap.close()
    cleaned = scan.clean(picture, _DPI)
    seen = [word for word in tesseract.words(cleaned.grey, cleaned.dpi, segmentation=6) if word.confidence > _SURE]
    wanted = [letters for word in seen if len(letters := _letters(word.text)) > 1]
    if len(wanted) < _LEAST:
        return True
    layer = text_page.get_text_bounded(0, max(0.0, bottom - 20), width, min(height, top + 20))
    held = _letters(layer) + _letters(repair(layer).text)
    return sum(word in held for word in wanted) >= _FOUND * len(wanted)


def _letters(text: str) -> str:
    """Letters and digits without marks, case and blanks: a layer may part its words anywhere."""
    return "".join(char for char in fold(unicodedata.normalize("NFC", text)).lower() if char.isalnum())
