"""Glyphs of symbol fonts as the characters a reader sees.

Word stores them as ``w:sym`` (font and code), as private-use letters U+F0xx, or as plain letters under a symbol
font. Ticked and empty boxes carry answers, bullets carry structure; both must survive as Unicode.
Codes are those of the fonts' own character maps (Wingdings, Wingdings 2, Webdings, Symbol).
"""

from __future__ import annotations

_WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x3F: "✍", 0x46: "☞", 0x47: "☝", 0x4A: "☺", 0x4C: "☹",
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "☐", 0x70: "☐", 0x71: "☐", 0x72: "☐", 0x73: "⬧", 0x74: "⧫",
    0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x78: "☒", 0x9E: "·", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA2: "○",
    0xA3: "○", 0xA4: "◉", 0xA5: "◎", 0xA6: "○", 0xA7: "▪", 0xA8: "☐", 0xAA: "✦", 0xAB: "★", 0xB5: "★",
    0xD5: "⌫", 0xD6: "⌦", 0xD8: "➢", 0xDC: "➲", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔",
    0xEF: "⇦", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    0x80: "⓪", **{0x81 + i: chr(0x2460 + i) for i in range(10)}, **{0x8C + i: chr(0x2776 + i) for i in range(10)},
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x55: "⊗", 0x56: "⊗", 0x96: "•", 0x97: "•",
    0x98: "●", 0x99: "⦁", 0x9A: "○", 0x9E: "⊙", 0x9F: "▪", 0xA0: "■", 0xA1: "☐", 0xA2: "☐", 0xA3: "☐", 0xA4: "☐",
    0xA5: "☐", 0xAE: "◆",
    **{0x6A + i: chr(0x2460 + i) for i in range(10)}, **{0x75 + i: chr(0x2776 + i) for i in range(10)},
}  # fmt: skip
_WINGDINGS_3 = {0x7D: "▶", 0x7C: "◀", 0x75: "▶", 0x70: "▲", 0x71: "▼", 0x67: "→", 0x66: "←"}
_WEBDINGS = {0x61: "✓", 0x63: "☐", 0x67: "■", 0x6E: "●", 0x72: "✗", 0x34: "▶", 0x3D: "■"}
_SYMBOL = {
    0x2A: "*", 0x2B: "+", 0x2D: "-", 0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xA7: "♣", 0xA8: "♦", 0xAA: "♠", 0xAB: "↔",
    0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB6: "∂",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈",
    0xD0: "∠", 0xD6: "√", 0xD7: "⋅", 0xDB: "⇔", 0xDC: "⇐", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫",
    **dict(zip(
        map(ord, "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghiklmnopqrstuwxyz"),
        "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηικλμνοπθρστυωξψζ",
        strict=True,
    )),
}  # fmt: skip
_FONTS = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": _WINGDINGS_3,
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
}
# U+F0xx whose font is lost: the reading that office documents use them for
_UNKNOWN_FONT = {**_WINGDINGS, 0xA3: "☐", 0x52: "☑", 0xB7: "•", 0xD7: "⋅", 0x2D: "-", 0x2B: "+", 0x2A: "*"}


def is_symbol_font(font: str | None) -> bool:
    return font is not None and font.strip().casefold() in _FONTS


def symbol(code: int, font: str | None) -> str:
    """The character for ``code`` (0x20..0xFF or 0xF020..0xF0FF) of a symbol font; an unmapped code as it is stored."""
    name = font.strip().casefold() if font else ""
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    known = _FONTS.get(name, _UNKNOWN_FONT if low != code else {})
    if low in known:
        return known[low]
    if name == "symbol" and 0x20 <= low < 0x7F:
        return chr(low)
    return chr(code)


def readable(text: str, font: str | None) -> str:
    """``text`` with private-use glyphs, and short plain text under a symbol font, as Unicode characters.

    Longer plain text under a symbol font is a formatting slip over real words, which Word shows in another font.
    """
    glyphs = is_symbol_font(font) and len(text.strip()) <= 3
    if not glyphs and text.isascii():
        return text
    return "".join(
        symbol(ord(char), font) if 0xF000 <= ord(char) <= 0xF0FF or (glyphs and 0x20 < ord(char) <= 0xFF) else char
        for char in text
    )


def bullet(text: str, font: str | None) -> str:
    """A list bullet as text: ``-`` and ``+`` as they are, glyphs as Unicode; Courier's ``o`` is drawn as a ring.

    A glyph without a known meaning is still a bullet.
    """
    mark = readable(text, font).replace("\u00ad", "-").strip()
    if mark == "o" and font is not None and font.casefold().startswith("courier"):
        return "◦"
    return "".join("•" if "\ue000" <= char <= "\uf8ff" else char for char in mark)
