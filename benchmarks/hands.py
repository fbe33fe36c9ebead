"""``./baocao bench hands``: the dev half as if each hand that wrote it were new to the classifiers.

Heads of dev reports stand among the examples that the classifiers learn from, so that the dev half flatters them. Here
the reports of each hand are read by classifiers trained without any example that is also found in those reports. Rules
that were changed for these reports still count for them: a hand that is new altogether fares worse. Nothing passes or
fails.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import extract, held_out
from benchmarks.gold import content, write
from benchmarks.gold.content import Gold
from benchmarks.gold.scoring import Tally, ratio
from campaigns.model import Campaign

CAMPAIGN = "2542-SGDDT-GDTrH"
HANDS = ((112, 131), (132, 165), (166, 176), (177, 187), (188, 199), (200, 211), (212, 223), (224, 235), (236, 247))
"""First and last number of the dev reports of each hand that did not know the program, or meant to be hard on it."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="baocao bench hands")
    parser.add_argument("--first", type=int, default=0, help="only hands from this number of report on")
    options = parser.parse_args(arguments)
    golds = [(int(gold.key.partition("-")[0]), gold) for gold in content.load_all("dev")]
    total = Tally()
    head = (
        "reports",
        "n",
        "left out",
        "head",
        "unit",
        "cells P",
        "R",
        "F1",
        "points P",
        "R",
        "F1",
        "status",
        "money R",
        "P",
    )
    print(f"{head[0]:<10}" + "".join(f"{name:>9}" for name in head[1:]))
    for first, last in HANDS:
        mine = [gold for number, gold in golds if first <= number <= last and gold.campaign.id == CAMPAIGN]
        if first < options.first or not mine:
            continue
        campaign, without = _trained_without(mine)
        tally = _read(mine, campaign)
        total.add(tally)
        _show(f"{first}-{last}", tally, str(without))
    _show("all", total, "")
    return 0


def _trained_without(golds: Sequence[Gold]) -> tuple[Campaign, int]:
    """The campaign, its classifiers trained without what is found in ``golds``, and how many examples were left out."""
    texts = [(content.HERE / "dev" / f"{gold.key}.yaml").read_text(encoding="utf-8") for gold in golds]
    said = " | ".join(map(held_out.plain, texts))
    return held_out.without(CAMPAIGN, lambda words: f" {words} " in said)


def _read(golds: Sequence[Gold], campaign: Campaign) -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="baocao-hands-") as folder:
        for gold in golds:
            path = Path(folder) / gold.content.file
            path.write_bytes(write.write(gold))
            gold.campaign = campaign
            tally.add(extract.measure(gold, path))
    return tally


def _show(name: str, t: Tally, without: str) -> None:
    values = (
        ratio(t.fields_right, t.fields),
        ratio(t.units_right, t.reports),
        *t.rates("cells"),
        *t.rates("points"),
        ratio(t.status_right, t.found["cells"] + t.found["points"]),
        ratio(t.money_right, t.money_wanted),
        ratio(t.money_right, t.money_given),
    )
    print(f"{name:<10}{t.reports:>9}{without:>9}" + "".join(f"{value:>9.3f}" for value in values), flush=True)


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
