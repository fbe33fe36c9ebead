"""Whether a PDF page's text layer is what a reader sees, or the page has to be read by OCR.

A layer is not to be trusted when it is absent, when it holds only a running header or a signature while the body is
an image, when it is what a Latin-only OCR made of a Vietnamese scan, or when its codes have no letters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal

import msgspec
import numpy as np
import pypdfium2.raw as pdfium_c

from extractors.containers import pdf_check
from extractors.document import Box
from normalizers.syllables import syllable_rate

Mask = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
Verdict = Literal["text", "ocr", "blank"]

_CELL = 6.0  # points; resolution of the coverage mask
_TEXT_DENSITY = 0.001  # visible characters per square point; a page of prose has about 0.004
_OUTLINES = 200  # strokes; frames and rules have fewer, letters drawn as outlines have thirty each
_LETTERS = re.compile(r"[^\W\d_]")
_UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd-\uffff]|\(cid:\d+\)")


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on one page; ``covered`` is the share of the page under images (0..1), ``inside`` the visible
    characters there, ``outside`` those elsewhere. The rates are those of the visible text over the images."""

    verdict: Verdict
    reason: str
    covered: float
    inside: int
    outside: int
    vietnamese: float
    syllables: float


def judge(page: Any) -> Layer:
    """Measure a pypdfium2 page and decide where its text is to be taken from."""
    width, height = page.get_size()
    if page.get_rotation() in (90, 270):  # objects keep the coordinates of the page before it is turned
        width, height = height, width
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range()
        visible = sum(not character.isspace() for character in text)
        images, drawings = _images(page)
        mask = _mask(images, width, height)
        covered = float(mask.mean())
        over = _text_over(text_page, mask, (width, height)) if visible and covered >= 0.15 else ""
        layer = _judged(text, over, covered, (images, drawings), width * height)
        return _checked(layer, page, text_page, text) if layer.verdict == "text" else layer
    finally:
        text_page.close()


def _judged(text: str, over: str, covered: float, drawn: tuple[list[Box], int], size: float) -> Layer:
    """What the layer's own letters and place tell. ``drawn``: images, and how many strokes."""
    images, drawings = drawn
    visible = sum(not character.isspace() for character in text)
    inside = sum(not character.isspace() for character in over)
    layer = Layer(
        verdict="text",
        reason="",
        covered=covered,
        inside=inside,
        outside=max(0, visible - inside),
        vietnamese=vietnamese_rate(over or text),
        syllables=syllable_rate(unicodedata.normalize("NFC", over or text)),
    )
    area = covered * size
    if not visible:
        empty = not images and drawings < _OUTLINES
        return msgspec.structs.replace(layer, verdict="blank" if empty else "ocr", reason="no_text")
    if len(_UNREADABLE.findall(text)) > 0.3 * visible:
        return msgspec.structs.replace(layer, verdict="ocr", reason="no_letters")
    if covered >= 0.2 and inside < _TEXT_DENSITY * area and layer.outside < 250:
        return msgspec.structs.replace(layer, verdict="ocr", reason="image_body")
    if covered >= 0.5 and inside >= _TEXT_DENSITY * area and (layer.vietnamese < 0.1 or layer.syllables < 0.75):
        return msgspec.structs.replace(layer, verdict="ocr", reason="bad_layer")
    return layer


def _checked(layer: Layer, page: Any, text_page: Any, text: str) -> Layer:
    """A layer that passed, looked at once more where its text is strange, or lies under a picture of the page."""
    if not pdf_check.reads_well(text):
        if pdf_check.is_repairable(text):
            return msgspec.structs.replace(layer, reason="recoded")
        if not pdf_check.is_seen(page, text_page):
            return msgspec.structs.replace(layer, verdict="ocr", reason="wrong_codes")
    elif layer.covered >= 0.5 and layer.inside > layer.outside and not pdf_check.is_seen(page, text_page):
        return msgspec.structs.replace(layer, verdict="ocr", reason="not_seen")
    return layer


def has_unread_picture(layer: Layer) -> bool:
    """Whether a large picture beside trusted text may hold text of its own."""
    return layer.verdict == "text" and layer.covered >= 0.3 and layer.inside < 50


def vietnamese_rate(text: str) -> float:
    """Share of letters that carry a Vietnamese mark (prose has .2 to .3, its Latin misreading under .1)."""
    letters = _LETTERS.findall(unicodedata.normalize("NFC", text))
    return sum(letter.lower() in _MARKED for letter in letters) / len(letters) if letters else 0.0


_MARKED = frozenset(
    unicodedata.normalize("NFC", base + tone)
    for base in "aăâeêioôơuưy"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
) - set("aeiouy") | {"đ"}


def _images(page: Any) -> tuple[list[Box], int]:
    """Boxes of images in PDF coordinates (y up), those inside a form by the form's box; and the number of strokes."""
    boxes: list[Box] = []
    drawings = 0
    for item in page.get_objects(max_depth=1):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            boxes.append(item.get_bounds())
        elif item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            drawings += max(0, pdfium_c.FPDFPath_CountSegments(item.raw))
        elif item.type == pdfium_c.FPDF_PAGEOBJ_FORM:
            nested = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4, form=item.raw)
            if next(iter(nested), None) is not None:
                boxes.append(item.get_bounds())
    return boxes, drawings


def _mask(boxes: list[Box], width: float, height: float) -> Mask:
    """Which parts of the page lie under an image; row 0 is the top."""
    columns, rows = max(1, round(width / _CELL)), max(1, round(height / _CELL))
    mask = np.zeros((min(rows, 2000), min(columns, 2000)), bool)
    for x0, y0, x1, y1 in boxes:
        left, right = (round(x / width * mask.shape[1]) for x in (max(x0, 0.0), min(x1, width)))
        top, bottom = (round((1 - y / height) * mask.shape[0]) for y in (min(y1, height), max(y0, 0.0)))
        mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    return mask


def _text_over(text_page: Any, mask: Mask, size: tuple[float, float]) -> str:
    """The text whose rectangles have their middle under an image."""
    pieces = []
    for index in range(text_page.count_rects()):
        left, bottom, right, top = text_page.get_rect(index)
        column = int((left + right) / 2 / size[0] * mask.shape[1])
        row = int((1 - (top + bottom) / 2 / size[1]) * mask.shape[0])
        if 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1] and mask[row, column]:
            pieces.append(text_page.get_text_bounded(left, bottom, right, top))
    return " ".join(pieces)
