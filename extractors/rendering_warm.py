"""Importing this module loads all that showing a file needs; the fork server of the review page does so once."""

from __future__ import annotations

from extractors import reading, rendering
from normalizers import Hints, Run, repair_document

__all__ = ["rendering"]

repair_document([[Run("K? ho?ch n?m h?c", None, None)]], Hints())  # reads the language model
reading.load_all()
