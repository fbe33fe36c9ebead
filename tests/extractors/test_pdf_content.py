"""What a PDF page draws: our reader of operators against pdfplumber's, and what it must survive."""

from __future__ import annotations

from pathlib import Path

import pdfplumber
import pytest
from pdfminer.pdfinterp import PDFResourceManager

from extractors.containers.pdf_content import Glyph
from extractors.containers.pdf_file import PdfFile
from extractors.containers.pdf_operators import Device, Interpreter
from tests.extractors import drawing

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
FILES = ["2. BC thuc hien QD 3249 (Q.5).pdf", "BÁO CÁO GDTM-HTSĐ_signed.pdf"]


@pytest.mark.parametrize("name", FILES)
def test_same_characters_and_lines_as_pdfplumber(name: str) -> None:
    with pdfplumber.open(INBOX / name) as peer, PdfFile(INBOX / name) as ours:
        for index, page in enumerate(peer.pages):
            content = ours.content(index)
            theirs = [
                (char["text"], *(round(char[side], 2) for side in ("x0", "top", "x1", "bottom"))) for char in page.chars
            ]
            assert [(g.text, *(round(v, 2) for v in (g.x0, g.top, g.x1, g.bottom))) for g in content.glyphs] == theirs
            drawn = [
                tuple(round(thing[side], 1) for side in ("x0", "top", "x1", "bottom"))
                for thing in (*page.lines, *page.rects, *page.curves)
            ]
            assert sorted(tuple(round(v, 1) for v in s.box) for s in content.shapes if s.kind != "image") == sorted(
                drawn
            )


@pytest.mark.parametrize("name", FILES)
def test_a_page_that_stops_the_first_reader_goes_to_the_second(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with PdfFile(INBOX / name) as file:
        first = file.content(0)
    monkeypatch.setattr(Interpreter, "process_page", lambda *_: (_ for _ in ()).throw(ValueError("broken")))
    with PdfFile(INBOX / name) as file:
        second = file.content(0)

    def seen(glyph: Glyph) -> tuple[object, ...]:
        sides = (glyph.x0, glyph.top, glyph.x1, glyph.bottom, glyph.base)
        return (glyph.text, glyph.font, glyph.turn, *(round(side, 1) for side in sides))

    assert [seen(glyph) for glyph in second.glyphs] == [seen(glyph) for glyph in first.glyphs]
    assert len(second.glyphs) > 300
    assert sorted(shape.box for shape in second.shapes if shape.kind != "image") == pytest.approx(
        sorted(shape.box for shape in first.shapes if shape.kind != "image"), abs=0.1
    )


class _Told(Device):
    """Keeps the strings that are shown."""

    def __init__(self) -> None:
        super().__init__(PDFResourceManager())
        self.shown: list[object] = []


class _Interpreter(Interpreter):
    def do_TJ(self, seq: object) -> None:
        self.device.shown.append(seq)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (rb"(plain) Tj", [[b"plain"]]),
        (rb"(a\(b\)\\ (in (side)) \101\7z\12) Tj", [[b"a(b)\\ (in (side)) A\x07z\n"]]),
        (b"(line\\\r\nbreak\\q) Tj", [[b"linebreakq"]]),
        (rb"<48 65 6c6C 7> Tj <> Tj", [[b"Hellp"], [b""]]),
        (b"[(a)-250.5(b) 12 <63>] TJ % (comment) Tj\n(d)'", [[b"a", -250.5, b"b", 12, b"c"], [b"d"]]),
        (rb"--5 -.5 . +7 (x)Tj(y)Tj", [[b"x"], [b"y"]]),
        (b"/Span <</ActualText <FEFF> /MCID 3>> BDC (x) Tj EMC", [[b"x"]]),
        (b"BI /W 2 /H 1 /BPC 8 ID \x00EI\xff(\nEI Q (after) Tj", [[b"after"]]),
        (b"[[[(deep)]]] TJ ] >> } ) (x) Tj", [[[[b"deep"]]], [b"x"]]),
        (b"[(open) (x) Tj", []),
        (b"(never closed \\", []),
        (b"7 do_TJ nonsense __init__ pop execute (x) Tj", [[b"x"]]),
    ],
)
def test_operators(data: bytes, shown: list[object]) -> None:
    device = _Told()
    interpreter = _Interpreter(PDFResourceManager(), device)
    interpreter.init_resources({})
    interpreter.init_state((1, 0, 0, 1, 0, 0))
    interpreter.run(data)
    assert device.shown == shown


def _content(tmp_path: Path, data: bytes) -> list[Glyph]:
    path = tmp_path / "page.pdf"
    path.write_bytes(data)
    with PdfFile(path) as file:
        return file.content(0).glyphs


def test_a_form_that_draws_itself_ends(tmp_path: Path) -> None:
    def draw(canvas: drawing.Canvas) -> None:
        canvas.beginForm("ring")
        canvas.drawString(80, 700, "trong")
        canvas.doForm("ring")
        canvas.endForm()
        canvas.doForm("ring")

    assert "".join(glyph.text for glyph in _content(tmp_path, drawing.drawn(draw))) == "trong"


def test_invisible_and_leaning_text_is_marked(tmp_path: Path) -> None:
    def draw(canvas: drawing.Canvas) -> None:
        canvas.saveState()
        text = canvas.beginText(80, 700)
        text.setTextRenderMode(3)
        text.textOut("ẩn")
        canvas.drawText(text)
        canvas.restoreState()
        canvas.rotate(45)
        canvas.drawString(300, 100, "MẪU")

    found = [(glyph.text, glyph.hidden, glyph.slant) for glyph in _content(tmp_path, drawing.drawn(draw))]
    assert found == [("ẩ", True, False), ("n", True, False), *[(letter, False, True) for letter in "MẪU"]]
