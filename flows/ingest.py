"""The ingest flows: one flow a batch, one chain of tasks a document.

Prefect sees small values only. The heavy work runs in the sandboxed child; which document was read before is known to
our own database, not to Prefect's cache.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, deque
from pathlib import Path
from typing import Any

import msgspec
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from extractors.containers.members import Member, Room
from extractors.errors import Rejected
from extractors.report import Report
from flows import containers, inbox, progress, route, settings, workplace
from flows.containers import Opened
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


@task(name="mở tệp nén hoặc thư", cache_policy=NO_CACHE)
def open_up(received: Received, kind: str, folder: str, room: Room, campaign: str) -> Opened | Refused:
    return containers.open_up(received, kind, Path(folder), room, _workplace(campaign))


@task(name="nhận tệp bên trong", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[1, 5])
def receive_member(parent: Received, member: Member, folder: str, batch: str, campaign: str) -> Received | Outcome:
    return containers.receive(parent, member, Path(folder), batch, _workplace(campaign))


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
    """Keep a few documents a worker under way, not the whole inbox: memory does not grow with it."""
    line = _Line(batch, place)
    for file in files:
        line.add(_receive(file, batch, place))
    return line.all_ended()


class _Pending(msgspec.Struct, frozen=True):
    """A file under way: its outcome, now or later, or the container whose members come before it in the line.
    ``parent``: the arrival of the container that it came in."""

    ended: Outcome | PrefectFuture[Outcome] | tuple[Received, Opened | Refused]
    sha256: str | None = None
    parent: int | None = None


class _Line:
    """Documents under way, in order: of two with the same content the first is read, and the second waits for it and
    then finds itself a duplicate. A container ends after its members and stands before them among the outcomes."""

    def __init__(self, batch: str, place: Workplace) -> None:
        self._batch, self._place = batch, place
        self._under_way: deque[_Pending] = deque()
        self._outcomes: list[Outcome] = []
        self._members: dict[int, list[Outcome]] = {}  # by the container's arrival
        self._below: dict[int, int] = {}  # how many outcomes a container has below it, at any depth

    def add(self, received: Received | Outcome, room: Room | None = None, parent: int | None = None) -> Room:
        """Start on a file; what is left of ``room`` (as much as for any file) after the members of a container."""
        room = room or Room()
        while len(self._under_way) >= 4 * self._place.settings.workers:
            self._collect()
        if isinstance(received, Outcome):
            self._under_way.append(_Pending(received, parent=parent))
        elif (kind := containers.media_type(received, self._place)) is not None:
            return self._open(received, kind, room, parent)
        else:
            same = [one.ended for one in self._under_way if one.sha256 == received.sha256]
            campaign = self._place.campaign.id
            future = take_in.submit(received, received.name, campaign, return_state=False, wait_for=same)
            self._under_way.append(_Pending(future, received.sha256, parent))
        return room

    def all_ended(self) -> list[Outcome]:
        while self._under_way:
            self._collect()
        return self._outcomes

    def _open(self, received: Received, kind: str, room: Room, parent: int | None) -> Room:
        with tempfile.TemporaryDirectory(prefix=".dang-mo-", dir=self._place.settings.data_dir) as folder:
            opened = _open_up(received, kind, folder, room, self._place)
            members = opened.expansion.members if isinstance(opened, Opened) else ()
            arrived = [_receive_member(received, member, folder, self._batch, self._place) for member in members]
        progress.listener().more(len(arrived))
        if isinstance(opened, Opened):
            room = containers.room_after(opened, room)
        for member in arrived:
            room = self.add(member, room, received.arrival_id)
        self._under_way.append(_Pending((received, opened), parent=parent))
        return room

    def _collect(self) -> None:
        one = self._under_way.popleft()
        below = 0
        if isinstance(one.ended, tuple):
            received, opened = one.ended
            below = self._below.pop(received.arrival_id, 0)
            ended = _close(received, opened, self._members.pop(received.arrival_id, []), self._place)
        else:
            ended = one.ended if isinstance(one.ended, Outcome) else one.ended.result()
        self._outcomes.insert(len(self._outcomes) - below, ended)
        if one.parent is not None:
            self._members.setdefault(one.parent, []).append(ended)
            self._below[one.parent] = self._below.get(one.parent, 0) + 1 + below
        progress.listener().done(ended)


def _receive(file: Path, batch: str, place: Workplace) -> Received | Outcome:
    try:
        return receive(os.fspath(file), batch, place.campaign.id)
    except Exception:
        get_run_logger().exception("not received: %s", inbox.shown_name(file))
        return route.not_kept(file, batch, Rejected("unreadable"), place)


def _open_up(received: Received, kind: str, folder: str, room: Room, place: Workplace) -> Opened | Refused:
    try:
        return open_up(received, kind, folder, room, place.campaign.id)
    except Exception:
        get_run_logger().exception("container failed: %s", received.name)
        return Refused("internal", Rejected("internal").message)


def _receive_member(parent: Received, member: Member, folder: str, batch: str, place: Workplace) -> Received | Outcome:
    try:
        return receive_member(parent, member, folder, batch, place.campaign.id)
    except Exception:
        get_run_logger().exception("not received: %s in %s", member.name, parent.name)
        lost = msgspec.structs.replace(member, file=None, code="unreadable", detail="")
        return containers.receive(parent, lost, Path(folder), batch, place)


def _close(received: Received, opened: Opened | Refused, members: list[Outcome], place: Workplace) -> Outcome:
    ended = containers.close(received, opened, members, place)
    try:
        if ended.state != "partial":  # what was refused inside is to be seen
            route.clear_from_inbox(received, ended, place)
    except OSError:
        get_run_logger().exception("not moved: %s", received.name)
    return ended


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
