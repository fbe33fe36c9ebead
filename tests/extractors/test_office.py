"""Office files without a reader of their own, converted by the real LibreOffice inside the real sandbox."""

from __future__ import annotations

import email.mime.multipart
import email.mime.text
import http.server
import os
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors import intake
from extractors.containers import libreoffice, office
from extractors.containers.compound import CompoundFile
from extractors.document import Document, Table, paragraphs
from extractors.errors import Rejected
from extractors.intake import identify
from extractors.reading import read_safely
from extractors.restoring import restore

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "documents"
SENTENCE = "Trường đã trang bị 25 bộ máy tính, kinh phí 1.250.000.000 đồng."
PAGE = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=CHARSET"></head><body>
<p>BÁO CÁO</p><p>{SENTENCE}</p>
<table border="1"><tr><td rowspan="2">Nội dung</td><td>Kết quả</td></tr><tr><td>Đã thực hiện</td></tr></table>
</body></html>"""

pytestmark = pytest.mark.skipif(libreoffice.program() is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One document in every format that LibreOffice writes, made from a page and a small table."""
    folder = tmp_path_factory.mktemp("made")
    page, rows = folder / "page.html", folder / "rows.csv"
    page.write_text(PAGE.replace("CHARSET", "utf-8"), encoding="utf-8")
    rows.write_text("Nội dung,Số lượng\nMáy tính,25\n", encoding="utf-8")
    wanted = {
        "doc": (page, "MS Word 97", "HTML (StarWriter)"),
        "rtf": (page, "Rich Text Format", "HTML (StarWriter)"),
        "odt": (page, "writer8", "HTML (StarWriter)"),
        "xls": (rows, "MS Excel 97", "Text - txt - csv (StarCalc):44,34,76"),
        "ods": (rows, "calc8", "Text - txt - csv (StarCalc):44,34,76"),
    }
    for suffix, (given, export, reads) in wanted.items():
        command = [libreoffice.program() or "", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        command += [f"--infilter={reads}", "--convert-to", f"{suffix}:{export}", "--outdir", str(folder), str(given)]
        subprocess.run(command, check=True, capture_output=True)
    return {suffix: next(folder.glob(f"*.{suffix}")) for suffix in wanted}


def read(path: Path, name: str | None = None) -> Document:
    return read_safely(path, identify(path, name))


def text(document: Document) -> str:
    return "\n".join(paragraph.line for paragraph in paragraphs(document.blocks()))


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [("doc", intake.DOC), ("rtf", intake.RTF), ("odt", intake.ODT)],
)
def test_documents_keep_text_and_tables(made: dict[str, Path], suffix: str, media_type: str) -> None:
    document = read(made[suffix])
    assert document.source.media_type == media_type
    assert SENTENCE in text(document)
    (table,) = [block for block in document.blocks() if isinstance(block, Table)]
    cells = [(cell.text, cell.row_span) for cell in table.cells]
    assert cells == [("Nội dung", 2), ("Kết quả", 1), ("Đã thực hiện", 1)]
    assert table.cells[1].where.block is not None and table.cells[1].where.block.startswith("body/")


@pytest.mark.parametrize(("suffix", "media_type"), [("xls", intake.XLS), ("ods", intake.ODS)])
def test_spreadsheets_keep_cells(made: dict[str, Path], suffix: str, media_type: str) -> None:
    document = read(made[suffix])
    assert document.source.media_type == media_type
    found = {paragraph.where.block: paragraph.text for paragraph in paragraphs(document.blocks())}
    assert sorted(found.values()) == sorted(["Nội dung", "Số lượng", "Máy tính", "25"])
    assert all("!" in (block or "") for block in found)


def test_the_xml_formats_of_2003(tmp_path: Path) -> None:
    book, letter = tmp_path / "a.xls", tmp_path / "a.doc"
    row = '<Row><Cell><Data ss:Type="String">Kinh phí</Data></Cell><Cell><Data ss:Type="Number">25</Data></Cell></Row>'
    book.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Phụ lục">'
        f"<Table>{row}{row}</Table></Worksheet></Workbook>",
        encoding="utf-8",
    )
    letter.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>'
        f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p></w:body></w:wordDocument>",
        encoding="utf-8",
    )
    document = read(book)
    assert document.source.media_type == intake.EXCEL_XML
    assert text(document).splitlines() == ["Kinh phí", "25"] * 2
    assert text(read(letter)) == SENTENCE


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1252 that is not true", "none"])
def test_a_page_under_a_word_name(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "báo cáo.doc"
    codec = "utf-16" if charset == "utf-16" else "utf-8"
    path.write_bytes(PAGE.replace("CHARSET", charset.split(maxsplit=1)[0]).encode(codec))
    document = read(path)
    assert document.source.media_type == intake.HTML
    assert [notice.code for notice in document.notices] == ["wrong_extension"]
    assert SENTENCE in text(document)
    assert text(document).startswith("BÁO CÁO")


def test_a_single_file_web_page(tmp_path: Path) -> None:
    outer = email.mime.multipart.MIMEMultipart("related")
    outer.attach(email.mime.text.MIMEText(PAGE.replace("CHARSET", "utf-8"), "html", "utf-8"))
    path = tmp_path / "a.doc"
    path.write_bytes(outer.as_bytes())
    document = read(path)
    assert document.source.media_type == intake.MHTML
    assert SENTENCE in text(document)


def test_legacy_fonts_survive_so_that_repair_works(tmp_path: Path) -> None:
    """TCVN3 with its ư on the soft hyphen, VNI with its marks on letters of their own, in RTF as Word writes it."""
    tcvn3 = "Tr\xad\xeang ®· thùc hiÖn ®ñ c¸c néi dung cña kÕ ho¹ch n¨m häc"
    vni = "Tröôøng ñaõ thöïc hieän ñuû caùc noäi dung cuûa keá hoaïch naêm hoïc"
    path = tmp_path / "a.rtf"
    fonts = r"{\fonttbl{\f0 .VnTime;}{\f1 VNI-Times;}}"
    path.write_text(
        rf"{{\rtf1\ansi\ansicpg1252{fonts}\f0 {escaped(tcvn3)}\par \f1 {escaped(vni)}\par}}", encoding="ascii"
    )
    restored, _ = restore(read(path))
    assert text(restored).splitlines() == ["Trường đã thực hiện đủ các nội dung của kế hoạch năm học"] * 2


def escaped(text: str) -> str:
    """Bytes above ASCII as RTF writes them."""
    return "".join(char if char < "\x80" else f"\\'{ord(char):02x}" for char in text)


@pytest.mark.parametrize("cut", [0.2, 0.6])
def test_cut_files_are_refused_not_guessed(tmp_path: Path, made: dict[str, Path], cut: float) -> None:
    for suffix in ("doc", "xls", "odt"):
        data = made[suffix].read_bytes()
        path = tmp_path / f"a.{suffix}"
        path.write_bytes(data[: int(len(data) * cut)])
        with pytest.raises(Rejected) as caught:
            read(path)
        assert caught.value.code in ("damaged", "no_text")


def test_passwords_are_seen(tmp_path: Path, made: dict[str, Path]) -> None:
    data = bytearray(made["doc"].read_bytes())
    at = data.index(b"\xec\xa5")
    data[at + 11] |= 0x01  # fEncrypted
    locked = tmp_path / "a.doc"
    locked.write_bytes(data)
    assert office.is_encrypted(locked, identify(locked))
    assert not office.is_encrypted(made["doc"], identify(made["doc"]))
    with pytest.raises(Rejected) as caught:
        read(locked)
    assert caught.value.code == "encrypted"
    text_file = tmp_path / "a.odt"
    with zipfile.ZipFile(made["odt"]) as old, zipfile.ZipFile(text_file, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "META-INF/manifest.xml":
                part = part.replace(b'"content.xml"', b'"content.xml" ><manifest:encryption-data /', 1)
            new.writestr(name, b"\0" * 40 if name == "content.xml" else part)
    assert office.is_encrypted(text_file, identify(text_file))


def test_a_hanging_conversion_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that never ends, with a child of its own: both are gone when the refusal arrives."""
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 300 &\necho $$ $! > {tmp_path}/pids\nwait\n")
    program.chmod(0o755)
    monkeypatch.setattr(libreoffice, "program", lambda: str(program))
    page = tmp_path / "a.html"
    page.write_text("<html></html>")
    workspace = tmp_path / "work"
    workspace.mkdir()
    before = time.monotonic()
    with pytest.raises(Rejected) as caught:
        libreoffice.convert(page, office._BY_TYPE[intake.HTML], workspace, timeout=1.0)
    assert caught.value.code == "timeout"
    assert time.monotonic() - before < 20
    for pid in (tmp_path / "pids").read_text().split():
        assert _gone(int(pid))


def _gone(pid: int, within: float = 5.0) -> bool:
    """Whether a killed process goes away; on a busy machine the kernel needs a moment for it."""
    deadline = time.monotonic() + within
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_nothing_is_fetched_and_nothing_stays_behind(tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    secret = tmp_path / "bi-mat.txt"
    secret.write_text("MATKHAU")
    url = f"http://127.0.0.1:{server.server_port}"
    page = tmp_path / "a.html"
    linked = f'<img src="{url}/a.png"><iframe src="{secret.as_uri()}"></iframe>'
    page.write_text(f"<html><body><p>{SENTENCE}</p>{linked}</body></html>", encoding="utf-8")
    rich = tmp_path / "a.rtf"
    rich.write_text(
        rf'{{\rtf1 Noi dung {{\field{{\*\fldinst INCLUDEPICTURE "{url}/b.png"}}{{\fldrslt x}}}}'
        rf'{{\field{{\*\fldinst INCLUDETEXT "{secret}"}}{{\fldrslt y}}}}}}'
    )
    before = abandoned_pipes()
    try:
        for path in (page, rich):
            assert "MATKHAU" not in text(read(path))
    finally:
        server.shutdown()
    assert asked == []
    assert _eventually(lambda: abandoned_pipes() <= before)


def _eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Others' sockets may be seen half made or half gone; what is left behind stays."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def abandoned_pipes() -> set[str]:
    """Sockets of LibreOffice that nobody listens to; another LibreOffice may be running on this machine."""
    names = {str(path) for path in Path("/tmp").glob(f"OSL_PIPE_{os.getuid()}_*")}
    return {name for name in names if name not in Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace")}


def test_settings_reach_libreoffice(tmp_path: Path) -> None:
    """A profile that LibreOffice could not parse would be replaced without a word."""
    libreoffice._write_profile(tmp_path / "profile")
    workspace = tmp_path / "work"
    workspace.mkdir()
    page = tmp_path / "a.html"
    page.write_text("<html><body>a</body></html>")
    libreoffice.convert(page, office._BY_TYPE[intake.HTML], workspace)
    kept = (workspace / "profile" / "user" / "registrymodifications.xcu").read_text()
    for (_, name), value in libreoffice._SETTINGS.items():
        assert f'oor:name="{name}" oor:op="fuse"><value>{value}</value>' in kept


def test_a_doctype_in_word_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    )
    with pytest.raises(Rejected) as caught:
        read(path)
    assert caught.value.code == "unsafe"


def test_compound_files_with_loops_end(tmp_path: Path, made: dict[str, Path]) -> None:
    """Sector chains and directory links that run in circles give short streams or a refusal, never a hang."""
    data = bytearray(made["doc"].read_bytes())
    whole = CompoundFile(made["doc"])
    assert ("WordDocument",) in whole.streams
    for at in range(512, 512 + 4 * 200, 4):
        data[at : at + 4] = (1).to_bytes(4, "little")
    for at in range(76, 512, 4):
        data[at : at + 4] = (0).to_bytes(4, "little")
    path = tmp_path / "a.doc"
    path.write_bytes(data)
    before = time.monotonic()
    try:
        found = CompoundFile(path)
        for stream in found.streams:
            found.read(stream)
    except Rejected as refusal:
        assert refusal.code == "damaged"
    assert time.monotonic() - before < 5


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the document corpus is not here")
@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("doc/viparse_tcvn3__2004-A33.rtf", "2004-A33.txt"),
        ("doc/viparse_vni__2006-quydinhkiemtra02.doc", "2006-quydinhkiemtra02.txt"),
        ("xlsx/viparse_tcvn3__2009-Channuoi_2007.xls", "2009-Channuoi_2007.txt"),
    ],
)
def test_real_files_against_their_truth(name: str, truth: str) -> None:
    """Words of the truth that are read, letter case aside: the truth gives it as typed, the font draws capitals."""
    import re
    from collections import Counter

    restored, _ = restore(read(CORPUS / name))
    wanted = Counter(re.findall(r"\w+", (CORPUS / "ground_truth" / truth).read_text(encoding="utf-8").casefold()))
    found = Counter(re.findall(r"\w+", text(restored).casefold()))
    assert (wanted & found).total() / wanted.total() > 0.99
