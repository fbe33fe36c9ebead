"""Answers put together from `bank.yaml`: enough text for long tables, and none shared by the two halves.

``fill`` of a report: ``items`` (default all), ``columns`` (default all), ``seed``, ``blank`` and ``marks`` (shares of
cells left blank or filled with an empty mark), ``long`` (more sentences in results), ``parts: true`` for challenges in
three pieces and ``funds``: ``sentence`` (default), ``named`` (NS/XHH lines, in million đồng) or ``bare`` (two numbers
in million đồng, for split columns). What the report says itself in ``answers`` stands.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks.gold.content import HALVES, Gold

MARKS = (
    "!none Không có",
    "!none Không",
    "-",
    "!none Không phát sinh",
    "!not_yet Chưa thực hiện",
    "!not_yet Chưa triển khai",
    "!not_yet Chưa triển khai thực hiện",
)
SLOT = re.compile(r"\{(n|p|k|nk|tr|ty|full)\}")


@cache
def _bank() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "bank.yaml").read_text(encoding="utf-8"))
    return held


def answers(gold: Gold) -> dict[int, dict[str, Any]]:
    """The report's own answers and what ``fill`` adds, by item and column; the same every time."""
    own: dict[int, dict[str, Any]] = {item: dict(cells or {}) for item, cells in gold.raw.get("answers", {}).items()}
    fill = gold.raw.get("fill")
    if fill is None:
        return own
    half = HALVES.index(gold.half)
    chance = random.Random(f"{gold.key}/{fill.get('seed', 0)}")
    columns = fill.get("columns") or [column.id for column in gold.campaign.columns]
    decks: dict[str, list[Any]] = {}
    for item in fill.get("items") or [asked.id for asked in gold.campaign.items]:
        cells = own.setdefault(item, {})
        for column in columns:
            draw = chance.random()
            if column in cells:
                continue
            if draw < fill.get("blank", 0):
                cells[column] = ""
            elif draw < fill.get("blank", 0) + fill.get("marks", 0):
                cells[column] = _mark(chance, item)
            else:
                cells[column] = _answer(chance, decks, fill, half, item, column)
    return own


def _mark(chance: random.Random, item: int) -> str:
    if item > 1 and chance.random() < 0.3:
        return chance.choice(("!ref nt", f"!ref Như mục {chance.randint(1, item - 1)}", "!ref như trên"))
    return chance.choice(MARKS)


def _answer(
    chance: random.Random, decks: dict[str, list[Any]], fill: dict[str, Any], half: int, item: int, column: str
) -> Any:
    if column == "funding":
        return _funding(chance, fill.get("funds", "sentence"), decks, half)
    if column == "challenges":
        pieces = [_slots(chance, _next(chance, decks, half, name)) for name in ("good", "bad", "cause")]
        if fill.get("parts"):
            return pieces
        lead = ("Thuận lợi: ", "Khó khăn: ", "Nguyên nhân: ")
        style = chance.randrange(3)
        if style == 0:
            return pieces[1]
        if style == 1:
            return f"{lead[1]}{pieces[1]}\n{lead[2]}{pieces[2]}"
        return "\n".join(f"- {a}{b}" for a, b in zip(lead, pieces, strict=True))
    if column in ("results", "development"):
        text = _next(chance, decks, half, f"{column}.{item}")
        if column == "results" and fill.get("long"):
            text = "\n".join([text, *(_next(chance, decks, half, "long") for _ in range(fill["long"]))])
        return _slots(chance, text)
    return _slots(chance, _next(chance, decks, half, column))


def _next(chance: random.Random, decks: dict[str, list[Any]], half: int, name: str) -> str:
    """The next card of a shuffled deck of this half's texts, shuffled anew when it is used up."""
    if not decks.get(name):
        first, _, item = name.partition(".")
        cards = _bank()[first][int(item)] if item else _bank()[first]
        decks[name] = [card for at, card in enumerate(cards) if at % 2 == half]
        chance.shuffle(decks[name])
    return str(decks[name].pop())


def _funding(chance: random.Random, style: str, decks: dict[str, list[Any]], half: int) -> Any:
    budget, social = chance.randint(12, 980) * 10, chance.randint(2, 90) * 5
    if style == "bare":
        shown = [(f"{n:,}".replace(",", "."), n * 1_000_000) for n in (budget, social)]
        pair = [f"{{{{{s} {value}: {text}}}}}" for (text, value), s in zip(shown, "bs", strict=True)]
        return [pair[0], pair[1] if chance.random() < 0.6 else "-"]
    if style == "named":
        return f"NS: {{{{b {budget * 10**6}: {budget}}}}}\nXHH: {{{{s {social * 10**6}: {social}}}}}"
    return _slots(chance, _next(chance, decks, half, "funding"))


def _slots(chance: random.Random, text: str) -> str:
    def fill(found: re.Match[str]) -> str:
        return {
            "n": f"{chance.randint(2, 98):02d}",
            "p": f"{chance.randint(61, 99)},{chance.randint(1, 9)}%",
            "k": f"{chance.randint(1, 9)}.{chance.randint(100, 999)}",
            "nk": str(chance.randint(101, 989)),
        }[found[1]]

    def money(found: re.Match[str]) -> str:
        """``{{b? tr: {} triệu đồng}}``: a sum of so many million, thousand million, or in full."""
        source, kind, shown = found[1], found[2], found[3]
        if kind == "tr":
            n = chance.randint(11, 960)
            return f"{{{{{source} {n * 10**6}: {shown.format(n)}}}}}"
        if kind == "ty":
            n = chance.randint(105, 990)
            return f"{{{{{source} {n * 10**7}: {shown.format(f'{n // 100},{n % 100:02d}')}}}}}"
        n = chance.randint(8500, 995000) * 1000
        return f"{{{{{source} {n}: {shown.format(f'{n:,}'.replace(',', '.'))}}}}}"

    text = re.sub(r"\{\{([bsu]) (tr|ty|full): (.*?\{\}.*?)\}\}", money, text)
    return SLOT.sub(fill, text)
