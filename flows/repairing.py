"""``./baocao repair``: text in, repaired text out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, cast

import msgspec

import normalizers


class BadInput(ValueError):
    """The input is not what the command takes; the message is for people, in Vietnamese."""


def run(file: str, *, lines: bool, as_json: bool, origin: str) -> None:
    """Repair ``file`` (``-``: standard input, UTF-8) to stdout; line ends are kept byte for byte."""
    if origin not in ("text", "ocr"):
        raise BadInput(f"--origin nhận text hoặc ocr, không nhận {origin!r}.")
    text = _read(file)
    hints = normalizers.Hints(origin=cast(Literal["text", "ocr"], origin))
    if lines:
        if as_json:
            for line in text.removesuffix("\n").split("\n"):  # a final LF ends the last line and begins no other
                _write(msgspec.json.encode(normalizers.repair(line, hints)) + b"\n")
        else:
            _write(normalizers.repair_lines(text, hints).encode())
        return
    result = normalizers.repair(text, hints)
    if as_json:
        _write(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    else:
        _write(result.text.encode())


def _read(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise BadInput(f"Không đọc được {file}: {error.strerror}.") from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} không phải văn bản UTF-8 (byte thứ {error.start + 1}).") from error


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
