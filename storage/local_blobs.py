"""Originals in a folder of this machine or of a network share.

A blob is written beside its place, flushed to disk and renamed, so that a crash leaves either the whole blob or none.
Its writer holds a lock on the temporary file: one in ``tmp/`` that nobody holds is what a crash left.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from storage.blobs import BlobStore, Check, digest, relative_path


class LocalBlobStore(BlobStore):
    """Files under ``root``, readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._temporary = root / "tmp"
        self._temporary.mkdir(mode=0o700, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the blob lies, whether or not it is there. Raises ValueError for what is no SHA-256."""
        return self.root / relative_path(sha256)

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def __iter__(self) -> Iterator[str]:
        for outer in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for inner in sorted(outer.iterdir()):
                yield from sorted(path.name for path in inner.iterdir())

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        path = self.path(sha256)
        if not path.is_file():
            raise FileNotFoundError(path)
        yield path

    def remove(self, sha256: str) -> bool:
        path = self.path(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _flush_folder(path.parent)
        return True

    def sweep(self, *, remove: bool = True) -> int:
        found = 0
        for path in self._temporary.iterdir():
            # Gone meanwhile: its writer finished, or another sweep was faster. Locked: its writer is at work.
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if remove:
                    path.unlink()
                found += 1
        return found

    def _holds(self, sha256: str, size: int) -> bool:
        try:
            return self.path(sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    def _copy(self, stream: BinaryIO, check: Check) -> bool:
        temporary, copy = self._temporary_file()
        try:
            with copy:
                sha256, size = digest(stream, copy=copy)
                check(sha256, size)
                copy.flush()
                os.fsync(copy.fileno())
                final = self.path(sha256)
                if self._holds(sha256, size):  # another writer was faster
                    return False
                self._make_folders(final.parent)
                temporary.replace(final)
                _flush_folder(final.parent)
                return True
        finally:
            temporary.unlink(missing_ok=True)

    def _temporary_file(self) -> tuple[Path, BinaryIO]:
        while True:
            path = self._temporary / secrets.token_hex(8)
            file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400), "wb")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_nlink:
                    return path, file
            except BlockingIOError:
                pass
            file.close()  # a sweep came between the two lines and has removed it

    def _make_folders(self, folder: Path) -> None:
        for part in (folder.parent, folder):
            if not part.is_dir():
                part.mkdir(mode=0o700, exist_ok=True)
                _flush_folder(part.parent)


def _flush_folder(folder: Path) -> None:
    """Make a new name in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
