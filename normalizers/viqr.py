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

_SIGN = re.compile(r"[aeoAEO]\^|[aA]\(|[ouOU][+*]|[dD][dD]|[aeiouyAEIOUY][`~]")
TRIGGER = re.compile(r"[eEoO]\^|[uoUO][+*]|[aA]\(|[aeiouyAEIOUY][`~]")
_BLANKS = re.compile(r"([ \t\r]+)")
_END = re.compile(r"(?<=.)[.?]+\W{0,3}$")
_UNICODE = re.compile(f"[{''.join(c for c in VIETNAMESE if not c.isascii())}]")  # such text is not in VIQR
LEAST_WORDS = 3  # words with VIQR's own signs that make a line VIQR
LEAST_LEGAL = 0.75  # share of syllables once decoded
MARK, STOP = 3.0, 2.0  # nats for a final . or ? as a tone inside a sentence, as punctuation at its end


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
    table, pattern = _table()
    return pattern.sub(lambda m: table[m.group()], word)


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
    last = i + 1 == len(words) or words[i + 1][:1].isupper()
    before = " ".join(done[-3:])
    values = []
    for text in (whole, _decode(word[: end.start()])):
        values.append(float(model.score(model.encode(f"{before} {text}"))[-1:].sum()))
    return whole if values[0] + (0.0 if last else MARK) > values[1] + (STOP if last else 0.0) else apart


def changes(line: str, offset: int) -> list[Change]:
    """The change of one line that is in VIQR, if it is."""
    if len(_SIGN.findall(line)) < LEAST_WORDS or _UNICODE.search(line):
        return []
    pieces = _BLANKS.split(line)
    words = pieces[::2]
    runs = [r for w in words for r in LETTERS.findall(_decode(w))]
    legal = sum(is_vietnamese_syllable(r) or (r.isupper() and len(r) > 1) for r in runs)
    signed = sum(bool(_SIGN.search(w)) and _legal(_decode(w)) for w in words)
    if signed < LEAST_WORDS or legal < LEAST_LEGAL * len(runs):
        return []
    model = default_model()
    done: list[str] = []
    for i in range(len(words)):
        done.append(_choose(words, i, done, model))
    pieces[::2] = done
    return stretch(line, "".join(pieces), "viqr", 0.97, offset)
