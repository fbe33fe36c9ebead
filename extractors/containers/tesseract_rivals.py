"""The letters that Tesseract's library weighed beside those it read, word by word.

Asked for by ``lstm_choice_mode``; the sums over the slices of the picture that it keeps come at no cost that could be
measured, walking over the letters costs a thirtieth of reading them.
"""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_float, c_int, c_void_p
from typing import Any

from normalizers.rivals import FARTHEST, Rival

Letters = tuple[str, tuple[Rival, ...]]
"""A word and the rivals of its letters."""

VARIABLES = {"lstm_choice_mode": "2", "lstm_choice_iterations": "3", "lstm_rating_coefficient": "1"}
SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "TessBaseAPIGetIterator": (c_void_p, [c_void_p]),
    "TessResultIteratorDelete": (None, [c_void_p]),
    "TessResultIteratorNext": (c_int, [c_void_p, c_int]),
    "TessResultIteratorGetUTF8Text": (c_void_p, [c_void_p, c_int]),
    "TessPageIteratorIsAtBeginningOf": (c_int, [c_void_p, c_int]),
    "TessResultIteratorGetChoiceIterator": (c_void_p, [c_void_p]),
    "TessChoiceIteratorDelete": (None, [c_void_p]),
    "TessChoiceIteratorNext": (c_int, [c_void_p]),
    "TessChoiceIteratorGetUTF8Text": (c_char_p, [c_void_p]),
    "TessChoiceIteratorConfidence": (c_float, [c_void_p]),
}
_WORD, _LETTER = 3, 4  # levels of the iterator
_MOST = 4  # letters weighed for one place


def read(call: ctypes.CDLL, reader: int) -> list[Letters]:
    """The words of the picture that ``reader`` has just recognized, in the order of its table."""
    at = call.TessBaseAPIGetIterator(reader)
    if not at:
        return []
    words: list[tuple[str, list[Rival]]] = []
    try:
        while True:
            pointer = call.TessResultIteratorGetUTF8Text(at, _LETTER)
            if pointer:
                letter = ctypes.string_at(pointer).decode("utf-8", "replace")
                call.TessDeleteText(pointer)
                if call.TessPageIteratorIsAtBeginningOf(at, _WORD) or not words:
                    words.append(("", []))
                text, rivals = words[-1]
                words[-1] = (text + letter, rivals)
                if len(letter) == 1:
                    rivals += _rivals(call, at, len(text), letter)
            if not call.TessResultIteratorNext(at, _LETTER):
                break
    finally:
        call.TessResultIteratorDelete(at)
    return [(text, tuple(rivals)) for text, rivals in words]


def _rivals(call: ctypes.CDLL, at: int, place: int, letter: str) -> list[Rival]:
    """The rivals of one letter; none where the best of what was weighed is another than what was read in the end."""
    choices = call.TessResultIteratorGetChoiceIterator(at)
    found: list[Rival] = []
    best = 0.0
    try:
        for number in range(_MOST):
            text = call.TessChoiceIteratorGetUTF8Text(choices)
            other, behind = text.decode("utf-8", "replace") if text else "", -call.TessChoiceIteratorConfidence(choices)
            if number == 0:
                best = behind
                if other != letter:
                    # The dictionary decided against the picture.
                    return [Rival(place, letter, other, 0.0)] if len(other) == 1 else []
            elif len(other) == 1 and 0.0 <= behind - best <= FARTHEST:
                found.append(Rival(place, letter, other, round(behind - best, 1)))
            if not call.TessChoiceIteratorNext(choices):
                break
    finally:
        call.TessChoiceIteratorDelete(choices)
    return found
