"""Which text layers of real PDF files are trusted, against what a person sees on every page.

``ocr_truth/layers.csv`` names, for ranges of pages, the source that must be taken: ``text`` where the layer is what
stands on the page, ``ocr`` where it is missing, partial or wrong, ``none`` for pages without any text.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pypdfium2 as pdfium

from benchmarks.repair_text import CORPORA
from extractors.containers import pdf_trust

LABELS = Path(__file__).with_name("ocr_truth") / "layers.csv"


def report() -> None:
    """Pages by what was wanted and what was done; the wrong ones by name."""
    kept: list[str] = []
    reread: list[str] = []
    counts: dict[str, int] = {}
    for path, wanted in labelled():
        document = pdfium.PdfDocument(path)
        for number, want in wanted.items():
            verdict = pdf_trust.judge(document[number - 1]).verdict
            counts[want] = counts.get(want, 0) + 1
            if want == "ocr" and verdict != "ocr":
                kept.append(f"{path.name} {number}")
            elif want == "text" and verdict != "text":
                reread.append(f"{path.name} {number}")
        document.close()
    print("\nText layers of real PDF files, by page")
    for want, count in sorted(counts.items()):
        print(f"{'pages to be taken from ' + want:<44}{count:>6}")
    print(f"{'wrong layers kept':<44}{len(kept):>6}   0  {', '.join(kept)}")
    print(f"{'good layers read again':<44}{len(reread):>6}   0  {', '.join(reread)}")


def labelled() -> list[tuple[Path, dict[int, str]]]:
    """Files that are here, each with what is wanted of every page."""
    found: dict[Path, dict[int, str]] = {}
    with LABELS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = CORPORA / "documents" / row["file"]
            if path.is_file():
                pages = range(int(row["first"]), int(row["last"]) + 1)
                found.setdefault(path, {}).update(dict.fromkeys(pages, row["wanted"]))
    return list(found.items())
