"""Legacy 8-bit Vietnamese character sets shown as Latin-1: TCVN3, VNI and their kin.

Most of their bytes are Latin letters, and some are *other* Vietnamese letters, so no test of characters can decide:
each word is decoded under each set and scored by the model's word frequencies (`normalizers.legacy` picks by line).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import msgspec

from normalizers.language_model import UNKNOWN, default_model
from normalizers.syllables import LETTERS, VIETNAMESE, is_vietnamese_syllable
from normalizers.vocabulary import lexicon

DATA = Path(__file__).with_name("data") / "charsets.json"
NAMES = {
    "TCVN3": "tcvn3", "VNI-WIN": "vni", "VISCII": "viscii", "VPS": "vps", "BKHCM1": "bkhcm1", "BKHCM2": "bkhcm2",
    "CP1258": "cp1258", "VIETWARE-F": "vietware_f", "VIETWARE-X": "vietware_x",
}  # fmt: skip
CASELESS = frozenset(["tcvn3", "vietware_f"])  # no capitals with tones
WORD = re.compile(r"[^ \t\n\r]+")
CLEANED = 1.5  # nats for a ư that was cleaned away
ILLEGAL, UNSEEN, SYMBOL, ASCII_WORD = -19.0, -13.0, -6.0, -10.0
# Letters and signs that Vietnamese never uses: without one of them a line is in no legacy set.
FOREIGN = re.compile(f"[^\\s!-~{VIETNAMESE}\u2013\u2014\u2018-\u201d\u2022\u2026\u00a0]")
# Signs that clean text does use: m², 3°C, ®, ½, ±, §, 5 µm.
CLEAN_SIGN = re.compile(
    r"(?<![^\W\d_])(?:[kcdmf]?[mt][²³]|µm)(?!\w)|\d(?:[°º][CFK]?|[½¼¾²³])(?!\w)|(?<=\w)[®™©](?!\w)"
    r"|(?<!\w)(?:[°º][CFK]|[§¶±×÷½¼¾©¿¡])(?!\w)|(?<!\w)[§¶±×](?=\d)"
)
# Signs beside a digit, which are signs in whatever set the letters around them are.
BESIDE_DIGIT = re.compile(
    r"(?<=\d)[°º](?:[CFK](?![^\W\d_]))?|(?<=\d)[ª²³½¼¾](?![^\W\d_])|(?<![^\W\d_])[±×](?=\d)|(?<=[\dCFK])[–—](?=\d)"
    r"|(?<![^\W\d_])(?:[kcdmf]?[mt][²³]|µm)(?!\w)"
)
DEGREES = re.compile(r"[°º][CFK]?\W*")  # behind a number and a blank
_DASHED = re.compile(r"[!-~]*[A-Za-z0-9][–—][A-Za-z0-9][!-~–—]*")
MONEY = re.compile(r"\d®(?![^\W\d_])")  # TCVN3's đ
# Tones of cp1258 read as cp1252: a vowel and then a letter that no vowel is followed by.
_LOOSE_TONE = re.compile("[aăâeêioôơuưyýõãAEIOUY][ìÌòÒÞ]")
# A capital inside a word of small letters: CÊp, phÝ in TCVN3.
_SHIFTED = re.compile("[a-zà-ỹ][ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ]|[A-Z][ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ][a-z]")
_BROKEN = re.compile(r"[^\W\d_]{2}")
COMMON_SETS = ("tcvn3", "vni")
LEAST_TELLING, LEAST_STRANGE = 2, 3
# ASCII that some sets write letters with: capitals of BKHCM1 ({ is Ý, } is Đ), control codes of VPS and VISCII.
CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")
_ODD_ASCII = re.compile(r"[{}~^|`](?=[A-Za-z])|(?<=[A-Za-z])[{}~^|`]|^[{}]$|[\x01-\x08\x0b\x0c\x0e-\x1f]")
ODD_LETTER = re.compile("[{}~^|`\x01-\x08\x0b\x0c\x0e-\x1f]")
ODD = -25.0
COMMON, COMMONEST = -10.5, -7.0
PLENTY = 8  # so many words with foreign signs speak for themselves
STRAY = re.compile("[\u0080-\u00a9\u00ab-\u00b9\u00bb-\u00bf×÷\u2020-\u2022\u02c6\u02dc\u0192\u2212\u2219]")
# What PDF extraction and clean-up make of TCVN3 bytes: soft hyphen (ư) becomes a minus, ã a bullet.
TCVN3_STAND_INS = {"\u2212": "ư", "\u2219": "ã", "\u2010": "ư"}


_AROUND = re.compile(
    "([\u2013\u2014\u2018-\u201e\u2026\u00ab\u00bb\"'().,;:!?/-]*)(.*?)([\u2013\u2014\u2018-\u201e\u2026\u00ab\u00bb\"'().,;:!?/-]*)"
)


class Charset(msgspec.Struct, frozen=True):
    """``table``: what is seen → letter; ``pattern`` finds the longest such sequences; ``single``: one sign a letter;
    ``twins``: a letter → another that the set writes the same."""

    name: str
    table: dict[str, str]
    pattern: re.Pattern[str]
    single: dict[int, str] | None
    twins: dict[int, str]

    def decode(self, word: str) -> str:
        if self.single is not None:
            return word.translate(self.single)
        return self.pattern.sub(lambda m: self.table[m.group()], word)

    def readings(self, word: str) -> tuple[str, ...]:
        """``word`` decoded, and decoded without the quotes and dashes around it, which may be just that."""
        whole = self.decode(word)
        if self.name == "tcvn3" and "ưư" in whole:  # typed twice, invisibly: it is the soft hyphen
            whole = whole.replace("ưư", "ư")
        twin = whole.translate(self.twins)
        twins = (twin,) if twin != whole else ()
        core = _AROUND.fullmatch(word) if len(word) < 60 else None
        if core is None or core.group(2) == word:
            return (*twins, whole)
        return core.group(1) + self.decode(core.group(2)) + core.group(3), *twins, whole


@lru_cache(maxsize=1)
def charsets() -> dict[str, Charset]:
    tables: dict[str, dict[str, str]] = json.loads(DATA.read_text(encoding="utf-8"))
    made = {}
    for source, name in NAMES.items():
        table: dict[str, str] = {}
        twins: dict[int, str] = {}
        # Sets without capitals of their own give one byte for both: the small letter, then.
        for letter, digits in sorted(tables[source].items(), key=lambda item: item[0].isupper()):
            raw = bytes.fromhex(digits)
            for page in ("latin-1", "cp1252"):
                first = table.setdefault(raw.decode(page, "replace").replace("\ufffd", chr(raw[-1])), letter)
                if first.lower() != letter.lower():
                    twins[ord(first)] = letter
        if name == "tcvn3":
            table |= TCVN3_STAND_INS
        if name == "vni":
            for seen, letter in list(table.items()):  # a capital typed with the small mark
                if len(seen) == 2 and seen[0].isupper():
                    table.setdefault(seen[0] + seen[1].lower(), letter)
        table = {seen: letter for seen, letter in table.items() if not seen.isascii() or ODD_LETTER.fullmatch(seen)}
        pattern = re.compile("|".join(re.escape(s) for s in sorted(table, key=len, reverse=True)))
        single = {ord(s): c for s, c in table.items()} if all(len(s) == 1 for s in table) else None
        made[name] = Charset(name, table, pattern, single, twins)
    return made


@lru_cache(maxsize=100_000)
def score(word: str) -> float:
    """Log probability of a written word, roughly: frequent syllables high, strange letters low."""
    if word.isascii():
        return ODD if _ODD_ASCII.search(word) else 0.0
    ids, model = lexicon(), default_model()
    total = 0.0
    for run in LETTERS.findall(word):
        low = run.lower()
        known = ids.get(low)
        if known is not None:
            total += max(float(model.unigram[known]), -14.0)
        elif is_vietnamese_syllable(low):
            total += UNSEEN
        elif run.isascii():
            total += ASCII_WORD
        else:
            total += ILLEGAL
        if not (run.isupper() or run.islower() or (run[0].isupper() and run[1:].islower())):
            total -= 1.0
    if word[0] in "–—" and word[1:2].isalpha():  # a dash stands apart from words
        total += SYMBOL
    return total + SYMBOL * len(STRAY.findall(word))


@lru_cache(maxsize=1)
def _dropped_u() -> dict[str, float]:
    """What is left of words when their ư is cleaned away → log probability of the commonest such word."""
    found: dict[str, float] = {}
    for spelling, word in lexicon().items():
        if "ư" in spelling:
            rest = spelling.replace("ư", "")
            found[rest] = max(found.get(rest, UNSEEN), float(default_model().unigram[word]))
    return found


def score_without_u(word: str) -> float:
    """`score` of a word decoded from TCVN3, whose ư (the soft hyphen) may have been cleaned away."""
    value = score(word)
    if value < ILLEGAL + 1:
        runs = [run.lower() for run in LETTERS.findall(word)]
        if runs and all(run in _dropped_u() or is_vietnamese_syllable(run) for run in runs):
            return max(value, sum(_dropped_u().get(run, -8.0) for run in runs) - CLEANED)
    return value


def is_font_of(font: str | None) -> str | None:
    """The character set a font name speaks for, if any: ``.VnTime`` → tcvn3, ``VNI-Times`` → vni."""
    if not font:
        return None
    name = font.rsplit("+", 1)[-1].lower()
    if name.startswith(".vn"):
        return "tcvn3"
    if name.startswith("vni"):
        return "vni"
    return None


def draws_capitals(font: str | None) -> bool:
    """Whether the font draws small letters as capitals (``.VnTimeH``)."""
    return bool(font) and bool(re.match(r"\.vn\w+h\b", (font or "").rsplit("+", 1)[-1].lower()))


def without_signs(word: str) -> str:
    """``word`` without the signs that clean text uses."""
    return CLEAN_SIGN.sub("", BESIDE_DIGIT.sub("", word))


def stays(word: str) -> bool:
    """Whether there is nothing to decode in ``word``: plain ASCII, or ASCII with signs beside digits."""
    return not _ODD_ASCII.search(word) and (word.isascii() or BESIDE_DIGIT.sub("", word).isascii())


def may_be_odd(text: str) -> bool:
    """Whether ``text`` holds anything that a legacy set may have written."""
    return not text.isascii() or CONTROL.search(text) is not None


def _stray(word: str) -> bool:
    """Whether a sign stands among the letters of ``word`` that no text puts there (``C¬``)."""
    return LETTERS.search(word) is not None and STRAY.search(without_signs(word)) is not None


def is_dashed(word: str, decoded: str) -> bool:
    """Whether ``word`` is ASCII with dashes inside (``BQL–VP``), which ``decoded`` makes no syllable of."""
    return _DASHED.fullmatch(word) is not None and not all(map(is_vietnamese_syllable, LETTERS.findall(decoded)))


def _explains(charset: Charset, words: list[str], least: float = 0.6) -> bool:
    """Whether most words with foreign signs become Vietnamese under ``charset``; a single one, a common word."""
    best = [max(charset.readings(w), key=score) for w in words[:400]]
    good = [b for b in best if _vietnamese(b)]
    return len(good) >= least * len(best) and (
        len(good) > 1 or score(good[0]) > (COMMON if len(LETTERS.findall(good[0])[0]) > 2 else COMMONEST)
    )


def _vietnamese(word: str) -> bool:
    runs = LETTERS.findall(word)
    return (
        bool(runs) and not STRAY.search(word) and all(is_vietnamese_syllable(r) or r.lower() in lexicon() for r in runs)
    )


def _surrounded(charset: Charset, words: Counter[str]) -> bool:
    """Whether the text as a whole is Vietnamese under ``charset``: few signs are no evidence in another language."""
    runs = [r for w in words for r in LETTERS.findall(max(charset.readings(w), key=score)) if len(r) > 1]
    good = sum(is_vietnamese_syllable(r) or r.isupper() or (r.lower() in lexicon() and not r.isascii()) for r in runs)
    return bool(good >= 0.7 * len(runs))


def home(words: Counter[str], names: list[str]) -> str | None:
    """The set that most of the document is in, if it is in one: then even a lone ``000®`` is read by it."""
    marked = sum(n for w, n in words.items() if not w.isascii())
    foreign = sum(n for w, n in words.items() if not w.isascii() and FOREIGN.search(without_signs(w)))
    return names[0] if names and foreign > 0.3 * marked else None


def survey(words: Counter[str]) -> list[str]:
    """Character sets that explain a document's strange words better than leaving them, best first."""
    strange = [(w, n) for w, n in words.most_common(5000) if may_be_odd(w) and (score(w) < -15.5 or _stray(w))]
    telling = [w for w, _ in strange if FOREIGN.search(without_signs(w)) or _LOOSE_TONE.search(w) or _SHIFTED.search(w)]
    broken = [w for w, _ in strange if _BROKEN.search(w)]
    few = len(telling) < LEAST_TELLING and len(broken) >= LEAST_STRANGE
    if few:  # many broken words tell as much, of the two sets that are everywhere
        telling = broken
    if not telling:
        return []
    gains = {}
    for name, charset in charsets().items():
        if few and (name not in COMMON_SETS or not _explains(charset, telling, 0.8)):
            continue
        if not few and not any(_speaks_for(name, w) for w in telling):
            continue
        if not _explains(charset, telling) or (len(telling) < PLENTY and not _surrounded(charset, words)):
            continue
        gain = sum(min(n, 5) * (max(map(score, charset.readings(w))) - score(w)) for w, n in strange)
        if gain > 3.0:
            gains[name] = gain
    if len(telling) < PLENTY and len(gains) > 1:  # so few words are told by how they follow each other
        gains = {name: _as_text(charsets()[name], words) for name in gains}
        best = max(gains.values())
        gains = {name: value for name, value in gains.items() if value > best - 2.0}
    return sorted(gains, key=lambda name: -gains[name])[:3]


def _speaks_for(name: str, word: str) -> bool:
    """Whether an odd word can be a sign of the set ``name``: foreign signs of any, loose tones and shifted capitals of
    those that write so (``trưòng`` is a slip of the hand, no set)."""
    if FOREIGN.search(without_signs(word)):
        return True
    return name == "cp1258" if _LOOSE_TONE.search(word) else name in CASELESS


def _as_text(charset: Charset, words: Counter[str]) -> float:
    """Log probability of a short text read by ``charset``."""
    text = " ".join(w if stays(w) else max(charset.readings(w), key=score) for w in words)
    model = default_model()
    ids = model.encode(f"\n{text}\n")
    return float(model.score(ids).sum()) - 8.0 * ids.count(UNKNOWN)
