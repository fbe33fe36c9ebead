"""Ruling lines on a cleaned page picture: where they run, and the picture without them.

A line is a thin run of ink, longer than any stroke of a letter, with little ink right above and below it; the feet of
bold capitals make runs as well, but stand under letters.
"""

from __future__ import annotations

from typing import Any

import cv2
import msgspec
import numpy as np

from extractors.containers.ruling import Ruling
from extractors.containers.scan import Picture, threshold

Mask = np.ndarray[Any, np.dtype[np.uint8]]

_STROKE = 0.13  # inches: a run of ink as long is no stroke of a letter, and short enough for a slanting line
_LEAST = 0.35  # inches: shorter lines are dashes
_BRIDGED = 0.06  # inches of a line that may be missing
_THICK = 0.06  # inches: what is thicker is a bar or a picture
_CROWDED = 0.4  # share of ink beside a run above which it belongs to letters


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """Masks (1 on lines) of the horizontal and vertical ruling lines of a picture, and the lines as `Ruling`s in
    points."""

    horizontal: Mask
    vertical: Mask
    rulings: tuple[Ruling, ...]


def find(grey: Picture, dpi: float) -> Lines:
    """The ruling lines of a picture that has been straightened."""
    ink = (grey < max(threshold(grey), 170)).astype(np.uint8)
    horizontal, across = _runs(ink, dpi)
    vertical, down = _runs(np.ascontiguousarray(ink.T), dpi)
    scale = 72 / dpi
    rulings = [(x0 * scale, y * scale, x1 * scale, y * scale) for y, x0, x1 in across]
    rulings += [(x * scale, y0 * scale, x * scale, y1 * scale) for x, y0, y1 in down]
    return Lines(horizontal=horizontal, vertical=np.ascontiguousarray(vertical.T), rulings=tuple(rulings))


def erased(grey: Picture, lines: Lines) -> Picture:
    """The picture without the lines; strokes that cross a line stay."""
    made = grey.copy()
    for mask, shape in ((lines.horizontal, (5, 1)), (lines.vertical, (1, 5))):
        wide = np.asarray(cv2.dilate(mask, np.ones(shape, np.uint8)))
        made[wide > 0] = 255
    return made


def _runs(ink: Mask, dpi: float) -> tuple[Mask, list[tuple[float, float, float]]]:
    """The mask of long runs along rows, and (row, start, end) of each in pixels."""
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(_STROKE * dpi)), np.uint8))
    # A slanting line comes in pieces a point higher each: joined through a little more than the gap between them.
    joined = cv2.dilate(runs, np.ones((3, round(_BRIDGED * dpi)), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    reach = round(0.012 * dpi)
    kept = np.zeros(count, np.uint8)
    found: list[tuple[float, float, float]] = []
    for label in range(1, count):
        left, top, width, height = (int(value) for value in stats[label, :4])
        if width < _LEAST * dpi or height - 2 > max(_THICK * dpi, width / 25):
            continue
        inside = (labels[top : top + height, left : left + width] == label) & (
            runs[top : top + height, left : left + width] > 0
        )
        columns = np.flatnonzero(inside.any(axis=0))
        if len(columns) < 0.7 * (columns[-1] - columns[0] + 1):
            continue
        ys, xs = inside.argmax(axis=0)[columns] + top, columns + left
        thickness = inside.sum(axis=0)[columns]
        if np.median(thickness) > _THICK * dpi:
            continue
        above = ink[np.maximum(ys - reach - 1, 0), xs]
        below = ink[np.minimum(ys + thickness + reach, ink.shape[0] - 1), xs]
        if max(above.mean(), below.mean()) > _CROWDED:
            continue
        kept[label] = 1
        found += _pieces(ys + thickness / 2, xs)
    mask = np.asarray(cv2.min(kept[labels], runs), np.uint8)
    return mask, found


def _pieces(ys: np.ndarray[Any, Any], xs: np.ndarray[Any, Any]) -> list[tuple[float, float, float]]:
    """(row, start, end) of one line: in several pieces where it slants or bends by more than two pixels."""
    pieces: list[tuple[float, float, float]] = []
    start = 0
    for at in range(1, len(xs) + 1):
        if at == len(xs) or abs(ys[at] - ys[start]) > 2:
            pieces.append((float(np.median(ys[start:at])), float(xs[start]), float(xs[at - 1] + 1)))
            start = at
    return pieces
