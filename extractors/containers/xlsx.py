"""Spreadsheets (``.xlsx``, ``.xlsm``) as a `Document` of one page a sheet.

Values are read, not formulas. Used cells that touch form tables (`extractors.containers.xlsx_blocks`), lone lines
form paragraphs; a line break inside a cell starts a new paragraph. Charts, pictures and comments are not read.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from extractors.containers.ooxml import Package, R, open_package
from extractors.containers.xlsx_blocks import Area, Used, blocks_of
from extractors.containers.xlsx_numbers import shown
from extractors.document import Block, Document, Notice, Page, Paragraph, Provenance, Source, Span
from extractors.errors import Rejected

MAX_CELLS = 200_000  # used cells in a workbook
MAX_MERGED = 200_000  # cells under all merges of a workbook
MAX_SHEET_BYTES = 12 << 20  # a larger sheet is read as a stream, without its merged cells
NOTICES = {
    "hidden_sheet": "Tệp có trang tính ẩn, vẫn được đọc: {}.",
    "hidden_rows": "Trang tính có hàng hoặc cột ẩn, vẫn được đọc: {}.",
    "sheet_cut": "Trang tính quá lớn, chỉ đọc {} ô đầu tiên có dữ liệu.",
    "formula_without_value": "Có công thức chưa được tính giá trị khi lưu tệp; các ô này được coi là trống.",
}
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def read(path: Path, source: Source) -> Document:
    """Read a workbook. Raises `Rejected`: ``damaged``, ``encrypted``, ``unsafe`` or ``no_text``."""
    package = open_package(path)
    sizes = _check_sizes(package)
    streamed = max(sizes, default=0) > MAX_SHEET_BYTES
    try:
        # As bytes: openpyxl refuses a path by its extension, and a kept original has none.
        stream = io.BytesIO(path.read_bytes() if streamed else _without_vast_merges(package, path))
        book = openpyxl.load_workbook(stream, data_only=True, rich_text=True, read_only=streamed, keep_links=False)
    except (MemoryError, Rejected):
        raise
    except Exception as error:
        # openpyxl has no error type of its own: a broken part surfaces as whatever it trips over, zlib.error included
        raise Rejected("damaged", type(error).__name__) from None
    reader = _Reader(MAX_CELLS)
    parts = _sheet_parts(package)
    pages = tuple(
        Page(blocks=(*reader.blocks(sheet), *_text_boxes(package, parts.get(sheet.title), sheet.title)), number=number)
        for number, sheet in enumerate(book.worksheets, start=1)
    )
    if not any(page.blocks for page in pages):
        raise Rejected("no_text")
    if not streamed and _has_uncalculated(package):
        reader.notices["formula_without_value"] = []
    return Document(source=source, pages=pages, page_count=len(pages), notices=reader.told())


class _Reader:
    """Reads sheets until the workbook's allowance of cells is used up."""

    def __init__(self, allowance: int) -> None:
        self._left = self._allowance = allowance
        self._looks: dict[int, tuple[Span, bool]] = {}
        self.notices: dict[str, list[str]] = {}

    def told(self) -> tuple[Notice, ...]:
        return tuple(Notice(code, NOTICES[code].format(", ".join(names))) for code, names in self.notices.items())

    def blocks(self, sheet: Any) -> tuple[Block, ...]:
        if sheet.sheet_state != "visible":
            self.notices.setdefault("hidden_sheet", []).append(sheet.title)
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        if _is_streamed(sheet):
            sheet.reset_dimensions()
            cells = (cell for row in sheet.iter_rows() for cell in row if cell.__class__.__name__ != "EmptyCell")
        else:
            for area in sheet.merged_cells.ranges:
                spans[area.min_row, area.min_col] = (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
            if _hides(sheet):
                self.notices.setdefault("hidden_rows", []).append(sheet.title)
            # iter_rows would make a cell for every place up to the farthest one
            stored = sheet._cells
            cells = (stored[place] for place in sorted(stored) if stored[place].__class__.__name__ != "MergedCell")
        used = (self._used(cell, spans.get((cell.row, cell.column), (1, 1)), sheet.title) for cell in cells)
        return blocks_of([one for one in used if one is not None])

    def _used(self, cell: Any, span: tuple[int, int], title: str) -> Used | None:
        """The cell, where it has a value or a border and the allowance is not used up."""
        value = cell.value
        look, framed = self._look(cell)
        if (value is None or value == "") and not framed:
            return None
        if self._left <= 0:
            self.notices["sheet_cut"] = [f"{self._allowance:,}".replace(",", ".")]
            return None
        self._left -= 1
        where = Provenance(block=f"{_quoted(title)}!{get_column_letter(cell.column)}{cell.row}")
        align = _align(cell.alignment.horizontal) if cell.has_style else None
        lines = _lines(value, cell.number_format, look)
        paragraphs = tuple(Paragraph(spans=line, where=where, align=align) for line in lines)
        area = Area(cell.row, cell.column, cell.row + span[0] - 1, cell.column + span[1] - 1)
        return Used(area, paragraphs, framed, where) if paragraphs or framed else None

    def _look(self, cell: Any) -> tuple[Span, bool]:
        """The cell's font as an empty span, and whether it has a border; looked up once a style."""
        style = -1 if not cell.has_style else cell.style_id if hasattr(cell, "style_id") else cell._style_id
        if style not in self._looks:
            font, border = cell.font, cell.border
            sides = (border.left, border.right, border.top, border.bottom)
            framed = sum(side is not None and side.style is not None for side in sides) >= 2
            name, size = font.name or None, float(font.sz) if font.sz else None
            self._looks[style] = Span(text="", font=name, size=size, bold=bool(font.b), italic=bool(font.i)), framed
        return self._looks[style]


def _lines(value: object, number_format: str, look: Span) -> list[tuple[Span, ...]]:
    """A cell's text as one tuple of spans a line; blank lines are left out."""
    if isinstance(value, CellRichText):
        pieces = [_rich(piece, look) for piece in value]
    else:
        pieces = [
            Span(text=shown(value, number_format), font=look.font, size=look.size, bold=look.bold, italic=look.italic)
        ]
    lines: list[list[Span]] = [[]]
    for piece in pieces:
        first, *others = re.split(r"\r\n|[\r\n]", _unescaped(piece.text))
        lines[-1].append(_with_text(piece, first))
        lines += [[_with_text(piece, other)] for other in others]
    kept = [tuple(span for span in line if span.text) for line in lines]
    return [line for line in kept if "".join(span.text for span in line).strip()]


def _rich(piece: str | TextBlock, look: Span) -> Span:
    if isinstance(piece, str):
        return _with_text(look, piece)
    font = piece.font
    return Span(
        text=piece.text,
        font=font.rFont or look.font,
        size=float(font.sz) if font.sz else look.size,
        bold=bool(font.b),
        italic=bool(font.i),
    )


def _with_text(look: Span, text: str) -> Span:
    return Span(text=text, font=look.font, size=look.size, bold=look.bold, italic=look.italic)


def _unescaped(text: str) -> str:
    """Undo Excel's ``_x000D_`` for characters that XML cannot hold."""
    if "_x" not in text:
        return text
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text).replace("\r\n", "\n")


def _align(horizontal: str | None) -> Any:
    named = {"left": "left", "center": "center", "centerContinuous": "center", "right": "right", "justify": "justify"}
    return named.get(horizontal) if horizontal else None


def _quoted(title: str) -> str:
    return title if re.fullmatch(r"\w+", title) else "'" + title.replace("'", "''") + "'"


def _is_streamed(sheet: Any) -> bool:
    return not hasattr(sheet, "merged_cells")


def _hides(sheet: Any) -> bool:
    dimensions = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
    return any(dimension.hidden for dimension in dimensions)


def _check_sizes(package: Package) -> list[int]:
    """Unpacked sizes of the sheets. Raises `Rejected` (``unsafe``) for a bomb in any part that will be read."""
    sizes = []
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            size = package.size(name)
            if "/worksheets/" in name:
                sizes.append(size)
    return sizes


def _without_vast_merges(package: Package, path: Path) -> bytes:
    """The file, rewritten where cells are merged over whole columns: openpyxl makes an object for each cell of a merge,
    and there can be 17 billion. The first cell of such a merge is then read as a single one."""
    changed: dict[str, bytes] = {}
    room = MAX_MERGED
    for name in package.names():
        blob = package.blob(name) if "/worksheets/" in name and name.endswith(".xml") else None
        if blob is None:
            continue
        kept, end = bytearray(), 0
        for found in _MERGE.finditer(blob):
            size = _cells_between(found[1], found[2])
            if size > room:
                kept += blob[end : found.start()]
                end = found.end()
            else:
                room -= size
        if end:
            changed[name] = bytes(kept) + blob[end:]
    if not changed:
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for member in given.infolist():
            name = "/" + member.filename.replace("\\", "/").lstrip("/")
            made.writestr(member.filename, changed.get(name) or given.read(member))
    return buffer.getvalue()


_MERGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Za-z]{1,3}\d{1,7}):([A-Za-z]{1,3}\d{1,7})["'][^>]*?"""
    rb"""(?:/>|>\s*</(?:\w+:)?mergeCell>)"""
)


def _cells_between(first: bytes, last: bytes) -> int:
    (top, left), (bottom, right) = (coordinate_to_tuple(one.decode("ascii").upper()) for one in (first, last))
    return (abs(bottom - top) + 1) * (abs(right - left) + 1)


def _has_uncalculated(package: Package) -> bool:
    """A formula whose result was not saved (a file made by a program that does not calculate)."""
    pattern = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
    for name in package.names():
        if "/worksheets/" in name and name.endswith(".xml"):
            blob = package.blob(name)
            if blob is not None and pattern.search(blob):
                return True
    return False


def _sheet_parts(package: Package) -> dict[str, str]:
    """Sheet name → its part."""
    main = package.main_part()
    root = package.xml(main)
    if main is None or root is None:
        return {}
    relationships = package.relationships(main)
    parts: dict[str, str] = {}
    for sheet in root.iter("{*}sheet"):
        relationship = relationships.get(sheet.get(f"{R}id", ""))
        if relationship is not None and relationship.target:
            parts[sheet.get("name", "")] = relationship.target
    return parts


def _text_boxes(package: Package, part: str | None, title: str) -> list[Block]:
    """Text of drawn shapes on a sheet, in the order of the drawing; openpyxl does not read them."""
    found: list[Block] = []
    for relationship in package.relationships(part).values() if part else ():
        root = package.xml(relationship.target) if relationship.kind == "drawing" else None
        for shape_number, shape in enumerate(root.iter(f"{_DRAWING}sp") if root is not None else (), start=1):
            for number, paragraph in enumerate(shape.iter(f"{_A}p"), start=1):
                text = "".join(t.text or "" for t in paragraph.iter(f"{_A}t"))
                where = Provenance(block=f"{_quoted(title)}/textbox[{shape_number}]/p[{number}]")
                if text.strip():
                    span = Span(text=text, font=_latin(paragraph))
                    found.append(Paragraph(spans=(span,), where=where, role="textbox"))
    return found


def _latin(paragraph: etree._Element) -> str | None:
    latin = next(paragraph.iter(f"{_A}latin"), None)
    return latin.get("typeface") if latin is not None else None
