"""The work pool through which several machines share the work: helpers for a batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import WorkerStatus
from prefect.states import Cancelled, Crashed

from flows.workplace import Workplace

log = logging.getLogger(__name__)

HELPER = "read_queue/read_queue"
_SPARE = 4  # runs for workers that start while the batch is running
_PATIENCE = 10.0  # seconds; a helper that lives learns within one that the batch is over


@contextmanager
def helped(batch: str, place: Workplace) -> Iterator[None]:
    """While the block runs, the workers of the pool help to read ``batch``; on one machine nobody does.

    A pool that cannot be reached costs speed, not the batch.
    """
    if not place.settings.work_pool:
        yield
        return
    with get_client(sync_client=True) as client:
        asked = _ask(client, batch, place)
        try:
            yield
        finally:
            _release(client, asked)


def _ask(client: SyncPrefectClient, batch: str, place: Workplace) -> list[UUID]:
    try:
        helper = client.read_deployment_by_name(HELPER)
        parameters = {"batch": batch, "campaign": place.campaign.id}
        return [
            client.create_flow_run_from_deployment(helper.id, parameters=parameters).id
            for _ in range(_online(client, place.settings.work_pool) + _SPARE)
        ]
    except Exception as error:
        log.warning("no helpers for this batch: %s: %s", type(error).__name__, error)
        return []


def _online(client: SyncPrefectClient, pool: str) -> int:
    workers = client.read_workers_for_work_pool(pool)
    return sum(worker.status == WorkerStatus.ONLINE for worker in workers)


def _release(client: SyncPrefectClient, asked: list[UUID]) -> None:
    """End the helpers' runs: those that nobody has begun, and those whose worker has died."""
    deadline = time.monotonic() + _PATIENCE
    left = list(asked)
    while left:
        over = time.monotonic() > deadline
        try:
            left = [run for run in left if not _ended(client, run, over)]
        except Exception as error:
            log.warning("helpers not ended: %s: %s", type(error).__name__, error)
            return
        if left:
            time.sleep(0.5)


def _ended(client: SyncPrefectClient, run: UUID, over: bool) -> bool:
    state = client.read_flow_run(run).state
    if state is None or state.is_final():
        return True
    if state.is_scheduled():
        client.set_flow_run_state(run, Cancelled(message="Lượt nhận đã xong."), force=True)
    elif over:
        client.set_flow_run_state(run, Crashed(message="Máy đang đọc đã ngừng."), force=True)
    return state.is_scheduled() or over
