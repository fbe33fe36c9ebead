"""Ways to read a page picture that the OCR benchmark compares: ours, and what else reads Vietnamese without a network.

OCRmyPDF is used where it is on the PATH, kreuzberg where it can be imported (`PYTHONPATH`); neither is a dependency.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytesseract
from PIL import Image

from benchmarks.ocr_wear import Picture
from extractors.containers import ocr
from extractors.document import Document, Page, Source, Table, paragraphs
from extractors.restoring import restore

SOURCE = Source(name="page", sha256="0" * 64, media_type="image/png", size=0)


class Reading(NamedTuple):
    """What an engine read: all text, its ruled tables where it finds any, and the processor seconds it took."""

    text: str
    tables: tuple[Table, ...]
    seconds: float


Engine = Callable[[Picture, float], Reading]


def processor_seconds() -> float:
    """Of this process and of the children it has waited for."""
    ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime


def ours(picture: Picture, dpi: float) -> Reading:
    """Clean-up, tables, Tesseract, and repair with its word confidences: what `extract` does with a scanned page."""
    began = processor_seconds()
    document, _ = restore(_read(picture, dpi))
    return _reading(document, began)


def unrepaired(picture: Picture, dpi: float) -> Reading:
    """Ours without the repair."""
    began = processor_seconds()
    return _reading(_read(picture, dpi), began)


def tesseract(picture: Picture, dpi: float) -> Reading:
    """Tesseract alone on the picture as it is, one thread."""
    began = processor_seconds()
    text = pytesseract.image_to_string(Image.fromarray(picture), lang="vie", config=f"--dpi {round(dpi)}")
    return Reading(text, (), processor_seconds() - began)


def ocrmypdf(picture: Picture, dpi: float) -> Reading:
    """OCRmyPDF, which may turn and straighten pages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Image.fromarray(picture).save(folder / "page.png", dpi=(dpi, dpi))
        began = processor_seconds()
        command = ["ocrmypdf", "-q", "-l", "vie", "-j", "1", "--deskew", "--rotate-pages", "--output-type", "pdf"]
        command += ["--image-dpi", str(round(dpi)), "--sidecar", "page.txt", "page.png", "page.pdf"]
        subprocess.run(command, check=True, cwd=folder, capture_output=True)
        return Reading((folder / "page.txt").read_text(encoding="utf-8"), (), processor_seconds() - began)


def kreuzberg(picture: Picture, dpi: float) -> Reading:
    library = importlib.import_module("kreuzberg")
    config = library.ExtractionConfig(
        ocr=library.OcrConfig(backend="tesseract", language="vie"), force_ocr=True, use_cache=False
    )
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "page.png")
        Image.fromarray(picture).save(path, dpi=(dpi, dpi))
        began = processor_seconds()
        result = library.extract_file_sync(str(path), config=config)
        return Reading(result.content, (), processor_seconds() - began)


def available() -> dict[str, Engine]:
    """Engines by name, in the order of the tables."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    found: dict[str, Engine] = {"ours": ours, "unrepaired": unrepaired, "tesseract": tesseract}
    if shutil.which("ocrmypdf"):
        found["ocrmypdf"] = ocrmypdf
    if importlib.util.find_spec("kreuzberg") is not None:
        found["kreuzberg"] = kreuzberg
    return found


def _read(picture: Picture, dpi: float) -> Document:
    seen = ocr.read(picture, dpi, page=1)
    size = (picture.shape[1] * 72 / dpi, picture.shape[0] * 72 / dpi)
    return Document(source=SOURCE, pages=(Page(blocks=seen.blocks, number=1, size=size, origin="ocr"),), page_count=1)


def _reading(document: Document, began: float) -> Reading:
    spent = processor_seconds() - began
    text = "\n".join(paragraph.line for paragraph in paragraphs(document.blocks()))
    return Reading(text, tuple(block for block in document.blocks() if isinstance(block, Table)), spent)
