"""A report against its gold truth, as counts that add up over reports.

A cell or point is found when it is in a right place, is not blank, and most of its words are the right ones (word F1 of
at least `OVERLAP`): a table shifted by one row finds nothing. Whether its text is the same, white space folded, and
whether its status is right are counted apart, over what was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace

import msgspec

from benchmarks.gold.content import FIELDS, Gold, Want
from extractors.report import Answer, PointAnswer, Report
from samples.compare import fold, shorten

OVERLAP = 0.5
SURE = 0.8
WORD = re.compile(r"\w+")
THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}\b)")


@dataclass
class Tally:
    """Counts of one report or many; ``errors`` are readable lines."""

    reports: int = 0
    fields: int = 0
    fields_right: int = 0
    units_right: int = 0
    units_sure_wrong: int = 0
    units_open: int = 0
    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    text_same: Counter[str] = field(default_factory=Counter)
    status_right: int = 0
    money_wanted: int = 0
    money_given: int = 0
    money_right: int = 0
    letters: int = 0
    letters_kept: int = 0
    pages: float = 0.0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            if isinstance(value, Counter):
                getattr(self, name).update(value)
            elif name == "errors":
                self.errors += value
            else:
                setattr(self, name, getattr(self, name) + value)

    def rates(self, what: str) -> tuple[float, float, float]:
        """Precision, recall and F1 of ``cells`` or ``points``; nan where nothing was asked or given."""
        given = self.found[what] + self.extra[what]
        return ratio(self.found[what], given), ratio(self.found[what], self.wanted[what]), self.f1(what)

    def f1(self, what: str) -> float:
        return ratio(2 * self.found[what], self.found[what] + self.extra[what] + self.wanted[what])


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def score(gold: Gold, report: Report) -> Tally:
    tally = Tally(reports=1)
    _letterhead(gold, report, tally)
    _unit(gold, report, tally)
    cells = {(answer.item, answer.column): answer for answer in report.appendix}
    points = {(answer.point,): answer for answer in report.narrative}
    wants = gold.wants
    if gold.raw.get("unaccented"):  # restored letters are welcome, not asked
        wants = [replace(want, parts=tuple(map(_bare, want.parts))) for want in wants]
        cells = {place: msgspec.structs.replace(answer, text=_bare(answer.text)) for place, answer in cells.items()}
        points = {place: msgspec.structs.replace(answer, text=_bare(answer.text)) for place, answer in points.items()}
    if gold.content.writer == "xlsx":  # a figure is a number there, shown with dots or without
        wants = [replace(want, parts=tuple(map(_undotted, want.parts))) for want in wants]
        cells = {place: msgspec.structs.replace(answer, text=_undotted(answer.text)) for place, answer in cells.items()}
        points = {one: msgspec.structs.replace(answer, text=_undotted(answer.text)) for one, answer in points.items()}
    _answers("cells", [want for want in wants if len(want.places[0]) == 2], cells, tally)
    _answers("points", [want for want in wants if len(want.places[0]) == 1], points, tally)
    _money(gold, report, tally)
    _kept(gold, report, tally)
    return tally


def _letterhead(gold: Gold, report: Report, tally: Tally) -> None:
    for name in FIELDS:
        if name in gold.raw.get("unasked", ()):
            continue
        value = gold.content.letterhead.get(name)
        want = fold(None if value is None else str(value)).casefold()
        got = fold(getattr(report.letterhead, name)).casefold()
        if gold.raw.get("unaccented"):  # restored letters are welcome, not asked: a name may not be restorable
            want, got = _bare(want), _bare(got)
        if name == "signer_title" and want:
            got = got[-len(want) :]
        tally.fields += 1
        if want == got:
            tally.fields_right += 1
        else:
            tally.errors.append(f"letterhead.{name}: want {value!r}, got {getattr(report.letterhead, name)!r}")


def _undotted(text: str) -> str:
    return THOUSANDS.sub("", text)


def _bare(text: str) -> str:
    """Small letters without marks."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _unit(gold: Gold, report: Report, tally: Tally) -> None:
    unit = report.unit
    if unit.id == gold.unit and (unit.id is None or unit.group == gold.raw["group"]):
        tally.units_right += 1
        return
    if unit.id is not None and unit.confidence >= SURE:
        tally.units_sure_wrong += 1
    else:
        tally.units_open += 1
    tally.errors.append(f"unit: want {gold.unit}, got {unit.id} ({unit.confidence:.2f})")


def alike(want: Want, text: str) -> bool:
    """Whether most words of ``text`` are the wanted ones, counted both ways; heads of split columns may stand in it."""
    a, b = Counter(WORD.findall(" ".join(want.parts).casefold())), Counter(WORD.findall(text.casefold()))
    b -= Counter(WORD.findall(" ".join(want.heads).casefold())) - a
    if not a:
        return not b
    return 2 * (a & b).total() / (a.total() + b.total()) >= OVERLAP


def same_text(want: Want, text: str) -> bool:
    """Equal after folding; pieces of split columns stand in order, with their column heads before them or not."""
    if len(want.parts) == 1 and not want.heads:
        return fold(want.parts[0]) == fold(text)
    if len(want.places[0]) == 1:
        return _without(want.heads, want.parts[0]) == _without(want.heads, text)
    rest, at = fold(text), 0
    for part in want.parts:
        at = rest.find(fold(part), at)
        if at < 0:
            return False
        at += len(fold(part))
    for piece in sorted([*want.parts, *want.heads], key=len, reverse=True):
        rest = rest.replace(fold(piece), "", 1)
    return len(WORD.findall(rest)) <= 4  # a head's last words, or "Không có" of a piece that has nothing


def _without(heads: tuple[str, ...], text: str) -> str:
    rest = fold(text)
    for head in sorted(heads, key=len, reverse=True):
        rest = rest.replace(fold(head), "")
    return fold(rest)


def _answers(
    what: str,
    wants: list[Want],
    got: dict[tuple[object, ...], Answer] | dict[tuple[object, ...], PointAnswer],
    tally: Tally,
) -> None:
    explained: set[tuple[object, ...]] = set()
    for want in wants:
        asked = want.status != "no_answer" and not want.optional
        tally.wanted[what] += asked
        said = [(place, got[place]) for place in want.places if place in got and got[place].status != "no_answer"]
        right = [(place, answer) for place, answer in said if want.status != "no_answer" and alike(want, answer.text)]
        explained |= {place for place, _ in right}
        name = "/".join(".".join(map(str, place)) for place in want.places)
        if not asked:
            continue
        if not right:
            other = f"got {said[0][1].status} {shorten(said[0][1].text)!r}" if said else "nothing there"
            tally.errors.append(f"{what} {name}: want {want.status} {shorten(' | '.join(want.parts))!r}, {other}")
            continue
        tally.found[what] += 1
        _, answer = right[0]
        tally.status_right += answer.status == want.status
        if answer.status != want.status:
            tally.errors.append(f"status {name}: want {want.status}, got {answer.status} {shorten(answer.text)!r}")
        if any(same_text(want, answer.text) for _, answer in right):
            tally.text_same[what] += 1
        else:
            tally.errors.append(f"text {name}: {_spot(' '.join(want.parts), answer.text)}")
    wrong = {place: answer for place, answer in got.items() if answer.status != "no_answer" and place not in explained}
    tally.extra[what] += len(wrong)
    for place, answer in wrong.items():
        name = ".".join(map(str, place))
        tally.errors.append(f"{what} {name}: not there, got {answer.status} {shorten(answer.text)!r}")


def _spot(want: str, got: str) -> str:
    """Where two texts part, with what stands around."""
    a, b = fold(want), fold(got)
    start = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    near = max(0, start - 20)
    return f"want …{a[near : start + 50]!r} ({len(a)}), got …{b[near : start + 50]!r} ({len(b)})"


def _money(gold: Gold, report: Report, tally: Tally) -> None:
    """Sums by value and source, each once; sums of 0 say that there is nothing."""
    want = Counter(gold.money)
    got = Counter(
        (int(fact.value), fact.funding_source) for fact in report.facts if fact.kind == "money" and fact.value
    )
    right = want & got
    tally.money_wanted, tally.money_given = want.total(), got.total()
    tally.money_right = right.total()
    tally.errors += [f"money: not found {value:,} {source}" for value, source in (want - right).elements()]
    tally.errors += [f"money: nobody wrote {value:,} {source}" for value, source in (got - right).elements()]


def _kept(gold: Gold, report: Report, tally: Tally) -> None:
    """Letters of the unit's own words that are in an answer, a point, the letterhead or ``unmapped``."""
    own = Counter(word for text in gold.own for word in WORD.findall(THOUSANDS.sub("", text.casefold())))
    told = [answer.text for answer in (*report.appendix, *report.narrative, *report.unmapped)]
    told += [getattr(report.letterhead, name) or "" for name in FIELDS]
    if gold.raw.get("unaccented"):
        own, told = Counter(WORD.findall(_bare(" ".join(gold.own)))), [_bare(text) for text in told]
    have = Counter(word for text in told for word in WORD.findall(THOUSANDS.sub("", text.casefold())))
    tally.letters = sum(len(word) * count for word, count in own.items())
    tally.letters_kept = sum(len(word) * count for word, count in (own & have).items())
    if tally.letters and tally.letters_kept / tally.letters < 0.99:
        lost = own - have
        tally.errors.append(f"lost {tally.letters - tally.letters_kept} letters: {shorten(' '.join(lost), 160)}")
