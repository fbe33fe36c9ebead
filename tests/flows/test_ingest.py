"""The ingest flow on real files, with a real Prefect server and the real sandbox."""

from __future__ import annotations

import email.message
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from flows import workplace
from flows.settings import Settings

SAMPLE = "BC_GDTM_THPT_Bui_Thi_Xuan.docx"
INBOX = Path(__file__).parents[2] / "samples" / "inbox"


def ingest(paths: list[Path] | None = None) -> dict[str, Any]:
    from flows.ingest import ingest_inbox

    return ingest_inbox(paths=[str(path) for path in paths] if paths else None)


def states(summary: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {file["name"]: (file["state"], file["code"]) for file in summary["files"]}


@pytest.mark.slow
def test_every_file_ends_in_one_state_and_a_second_round_reads_nothing(prefect: None, place: Settings) -> None:
    shutil.copy(INBOX / SAMPLE, place.inbox / "a.docx")
    (place.inbox / "quan").mkdir()
    shutil.copy(INBOX / SAMPLE, place.inbox / "quan" / "b.docx")
    (place.inbox / "c.docx").write_bytes((INBOX / SAMPLE).read_bytes()[:3000])
    (place.inbox / "d.pdf").touch()
    (place.inbox / "~$a.docx").write_bytes(b"lock")
    summary = ingest()
    assert states(summary) == {
        "a.docx": ("processed", None),
        "b.docx": ("duplicate", "duplicate"),
        "c.docx": ("rejected", "damaged"),
        "d.pdf": ("rejected", "empty_file"),
    }
    assert summary["counts"] == {"processed": 1, "partial": 0, "duplicate": 1, "rejected": 2}
    json.dumps(summary)
    by_name = {file["name"]: file for file in summary["files"]}
    assert by_name["a.docx"]["unit"] == "THPT-BUI-THI-XUAN"
    assert by_name["b.docx"]["report_id"] == by_name["a.docx"]["report_id"]
    assert "c.docx" not in (by_name["c.docx"]["message"] or "")  # a sentence about the file, not a stack trace
    opened = workplace.at(place)
    for name in ("a.docx", "c.docx", "d.pdf"):
        assert opened.originals.verify(by_name[name]["sha256"])
    before = opened.repository.reports(place.campaign)
    again = ingest()
    assert {file["state"] for file in again["files"]} == {"duplicate", "rejected"}
    assert opened.repository.reports(place.campaign) == before
    assert sorted(path.name for path in place.inbox.rglob("*") if path.is_file()) == [
        "a.docx",
        "b.docx",
        "c.docx",
        "d.pdf",
        "~$a.docx",
    ]


@pytest.mark.slow
def test_what_cannot_be_received_is_accounted_for(prefect: None, place: Settings) -> None:
    summary = ingest([place.inbox / "mất rồi.docx"])
    assert states(summary) == {"mất rồi.docx": ("rejected", "not_found")}
    assert summary["files"][0]["sha256"] is None


@pytest.mark.slow
def test_finished_files_leave_the_inbox_only_on_request(
    prefect: None, place: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = tmp_path / "đã xong"
    monkeypatch.setenv("BAOCAO_INBOX_DONE", str(done))
    shutil.copy(INBOX / SAMPLE, place.inbox / "a.docx")
    (place.inbox / "rỗng.pdf").touch()
    ingest()
    assert [path.name for path in place.inbox.iterdir()] == ["rỗng.pdf"]
    assert (done / "a.docx").read_bytes() == (INBOX / SAMPLE).read_bytes()


@pytest.mark.slow
def test_an_error_of_ours_costs_one_file(prefect: None, place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the reading of one file must neither stop the run nor lose the original."""
    from flows import route

    read = route.read

    def sometimes(sha256: str, name: str, *others: Any) -> object:
        if name == "a.docx":
            raise ZeroDivisionError("a bug")
        return read(sha256, name, *others)

    monkeypatch.setattr(route, "read", sometimes)
    shutil.copy(INBOX / SAMPLE, place.inbox / "a.docx")
    document = docx.Document()
    document.add_paragraph("Trường THPT Lê Quý Đôn báo cáo: chưa triển khai.")
    document.save(str(place.inbox / "b.docx"))
    summary = ingest()
    found = states(summary)
    assert found["a.docx"] == ("rejected", "internal")
    assert found["b.docx"][0] in ("processed", "partial")
    assert workplace.at(place).originals.verify(summary["files"][0]["sha256"])
    monkeypatch.undo()


@pytest.mark.slow
def test_outcomes_and_repairs_are_artifacts(prefect: None, place: Settings) -> None:
    from prefect.client.orchestration import get_client

    (place.inbox / "rỗng.pdf").touch()
    (place.inbox / "a.txt").write_text("S? Giáo d?c và Ðào t?o\nB?O CÁO K?t qu? th?c hi?n Ð? án\n" * 3)
    ingest()
    with get_client(sync_client=True) as client:
        answer = client._client.post("/artifacts/filter", json={"sort": "UPDATED_DESC"}).json()
    newest = {artifact["key"]: json.loads(artifact["data"]) for artifact in reversed(answer)}
    outcomes = {row["Tệp"]: row["Kết cục"] for row in newest["ket-qua-nhan-bao-cao"]}
    assert set(outcomes) == {"rỗng.pdf", "a.txt"} and outcomes["rỗng.pdf"] == "Bị từ chối"
    (repairs, *_) = newest["tom-tat-sua-chu"]
    assert repairs["Số chỗ sửa"] > 10 and repairs["Số tài liệu"] == 1
    assert "Giáo" not in json.dumps(newest["tom-tat-sua-chu"], ensure_ascii=False)


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.slow
def test_every_file_inside_an_archive_is_accounted_for(prefect: None, place: Settings) -> None:
    report = (INBOX / SAMPLE).read_bytes()
    inner = packed({"phu luc.docx": report, "hỏng.docx": report[:3000]})
    letter = email.message.EmailMessage()
    letter["From"], letter["To"], letter["Subject"], letter["Date"] = "a@b.vn", "c@d.vn", "Báo cáo", "Thu, 2 May 2024"
    letter.set_content("Kính gửi Sở, trường gửi báo cáo.")
    note = "Trường THPT Lê Quý Đôn báo cáo: chưa triển khai."
    letter.add_attachment(note.encode(), maintype="text", subtype="plain", filename="báo cáo.txt")
    deep = packed({"a.zip": packed({"b.zip": packed({"c.txt": b"x"})})})
    files = {
        "a.zip": packed({"bc.docx": report, "inner.zip": inner, "Thumbs.db": b"x"}),
        "b.eml": letter.as_bytes(),
        "c.zip": packed({"bc.docx": report}),
        "d.zip": deep,
        "e.zip": packed({}),
    }
    for name, data in files.items():
        (place.inbox / name).write_bytes(data)
    summary = ingest()
    found = states(summary)
    assert list(found) == [  # a container stands before what it holds
        "a.zip", "a.zip/bc.docx", "a.zip/inner.zip", "a.zip/inner.zip/phu luc.docx", "a.zip/inner.zip/hỏng.docx",
        "b.eml", "b.eml/báo cáo.txt", "c.zip", "c.zip/bc.docx",
        "d.zip", "d.zip/a.zip", "d.zip/a.zip/b.zip", "e.zip",
    ]  # fmt: skip
    assert found["a.zip"] == ("partial", "members_refused")  # deep inside
    assert found["a.zip/bc.docx"] == ("processed", None)
    assert found["a.zip/inner.zip"] == ("partial", "members_refused")
    assert found["a.zip/inner.zip/phu luc.docx"] == ("duplicate", "duplicate")
    assert found["a.zip/inner.zip/hỏng.docx"] == ("rejected", "damaged")
    assert found["b.eml"] == ("processed", None)
    assert found["b.eml/báo cáo.txt"][0] in ("processed", "partial")
    assert found["c.zip"] == ("duplicate", "duplicate")
    assert found["d.zip"] == found["d.zip/a.zip"] == found["d.zip/a.zip/b.zip"] == ("rejected", "too_deep")
    assert found["e.zip"] == ("rejected", "nothing_inside")
    by_name = {file["name"]: file for file in summary["files"]}
    assert by_name["a.zip/inner.zip"]["message"] == "Tệp nén gồm 2 tệp: 1 tệp không đọc được."
    assert by_name["a.zip/bc.docx"]["unit"] == "THPT-BUI-THI-XUAN"
    assert by_name["a.zip"]["parent_sha256"] is None
    assert by_name["a.zip/inner.zip/phu luc.docx"]["parent_sha256"] == by_name["a.zip/inner.zip"]["sha256"]
    opened = workplace.at(place)
    arrivals = {arrival.name: arrival for arrival in opened.repository.arrivals(place.campaign)}
    assert set(arrivals) == set(found)
    assert arrivals["a.zip/bc.docx"].parent_sha256 == by_name["a.zip"]["sha256"]
    for file in summary["files"]:
        assert opened.originals.verify(file["sha256"])
    assert list(place.data_dir.glob(".dang-mo-*")) == []

    before = opened.repository.reports(place.campaign)
    first_told = {arrival.name: (arrival.state, arrival.message) for arrival in arrivals.values()}
    again = states(ingest())
    arrivals = {arrival.name: arrival for arrival in opened.repository.arrivals(place.campaign)}
    assert {arrival.name: (arrival.state, arrival.message) for arrival in arrivals.values()} == first_told
    assert list(again) == list(found)
    assert again["a.zip"] == ("partial", "members_refused")  # its one refused file is tried again, and refused
    assert {again[name] for name in ("a.zip/bc.docx", "b.eml", "c.zip")} == {("duplicate", "duplicate")}
    assert opened.repository.reports(place.campaign) == before


@pytest.mark.slow
def test_an_inbox_that_goes_while_it_is_read_fails_the_run_and_loses_nothing(
    prefect: None, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was received before is read to its end; what was not is no rejected file, and comes with the next run."""
    from flows import route
    from flows.inbox import InboxError

    for n in range(4):
        (place.inbox / f"{n}.txt").write_text(f"Trường THPT Lê Quý Đôn báo cáo số {n}: đã triển khai đủ nội dung.")
    aside = place.inbox.with_name("away")
    receive = route.receive

    def goes(item: Any, *others: Any) -> Any:
        if item.name == "2.txt":
            place.inbox.rename(aside)
            place.inbox.mkdir()  # what was under the share
        return receive(item, *others)

    monkeypatch.setattr(route, "receive", goes)
    with pytest.raises(InboxError, match="Hộp đến không còn"):
        ingest()
    monkeypatch.undo()
    monkeypatch.setenv("BAOCAO_DATA_DIR", str(place.data_dir))
    opened = workplace.at(place)
    found = {arrival.name: arrival.state for arrival in opened.repository.arrivals(place.campaign)}
    assert set(found) == {"0.txt", "1.txt"} and "rejected" not in found.values()
    place.inbox.rmdir()
    aside.rename(place.inbox)
    assert {file["state"] for file in ingest()["files"]} <= {"processed", "partial", "duplicate"}
    assert len(opened.repository.reports(place.campaign)) == 4
    place.inbox.rename(aside)
    with pytest.raises(InboxError, match="Không có hộp đến"):
        ingest()
