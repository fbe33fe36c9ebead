"""The look of runs and paragraphs: document defaults → paragraph style → character style → direct formatting.

Legacy fonts (``.VnTime``, ``VNI-Times``) are often named only in ``styles.xml`` or the theme, so the font of every
run is resolved through the whole chain. ``w:caps`` changes the drawing only: text keeps the case that was typed.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from lxml import etree

from extractors.containers.ooxml import W

Align = Literal["left", "center", "right", "justify"]
Properties = dict[str, str]

_TOGGLES = ("b", "i", "vanish")
_OFF = {"0", "false", "off", "none"}
_ALIGNMENTS: dict[str, Align] = {
    "left": "left", "start": "left", "center": "center", "right": "right", "end": "right",
    "both": "justify", "distribute": "justify", "lowKashida": "justify", "mediumKashida": "justify",
    "highKashida": "justify", "thaiDistribute": "justify",
}  # fmt: skip
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MAX_CHAIN = 40


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a run looks like. ``fonts`` by script slot (ascii, hAnsi, cs); ``size`` in points."""

    ascii: str | None = None
    high: str | None = None
    size: float | None = None
    bold: bool = False
    italic: bool = False
    hidden: bool = False
    raised: bool = False

    def font(self, text: str) -> str | None:
        """The font that draws ``text``: Word takes ``hAnsi`` for what is not ASCII."""
        return (self.ascii or self.high) if text.isascii() else (self.high or self.ascii)


class ParagraphStyle(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph style with what it inherits; ``num_id``/``ilvl`` as written, ``lineage`` from itself to its root."""

    name: str | None = None
    lineage: tuple[str, ...] = ()
    align: Align | None = None
    outline: int | None = None
    num_id: str | None = None
    ilvl: str | None = None
    properties: Properties = {}


class Styles:
    """Styles of one document. Missing parts, missing styles and circular inheritance are read as "nothing said"."""

    def __init__(self, styles: etree._Element | None, theme: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._theme = _theme_fonts(theme)
        self._defaults: Properties = {}
        self.default_paragraph: str | None = None
        self._paragraph_styles: dict[str | None, ParagraphStyle] = {}
        self._character_styles: dict[str, Properties] = {}
        self._looks: dict[tuple[str | None, str | None], Properties] = {}
        if styles is None:
            return
        for style in styles.iterfind(f"{W}style"):
            identifier = style.get(f"{W}styleId")
            if identifier is None:
                continue
            self._elements.setdefault(identifier, style)
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true", "on"}:
                self.default_paragraph = identifier
        defaults = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._defaults = self._properties(defaults)

    def paragraph_style(self, identifier: str | None) -> ParagraphStyle:
        if identifier not in self._elements:
            identifier = self.default_paragraph
        if identifier not in self._paragraph_styles:
            self._paragraph_styles[identifier] = self._resolve_paragraph_style(identifier)
        return self._paragraph_styles[identifier]

    def numbering_style(self, identifier: str) -> str | None:
        """The ``numId`` that a numbering style stands for."""
        return self.paragraph_style(identifier).num_id if identifier in self._elements else None

    def look(self, paragraph_style: str | None, rpr: etree._Element | None) -> Look:
        """The look of a run with run properties ``rpr`` in a paragraph of ``paragraph_style``."""
        return _look(self._run_properties(paragraph_style, rpr))

    def _run_properties(self, paragraph_style: str | None, rpr: etree._Element | None) -> Properties:
        character_style = _value(rpr, "rStyle") if rpr is not None else None
        key = (paragraph_style, character_style)
        inherited = self._looks.get(key)
        if inherited is None:
            from_paragraph = self.paragraph_style(paragraph_style).properties
            from_character = self._character_style(character_style)
            inherited = {**self._defaults, **from_paragraph, **from_character}
            for toggle in _TOGGLES:
                # the standard's toggle properties: set in both kinds of style, they cancel out
                if from_paragraph.get(toggle) == "1" and from_character.get(toggle) == "1":
                    inherited[toggle] = "0"
            self._looks[key] = inherited
        if rpr is None or not len(rpr):
            return inherited
        return {**inherited, **self._properties(rpr)}

    def _character_style(self, identifier: str | None) -> Properties:
        if identifier is None or identifier not in self._elements:
            return {}
        if identifier not in self._character_styles:
            merged: Properties = {}
            for element in reversed(self._chain(identifier)):
                merged.update(self._properties(element.find(f"{W}rPr")))
            self._character_styles[identifier] = merged
        return self._character_styles[identifier]

    def _resolve_paragraph_style(self, identifier: str | None) -> ParagraphStyle:
        chain = self._chain(identifier)
        properties: Properties = {}
        align: Align | None = None
        outline = num_id = ilvl = None
        for element in reversed(chain):
            properties.update(self._properties(element.find(f"{W}rPr")))
            ppr = element.find(f"{W}pPr")
            if ppr is None:
                continue
            align = alignment(ppr) or align
            outline = _value(ppr, "outlineLvl") or outline
            numbered = ppr.find(f"{W}numPr")
            if numbered is not None:
                num_id = _value(numbered, "numId") or num_id
                ilvl = _value(numbered, "ilvl") or ilvl
        name = _value(chain[0], "name") if chain else None
        level = outline_level(outline)
        if level is None and outline is None and name and (heading := re.fullmatch(r"(?i)heading ([1-9])", name)):
            level = int(heading.group(1)) - 1
        return ParagraphStyle(
            name=name,
            lineage=tuple(element.get(f"{W}styleId", "") for element in chain),
            align=align,
            outline=level,
            num_id=num_id,
            ilvl=ilvl,
            properties=properties,
        )

    def _chain(self, identifier: str | None) -> list[etree._Element]:
        """The style and its ancestors, nearest first."""
        chain: list[etree._Element] = []
        while identifier is not None and identifier in self._elements and len(chain) < _MAX_CHAIN:
            element = self._elements[identifier]
            if element in chain:
                break
            chain.append(element)
            identifier = _value(element, "basedOn")
        return chain

    def _properties(self, rpr: etree._Element | None) -> Properties:
        found: Properties = {}
        if rpr is None:
            return found
        for child in rpr:
            tag = child.tag
            if tag == f"{W}rFonts":
                for slot in ("ascii", "hAnsi", "cs"):
                    themed = child.get(f"{W}{'cstheme' if slot == 'cs' else slot + 'Theme'}")
                    font = self._theme.get(themed) if themed else None
                    font = font or child.get(f"{W}{slot}")
                    if font:
                        found[slot] = font
            elif tag == f"{W}sz":
                found["sz"] = child.get(f"{W}val", "")
            elif tag == f"{W}vertAlign":
                found["vertAlign"] = child.get(f"{W}val", "")
            elif tag.startswith(W) and (name := tag[len(W) :]) in _TOGGLES:
                found[name] = "0" if child.get(f"{W}val", "1").lower() in _OFF else "1"
        return found


def alignment(ppr: etree._Element) -> Align | None:
    value = _value(ppr, "jc")
    return _ALIGNMENTS.get(value) if value else None


def outline_level(value: str | None) -> int | None:
    """``w:outlineLvl`` 0..8 as a level; 9 is body text."""
    return int(value) if value is not None and value.isdecimal() and int(value) < 9 else None


def _look(properties: Properties) -> Look:
    size = properties.get("sz", "")
    ascii_font, high_font = properties.get("ascii"), properties.get("hAnsi")
    if ascii_font is None and high_font is None:
        ascii_font = properties.get("cs")
    return Look(
        ascii=ascii_font,
        high=high_font,
        size=float(size) / 2 if re.fullmatch(r"\d{1,4}(\.\d+)?", size) else None,
        bold=properties.get("b") == "1",
        italic=properties.get("i") == "1",
        hidden=properties.get("vanish") == "1",
        raised=properties.get("vertAlign") == "superscript",
    )


def _theme_fonts(theme: etree._Element | None) -> dict[str, str]:
    """Theme slot (``minorHAnsi`` ...) → font name."""
    found: dict[str, str] = {}
    if theme is None:
        return found
    for kind in ("major", "minor"):
        fonts = theme.find(f".//{_A}{kind}Font")
        for script, slots in (("latin", ("Ascii", "HAnsi")), ("cs", ("Bidi",)), ("ea", ("EastAsia",))):
            element = fonts.find(f"{_A}{script}") if fonts is not None else None
            name = element.get("typeface") if element is not None else None
            if name:
                found.update({kind + slot: name for slot in slots})
    return found


def _value(parent: etree._Element, name: str) -> str | None:
    child = parent.find(W + name)
    return child.get(f"{W}val") if child is not None else None
