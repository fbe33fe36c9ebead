"""Word documents (``.docx``, ``.docm``, ``.dotx``) as a `Document` of one page without a number.

Order: headers, body with text boxes where they are anchored, footnotes and endnotes, footers. Macros, embedded
objects and comments are not read.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from docx.opc.packuri import PackURI
from lxml import etree

from extractors.containers.docx_body import Place, Story
from extractors.containers.docx_inline import Inline
from extractors.containers.docx_numbering import Numbering, formatted
from extractors.containers.docx_styles import Styles
from extractors.containers.ooxml import Package, R, W, open_package
from extractors.document import Block, Document, Notice, Page, Paragraph, Provenance, Role, Source, Span, paragraphs
from extractors.errors import Rejected

NOTICES = {
    "tracked_changes": "Tệp còn nội dung sửa đổi chưa duyệt (Track Changes): đã lấy theo bản sau khi sửa.",
    "hidden_text": "Tệp có phần chữ ẩn; phần này không được đọc.",
    "broken_part": "Một số phần bên trong tệp bị thiếu hoặc hỏng; nội dung đọc được có thể chưa đủ.",
    "pictures_not_read": "Tệp có ảnh lớn chèn trong văn bản; chữ trong ảnh chưa được đọc.",
    "embedded_not_read": "Tệp có phần nội dung nhúng từ tệp khác chưa được đọc.",
}


def read(path: Path, source: Source) -> Document:
    """Read a Word document. Raises `Rejected`: ``damaged``, ``encrypted``, ``unsafe`` or ``no_text``."""
    with contextlib.closing(open_package(path)) as package:
        return _read(package, source)


def _read(package: Package, source: Source) -> Document:
    main = package.main_part()
    root = package.xml(main)
    body = root.find(f"{W}body") if root is not None else None
    if main is None or root is None or body is None:
        raise Rejected("damaged")
    reader = _Reader(package, main)
    pages, notices = reader.read(root, body)
    if not any(p.text.strip() for p in paragraphs(pages.blocks)):
        raise Rejected("no_text", NOTICES["pictures_not_read"] if reader.inline.large_pictures else "")
    return Document(source=source, pages=(pages,), notices=notices)


class _Reader:
    """One pass over a package; holds what its stories share."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._main = main
        self._relationships = package.relationships(main)
        styles = Styles(self._part("styles"), self._part("theme"))
        self._settings = self._part("settings")
        self._notes: list[tuple[str, str, str | None]] = []
        self.inline = Inline(styles, lambda kind, identifier, mark: self._notes.append((kind, identifier, mark)))
        self._story = Story(styles, Numbering(self._part("numbering"), styles), self.inline)

    def read(self, root: etree._Element, body: etree._Element) -> tuple[Page, tuple[Notice, ...]]:
        content = self._story.blocks(body, Place("body", "body"))
        notes = self._note_blocks()
        headers, footers = self._margins(body, "header"), self._margins(body, "footer")
        page = Page(blocks=(*headers, *content, *notes, *footers))
        embedded = next(root.iter(f"{W}altChunk"), None) is not None
        met = {
            "tracked_changes": self.inline.met_changes,
            "hidden_text": self.inline.met_hidden,
            "broken_part": bool(self._package.broken) or self._story.too_deep,
            "pictures_not_read": self.inline.large_pictures > 0,
            "embedded_not_read": embedded,
        }
        return page, tuple(Notice(code, NOTICES[code]) for code, present in met.items() if present)

    def _part(self, kind: str) -> etree._Element | None:
        """A part of the given relationship kind, else one that lies at its usual place."""
        for relationship in self._relationships.values():
            if relationship.kind == kind and relationship.target:
                return self._package.xml(relationship.target)
        if kind == "theme":
            return None
        usual = f"{PackURI(self._main).baseURI.rstrip('/')}/{kind}.xml"
        return self._package.xml(usual) if usual in self._package else None

    def _margins(self, body: etree._Element, kind: str) -> list[Block]:
        """Headers or footers in use, each once; one text repeated in several parts counts once too."""
        even_in_use = self._settings is not None and self._settings.find(f"{W}evenAndOddHeaders") is not None
        seen: set[str] = set()
        texts: set[str] = set()
        blocks: list[Block] = []
        for section in body.iter(f"{W}sectPr"):
            first_in_use = section.find(f"{W}titlePg") is not None
            for reference in section.iterfind(f"{W}{kind}Reference"):
                used = {"first": first_in_use, "even": even_in_use}.get(reference.get(f"{W}type", ""), True)
                relationship = self._relationships.get(reference.get(f"{R}id", ""))
                if not used or relationship is None or not relationship.target or relationship.target in seen:
                    continue
                seen.add(relationship.target)
                root = self._package.xml(relationship.target)
                role: Role = "header" if kind == "header" else "footer"
                found = self._story.blocks(root, Place(f"{kind}[{len(seen)}]", role)) if root is not None else ()
                text = "\n".join(p.text for p in paragraphs(found))
                if text not in texts:
                    texts.add(text)
                    blocks += found
        return blocks

    def _note_blocks(self) -> list[Block]:
        """Footnotes and endnotes in the order of their references; their label becomes the first paragraph's number."""
        blocks: list[Block] = []
        for kind, default in (("footnote", "decimal"), ("endnote", "lowerRoman")):
            root = self._part(f"{kind}s")
            if root is None:
                continue
            by_id = {note.get(f"{W}id"): note for note in root.iterfind(f"{W}{kind}")}
            form = self._settings.find(f"{W}{kind}Pr/{W}numFmt") if self._settings is not None else None
            count = 0
            done: set[str] = set()
            for identifier, mark in [(i, m) for k, i, m in self._notes if k == kind]:
                if identifier in done or identifier not in by_id:
                    continue
                done.add(identifier)
                count += mark is None
                label = mark or formatted(count, form.get(f"{W}val", default) if form is not None else default)
                found = self._story.blocks(by_id[identifier], Place(f"{kind}[{len(done)}]", "footnote"))
                blocks += _labelled(found, label)
        return blocks


def _labelled(blocks: tuple[Block, ...], mark: str) -> tuple[Block, ...]:
    if not blocks or not isinstance(blocks[0], Paragraph):
        return blocks
    first = blocks[0]
    spans = list(first.spans)
    while spans and not spans[0].text.strip():
        spans.pop(0)
    if spans:
        head = spans[0]
        spans[0] = Span(
            text=head.text.lstrip(" \t"), font=head.font, size=head.size, bold=head.bold, italic=head.italic
        )  # the blank that parts the mark from the note
    named = Paragraph(
        spans=tuple(spans), where=Provenance(block=first.where.block), number=first.number or mark, level=first.level,
        style=first.style, role=first.role, align=first.align,
    )  # fmt: skip
    return (named, *blocks[1:])
