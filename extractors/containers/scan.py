"""Pictures of pages made fit for OCR, with OpenCV.

Measured on synthetic and real scans, the steps that decide are the brightest of R, G, B (a red stamp turns pale; one
scanned in grey goes in `stamps`), division by the paper's brightness (shadows, yellowed paper), smoothing of what is
grainy or black and white only, and straightening. Each step can be watched through ``watch``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import msgspec
import numpy as np

from extractors.containers import stamps
from extractors.containers.boxes import turned_back
from extractors.document import Box

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Watch = Callable[[str, Picture], None]

cv2.setNumThreads(1)  # one thread a process, also in what the fork server hands on

DPI = 300.0
"""What pages are read at: coarser ones are enlarged, finer ones reduced."""
_MOST_ENLARGED = 3.0
_MOST_PIXELS = 20_000_000  # after enlarging: A3 at 300 dpi
_LARGEST_SKEW = 6.0  # degrees
_PAPER_STEP = 8  # the paper's brightness is taken on a grid this coarse
_WHITE = 250
_PAPER = 240  # what is brighter, once most paper is _WHITE, is paper
_GRAINY = 0.10  # share of points between the two


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """A grey page, dark on white, straightened about its middle by ``angle`` degrees (counter-clockwise) and then
    turned by ``turn`` degrees clockwise; ``dpi`` is its resolution, ``size`` of the page as received in points."""

    grey: Picture
    dpi: float
    angle: float
    size: tuple[float, float]
    turn: int = 0


def unwatched(_: str, __: Picture) -> None:
    """The watcher that does not look."""


def clean(picture: Picture, dpi: float, watch: Watch = unwatched) -> Cleaned:
    """Clean a page picture (height × width, or × 3 for RGB) taken at ``dpi``."""
    watch("received", picture)
    grey = (
        picture if picture.ndim == 2 else np.maximum(np.maximum(picture[:, :, 0], picture[:, :, 1]), picture[:, :, 2])
    )
    size = (grey.shape[1] * 72 / dpi, grey.shape[0] * 72 / dpi)
    watch("stamps-paled", grey)
    grey, dpi = _resampled(grey, dpi)
    grey = _smoothed(grey)
    watch("resampled-smoothed", grey)
    flat = _whitened(_stretched(_flattened(grey)))
    watch("background-divided", flat)
    flat = stamps.whitened(_without_borders(flat, dpi), dpi)
    angle = skew(flat, dpi)
    if abs(angle) >= 0.05:
        flat = _rotated(flat, angle)
    watch("straightened", flat)
    return Cleaned(grey=flat, dpi=dpi, angle=angle, size=size)


def turned(cleaned: Cleaned, turn: int) -> Cleaned:
    """The page turned ``turn`` (90, 180, 270) degrees clockwise."""
    grey = np.ascontiguousarray(np.rot90(cleaned.grey, -turn // 90))
    return msgspec.structs.replace(cleaned, grey=grey, turn=turn)


def original(cleaned: Cleaned, box: Box) -> Box:
    """A box (points) on the cleaned page, as the box around the same place on the page as received."""
    x0, y0, x1, y1 = turned_back(box, cleaned.size, cleaned.turn)
    if abs(cleaned.angle) < 0.05:
        return (x0, y0, x1, y1)
    angle = math.radians(cleaned.angle)
    cos, sin = math.cos(angle), math.sin(angle)
    middle = (cleaned.size[0] / 2, cleaned.size[1] / 2)
    x, y = (x0 + x1) / 2 - middle[0], (y0 + y1) / 2 - middle[1]
    # Only the middle is rotated back: a box round a slanted line of text would cover its neighbours.
    x, y = x * cos - y * sin + middle[0], x * sin + y * cos + middle[1]
    half = ((x1 - x0) / 2, (y1 - y0) / 2)
    return (x - half[0], y - half[1], x + half[0], y + half[1])


def lies(cleaned: Cleaned) -> bool:
    """Whether the lines of text run up or down the page: its rows are then more even than its columns."""
    dark = _dark(cleaned, 75.0)
    for shape in ((1, 37), (37, 1)):  # ruling lines, half an inch and longer
        runs = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        dark = np.asarray(cv2.subtract(dark, runs), np.uint8)
    across = down = 0.0
    for band in np.array_split(np.asarray(dark, np.float64), 4, axis=0):
        for tile in np.array_split(band, 4, axis=1):
            across += float((np.diff(tile.sum(axis=1)) ** 2).sum()) / tile.shape[1]
            down += float((np.diff(tile.sum(axis=0)) ** 2).sum()) / tile.shape[0]
    return across < 0.8 * down


def fold(cleaned: Cleaned) -> float | None:
    """Where the two pages of an open book meet, as a share of the width; None for a single page."""
    dark = _dark(cleaned, 75.0)
    height, width = dark.shape
    if width < 1.2 * height:
        return None
    ink = dark.mean(axis=0)
    blank = (ink < 0.004) | (ink > 0.5)  # white, or the shadow of the fold
    best = (0, 0)
    start = None
    for x in range(round(0.4 * width), round(0.6 * width) + 1):
        if blank[x] and start is None:
            start = x
        elif not blank[x] and start is not None:
            best, start = max(best, (x - start, start)), None
    if start is not None:
        best = max(best, (round(0.6 * width) + 1 - start, start))
    halves = (dark[:, : best[1]], dark[:, best[1] + best[0] :])
    written = [float(half.any(axis=1).mean()) for half in halves]
    return (best[1] + best[0] / 2) / width if best[0] > 0.03 * width and min(written) > 0.2 else None


def _dark(cleaned: Cleaned, dpi: float) -> Picture:
    """1 where there is ink, at about ``dpi``, without the edges of the page."""
    step = max(1, round(cleaned.dpi / dpi))
    small = cv2.erode(cleaned.grey, np.ones((step, step), np.uint8))[::step, ::step]
    margin_y, margin_x = small.shape[0] // 30, small.shape[1] // 30
    dark = (np.asarray(small) < 128).astype(np.uint8)
    dark[:margin_y], dark[-margin_y - 1 :], dark[:, :margin_x], dark[:, -margin_x - 1 :] = 0, 0, 0, 0
    return dark


def _resampled(grey: Picture, dpi: float) -> tuple[Picture, float]:
    factor = min(DPI / dpi, _MOST_ENLARGED, (_MOST_PIXELS / grey.size) ** 0.5)
    if abs(factor - 1) < 0.1:
        return grey, dpi
    wanted = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
    how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(grey, wanted, interpolation=how), np.uint8), dpi * factor


def _smoothed(grey: Picture) -> Picture:
    """The jagged edges of black-and-white scans rounded; else specks and grain taken out where there are any."""
    counts = _counts(grey)
    if counts[0] + counts[255] > _BILEVEL * grey.size:
        # Its specks stay: what removes them takes the dots and hooks over letters with them.
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), max(1.0, _ROUNDING * grain(grey))), np.uint8)
    if _specks(grey) > _SPECKLED:
        return np.asarray(cv2.GaussianBlur(cv2.medianBlur(grey, 3), (0, 0), 0.8), np.uint8)
    return grey


def grain(grey: Picture) -> int:
    """Size in pixels of the points that a black-and-white picture is made of: more than 1 where it was enlarged."""
    dark = np.ascontiguousarray(grey[::4] < 128)  # every fourth row tells as much
    lengths = np.diff(np.flatnonzero(np.diff(dark.ravel().astype(np.int8))))
    counts = np.bincount(lengths[lengths < _COARSEST], minlength=_COARSEST)
    if counts.sum() < _RUNS:
        return 1
    return max(1, int(np.searchsorted(counts.cumsum() / counts.sum(), _SHORTEST)))


def _specks(grey: Picture) -> float:
    """Share of points that are much darker than all eight around them: strokes of letters have none."""
    around = cv2.erode(grey, np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8))
    return float((cv2.subtract(np.asarray(around, np.uint8), grey) > 60).mean())


_ROUNDING = 0.45  # of the size of a point: how far the edges of black-and-white pictures are blurred
_RUNS = 1000  # fewer runs of ink and paper tell nothing of the size of points
_COARSEST = 32  # pixels: longer runs of ink or paper tell nothing of the size of points
_SHORTEST = 0.006  # share of runs that may be shorter than a point
_SPECKLED = 0.001
_BILEVEL = 0.995


def _flattened(grey: Picture) -> Picture:
    """Divided by the paper's brightness: the brightest near every point, evened out over a letter's size and more."""
    brightest = cv2.dilate(grey, np.ones((_PAPER_STEP + 1, _PAPER_STEP + 1), np.uint8))
    paper = np.ascontiguousarray(brightest[_PAPER_STEP // 2 :: _PAPER_STEP, _PAPER_STEP // 2 :: _PAPER_STEP])
    paper = cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    paper = cv2.GaussianBlur(cv2.medianBlur(np.asarray(paper, np.uint8), 5), (0, 0), 3)
    background = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    # 250 rather than 255: paper grain just under the local maximum becomes white.
    return np.asarray(cv2.divide(grey, np.maximum(background, 40), scale=_WHITE), np.uint8)


def _stretched(grey: Picture) -> Picture:
    """A faint page with its ink made black: half of what is darker than the threshold is darker than 80 afterwards."""
    below = _counts(grey)[: _otsu(grey) + 1].cumsum()
    ink = int(np.searchsorted(below, below[-1] / 2)) if below[-1] else 0
    if ink <= 90:
        return grey
    table = np.interp(np.arange(256), (0, ink, _WHITE, 255), (0, 80, 255, 255)).astype(np.uint8)
    return np.asarray(cv2.LUT(grey, table), np.uint8)


def _whitened(grey: Picture) -> Picture:
    """Grainy paper made white: Tesseract packs the picture of every line (as PNG), and grain packs badly."""
    if _counts(grey)[_PAPER:_WHITE].sum() < _GRAINY * grey.size:
        return grey
    paper = cv2.threshold(grey, _PAPER, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.max(grey, paper), np.uint8)


def _counts(grey: Picture) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many points have each of the 256 brightnesses."""
    return cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().astype(np.int64)


def threshold(grey: Picture) -> int:
    """Otsu's threshold between ink and paper, kept where ink can be: 90 to 200."""
    return min(max(_otsu(grey), 90), 200)


def _otsu(grey: Picture) -> int:
    # Every other point tells as much and costs a quarter.
    return int(cv2.threshold(np.ascontiguousarray(grey[::2, ::2]), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def _without_borders(grey: Picture, dpi: float) -> Picture:
    """Dark edges of the scanner's lid or of the table under a photo made white: large ink that touches the edge."""
    step = max(1, round(dpi / 50))
    small = cv2.resize(grey, (grey.shape[1] // step, grey.shape[0] // step), interpolation=cv2.INTER_AREA)
    dark = (np.asarray(small) < 128).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    height, width = dark.shape
    least = 0.002 * dark.size
    edge = [
        label
        for label in range(1, count)
        if stats[label, cv2.CC_STAT_AREA] > least
        and (
            stats[label, cv2.CC_STAT_LEFT] == 0
            or stats[label, cv2.CC_STAT_TOP] == 0
            or stats[label, cv2.CC_STAT_LEFT] + stats[label, cv2.CC_STAT_WIDTH] == width
            or stats[label, cv2.CC_STAT_TOP] + stats[label, cv2.CC_STAT_HEIGHT] == height
        )
    ]
    if not edge:
        return grey
    mask = cv2.dilate(np.isin(labels, edge).astype(np.uint8), np.ones((3, 3), np.uint8))
    whole = cv2.resize(np.asarray(mask), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST)
    made = grey.copy()
    made[np.asarray(whole) > 0] = 255
    return made


def _rotated(grey: Picture, angle: float) -> Picture:
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    return np.asarray(
        cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255.0,)), np.uint8
    )


def skew(grey: Picture, dpi: float) -> float:
    """Degrees by which the page must be rotated counter-clockwise to be straight, by the sharpest row profile."""
    step = max(1, round(dpi / 100))
    dark = cv2.erode(grey, np.ones((step, step), np.uint8))[::step, ::step]
    margin_y, margin_x = dark.shape[0] // 40, dark.shape[1] // 40  # the edge of the scanner lid is not text
    ys, xs = np.nonzero(dark[margin_y : -margin_y or None, margin_x : -margin_x or None] < 128)
    if len(ys) < 500:
        return 0.0
    chance = np.random.default_rng(0)
    order = chance.permutation(len(ys))[:60_000]
    ys, xs = ys[order].astype(np.float32), (xs[order] - dark.shape[1] / 2).astype(np.float32)

    def sharpness(angle: float, points: int) -> float:
        rows = ys[:points] + xs[:points] * np.float32(math.tan(math.radians(angle)))
        profile = np.bincount((rows - rows.min()).astype(np.intp))
        return float((profile.astype(np.float64) ** 2).sum())

    best, width, points = 0.0, 0.5, 12_000
    candidates = np.arange(-_LARGEST_SKEW, _LARGEST_SKEW + 0.01, width)
    while width > 0.02:
        best = float(max(candidates, key=lambda angle: sharpness(angle, points)))
        candidates = np.linspace(best - width, best + width, 9)
        width /= 4
        points = len(ys)
    # Rows increase downwards: text that falls to the right has to be turned counter-clockwise.
    return -best if abs(best) < _LARGEST_SKEW else 0.0
