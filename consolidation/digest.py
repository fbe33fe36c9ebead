"""What the Word report shows of the answers: for every place of the appendix and every point, who said what."""

from __future__ import annotations

from collections import Counter, defaultdict

import msgspec

from campaigns.model import Campaign
from consolidation.collecting import UnitAnswers, unconfirmed
from consolidation.topic_sheets import where
from consolidation.words import UNKNOWN_UNIT, pages
from storage.records import StoredAnswer

ENTRIES = 3000  # in one appendix of the report; a longer one no one reads, and Word opens slowly
LONGEST = 900  # letters of one answer

Place = tuple[int, str] | str
"""Item and column of the appendix, or the id of a narrative point."""


class Entry(msgspec.Struct, kw_only=True):
    """The same words of one or several units, with the source of each; ``unsure``: not confirmed by anyone."""

    units: list[str]
    sources: list[str]
    text: str
    unsure: bool


class Digest:
    """Fed a unit at a time; memory grows with what is shown, not with what is stored."""

    def __init__(self, campaign: Campaign) -> None:
        places = len(campaign.items) * len(campaign.columns)
        points = sum(len(group.points) for group in campaign.groups.values())
        self._room = {"appendix": max(8, ENTRIES // max(1, places)), "point": max(8, ENTRIES // max(1, points))}
        self._entries: dict[Place, dict[str, Entry]] = defaultdict(dict)
        self.left_out: Counter[Place] = Counter()
        self.statuses: Counter[tuple[Place, str]] = Counter()
        self._named: dict[tuple[Place, str], list[str]] = defaultdict(list)
        self.unsure = 0

    def add(self, sent: UnitAnswers) -> None:
        name = sent.unit.name if sent.unit else UNKNOWN_UNIT
        for answer in (*sent.appendix, *sent.narrative):
            place = _place(answer)
            self.statuses[place, answer.status] += 1
            doubtful = unconfirmed(answer)
            self.unsure += doubtful
            if answer.status == "answered":
                source = where(sent.report(answer.report_id).name, pages(answer.provenance))
                entry = Entry(units=[name], sources=[source], text=_shorten(answer.text), unsure=doubtful)
                self._add(place, self._room[answer.kind], " ".join(answer.text.casefold().split()), entry)
            elif answer.status != "no_answer":
                named = self._named[place, answer.status]
                if len(named) < self._room[answer.kind]:
                    named.append(name)

    def _add(self, place: Place, room: int, key: str, new: Entry) -> None:
        """``key``: answers with the same one are one entry."""
        entries = self._entries[place]
        known = entries.get(key)
        if known is not None and len(known.units) < room:
            known.units += new.units
            known.sources += new.sources
            known.unsure |= new.unsure
        elif known is None and len(entries) < room:
            entries[key] = new
        else:
            self.left_out[place] += 1

    def entries(self, place: Place) -> list[Entry]:
        return list(self._entries[place].values()) if place in self._entries else []

    def named(self, place: Place, status: str) -> tuple[list[str], int]:
        """Units with this status at the place, and how many more there are."""
        names = self._named.get((place, status), [])
        return names, self.statuses[place, status] - len(names)


def _place(answer: StoredAnswer) -> Place:
    return (answer.item or 0, answer.column or "") if answer.kind == "appendix" else answer.point or ""


def _shorten(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " […]"
