"""Running text under headings: which of the group's points each stretch answers, or which item and column.

Headings are matched by meaning against the group's own points first, then through what points share with items,
columns and the points of other groups. Text belongs to the nearest heading above it that names something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.understanding.form import Case
from extractors.understanding.ground.folding import fold
from extractors.understanding.ground.headings import (
    BOLD,
    CAPITALS,
    DASH,
    ROMAN,
    Heading,
    heading_of,
    nested,
    renumbered,
    spelled_out,
    split_label,
    with_text_under,
    with_unmarked,
)
from extractors.understanding.ground.lines import Line, Owner, one_line, paragraphs_of
from extractors.understanding.narrative.asking import AGREED, EXPLICIT, NAMES_POINT, WELL, Asked, Asking
from extractors.understanding.narrative.frame import CAPTION, answered_tables, closed, leading, table_titles
from extractors.understanding.narrative.item_columns import columns_of
from extractors.understanding.narrative.outline import Outline, outline_of
from extractors.understanding.narrative.point_evidence import Piece, in_columns, points_told
from extractors.understanding.narrative.point_tables import point_rows
from extractors.understanding.narrative.stretches import Narrative, Stretch

FEW = 4  # words of a label that says no more than a title would
MOST_WORDS = 20  # of a heading that no title of the letter explains


@dataclass(frozen=True, slots=True)
class _Section:
    """What a paragraph answers, by the section it stands in; ``opens``: with this very paragraph."""

    point: str | None
    item: int | None
    column: str | None
    score: float
    depth: int
    opens: bool


class Reader:
    """Reads the free lines of a case for one ``group`` of the campaign (None: nobody's points)."""

    def __init__(self, case: Case, group: str | None, answered: set[int], signature: set[int]) -> None:
        self.case, self.ledger, self.form, self.answered = case, case.ledger, case.form, answered
        self.asking = Asking(case.form, group)
        self.signature = signature
        self.outline = Outline(by_item=False)
        self.column_depths: set[int] = set()
        self.result = Narrative()

    def read(self, free: Sequence[Line]) -> Narrative:
        self._tables()
        answered = answered_tables(self.case)
        cells = in_columns(self.case.flow.tables)
        # what is left of a table that was read is no running text, save a sentence across all its columns
        left = [
            line
            for line in free
            if self.ledger.free(line)
            and (line.table not in answered or (line.key not in cells and len(line.full) > CAPTION))
        ]
        paragraphs = list(paragraphs_of(left))
        texts = [one_line(paragraph) for paragraph in paragraphs]
        headings = nested(renumbered([heading_of(one) or self._copied(one) for one in paragraphs]))
        headings = self._listed(with_text_under(with_unmarked(headings, paragraphs), texts))
        self.outline = outline_of(self.asking, headings, self.answered)
        ended = closed(paragraphs, headings, self.signature)
        titles = table_titles(self.case, paragraphs, headings, answered)
        sections = self._places(headings, ended)
        if self.asking.points:
            pieces = [
                Piece(text, heading, cell=lines[0].key in cells, apart=section is not None or any(aside))
                for text, heading, lines, section, *aside in zip(
                    texts,
                    headings,
                    paragraphs,
                    sections,
                    ended,
                    titles,
                    leading(self.case, texts, headings),
                    strict=True,
                )
            ]
            self._points(pieces, sections)
        default = self._default_column()
        self._columns(texts, paragraphs, headings, sections, default)
        for paragraph, heading, section in zip(paragraphs, headings, sections, strict=True):
            if section is None:
                continue
            if section.opens and heading is not None:
                self._open(section, heading, paragraph, default)
            else:
                self._add(section, paragraph, default)
        return self.result

    def _tables(self) -> None:
        """Tables that ask points in one column and answer them in the next."""
        if not self.asking.points:
            return
        for row in point_rows(self.case, self._asked):
            stretch = self.result.points.setdefault(row.point, Stretch())
            stretch.headings += row.asked
            stretch.lines += row.said
            stretch.confidence = max(stretch.confidence, row.score)
            self.ledger.claim([*row.asked, *row.said], "narrative")

    def _asked(self, questions: Sequence[tuple[Line, str, str]]) -> tuple[list[Asked], list[Asked]]:
        """The points that questions (line, text, answer) name by themselves, and those that they name together."""
        headings = [Heading(line, BOLD, "", split_label(text)[2], said, True) for line, text, said in questions]
        pieces = [Piece(heading.title, heading) for heading in headings]
        told = points_told(self.asking, pieces, alone=True, by_number=False)
        return [self.asking.point(replace(one, rest="")) for one in headings], [(one.point, one.value) for one in told]

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

    # -- what a paragraph answers ------------------------------------------------------------------------------

    def _places(self, headings: Sequence[Heading | None], ended: Sequence[bool]) -> list[_Section | None]:
        """The items and columns that paragraphs answer; None where none does."""
        found: list[_Section | None] = []
        stack: list[_Section] = []
        for heading, ends in zip(headings, ended, strict=True):
            if ends:
                stack = []
            place = self._place(heading, stack) if heading is not None and not ends else None
            if place is not None:
                while stack and stack[-1].depth >= place.depth:
                    stack.pop()
                same = bool(stack) and (stack[-1].item, stack[-1].column) == (place.item, place.column)
                place = replace(place, opens=place.opens and not same)
                stack.append(replace(place, opens=False))
            open_ = place or (stack[-1] if stack else None)
            found.append(open_ if open_ is not None and (open_.item or open_.column) else None)
        return found

    def _place(self, heading: Heading, stack: Sequence[_Section]) -> _Section | None:
        """The item or column that a heading opens, or neither; None when it is text like any other."""
        above = next((section for section in reversed(stack) if section.depth < heading.depth), None)
        beside = bool(stack) and stack[-1].depth == heading.depth and not (heading.label or heading.rest)
        plain = _Section(None, None, None, 0.0, heading.depth, False) if heading.sure or beside else None
        if self.outline.by_item:
            named = self.asking.item(heading)
            if named is not None and named[0] not in self.answered:
                over = above.column if above is not None and above.item is None else None
                return _Section(None, named[0], over, named[1], heading.depth, True)
            if above is not None and above.item is not None:
                if self._leaves_item(heading):
                    return _Section(None, None, None, 0.0, min(heading.depth, ROMAN), False)
                return self._inside_item(heading, above)
        column = self.asking.column(heading) if self.outline.columns and heading.sure else None
        if column is not None and column[0] in self.outline.columns:
            return _Section(None, None, column[0], column[1], heading.depth, False)
        return plain

    def _inside_item(self, heading: Heading, above: _Section) -> _Section | None:
        """A heading under an item's title: it names a column, or only parts the text."""
        column = self.asking.column(heading) or (self.form.column_told(heading.title) if heading.rest else None)
        if column is not None:
            self.column_depths.add(heading.depth)
            return _Section(None, above.item, column[0], column[1], heading.depth, True)
        return replace(above, depth=heading.depth, opens=False) if heading.sure else None

    def _leaves_item(self, heading: Heading) -> bool:
        """Whether a heading that names a column stands over the items, unlike the columns named inside them."""
        if heading.depth not in (BOLD, CAPITALS) or not self.column_depths:
            return False
        return heading.depth not in self.column_depths and self.asking.point(heading)[1] >= 0.6

    def _points(self, pieces: Sequence[Piece], sections: list[_Section | None]) -> None:
        """Fill in the points that paragraphs answer where they answer no item."""
        last: str | None = None
        found = points_told(self.asking, pieces, alone=not self.answered, by_number=self.outline.by_number)
        for at, told in enumerate(found):
            heading = pieces[at].heading
            if told.point is not None and sections[at] is None:
                opens = told.opens or told.point != last
                depth = heading.depth if heading is not None else DASH
                sections[at] = _Section(told.point, None, None, told.value, depth, opens)
            last = told.point

    def _columns(
        self,
        texts: Sequence[str],
        paragraphs: Sequence[list[Line]],
        headings: Sequence[Heading | None],
        sections: list[_Section | None],
        default: str,
    ) -> None:
        """Fill in the columns of plain paragraphs under an item's title that no heading tells."""
        runs: dict[int, list[int]] = {}
        for at, section in enumerate(sections):
            plain = headings[at] is None and all(line.table is None for line in paragraphs[at])
            if section is not None and section.item is not None and section.column is None and plain:
                runs.setdefault(section.item, []).append(at)
        for run in runs.values():
            for at, column in zip(run, columns_of(self.form, [texts[at] for at in run], default), strict=True):
                section = sections[at]
                if section is not None:
                    sections[at] = replace(section, column=column)

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
            heading.sure
            and (_all_title(heading) or self.asking.titles.scores(heading.rest).get(section.point or "", 0.0) > 0.75)
        )
        if stretch.lines and section.point is not None:
            stretch.reopen(heading.depth)
            stretch.lines += paragraph  # a second heading of the same point says what this part is about
        elif not heading.rest and section.score < WELL and len(heading.title.split()) > MOST_WORDS:
            stretch.lines += paragraph  # more than a heading, whatever it begins with
        elif said:
            if self._parts(heading):
                stretch.lines += paragraph[:1]
                stretch.inline[paragraph[0].key] = heading.rest
            else:
                stretch.lines += paragraph  # its words before the colon are part of the sentence
            stretch.opened = heading.depth
        else:
            stretch.headings += paragraph
            stretch.opened = heading.depth

    def _parts(self, heading: Heading) -> bool:
        """Whether the title on the line of an answer is none of its words; "Thứ nhất, về ..." begins its sentence."""
        if spelled_out(heading.label) and not heading.line.bold and f"{heading.title}:" not in heading.line.full:
            return False
        label = heading.sure or len(heading.title.split()) <= FEW
        return label or self.asking.titles.best(heading.title, least=WELL) is not None

    @staticmethod
    def _says(heading: Heading, section: _Section) -> bool:
        """Whether "Nội dung 3: ..." goes on with the answer itself, not with a title."""
        return (
            bool(heading.label and EXPLICIT.match(fold(heading.line.full)))
            and section.score <= AGREED
            and len(heading.title) > 3
        )

    def _add(self, section: _Section, paragraph: list[Line], default: str) -> None:
        stretch = self._stretch(section, default)
        if stretch is None:
            return
        stretch.confidence = max(stretch.confidence, section.score)
        stretch.lines += paragraph
        self.ledger.claim(paragraph, "appendix" if section.item is not None else "narrative")


def _all_title(heading: Heading) -> bool:
    """Whether a bold heading with text under it only adds to its title behind the colon."""
    return heading.line.bold and heading.rest[-1:].isalnum() and len(heading.under) > len(heading.rest) + 1


def read_narrative(
    case: Case, group: str | None, lines: Sequence[Line], answered: set[int], signature: set[int]
) -> Narrative:
    """Points and places that the free ``lines`` answer.

    ``answered`` are items that a table already answers; what follows the ``signature`` (line keys) is another part.
    """
    return Reader(case, group, answered, signature).read(lines)
