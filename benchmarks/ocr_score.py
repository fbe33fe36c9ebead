"""How well what an OCR engine read matches a truth, whatever order it read the parts of the page in.

The truth comes in blocks (`blocks`). Each is looked for where it fits best in what was read; what it covers there is
taken out before the next is looked for. Only what no block covers depends on nothing: it is counted as ``extra``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec
import numpy as np
from rapidfuzz.distance import Levenshtein

_TAKEN = "\0"
_SAME = str.maketrans({"–": "-", "—": "-", "‐": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "×": "x"})
_MARKABLE = frozenset("aeiouyd")


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of characters; ``marked``: letters that can carry marks and were found, ``right``: with the right ones."""

    length: int = 0
    errors: int = 0
    extra: int = 0
    marked: int = 0
    right: int = 0

    @property
    def cer(self) -> float:
        """Wrong, missing and surplus characters inside the blocks, as a share of the truth."""
        return self.errors / self.length if self.length else 0.0

    @property
    def marks(self) -> float:
        return self.right / self.marked if self.marked else 1.0

    def __add__(self, other: Score) -> Score:
        names = self.__struct_fields__
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})


def total(scores: Iterable[Score]) -> Score:
    return sum(scores, Score())


def flat(text: str) -> str:
    """NFC, one kind of dash and quotation mark, white space as single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_SAME).split())


def blocks(truth: str) -> list[str]:
    """Blocks of a truth file: parted by blank lines."""
    return [flat(block) for block in re.split(r"\n\s*\n", truth) if block.strip()]


def score(found: str, truth: Iterable[str]) -> Score:
    """Compare the text ``found`` with the blocks of ``truth``, longest first."""
    rest = flat(found)
    made = Score()
    for block in sorted(truth, key=len, reverse=True):
        start, end = _best(block, rest)
        made += _compared(rest[start:end], block)
        rest = rest[:start] + _TAKEN + rest[end:]
    return made + Score(extra=sum(letter not in (" ", _TAKEN) for letter in rest))


def _best(block: str, text: str) -> tuple[int, int]:
    """Where ``block`` fits into ``text`` with the fewest edits (semi-global alignment)."""
    end = _ends(block, text)
    length = _ends(block[::-1], text[:end][::-1])
    return end - length, end


def _ends(block: str, text: str) -> int:
    """End of the best fit that may begin anywhere."""
    letters = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    index = np.arange(len(letters) + 1)
    row = np.zeros(len(letters) + 1, np.int64)
    for at, letter in enumerate(block, 1):
        step = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)))
        row = np.minimum.accumulate(np.concatenate(([at], step)) - index) + index
    return int(row.argmin())


def _compared(found: str, truth: str) -> Score:
    bare_found, bare_truth = _bare(found), _bare(truth)
    marked = right = 0
    for part in Levenshtein.opcodes(bare_found, bare_truth):
        if part.tag != "equal":
            continue
        for one, other in zip(
            found[part.src_start : part.src_end], truth[part.dest_start : part.dest_end], strict=True
        ):
            if _bare(other) in _MARKABLE:
                marked += 1
                right += one.lower() == other.lower()
    return Score(length=len(truth), errors=Levenshtein.distance(found, truth), marked=marked, right=right)


def _bare(text: str) -> str:
    """Lower case without marks, letter for letter."""
    return "".join("d" if letter in "đĐ" else unicodedata.normalize("NFD", letter)[0].lower() for letter in text)
