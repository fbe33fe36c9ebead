"""One very long scan through `baocao extract`: memory by kind of process, time, and whether it says how far it is."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.ocr_speed import scanned
from benchmarks.watching import watched


def report(pages: int, *, short: bool) -> None:
    """``short``: a few lines a page, where only the number of pages is to count."""
    with tempfile.TemporaryDirectory(prefix="baocao-bench-") as folder:
        path, told = Path(folder, "dài.pdf"), Path(folder, "told")
        path.write_bytes(scanned(pages, table=False, short=short, grey=True))
        size = path.stat().st_size >> 20
        command = [sys.executable, "-P", "-m", "flows", "extract", str(path)]
        with told.open("wb") as errors:
            spent = watched(command, dict(os.environ), every=0.5, errors=errors)
        lines = [line for line in told.read_text(encoding="utf-8").splitlines() if f"/{pages}" in line]
    made = json.loads(spent.output)
    kind = "a few lines each" if short else "full pages"
    print(f"\nA scan of {pages} pages ({kind}, {size} MB): {spent.wall:.0f} s, {spent.cpu:.0f} CPU-s")
    print(f"progress: {len(lines)} lines, the last: {lines[-1] if lines else 'none'}")
    for process, resident in sorted(spent.peaks().items()):
        print(f"most memory of a process, {process:<20}{resident >> 20:>6} MB   (at most 700)")
    print(f"read: {made['source']['pages']} pages, warnings: {', '.join(w['code'] for w in made['warnings'])}")
