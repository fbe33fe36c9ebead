"""RAR and 7-Zip archives, unpacked by bsdtar (libarchive) as an outside program.

It writes below an empty directory of its own: libarchive neither leaves it nor goes through links. What came out is
then taken in like the members of any archive; what bsdtar complained about is refused.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from extractors import starvation
from extractors.containers.members import Sink, is_clutter
from extractors.errors import Rejected

TIMEOUT_S = 45.0
REST = "phần còn lại của tệp nén"
_MOST_FILES = 5000
_CHUNK = 1 << 20
_LOOK_S = 0.1
_LOCKED = ("encrypt", "passphrase", "password")


def program() -> str | None:
    """The path of bsdtar, None where it is not installed."""
    return shutil.which("bsdtar")


def open_archive(path: Path, sink: Sink) -> None:
    """Take the files out. Raises `Rejected`: ``damaged``, ``encrypted``, ``unsafe`` (too many files), ``too_large``,
    ``timeout``, ``no_converter`` (bsdtar is not installed); `Full`.
    """
    start = program()
    if start is None:
        raise Rejected("no_converter")
    with tempfile.TemporaryDirectory(prefix="bsdtar-") as folder:
        out, said = Path(folder) / "out", Path(folder) / "said"
        out.mkdir()
        complaints = _unpack(start, path, out, said, sink.room.total)
        taken = 0
        for name, file in _found(out):
            if is_clutter(name):
                continue
            taken += 1
            mode = file.lstat()
            complaint = next((line for line in complaints if line.startswith(f"{name}:")), None)
            if complaint is not None:
                complaints.remove(complaint)
                sink.refuse(name, _code(complaint))
            elif not stat.S_ISREG(mode.st_mode):
                sink.refuse(name, "unsafe", "liên kết tới tệp khác")
            elif mode.st_size == 0:
                sink.refuse(name, "empty_file")
            else:
                sink.add(name, _chunks(file))
        if complaints and not taken:
            raise Rejected(_code(" ".join(complaints)))
        if complaints:
            sink.refuse(REST, _code(" ".join(complaints)))


def _unpack(start: str, path: Path, out: Path, said: Path, most: int) -> list[str]:
    """Run bsdtar under watch; what it complained about, a line each."""
    command = [start, "-x", "-f", str(path), "-C", str(out), "--no-same-owner", "--no-same-permissions"]
    command += ["--no-acls", "--no-xattrs", "--no-fflags"]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TMPDIR": str(out.parent)}
    with said.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own arguments
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=environment,
            start_new_session=True,
        )  # fmt: skip
        try:
            code = _watched(process, out, most)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    lines = said.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line.removeprefix("bsdtar: ").strip() for line in lines if "Error exit delayed" not in line]
    return [line for line in told if line] or ["?"] if code else []


def _watched(process: subprocess.Popen[bytes], out: Path, most: int) -> int:
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            return process.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline + starvation.grace(TIMEOUT_S, starvation.starved(process.pid)):
                raise Rejected("timeout", f"giải nén quá {TIMEOUT_S:.0f} giây") from None
        finally:
            sizes = [file.lstat().st_size for _, file in _found(out) if file.is_symlink() or file.exists()]
            if sum(sizes) > most:
                raise Rejected("too_large", "bung ra quá lớn")
            if len(sizes) > _MOST_FILES:
                raise Rejected("unsafe", "tệp nén chứa quá nhiều thành phần")


def _found(out: Path) -> Iterator[tuple[str, Path]]:
    """What lies below ``out`` by its name there, folders left out, links not followed."""
    for parent, folders, names in os.walk(out):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links)
        for name in sorted([*names, *links]):
            file = Path(parent, name)
            yield os.fsencode(file.relative_to(out)).decode("utf-8", "replace"), file


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _code(complaint: str) -> str:
    return "encrypted" if any(word in complaint.lower() for word in _LOCKED) else "damaged"
