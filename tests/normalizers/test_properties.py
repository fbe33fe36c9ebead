"""What must hold for every text: plans replay, repair settles, clean text stays, nothing raises."""

import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.damage import KINDS, LOSSLESS
from benchmarks.repair_text import other_lines
from normalizers import Hints, Run, apply_plan, repair, repair_document, repair_lines

CLEAN = [
    "Nhà trường đã tổ chức tập huấn cho giáo viên về ứng dụng công nghệ thông tin trong dạy học.",
    "Phòng Giáo dục và Đào tạo báo cáo kết quả thực hiện kế hoạch năm học 2023-2024 như sau:",
    "Kinh phí thực hiện là 1.250.000.000 đồng, trong đó ngân sách nhà nước 900 triệu đồng.",
    "Căn cứ Quyết định số 3249/QĐ-UBND ngày 06 tháng 9 năm 2021 của Ủy ban nhân dân Thành phố;",
    "Những khó khăn, vướng mắc và đề xuất, kiến nghị giải pháp cụ thể đến năm 2030.",
]
REPORT = (
    (Path(__file__).parents[2] / "normalizers" / "data" / "school_reports.txt").read_text("utf-8").splitlines()[::18]
)
# Vietnamese letters, what damage leaves of them, blanks of every kind, and anything else.
LETTERS = "".join(unicodedata.normalize("NFC", b + t) for b in "aăâeêioôơuưy" for t in "\u0300\u0301\u0309\u0303\u0323")
ODD = "?\ufffd\u00ad\u2212\u2219ÃÄÆÅáº»¸µ®§©«¬\x81\x8d\x8f\x90\x9d\u00a0\u0300\u0301\u0323\u2028\x85\r\t}{&;#"
TEXT = st.text(st.one_of(st.sampled_from(LETTERS + "đĐ bcdghklmnpqrstvx" + ODD), st.characters()), max_size=60)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(TEXT)
def test_any_text_is_repaired_without_raising_and_the_plan_replays(text):
    result = repair(text)
    assert apply_plan(text, result.plan) == result.text
    assert result.text.count("\n") == text.count("\n")
    at = 0
    for change in result.plan:
        assert at <= change.start <= change.end
        assert text[change.start : change.end] == change.original != change.replacement
        assert 0.0 <= change.confidence <= 1.0
        at = change.end


@FEW
@given(
    st.binary(max_size=120),
    st.sampled_from([("latin-1", "strict"), ("utf-8", "surrogateescape"), ("utf-16", "replace")]),
)
def test_bytes_of_any_kind_never_raise(raw, reading):
    text = raw.decode(*reading)
    for hints in (Hints(), Hints(origin="ocr")):
        result = repair(text, hints)
        assert apply_plan(text, result.plan) == result.text


@pytest.mark.parametrize(
    "kinds", [("utf8 as cp1252", "TCVN3", "? tight", "NFD", "VNI"), ("VNI", "U+FFFD", "utf8 as cp1258")]
)
def test_several_kinds_in_one_document(kinds):
    rng = random.Random(2)
    harmed = [KINDS[kind](line, rng) for kind, line in zip(kinds, CLEAN, strict=False)]
    assert repair("\n".join([*harmed, CLEAN[-1]])).text.split("\n") == [*CLEAN[: len(kinds)], CLEAN[-1]]


@pytest.mark.parametrize("line", [line for lines in other_lines().values() for line in lines][::40])
def test_other_languages_stay(line):
    assert repair(line).text == line


@FEW
@given(st.sampled_from(CLEAN), st.sampled_from(sorted(KINDS)), st.randoms(use_true_random=False))
def test_repairing_twice_changes_nothing_more(line, kind, rng):
    once = repair(KINDS[kind](line, rng)).text
    assert repair(once).text == once


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_damage_has_a_plan_that_replays(kind):
    """Whole documents and single lines of report text, with words that are lost whole (``làm việc ở trường``)."""
    rng = random.Random(4)
    lines = [KINDS[kind](line, rng) for line in REPORT]
    for text in [*lines, "\n".join(lines), "\n".join(lines[::3] + REPORT[1::3])]:
        result = repair(text)
        assert apply_plan(text, result.plan) == result.text
        assert result.text.count("\n") == text.count("\n")


@pytest.mark.parametrize("kind", sorted(LOSSLESS))
def test_what_lost_nothing_comes_back(kind):
    rng = random.Random(1)
    damaged = [KINDS[kind](line, rng) for line in CLEAN]
    assert [repair(line).text for line in damaged] == CLEAN


@pytest.mark.parametrize("line", CLEAN)
def test_clean_vietnamese_stays(line):
    assert repair(line).plan == ()
    other = line.replace("ủy", "uỷ").replace("òa", "oà")
    assert repair(other).text == other


@FEW
@given(
    st.lists(
        st.lists(
            st.builds(Run, TEXT, st.sampled_from([None, ".VnTime", ".VnTimeH", "VNI-Times", "Arial"])), max_size=3
        ),
        max_size=4,
    )
)
def test_every_paragraph_has_its_own_plan(paragraphs):
    results = repair_document(paragraphs)
    assert len(results) == len(paragraphs)
    for runs, result in zip(paragraphs, results, strict=True):
        assert apply_plan("".join(run.text for run in runs), result.plan) == result.text


@FEW
@given(st.lists(TEXT.map(lambda t: t.replace("\n", "")), max_size=4))
def test_lines_are_kept_one_by_one(lines):
    text = "\n".join(lines)
    out = repair_lines(text)
    assert out.count("\n") == text.count("\n")
    assert out == "\n".join(repair(line).text for line in lines)


def test_phrases_decide_between_names():
    text = "Trư?ng THPT Lê Qu? Đôn và Trư?ng THCS V? Đ?ng"
    assert "Võ Đặng" not in repair(text).text
    hinted = repair("Trư?ng THCS V? Đ?ng", Hints(phrases=("Trường THCS Võ Đặng",) * 3)).text
    assert hinted.startswith("Trường THCS V")


def test_alternatives_come_with_doubt():
    [change] = [c for c in repair("h?c sinh trong tr??ng h?p này và l?p này").plan if c.original == "l?p"]
    assert change.kind == "lost_letter"
    assert change.confidence < 1.0
    assert {a.text for a in change.alternatives} & {"lớp", "lập", "lặp"}
