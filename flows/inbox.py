"""Which files of an inbox are reports to be read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from extractors.containers.members import is_clutter


def files(paths: Iterable[Path]) -> list[Path]:
    """All files under ``paths`` (folders are walked, links to folders are not followed), each once, in name order.

    Left out: hidden files, Word's lock files (``~$...``) and what file managers leave behind; none of them was sent by
    a unit. A named path that does not exist stays in the list, so that it is reported as rejected, not forgotten.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _walk(path) if path.is_dir() else (path,):
            found.setdefault(Path(os.path.abspath(file)))  # noqa: PTH100 - keeps links as named
    return list(found)


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not is_clutter(name):
                yield Path(parent) / name


def shown_name(path: Path) -> str:
    """The file's name as text; bytes that are no UTF-8 become U+FFFD so that it can be printed and stored."""
    return os.fsencode(path.name).decode("utf-8", errors="replace")
