"""All that is kept about one unit can be given out and erased, and nothing else goes with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from extractors.report import Report
from storage import BlobStore, Jobs, Repository, history, open_blobs, unit_data
from storage.consistency import Examination
from storage.schema import metadata
from storage.search import search

MARKER = "Nguyễn Thị Bí Mật 0903000111"
Make = Callable[..., Report]


class World:
    """Three units in one campaign; A has corrections, a copy, a file in a zip of its own and one in a shared zip."""

    def __init__(self, engine: sa.Engine, blobs: BlobStore, folder: Path, make: Make) -> None:
        self.engine, self.blobs, self.folder, self.make = engine, blobs, folder, make
        self.repository, self.jobs = Repository(engine), Jobs(engine)
        self.batch = self.repository.start_batch("c")
        first = self.receive("a1.docx", "A", parent=self.keep("cua-a.zip"))
        self.receive("a2.docx", "A", parent=self.keep("chung.zip"))
        self.receive("b1.docx", "B", parent=self.keep("chung.zip"))
        self.receive("c1.docx", "C")
        self.receive("a1.docx", "A", path="lần hai/a1.docx")
        answer = next(iter(self.repository.answers(first)))
        corrected = self.repository.correct_answer(
            answer.id, status="answered", text=f"Sửa: {MARKER}", author_name="lan"
        )
        self.repository.correct_answer(corrected.id, status="answered", text=f"Sửa nữa: {MARKER}", author_name="lan")
        self.repository.assign_unit(first, "A", "school", author_name="lan")

    def keep(self, name: str, campaign: str = "c") -> str:
        path = self.folder / name
        path.write_bytes(name.encode())
        sha256 = self.blobs.put(path).sha256
        self.repository.record_arrival(campaign_id=campaign, name=name, path=name, sha256=sha256, batch_id=self.batch)
        return sha256

    def receive(self, name: str, unit: str, *, path: str = "", parent: str | None = None, campaign: str = "c") -> int:
        file = self.folder / name
        file.write_bytes(name.encode())
        sha256 = self.blobs.put(file).sha256
        arrival = self.repository.record_arrival(
            campaign_id=campaign, name=name, path=path or name, sha256=sha256, batch_id=self.batch, parent_sha256=parent
        )
        job = self.jobs.add(campaign_id=campaign, batch_id=self.batch, arrival_id=arrival.id, sha256=sha256)
        report = self.make(name, content=name, unit=unit, cells={(1, "results"): ("answered", f"{MARKER} của {unit}")})
        stored = self.repository.store_report(report, campaign_id=campaign, pipeline_version="1")
        given = next(one for one in self.jobs.on_offer(campaign, 10) if one.id == job)
        self.jobs.end(given, "processed" if stored.created else "duplicate", report_id=stored.id)
        return stored.id

    def find(self, unit: str) -> unit_data.Scope:
        return unit_data.find(self.engine, "c", unit)

    def dump(self) -> str:
        """Everything in the database, as text."""
        with self.engine.connect() as connection:
            return "\n".join(
                str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(table.select())
            )


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture
def world(engine: sa.Engine, tmp_path: Path, make_report: Make) -> World:
    return World(engine, open_blobs(str(tmp_path / "blobs")), tmp_path, make_report)


def test_scope_of_a_unit(world: World) -> None:
    scope = world.find("A")
    assert set(scope.files) == {sha("a1.docx"), sha("a2.docx"), sha("cua-a.zip")}
    assert scope.shared == (sha("chung.zip"),)
    assert scope.used == ()
    assert len(scope.report_ids) == 2 and len(scope.arrival_ids) == 4
    assert world.find("không có").empty


def test_everything_is_given_out(world: World) -> None:
    rows = unit_data.rows(world.engine, world.find("A"))
    assert {row["sha256"] for row in rows["originals"]} == set(world.find("A").files)
    texts = [row["text"] for row in rows["answers"]]
    assert f"Sửa nữa: {MARKER}" in texts and f"{MARKER} của A" in texts and f"{MARKER} của B" not in texts
    assert {row["action"] for row in rows["history"]} >= {"correct", "unit"}
    assert all(row["body"].source.name in {"a1.docx", "a2.docx"} for row in rows["reports"])


def test_after_erasing_nothing_of_the_unit_is_left_and_all_of_the_others(world: World) -> None:
    others = {unit: unit_data.rows(world.engine, world.find(unit)) for unit in "BC"}
    counts = unit_data.erase(world.engine, world.blobs, world.find("A"), actor="root")
    assert (counts["reports"], counts["originals"], counts["blobs"]) == (2, 3, 3)
    left = world.dump()
    assert f"{MARKER} của A" not in left and f"Sửa: {MARKER}" not in left and "a1.docx" not in left
    assert list(world.blobs) == sorted([sha("b1.docx"), sha("c1.docx"), sha("chung.zip")])
    for unit, before in others.items():
        after = unit_data.rows(world.engine, world.find(unit))
        for table in before:
            # The archive that A and B shared holds B's file alone now.
            assert [row for row in after[table] if "chung.zip" not in row.values()] == before[table], (unit, table)
    assert world.find("A").empty
    assert [finding for finding in Examination(world.engine, world.blobs).run() if not finding.waiting] == []


def test_the_history_says_that_it_was_and_no_more(world: World) -> None:
    with world.engine.connect() as connection:
        before = connection.execute(sa.text("SELECT count(*) FROM history")).scalar_one()
    unit_data.erase(world.engine, world.blobs, world.find("A"), actor="root")
    (event,) = history.of_subject(world.engine, "unit:c:A")
    assert (event.actor, event.action, event.report_id) == ("root", "erase_unit", None)
    assert event.after["rows"]["reports"] == 2
    with world.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT action, actor, before, after, report_id FROM history")).all()
    assert len(kept) == before + 1
    assert all(row[2:] == (None, None, None) for row in kept if row.action != "erase_unit")
    assert ("correct", "lan") in {(row.action, row.actor) for row in kept}
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), world.engine.begin() as connection:
        connection.execute(sa.text("UPDATE history SET actor = 'x'"))


def test_words_are_no_longer_found(world: World) -> None:
    assert len(search(world.engine, "c", "bí mật").hits) > 2
    unit_data.erase(world.engine, world.blobs, world.find("A"), actor=None)
    assert len(search(world.engine, "c", "bí mật").hits) == 2


def test_what_another_campaign_uses_is_kept(world: World) -> None:
    world.receive("a2.docx", "A", campaign="d")
    scope = world.find("A")
    assert scope.used == (sha("a2.docx"),)
    unit_data.erase(world.engine, world.blobs, scope, actor=None)
    assert sha("a2.docx") in world.blobs and sha("a1.docx") not in world.blobs
    assert unit_data.find(world.engine, "d", "A").files == (sha("a2.docx"),)


def test_an_interrupted_erasure_is_completed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(sha256: str) -> bool:
        raise OSError("no disk")

    with monkeypatch.context() as patch:
        patch.setattr(world.blobs, "remove", stop)
        with pytest.raises(OSError):
            unit_data.erase(world.engine, world.blobs, world.find("A"), actor=None)
    assert world.find("A").empty and sha("a1.docx") in world.blobs
    assert unit_data.erase(world.engine, world.blobs, world.find("A"), actor=None)["blobs"] == 3
    assert sha("a1.docx") not in world.blobs


def test_the_same_file_may_come_again(world: World) -> None:
    unit_data.erase(world.engine, world.blobs, world.find("A"), actor=None)
    world.receive("a1.docx", "A")
    assert world.find("A").files == (sha("a1.docx"),)


def test_nothing_is_left_in_the_files_of_sqlite(world: World, tmp_path: Path) -> None:
    if world.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps old rows until its own vacuum")
    unit_data.erase(world.engine, world.blobs, world.find("A"), actor=None)
    files = [path for path in (tmp_path / "data").iterdir() if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    assert f"{MARKER} của B".encode() in content
    assert f"{MARKER} của A".encode() not in content and f"Sửa: {MARKER}".encode() not in content
