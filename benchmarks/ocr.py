"""``./baocao bench ocr``: how well scans are read, beside what else reads Vietnamese without a network.

Worn pages of held-out text, sixteen real pages with a truth corrected by hand, scanned appendix tables cell by cell,
speed on them, and which text layers of real PDF files are trusted. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from rapidfuzz.distance import Levenshtein

from benchmarks import ocr_engines, ocr_layers, ocr_long, ocr_sheets, ocr_speed
from benchmarks.ocr_engines import Engine
from benchmarks.ocr_score import Score, blocks, flat, score, total
from benchmarks.ocr_sheets import Sheet
from benchmarks.ocr_wear import CONDITIONS, LYING, Picture, Wear
from benchmarks.repair_text import CORPORA
from extractors.document import Table

TRUTH = Path(__file__).with_name("ocr_truth")
SECTIONS = ("prose", "real", "cells", "speed", "memory", "layers")
_ALIKE = 0.5  # a cell with at least as much of its text is the cell that was looked for


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench ocr")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="only this part (may be repeated)")
    parser.add_argument("--half", choices=ocr_sheets.HALVES, default="test", help="sentences of the drawn pages")
    parser.add_argument("--pages", type=int, default=4, help="drawn pages a condition")
    parser.add_argument("--condition", default="", help="only conditions whose name contains this")
    parser.add_argument("--engines", default="", help="only these, parted by commas; ours is always read")
    parser.add_argument("--long", type=int, metavar="N", help="only this: one scan of N pages, as `extract` reads it")
    parser.add_argument("--short", action="store_true", help="with --long: a few lines a page")
    parser.add_argument("--list-errors", action="store_true", help="every wrong word or cell; dev halves only")
    options = parser.parse_args(arguments)
    if options.list_errors and options.half != "dev":
        parser.error("mistakes are shown of the dev half only: --half dev")
    if options.long:
        ocr_long.report(options.long, short=options.short)
        return 0
    known = ocr_engines.available()
    names = options.engines.split(",") if options.engines else list(known)
    engines = {name: engine for name, engine in known.items() if name in {"ours", *names}}
    sections = options.only or SECTIONS
    if "prose" in sections:
        _prose(engines, options.half, options.pages, options.condition, options.list_errors)
    if "real" in sections:
        _real(engines, options.list_errors)
    if "cells" in sections:
        _tables(options.half, options.pages, options.condition, options.list_errors)
    if "speed" in sections:
        ocr_speed.report()
    if "memory" in sections:
        ocr_speed.memory(120)
    if "layers" in sections:
        ocr_layers.report()
    return 0


# --- worn pages of prose ------------------------------------------------------------------------------------------


def _prose(engines: dict[str, Engine], half: str, count: int, only: str, errors: bool) -> None:
    """Character errors by condition; fonts and sizes take turns."""
    print(f"\nCharacter error rate (%), {count} drawn pages a condition, {half} half; CPU-s: mean a page")
    print(f"{'condition':<30}" + "".join(f"{name:>12}" for name in engines))
    scores: dict[str, list[Score]] = defaultdict(list)
    seconds: dict[str, list[float]] = defaultdict(list)
    for name, wear in CONDITIONS.items():
        if only not in name:
            continue
        here: dict[str, list[Score]] = defaultdict(list)
        for number in range(count):
            sheet, picture, dpi = _worn(name, wear, number, half)
            truth = [flat(text) for text in sheet.truth]
            for engine, read in engines.items():
                reading = read(picture, dpi)
                here[engine].append(score(reading.text, truth))
                seconds[engine].append(reading.seconds)
                if errors and engine == "ours":
                    _show(f"{name} {number}", reading.text, truth)
        print(f"{name:<30}" + "".join(f"{100 * total(here[engine]).cer:>12.3f}" for engine in engines), flush=True)
        for engine in engines:
            scores[engine] += here[engine]
    print(f"{'all':<30}" + "".join(f"{100 * total(scores[engine]).cer:>12.3f}" for engine in engines))
    print(f"{'marks right':<30}" + "".join(f"{total(scores[engine]).marks:>12.4f}" for engine in engines))
    print(f"{'CPU-s a page':<30}" + "".join(f"{np.mean(seconds[engine]):>12.2f}" for engine in engines))
    print(f"({total(scores['ours']).length} characters)")


def _worn(name: str, wear: Wear, number: int, half: str, *, table: bool = False) -> tuple[Sheet, Picture, float]:
    """Page ``number`` of a condition; the same for every engine and run."""
    chance = random.Random(f"{half} {name} {number} {table}")
    face = ocr_sheets.FACES[number % len(ocr_sheets.FACES)]
    if table:
        sheet = ocr_sheets.appendix(chance, half, face, wide=number // 2 % 2 == 1)
    else:
        sizes = ocr_sheets.SIZES
        sheet = ocr_sheets.prose(chance, half, face, sizes[(number + number // len(sizes)) % len(sizes)])
    return sheet, *wear(sheet.picture, np.random.default_rng(chance.randrange(2**32)))


# --- real pages ---------------------------------------------------------------------------------------------------


def real_pages() -> Iterator[tuple[str, str, Path, int]]:
    """Name, half, file and page number of the pages that have a truth and whose file is here."""
    with (TRUTH / "pages.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = CORPORA / "documents" / row["file"]
            if path.is_file():
                yield row["name"], row["half"], path, int(row["page"])


def _real(engines: dict[str, Engine], errors: bool) -> None:
    """Character errors and marks on real scans, the halves apart; pages of the test half are not listed."""
    print("\nReal scans: character error rate (%) / marks right")
    print(f"{'page':<30}" + "".join(f"{name:>16}" for name in engines))
    scores: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for name, half, path, page in real_pages():
        truth = blocks((TRUTH / f"{name}.txt").read_text(encoding="utf-8"))
        picture = rendered(path, page)
        for engine, read in engines.items():
            reading = read(picture, 300.0)
            scores[half, engine].append(score(reading.text, truth))
            if errors and engine == "ours" and half == "dev":
                _show(name, reading.text, truth)
        if half == "dev":
            made = [scores[half, engine][-1] for engine in engines]
            print(f"{name:<30}" + "".join(f"{100 * s.cer:>8.2f} /{s.marks:>6.3f}" for s in made), flush=True)
    for half in ocr_sheets.HALVES:
        made = [total(scores[half, engine]) for engine in engines]
        if made[0].length:
            print(f"{half + ' half':<30}" + "".join(f"{100 * s.cer:>8.2f} /{s.marks:>6.3f}" for s in made))


def rendered(path: Path, page: int) -> Picture:
    document = pdfium.PdfDocument(path)
    picture: Picture = document[page - 1].render(scale=300 / 72, rev_byteorder=True).to_numpy().copy()
    document.close()
    return np.ascontiguousarray(picture[:, :, :3]) if picture.ndim == 3 and picture.shape[2] > 1 else picture


def _show(name: str, found: str, truth: list[str]) -> None:
    """The wrong words of a page, block by block."""
    from benchmarks.ocr_score import _best  # noqa: PLC0415

    rest = flat(found)
    for block in sorted(truth, key=len, reverse=True):
        start, end = _best(block, rest)
        got = rest[start:end].split(" ")
        want = block.split(" ")
        for part in Levenshtein.opcodes(got, want):
            if part.tag != "equal":
                before = " ".join(want[max(0, part.dest_start - 2) : part.dest_start])
                one, other = got[part.src_start : part.src_end], want[part.dest_start : part.dest_end]
                print(f"    {name}: … {before} [{' '.join(one)}] ≠ [{' '.join(other)}]")
        rest = rest[:start] + "\0" + rest[end:]


# --- tables -------------------------------------------------------------------------------------------------------


def _tables(half: str, count: int, only: str, errors: bool) -> None:
    """Cells of drawn appendix pages, upright and wide by turns: exactly right, and found in their row and column."""
    print(f"\nScanned appendix tables, {count} pages a condition, {half} half")
    print(f"{'condition':<30}{'cells':>8}{'exact':>9}{'placed':>9}{'CPU-s':>8}")
    whole = np.zeros(4)
    for name, wear in (CONDITIONS | LYING).items():
        if only not in name:
            continue
        here = np.zeros(4)
        for number in range(count):
            sheet, picture, dpi = _worn(name, wear, number, half, table=True)
            reading = ocr_engines.ours(picture, dpi)
            cells, exact, placed = _compared(sheet, reading.tables, f"{name} {number}" if errors else "")
            here += (cells, exact, placed, reading.seconds / count)
        whole += here
        print(f"{name:<30}{here[0]:>8.0f}{here[1] / here[0]:>9.4f}{here[2] / here[0]:>9.4f}{here[3]:>8.2f}", flush=True)
    print(f"{'all':<30}{whole[0]:>8.0f}{whole[1] / whole[0]:>9.4f}{whole[2] / whole[0]:>9.4f}")


def _compared(sheet: Sheet, tables: tuple[Table, ...], name: str) -> tuple[int, int, int]:
    """Cells of the sheet that hold text, those exactly right, those found in their row and column.

    A blank cell that holds text is a cell more, and neither right nor in its place.
    """
    table = max(tables, key=lambda table: len(table.cells), default=None)
    found: dict[tuple[int, int], str] = {}
    if table is not None:
        found = {(cell.row, cell.column): flat(cell.text) for cell in table.cells}
    cells = exact = placed = 0
    for place, text in sheet.cells.items():
        want, got = flat(text), found.get(place, "")
        if not want and not got:
            continue
        cells += 1
        exact += want == got
        here = bool(want) and Levenshtein.normalized_similarity(want.lower(), got.lower()) >= _ALIKE
        placed += here
        if name and (want != got or not here):
            print(f"    {name} {place}: [{got}] ≠ [{want}]")
    return cells, exact, placed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
