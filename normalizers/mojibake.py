"""UTF-8 read as a single-byte code page: exact sequences, several layers deep, and sequences that lost a byte.

Decoding is local: each sequence that can only come from UTF-8 is undone where it stands, so that intact text in the
same line stays. cp1258 comes before ftfy, which does not know it and straightens quotes that are evidence.
"""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.edits import Edit, by_words, then
from normalizers.channels import FIRST_SET
from normalizers.plan import Change, Repaired
from normalizers.syllables import LETTERS, is_vietnamese_syllable

_TARGETS = (
    [chr(c) for c in range(0xA0, 0x100)]
    + list("ăĂđĐĩĨũŨơƠưƯŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™−≤≥≠→←⇒√∑×÷∞≈☐☑☒✓✔●○■□▪▫►★☆")
    + [chr(c) for c in range(0x1EA0, 0x1EFA)]
    + ["\u0300", "\u0301", "\u0303", "\u0309", "\u0323", "\u200b", "\ufeff"]
)
STRONG = re.compile(
    "á[º»][^\\s\\w]|á[º»][\u0080-\u00bf\u0152\u0153\u0160\u0161\u017d\u017e\u0178\u0192]|Ä[‘\u0091]|Æ[°¡]|Ä\u0083|Äƒ|â€"
)
_LEAD = re.compile("[ÃĂÄÅÆáâÂÌà]")
# A sequence whose last byte was dropped, replaced, straightened or turned into a blank → set number (see keep_sets).
BROKEN = {
    "â€": -1, "á»": 0, "áº": 1, "Ã": 2, "Ă": 2, "Ä": 3, 'á»"': 4, "á»'": 5, 'Ã"': 6, "Ã'": 7, "Ä'": 3, 'Ă"': 6, "Ă'": 7,
}  # fmt: skip
_BLANKS = {"áº": "Ạ", "Æ": "Ơ"}  # capitals whose last byte was NBSP


def _views(char: str) -> set[str]:
    """How the UTF-8 bytes of ``char`` look when read as each code page."""
    looks = set()
    for page in ("cp1252", "latin-1", "cp1258"):
        letters = []
        for byte in char.encode():
            try:
                letters.append(bytes([byte]).decode(page))
            except UnicodeDecodeError:
                letters.append(chr(byte))  # browsers and Windows pass undefined bytes through as C1 controls
        looks.add("".join(letters))
    return looks


@lru_cache(maxsize=1)
def _sequences() -> tuple[dict[str, str], re.Pattern[str]]:
    table: dict[str, str] = {}
    for char in _TARGETS:
        for look in _views(char):
            table.setdefault(look, char)
    alternatives = "|".join(re.escape(s) for s in sorted(table, key=len, reverse=True))
    return table, re.compile(alternatives)


@lru_cache(maxsize=1)
def _broken() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(s) + "\ufffd?" for s in sorted(BROKEN, key=len, reverse=True)) + "|Æ(?= )")


def _plausible(line: str, start: int, end: int) -> bool:
    """Whether the word around a sequence is no legal Vietnamese as it stands (``XÃ”`` is, ``TÃ´i`` is not)."""
    if line[end : end + 1].isalpha():
        return True
    while start > 0 and not line[start - 1].isspace():
        start -= 1
    while end < len(line) and not line[end].isspace():
        end += 1
    return not all(is_vietnamese_syllable(t) for t in LETTERS.findall(line[start:end]))


def _pass(text: str, offset: int, line: str) -> list[Edit]:
    """Exact sequences of one line as edits."""
    table, pattern = _sequences()
    found = list(pattern.finditer(line))
    if not found:
        return []
    sure = bool(STRONG.search(line)) or len(found) > 3
    return [
        Edit(offset + m.start(), offset + m.end(), table[m.group()])
        for m in found
        if sure or _plausible(line, m.start(), m.end())
    ]


def _losses(line: str, offset: int, sure: bool) -> list[Edit]:
    """Sequences that lost their last byte: a blank that was NBSP, or a private character that stands for a letter set."""
    edits = []
    for m in _broken().finditer(line):
        start, end = m.span()
        piece = m.group().rstrip("\ufffd")
        capital = line[end : end + 2].strip().isupper() or line[max(0, start - 1) : start].isupper()
        if piece == "â€":
            edits.append(Edit(offset + start, offset + end, "”"))
            continue
        if piece in _BLANKS and capital and sure and line[end : end + 1] == " ":
            edits.append(Edit(offset + start, offset + end + 1, _BLANKS[piece]))
            continue
        if piece in ("Ã", "Ă") and line[end : end + 1] == " " and (sure or _plausible(line, start, end)):
            edits.append(Edit(offset + start, offset + end + 1, "à"))
            continue
        if not sure and not (piece[0] == "á" and _plausible(line, start, end)):
            continue
        if piece == "Æ" or (piece in ("Ã", "Ă", "Ä") and not sure):
            continue
        edits.append(Edit(offset + start, offset + end, chr(FIRST_SET + BROKEN[piece])))
    return edits


def repair(text: str) -> Repaired:
    """Undo mojibake in ``text``. Letters that cannot be told from their bytes alone are left as private characters."""
    result = Repaired(text)
    if not _LEAD.search(text):
        return result
    touched: set[int] = set()
    for _round in range(4):
        edits: list[Edit] = []
        offset = 0
        for number, line in enumerate(result.text.split("\n")):
            if _LEAD.search(line):
                found = _pass(result.text, offset, line)
                if found:
                    touched.add(number)
                edits += found
            offset += len(line) + 1
        if not edits:
            break
        result = then(result, text, by_words(result.text, edits, "mojibake", 0.99))
    offset = 0
    edits = []
    if FIRST_SET and touched:
        for number, line in enumerate(result.text.split("\n")):
            if _LEAD.search(line):
                edits += _losses(line, offset, number in touched)
            offset += len(line) + 1
    if edits:
        result = then(result, text, by_words(result.text, edits, "mojibake_lost", 0.95))
    return result


def by_ftfy(line: str) -> str:
    """What ftfy makes of a line's encoding (other languages' mojibake, mostly)."""
    import ftfy  # noqa: PLC0415  (60 ms that clean text need not pay)

    return ftfy.fix_encoding(line)


def ftfy_changes(line: str, offset: int) -> list[Change]:
    """ftfy's answer as word changes, where it keeps the words apart as they are."""
    fixed = by_ftfy(line)
    if fixed == line:
        return []
    before, after = re.split(r"([ \t\n]+)", line), re.split(r"([ \t\n]+)", fixed)
    changes = []
    if len(before) == len(after):
        at = offset
        for one, two in zip(before, after, strict=True):
            if one != two and _plausible(one, len(one) - 1, len(one)):
                changes.append(
                    Change(start=at, end=at + len(one), kind="mojibake", original=one, replacement=two, confidence=0.95)
                )
            at += len(one)
    return changes
