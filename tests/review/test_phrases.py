"""What was learned, over HTTP: seen by all, taken back and brought back by reviewers."""

from __future__ import annotations

from review.place import Place
from storage.phrases import Phrases
from tests.review.conftest import Visit, reports


def test_learned_phrases_are_seen_withdrawn_and_brought_back(place: Place, visit: Visit) -> None:
    lan, phrases = visit("lan"), Phrases(place.engine)
    assert 'data-testid="empty"' in lan.get("/phrases").text
    known = phrases.learn(place.campaign.id, "Diên Hồng", actor="an", report_id=reports(place)["q1.pdf"])
    html = lan.get("/phrases").text
    assert "Diên Hồng" in html and "Lê An" in html and "q1.pdf" in html and "Đang dùng" in html
    assert lan.post(f"/phrases/{known.id}/withdraw").headers["location"] == f"/phrases#phrase-{known.id}"
    assert phrases.in_force(place.campaign.id) == ()
    assert "Đã thu hồi" in lan.get("/phrases").text and "Nguyễn Thị Lan" in lan.get("/phrases").text
    lan.post(f"/phrases/{known.id}/restore")
    assert phrases.in_force(place.campaign.id) == ("Diên Hồng",)
    lan.post("/phrases", data={"phrase": "  An   Phú "})
    assert phrases.in_force(place.campaign.id) == ("Diên Hồng", "An Phú")
    assert "Nhập tay" in lan.get("/phrases").text
    for bad, why in (("x", "2 đến 120"), ("...", "chữ đọc được"), ("Ti\ufffdng", "chữ đọc được"), ("a" * 121, "2 đến")):
        answer = lan.post("/phrases", data={"phrase": bad})
        assert answer.status_code == 422 and why in answer.text


def test_who_may_change_them(place: Place, visit: Visit) -> None:
    minh, phrases = visit("minh"), Phrases(place.engine)
    known = phrases.learn(place.campaign.id, "<b>Diên Hồng</b>", actor="an")
    other = phrases.learn("dot-khac", "Diên Hồng", actor="an")
    html = minh.get("/phrases").text
    assert "&lt;b&gt;Diên" in html and 'data-testid="withdraw"' not in html and 'data-testid="learn"' not in html
    assert minh.post("/phrases", data={"phrase": "An Phú"}).status_code == 403
    assert minh.post(f"/phrases/{known.id}/withdraw").status_code == 403
    lan = visit("lan")
    for address in (f"/phrases/{other.id}/withdraw", "/phrases/9999/restore", f"/phrases/{known.id}/forget"):
        assert lan.post(address).status_code == 404
    assert phrases.in_force("dot-khac") == ("Diên Hồng",)
