"""What the repair has learned from reviewers, to be seen and taken back."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
