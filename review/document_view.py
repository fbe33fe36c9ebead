"""One document beside its answers."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/documents")
