"""``./baocao bench NAME``: runs a program of ``benchmarks/`` (present in a checkout, not in an installed wheel)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


def run(name: str, arguments: list[str]) -> int:
    """Exit status of ``benchmarks/NAME.py ARGUMENTS``; 2 when there is no such benchmark, 1 outside a checkout."""
    if not FOLDER.is_dir():
        typer.echo("Các phép đo chỉ có trong kho mã nguồn, không có trong gói đã cài.", err=True)
        return 1
    known = sorted(path.stem for path in FOLDER.glob("*.py") if "def main(" in path.read_text(encoding="utf-8"))
    if name not in known:
        typer.echo(f"Không có phép đo {name!r}; hiện có: {', '.join(known) or 'không có'}.", err=True)
        return 2
    # A process of its own: what it measures must not carry the command line's imports.
    return subprocess.run([sys.executable, "-P", "-m", f"benchmarks.{name}", *arguments], check=False).returncode  # noqa: S603
