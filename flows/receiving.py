"""Receiving: keep the originals of a batch, open what holds other files, and queue the documents to be read.

The files of a batch form a tree, as archives and letters hold files of their own. A container ends when its last member
has ended, and stands before its members among the outcomes.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from extractors.containers.members import Member, Room
from extractors.errors import Rejected
from flows import containers, progress, route
from flows.containers import Opened
from flows.inbox import Item, Source
from flows.retrying import retried
from flows.route import Outcome, Received, Refused
from flows.workplace import Workplace

log = logging.getLogger(__name__)

_ASKED_AT_ONCE = 300  # jobs


class _Entry(msgspec.Struct):
    """A file of the batch. ``item``: as its source gave it; ``opened``: a container; ``left``: how many of its members
    have not ended."""

    item: Item | None = None
    parent: _Entry | None = None
    received: Received | None = None
    opened: Opened | Refused | None = None
    members: list[_Entry] = []
    left: int = 0
    ended: Outcome | None = None


class Intake:
    """The files of one batch on their way: received here, read by whoever takes the jobs."""

    def __init__(self, batch: str, source: Source, place: Workplace) -> None:
        self._batch, self._source, self._place = batch, source, place
        self._entries: list[_Entry] = []
        self._queued: dict[int, _Entry] = {}  # by job, in order

    @property
    def ended(self) -> bool:
        return not self._queued

    def receive(self) -> Iterator[None]:
        """Receive the files of the source one after another, each with all that it holds.

        Raises `flows.inbox.InboxError` when the source has gone.
        """
        for item in self._source:
            received = self._received(item)
            entry = _Entry(item=item)
            self._entries.append(entry)
            self._start(entry, received, Room())
            yield

    def collect(self) -> None:
        """Take note of what the readers have ended."""
        asked = [job for job, _ in zip(self._queued, range(_ASKED_AT_ONCE), strict=False)]
        for job in self._place.jobs.ended(asked):
            entry = self._queued.pop(job.id)
            assert entry.received is not None
            ended = Outcome(
                name=entry.received.name,
                sha256=entry.received.sha256,
                state=job.state,
                code=job.code,
                message=job.message,
                unit=job.unit_id,
                report_id=job.report_id,
            )
            self._end(entry, ended)

    def outcomes(self) -> list[Outcome]:
        """One outcome a file, in order."""
        return list(_walk(self._entries))

    def _start(self, entry: _Entry, received: Received | Outcome, room: Room) -> Room:
        """Start on a file; what is left of ``room`` (as much as for any file) after the members of a container."""
        if isinstance(received, Outcome):
            self._end(entry, received)
            return room
        entry.received = received
        if (kind := containers.media_type(received, self._place)) is not None:
            return self._open(entry, kind, room)
        if (ended := route.duplicate(received.sha256, received.name, self._place)) is not None:
            self._note(received, ended)
            self._end(entry, ended)
        else:
            job = self._place.jobs.add(
                campaign_id=self._place.campaign.id,
                batch_id=self._batch,
                arrival_id=received.arrival_id,
                sha256=received.sha256,
            )
            self._queued[job] = entry
        return room

    def _open(self, entry: _Entry, kind: str, room: Room) -> Room:
        received = entry.received
        assert received is not None
        with tempfile.TemporaryDirectory(prefix="members-") as folder:
            entry.opened = _opened(received, kind, folder, room, self._place)
            members = entry.opened.expansion.members if isinstance(entry.opened, Opened) else ()
            arrived = [self._received_member(received, member, folder) for member in members]
        progress.listener().more(len(arrived))
        if isinstance(entry.opened, Opened):
            room = containers.room_after(entry.opened, room)
        entry.members = [_Entry(parent=entry) for _ in arrived]
        entry.left = len(arrived) + 1  # not to end before all of them have started
        for member, one in zip(entry.members, arrived, strict=True):
            room = self._start(member, one, room)
        self._one_ended(entry)
        return room

    def _end(self, entry: _Entry, ended: Outcome) -> None:
        """Everything there is to do when the outcome of a file is known."""
        received = entry.received
        if received is not None:
            ended = msgspec.structs.replace(ended, parent_sha256=received.parent_sha256)
            self._clear(ended, entry)
        entry.ended = ended
        entry.item = entry.received = entry.opened = None
        progress.listener().done(ended)
        if entry.parent is not None:
            self._one_ended(entry.parent)

    def _one_ended(self, container: _Entry) -> None:
        container.left -= 1
        if container.left:
            return
        assert container.received is not None and container.opened is not None
        members = [member.ended for member in container.members if member.ended is not None]
        ended = containers.close(container.received, container.opened, members, self._place)
        self._end(container, ended)

    def _clear(self, ended: Outcome, entry: _Entry) -> None:
        """Tell the source of a file that was taken in; what was refused stays where it is, to be seen."""
        if entry.item is None or ended.state == "rejected":
            return
        whole = entry.opened is None or ended.state != "partial"
        try:
            entry.item.source.taken(entry.item, whole=whole)
        except OSError:
            log.exception("not cleared: %s", ended.name)

    def _note(self, received: Received, ended: Outcome) -> None:
        self._place.repository.finish_arrival(
            received.arrival_id, ended.state, code=ended.code, message=ended.message, report_id=ended.report_id
        )

    def _received(self, item: Item) -> Received | Outcome:
        try:
            received = retried("receiving", lambda: route.receive(item, self._batch, self._place), on=OSError)
        except OSError as error:
            log.warning("not received: %s: %s", item.name, error)
            received = Rejected("unreadable")
        if isinstance(received, Received):
            return received
        item.source.check()  # where all of it has gone, the file is not to blame
        return route.not_kept(item, self._batch, received, self._place)

    def _received_member(self, parent: Received, member: Member, folder: str) -> Received | Outcome:
        def receive(one: Member) -> Received | Outcome:
            return containers.receive(parent, one, Path(folder), self._batch, self._place)

        try:
            return retried("receiving", lambda: receive(member), on=OSError)
        except Exception:
            log.exception("not received: %s in %s", member.name, parent.name)
            return receive(msgspec.structs.replace(member, file=None, code="unreadable", detail=""))


def _opened(received: Received, kind: str, folder: str, room: Room, place: Workplace) -> Opened | Refused:
    try:
        return containers.open_up(received, kind, Path(folder), room, place)
    except Exception:
        log.exception("container failed: %s", received.name)
        return Refused("internal", Rejected("internal").message)


def _walk(entries: list[_Entry]) -> Iterator[Outcome]:
    for entry in entries:
        if entry.ended is not None:
            yield entry.ended
        yield from _walk(entry.members)
