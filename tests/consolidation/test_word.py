"""The Word files: form of Nghị định 30/2020/NĐ-CP, content, and text that would break them."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT

import campaigns
from consolidation import consolidate
from consolidation.report_docx import day
from storage import Repository
from tests.consolidation.test_outputs import NOW, outputs  # noqa: F401 - a fixture


def words(document: Any) -> str:
    """All text of the body, tables included."""
    return "\n".join(element.text or "" for element in document.element.body.iter() if element.tag.endswith("}t"))


@pytest.fixture
def report(outputs: Path) -> Any:  # noqa: F811
    return docx.Document(str(outputs / "bao-cao-tong-hop.docx"))


@pytest.fixture
def reminder(outputs: Path) -> Any:  # noqa: F811
    return docx.Document(str(outputs / "nhac-nop.docx"))


def test_the_form_is_that_of_an_official_document(report: Any, reminder: Any) -> None:
    for document in (report, reminder):
        page = document.sections[0]
        assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
        assert 30 <= round(page.left_margin.mm) <= 35 and 15 <= round(page.right_margin.mm) <= 20
        assert all(20 <= round(margin.mm) <= 25 for margin in (page.top_margin, page.bottom_margin))
        assert page.different_first_page_header_footer  # no number on the first page
        assert "PAGE" in page.header._element.xml and "PAGE" not in page.first_page_header._element.xml
        style = document.styles["Normal"]
        assert (style.font.name, style.font.size.pt) == ("Times New Roman", 14)
        text = words(document)
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text and "Độc lập - Tự do - Hạnh phúc" in text
        assert "SỞ GIÁO DỤC VÀ ĐÀO TẠO" in text and "Nơi nhận:" in text and "GIÁM ĐỐC" in text
        assert "./." in text and "{{" not in text
    assert "/BC-SGDĐT" in words(report) and "/SGDĐT-GDTrH" in words(reminder)


def test_the_appendix_is_landscape_with_a_heading_on_every_page(report: Any, campaign: Any) -> None:
    first, appendix, points = report.sections
    assert (first.orientation, appendix.orientation, points.orientation) == (
        WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.LANDSCAPE,
    )  # fmt: skip
    table = next(table for table in report.tables if len(table.columns) == 2 + len(campaign.columns))
    assert len(table.rows) == 2 + len(campaign.items)
    assert all("w:tblHeader" in row._tr.xml for row in table.rows[:2])
    assert not any("w:tblHeader" in row._tr.xml for row in table.rows[2:])
    cell = table.rows[2].cells[3].text  # item 1, results
    assert "Phòng Giáo dục Trung học: Nội dung 1/results [so-gdtrh.docx, tr. 2]" in cell
    assert "Số hóa 100% hồ sơ" in cell and "THPT Củ Chi: =1+1" in cell
    assert "Không có: " in table.rows[2].cells[5].text and "THPT Bùi Thị Xuân" in table.rows[2].cells[5].text
    assert "Chưa thực hiện: " in table.rows[3].cells[3].text


def test_the_report_says_how_many_have_answered(report: Any) -> None:
    text = " ".join(paragraph.text for paragraph in report.paragraphs)
    assert "Tính đến ngày 21 tháng 5 năm 2024, 7/12 đơn vị phải báo cáo đã gửi báo cáo: 3 đơn vị đúng hạn" in text
    assert "Ngày cuối cùng còn đúng hạn là ngày 02 tháng 5 năm 2024" in text
    assert [paragraph.text for paragraph in report.paragraphs if paragraph.style.name == "Heading 1"] == [
        "I. TÌNH HÌNH BÁO CÁO CỦA CÁC ĐƠN VỊ",
        "II. KẾT QUẢ THỰC HIỆN THEO TỪNG NỘI DUNG",
        "III. KINH PHÍ THỰC HIỆN",
        "IV. KHÓ KHĂN, HẠN CHẾ VÀ NGUYÊN NHÂN",
        "V. ĐỀ XUẤT, KIẾN NGHỊ",
    ]


def test_days_are_written_as_the_decree_wants() -> None:
    assert day(dt.date(2024, 2, 3)) == "03 tháng 02 năm 2024" and day(dt.date(2024, 10, 12)) == "12 tháng 10 năm 2024"


def test_the_reminder_names_exactly_who_is_missing_or_incomplete(reminder: Any, campaign: Any) -> None:
    lines = [tuple(cell.text for cell in row.cells) for table in reminder.tables[2:] for row in table.rows]
    named = {line[1] for line in lines}
    sent = {"SO-GDTRH", "PGD-Q1", "THPT-BUI-THI-XUAN", "THPT-CU-CHI"}
    for unit in campaign.units:
        assert (unit.name in named) == (unit.expected and unit.id not in sent), unit.id
    lacking = next(line for line in lines if line[1] == "Phòng Kế hoạch - Tài chính")
    assert lacking[3] == "- Phụ lục"
    text = " ".join(paragraph.text for paragraph in reminder.paragraphs)
    assert "còn 5 đơn vị chưa gửi báo cáo và 3 đơn vị đã gửi nhưng còn thiếu nội dung" in text


def test_what_is_not_confirmed_is_marked_until_someone_confirms_it(send: Any, tmp_path: Path) -> None:
    report_id = send("a", "THPT-CU-CHI", cells={(1, "results"): ("answered", "Chữ mờ")}, confidence=0.6)
    for confirmed in (False, True):
        if confirmed:
            (answer,) = send.repository.answers(report_id)
            send.repository.correct_answer(answer.id, status="answered", text="Chữ mờ", author_name="Lan")
        paths = consolidate(send.repository, send.campaign, tmp_path / "out", NOW)
        text = words(docx.Document(str(paths[1])))
        assert ("[*]" in text) != confirmed and ("Dự thảo: 1 câu trả lời" in text.replace("\n", "")) != confirmed
        row = next(csv.DictReader(paths[4].open(encoding="utf-8-sig", newline="")))
        assert (row["unconfirmed"], row["author"]) == (("0", "reviewer") if confirmed else ("1", "machine"))


@pytest.mark.parametrize(
    "text", ["]]> & <w:p> \x00\x0b \ud800 \ufffe", "{{noi_dung}} {{x}}", "a\r\nb\tc", "x" * 40_000]
)
def test_any_text_makes_documents_that_open(send: Any, tmp_path: Path, text: str) -> None:
    send("a<&>.docx", "THPT-CU-CHI", cells={(1, "results"): ("answered", text)}, points={
        "school.2": ("answered", f"Khó khăn: {text}"), "school.3": ("answered", text),
    })  # fmt: skip
    paths = consolidate(send.repository, send.campaign, tmp_path / "out", NOW)
    for path in paths[1:3]:
        docx.Document(str(path))
    with zipfile.ZipFile(paths[1]) as archive:
        assert b"<w:t" in archive.read("word/document.xml")


def test_a_csv_cell_never_starts_a_formula(outputs: Path) -> None:  # noqa: F811
    raw = (outputs / "answers.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader((outputs / "answers.csv").open(encoding="utf-8-sig", newline="")))
    assert {"'=1+1", "'@SUM(A1)", "'- Thư viện số\n+ Phòng máy"} <= {row["text"] for row in rows}
    assert not [value for row in rows for value in row.values() if re.match(r"\s*[=+\-@\t\r]", value)]


def test_a_campaign_without_an_issuing_office_leaves_dots(repository: Repository, tmp_path: Path) -> None:
    campaign = campaigns.load("vi-du-an-toan-truong-hoc")
    paths = consolidate(repository, campaign, tmp_path, NOW)
    text = words(docx.Document(str(paths[1])))
    assert campaign.letter.issuer.upper() in text and "………………" in text


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_every_output(outputs: Path, tmp_path: Path) -> None:  # noqa: F811
    for name in ("tong-hop.xlsx", "bao-cao-tong-hop.docx", "nhac-nop.docx"):
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
                   "--outdir", str(tmp_path), str(outputs / name)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        pdf = (tmp_path / name).with_suffix(".pdf")
        assert pdf.read_bytes().startswith(b"%PDF") and pdf.stat().st_size > 20_000
