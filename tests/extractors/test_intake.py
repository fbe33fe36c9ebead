"""Files are known by their content, and no container is opened before it has been looked at."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image

from extractors import intake
from extractors.archives import ArchiveLimits
from extractors.document import Source
from extractors.errors import Rejected
from extractors.intake import PDF, IntakeLimits, guess_encoding, identify, wrong_extension


def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("Báo cáo kết quả thực hiện")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def sheet_file() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 30), "white").save(buffer, kind)
    return buffer.getvalue()


def package(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return package({name: archive.read(name) for name in archive.namelist()} | changes)


def compound(*streams: str) -> bytes:
    """The smallest OLE file with these streams in its directory."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<L", header, 48, 1)  # the directory is sector 1
    struct.pack_into("<109L", header, 76, 0, *[0xFFFFFFFF] * 108)  # the table is sector 0
    names = ["Root Entry", *streams]
    sectors = -(-len(names) // 4)
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}L", *chain).ljust(512, b"\xff")
    directory = bytearray(sectors * 512)
    for index, name in enumerate(names):
        encoded = name.encode("utf-16-le")
        directory[index * 128 : index * 128 + len(encoded)] = encoded
        struct.pack_into("<HB", directory, index * 128 + 64, len(encoded) + 2, 2)
    return bytes(header) + table + bytes(directory)


def given(tmp_path: Path, data: bytes, name: str = "báo cáo.bin") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n%...", intake.PDF),
        (b"\n\n junk %PDF-1.4\n", intake.PDF),
        (word_file(), intake.DOCX),
        (sheet_file(), intake.XLSX),
        (repacked(word_file(), {"word/media/x.bin": b"\0" * 1000}), intake.DOCX),
        (package({"a.txt": b"a"}), intake.ZIP),
        (package({"mimetype": b"application/vnd.oasis.opendocument.text"}, zipfile.ZIP_STORED), intake.ODT),
        (compound("WordDocument", "1Table", "Data", "CompObj"), intake.DOC),
        (compound("a", "b", "c", "d", "e", "f", "g", "Workbook"), intake.XLS),
        (compound("PowerPoint Document"), intake.PPT),
        (compound("__properties_version1.0"), intake.MSG),
        (b"{\\rtf1\\ansi B\\'e1o c\\'e1o}", intake.RTF),
        (b"\xef\xbb\xbf<!DOCTYPE html><html><body>x</body></html>", intake.HTML),
        (b"<html xmlns:o='urn:schemas-microsoft-com:office:office'>", intake.HTML),
        (b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument/>", intake.WORD_XML),
        (b"<?xml version='1.0'?><baocao><dong/></baocao>", intake.XML),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x", intake.MHTML),
        (b"X-Mailer: a\r\nFrom: a@b.vn\r\nTo: c@d.vn\r\nContent-Type: multipart/related\r\n\r\n", intake.EMAIL),
        (picture("JPEG"), intake.JPEG),
        (picture("PNG"), intake.PNG),
        (picture("TIFF"), intake.TIFF),
        (picture("GIF"), intake.GIF),
        (picture("BMP"), intake.BMP),
        (picture("WEBP"), intake.WEBP),
        (b"From: a@b.vn\r\nTo: c@d.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\n", intake.EMAIL),
        ("Kính gửi: Sở Giáo dục và Đào tạo".encode(), intake.TEXT),
        ("Kính gửi".encode("utf-16"), intake.TEXT),
        ("Báo cáo kết quả".encode("utf-16-le"), intake.TEXT),
        (b"B\xb8o c\xb8o k\xd5t qu\xb6", intake.TEXT),  # TCVN3
        (b"From: here on the report begins", intake.TEXT),
    ],
)
def test_type_is_found_in_the_content(tmp_path: Path, data: bytes, media_type: str) -> None:
    source = identify(given(tmp_path, data), name="báo cáo gửi Sở")
    assert source == Source(
        name="báo cáo gửi Sở", sha256=hashlib.sha256(data).hexdigest(), media_type=media_type, size=len(data)
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0", "unsupported_type"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "unsupported_type"),
        (word_file()[:2000], "damaged"),
        (word_file()[:-10], "damaged"),
        (word_file()[:200] + word_file()[1500:], "damaged"),  # its directory names places before the file's beginning
        (compound("EncryptionInfo", "EncryptedPackage"), "encrypted"),
        (compound("Something Else"), "unsupported_type"),
        (compound("WordDocument")[:600], "damaged"),
        (package({"../../etc/passwd": b"x", "word/document.xml": b"<a/>"}), "unsafe"),
        (package({"/etc/passwd": b"x"}), "unsafe"),
        (package({"C:\\windows\\x": b"x"}), "unsafe"),
        (package({"word/document.xml": b" " * (20 << 20)}), "unsafe"),
        (b"x" * 2_000_001, "too_large"),
    ],
)
def test_refused_with_a_stable_code(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        identify(given(tmp_path, data), limits=IntakeLimits(size=2_000_000))
    assert caught.value.code == code
    assert caught.value.message


def test_what_is_read_page_by_page_may_be_larger(tmp_path: Path) -> None:
    limits = IntakeLimits(size=2_000, paged=3_000)
    scan = b"%PDF-1.7\n" + b"x" * 2_500
    assert identify(given(tmp_path, scan), limits=limits).media_type == PDF
    with pytest.raises(Rejected) as caught:
        identify(given(tmp_path, scan + b"x" * 1_000), limits=limits)
    assert caught.value.code == "too_large"


def test_absent_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "không có.pdf", tmp_path):
        with pytest.raises(Rejected) as caught:
            identify(path)
        assert caught.value.code == "not_found"


def test_archive_limits(tmp_path: Path) -> None:
    many = given(tmp_path, package({f"{n}.txt": b"" for n in range(60)}))
    large = given(tmp_path, package({"a.bin": b"\0" * 5000, "b.bin": b"\0" * 6000}), "large")
    for path, limits in ((many, ArchiveLimits(entries=50)), (large, ArchiveLimits(expanded=10_000))):
        with pytest.raises(Rejected, match="unsafe"):
            identify(path, limits=IntakeLimits(archive=limits))
        assert identify(path).media_type == intake.ZIP


def test_password_in_a_zip_member(tmp_path: Path) -> None:
    data = bytearray(package({"word/document.xml": b"<a/>"}))
    central = data.find(b"PK\1\2")
    data[6] |= 1
    data[central + 8] |= 1
    with pytest.raises(Rejected, match="encrypted"):
        identify(given(tmp_path, bytes(data)))


@pytest.mark.parametrize(
    "part",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<!-- note --><!DOCTYPE a SYSTEM 'http://example.org/a.dtd'><a/>",
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        "<!DOCTYPE a><a/>".encode("utf-16-le"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a><a/>',
        b"<!--" + b"x" * 100_000 + b"--><!DOCTYPE a><a/>",
    ],
)
def test_document_type_declarations_are_refused(tmp_path: Path, part: bytes) -> None:
    path = given(tmp_path, repacked(word_file(), {"word/settings.xml": part}))
    with pytest.raises(Rejected, match="unsafe"):
        intake.check_parts(path, identify(path))


def test_ordinary_packages_pass(tmp_path: Path) -> None:
    for data in (word_file(), sheet_file(), repacked(word_file(), {"docProps/note.xml": b"<a>&lt;!DOCTYPE a></a>"})):
        path = given(tmp_path, data)
        intake.check_parts(path, identify(path))


def test_wrong_extension_is_noticed(tmp_path: Path) -> None:
    notice = wrong_extension(identify(given(tmp_path, word_file(), "báo cáo.pdf")))
    assert notice is not None
    assert (notice.code, "DOCX" in notice.message, ".pdf" in notice.message) == ("wrong_extension", True, True)
    for data, name in (
        (word_file(), "a.DOCX"),
        (b"Kinh gui", "ghi chú"),
        (b"a,b", "a.csv"),
        (picture("JPEG"), "a.jpeg"),
    ):
        assert wrong_extension(identify(given(tmp_path, data, name))) is None


def test_encodings() -> None:
    cut = "Báo cáo kết quả thực hiện"
    for size in range(1, len(cut.encode())):
        assert guess_encoding(cut.encode()[:size]) == "utf-8"
    assert guess_encoding(b"B\xb8o c\xb8o") == "latin-1"
    assert guess_encoding(bytes(range(256)) * 4) is None
