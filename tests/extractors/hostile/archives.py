"""Archives and letters that are bombs, lead outside, are locked, cut or endless."""

from __future__ import annotations

import email.message
import io
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

from tests.extractors.hostile.making import READ, hostile, word_file, zipped
from tests.extractors.test_attachments import compound


@hostile("bom-long-nhau.zip", "container", "too_deep", "nothing_inside", "too_large")
def nested_bomb() -> bytes:
    """Sixteen archives in each of sixteen in each of sixteen, of 8 MB of nothing each."""
    data = zipped({"0.txt": b"0" * (8 << 20)})
    for level in range(3):
        data = zipped({f"{level}-{n}.zip": data for n in range(16)})
    return data


@hostile("bom-ty-le-cao.zip", "too_large", "unsafe")
def ratio_bomb() -> bytes:
    """1.5 GB of zeros in 1.5 MB."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("bao cao.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(24):
            member.write(b"\0" * (64 << 20))
    return buffer.getvalue()


@hostile("bom-chong-lap.zip", "damaged", "container", "unsafe", "too_large")
def overlapping_bomb() -> bytes:
    """A thousand entries of the directory share one body of 20 MB."""
    data = bytearray(zipped({"a.txt": b"0" * (20 << 20)}))
    end = data.rindex(b"PK\5\6")
    directory = bytes(data[data.index(b"PK\1\2") : end])
    record = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1000, 1000, len(directory) * 1000, end - len(directory), 0)
    return bytes(data[: end - len(directory)]) + directory * 1000 + record


@hostile("bom-nhieu-muc.zip", "unsafe")
def many_entries() -> bytes:
    return zipped({f"{n}.txt": b"" for n in range(70_000)}, zipfile.ZIP_STORED)


@hostile("di-ra-ngoai.zip", "unsafe", "container")
def path_traversal() -> bytes:
    return zipped({"../../../../tmp/baocao-ra-ngoai.txt": b"x" * 99, "/etc/baocao-ra-ngoai": b"x" * 99,
                   "C:\\Windows\\baocao.txt": b"x" * 99, "..\\..\\baocao.docx": b"x" * 99})  # fmt: skip


@hostile("lien-ket.zip", "unsafe")
def link_inside() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("bao cao.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


@hostile("khoa-mat-khau.zip", "encrypted")
def locked_zip() -> bytes:
    """Really encrypted where bsdtar can do it, else marked so."""
    data = zipped({"bao cao.docx": word_file()}, zipfile.ZIP_STORED)
    return data.replace(b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0").replace(
        b"PK\1\2\x14\x03\x14\0\0\0", b"PK\1\2\x14\x03\x14\0\1\0"
    )


@hostile("cat-cut.zip", "damaged")
def cut_zip() -> bytes:
    data = zipped({"a.docx": word_file()})
    return data[: len(data) // 2]


@hostile("thu-long-nhau.eml", "container", "too_deep", "nothing_inside", READ)
def letters_in_letters() -> bytes:
    inner = b"Subject: trong cung\r\nFrom: a@example.org\r\nTo: b@example.org\r\n\r\nBao cao\r\n"
    for level in range(200):
        inner = (
            b"Subject: %d\r\nFrom: a@example.org\r\nTo: b@example.org\r\nContent-Type: message/rfc822\r\n\r\n" % level
        ) + inner
    return inner


@hostile("thu-nhieu-phan.eml", "container")
def letter_of_many_parts() -> bytes:
    letter = email.message.EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.org", "b@example.org", "Báo cáo"
    letter.set_content("Kính gửi")
    for n in range(3000):
        letter.add_attachment(b"Bao cao so", maintype="text", subtype="plain", filename=f"{n}.txt")
    return letter.as_bytes()


@hostile("thu-lap-vong.msg", READ, "damaged", "container", "nothing_inside", "unsupported_type")
def looping_msg() -> bytes:
    """An Outlook letter whose sector table runs in circles."""
    data = bytearray(compound({("__properties_version1.0",): b"\0" * 64, ("__substg1.0_1000001F",): b"a\0" * 3000}))
    at = 512 + 512 * struct.unpack_from("<L", data, 76)[0]
    for sector in range(20):
        struct.pack_into("<L", data, at + 4 * sector, 1 + sector % 2)
    return bytes(data)


def really_locked_zip(folder: Path) -> Path | None:
    """An archive encrypted by bsdtar, None where it is not installed."""
    start = shutil.which("bsdtar")
    if start is None:
        return None
    (folder / "bao cao.docx").write_bytes(word_file())
    made = folder / "that-su-khoa.zip"
    subprocess.run([start, "-a", "-cf", str(made), "--options", "zip:encryption=aes256", "--passphrase", "x",
                    "-C", str(folder), "bao cao.docx"], check=True)  # fmt: skip
    (folder / "bao cao.docx").unlink()
    return made
