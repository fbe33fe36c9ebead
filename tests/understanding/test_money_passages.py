"""Sums of passages and answers, in `money_passages.txt` and `money_answers.txt`: how many are found, by lot.

``python -m tests.understanding.test_money_passages`` prints totals and what is wrong, that of test left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.gold.scoring import ratio
from extractors.document import Block
from tests.understanding.builders import head, p, read, table

Sum = tuple[int, str | None]
FILES = ("money_passages.txt", "money_answers.txt")
JUDGED = ("test", "judge")  # nobody reads what is wrong in these
SOURCES = {"b": "budget", "s": "socialised", "u": None}
MARK = re.compile(r"\{\{([bsu]) ([\d.]+): (.*?)\}\}")
USUAL = "# I. Thực trạng chi ngân sách, vận động xã hội hóa"
FLOORS = {"dev": (0.98, 0.98), "test": (0.93, 0.95), "more": (0.98, 0.98), "learn": (0.97, 0.97), "judge": (0.89, 0.89)}
"""Least recall and precision of each lot."""


@dataclass
class Total:
    """Sums that were wanted and told; ``amounts`` right whatever their source; ``errors`` readable lines."""

    wanted: int = 0
    told: int = 0
    right: int = 0
    amounts: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, name: str, want: Counter[Sum], got: Counter[Sum]) -> None:
        self.wanted += want.total()
        self.told += got.total()
        self.right += (want & got).total()
        self.amounts += (_values(want) & _values(got)).total()
        if want != got:
            missed, extra = (", ".join(map(_show, one.elements())) for one in (want - got, got - want))
            self.errors.append(f"{name}: not found {missed or '-'}; nobody wrote {extra or '-'}")

    @property
    def recall(self) -> float:
        return ratio(self.right, self.wanted)

    @property
    def precision(self) -> float:
        return ratio(self.right, self.told)

    def __str__(self) -> str:
        amounts, sources = ratio(self.amounts, self.wanted), ratio(self.right, self.amounts)
        found = f"recall {self.recall:.3f}, precision {self.precision:.3f}"
        return f"{found}, amount right {amounts:.3f}, source right {sources:.3f} ({self.wanted})"


def _values(sums: Counter[Sum]) -> Counter[int]:
    values: Counter[int] = Counter()
    for (value, _), count in sums.items():
        values[value] += count
    return values


def _show(one: Sum) -> str:
    return f"{one[0] / 10**6:g}:{(one[1] or 'u')[0]}"


def passages(lot: str) -> Iterator[tuple[str, list[str]]]:
    """Name and lines of each passage of ``lot``."""
    told = "\n".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in FILES)
    for one in told.split("\n== ")[1:]:
        title, *lines = one.strip().splitlines()
        of, _, name = title.partition(" ")
        if of == lot:
            yield name, lines


def measure(lot: str) -> Total:
    total = Total()
    for name, lines in passages(lot):
        sums = Counter(
            (round(float(value) * 10**6), SOURCES[source]) for line in lines for source, value, _ in MARK.findall(line)
        )
        report = read(*head("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "UBND QUẬN 5"), *_blocks(lines))
        facts = [fact for fact in report.facts if fact.kind == "money" and fact.value]
        total.add(name, sums, Counter((int(fact.value), fact.funding_source) for fact in facts))
    return total


def _blocks(lines: list[str]) -> Iterator[Block]:
    shown = [MARK.sub(lambda found: found[3], line) for line in lines]
    if not shown[0].startswith(("# ", "| STT | Nội dung | Kết quả")):
        shown = [USUAL, *shown]
    rows: list[str] = []
    for line in [*shown, ""]:
        if line.startswith("|"):
            rows.append(line[1:])
            continue
        if rows:
            yield _table([[cell.strip() for cell in row.split("|")] for row in rows])
            rows = []
        if line:
            yield p(line.removeprefix("# "), bold=line.startswith("# "))


def _table(rows: list[list[str]]) -> Block:
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            wide, tall = 1, 1
            while c + wide < len(row) and row[c + wide] == "<":
                wide += 1
            while r + tall < len(rows) and rows[r + tall][c] == "^":
                tall += 1
            if (tall, wide) != (1, 1):
                spans[r, c] = (tall, wide)
    return table([[None if text in ("<", "^") else text for text in row] for row in rows], spans=spans)


@pytest.mark.parametrize("lot", FLOORS)
def test_sums_of_passages(lot: str) -> None:
    total = measure(lot)
    recall, precision = FLOORS[lot]
    listed = "\n".join(total.errors if lot not in JUDGED else ())
    assert total.recall >= recall and total.precision >= precision, f"{lot}: {total}\n{listed}"


if __name__ == "__main__":
    for each in FLOORS:
        result = measure(each)
        print(f"{each}: {result}", *(result.errors if each not in JUDGED else ()), sep="\n")
