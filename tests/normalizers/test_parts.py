"""The parts: syllables, plan chaining, XOR tables, training on a small text."""

import lzma
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers import Hints, fold, is_vietnamese_syllable, repair, syllable_rate
from normalizers.edits import chain
from normalizers.language_model import default_model, load
from normalizers.plan import Change, apply_plan
from normalizers.syllables import canonical
from normalizers.training import Settings, held_out, train
from normalizers.xor_table import build


def test_syllables():
    for good in ["nghiêng", "quyết", "hoà", "hòa", "uỷ", "ủy", "khuỷu", "giếng", "gì", "quốc", "thuở", "ăn", "ỷ"]:
        assert is_vietnamese_syllable(good), good
    for bad in ["nghang", "qắc", "cng", "kang", "gế", "tl", "việtt", "xyz"]:
        assert not is_vietnamese_syllable(bad), bad
    assert canonical("Hoà") == "hòa"
    assert canonical("THUỶ") == "thủy"
    assert fold("Đề ÁN Quý") == "de an quy"


def test_syllable_rate_tells_damage_from_text():
    assert syllable_rate("Sở GDĐT báo cáo UBND Thành phố") == 1.0
    assert syllable_rate("B¸o c¸o tµi chÝnh nhµ tr­êng") < 0.6
    assert syllable_rate("") == 1.0


@st.composite
def plans(draw, text):
    changes, at = [], 0
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(at, len(text)))
        end = draw(st.integers(start, min(len(text), start + 3)))
        if start == end and changes and changes[-1].end == start:
            continue
        new = draw(st.text("xyz", max_size=3))
        changes.append(
            Change(start=start, end=end, kind="k", original=text[start:end], replacement=new, confidence=1.0)
        )
        at = end
    return tuple(changes)


@given(st.text("ab ", max_size=15), st.data())
def test_chained_plans_do_what_both_do(text, data):
    first = data.draw(plans(text))
    middle = apply_plan(text, first)
    second = data.draw(plans(middle))
    assert apply_plan(text, chain(text, first, second)) == apply_plan(middle, second)


def test_xor_table_finds_what_it_holds_and_little_else():
    rng = np.random.default_rng(1)
    keys = np.unique(rng.integers(0, 2**62, 20_000, dtype=np.uint64))
    values = rng.integers(0, 256, len(keys), dtype=np.uint8)
    from normalizers.language_model import XorTable

    fingerprints, (stored,), seed = build(keys, (values,))
    table = XorTable(fingerprints, (stored,), seed)
    held, (found,) = table.find(keys)
    assert held.all()
    assert (found == values).all()
    strangers, _ = table.find(keys + np.uint64(2**63))
    assert strangers.mean() < 0.001


def test_the_model_prefers_vietnamese():
    model = default_model()
    good = model.score(model.encode("\nỦy ban nhân dân thành phố\n")).sum()
    bad = model.score(model.encode("\nỦy bán nhẫn dần thạnh phô\n")).sum()
    assert good > bad + 20


def test_training_on_a_users_own_archive(tmp_path):
    rng = random.Random(2)
    lines = ["Báo cáo của nhà trường", "Nhà trường báo cáo phòng giáo dục", "Phòng giáo dục họp với nhà trường"]
    text = tmp_path / "archive.txt.xz"
    with lzma.open(text, "wt", encoding="utf-8") as file:
        file.write("\n".join(rng.choice(lines) for _ in range(2000)))
    out = tmp_path / "own.lm"
    train([text], out, Settings(word_count=1))
    model = load(out)
    assert model.words[:4] == ["<p>", "<unk>", "<n>", ","]
    scores = model.score(model.encode("\nnhà trường báo cáo"))
    assert np.isfinite(scores).all()
    assert scores[-1] > -1.0  # "báo" is followed by "cáo" every time
    first = out.read_bytes()
    train([text], out, Settings(word_count=1))
    assert out.read_bytes() == first
    assert held_out(40 * 7)
    assert not held_out(0)


def test_the_documents_own_tone_placement_is_kept():
    bare = "Uy ban nhan dan thanh pho to chuc hoi nghi tong ket nam hoc"
    clean = "Uỷ ban nhân dân huyện và Uỷ ban nhân dân xã đã hoà giải, tổ chức Uỷ ban bầu cử."
    assert repair(bare).text.startswith("Ủy ban nhân dân")
    assert repair(f"{clean}\n{bare}").text.split("\n")[1].startswith("Uỷ ban nhân dân")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("- ÑS: 24 triệu", "- NS: 24 triệu"),
        ("ÑHẬT KÝ", "NHẬT KÝ"),
        ("QĐÐ 131 và HÐĐ", "QĐ 131 và HĐ"),
        ("Ðề án", "Đề án"),
    ],
)
def test_letters_an_ocr_engine_adds_marks_to(text: str, seen: str) -> None:
    assert repair(text, Hints(origin="ocr")).text == seen
