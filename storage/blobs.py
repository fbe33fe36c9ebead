"""Originals, kept as they came: one file a content, named by its SHA-256, never changed.

A blob is ``blobs/ab/cd/<sha256>``. It is written beside its place, flushed to disk and renamed, so that a crash leaves
either the whole blob or none; what a crash leaves in ``tmp/`` is removed by `BlobStore.sweep`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

CHUNK = 1 << 20
_SHA256_LENGTH = 64


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    """One stored original. ``created``: it was not here before; ``changed``: the source changed while it was copied,
    so that what was kept may be half of an old and half of a new file."""

    sha256: str
    size: int
    created: bool
    changed: bool


class BlobTooLarge(OSError):
    """The source is larger than the limit given; nothing was kept."""


class BlobStore:
    """Content-addressed files under ``root``, readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._temporary = root / "tmp"
        self._temporary.mkdir(mode=0o700, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the blob lies, whether or not it is there. Raises ValueError for what is no SHA-256."""
        if len(sha256) != _SHA256_LENGTH or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """The original for reading. Raises FileNotFoundError."""
        return self.path(sha256).open("rb")

    def put(self, source: Path, max_bytes: int | None = None) -> Blob:
        """Keep a copy of ``source``; the hash is that of the bytes kept, whatever the source became meanwhile.

        Raises OSError when it cannot be read or written, is no regular file, or (`BlobTooLarge`) exceeds ``max_bytes``.
        """
        with _open_regular(source) as stream:
            before = os.fstat(stream.fileno())
            if max_bytes is not None and before.st_size > max_bytes:
                raise BlobTooLarge(f"{source.name}: {before.st_size} bytes")
            # Most files of a nightly run are already here: one reading and no writing for those.
            sha256, size = _digest(stream, max_bytes)
            if self._holds(sha256, size):
                return Blob(sha256=sha256, size=size, created=False, changed=False)
            stream.seek(0)
            sha256, size, created = self._copy(stream, max_bytes)
            after = os.fstat(stream.fileno())
        changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size
        return Blob(sha256=sha256, size=size, created=created, changed=changed)

    def verify(self, sha256: str) -> bool:
        """Whether the blob is there and still holds the bytes it is named after."""
        try:
            with self.open(sha256) as stream:
                return _digest(stream, None)[0] == sha256
        except FileNotFoundError:
            return False

    def __iter__(self) -> Iterator[str]:
        """SHA-256 of every blob, in order."""
        for outer in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for inner in sorted(outer.iterdir()):
                yield from sorted(path.name for path in inner.iterdir())

    def sweep(self, older_than_s: float = 24 * 3600) -> int:
        """Remove what interrupted copies left in ``tmp/`` over ``older_than_s`` seconds ago; how many there were."""
        removed = 0
        for path in self._temporary.iterdir():
            try:
                if time.time() - path.stat().st_mtime >= older_than_s:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue  # its writer finished, or another sweep was faster
        return removed

    def _holds(self, sha256: str, size: int) -> bool:
        try:
            return self.path(sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    def _copy(self, stream: BinaryIO, max_bytes: int | None) -> tuple[str, int, bool]:
        temporary = self._temporary / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as copy:
                sha256, size = _digest(stream, max_bytes, copy)
                copy.flush()
                os.fsync(copy.fileno())
            final = self.path(sha256)
            if self._holds(sha256, size):  # another writer was faster
                return sha256, size, False
            self._make_folders(final.parent)
            temporary.replace(final)
            _flush_folder(final.parent)
            return sha256, size, True
        finally:
            temporary.unlink(missing_ok=True)

    def _make_folders(self, folder: Path) -> None:
        for part in (folder.parent, folder):
            if not part.is_dir():
                part.mkdir(mode=0o700, exist_ok=True)
                _flush_folder(part.parent)


def _open_regular(source: Path) -> BinaryIO:
    """Open without hanging on a pipe or a device that lies in the inbox under a report's name."""
    stream = os.fdopen(os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(f"not a regular file: {source.name}")
    return stream


def _digest(stream: BinaryIO, max_bytes: int | None, copy: BinaryIO | None = None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if max_bytes is not None and size > max_bytes:
            raise BlobTooLarge(f"more than {max_bytes} bytes")
        digest.update(chunk)
        if copy is not None:
            copy.write(chunk)
    return digest.hexdigest(), size


def _flush_folder(folder: Path) -> None:
    """Make a new name in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
