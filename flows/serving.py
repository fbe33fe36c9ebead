"""``./baocao serve``: on one machine Prefect's server, the review page, the deployments and the nightly schedule."""

from __future__ import annotations

import contextlib
import os

import typer

from flows import children, prefect_server, prefect_setup, scratch, stopping
from flows import settings as configuration
from flows.children import Child, NotStarted
from flows.settings import Settings


def run(settings: Settings) -> None:
    """Serve until interrupted (Ctrl-C or SIGTERM); what we started ends with us."""
    stopping.by_exception()
    prefect_setup.prepare(settings)
    if running := prefect_setup.running_server(settings):
        _give_up(f"Đã có một máy chủ đang chạy ở {running.removesuffix('/api')}.")
    for address, name in ((settings.prefect_address, "PREFECT_ADDRESS"), (settings.review_address, "REVIEW_ADDRESS")):
        if not children.is_free(address):
            _give_up(f"Không mở được {address}: cổng đang bận hoặc địa chỉ sai; xem BAOCAO_{name}.")
    os.environ["PREFECT_LOGGING_LEVEL"] = "INFO"
    settings.inbox.mkdir(parents=True, exist_ok=True)
    scratch.enter(settings.data_dir)
    try:
        with contextlib.suppress(KeyboardInterrupt), prefect_server.serving(settings), _page(settings) as page:
            page.wait(lambda: children.answers(settings.review_address))
            typer.echo(f"Trang Prefect: http://{settings.prefect_address}", err=True)
            typer.echo(f"Trang duyệt báo cáo: http://{settings.review_address}", err=True)
            typer.echo(f"Hộp đến: {settings.inbox}; lịch: {settings.cron} ({settings.timezone})", err=True)
            _work(settings)
    except NotStarted as error:
        _give_up(f"Không khởi động được: {error}; xem thông báo ở trên.")
    stopping.at_once()


def _page(settings: Settings) -> Child:
    """The review page, a process of its own: what happens there does not touch the night's work."""
    return Child("review page", ["-m", "flows", "review"], configuration.environment(settings))


def _work(settings: Settings) -> None:
    from flows import deployments, worker

    if settings.work_pool:
        deployments.register(settings)
        worker.work(settings)
    else:
        deployments.serve(settings)


def _give_up(message: str) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(1)
