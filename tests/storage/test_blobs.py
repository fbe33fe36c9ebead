"""Originals are kept bit for bit, once, whatever happens around them."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import fsspec
import pytest

from storage import BlobStore, BlobTooLarge, open_blobs
from storage import blobs as module
from storage.local_blobs import LocalBlobStore


@pytest.fixture
def store(tmp_path: Path) -> LocalBlobStore:
    return LocalBlobStore(tmp_path / "blobs")


@pytest.fixture(params=["folder", "s3"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return open_blobs(str(tmp_path / "blobs"))
    return open_blobs(f"{request.getfixturevalue('s3')}/{request.node.name}")


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def leftovers(store: LocalBlobStore) -> list[Path]:
    return list((store.root / "tmp").iterdir())


def test_a_blob_is_found_by_its_content(any_store: BlobStore, tmp_path: Path) -> None:
    content = os.urandom(3 * module.CHUNK + 17)
    blob = any_store.put(write(tmp_path / "báo cáo.pdf", content))
    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert (blob.size, blob.created) == (len(content), True)
    with any_store.open(blob.sha256) as stream:
        assert stream.read() == content
    with any_store.local(blob.sha256) as path:
        assert path.read_bytes() == content
    again = any_store.put(write(tmp_path / "tên khác.pdf", content))
    assert (again.sha256, again.created) == (blob.sha256, False)
    empty = any_store.put(write(tmp_path / "rỗng", b""))
    assert list(any_store) == sorted([blob.sha256, empty.sha256])
    for sha256 in any_store:
        assert sha256 in any_store and any_store.verify(sha256)
    assert "0" * 64 not in any_store and not any_store.verify("0" * 64)
    for missing in (any_store.open, any_store.local):
        with pytest.raises(FileNotFoundError), missing("0" * 64):
            pass
    assert any_store.sweep() == 0


def test_a_folder_is_laid_out_by_hash(store: LocalBlobStore, tmp_path: Path) -> None:
    blob = store.put(write(tmp_path / "a", b"x"))
    assert store.path(blob.sha256) == store.root / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256
    assert leftovers(store) == []


def test_damage_in_an_object_store_is_noticed_and_healed(s3: str, tmp_path: Path) -> None:
    store = open_blobs(f"{s3}/damage")
    blob = store.put(write(tmp_path / "a", b"content"))
    with fsspec.open(f"{s3}/damage/{module.relative_path(blob.sha256)}", "wb") as file:
        file.write(b"cont")
    assert not store.verify(blob.sha256)
    with pytest.raises(OSError, match="damaged"), store.local(blob.sha256):
        pass
    assert store.put(tmp_path / "a").created and store.verify(blob.sha256)


def test_a_killed_upload_leaves_no_half_blob(s3: str, tmp_path: Path) -> None:
    """The writer is killed with half of the object sent, as a relay between it and the store sees."""
    content = os.urandom(24 << 20)
    source = write(tmp_path / "a", content)
    code = "import sys; from storage import open_blobs; open_blobs(sys.argv[1]).put(sys.argv[2])"
    server = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"])
    with relay((str(server.hostname), int(server.port or 0)), stop_after=len(content) // 2) as (port, reached):
        writer = subprocess.Popen(
            [sys.executable, "-c", code, f"{s3}/killed", str(source)],
            env=os.environ | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"},
        )
        assert reached.wait(60)
        writer.kill()
        writer.wait()
    store = open_blobs(f"{s3}/killed")
    assert list(store) == []
    assert store.put(source).created and store.verify(hashlib.sha256(content).hexdigest())


@contextmanager
def relay(server: tuple[str, int], stop_after: int) -> Iterator[tuple[int, threading.Event]]:
    """A port that passes on to ``server``; after so many bytes of a client the event is set and no more is passed."""
    reached, over = threading.Event(), threading.Event()

    def pump(source: socket.socket, target: socket.socket, most: float) -> None:
        passed = 0
        with contextlib.suppress(OSError), source, target:
            while data := source.recv(1 << 16):
                passed += len(data)
                if passed > most:
                    reached.set()
                    over.wait()
                    return
                target.sendall(data)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                upstream = socket.create_connection(server)
                for ends in ((client, upstream, stop_after), (upstream, client, math.inf)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listener.getsockname()[1], reached
        finally:
            over.set()


def test_an_object_store_that_is_not_there_is_an_os_error(s3: str) -> None:
    with pytest.raises(OSError):
        open_blobs("s3://khong-co-thung-nay/x")
    with pytest.raises(ValueError, match="ftp"):
        open_blobs("ftp://host/x")


def test_originals_are_private_and_read_only(store: LocalBlobStore, tmp_path: Path) -> None:
    blob = store.put(write(tmp_path / "a", b"x"))
    assert stat.S_IMODE(store.path(blob.sha256).stat().st_mode) == 0o400
    for folder in (store.root, store.root / "tmp", store.root / blob.sha256[:2], store.path(blob.sha256).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_damage_on_disk_is_noticed_and_healed(store: LocalBlobStore, tmp_path: Path) -> None:
    blob = store.put(write(tmp_path / "a", b"content"))
    place = store.path(blob.sha256)
    place.chmod(0o600)
    place.write_bytes(b"cont")
    assert not store.verify(blob.sha256)
    assert store.put(tmp_path / "a").created
    assert store.verify(blob.sha256)
    assert not store.verify("0" * 64)


@pytest.mark.parametrize("reading", [1, 2])
def test_a_source_that_changes_while_it_is_copied(
    any_store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: int
) -> None:
    """Half an old and half a new file is no original: nothing is kept, and the next try keeps what is there then."""
    source = write(tmp_path / "a", b"old" * 1000)
    before = list(any_store)
    really, calls = module.digest, []

    def digest(stream: BinaryIO, *args: Any, **named: Any) -> tuple[str, int]:
        calls.append(1)
        if len(calls) == reading:
            source.write_bytes(b"newer" * 1000)
        return really(stream, *args, **named)

    for place in ("storage.blobs", "storage.local_blobs", "storage.remote_blobs"):
        monkeypatch.setattr(f"{place}.digest", digest)
    with pytest.raises(module.SourceChanged):
        any_store.put(source)
    monkeypatch.undo()
    assert list(any_store) == before and any_store.sweep() == 0
    assert any_store.verify(any_store.put(source).sha256)


def test_a_failing_copy_leaves_nothing(store: LocalBlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(write(tmp_path / "a", b"x"))
    monkeypatch.undo()
    assert list(store) == [] and leftovers(store) == []


def test_many_writers_of_one_content(store: LocalBlobStore, tmp_path: Path) -> None:
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


def test_limits_and_odd_sources(store: LocalBlobStore, tmp_path: Path) -> None:
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


def test_sweeping_takes_what_a_killed_writer_left(store: LocalBlobStore, tmp_path: Path) -> None:
    source = tmp_path / "a"
    os.mkfifo(tmp_path / "slow")
    code = (
        "import sys; from pathlib import Path; from storage.local_blobs import LocalBlobStore\n"
        "LocalBlobStore(Path(sys.argv[1]))._copy(open(sys.argv[2], 'rb'), lambda *_: None)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(store.root), str(tmp_path / "slow")]) for _ in "12"]
    with (tmp_path / "slow").open("wb") as pipe:
        pipe.write(b"half")
        pipe.flush()
        while len(leftovers(store)) < 2:
            time.sleep(0.01)
        assert store.sweep() == 0
        writers[0].kill()
        writers[0].wait()
        assert store.sweep() == 1 and len(leftovers(store)) == 1
    assert writers[1].wait() == 0
    assert leftovers(store) == [] and len(list(store)) == 1 and not source.exists()
