"""Which registered unit sent the report, from everything that names it; silence rather than a guess.

Each place where a name was seen adds to its candidate; a unit is named only when it is sure and leads.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from extractors.report import Letterhead, UnitCandidate, UnitMatch
from extractors.understanding.ground.folding import fold, tidy
from extractors.understanding.sender.short_names import initials, only_misread, run_together, same_marks, shortened
from extractors.understanding.sender.unit_names import (
    CITY,
    LEVELS,
    OWN_WORDS,
    SCHOOLS,
    STRONG_KINDS,
    Name,
    Registry,
    core_of,
    plain,
)

SURE = 0.62
LEAD = 0.12
MISREAD = 70  # per cent of letters alike from which a place may be the city's name misread
ALIKE = 4  # letters of a misread name that can still be told from another; "1" and "2" cannot
LEAST_ALIKE = 0.86  # share of letters of a misread name
OPEN = 0.55  # the most belief where the letters make another name
OTHER_MARKS = 0.8  # what is left of belief where a name has other marks, a mark of its own, another level
DOUBTED = 0.78  # the most belief in a unit whose name was read with other letters
BARE = 0.6  # belief in a file name that holds the name of a school and not what it is
GLUED = 8  # letters of a name that can be known where its words run together
_SYMBOL = re.compile(r"(thcs\W?thpt|thpt|thcs|gdtx|pgd|gddt)\W*([a-z]{2,6})?")


@dataclass(slots=True)
class _Votes:
    """Belief in each unit: 1 - Π(1 - weight·score) over the places that name it."""

    doubt: dict[str, float] = field(default_factory=dict)
    issuer: set[str] = field(default_factory=set)

    def add(self, unit: str, value: float) -> None:
        self.doubt[unit] = self.doubt.get(unit, 1.0) * (1 - min(value, 0.98))

    def ranked(self) -> list[tuple[str, float]]:
        return sorted(((unit, 1 - doubt) for unit, doubt in self.doubt.items()), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What names the sender. ``opening``: who reports by the first sentences; ``labelled``: text after "Đơn vị:";
    ``signature``: lines of the signature block and of the digital signature; ``symbol``: of a number left blank.
    """

    letterhead: Letterhead
    symbol: str = ""
    file_name: str = ""
    opening: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()


def match_unit(registry: Registry, evidence: Evidence) -> UnitMatch:
    """The unit that ``evidence`` names; its ``id`` is None when no candidate is sure, or two are alike."""
    letterhead, file_name, labelled = evidence.letterhead, evidence.file_name, evidence.labelled
    votes = _Votes()
    issuer, parent = plain(letterhead.issuer or ""), plain(letterhead.parent or "")
    places = fold(letterhead.place or "")
    _vote_issuer(registry, votes, letterhead)
    for text in labelled:
        _vote_text(registry, votes, text, 0.9)
    for text in evidence.signature:
        _vote_text(registry, votes, text, 0.66)
    _vote_text(registry, votes, re.sub(r"\.\w{2,4}$", "", file_name), 0.68, glued=True)
    for text in evidence.opening:
        _vote_text(registry, votes, text, 0.55 if issuer else 0.7)
    _vote_symbol(registry, votes, letterhead.number or evidence.symbol)
    units = {unit.id: unit for unit in registry.units}
    elsewhere = _of_another_province(registry, parent)
    if (core_of(issuer) and not votes.issuer) or elsewhere:
        # The letterhead names somebody else, whom the registry does not know, or an authority of another province.
        votes.doubt = {unit: 1 - 0.55 * (1 - doubt) for unit, doubt in votes.doubt.items()}
    for unit, value in votes.ranked()[:5]:
        district = fold(units[unit].district or "")
        if district and places and (district.endswith(places) or places in district) and value > 0.2:
            votes.add(unit, 0.1)
    ranked = votes.ranked()
    candidates = tuple(
        UnitCandidate(id=unit, name=units[unit].name, group=units[unit].group, confidence=round(value, 3))
        for unit, value in ranked[:5]
        if value >= 0.15
    )
    if ranked:
        best, value = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        if value >= SURE and value - second >= LEAD:
            sure = round(min(0.99, value * (1 - 0.25 * max(0.0, second - 0.3))), 3)
            return UnitMatch(
                id=best, name=units[best].name, group=units[best].group, confidence=sure, candidates=candidates
            )
    group = _group(registry, issuer or next((plain(text) for text in (*labelled, file_name) if text), ""), parent)
    if group is None and candidates and len({candidate.group for candidate in candidates[:3]}) == 1:
        group = candidates[0].group
    return UnitMatch(group=group, confidence=candidates[0].confidence if candidates else 0.0, candidates=candidates)


def _of_another_province(registry: Registry, parent: str) -> bool:
    """Whether the parent is an authority of a province that no unit of the campaign belongs to."""
    if re.search(r"\btinh\b", parent):
        return not any("tinh" in name.text.split() for name in registry.names)
    # the registry's own city is left out of plain names: whatever else a department names is another place
    place = core_of(parent)
    own = fuzz.ratio(place, CITY) >= MISREAD or any(place in fold(unit.district or "") for unit in registry.units)
    return "sgd" in parent.split() and len(place) >= ALIKE and not own


def _vote_issuer(registry: Registry, votes: _Votes, letterhead: Letterhead) -> None:
    issuer, parent = plain(letterhead.issuer or ""), plain(letterhead.parent or "")
    if not issuer:
        return
    texts = [(issuer, tidy(letterhead.issuer or "").lower())]
    named = bool(core_of(issuer))
    if not named:
        # "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO" under "UBND QUẬN 5": the parent says which
        own = " ".join(word for word in parent.split() if word != "ubnd")
        texts.append((f"{issuer} {own}", tidy(f"{letterhead.issuer} {letterhead.parent or ''}").lower()))
    for text, said in texts:
        for unit, value in _named_in_issuer(registry, text, said).items():
            votes.add(unit, value)
            votes.issuer.add(unit)
    core = core_of(issuer)
    if not votes.issuer and len(core) >= ALIKE:
        kinds = frozenset(issuer.split()) & STRONG_KINDS
        alike: dict[str, float] = {}
        for name in registry.names:
            if name.core and (not kinds or kinds & name.kinds):  # a place that is named like a school is no school
                value = _alike(issuer, parent, name)
                alike[name.unit.id] = max(alike.get(name.unit.id, 0.0), value)
        for unit, value in alike.items():
            if value:
                votes.add(unit, value)
                votes.issuer.add(unit)


def _alike(issuer: str, parent: str, name: Name) -> float:
    """Belief that the issuer's line is ``name`` written short or with other letters; 0 where they are not alike.

    The university over a school is part of its name: "Trung học Thực hành ĐHSP".
    """
    said, own = core_of(issuer).split(), name.core.split()
    whole = [*_own(issuer), *_own(parent)] if "dai hoc" in parent else []
    if shortened(_own(issuer), _own(name.text)) or shortened(_own(name.text), whole) or initials(said, _own(name.text)):
        return DOUBTED
    alike = fuzz.ratio(" ".join(said), name.core) / 100
    if alike < LEAST_ALIKE:
        return 0.0
    # a letter more or less may make it a school that nobody asked
    return min(0.97 * (alike - 0.08), DOUBTED if only_misread(said, own) else OPEN)


def _own(text: str) -> list[str]:
    """The words of a name without its kind; "quan" stays, which is more than the word for a district."""
    return [word for word in text.split() if word not in STRONG_KINDS]


def _in_order(words_: Sequence[str], text: Sequence[str]) -> bool:
    """Whether all ``words_`` stand in ``text`` one after another, others between them or not."""
    rest = iter(text)
    return all(word in rest for word in words_)


def _named_in_issuer(registry: Registry, text: str, said: str) -> dict[str, float]:
    """Units whose name the issuer's line holds, by how much of the line the name explains.

    "THPT Năng khiếu TDTT huyện Bình Chánh" holds the names of two schools; the one that explains more of it wins.
    """
    have = core_of(text).split()
    kinds = frozenset(text.split()) & STRONG_KINDS
    within = registry.within(text)
    below = re.search(r"\bubnd (?:xa|phuong|thi tran)\b", text)  # named like its district, and not it
    values: dict[str, float] = {}
    for name in registry.names:
        own = name.core.split()
        whole = name.unit.id in within and within[name.unit.id][2] == name
        level_left_out = kinds == {"truong"} and len(own) >= OWN_WORDS and name.kinds & SCHOOLS
        apart = len(own) >= 2 and (kinds & name.kinds or level_left_out) and _in_order(own, have)
        other_level = kinds & LEVELS and name.kinds & LEVELS and not kinds & name.kinds & LEVELS
        if (not whole and not apart) or other_level or (below and name.kinds & {"ubnd", "pgd"}):
            continue
        near = set(plain(name.unit.district or "").split())
        left = [word for word in have if word not in own and word not in near]
        share = len(own) / (len(own) + len(left)) if own else 1.0
        value = 0.97 * (within[name.unit.id][0] if whole else 0.97) * share**1.5
        if level_left_out and not whole:
            value *= 0.8  # a school of another level may have the name too
        if said != fold(said) and name.spelled != fold(name.spelled) and not same_marks(name.spelled, said):
            value *= OTHER_MARKS
        if any(len(word) <= 1 or word.isdigit() for word in left):
            value *= OTHER_MARKS  # "Vĩnh Lộc B", "Thủ Đức 2": another school
        if "thcs" in kinds and "thpt" not in kinds and "thpt" in name.kinds:
            value *= OTHER_MARKS
        values[name.unit.id] = max(values.get(name.unit.id, 0.0), value)
    return values


def _vote_text(registry: Registry, votes: _Votes, text: str, weight: float, *, glued: bool = False) -> None:
    evidence = plain(text)
    if not evidence:
        return
    found = registry.within(evidence)
    for unit, (score, _, _) in found.items():
        votes.add(unit, weight * score)
    if glued and not found:
        run, words_ = evidence.replace(" ", ""), evidence.split()
        for name in registry.names:
            if len(name.core) < GLUED or (
                name.kinds & STRONG_KINDS and not any(kind in run for kind in name.kinds & STRONG_KINDS)
            ):
                continue
            kind = bool(name.kinds & STRONG_KINDS & set(words_))
            if kind and run_together(words_, name.core):
                votes.add(name.unit.id, weight * 0.95)
            elif name.core.replace(" ", "") in run:
                votes.add(name.unit.id, weight * 0.85)
    if glued and not votes.doubt and not set(evidence.split()) & STRONG_KINDS:
        for name in registry.names:  # a candidate: schools of other levels are named so too
            if len(name.core.split()) >= 3 and f" {name.core} " in f" {evidence} ":
                votes.doubt.setdefault(name.unit.id, 1 - weight * BARE)


def _vote_symbol(registry: Registry, votes: _Votes, symbol: str) -> None:
    """Initials in the number's symbol, ``45/BC-THPTNTH``: a hint that many units share."""
    match = _SYMBOL.search(fold(symbol.partition("/")[2] or symbol))
    if not match or not match[2]:
        return
    kind = re.sub(r"\W", " ", match[1]).split()[-1]
    hit = {
        name.unit.id
        for name in registry.names
        if kind in name.kinds and name.core and "".join(word[0] for word in name.core.split()) == match[2]
    }
    for unit in hit:
        votes.add(unit, 0.35 / len(hit) ** 0.5)


def _group(registry: Registry, issuer: str, parent: str) -> str | None:
    """The group most of whose names share the issuer's kind of institution; None when that is not clear."""
    kinds = [word for word in issuer.split() if word in registry.groups_of_kinds]
    if "truong" in issuer.split() and not set(kinds) & SCHOOLS - {"truong"}:
        kinds = [kind for kind in sorted(SCHOOLS) if kind in registry.groups_of_kinds]  # its level is left out
    strong = [word for word in kinds if word in STRONG_KINDS] or kinds
    if "phong" in strong and "sgd" not in parent and "pgd" not in issuer and parent:
        strong = [word for word in strong if word != "phong"]
    shares: Counter[str] = Counter()
    for kind in strong:
        counts = registry.groups_of_kinds[kind]
        total = sum(counts.values())
        for group, count in counts.items():
            shares[group] += count / total  # type: ignore[assignment]
    if not shares:
        return None
    (group, share), *others = shares.most_common(2)
    return group if share >= 0.6 * len(strong) and (not others or share > others[0][1]) else None
