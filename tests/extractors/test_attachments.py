"""What comes out of archives and letters, and what hostile ones cost."""

from __future__ import annotations

import email.message
import email.mime.base
import io
import stat
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

import msgspec
import pytest

import campaigns
from extractors import intake, sandbox
from extractors.containers import bsdtar
from extractors.containers.attachments import expand, expand_encoded, only_member
from extractors.containers.members import Expansion, Room, is_clutter, safe_name
from extractors.errors import Rejected
from extractors.intake import identify
from extractors.pipeline import extract_sandboxed

REPORT = "Trường THPT Lê Quý Đôn báo cáo kết quả thực hiện."
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 3000


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def given(tmp_path: Path, data: bytes, name: str = "a.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def opened(path: Path, room: Room | None = None) -> tuple[Expansion, dict[str, bytes]]:
    """The expansion of ``path``, and the bytes of each member that was taken out."""
    folder = path.parent / f"{path.name}.members"
    folder.mkdir()
    expansion = expand(path, identify(path).media_type, folder, room or Room())
    assert sorted(file.name for file in folder.iterdir()) == sorted(m.file for m in expansion.members if m.file)
    return expansion, {m.name: (folder / m.file).read_bytes() for m in expansion.members if m.file}


def refusals(expansion: Expansion) -> dict[str, str | None]:
    return {member.name: member.code for member in expansion.members if member.file is None}


# --- zip ----------------------------------------------------------------------------------------------------------


def test_members_of_a_zip(tmp_path: Path) -> None:
    data = packed(
        {
            "Báo cáo/bc.txt": REPORT.encode(),
            "Báo cáo/BC.TXT": b"khac",
            "rong.docx": b"",
            "thư mục/": b"",
            "__MACOSX/._bc.txt": b"x",
            "~$bc.docx": b"x",
            ".DS_Store": b"x",
            "Thumbs.db": b"x",
        }
    )
    expansion, files = opened(given(tmp_path, data))
    assert files == {"Báo cáo/bc.txt": REPORT.encode(), "Báo cáo/BC (2).TXT": b"khac"}
    assert refusals(expansion) == {"rong.docx": "empty_file"}
    assert not expansion.cut


def test_encrypted_broken_and_linked_members_are_refused_one_by_one(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("lien-ket.docx")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tot.txt", REPORT)
        archive.writestr("khoa.txt", REPORT * 2)
        archive.writestr("hong.txt", bytes(range(256)) * 20)
        archive.writestr(link, "/etc/passwd")
    data = bytearray(buffer.getvalue())
    for name in (b"khoa.txt",):
        for at, offset in ((data.find(name) - 30, 6), (data.rfind(name) - 46, 8)):
            data[at + offset] |= 1
    at = data.find(b"hong.txt") + 8
    data[at + 10 : at + 60] = b"\xff" * 50
    expansion, files = opened(given(tmp_path, bytes(data)))
    assert files == {"tot.txt": REPORT.encode()}
    assert refusals(expansion) == {"khoa.txt": "encrypted", "hong.txt": "damaged", "lien-ket.docx": "unsafe"}


def test_an_archive_whose_names_lead_outside_is_refused(tmp_path: Path) -> None:
    for number, name in enumerate(("../x.txt", "a/../../x.txt", "/etc/x.txt", "C:\\x.txt", "..\\x.txt")):
        path = given(tmp_path, packed({name: b"x", "b.txt": b"x"}), f"{number}.zip")
        with pytest.raises(Rejected) as caught:
            identify(path)
        assert caught.value.code == "unsafe"
        # and opened all the same, nothing leads anywhere
        folder = tmp_path / f"{number}.members"
        folder.mkdir()
        expand(path, intake.ZIP, folder, Room())
        assert sorted(file.name for file in folder.iterdir()) == ["0001", "0002"]
    assert not (tmp_path / "x.txt").exists()


def test_limits_on_number_and_size(tmp_path: Path) -> None:
    many = given(tmp_path, packed({f"{n}.txt": b"x" for n in range(30)}))
    expansion, files = opened(many, Room(members=10))
    assert (len(files), expansion.cut) == (10, True)
    bomb = given(tmp_path, packed({"a.txt": b"\0" * (8 << 20), "b.txt": b"x", "c.txt": b"\0" * (3 << 20)}), "b.zip")
    expansion, files = opened(bomb, Room(member=5 << 20, total=3 << 20))
    assert list(files) == ["b.txt"]
    assert refusals(expansion) == {"a.txt": "too_large", "c.txt": "too_large"}


def test_a_bomb_costs_its_sandbox_little(tmp_path: Path) -> None:
    """Members that say they are small and are not, and one that is 100 MB of zeros."""
    data = bytearray(packed({"lon.bin": b"\0" * (100 << 20), "doi.bin": b"\0" * (20 << 20)}))
    at = data.rfind(b"doi.bin") - 46
    struct.pack_into("<L", data, at + 24, 10)  # the size in the directory
    path = given(tmp_path, bytes(data))
    folder = tmp_path / "members"
    folder.mkdir()
    room = Room(member=50 << 20, total=60 << 20)
    answer = sandbox.run(expand_encoded, str(path), intake.ZIP, str(folder), room)
    expansion = msgspec.msgpack.decode(answer, type=Expansion)
    assert refusals(expansion) == {"lon.bin": "too_large", "doi.bin": "damaged"}
    assert list(folder.iterdir()) == []


def test_names_in_code_pages(tmp_path: Path) -> None:
    """Names as Windows programs write them: UTF-8 without saying so, and the Vietnamese code page."""
    names = {b"B\xc3\xa1o c\xc3\xa1o.txt": "Báo cáo.txt", b"Ba\xecu ca\xecu.txt": "Báu cáu.txt"}
    for number, (raw, shown) in enumerate(names.items()):
        placeholder = ("x" * len(raw)).encode()
        data = packed({placeholder.decode(): REPORT.encode()}).replace(placeholder, raw)
        _, files = opened(given(tmp_path, data, f"{number}.zip"))
        assert list(files) == [shown]


def test_a_cut_archive_is_damaged(tmp_path: Path) -> None:
    path = given(tmp_path, packed({"a.txt": REPORT.encode() * 50})[:-30])
    for act in (lambda: identify(path), lambda: expand(path, intake.ZIP, tmp_path, Room())):
        with pytest.raises(Rejected) as caught:
            act()
        assert caught.value.code == "damaged"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\Users\\a\\bc.docx", "Users/a/bc.docx"),
        ("a\0b\n.txt", "a�b�.txt"),
        ("", "không tên"),
        ("../..", "không tên"),
        ("bc .docx", "bc .docx"),
    ],
)
def test_shown_names(name: str, shown: str) -> None:
    assert safe_name(name) == shown


def test_long_names_keep_their_end() -> None:
    assert len(safe_name("a" * 1000 + ".docx")) <= 151
    assert safe_name("a" * 1000 + ".docx").endswith("a.docx")


def test_clutter() -> None:
    assert all(map(is_clutter, (".hidden", "a/.git/x", "~$a.docx", "x/Thumbs.db", "__MACOSX/a.docx", "desktop.ini")))
    assert not any(map(is_clutter, ("a.docx", "a.b/c.docx", "...docx/a"[3:], "../a.docx", "./a.docx")))


# --- rar, 7z ------------------------------------------------------------------------------------------------------


def rar(members: dict[str, bytes], *, link: str = "") -> bytes:
    """A RAR 4 archive that stores its members; the one called ``link`` is a symbolic link to its content."""

    def block(kind: int, flags: int, body: bytes, data: bytes = b"") -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data

    made = b"Rar!\x1a\x07\x00" + block(0x73, 0, b"\0" * 6)
    for name, data in members.items():
        raw, mode = name.encode(), stat.S_IFLNK | 0o777 if name == link else stat.S_IFREG | 0o644
        # sizes, host (Unix), checksum, time, version, method (stored), length of the name, mode
        fields = (len(data), len(data), 3, zlib.crc32(data), 0, 29, 0x30, len(raw), mode)
        made += block(0x74, 0x8000, struct.pack("<LLBLLBBHL", *fields) + raw, data)
    return made + block(0x7B, 0x4000, b"")


needs_bsdtar = pytest.mark.skipif(bsdtar.program() is None, reason="bsdtar is not installed")


@needs_bsdtar
def test_members_of_a_rar(tmp_path: Path) -> None:
    data = rar({"bao cao/bc.txt": REPORT.encode(), "rong.txt": b"", "Thumbs.db": b"x", "lk": b"/etc/passwd"}, link="lk")
    path = given(tmp_path, data, "a.rar")
    assert identify(path).media_type == intake.RAR
    expansion, files = opened(path)
    assert files == {"bao cao/bc.txt": REPORT.encode()}
    assert refusals(expansion) == {"rong.txt": "empty_file", "lk": "unsafe"}


@needs_bsdtar
def test_names_of_a_rar_that_lead_outside(tmp_path: Path) -> None:
    victim = tmp_path / "nan-nhan.txt"
    data = rar(
        {"../../nan-nhan.txt": b"x", str(victim): b"x", "d": str(tmp_path).encode(), "d/nan-nhan.txt": b"x"}, link="d"
    )
    opened(given(tmp_path, data, "a.rar"))
    assert not victim.exists()


def seven_zip(folder: Path, name: str, members: dict[str, bytes], *options: str) -> Path:
    for member, data in members.items():
        (folder / member).write_bytes(data)
    path = folder / name
    command = [bsdtar.program() or "", "--format", "7zip", *options, "-cf", str(path), "-C", str(folder), *members]
    subprocess.run(command, check=True)
    return path


@needs_bsdtar
def test_a_7z(tmp_path: Path) -> None:
    _, files = opened(seven_zip(tmp_path, "a.7z", {"bc.txt": REPORT.encode()}))
    assert files == {"bc.txt": REPORT.encode()}


@needs_bsdtar
def test_a_broken_member_of_a_7z_is_refused(tmp_path: Path) -> None:
    members = {"a.txt": REPORT.encode() * 9, "b.txt": b"honghong" * 99}
    path = seven_zip(tmp_path, "a.7z", members, "--options", "7zip:compression=store")
    data = bytearray(path.read_bytes())
    data[data.find(b"honghong")] ^= 1
    expansion, files = opened(given(tmp_path, bytes(data), "b.7z"))
    assert files == {"a.txt": REPORT.encode() * 9}
    assert set(refusals(expansion).values()) == {"damaged"}


@needs_bsdtar
def test_a_7z_that_is_a_bomb_or_cut(tmp_path: Path) -> None:
    bomb = seven_zip(tmp_path, "b.7z", {"bc.txt": b"x", "lon.bin": b"\0" * (30 << 20)})
    cut = given(tmp_path, bomb.read_bytes()[:60], "c.7z")
    for path, code in ((bomb, "too_large"), (cut, "damaged")):
        with pytest.raises(Rejected) as caught:
            opened(path, Room(total=10 << 20))
        assert caught.value.code == code


# --- e-mail -------------------------------------------------------------------------------------------------------


def letter(text: str = "Kính gửi Sở, trường gửi báo cáo đính kèm.") -> email.message.EmailMessage:
    made = email.message.EmailMessage()
    made["From"], made["To"], made["Subject"], made["Date"] = "a@b.vn", "c@d.vn", "Báo cáo", "Thu, 2 May 2024"
    made.set_content(text)
    return made


def test_attachments_of_a_letter(tmp_path: Path) -> None:
    made = letter()
    made.add_attachment(REPORT.encode(), maintype="text", subtype="plain", filename="Báo cáo số 12.txt")
    made.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf")
    made.add_attachment(PICTURE, maintype="image", subtype="png", cid="<logo>")
    made.add_attachment(PICTURE, maintype="image", subtype="png", filename="ảnh chụp.png")
    made.add_attachment(b"x", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    inner = letter("Thư chuyển tiếp")
    inner.add_attachment(b"trong", maintype="application", subtype="msword", filename="bc.doc")
    made.add_attachment(inner)
    path = given(tmp_path, made.as_bytes(), "a.eml")
    _, files = opened(path)
    assert list(files) == ["Báo cáo số 12.txt", "đính kèm 2.pdf", "ảnh chụp.png", "thư đính kèm 4.eml"]
    assert files["Báo cáo số 12.txt"].decode().rstrip() == REPORT
    _, nested = opened(given(tmp_path, files["thư đính kèm 4.eml"], "b.eml"))
    assert nested == {"bc.doc": b"trong"}


def test_the_text_of_a_letter_is_a_document_when_it_says_something(tmp_path: Path) -> None:
    _, alone = opened(given(tmp_path, letter(REPORT).as_bytes(), "a.eml"))
    assert {name: data.decode().strip() for name, data in alone.items()} == {"nội dung thư.txt": REPORT}
    long = letter(REPORT * 30)
    long.add_attachment(b"x", maintype="application", subtype="msword", filename="bc.doc")
    _, both = opened(given(tmp_path, long.as_bytes(), "b.eml"))
    assert list(both) == ["bc.doc", "nội dung thư.txt"]
    quoted = letter("Xin gửi.\n" + f"> {REPORT}\n" * 30)
    quoted.add_attachment(b"x", maintype="application", subtype="msword", filename="bc.doc")
    _, one = opened(given(tmp_path, quoted.as_bytes(), "c.eml"))
    assert list(one) == ["bc.doc"]
    page = letter("Nội dung Kết quả")
    page.add_alternative("<table><tr><td>Nội dung</td><td>Kết quả</td></tr></table>", subtype="html")
    _, table = opened(given(tmp_path, page.as_bytes(), "d.eml"))
    (name,) = table
    assert name == "nội dung thư.html"
    assert identify(given(tmp_path, table[name], "e.html")).media_type == intake.HTML


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", REPORT.encode(), REPORT),
        ("us-ascii", REPORT.encode(), REPORT),
        ("iso-8859-1", REPORT.encode(), REPORT),
        ("không có", REPORT.encode(), REPORT),
        ("windows-1258", "Tra\u0300 giao\u0301 du\u0323c".encode("cp1258"), "Tra\u0300 giao\u0301 du\u0323c"),
        ("utf-8", b"B\xb8o c\xb8o", None),  # TCVN3: the bytes stay as they are for the repair
    ],
)
def test_damaged_character_sets(tmp_path: Path, charset: str, data: bytes, text: str | None) -> None:
    head = f'From: a@b.vn\r\nTo: c@d.vn\r\nDate: x\r\nContent-Type: text/plain; charset="{charset}"\r\n'
    raw = head.encode() + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + data
    _, files = opened(given(tmp_path, raw, "a.eml"))
    assert files == {"nội dung thư.txt": data if text is None else text.encode()}


def test_names_of_attachments_however_they_are_encoded(tmp_path: Path) -> None:
    forms = {
        'filename="=?UTF-8?B?QsOhbyBjw6FvLmRvYw==?="': "Báo cáo.doc",
        "filename*=UTF-8''B%C3%A1o%20c%C3%A1o.doc": "Báo cáo.doc",
        "filename*0*=UTF-8''B%C3%A1o; filename*1*=%20c%C3%A1o.doc": "Báo cáo.doc",
        'filename="Báo cáo.doc"': "Báo cáo.doc",
        'filename="../../etc/bc.doc"': "etc/bc.doc",
        'filename="=?no-such-set?B?QsOhbw==?="': "Báo",
    }
    for number, (form, name) in enumerate(forms.items()):
        raw = (
            "From: a@b.vn\r\nTo: c@d.vn\r\nDate: x\r\nMIME-Version: 1.0\r\nContent-Type: application/msword\r\n"
            f"Content-Disposition: attachment; {form}\r\nContent-Transfer-Encoding: base64\r\n\r\nYmM=\r\n"
        )
        _, files = opened(given(tmp_path, raw.encode(), f"{number}.eml"))
        assert files == {name: b"bc"}, form


def test_a_letter_of_ten_thousand_parts(tmp_path: Path) -> None:
    part = b"--x\r\nContent-Type: application/msword\r\nContent-Disposition: attachment; filename=a.doc\r\n\r\nbc\r\n"
    head = b"From: a@b.vn\r\nTo: c@d.vn\r\nDate: x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    expansion, files = opened(given(tmp_path, head + part * 10_000 + b"--x--\r\n", "a.eml"))
    assert len(files) == 200
    assert expansion.cut


def test_parts_within_parts_end(tmp_path: Path) -> None:
    """A thousand nested parts overflow the standard parser's stack or come out; neither is a crash."""
    head = b"From: a@b.vn\r\nTo: c@d.vn\r\nDate: x\r\n"
    nest = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1000))
    path = given(tmp_path, head + nest + b"Content-Type: text/plain\r\n\r\nx\r\n", "a.eml")
    try:
        opened(path)
    except Rejected as refusal:
        assert refusal.code == "unsafe"


# --- Outlook ------------------------------------------------------------------------------------------------------


def compound(streams: dict[tuple[str, ...], bytes]) -> bytes:
    """An OLE file with these streams, each in 512-byte sectors of its own (so padded to 4096 bytes, the least such).

    The directory lists every storage's children as a chain of right siblings, which readers accept.
    """
    paths: list[tuple[str, ...]] = [()]
    for steps in streams:
        paths += [steps[:length] for length in range(1, len(steps) + 1) if steps[:length] not in paths]
    bodies = dict(streams)
    sectors: list[bytes] = []
    chain: list[int] = []

    def place(data: bytes) -> int:
        first, count = len(sectors), -(-len(data) // 512)
        sectors.extend(data[at * 512 : (at + 1) * 512].ljust(512, b"\0") for at in range(count))
        chain.extend([*range(first + 1, first + count), 0xFFFFFFFE])
        return first

    starts = {steps: place(data.ljust(4096, b"\0")) for steps, data in bodies.items()}
    directory = bytearray()
    for steps in paths:
        entry = bytearray(128)
        encoded = (steps[-1] if steps else "Root Entry").encode("utf-16-le")
        entry[: len(encoded)] = encoded
        kind = 5 if not steps else 2 if steps in streams else 1
        below = [index for index, other in enumerate(paths) if other[:-1] == steps and other]
        beside = [index for index, other in enumerate(paths) if steps and other and other[:-1] == steps[:-1]]
        after = [index for index in beside if index > paths.index(steps)]
        child, right = below[0] if below else 0xFFFFFFFF, after[0] if after else 0xFFFFFFFF
        struct.pack_into("<HBB", entry, 64, len(encoded) + 2, kind, 1)
        struct.pack_into("<LLL", entry, 68, 0xFFFFFFFF, right, child)
        # sizes under 4096 would mean the small sectors, so the mini limit in the header is 0
        struct.pack_into("<LQ", entry, 116, starts.get(steps, 0xFFFFFFFE), len(bodies.get(steps, b"")))
        directory += entry
    at_directory = place(bytes(directory))
    tables = -(-(len(sectors) + 20) // 128)
    first_table = len(sectors)
    chain += [0xFFFFFFFD] * tables
    packed_chain = struct.pack(f"<{len(chain)}L", *chain).ljust(tables * 512, b"\xff")
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<LLLLLLLLL", header, 44, tables, at_directory, 0, 0, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    table_list = [first_table + n if n < tables else 0xFFFFFFFF for n in range(109)]
    struct.pack_into("<109L", header, 76, *table_list)
    return bytes(header) + b"".join(sectors) + packed_chain


def test_an_outlook_letter(tmp_path: Path) -> None:
    first, second = "__attach_version1.0_#00000000", "__attach_version1.0_#00000001"
    inner = (second, "__substg1.0_3701000D")
    data = compound(
        {
            ("__properties_version1.0",): b"\0" * 32,
            ("__substg1.0_1000001F",): "Xin gửi báo cáo.".encode("utf-16-le"),
            (first, "__substg1.0_3707001F"): "Báo cáo.txt".encode("utf-16-le"),
            (first, "__substg1.0_37010102"): REPORT.encode(),
            (second, "__substg1.0_3001001F"): "Thư cũ".encode("utf-16-le"),
            (*inner, "__properties_version1.0"): b"\0" * 32,
            (*inner, "__attach_version1.0_#00000000", "__substg1.0_3704001E"): b"PHULUC.XLS",
            (*inner, "__attach_version1.0_#00000000", "__substg1.0_37010102"): b"so lieu",
            (*inner, "__substg1.0_1000001F"): (REPORT * 30).encode("utf-16-le"),
        }
    )
    path = given(tmp_path, data, "a.msg")
    assert identify(path).media_type == intake.MSG
    _, files = opened(path)
    assert files == {
        "Báo cáo.txt": REPORT.encode(),
        "Thư cũ.msg/PHULUC.XLS": b"so lieu",
        "Thư cũ.msg/nội dung thư.txt": (REPORT * 30).encode(),
    }


def test_a_workbook_with_a_letter_embedded_is_a_workbook(tmp_path: Path) -> None:
    data = compound({("MBD0001", "WordDocument"): b"x", ("Workbook",): b"x"})
    assert identify(given(tmp_path, data, "a.xls")).media_type == intake.XLS
    data = compound({("a", "Workbook"): b"x", ("a", "WordDocument"): b"x", ("__properties_version1.0",): b"x"})
    assert identify(given(tmp_path, data, "a.msg")).media_type == intake.MSG


# --- one file by itself -------------------------------------------------------------------------------------------


def test_extract_gives_the_only_report_and_names_several(tmp_path: Path) -> None:
    campaign = campaigns.load("2542-SGDDT-GDTrH")
    once = packed({"bc.txt": REPORT.encode()})
    path = given(tmp_path, packed({"trong.zip": once}))
    report = extract_sandboxed(path, campaign)
    assert report.source.name == "a.zip/trong.zip/bc.txt"
    assert report.source.media_type == intake.TEXT
    for name, data, code in (
        ("b.zip", packed({"a.txt": b"a", "b.txt": b"b"}), "container"),
        ("c.zip", packed({"Thumbs.db": b"a"}), "nothing_inside"),
        ("d.zip", packed({"1.zip": packed({"2.zip": once})}), "too_deep"),
        ("e.zip", packed({"rong.txt": b""}), "empty_file"),
    ):
        with pytest.raises(Rejected) as caught:
            extract_sandboxed(given(tmp_path, data, name), campaign)
        assert caught.value.code == code


def test_an_unknown_container(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as caught:
        only_member(given(tmp_path, b"x"), intake.GZIP, tmp_path)
    assert caught.value.code == "unsupported_type"
