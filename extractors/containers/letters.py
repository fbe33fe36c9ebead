"""Attachments and text of e-mails: ``.eml`` by the standard library, Outlook's ``.msg`` by its OLE streams."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import email.policy
import email.utils
import html
import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from extractors.containers.compound import CompoundFile, Steps
from extractors.containers.members import Sink, decoded_name, is_clutter
from extractors.containers.text import decode
from extractors.errors import Rejected

LETTER = "nội dung thư"
LETTER_SAYS = 600  # characters: beside attachments, a shorter letter only says that they are attached
ORNAMENT = 30_000  # bytes: smaller pictures that a letter shows in its text are logos


_PASSED_OVER = {
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "text/calendar",
    "message/delivery-status",
    "text/rfc822-headers",
}
_MOST_PARTS = 20_000
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp")
_ATTACHMENT = "__attach_version1.0_"
_MOST_EMBEDDED = 2  # letters inside an Outlook letter
_TAG = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.S | re.I)


class _Text(msgspec.Struct):
    """What a letter says: plain and marked up, as bytes when their character set is not known."""

    plain: str | bytes = ""
    marked_up: str | bytes = ""


def open_eml(path: Path, sink: Sink) -> None:
    """Attachments, then the letter's own text. Raises `Rejected`, `Full`."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    said = _Text()
    attached = 0
    for count, part in enumerate(_parts(message)):
        if count >= _MOST_PARTS:
            sink.cut = True
            break
        kind, name = part.get_content_type(), _file_name(part)
        if kind in _PASSED_OVER or (name and is_clutter(name)):
            continue
        if kind in ("text/plain", "text/html") and not name and part.get_content_disposition() != "attachment":
            _note(said, kind, _payload(part), part.get_content_charset())
        elif kind == "message/rfc822":
            attached += 1
            sink.add(name or f"thư đính kèm {attached}.eml", _letter_inside(part))
        else:
            data = _payload(part)
            if kind.startswith("image/") and part.get("Content-ID") and len(data) < ORNAMENT:
                continue
            attached += 1
            _put(sink, name or f"đính kèm {attached}{mimetypes.guess_extension(kind) or ''}", data)
    _put_text(sink, said)


def open_msg(path: Path, sink: Sink) -> None:
    """Attachments of an Outlook letter and of the letters inside it, then its own text. Raises `Rejected`, `Full`."""
    _open_storage(CompoundFile(path), (), "", sink, 0)


def _open_storage(letter: CompoundFile, at: Steps, prefix: str, sink: Sink, depth: int) -> None:
    inside = {steps[len(at)] for steps in letter.streams if len(steps) > len(at) and steps[: len(at)] == at}
    for number, storage in enumerate(sorted(name for name in inside if name.startswith(_ATTACHMENT)), start=1):
        here = (*at, storage)
        name = _name(letter, here, "3707") or _name(letter, here, "3704") or _name(letter, here, "3001")
        embedded = (*here, "__substg1.0_3701000D")
        if any(steps[: len(embedded)] == embedded for steps in letter.streams):
            shown = f"{prefix}{name or f'thư đính kèm {number}'}.msg"
            if depth >= _MOST_EMBEDDED:
                sink.refuse(shown, "too_deep")
            else:
                _open_storage(letter, embedded, f"{shown}/", sink, depth + 1)
            continue
        data = letter.read((*here, "__substg1.0_37010102")) or b""
        name = name or f"đính kèm {number}"
        shown_in_text = bool(_name(letter, here, "3712")) and name.lower().endswith(_PICTURES)
        if not is_clutter(name) and not (shown_in_text and len(data) < ORNAMENT):
            _put(sink, prefix + name, data)
    said = _Text(
        plain=_string(letter, at, "1000") or letter.read((*at, "__substg1.0_1000001E")) or "",
        marked_up=letter.read((*at, "__substg1.0_10130102")) or "",
    )
    _put_text(sink, said, prefix)


def _parts(message: email.message.Message) -> Iterator[email.message.Message]:
    """The leaves of a letter in order, letters inside it unopened; without recursion."""
    pending = [message]
    while pending:
        part = pending.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            pending += [inner for inner in reversed(payload) if isinstance(inner, email.message.Message)]
        else:
            yield part


def _payload(part: email.message.Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _letter_inside(part: email.message.Message) -> Iterator[bytes]:
    inner = part.get_payload()
    letter = inner[0] if isinstance(inner, list) and inner else None
    if not isinstance(letter, email.message.Message):
        raise Rejected("empty_file")
    try:
        yield letter.as_bytes()
    except (LookupError, ValueError, TypeError, AttributeError) as error:  # headers that cannot be written again
        raise Rejected("damaged") from error


def _file_name(part: email.message.Message) -> str | None:
    """The attachment's name, by whichever of the three ways it is encoded, or as bare bytes."""
    plain = email.message.Message()
    for key, value in part.raw_items():
        if key.lower() in ("content-disposition", "content-type"):
            plain[key] = _unsurrogated(str(value))
    try:
        given = plain.get_filename()
    except (ValueError, LookupError, TypeError):
        return None
    if not given:
        return None
    pieces: list[str] = []
    try:
        for piece, charset in email.header.decode_header(given):
            if isinstance(piece, str):
                pieces.append(_unsurrogated(piece))
            elif charset is None or charset == "unknown-8bit":
                pieces.append(decoded_name(piece))
            else:
                pieces.append(_decoded(piece, charset))
    except (email.errors.HeaderParseError, ValueError):
        return _unsurrogated(given)
    return "".join(pieces)


def _unsurrogated(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return decoded_name(text.encode("utf-8", "surrogateescape"))
    return text


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return decoded_name(data)


def _note(said: _Text, kind: str, data: bytes, charset: str | None) -> None:
    """Keep the first text of each kind; bytes that are not of the declared character set stay bytes."""
    text: str | bytes = data
    try:
        if charset and charset.lower() not in ("us-ascii", "iso-8859-1", "windows-1252"):
            text = data.decode(charset)
    except (LookupError, UnicodeDecodeError):
        pass
    if kind == "text/plain" and not said.plain:
        said.plain = text
    elif kind == "text/html" and not said.marked_up:
        said.marked_up = text


def _put(sink: Sink, name: str, data: bytes) -> None:
    if data:
        sink.add(name, [data])
    else:
        sink.refuse(name, "empty_file")


def _put_text(sink: Sink, said: _Text, prefix: str = "") -> None:
    """Add the letter's own text: marked up where it holds a table, and only when it says something."""
    plain, marked_up = _shown(said.plain), _shown(said.marked_up)
    readable = plain if plain.strip() else html.unescape(_TAG.sub(" ", marked_up))
    own = " ".join(" ".join(line for line in readable.splitlines() if not line.lstrip().startswith(">")).split())
    beside = any(member.file is not None and member.name.startswith(prefix) for member in sink.members)
    if len(own) < (LETTER_SAYS if beside else 1):
        return
    as_page = "<table" in marked_up.lower() or not plain.strip()
    text = said.marked_up if as_page else said.plain
    if as_page:
        sink.add(f"{prefix}{LETTER}.html", [_as_page(text)])
    else:
        sink.add(f"{prefix}{LETTER}.txt", [text if isinstance(text, bytes) else text.encode("utf-8", "replace")])


def _as_page(text: str | bytes) -> bytes:
    """A page that is known as one by its first tag, and whose declared character set is that of its bytes."""
    if isinstance(text, str):
        page = re.sub(r"<meta[^>]*charset[^>]*>", "", text, flags=re.I).encode("utf-8", "replace")
        mark = b"\xef\xbb\xbf"
    else:
        page, mark = text, b""
    whole = re.match(rb"\s*<(?:!doctype|html)", page, re.I)
    return mark + (page if whole else b"<html><body>" + page + b"</body></html>")


def _shown(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return decode(text).text
    except Rejected:
        return ""


def _name(letter: CompoundFile, at: Steps, tag: str) -> str | None:
    """A short text property of an Outlook letter: UTF-16, else in some code page."""
    narrow = letter.read((*at, f"__substg1.0_{tag}001E"), 1 << 16)
    return _string(letter, at, tag) or (decoded_name(narrow).rstrip("\0") if narrow else None)


def _string(letter: CompoundFile, at: Steps, tag: str) -> str | None:
    """A text property stored as UTF-16."""
    wide = letter.read((*at, f"__substg1.0_{tag}001F"), 1 << 24)
    return wide.decode("utf-16-le", "replace").rstrip("\0") if wide is not None else None
