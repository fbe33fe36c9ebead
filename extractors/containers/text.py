"""Plain text files: decoded so that no byte is lost, lines as paragraphs, tables that were dumped as text rebuilt.

White space inside lines is kept as it is: the repair of lost letters (``qu ? n``) lives on it.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import msgspec

from extractors.containers.text_tables import Line, tabulate
from extractors.document import Document, Notice, Page, Source
from extractors.errors import Rejected

NOTICES = {
    "legacy_bytes": "Tệp không dùng bảng mã Unicode; đã giữ nguyên từng byte để khôi phục chữ.",
    "damaged_bytes": "Một số byte của tệp không đúng bảng mã và được đánh dấu bằng ký tự thay thế.",
}
MAX_BYTES = 64 << 20

_LINE_END = re.compile(r"\r\n|[\n\r\f\u2028\u2029]")
# every byte as the letter Windows shows for it; the five bytes that cp1252 leaves open stay C1 controls
_WINDOWS = "".join(bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in range(256))


class Decoded(msgspec.Struct, frozen=True):
    text: str
    notice: str | None = None


def read(path: Path, source: Source) -> Document:
    """Read a text file. Raises `Rejected`: ``too_large``, ``damaged`` (binary data) or ``no_text``."""
    if path.stat().st_size > MAX_BYTES:
        raise Rejected("too_large")
    decoded = decode(path.read_bytes())
    lines = [Line(number, text) for number, text in enumerate(_LINE_END.split(decoded.text), start=1)]
    blocks = tabulate(lines)
    if not blocks:
        raise Rejected("no_text")
    notices = (Notice(decoded.notice, NOTICES[decoded.notice]),) if decoded.notice else ()
    return Document(source=source, pages=(Page(blocks=blocks),), notices=notices)


def decode(data: bytes) -> Decoded:
    """Text of ``data``: by its byte order mark, as UTF-16 or UTF-8, else each byte as its Windows-1252 character."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            return Decoded(text, "damaged_bytes" if "\ufffd" in text else None)
    encoding_16 = _utf16_without_mark(data)
    if encoding_16:
        return Decoded(data.decode(encoding_16, errors="replace"))
    if data.count(0) > len(data) // 200:
        raise Rejected("damaged")
    data = data.replace(b"\0", b"")
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
    # one bad byte in a UTF-8 file (a cut, a pasted stretch) against a file that was never UTF-8
    bad = text.count("\ufffd")
    good = sum(1 for char in text if char > "\x7f") - bad
    if good > 20 * bad:
        return Decoded(text, "damaged_bytes")
    return Decoded(data.decode("latin-1").translate(dict(enumerate(_WINDOWS))), "legacy_bytes")


def _utf16_without_mark(data: bytes) -> str | None:
    """Every second byte of UTF-16 text in the Latin script is mostly 0 (or 1, 0x1e: Vietnamese letters)."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2 or b"\0" not in head:
        return None
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = head[offset::2], head[1 - offset :: 2]
        if sum(byte in {0x00, 0x01, 0x03, 0x1E, 0x20} for byte in high) > 0.95 * len(high) and low.count(0) == 0:
            return encoding
    return None
