"""Numbers of documents that an OCR engine misread: ``123/2015/ND-CP`` is NĐ-CP, ``05/TIr-UBND`` is TTr-UBND.

Only inside a whole number, and only where what was read is no abbreviation in use while exactly one of those in use
looks like it; or where a number known to be cited has the same figures and nearly the same letters.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import cache

from rapidfuzz.distance import Levenshtein

from normalizers.plan import Change

# Kinds of documents: Nghị định 30/2020/NĐ-CP, appendix III, and those of laws.
_KINDS = """
    NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB
    NĐ TT TTLT L PL SL VBHN CV KL ĐK GXN QH10 QH11 QH12 QH13 QH14 QH15 QH16
""".split()  # noqa: SIM905
# Bodies whose abbreviation holds a letter that is misread; others are left as they are.
_BODIES = """
    TTg HĐND UBND BGDĐT SGDĐT PGDĐT GDĐT BGD&ĐT SGD&ĐT PGD&ĐT GD&ĐT GDTrH BLĐTBXH SLĐTBXH LĐTBXH TLĐ LĐLĐ ĐTN TĐTN
    ĐHQG CĐCS HĐTĐ BCĐ TTr
""".split()  # noqa: SIM905
_SEEN = {"Đ": ("D", "ĐĐ"), "T": ("I", "l", "1"), "Q": ("O", "0"), "r": ("t",), "1": ("I", "l")}
_NUMBER = re.compile(
    r"(?<![\w/.-])(?:\d{1,5}[a-z]?|\.{3,}|…+)[ ]?/[ ]?(?P<year>(?:19|20)\d\d[ ]?/[ ]?)?"
    r"(?P<code>[^\W_]{1,6}(?P<bodies>(?:[ ]?[-–][ ]?[^\W_][\w&]{1,11})*))(?![\w/])"
    r"|(?<![\w/.-])\d{1,4}[ ]?[-–][ ]?(?P<party>[^\W_]{2,3})/(?:TW|ĐU|TU|HU|BTCTW|UBKTTW)\b"  # the Party's
)
_PIECE = re.compile(r"[\w&]+")
_FULL = re.compile(r"(?P<figures>\d{1,5}(?:/(?:19|20)\d\d)?)/(?P<code>\w[\w&–-]*)")
NEAR = 4  # one letter in so many may differ from a number that is cited: QĐ-UBND is not KH-UBND


def changes(text: str, cited: Iterable[str] = ()) -> list[Change]:
    """The misread abbreviations in the document numbers of a text; ``cited``: numbers that it is likely to name."""
    found: list[Change] = []
    known = {match["figures"]: match["code"] for number in cited if (match := _FULL.fullmatch(number))}
    for match in _NUMBER.finditer(text):
        full = _FULL.fullmatch(match.group())
        true = known.get(full["figures"]) if full else None
        if (
            full
            and true
            and true != full["code"]
            and Levenshtein.distance(true, full["code"]) <= max(1, len(true) // NEAR)
        ):
            found.append(_change(full["code"], match.start() + full.start("code"), true))
            continue
        if not (match["year"] or match["bodies"] or match["party"]):
            continue
        start, end = match.span("party" if match["party"] else "code")
        for at, piece in enumerate(_PIECE.finditer(text, start, end)):
            true = _misread(at == 0).get(piece.group())
            if true is not None:
                found.append(_change(piece.group(), piece.start(), true))
    return found


def _change(original: str, start: int, true: str) -> Change:
    end = start + len(original)
    return Change(start=start, end=end, kind="ocr_code", original=original, replacement=true, confidence=0.97)


@cache
def _misread(first: bool) -> dict[str, str]:
    """What may be seen in place of a kind (``first``) or body, where it can only be one of them."""
    known = _KINDS if first else _BODIES
    seen: dict[str, set[str]] = {}
    for true in known:
        # A first T that is lost leaves too little: of ``IT`` nobody knows whether it was one.
        letters = [(letter, *(_SEEN.get(letter, ()) if at or letter != "T" else ())) for at, letter in enumerate(true)]
        for spelling in itertools.product(*letters):
            seen.setdefault("".join(spelling), set()).add(true)
    taken = {*_KINDS, *_BODIES}
    return {spelling: found.pop() for spelling, found in seen.items() if spelling not in taken and len(found) == 1}
