"""What the machine's monitoring is told, without a log-in and without a word about anybody."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

LOCAL = ("127.0.0.1", 50000)


def test_health_needs_no_login(app: FastAPI) -> None:
    answer = TestClient(app).get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "data": "ok"}


def test_a_lost_database_is_told(app: FastAPI, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def refuse(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("password=bi-mat"))

    monkeypatch.setattr(type(app.state.place.engine), "connect", refuse)
    answer = TestClient(app).get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "database": "OperationalError", "data": "ok"}


def test_metrics_answer_this_machine_alone(app: FastAPI) -> None:
    assert TestClient(app, client=LOCAL).get("/metrics").status_code == 200
    assert TestClient(app, client=("::1", 1)).get("/metrics").status_code == 200
    for other in (("10.0.0.7", 1), ("testclient", 1)):
        assert TestClient(app, client=other).get("/metrics").status_code == 404


def test_metrics_are_numbers_about_the_whole(app: FastAPI, visit: Callable[[str], TestClient]) -> None:
    text = TestClient(app, client=LOCAL).get("/metrics").text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    counts = {sample.labels["state"]: sample.value for sample in families["baocao_files"].samples}
    stored = app.state.place.repository.queue_sizes(app.state.place.campaign.id)
    assert counts["duplicate"] == stored["duplicate"] and counts["processed"] > 0
    assert families["baocao_readings"].samples[0].value > 0
    assert families["process_resident_memory_bytes"].samples[0].value > 0
    labels = {name for family in families.values() for sample in family.samples for name in sample.labels}
    assert labels <= {"campaign", "state", "quantile", "implementation", "major", "minor", "patchlevel", "version"}
    for report in app.state.place.repository.reports(app.state.place.campaign.id):
        assert report.name not in text and report.sha256[:8] not in text
        assert report.unit_id is None or report.unit_id not in text
