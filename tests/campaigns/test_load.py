"""Campaign folders: the ones we ship hold together, and mistakes in new ones are named."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import campaigns
from campaigns.checks import look

EXAMPLE = "vi-du-an-toan-truong-hoc"
LETTER = "2542-SGDDT-GDTrH"
FOLDER = Path(campaigns.__file__).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The example campaign where a test may spoil it: ``tmp_path/campaigns/<EXAMPLE>``."""
    return Path(shutil.copytree(FOLDER / EXAMPLE, tmp_path / "campaigns" / EXAMPLE))


def spoil(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_every_shipped_campaign_loads() -> None:
    assert set(campaigns.available()) >= {LETTER, EXAMPLE}
    for campaign_id in campaigns.available():
        campaign = campaigns.load(campaign_id)
        assert campaign.id == campaign_id
        assert {unit.group for unit in campaign.units} == set(campaign.groups)


def test_the_letter_has_its_shape() -> None:
    campaign = campaigns.load(LETTER)
    assert [item.id for item in campaign.items] == list(range(1, 13))
    assert [column.id for column in campaign.columns] == [
        "directives", "results", "development", "funding", "challenges", "proposals",
    ]  # fmt: skip
    assert {name: len(group.points) for name, group in campaign.groups.items()} == {
        "office": 14,
        "district": 4,
        "school": 3,
    }
    assert {name: group.appendix for name, group in campaign.groups.items()} == {
        "office": "required",
        "district": "welcome",
        "school": "welcome",
    }
    assert not campaign.deadline.inclusive


def test_the_letters_titles_stand_in_its_text() -> None:
    """What we ask units for must be what the letter asks (titles of points may be shortened)."""
    campaign = campaigns.load(LETTER)
    text = look(campaign.letter_text)
    assert "?" not in campaign.letter_text  # the clean half only
    for item in campaign.items:
        assert look(item.title) in text, item.title
    for column in campaign.columns:
        assert look(column.title) in text, column.title


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("UBND QUẬN 1", "PGD-Q1"),
        ("Phòng Giáo dục và Đào tạo Quận 9", "PGD-TD"),
        ("phòng gd&đt tp. thủ đức", "PGD-TD"),
        ("TRƯỜNG THPT BÙI THỊ XUÂN", "THPT-BUI-THI-XUAN"),
        ("Truong Trung hoc pho thong Bui Thi Xuan", "THPT-BUI-THI-XUAN"),
        ("Trung tâm GDTX-GDNN huyện Củ Chi", "GDNN-GDTX-CU-CHI"),
        ("Phòng Giáo dục Trung học", "SO-GDTRH"),
    ],
)
def test_names_seen_in_letterheads_lead_to_one_unit(name: str, unit: str) -> None:
    campaign = campaigns.load(LETTER)
    found = {u.id for u in campaign.units if look(name) in map(look, (u.name, *u.aliases))}
    assert found == {unit}


def test_each_district_has_its_office_and_schools_lie_in_known_districts() -> None:
    units = campaigns.load(LETTER).units
    districts = [unit.district for unit in units if unit.group == "district"]
    assert len(districts) == len(set(districts)) == 22
    assert {unit.district for unit in units if unit.group == "school"} <= set(districts)


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("campaign.yaml", "{id: 2,", "{id: 3,", "items[1].id: là 3, phải là 2"),
        ("campaign.yaml", "items: [3]", "items: [4]", "groups.commune.points[0].items: không có mục 4"),
        ("campaign.yaml", "columns: [next]", "columns: [nxt]", "groups.commune.points[1].columns: không có cột “nxt”"),
        ("campaign.yaml", "{id: cost, title: Kinh phí", "{id: cost, title: 5", "columns[1].title: cần kiểu str"),
        ("campaign.yaml", "title: Việc đã làm", "titel: Việc đã làm", "columns[0]: "),
        ("campaign.yaml", "issuer:", "isuer:", "letter: "),
        ("campaign.yaml", "date: 2025-02-28", "date: 2025-02-30", "cú pháp YAML"),
        ("campaign.yaml", "date: 2025-02-28", "date: 2025-01-28", "deadline.date: 2025-01-28 trước ngày ban hành"),
        ("campaign.yaml", "inclusive: true", "inclusive: true, timezone: Asia/Saigoon", "deadline.timezone"),
        ("campaign.yaml", "id: vi-du-an-toan-truong-hoc", "id: khac", "id: là “khac” nhưng thư mục"),
        ("campaign.yaml", "deadline: {", "hannop: {", "hannop: khóa lạ"),
        ("campaign.yaml", "deadline: {date: 2025-02-28, inclusive: true}", "", "deadline: thiếu khóa này"),
        ("campaign.yaml", "items:\n", "items: []\nitems:\n", "khóa “items” viết hai lần"),
        ("campaign.yaml", "appendix: none", "appendix: maybe", "groups.commune.appendix: giá trị"),
        ("campaign.yaml", "commune.1", "campus.1", "groups.commune.points[0].id"),
        ("campaign.yaml", "aliases: [PCCC]", "aliases: [CỔNG TRƯỜNG AN TOÀN]", "items[2].aliases: "),
        ("campaign.yaml", "columns:\n", "columns: [\n", "cú pháp YAML"),
        ("units.csv", ",commune,", ",comune,", "dòng 2, cột group: không có nhóm “comune”"),
        ("units.csv", "PHUONG-BEN-CAU", "XA-HOA-AN", "dòng 3, cột id: “XA-HOA-AN” đã có ở dòng 2"),
        ("units.csv", "XA-HOA-AN", "XÃ-HÒA-AN", "dòng 2, cột id"),
        ("units.csv", ",yes,no,", ",có,no,", "dòng 2, cột expected: “có” phải là yes hoặc no"),
        ("units.csv", "TH Hoa Mai", "THCS Song Xanh", "dòng 5: tên “THCS Sông Xanh” không phân biệt"),
        ("units.csv", "id,name", "ma,ten", "dòng 1"),
        ("units.csv", ",xã Hòa An,yes", ",xã Hòa An,yes,yes", "dòng 4: có 9 ô, phải có 8 ô"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_file_and_place(copy: Path, file: str, before: str, after: str, message: str) -> None:
    spoil(copy / file, before, after)
    with pytest.raises(campaigns.CampaignError) as caught:
        campaigns.load(EXAMPLE, root=copy.parent)
    said = str(caught.value)
    assert said.startswith(f"campaigns/{EXAMPLE}/{file}: "), said
    assert message in said, said


def test_a_file_that_is_not_utf8_is_named(copy: Path) -> None:
    (copy / "units.csv").write_bytes("id,name\nQ1,Qu\xe2n\n".encode("latin-1"))
    with pytest.raises(campaigns.CampaignError, match=r"units\.csv: byte \d+: không phải UTF-8"):
        campaigns.load(EXAMPLE, root=copy.parent)


def test_excels_byte_order_mark_is_no_mistake(copy: Path) -> None:
    units = copy / "units.csv"
    units.write_bytes(b"\xef\xbb\xbf" + units.read_bytes().replace(b"\n", b"\r\n"))
    assert campaigns.load(EXAMPLE, root=copy.parent).units == campaigns.load(EXAMPLE).units


@pytest.mark.parametrize("campaign_id", ["khong-co", "../campaigns", "", ".", "/etc", f"{EXAMPLE}/", "a\0b"])
def test_an_unknown_campaign_lists_the_known_ones(campaign_id: str) -> None:
    with pytest.raises(campaigns.CampaignError, match=LETTER):
        campaigns.load(campaign_id)


def test_campaigns_travel_in_a_wheel(tmp_path: Path) -> None:
    """Loaded from a zip-free install, as pip unpacks it, away from the repository."""
    target = tmp_path / "site"
    wheel = tmp_path / "w"
    root = FOLDER.parent
    source = tmp_path / "src"
    shutil.copytree(FOLDER, source / "campaigns", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", source)
    (source / "README.md").write_text("x", encoding="utf-8")
    build = "from setuptools import build_meta as b; import sys; print(b.build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, str(wheel)], cwd=source, check=True, capture_output=True)
    zipfile.ZipFile(next(wheel.glob("*.whl"))).extractall(target)
    code = "import campaigns; print(campaigns.__file__, *[len(campaigns.load(c).units) for c in campaigns.available()])"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(target)}, check=True, capture_output=True
    )
    file, *counts = ran.stdout.decode().split()
    assert file.startswith(str(target)) and counts == [str(len(campaigns.load(c).units)) for c in campaigns.available()]
