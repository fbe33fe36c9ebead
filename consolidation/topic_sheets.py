"""Counts, difficulties, proposals and cited documents in the workbook."""

from __future__ import annotations

from collections.abc import Sequence

import xlsxwriter

from campaigns.model import Campaign
from consolidation.collecting import UnitAnswers
from consolidation.documents import CitedDocument
from consolidation.folding import Folded
from consolidation.gathering import PlacedFact
from consolidation.places import Places
from consolidation.tables import Formats, Heading, ListSheet
from consolidation.words import UNKNOWN_UNIT, blocks, group_title, pages

_MIDDLE = {"align": "center"}
_QUOTES = 40  # in one cell; the others are counted, and stand in the list of answers


class NumberSheet:
    """``Số liệu``: one line a count or percentage, as the unit put it; nothing is summed."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, campaign: Campaign) -> None:
        self._campaign = campaign
        self._places = Places(campaign)
        self._list = ListSheet(
            book,
            formats,
            name="Số liệu",
            title="SỐ LIỆU: số lượng và tỷ lệ các đơn vị đã nêu",
            printed=10,
            headings=[
                Heading("TT", 6, _MIDDLE),
                Heading("Đơn vị", 30),
                Heading("Mục", 34),
                Heading("Cột của phụ lục", 14),
                Heading("Giá trị", 12, {"num_format": "#,##0.##"}),
                Heading("đến (nếu là khoảng)", 10, {"num_format": "#,##0.##"}),
                Heading("Đơn vị tính", 20),
                Heading("Câu trong báo cáo", 64),
                Heading("Tệp", 26),
                Heading("Trang", 7, _MIDDLE),
                Heading("Nhóm", 26),
                Heading("Mã đơn vị", 24),
                Heading("Vị trí trong tệp", 40),
            ],
        )

    def add(self, sent: UnitAnswers, facts: Sequence[PlacedFact]) -> None:
        unit = sent.unit
        for fact in facts:
            if fact.kind not in ("count", "percent"):
                continue
            place, column = self._places.title(fact.item, fact.column, fact.point)
            self._list.add(
                [
                    unit.name if unit else UNKNOWN_UNIT,
                    place,
                    column,
                    fact.value,
                    fact.value_to,
                    fact.unit,
                    fact.sentence,
                    fact.report.name,
                    pages(fact.provenance),
                    group_title(self._campaign, unit.group) if unit else None,
                    unit.id if unit else None,
                    blocks(fact.provenance),
                ]
            )

    def close(self) -> None:
        self._list.close()


class FoldedSheet:
    """Statements by topic: ``Khó khăn`` by cause, ``Kiến nghị`` by addressee."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, *, name: str, title: str, topic: str) -> None:
        self._list = ListSheet(
            book,
            formats,
            name=name,
            title=title,
            headings=[
                Heading("TT", 6, _MIDDLE),
                Heading(topic, 24),
                Heading(name, 60),
                Heading("Số đơn vị", 8, _MIDDLE),
                Heading("Mục", 9, _MIDDLE),
                Heading("Đơn vị", 40),
                Heading("Nguyên văn của từng đơn vị và nguồn", 80),
            ],
        )

    def close(self, found: Sequence[Folded]) -> None:
        for one in found:
            items = sorted({said.item for said in one.said if said.item is not None})
            self._list.add(
                [
                    one.topic,
                    one.text,
                    len(one.units),
                    ", ".join(map(str, items)),
                    some(one.units, "; ", "đơn vị khác"),
                    quotes(one),
                ]
            )
        self._list.close()


class DocumentSheet:
    """``Văn bản chỉ đạo``: one line a document."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats) -> None:
        self._list = ListSheet(
            book,
            formats,
            name="Văn bản chỉ đạo",
            title="VĂN BẢN CHỈ ĐẠO các đơn vị đã dẫn, mỗi văn bản một dòng",
            headings=[
                Heading("TT", 6, _MIDDLE),
                Heading("Số, ký hiệu", 24),
                Heading("Ngày", 12, _MIDDLE),
                Heading("Loại", 18),
                Heading("Số đơn vị", 8, _MIDDLE),
                Heading("Ghi chú", 30),
                Heading("Đơn vị", 44),
                Heading("Câu dẫn và nguồn", 80),
            ],
        )

    def close(self, found: Sequence[CitedDocument]) -> None:
        for one in found:
            remarks = ["có trong văn bản yêu cầu"] if one.asked else []
            if one.others:
                dates = ", ".join(f"{other:%d/%m/%Y}" for other in one.others)
                remarks.append(f"cùng số nhưng đơn vị khác ghi ngày {dates}: cần kiểm tra")
            said = [f"{c.unit}: “{c.sentence}” ({where(c.file, c.page)})" for c in one.cited_by]
            fill = {2: "#FBE3A2", 5: "#FBE3A2"} if one.others else None
            self._list.add(
                [
                    one.number,
                    one.date,
                    one.kind,
                    len(one.units),
                    "; ".join(remarks),
                    some(one.units, "; ", "đơn vị khác"),
                    some(said, "\n", "chỗ dẫn khác"),
                ],
                fills=fill,
            )
        self._list.close()


def quotes(one: Folded) -> str:
    """Everyone's own words with the source, one a line."""
    return some([f"{said.unit}: “{said.text}” ({where(said.file, said.page)})" for said in one.said], "\n", "ý khác")


def where(file: str, page: str) -> str:
    return f"{file}, tr. {page}" if page else file


def some(texts: Sequence[str], joint: str, rest: str) -> str:
    """The first texts, and how many more there are."""
    shown = joint.join(texts[:_QUOTES])
    return f"{shown}{joint}… và {len(texts) - _QUOTES} {rest}" if len(texts) > _QUOTES else shown
