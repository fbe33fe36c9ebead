"""Letterheads and signatures in the forms that offices really use: `letterhead_forms.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors.document import Block
from tests.understanding.builders import p, read, table

FORMS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("letterhead_forms.yaml").read_text(encoding="utf-8"))
SUBJECT = FORMS["base"]["school"]["subject"]
USUAL: dict[str, list[Block]] = {
    "TYPE": [p("BÁO CÁO", bold=True, align="center"), p(SUBJECT, bold=True, align="center")],
    "BODY": [
        p("I. Kết quả thực hiện", bold=True),
        p("Trường đã có phòng máy."),
        p("II. Kiến nghị", bold=True),
        p("Không có."),
    ],
    "FOOT": [table([["Nơi nhận:\n- Sở GDĐT;\n- Lưu: VT.", "HIỆU TRƯỞNG\n\n\n\nNguyễn Văn Bình"]])],
}


def blocks_of(told: list[Any]) -> Iterator[Block]:
    for one in told:
        if isinstance(one, str) and one in USUAL:
            yield from USUAL[one]
        elif isinstance(one, list):
            yield table([one], block="head")
        else:
            marks, _, text = one.partition("| ")
            align = "center" if "c" in marks else "right" if "r" in marks else None
            yield p(text, bold="b" in marks, align=align, page=1 if "1" in marks else None)


@pytest.mark.parametrize("name", FORMS["cases"])
def test_form(name: str) -> None:
    case = FORMS["cases"][name]
    told = read(*blocks_of(case["blocks"])).letterhead
    for field, value in {**FORMS["base"][case["of"]], **case["want"]}.items():
        assert (getattr(told, field) or "").casefold() == (value or "").casefold(), field
