"""Search across all answers."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
