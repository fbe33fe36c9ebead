"""Prefect's server as a child of ours: for as long as ``serve`` runs, or for one command.

Prefect's own "ephemeral" server is not used: it outlives a process that was killed.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from flows import prefect_setup
from flows.children import Child
from flows.settings import Settings

_LAST_WORDS = 10.0  # seconds for each kind of them
_TEMPORARY = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
"""What Prefect tells the server that it starts for one command: no page, no services."""


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """The server at the address of the settings. Raises `flows.children.NotStarted`."""
    url = prefect_setup.api_url(settings)
    # The page in the browser has to be told where the server is.
    with _server(settings.prefect_address, {"PREFECT_SERVER_UI_API_URL": url}) as server:
        server.wait(lambda: prefect_setup.healthy(url))
        with prefect_setup.noted(settings, url):
            os.environ["PREFECT_API_URL"] = url
            yield


@contextmanager
def at_hand() -> Iterator[Child | None]:
    """The server that the environment names, or one that lasts as long as the block: `wait` for it before use."""
    if "PREFECT_API_URL" in os.environ:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    os.environ["PREFECT_API_URL"] = f"http://{address}/api"
    try:
        with _server(address, _TEMPORARY) as server:
            yield server
    finally:
        os.environ.pop("PREFECT_API_URL", None)  # nobody is there any more


def wait(server: Child | None) -> None:
    """Until the server that `at_hand` started answers."""
    if server is not None:
        server.wait(lambda: prefect_setup.healthy(os.environ["PREFECT_API_URL"]))


def tell_the_rest(server: Child | None) -> None:
    """Have Prefect's client send the states and log lines that it still holds: our server is about to end."""
    if server is None:
        return
    from prefect.events.worker import EventsWorker  # noqa: PLC0415 - Prefect is loaded by now
    from prefect.logging.handlers import APILogWorker  # noqa: PLC0415

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=_LAST_WORDS)


def _server(address: str, variables: dict[str, str]) -> Child:
    host, _, port = address.rpartition(":")
    application = ["--factory", "prefect.server.api.server:create_app", "--lifespan", "on"]
    quiet = ["--log-level", "error", "--timeout-keep-alive", "5", "--timeout-graceful-shutdown", "5"]
    arguments = ["-m", "uvicorn", *application, "--host", host, "--port", port, *quiet]
    return Child("Prefect's server", arguments, variables)
