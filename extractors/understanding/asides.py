"""What is no answer and no metadata, and is claimed: copies, the letter itself, page numbers and running heads."""

from __future__ import annotations

import re
from collections import Counter

from extractors.document import Notice
from extractors.report import Repair
from extractors.understanding.duplicates import attached_letter, damaged_copies, repeated_pages
from extractors.understanding.form import Case, Form
from extractors.understanding.ground.lines import Flow, Ledger, cut
from extractors.understanding.status import status_of
from extractors.understanding.tables.answer_places import Places, part_text

WARNINGS = {
    "duplicate_text": "Một đoạn trong tệp là bản sao (bị lỗi chữ) của nội dung đã có; đã bỏ qua để không tính hai lần.",
    "letter_attached": "Tệp có kèm nguyên văn công văn yêu cầu báo cáo; phần này không được đọc như câu trả lời.",
    "letter_only": "Tệp gửi đến chính là công văn yêu cầu báo cáo, không phải báo cáo của đơn vị.",
    "unit_unknown": "Chưa xác định được đơn vị gửi báo cáo; đề nghị người kiểm tra chọn đơn vị.",
    "no_answers": "Không tìm thấy nội dung trả lời nào trong tệp.",
}

_PAGE_NUMBER = re.compile(r"^\W*(?:(?:trang|page)\s*)?\d{1,3}(?:\s*(?:/|tren|of)\s*\d{1,3})?\W*$")


def without_copies(flow: Flow, repairs: tuple[Repair, ...], form: Form) -> tuple[Case, list[Notice], frozenset[int]]:
    """The case with copies and an attached campaign letter claimed, and the warnings about them.

    Third, the lines of a letter that was sent alone: they are no answers either, but its head is this file's head, so
    they are claimed by the caller once that is read.
    """
    damaged = frozenset(
        (place.page, place.block)
        for repair in repairs
        if repair.kind.startswith("lost")
        for place in repair.provenance
        if place.block
    )
    flow, copies = cut(flow, damaged_copies(flow, damaged))
    copies |= repeated_pages(flow)
    case = Case(flow, Ledger(), form)
    codes, alone = [], frozenset[int]()
    case.ledger.claim(copies, "duplicate")
    if copies:
        codes.append("duplicate_text")
    attached = attached_letter(flow, form, copies)
    if attached:
        # a unit may fill in the letter's own table, so the appendix reader must still see it
        tables = {key for grid in flow.tables if grid.columns >= 3 for key in grid.all_keys()}
        if attached.alone:
            alone = attached.keys - tables
            codes.append("letter_only")
        else:
            case.ledger.claim(attached.keys - tables, "letter")
            codes.append("letter_attached")
    return case, [Notice(code, WARNINGS[code]) for code in codes], alone


def forget_unfilled(case: Case, appendix: Places) -> None:
    """Forget an appendix that nobody filled in: it came with the letter."""
    texts = [part_text(case.flow, part) for parts in appendix.parts.values() for part in parts]
    if all(status_of(text, case.form.hints) == "no_answer" for text in texts):
        appendix.parts.clear()


def claim_furniture(case: Case) -> None:
    """Page numbers, and headers and footers that repeat or say next to nothing."""
    running = [line for line in case.flow.lines if line.role in ("header", "footer")]
    times = Counter(line.folded.strip() for line in running)
    for line in case.flow.lines:
        if line.blank or not case.ledger.free(line):
            continue
        text = line.folded.strip()
        runs = line.role in ("header", "footer")
        number = _PAGE_NUMBER.match(text) and line.table is None and (runs or line.page is not None)
        if number or (runs and (times[text] > 1 or len(text) <= 12)):
            case.ledger.claim([line], "furniture")
