"""Automatic list numbers as the text Word shows: ``1.``, ``a)``, ``II.1.``, ``-``.

Source of the rules: ECMA-376 part 1, 17.9 (numbering). Counters belong to the abstract definition, so lists that share
one go on counting; ``w:startOverride`` restarts them at the first use of the list that carries it.
"""

from __future__ import annotations

import re

import msgspec
from lxml import etree

from extractors.containers.docx_styles import ParagraphStyle, Styles
from extractors.containers.docx_symbols import bullet
from extractors.containers.ooxml import W

_LEVELS = 9
_UNITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One level of a list. ``restart``: None restarts after any outer level, 0 never, n after level n (from 1)."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None
    font: str | None = None


class ListLabel(msgspec.Struct, frozen=True):
    """What stands before a list paragraph, and its list level (0 = outermost)."""

    text: str
    level: int
    is_bullet: bool


class Numbering:
    """Lists of one document and where they have counted to; `label` is called once per paragraph, in order."""

    def __init__(self, numbering: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, etree._Element] = {}
        self._lists: dict[str, etree._Element] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._overrides: dict[str, dict[int, int]] = {}
        self._counted: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if numbering is not None:
            for element in numbering.iterfind(f"{W}abstractNum"):
                self._abstract.setdefault(element.get(f"{W}abstractNumId", ""), element)
            for element in numbering.iterfind(f"{W}num"):
                self._lists.setdefault(element.get(f"{W}numId", ""), element)

    def label(self, ppr: etree._Element | None, style: ParagraphStyle) -> ListLabel | None:
        """The label of a paragraph with these properties; counts it. None where it is in no list."""
        place = self._place(ppr, style)
        if place is None:
            return None
        num_id, ilvl = place
        levels = self._levels_of(num_id)
        if ilvl not in levels:
            return None
        abstract = self._abstract_id(num_id)
        counted = self._counted.setdefault(abstract, [None] * _LEVELS)
        overrides = self._start_overrides(num_id)
        for level in range(ilvl + 1):
            if level in overrides and (num_id, level) not in self._started:
                counted[level] = None
        self._started.add((num_id, ilvl))
        current = levels[ilvl]
        before = counted[ilvl]
        counted[ilvl] = current.start if before is None else before + 1
        for deeper in range(ilvl + 1, _LEVELS):
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart > 0 and ilvl < restart):
                counted[deeper] = None
        if current.form == "bullet":
            return ListLabel(bullet(current.pattern, current.font), ilvl, True)
        text = re.sub(
            r"%([1-9])", lambda match: self._number(levels, counted, int(match.group(1)) - 1, current), current.pattern
        )
        return ListLabel(text.strip(), ilvl, False)

    def _number(self, levels: dict[int, Level], counted: list[int | None], index: int, current: Level) -> str:
        level = levels.get(index, Level())
        count = counted[index]
        form = "decimal" if current.legal and level.form not in {"decimal", "decimalZero"} else level.form
        return formatted(level.start if count is None else count, form)

    def _place(self, ppr: etree._Element | None, style: ParagraphStyle) -> tuple[str, int] | None:
        """(numId, level) of a paragraph: its own properties over its style's."""
        direct = ppr.find(f"{W}numPr") if ppr is not None else None
        num_id = _value(direct, "numId") if direct is not None else None
        ilvl = _value(direct, "ilvl") if direct is not None else None
        from_style = num_id is None
        if num_id is None:
            num_id = style.num_id
        if num_id is None or num_id == "0" or num_id not in self._lists:
            return None
        if ilvl is None and from_style:
            # a level that names the style decides, over the style's own w:ilvl
            for identifier in style.lineage:
                for index, level in self._levels_of(num_id).items():
                    if level.style == identifier:
                        return num_id, index
            ilvl = style.ilvl
        return num_id, min(_integer(ilvl, 0), _LEVELS - 1)

    def _abstract_id(self, num_id: str) -> str:
        """The abstract definition behind a list, through numbering styles."""
        for _ in range(8):
            abstract_id = _value(self._lists[num_id], "abstractNumId") or ""
            element = self._abstract.get(abstract_id)
            link = _value(element, "numStyleLink") if element is not None else None
            linked = self._styles.numbering_style(link) if link else None
            if linked is None or linked not in self._lists or linked == num_id:
                return abstract_id
            num_id = linked
        return abstract_id

    def _levels_of(self, num_id: str) -> dict[int, Level]:
        if num_id not in self._levels:
            levels: dict[int, Level] = {}
            abstract = self._abstract.get(self._abstract_id(num_id))
            for element in abstract.iterfind(f"{W}lvl") if abstract is not None else ():
                levels[_integer(element.get(f"{W}ilvl"), 0)] = _level(element)
            for override in self._lists[num_id].iterfind(f"{W}lvlOverride"):
                index = _integer(override.get(f"{W}ilvl"), 0)
                replacement = override.find(f"{W}lvl")
                if replacement is not None:
                    levels[index] = _level(replacement)
            for index, start in self._start_overrides(num_id).items():
                if index in levels:
                    levels[index] = msgspec.structs.replace(levels[index], start=start)
            self._levels[num_id] = levels
        return self._levels[num_id]

    def _start_overrides(self, num_id: str) -> dict[int, int]:
        """Level → the number at which this list starts anew."""
        if num_id not in self._overrides:
            self._overrides[num_id] = {
                _integer(override.get(f"{W}ilvl"), 0): _integer(_value(override, "startOverride"), 1)
                for override in self._lists[num_id].iterfind(f"{W}lvlOverride")
                if override.find(f"{W}startOverride") is not None
            }
        return self._overrides[num_id]


def formatted(number: int, form: str) -> str:
    """``number`` in a Word number format; formats of other scripts fall back to decimal."""
    if form in {"upperRoman", "lowerRoman"}:
        roman = _roman(number)
        return roman if form == "upperRoman" else roman.lower()
    if form in {"upperLetter", "lowerLetter"}:
        # a..z, then aa, bb, cc
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)
        return letter.upper() if form == "upperLetter" else letter
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    zeros = re.match(r"decimalZero(\d*)", form)
    if zeros:
        return str(number).zfill(int(zeros.group(1) or 2))
    if form == "vietnameseCounting":
        return _counted_in_words(number)
    return "" if form == "none" else str(number)


def _level(element: etree._Element) -> Level:
    form_element = element.find(f"{W}numFmt")
    form = form_element.get(f"{W}val", "decimal") if form_element is not None else "decimal"
    if form == "custom" and form_element is not None:
        first = form_element.get(f"{W}format", "").split(",")[0].strip()
        form = f"decimalZero{len(first)}" if re.fullmatch(r"0+1", first) else "decimal"
    restart = _value(element, "lvlRestart")
    legal = element.find(f"{W}isLgl")
    fonts = element.find(f"{W}rPr/{W}rFonts")
    return Level(
        start=_integer(_value(element, "start"), 1 if element.find(f"{W}start") is not None else 0),
        form=form,
        pattern=_value(element, "lvlText") or "",
        restart=_integer(restart, 0) if restart is not None else None,
        legal=legal is not None and legal.get(f"{W}val", "1") not in {"0", "false", "off"},
        style=_value(element, "pStyle"),
        font=(fonts.get(f"{W}hAnsi") or fonts.get(f"{W}ascii")) if fonts is not None else None,
    )


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    digits = ""
    for value, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        count, number = divmod(number, value)
        digits += letters * count
    return digits


def _counted_in_words(number: int) -> str:
    """1..99 in Vietnamese words."""
    if not 0 < number < 100:
        return str(number)
    tens, units = divmod(number, 10)
    if tens == 0:
        return _UNITS[units]
    head = "mười" if tens == 1 else f"{_UNITS[tens]} mươi"
    tail = "" if units == 0 else "lăm" if units == 5 else "mốt" if units == 1 and tens > 1 else _UNITS[units]
    return f"{head} {tail}".strip()


def _integer(value: str | None, default: int) -> int:
    return int(value) if value is not None and re.fullmatch(r"\d{1,9}", value) else default


def _value(parent: etree._Element, name: str) -> str | None:
    child = parent.find(W + name)
    return child.get(f"{W}val") if child is not None else None
