"""Institutions that are named like a unit and are none: no unit is named for them, whatever the file's name says."""

from __future__ import annotations

import pytest

from campaigns.model import Unit
from extractors.report import Letterhead
from extractors.understanding.ground.folding import fold
from extractors.understanding.sender.unit import Evidence, match_unit
from extractors.understanding.sender.unit_names import Registry
from tests.understanding.builders import campaign

REGISTRY = Registry(campaign().units)
CITY = "SỞ GIÁO DỤC VÀ ĐÀO TẠO TP.HCM"
SCHOOLS = [unit for unit in campaign().units if unit.name.startswith(("THPT ", "THCS-THPT "))]
DISTRICTS = [unit for unit in campaign().units if unit.id.startswith("PGD")]
OF_SCHOOLS = {  # issuer, parent; {} is the school's own name, {at} its district
    "another level": ("TRƯỜNG THCS {}", "UBND {at}"),
    "another level yet": ("TRƯỜNG TIỂU HỌC {}", "UBND {at}"),
    "nursery": ("TRƯỜNG MẦM NON {}", "UBND {at}"),
    "college": ("TRƯỜNG CAO ĐẲNG {}", "BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
    "university": ("TRƯỜNG ĐẠI HỌC {}", "BỘ GIÁO DỤC VÀ ĐÀO TẠO"),
    "private": ("TRƯỜNG THPT TƯ THỤC {}", CITY),
    "second": ("TRƯỜNG THPT {} 2", CITY),
    "another province": ("TRƯỜNG THPT {}", "SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH ĐỒNG NAI"),
    "languages": ("TRUNG TÂM NGOẠI NGỮ {}", CITY),
}
OF_DISTRICTS = {
    "sports": ("TRUNG TÂM THỂ DỤC THỂ THAO {at}", "UBND {at}"),
    "insurance": ("BẢO HIỂM XÃ HỘI {at}", "BẢO HIỂM XÃ HỘI TP.HCM"),
    "home affairs": ("PHÒNG NỘI VỤ", "UBND {at}"),
    "finance": ("PHÒNG TÀI CHÍNH - KẾ HOẠCH", "UBND {at}"),
    "its office": ("VĂN PHÒNG", "UBND {at}"),
    "inspectors": ("THANH TRA", "UBND {at}"),
    "council": ("HỘI ĐỒNG NHÂN DÂN {at}", None),
    "society": ("HỘI KHUYẾN HỌC {at}", "UBND {at}"),
    "union": ("LIÊN ĐOÀN LAO ĐỘNG {at}", None),
}


def named(issuer: str, parent: str | None, unit: Unit, file_name: str) -> str | None:
    head = Letterhead(issuer=issuer, parent=parent, place=unit.district)
    return match_unit(REGISTRY, Evidence(letterhead=head, file_name=file_name)).id


def own(unit: Unit) -> str:
    return unit.name.removeprefix("THCS-").removeprefix("THPT ").removeprefix("chuyên ")


@pytest.mark.parametrize("kind", OF_SCHOOLS)
def test_not_the_school(kind: str) -> None:
    issuer, parent = OF_SCHOOLS[kind]
    for unit in SCHOOLS:
        at = (unit.district or "").upper()
        for file_name in (f"BC {own(unit)}.docx", f"THPT {fold(own(unit))}.docx"):
            assert named(issuer.format(own(unit).upper()), parent.format(at=at), unit, file_name) is None, unit.id


@pytest.mark.parametrize("kind", OF_DISTRICTS)
def test_not_the_district(kind: str) -> None:
    issuer, parent = OF_DISTRICTS[kind]
    for unit in DISTRICTS:
        at = (unit.district or "").upper()
        over = parent.format(at=at) if parent else None
        assert named(issuer.format(at=at), over, unit, f"bao cao {fold(at)}.docx") is None, unit.id


@pytest.mark.parametrize("level", ["TRƯỜNG THPT {}", "TRƯỜNG TRUNG HỌC PHỔ THÔNG {}", "T. THPT {}"])
def test_the_school_itself(level: str) -> None:
    for unit in SCHOOLS:
        assert named(level.format(own(unit).upper()), CITY, unit, "bc.docx") == unit.id
