"""Which unit the letterhead names: the issuer's line against the registry, with the house over it.

A line may hold more than a name, be misread, be cut to initials, or name nothing by itself ("PHÒNG GDĐT").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from extractors.report import Letterhead
from extractors.understanding.ground.folding import fold, tidy
from extractors.understanding.sender.organisations import PART
from extractors.understanding.sender.short_names import initials, only_misread, same_marks, shortened
from extractors.understanding.sender.unit_names import (
    LEVELS,
    OWN_WORDS,
    SCHOOLS,
    STRONG_KINDS,
    Name,
    Registry,
    core_of,
    kind_of_place,
    kinds_of,
    own_words,
    plain,
)

ALIKE = 4  # letters of a misread name that can still be told from another; "1" and "2" cannot
LEAST_ALIKE = 0.86  # share of letters of a misread name
OPEN = 0.55  # the most belief where the letters make another name
OTHER_MARKS = 0.8  # what is left of belief where a name has other marks, a mark of its own, another level
OTHER_LEVELS = 0.45  # the most belief in a school of other levels than the one named; a line that no unit explains
# better names somebody else
DOUBTED = 0.78  # the most belief in a unit whose name was read with other letters
REPAIRED = 90  # per cent of letters alike from which a long kind of institution was misread
_PRIVATE = re.compile(r"\b(?:tu thuc|dan lap|quoc te|lien cap|song ngu)\b")
_ROOMS = frozenset({"phong", "vanphong", "thanhtra", "trungtam"})  # of a department; others have such rooms too
_GENERAL = frozenset({"trungtam", "truong", "phong"})  # there are many others of these
_BY_PLACE = frozenset({"pgd", "gdnngdtx", "gdtx"})
_PHRASES = (
    "giao duc nghe nghiep",
    "giao duc thuong xuyen",
    "giao duc va dao tao",
    "trung hoc pho thong",
    "trung hoc co so",
    "uy ban nhan dan",
)


@dataclass(slots=True)
class Issued:
    """Belief in each unit that the letterhead names; ``stranger``: it names one whom the registry does not know."""

    values: dict[str, float] = field(default_factory=dict)
    stranger: bool = False


def units_of_issuer(registry: Registry, letterhead: Letterhead, above: Sequence[str] = ()) -> Issued:
    """The units that the issuer's line names, by itself or with its parent, those ``above`` it, or its place."""
    spelled, over = letterhead.issuer or "", letterhead.parent or ""
    if _inside(plain(_repaired(spelled)), spelled, plain(_repaired(over))):
        spelled, over = over, above[-1] if above else ""  # "TỔ TIN HỌC" reports for its school
    issuer, parent = plain(_repaired(spelled)), plain(_repaired(over))
    if not issuer:
        return Issued()
    found = Issued()
    texts = [(issuer, tidy(spelled).lower())]
    if not core_of(issuer):
        # "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO" under "UBND QUẬN 5": the parent says which
        own = " ".join(word for word in parent.split() if word != "ubnd")
        texts.append((f"{issuer} {own}", tidy(f"{spelled} {over}").lower()))
    for text, said in texts:
        for unit, value in _named(registry, text, said, parent, found).items():
            found.values[unit] = 1 - (1 - found.values.get(unit, 0.0)) * (1 - value)
    if not core_of(issuer) and not core_of(parent) and kinds_of(issuer) & _BY_PLACE and not found.values:
        place = letterhead.place or ""
        named = _named(registry, plain(f"{spelled} {place}"), tidy(f"{spelled} {place}").lower(), parent, found)
        found.values = {unit: min(value, DOUBTED) for unit, value in named.items()}
    if not found.values and len(core_of(issuer)) >= ALIKE:
        found.values = _misread(registry, issuer, parent)
    explained = max(found.values.values(), default=0.0)
    private = _PRIVATE.search(issuer)  # a private school that is named like a public one
    found.stranger = found.stranger and explained <= OTHER_LEVELS
    if core_of(issuer) and (explained <= OTHER_LEVELS or (private and not _registered(registry, private[0]))):
        found.stranger = True
    return found


def _registered(registry: Registry, word: str) -> bool:
    return any(word in name.text for name in registry.names)


def _repaired(text: str) -> str:
    """``text`` with long kinds of institution that were misread, "NGHỀ NGHỆP", as they are written."""
    said = fold(text).split()
    for phrase in _PHRASES:
        size = len(phrase.split())
        for at in range(len(said) - size + 1):
            window = " ".join(said[at : at + size])
            if window != phrase and fuzz.ratio(window, phrase) >= REPAIRED:
                return _repaired(" ".join([*said[:at], phrase, *said[at + size :]]))
    return text


def _inside(issuer: str, spelled: str, parent: str) -> bool:
    """Whether the issuer is a part of the unit over it: a team of a school, a room of a school or of a centre."""
    over = set(parent.split())
    if PART.match(spelled.strip()):
        return bool(over) and "ubnd" not in over
    own = kinds_of(issuer) & STRONG_KINDS
    return bool(own) and own <= {"phong", "vanphong"} and bool(over & (SCHOOLS | {"gdnngdtx", "gdtx"}))


def _misread(registry: Registry, issuer: str, parent: str) -> dict[str, float]:
    """Units whose name is the issuer's line with other letters, or written short."""
    kinds = kinds_of(issuer) & STRONG_KINDS
    place = re.search(r"\b(quan|huyen|thanhpho|xa|phuong|tran) ", issuer)
    alike: dict[str, float] = {}
    for name in registry.names:
        # a place that is named like a school is no school
        other = _foreign(registry, name, kinds, parent) or _elsewhere(registry, name, place[1] if place else "")
        if name.core and (not kinds or kinds & name.kinds) and not other:
            value = _alike(issuer, parent, name)
            alike[name.unit.id] = max(alike.get(name.unit.id, 0.0), value)
    return {unit: value for unit, value in alike.items() if value}


def _foreign(registry: Registry, name: Name, kinds: frozenset[str], parent: str) -> bool:
    """Whether the issuer is of levels that the unit never has, or of another house than the department's rooms."""
    levels = registry.levels.get(name.unit.id, frozenset())
    said = kinds & LEVELS
    # a school of several levels may leave out one, and not its highest
    other_levels = bool(said and levels) and (
        bool("thpt" in levels and "thpt" not in said) or (len(levels) == 1 and bool(said - levels))
    )
    rooms = _is_room(name)
    other_house = bool(set(parent.split()) & {"ubnd", "pgd", *SCHOOLS}) or bool(re.match(r"(?:so|bo) ", parent))
    return other_levels or (rooms and other_house and "sgd" not in parent.split())


def _is_room(name: Name) -> bool:
    return bool(name.kinds & _ROOMS) and name.kinds & STRONG_KINDS <= _ROOMS | LEVELS


def _elsewhere(registry: Registry, name: Name, kind: str) -> bool:
    """Whether ``kind`` of place is none that the unit's place is: "UBND XÃ BÌNH CHÁNH" where there is a huyện."""
    return bool(kind) and kind not in registry.places.get((name.unit.id, name.core), {kind})


def _alike(issuer: str, parent: str, name: Name) -> float:
    """Belief that the issuer's line is ``name`` written short or with other letters; 0 where they are not alike.

    The university over a school is part of its name: "Trung học Thực hành ĐHSP".
    """
    said, own = core_of(issuer).split(), name.core.split()
    whole = [*own_words(issuer), *own_words(parent)] if "dai hoc" in parent else []
    if (
        shortened(own_words(issuer), own_words(name.text))
        or shortened(own_words(name.text), whole)
        or initials(said, own_words(name.text))
    ):
        return DOUBTED
    alike = fuzz.ratio(" ".join(said), name.core) / 100
    if alike < LEAST_ALIKE:
        return 0.0
    # a letter more or less may make it a school that nobody asked
    return min(0.97 * (alike - 0.08), DOUBTED if only_misread(said, own) else OPEN)


def _numbered(have: Sequence[str], last: str) -> bool:
    """Whether a single letter or figure stands right after a name."""
    at = max((n for n, word in enumerate(have) if word == last), default=len(have))
    return at + 1 < len(have) and len(have[at + 1]) == 1


def _in_order(words_: Sequence[str], text: Sequence[str]) -> bool:
    """Whether all ``words_`` stand in ``text`` one after another, others between them or not."""
    rest = iter(text)
    return all(word in rest for word in words_)


def _named(registry: Registry, text: str, said: str, parent: str, found: Issued) -> dict[str, float]:
    """Units whose name a line holds, by how much of the line the name explains; notes in ``found`` who is a stranger.

    "THPT Năng khiếu TDTT huyện Bình Chánh" holds the names of two schools; the one that explains more of it wins.
    """
    have = core_of(text).split()
    kinds = kinds_of(text) & STRONG_KINDS
    within = registry.within(text)
    below = re.search(r"\bubnd (?:xa|phuong|thi tran)\b", text)  # named like its district, and not it
    higher = re.match(r"truong (?:dai hoc|cao dang|trung cap)\b", text)
    values: dict[str, float] = {}
    for name in registry.names:
        own = name.core.split()
        whole = name.unit.id in within and within[name.unit.id][2] == name
        level_left_out = kinds == {"truong"} and not higher and len(own) >= OWN_WORDS and name.kinds & SCHOOLS
        special = name.kinds & STRONG_KINDS - _GENERAL
        alike = bool(kinds & (special or name.kinds)) or level_left_out
        apart = len(own) >= 2 and alike and _in_order(own, have)
        other_level = kinds & LEVELS and name.kinds & LEVELS and not kinds & name.kinds & LEVELS
        if (not whole and not apart) or other_level or (below and name.kinds & {"ubnd", "pgd"}):
            continue
        if _is_room(name) and name.kinds & LEVELS - kinds:
            continue  # "Phòng Giáo dục" is neither that of nurseries nor that of primary schools
        if _elsewhere(registry, name, kind_of_place(text, name.core)):
            found.stranger = True  # "UBND HUYỆN TÂN PHÚ" where there is a quận of that name
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
            if own and _numbered(have, own[-1]):
                value = min(value, OTHER_LEVELS)
        if "thcs" in kinds and "thpt" not in kinds and "thpt" in name.kinds:
            value *= OTHER_MARKS
        if _foreign(registry, name, kinds, parent):
            value = min(value, OTHER_LEVELS)
        values[name.unit.id] = max(values.get(name.unit.id, 0.0), value)
    return values
