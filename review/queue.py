"""The queue: which documents wait for a person, and why."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
