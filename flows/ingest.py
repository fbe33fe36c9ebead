"""The ingest flows: one flow a batch, one task a document that is read.

Prefect sees small values only. The heavy work runs in the sandboxed child; what was read before and what waits to be
read is known to our own database, not to Prefect's. Every process that reads takes its documents from the same queue.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows import logs, pool, progress, pruning, reading, runners, settings, sources, stopping, workplace
from flows.inbox import InboxError, Source
from flows.reading import Readers
from flows.receiving import Intake
from flows.route import STATES
from flows.workplace import Workplace
from storage import Job, gauges
from storage.gauges import RepairKind

log = logging.getLogger(__name__)

_LOOK = 0.5  # seconds between two looks at what other readers have ended
_ROWS = 1000  # of the table on Prefect's page


@flow(name="ingest_inbox")
def ingest_inbox(paths: list[str] | None = None, campaign: str | None = None) -> dict[str, Any]:
    """Nhận mọi báo cáo trong hộp đến: đọc, sửa chữ, trích câu trả lời và lưu. Chạy lại không làm gì hai lần.

    Args:
        paths: Tệp hoặc thư mục cần nhận; để trống là hộp đến trong cài đặt.
        campaign: Mã đợt báo cáo; để trống là đợt trong cài đặt.
    """
    return _ingest(paths, campaign)


@flow(name="ingest_document")
def ingest_document(path: str, campaign: str | None = None) -> dict[str, Any]:
    """Nhận một tệp báo cáo.

    Args:
        path: Đường dẫn của tệp.
        campaign: Mã đợt báo cáo; để trống là đợt trong cài đặt.
    """
    return _ingest([path], campaign)


@flow(name="read_queue")
def read_queue(batch: str, campaign: str | None = None) -> int:
    """Giúp đọc các tài liệu của một lượt nhận đang chạy ở máy khác.

    Args:
        batch: Mã của lượt nhận.
        campaign: Mã đợt báo cáo; để trống là đợt trong cài đặt.
    """
    place = _workplace(campaign)
    with _readers(place) as readers:
        while not _over(batch, place) or not readers.idle:
            readers.top_up()
            readers.wait(_LOOK)
        readers.top_up()  # what a reader that died left behind
        readers.finish()
    return place.jobs.counts(batch).get(reading.WORKER, 0)


@task(name="tài liệu", task_run_name="{name}", cache_policy=NO_CACHE)
def take_in(job: Job, name: str, campaign: str) -> None:  # noqa: ARG001 - ``name`` is what the page shows
    reading.read_job(job, _workplace(campaign))


def _ingest(paths: list[str] | None, campaign: str | None) -> dict[str, Any]:
    stopping.with_runner()
    place = _workplace(campaign)
    logs.install(place.settings)  # a run that Prefect started is a process of its own
    place.originals.sweep()
    with sources.opened(place.settings, paths) as source:
        return _take_in_all(source, place)


def _take_in_all(source: Source, place: Workplace) -> dict[str, Any]:
    """One batch. Raises `flows.inbox.InboxError`, after all that was received has been read, when the source went."""
    batch = place.repository.start_batch(place.campaign.id)
    progress.listener().begin(len(source))
    place.locks.acquire(_running(batch))
    try:
        intake = Intake(batch, source, place)
        with _readers(place) as readers:
            gone = _read_all(intake, readers, batch, place)
        outcomes = intake.outcomes()
        ended = Counter[str](outcome.state for outcome in outcomes)
        counts = {str(state): ended[state] for state in STATES}
        place.repository.finish_batch(batch, counts)
    finally:
        place.locks.release(_running(batch))
    summary = {
        "counts": counts,
        "files": [msgspec.to_builtins(outcome) for outcome in outcomes],
        "waiting": source.waiting,
    }
    with _unless_away():
        _publish(summary)
        _publish_repairs(gauges.repairs_of_batch(place.repository.engine, batch))
    pruning.prune(place.settings)
    if gone is not None:
        raise gone
    return summary


def _read_all(intake: Intake, readers: Readers, batch: str, place: Workplace) -> InboxError | None:
    """Receive the files, reading meanwhile, until all of them have ended, here or on other machines.

    What stopped the receiving, if something did.
    """
    gone = None
    with pool.helped(batch, place):
        try:
            for _ in intake.receive():
                readers.top_up()
        except InboxError as error:
            log.error("the source went: %s", error)
            gone = error
        while True:
            intake.collect()
            if intake.ended:
                break
            readers.top_up()
            readers.wait(_LOOK)
        readers.finish()
    return gone


@contextmanager
def _readers(place: Workplace) -> Iterator[Readers]:
    """Readers on the task runner of the settings."""
    with runners.opened(place.settings) as runner:

        def submit(job: Job) -> Any:
            return runner.submit(take_in, {"job": job, "name": job.name, "campaign": place.campaign.id})

        # One more for each waits in line, so that nobody waits for us.
        yield Readers(place, submit, at_once=2 * runners.width(runner, place.settings))


def _running(batch: str) -> str:
    return f"batch {batch}"


def _over(batch: str, place: Workplace) -> bool:
    """Whether nobody runs the batch any more."""
    if not place.locks.acquire(_running(batch)):
        return False
    place.locks.release(_running(batch))
    return True


@contextmanager
def _unless_away() -> Iterator[None]:
    """What is only shown must not fail a batch whose documents are all stored."""
    try:
        yield
    except Exception as error:
        log.warning("no summary on Prefect's page: %s", type(error).__name__)


def _publish(summary: dict[str, Any]) -> None:
    """The outcome of each file, to be seen on Prefect's page; of many, those that need a person come first."""
    order = {state: place for place, state in enumerate(("rejected", "partial", "processed", "duplicate"))}
    files = summary["files"]
    if len(files) > _ROWS:
        files = sorted(files, key=lambda file: order[file["state"]])[:_ROWS]
    rows = [
        {
            "Tệp": file["name"],
            "Kết cục": STATES[file["state"]],
            "Đơn vị": file["unit"] or "",
            "Lý do": file["message"] or "",
        }
        for file in files
    ]
    described = ", ".join(f"{STATES[state]}: {count}" for state, count in summary["counts"].items())
    if len(rows) < len(summary["files"]):
        described += f" (bảng chỉ gồm {len(rows)} tệp đầu)"
    create_table_artifact(key="ket-qua-nhan-bao-cao", table=rows, description=described)


def _publish_repairs(found: list[RepairKind]) -> None:
    """How much was repaired, by kind; what it was stands in the workbook and on the review page."""
    rows = [
        {"Loại": one.kind, "Số chỗ sửa": one.repairs, "Số tài liệu": one.documents, "Chưa chắc chắn": one.unsure}
        for one in found
    ]
    described = f"Sửa {sum(one.repairs for one in found)} chỗ" if found else "Không có chỗ nào phải sửa"
    create_table_artifact(key="tom-tat-sua-chu", table=rows, description=described)


def _workplace(campaign: str | None) -> Workplace:
    """Tasks get names, not open files: each process opens its own workplace once."""
    return workplace.patient_at(settings.load({"campaign": campaign}))
