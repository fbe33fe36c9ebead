"""An IMAP mailbox as a source of reports: each letter is fetched whole, as one ``.eml`` file.

Nothing is ever deleted. A letter that was taken in gets a keyword, or is moved to another folder of the mailbox where a
setting names one; one that was refused stays as it is, to be seen, and is tried again. Whether a letter is known is not
decided here: it has its place by Message-ID, and its content has a SHA-256.
"""

from __future__ import annotations

import base64
import email.errors
import email.header
import imaplib
import logging
import os
import re
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec

from extractors.containers.members import decoded_name, safe_name
from extractors.errors import Rejected
from flows.inbox import InboxError, Item, Source

log = logging.getLogger(__name__)

KEYWORD = "BaocaoDaNhan"
"""Marks what was taken in, where letters are not moved."""
_PORT = 993
_TIMEOUT_S = 60.0  # for one answer of the server
_LETTER_S = 900.0  # for a whole letter
_CHUNK = 4 << 20  # bytes fetched at once: a letter is never in memory whole
_LISTED = 200  # letters asked about at once
_MOST_NAME, _MOST_ID = 120, 300  # characters
_PAUSES = (0.5, 1.5, 3.0)  # seconds before a lost connection is tried again
_ERRORS = (imaplib.IMAP4.error, OSError, EOFError)


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """``imaps://user@host[:port]/FOLDER``, taken apart."""

    host: str
    port: int
    user: str
    folder: str

    def __str__(self) -> str:
        port = "" if self.port == _PORT else f":{self.port}"
        return f"imaps://{quote(self.user)}@{self.host}{port}/{quote(self.folder)}"


def address(url: str) -> Address:
    """Raises ValueError, whose message is for the operator, for what is no address of a mailbox."""
    parts = urlsplit(url)
    if parts.scheme != "imaps" or not parts.hostname or not parts.username:
        raise ValueError("Địa chỉ hộp thư phải có dạng imaps://tên@máy-chủ/INBOX (chỉ dùng kết nối TLS).")
    if parts.password:
        raise ValueError(
            "Không ghi mật khẩu trong địa chỉ hộp thư; đặt BAOCAO_MAILBOX_PASSWORD hoặc BAOCAO_MAILBOX_PASSWORD_FILE."
        )
    return Address(
        host=parts.hostname,
        port=parts.port or _PORT,
        user=unquote(parts.username),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def password(file: Path | None) -> str:
    """From ``file``, else from the environment. Raises `InboxError`."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InboxError(f"Không đọc được tệp mật khẩu hộp thư {file}: {error}") from error
    if found := os.environ.get("BAOCAO_MAILBOX_PASSWORD"):
        return found
    raise InboxError("Chưa có mật khẩu hộp thư: đặt BAOCAO_MAILBOX_PASSWORD_FILE hoặc BAOCAO_MAILBOX_PASSWORD.")


class _Letter(msgspec.Struct, frozen=True, kw_only=True):
    """``size`` in bytes, as the server says; ``message_id`` and ``subject`` as the sender says."""

    uid: int
    size: int
    message_id: str = ""
    subject: str = ""


class Mailbox(Source):
    """The letters of ``where`` that were not taken in yet. Raises `InboxError` when it cannot be reached."""

    def __init__(self, where: Address, secret: str, *, max_bytes: int, done: str = "") -> None:
        super().__init__()
        self._where, self._secret, self._max_bytes, self._done = where, secret, max_bytes, done
        self._imap: imaplib.IMAP4_SSL | None = None
        self._validity = ""
        self._letters = list(self._listed())

    def __len__(self) -> int:
        return len(self._letters)

    def __iter__(self) -> Iterator[Item]:
        for letter in self._letters:
            known_by = letter.message_id or f"{self._validity}-{letter.uid}"
            with tempfile.TemporaryDirectory(prefix="letter-") as folder:
                file = Path(folder, "letter.eml")
                yield Item(
                    source=self,
                    file=file,
                    name=f"{safe_name(letter.subject)[:_MOST_NAME]}.eml" if letter.subject else "thư không tiêu đề.eml",
                    place=f"{self._where}/{known_by[:_MOST_ID]}",
                    refusal=self._fetch(letter, file),
                    key=str(letter.uid),
                )

    def check(self) -> None:
        self._connected()

    def taken(self, item: Item, *, whole: bool) -> None:  # noqa: ARG002 - else it would be fetched every night
        if self._done:
            self._ask("MOVE", item.key, _quoted(self._done))
        else:
            self._ask("STORE", item.key, "+FLAGS.SILENT", f"({KEYWORD})")

    def close(self) -> None:
        if self._imap is not None:
            try:
                self._imap.logout()
            except _ERRORS as error:
                log.debug("logout: %s", error)
            self._imap = None

    # -- letters -----------------------------------------------------------------------------------------------------

    def _listed(self) -> Iterator[_Letter]:
        found = self._ask("SEARCH", *(() if self._done else ("UNKEYWORD", KEYWORD)), "UNDELETED")
        uids = [int(uid) for line in found if line for uid in line.split()]
        headers = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT)]"
        for start in range(0, len(uids), _LISTED):
            chosen = ",".join(map(str, uids[start : start + _LISTED]))
            for about, text in _pairs(self._ask("FETCH", chosen, f"(UID RFC822.SIZE {headers})")):
                if (letter := _letter(about, text)) is not None:
                    yield letter

    def _fetch(self, letter: _Letter, file: Path) -> Rejected | None:
        """Write the letter to ``file``; why that was not done. Raises `InboxError` when the server has gone."""
        deadline = time.monotonic() + _LETTER_S
        size = 0
        if letter.size > self._max_bytes:
            return self._too_large()
        with file.open("wb") as out:
            while True:
                try:
                    chunk = self._part(letter.uid, size)
                except _ERRORS as error:
                    log.warning("letter %d not fetched: %s: %s", letter.uid, type(error).__name__, error)
                    self._drop()
                    self.check()  # a server that has gone is another matter
                    return Rejected("unreadable")
                out.write(chunk)
                size += len(chunk)
                if len(chunk) < _CHUNK:
                    return None if size else Rejected("vanished")
                if size > self._max_bytes:
                    return self._too_large()
                if time.monotonic() > deadline:
                    self._drop()
                    return Rejected("timeout", f"tải thư quá {_LETTER_S:.0f} giây")

    def _too_large(self) -> Rejected:
        return Rejected("too_large", f"tối đa {self._max_bytes >> 20} MB")

    def _part(self, uid: int, start: int) -> bytes:
        answer = self._connected().uid("FETCH", str(uid), f"(BODY.PEEK[]<{start}.{_CHUNK}>)")
        for about, data in _pairs(_good(answer)):
            if b"BODY[]" in about.upper():
                return data
        return b""

    # -- the connection ----------------------------------------------------------------------------------------------

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        """A command, tried once more on a new connection: batches are long, and servers close what is idle."""
        try:
            return _good(self._connected().uid(command, *arguments))
        except _ERRORS as error:
            log.info("IMAP %s failed, connecting again: %s: %s", command, type(error).__name__, error)
            self._drop()
        try:
            return _good(self._connected().uid(command, *arguments))
        except _ERRORS as error:
            raise InboxError(f"Máy chủ thư {self._where.host} từ chối lệnh {command}: {error}") from error

    def _connected(self) -> imaplib.IMAP4_SSL:
        """The connection; one that was lost is made again, with patience for a server that is just starting."""
        pauses = iter(_PAUSES if self._validity else ())
        while self._imap is None:
            try:
                self._imap = self._connect()
            except ssl.SSLCertVerificationError as error:
                reason = error.verify_message
                raise InboxError(f"Chứng chỉ TLS của máy chủ thư {self._where.host} không hợp lệ: {reason}.") from error
            except _ERRORS as error:
                if (pause := next(pauses, None)) is None:
                    raise InboxError(f"Không mở được hộp thư {self._where}: {error}") from error
                time.sleep(pause)
        return self._imap

    def _connect(self) -> imaplib.IMAP4_SSL:
        where = self._where
        imap = imaplib.IMAP4_SSL(where.host, where.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT_S)
        try:
            if "AUTH=PLAIN" in imap.capabilities:  # LOGIN knows ASCII only
                secret = f"\0{where.user}\0{self._secret}".encode()
                imap.authenticate("PLAIN", lambda _: secret)
            else:
                imap.login(where.user, self._secret)
            able = b" ".join(_good(imap.capability())).decode("ascii", "replace").upper().split()
            _good(imap.select(_quoted(where.folder)))
            validity = _told(imap, "UIDVALIDITY")
            if self._validity and validity != self._validity:
                raise imaplib.IMAP4.error("hộp thư đã được lập lại trong khi đang đọc")
            self._validity = validity
            self._allow(imap, able)
        except BaseException:
            imap.shutdown()
            raise
        return imap

    def _allow(self, imap: imaplib.IMAP4_SSL, able: list[str]) -> None:
        """Whether the server can note what was taken in. Raises `imaplib.IMAP4.error`."""
        if self._done:
            if "MOVE" not in able:
                raise imaplib.IMAP4.error("máy chủ không chuyển thư được (MOVE); hãy bỏ BAOCAO_MAILBOX_DONE")
            imap.create(_quoted(self._done))  # refused when it is there
        else:
            flags = _told(imap, "PERMANENTFLAGS")
            if "\\*" not in flags and KEYWORD.lower() not in flags.lower():
                raise imaplib.IMAP4.error("máy chủ không cho đánh dấu thư; hãy đặt BAOCAO_MAILBOX_DONE")

    def _drop(self) -> None:
        if self._imap is not None:
            self._imap.shutdown()
            self._imap = None


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    """The data of an answer. Raises `imaplib.IMAP4.error` for NO and BAD."""
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(b" ".join(part for part in data if isinstance(part, bytes)).decode(errors="replace"))
    return data


def _told(imap: imaplib.IMAP4_SSL, name: str) -> str:
    """What the server said with the folder that was selected last."""
    said = imap.untagged_responses.get(name, [])
    return b" ".join(part for part in said if isinstance(part, bytes)).decode("ascii", "replace")


def _pairs(data: list[Any]) -> Iterator[tuple[bytes, bytes]]:
    """What a FETCH says about each letter, and the literal that came with it."""
    for n, part in enumerate(data):
        if isinstance(part, tuple):
            after = data[n + 1] if n + 1 < len(data) and isinstance(data[n + 1], bytes) else b""
            yield part[0] + b" " + after, part[1]


def _letter(about: bytes, header: bytes) -> _Letter | None:
    uid, size = re.search(rb"\bUID (\d+)", about), re.search(rb"\bRFC822\.SIZE (\d+)", about)
    if uid is None or size is None:
        return None
    fields = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", header).splitlines():
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    message_id = re.sub(r"[^\x21-\x7e]", "", fields.get(b"message-id", b"").decode("ascii", "ignore")).strip("<>")
    return _Letter(
        uid=int(uid[1]), size=int(size[1]), message_id=message_id, subject=_decoded(fields.get(b"subject", b""))
    )


def _decoded(subject: bytes) -> str:
    text = decoded_name(subject)
    try:
        return str(email.header.make_header(email.header.decode_header(text))).strip()
    except (LookupError, ValueError, UnicodeError, email.errors.HeaderParseError):
        return text


def _quoted(folder: str) -> str:
    """A folder's name as IMAP wants it: in modified UTF-7 (RFC 3501, 5.1.3) and in quotes."""

    def encoded(found: re.Match[str]) -> str:
        packed = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{packed}-"

    name = re.sub(r"[^\x20-\x7e]+", encoded, folder.replace("&", "&-"))
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
