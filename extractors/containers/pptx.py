"""Presentations (``.pptx``) as a `Document` of one page a slide: shapes in their drawing order, tables, notes.

Pictures, charts and diagrams are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from extractors.containers.ooxml import Package, R, open_package
from extractors.document import Block, Cell, Document, Notice, Page, Paragraph, Provenance, Role, Source, Span, Table
from extractors.errors import Rejected

MAX_SLIDES = 2000
NOTICES = {
    "broken_part": "Một số phần bên trong tệp bị thiếu hoặc hỏng; nội dung đọc được có thể chưa đủ.",
    "pictures_not_read": "Tệp trình chiếu có ảnh; chữ trong ảnh chưa được đọc.",
    "slides_skipped": "Tệp trình chiếu quá dài, chỉ đọc {} trang đầu.",
}
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_FURNITURE = {"dt", "ftr", "sldNum", "hdr"}  # placeholders that repeat on every slide
_EMU_PER_POINT = 12_700


def read(path: Path, source: Source) -> Document:
    """Read a presentation. Raises `Rejected`: ``damaged``, ``encrypted``, ``unsafe`` or ``no_text``."""
    package = open_package(path)
    main = package.main_part() or "/ppt/presentation.xml"
    root = package.xml(main)
    if root is None:
        raise Rejected("damaged")
    relationships = package.relationships(main)
    shown = [relationships.get(slide.get(f"{R}id", "")) for slide in root.iter(f"{_P}sldId")]
    slides = [one.target for one in shown if one is not None and one.target]
    reader = _Reader(package, _size(root))
    pages = tuple(reader.page(slide, number) for number, slide in enumerate(slides[:MAX_SLIDES], start=1))
    if not any(page.blocks for page in pages):
        raise Rejected("no_text")
    met = {
        "broken_part": bool(package.broken) or len(slides) < len(shown),
        "pictures_not_read": reader.met_picture,
        "slides_skipped": len(slides) > MAX_SLIDES,
    }
    notices = tuple(Notice(code, NOTICES[code].format(MAX_SLIDES)) for code, present in met.items() if present)
    return Document(source=source, pages=pages, page_count=len(pages), notices=notices)


class _Reader:
    def __init__(self, package: Package, size: tuple[float, float] | None) -> None:
        self._package = package
        self._size = size
        self._fonts: dict[str, str] = {}
        self.met_picture = False

    def page(self, part: str, number: int) -> Page:
        blocks: list[Block] = []
        self._fonts = self._theme_fonts(part)
        root = self._package.xml(part)
        if root is not None:
            blocks += self._shapes(root, f"slide[{number}]", number, "body")
            for relationship in self._package.relationships(part).values():
                if relationship.kind == "notesSlide" and relationship.target:
                    notes = self._package.xml(relationship.target)
                    if notes is not None:
                        blocks += self._shapes(notes, f"slide[{number}]/notes", number, "footnote")
        return Page(blocks=tuple(blocks), number=number, size=self._size)

    def _shapes(self, root: etree._Element, place: str, page: int, role: Role) -> Iterator[Block]:
        shapes = tables = 0
        for element in root.iter(f"{_P}sp", f"{_A}tbl", f"{_P}pic"):
            if element.tag == f"{_P}pic":
                self.met_picture = True
            elif element.tag == f"{_A}tbl":
                tables += 1
                yield self._table(element, f"{place}/table[{tables}]", page)
            elif (body := element.find(f"{_P}txBody")) is not None:
                shapes += 1
                placeholder = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
                if placeholder is not None and placeholder.get("type") in _FURNITURE:
                    continue
                yield from self._paragraphs(body, f"{place}/shape[{shapes}]", page, role)

    def _paragraphs(self, body: etree._Element, place: str, page: int, role: Role = "body") -> Iterator[Paragraph]:
        for count, paragraph in enumerate(body.iterfind(f"{_A}p"), start=1):
            properties = paragraph.find(f"{_A}pPr")
            level = int(properties.get("lvl", "0")) if properties is not None else 0
            inherited = body.find(f"{_A}lstStyle/{_A}lvl{level + 1}pPr/{_A}defRPr")
            spans = tuple(self._spans(paragraph, inherited))
            if "".join(span.text for span in spans).strip():
                where = Provenance(page=page, block=f"{place}/p[{count}]")
                yield Paragraph(spans=spans, where=where, level=level, role=role)

    def _spans(self, paragraph: etree._Element, inherited: etree._Element | None) -> Iterator[Span]:
        for run in paragraph.iter(f"{_A}r", f"{_A}fld", f"{_A}br"):
            if run.tag == f"{_A}br":
                yield Span(text="\n")
                continue
            look = run.find(f"{_A}rPr")
            text = "".join(piece.text or "" for piece in run.iterfind(f"{_A}t"))
            if text:
                yield Span(
                    text=text,
                    font=self._font(look) or self._font(inherited) or self._fonts.get("+mn-lt"),
                    size=_points(look, inherited),
                    bold=look is not None and look.get("b") in ("1", "true"),
                    italic=look is not None and look.get("i") in ("1", "true"),
                )

    def _font(self, look: etree._Element | None) -> str | None:
        latin = look.find(f"{_A}latin") if look is not None else None
        name = latin.get("typeface") if latin is not None else None
        return self._fonts.get(name) if name and name.startswith("+") else name

    def _table(self, table: etree._Element, place: str, page: int) -> Table:
        rows = table.findall(f"{_A}tr")
        columns = max((len(row.findall(f"{_A}tc")) for row in rows), default=0)
        cells: list[Cell] = []
        for r, row in enumerate(rows):
            for c, cell in enumerate(row.iterfind(f"{_A}tc")):
                if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                    continue
                body, at = cell.find(f"{_A}txBody"), f"{place}/row[{r + 1}]/cell[{c + 1}]"
                cells.append(
                    Cell(
                        row=r,
                        column=c,
                        row_span=_span(cell.get("rowSpan"), len(rows) - r),
                        column_span=_span(cell.get("gridSpan"), columns - c),
                        blocks=tuple(self._paragraphs(body, at, page)) if body is not None else (),
                        where=Provenance(page=page, block=at),
                    )
                )
        return Table(rows=len(rows), columns=columns, cells=tuple(cells), where=Provenance(page=page, block=place))

    def _theme_fonts(self, part: str) -> dict[str, str]:
        """What ``+mj-lt`` (headings) and ``+mn-lt`` (body) stand for on a slide: slide → layout → master → theme."""
        at: str | None = part
        for kind in ("slideLayout", "slideMaster", "theme"):
            related = self._package.relationships(at).values() if at else ()
            at = next((one.target for one in related if one.kind == kind and one.target), None)
        root = self._package.xml(at)
        found: dict[str, str] = {}
        for name, tag in (("+mj-lt", "majorFont"), ("+mn-lt", "minorFont")):
            latin = next(root.iter(f"{_A}{tag}"), None) if root is not None else None
            face = latin.find(f"{_A}latin") if latin is not None else None
            if face is not None and face.get("typeface"):
                found[name] = face.get("typeface", "")
        return found


def _points(*looks: etree._Element | None) -> float | None:
    for look in looks:
        size = look.get("sz", "") if look is not None else ""
        if size.isdigit():
            return int(size) / 100
    return None


def _span(value: str | None, most: int) -> int:
    return max(1, min(int(value), most)) if value and value.isdigit() else 1


def _size(root: etree._Element) -> tuple[float, float] | None:
    size = root.find(f"{_P}sldSz")
    try:
        return (
            (int(size.get("cx", "")) / _EMU_PER_POINT, int(size.get("cy", "")) / _EMU_PER_POINT)
            if size is not None
            else None
        )
    except ValueError:
        return None
