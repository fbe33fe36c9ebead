"""Photos and scans as image files (JPEG, PNG, TIFF with several pages, GIF, BMP, WebP, HEIC), read by OCR."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pi_heif
from PIL import Image, ImageOps, ImageSequence

from extractors import page_helpers
from extractors.containers import ocr
from extractors.containers.running import finish
from extractors.document import Document, Notice, Page, Source
from extractors.errors import Rejected

Progress = Callable[[int, int], None]
Size = tuple[float, float]
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
    sizes = [frame.size for frame in _frames(path)]
    ready = 0

    def alive() -> None:
        if progress is not None:
            progress(ready, len(sizes))

    seen: dict[int, tuple[Size, ocr.Seen]] = {}
    for index, found in page_helpers.read(range(len(sizes)), functools.partial(_read_frame, path), alive):
        if found is not None:
            seen[index] = msgspec.msgpack.decode(found, type=tuple[Size, ocr.Seen])
        ready += 1
        alive()
    if not seen:
        raise Rejected("damaged", "ảnh không giải mã được")
    pages: list[Page] = []
    columns: tuple[float, ...] = ()
    for number in range(1, len(sizes) + 1):
        if (read := seen.get(number - 1)) is None:
            pages.append(Page(blocks=(), number=number))
            continue
        size, found_there = read
        pages.append(Page(blocks=ocr.continued(found_there, columns), number=number, size=size, origin="ocr"))
        columns = found_there.columns
    if not any(page.blocks for page in pages):
        raise Rejected("no_text")
    notices = [Notice("page_by_ocr", "Tệp ảnh, được đọc bằng nhận dạng chữ (OCR).")]
    if doubtful := [index + 1 for index, (_, page) in sorted(seen.items()) if page.doubtful and not page.foreign]:
        listed = ", ".join(map(str, doubtful))
        notices.append(Notice("page_doubtful", f"Trang {listed}: chữ nhận dạng kém tin cậy, cần xem lại ảnh gốc."))
    if foreign := [index + 1 for index, (_, page) in sorted(seen.items()) if page.foreign]:
        notices.append(Notice("page_foreign", f"Trang {', '.join(map(str, foreign))}: {ocr.FOREIGN}"))
    if len(seen) < len(sizes):
        listed = ", ".join(str(number) for number in range(1, len(sizes) + 1) if number - 1 not in seen)
        notices.append(Notice("page_unreadable", f"Trang {listed} không đọc được, nội dung bị thiếu."))
    return Document(source=source, pages=finish(pages), page_count=len(pages), notices=tuple(notices))


def _read_frame(path: Path, index: int, alive: Callable[[], None]) -> bytes:
    """One frame read: its size in points and what was seen, as MessagePack."""
    for number, _, picture, dpi in pictures(path, only=index + 1):
        size = (round(picture.shape[1] * 72 / dpi, 2), round(picture.shape[0] * 72 / dpi, 2))
        return msgspec.msgpack.encode((size, ocr.read(picture, dpi, page=number, alive=alive)))
    raise Rejected("damaged", "ảnh không giải mã được")


def pictures(path: Path, only: int | None = None) -> Iterator[tuple[int, int, Picture, float]]:
    """Every frame (or frame ``only``): its number from 1, how many there are, its pixels (RGB or grey, upright) and
    their dpi.

    Raises `Rejected`: ``unsafe`` (too many pixels or frames), ``damaged``, ``no_text`` (too small for any).
    """
    for number, frame in enumerate(_frames(path), 1):
        if only in (None, number):
            yield number, frame.frames, *_picture(frame.image)


class _Frame(NamedTuple):
    """A frame that is not decoded yet."""

    image: Image.Image
    frames: int
    size: tuple[int, int]


def _frames(path: Path) -> Iterator[_Frame]:
    """The frames of a file; of an animation only the first."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=_FORMATS) as image:
            frames = getattr(image, "n_frames", 1) if image.format in ("TIFF", "HEIF") else 1
            if frames > MOST_FRAMES:
                raise Rejected("unsafe", f"{frames} trang, giới hạn {MOST_FRAMES}")
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                if number > frames:
                    break
                _check(frame.size)
                yield _Frame(frame, frames, frame.size)
    except Image.DecompressionBombError as error:
        raise Rejected("unsafe", "ảnh quá nhiều điểm ảnh") from error
    except (MemoryError, Rejected):
        raise
    except Exception as error:  # Pillow has no error of its own for broken files: KeyError, TypeError, struct.error…
        raise Rejected("damaged", "ảnh không giải mã được") from error


def _check(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise Rejected("unsafe", f"ảnh {width} × {height} điểm, giới hạn {MOST_PIXELS // 1_000_000} triệu điểm")
    if width < 20 or height < 20:
        raise Rejected("no_text", f"ảnh {width} × {height} điểm")


def _picture(frame: Image.Image) -> tuple[Picture, float]:
    """Pixels (RGB or grey) of a frame, upright by its EXIF note, and its resolution in dpi."""
    width, height = frame.size
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
