"""``./baocao bench journey``: the whole way of a damaged report, from the file to its answers.

Gold reports of the dev half are written, then harmed as mail, old programs, converters, printers and scanners harm
them, and read like any file. What is still found is counted as in ``bench extract``; the first row, unharmed, is what
to compare with. The other benchmarks measure repair, OCR and understanding apart; this one what is left after all.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape, unescape

import msgspec
import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from benchmarks.damage import KINDS
from benchmarks.extract import measure
from benchmarks.gold import content, write
from benchmarks.gold.content import Gold
from benchmarks.gold.scoring import Tally, ratio
from benchmarks.ocr_wear import CONDITIONS, DPI
from extractors.containers import libreoffice

TEXT_KINDS = (
    "utf8 as cp1252",
    "TCVN3",
    "VNI",
    "half TCVN3",
    "? tight",
    "? spaced",
    "best-fit cp1252",
    "converted as VNI",
    "dropped letters",
    "all marks stripped",
)
FONTS = {"TCVN3": ".VnTime", "VNI": "VNI-Times"}
WORN = ("red stamp", "shadow", "rotation, blur, shadow, JPEG")
TO_DOC = libreoffice.Conversion(
    suffix=".docx", import_filter="MS Word 2007 XML", new_suffix=".doc", export_filter="MS Word 97"
)
TO_PDF = libreoffice.Conversion(
    suffix=".docx", import_filter="MS Word 2007 XML", new_suffix=".pdf", export_filter="writer_pdf_Export"
)
_TEXT = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)(</w:t>)")
_FONT = re.compile(r'(w:(?:ascii|hAnsi|cs)=")Times New Roman"')


class Harmed(msgspec.Struct, frozen=True):
    gold: Gold
    suffix: str
    data: bytes


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench journey")
    parser.add_argument("--only", default="", help="only ways whose name contains this")
    parser.add_argument("--reports", type=int, default=40, help="at most so many reports a way")
    parser.add_argument("--scans", type=int, default=12, help="at most so many reports printed and scanned")
    parser.add_argument("--list-errors", action="store_true", help="every difference, report by report")
    parser.add_argument("--keep", type=Path, help="leave the harmed files in this folder")
    options = parser.parse_args(arguments)
    golds = content.load_all("dev")
    head = ("cells F1", "same", "points F1", "same", "head", "unit", "wrong", "status", "money R", "money P")
    print(f"{'way':<34}{'files':>6}" + "".join(f"{name:>10}" for name in head))
    for name, way in ways(options.reports, options.scans):
        if options.only not in name:
            continue
        tally = Tally()
        with tempfile.TemporaryDirectory(prefix="baocao-journey-") as folder:
            for harmed in way(golds, Path(folder)):
                name_there = Path(harmed.gold.content.file).with_suffix(harmed.suffix).name
                path = Path(folder) / name_there
                path.write_bytes(harmed.data)
                if options.keep:
                    (options.keep / name_there).write_bytes(harmed.data)
                one = measure(harmed.gold, path)
                tally.add(one)
                if options.list_errors and one.errors:
                    print(
                        "\n".join([f"{harmed.gold.key} {name_there}", *(f"  {line}" for line in one.errors)]),
                        flush=True,
                    )
        print(_row(name, tally), flush=True)
    return 0


Way = Callable[[list[Gold], Path], Iterator[Harmed]]


def ways(reports: int, scans: int) -> Iterator[tuple[str, Way]]:
    yield "Word, unharmed", lambda golds, _: _as_written(golds, "docx", reports)
    for kind in TEXT_KINDS:
        yield f"Word: {kind}", lambda golds, _, kind=kind: _in_word(golds, kind, "", reports)
    for kind, font in FONTS.items():
        yield f"Word: {kind}, font named", lambda golds, _, kind=kind, font=font: _in_word(golds, kind, font, reports)
    yield "Word 97 (.doc)", lambda golds, folder: _converted(golds, folder, reports)
    yield "plain text, unharmed", lambda golds, _: _as_written(golds, "txt", reports)
    for kind in TEXT_KINDS:
        yield f"plain text: {kind}", lambda golds, _, kind=kind: _in_text(golds, kind, reports)
    for wear in ("clean 300 dpi", *WORN):
        yield f"printed, scanned: {wear}", lambda golds, folder, wear=wear: _scanned(golds, folder, wear, scans)


def _row(name: str, t: Tally) -> str:
    values = (
        t.f1("cells"),
        ratio(t.text_same["cells"], t.found["cells"]),
        t.f1("points"),
        ratio(t.text_same["points"], t.found["points"]),
        ratio(t.fields_right, t.fields),
        ratio(t.units_right, t.reports),
        float(t.units_sure_wrong),
        ratio(t.status_right, t.found["cells"] + t.found["points"]),
        ratio(t.money_right, t.money_wanted),
        ratio(t.money_right, t.money_given),
    )
    return f"{name:<34}{t.reports:>6}" + "".join(
        f"{value:>10.0f}" if at == 6 else f"{value:>10.3f}" for at, value in enumerate(values)
    )


def _as_written(golds: list[Gold], writer: str, most: int) -> Iterator[Harmed]:
    """At most ``most`` reports, from all of the half: its first ones are the plainest."""
    able = [gold for gold in golds if gold.content.writer == writer]
    for gold in able[:: max(1, len(able) // most)][:most]:
        yield Harmed(gold, f".{writer}", write.write(gold))


def _in_word(golds: list[Gold], kind: str, font: str, most: int) -> Iterator[Harmed]:
    """Every text of the document harmed alone; with ``font``, named as the font of all."""
    harm = KINDS[kind]
    for one in _as_written(golds, "docx", most):
        chance = random.Random(one.gold.key)
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(one.data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.namelist():
                data = old.read(member)
                if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes)\.xml", member):
                    text = _TEXT.sub(
                        lambda m, chance=chance: (
                            '<w:t xml:space="preserve">' + escape(harm(unescape(m[2]), chance)) + m[3]
                        ),
                        data.decode(),
                    )
                    data = text.encode()
                if font and member.startswith("word/") and member.endswith(".xml"):
                    data = _FONT.sub(rf'\g<1>{font}"', data.decode()).encode()
                new.writestr(member, data)
        yield Harmed(one.gold, ".docx", made.getvalue())


def _in_text(golds: list[Gold], kind: str, most: int) -> Iterator[Harmed]:
    harm = KINDS[kind]
    for one in _as_written(golds, "txt", most):
        chance = random.Random(one.gold.key)
        lines = [harm(line, chance) for line in one.data.decode("utf-8-sig").split("\n")]
        yield Harmed(one.gold, ".txt", "\n".join(lines).encode())


def _convert(one: Harmed, folder: Path, conversion: libreoffice.Conversion) -> bytes:
    source = folder / "source.docx"
    source.write_bytes(one.data)
    with tempfile.TemporaryDirectory(dir=folder) as workspace:
        return libreoffice.convert(source, conversion, Path(workspace)).read_bytes()


def _converted(golds: list[Gold], folder: Path, most: int) -> Iterator[Harmed]:
    for one in _as_written(golds, "docx", most):
        yield Harmed(one.gold, ".doc", _convert(one, folder, TO_DOC))


def _scanned(golds: list[Gold], folder: Path, wear: str, most: int) -> Iterator[Harmed]:
    """Pictures of the printed pages, worn, in a PDF without text."""
    for one in _as_written(golds, "docx", most):
        chance = np.random.default_rng(sum(one.gold.key.encode()))
        pages = []
        with pdfium.PdfDocument(_convert(one, folder, TO_PDF)) as document:
            for page in document:
                picture = np.asarray(page.render(scale=DPI / 72).to_pil().convert("RGB"))
                worn, dpi = CONDITIONS[wear](picture, chance)
                pages.append(Image.fromarray(worn))
        made = io.BytesIO()
        pages[0].save(made, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=85)
        yield Harmed(one.gold, ".pdf", made.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
