"""Pages of originals as people see them, drawn in the sandbox once and then kept under the data directory.

The cache (``page-cache/ab/<sha256>/``) may be deleted at any time; it is kept under `MOST_BYTES` by dropping what was
not looked at for longest.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from extractors import rendering
from extractors.document import Document, Source
from extractors.pipeline import PIPELINE_VERSION
from extractors.rendering import Size
from extractors.sandbox import Limits, Sandbox
from storage import BlobStore

MOST_BYTES = 1 << 30
WIDTHS = (1000, 1600, 2400)
"""Pixels; few, so that screens of different sizes share what is drawn."""

_LIMITS = Limits(wall_seconds=60.0, idle_seconds=60.0, cpu_seconds=120)
_KEEP_AFTER_SWEEP = 0.8
_TOUCH_AFTER_S = 3600.0


class PageImages:
    """Safe to use from several threads; processes that share a data directory share the cache."""

    def __init__(self, folder: Path, originals: BlobStore, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._originals = originals
        self._most_bytes = most_bytes
        self._box = Sandbox(("extractors.rendering_warm",))
        # As many at once as there are cores: twenty people who open twenty pages wait for each other, not for swap.
        self._turns = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._written = most_bytes  # a first sweep at the first write

    def start(self) -> None:
        """Load the parsers now, so that the first reader does not wait for them."""
        self._box.start()

    def close(self) -> None:
        self._box.close()

    def sizes(self, sha256: str, media_type: str) -> list[Size]:
        """Width and height of every page in points. Raises `Rejected`, and FileNotFoundError without the original."""

        def draw(path: Path) -> bytes:
            return self._box.run(rendering.measure, path, media_type, limits=_LIMITS)

        return msgspec.msgpack.decode(self._kept(sha256, "sizes", draw).read_bytes(), type=list[Size])

    def picture(self, sha256: str, media_type: str, page: int, width: int) -> Path:
        """The file of page ``page`` (from 1) at one of `WIDTHS`, as WebP. Raises as `sizes`."""

        def draw(path: Path) -> bytes:
            return self._box.run(rendering.picture, path, media_type, page, width, limits=_LIMITS)

        return self._kept(sha256, f"p{page}-w{width}.webp", draw)

    def words(self, source: Source) -> Document:
        """The paragraphs and tables of a file without fixed pages, as they were received. Raises as `sizes`."""

        def draw(path: Path) -> bytes:
            return self._box.run(rendering.words, path, source, limits=_LIMITS)

        kept = self._kept(source.sha256, f"words-{PIPELINE_VERSION}", draw)
        return msgspec.msgpack.decode(kept.read_bytes(), type=Document)

    def _kept(self, sha256: str, name: str, draw: Callable[[Path], bytes]) -> Path:
        folder = self._folder / sha256[:2] / sha256
        path = folder / name
        if _seen(path):
            return path
        with self._turns:
            if path.exists():  # drawn by whoever had the turn before
                return path
            with self._originals.local(sha256) as original:
                data = draw(original.resolve())
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = folder / f".{secrets.token_hex(8)}"
        temporary.write_bytes(data)
        temporary.replace(path)
        self._written += len(data)
        if self._written > self._most_bytes * (1 - _KEEP_AFTER_SWEEP):
            self._written = 0
            self._sweep(path)
        return path

    def _sweep(self, but: Path) -> None:
        """Drop what was not looked at for longest until the cache is well under its limit."""
        files = []
        for path in self._folder.glob("*/*/*"):
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in files)
        if total <= self._most_bytes:
            return
        for _, size, path in sorted(files):
            if total <= self._most_bytes * _KEEP_AFTER_SWEEP:
                break
            if path != but:
                path.unlink(missing_ok=True)
                total -= size
            with contextlib.suppress(OSError):  # not empty yet
                path.parent.rmdir()


def _seen(path: Path) -> bool:
    """Whether the file is there; its time tells when it was last looked at."""
    try:
        if time.time() - path.stat().st_mtime > _TOUCH_AFTER_S:
            path.touch()
    except FileNotFoundError:
        return False
    return True
