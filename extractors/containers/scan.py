"""Pictures of pages made fit for OCR, and the ruling lines found on them; NumPy and Pillow only.

Measured on synthetic scans, the steps that decide are the brightest of R, G, B (a red stamp turns white), division by
the background (shadows, yellowed paper) and straightening.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from PIL import Image, ImageFilter

from extractors.containers.boxes import turned_back
from extractors.containers.ruling import Ruling
from extractors.document import Box

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

_WANTED_DPI = 300.0
_COARSE_DPI = 250.0  # below this the picture is enlarged
_MOST_ENLARGED = 3.0
_MOST_PIXELS = 20_000_000  # after enlarging: A3 at 300 dpi
_LARGEST_SKEW = 6.0  # degrees
_BLOCK = 8


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """A grey page, dark on white, straightened about its middle by ``angle`` degrees (counter-clockwise) and then
    turned by ``turn`` degrees clockwise; ``dpi`` is its resolution, ``size`` of the page as received in points."""

    grey: Picture
    dpi: float
    angle: float
    size: tuple[float, float]
    turn: int = 0


def clean(picture: Picture, dpi: float) -> Cleaned:
    """Clean a page picture (height × width, or × 3 for RGB) taken at ``dpi``."""
    grey = (
        picture if picture.ndim == 2 else np.maximum(np.maximum(picture[:, :, 0], picture[:, :, 1]), picture[:, :, 2])
    )
    size = (grey.shape[1] * 72 / dpi, grey.shape[0] * 72 / dpi)
    factor = min(_WANTED_DPI / dpi, _MOST_ENLARGED, (_MOST_PIXELS / grey.size) ** 0.5)
    if dpi < _COARSE_DPI and factor > 1.1:
        wanted = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
        grey = np.asarray(Image.fromarray(grey).resize(wanted, Image.Resampling.BICUBIC))
        dpi *= factor
    flat = _flattened(grey)
    flat = _stretched(flat)
    angle = skew(flat, dpi)
    if abs(angle) >= 0.05:
        flat = np.asarray(Image.fromarray(flat).rotate(angle, Image.Resampling.BICUBIC, fillcolor=255))
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


def _flattened(grey: Picture) -> Picture:
    """Divided by the paper's brightness, which is taken from the brightest pixel of every block of 8 × 8."""
    height, width = grey.shape
    padded = np.pad(grey, ((0, -height % _BLOCK), (0, -width % _BLOCK)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, padded.shape[1] // _BLOCK, _BLOCK).max(axis=(1, 3))
    paper = Image.fromarray(blocks).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5))
    paper = paper.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.GaussianBlur(3))
    background = np.asarray(paper.resize((padded.shape[1], padded.shape[0]), Image.Resampling.BILINEAR))
    background = np.maximum(background[:height, :width], 40)
    # 250 rather than 255: paper grain just under the local maximum becomes white.
    flat: Picture = np.minimum(grey.astype(np.uint16) * 250 // background, 255).astype(np.uint8)
    return flat


def _stretched(grey: Picture) -> Picture:
    """A faint page with its ink made black: half of what is darker than the threshold is darker than 80 afterwards."""
    counts = np.bincount(grey.ravel(), minlength=256)
    limit = _otsu(counts)
    below = counts[: limit + 1].cumsum()
    ink = int(np.searchsorted(below, below[-1] / 2)) if below[-1] else 0
    if ink <= 90:
        return grey
    table = np.interp(np.arange(256), (0, ink, 250, 255), (0, 80, 255, 255)).astype(np.uint8)
    stretched: Picture = table[grey]
    return stretched


def threshold(grey: Picture) -> int:
    """Otsu's threshold between ink and paper, kept where ink can be: 90 to 200."""
    return min(max(_otsu(np.bincount(grey.ravel(), minlength=256)), 90), 200)


def _otsu(pixels: np.ndarray[Any, np.dtype[np.intp]]) -> int:
    """The grey value that parts a histogram into the two most different classes."""
    counts = pixels.astype(np.float64)
    weight = counts.cumsum()
    total = (counts * np.arange(256)).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (total[-1] * weight / weight[-1] - total) ** 2 / (weight * (weight[-1] - weight))
    return int(np.nanargmax(np.where(np.isfinite(between), between, -1)))


def skew(grey: Picture, dpi: float) -> float:
    """Degrees by which the page must be rotated counter-clockwise to be straight, by the sharpest row profile."""
    step = max(1, round(dpi / 100))
    small = grey[: grey.shape[0] // step * step, : grey.shape[1] // step * step]
    small = small.reshape(small.shape[0] // step, step, small.shape[1] // step, step).min(axis=(1, 3))
    margin_y, margin_x = small.shape[0] // 40, small.shape[1] // 40  # dark scanner borders
    ys, xs = np.nonzero(small[margin_y : -margin_y or None, margin_x : -margin_x or None] < 128)
    if len(ys) < 500:
        return 0.0
    if len(ys) > 60_000:
        picked = np.random.default_rng(0).choice(len(ys), 60_000, replace=False)
        ys, xs = ys[picked], xs[picked]
    xs = xs - small.shape[1] / 2

    def sharpness(angle: float) -> float:
        rows = ys + xs * math.tan(math.radians(angle))
        profile = np.bincount((rows - rows.min()).astype(np.intp))
        return float((profile.astype(np.float64) ** 2).sum())

    best, width = 0.0, 0.5
    candidates = np.arange(-_LARGEST_SKEW, _LARGEST_SKEW + 0.01, width)
    while width > 0.02:
        best = float(max(candidates, key=sharpness))
        candidates = np.linspace(best - width, best + width, 9)
        width /= 4
    # Rows increase downwards: text that falls to the right has to be turned counter-clockwise.
    return -best if abs(best) < _LARGEST_SKEW else 0.0


def ruling_masks(grey: Picture, dpi: float) -> tuple[Mask, Mask]:
    """Pixels of horizontal and of vertical ruling lines: runs of ink longer than letters are."""
    # At half the resolution, a pixel being ink when any of its four is: thin lines stay whole and time is a quarter.
    half = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2]
    half = np.minimum(np.minimum(half[::2, ::2], half[1::2, ::2]), np.minimum(half[::2, 1::2], half[1::2, 1::2]))
    ink = half < max(threshold(grey), 170)
    length = round(max(dpi * 0.21, min(half.shape) / 25))  # on a poster letters are large too
    return _doubled(_long_runs(ink, length), grey), _doubled(_long_runs(ink.T, length).T, grey)


def _doubled(mask: Mask, like: Picture) -> Mask:
    whole = np.zeros(like.shape, bool)
    for row in (0, 1):
        for column in (0, 1):
            whole[row : mask.shape[0] * 2 : 2, column : mask.shape[1] * 2 : 2] = mask
    return whole


def _long_runs(ink: Mask, length: int) -> Mask:
    """Runs along rows of at least ``length`` pixels, small breaks and a slant of one pixel in 50 bridged."""
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    sums = np.zeros((thick.shape[0], thick.shape[1] + 1), np.int32)
    np.cumsum(thick, axis=1, out=sums[:, 1:])
    full = (sums[:, length:] - sums[:, :-length]) >= 0.94 * length  # a window starting here is (nearly) all ink
    reach = np.zeros((full.shape[0], full.shape[1] + 1), np.int32)
    np.cumsum(full, axis=1, out=reach[:, 1:])
    # A pixel belongs to a run when any window that covers it is full.
    index = np.arange(ink.shape[1])
    first, last = np.maximum(index - length + 1, 0), np.minimum(index + 1, full.shape[1])
    return ((reach[:, last] - reach[:, np.minimum(first, full.shape[1])]) > 0) & thick


def rulings(horizontal: Mask, vertical: Mask, dpi: float) -> list[Ruling]:
    """Ruling lines in points from their masks (in the frame of the cleaned picture)."""
    scale = 72 / dpi
    lines = [(x0 * scale, y * scale, x1 * scale, y * scale) for y, x0, x1 in _runs(horizontal)]
    return lines + [(x * scale, y0 * scale, x * scale, y1 * scale) for x, y0, y1 in _runs(vertical.T)]


def _runs(mask: Mask, group: int = 4) -> list[tuple[float, float, float]]:
    """(row, start, end) of the runs in every ``group`` rows taken together, pixels."""
    kept = mask[: mask.shape[0] // group * group]
    rows = np.asarray(kept.reshape(mask.shape[0] // group, group, mask.shape[1]).any(axis=1))
    found: list[tuple[float, float, float]] = []
    for index in np.nonzero(rows.any(axis=1))[0]:
        edges = np.flatnonzero(np.diff(rows[index].astype(np.int8), prepend=0, append=0))
        middle = float(index * group + group / 2)
        found += [(middle, float(start), float(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return found
