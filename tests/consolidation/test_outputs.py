"""The files an officer opens: read back with another library than the one that wrote them."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import campaigns
from consolidation import consolidate
from consolidation.collecting import collect
from consolidation.coverage import cell_states
from consolidation.outputs import OUTPUTS
from consolidation.tables import MAX_CELL, cell_text
from consolidation.words import CELLS, SUBMISSIONS, visible
from extractors.document import Provenance
from extractors.report import Letterhead, Repair, Report, SourceInfo, UnitMatch
from storage import Repository, open_database
from storage.records import Place

NOW = dt.datetime(2024, 5, 21, 1, tzinfo=dt.UTC)
SHEETS = [
    "Tổng quan", "Biểu đồ", "Danh sách nộp", "Ma trận bao phủ", "Kinh phí", "Chi tiết kinh phí", "Số liệu", "Khó khăn",
    "Kiến nghị", "Văn bản chỉ đạo", "Câu trả lời", "Thay đổi giữa các bản",
    "Tệp nhận được", "Nhật ký sửa chữ",
]  # fmt: skip
LISTS = [name for name in SHEETS if name not in ("Tổng quan", "Biểu đồ", "Kinh phí")]


@pytest.fixture(scope="session")
def outputs(inbox_database: Path, campaign: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("written") / "kết quả"
    engine = open_database(f"sqlite:///{shutil.copy(inbox_database, out.parent)}")
    assert consolidate(Repository(engine), campaign, out, NOW) == [out / name for name in OUTPUTS]
    assert sorted(path.name for path in out.iterdir()) == sorted(OUTPUTS)
    engine.dispose()
    return out


@pytest.fixture(scope="session")
def book(outputs: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(outputs / "tong-hop.xlsx")


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    """The lines of a list sheet by their headings (row 2)."""
    titles = [cell.value for cell in sheet[2]]
    return [dict(zip(titles, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=3)]


def test_all_sheets_are_there_and_ready_to_print(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    for name in LISTS:
        assert book[name].freeze_panes and book[name].print_title_rows, name
        assert book[name].auto_filter.ref or book[name]["A3"].value == "(không có)", name


def test_the_submission_list_names_every_expected_unit(book: openpyxl.Workbook, inbox: Any) -> None:
    lines = {line["Mã đơn vị"]: line for line in records(book["Danh sách nộp"])}
    assert set(lines) == {unit.id for unit in inbox.campaign.units if unit.expected}
    late = lines["PGD-Q1"]
    assert late["Tình trạng"] == f"{SUBMISSIONS['late'].sign} Trễ 1 ngày"
    assert (late["Số báo cáo"], late["Tệp hiện hành"], late["Số ngày trễ"]) == ("1092/GDĐT", "q1.pdf", 1)
    assert late["Ngày trên báo cáo"] == dt.datetime(2024, 5, 3)
    assert late["Ngày nhận tệp"] == dt.datetime(2024, 5, 20, 10)  # Vietnamese time
    twice = lines["THPT-BUI-THI-XUAN"]
    assert (twice["Tệp hiện hành"], twice["Số bản đã gửi"]) == ("btx-2.docx", 2)
    assert "bản đầu ngày 02/05/2024" in twice["Ghi chú"]
    assert lines["PGD-Q4"]["Số báo cáo"] is None


def test_the_matrix_shows_each_state_by_sign_and_colour(book: openpyxl.Workbook, inbox: Any) -> None:
    sheet = book["Ma trận bao phủ"]
    rows = {row[1].value: row for row in sheet.iter_rows() if isinstance(row[0].value, int)}
    columns = [column.id for column in inbox.campaign.columns]

    def place(unit: str, item: int, column: str) -> Any:
        return rows[unit][3 + (item - 1) * len(columns) + columns.index(column)]

    expected = {
        ("THPT Bùi Thị Xuân", 1, "results"): "answered",
        ("THPT Bùi Thị Xuân", 1, "funding"): "none",
        ("THPT Bùi Thị Xuân", 2, "results"): "not_yet",
        ("THPT Bùi Thị Xuân", 3, "results"): "by_reference",
        ("THPT Bùi Thị Xuân", 4, "results"): "no_answer",
        ("THPT Bùi Thị Xuân", 12, "proposals"): "no_answer",
        ("Phòng GDĐT Quận 1", 1, "results"): "not_provided",
        ("Phòng GDĐT Quận 4", 1, "results"): "not_submitted",
        ("Phòng Giáo dục Trung học", 12, "proposals"): "answered",
    }
    for where, state in expected.items():
        cell = place(*where)
        assert (cell.value, cell.fill.fgColor.rgb) == (CELLS[state].sign, "FF" + CELLS[state].fill[1:]), (where, state)
    assert len({mark.sign for mark in CELLS.values()}) == len({mark.fill for mark in CELLS.values()}) == len(CELLS)
    legend = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(2, 2 + len(CELLS))}
    assert legend == {mark.sign: mark.label for mark in CELLS.values()}
    totals = [cell.value for cell in sheet[sheet.max_row][3:]]
    assert totals[columns.index("results")] == 4 and totals[-1] == 1


def test_every_answer_leads_to_its_file_and_page(book: openpyxl.Workbook) -> None:
    lines = records(book["Câu trả lời"])
    one = next(line for line in lines if line["Trả lời"] == "Số hóa 100% hồ sơ" and line["Tệp"] == "btx-2.docx")
    assert (one["Mã đơn vị"], one["Trang"], one["Vị trí trong tệp"]) == ("THPT-BUI-THI-XUAN", "2", "p[2]")
    assert one["Mục / nội dung"].startswith("1. Xây dựng cơ sở dữ liệu") and one["Độ tin cậy"] == 0.9
    assert not [line for line in lines if line["Tệp"] == "btx-1.docx"]  # superseded
    assert [line["Đơn vị"] for line in lines if line["Tệp"] == "khong-ro.docx"] == ["(chưa xác định được đơn vị)"]
    assert len({line["TT"] for line in lines}) == len(lines)


def test_every_file_is_accounted_for(book: openpyxl.Workbook, inbox: Any) -> None:
    lines = {line["Tên tệp"]: line for line in records(book["Tệp nhận được"])}
    assert set(lines) == {arrival.name for arrival in inbox.repository.arrivals(inbox.campaign.id)}
    assert lines["hong.docx"]["Kết quả"] == "Không đọc được"
    assert lines["hong.docx"]["Lý do"] == "Tệp bị hỏng hoặc bị cắt cụt." and lines["hong.docx"]["Mã lý do"] == "damaged"
    assert lines["btx-2 (1).docx"]["Lý do"] == "Cùng nội dung với tệp “btx-2.docx”."
    assert (lines["btx-1.docx"]["Bản"], lines["btx-2.docx"]["Bản"]) == ("bản cũ", "hiện hành")
    assert lines["khong-ro.docx"]["Bản"] == "chưa rõ đơn vị"
    assert lines["dang-doc.pdf"]["Kết quả"] == "Chưa xử lý xong"


def test_the_overview_adds_up(book: openpyxl.Workbook, inbox: Any) -> None:
    table = {row[0].value: [cell.value for cell in row[1:]] for row in book["Tổng quan"].iter_rows()}
    expected = sum(unit.expected for unit in inbox.campaign.units)
    groups = [table[group.title] for group in inbox.campaign.groups.values()]
    assert [sum(column) for column in zip(*groups, strict=True)] == [expected, 3, 1, 3, expected - 7]
    assert table["Đã xử lý"][0] == 8 and table["Không đọc được"][0] == 1
    assert table["Báo cáo chưa xác định được đơn vị"][0] == 1


def test_no_cell_is_a_formula(outputs: Path, book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix, cell.value
    texts = {line["Trả lời"] for line in records(book["Câu trả lời"])}
    assert {"=1+1", "@SUM(A1)", "- Thư viện số\n+ Phòng máy"} <= texts
    with zipfile.ZipFile(outputs / "tong-hop.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "/sheet" in name)


@pytest.mark.parametrize(
    "text",
    [
        "a\0b\x1fc\x0b",
        "\ud800 đơn",
        "\ufffe\uffff",
        "]]> <![CDATA[ &amp; <x>",
        "_x0041_",
        "a\r\nb\rc",
        "\U0001f4da" * 9,
        "\u202eđảo",
    ],
)
def test_any_text_makes_a_workbook_that_opens(inbox: Any, tmp_path: Path, text: str) -> None:
    inbox("la.docx", "THPT-CU-CHI", points={"school.1": ("answered", text)}, date="2024-05-10")
    book = openpyxl.load_workbook(consolidate(inbox.repository, inbox.campaign, tmp_path / "out", NOW)[0])
    found = next(line for line in records(book["Câu trả lời"]) if line["Tệp"] == "la.docx")
    shown = found["Trả lời"].replace("_x005F_", "_")  # openpyxl leaves this escape of "_" as it stands
    assert shown == cell_text(text) or "ud800" in shown
    json.loads((tmp_path / "out" / "answers.json").read_bytes())


@pytest.mark.parametrize("letter", ["ộ", "\U0001f4da"])
def test_a_text_too_long_for_a_cell_is_cut_with_a_note_and_whole_in_the_json(
    inbox: Any, tmp_path: Path, letter: str
) -> None:
    text = letter * 40_000
    inbox("dai.docx", "THPT-CU-CHI", points={"school.1": ("answered", text)}, date="2024-05-10")
    workbook, _, _, answers, _ = consolidate(inbox.repository, inbox.campaign, tmp_path / "out", NOW)
    shown = next(
        line["Trả lời"]
        for line in records(openpyxl.load_workbook(workbook)["Câu trả lời"])
        if line["Tệp"] == "dai.docx"
    )
    assert len(shown.encode("utf-16-le")) // 2 <= MAX_CELL
    assert "đã cắt bớt, toàn văn dài 40000 ký tự" in shown and shown.startswith(letter * 1000)
    units = json.loads(answers.read_bytes())["units"]
    assert next(u for u in units if u["id"] == "THPT-CU-CHI")["narrative"][0]["text"] == text


def test_cells_at_the_limit_are_not_touched() -> None:
    assert cell_text("x" * MAX_CELL) == "x" * MAX_CELL
    assert len(cell_text("x" * (MAX_CELL + 1))) == MAX_CELL


def test_answers_json_has_its_documented_shape(outputs: Path, inbox: Any) -> None:
    content = json.loads((outputs / "answers.json").read_bytes())
    assert list(content) == [
        "schema", "campaign", "generated_at", "units", "unknown_unit", "files", "sums", "figures", "difficulties",
        "proposals", "documents",
    ]  # fmt: skip
    assert content["schema"] == "baocao.answers/1"
    assert content["campaign"]["last_day_on_time"] == "2024-05-02"
    units = {unit["id"]: unit for unit in content["units"]}
    assert list(units) == [unit.id for unit in inbox.campaign.units if unit.expected]
    unit = units["THPT-BUI-THI-XUAN"]
    assert [(report["file"], report["in_force"]) for report in unit["reports"]] == [
        ("btx-2.docx", True),
        ("btx-1.docx", False),
    ]
    assert unit["submission"]["state"] == "on_time"
    answer = next(a for a in unit["appendix"] if (a["item"], a["column"]) == (1, "funding"))
    assert (answer["status"], answer["text"], answer["author"]) == ("none", "Không có", "machine")
    assert answer["sha256"] == unit["reports"][0]["sha256"] and answer["provenance"][0]["page"] == 2
    assert [one["reports"][0]["file"] for one in content["unknown_unit"]] == ["khong-ro.docx"]
    assert len(content["files"]) == 12


def test_corrections_are_what_is_exported(inbox: Any, tmp_path: Path) -> None:
    (report,) = [r for r in inbox.repository.current_reports(inbox.campaign.id) if r.name == "btx-2.docx"]
    answer = next(a for a in inbox.repository.answers(report.id) if (a.item, a.column) == (2, "results"))
    inbox.repository.correct_answer(answer.id, status="answered", text="Đã triển khai", author_name="Trần Thị Lan")
    workbook, _, _, answers, _ = consolidate(inbox.repository, inbox.campaign, tmp_path / "out", NOW)
    lines = records(openpyxl.load_workbook(workbook)["Câu trả lời"])
    fixed = [line for line in lines if line["Tệp"] == "btx-2.docx" and line["Trả lời"] == "Đã triển khai"]
    assert [line["Người xác định"] for line in fixed] == ["Trần Thị Lan"]
    assert not [line for line in lines if line["Tệp"] == "btx-2.docx" and line["Trả lời"] == "Chưa thực hiện"]
    assert '"author":"reviewer"' in answers.read_text(encoding="utf-8")


def test_the_same_data_give_the_same_bytes(inbox: Any, tmp_path: Path) -> None:
    first, second = (consolidate(inbox.repository, inbox.campaign, tmp_path / name, NOW) for name in ("a", "b"))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_nothing_received_yet_gives_whole_files(repository: Repository, tmp_path: Path) -> None:
    for campaign_id in campaigns.available():
        campaign = campaigns.load(campaign_id)
        workbook, _, _, answers, _ = consolidate(repository, campaign, tmp_path / campaign_id, NOW)
        assert openpyxl.load_workbook(workbook).sheetnames == SHEETS
        content = json.loads(answers.read_bytes())
        assert {unit["submission"]["state"] for unit in content["units"]} == {"missing"}
        assert content["files"] == content["unknown_unit"] == []


def test_a_failed_run_leaves_the_earlier_outputs(inbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    before = [path.read_bytes() for path in consolidate(inbox.repository, inbox.campaign, out, NOW)]

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("consolidation.workbook.Workbook.add_file", fail)
    with pytest.raises(OSError, match="No space"):
        consolidate(inbox.repository, inbox.campaign, out, NOW)
    assert [(out / name).read_bytes() for name in OUTPUTS] == before
    assert len(list(out.iterdir())) == len(OUTPUTS)


def test_what_a_killed_run_left_is_removed(inbox: Any, tmp_path: Path) -> None:
    abandoned, running = tmp_path / "out" / ".dang-ghi-cu", tmp_path / "out" / ".dang-ghi-moi"
    for folder in (abandoned, running):
        folder.mkdir(parents=True)
        (folder / "tong-hop.xlsx").write_bytes(b"half")
    os.utime(abandoned, (0, 0))
    consolidate(inbox.repository, inbox.campaign, tmp_path / "out", NOW)
    assert running.exists() and not abandoned.exists()


def test_of_two_answers_at_one_place_the_stronger_shows(repository: Repository, campaign: Any, send: Any) -> None:
    report_id = send(
        "a.docx", "THPT-CU-CHI", cells={(1, "results"): ("none", "Không"), (2, "results"): ("answered", "Có")}
    )
    moving = next(a for a in repository.answers(report_id) if a.item == 2)
    repository.correct_answer(
        moving.id, status="answered", text="Có", author_name="Lan", place=Place(item=1, column="results")
    )
    sent = next(one for one in collect(repository, campaign) if one.unit and one.unit.id == "THPT-CU-CHI")
    states = cell_states(campaign, sent)
    assert (states[1, "results"], states[2, "results"]) == ("answered", "no_answer")


def test_a_change_of_blanks_can_be_seen_in_the_repair_log() -> None:
    assert (visible("  "), visible(""), visible("S ?")) == ("··", "(bỏ)", "S ?")


def test_the_repair_log_shows_before_and_after(book: openpyxl.Workbook) -> None:
    line = next(line for line in records(book["Nhật ký sửa chữ"]) if line["Tệp"] == "q1.pdf")
    assert (line["Đơn vị"], line["Trong tệp"], line["Sửa thành"]) == ("Phòng GDĐT Quận 1", "S ?", "Sở")
    assert (line["Độ tin cậy"], line["Cách đọc khác"], line["Trang"]) == (0.93, "Số (5%)", "1")


def test_blanks_that_went_fill_one_line_of_the_log(repository: Repository, campaign: Any, tmp_path: Path) -> None:
    where = (Provenance(block="line[1]"),)
    repairs = [
        Repair(kind=kind, original=was, replacement=now, confidence=0.9, alternatives=(), provenance=where)
        for kind, was, now in (("run_spacing", "  ", " "), ("lost_letter", "S ?", "Sở"), ("run_spacing", " ", ""))
    ]
    report = Report(
        source=SourceInfo(name="a.txt", sha256="a" * 64, media_type="text/plain", pages=None), letterhead=Letterhead(),
        unit=UnitMatch(), appendix=(), narrative=(), facts=(), unmapped=(), repairs=tuple(repairs), warnings=(),
    )  # fmt: skip
    repository.record_arrival(campaign_id=campaign.id, name="a.txt", path="/a.txt", sha256="a" * 64, size=1)
    repository.store_report(report, campaign_id=campaign.id, pipeline_version="1")
    consolidate(repository, campaign, tmp_path, NOW)
    lines = records(openpyxl.load_workbook(tmp_path / "tong-hop.xlsx")["Nhật ký sửa chữ"])
    assert [(one["Loại hỏng"], one["Trong tệp"], one["Sửa thành"]) for one in lines] == [
        ("Mất chữ có dấu (thành ?)", "S ?", "Sở"), ("Khoảng trắng thừa", "2 chỗ", None),
    ]  # fmt: skip
