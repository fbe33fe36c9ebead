"""Originals, kept as they came: one blob a content, named by its SHA-256, never changed.

`open_blobs` gives the store behind a URL: a folder (`storage.local_blobs`) or an object store that several machines
share (`storage.remote_blobs`). Both lay a blob under ``ab/cd/<sha256>``, so that one can be copied into the other.
"""

from __future__ import annotations

import hashlib
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import msgspec

CHUNK = 1 << 20
_SHA256_LENGTH = 64


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    """One stored original. ``created``: it was not here before."""

    sha256: str
    size: int
    created: bool


class BlobTooLarge(OSError):
    """The source is larger than the limit given; nothing was kept."""


class SourceChanged(Exception):
    """The source changed while it was copied: half an old and half a new file is no original. Nothing was kept."""


Check = Callable[[str, int], None]
"""Is told the SHA-256 and size of a copy before it is kept; raises `SourceChanged`."""


class BlobStore(ABC):
    """Content-addressed originals. Safe to use from several threads, processes and machines at once."""

    @abstractmethod
    def __contains__(self, sha256: str) -> bool: ...

    @abstractmethod
    def __iter__(self) -> Iterator[str]:
        """SHA-256 of every blob, in order."""

    @abstractmethod
    def open(self, sha256: str) -> BinaryIO:
        """The original for reading. Raises FileNotFoundError."""

    @abstractmethod
    def local(self, sha256: str) -> AbstractContextManager[Path]:
        """A file of this machine that holds the original while the block lasts; not to be changed.

        Raises FileNotFoundError, and OSError when what arrives is not what was kept.
        """

    @abstractmethod
    def remove(self, sha256: str) -> bool:
        """Erase a blob, as a unit's data is erased on request; whether it was there. Nothing else removes blobs."""

    @abstractmethod
    def sweep(self, *, remove: bool = True) -> int:
        """Remove what interrupted writers left, or only count it. Writers at work keep theirs."""

    @abstractmethod
    def _holds(self, sha256: str, size: int) -> bool:
        """Whether the blob is there with this size."""

    @abstractmethod
    def _copy(self, stream: BinaryIO, check: Check) -> bool:
        """Keep what ``stream`` gives from here to its end, if ``check`` lets it; whether it is new."""

    def put(self, source: Path, max_bytes: int | None = None) -> Blob:
        """Keep a copy of ``source``; the hash is that of the bytes kept, whatever the source became meanwhile.

        Raises OSError when it cannot be read or written, is no regular file, or (`BlobTooLarge`) exceeds ``max_bytes``,
        and `SourceChanged`.
        """
        with _open_regular(source) as stream:
            before = os.fstat(stream.fileno())
            if max_bytes is not None and before.st_size > max_bytes:
                raise BlobTooLarge(f"{source.name}: {before.st_size} bytes")
            # Most files of a nightly run are already here: one reading and no writing for those.
            sha256, size = digest(stream, max_bytes)

            def check(copied: str, length: int) -> None:
                after = os.fstat(stream.fileno())
                same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
                if not same or (copied, length) != (sha256, after.st_size):
                    raise SourceChanged(source.name)

            check(sha256, size)
            if self._holds(sha256, size):
                return Blob(sha256=sha256, size=size, created=False)
            stream.seek(0)
            return Blob(sha256=sha256, size=size, created=self._copy(stream, check))

    def verify(self, sha256: str) -> bool:
        """Whether the blob is there and still holds the bytes it is named after."""
        try:
            with self.open(sha256) as stream:
                return digest(stream)[0] == sha256
        except FileNotFoundError:
            return False


def open_blobs(url: str) -> BlobStore:
    """The store at ``url``: a path, ``file://path``, or ``s3://bucket/prefix`` (needs the extra ``cluster``).

    Credentials and endpoint of an object store come from the usual variables (``AWS_ACCESS_KEY_ID``,
    ``AWS_SECRET_ACCESS_KEY``, ``AWS_ENDPOINT_URL``). Raises ValueError for another kind of URL, OSError when the store
    cannot be reached.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme == "file":
        from storage.local_blobs import LocalBlobStore  # noqa: PLC0415

        return LocalBlobStore(Path(rest if separator else url))
    if scheme == "s3":
        from storage.remote_blobs import RemoteBlobStore  # noqa: PLC0415 - fsspec is for those who share a store

        return RemoteBlobStore(url)
    raise ValueError(f"no blob store of kind {scheme!r}")


def relative_path(sha256: str) -> str:
    """``ab/cd/<sha256>``. Raises ValueError for what is no SHA-256."""
    if len(sha256) != _SHA256_LENGTH or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest(stream: BinaryIO, max_bytes: int | None = None, copy: BinaryIO | None = None) -> tuple[str, int]:
    """SHA-256 and size of what ``stream`` still gives, copied to ``copy`` on the way."""
    found, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if max_bytes is not None and size > max_bytes:
            raise BlobTooLarge(f"more than {max_bytes} bytes")
        found.update(chunk)
        if copy is not None:
            copy.write(chunk)
    return found.hexdigest(), size


def _open_regular(source: Path) -> BinaryIO:
    """Open without hanging on a pipe or a device that lies in the inbox under a report's name."""
    stream = os.fdopen(os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(f"not a regular file: {source.name}")
    return stream
