"""Readers: take documents from the queue and have them read, a few at a time, until there are none left.

The process that runs a batch reads, and so does every worker that helps. A document's lock is held from the moment it
is taken to its end by whoever handed it out, so that no two read the same content; when that process dies its locks
are free, and the document is on offer again.
"""

from __future__ import annotations

import os
import queue
import socket
import time
from collections import deque
from collections.abc import Callable

from prefect.futures import PrefectFuture

from extractors.errors import Rejected
from flows import logs, progress, route
from flows.retrying import log, retried
from flows.route import Outcome, Refused
from flows.workplace import Workplace
from storage import Job

MAX_ATTEMPTS = 5
"""A document that was begun so often and never ended takes its readers down: it is refused."""
_LOST_PATIENCE = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds to wait when Prefect loses a task, one after the other

WORKER = f"{socket.gethostname()}:{os.getpid()}"

Submit = Callable[[Job], PrefectFuture[None]]


class Readers:
    """Hands out jobs to ``submit``, at most ``at_once`` at a time, and holds their locks. Used from one thread."""

    def __init__(self, place: Workplace, submit: Submit, at_once: int) -> None:
        self._place, self._submit, self._at_once = place, submit, at_once
        self._under_way: dict[PrefectFuture[None], Job] = {}
        self._ended: queue.SimpleQueue[PrefectFuture[None]] = queue.SimpleQueue()
        self._offers: deque[Job] = deque()
        self._lost = 0

    @property
    def idle(self) -> bool:
        return not self._under_way

    def top_up(self) -> None:
        """Take in what has ended and hand out new jobs, without waiting for any."""
        while not self._ended.empty():
            self._take_back(self._ended.get())
        while len(self._under_way) < self._at_once and (job := self._next()):
            self._hand_out(job)

    def wait(self, seconds: float) -> None:
        """Wait until a job has ended, but no longer than ``seconds``."""
        try:
            self._take_back(self._ended.get(timeout=seconds))
        except queue.Empty:
            return

    def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            self._take_back(self._ended.get())

    def _next(self) -> Job | None:
        if not self._offers:
            mine = {job.id for job in self._under_way.values()}
            offered = self._place.jobs.on_offer(self._place.campaign.id, 4 * self._at_once + len(mine))
            self._offers.extend(job for job in offered if job.id not in mine)
        while self._offers:
            job = self._offers.popleft()
            if self._place.locks.acquire(_lock_name(job, self._place)):
                return job
        return None

    def _hand_out(self, job: Job) -> None:
        """Begin a job whose lock is ours; what needs no reading ends at once."""
        future = None
        try:
            if not self._place.jobs.begin(job.id, WORKER):
                return
            if job.attempts >= MAX_ATTEMPTS:
                end(job, route.fail(job.sha256, job.name, self._place), self._place)
            elif ended := route.known(job.sha256, job.name, self._place):
                end(job, ended, self._place)
            else:
                future = self._submitted(job)
        finally:
            if future is None:
                self._place.locks.release(_lock_name(job, self._place))
        if future is not None:
            self._under_way[future] = job
            future.add_done_callback(self._ended.put)

    def _submitted(self, job: Job) -> PrefectFuture[None] | None:
        try:
            return self._submit(job)
        except Exception as error:
            self._lose(job, error)
            return None

    def _take_back(self, future: PrefectFuture[None]) -> None:
        job = self._under_way.pop(future)
        self._place.locks.release(_lock_name(job, self._place))
        try:
            future.result()
            self._lost = 0
        except Exception as error:
            self._lose(job, error)

    def _lose(self, job: Job, error: Exception) -> None:
        """Prefect's server failed, not the document: a task of ours never fails. The job stays on offer."""
        if self._lost >= len(_LOST_PATIENCE):
            raise error
        log.warning("task of %s was lost: %s: %s", job.name, type(error).__name__, error)
        time.sleep(_LOST_PATIENCE[self._lost])
        self._lost += 1


def read_job(job: Job, place: Workplace) -> Outcome:
    """Read one document and keep what was found; whatever happens, it ends in exactly one state."""
    with logs.about(job.sha256):
        began = time.monotonic()
        ended = _read_job(job, place)
        log.info("document read", extra={"state": ended.state, "seconds": round(time.monotonic() - began, 3)})
    return ended


def _read_job(job: Job, place: Workplace) -> Outcome:
    def pages(done: int, total: int) -> None:
        progress.listener().pages(job.name, done, total)

    try:
        reading = retried("reading", lambda: route.read(job.sha256, job.name, place, pages), on=OSError)
        ended = route.keep(job.sha256, job.name, reading, place)
    except Exception:
        log.exception("document failed: %s", job.name)
        rejection = Rejected("internal")
        refused = Refused(rejection.code, rejection.message)
        ended = route.keep(job.sha256, job.name, refused, place)
    end(job, ended, place)
    return ended


def end(job: Job, ended: Outcome, place: Workplace) -> None:
    place.jobs.end(job, ended.state, code=ended.code, message=ended.message, report_id=ended.report_id, worker=WORKER)


def _lock_name(job: Job, place: Workplace) -> str:
    return f"document {place.campaign.id} {job.sha256}"
