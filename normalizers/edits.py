"""Building plans: grouping small substitutions into words, and chaining the plans of successive steps."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from normalizers.plan import Change, Repaired, apply_plan


class Edit(msgspec.Struct, frozen=True):
    """``text[start:end]`` is to become ``replacement``; a building block of a `Change`."""

    start: int
    end: int
    replacement: str


def by_words(text: str, edits: Iterable[Edit], kind: str, confidence: float) -> list[Change]:
    """Edits (ordered, apart) as changes of whole words, a word being a stretch without blank, tab or newline."""
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        start, end = edit.start, edit.end
        if groups and start < groups[-1][1] and end <= groups[-1][1]:
            groups[-1][2].append(edit)
            continue
        floor = groups[-1][1] if groups else 0
        while start > floor and text[start - 1] not in " \t\n\r":
            start -= 1
        while end < len(text) and text[end] not in " \t\n\r":
            end += 1
        if groups and start <= groups[-1][1] and groups[-1][1] > edit.start:
            first, _, members = groups[-1]
            groups[-1] = (first, max(end, groups[-1][1]), [*members, edit])
        else:
            groups.append((start, end, [edit]))
    changes = []
    for start, end, members in groups:
        pieces: list[str] = []
        at = start
        for edit in members:
            pieces += text[at : edit.start], edit.replacement
            at = edit.end
        pieces.append(text[at:end])
        original, replacement = text[start:end], "".join(pieces)
        if original != replacement:
            changes.append(
                Change(
                    start=start, end=end, kind=kind, original=original, replacement=replacement, confidence=confidence
                )
            )
    return changes


def stretch(before: str, after: str, kind: str, confidence: float, offset: int = 0) -> list[Change]:
    """``before`` → ``after`` as one change of whole words, from the first that differs to the last."""
    if before == after:
        return []
    low, top = 0, min(len(before), len(after))
    while low < top and before[low] == after[low]:
        low += 1
    while low > 0 and before[low - 1] not in " \t":
        low -= 1
    tail = 0
    while tail < top - low and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    while tail > 0 and before[len(before) - tail] not in " \t":
        tail -= 1
    end = len(before) - tail
    return [
        Change(
            start=offset + low, end=offset + end, kind=kind, original=before[low:end],
            replacement=after[low : len(after) - tail], confidence=confidence,
        )
    ]  # fmt: skip


def moved(changes: Iterable[Change], by: int) -> list[Change]:
    """The changes with their places shifted."""
    return [msgspec.structs.replace(c, start=c.start + by, end=c.end + by) for c in changes] if by else list(changes)


def chain(raw: str, first: tuple[Change, ...], second: tuple[Change, ...]) -> tuple[Change, ...]:
    """One plan on ``raw`` that does what ``first`` and then ``second`` (made for ``first``'s result) do."""
    if not first:
        return second
    if not second:
        return first
    # Places of the first plan's changes in the middle text.
    placed: list[tuple[int, int, Change]] = []
    shift = 0
    for change in first:
        start = change.start + shift
        placed.append((start, start + len(change.replacement), change))
        shift += len(change.replacement) - (change.end - change.start)
    middle = apply_plan(raw, first)
    out: list[Change] = []
    i = 0
    shift = 0  # middle offset − raw offset after the changes before i
    at = 0
    while at < len(second) or i < len(placed):
        if at == len(second) or (
            i < len(placed) and placed[i][1] <= second[at].start and not _touch(placed[i], second[at])
        ):
            out.append(placed[i][2])
            shift += len(placed[i][2].replacement) - (placed[i][2].end - placed[i][2].start)
            i += 1
            continue
        # Merge second[at] with every first change and further second change that overlaps it.
        low, high = second[at].start, second[at].end
        inner, outer = [], [second[at]]
        at += 1
        before = shift
        while True:
            if i < len(placed) and placed[i][0] < max(high, low + 1) and _touch(placed[i], (low, high)):
                low, high = min(low, placed[i][0]), max(high, placed[i][1])
                inner.append(placed[i][2])
                shift += len(placed[i][2].replacement) - (placed[i][2].end - placed[i][2].start)
                i += 1
            elif at < len(second) and second[at].start < high:
                high = max(high, second[at].end)
                outer.append(second[at])
                at += 1
            else:
                break
        start, end = low - before, high - shift
        text = middle[low:high]
        replacement = apply_plan(text, moved(outer, -low))
        original = raw[start:end]
        if original == replacement:
            continue
        doubtful = min([*inner, *outer], key=lambda c: c.confidence)
        chief = outer[0] if not inner else min(inner + outer, key=lambda c: (c.confidence, c.kind))
        alternatives = (
            outer[0].alternatives if len(outer) == 1 and low == outer[0].start and high == outer[0].end else ()
        )
        out.append(
            Change(
                start=start, end=end, kind=chief.kind, original=original, replacement=replacement,
                confidence=doubtful.confidence, alternatives=alternatives,
            )
        )  # fmt: skip
    return tuple(out)


def _touch(placed: tuple[int, int, Change], other: Change | tuple[int, int]) -> bool:
    start, end = other if isinstance(other, tuple) else (other.start, other.end)
    low, high, _ = placed
    if low == high or start == end:  # an empty side touches only strictly inside, or at the same place
        return (start < low < end) or (low < start < high) or (low == start and high == end)
    return low < end and start < high


def then(repaired: Repaired, raw: str, changes: Iterable[Change]) -> Repaired:
    """``repaired`` (of ``raw``) with further ``changes`` of its text."""
    second = tuple(changes)
    if not second:
        return repaired
    return Repaired(apply_plan(repaired.text, second), chain(raw, repaired.plan, second))
