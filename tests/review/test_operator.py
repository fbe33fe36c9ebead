"""Uploads, jobs, files and outputs over HTTP."""

from __future__ import annotations

import io
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from review import uploads
from review.place import Place
from review.uploads import plain_name
from storage.received import received
from tests.consolidation.conftest import Sender
from tests.review.conftest import Visit

REPORT = """SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH
TRƯỜNG THPT GIA ĐỊNH
Số: 45/BC-THPTGĐ
Thành phố Hồ Chí Minh, ngày 02 tháng 5 năm 2024

BÁO CÁO
Về giám sát việc thực hiện Đề án giáo dục thông minh

1. Nhà trường đã trang bị 3 phòng học thông minh.
"""


def new_upload(browser: TestClient) -> str:
    answer = browser.post("/operator/uploads")
    assert answer.status_code == 201
    return str(answer.json()["id"])


def put(browser: TestClient, upload_id: str, name: str, content: bytes) -> Any:
    return browser.post(f"/operator/uploads/{upload_id}/files", params={"name": name}, content=content)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("báo cáo.docx", "báo cáo.docx"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\a.docx", "a.docx"),
        ("/etc/cron.d/x", "x"),
        ("..", "tep"),
        ("", "tep"),
        ("a/../..", "tep"),
        (".ẩn.docx", "ẩn.docx"),
        ("a\0b\n.docx", "a_b_.docx"),
        ("C:\\Users\\lan\\bc.pdf", "bc.pdf"),
        ("CON:aux|.pdf", "CON_aux_.pdf"),
        ("tên .docx ", "tên.docx"),
        ("x" * 400 + ".docx", "x" * 175 + ".docx"),
        ("ư" * 200 + ".pdf", "ư" * 88 + ".pdf"),
        ("e\u0301.txt", "é.txt"),
        ("\udcff.txt", "_.txt"),
        ("\u202etxt.exe", "_txt.exe"),
    ],
)
def test_names_are_safe(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept
    assert len(plain_name(sent).encode()) <= 200


def test_files_are_uploaded_under_their_names(place: Place, visit: Visit) -> None:
    minh = visit("minh")
    upload_id = new_upload(minh)
    assert put(minh, upload_id, "../bc.docx", b"1").json() == {"name": "bc.docx"}
    assert put(minh, upload_id, "bc.docx", b"22").json() == {"name": "bc (2).docx"}
    folder = place.operations.upload_folder(upload_id)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"bc.docx": b"1", "bc (2).docx": b"22"}
    assert folder.parent == place.data_dir / "uploads"
    assert minh.post(f"/operator/uploads/{upload_id}/remove", params={"name": "bc (2).docx"}).status_code == 204
    minh.post(f"/operator/uploads/{upload_id}/remove", params={"name": "../../baocao.db"})
    assert [path.name for path in folder.iterdir()] == ["bc.docx"]
    assert (place.data_dir / "baocao.db").exists()


def test_what_is_refused_leaves_nothing(place: Place, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    minh = visit("minh")
    upload_id = new_upload(minh)
    too_large = b"x" * (place.max_upload + 1)
    answer = put(minh, upload_id, "to.pdf", too_large)
    assert answer.status_code == 413 and "Tệp lớn hơn 200 KB" in answer.text
    chunks = (too_large[at : at + 50_000] for at in range(0, len(too_large), 50_000))  # no length is announced
    answer = minh.post(f"/operator/uploads/{upload_id}/files", params={"name": "to.pdf"}, content=chunks)
    assert answer.status_code == 413
    assert put(minh, upload_id, "~$bao cao.docx", b"x").status_code == 422
    assert put(minh, upload_id, "Thumbs.db", b"x").status_code == 422
    assert put(minh, "20240101-000000-00000000", "a.txt", b"x").status_code == 404
    assert put(minh, "../jobs", "a.txt", b"x").status_code in (404, 405)
    assert put(minh, "..%2f..%2f", "a.txt", b"x").status_code in (404, 405)
    assert list(place.operations.upload_folder(upload_id).iterdir()) == []
    answer = minh.post(f"/operator/uploads/{upload_id}/start")
    assert answer.status_code == 422 and "Chưa có tệp nào" in answer.text
    monkeypatch.setattr(uploads, "MOST_FILES", 1)
    assert put(minh, upload_id, "a.txt", b"x").status_code == 201
    assert put(minh, upload_id, "b.txt", b"x").status_code == 422
    monkeypatch.setattr(uploads, "_ROOM_LEFT", 1 << 60)
    monkeypatch.setattr(uploads, "MOST_FILES", 10)
    assert put(minh, upload_id, "b.txt", b"x").status_code == 507


def test_only_people_who_logged_in_upload(place: Place, visit: Visit) -> None:
    nobody = visit("")
    for address in ("/operator", "/operator/state", "/operator/files", "/operator/outputs/tong-hop.xlsx"):
        assert nobody.get(address).status_code == 303
    assert nobody.post("/operator/uploads").headers["location"] == "/login"
    assert nobody.post("/operator/consolidate").headers["location"] == "/login"
    assert not (place.data_dir / "uploads").exists() and not (place.data_dir / "jobs").exists()


def test_outputs_are_only_those_of_the_consolidation(place: Place, visit: Visit) -> None:
    minh = visit("minh")
    (place.data_dir / "tong-hop").mkdir()
    (place.data_dir / "tong-hop" / "answers.csv").write_text("a,b")
    (place.data_dir / "tong-hop" / "khac.txt").write_text("khác")
    answer = minh.get("/operator/outputs/answers.csv")
    assert (answer.status_code, answer.text) == (200, "a,b")
    assert answer.headers["content-disposition"] == 'attachment; filename="answers.csv"'
    assert answer.headers["content-type"] == "application/octet-stream"
    for name in ("khac.txt", "..%2fbaocao.db", "../baocao.db", "tong-hop.xlsx", "%2e%2e%2fbaocao.db"):
        assert minh.get(f"/operator/outputs/{name}").status_code == 404
    assert 'data-testid="output-answers.csv"' in minh.get("/operator").text


def test_files_with_their_outcomes(place: Place, send: Sender, visit: Visit) -> None:
    minh = visit("minh")
    html = minh.get("/operator/files").text
    counts = dict(re.findall(r'data-testid="files-(\w+)".*?<span class="count">(\d+)</span>', html))
    assert counts == {"all": "12", "rejected": "1", "partial": "1", "pending": "1", "processed": "8", "duplicate": "1"}
    refused = minh.get("/operator/files?outcome=rejected").text
    assert "Tệp bị hỏng hoặc bị cắt cụt." in refused and refused.count('data-testid="file"') == 1
    found = minh.get("/operator/files", params={"q": "KHONG rõ"}).text
    assert found.count('data-testid="file"') == 1 and "khong-ro.docx" in found
    for none in ("%", "_", "'; DROP TABLE arrivals; --"):
        assert minh.get("/operator/files", params={"q": none}).text.count('data-testid="file"') == 0
    for n in range(50):
        send.arrive(f"<b>tệp {n}</b>.pdf", None)
    second = minh.get("/operator/files?page=2").text
    assert second.count('data-testid="file"') == 12 and "Trang 2/2" in second
    assert "<b>tệp" not in minh.get("/operator/files").text


def test_a_refused_file_that_was_read_later_says_so(place: Place, send: Sender) -> None:
    (refused,) = received(place.engine, place.campaign.id, outcome="rejected", limit=9).files
    body = place.repository.report_body(place.repository.reports(place.campaign.id)[0].id)
    assert body is not None and refused.sha256 is not None
    source = msgspec.structs.replace(body.source, name=refused.name, sha256=refused.sha256)
    report = msgspec.structs.replace(body, source=source)
    place.repository.store_report(report, campaign_id=place.campaign.id, pipeline_version="1")
    found = received(place.engine, place.campaign.id, limit=99)
    assert found.counts["rejected"] == 0
    assert next(file for file in found.files if file.id == refused.id).outcome == "processed"


def test_what_cannot_be_read_again(place: Place, send: Sender, visit: Visit) -> None:
    minh = visit("minh")
    (refused,) = received(place.engine, place.campaign.id, outcome="rejected", limit=9).files
    answer = minh.post(f"/operator/files/{refused.id}/again")  # its original was never kept here
    assert answer.status_code == 409 and "gửi lại tệp" in answer.text
    assert minh.post("/operator/files/99999/again").status_code == 404
    for job in ("20240101-000000-00000000", "%2e%2e", "x"):
        assert minh.get(f"/operator/jobs/{job}").status_code == 404


def ended(browser: TestClient, address: str) -> str:
    """The page of a job when it has ended."""
    for _ in range(600):
        html = browser.get(f"{address}/progress").text
        if 'data-running="no"' in html:
            return html
        time.sleep(0.5)
    raise AssertionError(html)


@pytest.mark.slow
def test_from_upload_to_outputs(place: Place, visit: Visit, tmp_path: Path) -> None:
    minh = visit("minh")
    upload_id = new_upload(minh)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("trong/bao cao.txt", REPORT.replace("GIA ĐỊNH", "GÒ VẤP"))
    for name, content in (("Báo cáo Gia Định.txt", REPORT.encode()), ("rong.docx", b""), ("n.zip", archive.getvalue())):
        assert put(minh, upload_id, name, content).status_code == 201
    started = minh.post(f"/operator/uploads/{upload_id}/start")
    assert started.status_code == 303
    job = started.headers["location"]
    assert put(minh, upload_id, "muon.txt", b"x").status_code == 404  # it has begun
    assert 'data-testid="progress"' in minh.get(job).text
    html = ended(minh, job)
    assert "4/4 tệp" in html and 'role="alert"' not in html
    states = dict(re.findall(r'data-state="(\w+)">\s*<th[^>]*><[^>]*>([^<]*)<', html))
    assert states["rejected"] == "rong.docx" and "Tệp rỗng" in html
    assert "THPT Gia Định" in html and "n.zip/trong/bao cao.txt" in html
    assert "trong/bao cao.txt" in minh.get("/").text  # in the queue
    files = minh.get("/operator/files?outcome=rejected").text
    again = [int(n) for n in re.findall(r"/operator/files/(\d+)/again", files)]
    once_more = minh.post(f"/operator/files/{again[0]}/again")
    assert once_more.status_code == 303
    assert 'data-state="rejected"' in ended(minh, once_more.headers["location"])
    assert not (place.data_dir / "jobs" / job.rpartition("/")[2] / "files").exists()  # the originals are kept
    consolidating = minh.post("/operator/consolidate").headers["location"]
    assert 'data-testid="to-outputs"' in ended(minh, consolidating)
    book = minh.get("/operator/outputs/tong-hop.xlsx")
    assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None
    assert "Trần Minh" in minh.get("/operator").text
