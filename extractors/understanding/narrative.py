"""Running text under headings: which of the group's points each stretch answers, or which item and column.

Headings are matched by meaning against the group's own points first, then through what points share with items,
columns and the points of other groups. Text belongs to the nearest heading above it that names something.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from campaigns.model import Point
from extractors.understanding.folding import fold
from extractors.understanding.form import Case, leading_number, without_number
from extractors.understanding.headings import BOLD, CAPITALS, DASH, ROMAN, SMALL, Heading, heading_of, split_label
from extractors.understanding.lines import Line, Owner, paragraphs_of
from extractors.understanding.point_tables import point_rows

NAMES_POINT = 0.56
_CLOSING = re.compile(
    r"^.{0,90}\btran trong\b.{0,40}$|^.{0,120}\bbao cao\b.{0,60}\./\.\s*$|"
    r"^\W*(?:tren day la\b|tren day, |noi nhan\b|tran trong|kinh trinh|rat mong|phu luc\b|dinh kem|kem theo)"
)
AGREED = 0.7
# who speaks says nothing about what is asked: "Các đề xuất của quận"
_OWNER = re.compile(
    r"^(?:cac mat|mat|mot so)\s+(?=\w+ \w+)|"
    r"\s+(?:cua|tai|o)\s+(?:(?:nha truong|don vi|dia phuong|co so|phong)|(?:truong|quan|huyen)(?: \w+){0,4})$"
)
_EXPLICIT = re.compile(r"^\W*(?:noi dung|nhiem vu|muc)\s+(?:so\s+)?\d{1,2}\b")


@dataclass(slots=True)
class Stretch:
    """Text of one point or one place of the appendix, with the headings that lead to it."""

    headings: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    inline: dict[int, str] = field(default_factory=dict)
    confidence: float = 0.0
    opened: int | None = None

    def reopen(self, depth: int) -> None:
        """A second heading of the same rank names only a part of the answer, and so did the first: it is kept too."""
        if self.opened == depth:
            self.lines = [*self.headings, *self.lines]
            self.headings = []
            self.inline.clear()
        self.opened = None

    def text(self, rows: Mapping[int, tuple[int, int]]) -> str:
        """The stretch as text, one line a line, table rows as ``a | b``, without a heading's words before its colon.

        ``rows``: line key → (table, row).
        """
        said: list[str] = []
        place = None
        for line in self.lines:
            text = (self.inline.get(line.key) or line.full).strip()
            if not text:
                continue
            if rows.get(line.key) is not None and rows.get(line.key) == place:
                said[-1] += f" | {text}"
            else:
                said.append(text)
            place = rows.get(line.key)
        return "\n".join(said)


@dataclass(slots=True)
class Narrative:
    points: dict[str, Stretch] = field(default_factory=dict)
    places: dict[tuple[int, str], Stretch] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Section:
    """An open heading: its depth and what it was found to ask."""

    depth: int
    point: str | None
    item: int | None
    column: str | None
    score: float
    own: bool


class Reader:
    """Reads the free lines of a case for one ``group`` of the campaign (None: nobody's points)."""

    def __init__(self, case: Case, group: str | None, answered: set[int], signature: set[int]) -> None:
        self.case, self.ledger, self.form, self.answered = case, case.ledger, case.form, answered
        form = case.form
        self.signature = signature
        self.column_depths: set[int] = set()
        self.points: tuple[Point, ...] = form.campaign.groups[group].points if group in form.campaign.groups else ()
        self.titles, self.others = form.points[group if group in form.campaign.groups else None]
        self.foreign = {point.id: point for other in form.campaign.groups.values() for point in other.points}
        self.result = Narrative()

    def read(self, lines: Sequence[Line]) -> Narrative:
        self._tables()
        lines = [line for line in lines if self.ledger.free(line)]
        paragraphs = list(paragraphs_of(lines))
        headings = [heading_of(paragraph) or self._copied(paragraph) for paragraph in paragraphs]
        by_item = self._items_as_headings(headings)
        default = self._default_column()
        stack: list[_Section] = []
        signed = min(self.signature, default=None)
        for paragraph, heading in zip(paragraphs, headings, strict=True):
            if signed is not None and paragraph[0].key > signed:
                stack, signed = [], None
            if _CLOSING.match(fold(paragraph[0].full)) and len(paragraph[0].full) < 400:
                stack = []
                continue
            section = self._section(heading, stack, by_item) if heading else None
            if heading and section:
                while stack and stack[-1].depth >= section.depth:
                    stack.pop()
                opened = not stack or (stack[-1].point, stack[-1].item, stack[-1].column) != (
                    section.point,
                    section.item,
                    section.column,
                )
                stack.append(section)
                if section.own and opened:
                    self._open(section, heading, paragraph, default)
                    continue
            if stack:
                self._add(stack[-1], paragraph, default)
        return self.result

    def _tables(self) -> None:
        """Tables that ask points in one column and answer them in the next."""
        if not self.points:
            return
        for row in point_rows(
            self.case, lambda line, text: self._point(Heading(line, BOLD, "", split_label(text)[2], "", True), False)
        ):
            stretch = self.result.points.setdefault(row.point, Stretch())
            stretch.headings += row.asked
            stretch.lines += row.said
            stretch.confidence = max(stretch.confidence, row.score)
            self.ledger.claim([*row.asked, *row.said], "narrative")

    def _copied(self, paragraph: Sequence[Line]) -> Heading | None:
        """A long heading: the letter's own words for a point or an item, copied whole."""
        depth, label, text = split_label(" ".join(line.full.strip() for line in paragraph))
        if not 60 < len(text) <= 700 or paragraph[0].table is not None:
            return None
        item = label and self.form.items.best(text, least=0.75, margin=0.1)
        if not item and self.titles.best(text, least=0.75, margin=0.1) is None:
            return None
        return Heading(paragraph[0], BOLD if depth is None else depth, label, text, "", True)

    # -- what a heading asks -----------------------------------------------------------------------------------

    def _section(self, heading: Heading, stack: list[_Section], by_item: bool) -> _Section | None:
        """What a heading opens; None when it opens nothing and is text like any other."""
        above = next((section for section in reversed(stack) if section.depth < heading.depth), None)
        if by_item:
            named = self._item(heading)
            if named is not None:
                return _Section(heading.depth, None, named[0], None, named[1], True)
            if above is not None and above.item is not None:
                if not self._leaves_item(heading):
                    return self._inside_item(heading, above)
                heading, above = replace(heading, depth=min(heading.depth, ROMAN)), None
        point, score = self._point(heading, above is not None and above.point is not None)
        if point is not None and self._overrides(heading, point, score, above):
            return _Section(heading.depth, point, None, None, score, True)
        if not heading.sure:
            return None
        if above is not None and (above.point is not None or above.item is not None):
            return replace(above, depth=heading.depth, own=False)
        return _Section(heading.depth, None, None, None, 0.0, False)

    def _inside_item(self, heading: Heading, above: _Section) -> _Section | None:
        """A heading under an item's title: it names a column, or only parts the text."""
        match = self.form.columns.best(heading.title, least=0.6, margin=0.05)
        if match is not None:
            self.column_depths.add(heading.depth)
            return _Section(heading.depth, None, above.item, str(match.key), match.score, True)
        return replace(above, depth=heading.depth, own=False) if heading.sure else None

    def _leaves_item(self, heading: Heading) -> bool:
        """Whether a heading that names a column stands over the items, unlike the columns named inside them."""
        if heading.depth not in (BOLD, CAPITALS) or not self.column_depths:
            return False
        return heading.depth not in self.column_depths and self._point(heading, inside=False)[1] >= 0.6

    def _overrides(self, heading: Heading, point: str, score: float, above: _Section | None) -> bool:
        """Whether a heading inside a section that already answers a point may open another point."""
        if not heading.sure and score < 0.7:
            return False
        if above is None or above.point is None or above.point == point:
            return True
        if heading.depth >= DASH:
            return False
        if heading.depth >= SMALL:
            return score >= 0.8 and above.depth < ROMAN
        return score >= 0.7 and score > above.score - 0.15

    def _point(self, heading: Heading, inside: bool) -> tuple[str | None, float]:
        if not self.points:
            return None, 0.0
        title = _OWNER.sub("", fold(heading.title)).strip()
        best = self.titles.best(heading.title, least=NAMES_POINT, margin=0.04)
        if best is None and title:
            best = self.titles.best(title, least=NAMES_POINT, margin=0.04)
        if best is None and heading.rest and heading.sure:
            best = self.titles.best(f"{heading.title}: {heading.rest}", least=NAMES_POINT + 0.1, margin=0.04)
        if best is not None:
            return str(best.key), best.score
        if heading.depth >= DASH:
            return None, 0.0
        if inside:
            return self._agreed(title) if heading.sure else (None, 0.0)
        return self._through(title)

    def _agreed(self, title: str) -> tuple[str | None, float]:
        """The point that its own title and the column it reports on both point to, though neither is sure alone."""
        own, columns = self.titles.scores(title), self.form.columns.scores(title)
        ranked = sorted(
            (
                (
                    1
                    - (1 - own.get(point.id, 0.0)) * (1 - max((columns.get(c, 0.0) for c in point.columns), default=0)),
                    point.id,
                )
                for point in self.points
            ),
            reverse=True,
        )
        sure = ranked[0][0] >= AGREED and own.get(ranked[0][1], 0.0) > 0.25
        clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= 0.2
        return (ranked[0][1], ranked[0][0]) if sure and clear else (None, 0.0)

    def _through(self, title: str) -> tuple[str | None, float]:
        """The point reached through another group's point, an item or a column that the heading names."""
        found: list[tuple[float, str]] = []
        match = self.others.best(title, least=0.6, margin=0.0)
        if match is not None:
            foreign = self.foreign[str(match.key)]
            for point in self.points:
                if (foreign.items and set(foreign.items) & set(point.items)) or (
                    not foreign.items and foreign.columns and set(foreign.columns) & set(point.columns)
                ):
                    found.append((match.score * 0.85, point.id))
        item = self.form.items.best(without_number(title), least=0.6, margin=0.05)
        if item is not None:
            found += [(item.score * 0.85, point.id) for point in self.points if item.key in point.items]
        column = self.form.columns.best(title, least=0.6, margin=0.05)
        if column is not None:
            found += [(column.score * 0.8, point.id) for point in self.points if column.key in point.columns]
        if not found and match is not None and match.score >= 0.7:
            # what others are asked to report on is, for this group, part of what it did
            broad = max(self.points, key=lambda point: len(point.items))
            if len(broad.items) >= 3:
                found.append((0.6, broad.id))
        if not found:
            return None, 0.0
        score, point_id = max(found)
        rivals = {other for value, other in found if other != point_id and value > score - 0.02}
        return (None, 0.0) if rivals else (point_id, score)

    def _item(self, heading: Heading) -> tuple[int, float] | None:
        text = f"{heading.title}" if not heading.rest or len(heading.title) > 25 else f"{heading.title}: {heading.rest}"
        match = self.form.items.best(without_number(text), least=0.55, margin=0.05)
        explicit = _EXPLICIT.match(fold(heading.line.full))
        if heading.depth >= DASH and not explicit:
            return None
        if match is not None and isinstance(match.key, int):
            return (match.key, match.score) if match.key not in self.answered else None
        number = leading_number(heading.line.full)
        if explicit and number in {item.id for item in self.form.campaign.items} and number not in self.answered:
            return number, 0.6
        return None

    def _items_as_headings(self, headings: Sequence[Heading | None]) -> bool:
        """Whether the text goes through the appendix's items one by one, each under its title."""
        full: set[int] = set()
        named: set[int] = set()
        titles = self.form.item_titles
        for heading in headings:
            if heading is None or not (heading.sure or _EXPLICIT.match(fold(heading.line.full))):
                continue
            found = self._item(heading)
            if found is None:
                continue
            named.add(found[0])
            best = titles.best(without_number(heading.title), least=0.8)
            if best is not None or _EXPLICIT.match(fold(heading.line.full)):
                full.add(found[0])
        return len(full) >= 2 or len(named) >= max(5, len(self.form.campaign.items) // 2)

    def _default_column(self) -> str:
        """The column for text under an item title that names no column: what was done."""
        match = self.form.columns.best("Kết quả thực hiện", least=0.3, margin=0.0)
        return str(match.key) if match else self.form.campaign.columns[0].id

    # -- filing ------------------------------------------------------------------------------------------------

    def _stretch(self, section: _Section, default: str) -> Stretch | None:
        if section.item is not None:
            return self.result.places.setdefault((section.item, section.column or default), Stretch())
        if section.point is not None:
            return self.result.points.setdefault(section.point, Stretch())
        return None

    def _open(self, section: _Section, heading: Heading, paragraph: list[Line], default: str) -> None:
        """A heading of a new stretch: its own words are not part of the answer, what follows its colon is."""
        if section.item is not None and section.column is None and not heading.rest:
            self.ledger.claim(paragraph, "form")
            return
        stretch = self._stretch(section, default)
        if stretch is None:
            return
        stretch.confidence = max(stretch.confidence, section.score)
        owner: Owner = "appendix" if section.item is not None else "narrative"
        self.ledger.claim(paragraph, owner)
        said = heading.rest and not (
            heading.sure and self.titles.scores(heading.rest).get(section.point or "", 0.0) > 0.75
        )
        if stretch.lines and section.point is not None:
            stretch.reopen(heading.depth)
            stretch.lines += paragraph  # a second heading of the same point says what this part is about
        elif said:
            stretch.lines += paragraph[:1]
            stretch.inline[paragraph[0].key] = heading.rest
            stretch.opened = heading.depth
        else:
            stretch.headings += paragraph
            stretch.opened = heading.depth

    def _add(self, section: _Section, paragraph: list[Line], default: str) -> None:
        stretch = self._stretch(section, default)
        if stretch is None:
            return
        stretch.confidence = max(stretch.confidence, section.score)
        stretch.lines += paragraph
        self.ledger.claim(paragraph, "appendix" if section.item is not None else "narrative")


def read_narrative(
    case: Case, group: str | None, lines: Sequence[Line], answered: set[int], signature: set[int]
) -> Narrative:
    """Points and places that the free ``lines`` answer.

    ``answered`` are items that a table already answers; what follows the ``signature`` (line keys) is another part.
    """
    return Reader(case, group, answered, signature).read(lines)
