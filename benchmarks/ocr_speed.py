"""How fast scans and digital pages are read, and how much memory that takes; processor time, so load matters little."""

from __future__ import annotations

import importlib
import importlib.util
import io
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import ocr_sheets
from benchmarks.ocr_engines import SOURCE, processor_seconds
from benchmarks.ocr_wear import DPI, Picture
from benchmarks.repair_text import CORPORA
from extractors.containers import libtesseract, pdf, ruling_lines, scan, tesseract_program
from extractors.restoring import restore

PAGES = 6


def report() -> None:
    _engines()
    _scans()
    _digital()


def _engines() -> None:
    """The ways to reach Tesseract, on one cleaned page of prose."""
    sheet = ocr_sheets.prose(random.Random(3), "dev", "Serif", 13.0)
    cleaned = scan.clean(sheet.picture, DPI)
    grey = ruling_lines.erased(cleaned.grey, ruling_lines.find(cleaned.grey, cleaned.dpi))
    print("\nWays to reach Tesseract: CPU-s for one page of prose, best of three")
    ways = {
        "program (pytesseract)": tesseract_program.Program("vie").words,
        "library in this process": libtesseract.Library("vie").words,
    }
    if importlib.util.find_spec("tesserocr") is not None:
        ways["tesserocr"] = _tesserocr()
    for name, table in ways.items():
        spent = []
        for _ in range(3):
            began = processor_seconds()
            table(grey, cleaned.dpi, 3)
            spent.append(processor_seconds() - began)
        print(f"{name:<30}{min(spent):>8.2f}")


def _tesserocr() -> Callable[[Picture, float, int], str]:
    """No dependency: measured where it is installed."""
    tesserocr = importlib.import_module("tesserocr")

    reader = tesserocr.PyTessBaseAPI(path=str(libtesseract.data_folder("vie")), lang="vie", psm=3)

    def table(grey: Picture, dpi: float, _: int) -> str:
        height, width = grey.shape
        reader.SetImageBytes(grey.tobytes(), width, height, 1, width)
        reader.SetSourceResolution(round(dpi))
        return str(reader.GetTSVText(0))

    return table


def scanned(pages: int, *, table: bool = True, short: bool = False, grey: bool = False) -> bytes:
    """A PDF of page pictures at 300 dpi with slight grain, saved as JPEG, as office scanners make them; ``short``: with
    a few lines of text on each; ``grey``: without colours and small, as long files are."""
    frames = []
    grain = np.random.default_rng(1)
    for number in range(min(pages, 6)):
        chance = random.Random(number)
        face = ocr_sheets.FACES[number % 2]
        if table:
            picture = ocr_sheets.appendix(chance, "dev", face, wide=number % 4 > 1).picture
        else:
            picture = ocr_sheets.prose(chance, "dev", face, 13.0).picture
        if short:
            picture = picture.copy()
            picture[picture.shape[0] // 6 :] = 255
        noisy = np.clip(picture + grain.normal(0, 4, picture.shape[:2])[:, :, None], 0, 255).astype(np.uint8)
        frames.append(Image.fromarray(noisy).convert("L" if grey else "RGB"))
    frames = [frames[number % len(frames)] for number in range(pages)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "PDF", resolution=DPI, save_all=True, append_images=frames[1:], quality=30 if grey else 85)
    return buffer.getvalue()


def _scans() -> None:
    """Whole scanned files: rendering, clean-up, tables, Tesseract, repair."""
    print(f"\nScans at 300 dpi ({PAGES} pages each) from PDF to repaired text")
    for name, table in (("appendix tables", True), ("pages of prose", False)):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(scanned(PAGES, table=table))
            file.flush()
            pdf.read(Path(file.name), SOURCE)  # models load
            began = processor_seconds()
            restore(pdf.read(Path(file.name), SOURCE))
            spent = processor_seconds() - began
        print(f"{name:<30}{60 * PAGES / spent:>8.0f} pages/min/core   (wanted for tables: 90)")


def _digital() -> None:
    paths = sorted((CORPORA / "documents" / "digital_pdf").glob("*.pdf"))
    if not paths:
        return
    pdf.read(paths[0], SOURCE)
    began = processor_seconds()
    pages = sum(pdf.read(path, SOURCE).page_count or 0 for path in paths)
    spent = processor_seconds() - began
    print(f"\nDigital PDF, {pages} pages of real documents{60 * pages / spent:>8.0f} pages/min/core   (wanted: 1,200)")


def memory(pages: int) -> None:
    """Most memory that any one process takes for a scan of many pages (short ones: only their number counts here)."""
    code = (
        "import sys; from pathlib import Path; from extractors.containers import pdf;"
        "from extractors.document import Source; path = Path(sys.argv[1]);"
        "pdf.read(path, Source(name='scan.pdf', sha256='0' * 64, media_type='application/pdf', size=0));"
        # Not getrusage: its maximum is handed on from the process that forked this one.
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(scanned(pages, table=False, short=True))
        file.flush()
        done = subprocess.run([sys.executable, "-c", code, file.name], check=True, capture_output=True, text=True)
    print(f"\nMost memory of a process reading a scan of {pages} pages: {int(done.stdout) // 1024} MB   (at most 700)")
