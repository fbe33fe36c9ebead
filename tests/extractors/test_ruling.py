"""Column and row lines to grids, where lines are not drawn straight."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from extractors.containers import ruling_lines
from extractors.containers.ruling import grids

ITALIC = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Italic.ttf"


def test_the_pieces_of_a_leaning_line_are_one_column_line() -> None:
    """On bent paper the same line stands a few points farther at the foot of the page than at its top."""
    rows = [(0.0, y, 200.0, y) for y in range(0, 121, 20)]
    leaning = [
        (x + shift, top, x + shift, top + 40.0)
        for x in (0.0, 80.0, 200.0)
        for shift, top in ((0.0, 0.0), (4.0, 40.0), (7.5, 80.0))
    ]
    assert len(grids([*rows, *leaning])[0].xs) > 3
    (straight,) = grids([*rows, *leaning], lean=6.0)
    assert (len(straight.xs), len(straight.cells)) == (3, 12)
    double = [(x, 0.0, x, 120.0) for x in (0.0, 80.0, 85.0, 200.0)]
    assert len(grids([*rows, *double], lean=6.0)[0].xs) == 4  # two lines side by side stay two


def test_the_bars_of_capitals_side_by_side_are_no_line() -> None:
    page = Image.new("L", (1200, 400), 255)
    pen = ImageDraw.Draw(page)
    pen.text((60, 60), "Quyết định số 12/QĐ-BTTTTT", font=ImageFont.truetype(ITALIC, 50), fill=0)
    pen.rectangle((60, 300, 260, 303), fill=0)  # a short rule
    soft = page.filter(ImageFilter.GaussianBlur(1.2))  # their serifs run together
    (line,) = ruling_lines.find(np.asarray(soft), 300.0).rulings
    assert round(line[1] * 300 / 72) in range(299, 305)


def test_the_sides_of_a_low_table_are_lines() -> None:
    """Level lines begin at its left side one under the other, as stems hang from the bar of a capital."""
    page = np.full((300, 1700), 255, np.uint8)
    for at in range(5):
        page[60 + 40 * at : 63 + 40 * at, 50:1650] = 0
    for x in (50, 450, 850, 1250, 1647):
        page[60:223, x : x + 3] = 0
    (grid,) = grids(ruling_lines.find(page, 300.0).rulings)
    assert len(grid.cells) == 16
