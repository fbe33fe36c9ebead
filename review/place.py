"""What the page works with. `flows` builds a `Place` and gives it the operations that need flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol

import msgspec
import sqlalchemy as sa
from fastapi import Depends, Request

from campaigns import Campaign
from extractors.intake import LARGEST
from storage import BlobStore, Repository

JobKind = Literal["ingest", "consolidate"]


class JobFile(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file of an ingest: a line of ``ingest --json``. ``state`` None: not through yet."""

    name: str
    state: str | None = None
    sha256: str | None = None
    message: str | None = None
    unit: str | None = None
    report_id: int | None = None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something started from the page. ``error``: why it ended badly, in Vietnamese; ``total`` grows while archives
    are opened."""

    id: str
    kind: JobKind
    started_by: str
    started_at: dt.datetime
    running: bool
    waiting: bool = False  # for another of its kind to end
    error: str | None = None
    done: int = 0
    total: int = 0
    files: tuple[JobFile, ...] = ()


class Operations(Protocol):
    """What the page asks of `flows`; nothing here waits for the work to end."""

    def new_upload(self) -> str:
        """Make an empty folder for uploads; its id."""
        ...

    def upload_folder(self, upload_id: str) -> Path:
        """Raises LookupError for an unknown id, or for one whose ingest was started."""
        ...

    def start_ingest(self, upload_id: str, started_by: str) -> str:
        """Read what lies in the folder, in a process of its own; the id of the job."""
        ...

    def start_consolidate(self, started_by: str) -> str: ...

    def job(self, job_id: str) -> Job:
        """Raises LookupError."""
        ...

    def jobs(self, limit: int = 20) -> Sequence[Job]:
        """Newest first."""
        ...

    def outputs(self) -> Sequence[Path]:
        """The files that the last consolidation wrote."""
        ...


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """``max_upload``: bytes a file may have."""

    engine: sa.Engine
    repository: Repository
    originals: BlobStore
    campaign: Campaign
    data_dir: Path
    operations: Operations
    max_upload: int = LARGEST


def place_of(request: Request) -> Place:
    place: Place = request.app.state.place
    return place


Here = Annotated[Place, Depends(place_of)]
"""A route's parameter of this type is the `Place`."""
