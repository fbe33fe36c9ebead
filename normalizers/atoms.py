"""Cutting a line into atoms: words (whole or damaged), numbers, punctuation, with the blanks between them.

Blanks beside a mark can be part of the damage. ``tight``: a word is an unbroken run of letters and marks. ``ruled``:
one blank beside a mark is inside the word, two end it, so such runs are one atom. ``collapsed``: blanks were squeezed;
letters and isolated marks stay apart and the decoder joins them.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from normalizers.channels import PRIVATE
from normalizers.language_model import BREAK, COMMA, NUMBER, UNKNOWN, LanguageModel

Spacing = Literal["tight", "ruled", "collapsed"]
MARK = re.compile(f"[?\ufffd{PRIVATE}]")
_TRIGGER = re.compile(r"://|www\.|@|\?\w+=")
_TOKEN = re.compile(r"\S+")
_ADDRESS = re.compile(r"^\W*(?:\w+://|www\.)|@[\w-]+\.\w|\?\w+=")
_LETTER = r"[^\W\d_]"
_M = f"[?\ufffd{PRIVATE}]"
_REST = r"(?P<number>\d+(?:[.,]\d+)*)|(?P<stop>[,.;:!…()\n\"“”])"
_TIGHT = re.compile(rf"(?P<keep>\0+)|(?P<word>(?:{_LETTER}|{_M})+)|{_REST}")
_PAD = rf"(?<={_M})[ \u00a0](?=[^\W\d_?\ufffd])|(?<={_LETTER})[ \u00a0](?={_M})"  # one blank beside a mark
_RULED = re.compile(rf"(?P<keep>\0+)|(?P<word>(?:{_LETTER}|{_M}|{_PAD})+)|{_REST}")
_APART = re.compile(rf"(?P<keep>\0+)|(?P<word>(?:{_LETTER}|{_M})+)|{_REST}")
_PATTERNS = {"tight": _TIGHT, "ruled": _RULED, "collapsed": _APART}


class Atom(msgspec.Struct):
    """A piece of a line. ``text`` is the word without inner blanks; ``gap`` the number of blanks before it (99 where
    something else stands between); ``kind``: word, number, stop or keep (protected)."""

    start: int
    end: int
    text: str
    kind: str
    word: int
    gap: int
    damaged: bool = False


def protected(text: str) -> str:
    """``text`` of the same length with addresses (URLs, e-mail, queries) blanked out by NULs."""
    if not _TRIGGER.search(text):
        return text
    return _TOKEN.sub(lambda m: "\0" * len(m.group()) if _ADDRESS.search(m.group()) else m.group(), text)


def cut(text: str, spacing: Spacing, model: LanguageModel) -> list[Atom]:
    """The atoms of a line; a run of breaks is one atom, as the model was trained."""
    atoms: list[Atom] = []
    at = 0
    for match in _PATTERNS[spacing].finditer(protected(text)):
        kind, piece = match.lastgroup or "", match.group()
        start, end = match.span()
        between = text[at:start]
        gap = len(between) if not between or between.isspace() else 99
        damaged = False
        if kind == "word":
            damaged = MARK.search(piece) is not None
            if damaged:
                piece = piece.replace(" ", "").replace("\u00a0", "")
            word = UNKNOWN if damaged else model.id(piece)
        elif kind == "number":
            word = NUMBER
        elif kind == "keep":
            word = UNKNOWN
        else:
            word = COMMA if piece == "," else BREAK
            if word == BREAK and atoms and atoms[-1].kind == "stop" and atoms[-1].word == BREAK:
                atoms[-1].end, at = end, end
                continue
        atoms.append(Atom(start, end, piece, kind, word, gap, damaged))
        at = end
    return atoms
