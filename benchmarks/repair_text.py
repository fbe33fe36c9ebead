"""The text that repair is measured on: none of it was trained on, and half of it may be looked at while tuning.

Laws come from the held-out blocks of the training text (lines that also stand in the training part are left out),
university regulations from a development set, reports from the gold reports of `benchmarks.gold`. Each source has a
``dev`` half to learn from and a ``test`` half that the tables are printed of.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import importlib
import random
import re
import textwrap
from functools import cache
from pathlib import Path

import spacy.lang

from benchmarks.gold.content import load_all
from normalizers.training import LIKE, held_out, read_lines
from samples.content import Line

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
LAW = CORPORA / "text" / "legal_public_domain.txt.xz"
WIKI = CORPORA / "text" / "viwiki_cc_by_sa.txt.xz"
REGULATIONS = CORPORA / "text" / "dev_university_regulations.txt"
LEAST_MARKED = 0.08  # share of marked letters below which a line is hardly Vietnamese
TAUGHT = 6  # words of a line that, shared with the training text, takes a line out
LONGEST_SHORT = 8  # words of a short line: a heading, a table cell
PROGRAMS = tuple(str(module.__file__) for module in (argparse, difflib, textwrap))
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+")


def _bare(line: str) -> str:
    return " ".join(_WORD.findall(line.lower()))


def _digest(line: str) -> bytes:
    return hashlib.blake2b(line.encode(), digest_size=8).digest()


def half_of(line: str) -> str:
    """The half that a line belongs to, by its digest."""
    return "dev" if _digest(line)[0] < 128 else "test"


@cache
def fresh(path: Path) -> list[str]:
    """Distinct lines of ``path`` that no model was trained on: of a training text, those of its held-out blocks."""
    trained: set[bytes] = set()
    kept: dict[str, None] = {}
    training = path in (LAW, WIKI)
    for number, raw in enumerate(read_lines(path)):
        line = raw.strip()
        if not line or "?" in line:
            continue
        if not training or held_out(number):
            kept[line] = None
        else:
            trained.add(_digest(line))
    return [line for line in kept if _digest(line) not in trained]


def _marked(line: str) -> bool:
    return sum(not c.isascii() for c in line) > LEAST_MARKED * len(line)


def _is_sentence(line: str) -> bool:
    return 40 < len(line) < 400 and 8 <= len(line.split()) <= 60 and _marked(line)


def _is_short(line: str) -> bool:
    words = _WORD.findall(line)
    return 1 < len(words) <= LONGEST_SHORT and len(line) <= 60 and _marked(line)


@cache
def reports(half: str) -> tuple[str, ...]:
    """Every line and cell that the units of the gold reports wrote, and their headings; without the letter's own titles
    and other lines that share a whole line with the text that the model was trained on."""
    taught = [words for line in read_lines(LIKE) if len((words := _bare(line)).split()) >= TAUGHT]
    found: dict[str, str] = {}
    for gold in load_all(half):
        head = gold.raw["letterhead"]
        texts = [*gold.own, *(str(v) for v in head.values() if isinstance(v, str))]
        texts += [block.text for block in gold.blocks if isinstance(block, Line)]
        for text in texts:
            for line in str(text).split("\n"):
                if line.strip() and "?" not in line and "{{" not in line and "**" not in line:
                    tidy, bare = " ".join(line.split()), _bare(line)
                    if any(known in bare or (bare in known and len(bare.split()) >= TAUGHT) for known in taught):
                        continue
                    found.setdefault(_DIGITS.sub("0", tidy), tidy)  # forms are filled with one sentence, other figures
    return tuple(found.values())


def _sample(lines: list[str], count: int, seed: int) -> list[str]:
    return random.Random(seed).sample(lines, min(count, len(lines)))


def sentences(half: str, count: int) -> dict[str, list[str]]:
    """Up to ``count`` sentences of 8 to 60 words from each source."""
    found = {
        "law": [line for line in fresh(LAW) if half_of(line) == half and _is_sentence(line)],
        "regulations": [line for line in fresh(REGULATIONS) if half_of(line) == half and _is_sentence(line)],
        "reports": [line for line in reports(half) if _is_sentence(line)],
    }
    return {name: _sample(lines, count, 11) for name, lines in found.items()}


def short_lines(half: str, count: int) -> dict[str, list[str]]:
    """Up to ``count`` lines of 2 to 8 words from each source: headings, table cells, letterheads."""
    found = {
        "law": [line for line in fresh(LAW) if half_of(line) == half and _is_short(line)],
        "reports": [line for line in reports(half) if _is_short(line)],
    }
    return {name: _sample(lines, count, 12) for name, lines in found.items()}


def clean_lines(count: int) -> list[str]:
    """``count`` lines of clean Vietnamese of any length: laws, encyclopedia, regulations and reports by thirds."""
    # One gold report is written without marks, which is damage: its lines are not clean.
    written = [line for half in ("dev", "test") for line in reports(half) if not line.isascii()]
    rest = [*fresh(REGULATIONS), *written]
    third = count // 3
    spare = third - min(third, len(rest))
    law, wiki = fresh(LAW), fresh(WIKI)
    return [*_sample(law, third + spare // 2, 13), *_sample(wiki, third + spare - spare // 2, 14), *rest[:third]]


@cache
def other_lines() -> dict[str, tuple[str, ...]]:
    """Lines that are no Vietnamese, by where they come from: spaCy's example sentences of every language it knows but
    Vietnamese, invented lines of this project, and program text of Python's own library."""
    root = Path(spacy.lang.__path__[0])
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(root.glob("*/examples.py")):
        if path.parent.name != "vi":
            found[path.parent.name] = tuple(
                importlib.import_module(f"spacy.lang.{path.parent.name}.examples").sentences
            )
    own = (Path(__file__).with_name("foreign_lines.txt")).read_text(encoding="utf-8").splitlines()
    found["invented"] = tuple(line for line in own if not line.startswith("# "))
    code = [line for name in PROGRAMS for line in Path(name).read_text(encoding="utf-8").splitlines() if line.strip()]
    found["program text"] = tuple(dict.fromkeys(code))
    return found
