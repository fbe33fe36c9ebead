"""A Prefect worker that runs flows in its own process, one at a time, and so keeps the parsers loaded between them.

Prefect's process worker starts a new interpreter for each run; ours would then load the parsers (seconds of processor
time) for every batch. What a document can do to a process happens in the sandboxed child, not here.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from uuid import UUID

import anyio
import anyio.abc
import anyio.to_thread
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flow_engine import load_flow, run_flow
from prefect.states import Crashed
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from extractors import sandbox
from flows import reading
from flows.settings import Settings

log = logging.getLogger(__name__)

TYPE = "baocao"
_PAUSE = 10.0  # seconds


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

        _running.add(flow_run.id)
        try:
            # Left alone when the worker is told to end: `_leave` ends it.
            await anyio.to_thread.run_sync(run, abandon_on_cancel=True)
        finally:
            _running.discard(flow_run.id)
        return BaseWorkerResult(identifier=str(flow_run.id), status_code=0)


_running: set[UUID] = set()


def work(settings: Settings) -> None:
    """Take runs from the work pool of the settings until interrupted (KeyboardInterrupt).

    A run in its midst is left behind as a crash would leave it: what it has in hand is read by the next. Its thread
    still runs on return, so the process has to end by `flows.stopping.at_once`.
    """
    sandbox.start()
    try:
        while True:
            taker = ReaderWorker(work_pool_name=settings.work_pool, name=reading.WORKER, limit=1, prefetch_seconds=2)
            try:
                asyncio.run(taker.start(printer=lambda *_: None))
                return  # told to end
            except Exception:  # Prefect's server was away for longer than its client waits
                log.exception("the worker lost Prefect's server; starting again in %.0f s", _PAUSE)
                time.sleep(_PAUSE)
    finally:
        _give_up_runs()


def _give_up_runs() -> None:
    """Tell Prefect's server that nobody carries on what this process was running."""
    if not _running:
        return
    try:
        with get_client(sync_client=True, httpx_settings={"timeout": 5}) as client:
            for run in tuple(_running):
                client.set_flow_run_state(run, Crashed(message="Máy đang đọc được tắt."), force=True)
    except Exception as error:
        log.warning("runs not ended: %s: %s", type(error).__name__, error)
