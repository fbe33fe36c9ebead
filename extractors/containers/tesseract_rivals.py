"""The letters that Tesseract's library weighed beside those it read, word by word.

Asked for by ``lstm_choice_mode``; the sums over the slices of the picture that it keeps come at no cost that could be
measured, walking over the letters costs a thirtieth of reading them.
"""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_float, c_int, c_void_p
from typing import Any

from normalizers.rivals import FARTHEST, Rival

VARIABLES = {"lstm_choice_mode": "2", "lstm_choice_iterations": "3", "lstm_rating_coefficient": "1"}
SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "TessResultIteratorNext": (c_int, [c_void_p, c_int]),
    "TessPageIteratorIsAtBeginningOf": (c_int, [c_void_p, c_int]),
    "TessResultIteratorGetChoiceIterator": (c_void_p, [c_void_p]),
    "TessChoiceIteratorDelete": (None, [c_void_p]),
    "TessChoiceIteratorNext": (c_int, [c_void_p]),
    "TessChoiceIteratorGetUTF8Text": (c_char_p, [c_void_p]),
    "TessChoiceIteratorConfidence": (c_float, [c_void_p]),
}
_WORD, _LETTER = 3, 4  # levels of the iterator
_MOST = 4  # letters weighed for one place


def of_word(call: ctypes.CDLL, at: int) -> tuple[str, tuple[Rival, ...], bool]:
    """The letters of the word that the iterator ``at`` stands at the beginning of, and their rivals; moves it to the
    next word, and tells whether there is one."""
    word = ""
    rivals: list[Rival] = []
    while True:
        if pointer := call.TessResultIteratorGetUTF8Text(at, _LETTER):
            letter = ctypes.string_at(pointer).decode("utf-8", "replace")
            call.TessDeleteText(pointer)
            if len(letter) == 1:
                rivals += _rivals(call, at, len(word), letter)
            word += letter
        if not call.TessResultIteratorNext(at, _LETTER):
            return word, tuple(rivals), False
        if call.TessPageIteratorIsAtBeginningOf(at, _WORD):
            return word, tuple(rivals), True


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
