"""Logs on stderr: lines for people, or with ``BAOCAO_LOG_FORMAT=json`` one JSON object a line for programs.

A line says which document it is about by the start of its SHA-256, never by its text: what a report says is logged at
debug only, and names of files, which may be names of people, only with what an operator has to act upon (warnings and
errors). Results, and the progress of ``ingest``, are no logs.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec

from flows.settings import Settings

OURS = ("flows", "review", "consolidation", "storage", "extractors", "normalizers", "campaigns")
SHOWN = 12  # characters of a SHA-256
_document: ContextVar[str | None] = ContextVar("document", default=None)
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@contextmanager
def about(sha256: str) -> Iterator[None]:
    """Lines that are logged inside the block, by this thread, are about the document."""
    token = _document.set(sha256[:SHOWN])
    try:
        yield
    finally:
        _document.reset(token)


class JsonLines(logging.Formatter):
    """``{"time", "level", "logger", "message"}`` with ``document``, ``error`` and all that a call gave as ``extra``.

    Prefect's own additions (the names of runs) are left out: the names of its task runs are those of files.
    """

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (document := _document.get()) is not None:
            told["document"] = document
        if record.name.partition(".")[0] in OURS:
            told |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(told, enc_hook=str).decode()


def environment(settings: Settings) -> dict[str, str]:
    """Variables that make Prefect, and its server, write the same lines."""
    if settings.log_format != "json":
        return {}
    return {
        "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": f"{__name__}.{JsonLines.__name__}",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
    }


def install(settings: Settings) -> None:
    """For a command; one that imports Prefect has the handler from there (`environment`)."""
    if settings.log_format != "json":
        return
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
