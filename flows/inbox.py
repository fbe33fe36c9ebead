"""Where reports come from: files and folders (also of a network share), and a mailbox (`flows.mailbox`).

A source gives its files one after another and is told what became of each. What is still being written is left for
the next round. A source that cannot be reached, or goes away, ends the run as failed: silence is no empty inbox.
"""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from extractors.containers.members import is_clutter
from extractors.errors import Rejected

log = logging.getLogger(__name__)

_UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".download", ".opdownload", ".!ut")
"""Endings that browsers and copying programs give to a file until it is whole."""
_QUIET_S = 2.0
"""A file whose size or time moves within so many seconds is being written."""
_FRESH_S = 120.0
"""Only files younger than this are looked at twice; generous, as the clock of a share may go wrong."""


class InboxError(OSError):
    """A source cannot be reached or has gone; the message is for the operator, in Vietnamese."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be received: ``file`` holds it, ``name`` is shown, ``place`` is where it was found, as text.

    ``refusal``: why it was not even fetched. ``key`` is the source's own.
    """

    source: Source
    file: Path
    name: str
    place: str
    refusal: Rejected | None = None
    key: str = ""


class Source(ABC):
    """Files to be received in one batch. Used from one thread."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        """Names of what was left for the next round."""

    @abstractmethod
    def __len__(self) -> int:
        """How many files there are, before those that will be left."""

    @abstractmethod
    def __iter__(self) -> Iterator[Item]:
        """Each file once; an item's ``file`` lasts until the next is asked for. Raises `InboxError`."""

    @abstractmethod
    def check(self) -> None:
        """Raises `InboxError` when the source has gone: then the item at hand is not to blame."""

    def close(self) -> None:  # noqa: B027 - folders have nothing to close
        """Nothing more is asked of it."""

    @abstractmethod
    def taken(self, item: Item, *, whole: bool) -> None:
        """The item has been read and kept; not ``whole``: but for something inside it, which was refused."""


class Files(Source):
    """Named files, and all files under named folders; those of the ``inbox`` that were read are moved to ``done``,
    where that is set. Folders that cannot be listed are complained of when everything else has been given.
    """

    def __init__(self, paths: Iterable[Path], done: Path | None = None, inbox: Path | None = None) -> None:
        super().__init__()
        named = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - keeps links as named
        self._roots = {root: _identity(root) for root in named if root.is_dir()}
        self._trouble: list[InboxError] = []
        self._files = files(named, self._trouble)
        self._looked = {file: _stamp(file) for file in self._files if file not in named}
        self._looked_at = time.monotonic()
        self._done, self._inbox = done, inbox

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Item]:
        for file in self._files:
            if file in self._looked and self._is_being_written(file):
                self.waiting.append(shown_name(file))
                log.warning("still being written, left for the next round: %s", shown_name(file))
                continue
            yield Item(source=self, file=file, name=shown_name(file), place=shown_place(file), key=os.fspath(file))
        for trouble in self._trouble:
            raise trouble

    def check(self) -> None:
        for root, identity in self._roots.items():
            if _identity(root) != identity:
                raise InboxError(f"Hộp đến không còn ở {root} (thư mục mạng bị ngắt?); chạy lại khi đã nối lại.")

    def taken(self, item: Item, *, whole: bool) -> None:
        file = Path(item.key)
        if not whole or self._done is None or self._inbox is None or not file.is_relative_to(self._inbox):
            return  # what was refused inside is to be seen
        wanted = target = self._done / file.relative_to(self._inbox)
        wanted.parent.mkdir(parents=True, exist_ok=True)
        for count in itertools.count(2):
            if not target.exists():
                break
            target = wanted.with_name(f"{wanted.stem}-{count}{wanted.suffix}")
        shutil.move(file, target)

    def _is_being_written(self, file: Path) -> bool:
        looked = self._looked[file]
        if looked is None or abs(time.time() - looked[1] / 1e9) > _FRESH_S:
            return False
        time.sleep(max(0.0, self._looked_at + _QUIET_S - time.monotonic()))
        now = _stamp(file)
        return now is not None and now != looked


def files(paths: Iterable[Path], trouble: list[InboxError] | None = None) -> list[Path]:
    """All files under ``paths`` (folders are walked, links to folders are not followed), each once, in name order.

    Left out: hidden files, Word's lock files (``~$...``), what file managers leave behind, and what carries the name of
    an unfinished copy; none of them was sent by a unit. A named path that does not exist stays in the list, so that it
    is reported as rejected, not forgotten. A folder that cannot be listed is added to ``trouble``.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _walk(path, [] if trouble is None else trouble) if path.is_dir() else (path,):
            found.setdefault(Path(os.path.abspath(file)))  # noqa: PTH100 - keeps links as named
    return list(found)


def _walk(folder: Path, trouble: list[InboxError]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        trouble.append(InboxError(f"Không đọc được thư mục {error.filename}: {error.strerror}."))

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not is_clutter(name) and not name.lower().endswith(_UNFINISHED):
                yield Path(parent) / name


def shown_name(path: Path) -> str:
    """The file's name as text; bytes that are no UTF-8 become U+FFFD so that it can be printed and stored."""
    return os.fsencode(path.name).decode("utf-8", errors="replace")


def shown_place(path: Path) -> str:
    """The path as text, likewise."""
    return str(path.parent / shown_name(path)).encode("utf-8", "replace").decode()


def _stamp(file: Path) -> tuple[int, int] | None:
    """Size and time of the last change; None when it has gone."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which folder it is, to tell a share from the empty folder that it was mounted on; None when it has gone."""
    try:
        found = folder.stat()
        os.scandir(folder).close()
    except OSError:
        return None
    return found.st_dev, found.st_ino
