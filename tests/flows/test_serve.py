"""``./baocao serve`` as an operator meets it: the deployments, a run started from outside, a clean end."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import processes, servers

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
PATIENCE = 120.0  # seconds; two busy cores start Prefect's server in up to 40


class Served:
    """A running ``serve`` with its data directory and the address of Prefect's API."""

    def __init__(self, folder: Path) -> None:
        port, self.page = servers.free_port(), f"127.0.0.1:{servers.free_port()}"
        self.url = f"http://127.0.0.1:{port}/api"
        self.log = folder / "serve.log"
        self.data = folder / "var"
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "BAOCAO_"))}
        own = {
            "BAOCAO_DATA_DIR": str(self.data),
            "BAOCAO_PREFECT_ADDRESS": f"127.0.0.1:{port}",
            "BAOCAO_REVIEW_ADDRESS": self.page,
            "BAOCAO_KEEP_DAYS": "3",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "5",
        }
        self.environment = clean | own
        self.inbox = self.data / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
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

    def command(self, *arguments: str) -> bytes:
        command = [sys.executable, "-P", "-m", "flows", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False, cwd=self.data).stdout

    def start_run(self, name: str = "ingest_inbox") -> str:
        """As from Prefect's page; the run's id."""
        deployment = self.wait_for("deployment", f"/deployments/name/{name}/{name}", None, bool)
        asked = f"/deployments/{deployment['id']}/create_flow_run"
        run: str = self.wait_for("run", asked, {}, bool)["id"]  # the server refuses while its database is busy
        return run

    def ended(self, run: str) -> str:
        over = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        found: str = self.wait_for("end", f"/flow_runs/{run}", None, lambda answer: answer["state_type"] in over)[
            "state_type"
        ]
        return found

    def page_answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{self.page}/", timeout=5).close()
        except urllib.error.HTTPError:  # it asks who we are
            return True
        except OSError:
            return False
        return True


def fill(inbox: Path) -> None:
    for n in range(20):
        (inbox / f"{n}.txt").write_text(f"TRƯỜNG THPT LÊ QUÝ ĐÔN\nBáo cáo số {n}: đã triển khai.\n" * 50)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served(tmp_path_factory.mktemp("served"))
    yield running
    running.process.kill()
    running.process.wait()


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
    assert served.ended(served.start_run()) == "COMPLETED"
    assert json.loads(served.command("status", "--json"))["queue"]["processed"] == 1


@pytest.mark.slow
def test_prefect_forgets_what_is_old(served: Served) -> None:
    new, old = served.start_run(), served.start_run()
    assert served.ended(old) == served.ended(new) == "COMPLETED"
    with contextlib.closing(sqlite3.connect(served.data / "prefect" / "prefect.db", timeout=60)) as database:
        query = "UPDATE flow_run SET end_time = ? WHERE id = ?"
        for run, days in ((new, 2), (old, 4)):
            ended = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=days)
            assert database.execute(query, (str(ended), run)).rowcount == 1
        database.commit()

    def forgotten(run: str) -> bool:
        try:
            served.ask(f"/flow_runs/{run}")
        except urllib.error.HTTPError as error:
            return error.code == 404
        except OSError:
            pass
        return False

    assert processes.wait_until(lambda: forgotten(old), PATIENCE, 1)
    assert not forgotten(new)


@pytest.mark.slow
def test_the_review_page_is_open_and_comes_back(served: Served) -> None:
    assert processes.wait_until(served.page_answers, PATIENCE)
    (page,) = processes.named(served.data, "-m flows review")
    os.kill(page, signal.SIGKILL)
    assert processes.wait_until(lambda: not served.page_answers(), 10)
    assert processes.wait_until(served.page_answers, PATIENCE)


@pytest.mark.slow
def test_prefects_server_comes_back_and_runs_go_on(served: Served) -> None:
    served.wait_for("health", "/health", None, bool)
    (server,) = processes.named(served.data, "prefect.server")
    os.kill(server, signal.SIGKILL)
    run = served.start_run()  # waits until it is there again
    assert processes.named(served.data, "prefect.server") != [server]
    assert served.ended(run) == "COMPLETED"


@pytest.mark.slow
def test_a_killed_serve_takes_everything_along_and_the_next_one_works(tmp_path: Path) -> None:
    """Killed in the midst of a run: nothing survives it, and its run does not keep the next from starting."""
    killed = Served(tmp_path)
    try:
        fill(killed.inbox)
        killed.start_run()
        assert processes.wait_until(lambda: bool(processes.named(killed.data, "prefect.engine")), PATIENCE)
        assert processes.wait_until(lambda: len(processes.named(killed.data, "sandbox_server")) > 0, PATIENCE)
    finally:
        killed.process.kill()
        killed.process.wait()
    assert processes.left(killed.data) == {}

    again = Served(tmp_path)
    try:
        assert again.ended(again.start_run()) == "COMPLETED"
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(60) == 0, again.log.read_text()
        assert processes.left(again.data, 5) == {}
        assert list((again.data / "tmp").iterdir()) == []
        found = again.command("doctor", "--data", "--json")
        assert json.loads(found)["findings"] == [], found
    finally:
        again.process.kill()
        again.process.wait()


@pytest.mark.slow
def test_a_signal_ends_it_in_the_midst_of_a_run(served: Served) -> None:
    """Whichever of the two signals; nothing is left running and no temporary file is left lying."""
    fill(served.inbox)
    served.start_run()
    assert processes.wait_until(lambda: bool(processes.named(served.data, "sandbox_server")), PATIENCE)
    served.process.send_signal(signal.SIGINT)
    served.process.wait(60)
    assert processes.left(served.data, 5) == {}
    assert list((served.data / "tmp").iterdir()) == []
    assert not (served.data / "prefect" / "serving").exists()
