"""The command line: parses, calls one function, prints. Heavy imports wait until the command that needs them.

stdout carries results only; progress, logs and errors go to stderr.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from flows import logs
from flows import settings as configuration

app = typer.Typer(
    name="baocao",
    help="Đọc báo cáo của các đơn vị, sửa chữ tiếng Việt bị hỏng, xếp câu trả lời theo phụ lục và tổng hợp.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

CampaignOption = Annotated[str | None, typer.Option("--campaign", metavar="ID", help="Mã đợt báo cáo (campaigns/ID).")]
JsonOption = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from flows.version import version

        typer.echo(f"baocao {version()}")
        raise typer.Exit


@app.callback()
def _program(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="In phiên bản rồi thoát.")
    ] = False,
) -> None:
    pass


@app.command()
def demo() -> None:
    """Chạy trọn việc chính trên samples/inbox vào thư mục dữ liệu mới."""
    from flows import demo as demonstration

    demonstration.run(_settings())


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Tệp hoặc thư mục; mặc định là hộp đến và hộp thư trong cài đặt.")
    ] = None,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
) -> None:
    """Nhận báo cáo: đọc, sửa chữ, trích câu trả lời, lưu. Mỗi tệp có đúng một kết cục."""
    from flows import batch
    from flows.inbox import InboxError

    settings = _settings(campaign=campaign)
    _campaign(settings.campaign)
    try:
        summary = batch.run(settings, paths)
    except InboxError as error:
        _fail(str(error))
    if as_json:
        _print_json(summary)
    else:
        batch.print_summary(summary)
    raise typer.Exit(1 if summary["counts"]["rejected"] else 0)


@app.command()
def extract(
    file: Annotated[Path, typer.Argument(help="Một tệp báo cáo.")],
    campaign: CampaignOption = None,
    draw: Annotated[
        Path | None,
        typer.Option("--draw", metavar="DIR", help="Vẽ vào thư mục này từng bước làm sạch, đường kẻ, ô và thứ tự đọc."),
    ] = None,
) -> None:
    """Đọc một tệp, in báo cáo dạng JSON; không dùng cơ sở dữ liệu."""
    from extractors import sandbox

    sandbox.start(preload=("extractors.understanding",))  # loads meanwhile; the reader of this file's type comes later
    from extractors.errors import Rejected
    from extractors.pipeline import extract_sandboxed
    from extractors.report import to_json
    from flows import pages
    from flows.inbox import shown_name

    chosen = _campaign(_settings(campaign=campaign).campaign)
    if draw is not None:
        _draw(file, draw)
    name = shown_name(file)
    try:
        with pages.shown(name) as told:
            report = extract_sandboxed(file, chosen, name, told)
    except Rejected as rejection:
        _print_json({"error": {"code": rejection.code, "message": rejection.message}})
        typer.echo(f"{file}: {rejection.message}", err=True)
        raise typer.Exit(2) from None
    sys.stdout.buffer.write(to_json(report))


def _draw(file: Path, out: Path) -> None:
    from extractors.errors import Rejected
    from flows import drawing

    try:
        typer.echo(f"Đã vẽ {drawing.run(file, out)} hình vào {out}.", err=True)
    except Rejected as rejection:
        typer.echo(f"{file}: không vẽ được: {rejection.message}", err=True)
    except OSError as error:
        _fail(f"Không ghi được vào {out}: {error.strerror}.")


@app.command()
def repair(
    file: Annotated[str, typer.Argument(help="Tệp văn bản UTF-8, hoặc - để đọc từ đầu vào chuẩn.")] = "-",
    lines: Annotated[bool, typer.Option("--lines", help="Sửa từng dòng riêng; một dòng vào, một dòng ra.")] = False,
    as_json: JsonOption = False,
    origin: Annotated[str, typer.Option("--origin", help="text, hoặc ocr nếu chữ do OCR đọc.")] = "text",
) -> None:
    """Sửa chữ tiếng Việt bị hỏng; in văn bản đã sửa, hoặc kèm kế hoạch sửa với --json."""
    from flows import repairing

    try:
        repairing.run(file, lines=lines, as_json=as_json, origin=origin)
    except repairing.BadInput as error:
        _fail(str(error))


@app.command()
def consolidate(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Thư mục nhận kết quả.")],
    campaign: CampaignOption = None,
) -> None:
    """Lập bảng tổng hợp từ các câu trả lời đã lưu."""
    from flows import consolidating

    settings = _settings(campaign=campaign)
    _campaign(settings.campaign)
    try:
        written = consolidating.run(settings, out)
    except consolidating.TemplateError as error:
        _fail(str(error))
    for path in written:
        typer.echo(path)


@app.command()
def status(campaign: CampaignOption = None, as_json: JsonOption = False) -> None:
    """Từng đơn vị: đúng hạn, trễ, chưa nộp, nộp thiếu; và số tệp theo kết cục."""
    from flows import consolidating

    settings = _settings(campaign=campaign)
    _campaign(settings.campaign)
    found = consolidating.status(settings)
    if as_json:
        _print_json(found)
    else:
        consolidating.print_status(found)


@app.command()
def review(
    create_admin: Annotated[
        str | None, typer.Option("--create-admin", metavar="TÊN", help="Tạo người quản trị (hỏi mật khẩu).")
    ] = None,
    campaign: CampaignOption = None,
) -> None:
    """Mở trang duyệt báo cáo trên máy này."""
    from flows import reviewing
    from storage.users import UserError

    settings = _settings(campaign=campaign)
    _campaign(settings.campaign)
    if create_admin is None:
        reviewing.run(settings)
        return
    try:
        reviewing.create_admin(settings, create_admin)
    except UserError as error:
        _fail(str(error))


@app.command()
def serve() -> None:
    """Mở trang của Prefect trên máy này và chạy lịch nhận báo cáo hằng đêm."""
    from flows import serving

    serving.run(_settings())


@app.command()
def worker() -> None:
    """Thêm một máy cùng đọc báo cáo: nhận việc từ hàng việc chung của Prefect (BAOCAO_WORK_POOL)."""
    from flows import working

    working.run(_settings())


@app.command()
def backup(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Thư mục nhận bản sao lưu, nên ở đĩa khác.")],
) -> None:
    """Sao lưu cơ sở dữ liệu và bản gốc; chạy lại chỉ chép phần mới. Chạy được khi máy đang làm việc."""
    from flows import backup as backing_up

    try:
        done = backing_up.run(_settings(), out.absolute())
    except (backing_up.BackupError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{done.database}; bản gốc: {done.originals}, trong đó chép mới {done.new}.")


@app.command()
def doctor(
    data: Annotated[
        bool, typer.Option("--data", help="Kiểm tra dữ liệu: cơ sở dữ liệu, bản gốc và hộp đến có khớp nhau không.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra những gì đã cài, phiên bản, và cách bổ sung thứ còn thiếu; với --data, kiểm tra dữ liệu đã lưu."""
    from flows import consistency, health

    if data:
        raise typer.Exit(consistency.run(_settings(), as_json=as_json))
    raise typer.Exit(health.run(_settings()))


@app.command()
def prune() -> None:
    """Xóa hồ sơ công việc cũ hơn BAOCAO_KEEP_DAYS ngày (không xóa báo cáo); mỗi lượt nhận cũng tự làm việc này."""
    from flows import pruning

    removed = pruning.prune(_settings())
    typer.echo(f"Đã xóa: {removed['jobs']} hồ sơ việc, ảnh trang của {removed['page-cache']} tài liệu.")


unit = typer.Typer(no_args_is_help=True, help="Dữ liệu của một đơn vị: xuất ra, xóa đi.", rich_markup_mode=None)
app.add_typer(unit, name="unit")


@unit.command("export")
def unit_export(
    unit_id: Annotated[str, typer.Argument(metavar="ID", help="Mã đơn vị (cột id của units.csv).")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Tệp .zip được ghi ra.")],
    campaign: CampaignOption = None,
) -> None:
    """Xuất mọi thứ đang lưu về một đơn vị: bản gốc, câu trả lời, lịch sử."""
    from flows import units

    settings = _settings(campaign=campaign)
    _campaign(settings.campaign)
    try:
        count = units.export(settings, unit_id, out)
    except units.UnitError as error:
        _fail(str(error))
    typer.echo(f"{out}: {count} bản gốc", err=True)


@unit.command("delete")
def unit_delete(
    unit_id: Annotated[str, typer.Argument(metavar="ID", help="Mã đơn vị (cột id của units.csv).")],
    yes: Annotated[bool, typer.Option("--yes", help="Xóa thật; không có thì chỉ cho biết sẽ xóa gì.")] = False,
    campaign: CampaignOption = None,
) -> None:
    """Xóa mọi thứ đang lưu về một đơn vị, kể cả bản gốc; lịch sử chỉ còn ghi việc gì, lúc nào, ai làm."""
    from flows import units

    settings = _settings(campaign=campaign)
    _campaign(settings.campaign)
    try:
        units.delete(settings, unit_id, confirmed=yes)
    except units.UnitError as error:
        _fail(str(error))


@app.command("train-lm")
def train_lm(
    text: Annotated[list[Path], typer.Option("--text", help="Tệp văn bản (.txt hoặc .txt.xz); dùng được nhiều lần.")],
    out: Annotated[Path, typer.Option("--out", help="Tệp mô hình được ghi ra.")],
) -> None:
    """Huấn luyện mô hình ngôn ngữ cho bộ sửa chữ."""
    from normalizers import training

    for path in text:
        if not path.is_file():
            _fail(f"Không có tệp {path}.")
    _print_json(training.train(text, out))


@app.command("train-topics")
def train_topics(campaign: CampaignOption = None) -> None:
    """Huấn luyện các bộ phân loại của một đợt từ examples.yaml và cells.yaml của đợt đó."""
    from campaigns.loader import CAMPAIGNS
    from extractors.understanding.ground import topic_training

    chosen = _campaign(_settings(campaign=campaign).campaign)
    try:
        _print_json(topic_training.write(CAMPAIGNS / chosen.id, chosen))
    except topic_training.BadExamples as error:
        _fail(str(error))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Tên phép đo; gõ ? để xem danh sách.")],
) -> None:
    """Đo tốc độ, bộ nhớ và độ chính xác."""
    from flows import benching

    raise typer.Exit(benching.run(name, context.args))


def main() -> None:
    app()


def _settings(**flags: object) -> configuration.Settings:
    try:
        settings = configuration.load(flags)
    except configuration.SettingsError as error:
        _fail(str(error))
    logs.install(settings)
    return settings


def _campaign(campaign_id: str):  # type: ignore[no-untyped-def]
    import campaigns

    try:
        return campaigns.load(campaign_id)
    except campaigns.CampaignError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n")
