"""The document view over HTTP: who may do what, what every answer forbids the browser, conflicts, the history."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from httpx import Response
from starlette.testclient import TestClient

from flows import reviewing, workplace
from flows import settings as configuration
from flows.operations import Operations
from flows.workplace import Workplace
from review.app import create_app
from review.security import POLICY
from storage import history
from storage.records import StoredAnswer
from storage.users import Users
from tests.review.receiving import receive

PASSWORD = "mat-khau-de-thu"
PEOPLE = (("lan", "Nguyễn Thị Lan", "admin"), ("minh", "Trần Văn Minh", "reviewer"), ("van", "Lê Thị Vân", "operator"))
PAGED = Path(__file__).parents[2] / "samples" / "inbox" / "2. BC thuc hien QD 3249 (Q.5).pdf"
HOSTILE = "<script>alert(1)</script>.txt"
TEXT = """TRƯỜNG THPT MARIE CURIE
BÁO CÁO
Thực hiện Công văn số 2542/SGDĐT-GDTrH
1. Hệ thống quản lý giáo dục, dạy học thông minh
Trường có 12 phòng máy. <script>alert(2)</script>
2. Thuận lợi, khó khăn
Không có "khó khăn" nào & 'không' <b>gì</b> thêm.
"""
Enter = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a text (report 1) and a PDF (report 2) that were read."""
    folder = tmp_path_factory.mktemp("received")
    here = workplace.at(configuration.load({"data_dir": folder / "var"}, folder=folder))
    for name, full_name, role in PEOPLE:
        Users(here.repository.engine).create(name, full_name, role, PASSWORD, actor=None)  # type: ignore[arg-type]
    hostile = folder / "hostile.txt"
    hostile.write_text(TEXT, encoding="utf-8")
    for path, name in ((hostile, HOSTILE), (PAGED, PAGED.name)):
        assert receive(here, path, name).report_id
    here.repository.engine.dispose()
    return folder / "var"


@pytest.fixture
def here(received: Path, tmp_path: Path) -> Workplace:
    shutil.copytree(received, tmp_path / "var")
    return workplace.at(configuration.load({"data_dir": tmp_path / "var"}, folder=tmp_path))


@pytest.fixture
def enter(here: Workplace) -> Iterator[Enter]:
    """Browsers of people who are logged in."""
    app = create_app(reviewing.place_at(here.settings, Operations(here.settings)))

    def entered(name: str) -> TestClient:
        client = TestClient(app, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
        assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
        return client

    yield entered
    app.state.page_images.close()


def test_only_those_who_may(enter: Enter, here: Workplace) -> None:
    stranger = TestClient(enter("van").app, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
    answer = _answer(here)
    change = {"where": "point:school.1", "text": "khác"}
    for path in ("", "/panel", "/history", "/original", "/pages/1", "/turn"):
        sent = stranger.get(f"/documents/1{path}")
        assert sent.status_code == 303 and sent.headers["location"].startswith("/login?next=%2Fdocuments%2F1")
    assert stranger.post(f"/documents/1/answers/{answer.id}", data=change).status_code == 303
    operator = enter("van")
    assert operator.get("/documents/1").status_code == 200
    for path in (
        f"/answers/{answer.id}", f"/answers/{answer.id}/confirm", f"/answers/{answer.id}/withdraw", "/answers",
        "/unit", "/letterhead/number", "/state", "/lease", "/leave", "/undo", "/confirm-above", "/phrases",
        f"/answers/{answer.id}/split", f"/answers/{answer.id}/letters",
    ):  # fmt: skip
        assert operator.post(f"/documents/1{path}", data=change).status_code in (403, 422), path
    assert "data-act" not in operator.get("/documents/1").text
    assert not history.of_report(here.repository.engine, 1)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://khac.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
     {"Sec-Fetch-Site": "none", "Origin": "http://testserver"}, {"Origin": "null"}],
)  # fmt: skip
def test_another_site_writes_nothing(enter: Enter, here: Workplace, headers: dict[str, str]) -> None:
    client = enter("minh")
    del client.headers["Sec-Fetch-Site"]
    answer = _answer(here)
    sent = client.post(f"/documents/1/answers/{answer.id}/withdraw", headers=headers)
    assert sent.status_code == 403
    assert here.repository.answer(answer.id) == _answer(here)
    assert client.post("/documents/1/answers", headers={"Origin": "http://testserver"}, data={}).status_code == 422


def test_every_answer_leaves_the_browser_no_room(enter: Enter, here: Workplace) -> None:
    client = enter("minh")
    assert "default-src 'none'" in POLICY and "unsafe" not in POLICY
    paths = (
        "",
        "/panel",
        "/history",
        "/original",
        "/turn",
        "/new",
        f"/answers/{_answer(here).id}/form?mode=edit",
        "/x",
    )
    for path in paths:
        sent = client.get(f"/documents/1{path}")
        assert sent.headers["content-security-policy"] == POLICY
        assert sent.headers["x-content-type-options"] == "nosniff"
        if sent.headers["content-type"].startswith("text/html"):
            _nothing_inline(sent.text)
    assert client.get("/documents/2/pages/1").headers["content-security-policy"] == POLICY
    assert client.get("/documents/999").status_code == 404
    assert client.post("/documents/1/answers", data={"where": "item:1"}, headers={"Sec-Fetch-Site": "x"}).headers[
        "content-security-policy"
    ]


def test_what_a_report_says_is_text(enter: Enter) -> None:
    for path in ("", "/panel"):
        told = enter("minh").get(f"/documents/1{path}").text
        assert "&lt;script&gt;alert(2)" in told
        assert "<script>alert" not in told and "<b>gì</b>" not in told


def test_originals_are_saved_never_opened(enter: Enter) -> None:
    client = enter("van")
    text, paged = client.get("/documents/1/original"), client.get("/documents/2/original")
    for sent in (text, paged):
        assert sent.headers["content-type"] == "application/octet-stream"
        assert sent.headers["content-disposition"].startswith("attachment;")
    assert "script%3E.txt" in text.headers["content-disposition"] and "<" not in text.headers["content-disposition"]
    assert text.text == TEXT
    assert paged.content == PAGED.read_bytes()


def test_pictures_of_pages(enter: Enter) -> None:
    client = enter("van")
    sent = client.get("/documents/2/pages/1?w=1000")
    assert sent.status_code == 200 and sent.headers["content-type"] == "image/webp"
    assert sent.headers["cache-control"].startswith("private")
    assert sent.content[:4] == b"RIFF"
    for path in ("/documents/2/pages/99", "/documents/2/pages/0", "/documents/2/pages/1?w=7", "/documents/1/pages/1"):
        assert client.get(path).status_code == 404
    page = client.get("/documents/2").text
    assert 'data-page="1"' in page and "<svg viewBox=" in page


def test_the_second_of_two_is_told(enter: Enter, here: Workplace) -> None:
    lan, minh = enter("lan"), enter("minh")
    seen = _answer(here)
    assert _correct(lan, seen, "Trường có 13 phòng máy.").status_code == 200
    late = _correct(minh, seen, "Trường có 14 phòng máy.")
    assert late.status_code == 409
    assert "Nguyễn Thị Lan" in late.text
    assert re.sub("<[^>]+>", "", late.text).count("phòng máy.") >= 2
    for path in ("confirm", "withdraw", "split"):
        data = {"where": "point:school.1", "kept": "a", "text": "b"}
        assert minh.post(f"/documents/1/answers/{seen.id}/{path}", data=data).status_code == 409
    assert _answer(here).text == "Trường có 13 phòng máy."

    # The same for what is decided about the document as a whole.
    assert lan.post("/documents/1/letterhead/number", data={"value": "1/BC", "seen": ""}).status_code == 200
    assert minh.post("/documents/1/letterhead/number", data={"value": "2/BC", "seen": ""}).status_code == 409
    unit = {"unit": "PGD-Q5", "seen": "THPT-MARIE-CURIE"}
    assert lan.post("/documents/1/unit", data=unit).status_code == 200
    assert minh.post("/documents/1/unit", data=unit).status_code == 409
    assert lan.post("/documents/1/state", data={"state": "confirmed"}).status_code == 204
    assert minh.post("/documents/1/state", data={"state": "postponed"}).status_code == 409
    assert lan.post("/documents/1/undo", data={"event": 1}).status_code == 409


def test_who_holds_a_document(enter: Enter, here: Workplace) -> None:
    lan, minh = enter("lan"), enter("minh")
    assert lan.post("/documents/1/lease").text == ""
    held = minh.post("/documents/1/lease")
    assert "Nguyễn Thị Lan" in held.text
    assert minh.post("/documents/1/state", data={"state": "confirmed"}).status_code == 409
    assert minh.post("/documents/1/lease", data={"take_over": "true"}).text == ""
    assert "Trần Văn Minh" in lan.post("/documents/1/lease").text
    assert minh.post("/documents/1/leave").status_code == 204
    assert lan.post("/documents/1/lease").text == ""


def test_an_answer_of_another_document_is_none_of_this(enter: Enter, here: Workplace) -> None:
    minh = enter("minh")
    other = next(iter(here.repository.answers(2)))
    for path in ("", "/confirm", "/withdraw", "/split", "/letters"):
        data = {"where": "item:1", "column": "results", "kept": "a", "text": "b", "repair": 1, "start": 0, "choice": 0}
        assert minh.post(f"/documents/1/answers/{other.id}{path}", data=data).status_code == 404
    assert minh.get(f"/documents/1/answers/{other.id}/form").status_code == 404


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("answers", {"where": "item:99", "column": "results", "text": "x"}),
        ("answers", {"where": "item:1", "column": "không có", "text": "x"}),
        ("answers", {"where": "point:", "text": "x"}),
        ("answers", {"where": "item:1", "column": "results", "status": "khác"}),
        ("unit", {"unit": "Đơn vị không có"}),
        ("letterhead/date", {"value": "31/02/2024"}),
        ("state", {"state": "in_review"}),
        ("confirm-above", {"threshold": "0.1"}),
        ("confirm-above", {"threshold": "nan"}),
    ],
)
def test_what_cannot_be_is_refused(enter: Enter, here: Workplace, path: str, data: dict[str, str]) -> None:
    assert enter("minh").post(f"/documents/1/{path}", data=data).status_code == 422
    assert not history.of_report(here.repository.engine, 1)


def test_the_history_tells_every_change(enter: Enter, here: Workplace) -> None:
    minh = enter("minh")
    answer = _answer(here)
    _correct(minh, answer, "Trường có 13 phòng máy.\nVà một thư viện.")
    _correct(minh, _answer(here), "Trường có 13 phòng máy.\nVà một thư viện.", where="point:school.3")
    moved = _answer(here, "school.3")
    data = {"where": "point:school.2", "kept": "Trường có 13 phòng máy.", "text": "Và một thư viện."}
    minh.post(f"/documents/1/answers/{moved.id}/split", data=data)
    minh.post(f"/documents/1/answers/{_answer(here, 'school.3').id}/confirm")
    minh.post(f"/documents/1/answers/{_answer(here, 'school.3').id}/withdraw")
    minh.post("/documents/1/answers", data={"where": "item:5", "column": "results", "text": "Mới thêm."})
    minh.post("/documents/1/letterhead/date", data={"value": "3/5/2024", "seen": ""})
    minh.post("/documents/1/unit", data={"unit": "Phòng GDĐT Quận 5", "seen": "THPT-MARIE-CURIE"})
    minh.post("/documents/1/phrases", data={"phrase": "Marie Curie"})
    events = history.of_report(here.repository.engine, 1)
    minh.post("/documents/1/undo", data={"event": next(one.id for one in events if one.action == "unit")})
    minh.post("/documents/1/lease")
    enter("lan").post("/documents/1/lease", data={"take_over": "true"})
    enter("lan").post("/documents/1/state", data={"state": "postponed", "note": "chờ phụ lục"})

    events = history.of_report(here.repository.engine, 1)
    assert [event.action for event in reversed(events)] == [
        "correct", "move", "split", "confirm", "withdraw", "add", "letterhead", "unit", "learn", "undo",
        "take_over", "state",
    ]  # fmt: skip
    assert [event.actor for event in events] == ["lan"] * 2 + ["minh"] * 10
    first = events[-1]
    assert first.before[0]["text"] == answer.text
    assert first.after[0]["text"] == "Trường có 13 phòng máy.\nVà một thư viện."

    told = re.sub("<[^>]+>", "", minh.get("/documents/1/history").text)
    for words in (
        "Sửa câu trả lời", "Chuyển câu trả lời", "Tách câu trả lời", "Chấp nhận câu trả lời", "Rút bỏ câu trả lời",
        "Thêm câu trả lời", "Sửa phần đầu văn bản", "Xác định đơn vị", "Ghi nhớ cách đọc", "Hoàn tác",
        "Nhận duyệt thay", "Đổi tình trạng duyệt", "Để lại sau", "chờ phụ lục", "Nguyễn Thị Lan", "Trần Văn Minh",
    ):  # fmt: skip
        assert words in told, words


def _answer(here: Workplace, point: str = "school.1") -> StoredAnswer:
    return next(one for one in here.repository.answers(1) if one.point == point)


def _correct(client: TestClient, answer: StoredAnswer, text: str, where: str = "") -> Response:
    data = {"where": where or f"point:{answer.point}", "text": text, "status": "answered"}
    return client.post(f"/documents/1/answers/{answer.id}", data=data)


def _nothing_inline(html: str) -> None:
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"<[^>]*\s(style|on\w+)=", html)
    assert not re.search(r"""(src|href|action|hx-\w+)=["'](https?:)?//""", html)


def test_a_file_that_could_not_be_read_says_why_and_asks_for_nothing(enter: Enter, here: Workplace) -> None:
    empty = here.settings.data_dir / "rong.docx"
    empty.touch()
    refused = receive(here, empty)
    assert refused.state == "rejected" and refused.message
    told = enter("minh").get(f"/documents/{refused.report_id}").text
    assert told.count(refused.message) >= 2 and "Không đọc được" in told
    assert "data-act" not in told and 'data-testid="confirm"' not in told and 'class="item' not in told
