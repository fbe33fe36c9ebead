"""The ingest flows: one flow a batch, one chain of tasks a document.

Prefect sees small values only. The heavy work runs in the sandboxed child; which document was read before is known to
our own database, not to Prefect's cache.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from pathlib import Path
from typing import Any

import msgspec
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from extractors.errors import Rejected
from extractors.report import Report
from flows import inbox, progress, route, settings, workplace
from flows.route import STATES, Outcome, Received, Refused
from flows.workplace import Workplace


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


# A network share or the database of another machine may be back in a moment: receiving and keeping are tried again.
# A damaged file stays damaged: reading is not.
@task(name="nhận bản gốc", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[1, 5])
def receive(path: str, batch: str, campaign: str) -> Received | Outcome:
    return route.receive(Path(path), batch, _workplace(campaign))


@task(name="đọc báo cáo", cache_policy=NO_CACHE)
def read(received: Received, campaign: str) -> Report | Refused:
    return route.read(received, _workplace(campaign))


@task(name="lưu câu trả lời", cache_policy=NO_CACHE, retries=3, retry_delay_seconds=[1, 3, 10])
def keep(received: Received, reading: Report | Refused, campaign: str) -> Outcome:
    return route.keep(received, reading, _workplace(campaign))


@task(name="tài liệu", task_run_name="{name}", cache_policy=NO_CACHE)
def take_in(received: Received, name: str, campaign: str) -> Outcome:
    """One kept document along the rest of its route; whatever happens, it ends in exactly one state."""
    place = _workplace(campaign)
    try:
        ended = route.known(received, place) or keep(received, read(received, campaign), campaign)
        route.clear_from_inbox(received, ended, place)
    except Exception:
        get_run_logger().exception("document failed: %s", name)
        return route.fail(received, place)
    return ended


def _ingest(paths: list[str] | None, campaign: str | None) -> dict[str, Any]:
    chosen = settings.load({"campaign": campaign})
    place = workplace.at(chosen)
    files = inbox.files(Path(path) for path in paths or [str(chosen.inbox)])
    batch = place.repository.start_batch(place.campaign.id)
    progress.listener().begin(len(files))
    outcomes = _take_in_all(files, batch, place)
    ended = Counter[str](outcome.state for outcome in outcomes)
    counts = {str(state): ended[state] for state in STATES}
    place.repository.finish_batch(batch, counts)
    summary = {"counts": counts, "files": [msgspec.to_builtins(outcome) for outcome in outcomes]}
    _publish(summary)
    return summary


def _take_in_all(files: list[Path], batch: str, place: Workplace) -> list[Outcome]:
    """Keep a few documents a worker under way, not the whole inbox: memory does not grow with it.

    Files are received here, in order, so that of two with the same content the first is read, and the second waits for
    it and then finds itself a duplicate.
    """
    outcomes: list[Outcome] = []
    under_way: deque[tuple[str | None, Outcome | PrefectFuture[Outcome]]] = deque()

    def collect() -> None:
        _, ended = under_way.popleft()
        outcomes.append(ended if isinstance(ended, Outcome) else ended.result())
        progress.listener().done(outcomes[-1])

    for file in files:
        if len(under_way) >= 4 * place.settings.workers:
            collect()
        received = _receive(file, batch, place)
        if isinstance(received, Outcome):
            under_way.append((None, received))
            continue
        same = [future for sha256, future in under_way if sha256 == received.sha256]
        future = take_in.submit(received, received.name, place.campaign.id, return_state=False, wait_for=same)
        under_way.append((received.sha256, future))
    while under_way:
        collect()
    return outcomes


def _receive(file: Path, batch: str, place: Workplace) -> Received | Outcome:
    try:
        return receive(os.fspath(file), batch, place.campaign.id)
    except Exception:
        get_run_logger().exception("not received: %s", inbox.shown_name(file))
        return route.not_kept(file, batch, Rejected("unreadable"), place)


def _publish(summary: dict[str, Any]) -> None:
    """The outcome of each file, to be seen on Prefect's page."""
    rows = [
        {
            "Tệp": file["name"],
            "Kết cục": STATES[file["state"]],
            "Đơn vị": file["unit"] or "",
            "Lý do": file["message"] or "",
        }
        for file in summary["files"]
    ]
    described = ", ".join(f"{STATES[state]}: {count}" for state, count in summary["counts"].items())
    create_table_artifact(key="ket-qua-nhan-bao-cao", table=rows, description=described)


def _workplace(campaign: str) -> Workplace:
    """Tasks get names, not open files: each process opens its own workplace once."""
    return workplace.at(settings.load({"campaign": campaign}))
