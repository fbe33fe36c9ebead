"""A reading that a reviewer confirms is told to the repair of later documents, until it is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flows import reviewing, workplace
from flows import settings as configuration
from flows.operations import Operations
from flows.workplace import Workplace
from review.app import create_app
from storage import history
from storage.phrases import Phrases
from storage.records import StoredRepair
from storage.users import Users
from tests.review.receiving import receive

PASSWORD = "mat-khau-de-thu"
TEXT = """TRƯ?NG THPT MARIE CURIE
BÁO CÁO S? {n}
Th?c hi?n Công văn s? 2542/SGDĐT-GDTrH
1. H? th?ng qu?n lý giáo d?c, d?y h?c thông minh
Trư?ng có {n} phòng máy do th?y Nguy?n H?u H?ng ph? trách, ch? trì các bu?i h?p v? chuy?n đ?i s?.
2. Thu?n l?i, khó khăn
Không có.
"""


@pytest.fixture
def here(tmp_path: Path) -> Workplace:
    return workplace.at(configuration.load({"data_dir": tmp_path / "var"}, folder=tmp_path))


def test_the_next_document_reads_otherwise_until_it_is_taken_back(here: Workplace, tmp_path: Path) -> None:
    first = _read(here, tmp_path, 11)
    name = _name(here, first)
    read, (other, likely) = name.replacement, (name.alternatives[0].text, name.alternatives[0].confidence)

    # The reviewer chooses the other reading on the page and has it remembered.
    Users(here.repository.engine).create("minh", "Trần Văn Minh", "reviewer", PASSWORD, actor=None)
    app = create_app(reviewing.place_at(here.settings, Operations(here.settings)))
    with TestClient(app, headers={"Origin": "http://testserver"}) as client:
        client.post("/login", data={"name": "minh", "password": PASSWORD})
        answer = next(one for one in here.repository.answers(first) if f"Hữu {read}" in one.text)
        choice = {"repair": name.id, "start": answer.text.index(f"Hữu {read}") + 4, "choice": 1}
        assert client.post(f"/documents/{first}/answers/{answer.id}/letters", data=choice).status_code == 200
        told = client.post(f"/documents/{first}/phrases", data={"phrase": f"  Nguyễn Hữu  {other} "})
        assert told.status_code == 200 and f"Nguyễn Hữu {other}" in told.text
        assert client.post(f"/documents/{first}/phrases", data={"phrase": "…"}).status_code == 422
    assert any(f"Hữu {other}" in one.text for one in here.repository.answers(first))

    second = _name(here, _read(here, tmp_path, 12))
    assert second.replacement == other and second.confidence > likely + 0.3

    (learned,) = Phrases(here.repository.engine).all(here.campaign.id)
    assert learned.report_id == first and learned.author_name == "minh"
    Phrases(here.repository.engine).withdraw(learned.id, actor="minh")
    third = _name(here, _read(here, tmp_path, 13))
    assert third.replacement == read

    said = [(event.action, event.after) for event in history.of_subject(here.repository.engine, "phrase")]
    assert said == [("unlearn", f"Nguyễn Hữu {other}"), ("learn", f"Nguyễn Hữu {other}")]


def _read(here: Workplace, folder: Path, n: int) -> int:
    """A report like the others but for a number, from the file to the database; its id."""
    path = folder / f"bao cao {n}.txt"
    path.write_text(TEXT.format(n=n), encoding="utf-8")
    ended = receive(here, path)
    assert ended.report_id is not None, ended
    return ended.report_id


def _name(here: Workplace, report_id: int) -> StoredRepair:
    return next(one for one in here.repository.repairs(report_id) if one.original.strip() == "H?ng")
