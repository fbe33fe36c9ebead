"""Settings: command-line flags over ``BAOCAO_*`` variables over ``baocao.toml`` in the current folder."""

from __future__ import annotations

import os
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec


class SettingsError(ValueError):
    """A setting cannot be used; the message is for the operator, in Vietnamese."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of a run. Paths are absolute; see README.md for what each means."""

    data_dir: Path = Path("var")
    database_url: str = ""
    blobs_url: str = ""
    inbox: Path = Path()
    inbox_done: Path | None = None
    mailbox: str = ""
    mailbox_password_file: Path | None = None
    mailbox_done: str = ""
    campaign: str = "2542-SGDDT-GDTrH"
    cron: str = "0 1 * * *"
    timezone: str = "Asia/Ho_Chi_Minh"
    review_address: str = "127.0.0.1:8765"
    prefect_address: str = "127.0.0.1:4200"
    prefect_api_url: str = ""
    prefect_database_url: str = ""
    work_pool: str = ""
    runner: Literal["threads", "dask"] = "threads"
    dask_scheduler: str = ""
    workers: int = 0
    log_format: Literal["text", "json"] = "text"
    metrics_address: str = ""
    keep_days: int = 90

    @property
    def prefect_home(self) -> Path:
        return self.data_dir / "prefect"


_ONE_AT_A_TIME = threading.Lock()
"""Readers load the settings for each document, in threads. Once in thousands of batches `msgspec.convert` (0.22) ended
the process on a null pointer in a thread, where nothing else converts."""


def load(flags: Mapping[str, object] | None = None, *, folder: Path | None = None) -> Settings:
    """Merge flags (None values are skipped), environment and ``baocao.toml`` of ``folder``. Raises `SettingsError`."""
    merged = _from_file((folder or Path.cwd()) / "baocao.toml")
    merged |= _from_environment()
    merged |= {key: value for key, value in (flags or {}).items() if value is not None}
    if str(merged.get("inbox", "")).startswith(("imap:", "imaps:")):
        merged["mailbox"] = merged.pop("inbox")
    try:
        with _ONE_AT_A_TIME:
            raw = msgspec.convert(merged, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"Cài đặt không hợp lệ: {error}") from error
    return _resolved(raw)


def make_data_dir(settings: Settings) -> None:
    """Make the data directory, if there is none, for its owner alone: reports hold names and telephone numbers."""
    settings.data_dir.parent.mkdir(parents=True, exist_ok=True)
    settings.data_dir.mkdir(mode=0o700, exist_ok=True)


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make another process load the same settings."""
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    return {f"BAOCAO_{name.upper()}": str(value) for name, value in values.items() if value not in (None, "")}


def _from_file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"Không đọc được {path}: {error}") from error


def _from_environment() -> dict[str, object]:
    found: dict[str, object] = {}
    for name in Settings.__struct_fields__:
        value = os.environ.get(f"BAOCAO_{name.upper()}")
        if value:
            found[name] = value
    return found


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def _resolved(raw: Settings) -> Settings:
    """Fill the defaults that depend on the data directory, and make every path absolute."""
    data = raw.data_dir.expanduser().absolute()
    if raw.runner == "dask" and not raw.dask_scheduler:
        raise SettingsError("BAOCAO_RUNNER=dask cần BAOCAO_DASK_SCHEDULER, ví dụ tcp://may-chu:8786.")
    return msgspec.structs.replace(
        raw,
        data_dir=data,
        database_url=raw.database_url or f"sqlite:///{data / 'baocao.db'}",
        blobs_url=raw.blobs_url or str(data / "blobs"),
        inbox=data / "inbox" if raw.inbox == Path() else raw.inbox.expanduser().absolute(),
        inbox_done=raw.inbox_done and raw.inbox_done.expanduser().absolute(),
        mailbox_password_file=raw.mailbox_password_file and raw.mailbox_password_file.expanduser().absolute(),
        workers=raw.workers if raw.workers > 0 else (os.cpu_count() or 1),
    )
