"""VIQR: Vietnamese in pure ASCII (``Co^.ng ho`a xa~ ho^.i``), whose marks are also punctuation."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from normalizers.charsets import DATA
from normalizers.edits import stretch
from normalizers.language_model import LanguageModel, default_model
from normalizers.plan import Change
from normalizers.syllables import LETTERS, VIETNAMESE, is_vietnamese_syllable
from normalizers.vocabulary import lexicon

_SIGN = re.compile(r"[aeoAEO]\^|[aA]\(|[ouOU][+*]|[dD][dD]|[aeiouyAEIOUY][`~]")
TRIGGER = re.compile(r"[eEoO]\^|[uoUO][+*]|[aA]\(|[aeiouyAEIOUY][`~]")
_BLANKS = re.compile(r"([ \t\r]+)")
_TRIPLE, _D = re.compile("DDD|ddd"), {"D": "Đ", "d": "đ"}
_WEAK = re.compile("[aeiouyAEIOUY]['.?](?=[a-z])")  # also seen elsewhere: they tell only beside others
_END = re.compile(r"(?<=.)[.?]+\W{0,3}$")
_UNICODE = re.compile(f"[{''.join(c for c in VIETNAMESE if not c.isascii())}]")  # such text is not in VIQR
LEAST_WORDS = 3  # words with VIQR's own signs that make a line VIQR
LEAST_LEGAL = 0.75  # share of syllables once decoded
# Nats for a final . or ? as a tone inside a sentence, as punctuation at its end, as the stop that ends a line.
MARK, STOP, FULL_STOP = 3.0, 2.0, 5.0
_NUMERAL = re.compile(r"[IVX]+\.|[A-Z]\.")


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], re.Pattern[str]]:
    codes: dict[str, str] = json.loads(DATA.read_text(encoding="utf-8"))["VIQR"]
    table = {bytes.fromhex(code).decode("ascii"): letter for letter, code in codes.items()}
    for seen, letter in list(table.items()):
        if "+" in seen:
            table.setdefault(seen.replace("+", "*"), letter)
    table.setdefault("Dd", "Đ")
    table.setdefault("dD", "Đ")
    return table, re.compile("|".join(re.escape(s) for s in sorted(table, key=len, reverse=True)))


def _decode(word: str) -> str:
    """``word`` with its signs as letters; of ``DDD`` either pair may be the Đ (``SGDDDT``: Đ after a D)."""
    table, pattern = _table()
    plain = pattern.sub(lambda m: table[m.group()], word)
    if "DDD" not in word and "ddd" not in word:
        return plain
    later = pattern.sub(lambda m: table[m.group()], _TRIPLE.sub(lambda m: m.group()[0] + _D[m.group()[0]], word))
    known = [all(run.lower() in lexicon() for run in LETTERS.findall(text)) for text in (plain, later)]
    return plain if known[0] and not known[1] else later


def _legal(word: str) -> bool:
    return all(is_vietnamese_syllable(r) or (r.isupper() and len(r) > 1) for r in LETTERS.findall(word))


def _choose(words: list[str], i: int, done: list[str], model: LanguageModel) -> str:
    """Word ``i`` decoded; a final . or ? is a tone or punctuation, by the words before and what follows."""
    word = words[i]
    whole = _decode(word)
    end = _END.search(word)
    if end is None:
        return whole
    apart = _decode(word[: end.start()]) + end.group()
    if whole == apart or not _legal(apart):
        return whole
    if not _legal(whole):
        return apart
    if i == 0 and _NUMERAL.fullmatch(word):
        return word
    last = i + 1 == len(words) or words[i + 1][:1].isupper()
    before, after = " ".join(done[-3:]), " ".join(_decode(w) for w in words[i + 1 : i + 3])
    values = [float(model.score(model.encode(f"{before} {text} {after}\n")).sum()) for text in (whole, apart)]
    stop = FULL_STOP if word[-1] == "." and i + 1 == len(words) else STOP
    return whole if values[0] + (0.0 if last else MARK) > values[1] + (stop if last else 0.0) else apart


def changes(line: str, offset: int) -> list[Change]:
    """The change of one line that is in VIQR, if it is."""
    strong = len(_SIGN.findall(line))
    if not strong or strong + len(_WEAK.findall(line)) < LEAST_WORDS or _UNICODE.search(line):
        return []
    pieces = _BLANKS.split(line)
    words = pieces[::2]
    runs = [r for w in words for r in LETTERS.findall(_decode(w))]
    legal = sum(is_vietnamese_syllable(r) or (r.isupper() and len(r) > 1) for r in runs)
    signed = sum(bool(_SIGN.search(w) or _WEAK.search(w)) and _legal(_decode(w)) for w in words)
    if signed < LEAST_WORDS or legal < LEAST_LEGAL * len(runs):
        return []
    model = default_model()
    done: list[str] = []
    for i in range(len(words)):
        done.append(_choose(words, i, done, model))
    pieces[::2] = done
    return stretch(line, "".join(pieces), "viqr", 0.97, offset)
