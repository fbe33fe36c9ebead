"""Where the documents of a process are read: in threads of its own, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[TaskRunner[Any]]:
    """The task runner of the settings, started. A Dask scheduler must be running at ``dask_scheduler``."""
    with _made(settings) as runner:
        yield runner


def width(runner: TaskRunner[Any], settings: Settings) -> int:
    """How many documents the runner reads at once."""
    if settings.runner == "threads":
        return settings.workers
    threads: dict[str, int] = runner.client.nthreads()  # type: ignore[attr-defined]  # of the workers there are now
    return max(1, sum(threads.values()))


def _made(settings: Settings) -> TaskRunner[Any]:
    if settings.runner == "threads":
        return ThreadPoolTaskRunner(max_workers=settings.workers)
    from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - of the extra ``cluster``

    return DaskTaskRunner(address=settings.dask_scheduler)
