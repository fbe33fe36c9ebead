"""``/healthz`` and ``/metrics`` of a process without pages of its own, at ``BAOCAO_METRICS_ADDRESS``."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import typer

from flows import workplace
from flows.settings import Settings
from review import metrics

log = logging.getLogger(__name__)

Start = Callable[[str, list[tuple[str, str]]], Any]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(settings: Settings) -> Iterator[int | None]:
    """While the block runs, answer at the address of the settings; the port, None where no address is set.

    Exits with a message for an address that is none, or is taken.
    """
    if not settings.metrics_address:
        yield None
        return
    host, _, port = settings.metrics_address.rpartition(":")
    place = workplace.at(settings)
    registry = metrics.registry(place.repository.engine, place.campaign.id, settings.data_dir)

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return _answer(start, "405 Method Not Allowed", "text/plain", b"")
        if environ["PATH_INFO"] == "/metrics":
            return _answer(start, "200 OK", metrics.CONTENT_TYPE, metrics.text(registry))
        if environ["PATH_INFO"] == "/healthz":
            found = metrics.healthy(place.repository.engine, settings.data_dir)
            well = all(state == "ok" for state in found.values())
            body = json.dumps({"status": "ok" if well else "failing", **found}).encode()
            return _answer(start, "200 OK" if well else "503 Service Unavailable", "application/json", body)
        return _answer(start, "404 Not Found", "text/plain", b"")

    try:
        server = make_server(host.strip("[]") or "127.0.0.1", int(port), application, _Server, _Quiet)
    except (OSError, ValueError, OverflowError) as error:
        typer.echo(f"Không mở được BAOCAO_METRICS_ADDRESS={settings.metrics_address}: {error}", err=True)
        raise typer.Exit(2) from error
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def _answer(start: Start, status: str, media_type: str, body: bytes) -> list[bytes]:
    start(status, [("Content-Type", media_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
    return [body]
