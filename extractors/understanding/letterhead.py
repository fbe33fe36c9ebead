"""The report's own metadata: issuer, parent, number, place, date, subject at its head, signer at its foot.

The head is read as segments, so that two columns come apart whether they were table cells, a text box, or words on
one line. A blank number or date stays None unless the appendix caption or the digital signature tells it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.document import Provenance
from extractors.report import Letterhead
from extractors.understanding.folding import CAPITAL_LETTERS, fold, letters, squeeze, upper_share
from extractors.understanding.lines import Flow, Ledger, Line, places
from extractors.understanding.signature import Signature, find_signature

HEAD_LINES = 70

_MOTTO = re.compile(
    r"cong\s*h(?:oa|ao)\s*xa\s*hoi\s*chu\s*nghia\s*viet\s*nam|doc\s*lap\s*[-.–]*\s*tu\s*do\s*[-.–]*\s*hanh\s*phuc"
)
_BLANK = r"[\s.…_/]*"
_DATE = re.compile(
    rf"ngay\s*(?P<day>\d{{1,2}}|{_BLANK})\s*(?:thang|[/\-.])\s*(?P<month>\d{{1,2}}|{_BLANK})\s*(?:nam|[/\-.])\s*(?P<year>\d{{4}}|20{_BLANK}|{_BLANK})"
)
_PLACE = re.compile(rf"((?:[{CAPITAL_LETTERS}][^\W\d_]*\.?\s?-?\s?(?:\d{{1,2}}\s?)?){{1,7}})\s*,\s*$")
_NUMBER = re.compile(
    rf"\bs[oố0]\s*[:.;]?\s*(?P<number>\d{{1,5}}[a-z]?|{_BLANK})\s*/\s*(?P<symbol>[a-z0-9&]+(?:\s*[-–/.&]\s*[a-z0-9&]+)*)"
)
_ABOUT = re.compile(r"^\W*v\s*/?\s*v\b\s*[:.]?\s*|^\W*ve viec\s*[:.]?\s*")
_TYPE = re.compile(r"^\W*(?:du thao\W*)?(?:bao\s*cao|b\s?a\s?o\s+c\s?a\s?o|phu luc bao cao|cong van|thong bao)\b")
_BODY = re.compile(
    r"^\W*(?:kinh gui|can cu|thuc hien (?:cong van|van ban|quyet dinh|ke hoach|noi dung|theo|chi dao|de an|yeu cau)|"
    r"theo (?:cong van|van ban|tinh than)|tiep theo|tiep nhan|qua nghien cuu|[ivx]+\s*[.\-/)]\s|phan\s+(?:[ivx]+|thu|mot|[0-9])\b|[1-9]\s*[.)/]\s|[a-d]\s*[.)]\s)"
)
_ORNAMENT = re.compile(r"^[\s\-_–—=*.~•o°\u2500-\u257f]*$")
_ORGANISATION = re.compile(
    r"^(?:ubnd|uy ban nhan dan|so\s|sgd|phong\s|pgd|truong\s|trung tam|tt\s?gd|bo\s|hoi dong|hdnd|van phong|thanh tra|ban\s|chi cuc|dai hoc|hoc vien|thcs|thpt|dang uy|cong doan)"
)
_INNER = re.compile(r"\s(?=(?:TRƯỜNG|PHÒNG|TRUNG TÂM)\s)")
_CAPTION = re.compile(
    rf"(?:dinh kem|kem theo|ban hanh kem|kem)\b[^()]{{0,40}}?\bs[oố]\s*[:.]?\s*(?P<number>\d{{1,5}}[a-z]?)?{_BLANK}/\s*(?P<symbol>[a-z0-9&]+(?:\s*-\s*[a-z0-9&]+)*)\s*,?\s*(?:ngay\s*(?P<day>\d{{1,2}})\s*(?:thang|[/\-.])\s*(?P<month>\d{{1,2}})\s*(?:nam|[/\-.])\s*(?P<year>\d{{4}}))?"
)
_GAP = re.compile(r"\t+|\s{3,}")


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
    """What was found, while it is being found; ``aside`` are keys of lines that are neither answers nor metadata."""

    values: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, tuple[Provenance, ...]] = field(default_factory=dict)
    symbol: str = ""
    aside: set[int] = field(default_factory=set)
    used: list[Line] = field(default_factory=list)
    end: int = 0

    def put(self, name: str, value: str, lines: Iterable[Line]) -> None:
        value = squeeze(value)
        if value and name not in self.values:
            self.values[name] = value
            self.provenance[name] = places(lines)
        self.used += list(lines)


def read_letterhead(flow: Flow, ledger: Ledger, letter_number: str) -> tuple[Letterhead, Head, Signature]:
    """The letterhead, the working notes and the signature block; lines used are claimed.

    ``letter_number`` is the campaign letter's own number: a caption that cites it says nothing about the report.
    """
    free = [line for line in flow.lines if not line.blank and ledger.free(line) and line.role != "footnote"]
    head = Head()
    region = _region(free)
    segments = _segments(region, head)
    _organisations_and_number(segments, head)
    _subject(segments, head)
    _addressees(free, head)
    heads = {line.key for line in region}
    signature = find_signature([line for line in free if line.key not in heads] or free, free)
    if signature.name:
        head.put("signer", signature.name, signature.name_lines)
    if signature.title:
        head.put("signer_title", signature.title, signature.title_lines)
    head.aside |= {line.key for line in signature.aside}
    head.used += signature.lines
    if signature.date and "date" not in head.values and signature.name:
        head.put("date", signature.date, signature.date_lines)
    _caption(flow, ledger, head, letter_number)
    ledger.claim(head.used, "letterhead")
    known = {
        name: head.values.get(name)
        for name in ("issuer", "parent", "number", "place", "date", "subject", "signer", "signer_title")
    }
    return Letterhead(**known, provenance=head.provenance), head, signature


def _region(free: Sequence[Line]) -> list[Line]:
    """The lines the head can stand in: up to the body of the report."""
    region: list[Line] = []
    for line in free[:HEAD_LINES]:
        folded = line.folded
        if region and _names_type(region[-1].full) and _may_be_subject(line.full):
            region.append(line)
            continue
        if (
            _BODY.match(folded)
            and len(region) >= 2
            and not _NUMBER.match(folded)
            and not (line.table is not None and _ORGANISATION.match(folded))
        ):
            break
        if len(line.full) > 260 and len(region) >= 2:
            break
        region.append(line)
    return region


def _names_type(text: str) -> bool:
    kind = _TYPE.match(fold(text))
    return bool(kind) and len(text) <= 60 and upper_share(text) > 0.6


def _may_be_subject(text: str) -> bool:
    """Whether the line under "BÁO CÁO" is its subject and not the opening of the body, which begins alike."""
    folded = fold(text)
    opening = re.search(
        r"nhu sau|bao cao (?:so|ket qua|cac|mot|ve)|(?:cong van|van ban) (?:so )?\d", folded
    ) or folded.rstrip().endswith(":")
    return (
        bool(re.match(r"^\W*(?:thuc hien|theo|tiep)\b", folded))
        and not (opening and len(text) > 60)
        and len(text) < 220
    )


def _segments(region: Sequence[Line], head: Head) -> list[Segment]:
    """Segments of the head with the motto, the place and the date taken out."""
    segments = []
    for line, whole in _rejoined(region, head):
        for piece in _GAP.split(_closed(whole)):
            text = piece.strip()
            if not text:
                continue
            motto = _MOTTO.search(fold(text))
            while motto:
                head.put("motto", text[motto.start() : motto.end()], [line])
                text = f"{text[: motto.start()].strip()}\t{text[motto.end() :].strip()}".strip("\t ")
                motto = _MOTTO.search(fold(text))
            text = _dated(text, line, head)
            segments += [Segment(part.strip(), line) for part in text.split("\t") if part.strip()]
    head.values.pop("motto", None)
    return segments


def _closed(text: str) -> str:
    """``text`` with the blanks left for day and month narrowed, so that they do not look like a gap between columns."""
    match = _DATE.search(fold(text))
    return (
        f"{text[: match.start()]}{squeeze(match_text)}{text[match.end() :]}"
        if match and (match_text := text[match.start() : match.end()])
        else text
    )


def _rejoined(region: Sequence[Line], head: Head) -> list[tuple[Line, str]]:
    """Lines with the rest of a date that was broken over two of them."""
    found: list[tuple[Line, str]] = []
    for line in region:
        text = line.full
        if found:
            before = found[-1][1].rstrip()
            year = re.search(r"\bnam$", fold(before)) and re.match(r"^\s*(?:19|20)\d\d\s*$", text)
            day = before.endswith(",") and re.match(r"^\s*ngay\b", fold(text))
            if year or day:
                found[-1] = (found[-1][0], f"{before} {text.strip()}")
                head.used.append(line)
                continue
        found.append((line, text))
    return found


def _dated(text: str, line: Line, head: Head) -> str:
    """``text`` without "Quận 5, ngày 02 tháng 5 năm 2024", whose parts are noted."""
    for match in _DATE.finditer(fold(text)):
        place = _place(text[: match.start()])
        if not place and (match.start() > 0 or "place" in head.values or not match["year"].strip(" .…_/")):
            if match.start() > 0:
                continue
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


def _place(before: str) -> tuple[str, int] | None:
    """The place written before ", ngày ..." and the offset where it starts."""
    text = before.rstrip()
    if not text.endswith(","):
        return None
    number = _NUMBER.match(fold(text))
    start = number.end() if number else 0
    whole = text[start:-1].strip()
    named = re.sub(r"^\W*(?:TP|Tp|Q|H|P|TX)\s?\.\s?", "", whole)
    if 1 <= len(named) <= 40 and whole.strip("._ -")[:1].isupper() and not re.search(r"[.;:]\s", named + " "):
        whole = whole.lstrip("._ -")
        return whole, text.index(whole, start)
    match = _PLACE.search(text)
    return (match[1].strip(" ,"), match.start(1)) if match else None


def iso_date(day: str, month: str, year: str) -> str | None:
    """YYYY-MM-DD, None when a part is blank or no such day exists."""
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _organisations_and_number(segments: list[Segment], head: Head) -> None:
    """Issuer and parent above the number; "V/v" below it."""
    organisations: list[list[Segment]] = []
    number_at = next((at for at, segment in enumerate(segments) if _number_of(segment.text)), None)
    stop = next(
        (at for at, segment in enumerate(segments) if _TYPE.match(segment.folded) and upper_share(segment.text) > 0.6),
        len(segments),
    )
    for at, segment in enumerate(segments[: min(stop, 30)]):
        if at == number_at or _ABOUT.match(segment.folded):
            break
        if _ORNAMENT.match(segment.text):
            if organisations:
                head.used.append(segment.line)
            continue
        starts = bool(_ORGANISATION.match(segment.folded))
        if not starts and not organisations:
            continue
        capitals = upper_share(segment.text) >= 0.6
        if not capitals and not (
            starts and len(segment.text) < 90 and not segment.text.rstrip().endswith((":", ";", "."))
        ):
            if organisations:
                break
            continue
        for part in (
            _INNER.split(segment.text) if len(segment.text) > 28 and _INNER.search(segment.text[6:]) else [segment.text]
        ):
            piece = Segment(part, segment.line)
            dangling = organisations and organisations[-1][-1].text.rstrip().endswith(("-", "–", "VÀ", "và", ","))
            if _ORGANISATION.match(piece.folded) and not dangling:
                organisations.append([piece])
            elif organisations:
                organisations[-1].append(piece)
    if organisations:
        names = [" ".join(piece.text for piece in pieces) for pieces in organisations]
        head.put("issuer", names[-1], [piece.line for piece in organisations[-1]])
        if len(names) > 1:
            head.put("parent", names[-2], [piece.line for piece in organisations[-2]])
        for pieces in organisations[:-2]:
            head.used += [piece.line for piece in pieces]
    if number_at is not None:
        segment = segments[number_at]
        number, symbol = _number_of(segment.text) or ("", "")
        head.symbol = symbol
        if number:
            head.put("number", f"{number}/{symbol}", [segment.line])
        head.used.append(segment.line)


def _number_of(text: str) -> tuple[str, str] | None:
    """(number, symbol) of "Số: 45/BC-THPT"; the number is empty when it was left blank."""
    match = _NUMBER.search(fold(text))
    if not match or match.start() > 3:
        return None
    number = re.sub(r"[\s.…_/]", "", text[match.start("number") : match.end("number")])
    return number, re.sub(r"\s*([-–/.&])\s*", r"\1", text[match.start("symbol") : match.end("symbol")]).replace(
        "–", "-"
    )


def _subject(segments: list[Segment], head: Head) -> None:
    """The lines after "V/v", or under the name of the document's type."""
    for at, segment in enumerate(segments):
        about = _ABOUT.match(segment.folded)
        if about:
            lines = [segment]
            for following in segments[at + 1 : at + 7]:
                if (
                    following.line.table != segment.line.table
                    or _ends_subject(following, lines[-1])
                    or _TYPE.match(following.folded)
                    and upper_share(following.text) > 0.8
                ):
                    break
                lines.append(following)
            text = segment.text[about.end() :]
            head.put("subject", " ".join([text, *(line.text for line in lines[1:])]), [line.line for line in lines])
            return
    for at, segment in enumerate(segments):
        kind = _TYPE.match(segment.folded)
        if not kind or upper_share(segment.text[: kind.end()]) < 0.6:
            continue
        rest = segment.text[kind.end() :].strip(" :.-–")
        lines = [segment]
        for following in segments[at + 1 : at + 8]:
            if _ends_subject(following, lines[-1]) and not (len(lines) == 1 and _may_be_subject(following.text)):
                if _ORNAMENT.match(following.text):
                    head.used.append(following.line)
                break
            lines.append(following)
        text = squeeze(" ".join([rest, *(line.text for line in lines[1:])]))
        head.used += [line.line for line in lines]
        if text:
            head.put("subject", text, [line.line for line in (lines[1:] or lines)])
        return


def _ends_subject(segment: Segment, before: Segment) -> bool:
    folded = segment.folded
    return bool(
        _BODY.match(folded)
        or _ORNAMENT.match(segment.text)
        or re.match(r"^so\s*:", folded)
        or folded.startswith(("noi nhan", "(kem theo", "(dinh kem", "don vi:", "stt"))
        or (len(segment.text) > 160)
        or (segment.line.align == "justify" and before.line.align == "center")
        or (
            before.line.bold
            and not segment.line.bold
            and segment.line.align not in ("center",)
            and not segment.line.italic
        )
        or (before.text.rstrip().endswith((".", "./.")) and upper_share(before.text) < 0.6)
    )


def _addressees(free: Sequence[Line], head: Head) -> None:
    """ "Kính gửi: ..." and the dashes under it are neither metadata nor answers."""
    for at, line in enumerate(free[: HEAD_LINES + 20]):
        if re.match(r"^\W*kinh gui\b", line.folded):
            head.aside.add(line.key)
            alone = len(re.sub(r"^\W*kinh gui\W*", "", line.folded)) < 3
            for following in free[at + 1 : at + 12]:
                dash = re.match(r"^\s*[-+•]", following.full)
                if not dash and not (alone and len(following.full) < 120 and not _BODY.match(following.folded)):
                    break
                head.aside.add(following.key)
                alone = alone and bool(dash)
            return


def _caption(flow: Flow, ledger: Ledger, head: Head, letter_number: str) -> None:
    """Number and date from "(Kèm theo Báo cáo số 45/BC-... ngày ...)" when the head left them blank."""
    for line in flow.lines:
        if line.blank or not ledger.free(line):
            continue
        match = _CAPTION.search(line.folded)
        if not match:
            continue
        text = line.full
        symbol = re.sub(r"\s", "", text[match.start("symbol") : match.end("symbol")])
        number = f"{match['number']}/{symbol}" if match["number"] else ""
        own = head.values.get("number")
        if own and letters(own) != letters(number):
            continue
        if not own and (
            letters(number) == letters(letter_number) or (head.symbol and letters(head.symbol) != letters(symbol))
        ):
            continue
        if number:
            head.put("number", number, [line])
        date = iso_date(match["day"] or "", match["month"] or "", match["year"] or "")
        if date:
            head.put("date", date, [line])
        head.used.append(line)
        return
