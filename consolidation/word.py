"""Filling a Word template: ``{{name}}`` by text, a paragraph that is only ``{{name}}`` by paragraphs, tables, pictures.

Long content is written as WordprocessingML at once, since thousands of calls to python-docx would take minutes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
import msgspec
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from consolidation.tables import legal

_NAME = re.compile(r"\{\{(\w+)\}\}")
PICTURE_STYLE = "Hình"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Run(msgspec.Struct, frozen=True):
    """A stretch of text in one look; ``\\n`` breaks the line."""

    text: str
    bold: bool = False
    italic: bool = False
    size: float | None = None  # points
    color: str | None = None


class Text(msgspec.Struct, frozen=True):
    """A paragraph in a style of the template, named as Word shows it."""

    style: str
    runs: tuple[Run, ...]


class Cell(msgspec.Struct, frozen=True):
    paragraphs: tuple[Text, ...]
    span: int = 1


class Table(msgspec.Struct, frozen=True):
    """``widths`` in mm; the first ``heads`` rows come again on every page."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 1


class Picture(msgspec.Struct, frozen=True):
    png: bytes
    width: float  # mm


Block = Text | Table | Picture


def line(style: str, *parts: str | Run) -> Text:
    return Text(style, tuple(Run(part) if isinstance(part, str) else part for part in parts))


def cell(text: str, style: str = "Bảng chữ", *, bold: bool = False, span: int = 1) -> Cell:
    return Cell(tuple(Text(style, (Run(part, bold=bold),)) for part in text.split("\n")), span)


class TemplateError(ValueError):
    """A template cannot be filled; the message is for the officer who edited it, in Vietnamese."""


def fill(
    template: str, names: Mapping[str, str | Sequence[Block]], path: Path, now: dt.datetime, own: Path | None = None
) -> None:
    """Write ``template`` to ``path`` with every name replaced: the file of that name in the folder ``own`` if there is
    one, else the one that comes with the program.

    Raises `TemplateError`. The same content and ``now`` give the same bytes.
    """
    document = _opened(template, own)
    try:
        _fill(document, names)
    except TemplateError as error:
        raise TemplateError(f"Mẫu {template}: {error}") from error
    moment = now.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    about = document.core_properties
    about.author, about.last_modified_by, about.comments = "", "", ""
    about.created = about.modified = moment
    buffer = io.BytesIO()
    document.save(buffer)
    _write_undated(buffer, path)


def _opened(template: str, own: Path | None) -> Any:
    if own is not None and (own / template).is_file():
        try:
            return docx.Document(str(own / template))
        except Exception as error:  # whatever a file that only looks like one does to the library
            raise TemplateError(f"Không mở được mẫu {own / template}; cần là tệp .docx của Word.") from error
    with resources.as_file(resources.files("consolidation").joinpath("templates", template)) as file:
        return docx.Document(str(file))


def _fill(document: Any, names: Mapping[str, str | Sequence[Block]]) -> None:
    for paragraph in list(_paragraphs(document)):
        unknown = [name for name in _NAME.findall(paragraph.text) if name not in names]
        if unknown:
            known = ", ".join(f"{{{{{name}}}}}" for name in names)
            raise TemplateError(f"không có chỗ điền {{{{{unknown[0]}}}}}; các chỗ điền dùng được: {known}.")
        _replace(document, paragraph, names)


def _paragraphs(document: Any) -> Iterator[Paragraph]:
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.footer._element]
    for part in parts:
        for element in part.iter(qn("w:p")):
            yield Paragraph(element, document)


def _replace(document: Any, paragraph: Paragraph, names: Mapping[str, str | Sequence[Block]]) -> None:
    text = paragraph.text
    if "{{" not in text:
        return
    whole = _NAME.fullmatch(text.strip())
    if whole and not isinstance(names[whole[1]], str):
        _put(document, paragraph, names[whole[1]])  # type: ignore[arg-type]
        return
    filled = _NAME.sub(lambda found: legal(str(names[found[1]])), text)
    # Word cuts a placeholder into runs as it likes: the first run takes the whole text, in its look.
    runs = paragraph.runs
    runs[0].text = filled
    for run in runs[1:]:
        paragraph._p.remove(run._r)


def _put(document: Any, anchor: Paragraph, blocks: Sequence[Block]) -> None:
    styles = {style.name: style.style_id for style in document.styles}
    missing = sorted({name for block in blocks for name in _styles_of(block)} - styles.keys())
    if missing:
        raise TemplateError(f"thiếu kiểu chữ (style) “{missing[0]}”; chép lại kiểu này từ mẫu gốc.")
    for block in blocks:
        if isinstance(block, Picture):
            paragraph = anchor.insert_paragraph_before(style=document.styles[PICTURE_STYLE])
            shape = document.part.new_pic_inline(io.BytesIO(block.png), Mm(block.width), None)
            paragraph.add_run()._r.add_drawing(shape)
        else:
            made = _text(block, styles) if isinstance(block, Text) else _table(block, styles)
            anchor._p.addprevious(parse_xml(made))
    parent = anchor._p.getparent()
    assert parent is not None
    if blocks or parent.tag != qn("w:tc"):  # a cell must keep a paragraph
        parent.remove(anchor._p)


def _styles_of(block: Block) -> Iterator[str]:
    """Names of the paragraph styles that a block needs."""
    if isinstance(block, Picture):
        yield PICTURE_STYLE
    elif isinstance(block, Text):
        yield block.style
    else:
        yield from {text.style for row in block.rows for one in row for text in one.paragraphs}


_SPACE = nsdecls("w")


def _text(text: Text, styles: Mapping[str, str], declare: str = " " + _SPACE) -> str:
    runs = "".join(map(_run, text.runs))
    return f'<w:p{declare}><w:pPr><w:pStyle w:val="{styles[text.style]}"/></w:pPr>{runs}</w:p>'


def _run(run: Run) -> str:
    look = "<w:b/>" * run.bold + "<w:i/>" * run.italic
    look += f'<w:color w:val="{run.color}"/>' if run.color else ""
    look += f'<w:sz w:val="{round(run.size * 2)}"/>' if run.size else ""
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(part) for part in legal(run.text).split("\n"))
    return f'<w:r>{f"<w:rPr>{look}</w:rPr>" if look else ""}<w:t xml:space="preserve">{lines}</w:t></w:r>'


def _table(table: Table, styles: Mapping[str, str]) -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    widths = [round(width * 56.7) for width in table.widths]  # mm to twentieths of a point
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(row, widths, styles, head=n < table.heads) for n, row in enumerate(table.rows))
    return (
        f'<w:tbl {_SPACE}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(row: Iterable[Cell], widths: Sequence[int], styles: Mapping[str, str], *, head: bool) -> str:
    cells, at = [], 0
    for one in row:
        width = sum(widths[at : at + one.span])
        at += one.span
        span = f'<w:gridSpan w:val="{one.span}"/>' if one.span > 1 else ""
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/><w:vAlign w:val="center"/>' if head else ""
        content = "".join(_text(text, styles, "") for text in one.paragraphs) or "<w:p/>"
        cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{shade}</w:tcPr>{content}</w:tc>')
    properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if head else ""
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def _write_undated(buffer: io.BytesIO, path: Path) -> None:
    """The package again, without the time of day in its directory."""
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name, _EPOCH), made.read(name), zipfile.ZIP_DEFLATED)
