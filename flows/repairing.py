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
        results = [normalizers.repair(line, hints) for line in text.split("\n")]
        if as_json:
            _write(b"".join(msgspec.json.encode(result) + b"\n" for result in _without_last_empty(results, text)))
        else:
            _write("\n".join(result.text.replace("\n", " ") for result in results).encode())
        return
    result = normalizers.repair(text, hints)
    if as_json:
        _write(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    else:
        _write(result.text.encode())


def _without_last_empty(results: list[normalizers.Repaired], text: str) -> list[normalizers.Repaired]:
    """A final LF ends the last line; it does not begin another one."""
    return results[:-1] if text.endswith("\n") else results


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
