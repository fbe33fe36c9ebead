"""The inline content of a Word paragraph as pieces of text with their look.

What a reader of the printed page sees is kept: tracked insertions, results of fields, content controls, ticked boxes.
What he does not see is left out: tracked deletions, field instructions, hidden text, drawing coordinates.
Two things are kept because Vietnamese text hangs on them: the soft hyphen (the letter ư of TCVN3) and all white space.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from extractors.containers.docx_styles import Look, Styles
from extractors.containers.docx_symbols import readable, symbol
from extractors.containers.ooxml import W
from extractors.document import Span

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_EMU_PER_CM = 360_000
_LARGE_PICTURE_CM2 = 80.0  # seals, signatures and emblems are smaller; a pasted page or table is larger

_TRANSPARENT = {
    W + name for name in ("hyperlink", "smartTag", "customXml", "ins", "moveTo", "sdtContent", "dir", "bdo", "rubyBase")
}
_FIXED = {
    W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n",
    W + "softHyphen": "\u00ad", W + "noBreakHyphen": "-",
}  # fmt: skip
_PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
_RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# what Word shows in a content control that nobody has filled in
_PROMPTS = re.compile(
    r"(?i)\s*(click (or tap )?(here|to)\b.*|choose an? (item|building block)\.?|enter any content.*"
    r"|(bấm|nhấn|nhấp|bấm hoặc gõ nhẹ) vào đây.*|chọn một mục\.?)\s*"
)


class Field:
    """A complex field being read: its instruction so far and whether its result has begun."""

    def __init__(self, begin: etree._Element) -> None:
        self.instruction = ""
        self.in_result = False
        self.form = begin.find(f"{W}ffData")

    @property
    def kind(self) -> str:
        words = self.instruction.split(maxsplit=1)
        return words[0].upper() if words else ""


class Inline:
    """Reads the inline content of the paragraphs of one story; fields may run over several of them.

    After `read`, ``pieces`` holds (text, look), ``anchored`` the text boxes (``w:txbxContent``) met on the way.
    ``on_note`` is told of every footnote or endnote reference: kind, id, custom mark or None.
    """

    def __init__(self, styles: Styles, on_note: Callable[[str, str, str | None], None]) -> None:
        self._styles = styles
        self._on_note = on_note
        self._fields: list[Field] = []
        self._style: str | None = None
        self.pieces: list[tuple[str, Look]] = []
        self.anchored: list[etree._Element] = []
        self.met_changes = False
        self.met_hidden = False
        self.large_pictures = 0

    def read(self, paragraph: etree._Element, style: str | None) -> None:
        """Add the content of ``paragraph``, whose style has the identifier ``style``."""
        self._style = style
        self._content(paragraph)
        # an instruction left open at the end of its paragraph is damage: do not swallow the rest of the document
        self._fields = [field for field in self._fields if field.in_result]

    def take(self) -> tuple[list[tuple[str, Look]], list[etree._Element]]:
        """Hand over what was read so far and start anew."""
        taken = self.pieces, self.anchored
        self.pieces, self.anchored = [], []
        return taken

    def _content(self, parent: etree._Element) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child)
            elif tag in _TRANSPARENT:
                self.met_changes = self.met_changes or tag in {f"{W}ins", f"{W}moveTo"}
                self._content(child)
            elif tag == f"{W}sdt":
                self._control(child)
            elif tag == f"{W}fldSimple":
                if child.get(f"{W}instr", "").strip().split(" ")[0].upper() not in _PAGE_FIELDS:
                    self._content(child)
            elif tag in {f"{W}del", f"{W}moveFrom"}:
                self.met_changes = True
            elif tag.startswith(_MATH):
                self._formula(child)

    def _control(self, control: etree._Element) -> None:
        content = control.find(f"{W}sdtContent")
        if content is not None and not is_prompt(control):
            self._content(content)

    def _run(self, run: etree._Element) -> None:
        look = self._styles.look(self._style, run.find(f"{W}rPr"))
        own_mark = False
        for child in run:
            tag = child.tag
            if tag == f"{W}t":
                if not own_mark:
                    self._add(_stored(child), look)
            elif tag in _FIXED:
                self._add(_FIXED[tag], look)
            elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
                own_mark = child.get(f"{W}customMarkFollows") in {"1", "true", "on"}
                if self._shown and not look.hidden:
                    mark = "".join(t.text or "" for t in run.iter(f"{W}t")).strip() if own_mark else None
                    self._on_note(tag[len(W) : -len("Reference")], child.get(f"{W}id", ""), mark)
            else:
                self._special(child, look)

    def _special(self, child: etree._Element, look: Look) -> None:
        """Fields, symbols and drawings inside a run."""
        tag = child.tag
        if tag == f"{W}fldChar":
            self._field_character(child, look)
        elif tag == f"{W}instrText":
            if self._fields and not self._fields[-1].in_result:
                self._fields[-1].instruction += child.text or ""
        elif tag == f"{W}sym":
            code = child.get(f"{W}char", "")
            if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) and int(code, 16) > 0:
                self._add(symbol(int(code, 16), child.get(f"{W}font") or look.ascii), look)
        elif tag in {f"{W}drawing", f"{W}pict", f"{W}object"}:
            self._drawing(child)
        elif tag == f"{W}ruby":
            self._content(child)

    @property
    def _shown(self) -> bool:
        return all(field.in_result and field.kind not in _PAGE_FIELDS for field in self._fields)

    def _add(self, text: str, look: Look) -> None:
        if not text or not self._shown:
            return
        if look.hidden:
            self.met_hidden = True
            return
        font = look.font(text)
        text = readable(text, font)
        if look.raised and self.pieces and self.pieces[-1][0][-1:].isdigit() and re.fullmatch(r"[0-9, ]+", text):
            # a raised mark after a figure must not lengthen it; ¹²³ are letters in TCVN3 (bytes B9, B2, B3)
            legacy = font is not None and font.casefold().startswith(".vn")
            text = f"[{text.strip()}]" if legacy else text.translate(_RAISED_DIGITS)
        self.pieces.append((text, look))

    def _field_character(self, child: etree._Element, look: Look) -> None:
        kind = child.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(Field(child))
        elif kind == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif kind == "end" and self._fields:
            field = self._fields.pop()
            self._add(_form_value(field), look)

    def _drawing(self, drawing: etree._Element) -> None:
        for box in drawing.iter(f"{W}txbxContent"):
            outer = box.getparent()
            while outer is not None and outer is not drawing and outer.tag != f"{W}txbxContent":
                outer = outer.getparent()
            if outer is drawing:
                self.anchored.append(box)
        if drawing.tag == f"{W}drawing" and self.anchored == []:
            extent = drawing.find(f".//{_WP}extent")
            picture = next(drawing.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"), None)
            if extent is not None and picture is not None:
                sides = [extent.get(side, "") for side in ("cx", "cy")]
                if all(side.isdecimal() and len(side) < 12 for side in sides):
                    width, height = (int(side) / _EMU_PER_CM for side in sides)
                    self.large_pictures += width * height >= _LARGE_PICTURE_CM2

    def _formula(self, formula: etree._Element) -> None:
        look = self._styles.look(self._style, None)
        for text in formula.iter(f"{_MATH}t", f"{W}t"):
            above = text.getparent()
            parent = above.getparent() if above is not None else None
            raised = parent is not None and parent.tag == f"{_MATH}sup"
            self._add((text.text or "").translate(_RAISED_DIGITS) if raised else text.text or "", look)


def spans(pieces: list[tuple[str, Look]]) -> tuple[Span, ...]:
    """Pieces as spans; neighbours of one look become one."""
    merged: list[Span] = []
    run: list[str] = []
    previous: tuple[str | None, Look] | None = None
    for text, look in pieces:
        font = look.font(text)
        # blanks and digits between two stretches of one run look the same whatever slot they take
        here = (
            previous[0] if previous and previous[1] == look and font != previous[0] and text.isspace() else font,
            look,
        )
        if previous is not None and here != previous:
            merged.append(_span("".join(run), previous))
            run = []
        run.append(text)
        previous = here
    if previous is not None:
        merged.append(_span("".join(run), previous))
    return tuple(merged)


def is_prompt(control: etree._Element) -> bool:
    """A content control that still shows Word's own invitation to fill it in."""
    properties = control.find(f"{W}sdtPr")
    if properties is None or properties.find(f"{W}showingPlcHdr") is None:
        return False
    content = control.find(f"{W}sdtContent")
    # the flag alone proves nothing: programs that fill a control often leave it on
    return content is not None and _PROMPTS.fullmatch("".join(t.text or "" for t in content.iter(f"{W}t"))) is not None


def _span(text: str, drawn: tuple[str | None, Look]) -> Span:
    font, look = drawn
    return Span(text=text, font=font, size=look.size, bold=look.bold, italic=look.italic)


def _stored(element: etree._Element) -> str:
    text = element.text or ""
    if element.get(_XML_SPACE) != "preserve" and ("\n" in text or "\r" in text):
        text = re.sub(r"^\s*[\r\n]\s*|\s*[\r\n]\s*$", "", text)  # an indented XML file, not typed space
    return text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")


def _form_value(field: Field) -> str:
    """What a form field or symbol field shows where it has no result text."""
    if field.kind == "SYMBOL" and not field.in_result:
        match = re.match(r'\s*SYMBOL\s+(\d+)(?:.*?\\f\s+"?([^"\\]+))?', field.instruction, re.I)
        return symbol(int(match.group(1)), (match.group(2) or "").strip()) if match else ""
    if field.form is None:
        return ""
    box = field.form.find(f"{W}checkBox")
    if box is not None:
        state = box.find(f"{W}checked")
        state = box.find(f"{W}default") if state is None else state
        return "☑" if state is not None and state.get(f"{W}val", "1") not in {"0", "false", "off"} else "☐"
    choices = field.form.find(f"{W}ddList")
    if choices is not None and not field.in_result:
        entries = [entry.get(f"{W}val", "") for entry in choices.iterfind(f"{W}listEntry")]
        result = choices.find(f"{W}result")
        index = result.get(f"{W}val", "0") if result is not None else "0"
        return entries[int(index)] if index.isdecimal() and int(index) < len(entries) else ""
    return ""
