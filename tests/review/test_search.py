"""Search over HTTP, with and without marks, and the way from a hit to its place."""

from __future__ import annotations

import re

import pytest

from review.place import Place
from review.search import excerpt
from storage.search import marked
from tests.consolidation.conftest import Sender
from tests.review.conftest import Visit


def hits(text: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<p class="said">(.*?)</p>', text, re.DOTALL)]


SAID = "Đã lắp 45 bảng tương tác, khoá điện tử"


@pytest.fixture
def said(send: Sender) -> int:
    """A report that alone says `SAID`."""
    return send("bang.docx", "PGD-Q4", cells={(1, "results"): ("answered", SAID)})


@pytest.mark.parametrize(
    "query", ["bảng tương tác", "bang tuong tac", "BẢNG 45", "khóa điện tử", '"khoa dien tu"', "da lap tuong ta", "45"]
)
def test_with_and_without_marks(visit: Visit, said: int, query: str) -> None:
    assert hits(visit("minh").get("/search", params={"q": query}).text) == [SAID]


@pytest.mark.parametrize("query", ["", "  ", "%", '"', "không có trong đó", '"hóa số"', "so hoa xyz", "AND OR NOT *"])
def test_nothing_found(visit: Visit, query: str) -> None:
    answer = visit("minh").get("/search", params={"q": query})
    assert answer.status_code == 200 and hits(answer.text) == []


@pytest.mark.parametrize("query", ['a"b', "NEAR(a b)", "text:a", "a*", "-a", "a:b", "(", "a AND", "a^2", "\0", "'--"])
def test_no_query_is_an_error(visit: Visit, query: str) -> None:
    assert visit("minh").get("/search", params={"q": query}).status_code == 200


def test_a_hit_leads_to_the_answer(place: Place, said: int, visit: Visit) -> None:
    lan = visit("lan")
    html = lan.get("/search?q=bang tuong").text
    (answer,) = place.repository.answers(said)
    assert f'href="/documents/{said}#answer-{answer.id}"' in html
    assert "Phòng GDĐT Quận 4" in html and "bang.docx" in html and "Mục 1" in html
    assert "<mark>bảng</mark> <mark>tương</mark>" in html
    new = place.repository.correct_answer(answer.id, status="answered", text="Đã quét xong", author_name="lan")
    assert hits(lan.get("/search?q=bang tuong").text) == []  # what counts, not what was read
    assert f"#answer-{new.id}" in lan.get("/search?q=quet xong").text


def test_pages_and_foreign_text(place: Place, send: Sender, visit: Visit) -> None:
    cells = {(item.id, "results"): ("answered", "<script>alert('tìm')</script>") for item in place.campaign.items}
    for n in range(3):
        send(f"nhiều-{n}.docx", "PGD-Q4", cells=cells)
    minh = visit("minh")
    first = minh.get("/search?q=alert").text
    assert len(hits(first)) == 30 and "Trang 1/2" in first and "<script>alert" not in first
    assert len(hits(minh.get("/search?q=alert&page=2").text)) == 6
    assert hits(minh.get("/search?q=alert&page=9").text) == []
    assert minh.get("/search?q=alert&page=0").status_code == 422


def test_what_does_not_count_any_more_says_so(send: Sender, said: int, visit: Visit) -> None:
    minh = visit("minh")
    assert "not-counted" not in minh.get("/search?q=bang tuong").text
    send("bang-moi.docx", "PGD-Q4", date="2024-05-03", cells={(1, "results"): ("answered", "Bản mới")})
    assert "Đã có bản mới" in minh.get("/search?q=bang tuong").text


def test_long_answers_are_cut_around_the_word() -> None:
    text = "mở đầu " * 100 + "kinh phí được cấp " + "tiếp theo " * 100
    pieces = excerpt(list(marked(text, "kinh phi")))
    assert pieces[0][0].startswith("…") and pieces[-1][0].endswith("…")
    assert ("kinh", True) in pieces
    assert 300 < sum(len(one) for one, _ in pieces) < 600
    short = list(marked("kinh phí", "kinh"))
    assert excerpt(short) == short
