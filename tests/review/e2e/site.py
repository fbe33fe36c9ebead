"""A review page as people meet it: a data directory with reports that were read, served by the command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from flows import settings as configuration
from flows import workplace
from storage import Repository, open_database
from storage.users import Role, Users
from tests.review.receiving import receive

ROOT = Path(__file__).parents[3]
INBOX = ROOT / "samples" / "inbox"
CAMPAIGN = "2542-SGDDT-GDTrH"
PASSWORD = "mat-khau-de-thu"
PATIENCE_S = 60.0


class Site:
    """A data directory; ``url`` is set while it is served."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.url = ""

    def environment(self, **more: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "BAOCAO_"))}
        return clean | {"BAOCAO_DATA_DIR": str(self.data), "BAOCAO_CAMPAIGN": CAMPAIGN} | more

    def run(self, *arguments: str) -> str:
        """A command of the product; its stdout. Rejected files (exit 1) are for the caller to see in it."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "flows", *arguments],
            env=self.environment(), cwd=self.data.parent, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def read(self, paths: Sequence[Path]) -> None:
        """Receive, read and keep files one after the other, as an ingest does, without Prefect's server."""
        settings = configuration.load({"data_dir": self.data, "campaign": CAMPAIGN}, folder=self.data.parent)
        here = workplace.at(settings)
        for path in paths:
            ended = receive(here, path)
            assert ended.report_id, ended
        here.repository.engine.dispose()

    def consolidate(self) -> Path:
        out = self.data / "tong-hop"
        self.run("consolidate", "--out", str(out))
        return out

    def add_user(self, name: str, role: Role, full_name: str = "") -> None:
        engine = open_database(f"sqlite:///{self.data / 'baocao.db'}")
        Users(engine).create(name, full_name or name, role, PASSWORD, actor=None)
        engine.dispose()

    def report_id(self, name: str) -> int:
        with self.repository() as repository:
            return next(one.id for one in repository.reports(CAMPAIGN) if one.name == name)

    @contextmanager
    def repository(self) -> Iterator[Repository]:
        engine = open_database(f"sqlite:///{self.data / 'baocao.db'}")
        yield Repository(engine)
        engine.dispose()

    @contextmanager
    def served(self) -> Iterator[Site]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        log = self.data.parent / "review.log"
        with log.open("w") as stream:
            server = subprocess.Popen(
                [sys.executable, "-P", "-m", "flows", "review"],
                env=self.environment(BAOCAO_REVIEW_ADDRESS=address), cwd=self.data.parent, stdout=stream, stderr=stream,
            )  # fmt: skip
        self.url = f"http://{address}"
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not _answers(f"{self.url}/login"):
                assert server.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield self
        finally:
            server.terminate()
            server.wait(timeout=30)
            self.url = ""
        assert "Traceback" not in log.read_text(), log.read_text()

    def client(self, name: str | None = None) -> httpx.Client:
        """A browser without a window, logged in as ``name``."""
        client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, timeout=60.0)
        if name is not None:
            answer = client.post("/login", data={"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def log_in(page: Any, site: Site, name: str, path: str = "/") -> None:
    """Through the form, on to ``path``."""
    page.goto(f"{site.url}/login?next={path}")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("[data-testid=login]")
    page.wait_for_load_state("load")
