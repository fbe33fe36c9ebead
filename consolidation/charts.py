"""``Biểu đồ``: native charts, with the numbers they are drawn from beside them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import xlsxwriter

from campaigns.model import Campaign
from consolidation.findings import Findings
from consolidation.places import short
from consolidation.submissions import Submission, last_day_on_time
from consolidation.tables import A4, FONT, GRID, HEAD, Formats, Value, print_setup, write_title
from consolidation.words import CELLS, SUBMISSIONS, CellState, group_title

NAME = "Biểu đồ"
_STATES: tuple[CellState, ...] = ("answered", "by_reference", "not_yet", "none", "no_answer")
_SOURCES = (("Ngân sách", "#2E75B6"), ("Xã hội hóa", "#F4B183"), ("Chưa tách nguồn", "#A6A6A6"))
_CHART_COLUMN = 8
_MILLION = 10**6
_BEFORE, _AFTER = dt.timedelta(days=14), dt.timedelta(days=45)  # around the deadline; the rest in one bar each


class ChartSheet:
    """Fed with the submissions; the rest comes with `close`."""

    def __init__(self, book: xlsxwriter.Workbook, formats: Formats, campaign: Campaign) -> None:
        self._book, self._formats, self._campaign = book, formats, campaign
        self._sheet = book.add_worksheet(NAME)
        self._days: Counter[dt.date] = Counter()
        self._states: Counter[tuple[str, str]] = Counter()
        self._row = 2
        self._breaks: list[int] = []

    def add_submission(self, one: Submission) -> None:
        self._states[one.unit.group, one.state] += 1
        if one.submitted_on is not None:
            self._days[one.submitted_on] += 1

    def close(self, cells: Counter[tuple[int, str, CellState]], findings: Findings) -> None:
        sheet = self._sheet
        print_setup(sheet, A4)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, _CHART_COLUMN - 1, 11)
        write_title(sheet, self._formats, "BIỂU ĐỒ và số liệu của biểu đồ")
        self._submissions()
        self._timeline()
        self._break()
        self._coverage(cells)
        self._heat(cells)
        self._break()
        self._money(findings)
        self._break()
        self._topics("Khó khăn theo nguyên nhân (số đơn vị nêu)", findings.causes, findings.difficulties, "#C55A11")
        self._topics("Kiến nghị theo nơi nhận (số đơn vị nêu)", findings.addressees, findings.proposals, "#2E75B6")

    def _submissions(self) -> None:
        titles = ("Nhóm đơn vị", *(mark.label for mark in SUBMISSIONS.values()))
        rows: list[Sequence[Value]] = [
            (group_title(self._campaign, group), *(self._states[group, state] for state in SUBMISSIONS))
            for group in self._campaign.groups
        ]
        fills = [mark.fill for mark in SUBMISSIONS.values()]
        self._bars("Tình hình nộp báo cáo theo nhóm (số đơn vị)", titles, rows, fills)

    def _timeline(self) -> None:
        last = last_day_on_time(self._campaign.deadline)
        inside = [day for day in self._days if last - _BEFORE <= day <= last + _AFTER]
        first, end = min((*inside, last)), max((*inside, last))
        counts = [(f"{day:%d/%m/%Y}", self._days[day]) for day in _each(first, end)]
        early = sum(count for day, count in self._days.items() if day < first)
        late = sum(count for day, count in self._days.items() if day > end)
        counts = [*([("Trước đó", early)] if early else []), *counts, *([("Sau đó", late)] if late else [])]
        rows: list[Sequence[Value]] = []
        running = 0
        for label, count in counts:
            running += count
            rows.append((label, count, running))
        top = self._table("Báo cáo nộp theo thời gian", ("Ngày", "Trong ngày", "Cộng dồn"), rows)
        bars = self._chart("column", f"Báo cáo nộp theo thời gian (hạn cuối {last:%d/%m/%Y})")
        if rows:
            self._series(bars, top, rows, 1, "#2E75B6")
            line = self._book.add_chart({"type": "line"})
            self._series(line, top, rows, 2, "#C00000")
            bars.combine(line)
        self._place(bars, top, len(rows))

    def _coverage(self, cells: Counter[tuple[int, str, CellState]]) -> None:
        titles = ("Mục của phụ lục", *(CELLS[state].label for state in _STATES))
        counts: Counter[tuple[int, CellState]] = Counter()
        for (item, _, state), count in cells.items():
            counts[item, state] += count
        rows: list[Sequence[Value]] = [
            (f"{item.id}. {short(item)}", *(counts[item.id, state] for state in _STATES))
            for item in self._campaign.items
        ]
        self._bars(
            "Độ phủ của phụ lục theo mục (số ô của các đơn vị có phụ lục)",
            titles,
            rows,
            [CELLS[state].fill for state in _STATES],
        )

    def _heat(self, cells: Counter[tuple[int, str, CellState]]) -> None:
        columns = self._campaign.columns
        said: Counter[tuple[int, str]] = Counter()
        for (item, column, state), count in cells.items():
            said[item, column] += count if state != "no_answer" and state in _STATES else 0
        rows: list[Sequence[Value]] = [
            (f"{item.id}. {short(item)}", *(said[item.id, column.id] for column in columns))
            for item in self._campaign.items
        ]
        top = self._table(
            "Bản đồ nhiệt: số đơn vị có trả lời theo mục và cột", ("Mục", *(short(c, 24) for c in columns)), rows
        )
        self._sheet.conditional_format(
            top,
            1,
            top + len(rows) - 1,
            len(columns),
            {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#5FA55A"},
        )
        self._row += 1

    def _money(self, findings: Findings) -> None:
        titles = {item.id: f"{item.id}. {short(item)}" for item in self._campaign.items}
        rows: list[Sequence[Value]] = [
            (
                titles[item] if item is not None else "Không gắn với mục",
                line.budget / _MILLION,
                line.socialised / _MILLION,
                line.unsplit / _MILLION,
            )
            for item, line in findings.by_item
        ]
        names = tuple(name for name, _ in _SOURCES)
        self._bars("Kinh phí theo mục và nguồn (triệu đồng)", ("Mục", *names), rows, [fill for _, fill in _SOURCES])

    def _topics(self, title: str, topics: Sequence[str], found: Sequence[object], fill: str) -> None:
        units: dict[str, set[str]] = {topic: set() for topic in topics}
        for one in found:
            units[one.topic].update(one.units)  # type: ignore[attr-defined]
        rows: list[Sequence[Value]] = [(topic, len(units[topic])) for topic in topics]
        self._bars(title, ("Nhóm", "Số đơn vị"), rows, [fill])

    def _break(self) -> None:
        """The next chart begins a new page of paper."""
        self._breaks.append(self._row)
        self._sheet.set_h_pagebreaks(self._breaks)

    # ----------------------------------------------------------------------------------------------------------------

    def _bars(self, title: str, titles: Sequence[str], rows: Sequence[Sequence[Value]], fills: Sequence[str]) -> None:
        top = self._table(title, titles, rows)
        chart = self._chart("bar", title)
        for n, fill in enumerate(fills, 1):
            self._series(chart, top, rows, n, fill)
        if len(fills) == 1:
            chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 9}})
        self._place(chart, top, len(rows))

    def _table(self, title: str, titles: Sequence[str], rows: Sequence[Sequence[Value]]) -> int:
        """Write the numbers; the row of the first of them."""
        write = self._formats.write
        write(self._sheet, self._row, 0, title, bold=True)
        self._sheet.set_row(self._row + 1, 45)
        for column, heading in enumerate(titles):
            write(self._sheet, self._row + 1, column, heading, **HEAD)
        top = self._row + 2
        for n, values in enumerate(rows):
            for column, value in enumerate(values):
                look = {"num_format": "#,##0"} if column else {}
                write(self._sheet, top + n, column, value, **GRID, **look)
        self._row = top + len(rows) + 1
        return top

    def _chart(self, kind: str, title: str) -> xlsxwriter.chart.Chart:
        options = {"type": kind, "subtype": "stacked"} if kind == "bar" else {"type": kind}
        chart = self._book.add_chart(options)
        chart.set_title({"name": title, "name_font": {"name": FONT, "size": 13}})
        chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 9}})
        chart.set_size({"width": 760, "height": 420})
        return chart

    def _series(
        self, chart: xlsxwriter.chart.Chart, top: int, rows: Sequence[Sequence[Value]], column: int, fill: str
    ) -> None:
        last = top + len(rows) - 1
        look = {"line": {"color": fill, "width": 2}} if isinstance(chart, xlsxwriter.chart_line.ChartLine) else {}
        chart.add_series(
            {
                "name": [NAME, top - 1, column],
                "categories": [NAME, top, 0, last, 0],
                "values": [NAME, top, column, last, column],
                "fill": {"color": fill},
                "border": {"color": "#7F7F7F", "width": 0.5},
                "gap": 50,
                **look,
            }
        )

    def _place(self, chart: xlsxwriter.chart.Chart, top: int, rows: int) -> None:
        if rows:
            # A little below the edge of its row: on the edge itself it would also print at the foot of the page before.
            self._sheet.insert_chart(top - 2, _CHART_COLUMN, chart, {"y_offset": 4})
        self._row = max(self._row, top + 21)  # a chart is as high as 21 rows


def _each(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
