"""``./baocao demo``: the whole main job on the sample inbox, in a data directory of its own that is made anew."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import typer

from flows import settings as configuration
from flows.settings import Settings

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "inbox"
CAMPAIGN = "2542-SGDDT-GDTrH"  # the letter that the samples answer
MARK = ".baocao-demo"


def run(settings: Settings) -> None:
    """Ingest → store → consolidate; prints what became of each file and where the outputs are."""
    if not SAMPLES.is_dir():
        typer.echo("Bản chạy thử cần thư mục samples/ của kho mã nguồn, gói đã cài không có.", err=True)
        raise typer.Exit(1)
    data = settings.data_dir / "demo"
    _make_fresh(data)
    for name in ("BAOCAO_DATABASE_URL", "BAOCAO_BLOBS_URL", "BAOCAO_INBOX_DONE"):
        os.environ.pop(name, None)  # the demo must not touch an operator's own database
    os.environ |= {"BAOCAO_DATA_DIR": str(data), "BAOCAO_INBOX": str(SAMPLES), "BAOCAO_CAMPAIGN": CAMPAIGN}
    own = configuration.load(folder=data)
    from flows import batch, consolidating

    summary = batch.run(own, [SAMPLES])
    batch.print_summary(summary)
    typer.echo("\nKết quả tổng hợp:")
    for path in consolidating.run(own, data / "tong-hop"):
        typer.echo(f"  {path}")
    typer.echo(f"\nDữ liệu của lần chạy thử: {data}")
    typer.echo("Mở tong-hop.xlsx để xem danh sách nộp, ma trận bao phủ, kinh phí và từng câu trả lời kèm nguồn;")
    typer.echo("bao-cao-tong-hop.docx là báo cáo trình ký, nhac-nop.docx là công văn nhắc nộp.")
    typer.echo("\nDuyệt từng báo cáo bên văn bản gốc: tạo người quản trị (mật khẩu được hỏi), rồi mở trang duyệt:")
    typer.echo(f"  BAOCAO_DATA_DIR={_shown(data)} ./baocao review --create-admin quantri")
    typer.echo(f"  BAOCAO_DATA_DIR={_shown(data)} ./baocao review    → http://{own.review_address}")


def _shown(data: Path) -> str:
    """The folder as a shell takes it, short where it lies below the current one."""
    here = Path.cwd()
    return shlex.quote(str(data.relative_to(here) if data.is_relative_to(here) else data))


def _make_fresh(data: Path) -> None:
    if data.exists() and any(data.iterdir()):
        if not (data / MARK).exists():
            typer.echo(f"{data} không phải do lần chạy thử trước tạo ra nên không bị xóa.", err=True)
            raise typer.Exit(2)
        shutil.rmtree(data)
    for folder in (data.parent, data):  # `parents=True` would leave the upper one open to everybody
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / MARK).touch()
