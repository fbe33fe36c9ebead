"""Make the sample inbox and what is expected of it.

    python -P samples/generate.py            write samples/inbox and samples/expected
    python -P samples/generate.py --check    verify that what is committed can be made again

Every file is made from fixed content with fixed dates and seeds. ``--check`` asks for the same bytes; where another
version of zlib, reportlab or a font compresses or draws differently it compares what the file says: the parts of a zip,
the text of a PDF, the size and the ink of a scanned page.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pypdfium2  # noqa: E402
import yaml  # noqa: E402

from samples import content as contents  # noqa: E402
from samples import truth  # noqa: E402
from samples.writers import docx, pdf, scan, txt, xlsx  # noqa: E402

HERE = ROOT / "samples"
LETTER = "2542_SGDDT-GDTrH.txt"
WRITERS = {"docx": docx.write, "pdf": pdf.write, "scan": scan.write, "txt": txt.write, "xlsx": xlsx.write}


def reports() -> list[contents.Content]:
    return [contents.load(path) for path in sorted((HERE / "reports").glob("*.yaml"))]


def make(inbox: Path, expected: Path, only: str = "") -> None:
    """Write every sample into ``inbox`` and its truth into ``expected``."""
    for report in reports():
        if only in report.key:
            (inbox / report.file).write_bytes(WRITERS[report.writer](report))
            (expected / f"{report.file}.json").write_text(truth.to_text(truth.expected(report)), encoding="utf-8")
    if only:
        return
    for other in yaml.safe_load((HERE / "others.yaml").read_text(encoding="utf-8")):
        name = other.pop("file")
        (inbox / name).write_bytes(_other(inbox, other))
        kept = {key: value for key, value in other.items() if key not in ("cut", "empty", "copy_of", "letter")}
        if "copy_of" in other:
            kept["duplicate_of"] = other["copy_of"]
        (expected / f"{name}.json").write_text(truth.to_text(kept), encoding="utf-8")


def _other(inbox: Path, how: dict) -> bytes:
    if "copy_of" in how:
        return (inbox / how["copy_of"]).read_bytes()
    if "cut" in how:
        name, share = how["cut"]
        whole = (inbox / name).read_bytes()
        return whole[: int(len(whole) * share)]
    if "letter" in how:
        return (HERE / "inbox" / LETTER).read_bytes()  # received, not made: it is its own source
    return b""


def differs(old: bytes, new: bytes) -> str:
    """Empty when both files say the same, else one line about the difference."""
    if old == new:
        return ""
    if old[:2] == new[:2] == b"PK":
        return _zip_differs(old, new)
    if old[:4] == new[:4] == b"%PDF":
        return _pdf_differs(old, new)
    return f"{len(old)} and {len(new)} bytes differ"


def _zip_differs(old: bytes, new: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(old)) as a, zipfile.ZipFile(io.BytesIO(new)) as b:
            if a.namelist() != b.namelist():
                return "other members"
            changed = [name for name in a.namelist() if a.read(name) != b.read(name)]
    except zipfile.BadZipFile:
        return "" if abs(len(old) - len(new)) < 200 else "cut at another place"
    return f"members differ: {', '.join(changed)}" if changed else ""


def _pdf_differs(old: bytes, new: bytes) -> str:
    try:
        a, b = pypdfium2.PdfDocument(old), pypdfium2.PdfDocument(new)
    except pypdfium2.PdfiumError:
        return "" if abs(len(old) - len(new)) < 2000 else "locked file of another size"
    if len(a) != len(b):
        return f"{len(a)} and {len(b)} pages"
    for number, (left, right) in enumerate(zip(a, b, strict=True), start=1):
        text = left.get_textpage().get_text_range(), right.get_textpage().get_text_range()
        if text[0] != text[1]:
            return f"page {number}: other text"
        if not text[0].strip():
            ink = [np.asarray(page.render(scale=0.5).to_pil().convert("L")) for page in (left, right)]
            if ink[0].shape != ink[1].shape or abs(float(ink[0].mean()) - float(ink[1].mean())) > 1.5:
                return f"page {number}: other picture"
    return ""


def check() -> list[str]:
    """What is committed but cannot be made again, or is missing."""
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        fresh = {"inbox": Path(folder) / "inbox", "expected": Path(folder) / "expected"}
        for place in fresh.values():
            place.mkdir()
        make(fresh["inbox"], fresh["expected"])
        for name, place in fresh.items():
            made = {path.name: path.read_bytes() for path in place.iterdir()}
            held = {path.name: path.read_bytes() for path in (HERE / name).iterdir()}
            problems += [f"{name}/{file}: not made by the generator" for file in sorted(held.keys() - made.keys())]
            problems += [f"{name}/{file}: missing" for file in sorted(made.keys() - held.keys())]
            for file in sorted(made.keys() & held.keys()):
                if said := differs(held[file], made[file]):
                    problems.append(f"{name}/{file}: {said}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the sample inbox, or check that it can be made again.")
    parser.add_argument("--check", action="store_true", help="compare with what is committed and write nothing")
    parser.add_argument("--only", default="", help="only the reports whose key contains this")
    options = parser.parse_args()
    if options.check:
        problems = check()
        print("\n".join(problems) or "samples: all can be made again")
        return 1 if problems else 0
    for place in ("inbox", "expected"):
        (HERE / place).mkdir(exist_ok=True)
    make(HERE / "inbox", HERE / "expected", options.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
