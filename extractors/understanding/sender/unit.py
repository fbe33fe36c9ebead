"""Which registered unit sent the report, from everything that names it; silence rather than a guess.

Each place where a name was seen adds to its candidate; a unit is named only when it is sure and leads.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from campaigns.model import Unit
from extractors.report import Letterhead, UnitCandidate, UnitMatch
from extractors.understanding.ground.folding import fold
from extractors.understanding.sender.file_names import schools_of_file, units_of_file
from extractors.understanding.sender.issuer import ALIKE, DOUBTED, units_of_issuer
from extractors.understanding.sender.self_named import whose
from extractors.understanding.sender.unit_names import CITY, LEVELS, SCHOOLS, STRONG_KINDS, Registry, core_of, plain

SURE = 0.62
LEAD = 0.12
FILE = 0.68  # belief in the name of a file
MISREAD = 70  # per cent of letters alike from which a place may be the city's name misread
_SYMBOL = re.compile(r"(thcs\W?thpt|thpt|thcs|gdtx|pgd|gddt)\W*([a-z]{2,6})?")
_INITIALS = re.compile(r"\bbc\W+([a-z]{3,6})$")


@dataclass(slots=True)
class _Votes:
    """Belief in each unit: 1 - Π(1 - weight·score) over the places that name it."""

    doubt: dict[str, float] = field(default_factory=dict)

    def add(self, unit: str, value: float) -> None:
        self.doubt[unit] = self.doubt.get(unit, 1.0) * (1 - min(value, 0.98))

    def ranked(self) -> list[tuple[str, float]]:
        return sorted(((unit, 1 - doubt) for unit, doubt in self.doubt.items()), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What names the sender. ``opening``: who reports by the first sentences; ``labelled``: text after "Đơn vị:";
    ``signature``: lines of the signature block and of the digital signature; ``symbol``: of a number left blank;
    ``above``: institutions over the parent; ``captions``: whose an appendix is; ``mail``: who sent the mail.
    """

    letterhead: Letterhead
    symbol: str = ""
    file_name: str = ""
    opening: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()


def match_unit(registry: Registry, evidence: Evidence) -> UnitMatch:
    """The unit that ``evidence`` names; its ``id`` is None when no candidate is sure, or two are alike."""
    letterhead = evidence.letterhead
    issuer, parent = plain(letterhead.issuer or ""), plain(letterhead.parent or "")
    places = fold(letterhead.place or "")
    head = units_of_issuer(registry, letterhead, evidence.above)
    votes = _votes(registry, evidence, head.values)
    units = {unit.id: unit for unit in registry.units}
    elsewhere = any(_of_another_province(registry, plain(text)) for text in (letterhead.parent or "", *evidence.above))
    if head.stranger or elsewhere:
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
            half_named = core_of(issuer) and head.values.get(best, 0.0) < SURE
            if half_named or _of_an_unknown_place(registry, letterhead, units[best]):
                sure = min(sure, DOUBTED)
            return UnitMatch(
                id=best, name=units[best].name, group=units[best].group, confidence=sure, candidates=candidates
            )
    others = (plain(text) for text in (*evidence.labelled, evidence.file_name) if text)
    group = _group(registry, issuer or next(others, ""), parent)
    if group is None and candidates and len({candidate.group for candidate in candidates[:3]}) == 1:
        group = candidates[0].group
    return UnitMatch(group=group, confidence=candidates[0].confidence if candidates else 0.0, candidates=candidates)


def _votes(registry: Registry, evidence: Evidence, of_issuer: dict[str, float]) -> _Votes:
    """Belief in each unit by every place that names it; ``of_issuer``: by the letterhead."""
    votes = _Votes()
    for unit, value in of_issuer.items():
        votes.add(unit, value)
    issuer = bool(evidence.letterhead.issuer)
    headed = max(of_issuer.values(), default=0.0) >= SURE  # what stands elsewhere may be about others
    for texts, weight in (
        (evidence.labelled, 0.5 if headed else 0.9),
        (evidence.captions, 0.5 if headed else 0.85),
        (evidence.signature, 0.66),
    ):
        for text in texts:
            for unit, (score, _, _) in registry.within(plain(text)).items():
                votes.add(unit, weight * score)
    # sentences that name a unit twice say no more than one
    for unit, (score, _, _) in registry.within(plain(" . ".join(evidence.opening))).items():
        votes.add(unit, (0.55 if issuer else 0.7) * score)
    if not issuer and evidence.letterhead.subject:
        for unit, (score, _, _) in registry.within(plain(whose(evidence.letterhead.subject))).items():
            votes.add(unit, 0.65 * score)
    for text in evidence.mail:
        for unit, score in units_of_file(registry, text).items():
            votes.add(unit, (0.4 if issuer else 0.7) * score)
    for unit, score in units_of_file(registry, evidence.file_name).items():
        votes.add(unit, FILE * score)
    if not votes.doubt:
        votes.doubt = {unit: 1 - FILE * score for unit, score in schools_of_file(registry, evidence.file_name).items()}
    _vote_symbol(registry, votes, evidence.letterhead.number or evidence.symbol)
    return votes


def _of_another_province(registry: Registry, parent: str) -> bool:
    """Whether the parent is an authority of a province that no unit of the campaign belongs to."""
    if re.search(r"\btinh\b", parent):
        return not any("tinh" in name.text.split() for name in registry.names)
    # the registry's own city is left out of plain names: whatever else a department names is another place
    place = core_of(parent)
    own = fuzz.ratio(place, CITY) >= MISREAD or any(place in fold(unit.district or "") for unit in registry.units)
    return "sgd" in parent.split() and len(place) >= ALIKE and not own


def _of_an_unknown_place(registry: Registry, letterhead: Letterhead, unit: Unit) -> bool:
    """Whether a school's report comes from a place that no unit is in, and nothing says that it is of the city."""
    place = core_of(plain(letterhead.place or ""))
    if not place or not unit.district or re.search(r"ho chi minh|hcm", fold(letterhead.parent or "")):
        return False
    return bool(registry.districts) and not any(place in one or one in place for one in registry.districts)


def _vote_symbol(registry: Registry, votes: _Votes, symbol: str) -> None:
    """Initials in the number's symbol, ``45/BC-THPTNTH``: a hint that many units share."""
    text = fold(symbol.partition("/")[2] or symbol)
    match = _SYMBOL.search(text)
    kind = re.sub(r"\W", " ", match[1]).split()[-1] if match else ""
    bare = _INITIALS.search(text)  # "BC-NTD" tells no kind
    said = match[2] if match else bare[1] if bare else ""
    if not said:
        return
    hit = {
        name.unit.id
        for name in registry.names
        if (kind in name.kinds if kind else name.kinds & LEVELS)
        and name.core
        and "".join(word[0] for word in name.core.split()) == said
    }
    for unit in hit:
        votes.add(unit, (0.35 if kind else 0.25) / len(hit) ** 0.5)


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
