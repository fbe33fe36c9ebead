"""What a person sees of a file: pictures of its pages, or its paragraphs and tables where it has no fixed pages.

The functions here parse foreign bytes and run in the sandboxed child; they return bytes as `sandbox.run` wants them.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pypdfium2 as pdfium
from PIL import Image

from extractors import intake, reading
from extractors.containers import image
from extractors.document import Source
from extractors.errors import Rejected

Size = tuple[float, float]

PICTURES = frozenset({intake.JPEG, intake.PNG, intake.TIFF, intake.GIF, intake.BMP, intake.WEBP, intake.HEIC})
PAGED = PICTURES | {intake.PDF}
"""Media types whose pages are shown as pictures; all others are shown as words."""

MEDIA_TYPE = "image/webp"
WIDEST = 2400  # pixels
_TALLEST = 8000
_QUALITY = 75


def measure(path: Path, media_type: str) -> bytes:
    """MessagePack of the sizes (points) of all pages, as boxes and provenance use them. Raises `Rejected`."""
    if media_type == intake.PDF:
        with _opened(path) as document:
            sizes = [document.get_page_size(index) for index in range(len(document))]
    else:
        sizes = [(pixels.shape[1] * 72 / dpi, pixels.shape[0] * 72 / dpi) for *_, pixels, dpi in image.pictures(path)]
    return msgspec.msgpack.encode([(round(width, 2), round(height, 2)) for width, height in sizes])


def picture(path: Path, media_type: str, page: int, width: int) -> bytes:
    """Page ``page`` (from 1) as a WebP ``width`` pixels wide, lower where the page is very long.

    Raises `Rejected`; ``not_found`` when there is no such page.
    """
    if not 1 <= width <= WIDEST:
        raise ValueError(f"width {width}")
    drawn = _from_pdf(path, page, width) if media_type == intake.PDF else _from_picture(path, page, width)
    stream = io.BytesIO()
    drawn.save(stream, "WEBP", quality=_QUALITY, method=1)
    return stream.getvalue()


def words(path: Path, source: Source) -> bytes:
    """MessagePack of the `Document` as it was received. Raises `Rejected`."""
    return msgspec.msgpack.encode(reading.read(path, source))


def _from_pdf(path: Path, page: int, width: int) -> Image.Image:
    with _opened(path) as document:
        if not 1 <= page <= len(document):
            raise Rejected("not_found", f"trang {page}")
        opened = document[page - 1]
        across, down = opened.get_size()
        if not (1 <= across <= 20_000 and 1 <= down <= 20_000):
            raise Rejected("unsafe", f"khổ trang {across:.0f} × {down:.0f} pt")
        scale = min(width / across, _TALLEST / down)
        drawn: Image.Image = opened.render(scale=scale, rev_byteorder=True).to_pil()
        return drawn


def _from_picture(path: Path, page: int, width: int) -> Image.Image:
    for number, _, pixels, _ in image.pictures(path):
        if number == page:
            drawn = Image.fromarray(pixels)
            factor = min(width / drawn.width, _TALLEST / drawn.height, 1.0)
            size = (max(1, round(drawn.width * factor)), max(1, round(drawn.height * factor)))
            return drawn if factor == 1 else drawn.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    raise Rejected("not_found", f"trang {page}")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise Rejected("damaged") from error
    try:
        yield document
    except pdfium.PdfiumError as error:
        raise Rejected("damaged") from error
    finally:
        document.close()
