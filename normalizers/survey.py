"""What a whole document tells about its own damage, before any line is decoded."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from normalizers.keep_sets import ANY, ASCII, BEST_FIT, UNION
from normalizers.lost_letters import MARK, PRIVATE, PROTECTED, LossyLine, Spacing
from normalizers.syllables import LETTERS, is_vietnamese_syllable

_L = r"[^\W\d_]"
_M = f"[?\ufffd{PRIVATE}]"
_INSIDE = re.compile(f"(?<={_L}){_M}+(?={_L})|(?<![^\\W_]){_M}+(?={_L})|[\ufffd{PRIVATE}]")
_ISOLATED = re.compile(rf"(?<!\S){_M}(?!\S)")
_PADDED = re.compile(rf"{_L} {_M}(?: |$)|(?:^| ){_M} {_L}|{_L} {_M}[,.;:)]")
_DOUBLE = re.compile(rf"{_M} {{2,}}(?=\S)|(?<=\S) {{2,}}{_M}")
_FINAL = re.compile(rf"({_L}+)\?(?![^\W\d_])")
_PROTECT = re.compile(PROTECTED)
_KEPT_ABOVE = re.compile(f"[{UNION.lost}]")
_HALF = re.compile("[ăơưđĂƠƯĐ]")
_LATIN = re.compile("[àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ]")


class LineSigns(msgspec.Struct, frozen=True):
    """Counts on one line: marks inside words, isolated marks, gaps of two blanks beside marks, endings of no syllable."""

    inside: int
    isolated: int
    double: int
    broken_end: int
    vietnamese: bool


def signs(line: str) -> LineSigns:
    text = _PROTECT.sub(" ", line)
    broken_end = sum(1 for m in _FINAL.finditer(text) if not is_vietnamese_syllable(m.group(1)) and len(m.group(1)) < 6)
    return LineSigns(
        len(_INSIDE.findall(text)),
        len(_PADDED.findall(text)) if _ISOLATED.search(text) else 0,
        len(_DOUBLE.findall(text)),
        broken_end,
        bool(_LATIN.search(text) or _HALF.search(text) or _KEPT_ABOVE.search(text)),
    )


def _looks_vietnamese(line: str) -> bool:
    """For a line without any marked letter: most tokens are short and fit syllables once marks are taken as letters."""
    tokens = re.findall(rf"(?:{_L}|{_M})+", _PROTECT.sub(" ", line))
    damaged = [t for t in tokens if MARK.search(t) and len(t) > 1]
    whole = [t for t in tokens if not MARK.search(t)]
    legal = sum(is_vietnamese_syllable(t) or t.isupper() for t in whole)
    return len(MARK.findall("".join(damaged))) >= 2 and all(len(t) <= 7 for t in damaged) and legal >= 0.6 * len(whole)


def damaged_lines(lines: Sequence[tuple[int, str]]) -> list[LossyLine]:
    """The lines that lost letters, each with its spacing mode and a first keep-set (union of cp1252 and cp1258)."""
    found: list[tuple[int, str, LineSigns]] = []
    for offset, line in lines:
        if MARK.search(line):
            s = signs(line)
            if s.inside or s.isolated or s.broken_end:
                found.append((offset, line, s))
    if not found:
        return []
    inside = sum(s.inside for _, _, s in found)
    isolated = sum(s.isolated for _, _, s in found)
    double = sum(s.double for _, _, s in found)
    vietnamese = any(s.vietnamese for _, _, s in found)
    spaced = isolated > inside
    ruled = spaced and double >= 0.1 * isolated
    out = []
    for offset, line, s in found:
        if not (s.vietnamese or _looks_vietnamese(line) or (vietnamese and s.inside + s.isolated > 0)):
            continue
        spacing: Spacing = "tight"
        if spaced and s.isolated >= s.inside:
            spacing = "ruled" if ruled else "collapsed"
        if spacing == "tight" and not s.inside and not s.broken_end:
            continue
        out.append(LossyLine(line, offset, spacing, UNION.name, ruled and spacing == "ruled"))
    return out


def keep_sets(lines: Sequence[LossyLine]) -> list[str]:
    """Keep-sets that the surviving letters allow, the likeliest first; with one, there is nothing to compare."""
    text = "\n".join(_PROTECT.sub(" ", line.text) for line in lines)
    words = LETTERS.findall(text)
    later = sum(1 for w in words if _KEPT_ABOVE.search(w))
    if later > 0.02 * len(words) or (later and "\ufffd" in text):
        return [ANY]
    if _HALF.search(text.replace("Đ", "") if "Ð" in text else text):
        return [UNION.name]
    if _LATIN.search(text):
        return [UNION.name, BEST_FIT.name]
    return [UNION.name, ASCII.name, BEST_FIT.name]
