"""Originals are kept bit for bit, once, whatever happens around them."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import BlobStore, BlobTooLarge
from storage import blobs as module


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def leftovers(store: BlobStore) -> list[Path]:
    return list((store.root / "tmp").iterdir())


def test_a_blob_is_found_by_its_content(store: BlobStore, tmp_path: Path) -> None:
    content = os.urandom(3 * module.CHUNK + 17)
    blob = store.put(write(tmp_path / "báo cáo.pdf", content))
    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert (blob.size, blob.created, blob.changed) == (len(content), True, False)
    assert store.path(blob.sha256) == store.root / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256
    with store.open(blob.sha256) as stream:
        assert stream.read() == content
    again = store.put(write(tmp_path / "tên khác.pdf", content))
    assert (again.sha256, again.created) == (blob.sha256, False)
    assert list(store) == [blob.sha256] and store.verify(blob.sha256) and blob.sha256 in store
    assert leftovers(store) == []


def test_originals_are_private_and_read_only(store: BlobStore, tmp_path: Path) -> None:
    blob = store.put(write(tmp_path / "a", b"x"))
    assert stat.S_IMODE(store.path(blob.sha256).stat().st_mode) == 0o400
    for folder in (store.root, store.root / "tmp", store.root / blob.sha256[:2], store.path(blob.sha256).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_damage_on_disk_is_noticed_and_healed(store: BlobStore, tmp_path: Path) -> None:
    blob = store.put(write(tmp_path / "a", b"content"))
    place = store.path(blob.sha256)
    place.chmod(0o600)
    place.write_bytes(b"cont")
    assert not store.verify(blob.sha256)
    assert store.put(tmp_path / "a").created
    assert store.verify(blob.sha256)
    assert not store.verify("0" * 64)


def test_a_source_that_changes_while_it_is_copied(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of a blob is the hash of what was kept, not of what was there when we looked first."""
    source = write(tmp_path / "a", b"old" * 1000)
    really = module._digest
    calls = []

    def digest(*args: object) -> tuple[str, int]:
        calls.append(args)
        result = really(*args)  # type: ignore[arg-type]
        if len(calls) == 1:
            source.write_bytes(b"newer" * 1000)
        return result

    monkeypatch.setattr(module, "_digest", digest)
    blob = store.put(source)
    monkeypatch.undo()
    assert blob.changed
    assert blob.sha256 == hashlib.sha256(b"newer" * 1000).hexdigest() and store.verify(blob.sha256)


def test_a_failing_copy_leaves_nothing(store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(write(tmp_path / "a", b"x"))
    monkeypatch.undo()
    assert list(store) == [] and leftovers(store) == []


def test_many_writers_of_one_content(store: BlobStore, tmp_path: Path) -> None:
    workers = 8
    start = threading.Barrier(workers)
    content = os.urandom(1 << 20)

    def put(n: int) -> str:
        source = write(tmp_path / str(n), content)
        start.wait()
        return store.put(source).sha256

    with ThreadPoolExecutor(workers) as pool:
        found = set(pool.map(put, range(workers)))
    assert found == set(store) and all(store.verify(sha256) for sha256 in found) and leftovers(store) == []


def test_limits_and_odd_sources(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(BlobTooLarge):
        store.put(write(tmp_path / "a", b"12345"), max_bytes=4)
    assert store.put(tmp_path / "a", max_bytes=5).size == 5
    assert store.put(write(tmp_path / "empty", b"")).size == 0
    os.mkfifo(tmp_path / "pipe.docx")
    for odd in (tmp_path / "pipe.docx", tmp_path, tmp_path / "missing"):
        with pytest.raises(OSError):
            store.put(odd)
    for name in ("../../etc/passwd", "", "A" * 64, "0" * 63):
        with pytest.raises(ValueError, match="SHA-256"):
            store.path(name)


def test_sweeping_takes_only_what_is_old(store: BlobStore) -> None:
    old, new = (write(store.root / "tmp" / name, b"half") for name in ("1-a", "2-b"))
    os.utime(old, (0, 0))
    assert store.sweep() == 1
    assert leftovers(store) == [new]
