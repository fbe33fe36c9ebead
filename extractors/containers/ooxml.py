"""An Office package (Word, Excel) opened so that broken or hostile ones cost nothing but themselves.

python-docx refuses a whole file for one relationship that leads nowhere, for a macro or template content type
(``.docm``, ``.dotx``) and for the ISO "strict" namespaces, all of which reach us. So parts and relationships are
read here, with python-docx's names for them; every part is bounded before it is unpacked.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PACKAGE_URI, PackURI
from docx.oxml.ns import nsmap
from lxml import etree

from extractors.errors import Rejected

MAX_PARTS = 20_000
MAX_PART_BYTES = 150 << 20
MAX_RATIO = 400  # the densest honest document.xml seen packs about 40:1; a bomb packs 1000:1
RATIO_FLOOR = 8 << 20  # small parts may be as dense as they like

W = "{" + nsmap["w"] + "}"
R = "{" + nsmap["r"] + "}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")

# ISO 29500 strict names → the transitional ones that everything else is written in
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", nsmap["w"].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", nsmap["a"].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing", nsmap["wp"].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", nsmap["r"].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)


class Relationship:
    """One relationship of a part: its ``kind`` (the last word of its type URI) and the part it leads to."""

    __slots__ = ("kind", "target")

    def __init__(self, kind: str, target: str | None) -> None:
        self.kind = kind
        self.target = target


class Package:
    """The parts of an open package; ``broken`` collects the names of parts that were missing or not well-formed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        # some writers use other capitals, or backslashes, in names than in the relationships that lead to them
        self._entries = {_key(info.filename): info for info in archive.infolist() if not info.filename.endswith("/")}
        self.broken: list[str] = []
        if len(self._entries) > MAX_PARTS:
            raise Rejected("unsafe", f"{len(self._entries)} phần")
        if any(info.flag_bits & 0x1 for info in self._entries.values()):
            raise Rejected("encrypted")

    def close(self) -> None:
        self._archive.close()

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._entries

    def names(self) -> Iterator[str]:
        for info in self._entries.values():
            yield "/" + info.filename.replace("\\", "/").lstrip("/")

    def size(self, part: str) -> int:
        """Unpacked size of a part in bytes, 0 where it is missing. Raises `Rejected` (``unsafe``) on a bomb."""
        info = self._entries.get(_key(part))
        if info is None:
            return 0
        size, packed = info.file_size, max(info.compress_size, 1)
        if size > MAX_PART_BYTES or (size > RATIO_FLOOR and size / packed > MAX_RATIO):
            raise Rejected("unsafe", f"{info.filename}: {size} byte")
        return size

    def blob(self, part: str) -> bytes | None:
        """The bytes of a part, None where it is missing or its data is corrupt. Raises `Rejected` on a bomb."""
        info = self._entries.get(_key(part))
        if info is None:
            return None
        self.size(part)
        try:
            with self._archive.open(info) as stream:
                return stream.read(MAX_PART_BYTES + 1)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "password" in str(error):
                raise Rejected("encrypted") from None
            self.broken.append(part)
            return None
        except Exception as error:  # zlib.error and lzma.LZMAError share no base class
            if type(error).__module__ not in {"zlib", "_lzma", "lzma"}:
                raise
            self.broken.append(part)
            return None

    def xml(self, part: str | None) -> etree._Element | None:
        """The root element of an XML part; what cannot be parsed is recovered as far as it goes and noted as broken."""
        blob = self.blob(part) if part else None
        if part is None or blob is None:
            return None
        if b"purl.oclc.org/ooxml" in blob:
            for strict, transitional in _STRICT:
                blob = blob.replace(strict, transitional)
        try:
            root = etree.fromstring(blob, _parser(recover=False))
        except etree.XMLSyntaxError:
            self.broken.append(part)
            try:
                root = etree.fromstring(blob, _parser(recover=True))
            except etree.XMLSyntaxError:
                return None
        # a recovering parser may find no element at all
        if root is not None and b"AlternateContent" in blob:
            _choose_alternatives(root)
        return root

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Relationship id → relationship; ``target`` is None where it lies outside the package or is missing."""
        source = PackURI(part) if part != PACKAGE_URI else PACKAGE_URI
        root = self.xml(source.rels_uri)
        found: dict[str, Relationship] = {}
        for element in root if root is not None else ():
            kind, reference = element.get("Type", ""), element.get("Target", "")
            target: str | None = None
            if element.get("TargetMode") != "External" and reference:
                try:
                    target = reference if reference.startswith("/") else PackURI.from_rel_ref(source.baseURI, reference)
                except ValueError:
                    target = None
            if target is not None and target not in self:
                self.broken.append(target)
                target = None
            found[element.get("Id", "")] = Relationship(kind.rpartition("/")[2], target)
        return found

    def main_part(self) -> str | None:
        """The name of the part that holds the document's body; found by relationship, else by its usual place."""
        kind = RT.OFFICE_DOCUMENT.rpartition("/")[2]
        for relationship in self.relationships(PACKAGE_URI).values():
            if relationship.kind == kind and relationship.target:
                return str(relationship.target)
        usual = [name for name in self.names() if re.fullmatch(r"(?i)/word/document\d*\.xml", name)]
        return usual[0] if usual else None


def open_package(stream: IO[bytes] | Path) -> Package:
    """Open a zip package. Raises `Rejected`: ``encrypted``, ``damaged`` or ``unsafe``."""
    if isinstance(stream, Path):
        with stream.open("rb") as head:
            start = head.read(8)
            if start == _OLE_MAGIC:
                # a password turns the package into an OLE file that holds the stream "EncryptedPackage"
                whole = start + head.read(64 << 20)
                raise Rejected("encrypted" if "EncryptedPackage".encode("utf-16-le") in whole else "unsupported_type")
    try:
        return Package(zipfile.ZipFile(stream))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        raise Rejected("damaged") from None


def _choose_alternatives(root: etree._Element) -> None:
    """Put one alternative in place of every ``mc:AlternateContent``: the first that holds text, else the first."""
    for alternate in list(root.iter(f"{MC}AlternateContent")):
        parent = alternate.getparent()
        if parent is None:
            continue
        choices = [child for child in alternate if child.tag in {f"{MC}Choice", f"{MC}Fallback"}]
        chosen = next((choice for choice in choices if next(choice.iter(f"{W}t"), None) is not None), None)
        if chosen is None and choices:
            chosen = choices[0]
        at = parent.index(alternate)
        parent[at : at + 1] = list(chosen) if chosen is not None else []


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
