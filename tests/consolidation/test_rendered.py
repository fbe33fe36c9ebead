"""The outputs as LibreOffice shows them, page by page and cell by cell."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pdfplumber
import pytest

from consolidation import consolidate
from tests.consolidation.test_outputs import NOW, outputs  # noqa: F401

pytestmark = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
MM = 72 / 25.4


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    folder = tmp_path_factory.mktemp("shown")

    def converted(file: Path, kind: str) -> Path:
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind,
                   "--outdir", str(folder), str(file)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return (folder / file.name).with_suffix("." + kind)

    return converted


@pytest.fixture(scope="module")
def report(outputs: Path, convert: Callable[[Path, str], Path]) -> Iterator[Any]:  # noqa: F811
    with pdfplumber.open(convert(outputs / "bao-cao-tong-hop.docx", "pdf")) as document:
        yield document


def in_top_margin(page: Any) -> list[Any]:
    return [word for word in page.extract_words() if word["bottom"] < 20 * MM]


def test_the_page_number_stands_in_the_middle_of_the_top_margin_but_not_on_first_pages(report: Any) -> None:
    number, landscape = 0, False
    starts = 0
    for page in report.pages:
        first = page.page_number == 1 or "Kèm theo Báo cáo số" in (page.extract_text() or "")
        number = 1 if first else number + 1  # each appendix has its own numbers
        starts += first
        found = in_top_margin(page)
        assert [word["text"] for word in found] == ([] if first else [str(number)]), page.page_number
        landscape |= page.width > page.height
        for word in found:
            assert abs((word["x0"] + word["x1"]) / 2 - page.width / 2) < 10 * MM
    assert starts == 3 and number > 0 and landscape


def test_the_first_page_has_the_heads_of_an_official_document(report: Any) -> None:
    page = report.pages[0]
    lines = [line["text"] for line in page.extract_text_lines()]
    text = "\n".join(lines)
    for wanted in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "SỞ GIÁO DỤC VÀ ĐÀO TẠO",
                   "/BC-SGDĐT", "Thành phố Hồ Chí Minh, ngày", "BÁO CÁO", "Kính gửi:"):  # fmt: skip
        assert wanted in text, wanted
    words = {word["text"]: word for word in page.extract_words()}
    assert words["SỞ"]["x1"] < page.width / 2 < words["CỘNG"]["x1"]
    left = min(word["x0"] for word in page.extract_words())
    right = max(word["x1"] for word in page.extract_words())
    assert left >= 29.5 * MM and right <= page.width - 14.5 * MM  # the margins hold, nothing runs over them
    last = next(page for page in report.pages if "Nơi nhận:" in (page.extract_text() or ""))
    found = {word["text"]: word for word in last.extract_words()}
    assert found["GIÁM"]["x0"] > last.width / 2 > found["nhận:"]["x1"]


def test_the_heading_of_the_appendix_comes_again_on_every_page(report: Any) -> None:
    pages = [page for page in report.pages if page.width > page.height]
    first = [n for n, page in enumerate(pages) if "Kèm theo" in page.extract_text()]
    assert len(first) == 2
    for page in pages[: first[1]]:
        text = page.extract_text()
        assert "STT" in text and "(1)" in text and "(6)" in text
    assert "Phụ lục I\nTỔNG HỢP KẾT QUẢ" in pages[0].extract_text()


def test_every_page_keeps_the_margins_of_the_decree(outputs: Path) -> None:  # noqa: F811
    for name in ("bao-cao-tong-hop.docx", "nhac-nop.docx"):
        document = docx.Document(str(outputs / name))
        for section in document.sections:
            assert all(20 <= round(edge.mm) <= 25 for edge in (section.top_margin, section.bottom_margin))
            assert 30 <= round(section.left_margin.mm) <= 35 and 15 <= round(section.right_margin.mm) <= 20
        for style in ("Nội dung", "Ý"):  # at least 6 pt between paragraphs, single to 1.5 lines
            form = document.styles[style].paragraph_format
            assert form.space_before.pt + (form.space_after.pt or 0) >= 6 and 1 <= form.line_spacing <= 1.5


DANGEROUS = ["=1+1", "+1", "-1+2", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "＝1+1", "=cmd|'/c calc'!A1",
             "=HYPERLINK(\"http://example.org\";\"x\")", "0'=1+1"]  # fmt: skip


@pytest.mark.parametrize("name", ["tong-hop.xlsx", "answers.csv"])
def test_no_spreadsheet_program_finds_a_formula(
    inbox: Any, tmp_path: Path, convert: Callable[[Path, str], Path], name: str
) -> None:
    """Saved again by LibreOffice, which would write a formula for every cell that it took for one."""
    for n, text in enumerate(DANGEROUS):
        name_of_file = f"{text.strip()[:9].replace('/', '_')}{n}.docx"
        inbox(name_of_file, "THPT-CU-CHI", cells={(1, "results"): ("answered", text)},
              points={"school.2": ("answered", f"Khó khăn: {text} thiếu máy tính"), "school.3": ("answered", text)},
              date=f"2024-05-{10 + n}")  # fmt: skip
    report_id = next(r.id for r in inbox.repository.current_reports(inbox.campaign.id) if r.unit_id == "THPT-CU-CHI")
    answer = next(iter(inbox.repository.answers(report_id)))
    inbox.repository.correct_answer(answer.id, status="answered", text="@x", author_name="=1+1")
    consolidate(inbox.repository, inbox.campaign, tmp_path / "out", NOW)
    again = convert(tmp_path / "out" / name, "ods" if name.endswith("xlsx") else "xlsx")
    with zipfile.ZipFile(again) as archive:
        content = b"".join(archive.read(one) for one in archive.namelist() if one.endswith(".xml"))
    assert not re.search(rb"table:formula|<f[ >]", content)
    assert b"1+1" in content  # and the text itself is there
    if name.endswith("xlsx"):
        book = openpyxl.load_workbook(tmp_path / "out" / name)
        assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    else:
        rows = list(csv.reader((tmp_path / "out" / name).open(encoding="utf-8-sig", newline="")))
        assert not [value for row in rows for value in row if value.strip().startswith(("=", "+", "-", "@", "＝"))]
