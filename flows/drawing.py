"""``extract --draw DIR``: what was seen on every page, as pictures in a folder."""

from __future__ import annotations

from pathlib import Path

import msgspec
import typer

from extractors import drawing, intake, reading, rendering, sandbox
from extractors.document import Page, Source
from extractors.errors import Rejected


def run(file: Path, out: Path) -> int:
    """Draw every page of ``file`` into ``out``; how many pictures were made. Raises `Rejected`."""
    source = intake.identify(file)
    if source.media_type not in rendering.PAGED:
        typer.echo(f"{file}: loại tệp này không có trang để vẽ.", err=True)
        return 0
    pages = _pages(file, source)
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for page in pages:
        try:
            made = sandbox.run(drawing.draw, file.resolve(), source.media_type, msgspec.msgpack.encode(page))
        except Rejected as rejection:
            typer.echo(f"trang {page.number}: {rejection.message}", err=True)
            continue
        for name, data in msgspec.msgpack.decode(made, type=drawing.Drawn):
            (out / f"trang-{page.number or 1:03d}-{name}.png").write_bytes(data)
            count += 1
    return count


def _pages(file: Path, source: Source) -> tuple[Page, ...]:
    """The pages as they were read; of a file that nothing could be read of, pages without blocks."""
    try:
        return reading.read_safely(file, source).pages
    except Rejected as rejection:
        if rejection.code != "no_text":
            raise
    sizes = msgspec.msgpack.decode(
        sandbox.run(rendering.measure, file.resolve(), source.media_type), type=list[rendering.Size]
    )
    return tuple(Page(blocks=(), number=number, size=size, origin="ocr") for number, size in enumerate(sizes, 1))
