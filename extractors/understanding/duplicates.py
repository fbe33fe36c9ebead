"""Text that is in the file twice: a damaged copy of a page, a page scanned twice, the campaign's own letter attached.

Only copies that cannot be an answer are taken out: a stretch that is damaged where its twin is clean, or a whole page
again. Units do repeat themselves from one cell to the next; that stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.understanding.form import Form
from extractors.understanding.ground.folding import fold, letters
from extractors.understanding.ground.lines import Flow, Line, weight

LOST = "?\ufffd"
SHORTEST = 90  # letters; shorter agreement may be chance or quotation
PAGE_SHORTEST = 400
ALONE = 150  # letters beside the letter's own that still make no report
_SEED = 12
_SHINGLE = 5


@dataclass(frozen=True, slots=True)
class Stream:
    """Folded letters, digits and lost letters of some lines, each with the line and offset it came from."""

    text: str
    at: tuple[tuple[int, int], ...]


def stream(lines: Sequence[Line]) -> Stream:
    """The letters of ``lines`` in order, each run of lost-letter marks as one ``?``."""
    chars: list[str] = []
    at: list[tuple[int, int]] = []
    for line in lines:
        run = False  # a run of marks may stand for one letter
        for offset, char in enumerate(fold(line.text)):
            lost = char in LOST
            if char.isalnum() or (lost and not run):
                chars.append("?" if lost else char)
                at.append((line.key, offset))
            run = lost
    return Stream("".join(chars), tuple(at))


def damaged_copies(flow: Flow, damaged: frozenset[tuple[int | None, str]]) -> dict[int, list[tuple[int, int]]]:
    """Stretches to cut: line key → (start, end) ranges of its text that repeat clean text elsewhere in the file.

    ``damaged``: pages and block paths whose text was repaired; a copy may be damaged no longer when we see it.
    """
    suspects = _suspects(flow.lines, damaged)
    if not suspects:
        return {}
    keys = {line.key for run in suspects for line in run}
    clean = stream([line for line in flow.lines if line.key not in keys])
    if len(clean.text) < SHORTEST:
        return {}
    index: dict[str, list[int]] = defaultdict(list)
    for at in range(len(clean.text) - _SEED + 1):
        index[clean.text[at : at + _SEED]].append(at)
    cuts: dict[int, list[tuple[int, int]]] = {}
    for run in suspects:
        bad = stream(run)
        for start, end in _copies(bad.text, clean.text, index):
            for key, (low, high) in _ranges(bad, start, end).items():
                cuts.setdefault(key, []).append((low, high))
    return {key: _widened(flow.lines[key], ranges) for key, ranges in cuts.items()}


def _suspects(lines: Sequence[Line], damaged: frozenset[tuple[int | None, str]]) -> list[list[Line]]:
    """Runs of neighbouring lines with lost or repaired letters."""
    runs: list[list[Line]] = []
    last = -10
    for line in lines:
        if line.blank:
            continue
        lost = len(re.findall(r"(?<=\w) ?[?\ufffd]|[?\ufffd](?= ?\w)", line.text))
        if lost >= 2 or ((line.where.page, line.where.block) in damaged and len(line.text) > 3):
            if runs and line.key - last <= 4:
                runs[-1].append(line)
            else:
                runs.append([line])
            last = line.key
        elif runs and line.key - last <= 2 and len(line.text) < 30:
            runs[-1].append(line)
    return runs


def _copies(bad: str, clean: str, index: dict[str, list[int]]) -> list[tuple[int, int]]:
    """(start, end) stretches of ``bad`` that agree with ``clean``, lost letters standing for one to three letters."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(bad) - 6:
        best: tuple[int, int] | None = None
        for start in _starts(bad, clean, index, at):
            length = _agree(bad, clean, at, start)
            if best is None or length > best[0]:
                best = (length, start)
        if best and best[0] >= SHORTEST:
            found.append((at, at + best[0]))
            at += best[0]
        else:
            at += 1
    return found


def _starts(bad: str, clean: str, index: dict[str, list[int]], at: int) -> list[int]:
    """Places in ``clean`` where the stretch of ``bad`` at ``at`` may begin."""
    seed = bad[at : at + _SEED]
    if "?" not in seed:
        return index.get(seed, [])[:20]
    if seed[0] == "?":
        return []
    pattern = re.escape(bad[at : at + 24]).replace(r"\?", ".{1,3}")
    if len(bad[at : at + 24].replace("?", "")) < 14:
        return []
    return [match.start() for match in re.finditer(pattern, clean)][:20]


def _agree(bad: str, clean: str, at: int, start: int) -> int:
    """How many letters of ``bad`` from ``at`` agree with ``clean`` from ``start``; a few misread are forgiven."""
    i, j, wrong, good = at, start, 0.0, at
    while i < len(bad) and j < len(clean):
        if bad[i] == clean[j]:
            i, j = i + 1, j + 1
            wrong = max(0.0, wrong - 0.06)
            good = i if wrong < 1.5 else good
            continue
        if bad[i] == "?":
            rest = bad[i + 1 : i + 5]
            step = next((k for k in (1, 2, 3) if _alike(rest, clean[j + k : j + k + 4])), 1)
            i, j = i + 1, j + step
            continue
        wrong += 1
        if wrong > 4:
            break
        move = next(
            (
                (a, b)
                for a, b in ((1, 1), (1, 0), (0, 1), (2, 2), (2, 0), (0, 2))
                if _alike(bad[i + a : i + a + 5], clean[j + b : j + b + 5])
            ),
            None,
        )
        if move is None:
            break
        i, j = i + move[0], j + move[1]
    return good - at


def _alike(a: str, b: str) -> bool:
    return all(x in (y, "?") for x, y in zip(a, b, strict=False)) and abs(len(a) - len(b)) <= 1


def _ranges(bad: Stream, start: int, end: int) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for key, offset in bad.at[start:end]:
        low, high = found.get(key, (offset, offset + 1))
        found[key] = (min(low, offset), max(high, offset + 1))
    return found


def _widened(line: Line, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges grown over the spaces and marks around them; a remainder of a few letters goes with them."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and weight(line.text[merged[-1][1] : start]) <= 12:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    wide = []
    for start, end in merged:
        low = 0 if len(letters(line.text[:start])) <= 4 else start
        high = len(line.text) if len(letters(line.text[end:])) <= 12 else end
        wide.append((low, high))
    return wide


def repeated_pages(flow: Flow) -> set[int]:
    """Keys of lines on a page that is, letter for letter, an earlier page again."""
    pages: dict[int, list[Line]] = defaultdict(list)
    for line in flow.lines:
        if line.page is not None and not line.blank:
            pages[line.page].append(line)
    seen: dict[str, int] = {}
    out: set[int] = set()
    for number, lines in sorted(pages.items()):
        text = re.sub(r"\d{1,3}$", "", letters(" ".join(line.full for line in lines if len(line.full.strip()) > 3)))
        if len(text) < PAGE_SHORTEST:
            continue
        if text in seen:
            out |= {line.key for line in lines}
        seen.setdefault(text, number)
    return out


# -- the letter itself -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attached:
    """Lines of the campaign's own letter in the file; ``alone``: hardly anything else was sent."""

    keys: frozenset[int]
    alone: bool


def attached_letter(flow: Flow, form: Form, removed: set[int]) -> Attached | None:
    """The letter's own lines, when the file holds the letter and does not merely quote it; None otherwise.

    What a report may copy (titles of items, columns and points; legal grounds) does not prove the letter; its requests,
    addressees and other groups' points do.
    """
    letter = known_letter(form)
    lines = [line for line in flow.lines if not line.blank and line.key not in removed]
    if not letter.known.runs:
        return None
    hits = {line.key: _coverage(_WORDS.findall(line.folded), letter.known) for line in lines}
    if letter.head:
        copied = [line for line in lines if hits[line.key] >= 0.8 and len(line.full) > 30]
        proof = sum(
            len(letters(line.full)) for line in copied if _coverage(_WORDS.findall(line.folded), letter.common) < 0.5
        )
        if proof < max(250, 0.35 * letter.own):
            return None
    elif not _several_groups(lines, form):
        return None
    return _extent(lines, hits, letter.known, letter.head)


@dataclass(frozen=True, slots=True)
class Shingles:
    """The five-word ``runs`` of some texts; ``joined``: all of them as one text, to look for shorter ones."""

    runs: frozenset[str]
    joined: str


@dataclass(frozen=True, slots=True)
class KnownLetter:
    """A campaign's letter: all it says, what a report may quote (``common``), the letters of the rest (``own``).

    ``head``: the letters of what stands before its addressees; empty when the campaign does not hold its text.
    """

    known: Shingles
    common: Shingles
    own: int
    head: str


def known_letter(form: Form) -> KnownLetter:
    return _known_letter(form.campaign.letter_text.strip(), tuple(_quotable(form)))


@lru_cache(maxsize=8)
def _known_letter(text: str, quotable: tuple[str, ...]) -> KnownLetter:
    if not text:
        return KnownLetter(_shingles(quotable), _shingles(()), 0, "")
    common = _shingles([*quotable, *[part for part in text.split("\n") if re.match(r"^\W*can cu", fold(part))]])
    own = sum(
        len(letters(part)) for part in text.split("\n") if len(part) > 30 and _coverage(_words(part), common) < 0.5
    )
    return KnownLetter(_shingles([text]), common, own, letters(re.split(r"(?i)kính gửi", text)[0]))


def _quotable(form: Form) -> list[str]:
    campaign = form.campaign
    return [
        *[item.title for item in campaign.items],
        *[column.title for column in campaign.columns],
        *[point.title for group in campaign.groups.values() for point in group.points],
        campaign.letter.subject,
    ]


def _several_groups(lines: Sequence[Line], form: Form) -> bool:
    """Whether the points of two groups or more stand one after another with nothing said between them."""
    text = letters(" ".join(line.full for line in lines))
    told = 0
    for group in form.campaign.groups.values():
        found = [letters(point.title) in text for point in group.points if len(letters(point.title)) > 25]
        told += bool(found) and sum(found) >= 0.8 * len(found)
    return told >= 2


def _extent(lines: Sequence[Line], hits: dict[int, float], known: Shingles, head: str) -> Attached | None:
    """The run of lines that is the letter: dense in copied lines, its short lines (dates, names) included.

    ``head``: the letters of what the letter says before its addressees. The run begins with that or with a long line,
    for a short one (a title, a name) may as well close the report before it.
    """
    scored = [(line, (1.0 if hits[line.key] >= 0.8 else -1.0) * min(len(letters(line.full)), 120)) for line in lines]
    best, low, high = 0.0, 0, -1
    total, start = 0.0, 0
    for at, (_, value) in enumerate(scored):
        if total <= 0:
            total, start = 0.0, at
        total += value
        if total > best:
            best, low, high = total, start, at
    if high < 0:
        return None
    while low < high and _short(scored[low][0]) and not _of_head(scored[low][0], head):
        low += 1
    while low > 0 and (_of_head(scored[low - 1][0], head) or _long_echo(scored[low - 1][0], known)):
        low -= 1
    run = [line for line, _ in scored[low : high + 1]]
    keys = {
        line.key
        for line in run
        if hits[line.key] >= 0.5 or len(letters(line.full)) <= 45 or _coverage(_words(line.full), known) > 0.3
    }
    rest = sum(len(letters(line.full)) for line in lines if line.key not in keys and hits[line.key] < 0.5)
    return Attached(frozenset(keys), rest < ALONE)


def _short(line: Line) -> bool:
    return len(_words(line.full)) < _SHINGLE


def _of_head(line: Line, head: str) -> bool:
    """Whether a line stands in the letter's head; its number and date may be blank there and filled in here."""
    text = letters(line.full)
    return (len(text) >= 6 and text in head) or (bool(text) and re.sub(r"\d", "", text) in re.sub(r"\d", "", head))


def _long_echo(line: Line, known: Shingles) -> bool:
    return not _short(line) and len(_words(line.full)) <= 12 and _coverage(_words(line.full), known) > 0.5


_WORDS = re.compile(r"[a-z0-9]+")


def _words(text: str) -> list[str]:
    return _WORDS.findall(fold(text))


def _shingles(texts: Sequence[str]) -> Shingles:
    found: set[str] = set()
    for text in texts:
        words = _words(text)
        found |= {" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)) if words}
    return Shingles(frozenset(found), f" {' | '.join(sorted(found))} ")


def _coverage(words: Sequence[str], known: Shingles) -> float:
    """Share of the five-word runs of ``words`` that are known; fewer than five count when they stand whole."""
    if not words:
        return 0.0
    if len(words) < _SHINGLE:
        return 0.8 if len(words) >= 2 and f" {' '.join(words)} " in known.joined else 0.0
    runs = [" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)]
    return sum(run in known.runs for run in runs) / len(runs)
