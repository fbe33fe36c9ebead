"""Importing this module loads all that showing a file needs; the fork server of the review page does so once."""

from __future__ import annotations

from extractors import reading, rendering

__all__ = ["rendering"]

reading.load_all()
