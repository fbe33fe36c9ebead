"""Originals in an object store that several machines share (S3 and its like), through fsspec.

A blob is uploaded in one request, which such stores carry out whole or not at all. What is read is checked against its
name, as it came over a network.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec

from storage.blobs import BlobStore, Check, digest, relative_path

_ONE_REQUEST = 1 << 28  # bytes; half of the largest upload that is not cut into parts, which a crash could leave behind


class RemoteBlobStore(BlobStore):
    """Objects under ``url``, for example ``s3://bucket/prefix``. The bucket must exist."""

    def __init__(self, url: str) -> None:
        # Listings are not cached: other machines write too.
        self._files, self._root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        with _as_os_errors():
            self._files.ls(self._root.partition("/")[0], refresh=True)

    def __contains__(self, sha256: str) -> bool:
        return self._size(sha256) is not None

    def __iter__(self) -> Iterator[str]:
        for first in range(256):  # a listing of everything may not fit into memory
            with _as_os_errors():
                found = self._files.find(f"{self._root}/{first:02x}/")
            yield from sorted(path.rpartition("/")[2] for path in found)

    def open(self, sha256: str) -> BinaryIO:
        with _as_os_errors():
            return cast(BinaryIO, self._files.open(self._key(sha256), "rb"))

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="original-") as folder:
            path = Path(folder, sha256)
            with _as_os_errors():
                self._files.get_file(self._key(sha256), str(path))
            with path.open("rb") as copy:
                if digest(copy)[0] != sha256:
                    raise OSError(f"blob {sha256} is damaged")
            path.chmod(0o400)
            yield path

    def remove(self, sha256: str) -> bool:
        if self._size(sha256) is None:
            return False
        with _as_os_errors():
            self._files.rm_file(self._key(sha256))
        return True

    def sweep(self, *, remove: bool = True) -> int:  # noqa: ARG002
        return 0  # nothing half-written is ever seen

    def _holds(self, sha256: str, size: int) -> bool:
        return self._size(sha256) == size

    def _copy(self, stream: BinaryIO, check: Check) -> bool:
        # The name must be known before the first byte is sent, and the source may change: a copy of our own is sent.
        with tempfile.NamedTemporaryFile(prefix="original-") as copy:
            sha256, size = digest(stream, copy=cast(BinaryIO, copy))
            check(sha256, size)
            copy.flush()
            if self._holds(sha256, size):
                return False
            with _as_os_errors():
                self._files.put_file(copy.name, self._key(sha256), chunksize=_ONE_REQUEST)
            if not self._holds(sha256, size):
                raise OSError(f"blob {sha256} was not kept")
            return True

    def _key(self, sha256: str) -> str:
        return f"{self._root}/{relative_path(sha256)}"

    def _size(self, sha256: str) -> int | None:
        try:
            with _as_os_errors():
                found: dict[str, Any] = self._files.info(self._key(sha256), refresh=True)
        except FileNotFoundError:
            return None
        return int(found["size"]) if found["type"] == "file" else None


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """Errors of the network library as OSError, which callers expect and try again."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"object store: {type(error).__name__}: {error}") from error
