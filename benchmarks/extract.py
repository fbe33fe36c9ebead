"""``./baocao bench extract``: how well reports of every layout are understood, against the gold set.

Each gold report is written to a temporary folder and read by `extractors.pipeline.extract` in this process. Of the
test half only totals are shown, so that nobody tunes to it. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.gold import baseline, content, scoring, write
from benchmarks.gold.content import HALVES, Gold
from benchmarks.gold.scoring import Tally, ratio
from extractors import pipeline, understanding
from extractors.errors import Rejected
from extractors.report import Report


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench extract")
    parser.add_argument("--half", choices=HALVES, action="append", help="only this half (default: both, apart)")
    parser.add_argument("--only", default="", help="only reports whose name contains this; dev half")
    parser.add_argument("--first", type=int, default=0, help="only reports numbered so or higher; with --half")
    parser.add_argument("--list-errors", action="store_true", help="every difference, report by report; dev half only")
    parser.add_argument("--keep", type=Path, help="write the files of the dev half here, to look at")
    options = parser.parse_args(arguments)
    halves = options.half or list(HALVES)
    if options.list_errors or options.only or options.keep:
        if options.half and "test" in options.half:
            parser.error("the test half shows totals only")
        halves = ["dev"]
    for half in halves:
        golds = [gold for gold in content.load_all(half) if options.only in gold.key]
        golds = [gold for gold in golds if int(gold.key.partition("-")[0]) >= options.first]
        _half(half, golds, options.list_errors, options.keep)
    return 0


def _half(half: str, golds: list[Gold], errors: bool, keep: Path | None) -> None:
    total, standard, peer, ours = Tally(), Tally(), Tally(), Tally()
    kinds: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory(prefix="baocao-gold-") as name:
        folder = keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        _warm(golds[0], folder)
        for gold in golds:
            path = folder / gold.content.file
            path.write_bytes(write.write(gold))
            tally = measure(gold, path)
            total.add(tally)
            if gold.kind == "standard":
                standard.add(tally)
            if half == "dev":
                kinds.setdefault(gold.kind, Tally()).add(tally)
            _peer(gold, path, tally, peer, ours)
            if errors and tally.errors:
                print(f"\n{gold.key} [{gold.kind}] {gold.content.file}")
                print("\n".join(f"  {line}" for line in tally.errors))
    print(f"\n== {half} half: {total.reports} reports, {len({gold.kind for gold in golds})} kinds of layout")
    _totals(total)
    print(f"{'cells F1, standard layout':<44} {standard.f1('cells'):>8.4f}   ≥ .99")
    if ours.wanted["cells"]:
        print(f"{'cells F1, the DOCX and XLSX among them':<44} {ours.f1('cells'):>8.4f}")
        print(f"{'  python-docx/openpyxl, by position':<44} {peer.f1('cells'):>8.4f}")
    if half == "dev":
        _by_kind(kinds)


def _warm(gold: Gold, folder: Path) -> None:
    """Read one report unmeasured: models and registries load once a process."""
    path = folder / gold.content.file
    path.write_bytes(write.write(gold))
    measure(gold, path)


def measure(gold: Gold, path: Path) -> Tally:
    """Read one file and score it; a file that is refused finds nothing."""
    clock: list[float] = []
    original = understanding.understand

    def timed(document: Any, *rest: Any) -> Report:
        start = time.process_time()
        report = original(document, *rest)
        clock.append(time.process_time() - start)
        return report

    understanding.understand = timed
    try:
        report = pipeline.extract(path, gold.campaign, name=gold.content.file)
    except Rejected as error:
        return Tally(reports=1, errors=[f"refused: {error}"], wanted=_wanted(gold), money_wanted=len(gold.money))
    finally:
        understanding.understand = original
    tally = scoring.score(gold, report)
    if report.source.pages:  # Word and text have no pages of their own
        tally.seconds, tally.pages = sum(clock), report.source.pages
    return tally


def _wanted(gold: Gold) -> Counter[str]:
    asked = [want for want in gold.wants if want.status != "no_answer" and not want.optional]
    return Counter("cells" if len(want.places[0]) == 2 else "points" for want in asked)


def _peer(gold: Gold, path: Path, tally: Tally, peer: Tally, ours: Tally) -> None:
    """The same cells by position, where there is a table file to read."""
    got = baseline.cells(path, [column.id for column in gold.campaign.columns], len(gold.campaign.items))
    wants = [want for want in gold.wants if len(want.places[0]) == 2 and want.status != "no_answer"]
    if got is None or not wants:
        return
    ours.add(tally)
    right = {place for want in wants for place in want.places if place in got and scoring.alike(want, got[place])}
    found = sum(any(place in right for place in want.places) for want in wants if not want.optional)
    peer.wanted["cells"] += sum(not want.optional for want in wants)
    peer.found["cells"] += found
    peer.extra["cells"] += len(got) - len(right)


def _totals(t: Tally) -> None:
    cells, points = t.rates("cells"), t.rates("points")
    found = t.found["cells"] + t.found["points"]
    lines: list[tuple[str, float, str]] = [
        ("letterhead fields", ratio(t.fields_right, t.fields), "≥ .99"),
        ("unit and group", ratio(t.units_right, t.reports), "≥ .99"),
        ("  confident mistakes (confidence ≥ .8)", t.units_sure_wrong, "0"),
        ("  left open or named without confidence", t.units_open, ""),
        ("cells: precision", cells[0], ""),
        ("cells: recall", cells[1], ""),
        ("cells: F1", cells[2], "≥ .97"),
        ("  text the same", ratio(t.text_same["cells"], t.found["cells"]), "≥ .99"),
        ("points: precision", points[0], ""),
        ("points: recall", points[1], ""),
        ("points: F1", points[2], "≥ .95"),
        ("  text the same", ratio(t.text_same["points"], t.found["points"]), ""),
        ("status of what was found", ratio(t.status_right, found), "≥ .99"),
        ("money: recall (value and source)", ratio(t.money_right, t.money_wanted), "≥ .98"),
        ("money: precision", ratio(t.money_right, t.money_given), "≥ .98"),
        ("letters of the unit's words accounted for", ratio(t.letters_kept, t.letters), "≥ .99"),
        ("understanding, CPU ms a PDF page", 1000 * ratio(t.seconds, t.pages), "≤ 30"),
    ]
    for name, value, target in lines:
        shown = f"{value:>8d}" if isinstance(value, int) else f"{value:>8.4f}" if value < 2 else f"{value:>8.1f}"
        print(f"{name:<44} {shown}   {target}")
    print(f"{'(cells, points, sums asked)':<44} {t.wanted['cells']}, {t.wanted['points']}, {t.money_wanted}")


def _by_kind(kinds: dict[str, Tally]) -> None:
    head = (
        "kind of layout",
        "n",
        "head",
        "unit",
        "cellP",
        "cellR",
        "cellF1",
        "pointP",
        "pointR",
        "pointF1",
        "status",
        "monR",
        "monP",
        "kept",
    )
    print("\n" + f"{head[0]:<30}{head[1]:>3}" + "".join(f"{name:>8}" for name in head[2:]))
    for kind, t in sorted(kinds.items()):
        cells = t.rates("cells")
        status = ratio(t.status_right, t.found["cells"] + t.found["points"])
        values = [
            ratio(t.fields_right, t.fields),
            ratio(t.units_right, t.reports),
            *cells,
            *t.rates("points"),
            status,
            ratio(t.money_right, t.money_wanted),
            ratio(t.money_right, t.money_given),
            ratio(t.letters_kept, t.letters),
        ]
        shown = "".join(f"{'·' if math.isnan(value) else f'{value:.3f}':>8}" for value in values)
        print(f"{kind:<30}{t.reports:>3}{shown}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
