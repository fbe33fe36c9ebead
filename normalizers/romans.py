"""Roman numerals of headings that an OCR engine misread (``HI.``, ``II.`` for ``III.``, a lost ``I``): put in order.

Engines see strokes of capitals side by side and count them badly. Headings count themselves: a label that is off its
place in the row of labels before and after it is given the number of that place, when it looks enough like it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from normalizers.plan import Change

_NUMERALS = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X",
    "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX",
)  # fmt: skip
_SEEN = r"[IVXHLUTJMNĨÌÍlitrjf1!|\]\[/\\]{0,6}"
# A label with its full stop before a heading, or alone on its line (a cell of a table's first column).
_OPENS = r"(?= ?(?:[^\W\d_a-zđ]|[(“\"–-]))"
_LABEL = re.compile(
    rf"^(?:(?P<label>{_SEEN})[.,]{_OPENS}|(?P<undotted>(?=[IV]*[HL])[IVHL]{{2,5}})(?= [^\W\d_a-zđ])"
    r"|(?P<alone>[IVXHLUl|]{1,5})$|(?P<number>\d{1,2})[.)])",
    re.MULTILINE,
)

_ONE = frozenset(("I", "l", "L", "|", "J", "i"))
_LIKE_I = "lJTÌÍĨir1!|][/\\jtfL"  # one stroke
_STROKES = {"H": "II", "U": "II", "N": "II", "M": "III"}
_FOOT = 1.2  # cost of an L at the end, into which the full stop and the stroke before it run together
_PAIR = 1.6  # cost of an H among other strokes that was one
_INVENTED = 3.5  # cost of a stroke that is seen and not there; one that is there and not seen is likelier
_RESTART = 2.0  # cost of a row of headings that begins anew
_LATE = 4.5  # cost of a first row that begins with another number: the page before is missing, or a heading was lost
_SKIP = 5.0  # cost of a number left out, or said twice
_STRAY = 3.5  # cost of a label that belongs to no row
_LONG = 3  # headings of a row of which none need have been read as it is
_MOST = 2.6  # dearest reading of a label
_FAR = 1e9


class _Label(NamedTuple):
    start: int
    end: int
    seen: str
    costs: dict[int, float]  # of each numeral (from 1) that it may be
    undotted: bool  # its full stop is missing


def changes(text: str) -> list[Change]:
    """The misread labels of a text, one heading a line."""
    matches = list(_LABEL.finditer(text))
    found = [_figure(match) for match, after in pairwise(matches) if _is_first(match, after)]
    firsts = {change.start for change in found}
    labels = [label for match in matches if match.start() not in firsts and (label := _read(match)) is not None]
    for label, number in zip(labels, _ordered(labels), strict=True):
        if number is None or label.seen == _NUMERALS[number - 1]:
            continue
        found.append(
            Change(
                start=label.start,
                end=label.end,
                kind="ocr_numeral",
                original=label.seen,
                replacement=_NUMERALS[number - 1] + "." * label.undotted,
                confidence=0.97,
            )
        )
    return sorted(found, key=lambda change: change.start)


def _is_first(match: re.Match[str], after: re.Match[str]) -> bool:
    """Whether a stroke is the figure 1: the next label is the figure 2."""
    return after["number"] == "2" and match["label"] is not None and match["label"] in _ONE


def _figure(match: re.Match[str]) -> Change:
    start, end = match.span("label")
    return Change(start=start, end=end, kind="ocr_numeral", original=match["label"], replacement="1", confidence=0.95)


def _read(match: re.Match[str]) -> _Label | None:
    group = next(name for name in ("label", "undotted", "alone", "number") if match[name] is not None)
    seen = match[group]
    if seen.isdigit():
        return None
    costs = {number: cost for number, numeral in enumerate(_NUMERALS, 1) if (cost := _cost(seen, numeral)) <= _MOST}
    return _Label(match.start(group), match.end(group), seen, costs, group == "undotted") if costs else None


def _cost(seen: str, true: str) -> float:
    """How unlikely ``true`` is to be seen as ``seen``: edits between them, where strokes are cheap to mistake."""
    if seen == true:
        return 0.0
    rows = [[_FAR] * (len(true) + 1) for _ in range(len(seen) + 1)]
    rows[0][0] = 0.0
    for i in range(len(seen) + 1):
        for j in range(len(true) + 1):
            here = rows[i][j]
            if i < len(seen) and j < len(true):
                rows[i + 1][j + 1] = min(rows[i + 1][j + 1], here + _letter(seen[i], true[j], len(seen) > 1))
            if i < len(seen):
                strokes = _STROKES.get(seen[i], "")
                if strokes and true.startswith(strokes, j):
                    rows[i + 1][j + len(strokes)] = min(rows[i + 1][j + len(strokes)], here + 0.4)
                foot = seen[i] == "L" and 0 < i == len(seen) - 1
                rows[i + 1][j] = min(rows[i + 1][j], here + (_FOOT if foot else _INVENTED))
            if j < len(true):
                rows[i][j + 1] = min(
                    rows[i][j + 1], here + (0.9 if true[j] == "I" and true[j + 1 : j + 2] in ("", "I") else 2.4)
                )
    return rows[-1][-1] + 0.2


def _letter(seen: str, true: str, among: bool) -> float:
    """Cost of one letter for one; ``among``: others stand beside it."""
    if seen == true:
        return 0.0
    if true == "I" and seen in _LIKE_I:
        return 0.3
    if true == "I" and seen in _STROKES:
        return _PAIR if among else _INVENTED
    if true == "V" and seen in "YUv":
        return 0.8
    return 2.2


def _ordered(labels: list[_Label]) -> list[int | None]:
    """The number of each label in the cheapest rows of headings; None for labels of no row."""
    # (number reached, 0 before any row) → cost, and the numbers so far
    states: dict[int, tuple[float, list[int | None]]] = {0: (0.0, [])}
    for label in labels:
        following: dict[int, tuple[float, list[int | None]]] = {}
        for reached, (cost, path) in states.items():
            options: list[tuple[int, float, int | None]] = [(reached, cost + _STRAY, None)]
            for number, dear in label.costs.items():
                late = _LATE if reached == 0 else _SKIP
                step = 0.0 if number == reached + 1 else _RESTART if number == 1 else late
                options.append((number, cost + dear + step, number))
            for state, total, taken in options:
                if state not in following or total < following[state][0]:
                    following[state] = (total, [*path, taken])
        states = following
    best = min(states.values(), key=lambda each: each[0], default=(0.0, []))[1]
    return _supported(best, labels)


def _supported(numbers: list[int | None], labels: list[_Label]) -> list[int | None]:
    """New numbers stand only in a row of which a label was read as it is, or that is long and begins with I."""
    rows: list[list[int]] = []
    for at, number in enumerate(numbers):
        if number is None:
            continue
        if rows and number == (numbers[rows[-1][-1]] or 0) + 1:
            rows[-1].append(at)
        else:
            rows.append([at])

    def stands(row: list[int]) -> bool:
        whole = len(row) >= _LONG and numbers[row[0]] == 1
        return whole or any(labels[at].seen == _NUMERALS[(numbers[at] or 1) - 1] for at in row)

    kept = [at for row in rows if stands(row) for at in row]
    return [number if at in kept else None for at, number in enumerate(numbers)]
