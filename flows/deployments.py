"""The flows as deployments: what an operator can start, with described parameters, from Prefect's page."""

from __future__ import annotations

from typing import Any, cast

from prefect import serve as serve_deployments
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from flows.consolidate import consolidate
from flows.ingest import ingest_document, ingest_inbox, read_queue
from flows.settings import Settings
from flows.worker import ReaderWorker


def build(settings: Settings) -> list[RunnerDeployment]:
    """The deployments; ``ingest_inbox`` carries the nightly schedule. In a work pool there is one more, for helpers."""
    nightly = Cron(settings.cron, timezone=settings.timezone)
    common: dict[str, Any] = {"entrypoint_type": EntrypointType.MODULE_PATH}  # importable from any folder
    if settings.work_pool:
        common["work_pool_name"] = settings.work_pool
    made = [
        ingest_inbox.to_deployment("ingest_inbox", schedule=nightly, concurrency_limit=1, **common),
        ingest_document.to_deployment("ingest_document", **common),
        consolidate.to_deployment("consolidate", **common),
    ]
    if settings.work_pool:
        made.append(read_queue.to_deployment("read_queue", **common))
    return cast(list[RunnerDeployment], made)  # outside an event loop these are no coroutines


def serve(settings: Settings) -> None:
    """Poll for due runs and run them, until interrupted."""
    _end_what_was_left()
    serve_deployments(*build(settings), print_starting_message=False, limit=2)


def _end_what_was_left() -> None:
    """Runs of a ``serve`` that was killed died with it; Prefect takes them for running and lets no other begin."""
    under_way = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
    from_deployment = FlowRunFilterDeploymentId(is_null_=False)
    with get_client(sync_client=True) as client:
        left = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=under_way, deployment_id=from_deployment), limit=200
        )
        for run in left:
            client.set_flow_run_state(run.id, Crashed(message="Máy đã tắt trong khi chạy."), force=True)


def register(settings: Settings) -> None:
    """Put the deployments into the work pool, which workers empty; both are made or brought up to date."""
    with get_client(sync_client=True) as client:
        template = ReaderWorker.get_default_base_job_template()
        pool = WorkPoolCreate(name=settings.work_pool, type=ReaderWorker.type, base_job_template=template)
        client.create_work_pool(pool, overwrite=True)
    for deployment in build(settings):
        deployment.apply()
