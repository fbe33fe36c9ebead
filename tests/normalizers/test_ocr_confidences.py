"""A line may come word by word or whole: each word keeps its own confidence."""

from __future__ import annotations

import pytest

from normalizers import Hints, Run, repair_document

LINES = (
    ("Nhà trường phối hợp với cha mẹ học sinh tô chức lễ khai giảng", (0.9,) * 8 + (0.35,) + (0.95,) * 5),
    ("II. Kêt quả thực hiện các chỉ tiêu đê ra trong năm học", (0.8, 0.5) + (0.92,) * 6 + (0.4,) + (0.9,) * 4),
)


@pytest.mark.parametrize(("text", "confidences"), LINES)
def test_word_by_word_and_whole(text: str, confidences: tuple[float, ...]) -> None:
    words = text.split()
    assert len(words) == len(confidences)
    apart = [
        Run((" " if at else "") + word, None, (sure,))
        for at, (word, sure) in enumerate(zip(words, confidences, strict=True))
    ]
    hints = Hints(origin="ocr")
    assert repair_document([apart], hints) == repair_document([[Run(text, None, confidences)]], hints)


def test_pieces_of_a_run() -> None:
    run = Run("Số  12/BC \t kèm theo ", None, (0.9, 0.8, 0.7, 0.6))
    assert list(run.pieces()) == [(2, 0.9), (7, 0.8), (6, 0.7), (6, 0.6)]
    assert sum(length for length, _ in run.pieces()) == len(run.text)
    assert list(Run("Số 12").pieces()) == [(5, None)]
