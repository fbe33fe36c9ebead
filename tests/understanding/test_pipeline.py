"""From a file to its report, in this process and in a sandboxed child."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document as WordDocument

from extractors.errors import Rejected
from extractors.pipeline import extract, extract_sandboxed, phrases, shortcoming
from extractors.report import Report
from tests.understanding.builders import COLUMNS, campaign, headings, titles


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    """A Word report with letterhead table, one answered section and an appendix of two items."""
    word = WordDocument()
    head = word.add_table(rows=1, cols=2)
    head.cell(0, 0).text = "SỞ GIÁO DỤC VÀ ĐÀO TẠO\nTRƯỜNG THPT GÒ VẤP\nSố: 31/BC-THPTGV"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nGò Vấp, ngày 29 tháng 4 năm 2024"
    word.add_paragraph("BÁO CÁO").runs[0].bold = True
    word.add_paragraph("1. Kết quả thực hiện").runs[0].bold = True
    word.add_paragraph("Trường có 02 phòng máy mới, kinh phí 900 triệu đồng từ ngân sách.")
    table = word.add_table(rows=3, cols=8)
    for column, text in enumerate(("STT", "Nội dung", *headings())):
        table.cell(0, column).text = text
    for row, item in enumerate((4, 9), start=1):
        table.cell(row, 0).text, table.cell(row, 1).text = str(item), titles()[item]
        for column, name in enumerate(COLUMNS, start=2):
            table.cell(row, column).text = f"Đã làm {name}"
    path = tmp_path / "received"
    word.save(str(path))
    return path


def check(report: Report) -> None:
    assert report.source.name == "BC Go Vap.docx"
    assert (report.unit.id, report.letterhead.date) == ("THPT-GO-VAP", "2024-04-29")
    assert {(a.item, a.column) for a in report.appendix} == {(i, c) for i in (4, 9) for c in COLUMNS}
    assert [a.text for a in report.narrative] == ["Trường có 02 phòng máy mới, kinh phí 900 triệu đồng từ ngân sách."]
    assert [(f.value, f.funding_source) for f in report.facts if f.kind == "money"] == [(900_000_000, "budget")]
    assert shortcoming(report) is None


def test_extract(report_file: Path) -> None:
    check(extract(report_file, campaign(), name="BC Go Vap.docx"))


def test_the_child_gives_the_same_report(report_file: Path) -> None:
    report = extract_sandboxed(report_file, campaign(), name="BC Go Vap.docx")
    check(report)
    assert report == extract(report_file, campaign(), name="BC Go Vap.docx")


def test_rejection_crosses_the_process(tmp_path: Path) -> None:
    empty = tmp_path / "empty.docx"
    empty.touch()
    with pytest.raises(Rejected, match="empty_file"):
        extract_sandboxed(empty, campaign())


def test_a_report_of_nobody_known_is_partial(report_file: Path, tmp_path: Path) -> None:
    word = WordDocument()
    word.add_paragraph("1. Kết quả thực hiện")
    word.add_paragraph("Đã làm.")
    path = tmp_path / "a.docx"
    word.save(str(path))
    lack = shortcoming(extract(path, campaign()))
    assert lack is not None
    assert lack.code == "unit_unknown"


def test_phrases_hold_what_reports_repeat() -> None:
    said = phrases(campaign())
    assert titles()[5] in said
    assert "THPT Gò Vấp" in said
    assert len(said) == len(set(said))
