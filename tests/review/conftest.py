"""The real application on a real database in which units have behaved in every way we tell apart."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from campaigns import Campaign
from flows import settings as configuration
from flows.operations import Operations
from review import reasons
from review.access import COOKIE
from review.app import create_app
from review.place import Place
from storage import Repository, open_blobs, open_database
from storage.users import Users
from tests.consolidation.conftest import Sender, campaign, empty_database, full_points, inbox_database  # noqa: F401

PASSWORD = "mat-khau-dai-1"
PEOPLE = {"minh": ("Trần Minh", "operator"), "lan": ("Nguyễn Thị Lan", "reviewer"), "an": ("Lê An", "admin")}
TOKENS: dict[str, list[str]] = {}
Visit = Callable[[str], TestClient]


@pytest.fixture(scope="session")
def reviewed_database(inbox_database: Path, campaign: Campaign) -> Path:  # noqa: F811
    """The received inbox with its people, each logged in twice (`TOKENS`); every reason is known."""
    file = inbox_database.with_name("reviewed.db")
    engine = open_database(f"sqlite:///{shutil.copy(inbox_database, file)}")
    users = Users(engine)
    for name, (full_name, role) in PEOPLE.items():
        users.create(name, full_name, role, PASSWORD, actor=None)  # type: ignore[arg-type]
        TOKENS[name] = [users.log_in(name, PASSWORD, "testclient")[1] for _ in range(2)]
    reasons.catch_up(Repository(engine), campaign)
    engine.dispose()
    return file


@pytest.fixture
def place(
    reviewed_database: Path,
    campaign: Campaign,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Place]:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)  # an ingest starts a server of its own
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    settings = configuration.load({"data_dir": data}, folder=tmp_path)
    engine = open_database(f"sqlite:///{shutil.copy(reviewed_database, data / 'baocao.db')}")
    yield Place(
        engine=engine,
        repository=Repository(engine),
        originals=open_blobs(str(data / "blobs")),
        campaign=campaign,
        data_dir=data,
        operations=Operations(settings),
        max_upload=200_000,
    )
    engine.dispose()


@pytest.fixture
def send(place: Place) -> Sender:
    """One more report at a time."""
    return Sender(place.repository, place.campaign)


@pytest.fixture
def app(place: Place) -> FastAPI:
    return create_app(place)


@pytest.fixture
def visit(app: FastAPI) -> Iterator[Visit]:
    """A browser by its user's name, with a session of its own; ``""`` is logged in as nobody."""
    opened: list[TestClient] = []
    sessions = {name: list(tokens) for name, tokens in TOKENS.items()}

    def open_as(name: str) -> TestClient:
        client = TestClient(
            app,
            base_url="http://duyet.test",
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        opened.append(client)
        if name and sessions[name]:  # logging in takes a tenth of a second on purpose
            client.cookies.set(COOKIE, sessions[name].pop())
        elif name:
            answer = client.post("/login", data={"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    yield open_as
    for client in opened:
        client.close()


def reports(place: Place) -> dict[str, int]:
    """The id of each report by its file's name."""
    return {report.name: report.id for report in place.repository.reports(place.campaign.id)}
