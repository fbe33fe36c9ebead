"""Names of the streams in an OLE compound file (.doc, .xls, .ppt, .msg, encrypted Office): enough to tell its kind.

Layout after [MS-CFB]: a 512-byte header, sectors, an allocation table that chains them, a directory of 128-byte
entries. Only the table sectors listed in the header are followed (files up to about 7 MB of 512-byte sectors have no
others); when the chain leaves them, the directory found so far is used.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from extractors.errors import Rejected

_ENTRY = 128
_LAST_SECTOR = 0xFFFFFFFA  # larger numbers are marks, not sectors
_MOST_SECTORS = 4096


def directory_names(path: Path) -> set[str]:
    """Names of all streams and storages. Raises `Rejected` (``damaged``) when there is no directory to read."""
    with path.open("rb") as file:
        header = file.read(512)
        if len(header) < 512:
            raise Rejected("damaged", "tệp bị cắt cụt")
        shift = struct.unpack_from("<H", header, 30)[0]
        if shift not in (9, 12):
            raise Rejected("damaged")
        size = 1 << shift
        table = _Table(file, size, struct.unpack_from("<109L", header, 76))
        names: set[str] = set()
        sector, seen = struct.unpack_from("<L", header, 48)[0], 0
        while sector < _LAST_SECTOR and seen < _MOST_SECTORS:
            data = table.read(sector)
            if not data:
                break
            for at in range(0, len(data) - _ENTRY + 1, _ENTRY):
                length = struct.unpack_from("<H", data, at + 64)[0]
                if data[at + 66] and 2 <= length <= 64:
                    names.add(data[at : at + length - 2].decode("utf-16-le", "replace"))
            sector, seen = table.next(sector), seen + 1
    if not names:
        raise Rejected("damaged", "tệp bị cắt cụt")
    return names


class _Table:
    """The sector allocation table, read where it is needed."""

    def __init__(self, file: BinaryIO, size: int, sectors: tuple[int, ...]) -> None:
        self.file, self.size, self.sectors = file, size, sectors

    def read(self, sector: int) -> bytes:
        self.file.seek((sector + 1) * self.size)
        return self.file.read(self.size)

    def next(self, sector: int) -> int:
        index, within = divmod(sector, self.size // 4)
        if index >= len(self.sectors) or self.sectors[index] >= _LAST_SECTOR:
            return _LAST_SECTOR
        data = self.read(self.sectors[index])
        return int(struct.unpack_from("<L", data, within * 4)[0]) if len(data) == self.size else _LAST_SECTOR
