"""Serve the page until interrupted."""

from __future__ import annotations

import uvicorn

from review.app import create_app
from review.place import Place


def start(place: Place, address: str) -> None:
    """Serve ``place`` at ``host:port``. A proxy on this machine may stand before it and end TLS (X-Forwarded-*)."""
    host, _, port = address.rpartition(":")
    uvicorn.run(
        create_app(place),
        host=host.strip("[]") or "127.0.0.1",
        port=int(port),
        log_level="warning",
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=5,
    )
