"""The queue over HTTP: which documents wait and why, filters, order, pages, and decisions on several at once."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from campaigns import Campaign
from review import reasons, words
from review.place import Place
from review.waiting import Wanted, listed, neighbours
from storage import Repository
from storage.records import Place as Where
from storage.reviewing import Reviewing
from storage.users import User, Users
from tests.consolidation.conftest import Sender
from tests.review.conftest import Visit, reports


def names(html: str) -> list[str]:
    return re.findall(r'data-testid="open">([^<]*)<', html)


def person(place: Place, name: str) -> User:
    return next(user for user in Users(place.engine).all() if user.name == name)


def test_documents_by_state_with_their_counts(place: Place, visit: Visit) -> None:
    lan, ids, reviewing = visit("lan"), reports(place), Reviewing(place.engine)
    reviewing.decide(ids["so-gdtrh.docx"], "confirmed", person(place, "lan"))
    reviewing.decide(ids["q1.pdf"], "rejected", person(place, "lan"))
    reviewing.decide(ids["q3.pdf"], "postponed", person(place, "lan"), note="hỏi lại quận")
    reviewing.take(ids["gv.xlsx"], person(place, "an"))
    shown = {state: lan.get(f"/?state={state}").text for state in words.STATES}
    assert set(names(shown["to_review"])) == {"so-khtc.docx", "btx-2.docx", "cu-chi.txt", "khong-ro.docx"}
    assert names(shown["in_review"]) == ["gv.xlsx"] and "Lê An" in shown["in_review"]
    assert names(shown["postponed"]) == ["q3.pdf"] and "“hỏi lại quận”" in shown["postponed"]
    assert names(shown["confirmed"]) == ["so-gdtrh.docx"] and "Nguyễn Thị Lan" in shown["confirmed"]
    assert names(shown["rejected"]) == ["q1.pdf"]
    assert names(shown["superseded"]) == ["btx-1.docx"]
    counts = dict(re.findall(r'data-testid="tab-(\w+)".*?<span class="count">(\d+)</span>', shown["to_review"]))
    assert counts == {
        "to_review": "4", "in_review": "1", "postponed": "1", "confirmed": "1", "rejected": "1", "superseded": "1",
        "all": "9",
    }  # fmt: skip
    assert "hong.docx" not in "".join(shown.values())  # a file that could not be read has nothing to review


def test_reasons_are_told(place: Place, send: Sender, visit: Visit) -> None:
    send("chua-chac.docx", "PGD-Q4", cells={(1, "results"): ("answered", "Mờ"), (2, "results"): ("answered", "Mờ")},
         confidence=0.4)  # fmt: skip
    html = visit("lan").get("/").text
    rows = dict(re.findall(r'data-testid="open">([^<]*)<.*?<td class="why">(.*?)</td>', html, re.DOTALL))
    assert "Câu trả lời chưa chắc <b>2</b>" in rows["chua-chac.docx"]
    assert "Chưa chắc đơn vị" in rows["khong-ro.docx"]
    assert "Chỉ đọc được một phần" in rows["cu-chi.txt"]
    assert "Bản mới của đơn vị" in rows["btx-2.docx"]
    assert "Không có gì phải xem" in rows["gv.xlsx"], rows["gv.xlsx"]
    only = visit("lan").get("/", params={"reason": "unit_unsure"}).text
    assert names(only) == ["khong-ro.docx"]
    assert "gv.xlsx" in names(visit("lan").get("/", params={"reason": "none"}).text)


def test_a_change_finds_the_reasons_anew(place: Place, send: Sender) -> None:
    report_id = send("mo.docx", "PGD-Q4", cells={(1, "results"): ("answered", "Mờ")}, confidence=0.4)
    reviewing = Reviewing(place.engine)
    reasons.catch_up(place.repository, place.campaign)
    assert reviewing.reasons(place.campaign.id)[report_id] == {"answer_unsure": 1}
    (answer,) = place.repository.answers(report_id)
    place.repository.correct_answer(answer.id, status="answered", text="Rõ", author_name="lan")
    assert report_id not in reviewing.reasons(place.campaign.id)
    reasons.catch_up(place.repository, place.campaign)
    assert reviewing.reasons(place.campaign.id)[report_id] == {}
    unknown = reports(place)["khong-ro.docx"]
    assert "unit_unsure" in reviewing.reasons(place.campaign.id)[unknown]
    place.repository.assign_unit(unknown, "PGD-Q4", "district", author_name="lan")
    reasons.catch_up(place.repository, place.campaign)
    assert "unit_unsure" not in reviewing.reasons(place.campaign.id)[unknown]


def test_a_document_that_cannot_be_looked_through_stops_no_list(
    place: Place, send: Sender, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = send("la.docx", "PGD-Q4")
    find = reasons.reasons_of

    def fails_for_one(repository: Repository, campaign: Campaign, one: int) -> dict[str, int]:
        if one == report_id:
            raise KeyError("something that nobody has thought of")
        return find(repository, campaign, one)

    monkeypatch.setattr(reasons, "reasons_of", fails_for_one)
    html = visit("lan").get("/", params={"reason": "unexamined"}).text
    assert names(html) == ["la.docx"] and "Máy chưa xét được" in html
    reasons.note(place.repository, place.campaign, report_id + 99)  # erased meanwhile


def test_reasons_of_before_a_change_are_not_kept(place: Place, send: Sender) -> None:
    report_id = send("dang-sua.docx", "PGD-Q4", cells={(1, "results"): ("answered", "Mờ")}, confidence=0.4)
    reviewing = Reviewing(place.engine)
    as_of = reviewing.last_event(report_id)
    place.repository.add_answer(
        report_id, place=Where(item=2, column="results"), status="answered", text="Thêm", author_name="lan"
    )
    assert not reviewing.note_reasons(report_id, {"answer_unsure": 1}, as_of=as_of)
    assert report_id not in reviewing.reasons(place.campaign.id)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"unit": "SO-KHTC"}, {"so-khtc.docx"}),
        ({"unit": "quan 3"}, {"q3.pdf"}),
        ({"unit": "bùi thị"}, {"btx-2.docx"}),
        ({"group": "district"}, {"q1.pdf", "q3.pdf"}),
        ({"group": "unknown"}, {"khong-ro.docx"}),
        ({"late": "yes"}, {"q1.pdf", "q3.pdf"}),
        ({"late": "no", "group": "school"}, {"btx-2.docx", "gv.xlsx", "cu-chi.txt"}),
        ({"q": "CU-CHI"}, {"cu-chi.txt"}),
        ({"q": "%"}, set()),
        ({"state": "all", "reason": "new_version"}, {"btx-2.docx"}),
    ],
)
def test_filters(visit: Visit, query: dict[str, str], expected: set[str]) -> None:
    assert set(names(visit("minh").get("/", params=query).text)) == expected


def test_orders_and_pages(place: Place, send: Sender, visit: Visit) -> None:
    for n in range(60):
        send(f"tep-{n:02d}.docx", None, received=dt.datetime(2024, 6, 1, tzinfo=dt.UTC) + dt.timedelta(hours=n))
    reasons.catch_up(place.repository, place.campaign)
    lan = visit("lan")
    asked = {"q": "tep-", "sort": "received"}
    first, second = (names(lan.get("/", params={**asked, "page": page}).text) for page in (1, 2))
    assert first + second == [f"tep-{n:02d}.docx" for n in range(60)]
    assert len(first) == 50
    assert names(lan.get("/", params={**asked, "page": 99}).text) == second  # beyond the end: the last page
    newest = names(lan.get("/", params={**asked, "sort": "newest"}).text)
    assert newest[0] == "tep-59.docx"
    by_name = names(lan.get("/", params={"state": "all", "sort": "name"}).text)
    assert by_name[:2] == ["btx-1.docx", "btx-2.docx"]
    ids = reports(place)
    wanted = Wanted(q="tep-", sort="received")
    assert neighbours(place, ids["tep-01.docx"], wanted) == (ids["tep-00.docx"], ids["tep-02.docx"])
    assert neighbours(place, ids["tep-59.docx"], wanted) == (ids["tep-58.docx"], None)
    assert neighbours(place, ids["so-khtc.docx"], wanted) == (None, ids["tep-00.docx"])  # from outside the list
    assert listed(place, wanted).pages == 2


def test_several_are_decided_at_once(place: Place, visit: Visit) -> None:
    lan, ids, reviewing = visit("lan"), reports(place), Reviewing(place.engine)
    other = person(place, "an")
    seen_before = reviewing.decide(ids["q3.pdf"], "postponed", other).id
    reviewing.take(ids["gv.xlsx"], other)
    chosen = [f"{ids['q1.pdf']}:", f"{ids['so-khtc.docx']}:", f"{ids['gv.xlsx']}:", f"{ids['q3.pdf']}:"]
    answer = lan.post("/queue", data={"chosen": chosen, "state": "confirmed", "back": "/?group=district&sort=name"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?group=district&sort=name&done=2&held=1&changed=1"
    page = lan.get(answer.headers["location"]).text
    assert "2 tài liệu đã được chuyển tình trạng" in page and "1 tài liệu đang có người khác duyệt" in page
    assert {name for name, report in ids.items() if reviewing.state(report).state == "confirmed"} == {
        "q1.pdf",
        "so-khtc.docx",
    }
    assert reviewing.state(ids["q3.pdf"]).id == seen_before
    for state in ("postponed", "rejected", "to_review"):
        lan.post("/queue", data={"chosen": [f"{ids['q1.pdf']}:{reviewing.state(ids['q1.pdf']).id}"], "state": state})
        assert reviewing.state(ids["q1.pdf"]).state == state


@pytest.mark.parametrize("back", ["//evil.test", "https://evil.test", "/?a=1\r\nSet-Cookie: x=1", "/\\evil", "?q=é"])
def test_a_decision_leads_back_to_the_queue_only(visit: Visit, back: str) -> None:
    answer = visit("lan").post("/queue", data={"state": "confirmed", "back": back})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?") and "Set-Cookie: x" not in str(answer.headers)


def test_who_may_decide(place: Place, visit: Visit) -> None:
    report_id = reports(place)["q1.pdf"]
    data = {"chosen": [f"{report_id}:"], "state": "confirmed"}
    assert visit("minh").post("/queue", data=data).status_code == 403
    assert visit("").post("/queue", data=data).headers["location"] == "/login"
    assert 'name="chosen"' not in visit("minh").get("/").text
    assert Reviewing(place.engine).state(report_id).id is None
    assert visit("an").post("/queue", data=data).status_code == 303
    assert visit("lan").post("/queue", data={"chosen": ["0x1:"], "state": "confirmed"}).status_code == 422
    assert visit("lan").post("/queue", data={"chosen": ["99999:"], "state": "confirmed"}).status_code == 404
    assert visit("lan").post("/queue", data={"chosen": [f"{report_id}:"], "state": "gone"}).status_code == 422


def test_what_units_wrote_is_shown_and_never_run(place: Place, send: Sender, visit: Visit) -> None:
    send("<script>alert(1)</script>.docx", None, number='"><img src=x onerror=alert(1)>')
    html = visit("lan").get("/").text
    assert "<script>alert" not in html and "<img src=x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.docx" in html
