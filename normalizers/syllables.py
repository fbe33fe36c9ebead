"""Vietnamese syllables by rule: which letter strings are legal, and how to compare them.

The grammar (initial + rime + tone) is written out here, so that no word list has to be shipped. Both tone
placements of open *oa, oe, uy* (hòa/hoà, thủy/thuỷ) are legal; `canonical` maps them to one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")  # level, huyền, sắc, hỏi, ngã, nặng
VIETNAMESE = "đĐ" + "".join(
    unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in TONES
)
LETTERS = re.compile(r"[^\W\d_]+")

_SPACED = re.compile(r"\S+")
_INITIALS = ["", *_SPACED.findall("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q r s t th tr v x")]
_RIMES = _SPACED.findall(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong "
    "op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uên uênh uêt ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên "
    "uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ươc ươi ươm ươn ương ươp ươt ươu ưu "
    "y ych yêm yên yêng yêt yêu ynh"
)
_Q_RIMES = _SPACED.findall(
    "ua uac uach uai uan uang uanh uao uap uat uau uay uăc uăm uăn uăng uăp uăt uân uâng uât uây uâu ue uen ueo uet "
    "uê uêch uên uênh uêt uêu ui uich uin uinh uit uơ uôc uôi uông uy uych uyên uyêt uyn uynh uyt"
)
_FRONT = frozenset("ieêy")
_Y_OPEN = frozenset(["", "h", "k", "l", "m", "s", "t", "v"])  # lý, kỹ, mỹ: y alone after these
_STOPS = ("c", "ch", "p", "t")
# Administrative abbreviations: upper-case runs are accepted by shape, these in any case.
_ABBREVIATIONS = frozenset(
    _SPACED.findall("ubnd hđnd qđ nđ tt kh cv tp tphcm sgdđt gdđt thpt thcs hđ đh cđ bgdđt tw ttg kt tm vv")
)


def fold(text: str) -> str:
    """Lower case without any Vietnamese mark, for matching: ``Đề án`` → ``de an``."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def strip_tone(syllable: str) -> tuple[str, int]:
    """The syllable without its tone mark, and the tone (index in `TONES`, 0 = level)."""
    tone = 0
    kept = []
    for c in unicodedata.normalize("NFD", syllable):
        if c in TONES[1:]:
            tone = TONES.index(c)
        else:
            kept.append(c)
    return unicodedata.normalize("NFC", "".join(kept)), tone


def _tone_places(initial: str, rime: str) -> list[int]:
    """Indexes in ``rime`` where its tone may stand; the first is the canonical one."""
    if initial == "q":
        rest = _tone_places("", rime[1:])
        return [1 + place for place in rest]
    for i, c in enumerate(rime):
        if c in "ăâêôơ":
            return [i]
    if rime in ("oa", "oe", "uy"):
        return [0, 1]
    if rime in ("uya",) or rime[:2] in ("oa", "oe", "uy", "oo"):
        return [1]
    return [0]


def _toned(rime: str, place: int, tone: int) -> str:
    return unicodedata.normalize("NFC", rime[: place + 1] + TONES[tone] + rime[place + 1 :])


@lru_cache(maxsize=1)
def _legal() -> dict[str, str]:
    """Every legal spelling (lower case, NFC) → its canonical spelling."""
    table: dict[str, str] = {}
    for initial in _INITIALS:
        for rime in _Q_RIMES if initial == "q" else _RIMES:
            front = rime[0] in _FRONT
            if initial in ("k", "gh", "ngh") and not front:
                continue
            if initial in ("c", "ng") and front:
                continue
            if initial == "g" and front and rime[0] != "i":
                continue
            if initial == "gi" and rime[0] in "iy":
                continue
            if rime[0] == "y" and initial and (rime != "y" or initial not in _Y_OPEN):
                continue
            places = _tone_places(initial, rime)
            for tone in (2, 5) if rime.endswith(_STOPS) else range(6):
                canonical_form = initial + _toned(rime, places[0], tone)
                for place in places:
                    table[initial + _toned(rime, place, tone)] = canonical_form
    return table


def legal_syllables() -> dict[str, str]:
    """Legal spelling → canonical spelling, all lower case. Do not change it."""
    return _legal()


def canonical(token: str) -> str:
    """Lower case with the canonical tone placement; anything that is no syllable is only lower-cased."""
    low = token.lower()
    return _legal().get(low, low)


def is_vietnamese_syllable(token: str) -> bool:
    """Whether ``token`` (NFC, any case) is a legal Vietnamese syllable. ``a`` and ``an`` are, as is ``no``."""
    return token.lower() in _legal()


def syllable_rate(text: str) -> float:
    """Share of letter tokens that are legal syllables or plain upper-case abbreviations; 1.0 when there are none."""
    tokens = LETTERS.findall(text)
    if not tokens:
        return 1.0
    legal = _legal()
    good = sum(
        1
        for t in tokens
        if (low := t.lower()) in legal or low in _ABBREVIATIONS or (t.isupper() and 1 < len(t) <= 8 and _shapely(t))
    )
    return good / len(tokens)


def _shapely(token: str) -> bool:
    return all(c.isascii() or c in "ĐƯÔ" for c in token)
