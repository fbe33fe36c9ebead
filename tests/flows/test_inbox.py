from __future__ import annotations

import os
from pathlib import Path

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
