"""``./baocao ingest``: run the ingest flow here and show what became of each file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from flows import prefect_server, prefect_setup, printing, scratch, stopping
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.progress import Listener


def run(settings: Settings, paths: list[Path] | None, listener: Listener | None = None) -> dict[str, Any]:
    """Ingest ``paths``, without any the inbox of the settings; the summary as ``ingest --json`` prints it.

    Progress goes to ``listener``, else to stderr, as lines of the log where the log is for programs. Raises
    `flows.inbox.InboxError`.
    """
    stopping.by_exception()
    prefect_setup.prepare(settings, page=False)
    scratch.enter(settings.data_dir)
    from extractors import sandbox

    sandbox.start()  # loads the parsers while Prefect starts
    with prefect_server.at_hand() as server:
        from flows import progress
        from flows.ingest import ingest_inbox

        prefect_server.wait(server)
        absolute = [os.path.abspath(path) for path in paths or ()]  # noqa: PTH100 - keeps links as named
        if listener is None and settings.log_format == "json":
            listener = progress.Logged()
        with progress.told(listener) if listener else progress.shown():
            summary: dict[str, Any] = ingest_inbox(paths=absolute or None, campaign=settings.campaign)
        prefect_server.tell_the_rest(server)
    return summary


def print_summary(summary: dict[str, Any]) -> None:
    """A table of every file on stdout, with the reason where there is one."""
    from flows.route import STATES

    rows = [
        (file["name"], STATES[file["state"]], file["unit"] or "", file["message"] or "") for file in summary["files"]
    ]
    printing.table(("Tệp", "Kết cục", "Đơn vị", "Lý do"), rows)
    printing.counts({STATES[state]: count for state, count in summary["counts"].items()})
    for name in summary["waiting"]:
        typer.echo(f"Còn đang được ghi, để lượt sau: {name}", err=True)
