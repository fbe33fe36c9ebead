"""Comparing Vietnamese text whatever its case, diacritics, tone placement and common abbreviations.

`fold` keeps one character for one character, so that an offset found in folded text is an offset in the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u202f\u3000"), " ")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_TIDY: dict[int, str | None] = {**_SPACES, **_INVISIBLE}
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

# What officials of the education sector shorten. Keys and values are folded; one word becomes several.
ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    key: tuple(value.split())
    for key, value in {
        "ai": "tri tue nhan tao",
        "bc": "bao cao",
        "bgh": "ban giam hieu",
        "bqlda": "ban quan ly du an",
        "cbql": "can bo quan ly",
        "cds": "chuyen doi so",
        "clb": "cau lac bo",
        "cmhs": "cha me hoc sinh",
        "cntt": "cong nghe thong tin",
        "csdl": "co so du lieu",
        "csgd": "co so giao duc",
        "csvc": "co so vat chat",
        "cv": "cong van",
        "da": "de an",
        "gddt": "giao duc dao tao",
        "gdtm": "giao duc thong minh",
        "gdtx": "giao duc thuong xuyen",
        "gv": "giao vien",
        "hs": "hoc sinh",
        "htsd": "hoc tap suot doi",
        "hdnd": "hoi dong nhan dan",
        "kh": "ke hoach",
        "ktdg": "kiem tra danh gia",
        "ns": "ngan sach",
        "nsnn": "ngan sach nha nuoc",
        "phhs": "phu huynh hoc sinh",
        "pl": "phu luc",
        "qd": "quyet dinh",
        "qldh": "quan ly day hoc",
        "sgddt": "so giao duc dao tao",
        "sgd": "so giao duc dao tao",
        "tbdh": "thiet bi day hoc",
        "thtn": "thuc hanh thi nghiem",
        "tttn": "trung tam thi nghiem",
        "tthtcd": "trung tam hoc tap cong dong",
        "htcd": "hoc tap cong dong",
        "tt": "trung tam",
        "tphcm": "thanh pho ho chi minh",
        "hcm": "ho chi minh",
        "tp": "thanh pho",
        "ubnd": "uy ban nhan dan",
        "vb": "van ban",
        "xd": "xay dung",
        "xhh": "xa hoi hoa",
    }.items()
}
# "giáo dục và đào tạo" is written GDĐT, GD&ĐT, GD-ĐT: all must give the same words.
_AND = frozenset({"va", "voi", "cung"})
# For character classes: a range such as À-ỹ would mix capitals and small letters.
SMALL_LETTERS = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
CAPITAL_LETTERS = "A-Z" + SMALL_LETTERS[3:].upper()

STOP_WORDS = frozenset(
    "va cac nhung cua ve cho viec trong theo voi tai o la co duoc tu den tren de bang khi do nay thi".split()  # noqa: SIM905
)


class _Folder(dict[int, str]):
    """Code point → folded character, filled as letters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "đĐðÐ":
            folded = "d"
        elif char in _DASHES:
            folded = "-"
        else:
            base = unicodedata.normalize("NFD", char)[0]
            low = base.lower()
            folded = low if len(low) == 1 else base
        self[code] = folded
        return folded


_FOLDER = _Folder()
SHORT = 500  # characters of a text whose folded form is kept: cells and headings are asked for again and again


def tidy(text: str) -> str:
    """NFC with plain spaces and without invisible characters; line ends are kept as ``\\n``."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_TIDY)


def fold(text: str) -> str:
    """Lower case without diacritics, same length as ``text`` (which is NFC); dashes become ``-``."""
    return _kept(text) if len(text) <= SHORT else text.translate(_FOLDER)


@lru_cache(maxsize=8192)
def _kept(text: str) -> str:
    return text.translate(_FOLDER)


def squeeze(text: str) -> str:
    """Runs of white space as one space, none at the ends."""
    return " ".join(text.split())


_WORD = re.compile(r"[a-z0-9]+")
_GLUED = re.compile(r"\b(p?s?gd)\s?[&+\-]\s?(dt)\b")


def words(text: str) -> list[str]:
    """Folded words of ``text`` with abbreviations written out; "và" and its like are left out."""
    folded = _GLUED.sub(r"\1\2", fold(text))
    found: list[str] = []
    for word in _WORD.findall(folded):
        if word in ABBREVIATIONS:
            found += ABBREVIATIONS[word]
        elif word not in _AND:
            found.append(word)
    return found


def letters(text: str) -> str:
    """Folded letters and digits alone: what is left when spacing and punctuation do not count."""
    return _letters_kept(text) if len(text) <= SHORT else "".join(_WORD.findall(fold(text)))


@lru_cache(maxsize=8192)
def _letters_kept(text: str) -> str:
    return "".join(_WORD.findall(fold(text)))


def upper_share(text: str) -> float:
    """Share of capitals among the letters of ``text`` (0 when it has none)."""
    cased = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in cased) / len(cased) if cased else 0.0
