"""A Prefect worker that runs flows in its own process, one at a time, and so keeps the parsers loaded between them.

Prefect's process worker starts a new interpreter for each run; ours would then load the parsers (seconds of processor
time) for every batch. What a document can do to a process happens in the sandboxed child, not here.
"""

from __future__ import annotations

import asyncio
import os

import anyio
import anyio.abc
import anyio.to_thread
from prefect.client.schemas.objects import FlowRun
from prefect.flow_engine import load_flow, run_flow
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from extractors import sandbox
from flows import reading
from flows.settings import Settings

TYPE = "baocao"


class ReaderWorker(BaseWorker[BaseJobConfiguration, BaseVariables, BaseWorkerResult]):
    """Takes runs of our own deployments from a work pool."""

    type = TYPE
    job_configuration = BaseJobConfiguration
    _description = "Runs the flows of baocao inside the worker's process."
    _display_name = "baocao"

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,  # noqa: ARG002 - there is nothing to configure
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> BaseWorkerResult:
        if task_status is not None:
            task_status.started(os.getpid())

        def run() -> None:
            run_flow(load_flow(flow_run), flow_run=flow_run, return_type="state")

        await anyio.to_thread.run_sync(run)
        return BaseWorkerResult(identifier=str(flow_run.id), status_code=0)


def work(settings: Settings) -> None:
    """Take runs from the work pool of the settings until interrupted."""
    sandbox.start()
    taker = ReaderWorker(work_pool_name=settings.work_pool, name=reading.WORKER, limit=1, prefetch_seconds=2)
    asyncio.run(taker.start(printer=lambda *_: None))
