"""Row numbers of a scanned table: a figure alone in its cell is easily misread, but the rows count themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_NUMBER = re.compile(r"(\d{1,3})([.)]?)$")
_LONGEST = 3  # characters of a misread number
_LEAST = 3  # rows read as they must be


def counted(texts: Sequence[str | None]) -> list[str | None]:
    """What stands in the cells of a column, top to bottom, with misread numbers put right.

    ``texts``: what was read; empty where there is ink that could not be read, None where there is none. A cell of
    words (a heading, a band over the table) ends a run of numbers. A run that starts anew in its middle is left alone.
    """
    made = list(texts)
    run: list[int] = []
    for at, text in enumerate([*texts, "end of the column"]):
        if text is None:
            continue
        if len(text) > _LONGEST and not _NUMBER.match(text):
            _count(run, made)
            run = []
        else:
            run.append(at)
    return made


def _count(run: list[int], made: list[str | None]) -> None:
    while run and not _NUMBER.match(made[run[0]] or "") and _is_label(made[run[0]] or ""):
        run = run[1:]  # TT, A, I: the head of the column or of a part
    found = [_NUMBER.match(made[at] or "") for at in run]
    values = [int(match[1]) if match else None for match in found]
    offsets = [value - place for place, value in enumerate(values) if value is not None]
    if not offsets:
        return
    offset = max(set(offsets), key=offsets.count)
    right = offsets.count(offset)
    if right < max(_LEAST, 0.5 * len(run)) or offset < 1:
        return
    wrong = [place for place, value in enumerate(values) if value != place + offset]
    pairs = pairwise(wrong)
    if any(b == a + 1 and values[a] is not None and values[b] == (values[a] or 0) + 1 for a, b in pairs):
        return  # a second run of numbers
    sign = max((match[2] for match in found if match), key=[match[2] for match in found if match].count)
    for place in wrong:
        made[run[place]] = f"{place + offset}{sign}"


def _is_label(text: str) -> bool:
    return sum(letter.isalpha() and letter.isupper() for letter in text) >= 1 and text.isalpha()
