"""Where originals, reports and answers are kept. `open_database` and `open_blobs` are the ways in."""

from storage.blobs import Blob, BlobStore, BlobTooLarge, SourceChanged, open_blobs
from storage.database import DatabaseError, open_database
from storage.jobs import EndedJob, Job, Jobs
from storage.locks import Locks, locks_beside
from storage.repository import Repository
from storage.review_schema import users as _users  # noqa: F401 - from here on `metadata` has every table
from storage.writing import Conflict

__all__ = [
    "Blob",
    "BlobStore",
    "BlobTooLarge",
    "Conflict",
    "DatabaseError",
    "EndedJob",
    "Job",
    "Jobs",
    "Locks",
    "Repository",
    "SourceChanged",
    "locks_beside",
    "open_blobs",
    "open_database",
]
