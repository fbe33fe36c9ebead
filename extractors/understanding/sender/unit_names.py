"""The names of the units of a campaign, brought to one form and ready to be found in text.

Names are compared as folded words with the kinds of institution brought to one form (``Trường Trung học phổ thông``
= ``THPT``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from campaigns.model import Unit
from extractors.understanding.ground.folding import CAPITAL_LETTERS, SMALL_LETTERS, squeeze, tidy, words

OWN_WORDS = 4  # a name of so many words of its own is no mere place, though it names no kind of institution

CITY = "ho chi minh"  # the city of every unit so far; plain names leave it out
_LEVELS = "(?:mam non|tieu hoc|trung hoc|thuong xuyen|chuyen nghiep)\\b"
# (what must be there, pattern, what it becomes): names of institutions in one form
_REWRITE = tuple(
    (literal, re.compile(rf"\b(?:{before})\b" if not before.startswith("^") else before), after)
    for literal, before, after in (
        ("c3", r"c3 ?([a-z]{3}\w*)", r"thpt \1"),
        ("cap 3", r"cap 3 ([a-z]{2}\w*)", r"thpt \1"),
        ("ttgd", r"ttgd(nn|tx)(\w*)", r"trung tam gd\1\2"),
        ("", r"(pgd|ubnd|thpt|thcs)(?!dt\b|thpt\b)([a-z]{4}\w*)", r"\1 \2"),
        ("q", r"(\w*?(?:pgddt|pgd|ubnd|gdtx|gddt))q(?:uan)?(\d{1,2})", r"\1 quan \2"),
        ("truong", r"truong(?=thpt|thcs|tieu|trung)(\w+)", r"truong \1"),
        ("giao", r"so(giao)", r"so \1"),
        ("p giao", r"p giao duc", "phong giao duc"),
        ("th thcs", r"th (?=thcs)", "tieu hoc "),
        ("gd nn", r"gd nn", "gdnn"),
        ("thp", r"^t(?:r|rg)? (?=thpt\b)", ""),
        ("gdnngdtx", r"gdnn gdtx|gdtxgdnn", "gdnngdtx"),
        ("nghe nghiep", r"gd nghe nghiep", "giao duc nghe nghiep"),
        ("gd thuong", r"gd thuong xuyen", "giao duc thuong xuyen"),
        ("phong giao duc", r"phong giao duc(?= (?:quan|huyen|thanh pho|q|h)\b|$)", "pgd"),
        ("thuong xuyen", r"giao duc thuong xuyen (?:- )?giao duc nghe nghiep", "gdnngdtx"),
        ("thuong xuyen", r"giao duc nghe nghiep (?:- )?giao duc thuong xuyen", "gdnngdtx"),
        ("gdnn", r"gdtx gdnn|gdnn giao duc thuong xuyen|giao duc thuong xuyen gdnn|gdnn gdtx", "gdnngdtx"),
        ("thuong xuyen", r"giao duc thuong xuyen", "gdtx"),
        ("trung hoc", r"trung hoc pho thong|pt trung hoc|pho thong trung hoc", "thpt"),
        ("ptth", r"ptth", "thpt"),
        ("gd dt", r"gd dt", "gddt"),
        ("p gd", r"p (gd\w+)", r"phong \1"),
        ("trung hoc", r"trung hoc co so", "thcs"),
        ("gd", rf"phong gd (?={_LEVELS})", "phong giao duc "),
        ("p", r"phong giao duc dao tao|pgddt|phong gd|phong gddt", "pgd"),
        ("so giao", r"so giao duc dao tao", "sgd"),
        ("giao duc", r"giao duc dao tao", "gddt"),
        ("uy ban", r"uy ban nhan dan", "ubnd"),
        ("h", rf"thanh pho {CITY}|thanh pho hcm|{CITY}", ""),
        ("the thao", r"the duc the thao", "tdtt"),
        ("nang khieu", r"nang khieu", "nk"),
        ("q ", r"q (?=\w{1,2}\b|[a-z]{3})", "quan "),
        ("h ", r"(?<!gdtr )h (?=[a-z]{2})", "huyen "),
        ("tt ", r"tt (?=gdnn|gdtx)", "trung tam "),
        ("q", r"q(?:uan)?(\d{1,2})", r"quan \1"),
        ("quan 0", r"quan 0(\d)", r"quan \1"),
        ("ubnd pgd", r"ubnd pgd", "pgd"),
        ("trung tam", r"trung tam", "trungtam"),
        ("van phong", r"van phong", "vanphong"),
        ("thanh tra", r"thanh tra", "thanhtra"),
        ("tieu hoc", r"tieu hoc", "tieuhoc"),
        ("mam non", r"mam non", "mamnon"),
        ("thanh pho", r"thanh pho", "thanhpho"),
        ("truong ", r"^truong (?=thpt|thcs|trung|tieuhoc|mamnon|th\b)", ""),
    )
)
LEVELS = frozenset({"thpt", "thcs", "tieuhoc", "mamnon"})
SCHOOLS = frozenset({"thpt", "thcs", "tieuhoc", "mamnon", "truong"})
_WEAK_KINDS = frozenset({"quan", "huyen", "xa", "phuong", "thanhpho", "th"})
PLACES = frozenset({"quan", "huyen", "thanhpho", "xa", "phuong", "tran"})
_DISTRICTS = frozenset({"quan", "huyen", "thanhpho"})
STRONG_KINDS = frozenset(
    {"thpt", "thcs", "pgd", "ubnd", "sgd", "gdnngdtx", "gdtx", "truong", "trungtam", "phong", "vanphong", "thanhtra"}
    | {"tieuhoc", "mamnon", "gddt"}
)
KINDS = STRONG_KINDS | _WEAK_KINDS
_CAMEL = re.compile(
    rf"(?<=[{SMALL_LETTERS}])(?=[{CAPITAL_LETTERS}])|"
    rf"(?:(?<=THPT)|(?<=THCS)|(?<=PGD))(?=[{CAPITAL_LETTERS}][{SMALL_LETTERS}])"
)


def plain(text: str) -> str:
    """Folded words of a name with kinds of institution in one form, separated by single spaces."""
    flat = " ".join(words(_CAMEL.sub(" ", tidy(text)).replace("_", " ")))
    for literal, pattern, after in _REWRITE:
        if literal in flat:
            flat = pattern.sub(after, flat)
    return squeeze(flat)


def kind_of_place(text: str, core: str) -> str:
    """The word before ``core`` in a plain text where it says what kind of place that is; "" where none does."""
    match = re.search(rf"\b(quan|huyen|thanhpho|xa|phuong|tran) {re.escape(core)}\b", text) if core else None
    return match[1] if match else ""


def core_of(text: str) -> str:
    """The words of a plain name that single it out, those that say no kind of institution or place."""
    found = text.split()
    return " ".join(word for at, word in enumerate(found) if not _is_kind(found, at))


def kinds_of(text: str) -> frozenset[str]:
    """The kinds of institution and of place that a plain text names."""
    found = text.split()
    return frozenset(word for at, word in enumerate(found) if _is_kind(found, at))


def own_words(text: str) -> list[str]:
    """The words of a plain name without its institution; "quan" stays, which is more than the word for a district."""
    found = text.split()
    return [word for at, word in enumerate(found) if not (word in STRONG_KINDS and _is_kind(found, at))]


def _is_kind(found: list[str], at: int) -> bool:
    """Whether a word names a kind: not in "Lê Hồng Phong", "Trường Chinh", "Võ Trường Toản", which are persons."""
    word = found[at]
    if word not in KINDS:
        return False
    if 0 < at == len(found) - 1 and word in ("phuong", "quan", "truong", "phong"):
        return False
    if at and word in ("truong", "phong"):
        beside = found[at - 1] in KINDS - SCHOOLS or (at + 1 < len(found) and found[at + 1] in KINDS)
        return beside or word == found[at - 1]
    return True


def _initials(core: str) -> bool:
    """Whether a name is so many initials, "TTTT&CTGD", that nothing else is written so."""
    return len(core.replace(" ", "")) >= 6 and not re.search(r"[aeiouy\d]", core)


@dataclass(frozen=True)
class Name:
    """One name of a unit: its plain form, the words that single it out, and its kinds."""

    unit: Unit
    text: str
    core: str
    kinds: frozenset[str]
    spelled: str


@dataclass(frozen=True)
class Registry:
    """The units of a campaign, ready to be recognised."""

    units: tuple[Unit, ...]

    @cached_property
    def names(self) -> tuple[Name, ...]:
        found: dict[tuple[str, str], Name] = {}
        for unit in self.units:
            for spelled in (unit.name, *unit.aliases):
                text = plain(spelled)
                if not text:
                    continue
                core = core_of(text)
                kinds = kinds_of(text)
                found.setdefault((unit.id, text), Name(unit, text, core, kinds, tidy(spelled).lower()))
                bare = " ".join(word for word in text.split() if word not in _DISTRICTS)
                if bare != text and kinds & {"pgd", "ubnd"} and not re.search(r"\d", core):  # "PGD Phú Nhuận"
                    found.setdefault((unit.id, bare), Name(unit, bare, core, kinds - _DISTRICTS, tidy(spelled).lower()))
        return tuple(found.values())

    @cached_property
    def by_word(self) -> dict[str, list[Name]]:
        index: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            index[min(name.text.split(), key=lambda word: (word in KINDS, -len(word)))].append(name)
        return index

    @cached_property
    def levels(self) -> dict[str, frozenset[str]]:
        """The levels of schooling that the names of a unit tell."""
        found: dict[str, set[str]] = defaultdict(set)
        for name in self.names:
            found[name.unit.id] |= name.kinds & LEVELS
        return {unit: frozenset(levels) for unit, levels in found.items()}

    @cached_property
    def places(self) -> dict[tuple[str, str], frozenset[str]]:
        """(unit, own words of a place) → what the place is: a quận, a huyện, a city."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name in self.names:
            kind = kind_of_place(name.text, name.core)
            if kind:
                found[name.unit.id, name.core].add(kind)
        return {key: frozenset(kinds) for key, kinds in found.items()}

    @cached_property
    def districts(self) -> frozenset[str]:
        """The own words of the districts that units are in, in all their spellings."""
        whole = {plain(unit.district) for unit in self.units if unit.district}
        cores = {core_of(place) for place in whole if core_of(place)}
        return frozenset(cores | {name.core for name in self.names if name.core and name.kinds & {"pgd", "ubnd"}})

    @cached_property
    def groups_of_kinds(self) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for name in self.names:
            for kind in name.kinds:
                counts[kind][name.unit.group] += 1
        return counts

    def within(self, evidence: str) -> dict[str, tuple[float, int, Name]]:
        """Units whose name stands word for word in ``evidence`` (plain): id → (score, words matched, name)."""
        padded = f" {evidence} "
        found: dict[str, tuple[float, int, Name]] = {}
        for word in dict.fromkeys(evidence.split()):
            for name in self.by_word.get(word, ()):
                at = padded.find(f" {name.text} ")
                if at < 0:
                    continue
                before = padded[:at].split()[-2:]
                score = 1.0
                if not name.kinds & STRONG_KINDS and len(name.core.split()) < OWN_WORDS and not _initials(name.core):
                    kind = before[-1] if before and before[-1] in PLACES else ""
                    if kind and kind not in self.places.get((name.unit.id, name.core), {kind}):
                        continue  # "xã Bình Chánh" is not the huyện of that name
                    if set(before) & (STRONG_KINDS - {"phong"}) - {"pgd", "ubnd", "gddt"}:
                        continue  # "Bình Tân" in "THPT Bình Tân" names the school, not the district
                    score = 0.7 if before and before[-1] in ("pgd", "ubnd", "gddt", "quan", "huyen") else 0.45
                    if len(name.text) <= 3:
                        score = 0.35
                length = len(name.text.split())
                if name.unit.id not in found or (score, length) > found[name.unit.id][:2]:
                    found[name.unit.id] = (score, length, name)
        inside = [(unit, score, length, name) for unit, (score, length, name) in found.items()]
        for unit, _, length, name in inside:
            if any(
                other != unit and size > length and f" {name.text} " in f" {longer.text} "
                for other, _, size, longer in inside
            ):
                found.pop(unit, None)
        return found
