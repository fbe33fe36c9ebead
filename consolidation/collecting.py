"""The answers in force, unit by unit, so that memory holds one unit at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from campaigns.model import Campaign, Unit
from storage import Repository
from storage.records import ReportRecord, StoredAnswer, UnitReports
from storage.versions import unit_reports

SURE = 0.85
"""A machine's answer below this confidence is marked in every output until a reviewer confirms or corrects it."""


def unconfirmed(answer: StoredAnswer) -> bool:
    return answer.author == "machine" and answer.confidence < SURE


class UnitAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """A unit and the answers that count for it, corrections included.

    ``unit`` is None for a report whose sender is not known; ``reports`` is None for a unit that has sent nothing.
    ``withdrawn``: answers that reviewers took out; they count for nothing, and nor do the figures read in them.
    """

    unit: Unit | None
    reports: UnitReports | None
    appendix: tuple[StoredAnswer, ...] = ()
    narrative: tuple[StoredAnswer, ...] = ()
    withdrawn: tuple[StoredAnswer, ...] = ()

    def report(self, report_id: int) -> ReportRecord:
        """The version that an answer comes from."""
        assert self.reports is not None
        if len(self.reports.versions) == 1:
            return self.reports.versions[0]
        return next(report for report in self.reports.versions if report.id == report_id)


def collect(repository: Repository, campaign: Campaign) -> Iterator[UnitAnswers]:
    """First the units in the order of the registry (those that must answer or have answered), then units that the
    registry does not know, then each report of no known unit."""
    sent = repository.unit_reports(campaign.id)
    registered = {unit.id for unit in campaign.units}
    strangers = [stranger(reports) for unit_id, reports in sent.items() if unit_id not in registered]
    for unit in (*campaign.units, *strangers):
        reports = sent.get(unit.id)
        if reports is not None:
            yield _with_answers(repository, campaign, unit, reports)
        elif unit.expected:
            yield UnitAnswers(unit=unit, reports=None)
    dismissed = repository.dismissed(campaign.id)
    unknown = (r for r in repository.reports(campaign.id) if r.unit_id is None and r.state != "rejected")
    for report in sorted(unknown, key=lambda report: (report.name, report.sha256)):
        if report.id not in dismissed:
            yield of_report(repository, campaign, report)


def of_unit(repository: Repository, campaign: Campaign, unit_id: str) -> UnitAnswers | None:
    """One unit; None when it has sent nothing that counts."""
    reports = repository.unit_reports(campaign.id).get(unit_id)
    if reports is None:
        return None
    unit = next((unit for unit in campaign.units if unit.id == unit_id), None) or stranger(reports)
    return _with_answers(repository, campaign, unit, reports)


def of_report(repository: Repository, campaign: Campaign, report: ReportRecord) -> UnitAnswers:
    """One report on its own, whoever sent it."""
    return _with_answers(repository, campaign, None, unit_reports("", [report]))


def stranger(reports: UnitReports) -> Unit:
    """A unit that has answered and that the registry does not know."""
    group = reports.versions[0].unit_group or ""
    return Unit(id=reports.unit_id, name=reports.unit_id, group=group, expected=False, note="không có trong danh sách")


def _with_answers(repository: Repository, campaign: Campaign, unit: Unit | None, reports: UnitReports) -> UnitAnswers:
    appendix: list[StoredAnswer] = []
    narrative: list[StoredAnswer] = []
    withdrawn: list[StoredAnswer] = []
    for report in reports.current:
        for answer in repository.answers(report.id, withdrawn=True):
            if answer.withdrawn:
                withdrawn.append(answer)
            elif answer.kind == "appendix" and report is reports.appendix:
                appendix.append(answer)
            elif answer.kind == "point" and report is reports.narrative:
                narrative.append(answer)
    columns = {column.id: n for n, column in enumerate(campaign.columns)}
    points = _point_order(campaign)
    appendix.sort(key=lambda a: (a.item or 0, columns.get(a.column or "", len(columns)), a.id))
    narrative.sort(key=lambda a: (points.get(a.point or "", len(points)), a.id))
    return UnitAnswers(
        unit=unit,
        reports=reports,
        appendix=tuple(appendix),
        narrative=tuple(narrative),
        withdrawn=tuple(withdrawn),
    )


def _point_order(campaign: Campaign) -> Mapping[str, int]:
    titles = (point.id for group in campaign.groups.values() for point in group.points)
    return {point: n for n, point in enumerate(titles)}
