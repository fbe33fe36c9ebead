"""Coverage: items × columns across units, down to the cell and its source; one item across all units."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
