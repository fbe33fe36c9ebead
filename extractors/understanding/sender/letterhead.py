"""The report's own metadata: issuer, parent, number, place, date, subject at its head, signer at its foot.

A blank number or date stays None unless the appendix caption or the digital signature tells it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.understanding.form import Case
from extractors.understanding.ground.folding import fold, letters
from extractors.understanding.ground.lines import Line
from extractors.understanding.sender.dates import BLANK, iso_date
from extractors.understanding.sender.organisations import ORGANISATION, find_organisations
from extractors.understanding.sender.segments import NUMBER, Head, Segment, dated, segments_of
from extractors.understanding.sender.signature import Signature, find_signature
from extractors.understanding.sender.subject import (
    BODY,
    ORNAMENT,
    find_subject,
    may_be_subject,
    names_type,
    under_the_type,
)

HEAD_LINES = 70
FOOT = 3  # lines over the signer's title in which the place and the date may stand

_ADDRESSEE = re.compile(
    rf"{ORGANISATION.pattern}|cac\s|dong chi\s|ong\s|ba\s|lanh dao\s|hieu truong|truong phong|nhu tren"
)
STAMP_LINES = 12
_STATE = re.compile(r"\b(?:cong hoa xa hoi|doc lap|chxhcn)\b")
_RECEIVED = re.compile(r"^\W*(?:cong van den|van ban den|den)\b(?=\W*$|\W*(?:so|ngay)\b)|^\W*cong van den\b")
_RECEIVED_PART = re.compile(
    r"\W*(?:so(?: den)?\s*:\s*[\d.…]*\s*(?:$|ngay\b)|ngay(?: den)?\s*:|gio\s*:|chuyen\s*:|luu ho so\b)"
)
_CAPTION = re.compile(
    r"(?:dinh kem|kem theo|ban hanh kem|kem)\b[^()]{0,40}?\bs[oố]\s*[:.]?\s*(?P<number>\d{1,5}[a-z]?)?"
    rf"{BLANK}/\s*(?P<symbol>[a-z0-9&]+(?:\s*-\s*[a-z0-9&]+)*)\s*,?\s*"
    r"(?:ngay\s*(?P<day>\d{1,2})\s*(?:thang|[/\-.])\s*(?P<month>\d{1,2})\s*(?:nam|[/\-.])\s*(?P<year>\d{4}))?"
)


def read_letterhead(case: Case, *, of_letter: bool = False) -> Head:
    """The head and the signature block of a report, or of the campaign's own letter; lines used are claimed."""
    free = _free(case)
    head = Head()
    stamped = _reception_stamp(free)
    head.aside |= {line.key for line in stamped}
    free = _by_column([line for line in free if line.key not in head.aside], case)
    region = _region(free)
    segments = segments_of(region, head)
    _organisations_and_number(segments, head)
    if "issuer" in head.values:  # rules drawn under the names and the motto
        head.used += [one.line for one in segments if one.line.table is not None and ORNAMENT.match(one.text)]
    find_subject(segments, head)
    _addressees(free, head)
    heads = {line.key for line in region}
    signature = find_signature([line for line in free if line.key not in heads], free, case.flow.columns)
    if not signature.name:
        short = find_signature(free, free, case.flow.columns)  # a letterhead with the signature right under it
        signature = short if short.name else signature
    _dated_at_the_foot(free, signature, head)
    _sign(signature, head)
    _caption(case, head, "" if of_letter else case.form.campaign.letter.number)
    case.ledger.claim(head.used, "letterhead")
    return head


def _free(case: Case) -> list[Line]:
    """The lines that no table used; the line under "BÁO CÁO" is the subject though it may read like a table's title."""
    found: list[Line] = []
    for line in case.flow.lines:
        if line.blank or line.role == "footnote":
            continue
        titled = case.ledger.owners.get(line.key) == "form" and line.table is None and len(found) < HEAD_LINES
        if case.ledger.free(line) or (titled and found and names_type(found[-1].full)):
            found.append(line)
    return found


def _by_column(free: Sequence[Line], case: Case) -> list[Line]:
    """``free`` with the lines of the letterhead's table one column after the other, where each line is a row."""
    columns = case.flow.columns
    head = (line.table for line in free[:HEAD_LINES] if line.table is not None and _STATE.search(line.folded))
    found = next(head, None)
    if found is None:
        return list(free)
    held = sorted(
        (line for line in free if line.table == found), key=lambda line: (columns.get(line.key, (0, 0))[1], line.key)
    )
    at = next(n for n, line in enumerate(free) if line.table == found)
    return [*free[:at], *held, *(line for line in free[at:] if line.table != found)]


def _reception_stamp(free: Sequence[Line]) -> list[Line]:
    """The lines of the stamp of whoever received the report, when it was printed over its head."""
    for at, line in enumerate(free[:STAMP_LINES]):
        if not _RECEIVED.search(line.folded) or len(line.full) > 60:
            continue
        end = at + 1
        while end < len(free) and end <= at + 5 and _RECEIVED_PART.match(free[end].folded):
            end += 1
        whose = free[at - 1 : at] if at == 1 and ORGANISATION.match(free[0].folded) else []
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
        if region and ((names_type(region[-1].full) and may_be_subject(line.full)) or under_the_type(line, region[-1])):
            region.append(line)
            continue
        if (
            BODY.match(folded)
            and len(region) >= 2
            and not NUMBER.match(folded)
            and not (line.table is not None and ORGANISATION.match(folded))
        ):
            break
        if len(line.full) > 260 and len(region) >= 2:
            break
        region.append(line)
    return region


def _organisations_and_number(segments: list[Segment], head: Head) -> None:
    """Issuer and parent above the number; of three, the last is the issuer and the one before it its parent."""
    number_at = next((at for at, segment in enumerate(segments) if _number_of(segment.text)), None)
    organisations = find_organisations(segments[: min(number_at or 30, 30)], head)
    if organisations:
        names = [" ".join(piece.text for piece in pieces) for pieces in organisations]
        head.put("issuer", names[-1], [piece.line for piece in organisations[-1]])
        if len(names) > 1:
            head.put("parent", names[-2], [piece.line for piece in organisations[-2]])
        head.above = names[:-2]
        head.used += [piece.line for pieces in organisations[:-2] for piece in pieces]
    if number_at is not None:
        segment = segments[number_at]
        number, symbol = _number_of(segment.text) or ("", "")
        head.symbol = symbol
        if number:
            head.put("number", f"{number}/{symbol}", [segment.line])
        head.used.append(segment.line)


def _number_of(text: str) -> tuple[str, str] | None:
    """(number, symbol) of "Số: 45/BC-THPT"; the number is empty when it was left blank."""
    match = NUMBER.search(fold(text))
    if not match or match.start() > 3:
        return None
    number = re.sub(r"[\s…_/]|(?<!\d)\.|\.(?!\d)", "", text[match.start("number") : match.end("number")])
    return number, re.sub(r"\s*([-–/.&])\s*", r"\1", text[match.start("symbol") : match.end("symbol")]).replace(
        "–", "-"
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
                if not dash and not (alone and len(following.full) < 120 and not BODY.match(following.folded)):
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
