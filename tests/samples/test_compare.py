"""The comparison itself: it sees each kind of mistake and forgives only what it says it forgives."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from samples.compare import differences

TRUTH: dict[str, Any] = {
    "unit": "THPT-X",
    "group": "school",
    "letterhead": {
        "number": "12/BC-X",
        "date": "2024-05-02",
        "issuer": "TRƯỜNG THPT X",
        "signer_title": "PHÓ HIỆU TRƯỞNG",
    },
    "appendix": [
        {"item": 1, "column": "results", "status": "answered", "text": "Đã cập nhật 100% hồ sơ học sinh."},
        {"item": 1, "column": "funding", "status": "none", "text": "Không có"},
        {"item": 2, "column": "results", "status": "no_answer", "text": ""},
    ],
    "narrative": [{"point": "school.2", "status": "answered", "text": "Thiếu máy tính."}],
    "money": [{"value": 5_000_000, "funding_source": "budget", "item": None, "column": None}],
    "documents": ["3249/QĐ-UBND"],
    "percents": [],
    "read_as": "text",
}


DOCUMENT = {"kind": "document", "value": "3249/QĐ-UBND"}


def good() -> dict[str, Any]:
    facts = [{"kind": "money", **money} for money in TRUTH["money"]]
    letterhead = {**TRUTH["letterhead"], "issuer": "Trường THPT X", "signer_title": "KT. HIỆU TRƯỞNG PHÓ HIỆU TRƯỞNG"}
    return copy.deepcopy(
        {
            "unit": {"id": "THPT-X", "group": "school"},
            "letterhead": letterhead,
            "appendix": TRUTH["appendix"],
            "narrative": TRUTH["narrative"],
            "facts": [*facts, {"kind": "count", "value": 3}, DOCUMENT],
        }
    )


def test_the_same_has_no_difference() -> None:
    assert differences(TRUTH, good()) == []


def _wrong_unit(report: dict[str, Any]) -> None:
    report["unit"]["id"] = "THPT-Y"


def _wrong_number(report: dict[str, Any]) -> None:
    report["letterhead"]["number"] = "13/BC-X"


def _wrong_status(report: dict[str, Any]) -> None:
    report["appendix"][1]["status"] = "no_answer"


def _wrong_text(report: dict[str, Any]) -> None:
    report["appendix"][0]["text"] = "Đã cập nhật 10% hồ sơ học sinh."


def _lost_answer(report: dict[str, Any]) -> None:
    del report["appendix"][0]


def _invented_answer(report: dict[str, Any]) -> None:
    report["appendix"].append({"item": 9, "column": "results", "status": "answered", "text": "x"})


def _lost_point(report: dict[str, Any]) -> None:
    report["narrative"].clear()


def _wrong_source(report: dict[str, Any]) -> None:
    report["facts"][0]["funding_source"] = None


def _invented_money(report: dict[str, Any]) -> None:
    report["facts"].append({**report["facts"][0], "value": 7})


def _wrong_document(report: dict[str, Any]) -> None:
    report["facts"][-1]["value"] = "1/Về"


@pytest.mark.parametrize(
    "spoil",
    [
        _wrong_document,
        _wrong_unit,
        _wrong_number,
        _wrong_status,
        _wrong_text,
        _lost_answer,
        _invented_answer,
        _lost_point,
        _wrong_source,
        _invented_money,
    ],
)
def test_each_mistake_is_seen(spoil: Any) -> None:
    report = good()
    spoil(report)
    assert differences(TRUTH, report)


@pytest.mark.parametrize(("read_as", "seen"), [("text", True), ("lossy", False), ("ocr", False)])
def test_one_wrong_letter_is_forgiven_only_where_letters_are_unsure(read_as: str, seen: bool) -> None:
    report = good()
    report["narrative"][0]["text"] = "Thiếu máy tinh."
    assert bool(differences({**TRUTH, "read_as": read_as}, report)) is seen


def test_many_wrong_letters_are_never_forgiven() -> None:
    report = good()
    report["narrative"][0]["text"] = "Thieu may tinh cu"
    assert differences({**TRUTH, "read_as": "ocr"}, report)
