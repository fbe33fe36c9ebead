"""Stamps on pages scanned in grey: a red ring that came out as a middle grey over black letters is made white.

Large shapes whose ink is clearly paler than that of the letters are looked for; around them, what is as pale as they
are goes and what is as dark as the letters stays. Straight lines are left alone: tables are ruled in grey, too.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Picture = np.ndarray[Any, np.dtype[np.uint8]]

_INK = 170  # what is darker is ink
_LARGE, _LARGEST = 0.5, 3.0  # inches: larger than letters; two stamps that overlap, smaller than a table
_LETTER = 0.25  # inches: the tallest
_LINE = 0.35  # inches: a straight run as long is a ruling line
_PALER = 35  # least difference between the ink of a stamp and that of letters
_GRAIN = 2.0  # median deviations from the middle of its ink to what is nearly the darkest of a grainy stamp
_MOST = 12  # shapes a page: more are a picture
_AROUND = 0.1  # inches beside a shape that belong to it


def whitened(grey: Picture, dpi: float) -> Picture:
    """A cleaned page (dark on white) without stamps paler than its letters; ``grey`` itself where there are none."""
    cores = np.asarray(cv2.dilate(grey, np.ones((3, 3), np.uint8)), np.uint8)[::2, ::2]  # without the edges of strokes
    half = dpi / 2
    ink = (cores < _INK).astype(np.uint8)
    for shape in ((1, round(_LINE * half)), (round(_LINE * half), 1)):
        ink = np.asarray(cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8))), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sizes = stats[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1)
    large = np.flatnonzero((sizes > _LARGE * half) & (sizes < _LARGEST * half))
    letters = (sizes < _LETTER * half) & (stats[:, cv2.CC_STAT_AREA] >= 4)
    letters[0] = False  # the paper
    if not 0 < len(large) <= _MOST or not letters.any():
        return grey
    inks = grey[::2, ::2]
    dark = float(np.median(inks[letters[labels]]))
    made = grey
    for label in large:
        left, top, width, height = (int(value) for value in stats[label, :4])
        box = slice(top, top + height), slice(left, left + width)
        own = inks[box][labels[box] == label].astype(np.float64)
        middle = float(np.median(own))
        if middle - dark < _PALER:
            continue
        pale = max(middle - _GRAIN * float(np.median(np.abs(own - middle))), dark + _PALER)
        if made is grey:
            made = grey.copy()
        pad = round(_AROUND * dpi)
        around = (
            slice(max(0, 2 * top - pad), 2 * (top + height) + pad),
            slice(max(0, 2 * left - pad), 2 * (left + width) + pad),
        )
        low, high = dark + 0.3 * (pale - dark), dark + 0.8 * (pale - dark)
        curve = np.interp(np.arange(256), (0, low, high, 255), (0, low, 255, 255)).astype(np.uint8)
        made[around] = cv2.LUT(np.ascontiguousarray(made[around]), curve)
    return made
