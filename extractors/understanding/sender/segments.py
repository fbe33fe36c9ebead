"""The head of a report as segments: two columns come apart, the motto, the place and the date are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.document import Provenance
from extractors.report import Letterhead
from extractors.understanding.ground.folding import (
    CAPITAL_LETTERS,
    SMALL_LETTERS,
    fold,
    letters,
    squeeze,
    upper_share,
    words,
)
from extractors.understanding.ground.lines import Line, places
from extractors.understanding.sender.dates import BLANK, DATE, iso_date
from extractors.understanding.sender.spacing import closed_up

FIELDS = ("issuer", "parent", "number", "place", "date", "subject", "signer", "signer_title")
NUMBER = re.compile(
    # "CÔNG BÁO/Số 277/Ngày 16-05-2026" over a printed law numbers the gazette, not what stands in it
    rf"\bs[oố0]\s*[:.;]?\s*(?P<number>{BLANK}(?:\d{{1,5}}|\d\.\d{{3}})(?:[a-z]|\s?-\s?[a-z]{{2,4}})?[.…_]*|{BLANK})\s*/\s*(?!ngay\b)"
    r"(?P<symbol>[a-z0-9&]+(?:\s*[-–/.&]\s*[a-z0-9&]+)*)"
)


def _spaced(words: str) -> str:
    """A pattern for folded ``words`` whose letters may stand apart; a space may be a dash too."""
    return r"[-.–\s]*".join(r"\s*".join(word) for word in words.split())


_STATE = r"c\s*o\s*n\s*g\s*h\s*(?:o\s*a|a\s*o)[-.–\s]*" + _spaced("xa hoi chu nghia")
MOTTO = re.compile(
    rf"{_STATE}(?:[-.–\s]*{_spaced('viet nam')}|(?P<cut>\s+viet)?\s*$)|"
    + _spaced("doc lap tu do hanh phuc")
    + r"|\bchxhcn\s*(?:viet nam|vn)?|\bdang cong san viet nam"
)
# "Gò Vấp, 02/5/2024" and "Gò Vấp ngày 02 tháng 5 năm 2024": a line of its own that says no more
_DATED_LINE = re.compile(
    rf"^\W*(?P<place>[{CAPITAL_LETTERS}][\w.\s-]{{1,38}}?)(?:\s*,\s*|\s+(?=[Nn]gày))(?:[Nn]gày\s*)?"
    r"(?P<day>\d{1,2})\s*(?:tháng|[/\-.])\s*(?P<month>\d{1,2})\s*(?:năm|[/\-.])\s*(?P<year>\d{4})\W*$"
)
_PLACE = re.compile(rf"((?:[{CAPITAL_LETTERS}][^\W\d_]*\.?\s?-?\s?(?:\d{{1,2}}\s?)?){{1,7}})\s*,\s*$")
# What a narrow column parts: the end of a folded line and the start of the next
_CUT = tuple(
    (re.compile(begun), re.compile(rest))
    for begun, rest in (
        (r",$", r"ngay\b"),
        (r"\bngay$", r"[\d.…]{1,4}\s*thang\b|\d{1,2}[/.-]\d|[\d.…]{1,4}$|thang\b"),
        (r"\bngay\s*[\d.…]{1,4}$", r"thang\b"),
        (r"\bngay\s*[\d.…]{0,4}\s*thang$", r"[\d.…]{1,4}\s*(?:nam\b|$)"),
        (r"\bngay\s*[\d.…]{0,4}\s*thang\s*[\d.…]{0,4}$", r"nam\b"),
        (r"\bnam$", r"(?:19|20)\d\d\W*$"),
        # "... tháng tư năm hai ngàn" over "không trăm hai mươi bốn"
        (
            r"\bthang\b.{1,30}\bnam(?: hai(?: ng(?:hin|an)(?: khong tram)?)?)?$",
            r"(?:hai|nghin|ngan|khong)\b[a-z ]{2,40}$",
        ),
        (r"^(?:thanh pho|tp\.?|quan|huyen|thi xa)(?: ho(?: chi)?)?$", r"[a-z0-9 ]{1,16},(?:\s*ngay\b|$)"),
    )
)
_STATED = (words("cong hoa xa hoi chu nghia viet nam"), words("doc lap tu do hanh phuc"))
CUT = 60  # letters of a line that can be the rest of another
_YEARLESS = re.compile(r",\s*ngay\s*\d{1,2}\s*(?:[/.-]|thang)\s*\d{1,2}\W*$")
_GAP = re.compile(r"\t+|\s{3,}")
_GOES_ON = re.compile(r"^[ ,]{1,2}[^\W\d_]\S* +\S*[^\W\d_]")  # words after a date that begins a sentence
_ABOUT_AFTER = re.compile(r"(?<=[A-Za-zĐđ&])\s+(?=\(?[Vv]\s?/\s?[Vv]\b)")


# the issuer's line that a page set as one with the place: "TỔ PHỔ THÔNG Quận 7, ngày ..."
_CAPITALS = re.compile(rf"(?:[^\s{SMALL_LETTERS}]+\s+)+(?=[{CAPITAL_LETTERS}][{SMALL_LETTERS}])")
ISSUER = 6  # letters of it; fewer are "TP" and "TX"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line that belongs together; ``line`` tells where it stands."""

    text: str
    line: Line

    @property
    def folded(self) -> str:
        return fold(self.text)


@dataclass(slots=True)
class Head:
    """What was found, while it is being found.

    ``aside`` are keys of lines that are neither answers nor metadata, ``signed`` those of the signer's title;
    ``symbol`` is that of the number, which may be blank itself; ``above`` are institutions over the parent.
    """

    values: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, tuple[Provenance, ...]] = field(default_factory=dict)
    symbol: str = ""
    above: list[str] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    used: list[Line] = field(default_factory=list)
    signed: set[int] = field(default_factory=set)
    signature_texts: list[str] = field(default_factory=list)

    def letterhead(self) -> Letterhead:
        return Letterhead(**{name: self.values.get(name) for name in FIELDS}, provenance=self.provenance)

    def put(self, name: str, value: str, lines: Iterable[Line]) -> None:
        value = squeeze(value)
        if value and name not in self.values:
            self.values[name] = value
            self.provenance[name] = places(lines)
        self.used += list(lines)


def segments_of(region: Sequence[Line], head: Head) -> list[Segment]:
    """Segments of the head with the motto, the place and the date taken out."""
    segments = []
    cut = _cut_motto(region)
    for line, whole in _rejoined(region, head):
        if fold(whole).strip() == cut:
            head.put("motto", whole, [line])
            continue
        for piece in _GAP.split(_parted(_closed(closed_up(whole)))):
            text = piece.strip()
            if not text:
                continue
            motto = MOTTO.search(fold(text))
            while motto:
                head.put("motto", text[motto.start() : motto.end()], [line])
                text = f"{text[: motto.start()].strip()}\t{text[motto.end() :].strip()}".strip("\t ")
                motto = MOTTO.search(fold(text))
            text = dated(text, line, head)
            segments += [Segment(part.strip(), line) for part in text.split("\t") if part.strip()]
    head.values.pop("motto", None)
    return segments


def _cut_motto(region: Sequence[Line]) -> str | None:
    """What a narrow column left of the state's name for a line of its own, folded."""
    for line in region:
        for piece in _GAP.split(line.full):
            found = MOTTO.search(fold(piece).rstrip())
            if found and found[0].endswith(("nghia", "viet")):
                return "nam" if found["cut"] else "viet nam"
    return None


def _parted(text: str) -> str:
    """``text`` with a tab where a page set two lines of the left column as one: before the number, and before "V/v"."""
    number = NUMBER.search(fold(text))
    if number and upper_share(text[: number.start()]) > 0.8 and len(text[: number.start()].strip()) > 6:
        text = f"{text[: number.start()].rstrip()}\t{text[number.start() :]}"
    return _ABOUT_AFTER.sub("\t", text)


def _closed(text: str) -> str:
    """``text`` with the blanks left for number and date narrowed, so that they do not look like a gap of columns."""
    for pattern in (NUMBER, DATE):
        match = pattern.search(fold(text))
        if match:
            text = f"{text[: match.start()]}{squeeze(text[match.start() : match.end()])}{text[match.end() :]}"
    return text


def _rejoined(region: Sequence[Line], head: Head) -> list[tuple[Line, str]]:
    """Lines with the rest of a date that was broken over two of them."""
    found: list[tuple[Line, str]] = []
    for line in region:
        text = line.full
        if found:
            before = found[-1][1].rstrip()
            if len(text) <= CUT and _goes_on(fold(before), fold(text).strip()):
                found[-1] = (found[-1][0], f"{before} {text.strip()}")
                head.used.append(line)
                continue
        found.append((line, text))
    return found


def _goes_on(before: str, text: str) -> bool:
    """Whether a folded line is the rest of a place, a date or the state's name that the line before it begins."""
    if any(begun.search(before) and rest.match(text) for begun, rest in _CUT):
        return True
    said, rest = before.split(), words(text)
    said = words(" ".join(said[-8:]))
    return any(
        said[-size:] == name[:size] and rest[: len(name) - size] == name[size:]
        for name in _STATED
        for size in range(3, len(name))
    )


def dated(text: str, line: Line, head: Head) -> str:
    """``text`` without "Quận 5, ngày 02 tháng 5 năm 2024", whose parts are noted."""
    alone = _DATED_LINE.match(text.strip())
    if alone and _named_place(alone["place"]) and not _issuer_before(alone["place"]):
        head.put("place", alone["place"], [line])
        found = iso_date(alone["day"], alone["month"], alone["year"])
        if found:
            head.put("date", found, [line])
            return ""
    cut = _YEARLESS.search(fold(text))
    place = _place(text[: cut.start() + 1]) if cut else None
    if cut and place:  # "Quận 5, ngày 2/5": a place and no whole date
        head.put("place", place[0], [line])
        return text[: place[1]].strip()
    for match in DATE.finditer(fold(text)):
        place = _place(text[: match.start()])
        number = NUMBER.match(fold(text))  # "Số: 45/BC-THPT ngày 02/5/2024"
        begins = match.start() == 0 or (number and number.end() == len(text[: match.start()].rstrip(" ,;")))
        if not place and (not begins or _GOES_ON.match(text[match.end() :])):
            continue  # a date inside a sentence
        if place:
            head.put("place", place[0], [line])
            head.provenance.setdefault("date", (line.where,))
        found = iso_date(match["day"], match["month"], match["year"])
        if found:
            head.put("date", found, [line])
            head.provenance["date"] = (line.where,)
        head.used.append(line)
        start = place[1] if place else match.start()
        text = f"{text[:start].strip()}\t{text[match.end() :].strip()}".strip("\t ")
        break
    if "date" not in head.values:
        head.provenance.pop("date", None)
    return text


def _named_place(text: str) -> bool:
    """Whether every word of ``text`` has a capital, as those of a place have."""
    return all(word[0].isupper() or word[0].isdigit() for word in re.findall(r"\w+", text) if word != "phố")


def _issuer_before(text: str) -> int:
    """The end of the issuer's line in capitals that begins ``text``, 0 where none does."""
    capitals = _CAPITALS.match(text)
    named = capitals and upper_share(capitals[0]) > 0.9 and len(letters(capitals[0])) >= ISSUER
    return capitals.end() if capitals and named else 0


def _place(before: str) -> tuple[str, int] | None:
    """The place written before ", ngày ..." and the offset where it starts."""
    text = before.rstrip()
    if not text.endswith(","):
        return None
    number = NUMBER.match(fold(text))
    start = number.end() if number else 0
    start += _issuer_before(text[start:])
    whole = text[start:-1].strip()
    named = re.sub(r"^\W*(?:TP|Tp|Q|H|P|TX)\s?\.\s?", "", whole)
    if 1 <= len(named) <= 40 and whole.strip("._ -")[:1].isupper() and not re.search(r"[.;:]\s", named + " "):
        whole = whole.lstrip("._ -")
        return whole, text.index(whole, start)
    match = _PLACE.search(text)
    return (match[1].strip(" ,"), match.start(1)) if match else None
