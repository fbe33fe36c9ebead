"""Which report of a unit counts when it sent several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from storage.records import ReportRecord, UnitReports

_CLOCK_SLACK = dt.timedelta(days=1)


def newest_first(reports: Iterable[ReportRecord]) -> list[ReportRecord]:
    """By the date on the letter, then by when it reached us.

    A report without a date is a draft or a loose appendix: it comes after every dated one. So does a date that lies
    after the day the report reached us, as it was mistyped or misread.
    """
    return sorted(reports, key=_age, reverse=True)


def _age(report: ReportRecord) -> tuple[dt.date, dt.datetime, int]:
    return plausible_date(report) or dt.date.min, report.received_at, report.id


def plausible_date(report: ReportRecord) -> dt.date | None:
    """The date on the letter, unless it cannot be right."""
    if report.letter_date is None or report.letter_date > (report.received_at + _CLOCK_SLACK).date():
        return None
    return report.letter_date


def latest_readings(reports: Iterable[ReportRecord]) -> list[ReportRecord]:
    """One reading a file: the last that succeeded, or the last refusal where none did."""
    best: dict[str, ReportRecord] = {}
    for report in sorted(reports, key=lambda report: report.id):
        known = best.get(report.sha256)
        if known is None or report.state != "rejected" or known.state == "rejected":
            best[report.sha256] = report
    return list(best.values())


def unit_reports(unit_id: str, reports: Sequence[ReportRecord]) -> UnitReports:
    """Order what a unit sent. A part that the newest version lacks is taken from the newest that has it, since units
    send the report and its appendix as separate files."""
    ordered = tuple(newest_first(reports))
    return UnitReports(
        unit_id=unit_id,
        versions=ordered,
        appendix=next((report for report in ordered if report.has_appendix), None),
        narrative=next((report for report in ordered if report.has_narrative), None),
    )
