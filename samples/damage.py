"""Ways in which Vietnamese text arrives broken. Each takes good text (NFC) and returns what was received.

They are written apart from ``normalizers/`` on purpose: tables and rules are stated a second time, so that a mistake
made there is not made here as well.
"""

from __future__ import annotations

import re
import unicodedata

TCVN3 = {
    "à": "\xb5",
    "á": "\xb8",
    "ả": "\xb6",
    "ã": "\xb7",
    "ạ": "\xb9",
    "â": "\xa9",
    "ầ": "\xc7",
    "ấ": "\xca",
    "ẩ": "\xc8",
    "ẫ": "\xc9",
    "ậ": "\xcb",
    "ă": "\xa8",
    "ằ": "\xbb",
    "ắ": "\xbe",
    "ẳ": "\xbc",
    "ẵ": "\xbd",
    "ặ": "\xc6",
    "đ": "\xae",
    "è": "\xcc",
    "é": "\xd0",
    "ẻ": "\xce",
    "ẽ": "\xcf",
    "ẹ": "\xd1",
    "ê": "\xaa",
    "ề": "\xd2",
    "ế": "\xd5",
    "ể": "\xd3",
    "ễ": "\xd4",
    "ệ": "\xd6",
    "ì": "\xd7",
    "í": "\xdd",
    "ỉ": "\xd8",
    "ĩ": "\xdc",
    "ị": "\xde",
    "ò": "\xdf",
    "ó": "\xe3",
    "ỏ": "\xe1",
    "õ": "\xe2",
    "ọ": "\xe4",
    "ô": "\xab",
    "ồ": "\xe5",
    "ố": "\xe8",
    "ổ": "\xe6",
    "ỗ": "\xe7",
    "ộ": "\xe9",
    "ơ": "\xac",
    "ờ": "\xea",
    "ớ": "\xed",
    "ở": "\xeb",
    "ỡ": "\xec",
    "ợ": "\xee",
    "ù": "\xef",
    "ú": "\xf3",
    "ủ": "\xf1",
    "ũ": "\xf2",
    "ụ": "\xf4",
    "ư": "\xad",
    "ừ": "\xf5",
    "ứ": "\xf8",
    "ử": "\xf6",
    "ữ": "\xf7",
    "ự": "\xf9",
    "ỳ": "\xfa",
    "ý": "\xfd",
    "ỷ": "\xfb",
    "ỹ": "\xfc",
    "ỵ": "\xfe",
    "Â": "\xa2",
    "Ă": "\xa1",
    "Đ": "\xa7",
    "Ê": "\xa3",
    "Ô": "\xa4",
    "Ơ": "\xa5",
    "Ư": "\xa6",
}
VNI = {
    "à": "a\xf8",
    "á": "a\xf9",
    "ả": "a\xfb",
    "ã": "a\xf5",
    "ạ": "a\xef",
    "â": "a\xe2",
    "ầ": "a\xe0",
    "ấ": "a\xe1",
    "ẩ": "a\xe5",
    "ẫ": "a\xe3",
    "ậ": "a\xe4",
    "ă": "a\xea",
    "ằ": "a\xe8",
    "ắ": "a\xe9",
    "ẳ": "a\xfa",
    "ẵ": "a\xfc",
    "ặ": "a\xeb",
    "đ": "\xf1",
    "è": "e\xf8",
    "é": "e\xf9",
    "ẻ": "e\xfb",
    "ẽ": "e\xf5",
    "ẹ": "e\xef",
    "ê": "e\xe2",
    "ề": "e\xe0",
    "ế": "e\xe1",
    "ể": "e\xe5",
    "ễ": "e\xe3",
    "ệ": "e\xe4",
    "ì": "\xec",
    "í": "\xed",
    "ỉ": "\xe6",
    "ĩ": "\xf3",
    "ị": "\xf2",
    "ò": "o\xf8",
    "ó": "o\xf9",
    "ỏ": "o\xfb",
    "õ": "o\xf5",
    "ọ": "o\xef",
    "ô": "o\xe2",
    "ồ": "o\xe0",
    "ố": "o\xe1",
    "ổ": "o\xe5",
    "ỗ": "o\xe3",
    "ộ": "o\xe4",
    "ơ": "\xf4",
    "ờ": "\xf4\xf8",
    "ớ": "\xf4\xf9",
    "ở": "\xf4\xfb",
    "ỡ": "\xf4\xf5",
    "ợ": "\xf4\xef",
    "ù": "u\xf8",
    "ú": "u\xf9",
    "ủ": "u\xfb",
    "ũ": "u\xf5",
    "ụ": "u\xef",
    "ư": "\xf6",
    "ừ": "\xf6\xf8",
    "ứ": "\xf6\xf9",
    "ử": "\xf6\xfb",
    "ữ": "\xf6\xf5",
    "ự": "\xf6\xef",
    "ỳ": "y\xf8",
    "ý": "y\xf9",
    "ỷ": "y\xfb",
    "ỹ": "y\xf5",
    "ỵ": "\xee",
    "À": "A\xd8",
    "Á": "A\xd9",
    "Ả": "A\xdb",
    "Ã": "A\xd5",
    "Ạ": "A\xcf",
    "Â": "A\xc2",
    "Ầ": "A\xc0",
    "Ấ": "A\xc1",
    "Ẩ": "A\xc5",
    "Ẫ": "A\xc3",
    "Ậ": "A\xc4",
    "Ă": "A\xca",
    "Ằ": "A\xc8",
    "Ắ": "A\xc9",
    "Ẳ": "A\xda",
    "Ẵ": "A\xdc",
    "Ặ": "A\xcb",
    "Đ": "\xd1",
    "È": "E\xd8",
    "É": "E\xd9",
    "Ẻ": "E\xdb",
    "Ẽ": "E\xd5",
    "Ẹ": "E\xcf",
    "Ê": "E\xc2",
    "Ề": "E\xc0",
    "Ế": "E\xc1",
    "Ể": "E\xc5",
    "Ễ": "E\xc3",
    "Ệ": "E\xc4",
    "Ì": "\xcc",
    "Í": "\xcd",
    "Ỉ": "\xc6",
    "Ĩ": "\xd3",
    "Ị": "\xd2",
    "Ò": "O\xd8",
    "Ó": "O\xd9",
    "Ỏ": "O\xdb",
    "Õ": "O\xd5",
    "Ọ": "O\xcf",
    "Ô": "O\xc2",
    "Ồ": "O\xc0",
    "Ố": "O\xc1",
    "Ổ": "O\xc5",
    "Ỗ": "O\xc3",
    "Ộ": "O\xc4",
    "Ơ": "\xd4",
    "Ờ": "\xd4\xd8",
    "Ớ": "\xd4\xd9",
    "Ở": "\xd4\xdb",
    "Ỡ": "\xd4\xd5",
    "Ợ": "\xd4\xcf",
    "Ù": "U\xd8",
    "Ú": "U\xd9",
    "Ủ": "U\xdb",
    "Ũ": "U\xd5",
    "Ụ": "U\xcf",
    "Ư": "\xd6",
    "Ừ": "\xd6\xd8",
    "Ứ": "\xd6\xd9",
    "Ử": "\xd6\xdb",
    "Ữ": "\xd6\xd5",
    "Ự": "\xd6\xcf",
    "Ỳ": "Y\xd8",
    "Ý": "Y\xd9",
    "Ỷ": "Y\xdb",
    "Ỹ": "Y\xd5",
    "Ỵ": "\xce",
}
UPPER = "A-ZÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
CAPITAL_WORDS = re.compile(f"([{UPPER}]{{2,}}(?: [{UPPER}]{{2,}})*)")
HYPHENS = "-–"


def is_lost(letter: str) -> bool:
    """Whether neither cp1252 nor cp1258 has the letter (ĩ, ũ and U+1EA0..U+1EF9)."""
    return letter in "ĩũĨŨ" or "\u1ea0" <= letter <= "\u1ef9"


def lost_tight(text: str) -> str:
    """``Giáo dục`` → ``Giáo d?c``."""
    return "".join("?" if is_lost(c) else c for c in text)


def lost_spaced(text: str, width: int = 84) -> str:
    """``Thành phố Hồ`` → ``Thành ph ?  H ? ``: the records of a page picture joined by one space.

    A new record starts at every lost letter, at every hyphen and where a line of ``width`` letters ends; the spaces
    inside records stay, so one space beside ``?`` is inside a word and two are its end.
    """
    return "\n".join(_spaced_line(line, width) for line in text.split("\n"))


def _spaced_line(line: str, width: int) -> str:
    records = [""]
    used = 0
    for letter in line:
        used += 1
        if is_lost(letter):
            records += ["?", ""]
        elif letter in HYPHENS:
            records += [letter, ""]
        else:
            records[-1] += letter
            if letter == " " and used > width:
                records.append("")
                used = 0
    return " ".join(record for record in records if record)


def lost_best_fit(text: str) -> str:
    """``đường, Nghĩa`` → ``du?ng, Nghia``: cp1252 with best fit."""
    plain = str.maketrans("ăâêôơưđĩũĂƠƯĐĨŨ", "aâêôoudiuAOUÐIU")
    return "".join("?" if "\u1ea0" <= c <= "\u1ef9" else c.translate(plain) for c in text)


def utf8_as(text: str, codec: str) -> str:
    """UTF-8 bytes read as ``codec`` (cp1252, cp1258); bytes it does not have stay C1 controls, as Windows does."""
    letters = []
    for byte in text.encode("utf-8"):
        try:
            letters.append(bytes([byte]).decode(codec))
        except UnicodeDecodeError:
            letters.append(chr(byte))
    return "".join(letters)


def tcvn3(text: str) -> list[tuple[str, bool]]:
    """Text as TCVN3 letters in runs of (text, capital font).

    TCVN3 has no toned capitals: they are the small letter in a capital font (.VnTimeH). A run is a whole word group in
    capitals, or a single capital letter that has no code of its own.
    """
    runs: list[tuple[str, bool]] = []
    for stretch in re.split(CAPITAL_WORDS, text):
        if stretch == stretch.upper() and len(stretch) > 1 and any(_needs_capital_font(c) for c in stretch):
            _add(runs, _map(stretch.lower(), TCVN3), True)
            continue
        for letter in stretch:
            high = _needs_capital_font(letter)
            _add(runs, _map(letter.lower() if high else letter, TCVN3), high)
    return runs


def _needs_capital_font(letter: str) -> bool:
    return letter.isupper() and not letter.isascii() and letter not in TCVN3


def vni(text: str) -> str:
    """Text as VNI-Win letters (base letter, then the letter of its mark)."""
    return _map(text, VNI)


def _map(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(c, c) for c in unicodedata.normalize("NFC", text))


def _add(runs: list[tuple[str, bool]], text: str, capital: bool) -> None:
    if runs and runs[-1][1] == capital:
        runs[-1] = (runs[-1][0] + text, capital)
    elif text:
        runs.append((text, capital))


SIMPLE = {
    "lost_spaced": lost_spaced,
    "lost_tight": lost_tight,
    "lost_best_fit": lost_best_fit,
    "utf8_as_cp1252": lambda text: utf8_as(text, "cp1252"),
    "utf8_as_cp1258": lambda text: utf8_as(text, "cp1258"),
    "vni": vni,
}
"""Damages that need no change of font, by name."""
