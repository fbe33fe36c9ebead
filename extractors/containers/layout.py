"""Words on a page to paragraphs in reading order: the same for a PDF's text and for what OCR saw.

Words stand in rows; rows that run in two columns (letterhead, signature block) are read column by column; rows become
paragraphs by indent, spacing, list marks and by whether the next word would still have fitted on the line before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal

import msgspec

from extractors.document import Box, Paragraph, Provenance, Role, Span
from normalizers.rivals import Rival, moved

Align = Literal["left", "center", "right", "justify"]

_MARK = re.compile(
    r"(?:[-–—+•*▪●○■□✓➢\uf0b7\uf0a7\uf02d](?=\s*[^\W\d_])"
    r"|\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)](?=\s|[^\W\d_])|\d{1,2}(?:\.\d{1,2}){1,3}(?=\s)"
    r"|\(?[a-zđ][.)](?=\s)|\(?[ivx]{1,5}[.)](?=\s)|[IVX]{1,5}[.)](?=\s|[^\W\d_])"
    r"|(?:Điều|ĐIỀU|Chương|CHƯƠNG|Mục|MỤC|Phần|PHẦN|Phụ lục|PHỤ LỤC)\s+[\dIVX]+\b)"
)
_ENDED = tuple(".;:!?…")
_RECIPIENTS = re.compile(r"n[ơo]i\s*nh[ậâaạ]n\b", re.I)  # the signature stands beside them


class Word(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stretch of one look without white space, and the white space before it in its row (``gap``)."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    gap: str = " "
    font: str | None = None
    bold: bool = False
    italic: bool = False
    confidence: float | None = None
    rivals: tuple[Rival, ...] = ()  # of its letters, where an engine told
    artifact: bool = False  # marked in the file as a running header or footer


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Words on one line, from left to right; ``size`` is that of most of its letters, ``base`` where they stand."""

    words: tuple[Word, ...]
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float

    @property
    def text(self) -> str:
        return "".join(word.gap + word.text for word in self.words).strip()

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.words)


def row_of(words: Sequence[Word], base: float | None = None) -> Row:
    ordered = sorted(words, key=lambda word: word.x0)
    sizes: dict[float, int] = {}
    for word in ordered:
        sizes[word.size] = sizes.get(word.size, 0) + len(word.text)
    bottom = max(word.bottom for word in ordered)
    return Row(
        words=tuple(ordered),
        x0=ordered[0].x0,
        top=min(word.top for word in ordered),
        x1=max(word.x1 for word in ordered),
        bottom=bottom,
        base=bottom if base is None else base,
        size=max(sizes, key=lambda size: sizes[size]),
    )


class Place(msgspec.Struct, frozen=True):
    """Where paragraphs are: their page, and the block path before ``p[first]``, ``p[first + 1]`` ..."""

    page: int | None = None
    prefix: str = ""
    first: int = 1


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Rows read one under the other between the margins ``left`` and ``right``; ``column``: one of two side by side;
    ``firm``: the right margin is known, not only where the longest row happens to end."""

    rows: tuple[Row, ...]
    left: float
    right: float
    column: bool = False
    firm: bool = True


def paragraphs(
    rows: Sequence[Row],
    place: Place,
    margins: tuple[float, float] | None = None,
    *,
    two_columns: bool = True,
) -> list[Paragraph]:
    """Paragraphs of the rows in reading order; ``margins`` (left, right) where they are known, else the rows' own."""
    left, right = margins or (None, None)
    made: list[Paragraph] = []
    for flow in flows(rows, left, right) if two_columns else [_flow(rows, left, right)]:
        for group in _groups(flow):
            block = f"{place.prefix}p[{place.first + len(made)}]"
            made.append(_paragraph(group, flow, Provenance(page=place.page, bbox=box_of(group), block=block)))
    return made


# --- reading order ------------------------------------------------------------------------------------------------


def flows(rows: Sequence[Row], left: float | None = None, right: float | None = None) -> list[Flow]:
    """Rows in reading order: runs over the full width, and the two columns of every zone that has them."""
    ordered = sorted(rows, key=lambda row: (row.top + row.bottom) / 2)
    found: list[Flow] = []
    single: list[Row] = []
    whole = _flow(ordered, left, right)
    at = 0
    while at < len(ordered):
        zone = _zone(ordered, at, whole)
        if zone is None:
            single.append(ordered[at])
            at += 1
            continue
        end, gutter = zone
        if single:
            found.append(msgspec.structs.replace(whole, rows=tuple(single)))
            single = []
        sides: tuple[list[Row], list[Row]] = ([], [])
        for row in ordered[at:end]:
            for side, words in enumerate(_parted(row, gutter)):
                if words:
                    sides[side].append(row_of(words, row.base))
        found += [msgspec.structs.replace(_flow(side, None, None), column=True) for side in sides]
        at = end
    if single:
        found.append(msgspec.structs.replace(whole, rows=tuple(single)))
    return found


def _flow(rows: Sequence[Row], left: float | None, right: float | None) -> Flow:
    own = margins(rows)
    firm = right is not None or sum(abs(row.x1 - own[1]) < 3 for row in rows) > 2
    return Flow(
        rows=tuple(rows),
        left=own[0] if left is None else left,
        right=own[1] if right is None else right,
        firm=firm,
    )


def margins(rows: Sequence[Row]) -> tuple[float, float]:
    """Left and right text margins: the outermost places where several rows begin or end.

    Single rows reach over them (notes written at the side, rules of underscores) and do not count, unless rows are few.
    """
    if not rows:
        return (0.0, 0.0)
    return (-_shared([-row.x0 for row in rows]), _shared([row.x1 for row in rows]))


def _shared(ends: list[float]) -> float:
    """The largest value that at least a tenth of all, and three, come near to, with hardly any beyond it.

    The largest of all when there is none: that short lines happen to end together makes no margin.
    """
    ordered = sorted(ends, reverse=True)
    wanted = max(3, len(ordered) // 10)
    for index, end in enumerate(ordered[: len(ordered) // 15 + 1]):
        near = ordered[index : index + wanted]
        if len(near) == wanted and end - near[-1] < 8:
            return end
    return ordered[0]


def _parted(row: Row, gutter: float) -> tuple[list[Word], list[Word]]:
    return ([word for word in row.words if word.x0 < gutter], [word for word in row.words if word.x0 >= gutter])


def _zone(rows: Sequence[Row], start: int, whole: Flow) -> tuple[int, float] | None:
    """The end (exclusive) of a two-column zone that begins at ``start`` and the middle of its gutter, or None."""
    row = rows[start]
    at_top = start < 3  # the letterhead's first line may leave hardly a gap between its halves
    least = 0.3 * row.size if at_top else max(12.0, 1.2 * row.size)
    gaps = [(before.x1, after.x0) for before, after in pairwise(row.words) if after.x0 - before.x1 > least]
    if start + 1 < len(rows):
        after = rows[start + 1]
        one, other = sorted((row, after), key=lambda each: each.x0)
        if other.x0 - one.x1 > 12 and after.base - row.base < 0.9 * row.size:
            gaps.append((one.x1, other.x0))
    best: tuple[int, float] | None = None
    for gap in sorted(gaps, key=lambda gap: gap[0] - gap[1]):
        end, gutter = _extent(rows, start, gap, whole)
        if end > start + 1 and (best is None or end > best[0]) and _is_block(rows[start:end], gutter, whole, at_top):
            best = (end, gutter)
    return best


def _extent(rows: Sequence[Row], start: int, gap: tuple[float, float], whole: Flow) -> tuple[int, float]:
    """Follow a gutter down as long as rows leave it free; trailing rows of one side must belong to that side."""
    left, right = gap
    least = min(10.0, right - left - 0.1)
    last: dict[int, Row] = {}
    end = start
    for index in range(start, len(rows)):
        row = rows[index]
        ones, others = _parted(row, (left + right) / 2)
        free = (
            max([left, *(word.x1 for word in ones)]),
            min([right, *(word.x0 for word in others)]),
        )
        if free[1] - free[0] < least or (others and not ones and row.x0 < left):
            break
        sides = [side for side, words in enumerate((ones, others)) if words]
        if index > start:
            above = [last[side] for side in sides if side in last]
            near = min((row.base - one.base for one in above), default=0.0)
            # Only a name under a signature may stand far below what is above it.
            signed = sides == [1] and 1 in last and abs(row.middle - last[1].middle) < 15
            size = max([row.size, *(one.size for one in above)])  # a scanned row of few letters may seem small
            if near > (9.0 if signed or len(sides) == 2 else 2.0) * size:
                break
            if sides == [1] and not signed and _is_centred(row, whole):
                break  # a title over the whole width
        left, right = free
        for side, words in zip(sides, [words for words in (ones, others) if words], strict=True):
            last[side] = row_of(words, row.base)
        end = index + 1
    return end, (left + right) / 2


def _is_block(rows: Sequence[Row], gutter: float, whole: Flow, at_top: bool) -> bool:
    """Whether two columns are set as blocks, not as the columns of a list or of a table without lines."""
    sides: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for row in rows:
        for side, words in zip(sides, _parted(row, gutter), strict=True):
            if words:
                side.append((words[0].x0, words[-1].x1))
    recipients = _RECIPIENTS.match(" ".join(word.text for word in _parted(rows[0], gutter)[0])) is not None
    width = max(whole.right - whole.left, 1.0)
    if any(not side or (max(x1 - x0 for x0, x1 in side) < 0.1 * width and not recipients) for side in sides):
        return False
    parted = [(*_parted(row, gutter), row.size) for row in rows]
    gaps = [(ones[-1].x1, others[0].x0, size) for ones, others, size in parted if ones and others]
    wide = sum(end - start > max(12.0, 1.2 * size) for start, end, size in gaps)
    # At most the letterhead's first line may leave hardly a gap between its halves.
    if len(gaps) - wide > 1 or (not wide and len(gaps) > 0):
        return False
    return recipients or (at_top and wide > 1) or _centred(sides[1]) or _centred(sides[0])


def _centred(lines: list[tuple[float, float]]) -> bool:
    """Lines of clearly different lengths about one axis."""
    if len(lines) < 2 or max(x1 - x0 for x0, x1 in lines) - min(x1 - x0 for x0, x1 in lines) < 12:
        return False
    middles = sorted((x0 + x1) / 2 for x0, x1 in lines)
    off = [abs(middle - median(middles)) for middle in middles]
    return sum(each < 7 for each in off) >= max(2, 0.7 * len(off))


# --- paragraphs ---------------------------------------------------------------------------------------------------


def _groups(flow: Flow) -> Iterable[list[Row]]:
    """Rows of one flow, cut into paragraphs."""
    steps = sorted(b.base - a.base for a, b in pairwise(flow.rows) if b.base > a.base + 1)
    pitch = steps[len(steps) // 4] if steps else 0.0
    group: list[Row] = []
    for row in flow.rows:
        if group and _begins(row, group, flow, pitch):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _is_centred(row: Row, flow: Flow) -> bool:
    return (
        abs(row.middle - (flow.left + flow.right) / 2) < 0.6 * row.size
        and row.x0 > flow.left + row.size
        and row.x1 < flow.right - row.size
    )


def _begins(row: Row, group: list[Row], flow: Flow, pitch: float) -> bool:
    """Whether ``row`` begins a paragraph after ``group``."""
    above = group[-1]
    size = max(row.size, above.size)
    step = row.base - above.base
    text = row.text
    aside = flow.column or above.x0 > flow.left + 0.35 * (flow.right - flow.left)
    ended = above.text.endswith(_ENDED)
    if (
        row.words[0].artifact != above.words[0].artifact
        or abs(row.size - above.size) > 1.6
        or step > 2.2 * size
        or step < 0.3 * size
        or (aside and text.isupper())  # names and titles, one a line: the longest only seems to fill its column
        or _had_room(row, above, flow)
        or (not flow.firm and ended and not text[:1].islower())
        or (_MARK.match(text) and (ended or abs(row.x0 - above.x0) > 4 or row.bold != above.bold))
        or (step > pitch + 0.22 * size and not (text[:1].islower() and step < pitch + 0.8 * size))
    ):
        return True
    shift = row.x0 - above.x0
    if _is_centred(row, flow):
        indented = False
    elif len(group) == 1:
        indented = shift > 0.6 * size and not _MARK.match(above.text)  # else a hanging indent
    else:
        indented = abs(shift) > 0.6 * size and not text[:1].islower()
    return indented


def _had_room(row: Row, above: Row, flow: Flow) -> bool:
    """Whether the line above ended although the next word would have fitted: its paragraph was over."""
    centred, above_centred = _is_centred(row, flow), _is_centred(above, flow)
    if centred and (row.bold != above.bold or not above_centred):
        return True
    if above_centred and not centred and above.x1 < flow.right - above.size:
        return True
    # lines set flush right, one under the other, have their room on the left
    middle = (flow.left + flow.right) / 2
    flush = min(above.x0, row.x0) > middle and min(above.x1, row.x1) > flow.right - above.size
    room = flow.right - flow.left - (above.x1 - above.x0) if centred or flush else flow.right - above.x1
    return row.words[0].x1 - row.words[0].x0 + 0.5 * row.size < room


def _paragraph(rows: list[Row], flow: Flow, where: Provenance) -> Paragraph:
    spans: list[Span] = []
    for row in rows:
        if spans:
            text = spans[-1].text
            # A number or code cut at its hyphen or slash (3249/QĐ-|UBND) goes on without a space.
            if not text.endswith("/") and not re.search(r"\w-$", text):
                spans[-1] = msgspec.structs.replace(spans[-1], text=text + " ")
        spans += _spans(row)
    running = all(word.artifact for row in rows for word in row.words)
    role: Role = "header" if running else "body"
    return Paragraph(spans=tuple(spans), where=where, role=role, align=_alignment(rows, flow))


def _spans(row: Row) -> list[Span]:
    """One span for each look; the first has no gap before it."""
    spans: list[Span] = []
    for index, word in enumerate(row.words):
        gap = word.gap if index else ""
        last = spans[-1] if spans else None
        sure = () if word.confidence is None else (word.confidence,)
        if (
            last is not None
            and bool(last.confidences) == bool(sure)
            and (last.font, last.size, last.bold, last.italic) == (word.font, word.size, word.bold, word.italic)
        ):
            assert last.box is not None
            box = (
                last.box[0],
                min(last.box[1], round(word.top, 2)),
                round(word.x1, 2),
                max(last.box[3], round(word.bottom, 2)),
            )
            spans[-1] = msgspec.structs.replace(
                last,
                text=last.text + gap + word.text,
                box=box,
                confidences=last.confidences + sure,
                rivals=last.rivals + moved(word.rivals, len(last.text) + len(gap)),
            )
        else:
            spans.append(
                Span(
                    text=gap + word.text,
                    font=word.font,
                    size=word.size,
                    bold=word.bold,
                    italic=word.italic,
                    box=(round(word.x0, 2), round(word.top, 2), round(word.x1, 2), round(word.bottom, 2)),
                    confidences=sure,
                    rivals=moved(word.rivals, len(gap)),
                )
            )
    return spans


def _alignment(rows: list[Row], flow: Flow) -> Align:
    if all(_is_centred(row, flow) for row in rows):
        return "center"
    size = rows[0].size
    if all(row.x1 > flow.right - size and row.x0 > (flow.left + flow.right) / 2 for row in rows):
        return "right"
    if len(rows) > 1 and all(row.x1 > flow.right - 0.5 * size for row in rows[:-1]):
        return "justify"
    return "left"


def box_of(parts: Iterable[Row | Word]) -> Box:
    """The box around rows or words, to a hundredth of a point."""
    boxes = [(part.x0, part.top, part.x1, part.bottom) for part in parts]
    return (
        round(min(box[0] for box in boxes), 2),
        round(min(box[1] for box in boxes), 2),
        round(max(box[2] for box in boxes), 2),
        round(max(box[3] for box in boxes), 2),
    )
