"""Zip containers before any parser opens them: size, ratio, names, encryption, document type declarations."""

from __future__ import annotations

import errno
import re
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import msgspec

from extractors.errors import Rejected

_PROLOG = 1 << 16
_XML_NAMES = (".xml", ".rels", ".vml", ".xsl", ".xslt")
_ROOT = re.compile(r"<[A-Za-z_]")
_ENCODING = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_ENCODINGS = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1", "windows-1252"}
_END_RECORD = struct.Struct("<4s4H2LH")
_END_RECORD_64 = struct.Struct("<4sQ2H2L4Q")


class ArchiveLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a container may hold; sizes in bytes. The ratio (expanded / packed) counts for XML parts over 8 MB."""

    entries: int = 10_000
    expanded: int = 1 << 30
    xml_part: int = 256 << 20
    xml_ratio: float = 250.0
    name: int = 500


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What tells the kind of a zip container: its member names and the text of its type declarations."""

    names: frozenset[str]
    content_types: str | None
    mimetype: str | None
    encrypted: bool  # at least one member


def inspect(path: Path, limits: ArchiveLimits) -> Contents:
    """Check the container's directory. Raises `Rejected`: ``damaged``, ``encrypted`` (the parts that tell its kind) or
    ``unsafe``."""
    _check_directory_size(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members, limits)
            names = frozenset(member.filename for member in members)
            return Contents(
                names=names,
                content_types=_small(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else None,
                mimetype=_small(archive, "mimetype").strip() if "mimetype" in names else None,
                encrypted=any(member.flag_bits & 0x1 for member in members),
            )
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, UnicodeDecodeError, OverflowError) as error:
        raise Rejected("damaged", "tệp nén không đầy đủ hoặc sai cấu trúc") from error
    except (NotImplementedError, RuntimeError) as error:
        if "password" in str(error):
            raise Rejected("encrypted") from error
        raise Rejected("unsafe", "kiểu nén lạ") from error
    except (OSError, ValueError) as error:  # the directory names places before the beginning of the file
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        raise Rejected("damaged", "tệp nén không đầy đủ hoặc sai cấu trúc") from error


def refuse_doctype(path: Path) -> None:
    """Refuse (``unsafe``) a package with a DOCTYPE before the root of any XML part: entities come in by that door."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.filename.lower().endswith(_XML_NAMES) and member.file_size:
                    with archive.open(member) as part:
                        _check_prolog(part.read(_PROLOG), member.filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise Rejected("damaged", "một phần của tệp không giải nén được") from error
    except (NotImplementedError, RuntimeError) as error:
        raise Rejected("unsafe", "kiểu nén lạ") from error


def refuse_prolog(path: Path) -> None:
    """Refuse (``unsafe``) an XML file with a DOCTYPE."""
    with path.open("rb") as file:
        _check_prolog(file.read(_PROLOG), path.name)


def _check_directory_size(path: Path, limits: ArchiveLimits) -> None:
    """The directory is parsed as a whole into memory, so its size is looked at first."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        start = max(0, end - (1 << 16) - _END_RECORD.size)
        file.seek(start)
        tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise Rejected("damaged", "tệp nén bị cắt cụt")
    size, entries = _END_RECORD.unpack_from(tail, at)[5], _END_RECORD.unpack_from(tail, at)[4]
    at64 = tail.rfind(b"PK\6\6", 0, at)
    if at64 >= 0 and len(tail) - at64 >= _END_RECORD_64.size:
        record = _END_RECORD_64.unpack_from(tail, at64)
        size, entries = max(size % 0xFFFFFFFF, record[8]), max(entries % 0xFFFF, record[7])
    if entries > limits.entries or size > limits.entries * (46 + limits.name):
        raise Rejected("unsafe", f"tệp nén chứa quá nhiều thành phần ({entries})")


def _check_members(members: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    if len(members) > limits.entries:
        raise Rejected("unsafe", f"tệp nén chứa quá nhiều thành phần ({len(members)})")
    if sum(member.file_size for member in members) > limits.expanded:
        raise Rejected("unsafe", "bung ra quá lớn")
    for member in members:
        name = member.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or re.match(r"[A-Za-z]:", name):
            raise Rejected("unsafe", "có thành phần trỏ ra ngoài tệp")
        if len(name) > limits.name:
            raise Rejected("unsafe", "tên thành phần quá dài")
        if name.lower().endswith(_XML_NAMES):
            ratio = member.file_size / max(member.compress_size, 1)
            if member.file_size > limits.xml_part or (member.file_size > 8 << 20 and ratio > limits.xml_ratio):
                raise Rejected("unsafe", "bung ra quá lớn")


def _small(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(1 << 18).decode("utf-8", "replace")


def _check_prolog(start: bytes, name: str) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start.decode("utf-16", "replace")
    elif start[:2] in (b"<\0", b"\0<"):
        text = start.decode("utf-16-le" if start[0:1] == b"<" else "utf-16-be", "replace")
    else:
        text = start.decode("utf-8", "replace").lstrip("\ufeff")
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in _ENCODINGS:
        raise Rejected("unsafe", f"bảng mã XML lạ trong {name}")
    root = _ROOT.search(text)
    prolog = text[: root.start()] if root else text
    if "<!DOCTYPE" in prolog or "<!ENTITY" in prolog:
        raise Rejected("unsafe", f"có khai báo DOCTYPE trong {name}")
    if root is None and len(start) >= _PROLOG:
        raise Rejected("unsafe", f"phần mở đầu XML quá dài trong {name}")
