"""UTF-8 read as a single-byte code page: exact sequences, several layers deep, and sequences that lost a byte.

Decoding is local: each sequence that can only come from UTF-8 is undone where it stands, so that intact text in the
same line stays. cp1258 comes before ftfy, which does not know it and straightens quotes that are evidence.
"""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.channels import FIRST_SET
from normalizers.edits import Edit, by_words, moved, stretch, then
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
# A sequence whose last byte was dropped, replaced, straightened or turned into a blank → set number (see channels).
BROKEN = {
    "â€": -1, 'â€"': -1, "á»": 0, "áº": 1, "Ã": 2, "Ă": 2, "Ä": 3, "Ä'": 3,
    'á»"': 4, "á»'": 5, 'Ã"': 6, "Ã'": 7, 'Ă"': 6, "Ă'": 7,
}  # fmt: skip
# Straightened quotes that leave one choice; of Đ and đ only the capital's byte is undefined in cp1252.
_EXACT = {"â€": "”", 'â€"': "–", "Ä'": "đ"}
_WINDOWS = re.compile("[\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_OPENING = "“‘„‚ƒˆ‹†‡"  # no word ends in one of these
WORD_REACH = 16  # how far a word is looked at
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
    """What is seen → the letter, and a pattern that finds whatever may be such a sequence."""
    table: dict[str, str] = {}
    for char in _TARGETS:
        for look in _views(char):
            table.setdefault(look, char)
    for code in range(0x80, 0xA0):  # C1 controls in between two layers
        table.setdefault(chr(code).encode().decode("latin-1"), chr(code))
    shapes = []
    for length in (3, 2):
        columns = ["".join(sorted({s[i] for s in table if len(s) == length})) for i in range(length)]
        shapes.append("".join(f"[{re.escape(c)}]" for c in columns))
    return table, re.compile("|".join(shapes))


def _found(line: str) -> list[tuple[int, int, str]]:
    """(start, end, letter) of every sequence of a line."""
    table, pattern = _sequences()
    out = []
    for m in pattern.finditer(line):
        piece = m.group()
        letter = table.get(piece)
        if letter is not None:
            out.append((m.start(), m.end(), letter))
        elif len(piece) == 3 and (letter := table.get(piece[:2])) is not None:
            out.append((m.start(), m.end() - 1, letter))
        elif len(piece) == 3 and (letter := table.get(piece[1:])) is not None:
            out.append((m.start() + 1, m.end(), letter))
    return out


@lru_cache(maxsize=1)
def _broken() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(s) + "\ufffd?" for s in sorted(BROKEN, key=len, reverse=True)) + "|Æ(?= )")


def _plausible(line: str, start: int, end: int) -> bool:
    """Whether the word around a sequence is no legal Vietnamese as it stands (``XÃ”`` is, ``TÃ´i`` is not)."""
    if line[end : end + 1].isalpha() or line[end - 1] in _OPENING:
        return True
    low, high = max(0, start - WORD_REACH), min(len(line), end + WORD_REACH)
    while start > low and not line[start - 1].isspace():
        start -= 1
    while end < high and not line[end].isspace():
        end += 1
    return not all(is_vietnamese_syllable(t) for t in LETTERS.findall(line[start:end]))


def _undone(line: str) -> tuple[str, frozenset[int]]:
    """One layer of exact sequences undone, and where the letters that came out stand."""
    pieces: list[str] = []
    letters = set()
    at = length = 0
    for edit in _edits(line):
        pieces += line[at : edit.start], edit.replacement
        length += edit.start - at + len(edit.replacement)
        letters.add(length - 1)
        at = edit.end
    pieces.append(line[at:])
    return "".join(pieces), frozenset(letters)


def _edits(line: str) -> list[Edit]:
    """One layer of exact sequences as edits."""
    found = _found(line)
    sure = len(found) > 3 or bool(STRONG.search(line))
    return [Edit(s, e, letter) for s, e, letter in found if sure or _plausible(line, s, e)]


def _losses(line: str, sure: bool, windows: bool, letters: frozenset[int]) -> list[Edit]:
    """Sequences that lost their last byte: a blank that was NBSP, or a private character for a set of letters.

    ``letters`` (places) came whole out of a sequence: ``XÃ HỘI`` has lost nothing.
    """
    edits = []
    for m in _broken().finditer(line):
        start, end = m.span()
        if start in letters:
            continue
        piece = m.group().rstrip("\ufffd")
        if piece in _EXACT or (piece == "Ä" and windows and sure):
            edits.append(Edit(start, end, _EXACT.get(piece, "Đ")))
            continue
        blank = line[end : end + 1] == " "
        capital = line[end : end + 2].strip().isupper() or line[max(0, start - 1) : start].isupper()
        if piece in _BLANKS and capital and sure and blank:
            edits.append(Edit(start, end + 1, _BLANKS[piece]))
        elif (
            piece in ("Ã", "Ă")
            and blank
            and start
            and line[start - 1].isalpha()
            and (sure or line[start - 1].islower())
        ):
            edits.append(Edit(start, end + 1, "à"))
        elif piece == "Æ" or (not sure and (piece in ("Ã", "Ă", "Ä") or not _plausible(line, start, end))):
            continue
        else:
            edits.append(Edit(start, end, chr(FIRST_SET + BROKEN[piece])))
    return edits


def _line(line: str) -> tuple[Change, ...]:
    """The changes of one line: one stretch where every byte survived, word by word where some were lost."""
    whole = line
    letters: frozenset[int] = frozenset()
    for _layer in range(4):
        deeper, places = _undone(whole)
        if deeper == whole:
            break
        whole, letters = deeper, places
    windows = bool(_WINDOWS.search(line))  # cp1252's own signs: then only its five undefined bytes can be missing
    losses = _losses(whole, whole != line, windows, letters) if _LEAD.search(whole) else []
    if not losses:
        return tuple(stretch(line, whole, "mojibake", 0.99))
    result = Repaired(line)
    for _layer in range(4):
        edits = _edits(result.text)
        if not edits:
            break
        result = then(result, line, by_words(result.text, edits, "mojibake", 0.99))
    return then(result, line, by_words(result.text, losses, "mojibake_lost", 0.95)).plan


def changes(text: str) -> list[Change]:
    """Undo mojibake in ``text``. Letters that cannot be told from their bytes alone become private characters."""
    out: list[Change] = []
    if not _LEAD.search(text):
        return out
    offset = 0
    for line in text.split("\n"):
        if not line.isascii() and _LEAD.search(line):
            out += moved(_line(line), offset)
        offset += len(line) + 1
    return out


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
    if len(before) != len(after):
        return []
    found = []
    at = offset
    for one, two in zip(before, after, strict=True):
        if one != two and _plausible(one, len(one) - 1, len(one)):
            found.append(
                Change(start=at, end=at + len(one), kind="mojibake", original=one, replacement=two, confidence=0.95)
            )
        at += len(one)
    return found
