"""Members of a zip archive."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from extractors.containers.members import Sink, decoded_name, is_clutter
from extractors.errors import Rejected

_CHUNK = 1 << 20
_UTF8_NAME = 0x800
_UNICODE_PATH = 0x7075


def open_zip(path: Path, sink: Sink) -> None:
    """Take the files out; links, encrypted and broken members are refused one by one. Raises `Rejected`, `Full`."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = _name(member)
                if member.filename.endswith("/") or is_clutter(name):  # `is_dir` trips over an empty name
                    continue
                if stat.S_ISLNK(member.external_attr >> 16):
                    sink.refuse(name, "unsafe", "liên kết tới tệp khác")
                elif member.flag_bits & 0x1:
                    sink.refuse(name, "encrypted")
                elif member.file_size == 0:
                    sink.refuse(name, "empty_file")
                else:
                    sink.add(name, _chunks(archive, member))
    except (zipfile.BadZipFile, struct.error, OSError, ValueError) as error:
        raise Rejected("damaged", "tệp nén không đầy đủ hoặc sai cấu trúc") from error


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (NotImplementedError, RuntimeError) as error:
        raise Rejected("unsafe", "kiểu nén lạ") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise Rejected("damaged", "không giải nén được") from error
    except Exception as error:  # lzma.LZMAError, of a module that may be absent
        if type(error).__module__ != "_lzma":
            raise
        raise Rejected("damaged", "không giải nén được") from error


def _name(member: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: most Windows programs write it in a code page and do not say which."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    extra, at = member.extra, 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_PATH and length > 5:
            return extra[at + 9 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    try:
        return decoded_name(member.filename.encode("cp437"))
    except UnicodeEncodeError:
        return member.filename
