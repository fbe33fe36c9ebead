"""Coverage matrix: unit × item × column, each place by sign and colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import xlsxwriter

from campaigns.model import Campaign
from consolidation.collecting import UnitAnswers, unconfirmed
from consolidation.places import short
from consolidation.rows import RowWriter
from consolidation.tables import A3, GRID, HEAD, Formats, Style, Value, print_setup, write_title
from consolidation.words import CELLS, STRENGTH, CellState
from storage.cells import CellAnswer
from storage.records import StoredAnswer, UnitReports

_UNIT_COLUMNS = 3  # number, unit, group
_LEGEND_ROWS = len(CELLS)
_HEAD_ROW = _LEGEND_ROWS + 3


def cell_states(campaign: Campaign, sent: UnitAnswers) -> dict[tuple[int, str], CellState]:
    """The state of every item × column for one unit."""
    return states_of(campaign, sent.reports, sent.appendix)


def states_of(
    campaign: Campaign, reports: UnitReports | None, appendix: Iterable[CellAnswer | StoredAnswer]
) -> dict[tuple[int, str], CellState]:
    """`cell_states` of what a unit sent and of the ``appendix`` answers that count for it."""
    places = [(item.id, column.id) for item in campaign.items for column in campaign.columns]
    if reports is None:
        return dict.fromkeys(places, "not_submitted")
    if reports.appendix is None:
        return dict.fromkeys(places, "not_provided")
    states: dict[tuple[int, str], CellState] = dict.fromkeys(places, "no_answer")
    for answer in appendix:
        place = (answer.item or 0, answer.column or "")
        if place in states and STRENGTH[answer.status] >= STRENGTH[states[place]]:
            states[place] = answer.status
    return states


class CoverageSheet:
    """Written a unit at a time; the counts below the last unit come with `close`."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, campaign: Campaign) -> None:
        self._formats = formats
        self._campaign = campaign
        self._sheet = book.add_worksheet("Ma trận bao phủ")
        self._row = _HEAD_ROW + 2
        self._units = 0
        self._styles: dict[tuple[CellState, bool], Style] = {}
        self._answered: Counter[tuple[int, str]] = Counter()
        self.cells: Counter[tuple[int, str, CellState]] = Counter()
        self._head()
        self._heads = [
            formats.style(**GRID, valign="vcenter", **({"shrink": True} if column else {"align": "center"}))
            for column in range(_UNIT_COLUMNS)
        ]
        self._writer = RowWriter(self._sheet, _UNIT_COLUMNS + len(campaign.items) * len(campaign.columns))

    def add(self, sent: UnitAnswers) -> None:
        """The row of one unit."""
        assert sent.unit is not None
        group = self._campaign.groups.get(sent.unit.group)
        self._units += 1
        head: tuple[Value, ...] = (self._units, sent.unit.name, group.title if group else sent.unit.group)
        cells = [style.cell(value) for style, value in zip(self._heads, head, strict=True)]
        states = cell_states(self._campaign, sent)
        doubtful = {(a.item, a.column) for a in sent.appendix if unconfirmed(a)}
        width = len(self._campaign.columns)
        for n, (place, state) in enumerate(states.items()):
            sign = CELLS[state].sign + "?" if place in doubtful else CELLS[state].sign
            cells.append(self._style(state, starts_item=n % width == 0).cell(sign))
            self.cells[*place, state] += 1
            self._answered[place] += state in ("answered", "by_reference", "not_yet", "none")
        self._writer.add(self._row, None, cells)
        self._row += 1

    def _style(self, state: CellState, *, starts_item: bool) -> Style:
        if (state, starts_item) not in self._styles:
            mark = CELLS[state]
            look = GRID | {"align": "center", "valign": "vcenter", "bg_color": mark.fill, "font_color": mark.ink}
            edge = {"left": 2, "left_color": "#595959"} if starts_item else {}
            self._styles[state, starts_item] = self._formats.style(**look, **edge)
        return self._styles[state, starts_item]

    def close(self) -> None:
        sheet, last = self._sheet, _UNIT_COLUMNS + len(self._campaign.items) * len(self._campaign.columns) - 1
        if self._units:
            sheet.autofilter(_HEAD_ROW + 1, 0, self._row - 1, last)
        self._formats.write(sheet, self._row, 1, "Số đơn vị có trả lời (kể cả “không có”, “chưa thực hiện”)", bold=True)
        for column, place in enumerate(self._places(), _UNIT_COLUMNS):
            self._formats.write(sheet, self._row, column, self._answered[place], bold=True, align="center", **GRID)

    def _places(self) -> list[tuple[int, str]]:
        return [(item.id, column.id) for item in self._campaign.items for column in self._campaign.columns]

    def _head(self) -> None:
        sheet, formats = self._sheet, self._formats
        print_setup(sheet, A3)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, 2, 28)
        width = len(self._campaign.columns)
        sheet.set_column(_UNIT_COLUMNS, _UNIT_COLUMNS + width * len(self._campaign.items) - 1, 3.6)
        write_title(sheet, formats, "MA TRẬN BAO PHỦ: đơn vị × mục × cột của phụ lục")
        for row, mark in enumerate(CELLS.values(), 1):
            formats.write(sheet, row, 0, mark.sign, **GRID, align="center", bg_color=mark.fill, font_color=mark.ink)
            formats.write(sheet, row, 1, mark.label)
        formats.write(sheet, _LEGEND_ROWS + 1, 1, "Dấu ? sau ký hiệu: máy đọc chưa chắc, chưa ai xác nhận", italic=True)
        sheet.set_row(_HEAD_ROW, 48)
        sheet.set_row(_HEAD_ROW + 1, 110)
        for column in range(_UNIT_COLUMNS):
            formats.write(sheet, _HEAD_ROW, column, "", **HEAD)
        for n, item in enumerate(self._campaign.items):
            first = _UNIT_COLUMNS + n * width
            title = f"{item.id}. {short(item)}"
            if width > 1:
                sheet.merge_range(_HEAD_ROW, first, _HEAD_ROW, first + width - 1, "", formats.style(**HEAD).plain)
            formats.write(sheet, _HEAD_ROW, first, title, **HEAD)
        for column, title in enumerate(("TT", "Đơn vị", "Nhóm")):
            formats.write(sheet, _HEAD_ROW + 1, column, title, **HEAD)
        for n in range(len(self._campaign.items)):
            for m, column_of_item in enumerate(self._campaign.columns):
                place = _UNIT_COLUMNS + n * width + m
                formats.write(
                    sheet, _HEAD_ROW + 1, place, short(column_of_item), **{**HEAD, "rotation": 90, "bold": False}
                )
        sheet.freeze_panes(_HEAD_ROW + 2, 2)
        sheet.repeat_rows(_HEAD_ROW, _HEAD_ROW + 1)
        sheet.repeat_columns(0, 1)
