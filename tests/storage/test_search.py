"""Search over answers: the same on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from extractors.report import Report
from storage import Repository
from storage.search import COUNTED, Term, marked, search, terms
from tests.storage.test_corrections import CAMPAIGN, store

Make = Callable[..., Report]
SAID = "Đã số hóa 100% hồ sơ; kinh phí 1,5 tỷ đồng (QĐ 3249/QĐ-UBND)"


def found(engine: sa.Engine, query: str, **more: int) -> list[str]:
    return [hit.answer.text for hit in search(engine, CAMPAIGN, query, **more).hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kinh phí", (Term(("kinh",)), Term(("phi",), begins=True))),
        ('"Kinh PHÍ" đề án', (Term(("kinh", "phi")), Term(("de",)), Term(("an",), begins=True))),
        ("3249/QĐ-UBND", (Term(("3249", "qd", "ubnd"), begins=True),)),
        ('"chưa đóng', (Term(("chua", "dong")),)),
        ("a", (Term(("a",)),)),
        ("  ", ()),
        ("% ; '", ()),
    ],
)
def test_what_a_query_asks_for(query: str, expected: tuple[Term, ...]) -> None:
    assert terms(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "số hóa", "SO HOA", "sô hoá", "hồ sơ", "ho so 100", '"100% hồ sơ"', "kinh ph", "3249", "3249/QĐ-UBND",
        "ty dong", "ho kinh", "1,5 tỷ", "so:*", "!kinh", '"so hoa" "kinh phi"', "qd-ub",
    ],
)  # fmt: skip
def test_answers_are_found_with_and_without_marks(
    repository: Repository, engine: sa.Engine, make_report: Make, query: str
) -> None:
    store(repository, make_report(cells={(1, "results"): ("answered", SAID)}, points={}))
    assert found(engine, query) == [SAID]


@pytest.mark.parametrize(
    "query",
    ['"hóa số"', "số hóa xong", "sốhóa", '"ho kinh"', "", "%", "NEAR(so hoa, 1)", "kinh & tế", "\0"],
)
def test_what_is_not_there_is_not_found(
    repository: Repository, engine: sa.Engine, make_report: Make, query: str
) -> None:
    store(repository, make_report(cells={(1, "results"): ("answered", SAID)}, points={}))
    assert found(engine, query) == []


def test_only_what_counts_is_found(repository: Repository, engine: sa.Engine, make_report: Make) -> None:
    report_id = store(repository, make_report(cells={(1, "results"): ("answered", SAID)}, points={}))
    (answer,) = repository.answers(report_id)
    new = repository.correct_answer(answer.id, status="answered", text="Đã quét", author_name="lan")
    assert found(engine, "hồ sơ") == [] and found(engine, "quét") == ["Đã quét"]
    repository.withdraw_answer(new.id, author_name="lan")
    assert found(engine, "quét") == []
    assert search(engine, "dot-khac", "quét").total == 0


def test_of_two_readings_the_later_counts(repository: Repository, engine: sa.Engine, make_report: Make) -> None:
    for version, text in (("1", "Bản đọc cũ"), ("2", "Bản đọc mới")):
        store(repository, make_report(cells={(1, "results"): ("answered", text)}, points={}), version)
    assert found(engine, "bản đọc") == ["Bản đọc mới"]


def test_hits_come_in_pages(repository: Repository, engine: sa.Engine, make_report: Make) -> None:
    cells = {(item, "results"): ("answered", f"Phòng máy số {item}") for item in range(1, 8)}
    report_id = store(repository, make_report(cells=cells, points={}))
    whole = search(engine, CAMPAIGN, "phong may")
    assert whole.total == 7 and {hit.answer.report_id for hit in whole.hits} == {report_id}
    assert (whole.hits[0].file, whole.hits[0].unit_id, whole.hits[0].unit_group) == ("bao-cao.docx", "THPT-A", "school")
    assert found(engine, "phong may", limit=3) + found(engine, "phong may", limit=9, offset=3) == [
        hit.answer.text for hit in whole.hits
    ]
    assert COUNTED >= 1000


def test_words_that_were_asked_for_are_marked() -> None:
    assert list(marked("Số hóa: kinh phí, kinhphí.", "so kinh ph")) == [
        ("", False), ("Số", True), (" hóa: ", False), ("kinh", True), (" ", False), ("phí", True),
        (", kinhphí.", False),
    ]  # fmt: skip
    for text in ("", "Số", "e\u0301 đ", "𝐒𝐨 so"):
        assert "".join(piece for piece, _ in marked(text, "so e d")) == text
