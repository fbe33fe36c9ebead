"""Coverage over HTTP: the sums, the matrix, one unit with its sources, one item across units."""

from __future__ import annotations

import re

import pytest

from consolidation.collecting import collect
from consolidation.coverage import cell_states
from review import coverage
from review.place import Place
from tests.consolidation.conftest import Sender
from tests.review.conftest import Visit, reports


def test_the_matrix_is_that_of_the_workbook(place: Place) -> None:
    """Read in two queries, it says what the consolidation says unit by unit."""
    expected = {one.unit.id: cell_states(place.campaign, one) for one in collect(place.repository, place.campaign)
                if one.unit is not None}  # fmt: skip
    rows = coverage.matrix(place, coverage.units(place))
    assert {row.unit.id: row.states for row in rows} == expected
    assert len(expected) > 10


def test_sums(place: Place, visit: Visit) -> None:
    html = visit("minh").get("/grid").text
    cells = dict(re.findall(r'data-testid="total-([\w-]+)"[^>]*><b>(\d+)</b>', html))
    assert cells["1-results"] == "4"  # so-gdtrh, btx-2, gv, cu-chi
    assert cells["1-funding"] == "3" and cells["4-results"] == "1"  # left blank twice
    assert cells["12-proposals"] == "1"
    assert len(cells) == 72
    assert "7/12 đơn vị đã nộp" in html
    schools = visit("minh").get("/grid?group=school").text
    assert dict(re.findall(r'data-testid="total-([\w-]+)"[^>]*><b>(\d+)</b>', schools))["1-results"] == "3"


def test_the_matrix_by_signs(place: Place, send: Sender, visit: Visit) -> None:
    send("mo.docx", "PGD-Q4", cells={(1, "results"): ("answered", "Mờ")}, confidence=0.5)
    html = visit("minh").get("/grid/units").text
    rows = dict(re.findall(r'data-unit="([\w-]+)">(.*?)</tr>', html, re.DOTALL))
    signs = {unit: re.findall(r"<td[^>]*><a[^>]*>(.*?)</a>", row) for unit, row in rows.items()}
    assert all(len(one) == 72 for one in signs.values())
    assert set(signs["SO-GDTRH"]) == {"●"} and set(signs["PGD-TD"]) == {"×"} and set(signs["PGD-Q1"]) == {"–"}
    assert "●<sup>?</sup>" in signs["PGD-Q4"]
    assert {"●", "○", "▲", "►", "□"} == set(signs["THPT-BUI-THI-XUAN"])
    assert 'aria-label="Đã trả lời, chưa chắc"' in rows["PGD-Q4"]
    assert "#c-1-results" in rows["PGD-Q4"]


def test_one_unit_with_its_sources(place: Place, visit: Visit) -> None:
    lan, report_id = visit("lan"), reports(place)["btx-2.docx"]
    html = lan.get("/grid/units/THPT-BUI-THI-XUAN").text
    assert "Trễ 4 ngày" in html or "Đúng hạn" in html
    assert "btx-1.docx" in html and "đã có bản mới thay" in html
    answer = next(a for a in place.repository.answers(report_id) if (a.item, a.column) == (1, "results"))
    cell = html.split('data-testid="cell-1-results"')[1].split("</td>")[0]
    assert "Số hóa 100% hồ sơ" in cell and f"/documents/{report_id}#answer-{answer.id}" in cell
    place.repository.correct_answer(answer.id, status="none", text="<i>Không</i>", author_name="lan")
    cell = lan.get("/grid/units/THPT-BUI-THI-XUAN").text.split('data-testid="cell-1-results"')[1].split("</td>")[0]
    assert "người đã duyệt" in cell and "&lt;i&gt;Không" in cell and "Không có" in cell
    assert 'data-testid="not-sent"' in lan.get("/grid/units/PGD-TD").text
    assert lan.get("/grid/units/KHONG-CO").status_code == 404


def test_one_item_across_units(place: Place, visit: Visit) -> None:
    lan = visit("lan")
    html = lan.get("/grid/items/1").text
    assert len(re.findall('data-testid="unit-row"', html)) == 12 and "Số hóa 100% hồ sơ" in html
    answered = lan.get("/grid/items/1?column=funding&only=answered").text
    assert set(re.findall(r'data-unit="([\w-]+)"', answered)) == {"SO-GDTRH", "THPT-BUI-THI-XUAN", "THPT-GO-VAP"}
    blank = lan.get("/grid/items/1?column=funding&only=blank&group=school").text
    assert {"THPT-CU-CHI", "THPT-GIA-DINH"} <= set(re.findall(r'data-unit="([\w-]+)"', blank))
    assert "Không có đơn vị nào như vậy" in lan.get("/grid/items/1?group=khong-co").text


@pytest.mark.parametrize(
    "address", ["items/0", "items/13", "items/1?column=gone", "items/x", "cells/1", "units/%2e%2e"]
)
def test_places_that_are_not_there(visit: Visit, address: str) -> None:
    assert visit("lan").get(f"/grid/{address}").status_code in (404, 422)


def test_a_unit_that_the_registry_does_not_know(place: Place, visit: Visit) -> None:
    place.repository.assign_unit(reports(place)["khong-ro.docx"], "LA & <x>/1", "school", author_name="lan")
    html = visit("lan").get("/grid/units").text
    assert "LA &amp; &lt;x&gt;/1" in html
    assert visit("lan").get("/grid/units").status_code == 200
