"""``./baocao serve``: Prefect's server and page on loopback, the deployments, and the nightly schedule."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from flows import prefect_setup, scratch
from flows.settings import Settings

START_TIMEOUT = 120.0  # seconds; a cold start takes 9-16 s on two cores


def run(settings: Settings) -> None:
    """Serve until interrupted; the server is stopped with us."""
    # Started in the background by a script, we would inherit an ignored Ctrl-C and never end by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    prefect_setup.prepare(settings)
    if running := prefect_setup.running_server(settings):
        typer.echo(f"Đã có một máy chủ đang chạy ở {running.removesuffix('/api')}.", err=True)
        raise typer.Exit(1)
    os.environ["PREFECT_LOGGING_LEVEL"] = "INFO"
    settings.inbox.mkdir(parents=True, exist_ok=True)
    scratch.enter(settings.data_dir)
    with _server(settings):
        os.environ["PREFECT_API_URL"] = prefect_setup.api_url(settings)
        typer.echo(f"Trang Prefect: http://{settings.prefect_address}", err=True)
        typer.echo(f"Hộp đến: {settings.inbox}; lịch: {settings.cron} ({settings.timezone})", err=True)
        from flows import deployments, worker

        if settings.work_pool:
            deployments.register(settings)
            worker.work(settings)
        else:
            deployments.serve(settings)


@contextmanager
def _server(settings: Settings) -> Iterator[None]:
    """Prefect's server as a child in its own session; a note in the data directory tells other commands about it."""
    host, _, port = settings.prefect_address.rpartition(":")
    url = prefect_setup.api_url(settings)
    # ``--port`` does not move the address that the page in the browser talks to.
    environment = os.environ | {"PREFECT_SERVER_UI_API_URL": url}
    # --pdeathsig: the server must not outlive us, not even when we are killed.
    program = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-P", "-m", "prefect"]
    command = [*program, "server", "start", "--host", host, "--port", port]
    server = subprocess.Popen(  # noqa: S603
        command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    note = settings.prefect_home / "serving"
    try:
        _wait_until_healthy(server, url)
        note.write_text(url, encoding="utf-8")
        yield
    finally:
        note.unlink(missing_ok=True)
        _stop(server)


def _wait_until_healthy(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not prefect_setup.healthy(url):
        if server.poll() is not None or time.monotonic() > deadline:
            typer.echo(f"Máy chủ Prefect không khởi động được ở {url}; cổng có thể đang bận.", err=True)
            raise typer.Exit(1)
        time.sleep(0.3)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for signal_number, patience in ((signal.SIGINT, 10), (signal.SIGKILL, 5)):
        if server.poll() is not None:
            return
        os.killpg(server.pid, signal_number)
        try:
            server.wait(patience)
        except subprocess.TimeoutExpired:
            continue
