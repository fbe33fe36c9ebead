"""Amounts of money that a unit states, each with where it was said and whether it may be added to a total.

An amount is *counted* once. It is set aside, with the reason in words, when it is a total whose parts are stated beside
it, when it repeats what the appendix says, when it speaks of a plan, a unit price or a wish, or when nothing tells how
it relates to what is already counted. Nothing is dropped: what is set aside is listed too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

import msgspec

from campaigns.model import Unit
from consolidation.lexicon import Phrases, lexicon, plain
from extractors.document import Provenance
from extractors.report import FundingSource
from extractors.understanding.figures.amounts import number
from storage.records import ReportRecord

State = Literal["counted", "total", "repeated", "unreconciled", "other_units", "planned", "price", "not_spending"]

REASONS: dict[State, str] = {
    "counted": "Cộng vào tổng",
    "total": "Không cộng: là tổng của các số đã cộng",
    "repeated": "Không cộng: nhắc lại số đã có ở phụ lục",
    "unreconciled": "Chưa cộng: chưa rõ đã nằm trong số của phụ lục hay chưa",
    "other_units": "Chưa cộng: có thể đã gồm số của đơn vị khác",
    "planned": "Chưa cộng: dự kiến, dự toán, chưa phải số chi",
    "price": "Không cộng: đơn giá hoặc mức chi",
    "not_spending": "Không cộng: nêu trong khó khăn, kiến nghị",
}
OPEN: tuple[State, ...] = ("unreconciled", "other_units", "planned")
"""Set aside for now: a person may find that they belong to the total after all."""


class Figure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One amount in đồng; ``upper`` is the other end where the unit named a range.

    ``note``: what a person should know; ``doubtful``: someone must look at it.

    ``derived``: no unit wrote it, it is what a stated total leaves after its stated parts.
    """

    unit: Unit | None
    report: ReportRecord
    value: int
    upper: int | None = None
    source: FundingSource | None
    item: int | None
    column: str | None
    role: str | None
    year: str | None
    sentence: str
    provenance: tuple[Provenance, ...]
    state: State = "counted"
    note: str = ""
    doubtful: bool = False
    derived: bool = False


_MISMATCH = "tổng không khớp"
_OFF = "lệch"


class _Money:
    """Words of the lexicon, compiled."""

    def __init__(self) -> None:
        words = lexicon().money
        self.total, self.consists, self.of_which = (
            Phrases(words.total),
            Phrases(words.consists),
            Phrases(words.of_which),
        )
        self.planned, self.allotted = Phrases(words.planned), Phrases(words.allotted)
        self.telling = Phrases((*words.planned, *words.rate, *words.unit_price, *words.many_units))
        self.rate, self.price, self.many = Phrases(words.rate), Phrases(words.unit_price), Phrases(words.many_units)


@cache
def _words() -> _Money:
    return _Money()


def disagrees(figure: Figure) -> bool:
    """Whether a judged amount does not fit the others of its report: a total its parts, the text the appendix."""
    return figure.state in ("total", "unreconciled") and any(word in figure.note for word in (_MISMATCH, _OFF))


def judge(figures: Sequence[Figure]) -> list[Figure]:
    """The amounts of one unit, in the order in which they were read, each with its state."""
    known = [_by_words(figure) for figure in figures]
    known = _totals(known)
    return _against_appendix(known)


# -- by the words of the sentence ------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_CLAUSE = re.compile(r"[,;()\n]|\.\s|\s[-–]\s")


def spans(sentence: str, values: Iterable[int]) -> list[tuple[int, int] | None]:
    """Where in ``sentence`` each amount stands (values in the order of the sentence), None where it is not found."""
    found = [(m.start(), m.end(), number(m[0])) for m in _NUMBER.finditer(sentence)]
    places: list[tuple[int, int] | None] = []
    at = 0
    for value in values:
        place = None
        for n in range(at, len(found)):
            start, end, stated = found[n]
            if stated is not None and any(stated * scale == value for scale in (1, 10**3, 10**6, 10**9)):
                place, at = (start, end), n + 1
                break
        places.append(place)
    return places


def around(figure: Figure) -> tuple[str, str]:
    """`plain` text of the clause before the amount, and of what follows up to the next clause."""
    (place,) = spans(figure.sentence, [figure.value])
    if place is None:
        return plain(figure.sentence), plain(figure.sentence)
    before, after = figure.sentence[: place[0]], figure.sentence[place[1] :]
    return plain(_CLAUSE.split(before)[-1]), plain(_CLAUSE.split(after)[0])


def _by_words(figure: Figure) -> Figure:
    words = _words()
    if figure.role in ("difficulties", "proposals", "directives"):
        return msgspec.structs.replace(figure, state="not_spending")
    if not words.telling.first(plain(figure.sentence)):
        return figure
    before, after = around(figure)
    clause = f"{before} # {after}"
    if words.price.first(after) or words.price.first(before):
        return msgspec.structs.replace(figure, state="price")
    if words.planned.first(clause) and not words.allotted.first(clause):
        return msgspec.structs.replace(figure, state="planned", doubtful=True)
    notes = [figure.note] if figure.note else []
    if words.rate.first(after) or words.rate.first(before):
        notes.append("mức mỗi năm, chỉ cộng một lần")
    if words.many.first(plain(figure.sentence)):
        notes.append("có thể là số của nhiều đơn vị")
    return (
        msgspec.structs.replace(
            figure, note="; ".join(notes), doubtful=figure.doubtful or len(notes) > bool(figure.note)
        )
        if notes
        else figure
    )


# -- totals and their parts ------------------------------------------------------------------------------------------


def _totals(figures: list[Figure]) -> list[Figure]:
    """Set totals aside whose parts stand beside them; say so when the parts do not add up."""
    done: list[Figure] = []
    at = 0
    while at < len(figures):
        run = _same_sentence(figures, at)
        found = _total_in(run)
        if found is None and len(run) == 1 and _announces(run[0]):
            parts = _listed_parts(figures, at)
            if parts:
                run, found = [run[0], *parts], 0
        done += run if found is None else _resolve(run, found)
        at += len(run)
    return done


def _same_sentence(figures: Sequence[Figure], at: int) -> list[Figure]:
    first = figures[at]
    run = [first]
    for other in figures[at + 1 :]:
        if (other.sentence, other.item, other.column, other.provenance) != (
            first.sentence,
            first.item,
            first.column,
            first.provenance,
        ):
            break
        run.append(other)
    return run


def _total_in(run: Sequence[Figure]) -> int | None:
    """Which figure of one sentence is the total of the others."""
    if len(run) < 2:
        return None
    whole = sum(one.value for one in run)
    for n, one in enumerate(run):
        if len(run) > 2 and one.value and one.value * 2 == whole and (one.source is None or _says_total(run, n)):
            return n
    for n, one in enumerate(run):
        if one.source is None and _says_total(run, n) and any(other.source for other in run):
            return n
    if run[0].source is None and all(one.source for one in run[1:]) and run[0].value >= max(o.value for o in run[1:]):
        flat = plain(run[0].sentence)
        if _words().of_which.first(flat) or _words().consists.first(flat):
            return 0
    return None


def _says_total(run: Sequence[Figure], n: int) -> bool:
    places = spans(run[n].sentence, [one.value for one in run])
    place = places[n]
    if place is None:
        return False
    previous = places[n - 1] if n else None
    before = run[n].sentence[previous[1] if previous else 0 : place[0]]
    return bool(_words().total.first(plain(before)))


def _announces(figure: Figure) -> bool:
    """Whether the sentence of a lone amount says that its parts come in the lines below."""
    flat = plain(figure.sentence)
    opened = _words().consists.first(flat) or _words().of_which.first(flat)
    ends = figure.sentence.rstrip().endswith(":")
    return figure.source is None and bool(
        (opened and (ends or _words().total.first(flat))) or (ends and _words().total.first(flat))
    )


def _listed_parts(figures: Sequence[Figure], at: int) -> list[Figure]:
    """The amounts under an announced total: until they reach it, else as long as each names its source."""
    total = figures[at]
    parts: list[Figure] = []
    for other in figures[at + 1 :]:
        if (other.item, other.column, other.report.id) != (total.item, total.column, total.report.id):
            break
        if other.source is None or other.state != "counted":
            break
        parts.append(other)
        if sum(part.value for part in parts) >= total.value:
            break
    return parts


def _resolve(run: list[Figure], at: int) -> list[Figure]:
    """The total set aside; a remainder of the total that no part explains stays, as money of no stated source."""
    total = run[at]
    parts = [one for n, one in enumerate(run) if n != at]
    if total.state != "counted" or any(part.state != "counted" for part in parts):
        return run
    known = sum(part.value for part in parts)
    aside = msgspec.structs.replace(total, state="total")
    if known != total.value:
        difference = money(abs(total.value - known))
        gap = f"tổng ghi {money(total.value)}, cộng các phần được {money(known)}, chênh {difference} đồng"
        some = _words().of_which.first(plain(total.sentence)) and len({part.source for part in parts}) == 1
        if some and known < total.value:
            rest = msgspec.structs.replace(
                total,
                value=total.value - known,
                upper=None,
                derived=True,
                note=f"phần còn lại của tổng {money(total.value)} sau khi trừ {money(known)} đã nêu nguồn",
            )
            return [*run[:at], aside, *run[at + 1 :], rest]
        if abs(total.value - known) * 200 <= total.value:
            aside = msgspec.structs.replace(aside, note=f"làm tròn: {gap}")
        else:
            aside = msgspec.structs.replace(aside, note=f"{_MISMATCH}: {gap}", doubtful=True)
            parts = [
                msgspec.structs.replace(part, doubtful=True, note=_join(part.note, f"không khớp với tổng: {gap}"))
                for part in parts
            ]
    out = list(parts)
    out.insert(at, aside)
    return out


# -- the narrative against the appendix ------------------------------------------------------------------------------


def _against_appendix(figures: list[Figure]) -> list[Figure]:
    """Amounts outside the funding column are counted only where that column says nothing of them."""
    column = [one for one in figures if _in_column(one)]
    inside = [one for one in column if one.state == "counted"]
    figures = [_repeats(one, column) for one in figures]
    if not inside:
        return _said_twice(figures)
    totals: dict[FundingSource | None, int] = {}
    for one in inside:
        totals[one.source] = totals.get(one.source, 0) + one.value
    whole = sum(totals.values())
    done = []
    for one in figures:
        if one.state not in ("counted", "total") or (_in_column(one) and one.state == "counted"):
            done.append(one)
            continue
        same_item = [other for other in inside if one.item is None or other.item == one.item]
        if one.item is not None and not same_item:
            done.append(one)
        elif one.item is None and one.value == (whole if one.source is None else totals.get(one.source, 0)):
            done.append(
                msgspec.structs.replace(one, state="repeated", doubtful=False, note="bằng tổng các mục của phụ lục")
            )
        elif one.state == "total":
            done.append(_beside(one, whole))
        else:
            stated = _beside(one, whole if one.source is None else totals.get(one.source, 0))
            done.append(msgspec.structs.replace(stated, state="unreconciled"))
    return done


def _in_column(one: Figure) -> bool:
    return one.role == "funding" and one.column is not None


def _repeats(one: Figure, column: Sequence[Figure]) -> Figure:
    """The same amount, said outside the funding column again."""
    if not _in_column(one):
        for other in column:
            same_place = one.item is None or other.item is None or one.item == other.item
            if (
                same_place
                and one.value == other.value
                and one.source in (other.source, None)
                and one.state != "not_spending"
            ):
                return msgspec.structs.replace(one, state="repeated", doubtful=False)
    return one


def _beside(one: Figure, appendix: int) -> Figure:
    note = ""
    if one.item is None:
        note = f"phụ lục cộng được {money(appendix)}, {_OFF} {money(abs(one.value - appendix))} đồng"
    return msgspec.structs.replace(one, note=_join(one.note, note), doubtful=True)


def _said_twice(figures: list[Figure]) -> list[Figure]:
    """The same amount in the same words, as when a text stands in the file twice."""
    seen: set[tuple[int, str | None, int | None, str]] = set()
    done = []
    for one in figures:
        key = (one.value, one.source, one.item, plain(one.sentence))
        if one.state == "counted" and len(key[3]) > 25 and key in seen and not one.derived:
            done.append(msgspec.structs.replace(one, state="repeated"))
        else:
            done.append(one)
        seen.add(key)
    return done


def money(value: int) -> str:
    """``1.250.000.000``"""
    return f"{value:,}".replace(",", ".")


def _join(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


# -- years -----------------------------------------------------------------------------------------------------------

_YEAR = r"(?:199\d|20[0-4]\d)"
_SCHOOL_YEAR = re.compile(rf"năm học\s*({_YEAR})\s*[-–/]\s*({_YEAR})", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?<![\d/])({_YEAR})\s*(?:[-–]|đến(?:\s+(?:hết|nay|cuối|đầu|giữa))?(?:\s+năm|\s+tháng\s*\d{{1,2}}\s*[/-])?)\s*({_YEAR})(?!\d)",
    re.IGNORECASE,
)
_FULL_DATE = re.compile(
    rf"\d{{1,2}}\s*[/.-]\s*\d{{1,2}}\s*[/.-]\s*{_YEAR}|ngày\s*\d{{1,2}}\s*tháng\s*\d{{1,2}}\s*năm\s*{_YEAR}",
    re.IGNORECASE,
)
_ONE = re.compile(rf"(?<![\d./])(?:\d{{1,2}}\s*/\s*)?({_YEAR})(?![\d/.]\d|\d)")


def years_in(text: str, near: int = 2024) -> str | None:
    """Years within a decade of ``near``: ``2022``, ``2021-2023`` or ``năm học 2021-2022``; full dates are those
    of documents.

    >>> years_in("Trong ba năm 2021, 2022 và 2023, ngân sách quận")
    '2021-2023'
    """
    text = _FULL_DATE.sub(" ", text)
    school = _SCHOOL_YEAR.search(text)
    if school and _close(near, school[1], school[2]):
        return f"năm học {school[1]}-{school[2]}"
    span = _RANGE.search(text)
    if span and _close(near, span[1], span[2]):
        return f"{span[1]}-{span[2]}"
    single = sorted({int(m[1]) for m in _ONE.finditer(text) if _close(near, m[1])})
    if not single:
        return None
    together = single == list(range(single[0], single[-1] + 1))
    return (
        str(single[0]) if len(single) == 1 else f"{single[0]}-{single[-1]}" if together else ", ".join(map(str, single))
    )


def _close(near: int, *named: str) -> bool:
    return all(abs(int(year) - near) <= 10 for year in named)


def years(sentence: str, values: Sequence[int], near: int = 2024) -> list[str | None]:
    """The year of each amount of a sentence: named right after it, else the nearest named before, else after."""
    places = spans(sentence, values)
    found: list[str | None] = []
    for n, place in enumerate(places):
        if place is None or len(values) == 1:
            after = _CLAUSE.split(sentence[place[1] :], maxsplit=1)[0] if place else ""
            found.append(years_in(after, near) or years_in(sentence, near))
            continue
        following = next((other for other in places[n + 1 :] if other), (len(sentence), 0))
        after = sentence[place[1] : following[0]]
        bracket = re.match(r"[^,;.]{0,40}?\(([^)]*)\)", after)
        previous = next((other for other in reversed(places[:n]) if other), (0, 0))
        found.append(
            (years_in(bracket[1], near) if bracket else None)
            or years_in(sentence[previous[1] : place[0]], near)
            or years_in(re.split(r"[,;.]", after, maxsplit=1)[0], near)
            or years_in(sentence[: place[0]], near)
        )
    return found
