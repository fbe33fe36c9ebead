"""``./baocao bench ingest``: start-up, one document, and a batch: time, cost a document, and memory of every process.

Peers in the same run, as ratios: what python-docx and pdfplumber alone need to read the same files to plain text.
Nothing here passes or fails; figures are printed with the issue's targets beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import campaigns
from benchmarks import reports
from benchmarks.watching import watched

COMMAND = [sys.executable, "-P", "-m", "flows"]
LINE = "S ? GIÁO D ? C VÀ ĐÀO T ? O THÀNH PH ?  H ?  CHÍ MINH\n"


def main(arguments: list[str]) -> int:
    """Print one table. ``--files N``: reports in the batch (default 100)."""
    parser = argparse.ArgumentParser(prog="baocao bench ingest")
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5, help="repetitions of the single commands; the median is shown")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="baocao-bench-") as name:
        folder = Path(name)
        files = _write_reports(folder / "inbox", options.files)
        document = next(file for file in files if file.suffix == ".docx")
        print(f"{os.cpu_count()} cores, {len(files)} reports of 7-11 pages, half DOCX, half PDF\n")
        row("repair, one line, whole command", _median(options.runs, _repair), "s", "1.5")
        row("extract, 10-page DOCX, whole command", _median(options.runs, lambda: _extract(document)), "s", "3")
        _batch(folder, files)
    return 0


def row(what: str, value: float, unit: str, target: str = "") -> None:
    print(f"{what:<58} {value:>9.2f} {unit:<4} {'target ≤ ' + target if target else ''}", flush=True)


def _write_reports(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    campaign = campaigns.load("2542-SGDDT-GDTrH")
    made = []
    for seed in range(count):
        unit = campaign.units[seed % len(campaign.units)]
        if seed % 2:
            path = folder / f"{seed:04} {unit.id}.pdf"
            reports.write_pdf(path, campaign, unit, seed)
        else:
            path = folder / f"{seed:04} {unit.id}.docx"
            reports.write_docx(path, campaign, unit, seed)
        made.append(path)
    return made


def _median(runs: int, measured: Callable[[], float]) -> float:
    measured()  # warms the disk cache
    return statistics.median(measured() for _ in range(runs))


def _repair() -> float:
    start = time.perf_counter()
    subprocess.run([*COMMAND, "repair"], input=LINE.encode(), capture_output=True, check=True)
    return time.perf_counter() - start


def _extract(document: Path) -> float:
    start = time.perf_counter()
    subprocess.run([*COMMAND, "extract", str(document)], capture_output=True, check=True)
    return time.perf_counter() - start


def _batch(folder: Path, files: list[Path]) -> None:
    """Ingest all files, then one known file (what starting and stopping costs), then all again (nothing is read).

    Costs a document are processor time of the whole tree of processes: unlike wall clock, it does not depend on what
    else the machine does.
    """
    environment = os.environ | {"BAOCAO_DATA_DIR": str(folder / "data")}
    command = [*COMMAND, "ingest", "--json", str(folder / "inbox")]
    first = watched(command, environment)
    single = watched([*COMMAND, "ingest", "--json", str(files[0])], environment)
    again = watched(command, environment)
    counts = json.loads(first.output)["counts"]
    own, peer = _own_reading(files), _peer_reading(files)
    whole = 1000 * (first.cpu - single.cpu) / len(files)
    row("ingest of all, wall clock", first.wall, "s")
    row("  start and stop (one known file: server, database)", single.wall, "s")
    row("  a document, processor time, all processes", whole, "ms")
    row("  reading, repair and understanding alone", own, "ms")
    row("  a document above its own parsing", whole - own, "ms", "50")
    row("  a known document (second round)", 1000 * (again.cpu - single.cpu) / len(files), "ms")
    row("  own parsing against plain python-docx / pdfplumber", own / peer, "×")
    for name, peak in sorted(first.peaks().items(), key=lambda pair: -pair[1])[:3]:
        row(f"  peak resident memory: {name}", peak / 1e6, "MB", "600")
    print(f"  outcomes: {counts}")


def _own_reading(files: list[Path]) -> float:
    """Milliseconds a document, in this process, without sandbox, Prefect or database."""
    from extractors.pipeline import extract  # noqa: PLC0415

    campaign = campaigns.load("2542-SGDDT-GDTrH")
    extract(files[0], campaign)
    start = time.process_time()
    for file in files:
        extract(file, campaign)
    return 1000 * (time.process_time() - start) / len(files)


def _peer_reading(files: list[Path]) -> float:
    """Milliseconds a document for the libraries alone: all text and tables, no repair, no understanding."""
    import docx  # noqa: PLC0415
    import pdfplumber  # noqa: PLC0415

    start = time.process_time()
    for file in files:
        if file.suffix == ".docx":
            document = docx.Document(str(file))
            [paragraph.text for paragraph in document.paragraphs]
            [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
        else:
            with pdfplumber.open(file) as pdf:
                for page in pdf.pages:
                    page.extract_text()
                    page.extract_tables()
                    page.close()
    return 1000 * (time.process_time() - start) / len(files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
