"""Paragraphs and tables of one story (body, header, note, text box) of a Word document, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from extractors.containers.docx_inline import Inline, is_prompt, spans
from extractors.containers.docx_numbering import Numbering
from extractors.containers.docx_styles import Look, Styles, alignment, outline_level
from extractors.containers.ooxml import W
from extractors.document import Block, Cell, Paragraph, Provenance, Role, Table, paragraphs

_OPENED = {W + name for name in ("sdtContent", "customXml", "smartTag", "ins", "moveTo")}
_MAX_DEPTH = 30
_MAX_SPAN = 1000


class Place(NamedTuple):
    """Where in the document a block is being read: its path, its role, and how deep it is nested."""

    path: str
    role: Role
    depth: int = 0

    def step(self, name: str, *, deeper: bool = False) -> Place:
        return Place(f"{self.path}/{name}", self.role, self.depth + deeper)


class Story:
    """Reads stories with shared styles and list counters."""

    def __init__(self, styles: Styles, numbering: Numbering, inline: Inline) -> None:
        self._styles = styles
        self._numbering = numbering
        self.inline = inline
        self.too_deep = False

    def blocks(self, container: etree._Element, at: Place) -> tuple[Block, ...]:
        """The paragraphs and tables directly in ``container``; text boxes follow the paragraph that anchors them."""
        found: list[Block] = []
        counts = {"p": 0, "table": 0}
        if at.depth > _MAX_DEPTH:
            self.too_deep = True
            return ()
        for element in _children(container, {f"{W}p", f"{W}tbl"}):
            if element.tag == f"{W}p":
                counts["p"] += 1
                found += self._paragraph(element, at.step(f"p[{counts['p']}]"))
            else:
                counts["table"] += 1
                table = self._table(element, at.step(f"table[{counts['table']}]"))
                if table is not None:
                    found.append(table)
        if self.inline.pieces:
            # the last paragraph's mark was deleted and nothing follows for its text to join
            found += self._emit(None, at.step(f"p[{counts['p']}]"))
        return tuple(found)

    def _paragraph(self, element: etree._Element, at: Place) -> list[Block]:
        ppr = element.find(f"{W}pPr")
        style = ppr.find(f"{W}pStyle") if ppr is not None else None
        self.inline.read(element, style.get(f"{W}val") if style is not None else None)
        mark = ppr.find(f"{W}rPr") if ppr is not None else None
        if mark is not None and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None):
            self.inline.met_changes = True
            if not self.inline.anchored:
                return []  # its text joins the next paragraph
        return self._emit(ppr, at)

    def _emit(self, ppr: etree._Element | None, at: Place) -> list[Block]:
        pieces, anchored = self.inline.take()
        style_element = ppr.find(f"{W}pStyle") if ppr is not None else None
        identifier = style_element.get(f"{W}val") if style_element is not None else None
        style = self._styles.paragraph_style(identifier)
        text = "".join(text for text, _ in pieces)
        blank = not text.strip()
        label = None
        if not (blank and self._mark_is_hidden(ppr, identifier)):
            label = self._numbering.label(ppr, style)
        found: list[Block] = []
        # an empty paragraph with a number is shown: the column of ordinal numbers is often made so
        if not blank or (label is not None and label.text and not label.is_bullet):
            outline = outline_level(_value(ppr, "outlineLvl")) if ppr is not None else None
            outline = style.outline if outline is None else outline
            found.append(
                Paragraph(
                    spans=spans(pieces),
                    where=Provenance(block=at.path),
                    number=(label.text or None) if label is not None else None,
                    level=outline if outline is not None else label.level if label is not None else None,
                    style=style.name,
                    role=at.role,
                    align=(alignment(ppr) if ppr is not None else None) or style.align,
                )
            )
        for index, box in enumerate(anchored, start=1):
            inner: Role = "textbox" if at.role == "body" else at.role
            found += self.blocks(box, Place(f"{at.path}/textbox[{index}]", inner, at.depth + 1))
        return found

    def _mark_is_hidden(self, ppr: etree._Element | None, style: str | None) -> bool:
        mark = ppr.find(f"{W}rPr") if ppr is not None else None
        look: Look = self._styles.look(style, mark)
        return look.hidden

    def _table(self, element: etree._Element, at: Place) -> Table | None:
        grid = _Grid()
        rows = 0
        for number, row in enumerate(_children(element, {f"{W}tr"}), start=1):
            properties = row.find(f"{W}trPr")
            if properties is not None:
                if properties.find(f"{W}del") is not None:
                    self.inline.met_changes = True
                    continue
                if _is_on(properties.find(f"{W}hidden")):
                    self.inline.met_hidden = True
                    continue
            column = _count(properties, "gridBefore", default=0)
            for place, cell in enumerate(_children(row, {f"{W}tc"}), start=1):
                column += self._cell(cell, grid, (rows, column), at.step(f"row[{number}]/cell[{place}]", deeper=True))
            rows += 1
        if not grid.cells:
            return None
        columns = max(cell.column + cell.column_span for cell in grid.cells)
        return Table(rows=rows, columns=columns, cells=tuple(grid.cells), where=Provenance(block=at.path))

    def _cell(self, element: etree._Element, grid: _Grid, corner: tuple[int, int], at: Place) -> int:
        """Read one ``w:tc`` into ``grid`` at ``corner`` (row, column); returns the grid columns that it takes."""
        row, column = corner
        properties = element.find(f"{W}tcPr")
        width = max(_count(properties, "gridSpan", default=1), 1)
        if properties is not None and properties.find(f"{W}cellDel") is not None:
            return 0
        upper = None
        if _continues(properties, "vMerge"):
            upper = grid.open_above(row, column)
        elif _continues(properties, "hMerge"):
            upper = grid.left_of(row, column)
        if upper is not None and next(element.iter(f"{W}t"), None) is None:
            # nothing of a continued cell is shown; reading it would count its list number
            grid.extend(upper, row, column + width, ())
            return width
        blocks = self.blocks(element, at)
        if upper is not None and (grid.cells[upper].row == row or grid.cells[upper].column_span == width):
            shown = tuple(b for b in blocks if any(p.text.strip() for p in paragraphs((b,))))
            grid.extend(upper, row, column + width, shown)
        else:
            # a continuation of another width than the cell above, with words of its own, is no continuation
            where = Provenance(block=at.path)
            grid.add(Cell(row=row, column=column, blocks=blocks, where=where, column_span=width))
        return width


class _Grid:
    """Cells of a table being read, and which of them reach down to the row above at each column."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self._at: dict[tuple[int, int], int] = {}

    def add(self, cell: Cell) -> None:
        self._at[cell.row, cell.column] = len(self.cells)
        self.cells.append(cell)

    def open_above(self, row: int, column: int) -> int | None:
        return self._at.get((row - 1, column))

    def left_of(self, row: int, column: int) -> int | None:
        last = len(self.cells) - 1
        if (
            last >= 0
            and self.cells[last].row == row
            and self.cells[last].column + self.cells[last].column_span == column
        ):
            return last
        return None

    def extend(self, index: int, row: int, right: int, blocks: tuple[Block, ...]) -> None:
        """Stretch a cell down to ``row`` and to grid column ``right``, and add what was found in the stretch."""
        cell = self.cells[index]
        wider = right - cell.column if row == cell.row else cell.column_span
        self.cells[index] = Cell(
            row=cell.row,
            column=cell.column,
            blocks=cell.blocks + blocks,
            where=cell.where,
            row_span=max(cell.row_span, row - cell.row + 1),
            column_span=max(cell.column_span, wider),
        )
        self._at[row, cell.column] = index


def _children(container: etree._Element, wanted: set[str], depth: int = 0) -> Iterator[etree._Element]:
    """Children with a wanted tag, seen through content controls and other wrappers."""
    for child in container:
        tag = child.tag
        if tag in wanted:
            yield child
        elif depth < _MAX_DEPTH and tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if content is not None and not is_prompt(child):
                yield from _children(content, wanted, depth + 1)
        elif depth < _MAX_DEPTH and tag in _OPENED:
            yield from _children(child, wanted, depth + 1)


def _count(properties: etree._Element | None, name: str, *, default: int) -> int:
    value = _value(properties, name) if properties is not None else None
    return min(int(value), _MAX_SPAN) if value is not None and value.isdecimal() and len(value) < 9 else default


def _continues(properties: etree._Element | None, merge: str) -> bool:
    """The cell goes on a vertical (``vMerge``) or horizontal (``hMerge``) merge begun before it."""
    element = properties.find(W + merge) if properties is not None else None
    return element is not None and element.get(f"{W}val", "continue") != "restart"


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and element.get(f"{W}val", "1") not in {"0", "false", "off"}


def _value(parent: etree._Element, name: str) -> str | None:
    child = parent.find(W + name)
    return child.get(f"{W}val") if child is not None else None
