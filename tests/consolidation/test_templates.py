"""The Word forms are the officer's: edited in Word, they are what is filled."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import docx
import pytest

import consolidation.templates.make as made
from consolidation import TemplateError, consolidate
from consolidation.outputs import OUTPUTS
from tests.consolidation.test_outputs import NOW

REPORT = "bao-cao-tong-hop.docx"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    for name in (REPORT, "nhac-nop.docx"):
        shutil.copy(made.FOLDER / name, folder)
    return folder


def edited(own: Path, change: Any) -> None:
    document = docx.Document(str(own / REPORT))
    change(document)
    document.save(str(own / REPORT))


def find(document: Any, text: str) -> Any:
    return next(paragraph for paragraph in document.paragraphs if text in paragraph.text)


def test_what_the_officer_changed_is_in_the_report(inbox: Any, tmp_path: Path, own: Path) -> None:
    def change(document: Any) -> None:
        find(document, "{{noi_dung}}").insert_paragraph_before("Căn cứ Quyết định số 3249/QĐ-UBND;")
        title = find(document, "{{trich_yeu}}")
        title.clear()
        for part in ("Về việc {", "{trich", "_yeu}} ", "(lần 2)"):  # Word cuts a placeholder wherever it likes
            title.add_run(part)
        second = find(document, "{{phu_luc_2}}")
        second._p.getparent().remove(second._p)  # no second appendix wanted
        document.styles["Nội dung"].font.size = docx.shared.Pt(13)

    edited(own, change)
    _, report, *_ = consolidate(inbox.repository, inbox.campaign, tmp_path / "out", NOW, own)
    document = docx.Document(str(report))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "Căn cứ Quyết định số 3249/QĐ-UBND;" in text
    assert any(line.startswith("Về việc Tổng hợp báo cáo") and line.endswith("(lần 2)") for line in text)
    assert not any("{{" in line for line in text) and "1. Các Phòng, Trung tâm thuộc Sở" not in text
    assert document.styles["Nội dung"].font.size.pt == 13


def test_without_a_form_of_ones_own_the_programs_is_filled(inbox: Any, tmp_path: Path) -> None:
    with_none = consolidate(inbox.repository, inbox.campaign, tmp_path / "a", NOW, tmp_path / "no such folder")
    usual = consolidate(inbox.repository, inbox.campaign, tmp_path / "b", NOW)
    assert with_none[1].read_bytes() == usual[1].read_bytes()


@pytest.mark.parametrize("case", ["placeholder", "style", "file"])
def test_a_form_that_cannot_be_filled_is_told_in_words(inbox: Any, tmp_path: Path, own: Path, case: str) -> None:
    out = tmp_path / "out"
    before = [path.read_bytes() for path in consolidate(inbox.repository, inbox.campaign, out, NOW)]
    if case == "placeholder":
        edited(own, lambda document: document.add_paragraph("{{noi_dumg}}"))
        expected = r"\{\{noi_dumg\}\}.*dùng được: .*\{\{noi_dung\}\}"
    elif case == "style":
        edited(own, lambda document: document.styles["Ý"].delete())
        expected = "thiếu kiểu chữ.*“Ý”"
    else:
        (own / REPORT).write_bytes(b"{\\rtf1 not a docx}")
        expected = "Không mở được mẫu"
    with pytest.raises(TemplateError, match=expected):
        consolidate(inbox.repository, inbox.campaign, out, NOW, own)
    assert [(out / name).read_bytes() for name in OUTPUTS] == before  # what was there stays


def test_the_shipped_forms_are_those_that_make_py_describes(tmp_path: Path) -> None:
    for name, build in ((REPORT, made.report), ("nhac-nop.docx", made.reminder)):
        build().save(str(tmp_path / name))
        fresh, shipped = docx.Document(str(tmp_path / name)), docx.Document(str(made.FOLDER / name))
        assert fresh.element.xml == shipped.element.xml, name
        assert fresh.styles.element.xml == shipped.styles.element.xml, name
