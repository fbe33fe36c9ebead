"""``tong-hop.xlsx``: all sheets, written in one pass over the units with flat memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from campaigns.model import Campaign
from consolidation.charts import ChartSheet
from consolidation.collecting import UnitAnswers
from consolidation.coverage import CoverageSheet
from consolidation.findings import Findings
from consolidation.gathering import PlacedFact
from consolidation.lists import AnswerSheet, FileSheet, RepairSheet, RevisionSheet, SubmissionSheet
from consolidation.money_sheets import AmountSheet, MoneySheet
from consolidation.overview import OverviewSheet
from consolidation.revisions import Revision
from consolidation.submissions import Submission
from consolidation.tables import Formats
from consolidation.topic_sheets import DocumentSheet, FoldedSheet, NumberSheet
from storage.records import Arrival, ReportRecord, StoredRepair


class Workbook:
    """Add units, files and repairs in the order in which they shall stand, then `close`."""

    def __init__(
        self,
        path: Path,
        campaign: Campaign,
        readings: Mapping[str, ReportRecord],
        in_force: set[int],
        now: dt.datetime,
    ) -> None:
        # constant_memory keeps finished rows on disk; each sheet must then be written top down.
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._book.set_properties(
            {
                "title": f"Tổng hợp báo cáo theo văn bản số {campaign.letter.number}",
                "created": now.astimezone(dt.UTC).replace(tzinfo=None),
            }
        )
        formats = Formats(self._book)
        self._overview = OverviewSheet(self._book, formats, campaign, now)
        self._charts = ChartSheet(self._book, formats, campaign)
        self._submissions = SubmissionSheet(self._book, formats, campaign)
        self._coverage = CoverageSheet(self._book, formats, campaign)
        self._money = MoneySheet(self._book, formats)
        self._amounts = AmountSheet(self._book, formats)
        self._numbers = NumberSheet(self._book, formats, campaign)
        self._difficulties = FoldedSheet(
            self._book,
            formats,
            name="Khó khăn",
            title="KHÓ KHĂN theo nguyên nhân, ý giống nhau gộp làm một",
            topic="Nguyên nhân",
        )
        self._proposals = FoldedSheet(
            self._book,
            formats,
            name="Kiến nghị",
            title="KIẾN NGHỊ theo nơi nhận, ý giống nhau gộp làm một",
            topic="Nơi nhận",
        )
        self._documents = DocumentSheet(self._book, formats)
        self._answers = AnswerSheet(self._book, formats, campaign)
        self._revisions = RevisionSheet(self._book, formats, campaign)
        self._files = FileSheet(self._book, formats, campaign, readings, in_force)
        self._repairs = RepairSheet(self._book, formats)
        self._units = {unit.id: unit for unit in campaign.units}

    def add_unit(self, sent: UnitAnswers, submission: Submission | None, facts: Sequence[PlacedFact]) -> None:
        if submission is None:
            self._overview.add_unknown()
        else:
            self._overview.add_submission(submission)
            self._charts.add_submission(submission)
            self._submissions.add(submission)
            self._coverage.add(sent)
        self._numbers.add(sent, facts)
        self._answers.add(sent)

    def add_revision(self, one: Revision) -> None:
        self._revisions.add(one)

    def add_file(self, arrival: Arrival) -> None:
        self._overview.add_file(arrival.state)
        self._files.add(arrival)

    def add_repairs(self, report: ReportRecord, repairs: Iterable[StoredRepair]) -> None:
        self._repairs.add_file(report, self._units.get(report.unit_id or ""), repairs)

    def close(self, findings: Findings) -> None:
        self._money.close(findings)
        self._amounts.close(findings.figures)
        self._difficulties.close(findings.difficulties)
        self._proposals.close(findings.proposals)
        self._documents.close(findings.documents)
        self._charts.close(self._coverage.cells, findings)
        lists = (self._submissions, self._coverage, self._numbers, self._answers, self._revisions, self._files)
        for sheet in (*lists, self._repairs):
            sheet.close()
        self._overview.close()
        self._book.close()
