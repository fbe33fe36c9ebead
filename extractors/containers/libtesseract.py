"""The library ``libtesseract`` that Debian's tesseract-ocr brings, called in this process through its C interface.

Why not a Python binding: docs/decisions/0003-tesseract.md.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from ctypes import POINTER, c_char_p, c_float, c_int, c_void_p
from pathlib import Path
from typing import Any

import numpy as np

from extractors.containers import tesseract_rivals
from extractors.containers.recognised import Grey, Seen
from extractors.errors import Rejected

_NAME = "libtesseract.so.5"
_FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata")
_ORIENTATION_ONLY = 0
_LINE, _WORD = 2, 3  # levels of the iterator
_LEAST = 3  # pixels: Tesseract reads nothing smaller

_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "TessBaseAPICreate": (c_void_p, []),
    "TessBaseAPIDelete": (None, [c_void_p]),
    "TessBaseAPIInit3": (c_int, [c_void_p, c_char_p, c_char_p]),
    "TessBaseAPISetVariable": (c_int, [c_void_p, c_char_p, c_char_p]),
    "TessBaseAPISetPageSegMode": (None, [c_void_p, c_int]),
    "TessBaseAPISetImage": (None, [c_void_p, c_void_p, c_int, c_int, c_int, c_int]),
    "TessBaseAPISetSourceResolution": (None, [c_void_p, c_int]),
    "TessBaseAPIRecognize": (c_int, [c_void_p, c_void_p]),
    "TessBaseAPIGetIterator": (c_void_p, [c_void_p]),
    "TessResultIteratorGetPageIterator": (c_void_p, [c_void_p]),
    "TessResultIteratorGetUTF8Text": (c_void_p, [c_void_p, c_int]),
    "TessResultIteratorConfidence": (c_float, [c_void_p, c_int]),
    "TessResultIteratorDelete": (None, [c_void_p]),
    "TessPageIteratorBoundingBox": (
        c_int,
        [c_void_p, c_int, POINTER(c_int), POINTER(c_int), POINTER(c_int), POINTER(c_int)],
    ),
    "TessBaseAPIDetectOrientationScript": (
        c_int,
        [c_void_p, POINTER(c_int), POINTER(c_float), POINTER(c_char_p), POINTER(c_float)],
    ),
    "TessBaseAPIClear": (None, [c_void_p]),
    "TessDeleteText": (None, [c_void_p]),
    **tesseract_rivals.SIGNATURES,
}


class Library:
    """Holds the models; makes them anew for no picture. Not for use by two threads at once."""

    def __init__(self, language: str) -> None:
        """Raises `OSError` when the library or the language is not installed."""
        self._call = _loaded()
        self._folder = data_folder(language)
        self._reader = self._made(language)
        self._turner: int | None = None

    def words(self, grey: Grey, dpi: float, segmentation: int) -> list[Seen]:
        self._see(self._reader, grey, dpi, segmentation)
        try:
            if min(grey.shape) < _LEAST:
                return []
            if self._call.TessBaseAPIRecognize(self._reader, None):
                raise Rejected("internal", "tesseract không nhận dạng được trang")
            return list(self._walk())
        finally:
            self._call.TessBaseAPIClear(self._reader)

    def orientation(self, grey: Grey, dpi: float) -> tuple[int, float]:
        if self._turner is None:
            self._turner = self._made("osd")
        self._see(self._turner, grey, dpi, _ORIENTATION_ONLY)
        turn, sure, script, script_sure = c_int(), c_float(), c_char_p(), c_float()
        try:
            found = self._call.TessBaseAPIDetectOrientationScript(
                self._turner, ctypes.byref(turn), ctypes.byref(sure), ctypes.byref(script), ctypes.byref(script_sure)
            )
        finally:
            self._call.TessBaseAPIClear(self._turner)
        # How far it is turned counter-clockwise by the library's count is how far it has to be turned clockwise.
        return ((360 - turn.value) % 360, float(sure.value)) if found else (0, 0.0)

    def _made(self, language: str) -> int:
        reader: int = self._call.TessBaseAPICreate()
        if self._call.TessBaseAPIInit3(reader, os.fsencode(self._folder), language.encode("ascii")):
            self._call.TessBaseAPIDelete(reader)
            raise OSError(f"tesseract cannot load {language} from {self._folder}")
        for name, value in {"debug_file": os.devnull, **tesseract_rivals.VARIABLES}.items():
            self._call.TessBaseAPISetVariable(reader, name.encode(), value.encode())
        return reader

    def _see(self, reader: int, grey: Grey, dpi: float, segmentation: int) -> None:
        height, width = grey.shape
        pixels = np.ascontiguousarray(grey)
        self._call.TessBaseAPISetPageSegMode(reader, segmentation)
        # The library copies the picture.
        self._call.TessBaseAPISetImage(reader, pixels.ctypes.data_as(c_void_p), width, height, 1, width)
        self._call.TessBaseAPISetSourceResolution(reader, round(dpi))

    def _walk(self) -> Iterator[Seen]:
        """The words recognised. By an iterator: Tesseract's own table looks each word's line up from the top of the
        page, for a twentieth of the time that reading the page takes."""
        call = self._call
        if not (words := call.TessBaseAPIGetIterator(self._reader)):
            return
        try:
            boxes = call.TessResultIteratorGetPageIterator(words)
            line, around = 0, None
            while True:
                # No two lines that follow each other have the same box.
                if (box := self._box(boxes, _LINE)) != around:
                    line, around = line + 1, box
                box = self._box(boxes, _WORD)
                text = self._text(call.TessResultIteratorGetUTF8Text(words, _WORD))
                confidence = call.TessResultIteratorConfidence(words, _WORD) / 100
                letters, rivals, more = tesseract_rivals.of_word(call, words)
                if box is not None and text:
                    yield Seen(text, *box, confidence, line, rivals if letters == text else ())
                if not more:
                    return
        finally:
            call.TessResultIteratorDelete(words)

    def _box(self, iterator: int, level: int) -> tuple[int, int, int, int] | None:
        x0, y0, x1, y1 = c_int(), c_int(), c_int(), c_int()
        places = (ctypes.byref(x0), ctypes.byref(y0), ctypes.byref(x1), ctypes.byref(y1))
        found = self._call.TessPageIteratorBoundingBox(iterator, level, *places)
        return (x0.value, y0.value, x1.value, y1.value) if found else None

    def _text(self, pointer: int | None) -> str:
        if not pointer:
            return ""
        try:
            return ctypes.string_at(pointer).decode("utf-8", "replace")
        finally:
            self._call.TessDeleteText(pointer)


def _loaded() -> ctypes.CDLL:
    library = ctypes.CDLL(_NAME)
    for name, (answer, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = answer, arguments
    return library


def data_folder(language: str) -> Path:
    """Where the models of ``language`` are. Raises `OSError`."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    for folder in (*((prefix, f"{prefix}/tessdata") if prefix else ()), *_FOLDERS):
        if Path(folder, f"{language}.traineddata").is_file():
            return Path(folder)
    raise OSError(f"no {language}.traineddata")
