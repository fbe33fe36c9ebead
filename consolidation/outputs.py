"""Write every output of a campaign."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from pathlib import Path

from campaigns.model import Campaign
from consolidation import reminder_docx, report_docx
from consolidation.collecting import collect
from consolidation.csv_export import CsvExport
from consolidation.digest import Digest
from consolidation.export import JsonExport
from consolidation.findings import Findings
from consolidation.gathering import facts_of
from consolidation.revisions import revisions
from consolidation.submissions import Submission, judge
from consolidation.workbook import Workbook
from storage import Repository

WORKBOOK = "tong-hop.xlsx"
ANSWERS = "answers.json"
TABLE = "answers.csv"
REPORT = "bao-cao-tong-hop.docx"
REMINDER = "nhac-nop.docx"
OUTPUTS = (WORKBOOK, REPORT, REMINDER, ANSWERS, TABLE)
_UNFINISHED = ".dang-ghi-"
_DAY_S = 24 * 3600


def consolidate(
    repository: Repository, campaign: Campaign, out: Path, now: dt.datetime, templates: Path | None = None
) -> list[Path]:
    """Write the outputs of ``campaign`` into the folder ``out`` and return their paths.

    ``templates``: a folder whose Word files of the same names are filled in place of the program's own; raises
    `word.TemplateError` where one cannot be.
    The same stored data and ``now`` give the same bytes. Each file takes its place when it is whole, so that an earlier
    one stays until then.
    """
    out.mkdir(parents=True, exist_ok=True)
    readings = {report.sha256: report for report in repository.reports(campaign.id)}
    in_force = {report.id for report in repository.current_reports(campaign.id)}
    _remove_abandoned(out)
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=out) as folder:
        work = Path(folder)
        book = Workbook(work / WORKBOOK, campaign, readings, in_force, now)
        table = CsvExport(work / TABLE)
        findings, digest = Findings(campaign), Digest(campaign)
        submissions: list[Submission] = []
        export = JsonExport(work / ANSWERS, campaign, now)
        for sent in collect(repository, campaign):
            submission = judge(campaign, sent, now) if sent.unit else None
            facts = facts_of(repository, campaign, sent)
            findings.add(sent, facts)
            digest.add(sent)
            table.add_unit(sent)
            if submission is not None:
                submissions.append(submission)
            book.add_unit(sent, submission, facts)
            export.add_unit(sent, submission, facts)
            for revision in revisions(repository, campaign, sent):
                book.add_revision(revision)
        for arrival in repository.arrivals(campaign.id):
            book.add_file(arrival)
            export.add_file(arrival, readings.get(arrival.sha256 or ""))
        for report in sorted(readings.values(), key=lambda report: (report.name, report.id)):
            book.add_repairs(report, repository.repairs(report.id))
        book.close(findings)
        export.add_findings(findings)
        export.close()
        table.close()
        report_docx.write(
            work / REPORT, submissions=submissions, findings=findings, digest=digest, now=now, own=templates
        )
        reminder_docx.write(work / REMINDER, campaign, submissions, now, templates)
        return [(work / name).replace(out / name) for name in OUTPUTS]


def _remove_abandoned(out: Path) -> None:
    """What a run that was killed left behind; a younger folder may belong to a run that is still writing."""
    for folder in out.glob(f"{_UNFINISHED}*"):
        if time.time() - folder.stat().st_mtime > _DAY_S:
            shutil.rmtree(folder, ignore_errors=True)
