"""The report's own metadata: issuer, parent, number, place, date, subject at its head, signer at its foot.

A blank number or date stays None unless the appendix caption or the digital signature tells it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.understanding.folding import CAPITAL_LETTERS, SMALL_LETTERS, fold, letters, squeeze, upper_share
from extractors.understanding.form import Case
from extractors.understanding.headings import styled
from extractors.understanding.lines import Line
from extractors.understanding.segments import BLANK, NUMBER, Head, Segment, dated, iso_date, segments_of
from extractors.understanding.signature import Signature, find_signature

HEAD_LINES = 70
WHOLE_LINE = 60  # letters of a line of text that only looks centred
FOOT = 3  # lines over the signer's title in which the place and the date may stand

_ABOUT = re.compile(r"^\W*v\s*/?\s*v\b\s*[:.]?\s*|^\W*ve viec\s*[:.]?\s*")
_TYPE = re.compile(
    r"^\W*(?:du thao\W*)?(?:bao\s*cao|b\s?a\s?o\s+c\s?a\s?o|(?:phu luc|bieu|de cuong|phieu) bao cao|cong van|thong bao|"
    r"(?:phu luc|bang tong hop|bien ban|to trinh|"
    r"phieu (?:tra loi|cung cap thong tin|khao sat|thong tin)|ban tra loi|tra loi cong van)(?=\W*$))"
    r"(?:\s+(?:nhanh|tom tat|bo sung|giai trinh|so bo|dot xuat)(?=\W*$))?\b"
)
_APPENDIX = re.compile(r"^\W*phu luc\W*$")  # what stands under it is the appendix's title, not the report's subject
SENTENCE = 40  # letters from which text with a full stop after a word is no subject
_SENTENCE = re.compile(rf"[{SMALL_LETTERS}]{{2}}[.;]\s*(?:$|[{CAPITAL_LETTERS}])")
_BODY = re.compile(
    r"^\W*(?:kinh gui|can cu|thuc hien (?:cong van|van ban|quyet dinh|ke hoach|noi dung|theo|chi dao|de an|yeu cau)|"
    r"theo (?:cong van|van ban|tinh than)|tiep theo|tiep nhan|qua nghien cuu|[ivx]+\s*[.\-/)]\s|"
    r"phan\s+(?:[ivx]+|thu|mot|[0-9])\b|[1-9]\s*[.)/]\s|[a-d]\s*[.)]\s)"
)
_ORNAMENT = re.compile(r"^[\s\-_–—=*.~•o°\u2500-\u257f]*$")
_ORGANISATION = re.compile(
    r"^(?:ubnd|uy ban nhan dan|so\s|sgd|phong\s|pgd|truong\s|trung tam|tt\s?gd|bo\s|hoi dong|hdnd|van phong|thanh tra|"
    r"ban\s|chi cuc|dai hoc|hoc vien|thcs|thpt|trung hoc|pho thong|gdnn|gdtx|dang uy|cong doan)"
)
# a name that goes on in the next line: "TRƯỜNG TRUNG HỌC PHỔ THÔNG" over "TRƯỜNG CHINH"
_DANGLING = re.compile(r"(?:[-,]|\b(?:va|pho thong|thpt|thcs|co so|tieu hoc|mam non|quan|huyen|phuong|thanh pho))\s*$")
_ADDRESSEE = re.compile(
    rf"{_ORGANISATION.pattern}|cac\s|dong chi\s|ong\s|ba\s|lanh dao\s|hieu truong|truong phong|nhu tren"
)
_INNER = re.compile(r"(?<![Vv][ăĂ][nN])\s(?=(?:TRƯỜNG|Trường|PHÒNG|Phòng|TRUNG TÂM|Trung [Tt]âm)\s)")
STAMP_LINES = 12
_RECEIVED = re.compile(r"^\W*(?:cong van den|van ban den|den)\b(?=\W*$|\W*(?:so|ngay)\b)|^\W*cong van den\b")
_RECEIVED_PART = re.compile(r"\W*(?:so(?: den)?\s*:\s*[\d.…]*\s*$|ngay(?: den)?\s*:|gio\s*:|chuyen\s*:|luu ho so\b)")
_CAPTION = re.compile(
    r"(?:dinh kem|kem theo|ban hanh kem|kem)\b[^()]{0,40}?\bs[oố]\s*[:.]?\s*(?P<number>\d{1,5}[a-z]?)?"
    rf"{BLANK}/\s*(?P<symbol>[a-z0-9&]+(?:\s*-\s*[a-z0-9&]+)*)\s*,?\s*"
    r"(?:ngay\s*(?P<day>\d{1,2})\s*(?:thang|[/\-.])\s*(?P<month>\d{1,2})\s*(?:nam|[/\-.])\s*(?P<year>\d{4}))?"
)


def read_letterhead(case: Case, *, of_letter: bool = False) -> Head:
    """The head and the signature block of a report, or of the campaign's own letter; lines used are claimed."""
    free = [line for line in case.flow.lines if not line.blank and case.ledger.free(line) and line.role != "footnote"]
    head = Head()
    stamped = _reception_stamp(free)
    head.aside |= {line.key for line in stamped}
    free = [line for line in free if line.key not in head.aside]
    region = _region(free)
    segments = segments_of(region, head)
    _organisations_and_number(segments, head)
    _subject(segments, head)
    _addressees(free, head)
    heads = {line.key for line in region}
    signature = find_signature([line for line in free if line.key not in heads], free)
    if not signature.name:
        short = find_signature(free, free)  # a letterhead with the signature right under it
        signature = short if short.name else signature
    _sign(signature, head)
    _dated_at_the_foot(free, signature, head)
    _caption(case, head, "" if of_letter else case.form.campaign.letter.number)
    case.ledger.claim(head.used, "letterhead")
    return head


def _reception_stamp(free: Sequence[Line]) -> list[Line]:
    """The lines of the stamp of whoever received the report, when it was printed over its head."""
    for at, line in enumerate(free[:STAMP_LINES]):
        if not _RECEIVED.search(line.folded) or len(line.full) > 60:
            continue
        end = at + 1
        while end < len(free) and end <= at + 5 and _RECEIVED_PART.match(free[end].folded):
            end += 1
        whose = free[at - 1 : at] if at == 1 and _ORGANISATION.match(free[0].folded) else []
        return [*whose, *free[at:end]] if end > at + 1 or _RECEIVED_PART.search(line.folded, 10) else []
    return []


def _sign(signature: Signature, head: Head) -> None:
    if signature.name:
        head.put("signer", signature.name, signature.name_lines)
    if signature.title:
        head.put("signer_title", signature.title, signature.title_lines)
    if signature.date and signature.name:
        head.put("date", signature.date, signature.date_lines)
    head.aside |= {line.key for line in signature.aside}
    head.used += signature.lines
    head.signed = {line.key for line in signature.title_lines}
    head.signature_texts = [line.full for line in [*signature.title_lines, *signature.digital_lines]]


def _dated_at_the_foot(free: Sequence[Line], signature: Signature, head: Head) -> None:
    """Place and date over the signature, where the head has none: "Quận 5, ngày 02 tháng 5 năm 2024"."""
    if not signature.title_lines or "place" in head.values or "date" in head.values:
        return
    at = next((n for n, line in enumerate(free) if line.key == signature.title_lines[0].key), 0)
    for line in free[max(0, at - FOOT) : at]:
        dated(line.full, line, head)


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
            and not NUMBER.match(folded)
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


def _organisations_and_number(segments: list[Segment], head: Head) -> None:
    """Issuer and parent above the number; of three, the last is the issuer and the one before it its parent."""
    number_at = next((at for at, segment in enumerate(segments) if _number_of(segment.text)), None)
    organisations = _organisations(segments[: min(number_at or 30, 30)], head)
    if organisations:
        names = [" ".join(piece.text for piece in pieces) for pieces in organisations]
        head.put("issuer", names[-1], [piece.line for piece in organisations[-1]])
        if len(names) > 1:
            head.put("parent", names[-2], [piece.line for piece in organisations[-2]])
        head.used += [piece.line for pieces in organisations[:-2] for piece in pieces]
    if number_at is not None:
        segment = segments[number_at]
        number, symbol = _number_of(segment.text) or ("", "")
        head.symbol = symbol
        if number:
            head.put("number", f"{number}/{symbol}", [segment.line])
        head.used.append(segment.line)


def _organisations(segments: Sequence[Segment], head: Head) -> list[list[Segment]]:
    """The institutions named at the top, each with the segments its name was broken into."""
    found: list[list[Segment]] = []
    for segment in segments:
        text, folded = segment.text, segment.folded
        if _ABOUT.match(folded) or (_TYPE.match(folded) and upper_share(text) > 0.6):
            break
        if _ORNAMENT.match(text):
            head.used += [segment.line] if found else []
            continue
        if found and re.match(r"^so\s*[:.]", folded):
            break  # a number that is none: "Số: không"
        starts = bool(_ORGANISATION.match(folded)) or (not found and _over_committee(segments, segment))
        plain = starts and len(text) < 90 and not text.rstrip().endswith((":", ";", "."))
        if not (starts or found):
            continue
        said = fold(" ".join(piece.text for piece in found[-1])) if found else ""
        rest = text.isdigit() and _DANGLING.search(said)  # "QUẬN" over "12"
        named = upper_share(text) >= 0.6 or plain or rest or (bool(found) and _capitalised(text))
        if not named:
            if found:
                break
            continue
        for part in _INNER.split(text) if len(text) > 28 and _INNER.search(text[6:]) else [text]:
            piece = Segment(part, segment.line)
            dangling = _DANGLING.search(fold(" ".join(one.text for one in found[-1]))) if found else None
            # no school is under a school: "VÕ" over "TRƯỜNG TOẢN"
            same = (
                bool(found)
                and all(x.folded.startswith("truong ") for x in (piece, found[-1][0]))
                and not re.match(r"truong (?:dai hoc|cao dang)", found[-1][0].folded)
            )
            if (_ORGANISATION.match(piece.folded) or not found) and not (dangling or same):
                found.append([piece])
            elif found:
                found[-1].append(piece)
    return found


def _over_committee(segments: Sequence[Segment], segment: Segment) -> bool:
    """Whether a city or a province stands over its district's committee, as its parent."""
    after = next(iter(segments[list(segments).index(segment) + 1 :]), None)
    return (
        bool(re.match(r"^(?:thanh pho|tp|tinh)\b", segment.folded))
        and after is not None
        and bool(re.match(r"^(?:ubnd|uy ban nhan dan)\b", after.folded))
    )


def _capitalised(text: str) -> bool:
    """Whether a short line is written as a name is: each word with a capital."""
    said = [word for word in text.split() if word[0].isalpha()]
    return bool(said) and len(text) < 70 and sum(word[0].isupper() for word in said) >= 0.8 * len(said)


def _number_of(text: str) -> tuple[str, str] | None:
    """(number, symbol) of "Số: 45/BC-THPT"; the number is empty when it was left blank."""
    match = NUMBER.search(fold(text))
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
                    or (_TYPE.match(following.folded) and upper_share(following.text) > 0.8)
                ):
                    break
                lines.append(following)
            text = segment.text[about.end() :]
            head.put("subject", " ".join([text, *(line.text for line in lines[1:])]), [line.line for line in lines])
            return
    for at, segment in enumerate(segments):
        kind = _TYPE.match(segment.folded)
        if not kind or upper_share(segment.text[: kind.end()]) < 0.6 or _APPENDIX.match(segment.folded):
            continue
        rest = segment.text[kind.end() :].strip(" :.-–")
        lines = [segment]
        for following in segments[at + 1 : at + 8]:
            if following.line.table != segment.line.table:
                break
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
        or folded.startswith(("noi nhan", "(kem", "(dinh kem", "don vi:", "stt", "muc luc"))
        or re.match(r"^\s*[-+•●▪*]\s*\w[^:]*:\s*\S", folded)  # a point of the body with its answer
        or (len(segment.text) > 160)
        or (upper_share(segment.text) < 0.6 and len(segment.text) > SENTENCE and _SENTENCE.search(segment.text))
        or (styled(segment.line) and not styled(before.line))
        or (segment.line.align == "justify" and before.line.align == "center")
        # a first line as wide as the page looks like one that begins at the margin
        or (segment.line.align == "left" and before.line.align == "center" and not _names_type(before.text))
        or (
            before.line.bold
            and not segment.line.bold
            and (segment.line.align != "center" or len(segment.text) >= WHOLE_LINE)
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
                if dash and not _ADDRESSEE.match(following.folded.lstrip(" -+•\t")):
                    break
                if not dash and not (alone and len(following.full) < 120 and not _BODY.match(following.folded)):
                    break
                head.aside.add(following.key)
                alone = alone and bool(dash)
            return


def _caption(case: Case, head: Head, cited: str) -> None:
    """Number and date from "(Kèm theo Báo cáo số 45/BC-... ngày ...)" when the head left them blank.

    A caption with the number ``cited`` names another document and says nothing about this one.
    """
    for line in case.flow.lines:
        if line.blank or not case.ledger.free(line):
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
        if not own and (letters(number) == letters(cited) or (head.symbol and letters(head.symbol) != letters(symbol))):
            continue
        if number:
            head.put("number", number, [line])
        date = iso_date(match["day"] or "", match["month"] or "", match["year"] or "")
        if date:
            head.put("date", date, [line])
        head.used.append(line)
        return
