"""What a unit changed from one version of its report to the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

import msgspec

from campaigns.model import Campaign, Unit
from consolidation.collecting import UnitAnswers
from storage import Repository
from storage.records import ReportRecord, StoredAnswer

Kind = Literal["added", "removed", "changed"]
Place = tuple[str, int | None, str | None, str | None]  # kind, item, column, point

_MAX_WORDS = 4_000  # comparing two texts takes the product of their lengths; beyond this both are shown whole
_WORD = re.compile(r"\S+")


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One place that differs between two versions that follow each other.

    ``before`` and ``after`` hold the whole text; ``words`` the runs of words that differ, ``(was, is)``, either of them
    empty where words came or went. ``words`` is empty where one side is.
    """

    unit: Unit
    older: ReportRecord
    newer: ReportRecord
    place: Place
    kind: Kind
    before: str
    after: str
    words: tuple[tuple[str, str], ...] = ()


def revisions(repository: Repository, campaign: Campaign, sent: UnitAnswers) -> Iterator[Revision]:
    """Newest pair first, places in the order of the letter; reviewers' corrections count as what a version says.

    The appendix is compared between versions that have one, the narrative likewise: a loose appendix sent after the
    report takes nothing back.
    """
    if sent.unit is None or sent.reports is None or len(sent.reports.versions) < 2:
        return
    versions = sent.reports.versions
    content = {report.id: _texts(repository.answers(report.id)) for report in versions}
    pairs = [
        (older, newer, kind)
        for kind, those in (
            ("appendix", [report for report in versions if report.has_appendix]),
            ("point", [report for report in versions if report.has_narrative]),
        )
        for newer, older in pairwise(those)
    ]
    pairs.sort(key=lambda pair: versions.index(pair[1]))  # stable: the appendix comes before the narrative
    order = _Order(campaign)
    for older, newer, kind in pairs:
        was, now = content[older.id], content[newer.id]
        for place in sorted({place for place in (*was, *now) if place[0] == kind}, key=order):
            before, after = was.get(place, ""), now.get(place, "")
            if _bare(before) == _bare(after):
                continue
            yield Revision(
                unit=sent.unit,
                older=older,
                newer=newer,
                place=place,
                kind="changed" if before and after else "added" if after else "removed",
                before=before,
                after=after,
                words=differing(before, after) if before and after else (),
            )


def differing(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The runs of words that differ; the whole texts where they are too long to compare."""
    was, now = _WORD.findall(before), _WORD.findall(after)
    if len(was) + len(now) > _MAX_WORDS:
        return ((before, after),)
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    return tuple(
        (" ".join(was[a:b]), " ".join(now[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    )


def _texts(answers: Iterator[StoredAnswer]) -> dict[Place, str]:
    """What a report says at each place; "none" and "not yet" are words of the unit too."""
    found: dict[Place, list[str]] = defaultdict(list)
    for one in answers:
        if one.text.strip():
            found[one.kind, one.item, one.column, one.point].append(one.text)
    return {place: "\n".join(texts) for place, texts in found.items()}


def _bare(text: str) -> str:
    """Blanks, line ends and final stops are no change of content."""
    return " ".join(text.split()).rstrip(" .;,").casefold()


class _Order:
    """Places as the letter lists them."""

    def __init__(self, campaign: Campaign) -> None:
        self._columns = _numbered([column.id for column in campaign.columns])
        self._points = _numbered([point.id for group in campaign.groups.values() for point in group.points])

    def __call__(self, place: Place) -> tuple[int, int, int]:
        _, item, column, point = place
        return item or 0, self._columns.get(column or "", 99), self._points.get(point or "", 99)


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: n for n, name in enumerate(names)}
