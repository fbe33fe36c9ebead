"""What a file is, by its content: checksum, size and media type, and whether its container may be opened at all.

`identify` runs in the main process and only reads headers, a zip's directory or an OLE file's sector chain.
`check_parts` looks inside a zip's XML parts and belongs in the sandboxed child, before a parser opens them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec

from extractors import archives, ole
from extractors.containers.compound import CompoundFile
from extractors.document import Notice, Source
from extractors.errors import Rejected

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCM = "application/vnd.ms-word.document.macroenabled.12"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
RTF = "application/rtf"
HTML = "text/html"
MHTML = "multipart/related"
XML = "application/xml"
WORD_XML = "application/vnd.ms-word+xml"
EXCEL_XML = "application/vnd.ms-excel+xml"
TEXT = "text/plain"
EMAIL = "message/rfc822"
ZIP = "application/zip"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
GZIP = "application/gzip"
JPEG, PNG, TIFF, GIF, BMP, WEBP, HEIC = (
    f"image/{kind}" for kind in ("jpeg", "png", "tiff", "gif", "bmp", "webp", "heic")
)

_SUFFIXES: dict[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    DOCX: (".docx", ".dotx"),
    DOCM: (".docm", ".dotm"),
    XLSX: (".xlsx", ".xltx"),
    XLSM: (".xlsm", ".xltm"),
    PPTX: (".pptx", ".ppsx", ".potx"),
    ODT: (".odt",),
    ODS: (".ods",),
    ODP: (".odp",),
    XLSB: (".xlsb",),
    DOC: (".doc", ".dot"),
    XLS: (".xls", ".xlt"),
    PPT: (".ppt", ".pps"),
    MSG: (".msg",),
    RTF: (".rtf",),
    HTML: (".html", ".htm", ".xhtml"),
    MHTML: (".mht", ".mhtml"),
    XML: (".xml",),
    WORD_XML: (".xml",),
    EXCEL_XML: (".xml",),
    TEXT: (".txt", ".text", ".csv", ".tsv", ".md", ".log"),
    EMAIL: (".eml",),
    ZIP: (".zip",),
    RAR: (".rar",),
    SEVEN_ZIP: (".7z",),
    GZIP: (".gz", ".tgz"),
    JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    PNG: (".png",),
    TIFF: (".tif", ".tiff"),
    GIF: (".gif",),
    BMP: (".bmp", ".dib"),
    WEBP: (".webp",),
    HEIC: (".heic", ".heif"),
}

_HEAD = 8192
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", RTF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"Rar!\x1a\x07", RAR),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\x1f\x8b\x08", GZIP),
)
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heif")
_OPEN_XML_MAIN = {
    "wordprocessingml.document.main+xml": DOCX,
    "wordprocessingml.template.main+xml": DOCX,
    "ms-word.document.macroenabled.main+xml": DOCM,
    "spreadsheetml.sheet.main+xml": XLSX,
    "spreadsheetml.template.main+xml": XLSX,
    "ms-excel.sheet.macroenabled.main+xml": XLSM,
    "ms-excel.sheet.binary.macroenabled.main": XLSB,
    "presentationml.presentation.main+xml": PPTX,
    "presentationml.slideshow.main+xml": PPTX,
}
_COMPOUND_MAIN = {
    "__properties_version1.0": MSG,
    "WordDocument": DOC,
    "Workbook": XLS,
    "Book": XLS,
    "PowerPoint Document": PPT,
}
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_EMAIL = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]")
_EMAIL_FIELD = re.compile(rb"^(?:from|to|date|message-id|mime-version|content-type):[ \t]", re.I | re.M)
_WEB_PAGE = re.compile(rb"^content-type:\s*multipart/related\b", re.I | re.M)
_SENT = re.compile(rb"^(?:to|received|message-id|delivered-to):", re.I | re.M)
_PROGRAM = re.compile(rb"""<\?mso-application\s+progid=["']([\w.]+)["']""")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table)[\s>]", re.I)


class IntakeLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What is let in; sizes in bytes. ``paged``: files that are read page by page from the disk, as scans of hundreds
    of pages are; all others may be held in memory whole."""

    size: int = 200 << 20
    paged: int = 1 << 30
    archive: archives.ArchiveLimits = archives.ArchiveLimits()


DEFAULT_LIMITS = IntakeLimits()
LARGEST = DEFAULT_LIMITS.paged


def identify(path: Path, name: str | None = None, limits: IntakeLimits = DEFAULT_LIMITS) -> Source:
    """The file's `Source`; ``name`` is what its sender called it, by default its file name.

    Raises `Rejected`: ``not_found``, ``empty_file``, ``too_large``, ``unsupported_type`` (nothing known),
    ``encrypted``, ``damaged`` or ``unsafe`` (containers), ``vanished`` (changed while being read).
    """
    digest = hashlib.sha256()
    try:
        if not path.is_file():
            raise Rejected("not_found", path.name)
        size = path.stat().st_size
        if size == 0:
            raise Rejected("empty_file")
        _check_size(size, limits.paged)
        counted, head = 0, b""
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                head = head or chunk[:_HEAD]
                digest.update(chunk)
                counted += len(chunk)
        if _signed(head) not in (PDF, TIFF):
            _check_size(size, limits.size)
        media_type = sniff(path, head, limits)
    except FileNotFoundError:
        raise Rejected("vanished") from None
    except OSError as error:
        raise Rejected("not_found", error.strerror or "") from error
    if counted != size:
        raise Rejected("vanished")
    return Source(name=name or path.name, sha256=digest.hexdigest(), media_type=media_type, size=size)


def sniff(path: Path, head: bytes, limits: IntakeLimits = DEFAULT_LIMITS) -> str:
    """Media type from the first bytes and, for zip and OLE containers, from what they hold. Raises `Rejected`."""
    if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return _packaged(path, limits)
    if head.startswith(_OLE_MAGIC):
        return _compound(path)
    return _signed(head) or _textual(head)


def _signed(head: bytes) -> str | None:
    """Media type by the signature bytes of single-part formats."""
    found = next((media_type for magic, media_type in _MAGIC if head.startswith(magic)), None)
    if found is None and b"%PDF-" in head[:1024]:
        found = PDF
    elif found is None and head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        found = WEBP
    elif found is None and head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        found = BMP
    elif found is None and head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        found = HEIC
    return found


def wrong_extension(source: Source) -> Notice | None:
    """A notice when the name's extension promises another type than the content is."""
    suffix = Path(source.name).suffix.lower()
    fitting = _SUFFIXES.get(source.media_type, ())
    if not fitting or suffix in fitting:
        return None
    if source.media_type == TEXT and suffix not in {known for kinds in _SUFFIXES.values() for known in kinds}:
        return None
    called = f"có đuôi “{suffix}”" if suffix else "không có đuôi"
    return Notice("wrong_extension", f"Tên tệp {called} nhưng nội dung là {fitting[0][1:].upper()}.")


def check_parts(path: Path, source: Source) -> None:
    """Refuse (``unsafe``) a zip container whose XML parts declare a DOCTYPE; other types pass unopened."""
    if source.media_type in (DOCX, DOCM, XLSX, XLSM, XLSB, PPTX, ODT, ODS, ODP):
        archives.refuse_doctype(path)
    elif source.media_type in (WORD_XML, EXCEL_XML):
        archives.refuse_prolog(path)


def guess_encoding(data: bytes) -> str | None:
    """Codec name for plain text, ``latin-1`` for any legacy 8-bit set (repair finds out which); None for binary data.

    ``data`` may be cut in the middle of a character.
    """
    marked = next((codec for mark, codec in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if marked is not None:
        return marked
    if b"\0" in data:
        return _wide(data)
    # VISCII and VPS put letters on control bytes, so a few of them do not make a file binary.
    if sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in data) > len(data) * 0.1:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3 or error.reason != "unexpected end of data":
            return "latin-1"
    return "utf-8"


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Western text is zero."""
    even, odd = (data[start::2].count(0) / max(len(data) // 2, 1) for start in (0, 1))
    if odd > 0.4 and even < 0.04:
        return "utf-16-le"
    if even > 0.4 and odd < 0.04:
        return "utf-16-be"
    return None


def _packaged(path: Path, limits: IntakeLimits) -> str:
    found = archives.inspect(path, limits.archive)
    media_type = _package_kind(found)
    if found.encrypted and media_type != ZIP:
        raise Rejected("encrypted")
    return media_type


def _package_kind(found: archives.Contents) -> str:
    open_document = (found.mimetype or "").removesuffix("-template")
    if open_document in (ODT, ODS, ODP):
        return open_document
    if found.content_types is not None:
        declared = found.content_types.lower()
        for main, media_type in _OPEN_XML_MAIN.items():
            if main in declared:
                return media_type
    if "word/document.xml" in found.names:
        return DOCX
    if "xl/workbook.xml" in found.names:
        return XLSX
    return ZIP


def _compound(path: Path) -> str:
    names = ole.directory_names(path)
    if "EncryptedPackage" in names:
        raise Rejected("encrypted")
    kinds = [media_type for name, media_type in _COMPOUND_MAIN.items() if name in names]
    if len(set(kinds)) > 1:  # a workbook with a letter embedded, a message with both attached
        outer = {steps[0] for steps in CompoundFile(path).streams if len(steps) == 1}
        kinds = [media_type for name, media_type in _COMPOUND_MAIN.items() if name in outer] or kinds
    if kinds:
        return kinds[0]
    raise Rejected("unsupported_type", "tệp OLE không phải Word, Excel hay PowerPoint")


def _textual(head: bytes) -> str:
    encoding = guess_encoding(head)
    if encoding is None:
        raise Rejected("unsupported_type", "không nhận ra định dạng từ nội dung")
    plain = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n").encode("utf-8", "ignore")
    if plain.startswith(b"{\\rtf"):
        return RTF
    header = plain.replace(b"\r", b"").partition(b"\n\n")[0]
    if _EMAIL.match(plain) and _WEB_PAGE.search(header) and not _SENT.search(header):
        return MHTML  # a page saved as a single file, not a letter
    if _EMAIL.match(plain) and len(_EMAIL_FIELD.findall(plain)) >= 3:
        return EMAIL
    return _marked_up(plain) or TEXT


def _marked_up(plain: bytes) -> str | None:
    """Kind of a text that begins with a tag."""
    program = _PROGRAM.search(plain)
    if plain.startswith(b"<?xml") and program is not None:
        return {b"Word.Document": WORD_XML, b"Excel.Sheet": EXCEL_XML}.get(program[1], XML)
    if plain.startswith(b"<") and _HTML.search(plain[:4096]):
        return HTML
    return XML if plain.startswith(b"<?xml") else None


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise Rejected("too_large", f"{_megabytes(size)} MB, giới hạn {_megabytes(most)} MB")


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.1f}".replace(".", ",")
