"""Every route takes whatever may come: requests made from the routes' own schema never end in an error of ours."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections import Counter
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from review.access import COOKIE
from review.place import Place
from storage.phrases import Phrases
from storage.review_schema import sessions, users
from tests.review.conftest import Visit, reports

EXAMPLES = 12
_STARTS_A_PROCESS = {"/operator/consolidate"}  # has its own test


def known_values(place: Place) -> dict[str, list[Any]]:
    """Parameters of paths that lead somewhere; random ones seldom do."""
    ids = list(reports(place).values())
    answers = [answer.id for report_id in ids[:3] for answer in place.repository.answers(report_id)][:20]
    phrase = Phrases(place.engine).learn(place.campaign.id, "Diên Hồng", actor="an")
    return {
        "report_id": ids,
        "answer_id": answers,
        "arrival_id": list(range(1, 12)),
        "upload_id": [place.operations.new_upload()],
        "user_id": [1, 2],
        "phrase_id": [phrase.id],
        "item_id": [1, 12],
        "unit_id": ["THPT-GO-VAP", "PGD-TD"],
        "number": [1, 2],
        "field": ["number", "date"],
    }


def test_no_request_ends_in_an_error_of_ours(app: FastAPI, place: Place, visit: Visit) -> None:
    schema = schemathesis.openapi.from_dict(get_openapi(title="baocao", version="1", routes=app.routes))
    known = known_values(place)
    statuses: Counter[int] = Counter()
    tried: set[str] = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in _STARTS_A_PROCESS:
            tried.add(f"{operation.method.upper()} {operation.path}")
            browser = visit("")
            browser.cookies.set(COOKIE, admitted(place))
            answers_whatever_comes(operation, browser, known, statuses)
    assert len(tried) > 40 and {"POST /queue", "GET /documents/{report_id}"} <= tried, tried
    assert statuses[200] > 50, statuses  # not all of it was refused at the door


def admitted(place: Place) -> str:
    """A session of an admin, whatever the requests before did to users."""
    token, now = secrets.token_urlsafe(), dt.datetime.now(dt.UTC)
    with place.engine.begin() as connection:
        connection.execute(users.update().where(users.c.name == "an").values(role="admin", active=True))
        user_id = connection.scalar(sa.select(users.c.id).where(users.c.name == "an"))
        digest = hashlib.sha256(token.encode()).hexdigest()
        connection.execute(sessions.insert().values(token_hash=digest, user_id=user_id, created_at=now, seen_at=now))
    return token


def answers_whatever_comes(
    operation: Any, browser: TestClient, known: dict[str, list[Any]], statuses: Counter[int]
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), data=st.data())
    def holds(case: schemathesis.Case, data: st.DataObject) -> None:
        for name in case.path_parameters:
            if name in known and data.draw(st.integers(0, 3)):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        made = case.as_transport_kwargs(base_url="http://duyet.test")
        sent = {key: made[key] for key in _SENT if made.get(key)}
        sent["headers"] = {**dict(sent.get("headers", {})), "Sec-Fetch-Site": "same-origin"}
        answer = browser.request(**sent)
        statuses[answer.status_code] += 1
        assert answer.status_code < 500, f"{case.method} {answer.request.url}: {answer.text[:300]}"

    holds()


_SENT = ("method", "url", "params", "data", "json", "files", "headers")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods(visit: Visit, method: str) -> None:
    answer = visit("an").request(method, "/queue")
    assert answer.status_code == 405
