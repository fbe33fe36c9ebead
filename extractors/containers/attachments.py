"""Files that hold other files: archives (``.zip``, ``.rar``, ``.7z``) and letters (``.eml``, Outlook's ``.msg``).

Meant for the sandboxed child. What file managers leave behind, signatures and the small pictures of e-mail signatures
are passed over; the text of a letter is a member of its own when it says something by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from extractors import intake
from extractors.containers import bsdtar, letters, zips
from extractors.containers.members import Expansion, Full, Member, Room, Sink
from extractors.errors import Rejected

MAX_DEPTH = 2
"""A file inside an archive inside an archive is read; a third archive is not opened."""

_OPENERS: dict[str, Callable[[Path, Sink], None]] = {
    intake.ZIP: zips.open_zip,
    intake.RAR: bsdtar.open_archive,
    intake.SEVEN_ZIP: bsdtar.open_archive,
    intake.EMAIL: letters.open_eml,
    intake.MSG: letters.open_msg,
}
MEDIA_TYPES = frozenset(_OPENERS)


def expand(path: Path, media_type: str, directory: Path, room: Room) -> Expansion:
    """Take the members of ``path`` out into ``directory``, an empty one of the caller's.

    Raises `Rejected`: ``damaged`` or ``unsafe`` when nothing of it can be opened, ``unsupported_type`` for a type that
    is no container.
    """
    opener = _OPENERS.get(media_type)
    if opener is None:
        raise Rejected("unsupported_type", media_type)
    sink = Sink(directory, room)
    try:
        opener(path, sink)
    except Full:
        pass
    except RecursionError:
        raise Rejected("unsafe", "các lớp lồng nhau quá sâu") from None
    return Expansion(members=tuple(sink.members), cut=sink.cut)


def only_member(path: Path, media_type: str, directory: Path) -> Member:
    """The one member of ``path``, taken out into ``directory``. Raises `Rejected`: ``container`` when there are more,
    ``nothing_inside``, and what the member was refused for.
    """
    expansion = expand(path, media_type, directory, Room())
    if not expansion.members:
        raise Rejected("nothing_inside")
    if len(expansion.members) > 1:
        names = "; ".join(member.name for member in expansion.members[:5])
        raise Rejected("container", f"{len(expansion.members)} tệp: {names}")
    (member,) = expansion.members
    if member.file is None:
        raise Rejected(member.code or "damaged", member.detail)
    return member


def expand_encoded(path: str, media_type: str, directory: str, room: Room) -> bytes:
    """`expand` for the sandboxed child: the `Expansion` as MessagePack."""
    return msgspec.msgpack.encode(expand(Path(path), media_type, Path(directory), room))
