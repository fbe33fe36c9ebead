"""Prefect's own settings, put in the environment before Prefect is imported for the first time.

Offline by design: no analytics, and the page that would call an analytics host is off. Prefect's database lives in the
data directory, apart from ours. An operator's own ``PREFECT_*`` variables win over all of these.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from flows import logs
from flows import settings as configuration
from flows.settings import Settings

# One transaction for each state of a task, as by default, costs the server 19 ms of processor time a document;
# in batches it is 5, without events 2.
_SERVICES = "PREFECT_SERVER_SERVICES_"
_IN_BATCHES = {
    f"{_SERVICES}TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    f"{_SERVICES}TASK_RUN_RECORDER_BATCH_SIZE": "200",
    f"{_SERVICES}TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    f"{_SERVICES}EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    f"{_SERVICES}EVENT_PERSISTER_BATCH_SIZE": "200",
}
_WITHOUT_EVENTS = {
    f"{_SERVICES}EVENT_PERSISTER_ENABLED": "false",
    f"{_SERVICES}TRIGGERS_ENABLED": "false",
    # It ends with the command, in the middle of whatever it is writing, and would tell that as an error.
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
}


def prepare(settings: Settings, *, page: bool = True) -> None:
    """Set Prefect's environment; use the server of a running ``./baocao serve`` where there is one.

    Without a ``page`` a server of our own lasts as long as the command: nobody will look at its events.
    """
    configuration.make_data_dir(settings)
    settings.prefect_home.mkdir(mode=0o700, exist_ok=True)
    defaults = {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        # Ours is started by `flows.prefect_server`; one that Prefect starts would outlive us when we are killed.
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        **_IN_BATCHES,
        **logs.environment(settings),
        **_kept(settings),
    }
    if settings.prefect_database_url:
        defaults["PREFECT_API_DATABASE_CONNECTION_URL"] = _with_driver(settings.prefect_database_url)
    if settings.prefect_api_url:
        defaults["PREFECT_API_URL"] = settings.prefect_api_url
    if "PREFECT_API_URL" not in os.environ | defaults and (url := running_server(settings)):
        defaults["PREFECT_API_URL"] = url
    if not page and "PREFECT_API_URL" not in os.environ | defaults:
        defaults |= _WITHOUT_EVENTS
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def _kept(settings: Settings) -> dict[str, str]:
    """Prefect removes old runs, with their logs and tables, only when it is told to."""
    if not settings.keep_days:
        return {}
    return {
        f"{_SERVICES}DB_VACUUM_ENABLED": "events,flow_runs,orphans",
        f"{_SERVICES}DB_VACUUM_RETENTION_PERIOD": str(settings.keep_days * 24 * 3600),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"P{settings.keep_days}D",
    }


def api_url(settings: Settings) -> str:
    return f"http://{settings.prefect_address}/api"


def _with_driver(url: str) -> str:
    """Prefect wants to be told by which library it reaches PostgreSQL."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+asyncpg{separator}{rest}" if scheme in ("postgres", "postgresql") else url


@contextmanager
def noted(settings: Settings, url: str) -> Iterator[None]:
    """While the block lasts, other commands on this data directory find the server at ``url``."""
    note = settings.prefect_home / "serving"
    note.write_text(url, encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def running_server(settings: Settings) -> str | None:
    """The API address of our own ``serve``, or None. Another program on the same port is not mistaken for it."""
    note = settings.prefect_home / "serving"
    if not note.exists():
        return None
    url = note.read_text(encoding="utf-8").strip()
    return url if healthy(url) else None


def healthy(url: str, timeout: float = 1.0) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=timeout) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
