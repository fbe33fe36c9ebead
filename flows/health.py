"""``./baocao doctor``: what is installed, in which version, and what to do about what is missing."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import msgspec
import typer

from flows.settings import Settings

LIBRARIES = ("pdfplumber", "pypdfium2", "pytesseract", "python-docx", "openpyxl", "ftfy", "spacy", "prefect")
APT = "sudo apt-get install -y"


class Check(msgspec.Struct, frozen=True):
    """One line of the doctor's answer; ``advice`` says what to do when not ``ok``."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def run(settings: Settings) -> int:
    """Print all checks; 0 when everything needed is there, else 1."""
    checks = [check for probe in PROBES for check in probe(settings)]
    width = max(len(check.name) for check in checks)
    for check in checks:
        typer.echo(f"{'✓' if check.ok else '✗'} {check.name:<{width}}  {check.found}")
        if not check.ok:
            typer.echo(f"  {'':<{width}}  → {check.advice}")
    return 0 if all(check.ok for check in checks) else 1


def _python(_: Settings) -> Iterator[Check]:
    version = sys.version.split()[0]
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Check("python", ok, version, "Cần Python 3.11–3.13; xóa .venv rồi chạy lại ./baocao doctor.")


def _libraries(_: Settings) -> Iterator[Check]:
    for name in LIBRARIES:
        try:
            yield Check(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, False, "không có", "Xóa tệp .venv/.ready rồi chạy lại ./baocao doctor.")


def _tesseract(_: Settings) -> Iterator[Check]:
    if not shutil.which("tesseract"):
        yield Check("tesseract", False, "không có", f"{APT} tesseract-ocr tesseract-ocr-vie")
        return
    yield Check("tesseract", True, _output("tesseract", "--version").splitlines()[0].removeprefix("tesseract "))
    languages = _output("tesseract", "--list-langs").split()
    has = "vie" in languages
    yield Check("tesseract: vie", has, "có" if has else "không có", f"{APT} tesseract-ocr-vie")


def _converters(_: Settings) -> Iterator[Check]:
    from extractors.containers import bsdtar, libreoffice

    start = libreoffice.program()
    version = _output(start, "--version").removeprefix("LibreOffice ").strip() if start else "không có"
    packages = " ".join(f"libreoffice-{part}-nogui" for part in ("writer", "calc", "impress"))
    yield Check("libreoffice", start is not None, version, f"{APT} --no-install-recommends {packages}")
    unpacker = bsdtar.program()
    yield Check("bsdtar", unpacker is not None, unpacker or "không có", f"{APT} libarchive-tools")


def _font(_: Settings) -> Iterator[Check]:
    folders = [Path("/usr/share/fonts/truetype") / name for name in ("liberation2", "liberation")]
    found = next((folder for folder in folders if any(folder.glob("LiberationSerif-Regular.ttf"))), None)
    yield Check("phông chữ tiếng Việt", found is not None, str(found or "không có"), f"{APT} fonts-liberation2")


def _data_directory(settings: Settings) -> Iterator[Check]:
    nearest = settings.data_dir
    while not nearest.exists():
        nearest = nearest.parent
    free = shutil.disk_usage(nearest).free / 1e9
    private = not settings.data_dir.exists() or not settings.data_dir.stat().st_mode & 0o077
    found = str(settings.data_dir) if private else f"{settings.data_dir}: người dùng khác của máy đọc được"
    advice = f"Báo cáo có tên người và số điện thoại: chmod 700 {shlex.quote(str(settings.data_dir))}"
    yield Check("thư mục dữ liệu", private, found, advice)
    yield Check("đĩa trống", free > 1, f"{free:.1f} GB", "Giải phóng đĩa hoặc đặt BAOCAO_DATA_DIR sang đĩa khác.")


def _campaigns(settings: Settings) -> Iterator[Check]:
    import campaigns

    try:
        campaign = campaigns.load(settings.campaign)
    except campaigns.CampaignError as error:
        yield Check("đợt báo cáo", False, settings.campaign, str(error))
    else:
        yield Check("đợt báo cáo", True, f"{campaign.id}: {len(campaign.units)} đơn vị")


def _database(settings: Settings) -> Iterator[Check]:
    import sqlalchemy

    url = sqlalchemy.engine.make_url(settings.database_url)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        yield Check("cơ sở dữ liệu", True, f"{shown} (sẽ tạo khi nhận báo cáo đầu tiên)")
        return
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("select 1"))
    except sqlalchemy.exc.SQLAlchemyError as error:
        yield Check("cơ sở dữ liệu", False, shown, str(error).splitlines()[0])
    else:
        yield Check("cơ sở dữ liệu", True, shown)
    finally:
        engine.dispose()


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout  # noqa: S603


PROBES: tuple[Callable[[Settings], Iterator[Check]], ...] = (
    _python,
    _libraries,
    _tesseract,
    _converters,
    _font,
    _data_directory,
    _campaigns,
    _database,
)
