"""The ingest flow on real files, with a real Prefect server and the real sandbox."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest

from flows import settings, workplace
from flows.settings import Settings

SAMPLE = "BC_GDTM_THPT_Bui_Thi_Xuan.docx"
INBOX = Path(__file__).parents[2] / "samples" / "inbox"


@pytest.fixture(scope="module")
def prefect() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # Set before the import: a test must neither call out nor meet the telemetry's writes on a locked database.
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        patch.setenv("DO_NOT_TRACK", "1")
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=120):
            yield


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.__struct_fields__:
        monkeypatch.delenv(f"BAOCAO_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAOCAO_DATA_DIR", str(tmp_path / "var"))
    inbox = tmp_path / "var" / "inbox"
    inbox.mkdir(parents=True)
    return settings.load()


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

    def sometimes(received: route.Received, at: workplace.Workplace) -> object:
        if received.name == "a.docx":
            raise ZeroDivisionError("a bug")
        return read(received, at)

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
def test_the_outcome_table_is_an_artifact(prefect: None, place: Settings) -> None:
    from prefect.client.orchestration import get_client

    (place.inbox / "rỗng.pdf").touch()
    ingest()
    with get_client(sync_client=True) as client:
        (artifact, *_) = client._client.post("/artifacts/filter", json={"sort": "UPDATED_DESC"}).json()
    (row,) = json.loads(artifact["data"])
    assert (row["Tệp"], row["Kết cục"]) == ("rỗng.pdf", "Bị từ chối")
