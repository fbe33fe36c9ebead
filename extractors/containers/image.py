"""Photos and scans as image files (JPEG, PNG, TIFF with several pages, GIF, BMP, WebP, HEIC), read by OCR."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pi_heif
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from extractors.containers import ocr
from extractors.containers.running import finish
from extractors.document import Document, Notice, Page, Source
from extractors.errors import Rejected

Progress = Callable[[int, int], None]
Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

MOST_PIXELS = 80_000_000  # one frame: an A3 page at 600 dpi
MOST_FRAMES = 500
_WORKING_PIXELS = 20_000_000  # larger pictures are reduced before OCR
_FORMATS = ("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "HEIF")
_A4_LONG_SIDE = 11.69  # inches


# Photos of phones. One thread, since the sandbox's child has its cores counted; the picture alone, no maps beside it.
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def read(path: Path, source: Source, progress: Progress | None = None) -> Document:
    """Read an image file. Raises `Rejected`: ``unsafe`` (too many pixels or frames), ``damaged``, ``no_text``."""
    pages: list[Page] = []
    doubtful: list[int] = []
    for number, frames, picture, dpi in pictures(path):
        size = (round(picture.shape[1] * 72 / dpi, 2), round(picture.shape[0] * 72 / dpi, 2))
        alive = functools.partial(progress, number - 1, frames) if progress is not None else None
        seen = ocr.read(picture, dpi, page=number, alive=alive)
        if seen.doubtful:
            doubtful.append(number)
        pages.append(Page(blocks=seen.blocks, number=number, size=size, origin="ocr"))
        if progress is not None:
            progress(number, frames)
    if not any(page.blocks for page in pages):
        raise Rejected("no_text")
    notices = [Notice("page_by_ocr", "Tệp ảnh, được đọc bằng nhận dạng chữ (OCR).")]
    if doubtful:
        listed = ", ".join(map(str, doubtful))
        notices.append(Notice("page_doubtful", f"Trang {listed}: chữ nhận dạng kém tin cậy, cần xem lại ảnh gốc."))
    return Document(source=source, pages=finish(pages), page_count=len(pages), notices=tuple(notices))


def pictures(path: Path) -> Iterator[tuple[int, int, Picture, float]]:
    """Every frame: its number from 1, how many there are, its pixels (RGB or grey, upright) and their dpi.

    Raises `Rejected`: ``unsafe`` (too many pixels or frames), ``damaged``, ``no_text`` (too small for any).
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=_FORMATS) as image:
            frames = getattr(image, "n_frames", 1) if image.format in ("TIFF", "HEIF") else 1
            if frames > MOST_FRAMES:
                raise Rejected("unsafe", f"{frames} trang, giới hạn {MOST_FRAMES}")
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                if number > frames:
                    break
                yield number, frames, *_picture(frame)
    except Image.DecompressionBombError as error:
        raise Rejected("unsafe", "ảnh quá nhiều điểm ảnh") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Rejected("damaged", "ảnh không giải mã được") from error


def _picture(frame: Image.Image) -> tuple[Picture, float]:
    """Pixels (RGB or grey) of a frame, upright by its EXIF note, and its resolution in dpi."""
    width, height = frame.size
    if width * height > MOST_PIXELS:
        raise Rejected("unsafe", f"ảnh {width} × {height} điểm, giới hạn {MOST_PIXELS // 1_000_000} triệu điểm")
    if width < 20 or height < 20:
        raise Rejected("no_text", f"ảnh {width} × {height} điểm")
    dpi = _resolution(frame)
    with contextlib.suppress(Exception):  # a broken EXIF block is no reason to refuse the picture
        frame = ImageOps.exif_transpose(frame)
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        paper = Image.new("RGBA", frame.size, "white")
        frame = Image.alpha_composite(paper, frame.convert("RGBA"))
    frame = frame.convert("L" if frame.mode in ("1", "L", "I;16", "I", "F") else "RGB")
    if width * height > _WORKING_PIXELS:
        factor = (_WORKING_PIXELS / (width * height)) ** 0.5
        frame = frame.resize((round(frame.width * factor), round(frame.height * factor)), Image.Resampling.LANCZOS)
        dpi *= factor
    return np.asarray(frame), dpi


def _resolution(frame: Image.Image) -> float:
    """The resolution the file states when it gives a page of a likely size, else that of an A4 sheet."""
    stated = frame.info.get("dpi", (0, 0))
    longest = max(frame.size)
    with contextlib.suppress(TypeError, ValueError, ZeroDivisionError):
        dpi = float(stated[0])
        if 90 <= dpi <= 1200 and 4 <= longest / dpi <= 25:
            return dpi
    return longest / _A4_LONG_SIDE
