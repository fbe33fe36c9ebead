"""``./baocao bench load``: batches of growing size into one campaign of many units, for 1 and 2 readers.

Each batch goes into a data directory of its own, by the command line and its own Prefect server, as on one machine.
What a document costs is told as processor time by kind of process, which does not depend on what else the machine does;
documents a minute and seconds do. Memory is the peak of the largest process of a kind in each quarter of the run.
Nothing here passes or fails; figures are printed with the issue's targets beside them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import campaigns
from benchmarks import load_reports
from benchmarks.watching import Sample, Spent, watched

BASE = "2542-SGDDT-GDTrH"
COMMAND = [sys.executable, "-P", "-m", "flows"]
KINDS = ("sandbox", "command", "Prefect server")
_LINE = "{:>7} {:>7} {:>8} {:>8} {:>10} {:>10} {:>10} {:>10} {:>9} {:>9}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench load")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000], help="documents of each batch")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="documents read at once")
    parser.add_argument("--units", type=int, default=3000)
    parser.add_argument("--keep", type=Path, help="leave the data directories in this folder")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="baocao-bench-") as name:
        folder = Path(name)
        load_reports.make_campaign(BASE, options.units, folder / "path")
        campaign = campaigns.load(BASE, folder / "path" / "campaigns")
        start = time.perf_counter()
        files = load_reports.write_reports(folder / "written", campaign, max(options.sizes))
        size = sum(file.stat().st_size for file in files) / len(files) / 1000
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {len(campaign.units)} units; {len(files)} files,"
        )
        print(f"{size:.0f} kB each, written in {time.perf_counter() - start:.0f} s\n")
        own = _own(files, campaign)
        print(f"reading, repair and understanding alone, CPU: {own:.1f} ms a document\n")
        heads = ("files", "readers", "wall s", "docs/min", "CPU ms/doc", *(f"{kind[:7]} ms" for kind in KINDS))
        print(_LINE.format(*heads, "data MB", "Prefect MB"))
        for workers in options.workers:
            nothing = _ingest(folder, [], workers)
            again_nothing = _ingest(folder, [], workers)  # the databases are there
            for count in options.sizes:
                data = (options.keep or folder) / f"data-{workers}-{count}"
                _report(count, workers, own, _ingest(folder, files[:count], workers, data), nothing, data)
                again = _ingest(folder, [], workers, data)
                print(
                    f"        known files, the next night: {1000 * (again.cpu - again_nothing.cpu) / count:.1f} ms each"
                )
        print("\ntargets: above own parsing ≤ 50 ms a document; memory flat; one process ≤ 600 MB")
    return 0


def _ingest(folder: Path, files: list[Path], workers: int, data: Path | None = None) -> Spent:
    """Ingest ``files`` (as links in a folder of their own), and what lies there already, into ``data``."""
    data = data or folder / f"data-{workers}-0"
    inbox = data / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    for file in files:
        (inbox / file.name).hardlink_to(file)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAOCAO_")}
    environment |= {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(folder / "path"), os.environ.get("PYTHONPATH")))),
        "BAOCAO_DATA_DIR": str(data),
        "BAOCAO_CAMPAIGN": BASE,
        "BAOCAO_WORKERS": str(workers),
    }
    return watched([*COMMAND, "ingest", "--json", str(inbox)], environment, every=0.5)


def _report(count: int, workers: int, own: float, spent: Spent, nothing: Spent, data: Path) -> None:
    """One line of the table, and how memory and cost went over the run. ``nothing``: an ingest of no file."""
    still = nothing.seconds()
    by_kind = [1000 * (spent.seconds().get(kind, 0.0) - still.get(kind, 0.0)) / count for kind in KINDS]
    wall = spent.wall - nothing.wall
    whole = 1000 * (spent.cpu - nothing.cpu) / count
    rate = 60 * count / wall if wall > 5 else math.nan  # of a short run, starting and stopping is all there is to see
    figures = (f"{one:.1f}" for one in (wall, rate, whole, *by_kind, _size(data) / 1e6))
    print(_LINE.format(count, workers, *figures, f"{_size(data / 'prefect') / 1e6:.1f}"), flush=True)
    print(f"        above own parsing: {whole - own:.1f} ms; outcomes {json.loads(spent.output)['counts']}")
    for kind in KINDS:
        print(f"        {kind}: {_quarters(spent.samples, kind)}", flush=True)


def _quarters(samples: list[Sample], kind: str) -> str:
    """Peak resident memory in each quarter of the time that the run took."""
    told = []
    for quarter in range(4):
        part = samples[len(samples) * quarter // 4 : len(samples) * (quarter + 1) // 4]
        peak = max((sample.resident.get(kind, 0) for sample in part), default=0)
        told.append(f"{peak / 1e6:.0f}")
    return f"peak MB by quarter {' '.join(told)}"


def _own(files: list[Path], campaign: campaigns.Campaign) -> float:
    """Milliseconds of processor time a document in one warm process without sandbox, Prefect and database."""
    from extractors.errors import Rejected  # noqa: PLC0415
    from extractors.pipeline import extract  # noqa: PLC0415

    chosen = random.Random(1).sample(files, min(200, len(files)))
    warmed = time.process_time()
    for file in [*chosen[:10], None, *chosen]:
        if file is None:
            warmed = time.process_time()
            continue
        try:
            extract(file, campaign)
        except Rejected:
            continue
    return 1000 * (time.process_time() - warmed) / len(chosen)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and "inbox" not in file.parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
