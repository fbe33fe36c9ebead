"""Uploading files, starting an ingest, what became of each file, and the outputs."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
