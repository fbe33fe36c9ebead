"""Where originals, reports and answers are kept. `open_database` and `BlobStore` are the ways in."""

from storage.blobs import Blob, BlobStore, BlobTooLarge
from storage.database import DatabaseError, open_database
from storage.repository import Repository
from storage.review_schema import users as _users  # noqa: F401 - from here on `metadata` has every table
from storage.writing import Conflict

__all__ = ["Blob", "BlobStore", "BlobTooLarge", "Conflict", "DatabaseError", "Repository", "open_database"]
