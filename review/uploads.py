"""Files on their way in: each is written under a safe name into the folder of its upload, never over another."""

from __future__ import annotations

import secrets
import shutil
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import HTTPException

from extractors.containers.members import is_clutter

MOST_FILES = 2000
_LONGEST_NAME = 180  # bytes, of the 255 that file systems allow
_ROOM_LEFT = 256 * 1024 * 1024  # bytes that stay free on the disk


async def store(folder: Path, name: str, size: int | None, body: AsyncIterator[bytes], most: int) -> str:
    """Write ``body`` (``size`` bytes as announced) into ``folder``; the name it got there.

    Answers 413 for more than ``most`` bytes, 422 for what is no report, 404 when the upload was started meanwhile,
    507 when the disk is full.
    """
    name = plain_name(name)
    if is_clutter(name):
        raise HTTPException(422, "Đây là tệp tạm của máy tính, không phải báo cáo.")
    if (size or 0) > most:
        raise _too_large(most)
    if sum(1 for path in folder.iterdir() if not path.name.startswith(".")) >= MOST_FILES:
        raise HTTPException(422, f"Mỗi lượt nhận tối đa {MOST_FILES} tệp; hãy bắt đầu đọc rồi gửi tiếp.")
    if shutil.disk_usage(folder).free - (size or 0) < _ROOM_LEFT:
        raise HTTPException(507, "Đĩa của máy chủ sắp đầy; hãy báo người quản trị.")
    part = folder / f".{secrets.token_hex(8)}"  # hidden: an ingest that starts now passes it over
    try:
        written = 0
        with part.open("xb") as file:
            async for chunk in body:
                written += len(chunk)
                if written > most:
                    raise _too_large(most)
                file.write(chunk)
        return _placed(part, folder, name)
    except FileNotFoundError:
        raise HTTPException(404, "Lượt nhận này đã bắt đầu đọc; hãy tải lại trang rồi gửi tiếp.") from None
    finally:
        part.unlink(missing_ok=True)


def plain_name(name: str) -> str:
    """The last part of a path as a file name that is safe everywhere: no folders, nothing unprintable, not hidden, not
    too long; the suffix stays."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    clean = "".join(char if char.isprintable() and char not in ':*?"<>|' else "_" for char in last)
    clean = clean.encode("utf-8", "replace").decode().strip().lstrip(".").rstrip(". ")
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = clean, ""
    room = _LONGEST_NAME - len(dot + suffix if suffix else "")
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip()
    return f"{stem or 'tep'}{f'.{suffix}' if suffix else ''}"


def _placed(part: Path, folder: Path, name: str) -> str:
    """Give the whole file its name, or the next free one like it."""
    path = Path(name)
    for n in range(1, MOST_FILES + 2):
        candidate = name if n == 1 else f"{path.stem} ({n}){path.suffix}"
        try:
            (folder / candidate).hardlink_to(part)
        except FileExistsError:
            continue
        return candidate
    raise HTTPException(422, "Quá nhiều tệp trùng tên.")


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"Tệp lớn hơn {shown_size(most)}, không nhận được.")


def shown_size(size: float) -> str:
    """``12 KB``, ``3,4 MB``"""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f}".replace(".", ",").removesuffix(",0") + " MB"
