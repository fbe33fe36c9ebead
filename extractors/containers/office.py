"""Office files that have no reader of their own: converted by LibreOffice, then read as DOCX, XLSX or PPTX.

Provenance is that of the converted document (``body/p[3]``, ``Sheet1!C7``, ``slide[2]/…``). Font names survive the
conversion, so text in TCVN3 or VNI fonts comes out as it went in and is repaired like any other.
"""

from __future__ import annotations

import email
import email.policy
import re
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from extractors import intake
from extractors.containers import docx, libreoffice, pptx, xlsx
from extractors.containers.compound import CompoundFile
from extractors.containers.libreoffice import Conversion
from extractors.containers.text import decode
from extractors.document import Document, Source
from extractors.errors import Rejected

Progress = Callable[[int, int], None]
Reader = Callable[[Path, Source], Document]

_DOCX = (".docx", "MS Word 2007 XML")
_XLSX = (".xlsx", "Calc MS Excel 2007 XML")
_PPTX = (".pptx", "Impress MS PowerPoint 2007 XML")
_READERS: dict[str, Reader] = {".docx": docx.read, ".xlsx": xlsx.read, ".pptx": pptx.read}


def _conversion(suffix: str, import_filter: str, target: tuple[str, str]) -> Conversion:
    return Conversion(suffix=suffix, import_filter=import_filter, new_suffix=target[0], export_filter=target[1])


_BY_TYPE = {
    intake.DOC: _conversion(".doc", "MS Word 97", _DOCX),
    intake.RTF: _conversion(".rtf", "Rich Text Format", _DOCX),
    intake.ODT: _conversion(".odt", "writer8", _DOCX),
    intake.HTML: _conversion(".html", "HTML (StarWriter)", _DOCX),
    intake.MHTML: _conversion(".html", "HTML (StarWriter)", _DOCX),
    intake.WORD_XML: _conversion(".xml", "MS Word 2003 XML", _DOCX),
    intake.EXCEL_XML: _conversion(".xml", "MS Excel 2003 XML Orcus", _XLSX),
    intake.XLS: _conversion(".xls", "MS Excel 97", _XLSX),
    intake.XLSB: _conversion(".xlsb", "Calc MS Excel 2007 Binary", _XLSX),
    intake.ODS: _conversion(".ods", "calc8", _XLSX),
    intake.PPT: _conversion(".ppt", "MS PowerPoint 97", _PPTX),
    intake.ODP: _conversion(".odp", "impress8", _PPTX),
}
_WORD_95 = _conversion(".doc", "MS WinWord 6.0", _DOCX)
_EXCEL_95 = _conversion(".xls", "MS Excel 5.0/95", _XLSX)
MEDIA_TYPES = frozenset(_BY_TYPE)

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.I)
_META = re.compile(r"""<meta[^>]*?charset[^>]*>""", re.I)


def read(path: Path, source: Source, progress: Progress | None = None) -> Document:
    """Convert and read. Raises `Rejected`: ``damaged``, ``encrypted``, ``timeout``, ``crashed``, ``no_converter`` and
    those of the reader of the converted file.
    """
    with tempfile.TemporaryDirectory(prefix="office-") as folder:
        given = _prepared(path, source, Path(folder))
        conversion = _chosen(path, source)
        workspace = Path(folder) / "work"
        workspace.mkdir()
        try:
            converted = libreoffice.convert(given, conversion, workspace)
        except Rejected as refusal:
            if refusal.code in ("damaged", "crashed") and is_encrypted(path, source):
                raise Rejected("encrypted") from None
            raise
        if progress is not None:
            progress(1, 2)
        return _READERS[conversion.new_suffix](converted, source)


def is_encrypted(path: Path, source: Source) -> bool:
    """Whether the document needs a password to be opened."""
    try:
        if source.media_type in (intake.ODT, intake.ODS, intake.ODP):
            with zipfile.ZipFile(path) as archive, archive.open("META-INF/manifest.xml") as part:
                return b"encryption-data" in part.read(1 << 22)
        compound = CompoundFile(path)
    except (Rejected, zipfile.BadZipFile, KeyError, OSError):
        return False
    if source.media_type == intake.DOC:
        return bool(_bits(compound, ("WordDocument",), 10) & 0x0100)
    if source.media_type == intake.XLS:
        return _has_filepass(compound.read(("Workbook",), 4096) or compound.read(("Book",), 4096) or b"")
    if source.media_type == intake.PPT:
        token = (compound.read(("Current User",), 16) or b"")[12:16]
        return ("EncryptedSummary",) in compound.streams or token == b"\xdf\xc4\xd1\xf3"
    return False


def _chosen(path: Path, source: Source) -> Conversion:
    if source.media_type == intake.DOC and _bits(CompoundFile(path), ("WordDocument",), 0) != 0xA5EC:
        return _WORD_95
    if source.media_type == intake.XLS and ("Workbook",) not in CompoundFile(path).streams:
        return _EXCEL_95
    return _BY_TYPE[source.media_type]


def _prepared(path: Path, source: Source, folder: Path) -> Path:
    """The file as LibreOffice is to see it: HTML as UTF-8 with a mark, whatever it declares; else the file itself."""
    if source.media_type not in (intake.HTML, intake.MHTML):
        return path
    data = path.read_bytes()
    declared = None
    if source.media_type == intake.MHTML:
        data, declared = _html_part(data)
    given = folder / "given.html"
    # without its declaration, which would count for more than the mark
    given.write_text(_META.sub("", html_text(data, declared).lstrip("\ufeff")), encoding="utf-8-sig", errors="replace")
    return given


def html_text(data: bytes, declared: str | None = None) -> str:
    """Decode a page by the character set it declares; where that does not fit, as plain text is decoded."""
    found = _CHARSET.search(data[:8192])
    for name in (declared, found[1].decode("ascii") if found else None):
        if name is None or name.lower() in ("iso-8859-1", "latin1", "us-ascii", "windows-1252", "utf-16"):
            continue  # `decode` does these, and tells UTF-8 under a wrong name
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return decode(data).text


def _html_part(data: bytes) -> tuple[bytes, str | None]:
    """The page inside a "single file web page", and its declared character set."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload.strip():
                charset = part.get_content_charset()
                return payload, charset
    raise Rejected("damaged")


def _bits(compound: CompoundFile, stream: tuple[str, ...], at: int) -> int:
    head = compound.read(stream, at + 2) or b""
    return int(struct.unpack_from("<H", head, at)[0]) if len(head) >= at + 2 else 0


def _has_filepass(book: bytes) -> bool:
    """Walk the first records of a workbook: FILEPASS stands right behind its beginning."""
    at = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        if kind == 0x002F:
            return True
        at += 4 + length
    return False
