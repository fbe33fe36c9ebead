from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from flows import inbox


def test_every_sent_file_once_in_name_order(tmp_path: Path) -> None:
    (tmp_path / "quan 5").mkdir()
    for name in ("b.docx", "a.pdf", "quan 5/c.xlsx", "~$b.docx", ".DS_Store", "Thumbs.db"):
        (tmp_path / name).touch()
    found = inbox.files([tmp_path, tmp_path / "a.pdf"])
    assert [str(file.relative_to(tmp_path)) for file in found] == ["a.pdf", "b.docx", "quan 5/c.xlsx"]


def test_a_missing_path_is_kept_to_be_reported(tmp_path: Path) -> None:
    assert inbox.files([tmp_path / "không có.pdf"]) == [tmp_path / "không có.pdf"]


def test_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert inbox.files([tmp_path]) == [tmp_path / "a.txt"]


def test_a_name_that_is_no_utf8_can_be_shown(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/b\xe1o c\xe1o.txt"
    Path(os.fsdecode(raw)).touch()
    (found,) = inbox.files([tmp_path])
    inbox.shown_name(found).encode("utf-8")


def test_what_is_still_being_written_is_left_for_the_next_round(tmp_path: Path) -> None:
    for name in ("a.docx", "b.docx", "c.docx.part", "d.tmp", "e.pdf.crdownload", "F.DOCX.PARTIAL"):
        (tmp_path / name).write_bytes(b"half")
    source = inbox.Files([tmp_path])
    with (tmp_path / "b.docx").open("ab") as writer:
        writer.write(b" of it")
        writer.flush()
        assert [item.name for item in source] == ["a.docx"]
    assert source.waiting == ["b.docx"]
    assert [item.name for item in inbox.Files([tmp_path])] == ["a.docx", "b.docx"]


def test_a_file_that_is_named_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.docx.part").write_bytes(b"half")
    source = inbox.Files([tmp_path / "a.docx.part"])
    (tmp_path / "a.docx.part").write_bytes(b"whole")
    assert [item.name for item in source] == ["a.docx.part"]


def test_what_was_taken_moves_under_a_name_of_its_own(tmp_path: Path) -> None:
    box, done = tmp_path / "in", tmp_path / "done"
    for text in ("một", "hai", "ba"):
        (box / "quan").mkdir(parents=True, exist_ok=True)
        (box / "quan" / "a.txt").write_text(text)
        source = inbox.Files([box], done, box)
        for item in source:
            source.taken(item, whole=True)
    assert {path.name: path.read_text() for path in (done / "quan").iterdir()} == {
        "a.txt": "một",
        "a-2.txt": "hai",
        "a-3.txt": "ba",
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_share_that_goes_is_no_empty_inbox(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", share], check=True)
    try:
        (share / "a.txt").write_text("a")
        source = inbox.Files([share])
        source.check()
        subprocess.run(["umount", "-l", share], check=True)
        with pytest.raises(inbox.InboxError, match="Hộp đến không còn"):
            source.check()
    finally:
        subprocess.run(["umount", "-l", share], check=False, capture_output=True)


def test_a_folder_that_cannot_be_listed_is_complained_of_after_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a network share does that breaks off while it is walked."""
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "quan 5").mkdir()
    (tmp_path / "b.txt").write_text("b")
    really = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("quan 5"):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    seen = []
    with pytest.raises(inbox.InboxError, match="quan 5"):
        for item in inbox.Files([tmp_path]):
            seen.append(item.name)
    assert seen == ["a.txt", "b.txt"]
