"""Small certain repairs of characters: composition (NFC), Đ/đ look-alikes, homoglyphs in document codes."""

from __future__ import annotations

import html
import re
import unicodedata

from normalizers.edits import Edit, by_words
from normalizers.plan import Change
from normalizers.syllables import VIETNAMESE, is_vietnamese_syllable

_MARKED = frozenset(c for c in VIETNAMESE if not c.isascii())
COMBINING = re.compile("[\u0300-\u036f]")
ETH = re.compile("[ÐðÑñƉɖ]")
CYRILLIC = re.compile("[\u0400-\u04ff]")
ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d?);")
_ETH_TO_D = str.maketrans("ÐðÑñƉɖ", "ĐđĐđĐđ")
_READ_TWICE = re.compile("ĐÐ|ÐĐ|đð|ðđ")  # one letter, by an OCR engine
_TILDE_TO_N = str.maketrans("Ññ", "Nn")
_LATIN = str.maketrans("АВЕКМНОРСТХавеокмрстухЅѕІі", "ABEKMHOPCTXaBeokmpctyxSsIi")
# Latin and Cyrillic capitals side by side in one abbreviation.
_IN_CAPITALS = re.compile(
    "(?<![^\\W\\d_])(?:[A-ZĐ]+[АВЕКМНОРСТХЅІ][A-ZĐАВЕКМНОРСТХЅІ]*|[АВЕКМНОРСТХЅІ]+[A-ZĐ][A-ZĐАВЕКМНОРСТХЅІ]*)(?![^\\W\\d_])"
)
_WORD = re.compile(r"[^\W\d_]+")


def compose(text: str) -> list[Change]:
    """Base letters and combining marks, in whatever order, as single letters (only sequences that hold a mark)."""
    if not COMBINING.search(text):
        return []
    edits = []
    for m in re.finditer("[^\\W\\d_][\u0300-\u036f]+", text):
        piece = m.group()
        whole = unicodedata.normalize("NFC", piece)
        if whole != piece:
            edits.append(Edit(m.start(), m.end(), whole))
    return by_words(text, edits, "composition", 0.999)


def _in_word(line: str, start: int, end: int) -> bool:
    return line[start - 1 : start].isalpha() or line[end : end + 1].isalpha()


def entities(text: str) -> list[Change]:
    """HTML entities, in lines where one of them is a Vietnamese letter inside a word (others may just be shown)."""
    if "&" not in text or not ENTITY.search(text):
        return []
    edits = []
    at = 0
    for line in text.split("\n"):
        found = list(ENTITY.finditer(line)) if "&" in line else []
        if any(html.unescape(m.group()) in _MARKED and _in_word(line, m.start(), m.end()) for m in found):
            for m in found:
                plain = html.unescape(m.group())
                if plain != m.group() and plain.isprintable():
                    edits.append(Edit(at + m.start(), at + m.end(), plain))
        at += len(line) + 1
    return by_words(text, edits, "html_entity", 0.98)


def straight_d(text: str, *, seen: bool = False) -> list[Change]:
    """Ð, ð (eth) and ñ where only Đ, đ make the word Vietnamese.

    In text ``seen`` by an OCR engine ñ is an n with a speck over it, and Đ beside Ð one letter.
    """
    if not ETH.search(text):
        return []
    edits = []
    for m in _WORD.finditer(text):
        word = m.group()
        if ETH.search(word):
            fixed = _READ_TWICE.sub(lambda twice: twice[0][0], word.translate(_TILDE_TO_N)) if seen else word
            fixed = fixed.translate(_ETH_TO_D)
            if is_vietnamese_syllable(fixed) or (
                fixed.isupper() and len(fixed) > 1 and all(c.isascii() or c in "ĐƯ" for c in fixed)
            ):
                edits.append(Edit(m.start(), m.end(), fixed))
    return by_words(text, edits, "look_alike_d", 0.98)


def homoglyphs(text: str) -> list[Change]:
    """Cyrillic letters in document numbers (``40/2026/NĐ-СР``): only in words that mix them with digits, Đ or Latin."""
    if not CYRILLIC.search(text):
        return []
    edits = []
    for m in re.finditer(r"\S+", text):
        word = m.group()
        if not CYRILLIC.search(word):
            continue
        latin = word.translate(_LATIN)
        mixed = re.search(r"[A-Za-zĐđ]", word) is not None
        if (
            not CYRILLIC.search(latin)
            and mixed
            and (_IN_CAPITALS.search(word) or (re.search(r"[/\-]", word) and (re.search(r"\d", word) or "Đ" in word)))
        ):
            edits.append(Edit(m.start(), m.end(), latin))
    return by_words(text, edits, "homoglyph", 0.97)
