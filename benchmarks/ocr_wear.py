"""What scanners, copiers, telephones and stamps do to a page: the conditions of the OCR benchmark, each by name.

Every function takes a page drawn at `DPI` (height × width × 3, RGB, 0..255) and a seeded generator, and returns the
worn picture with its resolution.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

DPI = 300.0
Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
Wear = Callable[[Picture, np.random.Generator], tuple[Picture, float]]


def clean(page: Picture, _: np.random.Generator) -> tuple[Picture, float]:
    return page, DPI


def coarse(dpi: float) -> Wear:
    def wear(page: Picture, _: np.random.Generator) -> tuple[Picture, float]:
        return _resized(page, dpi / DPI), dpi

    return wear


def rotated(page: Picture, chance: np.random.Generator) -> tuple[Picture, float]:
    """Two degrees either way."""
    return _turned(page, float(chance.choice((-2.0, 2.0)))), DPI


def noisy(page: Picture, chance: np.random.Generator) -> tuple[Picture, float]:
    """Grain of the sensor, and salt and pepper on 1.5 % of the points."""
    grain = page + chance.normal(0, 22, page.shape[:2])[:, :, None]
    speck = chance.random(page.shape[:2])
    grain[speck < 0.0075] = 0
    grain[speck > 0.9925] = 255
    return _bytes(grain), DPI


def photocopy(page: Picture, chance: np.random.Generator) -> tuple[Picture, float]:
    """Copied over and over: strokes spread and break, then black and white only, with specks."""
    blurred = np.asarray(Image.fromarray(page).convert("L").filter(ImageFilter.GaussianBlur(1.6)), float)
    blurred += chance.normal(0, 26, blurred.shape)
    copied = np.where(blurred < 150, 0, 255)
    copied[chance.random(copied.shape) < 0.0006] = 0
    return np.repeat(_bytes(copied)[:, :, None], 3, axis=2), DPI


def stamped(page: Picture, chance: np.random.Generator) -> tuple[Picture, float]:
    """Two round red stamps over the text."""
    worn = page.astype(float)
    height, width = page.shape[:2]
    ys, xs = np.mgrid[:height, :width]
    for _ in range(2):
        y, x = chance.uniform(0.15, 0.85) * height, chance.uniform(0.25, 0.75) * width
        away = np.hypot(ys - y, xs - x) / DPI  # inches
        angle = np.arctan2(ys - y, xs - x)
        ink = (np.abs(away - 0.69) < 0.022) | (np.abs(away - 0.47) < 0.012)
        ink |= (np.abs(away - 0.58) < 0.05) & (np.sin(angle * 28) > 0.1)  # letters round the edge
        ink |= away < 0.17 + 0.1 * np.cos(5 * angle)  # the star
        density = np.clip(chance.normal(0.9, 0.12, (height, width)), 0.35, 1)[:, :, None]
        red = np.array((205.0, 40.0, 48.0)) * density + 255 * (1 - density)
        worn[ink] = np.minimum(worn, red)[ink]
    return _bytes(worn), DPI


def shadowed(page: Picture, chance: np.random.Generator) -> tuple[Picture, float]:
    """A shadow that falls over the page, and a dark fold."""
    height, width = page.shape[:2]
    ys, xs = np.mgrid[:height, :width]
    across = xs / width * np.cos(way := chance.uniform(0, 6.28)) + ys / height * np.sin(way)
    light = np.interp(across, (across.min(), across.max()), (0.38, 1.0))
    fold = chance.uniform(0.3, 0.7) * width
    light *= 1 - 0.35 * np.exp(-(((xs - fold) / (0.03 * width)) ** 2))
    return _bytes(page * light[:, :, None]), DPI


def photo(page: Picture, chance: np.random.Generator) -> tuple[Picture, float]:
    """Turned, out of focus, shadowed, coarse grain, saved as a poor JPEG."""
    turned = _turned(page, float(chance.uniform(-1.5, 1.5)))
    soft = np.asarray(Image.fromarray(turned).filter(ImageFilter.GaussianBlur(1.3)))
    dark, _ = shadowed(soft, chance)
    grain = _bytes(dark + chance.normal(0, 6, dark.shape))
    buffer = io.BytesIO()
    Image.fromarray(grain).save(buffer, "JPEG", quality=35)
    return np.asarray(Image.open(buffer)), DPI


CONDITIONS: dict[str, Wear] = {
    "clean 300 dpi": clean,
    "200 dpi": coarse(200),
    "150 dpi": coarse(150),
    "120 dpi": coarse(120),
    "rotated 2°": rotated,
    "noise": noisy,
    "photocopy": photocopy,
    "red stamp": stamped,
    "shadow": shadowed,
    "rotation, blur, shadow, JPEG": photo,
}


def lying(page: Picture, _: np.random.Generator) -> tuple[Picture, float]:
    return np.ascontiguousarray(np.rot90(page, 1)), DPI


def upside_down(page: Picture, _: np.random.Generator) -> tuple[Picture, float]:
    return np.ascontiguousarray(np.rot90(page, 2)), DPI


def dark_edges(page: Picture, chance: np.random.Generator) -> tuple[Picture, float]:
    """The scanner's lid: black bands at two sides, a grey one at the third; a little crooked."""
    turned = np.array(_turned(page, float(chance.uniform(-1, 1))))
    height, width = page.shape[:2]
    turned[:, : round(0.025 * width)] = 12
    turned[-round(0.02 * height) :] = 25
    turned[: round(0.015 * height)] = 110
    return turned, DPI


LYING: dict[str, Wear] = {"lying on its side": lying, "upside down": upside_down, "dark edges": dark_edges}
"""What happens to whole pages; not part of the mix."""


def _resized(page: Picture, factor: float) -> Picture:
    size = (round(page.shape[1] * factor), round(page.shape[0] * factor))
    return np.asarray(Image.fromarray(page).resize(size, Image.Resampling.BICUBIC))


def _turned(page: Picture, angle: float) -> Picture:
    return np.asarray(Image.fromarray(page).rotate(angle, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255)))


def _bytes(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> Picture:
    made: Picture = np.clip(values, 0, 255).astype(np.uint8)
    return made
