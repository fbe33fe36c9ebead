"""Streams of an OLE compound file (.doc, .xls, .ppt, .msg), read so that a damaged or hostile one cannot run away.

Layout after [MS-CFB]: 512-byte header, sectors chained by an allocation table, small streams packed into 64-byte
sectors of a stream of their own, and a directory whose entries form trees of siblings below each storage.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import msgspec

from extractors.errors import Rejected

MAX_ENTRIES = 20_000
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128
_END: Final = 0xFFFFFFFA  # larger sector numbers are marks: end of chain, free, table
_NONE: Final = 0xFFFFFFFF  # no sibling, no child
_STORAGE, _STREAM = 1, 2
_MINI = 64

Steps = tuple[str, ...]


class Entry(msgspec.Struct, frozen=True):
    """A stream: first sector and size in bytes."""

    start: int
    size: int


class CompoundFile:
    """All streams of the file by their path, storages first: ``("__attach_version1.0_#00000000", "__substg1.0_…")``.

    Raises `Rejected` (``damaged``) when there is no directory to read. Chains that end early give short streams.
    """

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if len(self._data) < 512 or not self._data.startswith(_MAGIC):
            raise Rejected("damaged", "tệp bị cắt cụt")
        shift = struct.unpack_from("<H", self._data, 30)[0]
        if shift not in (9, 12):
            raise Rejected("damaged")
        self._sector = 1 << shift
        self._table = self._allocation_table()
        self._mini_limit = struct.unpack_from("<L", self._data, 56)[0]
        directory = self._chain(struct.unpack_from("<L", self._data, 48)[0], MAX_ENTRIES * _ENTRY)
        self._mini_stream = b""
        self._mini_table: tuple[int, ...] = ()
        self.streams: dict[Steps, Entry] = {}
        self._walk(directory)
        if not self.streams:
            raise Rejected("damaged", "tệp bị cắt cụt")

    def read(self, path: Steps, most: int = 1 << 30) -> bytes | None:
        """The first ``most`` bytes of a stream; None where there is none of that path."""
        entry = self.streams.get(path)
        if entry is None:
            return None
        size = min(entry.size, most)
        if entry.size < self._mini_limit:
            return self._mini_chain(entry.start, size)
        return self._chain(entry.start, size)[:size]

    def _allocation_table(self) -> tuple[int, ...]:
        """Next sector of every sector."""
        sectors = list(struct.unpack_from("<109L", self._data, 76))
        more, per_sector = struct.unpack_from("<L", self._data, 68)[0], self._sector // 4
        seen: set[int] = set()
        while more < _END and more not in seen and (data := self._at(more)):
            seen.add(more)
            *listed, more = struct.unpack(f"<{per_sector}L", data)
            sectors += listed
        table: list[int] = []
        for sector in sectors:
            data = self._at(sector) if sector < _END else b""
            if data:
                table += struct.unpack(f"<{per_sector}L", data)
            elif sector < _END:
                table += [_NONE] * per_sector
        return tuple(table)

    def _at(self, sector: int) -> bytes:
        """The bytes of a sector; empty when the file ends before it."""
        begin = (sector + 1) * self._sector
        data = self._data[begin : begin + self._sector]
        return data.ljust(self._sector, b"\0") if data else b""

    def _chain(self, sector: int, size: int) -> bytes:
        parts: list[bytes] = []
        seen: set[int] = set()
        while sector < _END and sector not in seen and len(seen) * self._sector < size:
            seen.add(sector)
            data = self._at(sector)
            if not data:
                break
            parts.append(data)
            sector = self._table[sector] if sector < len(self._table) else _NONE
        return b"".join(parts)

    def _mini_chain(self, sector: int, size: int) -> bytes:
        parts: list[bytes] = []
        seen: set[int] = set()
        while sector < len(self._mini_table) and sector not in seen and len(seen) * _MINI < size:
            seen.add(sector)
            parts.append(self._mini_stream[sector * _MINI : (sector + 1) * _MINI])
            sector = self._mini_table[sector]
        return b"".join(parts)[:size]

    def _walk(self, directory: bytes) -> None:
        """Fill `streams` from the directory; sibling and child links are followed once each."""
        count = min(len(directory) // _ENTRY, MAX_ENTRIES)
        if count == 0:
            return
        root = directory[:_ENTRY]
        start, size = struct.unpack_from("<LQ", root, 116)
        self._mini_stream = self._chain(start, size & 0xFFFFFFFF)
        first, sectors = struct.unpack_from("<LL", self._data, 60)
        mini = self._chain(first, sectors * self._sector)
        self._mini_table = struct.unpack(f"<{len(mini) // 4}L", mini)
        pending: list[tuple[int, Steps]] = [(struct.unpack_from("<L", root, 76)[0], ())]
        seen: set[int] = set()
        while pending:
            index, above = pending.pop()
            if index >= count or index in seen:
                continue
            seen.add(index)
            entry = directory[index * _ENTRY : (index + 1) * _ENTRY]
            length, kind = struct.unpack_from("<HB", entry, 64)
            left, right, child = struct.unpack_from("<LLL", entry, 68)
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            pending += [(left, above), (right, above)]
            if kind == _STORAGE and len(above) < 32:
                pending.append((child, (*above, name)))
            elif kind == _STREAM:
                start, size = struct.unpack_from("<LQ", entry, 116)
                # the upper half of the size is undefined in files with 512-byte sectors
                self.streams.setdefault((*above, name), Entry(start, size & 0xFFFFFFFF))
