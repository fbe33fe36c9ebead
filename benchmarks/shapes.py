"""``./baocao bench shapes``: answers of dev reports laid out anew in every shape of table, in the words of officers.

Tells how well the structure of a table is read whatever its words: `gold/shapes.py` draws, and the classifiers are
trained without any example that is a head or a name of an officer or is found in the contents. Rules that were changed
for the dev reports still count. Nothing passes or fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import extract, held_out
from benchmarks.gold import shapes, write
from benchmarks.gold.scoring import Tally


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench shapes")
    parser.add_argument("--shape", action="append", choices=shapes.names(), help="only this shape")
    parser.add_argument("--seed", type=int, default=0, help="of the lots: contents, words, items, numbers")
    parser.add_argument("--per-shape", type=int, default=4, help="tables of each shape")
    parser.add_argument("--list-errors", action="store_true", help="every cell that was missed or made up")
    parser.add_argument("--keep", type=Path, help="write the files here, to look at")
    options = parser.parse_args(arguments)
    campaign, left_out = held_out.without(shapes.CAMPAIGN, _met())
    print(f"{len(shapes.sources())} contents, {len(shapes.officers())} officers, {left_out} examples left out")
    print(f"{'shape':<20}{'tables':>8}{'wanted':>8}{'P':>8}{'R':>8}{'F1':>8}")
    total, by_officer = Tally(), {officer.key: Tally() for officer in shapes.officers()}
    with tempfile.TemporaryDirectory(prefix="baocao-shapes-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for shape in options.shape or shapes.names():
            told = Tally()
            for gold in shapes.draw(shape, options.seed, options.per_shape):
                gold.campaign = campaign
                path = folder / gold.content.file
                path.write_bytes(write.write(gold))
                tally = extract.measure(gold, path)
                told.add(tally)
                by_officer[gold.raw["officer"]].add(tally)
                if options.list_errors:
                    _errors(f"{gold.key} {gold.raw['officer']} (contents of {gold.raw['source']})", tally)
            total.add(told)
            _show(shape, told)
    _show("all", total)
    print("\nby officer")
    for key, told in by_officer.items():
        if told.reports:
            _show(key, told)
    return 0


def _met() -> Callable[[str], bool]:
    """Whether an example is a head or a name of an officer, or is found in any content, whichever of them are drawn."""
    words = {
        held_out.plain(text)
        for officer in shapes.officers()
        for text in (officer.subject, *officer.columns.values(), *officer.items.values())
    }
    answers = [text for source in shapes.sources() for cells in source.answers.values() for _, text in cells.values()]
    said = f" {' | '.join(map(held_out.plain, answers))} "
    return lambda example: example in words or f" {example} " in said


def _errors(name: str, tally: Tally) -> None:
    if told := [line for line in tally.errors if line.startswith(("cells", "refused"))]:
        print(f"  {name}")
        print("\n".join(f"    {line}" for line in told))


def _show(name: str, tally: Tally) -> None:
    rates = "".join(f"{rate:>8.3f}" for rate in tally.rates("cells"))
    print(f"{name:<20}{tally.reports:>8}{tally.wanted['cells']:>8}{rates}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
