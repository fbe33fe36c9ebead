"""Stamps on pages scanned in grey."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from extractors.containers import scan, stamps

SERIF = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"


def _page(ring: int | None, *, table: bool = False) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Letters at grey 25 with a ring or the lines of a table of grey ``ring`` over them, at 300 dpi."""
    page = Image.new("L", (1600, 900), 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(SERIF, 54)
    for row in range(8):
        pen.text((80, 60 + 95 * row), "Nơi nhận: các phòng thuộc Sở, lưu văn thư", fill=25, font=font)
    letters = np.asarray(page).copy()
    over = Image.new("L", page.size, 255)
    pen = ImageDraw.Draw(over)
    if ring is not None and not table:
        pen.ellipse((500, 200, 920, 620), outline=ring, width=14)
    if ring is not None and table:
        for at in (40, 800, 1560):
            pen.line((at, 30, at, 870), fill=ring, width=6)
            pen.line((40, 30 + (at - 40) * 840 // 1520, 1560, 30 + (at - 40) * 840 // 1520), fill=ring, width=6)
    return np.minimum(letters, np.asarray(over))


def test_a_pale_ring_goes_and_the_letters_under_it_stay() -> None:
    found = stamps.whitened(_page(110), 300.0)
    letters = _page(None)
    assert float((found != letters).mean()) < 0.01  # edges of letters inside the ring are sharper
    assert float((found[letters < 60] < 60).mean()) > 0.99
    assert not ((found > 60) & (found < 160) & (letters == 255)).any()  # nothing of the ring


def test_what_is_no_pale_stamp_stays() -> None:
    for page in (_page(None), _page(30), _page(110, table=True)):
        assert stamps.whitened(page, 300.0) is page


def test_points_of_an_enlarged_black_and_white_picture_are_measured() -> None:
    sharp = np.where(_page(None) < 128, 0, 255).astype(np.uint8)
    assert scan.grain(sharp) == 1
    assert scan.grain(np.repeat(np.repeat(sharp[::3, ::3], 3, axis=0), 3, axis=1)) == 3
    assert scan.grain(np.full((400, 600), 255, np.uint8)) == 1
