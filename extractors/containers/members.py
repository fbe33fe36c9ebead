"""Members taken out of a container, and the room there is for them.

They are written into a directory under numbers, never under their own names, so no name can lead anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import msgspec

from extractors import sandbox
from extractors.errors import Rejected

CLUTTER = {"thumbs.db", "desktop.ini"}
_MOST_NAME = 150


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What may still be taken out of one file as it was received: members, bytes a member, bytes in all."""

    members: int = 200
    member: int = 200 << 20
    total: int = 500 << 20


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file inside: ``file`` is its name in the directory, None when it was refused with ``code``."""

    name: str
    file: str | None = None
    code: str | None = None
    detail: str = ""
    size: int = 0


class Expansion(msgspec.Struct, frozen=True, kw_only=True):
    """``cut``: more members than there was room for."""

    members: tuple[Member, ...]
    cut: bool = False


class Full(Exception):
    """There is no room for another member."""


class Sink:
    """Takes members in, within `Room`."""

    def __init__(self, directory: Path, room: Room) -> None:
        self._directory = directory
        self.room = room
        self._left = room.total
        self._names: set[str] = set()
        self.members: list[Member] = []
        self.cut = False

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a member. Its chunks may raise `Rejected`; raises `Full`."""
        shown, file = self._next(name), f"{len(self.members) + 1:04d}"
        size = 0
        try:
            with (self._directory / file).open("xb") as out:
                for chunk in chunks:
                    size += len(chunk)
                    if size > min(self.room.member, self._left):
                        raise Rejected("too_large", "bung ra quá lớn")
                    out.write(chunk)
        except Rejected as refusal:
            (self._directory / file).unlink()
            self.members.append(Member(name=shown, code=refusal.code, detail=refusal.detail))
        else:
            self._left -= size
            self.members.append(Member(name=shown, file=file, size=size))
        sandbox.heartbeat(len(self.members), 0)

    def refuse(self, name: str, code: str, detail: str = "") -> None:
        """Note a member that is not taken out."""
        self.members.append(Member(name=self._next(name), code=code, detail=detail))

    def _next(self, name: str) -> str:
        if len(self.members) >= self.room.members:
            self.cut = True
            raise Full
        shown = safe_name(name)
        stem, dot, suffix = shown.rpartition(".")
        count = 1
        while shown.casefold() in self._names:
            count += 1
            shown = f"{stem} ({count}).{suffix}" if dot else f"{suffix} ({count})"
        self._names.add(shown.casefold())
        return shown


def is_clutter(name: str) -> bool:
    """Hidden files, Word's lock files (``~$...``) and what file managers leave behind: nobody sent them on purpose."""
    parts = name.replace("\\", "/").rstrip("/").split("/")
    return any(part.startswith(".") and part.strip(".") for part in parts) or (
        "__MACOSX" in parts or parts[-1].startswith("~$") or parts[-1].lower() in CLUTTER
    )


def safe_name(name: str) -> str:
    """A member's name to be shown and stored: no steps upwards, no control characters, not too long."""
    parts = re.split(r"[/\\]+", unicodedata.normalize("NFC", name))
    clean = ("".join(char if char.isprintable() else "�" for char in part).strip() for part in parts)
    kept = [part for part in clean if part and part.strip(".") and not re.fullmatch(r"[A-Za-z]:", part)]
    shown = "/".join(kept) or "không tên"
    return shown if len(shown) <= _MOST_NAME else "…" + shown[-_MOST_NAME:]


def decoded_name(raw: bytes) -> str:
    """A name without a declared character set: UTF-8, else the Vietnamese code page of Windows."""
    for codec in ("utf-8", "cp1258"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
