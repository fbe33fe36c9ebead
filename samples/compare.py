"""What a report should say against what was read: one line for every difference.

Texts are compared after folding white space. Where letters cannot all be known (``read_as`` is ``ocr``, or letters were
lost) the share of wrong letters (edit distance over length) may reach `TOLERANCE`; everything else must be exact.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rapidfuzz.distance import Levenshtein

TOLERANCE = {"text": (0.0, 0), "lossy": (0.02, 1), "ocr": (0.05, 2)}
"""``read_as`` → (share of wrong letters, wrong letters that are always forgiven, for texts of a word or two)."""


def fold(text: str | None) -> str:
    """NFC, every stretch of white space as one space; bars between the cells of a table told as text are no content."""
    return " ".join(unicodedata.normalize("NFC", text or "").replace(" | ", " ").split())


def same(want: str | None, got: str | None, read_as: str) -> bool:
    """Whether ``got`` says what was written, letters compared as `TOLERANCE` allows."""
    a, b = fold(want), fold(got)
    share, free = TOLERANCE[read_as]
    return a == b or Levenshtein.distance(a, b) <= max(share * len(a), free if a and b else 0)


def differences(truth: dict[str, Any], report: dict[str, Any]) -> list[str]:
    """Every difference between the expected answers and a report (the public JSON as a dict), readable."""
    read_as = truth["read_as"]
    return [
        *_unit(truth, report),
        *_letterhead(truth, report, read_as),
        *_answers("appendix", truth, report, read_as),
        *_answers("narrative", truth, report, read_as),
        *_money(truth, report, read_as),
        *_cited(truth, report, read_as),
    ]


def _unit(truth: dict[str, Any], report: dict[str, Any]) -> Iterator[str]:
    for name, key in (("unit", "id"), ("group", "group")):
        if report["unit"][key] != truth[name]:
            yield f"{name}: want {truth[name]}, got {report['unit'][key]}"


def _letterhead(truth: dict[str, Any], report: dict[str, Any], read_as: str) -> Iterator[str]:
    """Fields compare without regard to capitals; of a signer's titles the last one (the signer's own) counts."""
    for name, want in truth["letterhead"].items():
        got = report["letterhead"][name]
        low_want, low_got = fold(want).casefold(), fold(got).casefold()
        if name == "signer_title" and low_want:
            low_got = low_got[-len(low_want) :]
        exact = name in ("date", "number")
        if low_want != low_got if exact else not same(low_want, low_got, read_as):
            yield f"letterhead.{name}: want {want!r}, got {got!r}"


def _key(answer: dict[str, Any]) -> str:
    return f"{answer['item']}.{answer['column']}" if "item" in answer else answer["point"]


def _answers(kind: str, truth: dict[str, Any], report: dict[str, Any], read_as: str) -> Iterator[str]:
    want = {_key(answer): answer for answer in truth[kind]}
    got = {_key(answer): answer for answer in report[kind]}
    for key, answer in want.items():
        read = got.get(key)
        if read is None:
            if answer["status"] != "no_answer":
                yield f"{kind} {key}: not found; want {answer['status']} {shorten(answer['text'])!r}"
            continue
        if read["status"] != answer["status"]:
            yield f"{kind} {key}: want {answer['status']}, got {read['status']} ({shorten(read['text'])!r})"
        if answer["text"] is not None and not same(answer["text"], read["text"], read_as):
            yield f"{kind} {key}: {spot(fold(answer['text']), fold(read['text']))}"
    for key in got.keys() - want.keys():
        if got[key]["status"] != "no_answer":
            yield f"{kind} {key}: nobody wrote this: {got[key]['status']} {shorten(got[key]['text'])!r}"


def _money(truth: dict[str, Any], report: dict[str, Any], read_as: str) -> Iterator[str]:
    """Sums of 0 đồng are not counted: they say that there is nothing.

    OCR may spoil the one or two letters that name a source (NS, XHH): there a sum without source is forgiven.
    """
    names = ("value", "funding_source", "item", "column")
    want = Counter(tuple(money[name] for name in names) for money in truth["money"])
    got = Counter(
        tuple(fact[name] for name in names) for fact in report["facts"] if fact["kind"] == "money" and fact["value"]
    )
    missing, extra = want - got, got - want
    if read_as == "ocr":
        for value, source, item, column in list(missing.elements()):
            if source and extra[value, None, item, column]:
                missing[value, source, item, column] -= 1
                extra[value, None, item, column] -= 1
    for sum_ in missing.elements():
        yield f"money: not found {sum_}"
    for sum_ in extra.elements():
        yield f"money: nobody wrote {sum_}"


def _cited(truth: dict[str, Any], report: dict[str, Any], read_as: str) -> Iterator[str]:
    """Document numbers and percentages, each once; of a scan a letter of a number may be misread, so none is asked."""
    if read_as == "ocr":
        return
    for name, kind in (("documents", "document"), ("percents", "percent")):
        want = set(truth[name])
        got = {fact["value"] for fact in report["facts"] if fact["kind"] == kind}
        for value in sorted(want - got):
            yield f"{kind}: not found {value}"
        for value in sorted(got - want):
            yield f"{kind}: nobody wrote {value}"


def shorten(text: str | None, width: int = 60) -> str:
    line = fold(text)
    return line if len(line) <= width else line[: width - 1] + "…"


def spot(want: str, got: str, around: int = 24) -> str:
    """The first place where two texts part, with a little of what surrounds it."""
    for op, a, b, c, d in difflib.SequenceMatcher(None, want, got, autojunk=False).get_opcodes():
        if op != "equal":
            start = max(0, a - around)
            left = want[start : b + around]
            right = got[max(0, c - around) : d + around]
            return f"want …{shorten(left, 120)!r}…, got …{shorten(right, 120)!r}…"
    return "same"
