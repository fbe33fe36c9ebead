"""Running text under headings: which of the group's points each stretch answers, or which item and column.

Headings are matched by meaning against the group's own points first, then through what points share with items,
columns and the points of other groups. Text belongs to the nearest heading above it that names something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.understanding.asking import AGREED, EXPLICIT, NAMES_POINT, WELL, Asked, Asking
from extractors.understanding.folding import fold
from extractors.understanding.form import Case, leading_number
from extractors.understanding.headings import (
    BOLD,
    CAPITALS,
    DASH,
    ROMAN,
    SMALL,
    Heading,
    heading_of,
    nested,
    renumbered,
    split_label,
    with_text_under,
)
from extractors.understanding.lines import Line, Owner, one_line, paragraphs_of
from extractors.understanding.outline import Outline, outline_of
from extractors.understanding.placing import placed_headings
from extractors.understanding.point_tables import point_rows
from extractors.understanding.stretches import Narrative, Stretch
from extractors.understanding.unheaded import unheaded_points

_CLOSING = re.compile(
    r"^.{0,90}\btran trong\b.{0,40}$|^.{0,120}\bbao cao\b.{0,60}\./\.\s*$|"
    r"^\W*(?:tren day la\b|tren day, |noi nhan\b|tran trong|kinh trinh|rat mong|phu luc\b|dinh kem|kem theo)"
)

MOST_WORDS = 20  # of a heading that no title of the letter explains


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
        self.asking = Asking(case.form, group)
        self.signature = signature
        self.outline = Outline(by_item=False)
        self.placed: dict[int, Asked] = {}
        self.column_depths: set[int] = set()
        self.result = Narrative()

    def read(self, lines: Sequence[Line]) -> Narrative:
        self._tables()
        lines = [line for line in lines if self.ledger.free(line)]
        paragraphs = list(paragraphs_of(lines))
        headings = [heading_of(paragraph) or self._copied(paragraph) for paragraph in paragraphs]
        headings = nested(renumbered(headings))
        headings = with_text_under(headings, [one_line(paragraph) for paragraph in paragraphs])
        headings = self._listed(headings)
        self.outline = outline_of(self.asking, headings, self.answered)
        self.placed = placed_headings(self.asking, headings) if self.asking.points else {}
        default = self._default_column()
        stack: list[_Section] = []
        signed = min(self.signature, default=None)
        for paragraph, heading in zip(paragraphs, headings, strict=True):
            if signed is not None and paragraph[0].key > signed:
                stack, signed = [], None
            if _CLOSING.match(fold(paragraph[0].full)) and len(paragraph[0].full) < 400:
                stack = []
                continue
            section = self._section(heading, stack) if heading else None
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
        if not (self.result.points or self.result.places or self.answered):
            self._unheaded(paragraphs)
        return self.result

    def _unheaded(self, paragraphs: Sequence[list[Line]]) -> None:
        """Points told one after another without a heading."""
        plain = [
            paragraph
            for paragraph in paragraphs
            if self.ledger.free(paragraph[0]) and not _CLOSING.match(fold(paragraph[0].full))
        ]
        for point, value, lines in unheaded_points(plain, self.asking.topics):
            stretch = self.result.points.setdefault(point, Stretch())
            stretch.lines += lines
            stretch.confidence = max(stretch.confidence, 0.7 * value)
            self.ledger.claim(lines, "narrative")

    def _tables(self) -> None:
        """Tables that ask points in one column and answer them in the next."""
        if not self.asking.points:
            return
        for row in point_rows(
            self.case,
            lambda line, text: self.asking.point(Heading(line, BOLD, "", split_label(text)[2], "", True)),
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
        if not item and self.asking.titles.best(text, least=0.75, margin=0.1) is None:
            return None
        return Heading(paragraph[0], BOLD if depth is None else depth, label, text, "", True)

    def _listed(self, headings: Sequence[Heading | None]) -> list[Heading | None]:
        """``headings`` where a list "- Kinh phí: ...", "- Hạn chế: ..." that names several points is headings."""
        listed = [
            heading
            for heading in headings
            if heading is not None and heading.depth == DASH and heading.label and heading.rest
        ]
        found = [match for heading in listed if (match := self.asking.titles.best(heading.title, least=NAMES_POINT))]
        if len({match.key for match in found}) < 2 or 3 * len(found) < len(listed):
            return list(headings)
        return [
            replace(heading, sure=True) if heading is not None and any(heading is one for one in listed) else heading
            for heading in headings
        ]

    # -- what a heading asks -----------------------------------------------------------------------------------

    def _section(self, heading: Heading, stack: list[_Section]) -> _Section | None:  # noqa: PLR0911
        """What a heading opens; None when it opens nothing and is text like any other."""
        above = next((section for section in reversed(stack) if section.depth < heading.depth), None)
        if self.outline.by_number and EXPLICIT.match(fold(heading.line.full)):
            number = leading_number(heading.line.full) or 0
            return _Section(heading.depth, self.asking.points[number - 1].id, None, None, AGREED, True)
        if self.outline.by_item:
            named = self.asking.item(heading)
            if named is not None and named[0] not in self.answered:
                over = above.column if above is not None and above.item is None else None
                return _Section(heading.depth, None, named[0], over, named[1], True)
            if above is not None and above.item is not None:
                if not self._leaves_item(heading):
                    return self._inside_item(heading, above)
                heading, above = replace(heading, depth=min(heading.depth, ROMAN)), None
        column = self.asking.column(heading) if self.outline.columns and heading.sure else None
        if column is not None and column[0] in self.outline.columns:
            return _Section(heading.depth, None, None, column[0], column[1], False)
        after = next((point for point in reversed(self.result.points)), None)
        point, score = self.asking.point(
            heading, above.score if above is not None and above.point is not None else 0.0, after
        )
        if point is None:
            point, score = self.placed.get(heading.line.key, (None, 0.0))
        if point is not None and self._overrides(heading, point, score, above):
            return _Section(heading.depth, point, None, None, score, True)
        if not heading.sure:
            return None
        if above is not None and (above.point is not None or above.item is not None):
            return replace(above, depth=heading.depth, own=False)
        return _Section(heading.depth, None, None, None, 0.0, False)

    def _inside_item(self, heading: Heading, above: _Section) -> _Section | None:
        """A heading under an item's title: it names a column, or only parts the text."""
        column = self.asking.column(heading)
        if column is not None:
            self.column_depths.add(heading.depth)
            return _Section(heading.depth, None, above.item, column[0], column[1], True)
        return replace(above, depth=heading.depth, own=False) if heading.sure else None

    def _leaves_item(self, heading: Heading) -> bool:
        """Whether a heading that names a column stands over the items, unlike the columns named inside them."""
        if heading.depth not in (BOLD, CAPITALS) or not self.column_depths:
            return False
        return heading.depth not in self.column_depths and self.asking.point(heading)[1] >= 0.6

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
        if not heading.rest and not heading.under and self._says(heading, section):
            heading = replace(heading, title="", rest=heading.title)
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
            heading.sure and self.asking.titles.scores(heading.rest).get(section.point or "", 0.0) > 0.75
        )
        if stretch.lines and section.point is not None:
            stretch.reopen(heading.depth)
            stretch.lines += paragraph  # a second heading of the same point says what this part is about
        elif not heading.rest and section.score < WELL and len(heading.title.split()) > MOST_WORDS:
            stretch.lines += paragraph  # more than a heading, whatever it begins with
        elif said:
            stretch.lines += paragraph[:1]
            stretch.inline[paragraph[0].key] = heading.rest
            stretch.opened = heading.depth
        else:
            stretch.headings += paragraph
            stretch.opened = heading.depth

    @staticmethod
    def _says(heading: Heading, section: _Section) -> bool:
        """Whether "Nội dung 3: ..." goes on with the answer itself, not with a title."""
        return bool(EXPLICIT.match(fold(heading.line.full))) and section.score <= AGREED and len(heading.title) > 3

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
