"""Damage for the repair benchmark: clean NFC Vietnamese in, one kind of damage out.

Written from the encodings themselves (Python codecs, the published tables), not from the engine, so that the two can
disagree. Each function takes a line and a seeded ``random.Random``.
"""

from __future__ import annotations

import html
import json
import random
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

TABLES: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "normalizers" / "data" / "charsets.json").read_text(encoding="utf-8")
)
Damage = Callable[[str, random.Random], str]
LATER = frozenset(chr(c) for c in range(0x1EA0, 0x1EFA))


def _view(raw: bytes, page: str) -> str:
    out = []
    for byte in raw:
        try:
            out.append(bytes([byte]).decode(page))
        except UnicodeDecodeError:
            out.append(chr(byte))
    return "".join(out)


def _mojibake(page: str, times: int = 1) -> Damage:
    def damage(line: str, _rng: random.Random) -> str:
        for _ in range(times):
            line = _view(line.encode(), page)
        return line

    return damage


def _mojibake_without(drop: bytes, with_: str = "", page: str = "cp1252") -> Damage:
    def damage(line: str, _rng: random.Random) -> str:
        return "".join(with_ if b in drop else _view(bytes([b]), page) for b in line.encode())

    return damage


def _nbsp_to_space(line: str, _rng: random.Random) -> str:
    return _view(line.encode(), "cp1252").replace("\u00a0", " ")


def _straight_quotes(line: str, _rng: random.Random) -> str:
    return re.sub("[“”]", '"', re.sub("[‘’]", "'", _view(line.encode(), "cp1252")))


def _legacy(name: str, page: str = "cp1252") -> Damage:
    table = {letter: _view(bytes.fromhex(code), page) for letter, code in TABLES[name].items()}
    for letter in list(table):  # sets without capitals write the small byte
        if letter.upper() not in table:
            table[letter.upper()] = table[letter]

    def damage(line: str, _rng: random.Random) -> str:
        return "".join(table.get(c, c) for c in line)

    return damage


def _half(name: str) -> Damage:
    whole = _legacy(name)

    def damage(line: str, rng: random.Random) -> str:
        words = line.split(" ")
        at = len(words) // 2
        first, second = " ".join(words[:at]), " ".join(words[at:])
        return f"{whole(first, rng)} {second}" if rng.random() < 0.5 else f"{first} {whole(second, rng)}"

    return damage


def _kept_by_union(c: str) -> bool:
    return c not in LATER and c not in "ĩũĨŨ"


def _tight(line: str, _rng: random.Random, mark: str = "?") -> str:
    return "".join(c if _kept_by_union(c) else mark for c in line)


def _spaced(line: str, _rng: random.Random) -> str:
    return "".join(c if _kept_by_union(c) else " ? " for c in line)


def _collapsed(line: str, rng: random.Random) -> str:
    return re.sub(" +", " ", _spaced(line, rng)).strip()


def _question(page: str) -> Damage:
    """What Python and many programs write when a code page lacks a letter."""
    return lambda line, _rng: line.encode(page, "replace").decode(page)


def _marks_a_byte(line: str, _rng: random.Random) -> str:
    return "".join(c if c.isascii() else "\ufffd" * len(c.encode()) for c in line)


def _fffd(line: str, rng: random.Random) -> str:
    return _tight(line, rng, "\ufffd")


_BEST_FIT = str.maketrans("ăươđĩũĂƯƠĐĨŨ", "auodiuAUOÐIU")


def _best_fit(line: str, _rng: random.Random) -> str:
    return "".join("?" if c in LATER else c for c in line).translate(_BEST_FIT)


def _ascii(line: str, _rng: random.Random) -> str:
    return "".join(c if c.isascii() or not c.isalpha() else "?" for c in line)


def _dropped(line: str, _rng: random.Random) -> str:
    return "".join(c for c in line if _kept_by_union(c))


def _strip(marks: str) -> Damage:
    def damage(line: str, _rng: random.Random) -> str:
        plain = unicodedata.normalize("NFD", line)
        plain = "".join(c for c in plain if c not in marks)
        if "\u0302" in marks:
            plain = plain.replace("đ", "d").replace("Đ", "D")
        return unicodedata.normalize("NFC", plain)

    return damage


def _misread_as(name: str) -> Damage:
    """Unicode text taken for text in a legacy set and 'converted'."""
    table: dict[str, str] = {}
    for letter, code in TABLES[name].items():
        table[bytes.fromhex(code).decode("latin-1")] = letter
    pattern = re.compile("|".join(re.escape(s) for s in sorted(table, key=len, reverse=True)))

    def damage(line: str, _rng: random.Random) -> str:
        return pattern.sub(lambda m: table[m.group()], line)

    return damage


def _windows_tones(line: str, _rng: random.Random) -> str:
    """Base letter with its hat or horn, tone as a combining mark: what Windows' Vietnamese keyboard types."""
    out = []
    for c in line:
        plain = unicodedata.normalize("NFD", c)
        tones = [m for m in plain if m in "\u0300\u0301\u0309\u0303\u0323"]
        out.append(unicodedata.normalize("NFC", "".join(m for m in plain if m not in tones)) + "".join(tones))
    return "".join(out)


def _eth(line: str, _rng: random.Random) -> str:
    return line.replace("đ", "ð").replace("Đ", "Ð")


def _entities(line: str, _rng: random.Random) -> str:
    return "".join(
        c if c.isascii() else f"&#{ord(c)};" if c in LATER else html.escape(c) for c in html.escape(line, quote=False)
    )


TONES = "\u0300\u0301\u0309\u0303\u0323"
LOSSLESS: dict[str, Damage] = {
    "utf8 as cp1252": _mojibake("cp1252"),
    "utf8 as latin-1": _mojibake("latin-1"),
    "utf8 as cp1258": _mojibake("cp1258"),
    "utf8 as cp1252 twice": _mojibake("cp1252", 2),
    "TCVN3": _legacy("TCVN3"),
    "VNI": _legacy("VNI-WIN"),
    "VISCII": _legacy("VISCII"),
    "VPS": _legacy("VPS"),
    "BKHCM1": _legacy("BKHCM1"),
    "BKHCM2": _legacy("BKHCM2"),
    "Vietware-X": _legacy("VIETWARE-X"),
    "Vietware-F": _legacy("VIETWARE-F"),
    "VIQR": _legacy("VIQR"),
    "cp1258 as cp1252": _legacy("CP1258"),
    "NFD": lambda line, _rng: unicodedata.normalize("NFD", line),
    "Windows tones": _windows_tones,
    "eth for đ": _eth,
    "HTML entities": _entities,
    "half TCVN3": _half("TCVN3"),
    "half VNI": _half("VNI-WIN"),
}
LOSSY: dict[str, Damage] = {
    "mojibake, C1 dropped": _mojibake_without(b"\x81\x8d\x8f\x90\x9d"),
    "mojibake, C1 to U+FFFD": _mojibake_without(b"\x81\x8d\x8f\x90\x9d", "\ufffd"),
    "mojibake, NBSP to space": _nbsp_to_space,
    "mojibake, straight quotes": _straight_quotes,
    "TCVN3, soft hyphen dropped": lambda line, rng: _legacy("TCVN3")(line, rng).replace("\u00ad", ""),
    "converted as VNI": _misread_as("VNI-WIN"),
    "converted as TCVN3": _misread_as("TCVN3"),
    "? tight": _tight,
    "? spaced": _spaced,
    "? collapsed": _collapsed,
    "U+FFFD": _fffd,
    "U+FFFD a byte": _marks_a_byte,
    "? for what cp1252 lacks": _question("cp1252"),
    "? for what cp1258 lacks": _question("cp1258"),
    "best-fit cp1252": _best_fit,
    "ASCII ?": _ascii,
    "dropped letters": _dropped,
    "tones stripped": _strip(TONES),
    "all marks stripped": _strip(TONES + "\u0302\u0306\u031b"),
}
KINDS = LOSSLESS | LOSSY
