"""The flows as deployments: what an operator can start, with described parameters, from Prefect's page."""

from __future__ import annotations

from typing import cast

from prefect import serve as serve_deployments
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.consolidate import consolidate
from flows.ingest import ingest_document, ingest_inbox
from flows.settings import Settings


def build(settings: Settings) -> list[RunnerDeployment]:
    """The three deployments; ``ingest_inbox`` carries the nightly schedule."""
    nightly = Cron(settings.cron, timezone=settings.timezone)
    by_module = EntrypointType.MODULE_PATH  # importable from any folder, not tied to a file path
    made = [
        ingest_inbox.to_deployment("ingest_inbox", schedule=nightly, entrypoint_type=by_module, concurrency_limit=1),
        ingest_document.to_deployment("ingest_document", entrypoint_type=by_module),
        consolidate.to_deployment("consolidate", entrypoint_type=by_module),
    ]
    return cast(list[RunnerDeployment], made)  # outside an event loop these are no coroutines


def serve(settings: Settings) -> None:
    """Poll for due runs and run them, until interrupted."""
    serve_deployments(*build(settings), print_starting_message=False, limit=2)
