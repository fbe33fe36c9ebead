"""``./baocao serve`` as an operator meets it: the deployments, a run started from outside, a clean end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
PATIENCE = 120.0  # seconds; two busy cores start Prefect's server in up to 40


class Served:
    """A running ``serve`` with its data directory and the address of Prefect's API."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/api"
        self.log = folder / "serve.log"
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "BAOCAO_"))}
        own = {"BAOCAO_DATA_DIR": str(folder / "var"), "BAOCAO_PREFECT_ADDRESS": f"127.0.0.1:{port}"}
        self.environment = clean | own
        self.inbox = folder / "var" / "inbox"
        self.inbox.mkdir(parents=True)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flows", "serve"], env=self.environment, stdout=log, stderr=log, cwd=folder
            )

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def wait_for(self, what: str, path: str, body: dict[str, Any] | None, ready: Any) -> Any:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if ready(answer := self.ask(path, body)):
                    return answer
            except OSError:
                pass
            time.sleep(1)
        raise AssertionError(f"no {what} within {PATIENCE} s\n{self.log.read_text()}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(tmp_path_factory.mktemp("served"))
    yield running
    running.process.kill()
    running.process.wait()


@pytest.mark.slow
def test_a_killed_serve_takes_its_server_along(tmp_path: Path) -> None:
    running = Served(tmp_path)
    running.wait_for("health", "/health", None, bool)
    running.process.kill()
    running.process.wait()
    deadline = time.monotonic() + 30
    with pytest.raises(OSError):
        while time.monotonic() < deadline:
            running.ask("/health")
            time.sleep(0.5)


@pytest.mark.slow
def test_operators_find_the_deployments_and_the_night_is_scheduled(served: Served) -> None:
    found = served.wait_for("deployments", "/deployments/filter", {}, lambda answer: len(answer) == 3)
    by_name = {deployment["name"]: deployment for deployment in found}
    assert set(by_name) == {"ingest_inbox", "ingest_document", "consolidate"}
    for deployment in found:
        assert deployment["description"]
        for parameter in deployment["parameter_openapi_schema"]["properties"].values():
            assert parameter["description"]
    runs = served.wait_for("scheduled run", "/flow_runs/filter", {}, bool)
    assert all(run["expected_start_time"][11:16] == "18:00" for run in runs)  # 01:00 in Ho Chi Minh City


@pytest.mark.slow
def test_a_run_started_from_the_page_takes_the_inbox(served: Served) -> None:
    shutil.copy(INBOX / "BC_GDTM_THPT_Bui_Thi_Xuan.docx", served.inbox)
    deployment = served.wait_for("deployment", "/deployments/name/ingest_inbox/ingest_inbox", None, bool)
    run = served.ask(f"/deployments/{deployment['id']}/create_flow_run", {})
    ended = ("COMPLETED", "FAILED", "CRASHED")
    done = served.wait_for("end", f"/flow_runs/{run['id']}", None, lambda answer: answer["state_type"] in ended)
    assert done["state_type"] == "COMPLETED"
    status = subprocess.run(
        [sys.executable, "-P", "-m", "flows", "status", "--json"],
        env=served.environment,
        capture_output=True,
        check=True,
    )
    assert json.loads(status.stdout)["queue"]["processed"] == 1


@pytest.mark.slow
def test_an_interrupt_leaves_no_server_behind(served: Served) -> None:
    served.wait_for("health", "/health", None, bool)
    served.process.send_signal(signal.SIGINT)
    served.process.wait(60)
    with pytest.raises(OSError):
        served.ask("/health")
    assert not (served.inbox.parent / "prefect" / "serving").exists()
