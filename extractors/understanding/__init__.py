"""A repaired `Document` and a campaign → `Report`: every answer in its place, everything else in ``unmapped``.

The order is fixed: copies are taken out, tables that are the appendix are read, then letterhead and signature, the
unit, the running text under headings, and at last the figures in all of it. Each stage claims the lines it used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from campaigns.model import Campaign
from extractors.document import Document, Notice
from extractors.report import Answer, PointAnswer, Repair, Report, SourceInfo, Unmapped, UnitMatch
from extractors.understanding.appendix import Part, Places, lines_of, read_appendix, shared_keys
from extractors.understanding.duplicates import attached_letter, damaged_copies, repeated_pages
from extractors.understanding.facts import Passage, find_facts, measure, source_of
from extractors.understanding.folding import fold, squeeze
from extractors.understanding.form import Form
from extractors.understanding.letterhead import Head, read_letterhead
from extractors.understanding.lines import Flow, Grid, Ledger, Line, cut, flatten, joined, paragraphs_of, places
from extractors.understanding.narrative import Narrative, Stretch, read_narrative
from extractors.understanding.signature import Signature
from extractors.understanding.status import status_of
from extractors.understanding.unit import Registry, match_unit

__all__ = ["account", "understand"]

WARNINGS = {
    "duplicate_text": "Một đoạn trong tệp là bản sao (bị lỗi chữ) của nội dung đã có; đã bỏ qua để không tính hai lần.",
    "letter_attached": "Tệp có kèm nguyên văn công văn yêu cầu báo cáo; phần này không được đọc như câu trả lời.",
    "letter_only": "Tệp gửi đến chính là công văn yêu cầu báo cáo, không phải báo cáo của đơn vị.",
    "unit_unknown": "Chưa xác định được đơn vị gửi báo cáo; đề nghị người kiểm tra chọn đơn vị.",
    "no_answers": "Không tìm thấy nội dung trả lời nào trong tệp.",
}

_PAGE_NUMBER = re.compile(r"^\W*(?:(?:trang|page)\s*)?\d{1,3}(?:\s*(?:/|tren|of)\s*\d{1,3})?\W*$")
_LABELLED = re.compile(r"^\W*(?:ten )?(?:don vi|truong|co quan)(?: bao cao| gui bao cao| thuc hien)?\s*:\s*(.{4,120})$")


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """A report with what it was made of: characters (white space aside) by where they went."""

    report: Report
    characters: dict[str, int]


def understand(document: Document, repairs: tuple[Repair, ...], campaign: Campaign) -> Report:
    """The structured report of a read and repaired ``document``. Pure: reads no file, raises nothing on odd content."""
    return account(document, repairs, campaign).report


def account(document: Document, repairs: tuple[Repair, ...], campaign: Campaign) -> Understood:
    """`understand`, with the account of every character that was read."""
    form, registry = _indexes(campaign)
    flow, ledger, warnings = _without_copies(flatten(document), repairs, form)
    if not any(ledger.free(line) for line in flow.lines if not line.blank):
        warnings.append(Notice("letter_only", WARNINGS["letter_only"]))
    appendix = read_appendix(flow, ledger, form)
    if any(notice.code.startswith("letter_") for notice in warnings):
        _drop_unfilled(flow, appendix, form)
    letterhead, head, signature = read_letterhead(flow, ledger, campaign.letter.number)
    _furniture(flow, ledger)
    unit = _unit(flow, ledger, registry, document, letterhead, head, signature)
    if any(notice.code == "letter_only" for notice in warnings):
        unit = UnitMatch(candidates=unit.candidates)
    body = [line for line in flow.lines if _is_body(line, ledger, head, signature)]
    answered = {item for item, _ in appendix.parts}
    narrative = read_narrative(
        flow, ledger, form, unit.group, body, answered, {line.key for line in signature.title_lines}
    )
    rows = _row_index(flow)
    answers = _answers(flow, appendix, narrative, form, rows)
    points = _points(narrative, form, unit.group, rows)
    facts = tuple(find_facts(_passages(flow, ledger, appendix, narrative, form, rows), campaign.letter.cites))
    warnings += _judge(unit, answers, points)
    report = Report(
        source=SourceInfo(
            name=document.source.name,
            sha256=document.source.sha256,
            media_type=document.source.media_type,
            pages=document.page_count,
        ),
        letterhead=letterhead,
        unit=unit,
        appendix=answers,
        narrative=points,
        facts=facts,
        unmapped=_unmapped(flow, ledger, rows),
        repairs=repairs,
        warnings=(*document.notices, *warnings),
    )
    return Understood(report=report, characters=ledger.characters(flow))


_CACHE: dict[int, tuple[Campaign, Form, Registry]] = {}


def _indexes(campaign: Campaign) -> tuple[Form, Registry]:
    """Indexes over a campaign, kept for the last one used."""
    held = _CACHE.get(id(campaign))
    if held is None or held[0] is not campaign:
        _CACHE.clear()
        held = (campaign, Form(campaign), Registry(campaign.units))
        _CACHE[id(campaign)] = held
    return held[1], held[2]


def _without_copies(flow: Flow, repairs: tuple[Repair, ...], form: Form) -> tuple[Flow, Ledger, list[Notice]]:
    """The flow with copies claimed, and the warnings about them."""
    damaged = frozenset(
        place.block
        for repair in repairs
        if repair.kind.startswith("lost")
        for place in repair.provenance
        if place.block
    )
    flow, copies = cut(flow, damaged_copies(flow, damaged))
    copies |= repeated_pages(flow)
    ledger, warnings = Ledger(), []
    ledger.claim(copies, "duplicate")
    if copies:
        warnings.append(Notice("duplicate_text", WARNINGS["duplicate_text"]))
    attached = attached_letter(flow, form, copies)
    if attached:
        kept = _filled_rows(flow, form, attached.keys)
        ledger.claim(attached.keys - kept, "letter")
        warnings.append(Notice("letter_attached", WARNINGS["letter_attached"]))
        if attached.alone:
            warnings.append(Notice("letter_only", WARNINGS["letter_only"]))
    return flow, ledger, warnings


def _filled_rows(flow: Flow, form: Form, keys: frozenset[int]) -> set[int]:
    """Lines of tables: those the appendix reader must still see, for a unit may fill in the letter's own table."""
    return {key for grid in flow.tables if grid.columns >= 3 for key in grid.keys() if key in keys}


def _drop_unfilled(flow: Flow, appendix: Places, form: Form) -> None:
    """Forget an appendix that nobody filled in: it came with the letter."""
    for parts in appendix.parts.values():
        for part in parts:
            if status_of(_part_text(flow, part), form.hints) != "no_answer":
                return
    appendix.parts.clear()


def _furniture(flow: Flow, ledger: Ledger) -> None:
    """Page numbers, and headers and footers that repeat or say next to nothing."""
    texts: dict[str, int] = {}
    for line in flow.lines:
        if line.role in ("header", "footer"):
            texts[line.folded.strip()] = texts.get(line.folded.strip(), 0) + 1
    for line in flow.lines:
        if line.blank or not ledger.free(line):
            continue
        folded = line.folded.strip()
        if (
            _PAGE_NUMBER.match(folded)
            and line.table is None
            and (line.page is not None or line.role in ("header", "footer"))
        ):
            ledger.claim([line], "furniture")
        elif line.role in ("header", "footer") and (texts[folded] > 1 or len(folded) <= 12):
            ledger.claim([line], "furniture")


def _unit(
    flow: Flow,
    ledger: Ledger,
    registry: Registry,
    document: Document,
    letterhead,
    head: Head,
    signature: Signature,  # type: ignore[no-untyped-def]
) -> UnitMatch:
    free = [
        line for line in flow.lines if not line.blank and ledger.owners.get(line.key) not in ("duplicate", "letter")
    ]
    opening = [
        re.split(r"\bcua\b", text)[0] if fold(text).startswith(("can cu", "thuc hien")) else text
        for line in free[:60]
        if line.key not in head.aside and 40 < len(text := line.full) < 700 and ledger.free(line)
    ][:4]
    opening = [_reporting(text) for text in opening]
    labelled = [line.full[match.start(1) :] for line in free[:40] if (match := _LABELLED.match(line.folded))]
    return match_unit(
        registry,
        letterhead,
        symbol=head.symbol,
        file_name=document.source.name,
        opening=[text for text in opening if text],
        signature=[line.full for line in [*signature.title_lines, *signature.digital_lines]],
        labelled=labelled,
    )


def _reporting(text: str) -> str:
    """The stretch of an opening sentence that names who reports: what stands just before "báo cáo"."""
    folded = fold(text)
    found = [
        text[max(0, match.start() - 90) : match.start()]
        for match in re.finditer(r"\b(?:xin |kinh |tien hanh )?bao cao\b", folded)
    ]
    names = [piece[piece.rfind(",") + 1 :] if "," in piece else piece for piece in found]
    return " ".join(
        name
        for name in names
        if re.search(r"\b(?:truong|phong|trung tam|uy ban|ubnd|thpt|don vi|van phong|thanh tra)\b", fold(name))
    )


def _is_body(line: Line, ledger: Ledger, head: Head, signature: Signature) -> bool:
    return not line.blank and ledger.free(line) and line.role in ("body", "textbox") and line.key not in head.aside


def _row_index(flow: Flow) -> dict[int, tuple[int, int]]:
    """Line key → (table, row) of the innermost table it stands in."""
    return {key: (grid.index, cell.row) for grid in flow.tables for cell in grid.cells for key in cell.keys}


def _part_text(flow: Flow, part: Part) -> str:
    return joined(lines_of(flow, part))


def _answers(
    flow: Flow, appendix: Places, narrative: Narrative, form: Form, rows: dict[int, tuple[int, int]]
) -> tuple[Answer, ...]:
    """Answers in the order of items and columns, from tables and from text under item titles."""
    order = {column.id: at for at, column in enumerate(form.campaign.columns)}
    found: list[Answer] = []
    for (item, column), parts in appendix.parts.items():
        texts = [(part, _part_text(flow, part)) for part in parts]
        said = [(part, text) for part, text in texts if status_of(text, (*form.hints, part.heading)) != "no_answer"]
        headings = [part.heading for part in parts]
        whole = "\n".join(text for _, text in texts if text)
        status = status_of(whole, (*form.hints, *headings))
        if len(parts) > 1 and any(part.label for part in parts):
            kinds = [_split_status(part, text, form) for part, text in texts]
            status = next(
                (kind for kind in ("answered", "by_reference", "not_yet", "none") if kind in kinds), "no_answer"
            )
        if said:
            text = "\n".join(_labelled(part, text) if len(parts) > 1 else text for part, text in said)
        else:
            text = "" if re.search(r"\w", whole) else whole
        found.append(
            Answer(
                item=item,
                column=column,
                status=status,  # type: ignore[arg-type]
                text=text,
                confidence=round(min(part.confidence for part in parts), 3),
                provenance=tuple(dict.fromkeys(where for part in parts for where in places(lines_of(flow, part)))),
            )
        )
    for (item, column), stretch in narrative.places.items():
        text = stretch.text(rows)
        found.append(
            Answer(
                item=item,
                column=column,
                status=status_of(text, form.hints),
                text=text,
                confidence=round(0.4 + 0.5 * min(stretch.confidence, 1.0), 3),
                provenance=places([*stretch.headings, *stretch.lines]),
            )
        )
    return tuple(sorted(found, key=lambda answer: (answer.item, order[answer.column])))


def _split_status(part: Part, text: str, form: Form) -> str:
    """Status of one column of a split answer; in a column of money a dash or nought says that there was none."""
    if source_of(part.label) and text.strip() in ("-", "–", "0"):
        return "none"
    return status_of(text, (*form.hints, part.heading))


def _labelled(part: Part, text: str) -> str:
    return f"{squeeze(part.label).rstrip(':')}: {text}" if part.label else text


def _points(
    narrative: Narrative, form: Form, group: str | None, rows: dict[int, tuple[int, int]]
) -> tuple[PointAnswer, ...]:
    if group not in form.campaign.groups:
        return ()
    found = []
    for point in form.campaign.groups[group].points:
        stretch: Stretch | None = narrative.points.get(point.id)
        if stretch is None:
            continue
        text = stretch.text(rows)
        found.append(
            PointAnswer(
                point=point.id,
                status=status_of(text, (point.title, *point.aliases)),
                text=text,
                confidence=round(0.45 + 0.54 * min(stretch.confidence, 1.0), 3),
                provenance=places([*stretch.headings, *stretch.lines]),
            )
        )
    return tuple(found)


# -- figures -----------------------------------------------------------------------------------------------------------


def _passages(
    flow: Flow, ledger: Ledger, appendix: Places, narrative: Narrative, form: Form, rows: dict[int, tuple[int, int]]
) -> list[Passage]:
    """Every text in which figures count, with what its column and caption say about money."""
    scale = {grid.index: _table_measure(flow, grid) for grid in flow.tables}
    money_columns = _money_columns(form)
    found: list[Passage] = []
    heading = {part.keys: part for parts in appendix.parts.values() for part in parts}
    for keys, used in shared_keys(appendix):
        part = heading[keys]
        items, columns = {item for item, _ in used}, {column for _, column in used}
        lines = [line for line in lines_of(flow, part) if ledger.owners.get(line.key) == "appendix"]
        if not lines:
            continue
        column = columns.pop() if len(columns) == 1 else None
        head = part.label or part.heading
        own = measure(part.heading)
        funds = bool(column in money_columns or source_of(head))
        table = rows.get(keys[0], (-1, 0))[0]
        found.append(
            Passage(
                lines=tuple(lines),
                item=items.pop() if len(items) == 1 else None,
                column=column,
                head=head,
                scale=own or (scale.get(table) if funds else None),
                money=funds or own is not None,
            )
        )
    for (item, column), stretch in narrative.places.items():
        found.append(Passage(lines=tuple(stretch.lines), item=item, column=column))
    tables = {grid.index: grid for grid in flow.tables}
    for stretch in narrative.points.values():
        found += _plain_passages([*stretch.headings, *stretch.lines], tables, scale, flow, rows)
    rest = [
        line for line in flow.lines if ledger.free(line) and not line.blank and line.role not in ("header", "footer")
    ]
    found += _plain_passages(rest, tables, scale, flow, rows)
    return found


def _plain_passages(
    lines: list[Line],
    tables: dict[int, Grid],
    scale: dict[int, int | None],
    flow: Flow,
    rows: dict[int, tuple[int, int]],
) -> list[Passage]:
    """Running text as one passage; tables in it cell by cell with the heading above each cell."""
    found = []
    text = tuple(line for line in lines if line.key not in rows)
    if text:
        found.append(Passage(lines=text))
    inside = {line.key for line in lines if line.key in rows}
    for index in dict.fromkeys(rows[key][0] for key in sorted(inside)):
        grid = tables[index]
        heads = {cell.column: squeeze(joined(flow.pick(cell.keys))) for cell in grid.cells if cell.row == 0}
        for cell in grid.cells:
            keys = [key for key in cell.keys if key in inside and not flow.lines[key].blank]
            if not keys:
                continue
            head = heads.get(cell.column, "") if cell.row else ""
            own = measure(head)
            funds = bool(
                source_of(head)
                or re.search(r"\b(?:kinh phi|so tien|thanh tien|nguon von|tong (?:cong|chi|von))\b", fold(head))
            )
            found.append(
                Passage(
                    lines=tuple(flow.pick(keys)),
                    head=head,
                    scale=own or (scale.get(index) if funds else None),
                    money=own is not None or (funds and grid.rows > 1),
                )
            )
    return found


def _money_columns(form: Form) -> set[str]:
    """Columns of the campaign whose title speaks of sources of money."""
    found = set()
    for column in form.campaign.columns:
        text = " ".join((column.title, *column.aliases))
        if re.search(r"\b(?:ngan sach|xa hoi hoa|xhh|kinh phi|nguon von)\b", fold(column.title)) or (
            source_of(text) and "kinh phi" in fold(text)
        ):
            found.add(column.id)
    return found


def _table_measure(flow: Flow, grid: Grid) -> int | None:
    """The unit of money stated in a table's first rows or in the few lines above it."""
    above = [
        line for line in flow.lines[max(0, grid.start - 6) : grid.start] if not line.blank and line.table != grid.index
    ]
    inside = flow.pick(key for cell in grid.cells if cell.row <= 2 for key in cell.keys)
    for line in [*inside, *reversed(above)]:
        if len(line.full) <= 200 and re.search(r"\b(?:dvt|don vi tinh|don vi)\b", line.folded):
            found = measure(line.full)
            if found:
                return found
    return None


# -- what is left ------------------------------------------------------------------------------------------------------


def _unmapped(flow: Flow, ledger: Ledger, rows: dict[int, tuple[int, int]]) -> tuple[Unmapped, ...]:
    """Text nobody claimed, by paragraph; the cells of one table row together."""
    free = [line for line in flow.lines if not line.blank and ledger.free(line)]
    found: list[Unmapped] = []
    row: list[Line] = []

    def close() -> None:
        if row:
            found.append(Unmapped(text=" | ".join(squeeze(line.full) for line in row), provenance=places(row)))
            row.clear()

    for paragraph in paragraphs_of(free):
        place = rows.get(paragraph[0].key)
        if row and place != rows.get(row[0].key):
            close()
        if place is None:
            found.append(Unmapped(text=joined(paragraph), provenance=places(paragraph)))
        else:
            row.extend(paragraph)
    close()
    return tuple(found)


def _judge(unit: UnitMatch, answers: Iterable[Answer], points: Iterable[PointAnswer]) -> list[Notice]:
    """Warnings about the report as a whole."""
    found = []
    if unit.id is None:
        found.append(Notice("unit_unknown", WARNINGS["unit_unknown"]))
    if not any(answer.status != "no_answer" for answer in (*answers, *points)):
        found.append(Notice("no_answers", WARNINGS["no_answers"]))
    return found
