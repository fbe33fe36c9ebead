"""Answers of dev reports laid out anew: every shape of ``shapes.yaml`` in the words of its officers.

Contents are those of dev reports of campaign 2542 with at least four items and four columns answered. Which content,
which officer, how many items, which numbers and which column of the officer's own go together is drawn by lot from a
seed. The truth follows from what the layout sets down, as in `forms.py`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import campaigns
from benchmarks.gold import bank, content
from benchmarks.gold.content import Break, Gold
from benchmarks.gold.layouts import LAYOUTS
from benchmarks.gold.layouts.draft import EXTRA, Answers, Draft, Officer, answers
from samples.content import Content, Line

CAMPAIGN = "2542-SGDDT-GDTrH"
LEAST = 4
"""Items and columns that a content answers at least."""
LAST = 223
"""Number of the last report that contents are taken from: the lots stay as they are when reports are added."""


@dataclass(frozen=True)
class Source:
    """A dev report and what it answers."""

    gold: Gold
    answers: Answers


@cache
def _book() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "shapes.yaml").read_text(encoding="utf-8"))
    return held


def names() -> list[str]:
    return list(_book()["shapes"])


@cache
def officers() -> tuple[Officer, ...]:
    """Those of ``shapes.yaml``, the letter's own titles where they have no words of their own."""
    campaign = campaigns.load(CAMPAIGN)
    return tuple(
        Officer(
            key,
            told["subject"],
            {column.id: told["columns"].get(column.id, column.title) for column in campaign.columns},
            {item.id: told["items"].get(item.id, item.title) for item in campaign.items},
        )
        for key, told in _book()["officers"].items()
    )


@cache
def sources() -> tuple[Source, ...]:
    """Answers of long tables are told in sentences, not in the pieces of split columns."""
    found = []
    for gold in content.load_all("dev"):
        late = int(gold.key.partition("-")[0]) > LAST
        if late or gold.campaign.id != CAMPAIGN or gold.raw.get("unaccented"):
            continue
        if gold.raw.get("fill") is not None:
            gold.raw["fill"] = {**gold.raw["fill"], "funds": "sentence", "parts": False}
        held = answers(bank.answers(gold))
        if len(held) >= LEAST and len({column for cells in held.values() for column in cells}) >= LEAST:
            found.append(Source(gold, held))
    return tuple(found)


def draw(shape: str, seed: int, count: int) -> list[Gold]:
    """``count`` drawings of ``shape``, the same for the same seed; officers take turns, contents are drawn by lot."""
    chance = random.Random(f"{seed}/{shape}")
    order = chance.sample(officers(), len(officers()))
    held = chance.sample(sources(), min(count, len(sources())))
    return [
        _one(shape, f"{shape}-{at + 1}", chance, order[at % len(order)], held[at % len(held)]) for at in range(count)
    ]


def _one(shape: str, key: str, chance: random.Random, officer: Officer, source: Source) -> Gold:
    spec = _book()["shapes"][shape]
    gold = _blank(key, shape, source.gold, spec.get("writer", "docx"))
    campaign = gold.campaign
    most = min(spec.get("most", 8), len(source.answers))
    items = sorted(chance.sample(sorted(source.answers), chance.randint(LEAST, most)))
    told = {column for item in items for column in source.answers[item]}
    columns = [column.id for column in campaign.columns if column.id in told]
    blanks = chance.random() < 0.5
    others = [item.id for item in campaign.items if item.id not in source.answers]
    if blanks and others and len(items) < most:
        items = sorted([*items, chance.choice(others)])
    extra: tuple[str, list[str]] = ("", [])
    if chance.random() < 0.3:
        head = chance.choice(list(_book()["extras"]))
        extra = (head, _book()["extras"][head])
        columns.append(EXTRA)
    draft = Draft(
        gold,
        chance,
        officer,
        source.answers,
        items,
        columns,
        blanks,
        lead=chance.choice(("stt", "stt", "joined", "none")),
        running=chance.random() < 0.5,
        extra=extra,
        over=_book()["over"],
        groups=_book()["groups"],
    )
    gold.blocks += [Line("title", "BÁO CÁO"), Line("subtitle", str(gold.content.letterhead.get("subject") or ""))]
    if spec.get("wide"):
        gold.blocks.append(Break("wide"))
    LAYOUTS[shape](draft)
    gold.blocks.append(Break("signature"))
    gold.raw["officer"] = officer.key
    return gold


def _blank(key: str, shape: str, source: Gold, writer: str) -> Gold:
    """A report of the same unit without a body."""
    raw = {name: source.raw[name] for name in ("unit", "group", "letterhead")}
    raw |= {"source": source.key, "layout": {"sign": "right"}}
    told = Content(key=key, file=f"{key}.{writer}", writer=writer, raw=raw)
    return Gold(key, shape, source.half, campaigns.load(CAMPAIGN), told, style=raw["layout"])
