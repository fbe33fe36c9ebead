"""Logging in, accounts, roles, and what every request goes through."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.testclient import TestClient

from review.access import COOKIE
from review.place import Place
from review.security import POLICY
from storage import history
from storage.review_schema import login_attempts, sessions, users
from storage.users import IDLE, LONGEST, TRIES, Users
from tests.review.conftest import PASSWORD, Visit


def shown_password(text: str) -> str:
    found = re.search(r'data-testid="password">([^<]+)<', text)
    assert found
    return found[1]


# -- logging in ------------------------------------------------------------------------------------------------------


def test_pages_lead_to_the_log_in_and_back(visit: Visit) -> None:
    nobody = visit("")
    answer = nobody.get("/search?q=số hóa")
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert address.startswith("/login?next=%2Fsearch%3Fq%3D")
    form = nobody.get(address).text
    found = re.search(r'name="next" value="([^"]*)"', form)
    assert found
    data = {"name": " LAN ", "password": PASSWORD, "next": html.unescape(found[1])}
    inside = nobody.post("/login", data=data)
    assert inside.status_code == 303 and inside.headers["location"].startswith("/search?q=")
    assert nobody.get(inside.headers["location"]).status_code == 200
    part = visit("").get("/operator/state", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/login")


@pytest.mark.parametrize("away", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)", "/\n/x"])
def test_logging_in_leads_nowhere_else(visit: Visit, away: str) -> None:
    answer = visit("").post("/login", data={"name": "lan", "password": PASSWORD, "next": away})
    assert answer.headers["location"] == "/"


def test_the_cookie(visit: Visit, app: FastAPI) -> None:
    answer = visit("").post("/login", data={"name": "lan", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie and "Path=/" in cookie
    with TestClient(app, base_url="https://duyet.test", follow_redirects=False) as secure:
        same = {"Sec-Fetch-Site": "same-origin"}
        answer = secure.post("/login", data={"name": "lan", "password": PASSWORD}, headers=same)
        assert "Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"]


def test_wrong_names_and_passwords_look_alike(visit: Visit, place: Place) -> None:
    nobody = visit("")
    texts = set()
    for name, password in (("lan", "sai-mat-khau"), ("khong-co", PASSWORD), ("", ""), ("lan", "")):
        answer = nobody.post("/login", data={"name": name, "password": password})
        assert answer.status_code in (401, 422)
        if answer.status_code == 401:
            texts.add(answer.text.replace(f'value="{name}"', ""))
    assert len(texts) == 1
    an = next(user for user in Users(place.engine).all() if user.name == "an")
    Users(place.engine).create("tam", "Tạm", "admin", PASSWORD, actor=None)
    Users(place.engine).change(an.id, full_name="Lê An", role="admin", active=False, actor="tam")
    assert nobody.post("/login", data={"name": "an", "password": PASSWORD}).status_code == 401


def test_guessing_is_slowed_down(visit: Visit, place: Place) -> None:
    nobody = visit("")
    for _ in range(TRIES):
        assert nobody.post("/login", data={"name": "lan", "password": "sai-mat-khau"}).status_code == 401
    answer = nobody.post("/login", data={"name": "lan", "password": PASSWORD})
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 600
    assert "Hãy đợi" in answer.text and COOKIE not in nobody.cookies
    assert nobody.post("/login", data={"name": "minh", "password": PASSWORD}).status_code == 303  # another name
    with place.engine.begin() as connection:  # a quarter of an hour later
        connection.execute(login_attempts.update().values(at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=16)))
    assert nobody.post("/login", data={"name": "lan", "password": PASSWORD}).status_code == 303


def test_one_address_cannot_guess_many_names(visit: Visit, place: Place) -> None:
    now = dt.datetime.now(dt.UTC)
    rows = [{"name": f"nguoi{n}", "address": "testclient", "at": now, "succeeded": False} for n in range(50)]
    with place.engine.begin() as connection:
        connection.execute(login_attempts.insert(), rows)
    assert visit("").post("/login", data={"name": "lan", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(("column", "age"), [("seen_at", IDLE), ("created_at", LONGEST)])
def test_sessions_end(visit: Visit, place: Place, column: str, age: dt.timedelta) -> None:
    lan = visit("lan")
    assert lan.get("/").status_code == 200
    with place.engine.begin() as connection:
        moment = dt.datetime.now(dt.UTC) - age - dt.timedelta(minutes=1)
        connection.execute(sessions.update().values({column: moment}))
    assert lan.get("/").status_code == 303


def test_logging_out_ends_the_session_for_good(visit: Visit) -> None:
    lan = visit("lan")
    token = lan.cookies[COOKIE]
    assert lan.get("/logout").status_code == 405  # a link cannot log anybody out
    assert lan.post("/logout").headers["location"] == "/login"
    lan.cookies.set(COOKIE, token)
    assert lan.get("/").status_code == 303


def test_the_database_holds_no_password_and_no_token(visit: Visit, place: Place) -> None:
    token = visit("lan").cookies[COOKIE]
    with place.engine.connect() as connection:
        hashes = list(connection.scalars(sa.select(users.c.password_hash)))
        tokens = list(connection.scalars(sa.select(sessions.c.token_hash)))
    assert all(one.startswith("$argon2id$") for one in hashes) and len(set(hashes)) == len(hashes)
    assert tokens and token not in tokens


def test_ones_own_password(visit: Visit) -> None:
    here, elsewhere = visit("lan"), visit("lan")
    new = "mật khẩu mới dài"

    def change(old: str, first: str, second: str) -> str:
        data = {"old": old, "new": first, "again": second}
        return here.post("/account/password", data=data).text

    assert "không đúng" in change("sai", new, new)
    assert "không giống nhau" in change(PASSWORD, new, new + "x")
    assert "ít nhất 10" in change(PASSWORD, "ngan", "ngan")
    assert "dễ đoán" in change(PASSWORD, "lan-lan-lan", "lan-lan-lan")
    assert "password-changed" in change(PASSWORD, new, new)
    assert here.get("/").status_code == 200 and elsewhere.get("/").status_code == 303
    assert visit("").post("/login", data={"name": "lan", "password": PASSWORD}).status_code == 401
    assert visit("").post("/login", data={"name": "lan", "password": new}).status_code == 303


# -- the admin -------------------------------------------------------------------------------------------------------


def test_an_admin_makes_users(visit: Visit, place: Place) -> None:
    an = visit("an")
    made = an.post("/users", data={"name": "Hoa.Le", "full_name": "Lê  Hoa", "role": "operator"})
    assert made.status_code == 201
    password = shown_password(made.text)
    assert password not in an.get("/users").text  # shown once
    browser = visit("")
    assert browser.post("/login", data={"name": "hoa.le", "password": password}).status_code == 303
    assert "Lê Hoa" in browser.get("/operator").text
    told = history.of_subject(place.engine, "user:hoa.le")
    assert [(one.action, one.actor) for one in told] == [("create_user", "an")]
    assert password not in str(told)
    for name, why in (("hoa.le", "Đã có"), ("Ñoño", "Tên đăng nhập"), ("a", "Tên đăng nhập"), ("../x", "Tên")):
        refused = an.post("/users", data={"name": name, "full_name": "<b>x</b>", "role": "operator"})
        assert refused.status_code == 422 and why in refused.text and "<b>x" not in refused.text
    assert an.post("/users", data={"name": "moi", "role": "root"}).status_code == 422


def test_an_admin_changes_users(visit: Visit, place: Place) -> None:
    an, lan = visit("an"), visit("lan")
    ids = {user.name: user.id for user in Users(place.engine).all()}
    data = {"full_name": "Nguyễn Lan", "role": "operator", "active": "true"}
    assert an.post(f"/users/{ids['lan']}", data=data).status_code == 303
    assert lan.post("/queue", data={"state": "confirmed"}).status_code == 403  # at once
    an.post(f"/users/{ids['lan']}", data={"full_name": "Nguyễn Lan", "role": "operator"})
    assert lan.get("/").status_code == 303  # logged out
    assert visit("").post("/login", data={"name": "lan", "password": PASSWORD}).status_code == 401
    last = an.post(f"/users/{ids['an']}", data={"full_name": "Lê An", "role": "reviewer", "active": "true"})
    assert last.status_code == 422 and "ít nhất một người quản trị" in last.text
    assert an.post("/users/999", data=data).status_code == 404
    assert an.post("/users/999/password").status_code == 404
    minh = visit("minh")
    password = shown_password(an.post(f"/users/{ids['minh']}/password").text)
    assert minh.get("/").status_code == 303
    assert visit("").post("/login", data={"name": "minh", "password": password}).status_code == 303


@pytest.mark.parametrize("name", ["minh", "lan"])
def test_nobody_else_manages_users(visit: Visit, place: Place, name: str) -> None:
    browser = visit(name)
    before = Users(place.engine).all()
    assert browser.get("/users").status_code == 403
    assert 'data-testid="nav-users"' not in browser.get("/").text
    for address in ("/users", "/users/1", "/users/1/password"):
        answer = browser.post(address, data={"name": "moi", "full_name": "Mới", "role": "admin", "active": "true"})
        assert answer.status_code == 403 and "không có quyền" in answer.text
    assert Users(place.engine).all() == before


# -- every request ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://duyet.test"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://duyet.test.evil.test"},
        {},
    ],
)
def test_writes_come_from_the_page_itself(app: FastAPI, visit: Visit, headers: dict[str, str]) -> None:
    admin = visit("an")
    with TestClient(app, base_url="http://duyet.test", follow_redirects=False) as foreign:
        foreign.cookies.set(COOKIE, admin.cookies[COOKIE])
        for address in ("/queue", "/users", "/operator/uploads", "/phrases", "/logout", "/login", "/account/password"):
            answer = foreign.post(address, headers=headers, data={"state": "confirmed"})
            assert answer.status_code == 403 and "không đến từ trang này" in answer.text
        assert foreign.get("/", headers=headers).status_code == 200  # reading is no danger
        assert foreign.post("/queue", headers={"Origin": "http://duyet.test"}, data={"state": "confirmed"}).is_redirect


def test_headers_leave_browsers_no_room(visit: Visit) -> None:
    lan = visit("lan")
    for address in ("/", "/login", "/nowhere", "/static/style.css", "/documents/999", "/operator/outputs/x"):
        headers = lan.get(address).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers
    assert "'unsafe" not in POLICY and "http" not in POLICY.replace("https:", "")
    assert lan.get("/").headers["cache-control"] == "no-store"
    versioned = re.search(r'href="(/static/style.css\?v=[^"]+)"', lan.get("/login").text)
    assert versioned and "immutable" in lan.get(versioned[1]).headers["cache-control"]
    assert "immutable" not in lan.get("/static/style.css").headers["cache-control"]


def test_errors_are_told_in_vietnamese(visit: Visit) -> None:
    lan = visit("lan")
    for address, status, title in (
        ("/nowhere", 404, "Không tìm thấy"),
        ("/documents/99999", 404, "Không tìm thấy"),
        ("/?state=gone", 422, "không đúng"),
        ("/queue", 405, "Không làm được"),
    ):
        answer = lan.get(address)
        assert answer.status_code == status and title in answer.text and "<html" in answer.text
        part = lan.get(address, headers={"HX-Request": "true"})
        assert part.status_code == status and title in part.text and "<html" not in part.text
    assert lan.get("/docs").status_code == lan.get("/openapi.json").status_code == 404


def test_a_form_may_not_be_endless(visit: Visit) -> None:
    lan = visit("lan")
    answer = lan.post("/queue", data={"state": "confirmed", "back": "x" * 5_000_000})
    assert answer.status_code == 413
    chunks = (b"back=" + b"x" * 100_000 for _ in range(60))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert lan.post("/queue", content=chunks, headers=form).status_code == 413
