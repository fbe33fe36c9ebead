"""``./baocao unit export`` and ``./baocao unit delete``: all that is kept about one unit, given out or erased."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

import msgspec
import typer

from consolidation import collecting
from consolidation.csv_export import CsvExport
from flows import inbox, printing, workplace
from flows.settings import Settings
from flows.version import version
from flows.workplace import Workplace
from storage import unit_data
from storage.unit_data import Scope

SCHEMA = "baocao.unit/1"
TABLES = {
    "originals": "bản gốc",
    "arrivals": "lượt nhận tệp",
    "reports": "lần đọc",
    "answers": "câu trả lời",
    "facts": "số liệu",
    "repairs": "chỗ sửa chữ",
    "history": "dòng lịch sử (bỏ nội dung)",
    "blobs": "tệp bản gốc trên đĩa",
}


class UnitError(ValueError):
    """The message is for the operator, in Vietnamese."""


def export(settings: Settings, unit_id: str, out: Path) -> int:
    """Write a zip of everything about the unit, readable by its owner alone; how many originals are in it.

    ``du-lieu.json``: ``{"schema": "baocao.unit/1", "campaign", "unit", "exported_at", "program", "tables": {name:
    [row]}}``, as stored; ``cau-tra-loi.csv``: the answers in force; ``ban-goc/``: the originals, under their hash and
    name. Raises `UnitError`.
    """
    place = workplace.at(settings)
    scope = _found(place, unit_id)
    rows = unit_data.rows(place.repository.engine, scope)
    out.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)  # 0600
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            told = {
                "schema": SCHEMA,
                "campaign": place.campaign.id,
                "unit": unit_id,
                "exported_at": dt.datetime.now(dt.UTC),
                "program": f"baocao {version()}",
                "tables": rows,
            }
            made.writestr("du-lieu.json", msgspec.json.format(msgspec.json.encode(told), indent=1))
            made.writestr("cau-tra-loi.csv", _answers(place, unit_id))
            for original in rows["originals"]:
                kept = f"ban-goc/{original['sha256'][:12]}-{original['first_name'].replace('/', '__')}"
                with place.originals.open(original["sha256"]) as source, made.open(kept, "w") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(rows["originals"])


def delete(settings: Settings, unit_id: str, *, confirmed: bool) -> None:
    """Show what would be erased; erase it when ``confirmed``. Raises `UnitError`."""
    place = workplace.at(settings)
    if confirmed and any(
        _runs(batch.id, place) for batch in place.repository.batches(place.campaign.id) if batch.finished_at is None
    ):
        raise UnitError("Đang có lượt nhận báo cáo chạy; hãy xóa sau khi lượt đó xong.")
    engine = place.repository.engine
    before = unit_data.find(engine, place.campaign.id, unit_id)
    if before.empty and not unit_data.erasures(engine, place.campaign.id, unit_id):
        raise UnitError(_nothing(unit_id))
    if confirmed:
        erased = unit_data.erase(engine, place.originals, before, actor=_actor())
        for sha256 in before.files:
            shutil.rmtree(settings.data_dir / "page-cache" / sha256[:2] / sha256, ignore_errors=True)
    else:
        counted = unit_data.rows(engine, before)
        erased = {table: len(found) for table, found in counted.items()}
        erased["blobs"] = len(before.files) - len(before.used)
    title = f"Đã xóa dữ liệu của {unit_id}" if confirmed else f"Sẽ xóa dữ liệu của {unit_id} (chạy thử, chưa xóa gì)"
    printing.counts({title: erased.get(table, 0) for table, title in TABLES.items()}, title)
    _warn(place, before)
    if not confirmed:
        typer.echo("Thêm --yes để xóa thật. Nên xuất trước: ./baocao unit export …", err=True)


def _found(place: Workplace, unit_id: str) -> Scope:
    scope = unit_data.find(place.repository.engine, place.campaign.id, unit_id)
    if scope.empty:
        raise UnitError(_nothing(unit_id))
    return scope


def _nothing(unit_id: str) -> str:
    return f"Không có dữ liệu nào của đơn vị {unit_id} trong đợt này."


def _answers(place: Workplace, unit_id: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="unit-") as folder:
        path = Path(folder, "answers.csv")
        table = CsvExport(path)
        sent = collecting.of_unit(place.repository, place.campaign, unit_id)
        if sent is not None:
            table.add_unit(sent)
        table.close()
        return path.read_bytes()


def _warn(place: Workplace, scope: Scope) -> None:
    """What is not ours to erase, or would bring it back."""
    again = [str(file) for file in _in_inbox(place, set(scope.files))]
    for path in again:
        typer.echo(f"Còn trong hộp đến, lần nhận sau sẽ đọc lại nếu không bỏ ra: {path}", err=True)
    for sha256 in scope.shared:
        typer.echo(f"Tệp nén hoặc thư {sha256[:12]} còn chứa tệp của đơn vị khác nên được giữ lại.", err=True)
    for sha256 in scope.used:
        typer.echo(f"Bản gốc {sha256[:12]} còn được dùng trong đợt báo cáo khác nên được giữ lại.", err=True)
    outputs = place.settings.data_dir / "tong-hop"
    if outputs.exists():
        typer.echo(f"Các tệp tổng hợp đã xuất trước đó không được sửa; hãy chạy lại consolidate: {outputs}", err=True)


def _in_inbox(place: Workplace, hashes: set[str]) -> list[Path]:
    folders = [place.settings.inbox, place.settings.inbox_done]
    found = []
    for file in inbox.files([folder for folder in folders if folder is not None and folder.is_dir()]):
        try:
            with file.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() in hashes:
                    found.append(file)
        except OSError:
            continue
    return found


def _runs(batch: str, place: Workplace) -> bool:
    name = f"batch {batch}"
    if not place.locks.acquire(name):
        return True
    place.locks.release(name)
    return False


def _actor() -> str:
    try:
        return f"{getpass.getuser()} (lệnh)"
    except (KeyError, OSError):
        return "lệnh"
