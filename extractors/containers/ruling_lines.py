"""Ruling lines on a cleaned page picture: where they run, and the picture without them.

A line is a thin run of ink, longer than any stroke of a letter, with little ink right above and below it; the feet of
bold capitals make runs as well, but stand under letters, and stems hang from the bars of TTTT. Stems of letters that
stand one under the other make runs down the page; those that meet no level line, and are not very long, are no ruling
lines.
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
_ALONE = 1.5  # inches: a line down the page that meets no level line is at least as long
_MEETS = 0.06  # inches by which lines may miss each other
_BARS = 1.0  # inches: longer than the bars of capitals side by side
_STEMS = 3
_FREE = 0.1  # share of ink under which one side of a run is free
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
    level = _runs(ink, dpi, bars=True)
    across = np.asarray(cv2.transpose(ink), np.uint8)
    upright = [run for run in _runs(across, dpi, bars=False) if _is_ruling(run, level, dpi)]
    scale = 72 / dpi
    rulings = [(x0 * scale, y * scale, x1 * scale, y * scale) for run in level for y, x0, x1 in run.pieces]
    rulings += [(x * scale, y0 * scale, x * scale, y1 * scale) for run in upright for x, y0, y1 in run.pieces]
    return Lines(
        horizontal=_mask(level, ink.shape),
        vertical=np.asarray(cv2.transpose(_mask(upright, ink.T.shape)), np.uint8),
        rulings=tuple(rulings),
    )


def erased(grey: Picture, lines: Lines) -> Picture:
    """The picture without the lines; strokes that cross a line stay."""
    made = grey.copy()
    for mask, shape in ((lines.horizontal, (5, 1)), (lines.vertical, (1, 5))):
        wide = np.asarray(cv2.dilate(mask, np.ones(shape, np.uint8)))
        made[wide > 0] = 255
    return made


class _Run(msgspec.Struct, frozen=True, kw_only=True):
    """A long thin run of ink along rows: its (row, start, end) in straight pieces, its pixels and where they begin."""

    pieces: list[tuple[float, float, float]]
    top: int
    left: int
    pixels: Mask

    @property
    def start(self) -> float:
        return self.pieces[0][1]

    @property
    def end(self) -> float:
        return self.pieces[-1][2]


def _is_ruling(run: _Run, level: list[_Run], dpi: float) -> bool:
    """Whether a run down the page (found in the picture turned over its diagonal) meets a level line, or is long."""
    if run.end - run.start > _ALONE * dpi:
        return True
    near = _MEETS * dpi
    return any(
        x0 - near <= x <= x1 + near and y0 - near <= y <= y1 + near
        for other in level
        for y, x0, x1 in other.pieces
        for x, y0, y1 in run.pieces
    )


def _runs(ink: Mask, dpi: float, *, bars: bool) -> list[_Run]:
    """Long thin runs along rows; with ``bars`` those of capitals are told apart from ruling lines."""
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(_STROKE * dpi)), np.uint8))
    # A slanting line comes in pieces a point higher each: joined through a little more than the gap between them.
    joined = cv2.dilate(runs, np.ones((3, round(_BRIDGED * dpi)), np.uint8))
    # Outlines rather than labels: hardly any point of a page lies in such a run.
    outlines, nested = cv2.findContours(joined, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    reach = round(0.012 * dpi)
    found: list[_Run] = []
    for number, outline in enumerate(outlines):
        left, top, width, height = cv2.boundingRect(outline)
        is_hole = nested[0, number, 3] >= 0
        if is_hole or width < _LEAST * dpi or height - 2 > max(_THICK * dpi, width / 25):
            continue
        shape = np.zeros((height, width), np.uint8)
        cv2.drawContours(shape, outlines, number, 1, cv2.FILLED, offset=(-left, -top))
        inside = np.logical_and(shape, runs[top : top + height, left : left + width])
        columns = np.flatnonzero(inside.any(axis=0))
        if len(columns) < 0.7 * (columns[-1] - columns[0] + 1):
            continue
        ys, xs = inside.argmax(axis=0)[columns] + top, columns + left
        thickness = inside.sum(axis=0)[columns]
        if np.median(thickness) > _THICK * dpi:
            continue
        above = ink[np.maximum(ys - reach - 1, 0), xs]
        below = ink[np.minimum(ys + thickness + reach, ink.shape[0] - 1), xs]
        if max(above.mean(), below.mean()) > _CROWDED or (bars and width < _BARS * dpi and _hang(above, below)):
            continue
        found.append(_Run(pieces=_pieces(ys + thickness / 2, xs), top=top, left=left, pixels=inside.astype(np.uint8)))
    return found


def _hang(above: Mask, below: Mask) -> bool:
    """Whether strokes hang from a run at several places and none stand on it: the bars of capitals, as in TTTT."""
    return float(above.mean()) < _FREE and int(np.count_nonzero(np.diff(below.astype(np.int8)) > 0)) >= _STEMS


def _mask(runs: list[_Run], shape: tuple[int, ...]) -> Mask:
    """1 on the pixels of the runs."""
    mask = np.zeros(shape, np.uint8)
    for run in runs:
        height, width = run.pixels.shape
        mask[run.top : run.top + height, run.left : run.left + width] |= run.pixels
    return mask


def _pieces(ys: np.ndarray[Any, Any], xs: np.ndarray[Any, Any]) -> list[tuple[float, float, float]]:
    """(row, start, end) of one line: in several pieces where it slants or bends by more than two pixels."""
    pieces: list[tuple[float, float, float]] = []
    start = 0
    while start < len(xs):
        away = np.abs(ys[start:] - ys[start]) > 2
        end = start + int(away.argmax()) if away.any() else len(xs)
        pieces.append((float(np.median(ys[start:end])), float(xs[start]), float(xs[end - 1] + 1)))
        start = end
    return pieces
