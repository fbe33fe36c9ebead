"""The money of all units: what overlaps between units is set aside, what is left adds up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from campaigns.model import Campaign, Unit
from consolidation.figures import OPEN, Figure, money
from consolidation.lexicon import Phrases, lexicon, plain
from extractors.report import FundingSource

SOURCES: tuple[FundingSource | None, ...] = ("budget", "socialised", None)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Sums in đồng of the figures counted under one heading. ``aside``: what a person may still have to add;
    ``spread``: what the total would grow by if ranges were counted at their upper end."""

    budget: int = 0
    socialised: int = 0
    unsplit: int = 0
    units: int = 0
    aside: int = 0
    doubtful: int = 0
    spread: int = 0

    @property
    def total(self) -> int:
        return self.budget + self.socialised + self.unsplit

    @property
    def upper(self) -> int:
        return self.total + self.spread


def across_units(campaign: Campaign, figures: Sequence[Figure]) -> list[Figure]:
    """Set aside what may hold money that another unit has reported as well.

    A unit whose group ``covers`` others (a district) is compared with the units of those groups on its ground: an
    amount for the same item and source is not added to theirs. A unit without a ground of its own (an office) is only
    compared where its sentence speaks of many units.
    """
    many = Phrases(lexicon().money.many_units)
    covered = _ground(figures)
    done = []
    for one in figures:
        covers = campaign.groups[one.unit.group].covers if one.unit and one.unit.group in campaign.groups else ()
        if one.state not in ("counted", "unreconciled") or not covers or one.value == 0:
            done.append(one)
            continue
        assert one.unit is not None
        if one.state == "unreconciled" and one.unit.district is not None:
            done.append(one)  # is aside already, and its own appendix tells more
            continue
        if one.unit.district is None and not many.first(plain(one.sentence)):
            done.append(one)
            continue
        others = [
            other
            for group in covers
            for other in covered.get((group, one.unit.district), ())
            if _same_purpose(one, other)
        ]
        if not others:
            done.append(one)
            continue
        names = list(dict.fromkeys(other.unit.name for other in others if other.unit))
        shown = ", ".join(names[:3]) + (f" và {len(names) - 3} đơn vị khác" if len(names) > 3 else "")
        note = f"{shown} cùng địa bàn đã báo cáo {money(sum(o.value for o in others))} đồng cho nội dung này"
        if one.unit.district is None:
            note = f"{len(names)} đơn vị đã báo cáo riêng {money(sum(o.value for o in others))} đồng"
        done.append(
            msgspec.structs.replace(
                one, state="other_units", doubtful=True, note="; ".join(filter(None, (one.note, note)))
            )
        )
    return done


def _ground(figures: Iterable[Figure]) -> dict[tuple[str, str | None], list[Figure]]:
    """Counted figures by group and district, and by group alone under None."""
    found: dict[tuple[str, str | None], list[Figure]] = defaultdict(list)
    for one in figures:
        if one.state == "counted" and one.unit is not None and one.value:
            found[one.unit.group, None].append(one)
            if one.unit.district is not None:
                found[one.unit.group, one.unit.district].append(one)
    return found


def _same_purpose(one: Figure, other: Figure) -> bool:
    item = one.item is None or other.item is None or one.item == other.item
    source = one.source is None or other.source is None or one.source == other.source
    return item and source


def add_up(figures: Iterable[Figure]) -> Line:
    """One line of sums; every counted figure once."""
    sums: Counter[FundingSource | None] = Counter()
    units: set[str] = set()
    aside = doubtful = spread = 0
    for one in figures:
        doubtful += one.doubtful
        if one.state == "counted":
            sums[one.source] += one.value
            if one.upper is not None:
                spread += one.upper - one.value
            if one.value:
                units.add(unit_key(one.unit, one.report.id))
        elif one.state in OPEN:
            aside += one.value
    return Line(
        budget=sums["budget"],
        socialised=sums["socialised"],
        unsplit=sums[None],
        units=len(units),
        aside=aside,
        doubtful=doubtful,
        spread=spread,
    )


def unit_key(unit: Unit | None, report_id: int) -> str:
    return unit.id if unit else f"?{report_id}"
