"""Prefect's server for flows that run inside the test's own process, and settings of their own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import settings
from flows.settings import Settings


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # Set before the import: a test must neither call out nor meet the telemetry's writes on a locked database.
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        patch.setenv("DO_NOT_TRACK", "1")
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=120):
            yield


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.__struct_fields__:
        monkeypatch.delenv(f"BAOCAO_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAOCAO_DATA_DIR", str(tmp_path / "var"))
    inbox = tmp_path / "var" / "inbox"
    inbox.mkdir(parents=True)
    return settings.load()
