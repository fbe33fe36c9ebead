"""``./baocao worker``: one more process that takes work from the shared work pool."""

from __future__ import annotations

import contextlib
import os
import time

import typer

from flows import prefect_setup, scratch, stopping
from flows.settings import Settings

START_TIMEOUT = 120.0  # seconds that the server may need when all machines start together


def run(settings: Settings) -> None:
    """Work until interrupted. Nothing is lost when it is killed: what it was reading is read by another."""
    lacks = [
        name
        for name, value in (("WORK_POOL", settings.work_pool), ("PREFECT_API_URL", settings.prefect_api_url))
        if not value
    ]
    if lacks:
        typer.echo(f"Cần đặt {' và '.join(f'BAOCAO_{name}' for name in lacks)}; xem README.", err=True)
        raise typer.Exit(2)
    stopping.by_exception()
    os.environ["PREFECT_LOGGING_LEVEL"] = os.environ.get("PREFECT_LOGGING_LEVEL", "INFO")
    # How soon a batch is helped: the default of 10 s is for runs of minutes in containers.
    os.environ.setdefault("PREFECT_WORKER_QUERY_SECONDS", "2")
    prefect_setup.prepare(settings)
    scratch.enter(settings.data_dir)
    _wait_for_server(settings)
    from flows import monitoring, worker, workplace

    workplace.at(settings)  # what cannot be reached is said now, not with the first document
    typer.echo(f"Nhận việc từ {settings.work_pool} ở {settings.prefect_api_url}", err=True)
    with contextlib.suppress(KeyboardInterrupt), monitoring.served(settings):
        worker.work(settings)
    stopping.at_once()


def _wait_for_server(settings: Settings) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not prefect_setup.healthy(settings.prefect_api_url):
        if time.monotonic() > deadline:
            typer.echo(f"Không tới được máy chủ Prefect ở {settings.prefect_api_url}.", err=True)
            raise typer.Exit(1)
        time.sleep(1)
