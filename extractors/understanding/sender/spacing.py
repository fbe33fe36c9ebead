"""Lines that were spread out: letters apart ("T R Ư Ờ N G   T H P T"), or words far apart to fill a line."""

from __future__ import annotations

import re

LETTERS = 0.8  # share of single letters among the words of a line whose letters stand apart
WIDE = 0.6  # share of wide gaps in a line whose words stand apart; two columns have one
_LEAST = 5  # single letters


def closed_up(text: str) -> str:
    """``text`` as it would be set without the spreading, or as it is where it is not spread."""
    words = text.split()
    single = sum(len(word) == 1 and word.isalpha() for word in words)
    if single >= _LEAST and single >= LETTERS * len(words) and re.search(r"\S\s{2,}\S", text):
        return " ".join("".join(part.split()) for part in re.split(r"\s{2,}", text.strip()))
    if re.fullmatch(r"\s*(?:báo\s+cáo|BÁO\s+CÁO)\s*", text):
        return " ".join(words)
    gaps = re.findall(r"(?<=\S)\s+(?=\S)", text)
    wide = sum(len(gap) > 2 for gap in gaps)
    if len(gaps) >= 2 and wide >= max(2, WIDE * len(gaps)) and all(gap.isspace() and "\t" not in gap for gap in gaps):
        return " ".join(words)
    return text
