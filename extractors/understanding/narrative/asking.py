"""What a heading of running text asks: a point of the unit's group, an item, a column.

Titles are matched first, by meaning; then what points share with items, columns and the points of other groups; at
last the classifier says, where it is sure, what a heading in other words speaks of.
"""

from __future__ import annotations

import re

from campaigns.model import Point
from extractors.understanding.form import Form, leading_number, without_number
from extractors.understanding.ground.folding import fold, words
from extractors.understanding.ground.headings import DASH, SMALL, Heading
from extractors.understanding.ground.matching import Match
from extractors.understanding.narrative.point_topics import BROAD, PointTopics

NAMES_POINT = 0.56
CLAUSE = 0.85  # what a clause that names a point counts of the heading it stands in
_CLAUSE = re.compile(r"[,;]|\s[-–]\s|\bvà\b")
WELL = 0.75  # a title named so well needs no second opinion
AGREED = 0.7
TOLD = 0.75  # probability from which the classifier outweighs a title that is named but not well
ITEM_TOLD = 0.6
# who speaks says nothing about what is asked: "Các đề xuất của quận"
_OWNER = re.compile(
    r"^(?:cac mat|mat|mot so)\s+(?=\w+ \w+)|"
    r"\s+(?:cua|tai|o)\s+(?:(?:nha truong|don vi|dia phuong|co so|phong)|(?:truong|quan|huyen)(?: \w+){0,4})$"
)
# what any part of any report may be called
_GENERIC = frozenset(
    words("báo cáo, nội dung, phần mở đầu, kết luận, chính, cụ thể, tổng hợp, bảng, phụ lục, số liệu, thông tin")
)
OF_ANY = 0.1  # odds that what any report may be called leads to a point
EXPLICIT = re.compile(r"^\W*(?:noi dung|nhiem vu|muc|dau viec|phan viec|hang muc)\s+(?:so\s+)?\d{1,2}\b")

Asked = tuple[str | None, float]
"""A point and its score, or None."""


class Asking:
    """The titles of a campaign as one ``group`` is asked them (None: nobody's points)."""

    def __init__(self, form: Form, group: str | None) -> None:
        self.form = form
        groups = form.campaign.groups
        self.points: tuple[Point, ...] = groups[group].points if group in groups else ()
        self.titles, self.others = form.points[group if group in groups else None]
        self.topics = PointTopics(form, self.points)
        self._foreign = {point.id: point for other in groups.values() for point in other.points}

    def point(self, heading: Heading) -> Asked:
        """The point that ``heading`` asks by its own words and what stands under it."""
        title = _OWNER.sub("", fold(heading.title)).strip()
        if not self.points or set(words(title)) <= _GENERIC:
            return None, 0.0
        named = self._named(heading, title)
        if named is not None and named.score >= WELL:
            return str(named.key), named.score
        bullet = heading.depth >= DASH and not heading.sure
        told, value = (None, 0.0) if bullet or heading.line.table is not None else self._told(heading)
        if told is not None and value >= TOLD and (named is None or self._opens_so(heading, told)):
            return told, 0.45 + 0.45 * value
        if named is not None:
            return (None, 0.0) if self._aside(heading) else (str(named.key), named.score)
        through = (None, 0.0) if bullet else self._through(title)
        if through[0] is None and told is not None:
            return told, 0.45 + 0.45 * value
        return through

    def said(self, heading: Heading, told: Asked) -> dict[str | None, float]:
        """How likely each point (None: none) is by the words of ``heading``; ``told``: what it names."""
        if set(words(heading.title)) <= _GENERIC:
            return {None: 1.0} | {point.id: OF_ANY for point in self.points}
        shares = self.topics.likelihoods(heading.title)
        point, score = told
        return {
            one: (1 - score) * value + (score if one == point and point is not None else 0.0)
            for one, value in shares.items()
        }

    def item(self, heading: Heading) -> tuple[int, float] | None:
        """The item whose title ``heading`` is, with its score."""
        text = f"{heading.title}" if not heading.rest or len(heading.title) > 25 else f"{heading.title}: {heading.rest}"
        explicit = EXPLICIT.match(fold(heading.line.full))
        if heading.depth >= DASH and not explicit:
            return None
        match = self.form.items.best(without_number(text), least=0.55, margin=0.05)
        if match is not None and isinstance(match.key, int):
            return match.key, match.score
        number = leading_number(heading.line.full)
        if explicit and number in {item.id for item in self.form.campaign.items} and not self._chapter(heading):
            return number, 0.6
        if heading.sure and heading.depth < SMALL:
            labels = self.form.topics.of(heading.title)
            best = max(labels, key=lambda label: labels[label], default="")
            if best.startswith("item.") and labels[best] >= ITEM_TOLD:
                return int(best[5:]), 0.45 + 0.3 * labels[best]
        return None

    def _chapter(self, heading: Heading) -> bool:
        """Whether "Mục 2. ..." is a part of any document: it has a title, and that is no item's."""
        title = without_number(heading.title)
        return (
            heading.line.folded.lstrip().startswith("muc")
            and max(self.form.items.scores(title).values(), default=0.0) < 0.5
        )

    def column(self, heading: Heading) -> tuple[str, float] | None:
        match = self.form.columns.best(heading.title, least=0.6, margin=0.05)
        return (str(match.key), match.score) if match is not None else None

    # -- points ------------------------------------------------------------------------------------------------

    def _named(self, heading: Heading, title: str) -> Match | None:
        best = self.titles.best(heading.title, least=NAMES_POINT, margin=0.04)
        if best is None and title:
            best = self.titles.best(title, least=NAMES_POINT, margin=0.04)
        if best is None and heading.sure and heading.depth < SMALL:
            # "PHƯƠNG HƯỚNG 2024-2030, ĐỀ XUẤT": one clause names the point outright
            clauses = [self.titles.best(clause, least=0.9, margin=0.2) for clause in _CLAUSE.split(heading.title)[1:]]
            best = next((Match(found.key, CLAUSE * found.score, found.margin) for found in clauses if found), None)
        if best is None and heading.rest and heading.sure:
            best = self.titles.best(f"{heading.title}: {heading.rest}", least=NAMES_POINT + 0.1, margin=0.04)
        return best

    def _told(self, heading: Heading) -> Asked:
        """What the classifier says of the heading and of what stands under it."""
        return (
            self.topics.best(heading.title, under=heading.under)
            if heading.sure
            else self.topics.best(heading.title, TOLD)
        )

    def _opens_so(self, heading: Heading, point: str) -> bool:
        """Whether a heading of several clauses speaks of ``point`` from the first: "Thanh toán ...; huy động vốn"."""
        first = _CLAUSE.split(heading.title, maxsplit=1)[0]
        return first == heading.title or self.topics.best(first)[0] == point

    def _aside(self, heading: Heading) -> bool:
        """Whether the heading speaks of what no letter asks: "Kết quả tuyển sinh"."""
        return self.form.topics.of(heading.title).get("other", 0.0) >= TOLD

    def _through(self, title: str) -> Asked:
        """The point reached through another group's point, an item or a column that the heading names."""
        found: list[tuple[float, str]] = []
        match = self.others.best(title, least=0.6, margin=0.0)
        if match is not None:
            foreign = self._foreign[str(match.key)]
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
            # a point about a few items asks their column of these alone
            broad = [point for point in self.points if not 0 < len(point.items) < BROAD]
            found += [(column.score * 0.8, point.id) for point in broad if column.key in point.columns]
        if not found and match is not None and match.score >= 0.7:
            # what others are asked to report on is, for this group, part of what it did
            widest = max(self.points, key=lambda point: len(point.items))
            if len(widest.items) >= BROAD:
                found.append((0.6, widest.id))
        if not found:
            return None, 0.0
        score, point_id = max(found)
        rivals = {other for value, other in found if other != point_id and value > score - 0.02}
        return (None, 0.0) if rivals else (point_id, score)
