"""What is offered to be remembered of a text."""

from __future__ import annotations

import pytest

from review.remembering import suggestion


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("hiệu trưởng Trần Thị Hạnh ký", "Thị", "Trần Thị Hạnh"),
        ("Người ký: Lê Ánh", "Ánh", "Lê Ánh"),
        ("mua máy cho 43 trượng. Nguồn xã hội hóa", "trượng", "trượng"),
        ("đã mở lớp học số tại trường", "học", "lớp học số"),
        ("Ánh", "Ánh", "Ánh"),
        ("đã tổ chức 4.862 lớp với 263 lượt", "lớp", "lớp với"),
        ("trung tâm học tập cộng đồng hoạt động", "trung tâm học tập cộng đồng", "trung tâm học tập cộng đồng"),
    ],
)
def test_a_name_as_a_whole_else_the_words_with_their_neighbours(text: str, words: str, wanted: str) -> None:
    assert suggestion(text, text.index(words), words) == wanted
