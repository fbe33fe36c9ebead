"""``./baocao bench ingest``: start-up, one document, and a batch: time, cost a document, and memory of every process.

Peers in the same run, as ratios: what python-docx and pdfplumber alone need to read the same files to plain text.
Nothing here passes or fails; figures are printed with the issue's targets beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import campaigns
from benchmarks import reports

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
    first, peaks, output = _watched(command, environment)
    single, _, _ = _watched([*COMMAND, "ingest", "--json", str(files[0])], environment)
    again, _, _ = _watched(command, environment)
    counts = json.loads(output)["counts"]
    own, peer = _own_reading(files), _peer_reading(files)
    whole = 1000 * (first.cpu - single.cpu) / len(files)
    row("ingest of all, wall clock", first.wall, "s")
    row("  start and stop (one known file: server, database)", single.wall, "s")
    row("  a document, processor time, all processes", whole, "ms")
    row("  reading, repair and understanding alone", own, "ms")
    row("  a document above its own parsing", whole - own, "ms", "50")
    row("  a known document (second round)", 1000 * (again.cpu - single.cpu) / len(files), "ms")
    row("  own parsing against plain python-docx / pdfplumber", own / peer, "×")
    for name, peak in sorted(peaks.items(), key=lambda pair: -pair[1])[:3]:
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


class Spent(NamedTuple):
    """Seconds of wall clock, and of processor time in all processes of the tree that were waited for."""

    wall: float
    cpu: float


def _watched(command: list[str], environment: dict[str, str]) -> tuple[Spent, dict[str, int], bytes]:
    """Run ``command``; what it spent, peak resident bytes by kind of process in its tree, and its output."""
    peaks: dict[str, int] = {}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, done))
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(seconds, cpu), peaks, output


def _watch(root: int, peaks: dict[str, int], done: threading.Event) -> None:
    while not done.wait(0.1):
        for pid in _tree(root):
            try:
                status = Path(f"/proc/{pid}/status").read_text()
                command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            resident = next(
                (int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0
            )
            if not resident:
                continue
            name = "command" if pid == root else _kind(command)
            peaks[name] = max(peaks.get(name, 0), resident)


def _kind(command: list[bytes]) -> str:
    words = b" ".join(command)
    if b"uvicorn" in words or b"prefect.server" in words:
        return "Prefect server"
    return "sandbox" if b"python" in words else command[0].decode(errors="replace").rpartition("/")[2]


def _tree(root: int) -> Iterator[int]:
    yield root
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{root}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from _tree(child)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
