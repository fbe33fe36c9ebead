"""The admin's page: who may use the page."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
