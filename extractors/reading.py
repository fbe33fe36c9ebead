"""One file to a `Document`: the reader for its media type, and the one place that decides what is read at all.

`read` does the work in this process and is what runs inside the sandboxed child; `read_safely` is what the rest of
the product calls.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from extractors import intake, sandbox
from extractors.document import Document, Source
from extractors.errors import Rejected

Progress = Callable[[int, int], None]

# Module and whether it reads page by page, by media type. A module is imported when a file needs it: each brings its
# own large library.
_PAGED = {
    intake.PDF: "pdf",
    **dict.fromkeys((intake.JPEG, intake.PNG, intake.TIFF, intake.GIF, intake.BMP, intake.WEBP, intake.HEIC), "image"),
    intake.DOC: "office",
    intake.RTF: "office",
    intake.ODT: "office",
    intake.HTML: "office",
    intake.MHTML: "office",
    intake.WORD_XML: "office",
    intake.EXCEL_XML: "office",
    intake.XLS: "office",
    intake.XLSB: "office",
    intake.ODS: "office",
    intake.PPT: "office",
    intake.ODP: "office",
}
_WHOLE = {
    intake.DOCX: "docx",
    intake.DOCM: "docx",
    intake.XLSX: "xlsx",
    intake.XLSM: "xlsx",
    intake.PPTX: "pptx",
    intake.TEXT: "text",
}
_SAVE_AS_DOCX = "đề nghị lưu lại dạng DOCX hoặc PDF rồi gửi lại"
_SEND_APART = "đề nghị gửi riêng từng tệp bên trong"
_NOT_YET = {
    intake.XML: f"tệp XML, {_SAVE_AS_DOCX}",
    intake.GZIP: f"tệp nén GZIP, {_SEND_APART}",
}


def read(path: Path, source: Source, progress: Progress | None = None) -> Document:
    """Read a file whose ``source`` comes from `intake.identify`.

    ``progress(done, total)`` counts pages where there are any. Raises `Rejected`, with ``unsupported_type`` for types
    that are known but not read. Parses foreign bytes: call `read_safely` unless this is the sandboxed child.
    """
    check_supported(source)
    intake.check_parts(path, source)
    if paged := _PAGED.get(source.media_type):
        document: Document = _reader(paged).read(path, source, progress)
    else:
        document = _reader(_WHOLE[source.media_type]).read(path, source)
    notice = intake.wrong_extension(source)
    return msgspec.structs.replace(document, notices=(notice, *document.notices)) if notice else document


def load_all() -> None:
    """Import every reader now, for a process that will read many files."""
    for name in {*_PAGED.values(), *_WHOLE.values()}:
        _reader(name)


def _reader(name: str) -> Any:
    return importlib.import_module(f"extractors.containers.{name}")


def check_supported(source: Source) -> None:
    """Raise `Rejected` (``unsupported_type``) for a type that has no reader."""
    if source.media_type not in _PAGED and source.media_type not in _WHOLE:
        raise Rejected("unsupported_type", _NOT_YET.get(source.media_type, source.media_type))


def read_safely(
    path: Path,
    source: Source,
    progress: Progress | None = None,
    *,
    box: sandbox.Sandbox | None = None,
    limits: sandbox.Limits = sandbox.DEFAULT_LIMITS,
) -> Document:
    """`read` in a sandboxed child (of ``box``, by default the process's shared sandbox)."""
    check_supported(source)
    run = sandbox.run if box is None else box.run
    encoded = run(read_encoded, path.resolve(), source, limits=limits, on_progress=progress)
    return msgspec.msgpack.decode(encoded, type=Document)


def read_encoded(path: Path, source: Source) -> bytes:
    """`read` as MessagePack bytes, with heartbeats: the function that runs in the child."""
    return msgspec.msgpack.encode(read(path, source, sandbox.heartbeat))
